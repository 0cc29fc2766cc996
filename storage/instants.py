"""Instants as the database holds them: whole microseconds since 1970 UTC, exact and ordered."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The instant (UTC)."""
    return EPOCH + timedelta(microseconds=micros)
