"""What the grader reads from a sandbox is plain data or a ProtocolError, and costs little in both cases."""

import json
import math
import struct
import time
import tracemalloc

import numpy as np
import pytest

from utils.answers import NotPlain, Raised, Result, plain, unchanged
from utils.grading import messages, protocol
from utils.grading.protocol import ProtocolError, decode, encode

PLAIN = [
    None,
    True,
    0,
    -(10**80),
    1.5,
    math.inf,
    -math.inf,
    -0.0,
    5e-324,
    complex(1, -math.inf),
    "",
    "ReLU: max(0, x) – 𝕏",
    [],
    (),
    {},
    [1, (2.0, [None]), {"a": (), 3: "b", (1, 2): False}],
    np.float64(2.5),
    np.float32(-0.0),
    np.bool_(True),
    np.int8(-3),
    np.complex64(1j),
    np.str_("text"),
    np.zeros((0, 3)),
    np.array(2.5),
    np.arange(6, dtype=np.int16).reshape(2, 3),
    np.arange(12.0).reshape(3, 4)[::2, ::-1],
    np.arange(4, dtype=">f4"),
    np.array([True, False]),
    np.array(["a", "", "ü"]),
    np.array([1 + 2j]),
    np.array([np.nan, np.inf, -0.0], dtype=np.float16),
    (np.ones(3), "between", np.zeros((2, 0))),
]


def sent(value):
    frame = encode(value)
    assert protocol.length(frame[:4]) == len(frame) - 4
    return decode(frame[4:])


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: repr(value)[:30])
def test_plain_data_arrives_to_the_last_bit(value):
    arrived = sent(value)
    assert unchanged(value, arrived)
    assert repr(arrived) == repr(value)
    assert unchanged(plain(value), value), "what answers.plain lets through is what travels"


def test_nan_arrives():
    assert math.isnan(sent(math.nan))
    assert np.isnan(sent(np.float64("nan")))


def test_arrays_arrive_as_arrays_that_can_be_written_to():
    arrived = sent(np.arange(3.0))
    arrived[0] = 7
    assert arrived.tolist() == [7, 1, 2]


def message(header, blocks=b""):
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">I", len(header)) + header + blocks


FORGED = {
    "nothing": b"",
    "half a length": b"\0\0",
    "a header beyond the end": struct.pack(">I", 100) + b"null",
    "a header of 4 GB": struct.pack(">I", 2**32 - 1) + b"null",
    "no JSON": message(b"{"),
    "not ASCII": message('"ü"'.encode()),
    "deep lists": message(b"[" * 400_000),
    "deep objects": message(b'{"tuple":[' * 100_000),
    "closed deep lists": message(b"[" * 900 + b"]" * 900),
    "a long integer": message(b"9" * 500_000),
    "many items": message([0] * 200_000),
    "two keys": message({"tuple": [], "dict": []}),
    "no key": message({}),
    "an unknown key": message({"pickle": ["gASVAA=="]}),
    "a tuple of no list": message({"tuple": {"a": 1}}),
    "a dictionary of no pairs": message({"dict": [[1, 2, 3]]}),
    "a list as a key": message({"dict": [[[1], 2]]}),
    "an array as a key": message({"dict": [[{"array": ["|b1", [0]]}, 2]]}),
    "a key twice": message({"dict": [["a", 1], ["a", 2]]}),
    "keys that are equal": message({"dict": [[1, 1], [True, 2]]}),
    "many keys that collide": message({"dict": [[n * (2**61 - 1), 0] for n in range(30_000)]}),
    "a complex number of texts": message({"complex": ["1", "2"]}),
    "objects": message({"array": ["|O", [1]]}, bytes(8)),
    "records": message({"array": ["|V8", [1]]}, bytes(8)),
    "dates": message({"array": ["<M8[s]", [1]]}, bytes(8)),
    "a structured dtype": message({"array": [[["a", "<f8"]], [1]]}, bytes(8)),
    "a dtype with a shape": message({"array": ["(9,9,9)f8", [1]]}, bytes(8)),
    "a dtype of no number": message({"array": [8, [1]]}, bytes(8)),
    "a million million elements": message({"array": ["<f8", [10**12]]}),
    "a million by a million": message({"array": ["<f8", [10**6, 10**6]]}),
    "no element in a huge shape": message({"array": ["<f8", [0, 2**31 - 1, 2**31 - 1, 2**31 - 1]]}),
    "a negative size": message({"array": ["<f8", [-1, -1]]}, bytes(8)),
    "a size of 1.0": message({"array": ["<f8", [1.0]]}, bytes(8)),
    "a size of true": message({"array": ["<f8", [True]]}, bytes(8)),
    "many axes": message({"array": ["<f8", [1] * 65]}, bytes(8)),
    "very many axes": message({"array": ["<f8", [2**31 - 1] * 50_000]}, bytes(8)),
    "too few bytes": message({"array": ["<f8", [2]]}, bytes(15)),
    "too many bytes": message({"array": ["<f8", [2]]}, bytes(17)),
    "bytes without an array": message(None, b"1"),
    "a truth value of 2": message({"array": ["|b1", [2]]}, b"\1\2"),
    "a character beyond Unicode": message({"array": ["<U1", [1]]}, struct.pack("<I", 0x110000)),
    "half a surrogate pair in an array": message({"array": ["<U1", [1]]}, struct.pack("<I", 0xD800)),
    "half a surrogate pair": message(b'"\\ud800"'),
    "half a surrogate pair as a key": message(b'{"dict": [["\\udfff", 1]]}'),
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_forged_message_is_refused_quickly_and_without_memory(data):
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(ProtocolError) as refusal:
        decode(data)
    seconds = time.monotonic() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 2
    assert peak < 64 * 2**20
    assert 5 < len(str(refusal.value)) < 100


@pytest.mark.parametrize("size", [0, 3, 2**31, 2**32 - 1, protocol.MOST_BYTES + 1])
def test_announced_length_is_bounded(size):
    with pytest.raises(ProtocolError):
        protocol.length(struct.pack(">I", size))


def test_random_bytes_raise_nothing_else():
    generator = np.random.default_rng(1)
    whole = encode([(1, "a"), {"k": np.arange(4.0), 2: np.array(["x"])}, np.float32(1), 2j])[4:]
    refused = 0
    for _ in range(3_000):
        data = bytearray(whole)
        for _ in range(generator.integers(1, 5)):
            data[generator.integers(len(data))] = generator.integers(256)
        cut = generator.integers(len(data)) if generator.random() < 0.2 else len(data)
        try:
            decode(bytes(data[:cut]))
        except ProtocolError:
            refused += 1
    assert refused > 1_000


class Float(float):
    pass


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Float(1),
        len,
        np.array([None]),
        np.datetime64("2020-01-01"),
        np.zeros(2, dtype=[("a", float)]),
        b"bytes",
        {1, 2},
        10**400,
        "\ud800",
        np.zeros(2 * 2**20),
        "x" * (2 * 2**20),
        [0] * 200_000,
        {number: 0 for number in range(2_000)},
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_travel_is_said(value):
    with pytest.raises(ProtocolError):
        encode(value)


def test_endless_list_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(ProtocolError):
        encode(endless)
    with pytest.raises(NotPlain):
        plain(endless)


RESULTS = [
    Result(value=np.arange(3.0), mutated=True, warnings=("UserWarning: x",)),
    Result(refused="a function"),
    Result(raised=Raised("ValueError", "no", 3, "raise ValueError('no')", "relu")),
]


@pytest.mark.parametrize("result", RESULTS, ids=["value", "refused", "raised"])
def test_results_arrive(result):
    arrived = messages.to_result(sent(messages.from_result(result)))
    assert repr(arrived) == repr(result)


def test_long_and_odd_texts_are_cut_and_mended():
    result = Result(raised=Raised("T" * 10_000, "\ud800" * 10_000), warnings=("w" * 9_000,) * 100)
    arrived = messages.to_result(sent(messages.from_result(result)))
    assert len(arrived.raised.type) == len(arrived.raised.message) == 2_000
    assert len(arrived.warnings) == 50


GOOD = messages.from_result(Result(value=1))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        np.zeros(3),
        {},
        GOOD | {"more": 1},
        GOOD | {"mutated": 1},
        GOOD | {"mutated": np.bool_(True)},
        GOOD | {"refused": None},
        GOOD | {"refused": np.str_("x")},
        GOOD | {"warnings": ("a",)},
        GOOD | {"warnings": [1]},
        GOOD | {"warnings": ["a"] * 51},
        GOOD | {"raised": "ValueError"},
        GOOD | {"raised": {"type": "ValueError"}},
        GOOD | {"raised": messages.from_raised(RESULTS[2].raised) | {"line": True}},
    ],
    ids=str,
)
def test_results_of_another_form_are_refused(data):
    with pytest.raises(ProtocolError):
        messages.to_result(data)
