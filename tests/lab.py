"""A real JupyterLab and a real browser: starting them, opening notebooks, running their cells."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
# What JupyterLab says on a machine without a favicon or a debugger, and where the kernel of JupyterLite,
# which `start.py lite` builds with, is installed beside it and finds that this is not JupyterLite.
HARMLESS = (
    "favicon",
    "Could not restore the debugger state",
    "Shared module @jupyterlite/services doesn't exist",
)

STATE = """() => {
  const notebook = window.jupyterapp.shell.currentWidget;
  const kernel = notebook.sessionContext.session?.kernel;
  const cells = notebook.content.widgets.filter(
    (cell) => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim());
  const errors = [];
  for (const cell of cells) {
    for (let i = 0; i < cell.model.outputs.length; i++) {
      const output = cell.model.outputs.get(i).toJSON();
      if (output.output_type === 'error') errors.push(`${output.ename}: ${output.evalue}`);
    }
  }
  const done = cells.filter((cell) => cell.model.executionCount).length;
  return { errors, finished: kernel?.status === 'idle' && (done === cells.length || errors.length > 0),
           idle: kernel?.status === 'idle' };
}"""


class Lab:
    """A JupyterLab on a free port of this machine that serves `folder`; a context manager."""

    def __init__(self, folder):
        self.folder = Path(folder) / "notebooks"
        self.folder.mkdir(parents=True)
        self._private = Path(folder) / "private"
        self._private.mkdir()
        self._token = secrets.token_hex(8)

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._write_settings()
        names = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        places = {name: str(self._private / folder) for name, folder in names.items()}
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests/browser"), os.environ.get("PYTHONPATH", "")])
        progress = str(self._private / "progress.jsonl")
        environment = {**os.environ, **places, "PYTHONPATH": path, "RELU_COURSE_PROGRESS": progress}
        self._log = open(self._private / "lab.log", "w", encoding="utf-8")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
        command += [f"--ServerApp.root_dir={self.folder}", f"--IdentityProvider.token={self._token}"]
        command += ["--LabApp.expose_app_in_browser=True", "--allow-root"]
        self._process = subprocess.Popen(command, env=environment, stdout=self._log, stderr=self._log)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.address}/api", timeout=2).close()
                return self
            except OSError:
                time.sleep(0.2)
            if self._process.poll() is not None:
                break
        self.__exit__()
        log = (self._private / "lab.log").read_text(encoding="utf-8")
        raise RuntimeError(f"JupyterLab did not start:\n{log[-2000:]}")

    def __exit__(self, *_error):
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def _write_settings(self):
        folder = self._private / "settings/@jupyterlab"
        files = {
            "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
            "notebook-extension/tracker": '{"windowingMode": "none"}',
        }
        for name, text in files.items():
            path = folder / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def write(self, name, *sources):
        """Write a notebook with one code cell for each of `sources`; a source that begins with # is prose."""
        cells = [
            nbformat.v4.new_markdown_cell(source)
            if source.startswith("#")
            else nbformat.v4.new_code_cell(source)
            for source in sources
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, self.folder / name)

    def open(self, context, name, run=True, wait=120):
        """Open notebook `name` in a new page of a browser context; with `run`, run all cells to the end.

        The page gets two lists: `complaints` (errors of console, page and cells) and `requests` (addresses).
        """
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: message.type == "error" and self._note(page, message.text))
        page.on("pageerror", lambda error: self._note(page, str(error)))
        page.goto(f"{self.address}/lab/tree/{name}?reset&token={self._token}")
        self._await_notebook(page, name)
        page.evaluate("() => { window.jupyterapp.commands.execute('application:toggle-left-area') }")
        if run:
            self._run_all(page, wait)
        return page

    def open_next(self, page, name, wait=120):
        """Open notebook `name` in a page whose notebook was put away, and run all cells to the end.

        The two lists begin anew. To load JupyterLab itself again would take longer than most notebooks.
        """
        page.complaints.clear()
        page.requests.clear()
        page.evaluate("path => { window.jupyterapp.commands.execute('docmanager:open', { path }) }", name)
        self._await_notebook(page, name)
        self._run_all(page, wait)

    @staticmethod
    def _await_notebook(page, name):
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        ready = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady"
        page.wait_for_function(ready, timeout=60_000)
        page.wait_for_function(f"() => ({STATE})().idle", timeout=60_000)
        assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path") == name

    @staticmethod
    def _run_all(page, wait):
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        page.wait_for_function(f"() => ({STATE})().finished", timeout=wait * 1000)
        page.complaints += page.evaluate(STATE)["errors"]

    @staticmethod
    def _note(page, text):
        if not any(harmless in text for harmless in HARMLESS):
            page.complaints.append(text[:300])

    @staticmethod
    def theme(page, name):
        """Switch JupyterLab to the theme `name`: Light or Dark."""
        page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })",
            f"JupyterLab {name}",
        )
        light = str(name == "Light").lower()
        page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'")
        page.wait_for_timeout(500)

    @staticmethod
    def put_away(page):
        """Shut the notebook's kernel down and close the notebook, unsaved."""
        page.evaluate(
            """async () => {
                const notebook = window.jupyterapp.shell.currentWidget;
                await notebook.sessionContext.shutdown();
                notebook.dispose();
            }"""
        )
        page.wait_for_selector(".jp-Notebook", state="detached")

    @staticmethod
    def close(page):
        """Shut the notebook's kernel down and close the page."""
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        page.close()
