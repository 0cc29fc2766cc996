"""Whose grades are taken to a gradebook: the students of a course's roster and those of its report,
each with one figure of the report as the grade. Volume is none: what only counts words is not
offered."""

from collections.abc import Sequence

from bot.core.commands import Choice
from bot.core.errors import Refused
from bot.core.gradebook import GradedStudent
from bot.core.report_model import Report
from bot.core.roster import OnRoster
from storage.ids import MemberId

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
    Choice("points", "Points by the course's grading rule"),
)
PLATFORMS = (Choice("canvas", "Canvas"), Choice("moodle", "Moodle"))
NEW = (Choice("yes", "Make it if it is not there"), Choice("no", "Make none"))


def graded_students(
    report: Report, figure: str, roster: Sequence[OnRoster]
) -> tuple[GradedStudent, ...]:
    """The roster's students who have not left, then those of the report who are not on it, by their
    names. Who on the roster is nobody in the course yet has no grade: they may have written under
    another name. Raises Refused where the report has no such figure.
    """
    grades = _grades(report, figure)
    listed = [one for one in roster if one.left_at is None]
    known = {one.member for one in roster}
    names = report.students.names.index("name")
    outside = [
        GradedStudent(str(row[names]), grade=grades[member])
        for member, row in zip(report.members, report.students.rows, strict=True)
        if member is not None and member not in known
    ]
    return (*(_listed(one, grades) for one in listed), *outside)


def _grades(report: Report, figure: str) -> dict[MemberId, float | None]:
    names = report.students.names
    if figure == "points" and figure not in names:
        raise Refused(
            "The course has no grading rule, and so no points; an instructor sets one with"
            " /participation rule."
        )
    if figure not in names or report.pseudonymised:
        offered = ", ".join(choice.value for choice in FIGURES)
        raise Refused(f"There is no figure “{figure}” to take as a grade; there are: {offered}.")
    place = names.index(figure)
    rows = zip(report.members, report.students.rows, strict=True)
    return {member: _number(row[place]) for member, row in rows if member is not None}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _listed(one: OnRoster, grades: dict[MemberId, float | None]) -> GradedStudent:
    return GradedStudent(
        name=one.name,
        id=one.lms_id or "",
        sis_id=one.student_id or "",
        login=one.login or "",
        email=one.email or "",
        section=one.section or "",
        grade=None if one.member is None else grades.get(one.member),
    )
