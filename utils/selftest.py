"""A test of the installation that a learner can run: is what the course needs there, and does it work?"""

import importlib.metadata
import os
import platform

import numpy as np
from packaging.requirements import Requirement

from utils import progress, static
from utils.activations import ACTIVATIONS
from utils.datasets import digits
from utils.figures import new_figure, png
from utils.lessons import ROOT
from utils.notes import Note


def run() -> Note:
    """Test the installation, and say in one note what works or what to do about what does not."""
    if static.is_on():
        sentence = "Nothing runs on this page. In the notebook this cell tests what the course needs on your"
        return Note("note", f"{sentence} computer: `python3 start.py` opens the course there.")
    done, broken = [], []
    for check in (_packages, _numbers, _pictures, _data, _progress):
        try:
            done.append(check())
        except Exception as error:  # whatever is broken here, the learner needs a sentence
            broken.append(f"{check.__doc__} {type(error).__name__}: {error}".rstrip(": "))
    if broken:
        return Note("wrong", "Something is missing.", tuple(broken), word="Not ready")
    return Note("right", "This installation can run the course.", tuple(done), word="Ready")


def _packages() -> str:
    """A package is missing or has another version than the course needs: run start.py again."""
    found = []
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line.strip() or line.startswith(("#", "-")):
            continue
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate():
            continue
        version = importlib.metadata.version(requirement.name)
        if not requirement.specifier.contains(version, prereleases=True):
            raise RuntimeError(f"{requirement} is needed, {version} is there")
        found.append(f"{requirement.name} {version}")
    return f"Python {platform.python_version()} on {platform.system()}, with {', '.join(found)}."


def _numbers() -> str:
    """The numbers come out wrong."""
    x = np.array([-2.0, 0.0, 3.0])
    result = ACTIVATIONS["relu"](x)
    if result.tolist() != [0.0, 0.0, 3.0]:
        raise RuntimeError(f"relu({x.tolist()}) gave {result.tolist()}")
    return f"relu({x.tolist()}) is {result.tolist()}."


def _pictures() -> str:
    """Pictures cannot be drawn."""
    figure, axes = new_figure(width=2, height=1)
    axes.plot([-1, 0, 1], [0, 0, 1])
    return f"A picture was drawn: {len(png(figure)):,} bytes."


def _data() -> str:
    """The data cannot be read."""
    data = digits()
    count = len(data.x_train) + len(data.x_test)
    return f"The {count:,} handwritten digits are there, without a download."


def _progress() -> str:
    """Your progress cannot be kept."""
    folder = progress.path().parent
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise RuntimeError(f"{folder} cannot be written")
    return f"Your progress is kept in {progress.path()}, on this computer only."
