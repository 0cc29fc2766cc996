"""The workbook, opened by somebody else's library."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from bot.core.report_model import Cell, Column, Kind, Report, Sheet
from bot.reports import xlsx_file
from bot.reports.xlsx_file import TOO_LONG, to_xlsx
from tests.reports import made


def opened(report: Report) -> Workbook:
    return load_workbook(io.BytesIO(to_xlsx(report, "participation").content))


def rows(book: Workbook, sheet: str) -> list[tuple[object, ...]]:
    return list(book[sheet].iter_rows(values_only=True))


def test_the_sheets_and_their_headings() -> None:
    book = opened(made.a_report())
    assert book.sheetnames == ["students", "discussions", "replies", "definitions", "about"]
    for page in book:
        assert page.freeze_panes == "C2"
        assert page.auto_filter.ref is not None
        assert page.auto_filter.ref.startswith("A1:")
    assert rows(book, "students")[0][1] == "name"
    assert "first (America/New_York)" in rows(book, "students")[0]


def test_figures_are_figures_and_dates_are_dates_of_the_courses_clocks() -> None:
    book = opened(made.a_report())
    head, _, ada = rows(book, "students")[:3]
    row = dict(zip(head, ada, strict=True))
    assert (row["posts"], row["hours_to_first"]) == (1, 1.25)
    first = row["first (America/New_York)"]
    assert isinstance(first, datetime)
    assert first.isoformat() == "2026-09-07T05:30:15.123000"
    assert row["left (America/New_York)"] is None
    cell = next(c for c in book["students"][3] if isinstance(c.value, datetime))
    assert cell.number_format == "yyyy-mm-dd hh:mm:ss"


def test_every_row_of_every_table_is_there() -> None:
    report = made.a_report()
    book = opened(report)
    for sheet in (report.students, report.discussions, report.replies):
        assert len(rows(book, sheet.name)) == sheet.count + 1
    assert [row[1] for row in rows(book, "students")[1:]] == list(made.NAMES)
    assert len(rows(book, "definitions")) == len(report.definitions) + 1


def test_it_says_as_of_when_over_what_and_by_which_definitions() -> None:
    about = {row[0]: row[1] for row in rows(opened(made.a_report()), "about")}
    assert about["As of"] == "2026-11-02 10:00:00-05:00 (America/New_York)"
    assert about["Over"] == "7 September to 2 November 2026, D1 and D2"
    assert about["Definitions"] == "version 3"
    assert about["share_joined"] == 0.75
    assert about["reciprocity"] is None


def test_nothing_that_a_person_typed_is_a_formula() -> None:
    content = to_xlsx(made.a_report(), "x").content
    book = load_workbook(io.BytesIO(content))
    assert {cell.data_type for page in book for row in page for cell in row} <= {"s", "n", "d"}
    name = book["students"]["B3"]
    assert (name.value, name.data_type, name.quotePrefix) == ("=HYPERLINK(1)", "s", True)
    with ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(n) for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_a_message_opens_at_its_address_and_another_address_is_only_text() -> None:
    links = opened(made.a_report())["replies"]
    last = links.max_column
    link = links.cell(2, last).hyperlink
    assert link is not None
    assert link.target == "https://chat.example/c/1/1"
    assert links.cell(6, last).hyperlink is None
    assert links.cell(6, last).value == "/course/history#m5"


def test_the_same_report_is_the_same_file() -> None:
    assert to_xlsx(made.a_report(), "x").content == to_xlsx(made.a_report(), "x").content


def test_a_course_without_anybody_is_a_workbook_too() -> None:
    assert rows(opened(made.empty_report()), "students")[1:] == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(1666, 9, 2, tzinfo=UTC), "1666-09-02T00:00:00.000+00:00"),
        (2**60, str(2**60)),
        (float("nan"), "nan"),
        ("x" * 40_000, TOO_LONG),
        ("\x00 bell\x07", "_x0000_ bell_x0007_"),  # as the format writes what XML can't hold
        ("", None),
        ("'quoted", "'quoted"),
        ("1e5", "1e5"),
        ("007", "007"),
    ],
)
def test_what_excel_can_not_hold_is_said_as_text(value: Cell, shown: str | None) -> None:
    report = made.a_report()
    columns = (*report.students.columns, Column("odd", Kind.TEXT, ""))
    row = (*next(iter(report.students.rows)), value)
    odd = replace(report, students=Sheet("students", columns, (row,), 1))
    assert rows(opened(odd), "students")[1][-1] == shown


def test_more_rows_than_a_sheet_can_hold_go_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 4)
    report = replace(made.a_report(), replies=made.many(9))
    book = opened(report)
    assert [n for n in book.sheetnames if n.startswith("replies")] == [
        "replies", "replies 2", "replies 3",
    ]  # fmt: skip
    found = [row[0] for n in ("replies", "replies 2", "replies 3") for row in rows(book, n)[1:]]
    assert found == list(range(9))
