"""Which notebooks are found in folders and zip files, whose they are, and what hostile files come to."""

import os
import tracemalloc
import zipfile

import hostile_files
import pytest
from honest_corpus import CORPUS

from utils.grading import files
from utils.grading.files import LONGEST, Unreadable
from utils.grading.run import plan
from utils.grading.sandbox import GradingError
from utils.grading.submissions import find

ADA = CORPUS["reordered cells"].encode()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "class"
    made.mkdir()
    return made


def lay(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ADA)


def pack(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, ADA)
    return path


def students(path):
    found = find(path)
    assert [each.name for each in found if each.problem] == []
    assert all(each.read() == ADA for each in found)
    return [each.student for each in found]


CANVAS = "lovelaceada_123_4567_01_the_rectifier-1.ipynb", "hoppergrace_LATE_124_4568_my_homework.ipynb"
MOODLE = "Ada Lovelace_12345_assignsubmission_file_/x.ipynb", "Grace Hopper_7_assignsubmission_file_/y.ipynb"
LAYOUTS = {
    "flat": (("ada.ipynb", "grace h.ipynb", "notes.txt", ".hidden.ipynb"), ["ada", "grace h"]),
    "a folder each": (("ada/x.ipynb", "grace/y/z.ipynb", "grace/data.csv"), ["ada", "grace"]),
    "nbgrader": (
        ("submitted/ada/ps1/01.ipynb", "submitted/ada/ps1/timestamp.txt", "submitted/grace/ps1/01.ipynb"),
        ["ada", "grace"],
    ),
    "nbgrader's course": (
        ("submitted/ada/ps1/01.ipynb", "source/ps1/01.ipynb", "release/ps1/01.ipynb", "gradebook.db"),
        ["ada"],
    ),
    "canvas": (CANVAS, ["hoppergrace", "lovelaceada"]),
    "moodle": (MOODLE, ["Ada Lovelace", "Grace Hopper"]),
    "moodle, flat": (
        ("Ada Lovelace_12345_assignsubmission_file_01_the_rectifier.ipynb",),
        ["Ada Lovelace"],
    ),
    "unusual names": (
        ("Zoë Đặng 🎓.ipynb", "o'hara; rm -rf.ipynb", "=1+1.ipynb", "a.b.c.IPYNB", "x.ipynb.txt"),
        ["=1+1", "Zoë Đặng 🎓", "a.b.c", "o'hara; rm -rf", "x"],
    ),
    "left by systems": (("ada/x.ipynb", "__MACOSX/ada/._x.ipynb", "ada/.ipynb_checkpoints/x.ipynb"), ["ada"]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_in_a_folder_and_in_a_zip(layout, folder, tmp_path):
    names, expected = LAYOUTS[layout]
    lay(folder, *names)
    assert students(folder) == expected
    assert students(pack(tmp_path / "download.zip", *names)) == expected
    assert students(pack(tmp_path / "packed.zip", *(f"packed/{name}" for name in names))) == expected


def test_ids_are_kept_for_the_exports(folder):
    lay(folder, *CANVAS, *MOODLE)
    assert {each.student: each.ids for each in find(folder)} == {
        "lovelaceada": {"canvas_user": "123", "canvas_submission": "4567"},
        "hoppergrace": {"canvas_user": "124", "canvas_submission": "4568"},
        "Ada Lovelace": {"moodle_participant": "12345"},
        "Grace Hopper": {"moodle_participant": "7"},
    }


def test_two_people_of_one_name_stay_two(folder):
    lay(folder, "smithjo_1_10_x.ipynb", "smithjo_2_11_x.ipynb", "smithjo_2_12_y.ipynb", "leeann_3_13_x.ipynb")
    assert students(folder) == ["leeann", "smithjo (1)", "smithjo (2)", "smithjo (2)"]


def test_a_name_is_one_name_in_both_forms_of_unicode(folder, tmp_path):
    composed, apart = "Zo\u00eb", "Zoe\u0308"
    assert students(pack(tmp_path / "mac.zip", f"{apart}/x.ipynb", f"{composed}/y.ipynb")) == [composed] * 2


@pytest.mark.skipif(os.name == "nt", reason="there a name is always text")
def test_a_name_that_is_no_text_can_be_written_and_shown(folder):
    (folder / os.fsdecode(b"a\xff\x07b.ipynb")).write_bytes(ADA)
    (one,) = find(folder)
    assert one.student == "a\ufffd b" and one.name.encode("utf-8") and one.read() == ADA


def test_the_last_notebook_of_a_lesson_counts_and_the_others_are_named(folder):
    lay(
        folder,
        "ada/first.ipynb",
        "ada/second.ipynb",
        "lovelaceada_1_20_x-2.ipynb",
        "lovelaceada_1_19_x-1.ipynb",
    )
    (folder / "ada" / "bend.ipynb").write_bytes(CORPUS["prints"].encode())
    os.utime(folder / "ada" / "first.ipynb", (2e9, 2e9))
    os.utime(folder / "lovelaceada_1_19_x-1.ipynb", (2e9, 2e9))
    planned, refused = plan(find(folder))
    assert not refused
    assert {(each.submission.name, each.lesson) for each in planned} == {
        ("ada/first.ipynb", "01_the_rectifier"),
        ("ada/bend.ipynb", "02_why_bend"),
        ("lovelaceada_1_20_x-2.ipynb", "01_the_rectifier"),
    }
    notes = {each.submission.name: each.notes for each in planned}
    assert notes["ada/first.ipynb"] == (
        "ada/second.ipynb is for the same lesson and does not count: ada/first.ipynb is newer.",
    )
    assert notes["ada/bend.ipynb"] == ()


def test_what_is_no_class_is_refused_in_a_sentence(folder, tmp_path):
    (tmp_path / "text.zip").write_text("no zip")
    for path, words in (
        (folder, "no notebook"),
        (tmp_path / "missing", "does not exist"),
        (tmp_path / "text.zip", "neither a folder nor a zip"),
    ):
        with pytest.raises(GradingError, match=words):
            find(path)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of other systems")
@pytest.mark.parametrize("make", hostile_files.FILES)
def test_a_hostile_file_is_refused_with_its_reason_and_harms_no_other(make, folder):
    lay(folder, "ada.ipynb")
    words = make(folder)
    tracemalloc.start()
    planned, refused = plan(find(folder))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [each.submission.student for each in planned] == ["ada"]
    assert [each.student for each in refused] == ["eve"]
    assert words in refused[0].problems[0]
    assert refused[0].marks == () and most < 400 * 2**20


@pytest.mark.parametrize("make", hostile_files.ENTRIES)
def test_a_hostile_entry_of_a_zip_is_refused_and_nothing_is_unpacked(make, tmp_path):
    path = tmp_path / "deep" / "class.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada.ipynb", ADA)
        words = make(archive)
    before = sorted(tmp_path.rglob("*"))
    planned, refused = plan(find(path))
    assert [each.submission.student for each in planned] == ["ada"]
    assert words in refused[0].problems[0]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("make", hostile_files.LIARS)
def test_a_zip_that_lies_is_found_out(make, tmp_path):
    words = make(tmp_path / "class.zip")
    planned, refused = plan(find(tmp_path / "class.zip"))
    assert not planned and words in refused[0].problems[0]


def test_a_zip_with_more_than_a_class_is_refused_as_a_whole(tmp_path, monkeypatch):
    path = pack(tmp_path / "class.zip", *(f"{number}.ipynb" for number in range(11)))
    monkeypatch.setattr(files, "MOST_FILES", 10)
    with pytest.raises(GradingError, match="more than 10 files"):
        find(path)


def test_a_file_that_grows_is_not_read_further(folder):
    lay(folder, "ada.ipynb")
    (one,) = find(folder)
    os.truncate(folder / "ada.ipynb", LONGEST + 1)
    with pytest.raises(Unreadable, match="20 are the most"):
        one.read()
    (folder / "ada.ipynb").unlink()
    with pytest.raises(Unreadable, match="cannot be read"):
        one.read()
