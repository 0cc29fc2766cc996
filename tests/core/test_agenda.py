"""The one task that does what falls due: when it wakes, and what a failure does to it."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bot.core import agenda as agenda_module
from bot.core import upcoming
from bot.core.commands import Answer
from storage.errors import StorageBusy
from tests.core.terms import Term, a_term
from tests.world import PROMPT, World


@pytest.fixture
async def term(world: World) -> Term:
    return await a_term(world)


async def _posted(term: Term, count: int) -> None:
    async with asyncio.timeout(20):
        while len(await term.posts()) < count:
            await term.world.app.services.outbox.deliver_due()
            await asyncio.sleep(0.01)


async def test_it_sleeps_until_something_is_due_and_a_change_wakes_it(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: asyncio.Queue[float] = asyncio.Queue()

    async def watched(waiting: Awaitable[object], seconds: float) -> object:
        slept.put_nowait(seconds)
        return await waiting  # only a change wakes it

    monkeypatch.setattr(agenda_module, "wait_for", watched)
    agenda = term.world.app.services.agenda
    running = asyncio.create_task(agenda.run())
    try:
        assert await slept.get() == agenda_module.LONGEST_SLEEP
        await term.schedule(PROMPT, "in 1 minute")
        assert 0 < await slept.get() < agenda_module.LONGEST_SLEEP
        term.world.clock.move(minutes=2)  # the clock was set, or a laptop has woken
        agenda.wake()
        await _posted(term, 1)
    finally:
        running.cancel()


async def test_a_failure_leaves_it_running(
    term: Term, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await term.schedule(PROMPT, "in 1 minute")
    term.world.clock.move(minutes=2)
    monkeypatch.setattr(agenda_module, "AFTER_FAILURE", 0.01)
    services = term.world.app.services
    attend, failures = services.agenda.attend, [StorageBusy("busy"), RuntimeError("a bug")]

    async def failing() -> None:
        if failures:
            raise failures.pop()
        await attend()

    monkeypatch.setattr(services.agenda, "attend", failing)
    running = asyncio.create_task(services.agenda.run())
    try:
        await _posted(term, 1)
    finally:
        running.cancel()
    assert caplog.text.count("the agenda failed") == 2


async def test_what_fails_in_the_middle_is_undone_and_done_again_once(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between opening the discussion and noting that: all of it is done, or nothing."""
    from storage import schedules

    await term.schedule(PROMPT, "in 1 minute")
    term.world.clock.move(minutes=2)
    keep = schedules.keep

    async def breaking(*_: object) -> None:
        raise RuntimeError("a crash")

    monkeypatch.setattr(schedules, "keep", breaking)
    with pytest.raises(RuntimeError):
        await term.world.app.services.agenda.attend()
    assert "No discussion is open" in await term.ada.answer("prompt list")
    monkeypatch.setattr(schedules, "keep", keep)
    await term.pass_()
    await term.pass_()
    assert len(await term.posts()) == 1


async def test_the_calendar_holds_what_is_scheduled(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="weekdays", until="dec 12")
    await term.schedule(PROMPT, "2026-09-20 10:00")
    await term.ada.answer("schedule skip", schedule="S1", dates="sep 9")
    await term.ada.answer("schedule move", schedule="S1", when="2026-09-10 17:00", date="sep 10")
    outcome = await term.ada.run("schedule calendar")
    assert isinstance(outcome, Answer)
    (file,) = outcome.files
    assert file.name == "schedules.ics"
    events: Sequence[Any] = Calendar.from_ical(file.content).walk("VEVENT")
    rule, moved, once = events
    assert rule["SUMMARY"] == "History 101: the next unused prompt"
    assert rule["RRULE"]["FREQ"] == ["WEEKLY"]
    assert _at(rule, "DTSTART") == "2026-09-08T09:00:00-04:00"
    assert str(rule["EXDATE"].dts[0].dt) == "2026-09-09 09:00:00-04:00"
    assert _at(moved, "RECURRENCE-ID") == "2026-09-10T09:00:00-04:00"
    assert _at(moved, "DTSTART") == "2026-09-10T17:00:00-04:00"
    assert _at(once, "DTSTART") == "2026-09-20T10:00:00-04:00"
    assert "RRULE" not in once
    assert b"BEGIN:VTIMEZONE" in file.content


async def test_the_calendar_leaves_out_what_was_posted_before_its_time(term: Term) -> None:
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    await term.ada.answer("schedule post-now", schedule="S1")
    outcome = await term.ada.run("schedule calendar")
    assert isinstance(outcome, Answer)
    events: Sequence[Any] = Calendar.from_ical(outcome.files[0].content).walk("VEVENT")
    (event,) = events
    assert str(event["EXDATE"].dts[0].dt) == "2026-09-08 09:00:00-04:00"


async def test_the_calendar_ends_with_a_list_of_prompts(term: Term) -> None:
    await term.schedule(f"{PROMPT}; tons-in-an-hour; who-wrote-the-song", "tomorrow 9am",
                        repeat="daily", until="10 times")  # fmt: skip
    await term.until("2026-09-08 09:00")
    outcome = await term.ada.run("schedule calendar")
    assert isinstance(outcome, Answer)
    events: Sequence[Any] = Calendar.from_ical(outcome.files[0].content).walk("VEVENT")
    (event,) = events
    assert "COUNT" not in event["RRULE"]
    assert str(event["RRULE"]["UNTIL"][0]) == "2026-09-10 13:00:00+00:00"


def _at(event: Any, name: str) -> str:
    return str(event[name].dt.isoformat())


async def test_whoever_runs_the_bot_sees_what_comes_in_all_courses(term: Term) -> None:
    await term.world.course(term.ada, "seminar", "Seminar")
    await term.schedule("next", "tomorrow 9am", repeat="daily")
    said = await term.ada.answer(
        "prompt schedule", channel="seminar", prompt="next", when="tomorrow 10am", repeat="daily"
    )
    assert "S1 · nothing is posted" in said
    await term.ada.answer("schedule confirm", channel="seminar", schedule="S1")
    found = await upcoming.scheduled(term.world.app.services)
    assert [(one.course.title, one.schedule.name) for one in found] == [
        ("History 101", "S1"), ("Seminar", "S1"),
    ]  # fmt: skip
    coming = upcoming.upcoming(found, 4)
    assert [one.of.course.title for one in coming] == ["History 101", "Seminar"] * 2
    assert coming[2].due.at - coming[0].due.at == timedelta(days=1)
