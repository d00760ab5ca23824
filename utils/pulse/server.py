"""The web server of a room.

All that is read or written needs a secret, which travels in a header, never in an address: the room's code to
join, a participant's token to send results, the leader's key to read.
"""

import logging
import re
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from utils.pulse import codes, messages
from utils.pulse.batches import Batches
from utils.pulse.catalogue import catalogue
from utils.pulse.overview import overview
from utils.pulse.throttle import Throttle

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# What needs no secret, because it has nothing of the room in it.
PAGES = {
    "": ("welcome.html", "text/html"),
    "leader": ("page.html", "text/html"),
    "page.js": ("page.js", "text/javascript"),
    "page.css": ("page.css", "text/css"),
}
TRYING = (
    "Somebody is trying out codes: joining takes a little longer meanwhile. With --new you get a room with "
    "another code."
)
STRANGER = 401, "Nobody has joined this room with that token."
_log = logging.getLogger("utils.pulse")


class _Handler(RequestHandler):
    """What all answers share: their headers, errors as JSON, and the secret of a request."""

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def write_error(self, status_code: int, **_details: object) -> None:
        self.finish({"error": self._reason})

    def refuse(self, status: int, sentence: str) -> None:
        self.set_status(status)
        self.finish({"error": sentence})

    def secret(self) -> str:
        kind, _, secret = self.request.headers.get("Authorization", "").partition(" ")
        return secret.strip() if kind.lower() == "bearer" else ""


class _Missing(_Handler):
    def prepare(self) -> None:
        self.refuse(404, "There is nothing here.")


class _Page(_Handler):
    def initialize(self, name: str, kind: str) -> None:
        self._name, self._kind = name, kind

    def get(self) -> None:
        self.set_header("Content-Type", f"{self._kind}; charset=utf-8")
        self.finish(Path(__file__).with_name(self._name).read_bytes())


class _Writing(_Handler):
    """An answer that says `kept` once what was sent is on the disk."""

    def initialize(self, batches: Batches) -> None:
        self.batches = batches

    async def keep(self, change: Callable[[], bool], otherwise: tuple[int, str], **more: str) -> None:
        try:
            done = await self.batches.change(change)
        except sqlite3.Error as error:
            _log.error("The room cannot be written (%s): its participants keep what they have.", error)
            self.refuse(503, "The room cannot be written now.")
            return
        if done:
            self.finish({"kept": True, **more})
        else:
            self.refuse(*otherwise)


class _Join(_Writing):
    def initialize(self, batches: Batches, throttle: Throttle) -> None:
        super().initialize(batches)
        self.throttle = throttle

    async def post(self) -> None:
        room = self.batches.room
        if not self.throttle.looks():
            if self.throttle.first():
                _log.warning(TRYING)
            self.refuse(429, "Too many wrong codes come in: try again in a moment.")
            return
        if not codes.same(codes.typed(self.secret()), codes.typed(room.code)):
            self.throttle.wrong()
            self.refuse(401, "That is not the code of this room.")
            return
        try:
            who = messages.read_join(self.request.body)
        except ValueError as error:
            self.refuse(400, str(error))
            return
        full = 403, "The room is full."
        await self.keep(lambda: room.join(who), full, token=room.token(who.number))


class _Result(_Writing):
    async def post(self) -> None:
        room, token = self.batches.room, self.secret()
        number = token.partition(".")[0]
        if not codes.same(token, room.token(number)):
            self.refuse(*STRANGER)
            return
        try:
            result = messages.read_result(number, self.request.body, catalogue())
        except ValueError as error:
            self.refuse(400, str(error))
            return
        await self.keep(lambda: room.add(result), STRANGER)


class View:
    """The overview of a room, made anew only when the room has changed."""

    def __init__(self, batches: Batches, addresses: Sequence[str]):
        self.batches = batches
        self._addresses = list(addresses)
        self._start = secrets.token_hex(4)  # a page that stayed open must notice another start
        self.version, self.content = "", {}

    async def update(self) -> None:
        if self.version != self._now():
            self.version, found = await self.batches.read(self._look)
            self.content = {"version": self.version, "addresses": self._addresses, **found}

    def _now(self) -> str:
        return f"{self._start}.{self.batches.room.changes}"

    def _look(self) -> tuple[str, dict]:
        return self._now(), overview(self.batches.room, catalogue())


class _Overview(_Handler):
    """The leader's view, or only its version where the page has that one already."""

    def initialize(self, view: View) -> None:
        self.view = view

    async def get(self) -> None:
        if not codes.same(self.secret(), self.view.batches.room.key):
            self.refuse(401, "That is not the key of this room.")
            return
        await self.view.update()
        seen = self.get_query_argument("seen", "") == self.view.version
        self.finish({"version": self.view.version} if seen else self.view.content)


def make_server(batches: Batches, prefix: str, addresses: Sequence[str]) -> HTTPServer:
    """The server of a room below `prefix`, which begins and ends with "/"; it listens to nothing yet."""
    base = re.escape(prefix)
    routes = [(f"{base}{name}", _Page, {"name": file, "kind": kind}) for name, (file, kind) in PAGES.items()]
    routes += [
        (f"{base}join", _Join, {"batches": batches, "throttle": Throttle()}),
        (f"{base}result", _Result, {"batches": batches}),
        (f"{base}overview", _Overview, {"view": View(batches, addresses)}),
    ]
    for name in ("access", "general"):  # a line for each request, and for each that is no HTTP
        logging.getLogger(f"tornado.{name}").setLevel(logging.ERROR)
    application = Application(
        routes, default_handler_class=_Missing, log_function=lambda _handler: None, compress_response=True
    )
    return HTTPServer(
        application,
        max_body_size=messages.LONGEST_BODY,
        max_header_size=32_768,
        idle_connection_timeout=20,
        body_timeout=10,
    )
