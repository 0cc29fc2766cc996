"""What an old term had scheduled, in a copy of its course."""

import pytest

from bot.core import terms
from tests.core.terms import Term, a_term
from tests.world import PROMPT, World

# The world begins on Monday 7 September 2026, 05:00 in New York.


@pytest.fixture
async def term(world: World) -> Term:
    return await a_term(world)


async def copied(term: Term) -> terms.Copied:
    """The next term, with its two channels, `next` and `more`."""
    services = term.world.app.services
    made = await terms.copy(services, await terms.find(services, "1"), "The next term")
    await term.world.channel("next")
    await term.ada.answer("course join", channel="next", code=made.code)
    await term.world.channel("more")
    said = await term.ada.answer("course code", channel="next")
    (code,) = [line for line in said.splitlines() if len(line) == 8]
    await term.ada.answer("course join", channel="more", code=code)
    return made


async def test_it_posts_in_every_channel_from_the_same_weekday_on_once_resumed(term: Term) -> None:
    due = "2026-09-10 09:00"
    await term.schedule(PROMPT, "2026-09-08 09:00", repeat="weekly", until="3", due=due)
    await term.until("2026-09-24 12:00")
    made = await copied(term)
    (line,) = made.schedules
    assert line == f"S1, {PROMPT}: Every Tuesday at 09:00, 3 times"
    shown = await term.ada.answer("schedule show", channel="next", schedule="S1")
    assert "in every channel of the course" in shown
    assert "2 days after each post" in shown
    assert "It is paused" in shown
    assert "paused" in await term.ada.answer("schedule list", channel="next")
    await term.until("2026-09-26 09:00")
    assert await term.posts("next") == []
    said = await term.ada.answer("schedule resume", channel="next", schedule="S1")
    assert "29 Sep 2026" in said
    await term.until("2026-09-29 09:00")
    for channel in ("next", "more"):
        assert await term.posts(channel) == ["D1 Two kinds of success, two fates"]
    said = await term.ada.answer("schedule post-now", channel="next", schedule="S1")
    assert len(await term.posts("more")) == 2
    for day in ("2026-10-06", "2026-10-13", "2026-10-20"):  # the first of them came already
        await term.until(f"{day} 09:00")
    assert len(await term.posts("more")) == 3
    assert await term.posts() == []


async def test_nothing_is_posted_of_one_that_nobody_resumes(term: Term) -> None:
    await term.schedule(PROMPT, "2026-09-08 09:00", repeat="weekly")
    await copied(term)
    for day in ("2026-09-08", "2026-09-15"):
        await term.until(f"{day} 09:00")
    assert (len(await term.posts()), await term.posts("next")) == (2, [])


async def test_one_by_the_month_begins_on_a_day_of_its_rule(term: Term) -> None:
    await term.schedule(PROMPT, "2026-09-15 09:00", repeat="monthly")
    await term.until("2026-09-24 12:00")
    await copied(term)
    said = await term.ada.answer("schedule resume", channel="next", schedule="S1")
    assert "15 Oct 2026" in said


async def test_an_archived_course_hands_on_what_it_had_and_not_what_was_cancelled(
    term: Term,
) -> None:
    await term.schedule("next", "2026-09-08 09:00", repeat="weekly")
    await term.schedule(PROMPT, "2026-09-09 09:00", repeat="weekly")
    await term.ada.answer("schedule cancel", schedule="S2")
    services = term.world.app.services
    await terms.archive(services, await terms.find(services, "1"))
    made = await copied(term)
    assert made.schedules == ("S1, the next unused prompt: Every Tuesday at 09:00",)
