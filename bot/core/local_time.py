"""Wall-clock times of a zone and the instants they stand for, also where the clocks change.

A time that the clocks skip is taken with the offset before the gap, one that comes twice means the
first (RFC 5545, 3.3.5). Wall-clock times are naive, instants are in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

QUIET_FROM = time(21)
QUIET_UNTIL = time(7)


class Standing(Enum):
    """How often a clock in a zone shows a time."""

    PLAIN = "once"
    SKIPPED = "never"
    TWICE = "twice"


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a naive wall-clock time."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def local_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in the zone shows at an instant, naive."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def standing(local: datetime, zone: ZoneInfo) -> Standing:
    """Whether the clocks in the zone show a naive time once, never or twice."""
    if local_of(instant_of(local, zone), zone) != local:
        return Standing.SKIPPED
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return Standing.PLAIN if first == second else Standing.TWICE


def is_second(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks show, at an instant, what they have shown before: a naive time there
    means the first of the two."""
    return instant_of(local_of(instant, zone), zone) != instant


def day_in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def in_words(local: datetime) -> str:
    """Monday 30 November 2026 at 09:00."""
    shown = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{day_in_words(local)} at {shown}"


# --- quiet hours --------------------------------------------------------------------------------


def is_quiet(
    instant: datetime, zone: ZoneInfo, begin: time = QUIET_FROM, end: time = QUIET_UNTIL
) -> bool:
    """Whether an instant is within the zone's quiet hours, from `begin` to just before `end`; the
    night may lie between them. The same time twice: there are none."""
    now = local_of(instant, zone).time()
    if begin <= end:
        return begin <= now < end
    return now >= begin or now < end


def after_quiet(
    instant: datetime, zone: ZoneInfo, begin: time = QUIET_FROM, end: time = QUIET_UNTIL
) -> datetime:
    """The first instant from this one on that is outside the quiet hours (UTC)."""
    if not is_quiet(instant, zone, begin, end):
        return instant.astimezone(UTC)
    local = local_of(instant, zone)
    day = local.date()
    ends = datetime.combine(day if local.time() < end else day + timedelta(days=1), end)
    at = instant_of(ends, zone)
    if at <= instant:  # the clocks went back over the end: it comes a second time
        at = ends.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return at
