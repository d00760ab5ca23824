"""The file of a room: facts that are counted once, bounded, and there again after it was closed."""

import sqlite3

import pytest

from utils.pulse import codes, store
from utils.pulse.catalogue import catalogue
from utils.pulse.messages import Join, Result
from utils.pulse.overview import overview
from utils.pulse.store import Room, set_aside

ADA, BOB = "a" * 32, "b" * 32


@pytest.fixture
def room(tmp_path):
    one = Room(tmp_path / "room")
    yield one
    one.close()


def enter(room, *results):
    return room.commit([lambda each=each: room.add(Result(*each)) for each in results])


def let_in(room, *people):
    return room.commit([lambda each=each: room.join(Join(*each)) for each in people])


def relu(room):
    return overview(room, catalogue())["lessons"][0]["questions"][0]


def test_each_participant_counts_once_for_a_question_and_for_each_mistake(room):
    let_in(room, (ADA, ""), (BOB, ""))
    tried = [(ADA, "relu", "wrong", "step"), (ADA, "relu", "wrong", "np_max"), (ADA, "relu", "right", "")]
    enter(room, *tried, *reversed(tried), (BOB, "relu", "wrong", "step"), (BOB, "relu", "raised", ""))
    found = relu(room)
    assert (found["tried"], found["solved"]) == (2, 1)
    assert [(each["title"], each["made"], each["solved"]) for each in found["mistakes"]] == [
        ("step", 2, 1),
        ("an error", 1, 0),
        ("np max", 1, 1),
    ]


def test_the_order_of_arrival_does_not_matter_and_again_changes_nothing(room):
    let_in(room, (ADA, ""))
    enter(room, (ADA, "relu", "right", ""), (ADA, "relu", "wrong", ""))
    before, changes = relu(room), room.changes
    enter(room, (ADA, "relu", "wrong", ""), (ADA, "relu", "right", ""))
    assert relu(room) == before and room.changes == changes
    assert before["solved"] == 1  # solved once is enough


def test_the_latest_lesson_is_that_of_the_last_news(room):
    let_in(room, (ADA, ""))
    enter(room, (ADA, "chi", "wrong", ""), (ADA, "relu", "wrong", ""))
    assert overview(room, catalogue())["latest"] == "01_the_rectifier"
    enter(room, (ADA, "chi", "right", ""))
    assert overview(room, catalogue())["latest"] == "06_signals_through_depth"


def test_names_are_those_given_last_and_tell_what_is_open(room):
    let_in(room, (ADA, "Ada"), (BOB, ""), (ADA, "Ada L."))
    enter(room, (ADA, "relu", "right", ""), (ADA, "chi", "wrong", ""), (BOB, "relu", "right", ""))
    expected = {"name": "Ada L.", "solved": 1, "open": ["The factor of the gradient, one layer back"]}
    assert overview(room, catalogue())["names"] == [expected]


def test_nobody_is_counted_who_has_not_joined(room):
    assert enter(room, (ADA, "relu", "right", "")) == [False]
    assert overview(room, catalogue())["lessons"] == []


def test_a_room_has_an_end(room, monkeypatch):
    monkeypatch.setattr(store, "MOST_PARTICIPANTS", 3)
    people = [(codes.new_number(), "") for _ in range(4)]
    assert let_in(room, *people) == [True, True, True, False]
    assert let_in(room, people[0]) == [True]  # who is in stays in
    assert overview(room, catalogue())["participants"] == 3


def test_a_commit_that_fails_leaves_nothing_half_done(room):
    with pytest.raises(ZeroDivisionError):
        room.commit([lambda: room.join(Join(ADA, "")), lambda: 1 / 0])
    assert overview(room, catalogue())["participants"] == 0
    assert let_in(room, (ADA, "")) == [True]


def test_all_is_there_when_it_is_opened_again(tmp_path):
    first = Room(tmp_path)
    let_in(first, (ADA, "Ada"))
    enter(first, (ADA, "relu", "right", ""))
    first.close()
    second = Room(tmp_path)
    assert (second.code, second.key, second.token(ADA)) == (first.code, first.key, first.token(ADA))
    assert relu(second)["solved"] == 1
    second.close()


@pytest.mark.skipif(store.os.name == "nt", reason="Windows has no such permissions")
def test_its_file_is_for_its_owner_alone(room):
    let_in(room, (ADA, ""))
    for path in room.path.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_room_in_use_is_neither_opened_nor_moved(room):
    with pytest.raises(ValueError, match="is open already"):
        Room(room.path.parent)
    with pytest.raises(ValueError, match="is open already"):
        set_aside(room.path.parent)
    assert let_in(room, (ADA, "")) == [True]


def other_program(path):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE thing (x)")
    database.commit()
    database.close()


def later_version(path):
    Room(path.parent).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 2")
    database.close()


def torn(path):
    one = Room(path.parent)
    let_in(one, *((codes.new_number(), "name") for _ in range(300)))
    one.close()
    content = bytearray(path.read_bytes())
    content[8192:16384] = bytes(8192)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"no room at all" * 500), "is damaged"),
        (torn, "is damaged"),
        (other_program, "is no room of this version"),
        (later_version, "is no room of this version"),
        (lambda path: path.mkdir(), "cannot be kept in"),
    ],
    ids=["text", "torn", "other", "later", "folder"],
)
def test_a_file_that_is_no_sound_room_is_told_and_left_alone(tmp_path, spoil, words):
    path = tmp_path / store.NAME
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ValueError, match=words) as caught:
        Room(tmp_path)
    assert str(caught.value).count("\n") == 0
    assert (path.read_bytes() if path.is_file() else None) == before
    if path.is_file():
        kept = set_aside(tmp_path)
        assert kept.read_bytes() == before
        Room(tmp_path).close()
