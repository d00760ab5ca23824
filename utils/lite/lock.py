"""What a notebook in the browser needs, and where each package comes from: the lock file for Pyodide.

Pyodide loads what its lock file names. The course's one names the course itself and all that it needs, so a
notebook imports `utils` with nothing to install: compiled packages from Pyodide, the kernel's own wheels from
JupyterLite's kernel, all else as wheels made from what is installed here.
"""

import hashlib
import json
import sys
import zipfile
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from utils.lessons import ROOT
from utils.lite.wheels import Wheel, course_wheel, installed_wheel, needed

# The part of the lock file of the kernel's own Pyodide that the course needs, with its checksums.
PINNED = Path(__file__).with_name("pyodide-lock.json")
# What the kernel loads when it starts; named in the page's settings, it need not look for any of them.
KERNEL = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
# Loaded with the kernel as well: it comes while the learner reads the first lines.
COURSE = "relu-course"
# What Pyodide's own page code loads, whatever else is needed.
CORE = ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
GLUE = ("pyodide.asm.mjs", "pyodide.asm.js")  # one of them, as the version has it


@dataclass(frozen=True)
class Pyodide:
    """A Pyodide: its lock file's content and where its files are, an address or a folder."""

    lock: dict
    place: str | Path

    def has(self, name: str) -> bool:
        """Whether this package comes with it. Of one on the web, what the lock file says is believed."""
        package = self.lock["packages"].get(name)
        if package is None or isinstance(self.place, str):
            return package is not None
        return (self.place / package["file_name"]).is_file()


def pyodide_on_the_web(version: str) -> Pyodide:
    """Pyodide's own place on the web. ValueError where PINNED is of another version."""
    lock = json.loads(PINNED.read_text(encoding="utf-8"))
    if lock["info"]["version"] != version:
        raise ValueError(
            f"The kernel here wants Pyodide {version}, and {PINNED.name} is of {lock['info']['version']}: "
            f"run `python3 -m utils.lite.lock FOLDER` with a Pyodide {version} in FOLDER."
        )
    return Pyodide(lock, f"https://cdn.jsdelivr.net/pyodide/v{version}/full/")


def pyodide_in(folder: Path) -> Pyodide:
    """The Pyodide in a folder. ValueError where what a kernel cannot start without is missing."""
    missing = [name for name in (*CORE, "pyodide-lock.json") if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in GLUE):
        missing.append(GLUE[0])
    if missing:
        raise ValueError(
            f"{folder} is not a whole Pyodide ({', '.join(missing)} missing): unpack pyodide-VERSION.tar.bz2 "
            "of Pyodide's releases and name its folder `pyodide`."
        )
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    return Pyodide(lock, folder)


def core(folder: Path) -> tuple[Path, ...]:
    """The files of Pyodide itself, without its packages."""
    return tuple(path for name in (*CORE, *GLUE) if (path := folder / name).is_file())


def make_lock(pyodide: Pyodide, kernel_wheels: Path, folder: Path) -> tuple[dict, tuple[Path, ...]]:
    """Write all wheels that Pyodide lacks into `folder`; return the lock file's content and what to copy.

    The second is the files of a `pyodide` that lies in a folder. ValueError names what cannot be had.
    """
    own = {wheel.name: wheel for wheel in map(_read, sorted(kernel_wheels.glob("*.whl")))}
    packages, copied = {}, []
    waiting = [*KERNEL, COURSE]
    while waiting:
        name = canonicalize_name(waiting.pop(0))
        if name in packages:
            continue
        if name in own or name == COURSE or not pyodide.has(name):
            wheel = _ours(name, own, folder)
            packages[name] = _entry(wheel)
        else:
            packages[name] = entry = dict(pyodide.lock["packages"][name])
            if isinstance(pyodide.place, str):
                entry["file_name"] = pyodide.place + entry["file_name"]
            else:
                copied.append(_checked(pyodide.place / entry["file_name"], entry["sha256"]))
        waiting += packages[name]["depends"]
    info = {"version": "", **pyodide.lock["info"]}
    return {"info": info, "packages": dict(sorted(packages.items()))}, tuple(copied)


def _ours(name: str, own: dict[str, Wheel], folder: Path) -> Wheel:
    if name == COURSE:
        return course_wheel(folder)
    if name in own:
        target = folder / own[name].path.name
        target.write_bytes(own[name].path.read_bytes())
        return own[name]
    return installed_wheel(name, folder)


def _entry(wheel: Wheel) -> dict:
    return {
        "depends": list(wheel.depends),
        "file_name": wheel.path.name,
        "imports": list(wheel.imports),
        "install_dir": "site",
        "name": wheel.name,
        "package_type": "package",
        "sha256": hashlib.sha256(wheel.path.read_bytes()).hexdigest(),
        "unvendored_tests": False,
        "version": wheel.version,
    }


def _read(path: Path) -> Wheel:
    """A wheel file of the kernel's own. The newest of several versions stands last and wins."""
    name, version, *_ = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        (about,) = (each for each in names if each.endswith(".dist-info/METADATA"))
        said = BytesParser().parsebytes(archive.read(about))
    tops = {each.split("/")[0] for each in names}
    imports = tuple(sorted(top.removesuffix(".py") for top in tops if not top.endswith(".dist-info")))
    return Wheel(
        path, canonicalize_name(name), str(version), imports, needed(said.get_all("Requires-Dist", []))
    )


def _checked(path: Path, digest: str) -> Path:
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise ValueError(f"{path} is not what its lock file says: get this Pyodide anew.")
    return path


def pin(folder: Path) -> None:
    """Renew PINNED from the whole lock file in `folder`, as npm's package `pyodide` has it."""
    version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    course = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    waiting = [*KERNEL, *needed(course), "requests", "typing-extensions"]
    kept = {}
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in lock["packages"] and name not in kept:
            kept[name] = lock["packages"][name]
            waiting += kept[name]["depends"]
    pinned = {"info": {**lock["info"], "version": version}, "packages": dict(sorted(kept.items()))}
    PINNED.write_text(json.dumps(pinned, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    pin(Path(sys.argv[1]))
