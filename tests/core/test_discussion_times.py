"""When a discussion is due, closes, and is reminded of; more time for one student."""

import pytest

from storage import allowances
from storage.ids import CourseId
from tests.core.terms import Term, a_term
from tests.world import PROMPT, World

# The world begins on Monday 7 September 2026, 05:00 in New York.


@pytest.fixture
async def term(world: World) -> Term:
    return await a_term(world)


async def test_a_discussion_closes_by_itself_and_staff_get_the_summary(term: Term) -> None:
    await term.schedule(PROMPT, "tomorrow 9am", closes="friday 5pm")
    await term.until("2026-09-08 09:00")
    (post,) = [said for said in await term.bo.sees() if "D1 · reply in the thread" in said]
    assert "Closes Fri 11 Sep 2026, 17:00 EDT" in post
    thread = 1
    await term.bo.say("A first answer.", thread)
    await term.until("2026-09-11 17:00")
    (post,) = [said for said in await term.bo.sees() if "D1 · closed" in said]
    assert "Closes" not in post
    assert any("D1 is closed" in said for said in await term.bo.sees(thread))
    told = [said for said in await term.ada.sees() if "D1 is closed" in said]
    assert "Students who wrote: 1" in told[0]
    assert "D1 is closed" not in "".join(await term.bo.sees())


async def test_what_is_written_after_the_closing_time_does_not_count_however_late_it_is_noticed(
    term: Term,
) -> None:
    await term.schedule(PROMPT, "tomorrow 9am", closes="in 1 day")
    await term.until("2026-09-08 09:00")
    await term.bo.say("In time.", 1)
    term.world.clock.move(days=2)  # the bot sleeps
    await term.bo.say("Too late.", 1)
    await term.pass_()
    said = await term.ada.answer("participation why", student="Bo")
    assert "2 messages, of which 1 counts" in said
    assert "written while the discussion was closed" in said


async def test_the_channel_is_reminded_once_before_it_is_due(term: Term) -> None:
    await term.schedule(PROMPT, "tomorrow 9am", due="friday 5pm", remind=24)
    await term.until("2026-09-08 09:00")
    await term.until("2026-09-10 16:59")
    assert not [said for said in await term.bo.sees() if "reminder" in said]
    await term.until("2026-09-10 17:00")
    await term.pass_()
    await term.until("2026-09-12 09:00")
    (said,) = [said for said in await term.bo.sees() if "reminder" in said]
    assert "D1: Two kinds of success, two fates is due Fri 11 Sep 2026, 17:00 EDT" in said


async def test_no_reminder_comes_after_it_is_due_or_closed(term: Term) -> None:
    await term.world.post(term.ada)
    await term.ada.answer("prompt due", discussion="D1", due="wednesday 9am", remind=10)
    await term.until("2026-09-09 10:00")
    assert not [said for said in await term.bo.sees() if "reminder" in said]
    await term.ada.answer("prompt due", discussion="D1", due="friday 9am", remind=10)
    await term.ada.answer("prompt close", discussion="D1")
    await term.until("2026-09-11 08:00")
    assert not [said for said in await term.bo.sees() if "reminder" in said]


async def test_the_times_of_a_discussion_are_set_shown_changed_and_taken_away(term: Term) -> None:
    await term.world.post(term.ada)
    said = await term.ada.answer("prompt due", discussion="D1", due="friday 5pm", remind=24)
    assert "Due: Fri 11 Sep 2026, 17:00 EDT" in said
    assert "Reminder: Thu 10 Sep 2026, 17:00 EDT" in said
    assert any("Due Fri 11 Sep 2026, 17:00 EDT" in post for post in await term.bo.sees())
    assert "Fri 11 Sep 2026, 17:00" in await term.bo.answer("prompt list")
    moved = await term.ada.answer("prompt due", discussion="D1", due="sunday 8pm")
    assert "Reminder: Sat 12 Sep 2026, 20:00 EDT" in moved
    gone = await term.ada.answer("prompt due", discussion="D1", due="none")
    assert "Due: no time is set" in gone
    assert "Reminder: none to come" in gone
    assert not any("Due " in post for post in await term.bo.sees())


@pytest.mark.parametrize(
    ("given", "param", "said"),
    [
        ({"due": "friday 5pm", "closes": "thursday 5pm"}, "closes", "close before it is due"),
        ({"remind": 24}, "remind", "say when that is"),
        ({"due": "today 5pm", "remind": 24}, "remind", "has passed"),
        ({"due": "yesterday"}, "due", ""),
    ],
)
async def test_times_that_do_not_go_together_are_refused(
    term: Term, given: dict[str, object], param: str, said: str
) -> None:
    await term.world.post(term.ada)
    form = await term.ada.form("prompt due", discussion="D1", **given)
    assert said in form.problems[param]


async def test_a_student_gets_more_time_and_what_they_write_then_counts(term: Term) -> None:
    await term.world.post(term.ada)
    await term.bo.say("In time.", 1)
    await term.ada.answer("prompt due", discussion="D1", due="wed 9am", closes="wed 9am")
    said = await term.ada.answer(
        "participation extend", student="Bo", discussion="D1", until="thu 9am", reason="Was ill"
    )
    assert "Bo has time for D1 until Thu 10 Sep 2026, 09:00 EDT" in said
    why = await term.ada.answer("participation why", student="Bo")
    assert "D1: more time, until Thu 10 Sep 2026, 09:00 EDT (Was ill)." in why
    own = await term.bo.answer("participation me")
    assert "D1: more time, until Thu 10 Sep 2026, 09:00 EDT." in own
    async with term.world.app.services.database.read() as db:
        (one,) = (await allowances.allowances_of(db, CourseId(1))).values()
    assert (one.kind, one.reason) == ("extension", "Was ill")
    again = await term.ada.form(
        "participation extend", student="Bo", discussion="D1", until="tue 9am", reason="Was ill"
    )
    assert "due later than that for everybody" in again.problems["until"]


async def test_an_excuse_is_given_and_taken_back(term: Term) -> None:
    await term.world.post(term.ada)
    await term.bo.say("In time.", 1)
    excused = await term.ada.answer(
        "participation excuse", student="Bo", discussion="D1", reason="Away"
    )
    assert "Bo is excused from D1" in excused
    assert "D1: excused (Away)." in await term.ada.answer("participation why", student="Bo")
    assert "D1: excused." in await term.bo.answer("participation me")
    revoked = await term.ada.answer("participation revoke", student="Bo", discussion="D1")
    assert "D1 is as for all" in revoked
    nothing = await term.ada.answer("participation revoke", student="Bo", discussion="D1")
    assert "Bo has no extension of D1 and no excuse" in nothing
    async with term.world.app.services.database.read() as db:
        assert await allowances.allowances_of(db, CourseId(1)) == {}
