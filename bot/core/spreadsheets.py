"""Text for spreadsheets: cells that can't be taken for formulas, and CSV as Excel and the learning
platforms read and write it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from bot.core.errors import BadInput

FORMULA = (*"=+-@\t\r\n|%", *"\uff1d\uff0b\uff0d\uff20")
"""What spreadsheets may take for the start of a formula (OWASP, CSV Injection); the last four are
the full-width = + - @."""

MOST_ROWS = 20_000
"""A gradebook has a row for each student: more is another kind of file."""

_DELIMITERS = ",;\t"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might take it for one, also after taking spaces away."""
    return text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)


def guarded(text: str) -> str:
    """The text, with an apostrophe before what might be a formula."""
    return f"'{text}" if is_formula(text) else text


def to_csv_bytes(rows: Iterable[Sequence[str]], *, mark: bool = True) -> bytes:
    """Rows as CSV in UTF-8, written as they are; `mark` is the byte order mark that Excel needs."""
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode("utf-8-sig" if mark else "utf-8")


def from_csv_bytes(content: bytes, param: str) -> list[list[str]]:
    """The rows of a CSV file, whichever of comma, semicolon and tab parts its cells; cells without
    the spaces around them, rows as long as the head. Raises BadInput for `param`."""
    text = _decoded(content, param)
    head = re.sub('"[^"]*"', "", text.partition("\n")[0])
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [[cell.strip() for cell in row] for row in read if any(c.strip() for c in row)]
    except csv.Error as problem:
        raise BadInput(param, f"That is not a CSV file that can be read ({problem}).") from problem
    if not rows:
        raise BadInput(param, "That file is empty; export the gradebook again.")
    if len(rows) > MOST_ROWS:
        raise BadInput(
            param, f"That file has {len(rows)} rows, and a gradebook has at most {MOST_ROWS}."
        )
    width = len(rows[0])
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _decoded(content: bytes, param: str) -> str:
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadInput(
            param,
            "That file is not text in UTF-8; give the CSV file as the gradebook exported it, not"
            " one that a spreadsheet saved again.",
        ) from problem
