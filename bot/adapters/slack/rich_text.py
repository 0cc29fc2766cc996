"""From spans to Slack's rich text, whose texts are shown as they are: nothing that a person wrote
is markup there, notifies anybody or becomes an emoji (reference/block-kit/blocks/rich-text-block).
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.adapters.slack.limits import LINK
from bot.core.cards import (
    Bold,
    CitationMark,
    Code,
    FactMark,
    Italic,
    Link,
    Moment,
    PersonName,
    Plain,
    Span,
    Spans,
)
from bot.core.plain import in_zone, spans_to_plain
from bot.core.rendering import clean, fits, safe_address, sentences, size

Json = dict[str, Any]

MOMENT = "{date_long}, {time}"
"""Slack's date tokens: each reader sees them in their own zone (formatting-message-text, Dates)."""


def to_section(spans: Spans) -> Json | None:
    """A piece of rich text of its own; None where there is nothing to be seen."""
    return _holding("rich_text_section", spans)


def to_quote(spans: Spans) -> Json | None:
    return _holding("rich_text_quote", spans)


def to_block(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def to_elements(spans: Spans) -> list[Json]:
    """The spans as elements of rich text; empty ones, which Slack refuses, are left out."""
    made = [_element(span) for span in spans]
    merged: list[Json] = []
    for style, group in groupby((one for one in made if one is not None), _style):
        alike = list(group)
        if style is None:
            merged += alike
        else:
            merged.append(alike[0] | {"text": "".join(one["text"] for one in alike)})
    return merged


def parted(spans: Spans, most: int) -> list[Spans]:
    """The spans in pieces of at most `most` characters, cut between sentences."""
    pieces: list[Spans] = []
    piece: list[Span] = []
    used = 0
    for atom in (atom for span in spans for atom in _atoms(span, most)):
        cost = size(spans_to_plain((atom,)))
        if piece and used + cost > most:
            pieces.append(tuple(piece))
            piece, used = [], 0
        piece.append(atom)
        used += cost
    if piece:
        pieces.append(tuple(piece))
    return pieces


def _holding(kind: str, spans: Spans) -> Json | None:
    elements = to_elements(spans)
    while elements and elements[0]["type"] == "text" and not elements[0]["text"].strip():
        del elements[0]
    while elements and elements[-1]["type"] == "text":
        if kept := elements[-1]["text"].rstrip():
            elements[-1] = elements[-1] | {"text": kept}
            break
        del elements[-1]
    return {"type": kind, "elements": elements} if elements else None


def _element(span: Span) -> Json | None:
    match span:
        case Plain():
            return _text(span.text)
        case Bold():
            return _text(span.text, "bold")
        case Italic():
            return _text(span.text, "italic")
        case Code() | FactMark():
            return _text(span.text, "code")
        case Link():
            return _link(span)
        case PersonName():
            return _text(span.name)  # by name: an element of theirs would notify them
        case Moment():
            return _date(span)
        case CitationMark():
            return _text(f" [{span.number}]")
        case _:
            assert_never(span)


def _text(text: str, style: str | None = None) -> Json | None:
    shown = clean(text)
    if not shown:
        return None
    made: Json = {"type": "text", "text": shown}
    return made if style is None else made | {"style": {style: True}}


def _link(link: Link) -> Json | None:
    address, words = safe_address(link.url), clean(link.text)
    if not address:
        return _text(link.text)
    if not fits(address, LINK):
        return _text(spans_to_plain((link,)))
    return {"type": "link", "url": address} | ({"text": words} if words.strip() else {})


def _date(moment: Moment) -> Json | None:
    fallback = in_zone(moment.at, ZoneInfo(moment.zone))
    timestamp = int(moment.at.timestamp())
    if timestamp < 0:
        return _text(fallback)  # Slack's dates begin with 1970
    return {"type": "date", "timestamp": timestamp, "format": MOMENT, "fallback": fallback}


def _style(element: Json) -> str | None:
    """What neighbouring texts must share to be one; None for what always stands alone."""
    return str(element.get("style", "")) if element["type"] == "text" else None


def _atoms(span: Span, most: int) -> Iterable[Span]:
    """The span in pieces that fit; a longer one of sentences, words at worst."""
    match span:
        case Plain() | Bold() | Italic() | Code():
            return (replace(span, text=part) for part in sentences(span.text, most))
        case PersonName():
            return (Plain(part) for part in sentences(span.name, most))
        case Link():
            if fits(spans_to_plain((span,)), most):
                return (span,)
            return (Plain(part) for part in sentences(spans_to_plain((span,)), most))
        case Moment() | CitationMark() | FactMark():
            return (span,)
        case _:
            assert_never(span)
