"""Slack's escaped text and ours: a message's text as a person reads it, with whom it mentions and
which of its pieces are no words; and a text of ours so that Slack shows it and acts on nothing.

The forms are those of docs.slack.dev, messaging/formatting-message-text and
messaging/retrieving-messages ("Special mentions", "Links", "Dates").
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.events import AccountRef, Person
from bot.core.rendering import clean

_ANGLED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_EMOJI = re.compile(r"(?<!\d):[A-Za-z0-9_+\-']+:(?::skin-tone-[2-6]:)?(?!\d)")
_ESCAPED = re.compile("&(?:amp|lt|gt);")


@dataclass(frozen=True, slots=True)
class Read:
    """A text as it is read. `mentions` are those named in it, each once, in order; `unspoken` the
    pieces of `text` that are Slack's own marks and no words."""

    text: str
    mentions: tuple[Person, ...]
    unspoken: tuple[str, ...]


def escape(text: str) -> str:
    """A text of ours as Slack wants it: it mentions nobody and links nowhere."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Only what Slack escapes: what a person typed as &eacute; stays so."""
    return _ESCAPED.sub(lambda match: html.unescape(match[0]), text)


def mentioned(raw: str) -> tuple[AccountRef, ...]:
    """The accounts that a text names, each once, in order."""
    named = (AccountRef(mark[2]) for mark in _ANGLED.finditer(raw) if mark[1] == "@" and mark[2])
    return tuple(dict.fromkeys(named))


def read(raw: str, named: Callable[[str], Person]) -> Read:
    """The text of a message; `named` knows accounts by their ids."""
    mentions = {ref: named(ref) for ref in mentioned(raw)}
    unspoken: list[str] = []

    def shown(mark: re.Match[str]) -> str:
        person = mentions.get(AccountRef(mark[2])) if mark[1] == "@" else None
        words = f"@{person.name}" if person is not None and person.name else to_words(mark)
        if mark[1]:
            unspoken.append(words)
        return words

    text = replaced(raw, shown)
    unspoken += _EMOJI.findall(text)
    pieces = dict.fromkeys(piece for piece in unspoken if piece)
    return Read(text, tuple(mentions.values()), tuple(pieces))


def read_plainly(raw: str) -> str:
    """A text as it is read by itself, where nobody is asked for names."""
    return replaced(raw, to_words)


def replaced(raw: str, shown: Callable[[re.Match[str]], str]) -> str:
    """The text unescaped, each form in angle brackets as it is `shown`."""
    parts: list[str] = []
    end = 0
    for mark in marks(raw):
        parts += (unescape(raw[end : mark.start()]), shown(mark))
        end = mark.end()
    return "".join([*parts, unescape(raw[end:])])


def marks(raw: str) -> list[re.Match[str]]:
    """The forms in angle brackets: `[1]` is their sign, `[2]` the id, `[3]` the label."""
    return list(_ANGLED.finditer(raw))


def to_words(mark: re.Match[str]) -> str:
    """One form in angle brackets as it says itself what it shows."""
    sign, id_, label = mark[1], unescape(mark[2]), unescape(mark[3] or "")
    match sign:
        case "@":
            return f"@{label or id_}"
        case "#":
            return f"#{label or id_}"
        case "!":
            return _special(id_, label)
        case _:
            return _address(id_, label)


def _special(id_: str, label: str) -> str:
    """@here and the like, a group of people, a date."""
    kind, _, rest = id_.partition("^")
    if kind == "date":
        return label or rest
    if kind == "subteam":
        return f"@{(label or rest).removeprefix('@')}"
    return f"@{(label or kind).removeprefix('@')}"


def _address(address: str, label: str) -> str:
    """A link by its label and its address; by one of them where both say the same."""
    if not label or label == address:
        return address
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    if label == bare or bare in (f"http://{label}", f"https://{label}"):
        return label
    return f"{label} ({address})"
