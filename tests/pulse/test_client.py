"""The learner's side: what a check sends, what it never sends, and what it does while a room is down."""

import datetime
import json
import subprocess
import sys
import time

import pytest
from rooms import Served, free_port

from utils import check, progress
from utils.lessons import ROOT
from utils.pulse import client, joining, membership, outbox, sender

STEP = "import numpy as np\ndef relu(x):\n    return (x > 0).astype(x.dtype)\n"
RIGHT = "import numpy as np\ndef relu(x):\n    return np.maximum(x, 0)\n"


@pytest.fixture(autouse=True)
def lines(learner, monkeypatch):
    """What a check's line about the room says, one list for each line; a sender of this test's own."""
    found = []

    class Handle:
        def __init__(self, note):
            self.said = [note.sentence]
            found.append(self.said)

        def update(self, note):
            self.said.append(note.sentence)

    def show(note, display_id=False):
        return Handle(note)

    monkeypatch.setattr(client, "display", show)
    monkeypatch.setattr(check, "display", lambda note: None)
    monkeypatch.setattr(client, "_sender", sender.Sender())
    monkeypatch.setattr(sender, "_PAUSES", (0.05,) * 200)
    return found


def run(code):
    exec(code + 'check("relu")', {"check": check.Checker("01_the_rectifier")})


def wait(until, seconds=20):
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_check_reaches_the_room_and_says_so(served, lines):
    member = joining.join(served.address, served.code.lower(), "  Ada ")
    run(STEP)
    wait(lambda: lines[0][-1] != "Sending to the room …")
    assert lines == [["Sending to the room …", "Sent to the room."]]
    run(RIGHT)
    wait(lambda: lines[1][-1] == "Sent to the room.")
    found = served.question("relu")
    assert (found["tried"], found["solved"]) == (1, 1)
    assert [(each["title"], each["made"]) for each in found["mistakes"]] == [("step", 1)]
    assert served.overview()["names"] == [{"name": "Ada", "solved": 1, "open": []}]
    assert outbox.names() == []
    assert progress.read().answers == {"relu": "solved"}
    assert member.number in served.room.token(member.number)


def test_without_joining_nothing_leaves_the_computer(served, lines, learner, monkeypatch):
    """Not a connection, not a thread, not a line, not a file."""
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection"))
    monkeypatch.setattr("threading.Thread.start", lambda *_: pytest.fail("a thread"))
    run(STEP)
    run(RIGHT)
    assert lines == []
    assert [each.name for each in learner.iterdir()] == ["progress.jsonl"]


def test_strictly_nothing_is_sent_even_by_who_has_joined(served, lines, monkeypatch):
    joining.join(served.address, served.code)
    monkeypatch.setenv("RELU_COURSE_STRICT", "1")
    monkeypatch.setattr("threading.Thread.start", lambda *_: pytest.fail("a thread"))
    run(RIGHT)
    with pytest.raises(AssertionError):
        run(STEP)
    assert lines == [] and outbox.names() == []


def test_grading_never_gets_to_see_it():
    """The package that stands for `utils` inside the sandbox has nothing of this."""
    inside = ROOT / "utils" / "grading" / "inside"
    for path in inside.rglob("*"):
        assert "pulse" not in path.name
        assert not path.is_file() or path.suffix != ".py" or "pulse" not in path.read_text(encoding="utf-8")
    program = (
        f"import sys; sys.path.insert(0, {str(inside)!r})\n"
        "from utils.check import Checker; Checker('01_the_rectifier')('relu')\n"
        "assert not [name for name in sys.modules if 'pulse' in name]"
    )
    assert subprocess.run([sys.executable, "-I", "-c", program], timeout=60).returncode == 0


def test_a_notebook_that_has_not_joined_loads_no_client_of_the_web():
    program = (
        "import sys; before = set(sys.modules)\nimport utils.pulse.client\n"
        "assert not {'tornado', 'http.client', 'urllib.request'} & (set(sys.modules) - before)"
    )
    program = "import IPython.display, numpy\n" + program
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0


def test_nothing_but_what_is_said_is_sent(served, lines, monkeypatch):
    member = joining.join(served.address, served.code)
    sent = []

    def post(*details):
        sent.append(details)
        return 200, {"kept": True}

    monkeypatch.setattr(sender, "post", post)
    run("secret_of_mine = 1\n" + STEP)
    wait(lambda: lines[0][-1] == "Sent to the room.")
    ((address, route, token, body),) = sent
    assert (address, route, token) == (served.address, "result", member.token)
    assert json.loads(body) == {"question": "relu", "status": "wrong", "mistake": "step"}


def test_what_was_checked_while_the_room_was_down_is_delivered_later(tmp_path, lines):
    with Served(tmp_path / "room") as room:
        joining.join(room.address, room.code)
    began = time.monotonic()
    run(STEP)
    assert time.monotonic() - began < 5, "the check has waited for the room"
    wait(lambda: lines[0][-1].startswith("Not sent yet"))
    assert len(outbox.names()) == 1
    with Served(tmp_path / "room", port=room.port) as again:
        wait(lambda: lines[0][-1] == "Sent to the room.")
        assert again.question("relu")["tried"] == 1
    assert outbox.names() == []


def test_another_kernel_delivers_what_the_first_one_left(tmp_path, learner):
    with Served(tmp_path / "room") as room:
        joining.join(room.address, room.code)
    outbox.put({"question": "relu", "status": "wrong", "mistake": "step"})  # and its kernel has ended
    with Served(tmp_path / "room", port=room.port) as again:
        program = (
            "import time\nfrom utils.pulse import client, outbox\nclient.report('chi', 'right')\n"
            "while outbox.names(): time.sleep(0.02)"
        )
        assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60).returncode == 0
        assert again.question("relu")["mistakes"][0]["title"] == "step"
        assert again.question("chi")["solved"] == 1


def test_a_room_that_never_comes_back_is_given_up(tmp_path, lines, monkeypatch):
    monkeypatch.setattr(sender, "_PAUSES", (0.01,) * 3)
    with Served(tmp_path / "room") as room:
        joining.join(room.address, room.code)
    tries = []
    real = sender.post
    monkeypatch.setattr(sender, "post", lambda *details: tries.append(1) or real(*details))
    run(STEP)
    wait(lambda: client._sender._thread is None)
    assert len(tries) == 4 and len(outbox.names()) == 1
    assert lines[0][-1].startswith("Not sent yet")


def test_a_room_that_was_begun_anew_ends_the_membership(tmp_path, lines):
    with Served(tmp_path / "old") as room:
        joining.join(room.address, room.code)
    with Served(tmp_path / "new", port=room.port) as other:
        run(STEP)
        wait(lambda: "does not know you" in lines[0][-1])
        assert membership.current() is None and outbox.names() == []
        run(STEP)
        assert len(lines) == 1
        assert other.question("relu") is None


def test_a_question_that_the_room_does_not_know_is_let_go(served, lines):
    joining.join(served.address, served.code)
    client.report("a_question_of_a_later_version", "right")
    wait(lambda: lines[0][-1].startswith("Not counted"))
    assert outbox.names() == []


def test_leaving_ends_it_at_once_and_throws_away_what_waits(tmp_path, lines):
    with Served(tmp_path / "room") as room:
        joining.join(room.address, room.code)
    run(STEP)
    wait(lambda: lines[0][-1].startswith("Not sent yet"))
    joining.leave()
    assert membership.current() is None and outbox.names() == []
    with Served(tmp_path / "room", port=room.port) as again:
        wait(lambda: lines[0][-1] == sender.LEFT)
        run(RIGHT)
        assert len(lines) == 1
        assert again.question("relu") is None


def test_it_ends_by_itself_after_a_day(served, lines):
    joining.join(served.address, served.code)
    content = json.loads(membership.path().read_text(encoding="utf-8"))
    until = datetime.datetime.fromisoformat(content["until"])
    assert datetime.timedelta(hours=23) < until - datetime.datetime.now(datetime.UTC) <= membership.LASTS
    for shift in (-membership.LASTS, 3 * membership.LASTS):  # it is over; or the clock was put back
        changed = {**content, "until": (until + shift).isoformat()}
        membership.path().write_text(json.dumps(changed), encoding="utf-8")
        assert membership.current() is None
        run(STEP)
    assert lines == []


def test_what_waits_when_it_ends_is_thrown_away(tmp_path, lines):
    with Served(tmp_path / "room") as room:
        joining.join(room.address, room.code)
    run(STEP)
    wait(lambda: lines[0][-1].startswith("Not sent yet"))
    content = json.loads(membership.path().read_text(encoding="utf-8"))
    over = {**content, "until": "2020-01-01T00:00:00+00:00"}
    membership.path().write_text(json.dumps(over), encoding="utf-8")
    wait(lambda: lines[0][-1] == sender.LEFT)
    assert outbox.names() == []


def test_who_comes_again_is_not_counted_twice(served, tmp_path):
    before = served.overview()["participants"]
    first = joining.join(served.address, served.code)
    joining.leave()
    second = joining.join(served.address, served.code, "Ada")
    assert (first.number, first.token) == (second.number, second.token)
    assert served.overview()["participants"] == before + 1
    with Served(tmp_path / "elsewhere") as other:
        assert joining.join(other.address, other.code).number != first.number


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_its_file_is_for_the_learner_alone_and_has_no_code(served, learner):
    joining.join(served.address, served.code)
    outbox.put({"question": "relu"})
    for path in (learner / "room.json", *(learner / "room-outbox").iterdir()):
        assert path.stat().st_mode & 0o077 == 0
        assert served.code not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b'{"address": 3}', b"[" * 100_000], ids=range(7)
)
def test_a_damaged_file_is_no_membership_and_no_error(content, learner, lines):
    membership.path().parent.mkdir(parents=True)
    membership.path().write_bytes(content)
    run(STEP)
    assert lines == [] and progress.read().answers == {"relu": "tried"}


def test_an_outbox_that_cannot_be_written_is_told_and_stops_nothing(served, learner, lines):
    joining.join(served.address, served.code)
    (learner / "room-outbox").write_text("a file where the folder should be")
    run(STEP)
    assert "Nothing was sent to the room" in lines[0][0]
    assert progress.read().answers == {"relu": "tried"}


def test_the_outbox_has_an_end(learner, monkeypatch):
    monkeypatch.setattr(outbox, "MOST", 2)
    for identifier in ("a", "b", "a"):
        outbox.put({"question": identifier})
    with pytest.raises(OSError):
        outbox.put({"question": "c"})
    assert len(outbox.names()) == 2


def test_joining_says_what_is_wrong(served):
    wrong = {
        (served.address, "KTW-4HQ-M9R", ""): "not the code of this room",
        (served.address, "", ""): "Write the room's code",
        (served.address, served.code, "x" * 41): "40 characters at most",
        (f"127.0.0.1:{free_port()}", served.code, ""): "The room was not reached: nothing answers there",
        ("127.0.0.1:x", served.code, ""): "Write the address as the leader shows it",
        (f"{served.address}/elsewhere", served.code, ""): "nothing here",
    }
    for details, words in wrong.items():
        with pytest.raises(ValueError, match=words):
            joining.join(*details)
    assert membership.current() is None


def test_what_answers_there_may_be_no_room_and_gets_no_secret_passed_on(
    served, tmp_path, learner, monkeypatch
):
    """A page of its own, and a redirection to a place that would take the token."""
    import http.server
    import threading

    class Other(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            if "moved" in self.path:
                self.send_response(302)
                self.send_header("Location", f"{served.address}/join")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Log in</html>" if "page" in self.path else b"[" * 60_000)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = served.overview()["participants"]
    for path in ("page", "odd", "moved"):
        with pytest.raises(ValueError, match="something answers there that is no room"):
            joining.join(f"127.0.0.1:{server.server_port}/{path}", served.code)
    server.shutdown()
    server.server_close()
    assert served.overview()["participants"] == before


def test_joining_is_repeated_while_the_server_does_not_look(served, monkeypatch):
    answers = iter([(429, {"error": "wait"})] * 3 + [(200, {"kept": True, "token": "token"})])
    monkeypatch.setattr(joining, "post", lambda *_: next(answers))
    monkeypatch.setattr(joining.time, "sleep", lambda seconds: None)
    assert joining.join("127.0.0.1:1", "code").token == "token"
