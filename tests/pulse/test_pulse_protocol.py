"""What a room takes from participants: codes, names and results in their forms; the bound on wrong codes."""

import json
import re

import pytest

from utils.pulse import codes, messages, names, throttle
from utils.pulse.catalogue import catalogue
from utils.pulse.post import address

NUMBER = "0123456789abcdef" * 2


def test_codes_are_typed_as_people_type_them():
    made = {codes.new_code() for _ in range(500)}
    assert len(made) == 500
    for code in made:
        assert re.fullmatch(r"[CDFGHJKMNPQRTVWXY34679]{3}(-[CDFGHJKMNPQRTVWXY34679]{3}){2}", code)
        assert codes.typed(f" {code.lower().replace('-', ' ')}\n") == codes.typed(code)
    assert codes.typed("KTW4HQM9R") != codes.typed("KTW4HQM9")


def test_a_token_belongs_to_one_number_and_one_room():
    assert codes.token("room", NUMBER) == codes.token("room", NUMBER)
    assert codes.token("room", NUMBER) != codes.token("another", NUMBER)
    other = codes.token("room", NUMBER[::-1])
    assert not codes.same(codes.token("room", NUMBER), f"{NUMBER}.{other.partition('.')[2]}")


def test_guessing_is_bounded_and_recovers():
    now = [0.0]
    bucket = throttle.Throttle(lambda: now[0])
    looked_at = 0
    for _ in range(60 * 1000):  # a minute of a thousand guesses a second
        now[0] += 0.001
        if bucket.looks():
            bucket.wrong()
            looked_at += 1
    assert looked_at == pytest.approx(throttle.AT_ONCE + 60 * throttle.WRONG_A_SECOND, rel=0.01)
    # What the docstring says of a day's guessing.
    assert 24 * 3600 * throttle.WRONG_A_SECOND / 2**40 < 5e-6
    now[0] += 1
    assert all(bucket.looks() for _ in range(100_000))  # right codes cost nothing


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("\u202eevil\u2066\u200b\x00\x1b[31m", "evil[31m"),
        ("李\u3000雷", "李 雷"),
        ("<b>&\"'", "<b>&\"'"),
        ("\ud800x\ue000\U000e0041", "x"),
        ("x" * 40, "x" * 40),
    ],
)
def test_of_a_name_what_can_be_seen_is_kept(typed, kept):
    assert names.clean(typed) == kept


def test_a_long_name_is_refused():
    with pytest.raises(ValueError, match="40 characters at most"):
        names.clean("x" * 41)


def test_every_question_and_mistake_of_the_course_is_taken():
    known = catalogue()
    assert len(known.questions) == sum(map(len, known.lessons.values())) > 50
    for question in known.questions.values():
        for mistake in ("", *(each.name for each in question.mistakes)):
            body = json.dumps({"question": question.id, "status": "wrong", "mistake": mistake}).encode()
            assert messages.read_result(NUMBER, body, known).mistake == mistake


@pytest.mark.parametrize(
    "content",
    [
        {"question": "relu_", "status": "right"},
        {"question": "relu", "status": "Right"},
        {"question": "relu", "status": "not attempted"},
        {"question": "relu", "status": "right", "mistake": "step"},
        {"question": "relu", "status": "wrong", "mistake": "steps"},
        {"question": "relu", "status": "wrong", "mistake": "ignores_slope_on_the_left"},
        {"question": "relu", "status": "right", "code": "def relu(x): ..."},
        {"question": ["relu"], "status": "right"},
        {"question": "relu"},
        ["relu", "right"],
        "relu",
        None,
    ],
    ids=str,
)
def test_any_other_result_is_refused(content):
    with pytest.raises(ValueError):
        messages.read_result(NUMBER, json.dumps(content).encode(), catalogue())


@pytest.mark.parametrize("number", ["", "0", NUMBER.upper(), NUMBER + "0", NUMBER + "\n", 7, None])
def test_who_joins_needs_a_number_of_the_right_form(number):
    with pytest.raises(ValueError):
        messages.read_join(json.dumps({"number": number, "name": ""}).encode())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 192.168.0.7:8642/ ", "http://192.168.0.7:8642"),
        ("http://host:1", "http://host:1"),
        ("https://hub.example.edu/services/pulse/", "https://hub.example.edu/services/pulse"),
        ("[::1]:8642", "http://[::1]:8642"),
    ],
)
def test_addresses_are_taken_as_people_type_them(typed, kept):
    assert address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", "http://", "ftp://host", "file:///etc/passwd", "http://host:port", "http://me:pw@host"),
        *("host#key", "a b", "http://host\r\nX: y", "http://[::1", "höst", "host?x", "javascript:alert(1)"),
    ],
)
def test_what_is_no_address_is_told(typed):
    with pytest.raises(ValueError, match="as the leader shows it"):
        address(typed)
