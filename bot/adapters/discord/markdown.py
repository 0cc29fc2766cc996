"""From spans to Discord's Markdown. Every text is escaped here and only here: what a person wrote
notifies nobody, links nowhere and is no markup, and reads exactly as they wrote it.

The rules are those of Discord's help page "Markdown Text 101" and of the developer documentation's
Reference / Message Formatting. discord.utils.escape_markdown leaves headings, lists, links, small
text, emoji names and timestamps as they are, and escape_mentions puts an invisible character in.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby, pairwise
from typing import assert_never

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
from bot.core.plain import spans_to_plain
from bot.core.rendering import clean, safe_address, sentences, size

_MARKS = re.compile(r"[\\*_~|`\[\]<@]")
_COLON = re.compile(r":(?=//|[\w+-]+:)")
_LINE_MARK = re.compile(r"^([^\S\n]*)([#>+-]|\d+(?=\.))", re.MULTILINE)
_UNSAFE_IN_LINK = re.compile(r"[\[\]]|://|www\.|\n")


def escape(text: str) -> str:
    """The text so that Discord shows it exactly; a backslash stands before each mark."""
    text = _MARKS.sub(r"\\\g<0>", clean(text))
    text = _COLON.sub(r"\\:", text)
    return _LINE_MARK.sub(_escape_line_mark, text)


def inline(text: str) -> str:
    """A text for one line: a title, a field's name."""
    return escape(" ".join(clean(text).split()))


def to_markdown(spans: Spans) -> str:
    """The spans as one piece of Markdown, for the beginning of a line."""
    merged = list(_merged(spans))
    rendered = [
        _span(span, merged[number + 1] if number + 1 < len(merged) else None)
        for number, span in enumerate(merged)
    ]
    return "".join(rendered)


def parted(spans: Spans, most: int, around: int = 0) -> list[Spans]:
    """The spans in pieces, each at most `most` characters of Markdown, cut between sentences.

    `around` is what each line costs on top: the mark of a quotation.
    """
    merged = tuple(_merged(spans))
    if around + sum(_bound(span, around) for span in merged) <= most:
        return [merged] if merged else []
    pieces: list[Spans] = []
    piece: list[Span] = []
    used = around
    for span in merged:
        for atom in _atoms(span, most - around):
            cost = _cost(atom, around)
            if piece and used + cost > most:
                pieces.append(tuple(piece))
                piece, used = [], around
            piece.append(atom)
            used += cost
    if piece:
        pieces.append(tuple(piece))
    return pieces


def _span(span: Span, following: Span | None) -> str:
    match span:
        case Plain():
            return escape(span.text)
        case Bold():
            return _wrapped(span.text, "**")
        case Italic():
            return _italic(span.text, following)
        case Code():
            return _code(span.text)
        case Link():
            return _link(span)
        case PersonName():
            return escape(span.name)
        case Moment():
            return f"<t:{int(span.at.timestamp())}:F>"
        case CitationMark():
            return f" \\[{span.number}\\]"
        case FactMark():
            return _code(span.text)
        case _:
            assert_never(span)


def _merged(spans: Spans) -> Iterable[Span]:
    """Neighbours of one kind as one span: the marks of two in a row would be read as others."""
    if all(type(one) is not type(other) for one, other in pairwise(spans)):
        return spans
    return _joined(spans)


def _joined(spans: Spans) -> Iterable[Span]:
    for kind, group in groupby(spans, type):
        if kind in (Plain, Bold, Italic, Code):
            yield kind("".join(spans_to_plain((span,)) for span in group))
        else:
            yield from group


def _wrapped(text: str, mark: str) -> str:
    """Each line in its marks, spaces at its ends outside of them."""
    lines = []
    for line in clean(text).split("\n"):
        inner = line.strip()
        if not inner:
            lines.append(line)
            continue
        begin = line.index(inner)
        lines.append(f"{line[:begin]}{mark}{escape(inner)}{mark}{line[begin + len(inner) :]}")
    return "\n".join(lines)


def _italic(text: str, following: Span | None) -> str:
    """Between underscores, which Discord reads only where no letter follows them."""
    after = "" if following is None else to_markdown((following,))[:1]
    touches = re.match(r"\w", after, re.ASCII) is not None and text[-1:].strip() != ""
    return escape(text) if touches else _wrapped(text, "_")


def _code(text: str) -> str:
    """Between backticks; as plain text where none would hold it together."""
    inner = clean(text)
    if not inner.strip() or "\n" in inner:
        return escape(inner)
    if "`" not in inner:
        return f"`{inner}`"
    if re.search(r"(?<!`)``(?!`)|```", inner):
        return escape(inner)
    return f"`` {inner} ``"


def _link(link: Link) -> str:
    address = safe_address(link.url)
    text = clean(link.text)
    if not address or not text.strip():
        return escape(text) if not address else f"<{address}>"
    if _UNSAFE_IN_LINK.search(text):
        return f"{escape(text)} (<{address}>)"
    return f"[{escape(text)}]({address})"


def _escape_line_mark(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _atoms(span: Span, most: int) -> list[Span]:
    """The span in pieces that fit; a longer one of sentences, words at worst."""
    match span:
        case Plain() | Bold() | Italic() | Code():
            if _cost(span, 0) <= most and size(span.text) < 200:
                return [span]
            room = max(1, most // 3)
            while True:
                pieces = [replace(span, text=part) for part in sentences(span.text, room)]
                if all(_cost(piece, 0) <= most for piece in pieces) or room == 1:
                    return [*pieces]
                room = max(1, room // 2)
        case PersonName():
            return [*_atoms(Plain(span.name), most)] if _cost(span, 0) > most else [span]
        case Link():
            if _cost(span, 0) <= most:
                return [span]
            # An address too long for a message can't be pressed; its words still stand.
            return _atoms(Plain(f"{span.text} ({span.url})"), most)
        case Moment() | CitationMark() | FactMark():
            return [span]
        case _:
            assert_never(span)


def _cost(span: Span, around: int) -> int:
    """What it takes at most, whatever stands beside it."""
    rendered = _span(span, None)
    if isinstance(span, Code):
        rendered = max(rendered, escape(span.text), key=size)
    return size(rendered) + around * rendered.count("\n")


def _bound(span: Span, around: int) -> int:
    """What it takes is no more than this, found without rendering a text: each character is an
    emoji or has a backslash before it, each line its mark, one more backslash and Bold's marks."""
    if not isinstance(span, Plain | Bold | Italic | Code):
        return _cost(span, around)
    lines = 1 + span.text.count("\n") + span.text.count("\r")
    return 2 * len(span.text) + (around + 6) * lines
