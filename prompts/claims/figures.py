"""Figures in a text: how much, and of what. Dates are read by moments.py."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from prompts.claims import english
from prompts.claims.english import word_set
from prompts.claims.words import Word
from prompts.number_words import BELOW_HUNDRED, TENS

_NUMBERS: dict[str, float] = {**BELOW_HUNDRED}
_NUMBERS |= {"fourty": 40, "dozen": 12, "score": 20, "single": 1}
_AGES = {word.removesuffix("y") + "ies": 10.0 * n for n, word in enumerate(TENS, start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_FRACTIONS = {"half": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4,
              "fifth": 1 / 5, "fifths": 1 / 5, "tenth": 1 / 10, "tenths": 1 / 10}  # fmt: skip
_FOLD = {"twice": 2, "double": 2, "doubled": 2, "triple": 3, "tripled": 3, "thrice": 3,
         "quadruple": 4, "quadrupled": 4, "twofold": 2, "threefold": 3}  # fmt: skip
# Units that measure: the quantity, and how much of its smallest part one holds.
_MEASURES: dict[str, tuple[str, float]] = {
    "second": ("clock", 1), "sec": ("clock", 1), "minute": ("clock", 60), "min": ("clock", 60),
    "hour": ("clock", 3600), "hr": ("clock", 3600), "day": ("clock", 86_400),
    "week": ("clock", 604_800), "month": ("calendar", 1), "year": ("calendar", 12),
    "yr": ("calendar", 12), "decade": ("calendar", 120), "century": ("calendar", 1200),
    "ton": ("weight", 1000), "tonne": ("weight", 1000), "kilo": ("weight", 1),
    "kilogram": ("weight", 1), "kg": ("weight", 1), "pound": ("weight", 0.4536),
    "lb": ("weight", 0.4536), "gram": ("weight", 0.001), "ounce": ("weight", 0.0283),
    "mile": ("length", 1609), "kilometer": ("length", 1000), "kilometre": ("length", 1000),
    "km": ("length", 1000), "meter": ("length", 1), "metre": ("length", 1),
    "foot": ("length", 0.3048), "feet": ("length", 0.3048), "inch": ("length", 0.0254),
    "yard": ("length", 0.9144), "acre": ("area", 1), "hectare": ("area", 2.47),
    "dollar": ("dollar", 1), "cent": ("dollar", 0.01), "ruble": ("ruble", 1),
    "rouble": ("ruble", 1), "percent": ("percent", 1), "pct": ("percent", 1),
}  # fmt: skip
_QUANTITIES = frozenset(unit for unit, _ in _MEASURES.values())
_CURRENCY = {"$": "dollar", "£": "sterling", "€": "euro"}
_LABELS = word_set("""
page p room chapter question number no week section part f d step unit
""")
_BANDS = word_set("crew team group gang party band brigade squad total")
_STOPS = english.FILLERS - {"people", "person", "man", "times", "time", "single", "guys", "days",
                            "years", "year", "day"}  # fmt: skip
MOST_DIGITS = 15
MOST = 1e15
_DIGITS = re.compile(r"([$£€]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?(%?)$")


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity as a text states it, from word `first` to word `last` of its sentence.

    `units` are the stems of what is counted, or the one quantity that is measured (`clock`);
    `head` the stem of what a compound belongs to: shift in "six-hour shift". `low` and `high` are
    what the words leave open: equal for a plain figure.
    """

    value: float
    low: float
    high: float
    units: frozenset[str]
    head: str | None
    first: int
    last: int
    rate: bool = False
    bare: bool = False
    per: float = 0.0  # of a rate, the time it is for
    least: bool = False  # it may be more: at least four

    @property
    def measured(self) -> bool:
        """Whether it measures what anything may have, an hour or a share, and counts nothing."""
        return bool(self.units & _QUANTITIES)


def figures(words: Sequence[Word], skip: frozenset[int] = frozenset()) -> list[Figure]:
    """The figures of a sentence; words at the places in `skip` (dates) are none."""
    found = []
    place = 0
    while place < len(words):
        figure = None if place in skip else _figure_at(words, place, skip)
        if figure:
            found.append(figure)
            place = max(figure.last, place) + 1
        else:
            place += 1
    return found


# Words that put a share above or below the half: what they leave open, in percent.
_SHARES: dict[tuple[str, ...], tuple[float, float]] = {
    ("hardly", "anyone"): (0, 15), ("hardly", "anybody"): (0, 15), ("barely", "anyone"): (0, 15),
    ("almost", "nobody"): (0, 15), ("a", "minority"): (0, 50), ("a", "majority"): (50, 100),
    ("the", "majority"): (50, 100), ("most", "of"): (50, 100),
    ("almost", "everyone"): (80, 100), ("nearly", "everyone"): (80, 100),
}  # fmt: skip


def _share(words: Sequence[Word], place: int) -> Figure | None:
    pair = tuple(word.low for word in words[place : place + 2])
    if pair not in _SHARES:
        return None
    low, high = _SHARES[pair]
    return Figure((low + high) / 2, low, high, frozenset({"percent"}), None, place, place + 1)


def _figure_at(words: Sequence[Word], place: int, skip: frozenset[int]) -> Figure | None:
    low = words[place].low
    share = _share(words, place)
    if share:
        return share
    if low in _FOLD or low.endswith("fold"):
        value = _FOLD.get(low) or number_word(low.removesuffix("fold"))
        return _made(words, value, place, place, frozenset({"times"}), None) if value else None
    if low in _AGES and place and words[place - 1].low in ("his", "her", "their"):
        age = _AGES[low]
        return Figure(age, age, age + 9, frozenset({"age"}), None, place, place)
    fraction = _fraction(words, place)
    if fraction:
        return fraction
    if low in ("a", "an") and _is_measured_span(words, place):
        unit, size = _MEASURES[_singular(words[place + 1].low)]
        if unit == "clock":
            return _made(words, size, place, place + 1, frozenset({unit}), None)
    read = read_number(words, place)
    if read is None or (place and words[place - 1].low in _LABELS):
        return None
    value, last, own_unit = read
    return _with_unit(words, value, place, last, own_unit, skip)


def _is_measured_span(words: Sequence[Word], place: int) -> bool:
    """`in an hour`, `within just an hour`, but not `an hour later`."""
    if place + 1 >= len(words) or _singular(words[place + 1].low) not in _MEASURES:
        return False
    before = {word.low for word in words[max(place - 2, 0) : place]}
    return bool(before & {"in", "within", "during", "took", "takes", "under", "per", "only"})


def number_word(low: str) -> float | None:
    """Three, twenty-one as one word, 14."""
    if low in _NUMBERS:
        return _NUMBERS[low]
    match = _DIGITS.match(low)
    if match is None:
        return None
    return _capped(float(match[2].replace(",", "")[:MOST_DIGITS] + (match[3] or "")))


def is_number(low: str) -> bool:
    """Whether the word is a number, in letters or digits."""
    return low[0].isdigit() or low in _NUMBERS or low in _SCALES


def read_number(words: Sequence[Word], place: int) -> tuple[float, int, str | None] | None:
    """A number that begins here: its value, where it ends, and a unit written onto it."""
    low = words[place].low
    match = _DIGITS.match(low)
    if match:
        value = _capped(float(match[2].replace(",", "")[:MOST_DIGITS] + (match[3] or "")))
        unit = "percent" if match[4] else _CURRENCY.get(match[1])
        last = place
        if last + 1 < len(words) and words[last + 1].low in _SCALES:
            last += 1
            value *= _SCALES[words[last].low]
        return _and_a_half(words, value, last, unit)
    if low in ("a", "an", "half") and place + 1 < len(words):
        follow = words[place + 1].low
        if low == "half" and follow == "a" and place + 2 < len(words):
            return (6, place + 2, None) if words[place + 2].low == "dozen" else None
        if follow in _SCALES:
            return _spelled(words, place + 1, 1)
        return (12, place + 1, None) if follow == "dozen" else None
    if low in _NUMBERS or low in _SCALES:
        return _spelled(words, place, 0)
    return None


def _and_a_half(
    words: Sequence[Word], value: float, last: int, unit: str | None
) -> tuple[float, int, str | None]:
    if [word.low for word in words[last + 1 : last + 4]] == ["and", "a", "half"]:
        return value + 0.5, last + 3, unit
    return value, last, unit


def _capped(value: float) -> float:
    """Nothing anyone counts is more; a message may pile up hundreds without end."""
    return min(value, MOST)


def _spelled(words: Sequence[Word], place: int, given: float) -> tuple[float, int, str | None]:
    total, current, last = 0.0, given, place
    while last < len(words):
        low = words[last].low
        if low in _NUMBERS and (current == 0 or (current % 100 >= 20 and _NUMBERS[low] < 10)
                                or (current >= 100 and current % 100 == 0)):  # fmt: skip
            current += _NUMBERS[low]
        elif low in _SCALES:
            current = _capped(max(current, 1) * _SCALES[low])
            if low != "hundred":
                total, current = total + current, 0
        elif not (low == "and" and total + current >= 100 and last + 1 < len(words)
                  and words[last + 1].low in _NUMBERS):  # fmt: skip
            break
        last += 1
    return _and_a_half(words, _capped(total + current), last - 1, None)


def _fraction(words: Sequence[Word], place: int) -> Figure | None:
    """Two thirds of, half of, a quarter of, one in three, two out of three."""
    lows = [word.low for word in words[place : place + 5]]
    top = {"a": 1, "an": 1, "half": None}.get(lows[0], _NUMBERS.get(lows[0]))
    if lows[0] == "half" and len(lows) > 1 and lows[1] in ("of", "the", "all"):
        return _made(words, 50, place, place, frozenset({"percent"}), None, rough=True)
    if top and len(lows) > 1 and lows[1] in _FRACTIONS:
        value = 100 * top * _FRACTIONS[lows[1]]
        if value < 100 and "of" in lows[2:3]:
            return _made(words, value, place, place + 1, frozenset({"percent"}), None, rough=True)
    if top is None or len(lows) < 3 or "of" in lows[3:]:
        return None
    gap = {("in",): 1, ("out", "of"): 2}
    for between, size in gap.items():
        bottom = number_word(lows[1 + size]) if len(lows) > 1 + size else None
        if tuple(lows[1 : 1 + size]) == between and bottom and 1 <= top < bottom <= 100:
            units = frozenset({"percent"})
            return _made(words, 100 * top / bottom, place, place + 1 + size, units, None, True)
    return None


def _with_unit(
    words: Sequence[Word],
    value: float,
    first: int,
    last: int,
    own: str | None,
    skip: frozenset[int],
) -> Figure | None:
    if own:
        return _made(words, value, first, last, frozenset({own}), None)
    follow = words[last + 1 : last + 5]
    if follow and follow[0].low == "per" and len(follow) > 1 and follow[1].low == "cent":
        return _made(words, value, first, last + 2, frozenset({"percent"}), None)
    if follow and follow[0].low in ("times", "x", "fold"):
        return _made(words, value, first, last + 1, frozenset({"times"}), None)
    follow = [word for word in follow if word.number not in skip and word.part == words[last].part]
    units: list[str] = []
    for offset, word in enumerate(follow):
        if word.low in ("of", "more", "whole", "full", "straight", "entire") and not units:
            continue
        if word.low in _STOPS or word.low in _NUMBERS or word.low[0].isdigit():
            break
        singular = _singular(word.low)
        if singular in _MEASURES and not units:
            return _measured(words, value, first, word.number, follow[offset + 1 :])
        units.append(word.stem)
    if not units:
        return _of_nothing(words, value, first, last)
    lows = {word.low for word in words[last + 1 : last + 1 + len(units)]}
    return _made(words, value, first, last, frozenset(units) | _person(lows), None)


def _person(lows: set[str]) -> frozenset[str]:
    """A mark for what counts people at large, and one for what counts some sort of them."""
    if lows & english.GENERAL_PERSONS:
        return frozenset({"anyone", "someone"})
    sort = any(low.endswith(("ers", "ors", "men", "ists", "women")) for low in lows)
    return frozenset({"someone"}) if sort else frozenset()


def _of_nothing(words: Sequence[Word], value: float, first: int, last: int) -> Figure:
    """A number alone: an age in "was only twenty", people in "a crew of three", else bare."""
    lows = [word.low for word in words[max(first - 3, 0) : first]]
    if lows[-2:] == ["factor", "of"]:
        return _made(words, value, first, last, frozenset({"times"}), None)
    while lows and lows[-1] in ("only", "just", "about", "around", "nearly", "almost", "barely"):
        lows.pop()
    if lows[-1:] == ["of"] and len(lows) > 1 and lows[-2] in _BANDS:
        return _made(words, value, first, last, frozenset({"anyone", "someone"}), None)
    if lows and lows[-1] in ("was", "aged", "age", "turned") and 10 <= value < 110:
        return _made(words, value, first, last, frozenset({"age"}), None)
    return _made(words, value, first, last, frozenset(), None, bare=True)


def _measured(
    words: Sequence[Word], value: float, first: int, at: int, after: Sequence[Word]
) -> Figure:
    unit, size = _MEASURES[_singular(words[at].low)]
    lows = [word.low for word in after]
    if unit == "calendar" and (lows[:1] == ["old"] or lows[:2] == ["of", "age"]):
        return _made(words, value, first, at + 1, frozenset({"age"}), None)
    single = words[at].low == _singular(words[at].low)
    head = after[0] if single and value != 1 and after and after[0].low not in _STOPS else None
    rate = lows[:1] in (["an"], ["a"], ["per"], ["each"], ["every"])
    rate = rate and len(lows) > 1 and _singular(lows[1]) in _MEASURES
    made = _made(words, value * size, first, at, frozenset({unit}), head.stem if head else None)
    if not rate:
        return made
    per = _MEASURES[_singular(lows[1])][1]
    return Figure(made.value, made.low, made.high, made.units, None, first, at, True, per=per)


def _made(
    words: Sequence[Word],
    value: float,
    first: int,
    last: int,
    units: frozenset[str],
    head: str | None,
    rough: bool = False,
    bare: bool = False,
) -> Figure:
    before = tuple(word.low for word in words[max(first - 3, 0) : first])
    rough = rough or bool(english.APPROXIMATE & set(before[-2:]))
    after = words[last + 1].low if last + 1 < len(words) else ""
    slack = 0.12 if rough or after in ("ish", "odd") else 0.0
    low, high = value * (1 - slack), value * (1 + slack)
    if _ends(before, english.AT_MOST) or _ends(before, english.BELOW):
        low, high = 0.0, value
    elif _ends(before, english.ABOVE) or after == "plus":
        high = float("inf")
    least = _ends(before, english.AT_LEAST)
    return Figure(value, low, high, units, head, first, last, bare=bare, least=least)


def _ends(before: tuple[str, ...], phrases: Sequence[tuple[str, ...]]) -> bool:
    return any(before[-len(phrase) :] == phrase for phrase in phrases)


def _singular(low: str) -> str:
    if low in ("feet", "centuries"):
        return {"feet": "foot", "centuries": "century"}[low]
    return low[:-1] if low.endswith("s") and len(low) > 3 else {"hrs": "hr"}.get(low, low)


def agree(said: Figure, held: Figure) -> bool:
    """Whether what is said can be so where the fact holds."""
    if said.low <= held.value <= said.high:
        return True
    if held.least and held.value <= said.value < 1.5 * held.value:
        return True
    if held.low <= said.value <= held.high and held.low != held.high and held.high != float("inf"):
        return True
    return _rounded(said.value, held.value)


def _rounded(said: float, held: float) -> bool:
    """A figure with fewer digits that is within 2.5% of it: 100 for 102."""
    if not held or abs(said - held) / abs(held) > 0.025:
        return False
    return said == held or (said % 10 == 0 and held % 10 != 0)


def comparable(said: Figure, held: Figure) -> bool:
    """Whether both count or measure the same sort of thing."""
    if said.bare or held.bare or said.rate != held.rate:
        return False
    if "anyone" in said.units and "someone" in held.units:
        return True
    if (said.units & held.units) - {"someone", "anyone"}:
        return said.head is None or held.head is None or said.head == held.head
    return False
