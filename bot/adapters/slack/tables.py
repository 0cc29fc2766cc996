"""A table as Slack's table block, in as many as it takes; where Slack shows none, row by row."""

from collections.abc import Iterator

from bot.adapters.slack import limits
from bot.adapters.slack.rich_text import Json, to_block, to_elements
from bot.core.cards import Bold, Plain, Spans, Table
from bot.core.plain import spans_to_plain
from bot.core.rendering import clean, size

EMPTY = " "
"""Slack refuses a cell with nothing in it."""


def parted(table: Table) -> Iterator[Table]:
    """The table in tables that Slack takes, each with the heads; joined, they are its rows."""
    heads = sum(size(head) + 1 for head in table.columns)
    rows: list[tuple[Spans, ...]] = []
    used = heads
    for row in table.rows:
        cost = sum(_cost(cell) for cell in row)
        full = len(rows) + 1 == limits.TABLE_ROWS or used + cost > limits.TABLE_CHARACTERS
        if rows and full:
            yield Table(table.columns, tuple(rows), table.numeric)
            rows, used = [], heads
        rows.append(row)
        used += cost
    yield Table(table.columns, tuple(rows), table.numeric)


def fits(table: Table) -> bool:
    """Whether each row can stand in a table block."""
    heads = sum(size(head) + 1 for head in table.columns)
    widest = max((sum(_cost(cell) for cell in row) for row in table.rows), default=0)
    columns = 0 < len(table.columns) <= limits.TABLE_COLUMNS
    return columns and heads + widest <= limits.TABLE_CHARACTERS


def to_table(table: Table) -> Json:
    """A table that fits as a block, numbers flush right."""
    heads = [_cell((Bold(column),)) for column in table.columns]
    return {
        "type": "table",
        "rows": [heads, *([_cell(cell) for cell in row] for row in table.rows)],
        "column_settings": [
            {"align": "right" if at in table.numeric else "left", "is_wrapped": True}
            for at in range(len(table.columns))
        ],
    }


def _cell(spans: Spans) -> Json:
    elements = to_elements(spans) if spans_to_plain(spans).strip() else []
    section = {
        "type": "rich_text_section",
        "elements": elements or to_elements((Plain(EMPTY),)),
    }
    return to_block(section)


def _cost(cell: Spans) -> int:
    return size(clean(spans_to_plain(cell))) + 1
