"""The command ``lite``: the course as a JupyterLite site, which runs Python in the reader's browser."""

import argparse
import http.server
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from functools import partial
from pathlib import Path
from typing import ClassVar

from utils.lessons import ROOT
from utils.lite.lock import COURSE, KERNEL, core, make_lock, pyodide_in, pyodide_on_the_web
from utils.places import check_place

# What a learner opens. The solutions are left out: whoever has the link alone gets the hints instead.
SHOWN = ("notebooks", "exercises")
FIRST_PAGE = "lab/index.html?path=notebooks/00_course_map.ipynb"
# The page code of the kernel and of the widgets; nothing else that is installed here gets into the site.
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager", "anywidget")
EXTENSIONS_HERE = Path(sysconfig.get_path("data")) / "share/jupyter/labextensions"
KERNEL_PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    # A notebook that was saved with its outputs shows its explorers' pictures again tomorrow.
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("lite"), metavar="FOLDER", help="default: ./lite")
    parser.add_argument(
        "--pyodide",
        type=Path,
        metavar="FOLDER",
        help="put this unpacked release of Pyodide into the site; without it, Pyodide comes from its own CDN",
    )
    parser.add_argument(
        "--serve",
        type=int,
        metavar="PORT",
        help="then show the site on this computer, at this port of 127.0.0.1, until Ctrl-C",
    )


def main(options: argparse.Namespace) -> int:
    out = options.out.resolve()
    check_place(out)
    if options.serve is not None:
        _check_port(options.serve)
    if out.exists() and any(out.iterdir()) and not (out / "jupyter-lite.json").is_file():
        raise ValueError(f"{out} holds something else than an earlier site: name another folder with --out.")
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "site"
        made.mkdir()
        build(made, options.pyodide)
        if out.exists():  # only now: when the new one fails, the earlier site stays
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size / 2**20:.0f} MB, ready for any web server; learners open {FIRST_PAGE} there.")
    if options.serve is not None:
        serve(out, options.serve)
    return 0


def build(out: Path, pyodide_folder: Path | None = None) -> None:
    """Build the site in the empty folder `out`. Asks no other machine for anything.

    ValueError where a package is missing, the Pyodide is not whole, or JupyterLite refuses.
    """
    try:
        from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
    except ImportError:
        raise ValueError("JupyterLite is missing: `python3 start.py lite` installs it.") from None
    pyodide = pyodide_in(pyodide_folder) if pyodide_folder else pyodide_on_the_web(PYODIDE_VERSION)
    settings = {
        "loadPyodideOptions": {
            "lockFileURL": "pyodide/pyodide-lock.json",
            "packages": [*KERNEL, COURSE],
            # In the browser's storage, beside the notebooks: it outlives the page.
            "env": {"RELU_COURSE_PROGRESS": "/drive/progress.jsonl"},
        },
    }
    if pyodide_folder:
        settings["pyodideUrl"] = "./pyodide/pyodide.mjs"
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        _write_settings(work, settings)
        for name in SHOWN:
            (work / "files" / name).mkdir(parents=True)
            for notebook in sorted((ROOT / name).glob("*.ipynb")):
                shutil.copyfile(notebook, work / "files" / name / notebook.name)
        _run(work, out)
    # Older Pyodides look for packages beside their own code, newer ones beside the lock file.
    beside = out / "pyodide"
    beside.mkdir()
    lock, files = make_lock(pyodide, EXTENSIONS_HERE / EXTENSIONS[0] / "static/pypi", beside)
    (beside / "pyodide-lock.json").write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")
    for file in (*files, *(core(pyodide_folder) if pyodide_folder else ())):
        shutil.copyfile(file, beside / file.name)


def _write_settings(work: Path, kernel: dict) -> None:
    page = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "The ReLU course",
            # Several JupyterLite sites of one host share the browser's storage but for these names.
            "contentsStorageName": "relu-course",
            "settingsStorageName": "relu-course settings",
            "workspacesStorageName": "relu-course workspaces",
            "litePluginSettings": {KERNEL_PLUGIN: kernel},
        },
    }
    (work / "jupyter-lite.json").write_text(json.dumps(page, indent=1), encoding="utf-8")
    (work / "overrides.json").write_text(json.dumps(SETTINGS, indent=1), encoding="utf-8")
    # There is no argument for these.
    config = {
        "LiteBuildConfig": {"federated_extensions": [str(EXTENSIONS_HERE / name) for name in EXTENSIONS]}
    }
    (work / "jupyter_lite_config.json").write_text(json.dumps(config), encoding="utf-8")


def _run(work: Path, out: Path) -> None:
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--ignore-sys-prefix", "--apps=lab"]
    command += ["--no-libarchive", "--no-sourcemaps", "--no-unused-shared-packages"]
    command += [f"--lite-dir={work}", f"--output-dir={out}", f"--contents={work / 'files'}"]
    told = {"capture_output": True, "text": True, "encoding": "utf-8", "errors": "replace"}
    done = subprocess.run(command, cwd=work, **told)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise ValueError(f"JupyterLite could not build the site:\n{tail}")


def _check_port(port):
    try:
        http.server.HTTPServer(("127.0.0.1", port), Handler).server_close()
    except (OSError, OverflowError):
        raise ValueError(f"Port {port} of this computer cannot be used: name another with --serve.") from None


def serve(folder: Path, port: int) -> None:
    """Show the site on this computer only, until Ctrl-C."""
    handler = partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{server.server_port}/{FIRST_PAGE}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("Ended.")


class Handler(http.server.SimpleHTTPRequestHandler):
    # Some computers know no type for these, and a browser runs them under no other.
    extensions_map: ClassVar = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_arguments):
        pass
