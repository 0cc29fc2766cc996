"""Where the sentences of a passage end, for whoever reads which of them are cited.

A sentence ends at a full stop, question or exclamation mark or ellipsis, with the closing quotes
and brackets after it, where white space and then a capital letter or a figure follow. It goes on
after an initial (Lewis H. Siegelbaum), a common abbreviation (Dr. Spade, vol. 2) and a number that
opens it (1. Interesting); after abbreviations that end sentences too (U.S., a.m., etc.) it ends
only where a function word follows. It can be wrong, and costs a reader a glance when it is.
"""

import re

from prompts.evidence.names import OPENERS

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘„«(\[]*([^\W_]+))")
_BEFORE = re.compile(r"[\"'“‘„«(\[]*([^\s\"'“‘„«(\[]*)$")
_INITIAL = re.compile(r"[^\W\d_](?:\.?-[^\W\d_])?")
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_TITLES = frozenset(
    ("Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Rev", "Hon", "Gen", "Col", "Lt", "Sgt", "Capt", "Maj")
)
_NUMBERED = """
    no nos vol vols ed eds fig figs p pp ch chap sec art ca
    jan feb mar apr jun jul aug sep sept oct nov dec
"""
_BEFORE_FIGURES = frozenset(_NUMBERED.split())
_WITHIN = frozenset(("vs", "cf", "e.g", "i.e", "viz", "approx", "ca"))
_OFTEN_LAST = frozenset(("etc", "jr", "sr", "co", "inc", "ltd", "corp", "dept", "est"))


def split(text: str) -> list[tuple[int, int]]:
    """The sentences of one passage as (start, end), in order; pieces without a letter join the
    next one, or are dropped at the end."""
    found = []
    start = 0
    for match in _END.finditer(text):
        if _ends(text, start, match):
            found.append((start, match.end()))
            start = match.end()
    found.append((start, len(text)))
    return [_trimmed(text, *piece) for piece in found if _has_letter(text[slice(*piece)])]


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    follows = match[1]
    if not (follows[0].isupper() or follows[0].isdigit()):
        return False
    if not _has_letter(text[start : match.start()]):
        return False
    if not match[0].startswith(".") or match[0].startswith(".."):
        return True
    before = _BEFORE.search(text[start : match.start()])
    word = before[1] if before else ""
    if word in _TITLES or word.lower() in _WITHIN:
        return False
    if word.lower() in _BEFORE_FIGURES and follows[0].isdigit():
        return False
    if word.lower() in _OFTEN_LAST or _DOTTED.fullmatch(word) or _INITIAL.fullmatch(word):
        return follows.lower() in OPENERS and len(follows) > 1
    return True


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
