"""A card as plain text: for notifications, screen readers, the terminal and the log."""

from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Card,
    CitationMark,
    Code,
    Divider,
    FactMark,
    Fields,
    Footnotes,
    Image,
    Italic,
    Link,
    Moment,
    PersonName,
    Plain,
    Quote,
    Span,
    Spans,
    Table,
    Text,
)


def to_plain(card: Card) -> str:
    """All that the card says, in lines of text; instants in the course's zone."""
    parts = [card.title, *(_block(block) for block in card.blocks), card.footer]
    return "\n".join(part for part in parts if part)


def spans_to_plain(spans: Spans) -> str:
    return "".join(_span(span) for span in spans)


def _block(block: Block) -> str:
    match block:
        case Text(spans):
            return spans_to_plain(spans)
        case Quote(spans):
            return "\n".join(f"> {line}" for line in spans_to_plain(spans).split("\n"))
        case Fields(pairs):
            return "\n".join(f"{label}: {spans_to_plain(value)}" for label, value in pairs)
        case Table(columns, rows):
            lines = [columns, *(tuple(spans_to_plain(cell) for cell in row) for row in rows)]
            return "\n".join(" | ".join(cells) for cells in lines)
        case Image(_, alt):
            return f"[{alt}]"
        case Divider():
            return "---"
        case Actions(buttons):
            return " ".join(f"[{button.label}]" for button in buttons)
        case Footnotes(notes):
            return "\n".join(f"[{i}] {spans_to_plain(note)}" for i, note in enumerate(notes, 1))
        case _:
            assert_never(block)


def _span(span: Span) -> str:
    match span:
        case Plain(text) | Bold(text) | Italic(text) | Code(text):
            return text
        case Link(text, url):
            return f"{text} ({url})"
        case PersonName(name):
            return name
        case Moment(at, zone):
            return in_zone(at, ZoneInfo(zone))
        case CitationMark(number):
            return f" [{number}]"
        case FactMark():
            return span.text
        case _:
            assert_never(span)


def in_zone(at: datetime, zone: ZoneInfo) -> str:
    """An instant in full, as people write it there: Sat 21 Nov 2026, 22:45 GMT."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {local.tzname()}"
