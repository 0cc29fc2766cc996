"""Recurrences, against a calculation of our own: plain dates, and offsets that are looked up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import NotUnderstood
from bot.core.recurrence import (
    Occurrence,
    Rule,
    aligned,
    due_after,
    is_occurrence,
    made,
    next_after,
    next_five,
    occurrences,
    off_start,
)
from bot.core.recurrence import rule as walking
from bot.core.recurrence.typed import DAYS

NEW_YORK = "America/New_York"
ZONES = (NEW_YORK, "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
         "Pacific/Apia", "Africa/Casablanca")  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


MONDAY = local("2026-11-02T09:00")

# --- the independent calculation ----------------------------------------------------------------


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """By looking which offsets make the clock show it; else by the one of the day before."""
    as_utc = wall.replace(tzinfo=UTC)
    before = (as_utc - timedelta(hours=36)).astimezone(zone).utcoffset()
    after = (as_utc + timedelta(hours=36)).astimezone(zone).utcoffset()
    assert before is not None
    assert after is not None
    shown = [
        as_utc - offset
        for offset in (before, after)
        if (as_utc - offset).astimezone(zone).replace(tzinfo=None) == wall
    ]
    return min(shown, default=as_utc - before)


@dataclass(frozen=True)
class Plain:
    """A repetition as an RRULE, and as a plain question about a date."""

    rrule: str
    start: datetime
    zone: str

    def hits(self, day: date) -> bool:
        parts = dict(part.split("=") for part in self.rrule.split(";"))
        every, began = int(parts.get("INTERVAL", "1")), self.start.date()
        months = (day.year - began.year) * 12 + day.month - began.month
        monday = day - timedelta(days=day.weekday())
        weeks = (monday - (began - timedelta(days=began.weekday()))).days // 7
        passed = {"DAILY": (day - began).days, "WEEKLY": weeks, "MONTHLY": months}
        if passed.get(parts["FREQ"], 0) % every:
            return False
        if "BYDAY" in parts and not any(_is(day, one) for one in parts["BYDAY"].split(",")):
            return False
        if "BYMONTHDAY" in parts:
            end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            wanted = [int(one) for one in parts["BYMONTHDAY"].split(",")]
            if not {day.day, day.day - end.day - 1} & set(wanted):
                return False
        return "BYMONTH" not in parts or str(day.month) in parts["BYMONTH"].split(",")

    def all_until(self, last: date) -> list[Occurrence]:
        """Each day from the start on is asked; one that coincides with the next gives way."""
        zone, day, found = ZoneInfo(self.zone), self.start.date(), list[Occurrence]()
        while day <= last:
            if self.hits(day):
                wall = datetime.combine(day, self.start.time())
                found.append(Occurrence(wall, instant(wall, zone)))
            day += timedelta(days=1)
        doubled = [one for one, then in pairwise(found) if one.at == then.at]
        return [one for one in found if one not in doubled]


def _is(day: date, named: str) -> bool:
    """1MO: the first Monday of its month."""
    if DAYS[day.weekday()] != named[-2:]:
        return False
    place = int(named[:-2] or 0)
    if place == 0:
        return True
    in_month = day.replace(day=1)
    same = [in_month + timedelta(days=n) for n in range(31)]
    same = [one for one in same if one.month == day.month and one.weekday() == day.weekday()]
    return same.index(day) == (place - 1 if place > 0 else len(same) + place)


@st.composite
def repetitions(draw: st.DrawFn) -> Plain:
    zone = draw(st.sampled_from(ZONES))
    began = draw(st.dates(date(2003, 1, 1), date(2032, 12, 31)))
    if zone == "Pacific/Apia" and draw(st.booleans()):
        began = draw(st.dates(date(2011, 11, 1), date(2011, 12, 31)))
    # Midnight too: where Sao Paulo's clocks went forward.
    clock = draw(st.one_of(st.sampled_from([time(0), time(1, 30), time(2, 15)]), st.times()))
    start = datetime.combine(began, clock.replace(second=0, microsecond=0))
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True))
    month_day = draw(st.integers(-31, 31).filter(bool))
    place = draw(st.sampled_from([1, 2, 3, 4, 5, -1, -2]))
    rrule = draw(
        st.sampled_from(
            [
                f"FREQ=DAILY;INTERVAL={draw(st.integers(1, 10))}",
                f"FREQ=WEEKLY;INTERVAL={draw(st.integers(1, 5))};BYDAY={','.join(days)}",
                f"FREQ=MONTHLY;INTERVAL={draw(st.integers(1, 5))};BYMONTHDAY={month_day}",
                f"FREQ=MONTHLY;BYDAY={place}{days[0]}",
                f"FREQ=DAILY;BYDAY={','.join(days)};BYMONTH=1,2,9",
                f"FREQ=YEARLY;BYMONTH=3,10;BYMONTHDAY={abs(month_day)}",
                f"FREQ=YEARLY;BYMONTH=3,11;BYDAY={place}SU",
            ]
        )
    )
    return Plain(rrule, start, zone)


def rule_of(plain: Plain, **ends: Any) -> Rule | None:
    try:
        return made(plain.rrule, plain.start, plain.zone, **ends)
    except NotUnderstood:
        first_ten = plain.start.date().replace(day=1) + timedelta(days=3_640)
        assert ends or not plain.all_until(first_ten)
        return None


@given(repetitions(), st.integers(0, 9 * 365), st.booleans())
def test_every_occurrence_comes_at_its_wall_clock_time_none_twice_none_missing(
    plain: Plain, ahead: int, from_the_start: bool
) -> None:
    rule = rule_of(plain)
    if rule is None:
        return
    zone = ZoneInfo(plain.zone)
    after = plain.start + timedelta(days=0 if from_the_start else ahead, minutes=-1)
    last = after.date() + timedelta(days=500)
    expected = [one for one in plain.all_until(last) if one.local > after]
    found = list(islice(occurrences(rule, after), len(expected)))
    assert found == expected
    assert [one.at for one in found] == sorted({one.at for one in found})
    for one in found:
        assert one.name == one.local.isoformat()
        shown = one.at.astimezone(zone).replace(tzinfo=None)
        assert shown == one.local or one.at == instant(one.local, zone)


@given(repetitions(), st.integers(1, 60), st.integers(0, 700))
def test_an_end_by_count_or_by_date_takes_the_rest_away(
    plain: Plain, count: int, ahead: int
) -> None:
    if (endless := rule_of(plain)) is None:
        return
    names = list(islice(walking.names(endless), count))
    if len(names) < count or (counted := rule_of(plain, count=count)) is None:
        return
    until = rule_of(plain, until=names[-1])
    assert until is not None
    after = plain.start + timedelta(days=ahead)
    for rule in (counted, until):
        assert list(walking.names(rule)) == names
        assert list(walking.names(rule, after)) == [name for name in names if name > after]


@given(repetitions(), st.integers(0, 9 * 365))
def test_a_rule_begun_with_its_first_occurrence_is_the_same(plain: Plain, ahead: int) -> None:
    if (rule := rule_of(plain)) is None:
        return
    straight = aligned(rule)
    assert off_start(straight) is None
    assert is_occurrence(rule, straight.start)
    after = plain.start + timedelta(days=ahead)
    assert list(islice(occurrences(rule, after), 5)) == list(
        islice(occurrences(straight, after), 5)
    )


@given(repetitions(), st.integers(0, 3_000))
def test_what_is_due_after_an_instant(plain: Plain, ahead: int) -> None:
    if (rule := rule_of(plain)) is None:
        return
    now = plain.start.replace(tzinfo=UTC) + timedelta(days=ahead)
    expected = [one for one in plain.all_until((now + timedelta(days=400)).date()) if one.at > now]
    assert list(next_five(rule, now))[: len(expected)] == expected[:5]
    assert next_after(rule, now) == next(due_after(rule, now), None)


# --- the clocks ---------------------------------------------------------------------------------


def utc(rule: Rule, count: int, skip: tuple[date, ...] = ()) -> list[str]:
    return [f"{one.at:%m-%d %H:%M}" for one in islice(occurrences(rule, skip=skip), count)]


def test_nine_stays_nine_when_the_clocks_go_back() -> None:
    rule = made("weekly", local("2026-10-26T09:00"), NEW_YORK)
    assert utc(rule, 3) == ["10-26 13:00", "11-02 14:00", "11-09 14:00"]


def test_what_the_clocks_skip_comes_with_the_offset_before() -> None:
    rule = made("daily", local("2027-03-13T02:30"), NEW_YORK)
    assert utc(rule, 3) == ["03-13 07:30", "03-14 07:30", "03-15 06:30"]
    assert [one.name for one in islice(occurrences(rule), 2)][1] == "2027-03-14T02:30:00"


def test_what_comes_twice_comes_once_the_first_time() -> None:
    rule = made("daily", local("2026-10-31T01:30"), NEW_YORK)
    assert utc(rule, 3) == ["10-31 05:30", "11-01 05:30", "11-02 06:30"]


def test_half_an_hour_on_lord_howe() -> None:
    rule = made("daily", local("2026-10-03T02:15"), "Australia/Lord_Howe")
    assert utc(rule, 3) == ["10-02 15:45", "10-03 15:45", "10-04 15:15"]


def test_a_day_that_samoa_skipped_comes_once() -> None:
    daily = made("daily", local("2011-12-29T09:00"), "Pacific/Apia")
    assert [one.name[:10] for one in islice(occurrences(daily), 3)] == [
        "2011-12-29", "2011-12-31", "2012-01-01",
    ]  # fmt: skip
    fridays = made("weekly", local("2011-12-23T09:00"), "Pacific/Apia")
    assert utc(fridays, 3) == ["12-23 19:00", "12-30 19:00", "01-05 19:00"]


def test_what_fell_due_in_a_gap_is_next_until_it_came() -> None:
    rule = made("daily", local("2027-03-13T02:30"), NEW_YORK)
    following = next_after(rule, datetime(2027, 3, 14, 7, 10, tzinfo=UTC))  # 03:10 there
    assert following is not None
    assert following.name == "2027-03-14T02:30:00"


def test_days_that_are_taken_out_count_all_the_same() -> None:
    rule = made("weekly", MONDAY, NEW_YORK, count=4)
    assert utc(rule, 9, (date(2026, 11, 9),)) == ["11-02 14:00", "11-16 14:00", "11-23 14:00"]


def test_a_rule_of_long_ago_is_not_walked_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[datetime] = []
    expanded = walking._expanded

    def watched(pattern: str, start: datetime, until: datetime) -> Iterator[datetime]:
        begun.append(start)
        return expanded(pattern, start, until)

    monkeypatch.setattr(walking, "_expanded", watched)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    for repeat in ("daily", "weekdays", "every two weeks", "monthly", "FREQ=YEARLY"):
        found = next_after(made(repeat, local("2016-10-31T09:00"), NEW_YORK), now)
        assert found is not None
        assert begun[-1] >= local("2025-10-30"), repeat


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
        "FREQ=WEEKLY;INTERVAL=5;BYDAY=WE",
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31",
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1,-1",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=5SA",
        "FREQ=YEARLY;BYMONTH=1,12;BYMONTHDAY=1,31",
        "FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13",
    ],
)
def test_where_it_is_walked_from_changes_nothing(rrule: str) -> None:
    """Against dateutil's own walk from the start."""
    rule = made(rrule, local("2016-01-31T09:00"), NEW_YORK)
    walked = list(walking._expanded(rule.pattern, rule.start, local("2030-01-01")))
    for days in range(0, 3_650, 17):
        after = rule.start + timedelta(days=days)
        expected = [one for one in walked if one > after][:2]
        assert list(islice(walking.names(rule, after), 2)) == expected
