"""Plain data as bytes, and back again without trusting a single one of them.

A frame is four bytes with the length of what follows, four with the length of a JSON header, the header, and
the raw bytes of the arrays in the order in which the header names them. Inside the header None, booleans,
numbers, texts and lists stand for themselves; an object with one key stands for everything else:
``{"tuple": [...]}``, ``{"dict": [[key, value], ...]}``, ``{"complex": [real, imaginary]}``,
``{"array": [dtype, shape]}`` and ``{"scalar": [dtype]}``.
"""

import json
import math
import re
import struct

import numpy as np

MOST_BYTES = 8 * 2**20
MOST_HEADER_BYTES = 2**20
MOST_ITEMS = 100_000
MOST_KEYS = 1_000
MOST_DEPTH = 24
MOST_DIGITS = 300
_MOST_AXES = 64

_LENGTH = struct.Struct(">I")
_DTYPE = re.compile(r"\|b1|[<|>][iu][1248]|[<>]f(?:2|4|8|16)|[<>]c(?:8|16|32)|[<>]U[1-9][0-9]{0,6}")


class ProtocolError(ValueError):
    """Bytes that are no frame, or data that no frame can hold. The message is a clause that says why."""


def encode(value: object) -> bytes:
    """A whole frame for plain data as ``utils.answers.plain`` makes it; ProtocolError for anything else."""
    blocks: list[bytes] = []
    header = json.dumps(_Encoder(blocks).node(value, 0), separators=(",", ":")).encode("ascii")
    if len(header) > MOST_HEADER_BYTES:
        raise ProtocolError("more text than fits into one message")
    size = _LENGTH.size + len(header) + sum(map(len, blocks))
    if size > MOST_BYTES:
        raise ProtocolError("more data than fits into one message")
    return b"".join([_LENGTH.pack(size), _LENGTH.pack(len(header)), header, *blocks])


def length(prefix: bytes) -> int:
    """How many bytes follow the first four of a frame; ProtocolError when that is more than a frame has."""
    (size,) = _LENGTH.unpack(prefix)
    if not _LENGTH.size <= size <= MOST_BYTES:
        raise ProtocolError(f"a message of {size} bytes")
    return size


def decode(data: bytes) -> object:
    """The plain data of a frame without its first four bytes. Nothing but ProtocolError is raised."""
    if len(data) < _LENGTH.size:
        raise ProtocolError("a message without a header")
    (size,) = _LENGTH.unpack(data[: _LENGTH.size])
    start = _LENGTH.size + size
    if size > MOST_HEADER_BYTES or start > len(data):
        raise ProtocolError("a header that is longer than its message")
    try:
        node = json.loads(data[_LENGTH.size : start].decode("ascii"), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        reason = (
            str(error)
            if isinstance(error, ProtocolError)
            else "a header that is not JSON, or nested too deep"
        )
        raise ProtocolError(reason) from None
    decoder = _Decoder(memoryview(data)[start:])
    value = decoder.value(node, 0)
    if decoder.rest:
        raise ProtocolError("bytes that belong to no array")
    return value


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ProtocolError(f"an integer of {len(digits)} digits")
    return int(digits)


def _text(value: str) -> str:
    """The same text; half of a surrogate pair cannot be written to any file later, so it is refused."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ProtocolError("a text that is not Unicode") from None
    return value


class _Counter:
    """Counts what a message is made of, so that a small one cannot cost much to take apart."""

    def __init__(self):
        self._items = 0

    def count(self, depth: int) -> None:
        self._items += 1
        if self._items > MOST_ITEMS:
            raise ProtocolError(f"more than {MOST_ITEMS} items")
        if depth > MOST_DEPTH:
            raise ProtocolError(f"data nested more than {MOST_DEPTH} deep")


class _Encoder(_Counter):
    def __init__(self, blocks: list[bytes]):
        super().__init__()
        self._blocks = blocks

    def node(self, value: object, depth: int) -> object:
        """The part of the header that stands for ``value``; the bytes of arrays go to the blocks."""
        self.count(depth)
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            if value.bit_length() > 3 * MOST_DIGITS:
                raise ProtocolError(f"an integer of more than {9 * MOST_DIGITS // 10} digits")
            return value
        if kind is str:
            return _text(value)
        if kind is list:
            return [self.node(item, depth + 1) for item in value]
        if kind is tuple:
            return {"tuple": [self.node(item, depth + 1) for item in value]}
        if kind is dict:
            if len(value) > MOST_KEYS:
                raise ProtocolError(f"a dictionary of more than {MOST_KEYS} keys")
            pairs = value.items()
            return {"dict": [[self.node(key, depth + 1), self.node(item, depth + 1)] for key, item in pairs]}
        if kind is complex:
            return {"complex": [value.real, value.imag]}
        if kind is np.ndarray:
            return {"array": [self._block(value), list(value.shape)]}
        if isinstance(value, np.generic):
            return {"scalar": [self._block(np.asarray(value))]}
        raise ProtocolError(f"an object of type {kind.__name__}")

    def _block(self, array: np.ndarray) -> str:
        if array.dtype == np.dtype("U0"):
            array = array.astype("<U1")
        name = array.dtype.str
        if not _DTYPE.fullmatch(name):
            raise ProtocolError(f"an array of dtype {array.dtype}")
        if array.nbytes > MOST_BYTES:
            raise ProtocolError("more data than fits into one message")
        self._blocks.append(array.tobytes())
        return name


class _Decoder(_Counter):
    def __init__(self, rest: memoryview):
        super().__init__()
        self.rest = rest

    def value(self, node: object, depth: int) -> object:
        """The value that a part of the header stands for."""
        self.count(depth)
        if isinstance(node, str):
            return _text(node)
        if isinstance(node, list):
            return [self.value(item, depth + 1) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) != 1:
            raise ProtocolError("an object of an unknown form")
        ((name, content),) = node.items()
        if not isinstance(content, list):
            raise ProtocolError("an object of an unknown form")
        if name == "tuple":
            return tuple(self.value(item, depth + 1) for item in content)
        if name == "dict":
            return self._dict(content, depth)
        if name == "complex" and len(content) == 2 and all(type(part) is float for part in content):
            return complex(*content)
        if name == "array" and len(content) == 2:
            return self._array(*content)
        if name == "scalar" and len(content) == 1:
            return self._array(content[0], [])[()]
        raise ProtocolError("an object of an unknown form")

    def _dict(self, pairs: list, depth: int) -> dict:
        if len(pairs) > MOST_KEYS:
            raise ProtocolError(f"a dictionary of more than {MOST_KEYS} keys")
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            raise ProtocolError("a dictionary of an unknown form")
        try:
            found = {self.value(key, depth + 1): self.value(item, depth + 1) for key, item in pairs}
        except TypeError:
            raise ProtocolError("a dictionary with a key that is no key") from None
        if len(found) != len(pairs):
            raise ProtocolError("a dictionary with the same key twice")
        return found

    def _array(self, name: object, shape: object) -> np.ndarray:
        if not isinstance(name, str) or not _DTYPE.fullmatch(name):
            raise ProtocolError("an array of an unknown dtype")
        if not isinstance(shape, list) or len(shape) > _MOST_AXES:
            raise ProtocolError("an array of an impossible shape")
        if not all(type(size) is int and 0 <= size < 2**31 for size in shape):
            raise ProtocolError("an array of an impossible shape")
        try:
            dtype = np.dtype(name)
        except TypeError:
            raise ProtocolError("an array of an unknown dtype") from None
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.rest):
            raise ProtocolError("an array with fewer bytes than its shape needs")
        block, self.rest = self.rest[:size], self.rest[size:]
        try:
            array = np.frombuffer(block, dtype).reshape(shape).copy()
        except ValueError:
            raise ProtocolError("an array of an impossible shape") from None
        if dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
            raise ProtocolError("a truth value that is neither True nor False")
        if dtype.kind == "U":
            _check_characters(array)
        return array


def _check_characters(array: np.ndarray) -> None:
    codes = np.frombuffer(array.tobytes(), np.dtype(np.uint32).newbyteorder(array.dtype.byteorder))
    if ((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes <= 0xDFFF))).any():
        raise ProtocolError("a text that is not Unicode")
