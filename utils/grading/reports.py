"""Everything that is made from the gradebook, in one go. Reports can be made anew at any time."""

from collections.abc import Sequence
from pathlib import Path

from utils.grading import classroom, exports, feedback, gradescope
from utils.grading.results import Graded


def write_reports(sheets: Sequence[Graded], folder: Path) -> None:
    """Write the tables, the pages and Gradescope's files into the folder. OSError when it cannot be done."""
    exports.write_grades(sheets, folder)
    exports.write_canvas(sheets, folder)
    exports.write_moodle(sheets, folder)
    gradescope.write_results(sheets, folder / "gradescope")
    feedback.write_feedback(sheets, folder / "feedback")
    classroom.write_class(sheets, folder)
