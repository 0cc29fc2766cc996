"""When something comes again: a rule of RFC 5545 with its start and zone, and its occurrences.

A rule lives in wall-clock time: 9:00 stays 9:00 when the clocks change. dateutil lists its naive
local times, and local_time.py says which instants they are. An occurrence is named for good by its
original local time (RECURRENCE-ID), whatever is done to the clock or the zone later.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

from bot.core.local_time import instant_of, local_of

HORIZON = 10
"""Years after which no further occurrence is looked for, so that every search ends."""

_LATEST = datetime(9999, 12, 31)  # noqa: DTZ001 - naive, as a rule's times are
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern`: an RRULE's value without COUNT and UNTIL, as typed.py makes it: every
    BY… part that DTSTART would imply is written out. `start` and `until` (inclusive) are naive
    local times of `zone`, an IANA name. At most one of `until` and `count` is given."""

    pattern: str
    start: datetime
    zone: str
    until: datetime | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        for local in (self.start, self.until):
            if local is not None and (local.tzinfo is not None or local.microsecond):
                raise ValueError("A rule's times are naive, to the second.")
        if self.until is not None and self.count is not None:
            raise ValueError("A rule ends by a date or by a count.")

    @property
    def once(self) -> bool:
        return self.count == 1

    @property
    def parts(self) -> dict[str, str]:
        """The parts of the pattern by their names, such as FREQ and BYDAY."""
        return dict(part.split("=", 1) for part in self.pattern.split(";"))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due time: its original local time (naive) and the instant (UTC)."""

    local: datetime
    at: datetime

    @property
    def name(self) -> str:
        """Its name for good: 2026-11-03T09:00:00."""
        return self.local.isoformat()


def occurrences(
    rule: Rule, after: datetime | None = None, skip: Collection[date] = ()
) -> Iterator[Occurrence]:
    """The occurrences later than a naive local time, in order, else all; at most those of ten
    years. `skip`: local dates that are taken out, which a count counts all the same.

    Lazy, and as quick for a rule that began long ago. Where a zone skips a whole day (Apia, 30
    December 2011), what was due then comes a day later, unless the rule comes then anyway.
    """
    zone = ZoneInfo(rule.zone)
    listed = names(rule, after)
    local = next(listed, None)
    while local is not None:
        following = next(listed, None)
        at = instant_of(local, zone)
        doubled = following is not None and instant_of(following, zone) == at
        if not doubled and local.date() not in skip:
            yield Occurrence(local, at)
        local = following


def next_after(rule: Rule, instant: datetime, skip: Collection[date] = ()) -> Occurrence | None:
    """The first occurrence later than an instant, if there is one within ten years."""
    return next(due_after(rule, instant, skip), None)


def next_five(rule: Rule, instant: datetime, skip: Collection[date] = ()) -> tuple[Occurrence, ...]:
    """The next occurrences later than an instant: five, or fewer where the rule ends."""
    return tuple(islice(due_after(rule, instant, skip), 5))


def due_after(rule: Rule, instant: datetime, skip: Collection[date] = ()) -> Iterator[Occurrence]:
    """The occurrences later than an instant, in order; lazy, as `occurrences` is."""
    # What the clocks skip is due later than its name says: a day covers every gap there was.
    about = local_of(instant, ZoneInfo(rule.zone)) - timedelta(days=2)
    return (one for one in occurrences(rule, about, skip) if one.at > instant)


def is_occurrence(rule: Rule, local: datetime) -> bool:
    """Whether the rule names this naive local time."""
    return next(names(rule, local - timedelta(seconds=1)), None) == local


def first(rule: Rule) -> datetime | None:
    """The first local time of the rule: its start, unless that is not one of its days."""
    return next(names(rule), None)


def aligned(rule: Rule) -> Rule:
    """The same occurrences, begun with the first of them: RFC 5545 counts DTSTART as one, and
    leaves undefined what follows from a DTSTART that the rule does not hit."""
    begins = first(rule)
    return rule if begins is None else replace(rule, start=begins)


def rrule_text(rule: Rule) -> str:
    """The RRULE's value for a calendar: UNTIL in UTC, as RFC 5545, 3.3.10 asks beside a TZID."""
    if rule.count is not None:
        return f"{rule.pattern};COUNT={rule.count}"
    if rule.until is None:
        return rule.pattern
    until = instant_of(rule.until, ZoneInfo(rule.zone))
    return f"{rule.pattern};UNTIL={until.astimezone(UTC):{_STAMP}}Z"


# --- walking ------------------------------------------------------------------------------------


def names(rule: Rule, after: datetime | None = None) -> Iterator[datetime]:
    """The rule's naive local times later than `after`, else all from the start on."""
    until = _last(rule) if rule.count is not None else rule.until
    begin = rule.start if after is None else max(_nearer(rule, after), rule.start)
    if rule.count is not None and until is None:
        return
    horizon = _later(max(begin, after or begin))
    listed = _expanded(rule.pattern, begin, horizon if until is None else min(until, horizon))
    for local in listed:
        if after is None or local > after:
            yield local


@lru_cache(maxsize=1024)
def _last(rule: Rule) -> datetime | None:
    """The last local time of a rule with a count: with it the rule needs no counting."""
    listed = _expanded(rule.pattern, rule.start, _later(rule.start))
    return max(islice(listed, rule.count), default=None)


def _expanded(pattern: str, start: datetime, until: datetime) -> Iterator[datetime]:
    # dateutil looks at UNTIL only where a day fits: typed.py lets no pattern through that has none.
    yield from rrule.rrulestr(f"{pattern};UNTIL={until:{_STAMP}}", dtstart=start)


def _later(local: datetime) -> datetime:
    return local + min(timedelta(days=366 * HORIZON), _LATEST - local)


def _nearer(rule: Rule, after: datetime) -> datetime:
    """A start moved on by whole intervals to the last one not later than `after`, from which the
    pattern goes on to the same times: then nothing is walked that is long past."""
    parts = rule.parts
    interval = int(parts.get("INTERVAL", "1"))
    start = rule.start
    if after <= start:
        return start
    match parts["FREQ"]:
        case "DAILY" | "WEEKLY" as frequency:
            step = timedelta(days=interval if frequency == "DAILY" else 7 * interval)
            return start + (after - start) // step * step
        case "MONTHLY":
            months = (after.year - start.year) * 12 + after.month - start.month
            months = start.month - 1 + months // interval * interval
            return start.replace(year=start.year + months // 12, month=months % 12 + 1, day=1)
        case _:
            years = (after.year - start.year) // interval * interval
            return start.replace(year=start.year + years, month=1, day=1)
