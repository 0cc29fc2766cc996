"""A table as XLSX: its first sheet that holds anything, row by row and with values only.

openpyxl streams it. calamine is quicker, and sets aside room for all of a sheet at once: two cells
in its corners are then enough to end the program.
"""

import io
import zipfile
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.core.commands import File
from bot.core.ports import Sheet, SheetRow, Unreadable
from bot.imports.limits import MOST_ROWS, check_size, cleaned

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

MOST_UNPACKED = 32 * 1024 * 1024
MOST_PARTS = 1_000
MOST_EMPTY = 50_000
"""Rows without anything that are passed over."""
_CHUNK = 256 * 1024


def read_xlsx(file: File) -> Sheet:
    """Raises Unreadable."""
    _check_unpacked(file)
    from openpyxl import load_workbook

    try:
        book = load_workbook(
            io.BytesIO(file.content), read_only=True, data_only=True, keep_links=False
        )
        try:
            for sheet in book.worksheets:
                if rows := _rows(file.name, sheet):
                    return Sheet(file.name, rows)
        finally:
            book.close()
    except Unreadable:
        raise
    except Exception as problem:  # whatever a malformed file makes openpyxl raise
        raise _damaged(file) from problem
    return Sheet(file.name, ())


def _check_unpacked(file: File) -> None:
    """Unpack it once, to nowhere: what it says of its own size may be a lie. Raises Unreadable."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise _too_large(file)
            if not any(part.filename == "[Content_Types].xml" for part in parts):
                raise Unreadable(f"{file.name} is no spreadsheet; save it as CSV or .xlsx.")
            for part in parts:
                with packed.open(part) as inside:
                    while chunk := inside.read(_CHUNK):
                        total += len(chunk)
                        if total > MOST_UNPACKED:
                            raise _too_large(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as problem:
        raise _damaged(file) from problem
    except (RuntimeError, NotImplementedError) as problem:  # a password, an unknown packing
        raise Unreadable(f"{file.name} has a password; save it without one.") from problem


def _rows(name: str, sheet: "Worksheet | ReadOnlyWorksheet") -> tuple[SheetRow, ...]:
    rows: list[SheetRow] = []
    streamed: Any = sheet  # its types say that it has none of this
    streamed.reset_dimensions()  # what a file says of them may be anything
    for number, values in enumerate(streamed.iter_rows(values_only=True), start=1):
        if number > MOST_EMPTY + MOST_ROWS:
            break
        cells = [_cell(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append(SheetRow(number, tuple(cells)))
            check_size(name, len(rows), len(cells))
    return tuple(rows)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer():
            return str(int(value))  # a student's number, which Excel holds as 12345.0
        case datetime() | date():
            return value.isoformat()
        case _:
            return cleaned(str(value))


def _damaged(file: File) -> Unreadable:
    return Unreadable(f"{file.name} is damaged; save it from the spreadsheet once more.")


def _too_large(file: File) -> Unreadable:
    return Unreadable(
        f"{file.name} unpacks to more than any class needs; save only the sheet with the students."
    )
