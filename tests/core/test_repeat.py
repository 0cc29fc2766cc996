"""What people type as `repeat`: the rule it makes, how it is said, and why it is refused."""

from datetime import datetime
from itertools import islice

import pytest

from bot.core.errors import NotUnderstood
from bot.core.recurrence import (
    at_month_end,
    in_words,
    made,
    occurrences,
    off_start,
    rrule_text,
    short_months,
)

NEW_YORK = "America/New_York"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


MONDAY = local("2026-11-02T09:00")

# --- what people type ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "pattern", "words"),
    [
        ("once", "FREQ=DAILY", "once, on Monday 2 November 2026 at 09:00"),
        ("Daily", "FREQ=DAILY", "every day at 09:00"),
        ("every day", "FREQ=DAILY", "every day at 09:00"),
        (
            "weekdays",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "every weekday (Monday to Friday) at 09:00",
        ),
        ("weekly", "FREQ=WEEKLY;BYDAY=MO", "every Monday at 09:00"),
        (
            "every  two weeks",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
            "every two weeks on Monday at 09:00",
        ),
        ("biweekly", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "every two weeks on Monday at 09:00"),
        ("monthly", "FREQ=MONTHLY;BYMONTHDAY=2", "every month on the 2nd at 09:00"),
        ("month end", "FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day at 09:00"),
        (
            "Last day of the month",
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "every month on the last day at 09:00",
        ),
        (
            "RRULE:FREQ=WEEKLY;BYDAY=TH,TU",
            "FREQ=WEEKLY;BYDAY=TU,TH",
            "every Tuesday and Thursday at 09:00",
        ),
        ("every monday", "FREQ=WEEKLY;BYDAY=MO", "every Monday at 09:00"),
        ("Thursdays", "FREQ=WEEKLY;BYDAY=TH", "every Thursday at 09:00"),
        ("mon, thu & mon", "FREQ=WEEKLY;BYDAY=MO,TH", "every Monday and Thursday at 09:00"),
        (
            "every tues. and thurs.",
            "FREQ=WEEKLY;BYDAY=TU,TH",
            "every Tuesday and Thursday at 09:00",
        ),
        (
            "every other friday",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
            "every two weeks on Friday at 09:00",
        ),
        ("freq=weekly", "FREQ=WEEKLY;BYDAY=MO", "every Monday at 09:00"),
        (
            "FREQ=WEEKLY;INTERVAL=3;WKST=SU;BYDAY=MO",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO;WKST=SU",
            "every three weeks on Monday at 09:00",
        ),
        ("FREQ=DAILY;INTERVAL=10", "FREQ=DAILY;INTERVAL=10", "every 10 days at 09:00"),
        (
            "FREQ=MONTHLY;BYDAY=1MO",
            "FREQ=MONTHLY;BYDAY=1MO",
            "every month on the first Monday at 09:00",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-2FR",
            "FREQ=MONTHLY;BYDAY=-2FR",
            "every month on the second Friday from the end at 09:00",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,1",
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "every month on the 1st and 15th at 09:00",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "every month on the last day at 09:00",
        ),
        (
            "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR",
            "FREQ=DAILY;BYDAY=FR;BYMONTHDAY=13",
            "every day on the 13th if that is a Friday at 09:00",
        ),
        (
            "FREQ=YEARLY",
            "FREQ=YEARLY;BYMONTHDAY=2;BYMONTH=11",
            "every year on the 2nd of November at 09:00",
        ),
        (
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            "FREQ=YEARLY;BYDAY=4TH;BYMONTH=11",
            "every year on the fourth Thursday in November at 09:00",
        ),
    ],
)
def test_what_somebody_types_makes_this_rule(typed: str, pattern: str, words: str) -> None:
    rule = made(typed, MONDAY, NEW_YORK)
    assert rule.pattern == pattern
    assert in_words(rule) == words


def test_an_end_is_said_and_written_as_calendars_want_it() -> None:
    until = made("weekly", MONDAY, NEW_YORK, until=local("2026-12-12T23:59:59"))
    assert in_words(until) == "every Monday at 09:00 until 12 December 2026"
    assert rrule_text(until) == "FREQ=WEEKLY;BYDAY=MO;UNTIL=20261213T045959Z"
    counted = made("FREQ=WEEKLY;COUNT=10", MONDAY, NEW_YORK)
    assert in_words(counted) == "every Monday at 09:00, 10 times"
    assert rrule_text(counted) == "FREQ=WEEKLY;BYDAY=MO;COUNT=10"


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("20261212", "2026-12-12T23:59:59"),
        ("20261212T090000", "2026-12-12T09:00:00"),
        ("20261212T140000Z", "2026-12-12T09:00:00"),
        ("20270612T130000Z", "2027-06-12T09:00:00"),
    ],
)
def test_until_in_an_rrule_is_local_whichever_way_it_is_written(typed: str, ends: str) -> None:
    rule = made(f"FREQ=WEEKLY;UNTIL={typed}", MONDAY, NEW_YORK)
    assert rule.until == local(ends)
    assert in_words(rule).startswith("every Monday at 09:00 until 12 ")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sometimes", "“sometimes” is no repetition that is known; type once, daily, weekdays"),
        ("every fryday", "month end, every monday or an iCalendar RRULE"),
        ("every", "is no repetition that is known"),
        ("x" * 5_000, "is no repetition that is known"),
        ("FREQ=HOURLY", "More often than daily nobody could answer"),
        ("FREQ=SECONDLY;COUNT=5", "More often than daily nobody could answer"),
        ("FREQ=WEEKLY;BYSETPOS=1;BYDAY=MO", "and not BYSETPOS"),
        ("FREQ=YEARLY;BYWEEKNO=20", "and not BYWEEKNO"),
        ("FREQ=DAILY;BYHOUR=9,17", "The time of day is that of when, so leave BYHOUR out"),
        ("FREQ=DAILY;BYMINUTE=1", "leave BYMINUTE out"),
        ("BYDAY=MO", "FREQ takes one of DAILY, WEEKLY, MONTHLY, YEARLY"),
        ("FREQ=SOMETIMES", "FREQ takes one of"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ is given twice"),
        ("FREQ=DAILY;;", ""),
        ("FREQ=DAILY;x", "An RRULE is made of parts such as"),
        ("DTSTART=20260101;FREQ=DAILY", "and not DTSTART"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL takes 1 to 366"),
        ("FREQ=DAILY;INTERVAL=99999999999", "INTERVAL takes 1 to 366"),
        ("FREQ=YEARLY;INTERVAL=2", "INTERVAL takes 1."),
        ("FREQ=DAILY;COUNT=0", "COUNT takes 1 to 1000"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261212", "by UNTIL or by COUNT, not by both"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL takes a date such as 20261212"),
        ("FREQ=DAILY;UNTIL=20261312", "UNTIL takes a date such as 20261212"),
        ("FREQ=DAILY;UNTIL=20260101", "before it first comes"),
        ("FREQ=WEEKLY;BYDAY=1MO", "goes with FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=MONDAY", "BYDAY takes days such as MO,TH"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY takes -5 to 5"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY takes no 0"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=15", "not both"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "not with WEEKLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY takes -31 to 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY takes no 0"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "it would never come"),
        ("FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=-31", "it would never come"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=2", "it would never come"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "it would never come"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "may never come: leave one out"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=5MO", "No day of the next ten years fits"),
        ("FREQ=WEEKLY;COUNT=1000", "1000 times would take more than ten years"),
        ("FREQ=DAILY;WKST=XX", "WKST takes one of"),
        ("FREQ=DAILY;BYMONTH=" + "1," * 200, "at most 200 characters"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(typed: str, said: str) -> None:
    if not said:  # a stray sign is nothing
        assert made(typed, MONDAY, NEW_YORK).pattern == "FREQ=DAILY"
        return
    with pytest.raises(NotUnderstood) as refused:
        made(typed, MONDAY, NEW_YORK)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 200


def test_an_end_that_goes_with_nothing_is_refused() -> None:
    for repeat, ends in (
        ("once", {"count": 3}),
        ("FREQ=DAILY;COUNT=3", {"count": 3}),
        ("daily", {"until": local("2026-10-01")}),
        ("daily", {"count": 0}),
    ):
        with pytest.raises(NotUnderstood) as refused:
            made(repeat, MONDAY, NEW_YORK, **ends)
        assert refused.value.param == "until"


# --- what to ask about --------------------------------------------------------------------------


def test_a_start_on_another_day_is_said() -> None:
    rule = made("FREQ=WEEKLY;BYDAY=TU", MONDAY, NEW_YORK)
    assert off_start(rule) == (
        "Monday 2 November 2026 is not one of its days, so it first comes on Tuesday 3 November"
        " 2026 at 09:00."
    )
    assert off_start(made("weekly", MONDAY, NEW_YORK)) is None


def test_months_that_are_too_short_are_said_and_their_end_is_offered() -> None:
    start = local("2027-01-31T09:00")
    rule = made("monthly", start, NEW_YORK)
    assert short_months(rule) == (
        "There is no day 31 in February, April, June, September and November: there it doesn't"
        " come."
    )
    assert [one.name[5:10] for one in islice(occurrences(at_month_end(rule)), 3)] == [
        "01-31", "02-28", "03-31",
    ]  # fmt: skip
    assert short_months(at_month_end(rule)) is None
    assert short_months(made("monthly", local("2027-01-29T09:00"), NEW_YORK)) == (
        "There is no day 29 in February, but for leap years: there it doesn't come."
    )
    for never_short in ("monthly", "weekly", "once", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=1,3"):
        day = 28 if never_short == "monthly" else 31
        assert short_months(made(never_short, start.replace(day=day), NEW_YORK)) is None
    fifth = made("FREQ=MONTHLY;BYDAY=5MO", start, NEW_YORK)
    assert short_months(fifth) == (
        "Not every month has a fifth such day: where there is none, it doesn't come."
    )
