"""A report as an Excel workbook: a sheet for each table, written row by row, so that a million
messages need no room in memory.

What people typed is written as text and never as a formula. Excel knows no time zones: instants are
the course's wall-clock time, and their headings name the zone.
"""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.core.commands import File
from bot.core.provenance import facts_about
from bot.core.report_model import Cell, Column, Kind, Report, Row, Sheet
from bot.core.spreadsheets import is_formula

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_ROWS = 1_048_575
"""Rows under the heading that a sheet can hold; the rest go on in another (Excel's limits)."""
MOST_LINKS = 50_000
"""Addresses that can be clicked: a sheet may have 65,530, and each takes room."""
MOST_CHARACTERS = 32_767
MOST_ADDRESS = 2_079
EXACT = 2**53
"""Greater whole numbers are rounded by Excel, so they are written as text."""
TOO_LONG = "too long for a cell of Excel's; the JSON file has it"

_WIDTHS = {Kind.TEXT: 22, Kind.COUNT: 12, Kind.NUMBER: 12, Kind.INSTANT: 20, Kind.LINK: 40}


def to_xlsx(report: Report, name: str) -> File:
    """The workbook: students, discussions, replies, definitions, and what the report is of."""
    from xlsxwriter import Workbook

    held = io.BytesIO()
    with Workbook(held, {"constant_memory": True, "nan_inf_to_errors": False}) as book:
        book.set_properties(
            # Without a moment of its own, the same report would not be the same file twice.
            {"title": f"{report.course}: participation", "created": _naive(report.as_of, UTC)}
        )
        writer = _Writer(book, report.zone)
        for sheet in (report.students, report.discussions, report.replies):
            writer.add(sheet)
        writer.add_text("definitions", ("name", "definition"), _definitions(report))
        writer.add_text("about", ("what", "value", "meaning"), _about(report))
    return File(f"{name}.xlsx", MEDIA_TYPE, held.getvalue())


class _Writer:
    """Writes tables into a workbook, top to bottom."""

    def __init__(self, book: "Workbook", zone: str) -> None:
        self._book, self._zone, self._most = book, zone, MOST_ROWS
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._quoted = book.add_format({"quote_prefix": True})
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._number = book.add_format({"num_format": "0.00"})

    def add(self, sheet: Sheet) -> None:
        """The table, in as many sheets as it needs."""
        rows = iter(sheet.rows)
        for part in range(max(1, math.ceil(sheet.count / self._most))):
            title = sheet.name if part == 0 else f"{sheet.name} {part + 1}"
            count = min(self._most, sheet.count - part * self._most)
            self._add_part(title, sheet.columns, islice(rows, self._most), count)

    def _add_part(
        self, title: str, columns: Sequence[Column], rows: Iterable[Row], count: int
    ) -> None:
        page = self._page(title, [self._heading(column) for column in columns], count)
        for place, column in enumerate(columns):
            page.set_column(place, place, _WIDTHS[column.kind])
        kinds = [column.kind for column in columns]
        for line, row in enumerate(rows, 1):
            for place, (kind, value) in enumerate(zip(kinds, row, strict=True)):
                self._write(page, line, place, kind, value)

    def add_text(self, title: str, head: Sequence[str], rows: Iterable[Row]) -> None:
        """A sheet of words beside their names, which wrap."""
        listed = list(rows)
        page = self._page(title, head, len(listed))
        page.set_column(0, 0, 24)
        page.set_column(1, len(head) - 1, 80)
        for line, row in enumerate(listed, 1):
            for place, value in enumerate(row):
                self._write(page, line, place, Kind.TEXT, value, self._wrapped)

    def _page(self, title: str, head: Sequence[str], count: int) -> "Worksheet":
        page = self._book.add_worksheet(title)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, count, len(head) - 1)
        for place, words in enumerate(head):
            page.write_string(0, place, words, self._head)
        return page

    def _heading(self, column: Column) -> str:
        return f"{column.name} ({self._zone})" if column.kind is Kind.INSTANT else column.name

    def _write(
        self, page: "Worksheet", line: int, place: int, kind: Kind, value: Cell, style: Any = None
    ) -> None:
        match value:
            case None | "":
                return
            case datetime() if value.year >= 1900:
                page.write_datetime(line, place, _naive(value), self._instant)
            case datetime():  # Excel counts days from 1900
                page.write_string(line, place, value.isoformat(timespec="milliseconds"))
            case int() if abs(value) <= EXACT:
                page.write_number(line, place, value, style)
            case float() if math.isfinite(value):
                page.write_number(line, place, value, style or self._number)
            case _:
                self._write_words(page, line, place, kind, str(value), style)

    def _write_words(
        self, page: "Worksheet", line: int, place: int, kind: Kind, words: str, style: Any
    ) -> None:
        if len(words) > MOST_CHARACTERS:
            words = TOO_LONG
        address = words.startswith(("https://", "http://")) and len(words) <= MOST_ADDRESS
        if kind is Kind.LINK and address and line <= MOST_LINKS:
            page.write_url(line, place, words, string=words)
        else:
            # The mark keeps it text when somebody edits the cell.
            quoted = self._quoted if is_formula(words) else style
            page.write_string(line, place, words, quoted)


def _naive(at: datetime, zone: Any = None) -> datetime:
    """Wall-clock time to the millisecond, which is as fine as Excel has it; in the moment's own
    zone unless another is given."""
    local = at if zone is None else at.astimezone(zone)
    return local.replace(microsecond=local.microsecond // 1_000 * 1_000, tzinfo=None)


def _definitions(report: Report) -> Iterator[Row]:
    return ((definition.name, definition.sentence) for definition in report.definitions)


def _about(report: Report) -> Iterator[Row]:
    for what, words in facts_about(report):
        yield (what, words, "")
    clocks = (
        f"Wall-clock time in {report.zone}; of the hour that is there twice, when clocks go back, a"
        " sheet can't say which it is: the CSV and JSON files do."
    )
    yield ("Times", clocks, "")
    for figure in report.class_figures:
        yield (figure.name, figure.value, figure.sentence)
