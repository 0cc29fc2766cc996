"""Whose grades are taken to a gradebook: a course's students, each with one figure of the report as
the grade. Volume is no grade here: nothing that only counts words is offered."""

from collections.abc import Sequence

from bot.core.commands import Choice
from bot.core.errors import Refused
from bot.core.gradebook import GradedStudent
from bot.core.report_model import Report

FIGURES = (
    Choice("discussions_joined", "Discussions joined"),
    Choice("posts", "Answers to prompts"),
    Choice("replies", "Responses to classmates"),
    Choice("active_days", "Days on which they wrote"),
    Choice("peers_root", "Classmates answered"),
    Choice("peers_thread", "Classmates in the same threads"),
    Choice("replies_received", "Responses received"),
    Choice("facts_cited", "Facts cited"),
    Choice("sources_linked", "Sources linked"),
)
PLATFORMS = (Choice("canvas", "Canvas"), Choice("moodle", "Moodle"))
NEW = (Choice("yes", "Make it if it is not there"), Choice("no", "Make none"))


def graded_students(report: Report, figure: str) -> Sequence[GradedStudent]:
    """The students of a report, by name, with this column as their grade. Raises Refused."""
    names = report.students.names
    if figure not in names or report.pseudonymised:
        raise Refused(f"The report has no “{figure}” by students' names; pick another figure.")
    name, grade = names.index("name"), names.index(figure)
    return [
        GradedStudent(str(row[name]), grade=_number(row[grade])) for row in report.students.rows
    ]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
