"""When a repetition ends (dec 12, 10 times), and the dates that are taken out of one."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core import local_time
from bot.core.errors import NotUnderstood
from bot.core.times import days
from bot.core.times.models import Unclear, Until
from bot.core.times.texts import clean, words
from bot.core.times.when import MOST

MOST_TIMES = 1000
MOST_DATES = 60

_COUNT = re.compile(r"(?:for )?(\d{1,9}) ?(?:x|times?|posts?|occurrences?)?", re.ASCII)
_RANGE = re.compile(r"(.+?) ?(?: to | through | thru | until | - |(?<=\d)-(?=\d)) ?(.+)")


def understand_until(text: str, now: datetime, zone: ZoneInfo, param: str = "until") -> Until:
    """The end that a text means: a count, or a date, whose whole day is still within.

    Raises NotUnderstood for `param`.
    """
    try:
        typed = clean(text)
        spoken = " ".join(words(typed))
        if counted := _COUNT.fullmatch(spoken):
            if not 1 <= int(counted[1]) <= MOST_TIMES:
                raise Unclear(f"A count goes from 1 to {MOST_TIMES}", "10 times")
            return Until(count=int(counted[1]))
        day = _day(typed.removeprefix("until ").removeprefix("till "), now, zone)
        return Until(at=datetime.combine(day, time(23, 59, 59)))
    except Unclear as unclear:
        raise NotUnderstood(param, unclear.reason, *unclear.suggestions) from None


def understand_dates(
    text: str, now: datetime, zone: ZoneInfo, param: str = "dates"
) -> tuple[date, ...]:
    """The dates of a list such as dec 25, jan 1 or nov 23 to nov 27: in order, each once.

    Raises NotUnderstood for `param`.
    """
    try:
        found: set[date] = set()
        for piece in _pieces(clean(text)):
            found |= set(_span(piece, now, zone))
            if len(found) > MOST_DATES:
                raise Unclear(f"It names more than {MOST_DATES} days")
        if not found:
            raise Unclear("There is no date in it", "dec 25, jan 1")
        return tuple(sorted(found))
    except Unclear as unclear:
        raise NotUnderstood(param, unclear.reason, *unclear.suggestions) from None


def _pieces(typed: str) -> Iterator[str]:
    """The dates one by one; a year after a comma belongs to what stands before it."""
    joined = re.sub(r",(?= ?\d{4}(?: ?[,;]|$| and ))", " ", typed)
    for piece in re.split(r"[,;]| and | & ", joined):
        if piece.strip():
            yield piece.strip()


def _span(piece: str, now: datetime, zone: ZoneInfo) -> Iterator[date]:
    """One day, or all from the first to the last."""
    apart = _RANGE.fullmatch(piece)
    if apart is None or re.fullmatch(r"\d+-\d+(-\d+)?", piece):
        yield _day(piece, now, zone)
        return
    first = _day(apart[1], now, zone)
    end = apart[2]
    if re.fullmatch(r"\d{1,2}(st|nd|rd|th)?", end):
        end = f"{re.sub('[a-z]', '', end)} {first:%b} {first.year}".lower()
    last = _day(end, now, zone)
    if last < first or (last - first).days > MOST_DATES:
        raise Unclear(f"From {days.short(first)} to {days.short(last)} is no span of days here")
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _day(typed: str, now: datetime, zone: ZoneInfo) -> date:
    here = local_time.local_of(now, zone)
    if not typed:
        raise Unclear("There is no date in it", "12 dec")
    try:
        day = days.day_of(words(typed), here, time(23, 59, 59))
    except OverflowError:
        raise Unclear("There is no such date") from None
    if day < here.date():
        raise Unclear(f"{local_time.day_in_words(day)} has passed")
    if day - here.date() > MOST:
        raise Unclear(f"{local_time.day_in_words(day)} is more than two years away")
    return day
