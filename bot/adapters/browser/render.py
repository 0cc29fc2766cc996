"""From a card to HTML. Every text is escaped here and only here: nothing that a person wrote
becomes markup, and an address becomes a link only if it leads to the web or into the classroom."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import assert_never
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from bot.core.cards import (
    Actions,
    Block,
    Bold,
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

_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a card is rendered: their zone, who they are in this window, and a name that is
    the card's own on the page, so that footnotes of two cards don't mix."""

    zone: ZoneInfo
    ref: str = ""
    card: str = "card"


def to_html(block: Block, reader: Reader) -> str:
    match block:
        case Text():
            return f"<p>{spans_to_html(block.spans, reader)}</p>"
        case Quote():
            return f"<blockquote><p>{spans_to_html(block.spans, reader)}</p></blockquote>"
        case Fields():
            pairs = (
                f"<div><dt>{escape(label)}</dt><dd>{spans_to_html(value, reader)}</dd></div>"
                for label, value in block.pairs
            )
            return f"<dl>{''.join(pairs)}</dl>"
        case Table():
            return _table(block, reader)
        case Image():
            if not (
                source := block.url
                if _PICTURE.fullmatch(block.url)
                else safe_address(block.url, "")
            ):
                return f"<p>{escape(block.alt)}</p>"
            return f'<img src="{escape(source)}" alt="{escape(block.alt)}" loading="lazy">'
        case Divider():
            return "<hr>"
        case Actions():
            # Where nothing can be pressed, the labels still say what there is; pages have buttons.
            labels = (f"<li>{escape(button.label)}</li>" for button in block.buttons)
            return f'<ul class="cf-actions">{"".join(labels)}</ul>'
        case Footnotes():
            return _footnotes(block, reader)
        case _:
            assert_never(block)


def spans_to_html(spans: Spans, reader: Reader) -> str:
    return "".join(span_to_html(span, reader) for span in spans)


def span_to_html(span: Span, reader: Reader) -> str:
    match span:
        case Plain():
            return _lines(span.text)
        case Bold():
            return f"<strong>{_lines(span.text)}</strong>"
        case Italic():
            return f"<em>{_lines(span.text)}</em>"
        case Code():
            return f"<code>{escape(span.text)}</code>"
        case Link():
            return _link(span, reader)
        case PersonName():
            return f'<span class="cf-person">{escape(span.name)}</span>'
        case Moment():
            return moment_to_html(span.at, reader.zone, _long(span.at, ZoneInfo(span.zone)))
        case CitationMark():
            mark = f"{reader.card}-note-{span.number}"
            return (
                f'<sup><a class="cf-mark" href="#{escape(mark)}"'
                f' aria-label="Footnote {span.number}">{span.number}</a></sup>'
            )
        case FactMark():
            fact = escape(span.id)
            return (
                f'<button type="button" class="cf-fact" data-fact="{fact}"'
                f' title="Show fact {fact}">{escape(span.text)}</button>'
            )
        case _:
            assert_never(span)


def moment_to_html(at: datetime, zone: ZoneInfo, title: str) -> str:
    """An instant in the reader's zone; `title` is shown to whoever rests on it."""
    shown = escape(_long(at, zone))
    return f'<time datetime="{at.isoformat()}" title="{escape(title)}">{shown}</time>'


def clock_to_html(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A message's time, short: the hour today, the day before that."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    if here.date() == today:
        short = f"{here:%H:%M}"
    elif here.year == today.year:
        short = f"{here.day} {here:%b}, {here:%H:%M}"
    else:
        short = f"{here.day} {here:%b %Y}"
    return (
        f'<time datetime="{at.isoformat()}" title="{escape(_long(at, zone))}">'
        f"{escape(short)}</time>"
    )


def safe_address(url: str, reader: str) -> str:
    """The address if it is http, https or within the classroom, else nothing.

    An address within the classroom keeps who the reader is in this window.
    """
    if any(ord(c) <= 32 or ord(c) == 127 for c in url) or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.netloc:
        return url
    if parts.scheme or parts.netloc or not url.startswith("/") or url.startswith("//"):
        return ""
    if not reader:
        return url
    query = f"as={quote(reader, safe='')}" + (f"&{parts.query}" if parts.query else "")
    return f"{parts.path}?{query}" + (f"#{parts.fragment}" if parts.fragment else "")


def _link(link: Link, reader: Reader) -> str:
    address = safe_address(link.url, reader.ref)
    if not address:
        return _lines(link.text)
    away = ' target="_blank" rel="noopener noreferrer"' if not address.startswith("/") else ""
    return f'<a href="{escape(address)}"{away}>{escape(link.text)}</a>'


def _table(table: Table, reader: Reader) -> str:
    def kind(number: int) -> str:
        return ' class="cf-number"' if number in table.numeric else ""

    head = "".join(
        f'<th scope="col"{kind(number)}>{escape(column)}</th>'
        for number, column in enumerate(table.columns)
    )
    rows = (
        f'<th scope="row">{spans_to_html(first, reader)}</th>'
        + "".join(
            f"<td{kind(number)}>{spans_to_html(cell, reader)}</td>"
            for number, cell in enumerate(rest, start=1)
        )
        for first, *rest in table.rows
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    named = escape(", ".join(column for column in table.columns if column))
    return (
        f'<div class="cf-table" tabindex="0" role="group" aria-label="Table: {named}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _footnotes(notes: Footnotes, reader: Reader) -> str:
    items = (
        f'<li id="{escape(reader.card)}-note-{number}">{spans_to_html(note, reader)}</li>'
        for number, note in enumerate(notes.notes, start=1)
    )
    return f'<ol class="cf-notes" aria-label="Footnotes">{"".join(items)}</ol>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _long(at: datetime, zone: ZoneInfo) -> str:
    here = at.astimezone(zone)
    return f"{here:%a} {here.day} {here:%B %Y, %H:%M} {here:%Z}".rstrip()
