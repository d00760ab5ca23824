"""The secret of a cohort and the hidden cases that come from it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from utils import lessons
from utils.grading import cohort
from utils.grading.sandbox import GradingError


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cohort.platformdirs, "user_data_dir", lambda *names: str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_secret_is_made_once_for_its_owner_only_and_outside_the_repository(data_folder):
    first = cohort.secret("autumn")
    path = cohort.path("autumn")
    assert len(first) == 32 and cohort.secret("autumn") == first != cohort.secret("spring")
    assert lessons.ROOT not in path.parents
    assert os.listdir(path.parent) == ["autumn.secret", "spring.secret"] or os.name == "nt"
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_many_at_once_make_one_secret(tmp_path):
    program = "from utils.grading import cohort; print(cohort.secret('x').hex())"
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    command = [sys.executable, "-c", program]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=lessons.ROOT) for _ in range(4)
    ]
    assert len({each.communicate()[0] for each in running}) == 1


@pytest.mark.parametrize("damage", ["", "ab" * 31, "xy" * 32, "ab" * 33])
def test_a_damaged_secret_is_never_replaced(data_folder, damage):
    cohort.secret("autumn")
    cohort.path("autumn").write_text(damage)
    with pytest.raises(GradingError, match="damaged"):
        cohort.secret("autumn")
    assert cohort.path("autumn").read_text() == damage


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 65, "a b", "ä"])
def test_a_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(GradingError, match="cannot be the name"):
        cohort.path(name)


def test_hidden_cases_differ_by_secret_student_and_question_and_stay_the_same():
    def numbers(secret, student, question):
        key = cohort.student_key(secret, student)
        return tuple(cohort.generator(key, question).integers(0, 2**62, 4))

    one = numbers(b"s" * 32, "ada", "relu")
    others = [
        numbers(b"t" * 32, "ada", "relu"),
        numbers(b"s" * 32, "Ada", "relu"),
        numbers(b"s" * 32, "ada", "relu2"),
        numbers(b"s" * 32, "adarelu", ""),
        tuple(np.random.default_rng(0).integers(0, 2**62, 4)),
    ]
    assert numbers(b"s" * 32, "ada", "relu") == one
    assert len({one, *others}) == 6
    # Fixed once: a gradebook of years ago must give the same grades.
    assert one[:2] == (4306113592370735787, 1729266825997667213)
