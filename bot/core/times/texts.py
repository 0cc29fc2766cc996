"""A text about time as a list of small words, and the words that are known."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from bot.core.times.models import Unclear
from prompts.dates import MONTHS

LONGEST = 100

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS_OF_DAY = ("morning", "afternoon", "evening", "night")

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve")  # fmt: skip
_NUMBER = {word: str(number) for number, word in enumerate(_NUMBERS, 1)}
_SAME = {
    "tmr": "tomorrow", "tmrw": "tomorrow", "tomorow": "tomorrow", "tommorow": "tomorrow",
    "tommorrow": "tomorrow", "midday": "noon", "noontime": "noon", "coming": "this",
}  # fmt: skip
_PAST_OR_TO = {("half", "past"): 30, ("quarter", "past"): 15, ("quarter", "to"): -15}
_HOUR = re.compile(r"(?P<hour>[1-9]|1[0-2])(?P<half>am|pm)?", re.ASCII)
_NOISE = frozenset({"on", "by", "the", "of", "o'clock", "oclock", "please"})
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"’": "'", "@": " at "})
_REWRITTEN = (
    (re.compile(r"\b([ap])\.? ?m\b\.?"), r"\1m"),  # a.m., a m
    (re.compile(r"(?<=\d) +(?=[ap]m\b)"), ""),  # 9 am
    (re.compile(r"\b(\d{1,2}(?:[:.]\d\d)?)([ap])\b"), r"\1\2m"),  # 9p
    (re.compile(r"\b(\d{1,2})(\d\d)(?=[ap]m\b)"), r"\1:\2"),  # 930am
    (re.compile(r"\b(\d{1,2}) ?h(\d\d)\b"), r"\1:\2"),  # 14h30
    (re.compile(r"\b12:?(?:00)? (?=noon\b|midnight\b)"), ""),
    (re.compile(r"\bin the (?=morning\b|afternoon\b|evening\b)|\bat (?=night\b)"), ""),
    (re.compile(r"\btonight\b|\btonite\b"), "today night"),
    (re.compile(r"\bthis (?=morning\b|afternoon\b|evening\b)"), "today "),
    (re.compile(r"(?<=[a-z])-(?=\d)|(?<=\d)-(?=[a-z])"), " "),  # 3-nov
)


def _weekdays() -> Mapping[str, int]:
    known = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
    for number, name in enumerate(WEEKDAY_NAMES):
        known |= {name.lower(): number, name[:3].lower(): number}
    return known


def _months() -> Mapping[str, int]:
    known = {"sept": 9}
    for number, name in enumerate(MONTHS, 1):
        known |= {name.lower(): number, name[:3].lower(): number}
    return known


WEEKDAYS = _weekdays()
MONTH_NUMBERS = _months()
_KNOWN = (*WEEKDAYS, *MONTH_NUMBERS, *PARTS_OF_DAY, "today", "tomorrow", "tonight", "noon",
          "midnight", "next", "week", "days", "hours", "minutes", "weeks")  # fmt: skip


def clean(text: str) -> str:
    """The text in small letters with single spaces. Raises Unclear for what nobody types."""
    if len(text) > LONGEST:
        raise Unclear(f"A time has at most {LONGEST} characters, and this has {len(text)}")
    if any(unicodedata.category(c)[0] == "C" and not c.isspace() for c in text):
        raise Unclear("There are characters in it that can't be seen, so type it by hand")
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
    return " ".join(plain.split())


def words(typed: str) -> list[str]:
    """A clean text as words: numbers in digits, am and pm with their number, nothing idle."""
    for found, instead in _REWRITTEN:
        typed = found.sub(instead, typed)
    split = [word.strip(".!?") for word in re.split(r"[\s,;()]+", typed)]
    named = _spoken([_NUMBER.get(word, _SAME.get(word, word)) for word in split])
    joined: list[str] = []
    for word in named:
        if word in ("am", "pm") and joined and re.fullmatch(r"[0-9:.]+", joined[-1]):
            joined[-1] += word  # nine am
        elif word and word not in _NOISE:
            joined.append(word)
    return joined


def _spoken(named: Sequence[str]) -> Sequence[str]:
    """With half past 9 as 9:30, and quarter to 9pm as 8:45pm."""
    for place in range(len(named) - 2):
        asked, side, hour = named[place : place + 3]
        minutes = _PAST_OR_TO.get((asked, side))
        if minutes is None or (found := _HOUR.fullmatch(hour)) is None:
            continue
        if minutes < 0 and hour.startswith("12") and found["half"]:
            continue  # the hour before 12pm is an am
        at = (60 * int(found["hour"]) + minutes - 60) % 720 + 60
        before = named[:place]
        if before and before[-1] == "a":
            before = before[:-1]
        clock = f"{at // 60}:{at % 60:02}{found['half'] or ''}"
        return [*before, clock, *named[place + 3 :]]
    return named


def quoted(typed: str) -> str:
    return f"“{typed}”" if len(typed) <= 40 else f"“{typed[:40]}…”"


def respelt(typed: str) -> str | None:
    """The text with its misspelt words as the known ones that are nearest."""
    changed = False
    spelt: list[str] = []
    for word in typed.split():
        near: Sequence[str] = ()
        if word.isalpha() and len(word) > 3 and word not in _KNOWN:
            near = get_close_matches(word, _KNOWN, 1, 0.75)
        changed = changed or bool(near)
        spelt.append(near[0] if near else word)
    return " ".join(spelt) if changed else None
