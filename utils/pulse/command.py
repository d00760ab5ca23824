"""The command `pulse`: keeps a room's server running, on this machine or as a service of a JupyterHub."""

import argparse
import asyncio
import os
import socket
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import platformdirs
import psutil
from tornado.netutil import bind_sockets

from utils.pulse.batches import Batches
from utils.pulse.catalogue import catalogue
from utils.pulse.server import make_server
from utils.pulse.store import Room, set_aside

PORT = 8642
INVITATION = "invitation.txt"


class Place(NamedTuple):
    """Where the server listens, and what stands before the paths of its pages."""

    host: str | None  # None: every address of this machine
    port: int
    prefix: str
    hub: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `pulse` takes on the command line."""
    parser.add_argument("--open", action="store_true", help="let other machines of the network in")
    parser.add_argument("--port", type=int, default=PORT, help=f"where it listens (at first: {PORT})")
    parser.add_argument("--folder", type=Path, help="where the room is kept, to go on with it another time")
    parser.add_argument("--new", action="store_true", help="begin a new room; the old one's file is kept")


def main(options: argparse.Namespace) -> int:
    """Serve the room until Ctrl-C. ValueError, in one sentence, where that is impossible."""
    place = _place(options)
    folder = options.folder or Path(platformdirs.user_data_dir("relu-course", False)) / "pulse"
    sockets = _listen(place)
    try:
        kept = set_aside(folder) if options.new else None
        room = Room(folder)
    except BaseException:
        for each in sockets:
            each.close()
        raise
    if kept:
        print(f"The room until now is kept in {kept}.")
    catalogue()  # so that the first result need not wait for it
    _raise_limit_of_files()
    addresses = [] if place.hub else _addresses(place)
    _tell(room, place, addresses, folder)
    try:
        asyncio.run(_serve(Batches(room), sockets, place.prefix, addresses))
    except KeyboardInterrupt:
        print(f"\nThe server has ended. The room is kept in {room.path}: the same command goes on with it.")
    return 0


async def _serve(batches: Batches, sockets: list[socket.socket], prefix: str, addresses: list[str]) -> None:
    server = make_server(batches, prefix, addresses)
    server.add_sockets(sockets)
    try:
        await asyncio.Event().wait()
    finally:
        server.stop()
        batches.close()


def _place(options: argparse.Namespace) -> Place:
    service = os.environ.get("JUPYTERHUB_SERVICE_URL")
    if service:
        parts = urlsplit(service)
        prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/").strip("/")
        return Place(parts.hostname, parts.port or 80, f"/{prefix}/" if prefix else "/", hub=True)
    if not 1 <= options.port <= 65_535:
        raise ValueError(f"There is no port {options.port}: give one from 1024 to 65535.")
    return Place(None if options.open else "127.0.0.1", options.port, "/", hub=False)


def _listen(place: Place) -> list[socket.socket]:
    try:
        return bind_sockets(
            place.port, place.host, family=socket.AF_INET if place.host is None else socket.AF_UNSPEC
        )
    except OSError as error:
        raise ValueError(
            f"Port {place.port} cannot be used ({error.strerror}): perhaps another `pulse` runs already; "
            "end it, or give another port with --port."
        ) from None


def _addresses(place: Place) -> list[str]:
    """What participants can write for this machine; which network they share with it, nobody can tell."""
    if place.host is not None:
        return [f"http://{place.host}:{place.port}"]
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        each.address
        for name, every in psutil.net_if_addrs().items()
        for each in every
        if name in up and each.family == socket.AF_INET and not each.address.startswith(("127.", "169.254."))
    ]
    return [f"http://{address}:{place.port}" for address in found or ["127.0.0.1"]]


def _tell(room: Room, place: Place, addresses: list[str], folder: Path) -> None:
    """Say what participants need and what the leader needs; a hub's log must not have it."""
    start = f"https://YOUR-HUB{place.prefix}" if place.hub else f"http://127.0.0.1:{place.port}/"
    lines = [
        "The room is open. Participants join it on the course map, under “In a workshop”:",
        f"    address   {'  or  '.join(addresses) or start}",
        f"    code      {room.code}",
        "Your own page; whoever has its address can read what the room sends:",
        f"    {start}leader#{room.key}",
    ]
    if place.hub:
        invitation = folder / INVITATION
        invitation.touch(mode=0o600)
        invitation.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"The room is open. Its code and the leader's page stand in {invitation}.", flush=True)
        return
    only = "Only this machine can reach it: with --open, those of the network can.\n" if place.host else ""
    print("\n".join(lines), f"\n{only}Ctrl-C ends the server; the room stays.", sep="\n", flush=True)


def _raise_limit_of_files() -> None:
    """Let a full room connect at once, where the system's limit for open files is lower than it need be."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if most == resource.RLIM_INFINITY else min(4096, most)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
