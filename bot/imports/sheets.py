"""A table in a file, whichever kind it is: read by its content, and never by its name."""

from bot.core.commands import File
from bot.core.ports import Sheet, Unreadable
from bot.imports.csv_file import read_csv
from bot.imports.xlsx_file import read_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_sheet(file: File) -> Sheet:
    """The table in a CSV or XLSX file. Slow (up to seconds): keep it off the event loop.

    Raises Unreadable, with a sentence for whoever gave the file.
    """
    begins = file.content[:512].lstrip().lower()
    if file.content.startswith(_ZIP):
        return read_xlsx(file)
    if file.content.startswith(_OLE):
        raise Unreadable(
            f"{file.name} is of an old Excel (.xls), or has a password; save it as .xlsx or CSV."
        )
    if begins.startswith((b"%pdf", b"<!doctype", b"<html", b"{\\rtf", b"\x89png", b"\xff\xd8")):
        raise Unreadable(f"{file.name} is no table; save it from the spreadsheet as CSV or .xlsx.")
    return read_csv(file)
