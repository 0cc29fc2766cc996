"""Times as people type them: taken for what they must mean, or refused with what to type."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.errors import NotUnderstood
from bot.core.local_time import Standing, in_words, instant_of, local_of, standing
from bot.core.times import foreign, understand, understand_dates, understand_until
from bot.core.times.days import short
from tests.core.times_typed import MEANT, NEW_YORK, REFUSED, WEDNESDAY
from tests.hostile import strings

Moment = tuple[str, str]


def at(moment: Moment) -> tuple[datetime, ZoneInfo]:
    now, zone = moment
    return datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone)


NOW, PLACE = at(WEDNESDAY)


def refusal(text: str, now: datetime = NOW, zone: ZoneInfo = PLACE) -> NotUnderstood:
    with pytest.raises(NotUnderstood) as refused:
        understand(text, now, zone)
    return refused.value


# --- what is taken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "typed", "means"),
    [(moment, typed, means) for moment, table in MEANT.items() for typed, means in table],
)
def test_what_somebody_types_means_this(moment: Moment, typed: str, means: str) -> None:
    now, zone = at(moment)
    when = understand(typed, now, zone)
    assert when.at == datetime.fromisoformat(means).replace(tzinfo=UTC)
    assert when.local == local_of(when.at, zone)


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("9am", "09:00 has passed today, so this is tomorrow."),
        ("friday 8:30", "8:30 is taken as am; for later in the day type 8:30pm."),
        ("friday 08:30", None),
        ("friday 8:30am", None),
        ("12pm friday", "12pm is taken as noon."),
        (
            "sunday 1:30am",
            "The clocks in America/New_York show this time twice: the first is meant.",
        ),
        ("2026-12-01T09:00-08:00", "That is Tuesday 1 December 2026 at 12:00 in America/New_York."),
        ("2026-12-01T09:00-05:00", None),
    ],
)  # fmt: skip
def test_what_they_may_not_have_thought_of_is_said(typed: str, note: str | None) -> None:
    assert understand(typed, NOW, PLACE).notes == (() if note is None else (note,))


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "typed", "said"),
    [(moment, typed, said) for moment, table in REFUSED.items() for typed, said in table],
)
def test_what_can_not_be_taken_is_refused_with_what_can(
    moment: Moment, typed: str, said: str
) -> None:
    now, zone = at(moment)
    refused = refusal(typed, now, zone)
    assert said in str(refused)
    assert str(refused).endswith(".")
    assert refused.param == "when"
    assert refused.suggestions
    for suggestion in refused.suggestions:
        assert suggestion in str(refused)
        assert understand(suggestion, now, zone).at > now


OUTRAGEOUS = (
    "9" * 100, "9am\x00", "\u202e9am", "in 999999999999 days", "9am " * 2_500, "1" * 10_000,
    "-" * 100, "9:" * 50, "nov " * 25, "next " * 20, "in " + "1 day " * 15, "٣ nov ٩am",
    "9am\u200b",
    "99/99/9999 9am", "0000-00-00 00:00", "9999-12-31 23:59", "9999-12-31T23:59-14:00",
    "0001-01-01T00:00+14:00", "2026-12-01T09:00+99:99", "in 999999 months", "0th 9am", "00/00 9am",
    "\ud8009am", "９ａｍ\u2066", "week week week 9am",
)  # fmt: skip


def test_what_is_typed_to_do_harm_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once: no library is asked, and what it says back is short."""

    def ask(text: str) -> list[date]:
        raise AssertionError(text)

    monkeypatch.setattr(foreign, "_readings", ask)
    for text in (*OUTRAGEOUS, *strings()):
        assert len(str(refusal(text))) < 250
        for ends in (understand_until, understand_dates):
            with pytest.raises(NotUnderstood) as refused:
                ends(text, NOW, PLACE)
            assert len(str(refused.value)) < 250


WORDS = (
    "next", "this", "monday", "wed", "friday", "today", "tomorrow", "tonight", "in", "at", "on",
    "3", "9", "14", "9am", "12am", "12pm", "14:30", "8.30", "25:00", "noon", "midnight", "nov",
    "3rd", "december", "2026", "2027-02-29", "03/04", "13/11", "days", "hours", "week", "a", "from",
    "now", "evening", "morning", "EST", "Z", "half", "an", "hour", "month", "février", "2026-11-01",
    "1:30am", "and",
)  # fmt: skip


@given(
    st.one_of(st.text(max_size=30), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)),
    st.sampled_from((*MEANT, *REFUSED)),
)
def test_whatever_is_typed_is_taken_or_refused(text: str, moment: Moment) -> None:
    now, zone = at(moment)
    for typed in (text, *instead_of(text, now, zone)):
        if not instead_of(typed, now, zone):
            when = understand(typed, now, zone)
            assert now < when.at == instant_of(when.local, zone)
        else:
            assert typed == text, "a suggestion is refused"


def instead_of(text: str, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """What is suggested where the text is refused."""
    try:
        understand(text, now, zone)
    except NotUnderstood as refused:
        return refused.suggestions
    return ()


# --- back again ---------------------------------------------------------------------------------

ZONES = (NEW_YORK, "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
         "Pacific/Apia", "Africa/Casablanca", "UTC")  # fmt: skip
MOMENTS = st.integers(1_167_609_600, 2_082_758_400).map(lambda s: datetime.fromtimestamp(s, UTC))
"""From 2007 to 2036."""


def ways_to_type(local: datetime, instant: datetime, zone: ZoneInfo) -> list[str]:
    """A time in each form in which a date can be typed."""
    twelve = f"{local:%I:%M%p}".lower()
    clocks = [f"{local:%H:%M}", *([] if twelve == "12:00am" else [twelve, twelve.lstrip("0")])]
    month, day = f"{local:%B}", f"{local.day}"
    offset = f"{instant.astimezone(zone):%z}"
    dates = (
        f"{local:%Y-%m-%d}", f"{local:%Y/%m/%d}", f"{day} {month} {local.year}", short(local),
        f"{month[:3]} {day}, {local.year}", f"{local:%A}, the {day}th of {month} {local.year},",
    )  # fmt: skip
    return [
        *(f"{date_} {clock}" for date_ in dates for clock in clocks),
        *(f"{clock} on {date_}" for date_ in dates for clock in clocks),
        *(f"{date_} at {clock}".upper() for date_ in dates for clock in clocks),
        local.isoformat(),
        f"{local:%Y-%m-%dT%H:%M}",
        f"{local.isoformat()}{offset}",
        f"{instant:%Y-%m-%dT%H:%MZ}",
        in_words(local),
    ]


@given(
    st.sampled_from(ZONES),
    MOMENTS,
    st.integers(1, 700 * 24 * 60),
)
def test_a_time_in_any_form_is_that_time(zone: str, now: datetime, minutes: int) -> None:
    place = ZoneInfo(zone)
    local = local_of(now + timedelta(minutes=minutes), place).replace(second=0, microsecond=0)
    instant = instant_of(local, place)
    assume(instant > now)
    for typed in ways_to_type(local, instant, place):
        when = understand(typed, now, place)
        assert (when.local, when.at) == (local, instant), typed


@given(
    st.sampled_from(ZONES),
    MOMENTS,
    st.integers(1, 6),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
)
def test_a_day_of_the_coming_week_is_that_day(
    zone: str, now: datetime, ahead: int, clock: time
) -> None:
    place = ZoneInfo(zone)
    here = local_of(now, place)
    local = datetime.combine(here.date() + timedelta(days=ahead), clock)
    shown = f"{local:%H:%M}"
    forms = [f"{local:%A} {shown}", f"{local:%a} {shown}".lower(), f"{shown} this {local:%A}"]
    forms.append(f"in {ahead} days at {shown}")
    if ahead == 1:
        forms.append(f"tomorrow {shown}")
    for typed in forms:
        if standing(local, place) is Standing.SKIPPED:
            assert "skip" in str(refusal(typed, now, place))
        else:
            assert understand(typed, now, place).local == local, typed


# --- ends and dates -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "at_", "count"),
    [
        ("dec 12", "2026-12-12T23:59:59", None),
        ("until 12 december", "2026-12-12T23:59:59", None),
        ("2027-05-14", "2027-05-14T23:59:59", None),
        ("friday", "2026-10-30T23:59:59", None),
        ("12 décembre", None, None),
        ("10 times", None, 10),
        ("10", None, 10),
        ("ten", None, 10),
        ("for 6 times", None, 6),
        ("1x", None, 1),
        ("0", None, None),
        ("1001 times", None, None),
        ("oct 1", None, None),
        ("wednesday", None, None),
        ("dec 12 9am", None, None),
        ("2099-01-01", None, None),
        ("03/04", None, None),
    ],
)
def test_an_end_is_a_date_or_a_count(typed: str, at_: str | None, count: int | None) -> None:
    if at_ is None and count is None:
        with pytest.raises(NotUnderstood) as refused:
            understand_until(typed, NOW, PLACE)
        assert refused.value.param == "until"
        assert refused.value.suggestions
        for suggestion in refused.value.suggestions:
            understand_until(suggestion, NOW, PLACE)
        return
    until = understand_until(typed, NOW, PLACE)
    assert until.at == (None if at_ is None else datetime.fromisoformat(at_))
    assert until.count == count


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("dec 25, jan 1", ["2026-12-25", "2027-01-01"]),
        ("Dec 25, 2026, Jan 1, 2027", ["2026-12-25", "2027-01-01"]),
        ("jan 1; dec 25 and dec 25", ["2026-12-25", "2027-01-01"]),
        ("2026-12-25", ["2026-12-25"]),
        ("nov 25 to nov 27", ["2026-11-25", "2026-11-26", "2026-11-27"]),
        ("nov 25-27", ["2026-11-25", "2026-11-26", "2026-11-27"]),
        ("25–27 nov", ["2026-11-25", "2026-11-26", "2026-11-27"]),
        ("2026-12-30 to 2027-01-01", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("dec 24 - dec 26, mon", ["2026-11-02", "2026-12-24", "2026-12-25", "2026-12-26"]),
    ],
)
def test_dates_to_leave_out(typed: str, days: list[str]) -> None:
    assert [day.isoformat() for day in understand_dates(typed, NOW, PLACE)] == days


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (" , ", "There is no date in it"),
        ("dec 25, nonsense", "“nonsense” is no day that is known"),
        ("dec 25, feb 30", "There is no 30 February in 2027"),
        ("dec 25 to dec 20", "is no span of days here"),
        ("nov 1 to may 1", "is no span of days here"),
    ],
)
def test_dates_that_can_not_be_left_out(typed: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        understand_dates(typed, NOW, PLACE)
    assert said in str(refused.value)
    assert refused.value.param == "dates"


@pytest.mark.soak
def test_random_phrases_are_taken_or_refused() -> None:
    source = random.Random(1935)
    for _ in range(10_000):
        text = " ".join(source.choices(WORDS, k=source.randint(1, 6)))
        try:
            when = understand(text, NOW, PLACE)
        except NotUnderstood:
            continue
        assert when.at > NOW
