"""When a schedule must post, worked out with plain dates and the offsets of a zone, and by nothing
that the bot uses for it: what tests/core/test_term_of_years.py compares the bot with."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import count
from zoneinfo import ZoneInfo

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AROUND = 30 * HOUR
"""Longer than any zone is ahead of another, and than any gap."""


def shown(at: datetime, zone: tzinfo) -> datetime:
    """What the clocks of a zone show, naive."""
    return at.astimezone(zone).replace(tzinfo=None)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return shown(at, zone) - at.replace(tzinfo=None)


def instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants at which the clocks show this: none, one or two."""
    about = local.replace(tzinfo=UTC)
    offsets = {_offset(about + by, zone) for by in (-AROUND, -12 * HOUR, 12 * HOUR, AROUND)}
    return sorted({about - by for by in offsets if shown(about - by, zone) == local})


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first of two; where there is none, with the offset from before the gap."""
    if found := instants(local, zone):
        return found[0]
    about = local.replace(tzinfo=UTC)
    return about - _offset(about - AROUND, zone)


def changes(zone: ZoneInfo, year: int) -> list[date]:
    """The days of a year on which the clocks change."""
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(365)]
    return [noon.date() for noon in noons if _offset(noon, zone) != _offset(noon - DAY, zone)] or [
        date(year, 3, 1)
    ]


def names(start: datetime, repeat: str) -> Iterator[datetime]:
    """The local times of a repetition, without end."""
    match repeat:
        case "once":
            yield start
        case "daily":
            yield from (start + n * DAY for n in count())
        case "weekdays":
            yield from (day for n in count() if (day := start + n * DAY).weekday() < 5)
        case "weekly":
            yield from (start + 7 * n * DAY for n in count())
        case "every two weeks":
            yield from (start + 14 * n * DAY for n in count())
        case _:
            for months in count(start.month - 1):
                try:
                    yield start.replace(year=start.year + months // 12, month=months % 12 + 1)
                except ValueError:
                    continue  # a short month


@dataclass(frozen=True, order=True)
class Due:
    at: datetime
    local: datetime
    name: datetime


@dataclass
class Model:
    """What has become of each occurrence, by its original local time: opened (when), missed or
    skipped; `moved` says where to, `gone` which passed while it was paused."""

    start: datetime
    repeat: str
    zone: ZoneInfo
    catch_up: timedelta
    paused: bool = False
    fates: dict[datetime, str] = field(default_factory=dict)
    opened: dict[datetime, datetime] = field(default_factory=dict)
    moved: dict[datetime, Due] = field(default_factory=dict)
    gone: set[datetime] = field(default_factory=set)

    def ahead(self, until: datetime) -> list[Due]:
        """What is neither decided nor gone, due by an instant; what was moved among it."""
        last = shown(until, UTC) + 2 * AROUND
        found = list(self.moved.values())
        listed = []
        for name in names(self.start, self.repeat):
            if name > last:
                break
            listed.append(name)
        for name, following in zip(listed, [*listed[1:], None], strict=False):
            at = instant(name, self.zone)
            skipped_day = following is not None and instant(following, self.zone) == at
            over = name in self.fates or name in self.gone or name in self.moved or skipped_day
            if not over:
                found.append(Due(at, name, name))
        return sorted(due for due in found if due.at <= until)

    def next(self, now: datetime) -> Due | None:
        return min(self.ahead(now + 100 * DAY), default=None)

    def attended(self, now: datetime) -> None:
        if self.paused:
            return
        for due in self.ahead(now):
            self.decide(due, "missed" if now - due.at > self.catch_up else "opened", now)

    def decide(self, due: Due, fate: str, now: datetime) -> None:
        self.moved.pop(due.name, None)
        self.fates[due.name] = fate
        if fate == "opened":
            self.opened[due.name] = now

    def let_go(self, now: datetime) -> None:
        """What fell due while it is paused, but for what was moved, is not looked at any more."""
        if self.paused:
            self.gone |= {due.name for due in self.ahead(now) if due.name not in self.moved}

    def resumed(self, now: datetime) -> None:
        for due in self.ahead(now):
            if due.name in self.moved:
                self.decide(due, "skipped", now)
        self.paused = False

    def to_zone(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.moved = {
            name: replace(due, at=instant(due.local, zone)) for name, due in self.moved.items()
        }
