"""A real JupyterHub on loopback, the course in a git repository beside it, and users in a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from lab import STATE, Lab

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("jupyterhub_test_config.py")
PASSWORD = "only for this test"
# What a learner needs of the course, and what is pulled here.
COURSE = ("notebooks", "exercises", "utils")
EXECUTE = """async (code) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({ code });
  let said = '';
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream') said += content.text;
    if (header.msg_type === 'error') said += `${content.ename}: ${content.evalue}`;
  };
  await future.done;
  return said;
}"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_answer(address, process, log):
    """Wait until a server answers at this address; RuntimeError with the end of its log when it has ended."""
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
        if process.poll() is not None:
            break
    raise RuntimeError(f"{address} does not answer:\n{log.read_text(encoding='utf-8')[-3000:]}")


def git(*arguments, folder):
    identity = ["-c", "user.name=course", "-c", "user.email=course@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


class Repository:
    """The course as a bare repository that git's own daemon serves on loopback; a context manager."""

    def __init__(self, folder):
        self.work, self.bare = folder / "work", folder / "course.git"

    def __enter__(self):
        for name in COURSE:
            ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            shutil.copytree(ROOT / name, self.work / name, ignore=ignore)
        git("init", "--quiet", "--initial-branch=main", folder=self.work)
        git("clone", "--quiet", "--bare", ".", str(self.bare), folder=self.work)
        self.publish("the course")
        port = free_port()
        command = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}"]
        self._process = subprocess.Popen([*command, f"--base-path={self.bare.parent}", str(self.bare)])
        self.address = f"git://127.0.0.1:{port}/course.git"
        for _ in range(50):
            if not subprocess.run(["git", "ls-remote", self.address], capture_output=True).returncode:
                return self
            time.sleep(0.1)
        raise RuntimeError("git daemon does not answer; is git complete on this machine?")

    def __exit__(self, *_error):
        self._process.terminate()
        self._process.wait(20)

    def publish(self, message):
        """Commit what has changed in the work folder, and push it to where learners pull from."""
        git("add", "--all", folder=self.work)
        git("commit", "--quiet", "--message", message, folder=self.work)
        git("push", "--quiet", str(self.bare), "main", folder=self.work)


def made_reachable(folder):
    """The command in front of the hub's that lets users of any id reach Python, the packages and the course.

    As root on a machine where these lie below a folder that only root may enter (a clone below /root), the
    hub gets a view of the file system in which that folder is open and holds no more. Elsewhere: nothing.
    """
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT, folder}
    closed = {}
    for path in needed:
        shut = [parent for parent in reversed(path.parents) if not parent.stat().st_mode & 0o001]
        if shut:
            closed.setdefault(shut[0], []).append(path)
    if os.geteuid() or not closed:
        return []
    command = ["bwrap", "--dev-bind", "/", "/", "--cap-add", "ALL"]
    for parent, paths in closed.items():
        command += ["--tmpfs", str(parent)]
        for path in sorted(paths):
            # bwrap would make the folders on the way for root alone.
            for between in [each for each in reversed(path.parents) if parent in each.parents]:
                command += ["--perms", "0755", "--dir", str(between)]
            command += ["--bind", str(path), str(path)]
    return [*command, "--"]


class Hub:
    """The example JupyterHub with its users' homes in a folder of its own; a context manager."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="relu-hub-"))
        self.folder.chmod(0o711)
        self.repository = Repository(self.folder / "repository")
        self.repository.__enter__()
        port, self._log = free_port(), self.folder / "hub.log"
        self.address = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "RELU_HUB_FOLDER": str(self.folder),
            "RELU_HUB_REPOSITORY": self.repository.address,
            "RELU_HUB_PASSWORD": PASSWORD,
            "RELU_HUB_PORT": str(port),
            "RELU_HUB_API_PORT": str(free_port()),
            "RELU_HUB_PROXY_PORT": str(free_port()),
            "RELU_HUB_PULSE_PORT": str(free_port()),
            # Debian's proxy, started by a Node that is not Debian's, would not find its packages.
            "NODE_PATH": "/usr/share/nodejs",
        }
        command = [*made_reachable(self.folder), sys.executable, "-P", "-m", "jupyterhub", "-f", str(CONFIG)]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            await_answer(f"{self.address}/hub/health", self._process, self._log)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        # The hub ends its servers and its proxy itself. What stands before it must not get the signal.
        hub = self.folder / "hub/jupyterhub.pid"
        if self._process.poll() is None and hub.exists():
            os.kill(int(hub.read_text()), signal.SIGTERM)
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self.repository.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return self._log.read_text(encoding="utf-8", errors="replace")


class User:
    """One user of the hub: a browser context of their own, logged in, with a notebook open."""

    def __init__(self, hub, browser, name):
        self.hub, self.name = hub, name
        self.home = hub.folder / "homes" / name
        self.course = self.home / "relu-course"
        self.server = f"{hub.address}/user/{name}"
        self.context = browser.new_context(viewport={"width": 1100, "height": 1300})
        self.context.set_default_timeout(120_000)
        self.page = self.context.new_page()
        self.page.complaints = []
        self.page.on("pageerror", lambda error: Lab._note(self.page, str(error)))

    def log_in(self, address=""):
        """Log in and land where the hub sends this user: at the course map, or at `address` on the hub."""
        self.page.goto(f"{self.hub.address}{address or '/hub/login'}")
        self.page.fill("#username_input", self.name)
        self.page.fill("#password_input", PASSWORD)
        self.page.click("#login_submit")

    def land(self, path, seconds=300):
        """Wait for this notebook, with its kernel, in the JupyterLab that the hub leads to."""
        ready = """(path) => {
            const notebook = window.jupyterapp?.shell.currentWidget;
            return notebook?.context?.path === path && notebook.sessionContext?.isReady
                && notebook.sessionContext.session?.kernel?.status === 'idle';
        }"""
        self.page.wait_for_function(ready, arg=path, timeout=seconds * 1000)

    def open(self, path):
        """Open another notebook in the JupyterLab that is open."""
        self.page.evaluate(
            "path => { window.jupyterapp.commands.execute('docmanager:open', { path }) }", path
        )
        self.land(path)

    def start_all_cells(self):
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")

    def await_all_cells(self, seconds):
        self.page.wait_for_function(f"() => ({STATE})().finished", timeout=seconds * 1000)
        self.page.complaints += self.page.evaluate(STATE)["errors"]

    def execute(self, code):
        """Run code in the open notebook's kernel; what it printed, or the error that it ended with."""
        return self.page.evaluate(EXECUTE, code).strip()

    def get(self, address, token=None, scheme="token"):
        """Status and text of the answer to a request with this user's cookies, or with a token alone."""
        if token is None:
            answer = self.context.request.get(address, max_redirects=0)
            return answer.status, answer.text()
        request = urllib.request.Request(address, headers={"Authorization": f"{scheme} {token}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode("utf-8", "replace")
