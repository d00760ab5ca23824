"""Rooms for the tests: a server in a thread, the real command in a process, and participants."""

import asyncio
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from tornado.netutil import bind_sockets

from utils.lessons import ROOT
from utils.pulse import codes
from utils.pulse.batches import Batches
from utils.pulse.server import make_server
from utils.pulse.store import Room


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """A room, served from a thread of this process; a context manager."""

    def __init__(self, folder, port=0, prefix="/"):
        self.folder, self.port, self.prefix = Path(folder), port, prefix

    def __enter__(self):
        self.room = Room(self.folder)
        self.code, self.key = self.room.code, self.room.key
        sockets = bind_sockets(self.port, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}{self.prefix.rstrip('/')}"
        ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(sockets, ready),))
        self._thread.start()
        ready.wait(20)
        return self

    def __exit__(self, *_error):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)

    async def _serve(self, sockets, ready):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        batches = Batches(self.room)
        server = make_server(batches, self.prefix, [self.address])
        server.add_sockets(sockets)
        ready.set()
        await self._end.wait()
        server.stop()
        await server.close_all_connections()
        batches.close()

    def call(self, method, route, secret="", body=None, headers=None):
        """Status, headers and body of an answer; ``body`` is bytes, or data that is sent as JSON."""
        return call(self.port, method, self.prefix + route, secret, body, headers)

    def join(self, name="", number=None):
        """A participant's token."""
        body = {"number": number or codes.new_number(), "name": name}
        status, _, answer = self.call("POST", "join", self.code, body)
        assert status == 200, answer
        return json.loads(answer)["token"]

    def send(self, token, question, status, mistake=""):
        body = {"question": question, "status": status, "mistake": mistake}
        return self.call("POST", "result", token, body)[0]

    def overview(self):
        status, _, answer = self.call("GET", "overview", self.key)
        assert status == 200
        return json.loads(answer)

    def question(self, identifier):
        """What the overview says of one question, None where it does not mention it."""
        every = (each for lesson in self.overview()["lessons"] for each in lesson["questions"])
        return next((each for each in every if each["id"] == identifier), None)


class Started:
    """The command `pulse` in a process of its own, on this machine alone."""

    def __init__(self, folder, port=None, environment=None, *arguments):
        self.port = port or free_port()
        command = [sys.executable, "-P", "-m", "utils", "pulse", f"--folder={folder}", f"--port={self.port}"]
        self.process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line.startswith(("Ctrl-C", "The room is open. Its")):
                break
        found = re.search(r"^ +code +(\S+)$.*leader#(\S+)$", self.said, re.MULTILINE | re.DOTALL)
        self.code, self.key = found.groups() if found else (None, None)

    def overview(self):
        status, _, answer = call(self.port, "GET", "/overview", self.key)
        assert status == 200
        return json.loads(answer)

    def end(self, how="terminate"):
        """End it ("terminate", "kill", or as Ctrl-C does: "interrupt"), and return what it said at last."""
        if how == "interrupt":
            self.process.send_signal(signal.SIGINT)
        else:
            getattr(self.process, how)()
        rest = self.process.stdout.read()
        self.process.wait(20)
        self.process.stdout.close()
        return rest


def call(port, method, path, secret="", body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    sent = {"Authorization": f"Bearer {secret}"} if secret else {}
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request(method, path, content, {**sent, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


async def post(port, route, secret, body):
    """One request on a connection of its own, as notebooks send them: status, fields. OSError: no answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    content = json.dumps(body).encode()
    head = f"POST /{route} HTTP/1.1\r\nHost: room\r\nAuthorization: Bearer {secret}\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
    try:
        answer = await reader.read()
    finally:
        writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    if not content:
        raise ConnectionResetError("no answer")
    return int(head.split()[1]), json.loads(content)
