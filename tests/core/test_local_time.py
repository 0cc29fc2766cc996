"""Wall-clock times where the clocks change, and the hours in which nobody is disturbed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.local_time import (
    Standing,
    after_quiet,
    instant_of,
    is_quiet,
    is_second,
    local_of,
    standing,
)

NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(
    [NEW_YORK, *map(ZoneInfo, ("Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"))]
)
MOMENTS = st.integers(1_167_609_600, 2_082_758_400).map(lambda s: datetime.fromtimestamp(s, UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "instant", "stands"),
    [
        ("2026-11-01T00:59", "2026-11-01T04:59", Standing.PLAIN),
        ("2026-11-01T01:30", "2026-11-01T05:30", Standing.TWICE),
        ("2026-11-01T02:00", "2026-11-01T07:00", Standing.PLAIN),
        ("2027-03-14T01:59", "2027-03-14T06:59", Standing.PLAIN),
        ("2027-03-14T02:30", "2027-03-14T07:30", Standing.SKIPPED),
        ("2027-03-14T03:00", "2027-03-14T07:00", Standing.PLAIN),
    ],
)
def test_a_wall_clock_time_is_this_instant(local: str, instant: str, stands: Standing) -> None:
    wall = datetime.fromisoformat(local)
    assert instant_of(wall, NEW_YORK) == utc(instant)
    assert standing(wall, NEW_YORK) is stands


def test_the_second_of_two_is_known() -> None:
    assert not is_second(utc("2026-11-01T05:30"), NEW_YORK)
    assert is_second(utc("2026-11-01T06:30"), NEW_YORK)
    assert not is_second(utc("2026-11-01T07:30"), NEW_YORK)


@given(ZONES, MOMENTS)
def test_a_clock_that_is_read_is_set_back_to_the_same(zone: ZoneInfo, at: datetime) -> None:
    assert is_second(at, zone) or instant_of(local_of(at, zone), zone) == at
    assert standing(local_of(at, zone), zone) is not Standing.SKIPPED


@pytest.mark.parametrize(
    ("at", "quiet", "until"),
    [
        ("2026-10-29T00:59", False, "2026-10-29T00:59"),  # 20:59
        ("2026-10-29T01:00", True, "2026-10-29T11:00"),  # 21:00
        ("2026-10-29T10:59", True, "2026-10-29T11:00"),
        ("2026-10-29T11:00", False, "2026-10-29T11:00"),  # 07:00
        ("2026-11-01T03:00", True, "2026-11-01T12:00"),  # over the change: 07:00 is another hour
        ("2027-03-14T03:00", True, "2027-03-14T11:00"),
    ],
)
def test_the_night_is_quiet(at: str, quiet: bool, until: str) -> None:
    assert is_quiet(utc(at), NEW_YORK) is quiet
    assert after_quiet(utc(at), NEW_YORK) == utc(until)


def test_quiet_hours_can_be_in_the_day_or_not_at_all() -> None:
    noon = utc("2026-10-29T16:00")
    assert after_quiet(noon, NEW_YORK, time(9), time(17)) == utc("2026-10-29T21:00")
    assert not is_quiet(noon, NEW_YORK, time(12), time(12))


@given(ZONES, MOMENTS, st.times(), st.times())
def test_after_the_quiet_hours_it_is_not_quiet(
    zone: ZoneInfo, at: datetime, begin: time, end: time
) -> None:
    then = after_quiet(at, zone, begin, end)
    assert at <= then <= at + timedelta(hours=50)
    assert not is_quiet(then, zone, begin, end)
    if then > at:
        assert is_quiet(then - timedelta(microseconds=1), zone, begin, end)
