"""From a card to Slack's messages: blocks, their plain text, files. A card over Slack's limits
becomes several messages, cut between blocks or sentences, and nothing is left out."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, assert_never
from weakref import WeakKeyDictionary

from bot.adapters.slack import limits, tables
from bot.adapters.slack.action_ids import to_action
from bot.adapters.slack.rich_text import Json, parted, to_block, to_quote, to_section
from bot.adapters.slack.texts import escape
from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Divider,
    Fields,
    Footnotes,
    Image,
    Plain,
    Quote,
    Span,
    Spans,
    Table,
    Text,
    spans,
)
from bot.core.plain import spans_to_plain, to_plain
from bot.core.rendering import clean, cut, fits, safe_address, size, split, to_paragraphs

EMPTY = "…"
"""Slack takes no message without anything in it."""
REFUSAL: tuple[Json, ...] = (
    {"type": "emoji", "name": "warning"},
    {"type": "text", "text": " "},
)
"""Stands before the first words of a refusal."""

_PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a message; `alt` is read to who can't see it."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message as Slack takes it. `text` is all of it as plain text, escaped: for
    notifications and screen readers."""

    blocks: tuple[Json, ...]
    text: str
    files: tuple[Attached, ...] = ()

    def to_arguments(self) -> dict[str, Any]:
        """What every method that writes a message takes; nobody is notified by it."""
        return {
            "blocks": list(self.blocks),
            "text": self.text,
            "parse": "none",
            "link_names": False,
        }

    def to_post(self) -> dict[str, Any]:
        """What chat.postMessage takes: no markup in the plain text, no previews of links."""
        quiet = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
        return self.to_arguments() | quiet


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block that is not parted any more, and what it says."""

    block: Json
    said: str
    file: Attached | None = None

    @property
    def cost(self) -> int:
        return max(size(self.said), len(escape(self.said))) + limits.BLOCK_COST


def to_messages(card: Card) -> tuple[Rendered, ...]:
    """The card as messages, at least one: the title on the first, the footer on the last."""
    made = _MADE.get(card)
    if made is None:
        pieces = list(_pieces(card)) or [_empty()]
        made = _MADE[card] = tuple(map(_message, _packed(pieces)))
    return made


_MADE: WeakKeyDictionary[Card, tuple[Rendered, ...]] = WeakKeyDictionary()
"""A send renders its card in each of its steps: once is enough while the card is there."""


def to_view_blocks(card: Card) -> list[Json]:
    """The card's blocks for a modal or a home tab, which have no tables and no files. However many
    they are: limits.VIEW_BLOCKS is the caller's to mind."""
    return [piece.block for piece in _pieces(card, in_view=True)]


# --- from blocks to pieces ----------------------------------------------------------------------


def _pieces(card: Card, *, in_view: bool = False) -> Iterator[_Piece]:
    numbers = count()
    made = [*_title(card.title or "")]
    for block in card.blocks:
        made += _block(block, in_view, numbers)
    made += _small(card.footer or "")
    return iter(_refused(made) if card.tone == "refusal" else made)


def _block(block: Block, in_view: bool, numbers: Iterator[int]) -> Iterable[_Piece]:
    """`numbers` tell buttons and pictures of one card from each other."""
    match block:
        case Text():
            return _texts(block.spans)
        case Quote():
            return _quotes(block.spans)
        case Fields():
            return _lines([(Bold(f"{label}:"), Plain(" "), *value) for label, value in block.pairs])
        case Table():
            return _table(block, in_view)
        case Image():
            return _image(block, numbers)
        case Divider():
            return [_Piece({"type": "divider"}, "---")]
        case Actions():
            return _buttons(block.buttons, numbers)
        case Footnotes():
            notes = enumerate(block.notes, 1)
            return _lines([(Plain(f"[{number}] "), *note) for number, note in notes])
        case _:
            assert_never(block)


def _title(title: str) -> Iterable[_Piece]:
    shown = " ".join(clean(title).split())
    if not shown:
        return []
    if not fits(shown, limits.HEADER):
        return _texts((Bold(title),))
    return [_Piece({"type": "header", "text": plain_text(shown)}, shown)]


def _small(words: str) -> Iterable[_Piece]:
    for part in split(clean(words), limits.CONTEXT_TEXT):
        if part.strip():
            context = {"type": "context", "elements": [plain_text(part.strip())]}
            yield _Piece(context, part.strip())


def _texts(words: Spans) -> Iterable[_Piece]:
    for piece in parted(words, limits.TEXT):
        if (section := to_section(piece)) is not None:
            yield _Piece(to_block(section), spans_to_plain(piece).strip("\n"))


def _quotes(words: Spans) -> Iterable[_Piece]:
    for piece in parted(words, limits.TEXT):
        if (quote := to_quote(piece)) is not None:
            yield _Piece(to_block(quote), to_plain(Card(blocks=(Quote(piece),))))


def _lines(rows: Iterable[Spans]) -> Iterable[_Piece]:
    """Lines under each other, as many in a block as fit."""
    lines: list[Span] = []
    for row in rows:
        if lines and not fits(spans_to_plain((*lines, *row)), limits.TEXT - 1):
            yield from _texts(tuple(lines))
            lines = []
        lines += (*((Plain("\n"),) if lines else ()), *row)
    yield from _texts(tuple(lines))


def _table(table: Table, in_view: bool) -> Iterable[_Piece]:
    if in_view or not tables.fits(table):
        for paragraph in to_paragraphs(table):
            yield from _texts(paragraph)
        return
    for part in tables.parted(table):
        yield _Piece(tables.to_table(part), to_plain(Card(blocks=(part,))))


def _image(image: Image, numbers: Iterator[int]) -> Iterable[_Piece]:
    """A picture on the web as a block; one that comes with the card as a file, its words here."""
    alt = clean(image.alt)
    address = safe_address(image.url)
    if address and fits(address, limits.IMAGE_URL) and alt.strip():
        if not fits(alt, limits.ALT_TEXT):
            yield from _small(alt)
        shown = cut(alt, limits.ALT_TEXT)
        yield _Piece({"type": "image", "image_url": address, "alt_text": shown}, f"[{shown}]")
        return
    content = _decoded(image.url)
    for number, piece in enumerate(_small(alt if alt.strip() else EMPTY)):
        name = f"picture-{next(numbers) + 1}.png"
        file = Attached(name, content, alt) if content and number == 0 else None
        yield _Piece(piece.block, piece.said, file)


def _buttons(buttons: tuple[Button, ...], numbers: Iterator[int]) -> Iterable[_Piece]:
    for begin in range(0, len(buttons), limits.BUTTONS):
        some = buttons[begin : begin + limits.BUTTONS]
        elements = [_button(button, next(numbers)) for button in some]
        said = " ".join(f"[{element['text']['text']}]" for element in elements)
        yield _Piece({"type": "actions", "elements": elements}, said)


def _button(button: Button, number: int) -> Json:
    label = " ".join(clean(button.label).split()) or EMPTY
    action_id, value = to_action(button, number)
    made: Json = {
        "type": "button",
        "text": plain_text(cut(label, limits.BUTTON_LABEL)),
        "action_id": action_id,
        "value": value,
    }
    return made | {"style": "primary"} if button.emphasis else made


def plain_text(text: str) -> Json:
    """A text object in which nothing is markup, and no name an emoji."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _decoded(url: str) -> bytes | None:
    picture = _PICTURE.fullmatch(url)
    try:
        return base64.b64decode(picture[1], validate=True) if picture else None
    except (binascii.Error, ValueError):
        return None


def _empty() -> _Piece:
    (piece,) = _texts(spans(EMPTY))
    return piece


def _refused(pieces: list[_Piece]) -> list[_Piece]:
    """With the sign of a refusal before the first words."""
    for at, piece in enumerate(pieces):
        if piece.block["type"] == "rich_text":
            first, *rest = piece.block["elements"]
            marked = first | {"elements": [*REFUSAL, *first["elements"]]}
            block = piece.block | {"elements": [marked, *rest]}
            return [*pieces[:at], _Piece(block, piece.said), *pieces[at + 1 :]]
    return pieces


# --- from pieces to messages --------------------------------------------------------------------


def _packed(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces in messages, a new one where one is full or would get a second table."""
    message: list[_Piece] = []
    used = 0
    for piece in pieces:
        more = piece.block["type"] == "table" and any(_is_table(other) for other in message)
        full = len(message) == limits.BLOCKS or used + piece.cost > limits.MESSAGE
        if message and (more or full):
            yield message
            message, used = [], 0
        message.append(piece)
        used += piece.cost
    yield message


def _message(pieces: list[_Piece]) -> Rendered:
    return Rendered(
        blocks=tuple(piece.block for piece in pieces),
        text=escape("\n".join(piece.said for piece in pieces)),
        files=tuple(piece.file for piece in pieces if piece.file is not None),
    )


def _is_table(piece: _Piece) -> bool:
    return bool(piece.block["type"] == "table")
