"""What falls due while the bot is away, or can't be done: said rightly, lost nowhere, and no reason
to keep the rest waiting."""

import pytest

from bot.core import occurring, receipts
from storage import outbox, schedules
from storage.ids import CourseId
from storage.rows import Schedule
from tests.core.terms import Term, a_term
from tests.world import PROMPT, World

# The world begins on Monday 7 September 2026, 05:00 in New York.


@pytest.fixture
async def term(world: World) -> Term:
    return await a_term(world)


async def test_the_summary_waits_until_what_was_written_meanwhile_is_known(term: Term) -> None:
    recovery = term.world.app.recovery
    await term.schedule(PROMPT, "tomorrow 9am", closes="friday 5pm")
    await term.until("2026-09-08 09:00")
    term.world.clock.move(days=3, hours=8)
    recovery.expect(["browser"])
    await term.pass_()
    assert "D1 is closed" not in "".join([*await term.bo.sees(1), *await term.ada.sees()])
    await recovery.recover("browser")
    term.world.clock.move(minutes=1)
    await term.pass_()
    assert any("D1 is closed" in said for said in await term.bo.sees(1))
    assert any("D1 is closed" in said for said in await term.ada.sees())


async def test_a_platform_that_is_read_for_hours_does_not_keep_a_summary_for_ever(
    term: Term,
) -> None:
    await term.world.post(term.ada)
    term.world.app.recovery.expect(["browser"])
    await term.ada.answer("prompt close", discussion="D1")
    assert not any("D1 is closed" in said for said in await term.bo.sees(1))
    term.world.clock.move(minutes=16)
    await term.pass_()
    assert any("D1 is closed" in said for said in await term.bo.sees(1))


async def test_what_could_be_answered_no_more_is_missed_and_told(term: Term) -> None:
    await term.schedule(PROMPT, "tomorrow 9am", closes="today 5pm")
    await term.until("2026-09-08 18:00")
    assert await term.posts() == []
    assert await term.fates(1) == {"2026-09-08T09:00": "missed"}
    assert any("the time to answer it has passed" in said for said in await term.ada.sees())


async def test_a_longer_term_does_not_bring_back_what_lay_outside_it(term: Term) -> None:
    await term.ada.answer("course settings", term_until="sep 8")
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    await term.until("2026-09-08 09:00")
    await term.until("2026-09-12 15:00")
    await term.ada.answer("course settings", term_until="sep 30")
    await term.pass_()
    assert len(await term.posts()) == 1
    assert not any("missed" in said for said in await term.ada.sees())
    await term.until("2026-09-13 09:00")
    assert len(await term.posts()) == 2


async def test_a_reminder_of_which_nobody_knows_whether_it_went_out_is_not_sent_after_the_end(
    term: Term,
) -> None:
    await term.world.post(term.ada)
    await term.ada.answer("prompt due", discussion="D1", due="wednesday 9am", remind=10)
    term.world.clock.move(days=1, hours=18)
    services = term.world.app.services
    await services.agenda.attend()
    async with services.database.read() as db:
        (owed,) = [s for s in await outbox.sends_of(db, CourseId(1)) if s.kind == "reminder"]
    now = term.world.clock.now()
    await services.database.write(lambda db: outbox.claim(db, owed.id, "dead", now, now))
    await services.database.write(lambda db: outbox.begin(db, owed.id, "dead", now, now))
    await term.ada.answer("prompt close", discussion="D1")
    term.world.clock.move(minutes=5)
    await term.pass_()
    assert not any("reminder" in said for said in await term.bo.sees())


async def test_another_due_time_brings_another_reminder(term: Term) -> None:
    await term.world.post(term.ada)
    for day, due in ((8, "wednesday 9am"), (10, "friday 9am")):
        await term.ada.answer("prompt due", discussion="D1", due=due, remind=10)
        await term.until(f"2026-09-{day:02} 23:30")
    assert len([said for said in await term.bo.sees() if "reminder" in said]) == 2


async def test_a_button_of_a_forgotten_proposal_confirms_nothing_else(term: Term) -> None:
    await term.ada.answer("prompt schedule", prompt=PROMPT, when="2026-09-20 9am")
    await term.until("2026-09-09 09:00")
    await term.world.app.services.database.write(
        lambda db: schedules.forget_proposals(db, term.world.clock.now())
    )
    said = await term.ada.answer("prompt schedule", prompt="next", when="2026-09-21 9am")
    assert "S2 · nothing is posted" in said
    assert "S1 is cancelled" in await term.ada.answer("schedule confirm", schedule="S1")


async def test_a_proposal_made_by_other_clocks_is_not_confirmed(term: Term) -> None:
    await term.ada.answer("prompt schedule", prompt=PROMPT, when="tomorrow 9am")
    await term.ada.answer("course settings", zone="Europe/London")
    said = await term.ada.answer("schedule confirm", schedule="S1")
    assert "proposed by the clocks of America/New_York" in said


async def test_one_that_cannot_be_done_is_set_aside_and_the_rest_is_done(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    await term.schedule(PROMPT, "tomorrow 9am")
    await term.schedule("tons-in-an-hour", "tomorrow 9am")
    pick = occurring.pick

    def breaking(schedule: Schedule, known: occurring.Known) -> str | None:
        if schedule.number == 1:
            raise RuntimeError("a bug")
        return pick(schedule, known)

    monkeypatch.setattr(occurring, "pick", breaking)
    await term.until("2026-09-08 09:00")
    assert await term.posts() == ["D1 102 tons in an hour?"]
    await term.until("2026-09-08 09:20")
    told = [said for said in await term.ada.sees() if "The next post of S1 failed" in said]
    assert len(told) == 1
    assert "tried again every 5 minutes" in told[0]
    monkeypatch.setattr(occurring, "pick", pick)
    await term.until("2026-09-08 09:26")
    assert len(await term.posts()) == 2


async def test_a_discussion_that_cannot_be_read_keeps_no_other_back(term: Term) -> None:
    await term.world.post(term.ada)
    await term.schedule("tons-in-an-hour", "2026-09-10 13:00")
    await term.world.app.services.database.write(
        lambda db: db.exec_driver_sql("UPDATE discussions SET content = '{'")
    )
    for clock in ("13:00", "13:10", "13:20"):  # two of its follow-ups are due too
        await term.until(f"2026-09-10 {clock}")
    assert (await term.posts())[-1] == "D2 102 tons in an hour?"
    told = "\n".join(await term.ada.sees())
    assert told.count("A follow-up of a discussion failed") == 2, "each once"


async def test_what_staff_are_to_hear_outlives_a_crash(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    await term.schedule(PROMPT, "tomorrow 9am", closes="friday 5pm")
    await term.until("2026-09-08 09:00")
    tell = receipts.tell

    async def dying(*_: object) -> None:
        return

    monkeypatch.setattr(receipts, "tell", dying)
    await term.until("2026-09-11 17:00")
    monkeypatch.setattr(receipts, "tell", tell)
    assert not any("D1 is closed" in said for said in await term.ada.sees())
    for _ in range(2):
        await term.pass_()
    assert len([said for said in await term.ada.sees() if "D1 is closed" in said]) == 1


async def test_staff_hear_that_prompts_run_dry_also_where_one_was_posted_by_hand(
    term: Term,
) -> None:
    await term.world.post(term.ada, "tons-in-an-hour")
    await term.schedule(f"tons-in-an-hour; {PROMPT}; who-wrote-the-song", "tomorrow 9am",
                        repeat="daily")  # fmt: skip
    await term.until("2026-09-08 09:00")
    assert any("S1 has 1 prompt left" in said for said in await term.ada.sees())
    assert "It stands for the next post" in await term.ada.answer(
        "schedule post-now", schedule="S1"
    )
    assert "It is ended" in await term.ada.answer("schedule show", schedule="S1")
