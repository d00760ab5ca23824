"""Wheels for the browser: of packages installed here, and of the course itself.

Pyodide brings what is compiled. What else the course needs is pure Python and installed here already, so the
wheels are made from that, with no package index asked.
"""

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from utils.lessons import ROOT

COMPILED = (".so", ".pyd", ".dylib")
# What the course reads beside `utils`: minutes of the lessons, its version, the packages that it needs.
BESIDE = ("notebooks/*.ipynb", "exercises/*.ipynb", "requirements.txt", "pyproject.toml")
# How environment markers are read: as in the browser.
BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix", "extra": ""}


@dataclass(frozen=True)
class Wheel:
    """A wheel file: the package in it, the modules that it gives, and the packages that these need."""

    path: Path
    name: str
    version: str
    imports: tuple[str, ...]
    depends: tuple[str, ...]


def needed(requirements) -> tuple[str, ...]:
    """The names in these requirement lines that count in the browser, without versions."""
    parsed = [Requirement(line) for line in requirements if line and not line.startswith(("#", "-"))]
    wanted = [each for each in parsed if each.marker is None or each.marker.evaluate(BROWSER)]
    return tuple(canonicalize_name(each.name) for each in wanted)


def installed_wheel(name: str, folder: Path) -> Wheel:
    """Write the wheel of a package that is installed here into `folder`.

    A compiled file is left out where the Python source that it was compiled from lies beside it, as mypyc
    does. ValueError where there is none, and where the package is not installed.
    """
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise ValueError(
            f"{name} is not installed: run `python3 start.py lite`, which installs it."
        ) from None
    entries = [PurePosixPath(file.as_posix()) for file in distribution.files or ()]
    # Scripts and data lie outside; the browser needs neither.
    inside = [entry for entry in entries if ".." not in entry.parts and "__pycache__" not in entry.parts]
    paths = set(inside)
    content = {}
    for entry in inside:
        if entry.suffix in COMPILED:
            source = entry.with_name(entry.name.split(".")[0] + ".py")
            if source not in paths and not entry.name.split(".")[0].endswith("__mypyc"):
                raise ValueError(
                    f"{name} is compiled ({entry}) and not among Pyodide's packages: take a whole Pyodide."
                )
        elif entry.parts[0].endswith(".dist-info"):
            if entry.name in ("METADATA", "entry_points.txt") or "licenses" in entry.parts:
                content[str(entry)] = distribution.locate_file(entry).read_bytes()
        else:
            content[str(entry)] = distribution.locate_file(entry).read_bytes()
    depends = needed(distribution.requires or ())
    return _write(folder, distribution.metadata["Name"], distribution.version, depends, content)


def course_wheel(folder: Path) -> Wheel:
    """Write the wheel of the course into `folder`: all of `utils`, and what it reads beside itself."""
    files = [path for path in (ROOT / "utils").rglob("*") if path.is_file()]
    files += [path for pattern in BESIDE for path in ROOT.glob(pattern)]
    content = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    }
    version = metadata.version("relu-course")
    content[f"relu_course-{version}.dist-info/METADATA"] = (
        f"Metadata-Version: 2.1\nName: relu-course\nVersion: {version}\n".encode()
    )
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return _write(folder, "relu-course", version, needed(requirements), content)


def _write(folder: Path, name: str, version: str, depends, content: Mapping[str, bytes]) -> Wheel:
    """Write a wheel whose bytes depend on its content alone."""
    plain = re.sub(r"[-_.]+", "_", name).lower()
    info = f"{plain}-{version}.dist-info"
    content = {_renamed(path, info): data for path, data in content.items()}
    content[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: relu-course\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = io.StringIO()
    lines = csv.writer(record, lineterminator="\n")
    for path, data in sorted(content.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        lines.writerow((path, f"sha256={digest}", len(data)))
    lines.writerow((f"{info}/RECORD", "", ""))
    content[f"{info}/RECORD"] = record.getvalue().encode()
    path = folder / f"{plain}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name_inside, data in sorted(content.items()):
            entry = zipfile.ZipInfo(name_inside, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    tops = {PurePosixPath(each).parts[0] for each in content}
    imports = sorted(top.removesuffix(".py") for top in tops if "." not in top.removesuffix(".py"))
    return Wheel(path, canonicalize_name(name), version, tuple(imports), tuple(depends))


def _renamed(path: str, info: str) -> str:
    first, _, rest = path.partition("/")
    return f"{info}/{rest}" if first.endswith(".dist-info") else path
