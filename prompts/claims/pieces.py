"""A message cut into what is checked at once: sentences, and clauses where they turn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prompts.claims.profiles import Passage, content, passage
from prompts.claims.words import sentences
from prompts.models import Pack

MAX_WORDS = 120  # of one sentence; what is longer is no sentence

_TURN = re.compile(
    r",?\s+(?=(?:but|however|whereas|yet)\b)|,\s+(?=(?:not|while|although|though)\b)",
    re.IGNORECASE,
)
# Addresses, and mentions as people type them and as Discord and Slack do: @ana, <@U024>, <#C1|x>.
_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|<[@#!:][^<>\s]*>|(?<!\w)[@#]\w[\w.-]*",
    re.IGNORECASE,
)
_WORD = re.compile(r"\b[Ff][1-9]\d{0,4}\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that is checked at once."""

    text: str
    start: int
    passage: Passage
    asks: bool


def plain(text: str, pack: Pack) -> str:
    """The text with blanks for what only looks like names and figures: addresses, mentions, ids of
    facts. As long as before."""
    blank = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    return _WORD.sub(
        lambda found: " " * len(found[0]) if pack.find_fact(found[0]) else found[0], blank
    )


def pieces(text: str, pack: Pack) -> Iterator[Piece]:
    """Sentences, cut where they turn: what comes after a "but" is a claim of its own."""
    for sentence in sentences(plain(text, pack)):
        start = 0
        for cut in [*_TURN.finditer(sentence.text), None]:
            end = cut.start() if cut else len(sentence.text)
            piece = sentence.text[start:end]
            made = passage(piece, statement=False)
            if cut and not list(content(made.words)):
                continue
            if made.words and len(made.words) <= MAX_WORDS:
                yield Piece(piece, sentence.start + start, made, sentence.asks)
            start = cut.end() if cut else end
