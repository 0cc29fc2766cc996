"""A text of a Slack export: as a person reads it, how many words it has, whom it names.

Its forms in angle brackets are those of docs.slack.dev, messaging/formatting-message-text; which
of them are words is said in bot/core/words.py and below.
"""

import html
import re
from collections.abc import Callable

from bot.core import words
from bot.core.words import NOTHING, Measure

_TOKEN = re.compile(r"(\?|&(?:amp;)?)t=xox[a-z]-[^&|<>\s]*(&(?:amp;)?|)")
_MARK = re.compile(r"<(?:[@#!][^<>]*|[A-Za-z][A-Za-z0-9+.\-]*:[^<>|\s]*(?:\|([^<>]*))?)>")
_ANGLED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|([^<>]*))?>")


def without_tokens(raw: str) -> str:
    """Without the keys to the workspace's files that an export writes into addresses."""
    if "=" not in raw or "t=xox" not in raw:
        return raw
    return _TOKEN.sub(lambda found: found[1] if found[2] else "", raw)


def measured(raw: str) -> Measure:
    """Words by the counting rules for archives: mentions and addresses are none, a link's label
    is; the rest is of the text as it was exported."""
    if not raw:
        return NOTHING
    return words.count_raw(raw, html.unescape(raw) if "&" in raw else raw, _unmarked)


def _unmarked(text: str) -> str:
    return _MARK.sub(_label, text) if "<" in text else text


def _label(mark: re.Match[str]) -> str:
    return " " if mark[1] is None else mark[1]


def named(raw: str) -> dict[str, str]:
    """The ids of the people it names, in order, each with the name that stands there, or ""."""
    return {mark[1]: mark[2] or "" for mark in _PERSON.finditer(raw)}


def readable(raw: str, name_of: Callable[[str], str | None]) -> str:
    """As a person reads it; `name_of` knows what people are called."""
    if "<" in raw:
        raw = _ANGLED.sub(lambda mark: _shown(mark, name_of), raw)
    return html.unescape(raw) if "&" in raw else raw


def _shown(mark: re.Match[str], name_of: Callable[[str], str | None]) -> str:
    sign, id_, label = mark[1], mark[2], mark[3]
    if sign == "@":
        return f"@{label or name_of(id_) or id_}"
    if sign == "#":
        return f"#{label or id_}"
    if sign == "!":
        return label or f"@{id_.partition('^')[0]}"
    return f"{label} ({id_})" if label and label not in id_ else id_
