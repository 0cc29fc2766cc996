"""How a person reads what Discord shows: Markdown as its help page has it, read by a small parser
of our own, so that a mark that works is told from one that only stands there."""

import re
from collections.abc import Sequence

import discord

from bot.adapters.discord.render import Rendered
from bot.core.rendering import size

_SHOWN = "\ue000"  # stands for a character after a backslash, while marks are looked for

MARKS = {
    "bold": re.compile(r"\*\*[^*\n]+?\*\*"),
    "italic": re.compile(
        r"(?<!\*)\*(?=\S)[^*\n]+?\*(?!\*)|(?<![A-Za-z0-9_])_[^_]+?_(?![A-Za-z0-9_])"
    ),
    "underline": re.compile(r"__[^_]+?__"),
    "struck": re.compile(r"~~.+?~~", re.DOTALL),
    "spoiler": re.compile(r"\|\|.+?\|\|", re.DOTALL),
    "code": re.compile(r"(`+)(?:.*?[^`])\1(?!`)", re.DOTALL),
    "link": re.compile(r"\[[^\]]*\]\([^)]*\)"),
    "address": re.compile(r"https?://\S", re.IGNORECASE),
    "person or channel": re.compile(r"<(?:@[!&]?|#)\d+>"),
    "everybody": re.compile(r"@(?:everyone|here)"),
    "command": re.compile(r"</[^>\n]+:\d+>"),
    "moment": re.compile(r"<t:-?\d+(?::\w)?>"),
    "emoji": re.compile(r"<a?:\w+:\d+>"),
    "emoji's name": re.compile(r":[A-Za-z0-9_+-]+:"),
    "guide": re.compile(r"<id:\w+>"),
    "heading": re.compile(r"^\s*#{1,3} ?\S", re.MULTILINE),
    "small": re.compile(r"^\s*-# ", re.MULTILINE),
    "list": re.compile(r"^\s*(?:[*+-]|\d+\.) ", re.MULTILINE),
    "quote": re.compile(r"^\s*(?:>|>>>) ", re.MULTILINE),
}


def marks(markdown: str) -> set[str]:
    """The names of the marks that Discord would act on."""
    bare = re.sub(r"\\([^0-9A-Za-z\s])", _SHOWN, markdown)
    return {name for name, pattern in MARKS.items() if pattern.search(bare)}


def acting(messages: tuple[Rendered, ...]) -> set[str]:
    """The marks in embeds that reach people or lead away; labels, footers and code have none."""
    found: set[str] = set()
    for message in messages:
        for embed in message.embeds:
            for part in (embed.title, embed.description, *_texts(embed)[2:-1]):
                bare = re.sub(r"\\([^0-9A-Za-z\s])", _SHOWN, part or "")
                bare = re.sub(r"^```\n.*?^```$", "", bare, flags=re.DOTALL | re.MULTILINE)
                found |= marks(MARKS["code"].sub("", bare))
    quiet = {"bold", "italic", "small", "quote", "moment"}
    return found - quiet


def unescaped(markdown: str) -> str:
    """The text as it is read, backslashes taken away as Discord takes them."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown)


def texts(messages: tuple[Rendered, ...]) -> list[str]:
    """Every text that the messages show, as Discord gets it, in the order of reading."""
    found: list[str] = []
    for message in messages:
        for embed in message.embeds:
            found += [embed.title or "", embed.description or ""]
            found += [part or "" for field in embed.fields for part in (field.name, field.value)]
            found += [embed.footer.text or ""]
        found += [file.alt for file in message.files]
        found += [press.label for row in message.rows for press in row]
    return [part for part in found if part]


def words(messages: tuple[Rendered, ...]) -> str:
    """What is read, without the marks: only letters and figures, to find words again."""
    return letters(" ".join(unescaped(part) for part in texts(messages)))


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def over_limits(messages: tuple[Rendered, ...]) -> list[str]:
    """What Discord would refuse, in words; measured from the payload, not by our own helpers."""
    wrong = []
    for message in messages:
        if not (message.embeds or message.rows or message.files):
            wrong.append("empty message")
        if len(message.embeds) > 10 or len(message.files) > 10 or len(message.rows) > 5:
            wrong.append("too many embeds, files or rows")
        wrong += over_limits_of(message.embeds)
        presses = [press for row in message.rows for press in row]
        names = [press.custom_id for press in presses]
        if len(set(names)) != len(names):
            wrong.append("two buttons of one name")
        if any(not 1 <= len(row) <= 5 for row in message.rows):
            wrong.append("row of buttons")
        for press in presses:
            if not 1 <= len(press.label) <= 80 or not 1 <= len(press.custom_id) <= 100:
                wrong.append("button")
    return wrong


def over_limits_of(embeds: Sequence[discord.Embed]) -> list[str]:
    """What Discord would refuse of a message's embeds."""
    wrong = [problem for embed in embeds for problem in _embed(embed)]
    if sum(_count(embed) for embed in embeds) > 6_000:
        wrong.append("6,000 in all")
    return wrong


def _count(embed: discord.Embed) -> int:
    return len(embed) + sum(char > "\uffff" for text in _texts(embed) for char in text)


def _texts(embed: discord.Embed) -> list[str]:
    fields = [part or "" for field in embed.fields for part in (field.name, field.value)]
    return [embed.title or "", embed.description or "", *fields, embed.footer.text or ""]


def _embed(embed: discord.Embed) -> list[str]:
    wrong = []
    if size(embed.title or "") > 256 or size(embed.description or "") > 4_096:
        wrong.append("title or description")
    if len(embed.fields) > 25 or size(embed.footer.text or "") > 2_048:
        wrong.append("fields or footer")
    names = [size(field.name or "") for field in embed.fields]
    values = [size(field.value or "") for field in embed.fields]
    if not all(1 <= name <= 256 for name in names) or not all(1 <= v <= 1_024 for v in values):
        wrong.append("field")
    if not any(part.strip() for part in _texts(embed)) and not embed.image.url:
        wrong.append("empty embed")
    return wrong
