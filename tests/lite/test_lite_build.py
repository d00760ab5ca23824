"""What is in the site, and that each package that a notebook needs can be had by it."""

import argparse
import hashlib
import json
import os
import socket
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, build
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from utils.lite.command import main
from utils.lite.lock import COURSE, KERNEL, PINNED, make_lock, pyodide_in
from utils.lite.wheels import course_wheel, installed_wheel, needed

REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files(folder, pattern="*"):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    }


def test_a_learner_gets_every_notebook_as_it_is_and_no_solution(site):
    shown = files(site / "files")
    expected = {
        f"{folder}/{name}": content
        for folder in ("notebooks", "exercises")
        for name, content in files(ROOT / folder, "*.ipynb").items()
    }
    assert shown == expected and len(shown) > 25
    listed = json.loads((site / "api/contents/notebooks/all.json").read_text(encoding="utf-8"))
    assert {each["name"] for each in listed["content"]} == {
        Path(name).name for name in files(ROOT / "notebooks")
    }
    assert not [path for path in site.rglob("*") if "solutions" in path.parts]


def test_the_wheel_holds_the_course_as_it_is(site):
    (wheel,) = (site / "pyodide").glob("relu_course-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    utils = {f"utils/{name}": content for name, content in files(ROOT / "utils").items()}
    assert {name: content for name, content in inside.items() if name.startswith("utils/")} == utils
    assert inside["requirements.txt"] == (ROOT / "requirements.txt").read_bytes()


def test_the_page_has_the_widgets_and_nothing_else_that_happens_to_be_installed(site):
    page = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    names = {each["name"] for each in page["federated_extensions"]}
    assert names == {
        "@jupyter-widgets/jupyterlab-manager",
        "@jupyterlite/pyodide-kernel-extension",
        "anywidget",
    }
    for each in page["federated_extensions"]:
        assert (site / "extensions" / each["name"] / each["load"]).is_file()
    (kernel,) = page["litePluginSettings"].values()
    assert kernel["loadPyodideOptions"]["packages"] == [*KERNEL, COURSE]
    assert (site / kernel["loadPyodideOptions"]["lockFileURL"]).is_file()


def test_each_package_is_there_or_on_pyodides_own_place_with_its_checksum(site):
    lock = json.loads((site / "pyodide/pyodide-lock.json").read_text(encoding="utf-8"))
    packages = lock["packages"]
    assert {*KERNEL, COURSE, *needed(REQUIREMENTS)} <= packages.keys()
    place = f"https://cdn.jsdelivr.net/pyodide/v{lock['info']['version']}/full/"
    for name, package in packages.items():
        assert {canonicalize_name(each) for each in package["depends"]} <= packages.keys(), name
        if package["file_name"].startswith("https:"):
            assert package["file_name"].startswith(place) and len(package["sha256"]) == 64
        else:
            assert digest(site / "pyodide" / package["file_name"]) == package["sha256"]


def test_pyodide_has_the_versions_that_the_course_needs():
    packages = json.loads(PINNED.read_text(encoding="utf-8"))["packages"]
    found = 0
    for line in REQUIREMENTS:
        name = canonicalize_name(line.split(">")[0])
        if name in packages and name in needed(REQUIREMENTS):
            specifier = Requirement(line).specifier
            assert specifier.contains(packages[name]["version"]), (line, packages[name]["version"])
            found += 1
    assert found >= 6
    assert {"numpy", "scipy", "matplotlib", "scikit-learn"} <= packages.keys()


def test_the_pinned_pyodide_is_the_kernels():
    constants = pytest.importorskip("jupyterlite_pyodide_kernel.constants")
    assert json.loads(PINNED.read_text(encoding="utf-8"))["info"]["version"] == constants.PYODIDE_VERSION


def test_the_same_course_gives_the_same_wheel(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir(), second.mkdir()
    one, other = course_wheel(first), course_wheel(second)
    assert digest(one.path) == digest(other.path)
    assert one.imports == ("exercises", "notebooks", "utils")


def test_mypyc_is_undone_and_what_is_compiled_otherwise_is_refused(tmp_path):
    wheel = installed_wheel("psygnal", tmp_path)
    with zipfile.ZipFile(wheel.path) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert "psygnal/_signal.py" in names and not [name for name in names if name.endswith((".so", ".pyd"))]
    with pytest.raises(ValueError, match=r"numpy is compiled .* take a whole Pyodide"):
        installed_wheel("numpy", tmp_path)


def test_a_pyodide_that_is_not_whole_or_not_sound_is_refused(tmp_path):
    for name in ("pyodide.mjs", "pyodide.asm.wasm", "pyodide.asm.mjs", "python_stdlib.zip"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ValueError, match=r"not a whole Pyodide \(pyodide-lock.json missing\)"):
        pyodide_in(tmp_path)
    entry = {"name": "micropip", "version": "1", "file_name": "m.whl", "sha256": "0" * 64, "depends": []}
    lock = {"info": {}, "packages": {"micropip": entry}}
    (tmp_path / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    (tmp_path / "m.whl").write_bytes(b"something else")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(ValueError, match=r"m.whl is not what its lock file says"):
        make_lock(pyodide_in(tmp_path), tmp_path / "none", out)


def test_nobodys_folder_is_emptied(tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "letter.txt").write_text("dear", encoding="utf-8")
    done = build(out, scratch=tmp_path)
    assert done.returncode == 1 and "name another folder" in done.stderr
    assert os.listdir(out) == ["letter.txt"]


def test_a_file_in_the_way_and_a_port_in_use_are_told_before_the_build(tmp_path):
    (tmp_path / "letter.txt").touch()
    options = argparse.Namespace(out=tmp_path / "letter.txt", pyodide=None, serve=None)
    with pytest.raises(ValueError, match=r"letter.txt is a file"):
        main(options)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = argparse.Namespace(out=tmp_path / "site", pyodide=None, serve=port)
        with pytest.raises(ValueError, match=f"Port {port}"):
            main(options)
    assert os.listdir(tmp_path) == ["letter.txt"]
