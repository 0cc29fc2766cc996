"""Whose grades are taken to a gradebook: the students of a course's roster and those of its report,
each with one figure of the report as the grade. Volume is none: what only counts words is not
offered."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.commands import Choice
from bot.core.errors import Refused
from bot.core.gradebook import GradedStudent
from bot.core.provenance import About, facts_about
from bot.core.report_columns import RULES
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
        replace(grades[member], name=str(row[names]))
        for member, row in zip(report.members, report.students.rows, strict=True)
        if member is not None and member not in known
    ]
    return (*(_listed(one, grades) for one in listed), *outside)


def about_grades(report: Report, figure: str, title: str) -> About:
    """What is said of a file of grades that are this figure of the report."""
    facts = [(label, words) for label, words in facts_about(report) if label != "Names"]
    used = {figure, "excused", *(rule.name for rule in RULES)}
    definitions = tuple(one for one in report.definitions if one.name in used)
    return About((*facts, ("Column", title), ("Grade", figure)), definitions)


def _grades(report: Report, figure: str) -> dict[MemberId, GradedStudent]:
    """Each member's grade, still without a name; who was excused from all that was open to them is
    excused. Of points, the feedback is what /participation me shows of them."""
    names = report.students.names
    if figure == "points" and figure not in names:
        raise Refused(
            "The course has no grading rule, and so no points; an instructor sets one with"
            " /participation rule."
        )
    known = [choice.value for choice in FIGURES]
    if figure not in known or report.pseudonymised:
        offered = ", ".join(known)
        raise Refused(f"There is no figure “{figure}” to take as a grade; there are: {offered}.")
    grade, asked, excused = map(names.index, (figure, "discussions_open", "excused"))
    words = report.points_in_words if figure == "points" else [""] * report.students.count
    rows = zip(report.members, report.students.rows, words, strict=True)
    return {
        member: GradedStudent(
            "",
            grade=_number(row[grade]),
            excused=bool(row[excused]) and row[excused] == row[asked],
            feedback=said,
        )
        for member, row, said in rows
        if member is not None
    }


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _listed(one: OnRoster, grades: dict[MemberId, GradedStudent]) -> GradedStudent:
    own = None if one.member is None else grades.get(one.member)
    return replace(
        own or GradedStudent(""),
        name=one.name,
        id=one.lms_id or "",
        sis_id=one.student_id or "",
        login=one.login or "",
        email=one.email or "",
        section=one.section or "",
    )
