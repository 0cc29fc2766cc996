"""What Discord takes at most, each with the page of its developer documentation that says so, and
how a text is brought under a limit: a label is cut visibly, a text is parted and nothing lost."""

import re
from collections.abc import Iterator
from datetime import timedelta

# Resources / Message / Embed Limits. Spaces at the beginning and end are trimmed by Discord.
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4_096
EMBED_FIELDS = 25
EMBED_FIELD_NAME = 256
EMBED_FIELD_VALUE = 1_024
EMBED_FOOTER = 2_048
EMBEDS_IN_ALL = 6_000
"""Titles, descriptions, fields and footers of all the embeds of one message together."""

# Resources / Message / Create Message.
EMBEDS = 10
CONTENT = 2_000
FILES = 10
NONCE = 25
# Resources / Message / Attachment Structure.
FILE_DESCRIPTION = 1_024
# Reference / Uploading Files: what every server takes, whatever its boosts.
FILE_BYTES = 10 * 1_024 * 1_024

# Components / Reference / Action Row, Button, Label, Text Input, String Select.
ROWS = 5
BUTTONS_IN_ROW = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
MODAL_LABEL = 45
MODAL_DESCRIPTION = 100
TEXT_INPUT = 4_000
PLACEHOLDER = 100
SELECT_OPTIONS = 25
SELECT_OPTION_LABEL = 100
SELECT_OPTION_VALUE = 100
# Interactions / Receiving and Responding / Modal.
MODAL_TITLE = 45
MODAL_COMPONENTS = 5
TOKEN_VALID = timedelta(minutes=15)

# Resources / Channel / Start Thread from Message.
THREAD_NAME = 100

# Interactions / Application Commands / Structure, Option, Option Choice, Registering a Command.
COMMANDS = 100
COMMAND_DESCRIPTION = 100
COMMAND_CHARACTERS = 8_000
"""Names, descriptions and choices' values of a command with all that is under it."""
SUBCOMMANDS = 25
OPTIONS = 25
CHOICES = 25
CHOICE_NAME = 100
CHOICE_VALUE = 100

_BLANK = re.compile(r"\n\n+")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+")
_WORD = re.compile(r"\s+")


def size(text: str) -> int:
    """Characters as the strictest reading counts them: UTF-16 units, an emoji as two."""
    return len(text) + sum(char > "\uffff" for char in text)


def fits(text: str, most: int) -> bool:
    return len(text) <= most and size(text) <= most


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
