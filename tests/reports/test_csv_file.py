"""The report as a file, read back as a program and as a spreadsheet would."""

import codecs
import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.report_model import Cell, Column, Kind, Sheet
from bot.reports.csv_file import sheet_to_csv


def sheet(columns: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> Sheet:
    return Sheet("T", tuple(Column(name, Kind.TEXT, "") for name in columns), rows, len(rows))


def read(*rows: tuple[Cell, ...], columns: tuple[str, ...] = ("a", "b")) -> list[list[str]]:
    """The rows as Excel's dialect gives them back, after the head."""
    file = sheet_to_csv(sheet(columns, rows), "name")
    text = file.content.decode("utf-8-sig")
    head, *rest = csv.reader(io.StringIO(text, newline=""), dialect=csv.excel)
    assert tuple(head) == columns
    return rest


def test_the_file_says_what_it_is_and_begins_with_the_mark_excel_needs() -> None:
    file = sheet_to_csv(sheet(("a",), (("b",),)), "participation-2026-09-07")
    assert (file.name, file.media_type) == ("participation-2026-09-07.csv", "text/csv")
    assert file.content == codecs.BOM_UTF8 + b"a\r\nb\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "",
        'with "quotes", commas; and semicolons',
        "two\nlines",
        "Анна Ударникова",
        "北京 学生",
        "Zoë Ünsal-Straße",
        "عائشة",
        "🪨⛏️",
        "e\u0301 and é",
        "a=b",
        "5 - 3",
        "o'Neill",
    ],
)
def test_words_come_back_as_they_were(text: str) -> None:
    assert read((text, "x")) == [[text, "x"]]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "|", "%"])
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "   ", "\t", " \r\n "])
def test_nothing_that_a_person_typed_is_a_formula(first: str, before: str) -> None:
    """Also after spaces, which some spreadsheets take away first (OWASP, CSV Injection)."""
    typed = f"{before}{first}HYPERLINK(1)"
    assert read((typed, "x")) == [[f"'{typed}", "x"]]


@pytest.mark.parametrize("first", ["\t", "\r", "\n"])
def test_a_cell_begins_with_no_control_character(first: str) -> None:
    assert read((f"{first}text", "x")) == [[f"'{first}text", "x"]]


@pytest.mark.parametrize("first", ["\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_the_full_width_forms_are_no_formulas_either(first: str) -> None:
    """Excel takes them for = + - @ where it is set to Japanese."""
    assert read((f"{first}1", "x")) == [[f"'{first}1", "x"]]


def test_a_formula_in_a_heading_is_none() -> None:
    file = sheet_to_csv(sheet(("=1+1",), ()), "name")
    assert file.content == codecs.BOM_UTF8 + b"'=1+1\r\n"


def test_figures_stay_figures() -> None:
    assert read((-3, 2.5), (0, 10**12)) == [["-3", "2.5"], ["0", "1000000000000"]]


def test_nothing_is_an_empty_cell() -> None:
    assert read((None, "x"), (None, None)) == [["", "x"], ["", ""]]


def test_instants_carry_their_offset_to_the_millisecond() -> None:
    at = datetime(2026, 11, 1, 5, 30, 1, 234_999, tzinfo=UTC)
    new_york = ZoneInfo("America/New_York")
    again = datetime(2026, 11, 1, 6, 30, 1, tzinfo=UTC).astimezone(new_york)
    rows = read((at, at.astimezone(new_york)), (again, None))
    assert rows == [
        ["2026-11-01T05:30:01.234+00:00", "2026-11-01T01:30:01.234-04:00"],
        ["2026-11-01T01:30:01.000-05:00", ""],  # the hour that is there twice
    ]
    assert datetime.fromisoformat(rows[0][1]) == at.replace(microsecond=234_000)
