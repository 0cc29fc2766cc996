"""`coalface schedule when`, as somebody types it who wants to know how a time is understood."""

import json
from collections.abc import Sequence

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app

OFF_START = (
    "Saturday 31 October 2026 is not one of its days, so it first comes on Monday 2 November 2026"
    " at 09:00."
)
NOW = ("--zone", "America/New_York", "--now", "2026-10-28T14:23")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["schedule", "when", *arguments])


def test_a_time_is_said_in_full() -> None:
    result = run("next monday 9am", *NOW)
    assert result.exit_code == 0
    assert result.stdout == (
        "Monday 2 November 2026 at 09:00 in America/New_York (2026-11-02T14:00:00Z)\n"
    )


def test_what_they_may_not_have_thought_of_is_said_below() -> None:
    assert run("sunday 1:30am", *NOW).stdout.splitlines()[1] == (
        "  The clocks in America/New_York show this time twice: the first is meant."
    )


def test_the_next_five_of_a_repetition() -> None:
    assert run("sat 9am", *NOW, "--repeat", "weekdays", "--until", "10").stdout.splitlines() == [
        "Saturday 31 October 2026 at 09:00 in America/New_York (2026-10-31T13:00:00Z)",
        "Every weekday (Monday to Friday) at 09:00, 10 times:",
        *(
            f"  {day} Nov 2026, 09:00 EST  (2026-11-0{number}T14:00:00Z)"
            for number, day in enumerate(("Mon 2", "Tue 3", "Wed 4", "Thu 5", "Fri 6"), 2)
        ),
        f"  {OFF_START}",
    ]


def test_for_a_program() -> None:
    said = json.loads(
        run("31 jan 9am", *NOW, "--repeat", "monthly", "--until", "may 31", "--json").stdout
    )
    repeat = said.pop("repeat")
    assert said == {
        "understood": True,
        "in_words": "Sunday 31 January 2027 at 09:00",
        "local": "2027-01-31T09:00:00",
        "zone": "America/New_York",
        "utc": "2027-01-31T14:00:00Z",
        "notes": [],
    }
    assert repeat["rrule"] == "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20270601T035959Z"
    assert [one["name"][:10] for one in repeat["next"]] == [
        "2027-01-31", "2027-03-31", "2027-05-31",
    ]  # fmt: skip
    assert repeat["in_words"] == "every month on the 31st at 09:00 until 31 May 2027"
    assert repeat["notes"][0].startswith("There is no day 31 in February")


def test_now_is_the_computers_where_none_is_given() -> None:
    said = json.loads(run("in 2 hours", "--zone", "asia/kolkata", "--json").stdout)
    assert (said["understood"], said["zone"]) == (True, "Asia/Kolkata")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("at 8", *NOW), "8 can be in the morning or later; type at 8am or at 8pm."),
        (("9am", "--zone", "Europe/Londn"), "did you mean Europe/London?"),
        (("9am", *NOW, "--now", "soon"), "--now takes a time such as"),
        (("9am", *NOW, "--repeat", "FREQ=HOURLY"), "More often than daily"),
        (("9am", *NOW, "--until", "10"), "Without --repeat there is nothing that --until ends."),
        (("9am", *NOW, "--repeat", "daily", "--until", "never"), "is no day that is known"),
    ],
)
def test_what_is_refused_is_told_in_a_sentence(arguments: Sequence[str], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_refusal_for_a_program() -> None:
    result = run("at 8", *NOW, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "understood": False,
        "about": "when",
        "reason": "8 can be in the morning or later; type at 8am or at 8pm.",
        "suggestions": ["at 8am", "at 8pm"],
    }
