"""How many words a text has: `count` is the one place where that is decided.

The rule (in order): code is left out, fenced then inline; mentions and custom emoji are left out;
bare addresses are left out; `:emoji:` names are left out; what remains is split on white space,
and a piece with at least one letter or digit (of any script) is a word.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_INLINE = re.compile(r"`[^`\n]*`")
_ADDRESS = re.compile(r"(?<![^\W_])https?://\S+", re.IGNORECASE)
_EMOJI = re.compile(r"(?<!\d):[A-Za-z0-9_+\-]+:(?!\d)")  # and not the 30 of 10:30:45


class Measure(NamedTuple):
    """`words` by the rule above; `words_raw` split on white space; `characters` of the text."""

    words: int
    words_raw: int
    characters: int


NOTHING = Measure(0, 0, 0)


def count(text: str | None, unspoken: Sequence[str] = ()) -> Measure:
    """Measure a text. `unspoken` are its pieces that are a platform's marks and no words."""
    if not text:
        return NOTHING
    spoken = _without_code(text)
    for piece in sorted(unspoken, key=len, reverse=True):  # @Boris before @Bo
        spoken = spoken.replace(piece, " ")
    return _measured(text, spoken)


def count_raw(raw: str, spoken: str, unmarked: Callable[[str], str]) -> Measure:
    """Measure a text as a platform keeps it, with its own marks in it: `spoken` is that text with
    nothing escaped, and `unmarked` takes the marks out of it, once its code is out."""
    if not raw:
        return NOTHING
    return _measured(raw, unmarked(_without_code(spoken)))


def _measured(raw: str, spoken: str) -> Measure:
    spoken = _without_addresses(spoken)
    words, all_ = _words(spoken)
    return Measure(words, words if all_ and spoken == raw else len(raw.split()), len(raw))


def _without_code(text: str) -> str:
    return _INLINE.sub(" ", _FENCED.sub(" ", text)) if "`" in text else text


def _without_addresses(spoken: str) -> str:
    if ":" not in spoken:
        return spoken
    if "://" in spoken:
        spoken = _ADDRESS.sub(" ", spoken)
    return _EMOJI.sub(" ", spoken)


def _words(spoken: str) -> tuple[int, bool]:
    """How many words, and whether each piece of the text surely is one: where one space follows
    each but the last, the spaces are counted, which is much faster than to make the pieces."""
    if spoken.isascii():
        left = spoken.encode().translate(_ASCII, _SILENT).decode()
    else:
        left = spoken.translate(_SPOKEN)
    if left and "  " not in left and left[0] != " " and left[-1] != " ":
        return left.count(" ") + 1, True
    return len(left.split()), False


class _Spoken(dict[int, int | None]):
    """Leaves letters, digits (Unicode's L* and Nd: "½" and "²" are neither), and a space for white
    space, and drops all else: a piece that had none of them is gone, and any other is one word
    still."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        kept = code if character.isalpha() or character.isdecimal() else None
        self[code] = 32 if character.isspace() else kept
        return self[code]


_SPOKEN = _Spoken()
_ASCII = bytes(32 if chr(code).isspace() else code for code in range(256))
_SILENT = bytes(code for code in range(128) if _SPOKEN[code] is None)
