"""Schedules, the same on every platform, word for word up to its markup: proposed, confirmed,
posted by themselves, followed up, closed; and whatever is done to them in between."""

import re
from typing import Any

from icalendar import Calendar

from tests.contract.conftest import in_chromium_too
from tests.contract.conversation import Conversation, Said

KULAKS = "kulaks-and-shock-workers"
TITLE = "Two kinds of success, two fates"


async def _a_course(c: Conversation) -> None:
    """Ines teaches; Asa assists; Bo and Cy study; nothing is posted, and it is noon."""
    await c.join("Ines", "Asa", "Bo", "Cy")
    await c.channel("history")
    said = await c.command("Ines", "course setup", title="History 101", zone="Europe/London")
    assert "History 101 is set up" in said.words
    await c.command("Asa", "help")
    await c.command("Ines", "course staff", person="Asa", role="assistant")


async def _schedule(c: Conversation, **given: Any) -> Said:
    said = await c.command("Ines", "prompt schedule", **given)
    assert "Schedule this?" in said.words
    assert "nothing is posted before you confirm" in said.words
    return await c.choose("Ines", "Schedule it")


async def test_a_prompt_is_posted_goes_on_reminds_and_closes_by_itself(c: Conversation) -> None:
    await _a_course(c)
    await c.until("12:00")
    said = await _schedule(
        c, prompt=KULAKS, when="tomorrow 9am", due="in 3 days", closes="in 4 days", remind="24"
    )
    assert "S1 is scheduled" in said.words
    await c.until("08:59")
    assert TITLE not in await c.reads("Bo")
    await c.until("09:00")
    assert (await c.reads("Bo")).count("D1 · reply in the thread") == 1
    said = await c.command("Asa", "prompt why", within="D1")
    assert "Posted by S1" in said.words
    await c.say("Bo", "Ideology decided.", within="D1")
    await c.respond("Cy", "Not for the badge it did not.", to="Ideology decided.", within="D1")
    thread = await c.reads("Bo", within="D1")
    assert "Nobody has brought a source" not in thread

    await c.until("09:30")
    await c.until("09:30")  # nobody has written for a day
    thread = await c.reads("Bo", within="D1")
    assert thread.count("Nobody has brought a source from outside our pack yet.") == 1
    channel = await c.reads("Bo")
    assert "Nobody has brought a source" not in channel
    assert "D1 · reminder" not in channel

    await c.until("09:30")  # it is due in a day
    assert "D1 · reminder" in await c.reads("Bo")
    assert f"D1: {TITLE} is due" in await c.reads("Cy")

    await c.until("09:30")  # three days after it was posted
    assert "has a reply changed your mind?" in await c.reads("Bo", within="D1")

    await c.until("09:30")
    channel, thread = await c.reads("Bo"), await c.reads("Bo", within="D1")
    assert channel.count("D1 · reminder") == 1
    assert "Closed: replies written from now on do not count." in channel
    assert thread.count("Nobody has brought a source") == 1
    assert re.search(r"Students who wrote:?\s*2", thread)
    assert "D1 is closed" not in channel
    told = await c.reads("Ines")
    assert "D1 is closed" in told
    assert re.search(r"Students who wrote:?\s*2", told)
    said = await c.command("Ines", "prompt close", within="D1")
    assert "D1 is not open" in said.words


async def test_the_prompt_alone_asks_for_the_rest_in_a_form(c: Conversation) -> None:
    await _a_course(c)
    await c.until("12:00")
    said = await c.command("Ines", "prompt schedule", prompt=KULAKS)
    assert list(said.values) == ["when", "repeat", "until", "due"]
    said = await c.command(
        "Ines", "prompt schedule", when="tomorrow 9am", repeat="weekly", until="3", due="in 2 days"
    )
    for words in ("Schedule this?", TITLE, "3 times", "Due", "2 days after each post"):
        assert words in said.words
    said = await c.choose("Ines", "Schedule it")
    assert "S1 is scheduled" in said.words
    await c.until("09:00")
    assert "D1 · reply in the thread" in await c.reads("Bo")


async def test_a_time_that_is_not_understood_is_asked_for_again_and_nothing_is_lost(
    c: Conversation,
) -> None:
    await _a_course(c)
    said = await c.command(
        "Ines", "prompt schedule", prompt=KULAKS, when="someday", due="in 2 days"
    )
    assert "someday" in said.problems["when"]
    assert said.values["prompt"] in (KULAKS, TITLE)
    assert said.values["when"] == "someday"
    said = await c.command("Ines", "prompt schedule", when="tomorrow 9am")
    assert "Schedule this?" in said.words
    assert "2 days after each post" in said.words
    said = await c.choose("Ines", "Discard")
    assert "S1 is dropped" in said.words
    await c.until("09:00")
    await c.until("09:00")
    assert "D1" not in await c.reads("Bo")


async def test_a_schedule_is_looked_at_paused_moved_skipped_posted_now_and_cancelled(
    c: Conversation,
) -> None:
    await _a_course(c)
    await c.until("12:00")
    await _schedule(c, prompt="next", when="tomorrow 9am", repeat="daily")
    said = await c.command("Asa", "schedule list")
    for words in ("S1", "The next unused prompt", "Every day at 09:00"):
        assert words in said.words
    said = await c.command("Asa", "schedule pause", schedule="S1")
    assert "/schedule pause is for instructors" in said.words
    said = await c.command("Bo", "schedule list")
    assert "/schedule list is for assistants" in said.words

    said = await c.command("Ines", "schedule pause", schedule="S1")
    assert "S1 is paused" in said.words
    await c.until("09:00")
    assert "D1" not in await c.reads("Bo")
    said = await c.command("Ines", "schedule pause", schedule="S1")
    assert "S1 is paused" in said.words
    said = await c.command("Ines", "schedule resume", schedule="S1")
    assert "S1 goes on" in said.words

    said = await c.command("Ines", "schedule post-now", schedule="S1")
    assert "It stands for the next post of S1" in said.words
    assert "D1 · reply in the thread" in await c.reads("Bo")
    await c.until("09:00")
    assert "D2" not in await c.reads("Bo")

    said = await c.command("Ines", "schedule skip", schedule="S1", dates="tomorrow")
    assert "S1 leaves 1 post out" in said.words
    await c.until("09:00")
    said = await c.command("Ines", "schedule move", schedule="S1", when="tomorrow at 14:30")
    assert "A post of S1 is moved" in said.words
    await c.until("12:00")
    await c.until("12:00")
    assert "D2" not in await c.reads("Bo")
    await c.until("14:30")
    assert "D2 · reply in the thread" in await c.reads("Bo")
    said = await c.command("Asa", "schedule show", schedule="S1")
    for words in ("S1: Every day at 09:00", "posted", "skipped", "D1", "D2"):
        assert words in said.words

    said = await c.command("Ines", "schedule cancel", schedule="S1")
    assert "S1 is cancelled" in said.words
    await c.until("09:00")
    assert "D3" not in await c.reads("Bo")
    said = await c.command("Ines", "schedule list")
    assert "Nothing is scheduled" in said.words


async def test_a_new_zone_asks_what_becomes_of_what_is_scheduled(c: Conversation) -> None:
    await _a_course(c)
    await c.until("12:00")
    await _schedule(c, prompt=KULAKS, when="tomorrow 9am")
    said = await c.command("Ines", "course settings", zone="Asia/Kolkata")
    assert "S1 is scheduled by the clocks of Europe/London" in said.problems["scheduled"]
    assert said.values["zone"] == "Asia/Kolkata"
    said = await c.command("Ines", "course settings", scheduled="same-instant")
    assert "Asia/Kolkata" in said.words
    await c.until("08:59")
    assert "D1" not in await c.reads("Bo")
    await c.until("09:00")
    assert "D1" in await c.reads("Bo")


async def test_the_31st_of_each_month_is_asked_about_and_the_last_day_is_a_button_away(
    c: Conversation,
) -> None:
    await _a_course(c)
    said = await c.command(
        "Ines", "prompt schedule", prompt=KULAKS, when="2026-12-31 9am", repeat="monthly",
        due="in 3 days", closes="in 7 days", remind="24",
    )  # fmt: skip
    assert "Every month on the 31st at 09:00" in said.words
    said = await c.choose("Ines", "On each month's last day")
    assert "Every month on the last day at 09:00" in said.words
    assert "7 days after each post" in said.words
    said = await c.choose("Ines", "Schedule it")
    assert "S2 is scheduled" in said.words


async def test_what_is_scheduled_is_a_file_for_a_calendar(c: Conversation) -> None:
    await _a_course(c)
    await c.until("12:00")
    await _schedule(c, prompt=KULAKS, when="tomorrow 9am", repeat="weekly", until="4")
    said = await c.command("Asa", "schedule calendar")
    (file,) = said.files
    event: Any = Calendar.from_ical(file.decode()).walk("VEVENT")[0]
    assert event["SUMMARY"] == f"History 101: {TITLE}"
    assert event["RRULE"]["COUNT"] == [4]
    assert (event.start.hour, str(event.start.tzinfo)) == (9, "Europe/London")


@in_chromium_too
async def test_a_schedule_is_proposed_in_the_form_confirmed_and_cancelled(c: Conversation) -> None:
    await _a_course(c)
    said = await _schedule(
        c, prompt=KULAKS, when="tomorrow 9am", repeat="weekdays", until="10", due="in 2 days"
    )
    assert "S1 is scheduled" in said.words
    said = await c.choose("Ines", "All schedules")
    assert "Every weekday (Monday to Friday) at 09:00, 10 times" in said.words
    said = await c.command("Ines", "schedule cancel", schedule="S1")
    assert "S1 is cancelled" in said.words
