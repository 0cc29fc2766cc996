"""The time on the wire, and the snowflakes made from it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""Discord's epoch: https://docs.discord.com/developers/reference#snowflakes"""

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    def now(self) -> datetime: ...


class TickingClock:
    """One second on with every message that somebody writes; `move` takes it further."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


class Snowflakes:
    """Ids that rise always, also when the clock stands still, and tell when they were made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._old = snowflake(LONG_AGO)

    def next(self) -> int:
        self._last = max(snowflake(self._clock.now()), self._last + 1)
        return self._last

    def next_old(self) -> int:
        """For servers and people: one millisecond apart, so that servers go round the shards."""
        self._old += 1 << 22
        return self._old


def snowflake(at: datetime) -> int:
    """The lowest id of its millisecond."""
    return (at - EPOCH) // timedelta(milliseconds=1) << 22


def made_at(snowflake_id: int) -> datetime:
    return EPOCH + timedelta(milliseconds=snowflake_id >> 22)
