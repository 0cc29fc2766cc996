"""The day in a text: tomorrow, fri, next monday, 3 nov, nov 3rd 2026, 2026-11-03, the 15th.

- A weekday is the first to come; it is not taken on that very day while its time is still ahead.
- `next` before a weekday is taken only where it can mean one day: the first to come, and the one
  of next week, whether a week begins on Monday or on Sunday.
- A date without a year is this year's if it is ahead, else next year's if that is at most nine
  months away. Numbers alone (03/04) are taken only where no other reading is a date.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.core.times.models import Unclear, Unknown
from bot.core.times.texts import MONTH_NUMBERS, WEEKDAY_NAMES, WEEKDAYS, quoted
from prompts.dates import MONTHS

NEXT_YEARS = timedelta(days=275)
"""How far a date may be in the next year that was typed without one."""

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_TWO_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d\d))?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_NTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)


def short(day: date) -> str:
    """A day as a suggestion says it: tue 3 nov 2026."""
    return f"{day:%a} {day.day} {day:%b} {day.year}".lower()


def day_of(words: Sequence[str], now: datetime, clock: time) -> date:
    """The day that the words name, given what a clock shows there now and the time of day meant.

    Raises Unclear where it is no day, or can be two, and Unknown for other words.
    """
    today = now.date()
    match list(words):
        case ["today"]:
            return today
        case ["tomorrow"]:
            return today + timedelta(days=1)
        case ["day", "after", "tomorrow"]:
            return today + timedelta(days=2)
        case ["yesterday"]:
            raise Unclear("Yesterday has passed")
        case ["next", "week" | "month" as span]:
            raise Unclear(f"It doesn't say which day of next {span}")
        case ["a" | "1", "week", "from", *day] | [*day, "week"] if day and day != ["next"]:
            return day_of(day, now, clock) + timedelta(days=7)
        case [weekday] | ["this", weekday] if weekday in WEEKDAYS:
            return _weekday(WEEKDAYS[weekday], now, clock)
        case ["next", weekday] if weekday in WEEKDAYS:
            return _next(WEEKDAYS[weekday], today, first_too=True)
        case [weekday, "next", "week"] | ["next", "week", weekday] if weekday in WEEKDAYS:
            return _next(WEEKDAYS[weekday], today, first_too=False)
        case [weekday, *day] | [*day, weekday] if day and weekday in WEEKDAYS:
            return _agreeing(day_of(day, now, clock), WEEKDAYS[weekday])
        case _:
            return _dated(words, now, clock)


def date_or_refuse(year: int, month: int, day: int) -> date:
    """Raises Unclear where there is no such date."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        pass
    if not 1 <= month <= 12 or not 1 <= day <= 31 or not 1 <= year <= 9999:
        raise Unclear("There is no such date; write it as 2026-12-01 or 1 dec")
    raise Unclear(
        f"There is no {day} {MONTHS[month - 1]} in {year}",
        f"{monthrange(year, month)[1]} {MONTHS[month - 1][:3].lower()} {year}",
    )


def in_coming_year(month: int, day: int, now: datetime, clock: time) -> date:
    """The date of this year or the next. Raises Unclear where it may just have passed."""
    ahead = (month, day, clock) > (now.month, now.day, now.time())
    meant = date_or_refuse(now.year + (not ahead), month, day)
    if not ahead and meant - now.date() > NEXT_YEARS:
        raise Unclear(
            f"{day} {MONTHS[month - 1]} has passed this year; if next year's is meant, say so",
            short(meant),
        )
    return meant


# --- weekdays -----------------------------------------------------------------------------------


def _weekday(weekday: int, now: datetime, clock: time) -> date:
    today = now.date()
    ahead = (weekday - today.weekday()) % 7
    if ahead:
        return today + timedelta(days=ahead)
    if datetime.combine(today, clock) > now:
        raise Unclear(
            f"It is {WEEKDAY_NAMES[weekday]} there, so that can be today or in a week",
            "today", short(today + timedelta(days=7)),
        )  # fmt: skip
    return today + timedelta(days=7)


def _next(weekday: int, today: date, *, first_too: bool) -> date:
    """The weekday after `next`, or of next week, where all who say so mean one day."""
    monday = today - timedelta(days=today.weekday())
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    meant = {
        monday + timedelta(days=7 + weekday),
        sunday + timedelta(days=7 + (weekday + 1) % 7),
    }
    if first_too:
        meant.add(today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1))
    if len(meant) > 1:
        name = WEEKDAY_NAMES[weekday]
        said = f"next {name}" if first_too else f"{name} next week"
        raise Unclear(
            f"People mean different days by {said}", *(short(day) for day in sorted(meant))
        )
    return meant.pop()


def _agreeing(day: date, weekday: int) -> date:
    if day.weekday() != weekday:
        raise Unclear(
            f"{day.day} {day:%B %Y} is a {day:%A} and not a {WEEKDAY_NAMES[weekday]}", short(day)
        )
    return day


# --- dates --------------------------------------------------------------------------------------


def _dated(words: Sequence[str], now: datetime, clock: time) -> date:
    month = next((place for place, word in enumerate(words) if word in MONTH_NUMBERS), None)
    if month is not None:
        return _with_month(words, month, now, clock)
    if len(words) == 1:
        if found := _YEAR_FIRST.fullmatch(words[0]):
            return date_or_refuse(*(int(part) for part in found.groups()))
        if found := _TWO_FIRST.fullmatch(words[0]):
            return _numeric(words[0], found, now, clock)
        if found := _NTH.fullmatch(words[0]):
            return _day_of_month(int(found[1]), now, clock)
    raise Unknown(f"{quoted(' '.join(words))} is no day that is known")


def _with_month(words: Sequence[str], month: int, now: datetime, clock: time) -> date:
    rest = [word for place, word in enumerate(words) if place != month]
    years = [word for word in rest if _YEAR.fullmatch(word)]
    days = [found for word in rest if (found := _DAY.fullmatch(word))]
    if len(days) != 1 or len(years) > 1 or len(rest) != len(days) + len(years):
        if rest:
            raise Unknown(f"{quoted(' '.join(words))} is no date that is known")
        raise Unclear("There is a month without a day in it", f"3 {words[month]}")
    day = int(days[0][1])
    if years:
        return date_or_refuse(int(years[0]), MONTH_NUMBERS[words[month]], day)
    return in_coming_year(MONTH_NUMBERS[words[month]], day, now, clock)


def _numeric(typed: str, found: re.Match[str], now: datetime, clock: time) -> date:
    """03/04 can be March or April; 13/04 and 04/13 can't."""
    first, second = int(found[1]), int(found[3])
    if found[4] is not None and len(found[4]) == 2:
        raise Unclear(f"{typed} can be read in more than one way; write the year with four digits")
    readings = {(first, second), (second, first)}
    dates = sorted((month, day) for day, month in readings if 1 <= month <= 12 and 1 <= day <= 31)
    year = f" {found[4]}" if found[4] else ""
    if len(dates) > 1:
        names = [f"{day} {MONTHS[month - 1][:3].lower()}{year}" for month, day in dates]
        raise Unclear(f"{typed} can be two dates", *names)
    if not dates:
        raise Unclear(f"There is no date {typed}")
    month, day = dates[0]
    if found[4]:
        return date_or_refuse(int(found[4]), month, day)
    return in_coming_year(month, day, now, clock)


def _day_of_month(day: int, now: datetime, clock: time) -> date:
    """The 15th: this month's if it is ahead, else next month's."""
    last = monthrange(now.year, now.month)[1]
    if day <= last and datetime.combine(date_or_refuse(now.year, now.month, day), clock) > now:
        return date(now.year, now.month, day)
    if day > last:
        return date_or_refuse(now.year, now.month, day)
    return date_or_refuse(now.year + now.month // 12, now.month % 12 + 1, day)
