"""A report's students as CSV: UTF-8 with a byte order mark, which Excel needs to see accents."""

import csv
import io
from datetime import datetime

from bot.core.commands import File
from bot.core.report_model import Cell, Report, Sheet
from bot.core.spreadsheets import guarded


def to_csv(report: Report, name: str) -> File:
    """The table of students as a file; instants in ISO 8601 to the millisecond, with their
    offset."""
    return sheet_to_csv(report.students, name)


def sheet_to_csv(sheet: Sheet, name: str) -> File:
    """Any of a report's tables as a file."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow([_cell(column) for column in sheet.names])
    writer.writerows([_cell(value) for value in row] for row in sheet.rows)
    return File(f"{name}.csv", "text/csv", lines.getvalue().encode("utf-8-sig"))


def _cell(value: Cell) -> str | int | float:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case str():
            return guarded(value)
        case _:
            return value
