"""A platform-neutral message: a closed union of blocks, made of typed text spans.

What a person typed is always a `Plain` span: renderers escape it, and only renderers do. Each
renderer is one `match` that ends in `assert_never`, so a new block or span is noticed everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from storage.ids import RoleRef

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# --- spans --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plain:
    text: str
    type: Literal["plain"] = "plain"


@dataclass(frozen=True, slots=True)
class Bold:
    text: str
    type: Literal["bold"] = "bold"


@dataclass(frozen=True, slots=True)
class Italic:
    text: str
    type: Literal["italic"] = "italic"


@dataclass(frozen=True, slots=True)
class Code:
    """What a person could type: a command, an id."""

    text: str
    type: Literal["code"] = "code"


@dataclass(frozen=True, slots=True)
class Link:
    """A link; `url` is the platform's own or a source's, never typed by a student."""

    text: str
    url: str
    type: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person, shown by name; never notifies anybody."""

    name: str
    type: Literal["person"] = "person"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC): each reader sees it in their own zone where the platform can.

    `zone` is the course's IANA zone, used where the reader's is not known.
    """

    at: datetime
    zone: str
    type: Literal["moment"] = "moment"


@dataclass(frozen=True, slots=True)
class CitationMark:
    """A mark that points to the footnote with the same number."""

    number: int
    type: Literal["citation"] = "citation"


@dataclass(frozen=True, slots=True)
class FactMark:
    """A fact's id; where the platform can, it opens the fact (`/fact about F12`).

    `said` is how a person wrote it (f12), where they did.
    """

    id: str
    said: str = ""
    type: Literal["fact"] = "fact"

    @property
    def text(self) -> str:
        return self.said or self.id


Span = Plain | Bold | Italic | Code | Link | PersonName | Moment | CitationMark | FactMark
Spans = tuple[Span, ...]

# --- blocks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    spans: Spans
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Quote:
    spans: Spans
    type: Literal["quote"] = "quote"


@dataclass(frozen=True, slots=True)
class Fields:
    """Pairs of a short label and its value."""

    pairs: tuple[tuple[str, Spans], ...]
    type: Literal["fields"] = "fields"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows have as many cells as `columns`; `numeric` are the columns set flush right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Spans, ...], ...]
    numeric: frozenset[int] = frozenset()
    type: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, never without words for those who can't see it.

    `url` leads to the web, or is a `data:image/png;base64,…` URL that holds the picture itself.
    """

    url: str
    alt: str
    type: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class Divider:
    type: Literal["divider"] = "divider"


@dataclass(frozen=True, slots=True)
class Button:
    """A button runs a command of the catalogue with these arguments, as if it had been typed.

    `form` opens the command's form, filled in with the arguments, instead of running it.
    """

    label: str
    command: str
    arguments: tuple[tuple[str, str], ...] = ()
    emphasis: bool = False
    form: bool = False


@dataclass(frozen=True, slots=True)
class Actions:
    buttons: tuple[Button, ...]
    type: Literal["actions"] = "actions"


@dataclass(frozen=True, slots=True)
class Footnotes:
    """Numbered from 1, in order: what the citation marks point to."""

    notes: tuple[Spans, ...]
    type: Literal["footnotes"] = "footnotes"


Block = Text | Quote | Fields | Table | Image | Divider | Actions | Footnotes


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Card:
    """One message. `footer` is small print under it; a posted prompt carries its D12 there.

    For a post, where the platform has such: `notify` is the role that is notified by it, `tag`
    what it is filed under; `alone`: no thread belongs to it. An edit notifies nobody.
    """

    title: str | None = None
    blocks: tuple[Block, ...] = ()
    footer: str | None = None
    tone: Literal["normal", "refusal"] = field(default="normal")
    notify: RoleRef | None = None
    tag: str | None = None
    alone: bool = False


# --- making cards -------------------------------------------------------------------------------


def spans(*parts: str | Span) -> Spans:
    """Spans from spans and strings; a string is plain text."""
    return tuple(Plain(part) if isinstance(part, str) else part for part in parts)


def text(*parts: str | Span) -> Text:
    return Text(spans(*parts))


def joined(rows: Iterable[Spans], mark: str = ", ") -> Spans:
    """Rows of spans in one row, parted by a mark."""
    whole: list[Span] = []
    for row in rows:
        whole += [*spans(mark), *row] if whole else row
    return tuple(whole)


def paragraphs(typed: str) -> tuple[Text, ...]:
    """A text that a person wrote, one block for each paragraph (blank lines part them)."""
    return tuple(text(part.strip()) for part in typed.split("\n\n") if part.strip())


def number(count: int, noun: str) -> str:
    """A count with its noun: 1 message, 2 messages."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# --- keeping cards ------------------------------------------------------------------------------


def to_json(card: Card) -> Any:
    """The card as plain JSON values; `from_json` gives an equal card back."""
    return _adapter().dump_python(card, mode="json")


def from_json(value: Any) -> Card:
    return _adapter().validate_python(value)


@cache
def _adapter() -> "TypeAdapter[Card]":
    from pydantic import TypeAdapter

    return TypeAdapter(Card)
