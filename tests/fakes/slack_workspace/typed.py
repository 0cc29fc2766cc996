"""What a person types, as Slack hands it on: escaped, with ids for those who are called.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterable

from tests.fakes.slack_workspace.records import Channel, Json, User

_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_ADDRESS = re.compile(r"https?://[^\s<>|]+")
_BROADCAST = re.compile(r"@(here|channel|everyone)\b")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def as_sent(
    text: str, users: Iterable[User], channels: Iterable[Channel], *, names: bool = False
) -> str:
    """`@Name` and `#name` of those given become tokens, an address too; the rest is escaped.

    `names`: the tokens carry the name as well, as in a command that is escaped.
    """
    known = {f"@{u.name}": f"<@{u.id}|{u.handle}>" if names else f"<@{u.id}>" for u in users}
    for channel in channels:
        if channel.name:
            known[f"#{channel.name}"] = f"<#{channel.id}|{channel.name if names else ''}>"
    longest = sorted(known, key=len, reverse=True)
    some = "|".join(f"{re.escape(name)}(?![\\w-])" for name in longest) or "(?!)"
    pattern = re.compile(f"({some})|({_BROADCAST.pattern})|({_ADDRESS.pattern})")
    found, last = [], 0
    for match in pattern.finditer(text):
        found.append(escaped(text[last : match.start()]))
        word, last = match[0], match.end()
        if word in known:
            found.append(known[word])
        elif word.startswith("@"):
            found.append(f"<!{word[1:]}>")
        else:
            found.append(f"<{escaped(word)}>")
    return "".join([*found, escaped(text[last:])])


def rich(text: str) -> list[Json]:
    """The blocks that Slack's window sends along with what was typed."""
    spans: list[Json] = []
    last = 0
    for match in _TOKEN.finditer(text):
        _add_words(spans, text[last : match.start()])
        last = match.end()
        kind, target, label = match[1], match[2], match[3]
        if kind == "@":
            spans.append({"type": "user", "user_id": target})
        elif kind == "#":
            spans.append({"type": "channel", "channel_id": target})
        elif kind == "!":
            spans.append({"type": "broadcast", "range": target})
        else:
            link: Json = {"type": "link", "url": unescaped(target)}
            spans.append(link | ({"text": unescaped(label)} if label else {}))
    _add_words(spans, text[last:])
    if not spans:
        return []
    section = {"type": "rich_text_section", "elements": spans}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def _add_words(spans: list[Json], words: str) -> None:
    if words:
        spans.append({"type": "text", "text": unescaped(words)})
