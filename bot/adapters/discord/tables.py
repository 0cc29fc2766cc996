"""A table for Discord, which has none: columns in a code block where they fit a narrow window."""

import unicodedata

from bot.core.cards import Link, Spans, Table
from bot.core.plain import spans_to_plain
from bot.core.rendering import clean, size

MOST_COLUMNS = 55
"""Characters of a code block that a telephone shows without breaking the line."""

_NO_WIDTH = ("Mn", "Me", "Cf", "Cc")


def to_code_block(table: Table, most: int) -> str | None:
    """The table in columns, numbers flush right; None where it would not be read well."""
    cells = [[_cell(spans) for spans in row] for row in table.rows]
    heads = [clean(column) for column in table.columns]
    words = [heads, *cells]
    if any("\n" in cell or "`" in cell for row in words for cell in row):
        return None
    if any(isinstance(span, Link) for row in table.rows for spans in row for span in spans):
        return None  # nothing can be pressed in a code block
    widths = [max(width(row[at]) for row in words) for at in range(len(heads))]
    if sum(widths) + 2 * (len(widths) - 1) > MOST_COLUMNS or not any(widths):
        return None

    def line(row: list[str]) -> str:
        pairs = zip(row, widths, strict=True)
        set_ = (_set(cell, most, at in table.numeric) for at, (cell, most) in enumerate(pairs))
        return "  ".join(set_).rstrip()

    rule = "  ".join("─" * wide for wide in widths)
    block = "\n".join(["```", line(heads), rule, *map(line, cells), "```"])
    return block if size(block) <= most else None


def width(text: str) -> int:
    """Columns that a text takes in a fixed font: two for a CJK character or an emoji."""
    return sum(_width(char) for char in text)


def _cell(spans: Spans) -> str:
    return clean(spans_to_plain(spans))


def _set(cell: str, most: int, flush_right: bool) -> str:
    room = " " * (most - width(cell))
    return room + cell if flush_right else cell + room


def _width(char: str) -> int:
    if unicodedata.category(char) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
