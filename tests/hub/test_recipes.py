"""The recipes for hubs and Binder, as far as they can be tried without a cluster and without containers."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml
from chromium import unavailable

import start

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "instructor/hub"
VALUES = yaml.safe_load((HUB / "values.yaml").read_text("utf-8"))
pytestmark = pytest.mark.skipif(os.name == "nt", reason="images and hubs are made on Linux or macOS")


def need(module):
    if importlib.util.find_spec(module) is None:
        unavailable(f"{module} is not installed: pip install -e '.[hub]'")


@pytest.fixture(scope="module")
def dockerfile():
    """What repo2docker builds from this folder."""
    need("repo2docker")
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--no-run", "--debug"]
    command += ["--user-id", "1000", "--user-name", "jovyan", "--target-repo-dir", "/srv/relu-course", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_the_image_has_a_python_that_the_course_takes(dockerfile):
    lock = re.search(r"environment\S*py\S*?3\S*?(\d\d)\S*lock", dockerfile)
    oldest = re.search(r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert int(lock[1]) >= int(oldest[1])


def test_the_image_installs_the_requirements_from_the_whole_course(dockerfile):
    """`-e .` needs the course itself; postBuild comes after the `pip install .` that it has to mend."""
    steps = (
        r"^COPY \S+ src/ \$\{REPO_DIR\}/$",
        r'pip install --no-cache-dir -r "requirements.txt"$',
        r"pip install --no-cache-dir \.$",
        r"^RUN \./postBuild$",
    )
    places = [re.search(step, dockerfile, flags=re.MULTILINE) for step in steps]
    assert all(places), dockerfile[-3000:]
    assert [place.start() for place in places] == sorted(place.start() for place in places)


def test_post_build_brings_settings_and_caches(tmp_path):
    """Run as it is, in an environment of its own that has the course's packages; only pip is not run."""
    need("matplotlib")
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "course.pth").write_text("\n".join(path for path in sys.path if path), "utf-8")
    pip = environment / "bin/pip"
    pip.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/pip.txt\n', "utf-8")
    pip.chmod(0o755)
    home = tmp_path / "home"
    names = {"HOME": str(home), "PATH": f"{environment / 'bin'}:{os.environ['PATH']}"}
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MPL", "PYTHON"))
    }
    subprocess.run(["./postBuild"], cwd=ROOT, env={**kept, **names}, check=True, timeout=120)
    settings = environment / "share/jupyter/lab/settings/overrides.json"
    assert json.loads(settings.read_text("utf-8")) == start.LAB_OVERRIDES
    installed = (tmp_path / "pip.txt").read_text("utf-8")
    assert "--no-deps --editable ." in installed and "nbgitpuller" in installed
    assert list(home.rglob("mnist1d-*.npz")) and list(home.rglob("fontlist-*.json"))


def test_the_values_lead_to_the_course_map():
    learner = VALUES["singleuser"]
    folder = "/home/jovyan/relu-course"
    assert learner["extraEnv"]["PYTHONPATH"] == folder
    assert "nbgitpuller.pull" in learner["lifecycleHooks"]["postStart"]["exec"]["command"][-1]
    first = learner["defaultUrl"].removeprefix("/lab/tree/relu-course/")
    assert first == start.FIRST_PAGE and (ROOT / first).is_file()


@pytest.mark.parametrize("name", ["values.yaml", "pulse.yaml"])
def test_the_recipes_have_no_slip_of_yaml(name):
    need("yamllint")
    rules = "{extends: default, rules: {line-length: {max: 110}}}"
    command = [sys.executable, "-m", "yamllint", "--strict", "-d", rules, str(HUB / name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_pulse_has_the_image_and_the_place_that_the_hub_names():
    claim, service, deployment = yaml.safe_load_all((HUB / "pulse.yaml").read_text("utf-8"))
    (pulse,) = deployment["spec"]["template"]["spec"]["containers"]
    image = VALUES["singleuser"]["image"]
    assert pulse["image"] == f"{image['name']}:{image['tag']}"
    port = service["spec"]["ports"][0]["port"]
    environment = {each["name"]: each["value"] for each in pulse["env"]}
    assert environment["JUPYTERHUB_SERVICE_URL"].endswith(f":{port}")
    (volume,) = deployment["spec"]["template"]["spec"]["volumes"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]


def test_the_page_names_the_limits_of_the_values():
    page = (HUB / "README.md").read_text("utf-8")
    memory = VALUES["singleuser"]["memory"]
    assert f"**At least {memory['guarantee']} for each learner**" in page
    assert f"**At most {memory['limit']}**" in page
    assert f"tljh-config set limits.memory {memory['limit']}" in page
    assert f"tljh-config set limits.cpu {VALUES['singleuser']['cpu']['limit']}" in page
    learners = 14 * 1024 // int(memory["guarantee"].removesuffix("M"))
    assert f"{learners} learners at {memory['guarantee']} each" in page


def test_the_limit_has_room_for_the_two_greediest_lessons():
    """The page's own sum, with the measured memory of the lessons as benchmarks/README.md has it now."""
    table = (ROOT / "benchmarks/README.md").read_text("utf-8")
    peaks = re.findall(r"^\| \d\d lesson \| \d+ \| \d+ \| \*\*(\d+)\*\*", table, flags=re.MULTILINE)
    assert len(peaks) == 1 + 14
    server_and_map = 143 + 110
    limit = 1024 * int(VALUES["singleuser"]["memory"]["limit"].removesuffix("G"))
    assert server_and_map + 2 * max(map(int, peaks)) <= limit
