"""Tables as people have them, in any encoding, with any separator; and files that mean harm."""

import io
import struct
import zipfile

import openpyxl
import pytest

from bot.core.commands import File
from bot.core.ports import Unreadable
from bot.imports import xlsx_file
from bot.imports.limits import MOST_ROWS
from bot.imports.sheets import read_sheet

WORDS = "Name;Sektion\r\nZoë Łuba;A\r\nÁda;B\r\n"


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_sheet(File("r", "", content)).rows]


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_sheet(File("roster.csv", "", content))
    return str(refused.value)


def book(*rows: tuple[str | float | None, ...], sheets: int = 1) -> bytes:
    made, held = openpyxl.Workbook(), io.BytesIO()
    for _ in range(sheets - 1):
        made.create_sheet("Empty", 0)
    for row in rows:
        made.worksheets[-1].append(row)
    made.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_encoding_of_a_spreadsheet_is_read(encoding: str) -> None:
    assert cells(WORDS.encode(encoding)) == [("Name", "Sektion"), ("Zoë Łuba", "A"), ("Áda", "B")]


def test_windows_own_western_encoding_is_read() -> None:
    assert cells("Name\tNote\nJosé Peña\t“€”\n".encode("cp1252"))[1] == ("José Peña", "“€”")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_told(separator: str) -> None:
    said = f'Name{separator}Id\n"Pit{separator}lamp, Ada"{separator}1\n"Two\nlines"{separator}2\n'
    assert cells(said.encode()) == [
        ("Name", "Id"),
        (f"Pit{separator.strip() or ' '}lamp, Ada", "1"),
        ("Two lines", "2"),
    ]


def test_excels_own_word_on_the_separator_is_heeded_and_rows_keep_their_numbers() -> None:
    sheet = read_sheet(File("r.csv", "", b'sep=;\nName;Note\n\n"a\nb";1,2,3\nBo;4,5,6\n'))
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, ("Name", "Note")),
        (4, ("a b", "1,2,3")),
        (6, ("Bo", "4,5,6")),
    ]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (b'Name,Id\nAda,1\n"Bo,2\nCy,3\n', 3),
        (b'"Name,Id\nAda,1\n', 1),
        (b'Name,Id\n"a\nb",1\n"Bo,2\n"Cy",3\n', 4),
    ],
)
def test_a_quotation_mark_left_open_takes_nobody_in(table: bytes, line: int) -> None:
    assert f"from line {line} on, where a quotation mark may be left open" in refusal(table)


def test_a_cell_keeps_no_controls_and_no_mark_that_turns_it() -> None:
    said = "Name,Id\n'=Ada\u202e\x07 \xa0 B\u200b,1\n"
    assert cells(said.encode())[1] == ("=Ada B", "1")


def test_a_spreadsheet_is_read_from_its_first_sheet_that_holds_anything() -> None:
    found = cells(book(("Name", "Id", None), (None,), ("Ada", 12345.0), ("Bo", "007"), sheets=3))
    assert found == [("Name", "Id"), ("Ada", "12345"), ("Bo", "007")]


def test_rows_of_a_spreadsheet_keep_their_numbers() -> None:
    sheet = read_sheet(File("r.xlsx", "", book(("Name",), (None,), ("Ada",))))
    assert [row.number for row in sheet.rows] == [1, 3]


def test_what_is_no_table_is_refused_in_a_sentence() -> None:
    assert "old Excel" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    for content in (
        b"%PDF-1.7\n",
        b"\n<!DOCTYPE html><p>",
        b"\x89PNG\r\n\x1a\n",
        b"Name,Id\nAda,1\n\0\0,2\n",
    ):
        assert "is no table" in refusal(content)
    assert "is damaged" in refusal(b"PK\x03\x04 and nothing more")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as other:
        other.writestr("photo.jpg", b"x")
    assert "is no spreadsheet" in refusal(packed.getvalue())
    assert "is damaged" in refusal("\ufeffName\n".encode("utf-16-be") + b"\xd8")


def test_more_rows_than_any_class_has_are_refused() -> None:
    assert "more than 10,000 rows" in refusal(b"Name,Id\n" + b"Ada,1\n" * MOST_ROWS)
    assert "more than 2,000 columns" in refusal(b"a," * 2_001)


def test_a_zip_bomb_is_refused_before_it_is_read() -> None:
    whole = io.BytesIO(book(("Name",), ("Ada",)))
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", bytes(xlsx_file.MOST_UNPACKED + 1))
    assert "unpacks to more than any class needs" in refusal(whole.getvalue())


def test_a_file_that_lies_about_its_size_is_damaged() -> None:
    """The directory says 10 bytes where a megabyte comes out."""
    whole = io.BytesIO(book(("Name",), ("Ada",)))
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", bytes(1_000_000))
    content = bytearray(whole.getvalue())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    assert "is damaged" in refusal(bytes(content))


def test_two_cells_in_the_corners_take_no_room_for_all_between() -> None:
    made, held = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    sheet["A1"], sheet["B2"], sheet["A1048576"] = "Name", "Ada", "x"
    made.save(held)
    assert cells(held.getvalue()) == [("Name",), ("", "Ada")]
