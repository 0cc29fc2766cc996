"""Prompts that are scheduled: each posted once, at its time by the clock on the wall."""

import pytest

from bot.core import upcoming
from bot.core.agenda import Agenda
from storage.database import Database
from tests.core.terms import Term, a_term
from tests.world import PROMPT, World

# The world begins on Monday 7 September 2026, 05:00 in New York.
KULAKS, HENRY, TONS = PROMPT, "john-henry-and-stakhanov", "tons-in-an-hour"
MISSED = "S1 was missed"


@pytest.fixture
async def term(world: World) -> Term:
    return await a_term(world)


async def test_a_prompt_is_posted_at_its_time_and_once(term: Term) -> None:
    await term.schedule(KULAKS, "tomorrow 9am")
    await term.until("2026-09-08 08:59")
    assert await term.posts() == []
    await term.until("2026-09-08 09:00")
    await term.pass_()
    assert await term.posts() == ["D1 Two kinds of success, two fates"]
    await term.until("2026-09-09 09:00")
    assert len(await term.posts()) == 1
    assert "Nothing is scheduled" in await term.ada.answer("schedule list")


async def test_nothing_is_posted_before_it_is_confirmed(term: Term) -> None:
    said = await term.ada.answer("prompt schedule", prompt=KULAKS, when="tomorrow 9am")
    assert "nothing is posted before you confirm" in said
    await term.until("2026-09-08 09:00")
    assert await term.posts() == []
    refused = await term.ada.answer("schedule confirm", schedule="S1")
    assert "The time of S1 has passed" in refused


async def test_the_same_form_sent_twice_schedules_once(term: Term) -> None:
    for _ in range(2):
        await term.ada.answer(
            "prompt schedule", prompt=KULAKS, when="tomorrow 9am", invocation="once"
        )
    for _ in range(2):
        assert "S1 is scheduled" in await term.ada.answer("schedule confirm", schedule="S1")
    await term.until("2026-09-08 09:00")
    assert len(await term.posts()) == 1


async def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_go_back(term: Term) -> None:
    await term.schedule("next", "2026-10-26 09:00", repeat="weekly")
    for day in ("2026-10-26", "2026-11-02", "2026-11-09"):
        before = len(await term.posts())
        await term.until(f"{day} 08:59")
        assert len(await term.posts()) == before
        await term.until(f"{day} 09:00")
        assert len(await term.posts()) == before + 1


async def test_two_processes_on_one_database_post_it_once(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    app, world = term.world.app, term.world
    other = await Database.open(world.settings.database)
    staff = app.services.agenda._staff
    second = Agenda(other, world.clock, app.services.packs, staff, lambda: None, lambda: "1")
    try:
        for day in (8, 9, 10):
            await term.until(f"2026-09-{day:02} 08:00")
            world.clock.move(hours=1)
            await second.attend()
            await term.pass_()
            await second.attend()
    finally:
        await other.close()
    assert [post.split()[0] for post in await term.posts()] == ["D1", "D2", "D3"]


async def test_what_was_due_while_the_bot_was_away_is_posted_if_not_too_late(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    await term.until("2026-09-10 15:00")
    assert [post.split()[0] for post in await term.posts()] == ["D1"]
    assert await term.fates(1) == {
        "2026-09-08T09:00": "missed", "2026-09-09T09:00": "missed", "2026-09-10T09:00": "opened",
    }  # fmt: skip
    (told,) = [said for said in await term.ada.sees() if MISSED in said]
    assert told.count(MISSED) == 2
    assert not [said for said in await term.bo.sees() if MISSED in said]


async def test_a_paused_schedule_posts_nothing_also_not_later(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    assert "S1 is paused" in await term.ada.answer("schedule pause", schedule="S1")
    await term.until("2026-09-09 10:00")
    assert "paused" in await term.ada.answer("schedule list")
    assert "Thu 10 Sep 2026, 09:00" in await term.ada.answer("schedule resume", schedule="S1")
    await term.pass_()
    assert await term.posts() == []
    await term.until("2026-09-10 09:00")
    assert len(await term.posts()) == 1


async def test_days_are_skipped(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    said = await term.ada.answer("schedule skip", schedule="S1", dates="sep 8, sep 10")
    assert "S1 leaves 2 posts out" in said
    form = await term.ada.form("schedule skip", schedule="S1", dates="sep 8")
    assert "posts nothing on Tuesday 8 September" in form.problems["dates"]
    for day in (8, 9, 10, 11):
        await term.until(f"2026-09-{day:02} 12:00")
    assert await term.fates(1) == {
        "2026-09-08T09:00": "skipped", "2026-09-09T09:00": "opened",
        "2026-09-10T09:00": "skipped", "2026-09-11T09:00": "opened",
    }  # fmt: skip


async def test_a_moved_post_comes_at_its_new_time_and_not_at_the_old_one(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    said = await term.ada.answer("schedule move", schedule="S1", when="2026-09-09 17:00")
    assert "From Tuesday 8 September 2026 at 09:00 to Wednesday 9 September 2026 at 17:00" in said
    await term.until("2026-09-08 12:00")
    assert await term.posts() == []
    await term.until("2026-09-09 12:00")
    assert len(await term.posts()) == 1
    await term.until("2026-09-09 17:00")
    assert len(await term.posts()) == 2
    assert await term.fates(1) == {"2026-09-08T09:00": "opened", "2026-09-09T09:00": "opened"}


async def test_a_post_of_a_day_is_moved_earlier(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    await term.ada.answer(
        "schedule move", schedule="S1", when="2026-09-08 12:00", date="sep 10"
    )  # fmt: skip
    await term.until("2026-09-08 13:00")
    await term.until("2026-09-10 12:00")
    assert [post.split()[0] for post in await term.posts()] == ["D1", "D2"]  # the 9th is missed
    assert (await term.fates(1))["2026-09-10T09:00"] == "opened"


async def test_a_new_zone_asks_what_becomes_of_what_is_scheduled(term: Term) -> None:
    await term.schedule(KULAKS, "tomorrow 9am")
    form = await term.ada.form("course settings", zone="America/Los_Angeles")
    assert "S1 is scheduled by the clocks of America/New_York" in form.problems["scheduled"]
    assert "America/New_York" in await term.ada.answer("course show")


@pytest.mark.parametrize(
    ("scheduled", "early", "due"),
    [("same-time", "2026-09-08 11:59", "2026-09-08 12:00"),
     ("same-instant", "2026-09-08 08:59", "2026-09-08 09:00")],
)  # fmt: skip
async def test_in_a_new_zone_the_clock_or_the_moment_stays(
    term: Term, scheduled: str, early: str, due: str
) -> None:
    await term.schedule(KULAKS, "tomorrow 9am")
    await term.ada.answer("course settings", zone="America/Los_Angeles", scheduled=scheduled)
    await term.until(early)
    assert await term.posts() == []
    await term.until(due)
    assert len(await term.posts()) == 1


async def test_what_was_posted_is_not_posted_again_by_the_clocks_of_another_zone(
    term: Term,
) -> None:
    """Nine o'clock comes once more on the same day, three hours later."""
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    await term.until("2026-09-08 09:00")
    await term.ada.answer("course settings", zone="America/Los_Angeles", scheduled="same-time")
    await term.until("2026-09-08 13:00")
    assert len(await term.posts()) == 1
    await term.until("2026-09-09 12:00")
    assert len(await term.posts()) == 2


async def test_the_next_post_comes_now_and_not_again_at_its_time(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    for _ in range(2):  # a button pressed twice
        said = await term.ada.answer("schedule post-now", schedule="S1", invocation="now")
        assert "stands for the next post of S1" in said
    assert len(await term.posts()) == 1
    await term.until("2026-09-08 09:00")
    assert len(await term.posts()) == 1
    await term.until("2026-09-09 09:00")
    assert len(await term.posts()) == 2


async def test_several_prompts_come_in_order_and_staff_hear_before_they_run_dry(
    term: Term,
) -> None:
    await term.schedule(f"{TONS}; {KULAKS}; {HENRY}", "tomorrow 9am", repeat="daily")
    dry = "S1 has 2 prompts left"
    for day in (8, 9, 10, 11):
        await term.until(f"2026-09-{day:02} 09:00")
        assert any(dry in said for said in await term.ada.sees())
    assert await term.posts() == [
        "D1 102 tons in an hour?",
        "D2 Two kinds of success, two fates",
        "D3 John Henry, Paul Bunyan and Stakhanov",
    ]
    assert sum(said.count(dry) for said in await term.ada.sees()) == 1
    assert "It is ended" in await term.ada.answer("schedule show", schedule="S1")


async def test_no_prompt_of_a_tag_is_repeated_until_all_are_used(term: Term) -> None:
    await term.world.post(term.ada, "employee-of-the-month")
    said = await term.ada.answer(
        "prompt schedule", prompt="next incentives", when="tomorrow 9am", repeat="daily"
    )
    assert "The course has not used 4 of 5 yet." in said
    await term.ada.answer("schedule confirm", schedule="S1")
    for day in range(8, 15):
        await term.until(f"2026-09-{day:02} 09:00")
    titles = [post.partition(" ")[2] for post in await term.posts()]
    assert len(titles) == 8
    assert len(set(titles[:5])) == 5
    assert titles[5:] == titles[:3]


async def test_a_prompt_that_is_gone_is_told_and_the_schedule_goes_on(term: Term) -> None:
    await term.ada.answer("prompt new", title="Mine", text="Which?")
    await term.schedule("P1", "tomorrow 9am", repeat="daily")
    await term.ada.answer("prompt withdraw", what="P1")
    await term.until("2026-09-08 09:00")
    assert await term.posts() == []
    assert any("the course no longer has P1" in said for said in await term.ada.sees())
    assert "Wed 9 Sep 2026" in await term.ada.answer("schedule list")


async def test_nothing_is_posted_outside_the_term(term: Term) -> None:
    await term.ada.answer("course settings", term_from="sep 9", term_until="sep 10")
    form = await term.ada.form("prompt schedule", prompt="next", when="tomorrow 9am")
    assert "outside the course's term (from 2026-09-09 until 2026-09-10)" in form.problems["when"]
    await term.schedule("next", "2026-09-09 09:00", repeat="daily")
    for day in range(9, 14):
        await term.until(f"2026-09-{day:02} 09:00")
    assert len(await term.posts()) == 2
    assert "nothing within the term" in await term.ada.answer("schedule list")
    said = await term.ada.answer("course settings", term_until="sep 20")
    assert "S1: The next post comes Mon 14 Sep 2026, 09:00 EDT" in said
    await term.until("2026-09-14 09:00")
    assert len(await term.posts()) == 3


async def test_an_archived_course_posts_nothing_more(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    await term.ada.answer("course archive", confirm="History 101")
    await term.until("2026-09-08 09:00")
    assert await term.posts() == []


async def test_a_channel_that_refuses_shows_in_the_list(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    await term.world.app.services.database.write(
        lambda db: db.exec_driver_sql("UPDATE channels SET ref = 'gone'")
    )
    await term.until("2026-09-08 09:00")
    said = await term.ada.answer("schedule list", channel="gone")
    assert "The classroom has no channel “gone”" in said


async def test_a_schedule_that_is_not_there_is_said(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am")
    form = await term.ada.form("schedule show", schedule="S12")
    assert "There is no schedule “S12”" in form.problems["schedule"]
    assert "S1 is active" in await term.ada.answer("schedule resume", schedule="S1")


async def test_by_its_prompt_alone_it_asks_for_the_rest(term: Term) -> None:
    form = await term.ada.form("prompt schedule", prompt=KULAKS)
    assert [param.name for param in form.params] == ["when", "repeat", "until", "due"]
    assert form.values == {"prompt": KULAKS}


async def test_a_post_by_the_clocks_of_an_old_zone_is_moved_to_the_time_that_was_meant(
    term: Term,
) -> None:
    await term.schedule(KULAKS, "tomorrow 9am", due="friday 5pm")
    await term.ada.answer("course settings", zone="Europe/London", scheduled="same-instant")
    said = await term.ada.answer("schedule move", schedule="S1", when="tomorrow 8pm")
    assert "to Tuesday 8 September 2026 at 15:00 (America/New_York)" in said
    assert "for you Tue 8 Sep 2026, 20:00 BST" in said
    assert "What it posts is due Fri 11 Sep 2026, 22:00 BST" in said  # six hours later, as it comes
    await term.until("2026-09-08 14:59")
    assert await term.posts() == []
    await term.until("2026-09-08 15:00")
    assert "Due: Fri 11 Sep 2026, 22:00 BST" in await term.ada.answer("prompt due", discussion="D1")


async def test_prompts_that_would_never_be_posted_are_refused(term: Term) -> None:
    form = await term.ada.form("prompt schedule", prompt=f"{HENRY}; {TONS}", when="tomorrow 9am")
    assert "post only the first of 2 prompts; say how often" in form.problems["repeat"]
    for prompt in (HENRY, TONS):
        await term.world.post(term.ada, prompt)
    form = await term.ada.form(
        "prompt schedule", prompt=f"{HENRY}; {TONS}", when="tomorrow 9am", repeat="weekly"
    )
    assert "The course has posted all of these before" in form.problems["prompt"]


async def test_no_date_is_shown_for_which_no_prompt_is_left(term: Term) -> None:
    await term.world.post(term.ada, TONS)
    said = await term.ada.answer(
        "prompt schedule", prompt=f"{HENRY}; {TONS}; {KULAKS}", when="tomorrow 9am", repeat="daily"
    )
    assert "Wednesday 9 September 2026 at 09:00" in said
    assert "Thursday 10 September" not in said
    await term.ada.answer("schedule confirm", schedule="S1")
    assert "Thursday 10 September" not in await term.ada.answer("schedule show", schedule="S1")
    found = await upcoming.scheduled(term.world.app.services)
    assert [one.due.local.day for one in upcoming.upcoming(found, 10)] == [8, 9]


async def test_none_is_no_time_also_where_a_prompt_is_scheduled(term: Term) -> None:
    said = await term.ada.answer(
        "prompt schedule", prompt=KULAKS, when="tomorrow 9am", due="none", closes="None"
    )
    assert "Schedule this?" in said
    assert "Due" not in said
    assert "Closes" not in said
