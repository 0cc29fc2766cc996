"""A participation table as CSV: UTF-8 with a byte order mark, which Excel needs to see accents."""

import csv
import io
from datetime import datetime

from bot.core.commands import File
from bot.core.ports import ReportTable

FORMULA = (*"=+-@\t\r\n|%", *"\uff1d\uff0b\uff0d\uff20")
"""What spreadsheets may take for the start of a formula (OWASP, CSV Injection); the last four are
the full-width = + - @."""


def to_csv(table: ReportTable, name: str) -> File:
    """The table as a file; instants in ISO 8601 to the millisecond, with their offset."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow([_cell(column) for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return File(f"{name}.csv", "text/csv", sheet.getvalue().encode("utf-8-sig"))


def _cell(value: str | int | float | datetime | None) -> str | int | float:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case str() if value.lstrip().startswith(FORMULA) or value.startswith(FORMULA):
            return f"'{value}"
        case _:
            return value
