"""Understands when something is to happen, as a person types it.

A time of day is always needed, except after `in 2 hours` or `in 3 days`; alone it is the next such
time. Seconds of now are dropped. Midnight alone is the coming one; of a day that is named it could
begin or end it, and is refused. So is what has passed, is over two years away, is skipped by the
clocks, or means the second of two times that look alike.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.core import local_time
from bot.core.errors import NotUnderstood
from bot.core.local_time import Standing
from bot.core.times import clocks, days, elapsed, foreign
from bot.core.times.models import Unclear, Unknown, When
from bot.core.times.texts import MONTH_NUMBERS, clean, quoted, respelt, words

MOST = timedelta(days=731)
"""So far ahead something can be scheduled: two years."""

_EXACT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:t| t?)(\d\d:?\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)? ?"
    r"(z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_AGAIN = re.compile(
    r"\b(every|each|daily|weekly|monthly|weekdays|biweekly|fortnightly"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b"
)
_AT_ONCE = frozenset({"now", "right now", "immediately", "asap", "at once"})
_ZONES = {
    "et": {"EST", "EDT"}, "ct": {"CST", "CDT"}, "mt": {"MST", "MDT"}, "pt": {"PST", "PDT"},
}  # fmt: skip
_ABBREVIATIONS = frozenset({
    *_ZONES, "z", "utc", "gmt", "bst", "ist", "cet", "cest", "eet", "eest", "wet", "west", "msk",
    "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "akst", "akdt", "hst", "jst", "kst",
    "aest", "aedt", "acst", "acdt", "awst", "nzst", "nzdt", "sast",
})  # fmt: skip
_USUAL = {"morning": "9am", "afternoon": "2pm", "evening": "7pm", "night": "8pm"}


def understand(text: str, now: datetime, zone: ZoneInfo, param: str = "when") -> When:
    """When a text means, typed at an instant by somebody in a zone.

    Raises NotUnderstood for `param`, whose suggestions are texts that are understood.
    """
    try:
        return _understood(text, now, zone)
    except Unclear as unclear:
        better = list(_taken(unclear.suggestions, now, zone))[:3]
        if not better:
            tomorrow = local_time.local_of(now, zone).date() + timedelta(days=1)
            better = [*_taken([f"{days.short(tomorrow)} 09:00"], now, zone)]
        raise NotUnderstood(param, unclear.reason, *better) from None


def _taken(suggestions: Sequence[str], now: datetime, zone: ZoneInfo) -> Iterator[str]:
    for one in dict.fromkeys(suggestions):
        try:
            _understood(one, now, zone)
        except Unclear:
            continue
        yield one


def _understood(text: str, now: datetime, zone: ZoneInfo) -> When:
    typed = clean(text)
    if not typed:
        raise Unclear("There is no time in it")
    if typed.strip("!.") in _AT_ONCE:
        raise Unclear(
            "What is to be posted now needs no schedule: use /prompt post", "in 5 minutes"
        )
    if _AGAIN.search(typed):
        raise Unclear("It says how it repeats; give the first time here, and the rest as repeat")
    try:
        return _in_our_words(typed, now, zone)
    except Unknown as unknown:
        day_and_clock = foreign.read(typed, local_time.local_of(now, zone))
        if day_and_clock is not None:
            return _settled(datetime.combine(*day_and_clock), now, zone)
        better = respelt(typed)
        reason = f"{quoted(typed)} is no time that can be read for certain"
        raise Unclear(reason, *unknown.suggestions, *([better] if better else [])) from None


def _in_our_words(typed: str, now: datetime, zone: ZoneInfo) -> When:
    if exact := _EXACT.fullmatch(typed):
        return _exact(exact, now, zone)
    named, abbreviation = _without_zone(words(typed))
    if (counted := elapsed.counted(named)) is not None:
        return _counted(counted, now, zone)
    found = _day_and_clock(typed, named, now, zone)
    if abbreviation is not None:
        _refuse_other_zone(abbreviation, found)
    return found


# --- a day and a time ---------------------------------------------------------------------------


def _day_and_clock(typed: str, named: Sequence[str], now: datetime, zone: ZoneInfo) -> When:
    clock, part, left = clocks.take(named)
    here = local_time.local_of(now, zone)
    if clock is None:
        if left:
            days.day_of(left, here, time.max)
        raise Unclear(
            "There is no time of day in it", f"{' '.join(left)} {_USUAL[part or 'morning']}"
        )
    if clock.midnight:
        return _midnight(left, clock, now, zone)
    if not left:
        return _next_such(clock, now, zone)
    if clock.dotted and not any(word in MONTH_NUMBERS for word in left):
        raise Unclear(f"{typed} can be a time or a date", f"{' '.join(left)} {clock.time:%H:%M}")
    try:
        day = days.day_of(left, here, clock.time)
    except Unclear as unclear:
        timed = (f"{one} {clock.time:%H:%M}" for one in unclear.suggestions)
        raise type(unclear)(unclear.reason, *timed) from None
    if left == ["today"] and datetime.combine(day, clock.time) <= here:
        raise Unclear(f"{clock.time:%H:%M} has passed today", f"tomorrow {clock.time:%H:%M}")
    return _settled(datetime.combine(day, clock.time), now, zone, clock.notes)


def _next_such(clock: clocks.Clock, now: datetime, zone: ZoneInfo) -> When:
    if clock.dotted:
        raise Unclear("It can be a time or a date", f"{clock.time:%H:%M}")
    here = local_time.local_of(now, zone)
    local = datetime.combine(here.date(), clock.time)
    notes = clock.notes
    if local_time.instant_of(local, zone) <= now:
        local += timedelta(days=1)
        notes = (*notes, f"{clock.time:%H:%M} has passed today, so this is tomorrow.")
    return _settled(local, now, zone, notes)


def _midnight(left: Sequence[str], clock: clocks.Clock, now: datetime, zone: ZoneInfo) -> When:
    here = local_time.local_of(now, zone)
    if not left or (list(left) == ["today"] and clock.part == "night"):
        coming = datetime.combine(here.date() + timedelta(days=1), time())
        return _settled(coming, now, zone)
    day = days.day_of(left, here, time.max)
    raise Unclear(
        "Midnight can begin that day or end it",
        f"{days.short(day)} 23:59",
        f"{days.short(day)} 00:00",
    )


# --- exact and counted --------------------------------------------------------------------------


def _exact(found: re.Match[str], now: datetime, zone: ZoneInfo) -> When:
    """2026-12-01T09:00:00-08:00; without an offset in the zone."""
    day, clock, second, offset = found.groups()
    try:
        local = datetime.combine(
            date.fromisoformat(day),
            time(int(clock[:2]), int(clock[-2:]), int(second or 0)),
        )
        if offset is None:
            return _settled(local, now, zone)
        at = (local.replace(tzinfo=UTC) - _offset(offset)).astimezone(UTC)
        here = local_time.local_of(at, zone)
    except (ValueError, OverflowError):
        raise Unclear("There is no such date or time") from None
    note = f"That is {local_time.in_words(here)} in {zone.key}."
    _refuse_second(at, zone)
    return _settled(here, now, zone, () if here == local else (note,))


def _offset(text: str) -> timedelta:
    """Raises ValueError for an offset that no zone has."""
    if text == "z":
        return timedelta()
    size = timedelta(hours=int(text[1:3]), minutes=int(text[3:].strip(":") or 0))
    return timezone(size if text[0] == "+" else -size).utcoffset(None)


def _counted(counted: elapsed.Counted, now: datetime, zone: ZoneInfo) -> When:
    here = local_time.local_of(now, zone).replace(second=0, microsecond=0)
    try:
        if not counted.by_clock:
            at = now.replace(second=0, microsecond=0) + counted.elapsed
            _refuse_second(at, zone)
            return _settled(local_time.local_of(at, zone), now, zone)
        day = counted.day_after(here.date())
        if not counted.rest:
            return _settled(datetime.combine(day, here.time()), now, zone)
        clock, _, left = clocks.take(counted.rest)
        if clock is None or left:
            raise Unknown("After what is counted comes a time of day, as in 3 days at 9am")
        if clock.midnight:
            return _midnight([f"{day:%Y-%m-%d}"], clock, now, zone)
        return _settled(datetime.combine(day, clock.time), now, zone, clock.notes)
    except OverflowError:
        raise Unclear("That is longer than any course") from None


# --- what holds for all -------------------------------------------------------------------------


def _settled(local: datetime, now: datetime, zone: ZoneInfo, notes: tuple[str, ...] = ()) -> When:
    """The time, if it is to come, soon enough, and shown by the clocks. Raises Unclear."""
    try:
        at = local_time.instant_of(local, zone)
        stands = local_time.standing(local, zone)
    except OverflowError:
        raise Unclear("That is longer than any course") from None
    said = local_time.in_words(local)
    if at <= now:
        raise Unclear(f"{said} has passed in {zone.key}")
    if at - now > MOST:
        raise Unclear(f"{said} is more than two years away")
    if stands is Standing.SKIPPED:
        there = local_time.local_of(at, zone)
        raise Unclear(f"The clocks in {zone.key} skip {said}", f"{days.short(there)} {there:%H:%M}")
    if stands is Standing.TWICE:
        notes = (*notes, f"The clocks in {zone.key} show this time twice: the first is meant.")
    return When(local, zone, at, notes)


def _refuse_second(at: datetime, zone: ZoneInfo) -> None:
    if not local_time.is_second(at, zone):
        return
    there = local_time.local_of(at, zone)
    later = there.replace(minute=0, second=0) + timedelta(hours=1)
    raise Unclear(
        f"The clocks in {zone.key} show {local_time.in_words(there)} twice, and only the first of"
        " the two can be taken",
        f"{there:%Y-%m-%d %H:%M}", f"{later:%Y-%m-%d %H:%M}",
    )  # fmt: skip


def _without_zone(named: Sequence[str]) -> tuple[list[str], str | None]:
    """The words without the zone that stands after a time of day, and that zone."""
    for place, word in enumerate(named):
        if (
            word in _ABBREVIATIONS
            and place
            and named[place - 1][:1].isdigit() | (named[place - 1] in ("noon", "midnight"))
        ):
            return [*named[:place], *named[place + 1 :]], word
    return list(named), None


def _refuse_other_zone(abbreviation: str, found: When) -> None:
    """9am EST is taken where, and when, the zone's clocks are called that. Raises Unclear."""
    called = found.local.replace(tzinfo=found.zone).tzname()
    if called in _ZONES.get(abbreviation, {abbreviation.upper()}):
        return
    raise Unclear(
        f"Times here are those of {found.zone.key}, which is {called} then, so leave"
        f" {abbreviation.upper()} out or give the offset, as in 2026-12-01T09:00-08:00"
    )
