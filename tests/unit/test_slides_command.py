"""What the command `present` refuses, in a sentence and before it takes its time."""

import pytest

from utils.__main__ import main


@pytest.fixture
def refused(monkeypatch, capsys):
    """What the command says when it refuses; to run the lesson or to start a server fails the test."""
    pytest.importorskip("nbclient")
    monkeypatch.setattr("utils.slides.static.execute", lambda lesson: pytest.fail("the lesson was run"))
    monkeypatch.setattr("utils.slides.live.Server.start", lambda server: pytest.fail("a server was started"))

    def run(*arguments):
        assert main(["present", *arguments]) == 1
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_a_port_that_cannot_be(refused, port):
    assert refused("3", "--no-browser", "--port", port).startswith(
        f"There is no port {port}: give one from 1024"
    )


def test_a_folder_that_cannot_be_made(refused, tmp_path):
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "slides"):
        said = refused("3", "--static", str(folder))
        assert said.startswith(f"Nothing can be written into {folder} (")


def test_a_lesson_that_there_is_not(refused):
    assert refused("99").startswith("There is no lesson '99'; the lessons are 0 (course_map), 1 (the_rec")
