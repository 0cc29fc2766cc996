"""A report in the columns of Moodle's own forum summary report, for whoever knows that table.

See mod/forum/report/summary in Moodle. Coalface doesn't watch who reads, so views stay empty.
"""

from datetime import datetime

from bot.core.commands import File
from bot.core.report_model import Cell, Report
from bot.core.spreadsheets import guarded, to_csv_bytes

COLUMNS = (
    ("Name", "name"),
    ("Number of discussions posted", "posts"),
    ("Number of replies posted", "replies"),
    ("Number of attachments", "attachments"),
    ("Number of views", None),
    ("Word count", "words_raw"),
    ("Character count", "characters"),
    ("Earliest post", "first"),
    ("Most recent post", "last"),
)
"""Moodle's heading, and our column: a post has no message above it but the prompt."""

NEVER = "-"


def to_moodle_summary(report: Report, name: str) -> File:
    """CSV, a row for each student whether they wrote or not; times as the course's clocks showed
    them, and a dash where there is none."""
    places = {column: place for place, column in enumerate(report.students.names)}
    rows = [
        ["" if ours is None else _cell(ours, student[places[ours]]) for _, ours in COLUMNS]
        for student in report.students.rows
    ]
    head = [heading for heading, _ in COLUMNS]
    return File(f"{name}-moodle.csv", "text/csv", to_csv_bytes([head, *rows]))


def _cell(column: str, value: Cell) -> str:
    match value:
        case None:
            return NEVER if column in ("first", "last") else ""
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case _:
            return guarded(str(value))
