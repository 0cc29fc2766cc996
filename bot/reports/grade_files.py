"""Grades as files for a learning platform, without its own export to go by; who has none is left
out, since a blank would wipe what is there. With an export at hand, rehearse: it is surer."""

from bot.core import gradebook_canvas, gradebook_moodle
from bot.core.commands import File
from bot.core.gradebook import Grades
from bot.core.spreadsheets import to_csv_bytes


def to_canvas(grades: Grades, name: str) -> File:
    """Canvas's gradebook CSV: Student, ID, SIS User ID, SIS Login ID, Section, and the assignment.
    Raises BadInput for a title that Canvas would drop."""
    rows = gradebook_canvas.from_scratch(grades)
    return File(f"{name}-canvas.csv", "text/csv", to_csv_bytes(rows, mark=False))


def to_moodle(grades: Grades, name: str) -> File:
    """A CSV for Moodle's grade import: idnumber, email, the grade and, if there is any,
    feedback. Raises BadInput for a title that can't be used."""
    rows = gradebook_moodle.from_scratch(grades)
    return File(f"{name}-moodle-grades.csv", "text/csv", to_csv_bytes(rows, mark=False))
