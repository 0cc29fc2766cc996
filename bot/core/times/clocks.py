"""The time of day in a text: 9am, 14:30, 8.30, noon, at 14, 8 in the evening.

Hours and minutes without am or pm are read by the 24-hour clock, with a note before noon; an hour
alone is not taken (8 can be either), unless `at` goes before one after noon (at 14), or the text
names the part of the day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from bot.core.times.models import Unclear
from bot.core.times.texts import MONTH_NUMBERS, PARTS_OF_DAY

_WRITTEN = re.compile(
    r"(?P<hour>\d{1,2})(?:(?P<sign>[:.])(?P<minute>\d\d))?(?::(?P<second>\d\d))?(?P<half>am|pm)?",
    re.ASCII,
)
_IN_PART = {
    "morning": range(12),
    "afternoon": range(12, 19),
    "evening": range(17, 24),
    "night": range(18, 24),
}
"""The hours that a part of the day may have."""
_HOURS = {
    "morning": range(4, 12),
    "afternoon": range(1, 7),
    "evening": range(5, 12),
    "night": range(6, 12),
}
"""The hours of the twelve that somebody means with a part of the day; noon aside."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `midnight`: it was typed as midnight or 12am, of which nobody can say whether
    it begins a day or ends it. `part`: the part of the day that was named with it. `dotted`: it
    might have been meant as a date."""

    time: time
    notes: tuple[str, ...] = ()
    midnight: bool = False
    part: str | None = None
    dotted: bool = False


def take(words: Sequence[str]) -> tuple[Clock | None, str | None, list[str]]:
    """The time of day in the words, the part of the day, and the words that are left.

    Raises Unclear for a time that is impossible, or can be two.
    """
    parts = [word for word in words if word in PARTS_OF_DAY]
    rest = [word for word in words if word not in PARTS_OF_DAY]
    if len(parts) > 1:
        raise Unclear("Only one part of the day can be meant")
    part = parts[0] if parts else None
    at = [place for place, word in enumerate(rest) if _is_time(word)]
    if not at:
        at = _bare_hours(rest)
    if len(at) > 1:
        raise Unclear("There are two times of day in it", *(_without(rest, at, one) for one in at))
    if not at:
        return None, part, [word for word in rest if word != "at"]
    place = at[0]
    after_at = place > 0 and rest[place - 1] == "at"
    try:
        clock = _read(rest[place], part, after_at)
    except Unclear as unclear:
        raise Unclear(
            unclear.reason, *(_replaced(words, rest[place], one) for one in unclear.suggestions)
        ) from None
    left = [word for index, word in enumerate(rest) if index != place and word != "at"]
    return clock, part, left


def _is_time(word: str) -> bool:
    if word in ("noon", "midnight"):
        return True
    found = _WRITTEN.fullmatch(word)
    return found is not None and (found["minute"] is not None or found["half"] is not None)


def _bare_hours(words: Sequence[str]) -> list[int]:
    """Where numbers stand that are no day of a month that is named."""
    numbers = [place for place, word in enumerate(words) if re.fullmatch(r"[0-9]{1,2}", word)]
    for place, word in enumerate(words):
        if word in MONTH_NUMBERS:
            for day in (place - 1, place + 1):
                if day in numbers and (day == 0 or words[day - 1] != "at"):
                    numbers.remove(day)
                    break
    return numbers


def _without(words: Sequence[str], places: Sequence[int], kept: int) -> str:
    gone = set(places) - {kept}
    return " ".join(word for place, word in enumerate(words) if place not in gone)


def _replaced(words: Sequence[str], old: str, new: str) -> str:
    """The text with another time of day, said as a person would."""
    stands = [new if word == old else word for word in words]
    if any(half in new for half in ("am", "pm", ":")) and new != old:
        stands = [word for word in stands if word not in PARTS_OF_DAY]
    return " ".join(stands)


def _read(word: str, part: str | None, after_at: bool) -> Clock:
    if word in ("noon", "midnight"):
        return _named(word, part)
    if (found := _WRITTEN.fullmatch(word)) is None:
        raise ValueError(word)
    hour, half = int(found["hour"]), found["half"]
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    if hour == 24 and minute == second == 0 and half is None:
        raise Unclear("A day's last minute is 23:59, and 24:00 is the next day's 00:00", "23:59")
    if hour > 23 or minute > 59 or second > 59:
        raise Unclear(f"There is no {word} on a clock", "14:30", "2:30pm")
    if half is not None:
        return _halved(word, time(hour, minute, second), half, part)
    if part is not None and hour <= 12 and not found["hour"].startswith("0"):
        return Clock(_in_part(word, hour, part).replace(minute=minute, second=second), part=part)
    if part is not None:
        _refuse_other_part(word, hour, part)
    if found["minute"] is None:
        return _bare(word, hour, after_at)
    notes: tuple[str, ...] = ()
    if 1 <= hour <= 11 and not found["hour"].startswith("0") and part is None:
        written = f"{hour}:{minute:02}"
        notes = (f"{written} is taken as am; for later in the day type {written}pm.",)
    dotted = found["sign"] == "." and 1 <= minute <= 12
    return Clock(time(hour, minute, second), notes, part=part, dotted=dotted)


def _named(word: str, part: str | None) -> Clock:
    if word == "noon":
        if part in ("evening", "night"):
            raise Unclear(f"Noon is not in the {part}", "noon", "8pm")
        return Clock(time(12), part=part)
    if part not in (None, "night"):
        raise Unclear(f"Midnight is not in the {part}")
    return Clock(time(0), midnight=True, part=part)


def _halved(word: str, at: time, half: str, part: str | None) -> Clock:
    if not 1 <= at.hour <= 12:
        raise Unclear(f"Hours with {half} go from 1 to 12", f"{at:%H:%M}")
    hour = at.hour % 12 + (12 if half == "pm" else 0)
    if part is not None and not (part == "night" and hour == 0):
        _refuse_other_part(word, hour, part)
    notes = ("12pm is taken as noon.",) if word == "12pm" else ()
    return Clock(at.replace(hour=hour), notes, hour == 0 and at.minute == 0, part)


def _refuse_other_part(word: str, hour: int, part: str) -> None:
    if hour not in _IN_PART[part]:
        where = "at night" if part == "night" else f"in the {part}"
        raise Unclear(f"{word} is not {where}", word)


def _in_part(word: str, hour: int, part: str) -> time:
    """Eight in the evening. Raises Unclear where the hour and the part don't go together."""
    if part == "afternoon" and hour == 12:
        return time(12)
    if hour not in _HOURS[part]:
        where = "at night" if part == "night" else f"in the {part}"
        raise Unclear(f"{word} {where} can be more than one time", *_both(word, hour))
    return time(hour if part == "morning" else hour + 12)


def _bare(word: str, hour: int, after_at: bool) -> Clock:
    if hour > 12 and after_at:
        return Clock(time(hour))
    if hour > 12:
        raise Unclear(f"{word} can be a time or a day", f"at {hour}:00")
    raise Unclear(f"{word} can be in the morning or later", *_both(word, hour))


def _both(word: str, hour: int) -> tuple[str, ...]:
    if hour == 0:
        return ("00:00",)
    return ("noon", "23:59") if word == "12" else (f"{word}am", f"{word}pm")
