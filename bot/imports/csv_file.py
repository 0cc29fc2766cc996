"""A table as CSV: with commas, semicolons or tabs, in any encoding that spreadsheets write."""

import codecs
import csv
import io

from bot.core.commands import File
from bot.core.ports import Sheet, SheetRow, Unreadable
from bot.imports.limits import check_size, cleaned

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like that of UTF-16
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",;\t|"
_SAMPLE = 20
"""Lines that show what parts the columns."""


def read_csv(file: File) -> Sheet:
    """Raises Unreadable."""
    said = _decoded(file)
    first, _, rest = said.partition("\n")
    separator = None
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        separator, said = first.strip()[4], f"\n{rest}"  # Excel's own way of saying it
    found = csv.reader(io.StringIO(said), delimiter=separator or _separator(said), strict=True)
    rows: list[SheetRow] = []
    begun = 1
    try:
        for cells in found:
            row = tuple(cleaned(cell) for cell in cells)
            if any(row):
                rows.append(SheetRow(found.line_num - _lines(cells), row))
                check_size(file.name, len(rows), len(row))
            begun = found.line_num + 1
    except csv.Error as problem:
        raise Unreadable(
            f"{file.name} can't be read as CSV from line {begun} on, where a quotation mark may be"
            " left open; save it from the spreadsheet once more."
        ) from problem
    return Sheet(file.name, tuple(rows))


def _lines(cells: list[str]) -> int:
    """How many lines of the file a row takes beyond its first."""
    return sum(cell.count("\n") for cell in cells)


def _decoded(file: File) -> str:
    """By its mark; else UTF-8, UTF-16 if every other byte is 0, else Windows' Western encoding.

    Raises Unreadable.
    """
    content = file.content
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), None)
    if encoding is None:
        encoding = _guess(content[:2_000])
    try:
        said = content.decode(encoding)
    except UnicodeDecodeError as problem:
        if encoding != "utf-8":
            raise Unreadable(
                f"{file.name} is damaged: it is not the text that it says it is."
            ) from problem
        said = content.decode("cp1252", "replace")  # Excel's CSV, in Western Europe and America
    if "\0" in said:
        raise Unreadable(f"{file.name} is no table; save it from the spreadsheet as CSV or .xlsx.")
    return said.replace("\r\n", "\n").replace("\r", "\n")


def _guess(head: bytes) -> str:
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if len(head) >= 4 and head[::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return "utf-8"


def _separator(said: str) -> str:
    """What parts the lines of the beginning into most columns, and into as many in each."""
    lines = [line for line in said.split("\n")[: 3 * _SAMPLE] if line.strip()][:_SAMPLE]

    def parts(separator: str) -> tuple[int, int]:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=separator)]
        except csv.Error:
            return 0, 0
        widest = max(counts, default=0)
        return (0, 0) if widest < 2 else (sum(count == counts[0] for count in counts), widest)

    return max(_SEPARATORS, key=lambda separator: (parts(separator)[1] > 1, *parts(separator)))
