"""How a person reads what Slack shows: the words of blocks, and what in them would act."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.adapters.slack.render import Rendered
from tests.fakes.slack_workspace.blocks import in_message

QUIET = {"text", "link", "date", "emoji"}
"""The elements of rich text that notify nobody."""


def refused(messages: Iterable[Rendered]) -> list[str]:
    """What Slack would refuse, in its words."""
    return [wrong for message in messages for wrong in in_message(list(message.blocks))[1]]


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within, in the order of reading."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from parts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from parts(part)


def shown(blocks: Iterable[Any]) -> str:
    """All that is read, block by block."""
    return "\n".join("".join(_said(block)) for block in blocks)


def acting(messages: Iterable[Rendered]) -> set[str]:
    """What in the messages is markup, notifies somebody, or is not what was written."""
    found: set[str] = set()
    for message in messages:
        for part in parts(message.blocks):
            kind = part.get("type")
            if kind == "mrkdwn" or kind in ("user", "channel", "usergroup", "broadcast"):
                found.add(str(kind))
            if kind == "plain_text" and part.get("emoji") is not False:
                found.add("emoji's name")
        if "<" in message.text or ">" in message.text:
            found.add("markup in the plain text")
    return found


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def squeezed(text: str) -> str:
    """Without white space, of which some goes where a text is parted."""
    return "".join(text.split())


def words(messages: Iterable[Rendered]) -> str:
    """Only letters and figures of all that is read, to find words again."""
    return letters(" ".join(shown(message.blocks) for message in messages))


def _said(block: dict[str, Any]) -> Iterator[str]:
    for part in parts(block):
        if isinstance(part.get("text"), str):
            yield part["text"]
        elif part.get("type") == "date":
            yield part["fallback"]
        elif "alt_text" in part:
            yield part["alt_text"]
        elif part.get("type") == "emoji":
            yield f":{part['name']}:"
