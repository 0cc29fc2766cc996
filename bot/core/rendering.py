"""What renderers share: a text without what no platform shows, a label that fits, a long text in
pieces, an address that leads to the web, a table read row by row."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from bot.core.arguments import TURNING
from bot.core.cards import Bold, Link, Plain, Span, Spans, Table
from bot.core.commands import Param
from bot.core.plain import spans_to_plain

_NOT_SHOWN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{TURNING}]")
_HALF = re.compile("[\ud800-\udfff]")
_BLANK = re.compile(r"\n\n+")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+")
_WORD = re.compile(r"\s+")


def clean(text: str) -> str:
    """Without what no platform shows: controls, halves of a character, marks that turn the
    direction of what comes after them."""
    if text.isprintable():
        return text  # it has none of these
    return _HALF.sub("\ufffd", _NOT_SHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def safe_address(url: str) -> str:
    """The address if it leads to the web, with what would end a link encoded."""
    if any(ord(char) <= 32 or ord(char) == 127 for char in url) or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return quote(url, safe="!#$%&'*+,/:;=?@[]~-._").replace("'", "%27")


def to_label(param: Param) -> str:
    """What stands at a parameter's field: “Catch up (optional)”."""
    words = param.name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:] + ("" if param.required else " (optional)")


def size(text: str) -> int:
    """Characters as the strictest reading counts them: UTF-16 units, an emoji as two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str, most: int) -> bool:
    return 2 * len(text) <= most or (len(text) <= most and size(text) <= most)


def cut(label: str, most: int) -> str:
    """A label that fits; one that was cut ends in …."""
    if fits(label, most):
        return label
    return f"{_head(label, most - 1).rstrip()}…"


def split(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` characters; joined, they are the text again.

    Parted at blank lines if that does, else at lines, sentences, words, and last anywhere.
    """
    return list(_pack(_fitting(text, most, (_BLANK, _LINE, _SENTENCE, _WORD)), most))


def sentences(text: str, most: int) -> list[str]:
    """The sentences of a text, each with the space that follows it, none over `most`."""
    return [piece for part in _parts(text, _SENTENCE) for piece in split(part, most)]


def to_paragraphs(table: Table) -> list[Spans]:
    """Each row as **its first cell** · column: value · …, without what is empty."""
    if not table.rows:
        return [_joined([(Bold(column),) for column in table.columns])]
    return [_paragraph(table, row) for row in table.rows]


def _fitting(text: str, most: int, boundaries: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    if fits(text, most):
        if text:
            yield text
        return
    if not boundaries:
        while text:
            piece = _head(text, most)
            yield piece
            text = text[len(piece) :]
        return
    for part in _parts(text, boundaries[0]):
        yield from _fitting(part, most, boundaries[1:])


def _parts(text: str, boundary: re.Pattern[str]) -> Iterator[str]:
    begin = 0
    for match in boundary.finditer(text):
        yield text[begin : match.end()]
        begin = match.end()
    if begin < len(text):
        yield text[begin:]


def _pack(pieces: Iterator[str], most: int) -> Iterator[str]:
    packed = ""
    for piece in pieces:
        if packed and not fits(packed + piece, most):
            yield packed
            packed = ""
        packed += piece
    if packed:
        yield packed


def _head(text: str, most: int) -> str:
    """The longest beginning that fits."""
    head = text[:most]
    while size(head) > most:
        head = head[: -max(1, (size(head) - most) // 2)]
    return head


def _paragraph(table: Table, row: tuple[Spans, ...]) -> Spans:
    first = spans_to_plain(row[0]) if row else ""
    linked = any(isinstance(span, Link) for span in row[0]) if row else False
    head: Spans = row[0] if linked or not first.strip() else (Bold(first),)
    title: Spans = (Plain(f"{table.columns[0]}: "), *head) if table.columns[0].strip() else head
    rest = [
        (Plain(f"{column}: "), *cell)
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
        if spans_to_plain(cell).strip()
    ]
    return _joined([title, *rest])


def _joined(parts: list[Spans]) -> Spans:
    joined: list[Span] = []
    for number, part in enumerate(parts):
        if number:
            joined.append(Plain(" · "))
        joined.extend(part)
    return tuple(joined)
