"""Each kind of sandbox confines, is seen to confine, and ends with everything in it."""

import errno
import os
import signal
import struct
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import sandboxes

from utils.grading import bubblewrap, containers, landlock, seccomp, selftest, visible, wipe
from utils.grading.runner import Call, Runner
from utils.grading.sandbox import GradingError, NoSandbox
from utils.grading.session import Session

both = pytest.mark.parametrize("backend", sandboxes.BACKENDS)
MARK = f"31536{os.getpid()}"


@pytest.fixture(scope="module")
def runners():
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(Runner(sandboxes.LIMITS, (backend,)))
            for name, backend in sandboxes.BACKENDS.items()
            if not sandboxes.trouble(name)
        }


@pytest.fixture
def runner(runners, backend):
    sandboxes.need(backend)
    return runners[backend]


def value(runner, source, *arguments):
    """What the function ``f`` of this cell returns inside."""
    report = runner.run([textwrap.dedent(source)], [Call("f", arguments)])
    assert report.results[0].raised is None, report
    return report.results[0].value


# ------------------------------------------------------------------------------- the test at the start


def test_probe_finds_every_way_out_where_nothing_confines(tmp_path):
    with ExitStack() as stack:
        targets, listeners, bystander = selftest.make_targets(tmp_path, stack)
        names = {}
        exec(selftest.PROBE, names)
        found = names["escapes"](targets)
        assert len(found) == selftest.WAYS
        assert all(found.values()), found
        bystander.wait(10)
        harm = selftest.done_outside(tmp_path, listeners, bystander)
        assert harm == [
            f"it {what} outside" for what in ("wrote to a file", "reached a socket", "killed a process")
        ]


class Pretending:
    """A sandbox whose notebooks say what they are told to say."""

    def __init__(self, found):
        self.found = found

    def run(self, cells, calls):
        from utils.answers import Result
        from utils.grading.runner import RunReport

        return RunReport(tuple(Result(value=self.found) for _ in calls), ())


@pytest.mark.parametrize(
    "found",
    [
        {str(number): number == 3 for number in range(selftest.WAYS)},
        {str(number): False for number in range(selftest.WAYS - 1)},
        None,
    ],
    ids=["one way out", "one way not tried", "nothing said"],
)
def test_self_test_refuses_a_sandbox_that_does_not_hold(found):
    with pytest.raises(NoSandbox):
        selftest.check(Pretending(found).run)


def test_self_test_accepts_where_all_ways_are_closed():
    selftest.check(Pretending({str(number): False for number in range(selftest.WAYS)}).run)


class Missing:
    NAME = "missing"

    @staticmethod
    def start(limits):
        raise NoSandbox("it is not there")


def test_without_a_sandbox_one_sentence_says_what_to_install():
    with pytest.raises(GradingError) as refusal, Runner(backends=(Missing,)):
        pass
    text = str(refusal.value)
    assert "apt install bubblewrap" in text and "WSL" in text and "missing: it is not there" in text
    assert text.count(". ") == 0 and "\n" not in text


def test_second_kind_is_taken_where_the_first_does_not_work(runners):
    sandboxes.need("landlock")
    with Runner(sandboxes.LIMITS, (Missing, containers)) as runner:
        assert runner.backend == "landlock"


def test_missing_program_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoSandbox, match="not installed"):
        bubblewrap.start(sandboxes.LIMITS)


def test_what_bubblewrap_complains_of_is_passed_on(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(NoSandbox, match="No permissions to create a new namespace"):
        bubblewrap.start(sandboxes.LIMITS)


def test_old_landlock_is_refused(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 5)
    with pytest.raises(NoSandbox, match=r"6\.12"):
        containers.start(sandboxes.LIMITS)


# --------------------------------------------------------------------------------- what is seen inside


@both
def test_nothing_of_the_course_is_seen(runner):
    course = Path(__file__).resolve().parents[2]
    paths = [
        course / "utils" / "question.py",
        course / "solutions" / "01_the_rectifier.ipynb",
        course / "README.md",
    ]
    assert all(path.exists() for path in paths)
    seen = value(
        runner,
        """
        def f(paths):
            seen = []
            for path in paths:
                try:
                    open(path, "rb").read(1)
                    seen.append(path)
                except OSError:
                    pass
            return seen
        """,
        [str(path) for path in [*paths, Path.home() / ".bashrc", "/etc/passwd", "/etc/shadow"]],
    )
    assert seen == []


@both
def test_only_a_stub_of_the_package_can_be_imported(runner):
    found = value(
        runner,
        """
        def f():
            import importlib
            import pkgutil

            import utils

            found = [each.name for each in pkgutil.iter_modules(utils.__path__)]
            for name in ("question", "questions", "judge", "activations", "lessons", "grading"):
                try:
                    importlib.import_module(f"utils.{name}")
                    found.append(name)
                except ImportError:
                    pass
            return found
        """,
    )
    assert found == ["check"]


@both
def test_environment_is_made_anew(runner, monkeypatch):
    names = value(runner, "def f():\n    import os\n    return sorted(os.environ)")
    ours = "HOME IPYTHONDIR LANG LC_CTYPE MALLOC_ARENA_MAX MPLBACKEND MPLCONFIGDIR PATH PWD TMPDIR"
    threads = "MKL_NUM_THREADS OMP_NUM_THREADS OPENBLAS_NUM_THREADS"
    ipython = "CLICOLOR CLICOLOR_FORCE COLUMNS FORCE_COLOR GIT_PAGER LINES PAGER TERM"
    assert {"HOME", "PATH", "TMPDIR"} <= set(names) <= set(f"{ours} {threads} {ipython}".split())


@both
def test_no_privilege_is_left(runner):
    held = value(
        runner,
        """
        def f():
            import ctypes

            library = ctypes.CDLL(None)
            data = ctypes.create_string_buffer(24)
            library.capget(ctypes.byref(ctypes.c_uint64(0x20080522)), data)
            return [any(data.raw), library.prctl(39, 0, 0, 0, 0), library.prctl(21, 0, 0, 0, 0)]
        """,
    )
    assert held == [False, 1, 2], "no capability, no new privileges, a seccomp filter"


def test_hidden_folders_leave_the_rest_of_a_readable_one(monkeypatch, tmp_path):
    for name in ("prefix/lib/site", "prefix/course/.venv", "prefix/bin"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(visible, "readable", lambda: [tmp_path / "prefix", tmp_path / "prefix/course/.venv"])
    monkeypatch.setattr(visible, "hidden", lambda: [tmp_path / "prefix/course"])
    shown = {str(path.relative_to(tmp_path)) for path in visible.without_hidden()}
    assert shown == {"prefix/lib", "prefix/bin", "prefix/course/.venv"}
    mounts = [(options[0], options[-1]) for options in bubblewrap._mounts()]
    assert mounts == [
        ("--ro-bind", str(tmp_path / "prefix")),
        ("--tmpfs", str(tmp_path / "prefix/course")),
        ("--ro-bind", str(tmp_path / "prefix/course/.venv")),
    ]


# ------------------------------------------------------------------------------------------ no orphans


def test_two_hundred_kills_leave_no_orphan():
    sandboxes.need("bubblewrap")
    script = f"for i in 1 2 3; do setsid sleep {MARK} & done; (sleep {MARK} &) ; sleep {MARK}"
    most = 0
    for number in range(200):
        confined = bubblewrap.launch(lambda control: ["/bin/sh", "-c", script], sandboxes.LIMITS)
        if number % 20 == 0:
            time.sleep(0.05)
            most = max(most, len(sandboxes.processes(MARK)))
        confined.kill()
    assert most >= 4, "there was something to kill"
    assert sandboxes.soon_gone(MARK)


LINGER = f"""
import os
import subprocess

for _ in range(3):
    subprocess.Popen(["sleep", "{MARK}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{MARK}"])
    os._exit(0)
"""


@both
def test_two_hundred_killed_notebooks_leave_no_orphan(runner):
    for number in range(200):
        session = Session(runner._server(), runner.limits, time.monotonic() + 20)
        session.begin()
        assert session.run_cell(LINGER).status == "ok"
        if number % 50 == 0:
            assert sandboxes.soon_there(MARK, 3)
        assert session.finish() == "it left processes behind"
        assert not sandboxes.processes(MARK)


@both
def test_closing_ends_what_still_runs(backend):
    with Runner(sandboxes.LIMITS, (sandboxes.need(backend),)) as runner:
        session = Session(runner._server(), runner.limits, time.monotonic() + 20)
        session.begin()
        session.run_cell(LINGER)
        assert sandboxes.soon_there(MARK)
        scratch = runner._server().scratch
    assert not sandboxes.processes(MARK)
    assert not Path(scratch).exists()


@both
def test_a_killed_grader_leaves_no_orphan_and_its_folder_to_the_next(backend, tmp_path, monkeypatch):
    sandboxes.need(backend)
    program = f"""
    import sys, tempfile, time
    tempfile.tempdir = {str(tmp_path)!r}
    sys.path[:0] = {sys.path!r}
    import sandboxes
    from utils.grading.runner import Runner
    from utils.grading.session import Session
    with Runner(sandboxes.LIMITS, (sandboxes.BACKENDS[{backend!r}],)) as runner:
        session = Session(runner._server(), runner.limits, time.monotonic() + 20)
        session.begin()
        session.run_cell({LINGER!r})
        print("running", flush=True)
        time.sleep(60)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"running\n"
        assert sandboxes.soon_there(MARK)
        mark = f'"grader": {grader.pid},'
        assert sandboxes.processes(mark)
        grader.send_signal(signal.SIGKILL)
    assert sandboxes.soon_gone(MARK) and sandboxes.soon_gone(mark)
    assert len(left_folders(tmp_path)) == 1
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Runner(sandboxes.LIMITS, (sandboxes.BACKENDS[backend],)) as runner:
        assert left_folders(tmp_path) == [Path(runner._server().scratch)]
    assert left_folders(tmp_path) == []


def left_folders(folder):
    return list(folder.glob("relu-grading-*"))


# -------------------------------------------------------------------------- the filter of system calls


def decide(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel does with a system call under a filter: a small interpreter of its instructions."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = list(struct.iter_unpack("=HBBI", program))
    place, loaded = 0, 0
    while True:
        code, on_true, on_false, operand = steps[place]
        place += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            loaded = struct.unpack_from("=I", data, operand)[0]
            continue
        true = {0x15: loaded == operand, 0x35: loaded >= operand, 0x45: bool(loaded & operand)}[code]
        place += on_true if true else on_false


ALLOWED, REFUSED, KILLED, PRETENDED = 0x7FFF0000, 0x50000 | errno.EPERM, 0x80000000, 0x50000
MACHINES = {
    "x86_64": (
        0xC000003E,
        {"read": 0, "clone": 56, "clone3": 435, "kill": 62, "socketpair": 53, "execve": 59},
    ),
    "aarch64": (
        0xC00000B7,
        {"read": 63, "clone": 220, "clone3": 435, "kill": 129, "socketpair": 199, "execve": 221},
    ),
}


@pytest.mark.parametrize("pretend", [False, True])
@pytest.mark.parametrize("machine", MACHINES)
def test_filter_decides_as_it_says(machine, pretend):
    architecture, numbers = MACHINES[machine]
    column = list(MACHINES).index(machine)
    program = seccomp.program(machine, pretend)
    assert len(program) // 8 < 4096

    def decided(*call):
        return decide(program, architecture, *call)

    for name in ("read", "kill", "socketpair", "execve"):
        assert decided(numbers[name]) == ALLOWED
    for table, expected in (
        (seccomp._REFUSED, REFUSED),
        (seccomp._PRETENDED, PRETENDED if pretend else ALLOWED),
    ):
        for name, each in table.items():
            if each[column] is not None:
                assert decided(each[column]) == expected, name
    for name, each in seccomp._ON_ITSELF.items():
        assert decided(each[column], 0, 5) == ALLOWED, name
        assert decided(each[column], 4711, 5) == REFUSED, name
    assert decided(numbers["clone"], signal.SIGCHLD) == ALLOWED
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert decided(numbers["clone"], flag | signal.SIGCHLD) == REFUSED
    assert decided(numbers["clone3"]) == 0x50000 | errno.ENOSYS
    assert decided(seccomp._SETPRIORITY[column], 0, 0, 5) == ALLOWED
    assert decided(seccomp._SETPRIORITY[column], 0, 4711, 5) == REFUSED
    assert decided(seccomp._SETPRIORITY[column], 2, 0, 5) == REFUSED
    assert decided(seccomp._IOCTL[column], 0, 0x5412) == REFUSED
    assert decided(seccomp._IOCTL[column], 0, 0x5401) == ALLOWED
    assert decided(10_000) == 0x50000 | errno.ENOSYS
    assert decided(0x40000000 | numbers["read"]) == 0x50000 | errno.ENOSYS
    assert decide(program, 0x40000003, numbers["read"]) == KILLED


def test_numbers_are_those_of_this_machine():
    header = next(Path("/usr/include").glob("**/asm/unistd_64.h"), None)
    if header is None or os.uname().machine != "x86_64":
        pytest.skip("the kernel's header for x86-64 is not installed")
    lines = [line.split() for line in header.read_text(encoding="utf-8").splitlines()]
    known = {line[1][5:]: int(line[2]) for line in lines if len(line) == 3 and line[1].startswith("__NR_")}
    tables = seccomp._REFUSED | seccomp._ON_ITSELF | seccomp._PRETENDED
    compared = {name: numbers[0] for name, numbers in tables.items() if name in known}
    assert len(compared) > 60
    assert compared == {name: known[name] for name in compared}


# ----------------------------------------------------------------------------------------- clearing up


def test_wiping_follows_no_link_and_stops_at_no_depth(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "wide").mkdir()
    for number in range(50):
        (folder / "wide" / str(number)).mkdir()
        (folder / "wide" / str(number) / "link").symlink_to(outside / "kept")
    (folder / "closed").mkdir()
    (folder / "closed" / "file").touch()
    (folder / "closed").chmod(0)
    home = os.getcwd()
    try:
        os.chdir(folder)
        for _ in range(1_500):
            os.mkdir("deep")
            os.chdir("deep")
    finally:
        os.chdir(home)
    assert wipe.empty(str(folder))
    assert os.listdir(folder) == []
    assert (outside / "kept").read_text(encoding="utf-8") == "kept"


def test_wiping_says_when_something_is_left(tmp_path):
    assert not wipe.empty(str(tmp_path / "missing"))


def test_arrays_do_not_change_on_the_way_in(runners):
    backend = next(iter(runners))
    sent = np.array([1.5, np.nan, -0.0])
    assert value(runners[backend], "def f(x):\n    return repr(x)", sent) == repr(sent)
