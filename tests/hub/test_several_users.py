"""Several users on one hub: each gets the course and runs a lesson to its end, and none reaches another."""

import itertools
import json
import os
import re
import time

import pytest
from chromium import unavailable
from conftest import LESSONS

PAIRS = list(itertools.permutations(("first", "second"), 2))
ANSWER = """
import numpy as np
from utils.check import Checker
check = Checker("01_the_rectifier")
def relu(x):
    return {answer}
check("relu")
"""


@pytest.fixture
def as_root():
    if os.name == "nt" or os.geteuid():
        unavailable("users get rights of their own only where the hub runs as root")


@pytest.mark.parametrize("name", LESSONS)
def test_each_lesson_runs_to_its_end(users, name):
    assert users[name].page.complaints == []


def test_the_course_comes_from_the_users_own_copy(users):
    """Otherwise a pull would bring new notebooks and leave an old `utils` beside them."""
    for user in users.values():
        place = user.execute("import utils.lessons; print(utils.lessons.__file__)")
        assert place == str(user.course / "utils/lessons.py")


def test_progress_is_kept_apart(users):
    answers = {"first": ("np.maximum(0.0, x)", "right"), "second": ("np.minimum(0.0, x)", "wrong")}
    for name, (answer, _) in answers.items():
        users[name].execute(ANSWER.format(answer=answer))
    for name, (_, status) in answers.items():
        lines = (users[name].home / ".local/share/relu-course/progress.jsonl").read_text("utf-8").splitlines()
        checks = [event for event in map(json.loads, filter(None, lines)) if event["kind"] == "check"]
        assert [(event["id"], event["status"]) for event in checks] == [("relu", status)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_neither_cookies_nor_token_open_anothers_server(users, one, other):
    user, address = users[one], f"{users[other].server}/api/contents"
    token = user.execute("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])")
    assert user.get(f"{user.server}/api/contents", token)[0] == 200
    assert user.get(address, token)[0] == 403
    assert user.get(f"{user.server}/api/contents")[0] == 200
    assert user.get(address)[0] == 403
    status, text = user.get(f"{users[other].server}/lab")
    assert (status, "relu-course" in text) in {(302, False), (403, False)}


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_contents_api_does_not_leave_the_home(users, one, other):
    user, target = users[one], users[other]
    token = user.execute("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])")
    for way in (
        f"../{other}",
        f"..%2F{other}",
        f"relu-course/../../{other}",
        f"%2e%2e/{other}",
        str(target.home),
    ):
        status, text = user.get(f"{user.server}/api/contents/{way}", token)
        assert status in (400, 403, 404), (way, status)
        assert "notebooks" not in text
    status, text = user.get(f"{user.server}/api/contents/", token)
    assert status == 200
    assert [entry["path"] for entry in json.loads(text)["content"]] == ["relu-course"]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_kernel_reads_nothing_of_another_user(as_root, users, one, other):
    user, target = users[one], users[other]
    process = target.execute("import os; print(os.getpid())")
    ids = {each.execute("import os; print(*os.getresuid(), os.getgroups())") for each in users.values()}
    assert len(ids) == len(users)
    assert not any(re.search(r"\b0\b", each) for each in ids)
    for place in (target.home, target.course / "notebooks/00_course_map.ipynb", f"/proc/{process}/environ"):
        code = f"import os; os.listdir(p) if os.path.isdir(p := {str(place)!r}) else open(p, 'rb').read(9)"
        assert user.execute(code).startswith("PermissionError"), place
        assert not target.execute(code).startswith("PermissionError"), place
    hub = user.hub.folder / "hub"
    for secret in ("cookie_secret", "jupyterhub.sqlite"):
        assert user.execute(f"print(open({str(hub / secret)!r}, 'rb').read(9))").startswith("PermissionError")
    assert user.execute(f"import os; os.kill({process}, 0)").startswith("PermissionError")


def test_a_kernel_has_no_port_that_others_could_listen_at(users):
    """Who connects to a kernel's port gets all that it prints, without any key."""
    code = "from ipykernel.connect import get_connection_info; print(get_connection_info())"
    for user in users.values():
        connection = json.loads(user.execute(code))
        assert connection["transport"] == "ipc"
        assert connection["ip"].startswith(str(user.home))


def test_the_hub_hands_out_no_password(users):
    assert users["first"].execute("import os; print('RELU_HUB_PASSWORD' in os.environ)") == "False"


def test_checks_reach_the_room_pulse_behind_the_hub(users, hub):
    invitation = hub.folder / "hub/pulse/invitation.txt"
    said = invitation.read_text("utf-8")
    code, key = re.search(r"^ +code +(.+)$", said, re.MULTILINE)[1], re.search(r"leader#(\S+)", said)[1]
    room = f"{hub.address}/services/pulse/"
    user = users["third"]
    user.execute(f"from utils.pulse.joining import join; join({room!r}, {code!r})")
    user.execute(ANSWER.format(answer="np.maximum(0.0, x)"))
    for _ in range(50):
        status, text = user.get(f"{room}overview", key, "Bearer")
        if '"relu"' in text:
            break
        time.sleep(0.2)
    assert (status, '"relu"' in text) == (200, True), text
    assert user.get(f"{room}overview", "another key", "Bearer")[0] == 401
    if os.geteuid() == 0:
        assert user.execute(f"open({str(invitation)!r})").startswith("PermissionError")
