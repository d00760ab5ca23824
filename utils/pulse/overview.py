"""What the leader's page shows of a room: by question how many tried and solved it, and their mistakes."""

from collections import defaultdict

from utils import lessons
from utils.pulse.catalogue import Catalogue
from utils.pulse.store import Room
from utils.question import RAISED

_TRIED = """
SELECT question, count(DISTINCT participant), count(DISTINCT CASE WHEN status = 'right' THEN participant END)
FROM result GROUP BY question
"""
_MADE = """
WITH solved AS (SELECT participant, question FROM result WHERE status = 'right')
SELECT question, mistake, CASE WHEN mistake = '' THEN status ELSE '' END AS plainly,
       count(DISTINCT participant), count(DISTINCT solved.participant)
FROM result LEFT JOIN solved USING (participant, question)
WHERE status != 'right' GROUP BY question, mistake, plainly
"""
_NAMED = """
SELECT participant.id, name, question, max(status = 'right')
FROM participant LEFT JOIN result ON result.participant = participant.id
WHERE name != '' GROUP BY participant.id, question ORDER BY name, participant.id
"""


def overview(room: Room, known: Catalogue) -> dict:
    """All of it, as plain data. Questions that this version of the course does not know are left out."""
    run = room.database.execute
    counts = {question: pair for question, *pair in run(_TRIED) if question in known.questions}
    mistakes = _mistakes(room, known)
    latest = run("SELECT question FROM result ORDER BY id DESC LIMIT 1").fetchone()
    return {
        "code": room.code,
        "participants": run("SELECT count(*) FROM participant").fetchone()[0],
        "latest": known.stems.get(latest[0]) if latest else None,
        "lessons": [
            {
                "stem": stem,
                "title": _title(stem),
                "questions": [_question(each, known, counts, mistakes) for each in asked],
            }
            for stem, asked in known.lessons.items()
            if any(each in counts for each in asked)
        ],
        "names": _names(room, known),
    }


def _title(stem: str) -> str:
    lesson = lessons.lesson(stem)
    return f"Lesson {lesson.number}: {lesson.question}".replace("`", "")


def _question(question: str, known: Catalogue, counts: dict, mistakes: dict) -> dict:
    tried, solved = counts.get(question, (0, 0))
    title = known.questions[question].title
    return {"id": question, "title": title, "tried": tried, "solved": solved, "mistakes": mistakes[question]}


def _mistakes(room: Room, known: Catalogue) -> dict[str, list[dict]]:
    """For each question what was wrong, the commonest first; `solved` have solved it all the same."""
    found = defaultdict(list)
    for question, mistake, status, made, solved in room.database.execute(_MADE):
        if question not in known.questions:
            continue
        if mistake:
            title, sentence = mistake.replace("_", " "), known.mistake(question, mistake) or ""
        else:
            title = "an error" if status == RAISED else "another wrong answer"
            sentence = (
                "The function raised an exception." if status == RAISED else "No known mistake explains it."
            )
        found[question].append({"title": title, "sentence": sentence, "made": made, "solved": solved})
    for each in found.values():
        each.sort(key=lambda mistake: (-mistake["made"], mistake["title"]))
    return found


def _names(room: Room, known: Catalogue) -> list[dict]:
    """Who gave a name: what they solved, and the titles of what they tried and did not solve yet."""
    found: dict[int, dict] = {}
    for participant, name, question, solved in room.database.execute(_NAMED):
        entry = found.setdefault(participant, {"name": name, "solved": 0, "open": []})
        if question in known.questions:
            entry["solved"] += solved
            if not solved:
                entry["open"].append(known.questions[question].title)
    return list(found.values())
