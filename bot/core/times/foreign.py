"""Dates in words of other languages, by dateparser: 3 novembre 2026 14:30, 1 декабря 2026 9:00.

dateparser guesses much, so it is only asked which day a date in words is, by language, and only
trusted where the day and the year it says are the numbers that were typed, and every language that
reads the date says the same month (listopad is October in Croatian, and November in Czech).
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time

from bot.core.times.days import in_coming_year

LANGUAGES = (
    "fr", "de", "es", "pt", "it", "nl", "ru", "pl", "uk", "cs", "sk", "hr", "sl", "bg", "ro", "hu",
    "sv", "da", "nb", "fi", "et", "lv", "lt", "el", "tr", "ca", "id", "vi", "ar", "he", "fa", "hi",
    "zh", "ja", "ko",
)  # fmt: skip

_CLOCK = re.compile(
    r"(?:^|(?<=\s))(?:à|a las|a la|às|alle|alle ore|ore|um|om|kl|kl\.|klo|o|в|о|at)?\s*"
    r"(?<!\d)(?P<hour>\d{1,2})(?::|\.|h)(?P<minute>\d\d)(?:\s*uhr|\s*h)?(?=\s|$)"
)
_DATE = re.compile(r"[^\W\d_]{3,}|[年月日년월일]")


def read(typed: str, here: datetime) -> tuple[date, time] | None:
    """The day and the time of a clean text, if they are certain; `here`: now, local and naive.

    Raises Unclear where the date is certain and can't be taken. The first time takes a second.
    """
    clocks = list(_CLOCK.finditer(typed))
    if len(clocks) != 1:
        return None
    (found,) = clocks
    day = f"{typed[: found.start()]} {typed[found.end() :]}".strip(" ,")
    hour, minute = int(found["hour"]), int(found["minute"])
    numbers = [int(number) for number in re.findall(r"[0-9]+", day)]
    if hour > 23 or minute > 59 or not _DATE.search(day) or not 1 <= len(numbers) <= 3:
        return None
    clock = time(hour, minute)
    years = [number for number in numbers if 1000 <= number <= 9999]
    if len(years) > 1 or any(n > 31 for n in numbers if n not in years):
        return None
    if years:
        meant = _agreed(day, numbers)
        return None if meant is None else (meant, clock)
    if len(numbers) != 1 or (meant := _agreed(f"{day} 2024", [*numbers, 2024])) is None:
        return None
    return in_coming_year(meant.month, meant.day, here, clock), clock


def _agreed(text: str, numbers: list[int]) -> date | None:
    """The date that all languages read that can read it."""
    read_as = {one for one in _readings(text) if _holds(one, numbers)}
    return read_as.pop() if len(read_as) == 1 else None


def _holds(day: date, numbers: list[int]) -> bool:
    rest = sorted(numbers)
    return rest in (sorted((day.day, day.year)), sorted((day.day, day.month, day.year)))


def _readings(text: str) -> Iterator[date]:
    from dateparser.date import DateDataParser

    settings = {
        "PARSERS": ["absolute-time"],
        "STRICT_PARSING": True,
        "RETURN_TIME_AS_PERIOD": False,
    }
    for language in LANGUAGES:
        found = DateDataParser(languages=[language], settings=settings).get_date_data(text)
        if found.date_obj is not None and found.period == "day":
            yield found.date_obj.date()
