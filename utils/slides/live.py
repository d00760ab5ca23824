"""Slides with live code: a lesson's deck in JupyterLab, in the presentation mode of jupyterlab-deck.

The server's kernel has run the lesson before the page opens, so every later cell finds what it needs, also
after cells that are not shown or were passed over; the presenter runs again what the room should see run.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

import nbformat
from jupyter_client import BlockingKernelClient

from utils.lessons import ROOT
from utils.slides import notebook, style

FOLDER = ROOT / "present"  # git ignores it
SECONDS = 600  # for one cell

# A presenter's remote control sends PageDown and PageUp.
KEYS = (
    ({"direction": "forward"}, ("Space", "PageDown", "ArrowDown", "ArrowRight")),
    ({"direction": "back"}, ("Shift Space", "PageUp", "ArrowUp", "ArrowLeft")),
)
# After a step the focus is taken to the new slide: else the next key would only do that.
GO = ["deck:go", "notebook:enter-command-mode"]
# Where the keys work. A comma in one of these, and JupyterLab leaves out all shortcuts from there on.
PLACES = (
    ".jp-Deck .jp-Notebook.jp-mod-commandMode .jp-Cell:focus",
    # A click beside the slide gives the focus to the notebook, which at a key hands it on to a cell first.
    ".jp-Deck .jp-Notebook.jp-mod-commandMode:has(.jp-Cell:focus)",
    '.jp-Deck .relu-form [role="status"]:focus',  # what a question answered has the focus after Commit
)
NOWHERE = 'body[data-jp-deck-mode="presenting"]:not(:focus-within)'  # what had the focus has gone
# A remote control's keys work from buttons, too. Sliders and lists in explorers keep theirs.
INSIDE = ".jp-Deck .jp-Notebook.jp-mod-commandMode .jp-Cell :focus"


def present(lesson, *, dark, port, browser, say):
    """Show a lesson until Ctrl-C. `say(sentence)` tells the presenter. Returns the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server must end with this process
    with tempfile.TemporaryDirectory(prefix="relu-present-", ignore_cleanup_errors=True) as private:
        server = Server(Path(private), dark, port)
        try:
            server.start()
            say(f"running lesson {lesson.number} once, so that every slide has its results")
            path = prepare(server, lesson, say)
            address = f"{server.address}/lab/tree/{path}?token={server.token}"
            say(f"the slides are at {address}")
            say("Space or PageDown goes on, Shift+Enter runs what is shown; Ctrl-C here ends it")
            if browser:
                webbrowser.open(address)
            return server.wait()
        except KeyboardInterrupt:
            say("ended")
            return 0
        finally:
            server.stop()


def prepare(server, lesson, say):
    """Run the lesson in a kernel of the server and write its deck; returns the deck's path there."""
    target = FOLDER / f"{lesson.stem}.ipynb"
    path = f"{FOLDER.name}/{target.name}"
    executed = nbformat.read(lesson.notebook, as_version=4)
    nbformat.write(executed, target)
    kernel = {"path": path, "name": target.name, "type": "notebook", "kernel": {"name": "python3"}}
    session = server.ask("POST", "api/sessions", kernel)
    for cell, error in _run(server.connection(session["kernel"]["id"]), executed):
        say(f"cell {cell['id']} failed ({error}); it is shown as it is")
    deck, rules = notebook.make(executed)
    nbformat.write(deck, target)
    server.write_style(rules)
    server.ask("POST", f"api/contents/{path}/trust")
    return path


def _run(connection, executed):
    """Run all code cells in order and give them their outputs; yields (cell, error) of those that fail."""
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels(hb=False)  # a busy machine misses beats
    try:
        client.wait_for_ready(timeout=60)
        for cell in executed.cells:
            if cell.cell_type != "code":
                continue
            outputs = []
            reply = client.execute_interactive(
                cell.source,
                allow_stdin=False,
                timeout=SECONDS,
                output_hook=lambda message, outputs=outputs: _collect(message, outputs),
            )
            cell.outputs = outputs
            cell.execution_count = reply["content"].get("execution_count")
            if reply["content"]["status"] == "error":
                yield cell, f"{reply['content']['ename']}: {reply['content']['evalue']}"
    finally:
        client.stop_channels()


def _collect(message, outputs):
    kind = message["header"]["msg_type"]
    if kind not in ("stream", "display_data", "execute_result", "error"):
        return
    output = nbformat.v4.output_from_msg(message)
    same = outputs and outputs[-1].output_type == kind == "stream" and outputs[-1].name == output.name
    if same:
        outputs[-1].text += output.text
    else:
        outputs.append(output)


class Server:
    """A JupyterLab of the course's folder with settings of its own, all in the folder `private`."""

    def __init__(self, private, dark=False, port=None):
        self.private = private
        self.token = secrets.token_hex(16)
        self.port = port or _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._theme = "JupyterLab Dark" if dark else "JupyterLab Light"
        self._process = None

    def start(self):
        """Start the server and wait until it answers. ValueError when it does not, or the port is taken."""
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                raise ValueError(f"Port {self.port} is taken by another program: choose another with --port.")
        self._write_settings()
        places = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "RELU_COURSE_PROGRESS": "progress.jsonl",  # the room's predictions are not the presenter's
        }
        environment = {**os.environ, **{name: str(self.private / place) for name, place in places.items()}}
        command = [sys.executable, "-P", "-m", "jupyterlab", "--no-browser", "--LabApp.custom_css=True"]
        command += [f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
        command += [f"--ServerApp.root_dir={ROOT}", "--ServerApp.answer_yes=True"]
        # The file browser begins where the deck is: else, going there, it may take the deck out of the page's
        # address, and a reload would not find it.
        FOLDER.mkdir(exist_ok=True)
        command += [f"--FileContentsManager.preferred_dir={FOLDER}"]
        if os.environ.get("RELU_COURSE_EXPOSE_LAB") == "1":  # for tests in a browser
            command += ["--LabApp.expose_app_in_browser=True"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command += ["--allow-root"]
        log = self.private / "server.log"
        # The token is no argument: other users of the computer can read these.
        environment["JUPYTER_TOKEN"] = self.token
        with open(log, "w", encoding="utf-8") as file:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)
        for _ in range(300):
            try:
                self.ask("GET", "api")
                return
            except OSError:
                time.sleep(0.2)
            if self._process.poll() is not None:
                break
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise ValueError(f"JupyterLab did not start on port {self.port}: {' '.join(last)}")

    def wait(self):
        return self._process.wait()

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def ask(self, method, path, body=None):
        """One request to the server's own interface; returns what it answers."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def connection(self, kernel):
        """The connection file of one of the server's kernels."""
        return self.private / "runtime" / f"kernel-{kernel}.json"

    def write_style(self, rules):
        """The style sheet of the deck, which JupyterLab loads with its page."""
        target = self.private / "config" / "custom" / "custom.css"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(style.room() + rules, encoding="utf-8")

    def _write_settings(self):
        step = "apputils:run-all-enabled"
        shortcuts = [
            {"command": step, "args": {"commands": GO, "args": way}, "keys": [key], "selector": place}
            for way, keys in KEYS
            for key in keys
            for place in (*PLACES, NOWHERE, *([INSIDE] if "Page" in key else []))
        ]
        run = "notebook:run-cell-and-select-next"
        shortcuts.append({"command": run, "keys": ["Shift Enter"], "selector": NOWHERE})
        # At the last cell JupyterLab would add another one.
        for place in PLACES[:2]:
            last = place.replace(".jp-Cell", ".jp-Cell:last-child")
            shortcuts.append({"command": "notebook:run-cell", "keys": ["Shift Enter"], "selector": last})
        settings = {
            "@jupyterlab/apputils-extension/themes": {"theme": self._theme},
            "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
            "@jupyterlab/apputils-extension/kernels-settings": {"commsOverSubshells": "disabled"},
            "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none", "recordTiming": False},
            "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
            "@jupyterlab/shortcuts-extension/shortcuts": {"shortcuts": shortcuts},
            "@deathbeds/jupyterlab-deck/plugin": {"active": True},
        }
        for name, content in settings.items():
            path = self.private / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content), encoding="utf-8")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
