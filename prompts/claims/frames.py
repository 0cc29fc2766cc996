"""Who does what to whom, read roughly: what stands before a verb and what after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from prompts.claims.english import word_set
from prompts.claims.words import Word

_PREPOSITIONS = word_set("""
in at on for with from during after before to into against about over under through across
than as like unlike between among by
""")
_PASSIVE = word_set("was were been being is are be got gets get getting")
_REACH = 9


@dataclass(frozen=True, slots=True)
class Frame:
    """The stems of who does it and of whom it is done to; either may be empty."""

    doer: frozenset[str]
    done_to: frozenset[str]


def frame(words: Sequence[Word], stems: Sequence[str], place: int) -> Frame:
    """What stands round the verb at `place`; passive is turned round."""
    before = _before(words, stems, place)
    passive = any(w.low in _PASSIVE for w in words[max(place - 3, 0) : place])
    if not passive:
        return Frame(before, _after(words, stems, place + 1))
    agent: frozenset[str] = frozenset()
    for word in words[place + 1 : place + _REACH]:
        if word.low == "by":
            agent = _after(words, stems, word.number + 1)
            break
    return Frame(agent, before)


def _before(words: Sequence[Word], stems: Sequence[str], place: int) -> frozenset[str]:
    """The last group of words before the verb in its clause that no preposition leads."""
    start = place
    while start and place - start < _REACH and words[start - 1].part == words[place].part:
        start -= 1
    found: set[str] = set()
    led = False
    for word in words[start:place]:
        if word.low in _PREPOSITIONS:
            led = True
        elif word.low in _PASSIVE or (word.low in ("the", "a", "had", "did", "and") and led):
            led = word.low == "the" and led
        elif stems[word.number] and not led:
            found.add(stems[word.number])
    return frozenset(found)


def _after(words: Sequence[Word], stems: Sequence[str], first: int) -> frozenset[str]:
    found: set[str] = set()
    part = words[first - 1].part if first <= len(words) else 0
    for word in words[first : first + _REACH]:
        if word.low in _PREPOSITIONS or word.part != part:
            break
        if stems[word.number]:
            found.add(stems[word.number])
    return frozenset(found)
