"""What others wrote, row by row: text that can be kept, and rows that can't be read."""

import re

_UNKEPT = re.compile("[\ud800-\udfff\x00]")


class Unreadable(Exception):
    """A row that is not what it should be; str() says how."""


def clean(text: str) -> str:
    """With a sign in the place of what no database keeps: halves of a character, and the zero."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text)
