"""The command `pulse`: what it says, what it keeps to itself, and one sentence for whatever goes wrong."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rooms import Started, call, free_port

from utils.lessons import ROOT
from utils.pulse import command
from utils.pulse.store import NAME, Room


def fails(*arguments, environment=None):
    """The one line that the command ends with at once."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "utils", "pulse", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def options(**changes):
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return argparse.Namespace(**{**vars(parser.parse_args([])), **changes})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: folder.write_text("a file where the folder should be"),
        lambda folder: (folder.mkdir(), (folder / NAME).write_bytes(b"no room" * 1000)),
    ],
    ids=["no folder", "damaged"],
)
def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path, spoil):
    folder = tmp_path / "room"
    spoil(folder)
    with pytest.raises(ValueError, match=re.escape(str(folder))):
        command.main(options(folder=folder, port=free_port()))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place where nobody may write")
def test_a_folder_that_may_not_be_written_is_told():
    with pytest.raises(ValueError, match="cannot be kept in /proc/room"):
        command.main(options(folder=Path("/proc/room"), port=free_port()))


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_is_none_is_told(tmp_path, port):
    with pytest.raises(ValueError, match="There is no port"):
        command.main(options(folder=tmp_path, port=port))


def test_a_room_goes_on_until_a_new_one_is_asked_for(tmp_path):
    first = Started(tmp_path)
    lines = first.said.splitlines()
    assert f"    address   http://127.0.0.1:{first.port}" in lines
    assert f"    code      {first.code}" in lines
    assert f"    http://127.0.0.1:{first.port}/leader#{first.key}" in lines
    assert "Only this machine can reach it" in first.said
    # The same port, and the same room.
    assert f"Port {first.port} cannot be used" in fails("--folder", tmp_path / "b", "--port", first.port)
    assert "is open already" in fails("--folder", tmp_path, "--port", free_port())
    assert "is open already" in fails("--folder", tmp_path, "--port", free_port(), "--new")
    assert first.overview()["participants"] == 0
    if os.name != "nt":
        assert "The server has ended. The room is kept" in first.end("interrupt")
        assert first.process.returncode == 0
    else:
        first.end()
    before = Room(tmp_path)
    assert (before.code, before.key) == (first.code, first.key)
    before.close()
    second = Started(tmp_path, None, None, "--new")
    assert second.code != first.code and second.key != first.key
    assert "The room until now is kept in" in second.said
    assert call(second.port, "GET", "/overview", first.key)[0] == 401
    assert second.end().count(second.code) == 0
    assert len(list(tmp_path.glob("room-until-*.sqlite"))) == 1


def test_as_a_service_of_a_hub_it_follows_the_hub_and_tells_its_log_no_secret(tmp_path):
    port = free_port()
    hub = {
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/pulse/",
    }
    started = Started(tmp_path, None, {**os.environ, **hub})
    invitation = tmp_path / "invitation.txt"
    text = invitation.read_text(encoding="utf-8")
    code = re.search(r"code +(\S+)", text)[1]
    key = re.search(r"https://YOUR-HUB/services/pulse/leader#(\S+)", text)[1]
    assert os.name == "nt" or invitation.stat().st_mode & 0o077 == 0
    assert call(port, "GET", "/services/pulse/overview", key)[0] == 200
    assert call(port, "GET", "/services/pulse/overview", "wrong")[0] == 401
    said = started.said + started.end()
    assert str(invitation) in said and code not in said and key not in said


def test_other_machines_are_let_in_only_when_asked():
    closed, opened = command._place(options()), command._place(options(open=True))
    (one,) = command._listen(closed._replace(port=free_port()))
    assert one.getsockname()[0] == "127.0.0.1"
    one.close()
    # Not listened to in a test: another machine could come in.
    assert opened.host is None
    assert command._addresses(closed) == ["http://127.0.0.1:8642"]
    for address in command._addresses(opened):
        assert socket.inet_aton(re.fullmatch(r"http://([\d.]+):8642", address)[1])
