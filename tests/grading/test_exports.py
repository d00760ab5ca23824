"""What spreadsheets, Canvas and Moodle get: safe, in their layouts, and the same for the same input."""

import csv
import random
import stat
import unicodedata

import pytest
from sheets import DERIVATIVES, RECTIFIER, sheet, small_class

from utils.grading.exports import plain, safe, write_canvas, write_grades, write_moodle
from utils.grading.output import file_stems, write_whole
from utils.question import NOT_ATTEMPTED, RIGHT, WRONG

DANGEROUS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "'=1",
    "''@x",
    '=cmd|" /C calc"!A0',
]
HARMLESS = ["Ada", "", "'t Hooft", "a=b", 'Lovelace, "Ada"', "Zoë 🐙", "1-2", "line\nbreak"]


def rows(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("text", DANGEROUS)
def test_formula_is_defused_and_comes_back(text):
    assert safe(text).startswith("'") and plain(safe(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text):
    assert safe(text) == text == plain(text)


def test_no_two_texts_become_one_cell():
    texts = DANGEROUS + HARMLESS + [safe(text) for text in DANGEROUS]
    assert len({safe(text) for text in texts}) == len(set(texts))


@pytest.mark.parametrize("student", DANGEROUS + [text for text in HARMLESS if text])
def test_names_round_trip_through_every_file(tmp_path, student):
    one = [sheet(student, (RIGHT,) * 4, ids={"moodle_participant": "5"})]
    places = {write_grades(one, tmp_path): (1, 0, "utf-8-sig"), write_canvas(one, tmp_path): (2, 0, "utf-8")}
    general, worksheet = write_moodle(one, tmp_path)
    places |= {general: (1, 0, "utf-8"), worksheet: (1, 1, "utf-8")}
    for path, (row, column, encoding) in places.items():
        found = rows(path, encoding)[row]
        assert plain(found[column]) == student
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r", "\n")) for cell in found)
        assert not any(cell.startswith("-") and cell != "-" for cell in found)


def test_same_class_in_any_order_gives_the_same_bytes(tmp_path):
    shuffled = small_class()
    random.Random(3).shuffle(shuffled)
    for number, sheets in enumerate((small_class(), shuffled)):
        folder = tmp_path / str(number)
        write_grades(sheets, folder), write_canvas(sheets, folder), write_moodle(sheets, folder)
    first, second = (sorted((tmp_path / name).iterdir()) for name in "01")
    assert [path.name for path in first] == [path.name for path in second]
    assert len(first) == 4
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_grades_has_every_notebook_and_every_question(tmp_path):
    path = write_grades(small_class(), tmp_path)
    assert path.read_bytes().startswith(b'\xef\xbb\xbf"student"')
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    by = {(row["student"], row["lesson"]): row for row in found}
    assert len(found) == len(small_class())
    assert by["Ada", RECTIFIER]["points"] == by["Ada", RECTIFIER]["of"] == "10"
    assert by["Ada", RECTIFIER]["relu_backward"] == "" and by["Ada", DERIVATIVES]["relu_backward"] == "2"
    assert by["Grace", RECTIFIER]["relu"] == "0"
    assert by["Emmy", RECTIFIER]["complete"] == "no" and by["Emmy", RECTIFIER]["why_dead"] == ""
    assert by["Noor", RECTIFIER]["complete"] == "yes" and by["Noor", RECTIFIER]["why_dead"] == "3"
    assert by["Zoë", ""]["points"] == "" and "not JSON" in by["Zoë", ""]["problems"]


def test_canvas_layout(tmp_path):
    path = write_canvas(small_class(), tmp_path)
    assert path.read_bytes().startswith(b'"Student"')  # Canvas refuses a mark of byte order before a quote
    header, possible, *students = rows(path)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", RECTIFIER, DERIVATIVES]
    assert possible == ["    Points Possible", "", "", "", "", "14", "10"]
    by = {row[0]: row for row in students}
    assert by["Ada"] == ["Ada", "", "", "Ada", "", "10", "6"]
    assert by["Emmy"] == ["Emmy", "77", "", "", "", "", ""], "its text is not read yet, so it has no total"
    assert by["Noor"][5:] == ["13", ""]
    assert by["Zoë"][5:] == ["", ""]
    assert len(students) == 6


def test_no_student_poses_as_the_points_row(tmp_path):
    found = rows(write_canvas([sheet("Points Possible", (RIGHT,) * 4)], tmp_path))
    assert [row[0] for row in found if "Points Possible" in row[0]] == ["    Points Possible"]


def test_moodle_layouts(tmp_path):
    general, worksheet = write_moodle(small_class(), tmp_path)
    assert rows(general)[0] == ["username", RECTIFIER, DERIVATIVES]
    assert ["Ada", "10", "6"] in rows(general) and ["Emmy", "", ""] in rows(general)
    assert worksheet.name == f"moodle-{RECTIFIER}.csv"
    header, only = rows(worksheet)
    for column in ("Identifier", "Grade", "Last modified (grade)", "Feedback comments"):
        assert column in header
    found = dict(zip(header, only, strict=True))
    assert found["Identifier"] == "Participant 4711" and found["Grade"] == "13"
    assert found["Maximum Grade"] == "14"
    assert "&lt;i&gt;which&lt;/i&gt;" in found["Feedback comments"], "Moodle reads a comment as HTML"


def test_empty_class(tmp_path):
    assert len(rows(write_grades([], tmp_path))) == 1
    assert len(rows(write_canvas([], tmp_path))) == 2
    assert [path.name for path in write_moodle([], tmp_path)] == ["moodle.csv"]


def test_file_names_are_safe_and_told_apart():
    long = "x" * 3000
    names = [
        "Ada",
        "ada",
        "ADA",
        "Ada ",
        "Ada/",
        "..",
        ".",
        "",
        "🐙",
        "🐳",
        "CON",
        "nul",
        "con.txt",
        "COM¹",
        "lpt9",
    ]
    names += [
        long,
        long + "y",
        "Zoë",
        unicodedata.normalize("NFD", "Zoë"),
        "../../etc/passwd",
        "C:\\x",
        "a\0b",
    ]
    names += ["Grace Hopper", "Grace_Hopper", "<script>", "-rf", "Ада", "a\u202eb", "x-0123456789abcdef"]
    stems = file_stems(names)
    assert len(stems) == len(names)
    assert len({unicodedata.normalize("NFKC", stem).casefold() for stem in stems.values()}) == len(names)
    for stem in stems.values():
        assert 0 < len(stem.encode()) < 230
        assert stem.replace("_", "a").replace("-", "a").isalnum() and not stem.startswith("-")
        assert stem.casefold() not in ("con", "nul", "com1", "lpt9")
    assert stems["Ада"] == "Ада" and file_stems(["Grace Hopper"]) == {"Grace Hopper": "Grace_Hopper"}
    assert file_stems(reversed(names)) == stems


def test_a_name_cannot_pose_as_the_marked_name_of_another():
    marked = file_stems(["Ada", "ada"])["Ada"]
    stems = file_stems(["Ada", "ada", marked])
    assert len({stem.casefold() for stem in stems.values()}) == 3


def test_what_is_written_is_private_and_whole(tmp_path, monkeypatch):
    path = write_whole(tmp_path / "new" / "grades.csv", "old")
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.drive

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "new")
    assert path.read_text("utf-8") == "old" and [each.name for each in path.parent.iterdir()] == [
        "grades.csv"
    ]


def test_unanswered_counts_as_nothing_not_as_empty(tmp_path):
    sheets = [sheet("Ada", (NOT_ATTEMPTED, WRONG, WRONG, WRONG))]
    assert rows(write_canvas(sheets, tmp_path))[2][5] == "0"
