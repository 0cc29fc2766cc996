"""What every file says of the report that it holds, in the same words."""

from zoneinfo import ZoneInfo

from bot.core.cards import number
from bot.core.report_model import Report

PSEUDONYMS = "Students appear by pseudonyms."


def facts_about(report: Report) -> tuple[tuple[str, str], ...]:
    """As of when, over what, by which definitions: pairs of a label and its words."""
    return (
        ("Course", report.course),
        ("As of", f"{as_of(report)} ({report.zone})"),
        ("Over", report.window.words),
        ("Students", number(report.students.count, "student")),
        ("Names", PSEUDONYMS if report.pseudonymised else "Students appear by their names."),
        ("Definitions", f"version {report.version}"),
    )


def as_of(report: Report) -> str:
    """The moment of the report, in the course's zone, with its offset."""
    return report.as_of.astimezone(ZoneInfo(report.zone)).isoformat(" ", "seconds")
