"""From a card to Discord's messages: embeds, rows of buttons, files. A card over Discord's limits
becomes several embeds or messages, cut between blocks or sentences, and nothing is left out."""

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, assert_never
from weakref import WeakKeyDictionary

import discord

from bot.adapters.discord import limits
from bot.adapters.discord.custom_ids import to_custom_id
from bot.adapters.discord.markdown import inline, parted, to_markdown
from bot.adapters.discord.tables import to_code_block
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
    Spans,
    Table,
    Text,
    spans,
)
from bot.core.rendering import clean, cut, fits, safe_address, size, to_paragraphs

COLOUR = {"normal": 0x3B5B7A, "refusal": 0xB3392B}
PIECE = limits.EMBED_DESCRIPTION - 96
"""One piece of text; the rest is room for marks that two pieces need when they meet."""
RULE = "───────"
EMPTY = "…"
"""Discord takes no message without anything in it."""
NARROW = 40
"""Characters of a field that stands beside others."""

_PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class Press:
    """A button as Discord has it."""

    label: str
    custom_id: str
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message; `alt` is read to who can't see it."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message as Discord takes it, as data: sent by any number of calls."""

    embeds: tuple[discord.Embed, ...] = ()
    rows: tuple[tuple[Press, ...], ...] = ()
    files: tuple[Attached, ...] = ()
    notify: int | None = None
    """The role that is notified when it is sent, and by nothing else in it."""

    def to_view(self) -> discord.ui.View | None:
        """The buttons, on a running event loop; None where there are none.

        Pressing is answered by the button's name alone, so discord.py need not keep the view.
        """
        if not self.rows:
            return None
        view = discord.ui.View(timeout=None)
        for number, row in enumerate(self.rows):
            for press in row:
                view.add_item(_button(press, number))
        view.stop()
        return view

    def to_files(self) -> list[discord.File]:
        """The files, new ones for each time the message is sent."""
        return [
            discord.File(BytesIO(file.content), file.name, description=file.alt or None)
            for file in self.files
        ]

    def to_arguments(self) -> dict[str, Any]:
        """The arguments with which discord.py's `send` sends it; it notifies nobody but the role
        that an instructor chose."""
        allowed = discord.AllowedMentions.none()
        arguments: dict[str, Any] = {"embeds": list(self.embeds), "allowed_mentions": allowed}
        if self.notify is not None:
            allowed.roles = [discord.Object(self.notify)]
            arguments["content"] = f"<@&{self.notify}>"
        if (view := self.to_view()) is not None:
            arguments["view"] = view
        if self.files:
            arguments["files"] = self.to_files()
        return arguments


def to_messages(card: Card) -> tuple[Rendered, ...]:
    """The card as messages, at least one: the title on the first, the footer on the last."""
    made = _MADE.get(card)
    if made is None:
        made = _MADE[card] = _messages(card)
    return made


_MADE: WeakKeyDictionary[Card, tuple[Rendered, ...]] = WeakKeyDictionary()
"""What the core keeps, such as a fact's card, is rendered once; of any other card nothing stays
once it has been answered."""


def _messages(card: Card) -> tuple[Rendered, ...]:
    page = _Page(COLOUR[card.tone])
    page.title(card.title or "")
    for number, block in enumerate(card.blocks):
        rest = card.blocks[number + 1 :]
        closing = all(isinstance(after, Actions | Image) for after in rest)
        _block(page, block, closing)
    page.footer(card.footer or "")
    first, *others = page.messages()
    notify = None if card.notify is None else int(card.notify)
    return (replace(first, notify=notify), *others)


def _block(page: "_Page", block: Block, closing: bool) -> None:
    """Put a block on the page; `closing`: no text comes after it."""
    match block:
        case Text():
            page.text(block.spans)
        case Quote():
            page.text(block.spans, "> ")
        case Fields():
            page.fields(block, closing)
        case Table():
            if (columns := to_code_block(block, PIECE)) is not None:
                page.add(columns)
                return
            for paragraph in to_paragraphs(block):
                page.text(paragraph)
        case Image():
            _image(page, block)
        case Divider():
            page.add(RULE)
        case Actions():
            page.buttons(block.buttons)
        case Footnotes():
            for number, note in enumerate(block.notes, 1):
                page.text((Plain(f"[{number}] "), *note), "-# ")
        case _:
            assert_never(block)


def _image(page: "_Page", image: Image) -> None:
    alt = clean(image.alt)
    if picture := _PICTURE.fullmatch(image.url):
        content = _decoded(picture[1])
        if content is not None and fits(alt, limits.FILE_DESCRIPTION):
            page.picture(content, alt)
            return
        page.text(spans(alt), "-# ")
        if content is not None:
            page.picture(content, cut(alt, limits.FILE_DESCRIPTION))
        return
    address = safe_address(image.url)
    page.text(spans(alt), "-# ")
    if address and fits(address, 2_000):
        page.image(address)


def _decoded(coded: str) -> bytes | None:
    try:
        content = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if len(content) <= limits.FILE_BYTES else None


@dataclass(slots=True)
class _Message:
    embeds: list[discord.Embed] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    used: int = 0


class _Page:
    """Fills embeds and messages from top to bottom, a new one where the last is full."""

    def __init__(self, colour: int) -> None:
        self._colour = colour
        self._messages = [_Message()]
        self._rows: list[list[Button]] = []
        self._full = True  # the embed takes no more text: it has a picture or fields

    # --- text -----------------------------------------------------------------------------------

    def title(self, title: str) -> None:
        shown = inline(title)
        if not shown:
            return
        if fits(shown, limits.EMBED_TITLE):
            self._embed(size(shown)).title = shown
            self._full = False
        else:
            self.text((Bold(title),))

    def text(self, words: Spans, mark: str = "", tight: bool = False) -> None:
        """A block of its own; `mark` opens each line, `tight` leaves no blank line above it."""
        for number, piece in enumerate(parted(words, PIECE, len(mark))):
            shown = to_markdown(piece).lstrip("\n").rstrip()
            if shown.strip():
                close = number == 0 and (tight or (mark != "" and self._ends_with(mark)))
                self.add("\n".join(mark + line for line in shown.split("\n")), tight=close)

    def add(self, shown: str, tight: bool = False) -> None:
        """A piece of Markdown that fits into an embed; `tight` leaves no blank line above it."""
        gap = "\n" if tight else "\n\n"
        embed = self._last()
        if embed is not None and not self._full:
            joined = shown if embed.description is None else f"{embed.description}{gap}{shown}"
            grown = size(joined) - size(embed.description or "")
            if fits(joined, limits.EMBED_DESCRIPTION) and self._room() >= grown:
                embed.description = joined
                self._messages[-1].used += grown
                return
        self._embed(size(shown)).description = shown
        self._full = False

    def footer(self, footer: str) -> None:
        shown = clean(footer)
        if not shown.strip():
            return
        cost = size(shown)
        if cost > limits.EMBED_FOOTER:
            self.text((Plain(footer),), "-# ")
            return
        embed = self._last()
        if embed is None or self._room() < cost:
            embed = self._embed(cost)
        else:
            self._messages[-1].used += cost
        embed.set_footer(text=shown)

    def fields(self, fields: Fields, closing: bool) -> None:
        """Beside each other where they close the card, else as lines in their order."""
        pairs = [(inline(label), to_markdown(value).strip()) for label, value in fields.pairs]
        cost = sum(size(label) + size(value) for label, value in pairs)
        beside = closing and 0 < len(pairs) <= limits.EMBED_FIELDS and cost <= 4_000
        if not beside or not all(_is_field(label, value) for label, value in pairs):
            for number, (name, words) in enumerate(fields.pairs):
                self.text((Bold(f"{name}:"), Plain(" "), *words), tight=number > 0)
            return
        embed = self._last()
        if embed is None or embed.image.url or embed.fields or self._room() < cost:
            embed = self._embed(cost)
        else:
            self._messages[-1].used += cost
        for label, value in pairs:
            embed.add_field(name=label, value=value, inline=size(value) <= NARROW)
        self._full = True

    # --- pictures and buttons -------------------------------------------------------------------

    def picture(self, content: bytes, alt: str) -> None:
        embed = self._for_image()
        files = self._messages[-1].files
        name = "picture.png" if not files else f"picture-{len(files) + 1}.png"
        files.append(Attached(name, content, alt))
        embed.set_image(url=f"attachment://{name}")
        self._full = True

    def image(self, address: str) -> None:
        self._for_image().set_image(url=address)
        self._full = True

    def buttons(self, buttons: tuple[Button, ...]) -> None:
        for begin in range(0, len(buttons), limits.BUTTONS_IN_ROW):
            self._rows.append([*buttons[begin : begin + limits.BUTTONS_IN_ROW]])

    # --- what has come of it --------------------------------------------------------------------

    def messages(self) -> tuple[Rendered, ...]:
        """The messages; the buttons stand under the last, and what is more under further ones."""
        groups = [
            self._rows[begin : begin + limits.ROWS]
            for begin in range(0, len(self._rows), limits.ROWS)
        ] or [[]]
        made = [Rendered(tuple(m.embeds), files=tuple(m.files)) for m in self._messages]
        if not made[0].embeds and not self._rows:
            made[0] = Rendered((discord.Embed(description=EMPTY, colour=self._colour),))
        first, *more = map(_presses, groups)
        made[-1] = replace(made[-1], rows=first)
        return (*made, *(Rendered(rows=rows) for rows in more))

    def _last(self) -> discord.Embed | None:
        embeds = self._messages[-1].embeds
        return embeds[-1] if embeds else None

    def _ends_with(self, mark: str) -> bool:
        embed = self._last()
        if embed is None or embed.description is None:
            return False
        return embed.description.rpartition("\n")[2].startswith(mark)

    def _room(self) -> int:
        return limits.EMBEDS_IN_ALL - self._messages[-1].used

    def _embed(self, cost: int) -> discord.Embed:
        """A new embed for something of this size, in a new message if need be."""
        if self._room() < cost or len(self._messages[-1].embeds) == limits.EMBEDS:
            self._messages.append(_Message())
        made = discord.Embed(colour=self._colour)
        self._messages[-1].embeds.append(made)
        self._messages[-1].used += cost
        return made

    def _for_image(self) -> discord.Embed:
        if len(self._messages[-1].files) == limits.FILES:
            self._messages.append(_Message())
        embed = self._last()
        return self._embed(0) if embed is None or embed.image.url else embed


def _is_field(label: str, value: str) -> bool:
    return (
        bool(label)
        and bool(value)
        and fits(label, limits.EMBED_FIELD_NAME)
        and fits(value, limits.EMBED_FIELD_VALUE)
    )


def _presses(rows: list[list[Button]]) -> tuple[tuple[Press, ...], ...]:
    numbers = iter(range(limits.ROWS * limits.BUTTONS_IN_ROW))
    return tuple(tuple(_press(button, next(numbers)) for button in row) for row in rows)


def _press(button: Button, number: int) -> Press:
    label = " ".join(clean(button.label).split()) or EMPTY
    shown = cut(label, limits.BUTTON_LABEL)
    return Press(shown, to_custom_id(button, number), button.emphasis)


def _button(press: Press, row: int) -> discord.ui.Button[discord.ui.View]:
    style = discord.ButtonStyle.primary if press.emphasis else discord.ButtonStyle.secondary
    return discord.ui.Button(
        style=style, label=press.label, custom_id=press.custom_id, row=row
    )  # fmt: skip
