"""One end of a conversation in frames over a socket, where nothing may wait longer than a deadline."""

import select
import socket
import time

from . import protocol


class Closed(Exception):
    """The other end is gone."""


class Channel:
    """Sends frames, receives data. Deadlines are ``time.monotonic()`` times; TimeoutError after them."""

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self.received = 0
        connection.setblocking(False)

    def close(self) -> None:
        self._connection.close()

    def send(self, frame: bytes, deadline: float, watch: socket.socket | None = None) -> None:
        """Send one frame. When ``watch`` has something to read meanwhile, the other end counts as gone."""
        rest = memoryview(frame)
        while rest:
            self._wait(select.POLLOUT, deadline, watch)
            try:
                rest = rest[self._connection.send(rest) :]
            except BlockingIOError:
                continue
            except OSError:
                raise Closed from None

    def receive(self, deadline: float, watch: socket.socket | None = None) -> object:
        """Receive one frame: ProtocolError when it is none, Closed when the other end is gone."""
        size = protocol.length(self._read(4, deadline, watch))
        return protocol.decode(self._read(size, deadline, watch))

    def _read(self, size: int, deadline: float, watch: socket.socket | None) -> bytes:
        # Grows with what arrives: a long announced length costs nothing by itself.
        data = bytearray()
        while len(data) < size:
            self._wait(select.POLLIN, deadline, watch)
            try:
                part = self._connection.recv(min(size - len(data), 2**18))
            except BlockingIOError:
                continue
            except OSError:
                raise Closed from None
            if not part:
                raise Closed
            data += part
            self.received += len(part)
        return bytes(data)

    def _wait(self, event: int, deadline: float, watch: socket.socket | None) -> None:
        poll = select.poll()
        poll.register(self._connection, event)
        if watch is not None:
            poll.register(watch, select.POLLIN)
        left = deadline - time.monotonic()
        ready = dict(poll.poll(left * 1000)) if left > 0 else {}
        if not ready:
            raise TimeoutError
        # What was sent before the end is still read.
        if self._connection.fileno() not in ready:
            raise Closed
