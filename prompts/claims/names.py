"""Names in a text: people, places, papers, by their capitals, and the role each stands in."""

from collections.abc import Sequence
from dataclasses import dataclass

from prompts.claims.english import FILLERS, SOURCES, word_set
from prompts.claims.words import Word
from prompts.dates import MONTHS

_NOT_NAMES = frozenset(month.lower() for month in MONTHS) | word_set("""
monday tuesday wednesday thursday friday saturday sunday english imo imho lol ok i
""")
_TITLES = word_set("mr mrs ms dr comrade general president king queen tsar czar sir lord")
_PAST = word_set("""
was is were had has said told wrote made did gave got took came went set cut dug led met ran
won lost called founded formed began built broke thought spoke became invented brought kept left
put sang stood held drew sent taught fought felt heard bought sold chose rose grew threw drove flew
coined shot struck wants wrote can could would
""")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words with capitals; `role` is how it stands: in, by, subject, possessive, other."""

    stems: frozenset[str]
    lows: tuple[str, ...]
    first: int
    last: int
    role: str
    sure: bool  # not merely the first word of a sentence


def names(words: Sequence[Word], text: str, taken: frozenset[int] = frozenset()) -> list[Name]:
    """The names of a sentence, in order; none in a text that is all capitals."""
    letters = [letter for letter in text if letter.isalpha()]
    if len(words) > 4 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters):
        return []
    found = []
    place = 0
    while place < len(words):
        last = _run(words, place, taken, text)
        if last is None:
            place += 1
            continue
        found.append(_name(words, place, last, text))
        place = last + 1
    return [name for name in found if name]


def _may_be(words: Sequence[Word], place: int, taken: frozenset[int], text: str) -> bool:
    word = words[place]
    if place in taken or not word.capital or word.low in _NOT_NAMES:
        return False
    if word.low.split("'")[0] in ("i", "it"):
        return False
    return not (word.low in FILLERS and (_begins(words, place, text) or word.low != "time")
                and word.low not in ("life", "time"))  # fmt: skip


def _begins(words: Sequence[Word], place: int, text: str) -> bool:
    """Whether the word has its capital from where it stands."""
    if place == 0:
        return True
    between = text[words[place - 1].end : words[place].start]
    return any(mark in between for mark in ':"“”.!?*•-—')


def _run(words: Sequence[Word], place: int, taken: frozenset[int], text: str) -> int | None:
    if not _may_be(words, place, taken, text):
        return None
    last = place
    while last + 1 < len(words) and _adjoins(words, last, text):
        if words[last + 1].capital and last + 1 not in taken:
            last += 1
            continue
        break
    return last


def _adjoins(words: Sequence[Word], last: int, text: str) -> bool:
    """Whether only a space or hyphen parts a word from the next, and it is no possessive."""
    if text[words[last].end : words[last + 1].start].strip(" -.\n"):
        return False
    typed = words[last].text
    return not typed.endswith(("'s", "’s"))


def _name(words: Sequence[Word], first: int, last: int, text: str) -> Name | None:
    run = [word for word in words[first : last + 1] if word.low not in _TITLES]
    if not run:
        return None
    sure = not _begins(words, first, text) or last > first
    if all(word.low in SOURCES or word.low in FILLERS - {"time", "life"} for word in run):
        return None
    role = _role(words, first, last)
    lows = tuple(word.low for word in run)
    return Name(frozenset(word.stem for word in run), lows, first, last, role, sure)


def _role(words: Sequence[Word], first: int, last: int) -> str:
    before = words[first - 1].low if first else ""
    if before == "the" and first > 1:
        before = words[first - 2].low
    after = words[last + 1].low if last + 1 < len(words) else ""
    if words[last].text.endswith(("'s", "’s", "s'", "s’")):
        return "owner"
    if before in ("in", "at", "near", "inside", "from"):
        return "place"
    if before == "as" and after == "put":
        return "doer"
    if before in ("like", "unlike", "than", "as", "versus", "vs"):
        return "likened"
    if before in ("by", "with", "for", "to", "of"):
        return before
    if before in ("is", "was", "were", "called", "named", "be"):
        return "named"
    if after in _PAST or after.endswith("ed") or after in ("who", "is", "did", "didn't"):
        return "doer"
    return "other"
