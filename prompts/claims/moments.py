"""Dates in a text, as exact as it gives them, and whether two of them can be the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from prompts.claims.english import word_set
from prompts.claims.words import Word
from prompts.dates import MONTHS

_MONTHS = {month.lower(): number for number, month in enumerate(MONTHS, start=1)}
_MONTHS |= {month[:3].lower(): number for number, month in enumerate(MONTHS, start=1)}
_MONTHS |= {"sept": 9, "octobre": 10, "febuary": 2, "agust": 8, "novemeber": 11}
del _MONTHS["may"], _MONTHS["march"], _MONTHS["mar"], _MONTHS["jan"], _MONTHS["jun"]
_MONTH_VERBS = {"may": 5, "march": 3, "mar": 3, "jan": 1, "jun": 6}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11),
            "winter": (12, 2)}  # fmt: skip
_PARTS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2,
          "later": 2, "earlier": 0}  # fmt: skip
_YEAR = re.compile(r"(1\d{3}|20\d\d)$")
_DECADE = re.compile(r"(1\d{2}0|20\d0|\d0)s$")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?$")
_ISO = re.compile(r"\b(1\d{3}|20\d\d)-(\d\d)(?:-(\d\d))?\b")
_NUMERIC = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](1\d{3}|20\d\d)\b")
_BEFORE_YEAR = word_set("""
in by since of from until till before after during around about circa early late mid year
spring summer autumn fall winter between to and through the already only back
""")


@dataclass(frozen=True, slots=True)
class Moment:
    """A year, month, day, as far as stated; `months` is the season, `part` early, mid or late.

    `first` and `last` are the places of its words in the sentence.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    months: tuple[int, int] | None = None
    part: int | None = None
    decade: bool = False
    side: str = ""  # before, after
    first: int = 0
    last: int = 0


def moments(words: Sequence[Word], text: str) -> list[Moment]:
    """The dates of a sentence, in order."""
    found: list[Moment] = []
    place = 0
    while place < len(words):
        moment = _iso(words, place, text) or _month(words, place) or _season(words, place)
        moment = moment or _year(words, place)
        if moment:
            found.append(_in_part(words, moment))
            place = moment.last + 1
        else:
            place += 1
    return found


def of_pack(date: str) -> list[Moment]:
    """A date as packs write it (prompts.dates); of a span, each end."""
    ends = []
    for end in date.split("/"):
        parts = [int(part) for part in end.split("-")]
        year, month, day = (*parts, None, None)[:3]
        ends.append(Moment(year, month, day))
    return ends


def _iso(words: Sequence[Word], place: int, text: str) -> Moment | None:
    word = words[place]
    match = _ISO.match(text, word.start) or _NUMERIC.match(text, word.start)
    if not match:
        return None
    inside = [other.number for other in words[place:] if other.end <= match.end()]
    last = max(inside, default=place)
    if match.re is _ISO:
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 0) or None
    else:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        if month > 12:
            day, month = month, day
    if not 1 <= month <= 12:
        return None
    return Moment(year, month, day, first=place, last=last)


def _low(words: Sequence[Word], place: int) -> str:
    return words[place].low if 0 <= place < len(words) else ""


def _month(words: Sequence[Word], place: int) -> Moment | None:
    number = _month_number(words, place)
    if number is None:
        return None
    first, last, day = place, place, None
    back = place - 1 if _low(words, place - 1) not in ("of", "the") else place - 2
    earlier = _DAY.match(_low(words, back))
    later = _DAY.match(_low(words, place + 1))
    offset = 2 if _low(words, place + 1) == "the" else 1
    later = later or (_DAY.match(_low(words, place + offset)) if offset == 2 else None)
    if earlier and 1 <= int(earlier[1]) <= 31 and back >= 0:
        first, day = back, int(earlier[1])
    elif later and 1 <= int(later[1]) <= 31:
        last, day = place + offset, int(later[1])
        if last + 1 < len(words) and words[last + 1].part == words[last].part and day:
            follow = _low(words, last + 1)
            if follow in ("percent", "tons", "people", "workers"):
                day, last = None, place
    elif _low(words, place - 1) == "of" and _low(words, place - 2) == "day":
        day = _ends_of_month(_low(words, place - 3), number)
    year, at = _year_after(words, last)
    return Moment(year, number, day, first=first, last=at)


def _ends_of_month(word: str, month: int) -> int | None:
    if word == "first":
        return 1
    return {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31) if word == "last" else None


def _month_number(words: Sequence[Word], place: int) -> int | None:
    low = _low(words, place)
    if low in _MONTHS:
        return _MONTHS[low]
    if low not in _MONTH_VERBS:
        return None
    beside = _DAY.match(_low(words, place + 1)) or _YEAR.match(_low(words, place + 1))
    beside = beside or _DAY.match(_low(words, place - 1))
    before = _low(words, place - 1) in ("in", "of", "by", "since", "late", "early", "until", "mid")
    return _MONTH_VERBS[low] if beside or (before and words[place].capital) else None


def _year_after(words: Sequence[Word], last: int) -> tuple[int | None, int]:
    for offset in (1, 2):
        match = _YEAR.match(_low(words, last + offset))
        if match and (offset == 1 or _low(words, last + 1) in ("of", "in", "the")):
            return int(match[1]), last + offset
    return None, last


def _season(words: Sequence[Word], place: int) -> Moment | None:
    low = _low(words, place)
    if low not in _SEASONS:
        return None
    year, last = _year_after(words, place)
    led = {_low(words, place - 1), _low(words, place - 2)}
    if year is None and not led & {"in", "the", "during", "that", "by", "since", "late", "early"}:
        return None
    if year is None and low in ("fall", "spring") and _low(words, place + 1) in ("of", "in"):
        return None
    return Moment(year, months=_SEASONS[low], first=place, last=last)


def _year(words: Sequence[Word], place: int) -> Moment | None:
    low = _low(words, place)
    decade = _DECADE.match(low)
    if decade:
        year = int(decade[1]) if len(decade[1]) == 4 else 1900 + int(decade[1])
        return Moment(year, decade=True, first=place, last=place)
    if (low.isdigit() and len(low) == 3) or not _YEAR.match(low):
        return None
    if _low(words, place + 1) == "s":
        return Moment(int(low), decade=True, first=place, last=place + 1)
    follow = _low(words, place + 1)
    counts = follow.endswith("s") and follow not in ("was", "is", "as", "this", "its", "has", "his")
    if counts and _low(words, place - 1) not in _BEFORE_YEAR:
        return None
    return Moment(int(low), first=place, last=place)


def _in_part(words: Sequence[Word], moment: Moment) -> Moment:
    first = moment.first
    lead = [_low(words, place) for place in range(first - 1, max(first - 5, -1), -1)]
    part, side = None, ""
    for offset, low in enumerate(lead):
        if low in _PARTS:
            part = _PARTS[low]
            first -= offset + 1
            break
        if low not in ("of", "the", "in", "very"):
            break
    if part is None and _low(words, moment.last + 1) == "late":
        part = 2
    near = _low(words, first - 1) if _low(words, first - 1) != "the" else _low(words, first - 2)
    if near in ("late", "early"):
        part = _PARTS[near]
    if near in ("before", "after", "since"):
        side = "before" if near == "before" else "after"
    return replace(moment, part=part, side=side, first=max(first, 0))


def may_be_same(said: Moment, held: Moment) -> bool:
    """Whether nothing in what is said speaks against what the fact holds."""
    if said.side:
        return True if said.year is None or held.year is None else _on_side(said, held)
    if said.year and held.year and not _same_year(said, held):
        return False
    if said.month and held.month and said.month != held.month:
        return False
    if said.day and held.day and (said.day != held.day or said.month != held.month):
        return said.month is not held.month
    own, other = _span(said), _span(held)
    return not own or not other or bool(own & other)


def _on_side(said: Moment, held: Moment) -> bool:
    year, other = said.year or 0, held.year or 0
    return other <= year if said.side == "before" else other >= year


def _same_year(said: Moment, held: Moment) -> bool:
    if said.decade or held.decade:
        return (said.year or 0) // 10 == (held.year or 0) // 10
    return said.year == held.year


def _span(moment: Moment) -> set[int]:
    """The months that it may be in; with a part of a month, in thirds of months."""
    if moment.month:
        months = [moment.month]
    elif moment.months:
        first, last = moment.months
        months = [m for m in range(1, 13) if (first <= m <= last) != (first > last)]
        if first > last:
            months = [12, 1, 2]
    elif moment.part is not None and not moment.decade:
        months = list(range(*((1, 6), (4, 10), (8, 13))[moment.part]))
        return {3 * month + third for month in months for third in range(3)}
    else:
        return set()
    if moment.day:
        return {3 * moment.month + min((moment.day - 1) // 10, 2)} if moment.month else set()
    if moment.month and moment.part is not None:
        return {3 * moment.month + moment.part}
    return {3 * month + third for month in months for third in range(3)}


def shared(said: Moment, held: Moment) -> bool:
    """Whether the two speak of the same unit at all: both have a year, or both a month."""
    has_year = said.year is not None and held.year is not None
    return has_year or (bool(_span(said)) and bool(_span(held)))
