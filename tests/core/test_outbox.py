"""Public sends over a bad network: once, whatever the network or a crash does in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from bot.core import outbox as outbox_module
from storage.database import Database
from tests.core.bad_network import LEASE, NOT_YET, POSTED_IN, UNEXPECTED, Course, a_course
from tests.fakes.platform import (
    AcceptLate,
    Break,
    Hang,
    LoseAnswer,
    LoseRequest,
    Refuse,
    an_outbox,
)
from tests.world import World


@pytest.fixture
async def course(world: World) -> Course:
    return await a_course(world)


async def test_an_answer_that_was_lost_is_found_in_the_channel(course: Course) -> None:
    course.platform.fail(LoseAnswer())
    assert NOT_YET in await course.post()
    await course.later(LEASE)
    assert len(course.platform.words()) == 1
    assert await course.states() == ["sent"]
    assert "Open discussions: D1" in await course.ada.answer("course show")


async def test_a_request_that_was_lost_is_sent_again(course: Course) -> None:
    course.platform.fail(LoseRequest())
    assert NOT_YET in await course.post()
    assert course.platform.words() == []
    await course.later(LEASE)
    assert len(course.platform.words()) == 1
    assert await course.states() == ["sent"]


async def test_nothing_is_sent_again_while_the_first_request_may_still_land(
    course: Course,
) -> None:
    course.platform.fail(AcceptLate())
    await course.post()
    await course.later(10)
    await course.later(29)
    assert course.platform.requests == 1
    course.platform.land()
    await course.later(LEASE - 39)
    assert course.platform.requests == 1
    assert len(course.platform.words()) == 1
    assert await course.states() == ["sent"]


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_request_that_hangs_is_given_up_and_looked_for(
    course: Course, monkeypatch: pytest.MonkeyPatch, accepted: bool
) -> None:
    monkeypatch.setattr(outbox_module, "REQUEST", timedelta(milliseconds=50))
    course.platform.fail(Hang(accepted))
    assert NOT_YET in await course.post()
    await course.later(LEASE)
    assert len(course.platform.words()) == 1
    assert course.platform.requests == (1 if accepted else 2)


@pytest.mark.parametrize("accepted", [True, False])
async def test_after_a_crash_another_process_finds_or_sends_it(
    course: Course, accepted: bool
) -> None:
    course.platform.fail(Hang(accepted))
    crashing = asyncio.create_task(course.post())
    await course.platform.asked.wait()
    crashing.cancel()
    with suppress(asyncio.CancelledError):
        await crashing
    after = an_outbox(course.world, course.platform, "second")
    await after.deliver_due()
    assert course.platform.requests == 1  # the lease of the one that crashed still holds
    course.world.clock.move(seconds=LEASE)
    await after.deliver_due()
    assert len(course.platform.words()) == 1
    assert course.platform.requests == (1 if accepted else 2)
    assert await course.states() == ["sent"]


async def test_two_processes_never_post_the_same_prompt(course: Course) -> None:
    course.platform.fail(*[Refuse()] * 4)
    for _ in range(4):
        await course.post()
    course.world.clock.move(seconds=20)
    other = await Database.open(course.world.settings.database)
    second = an_outbox(course.world, course.platform, "second", other)
    try:
        await asyncio.gather(
            *(o.deliver_due() for o in (course.outbox, second, course.outbox, second))
        )
    finally:
        await other.close()
    assert sorted(words.rsplit("\n", 1)[1] for words in course.platform.words()) == [
        f"D{number} · reply in the thread" for number in (1, 2, 3, 4)
    ]


async def test_a_channel_that_cannot_be_read_is_not_posted_in_again(course: Course) -> None:
    """Nothing is known of what became of the first request: a second one could be one too many."""
    course.platform.fail(LoseAnswer())
    await course.post()
    course.platform.unreadable = "The bot may not read this channel's history."
    for _ in range(20):
        await course.later(LEASE)
    assert course.platform.requests == 1
    assert await course.states() == ["sending"]
    told = course.told(course.ada)
    assert len(told) == 1
    assert "may not read this channel" in told[0]

    course.platform.unreadable = None
    await course.later(1_000)
    assert len(course.platform.words()) == 1
    assert await course.states() == ["sent"]


async def test_a_channel_that_refuses_does_not_hold_up_another(course: Course) -> None:
    await course.world.course(course.ada, "physics", "Physics 101")
    course.platform.fail(*[Refuse("It is closed.")] * 5)
    said = await course.post()
    assert "#history does not show it yet, and will when it can: It is closed." in said
    assert POSTED_IN in await course.post("physics")
    await course.later(6)
    assert len(course.platform.words("physics")) == 1
    assert course.platform.words("history") == []


async def test_a_bug_in_one_channels_adapter_does_not_hold_up_another(
    course: Course, caplog: pytest.LogCaptureFixture
) -> None:
    await course.world.course(course.ada, "physics", "Physics 101")
    course.platform.fail(Refuse(), Break())
    course.platform.fail(Refuse(), channel="physics")
    await course.post()
    await course.post("physics")
    await course.later(6)
    assert len(course.platform.words("physics")) == 1
    assert "the outbox failed" in caplog.text
    await course.later(UNEXPECTED)
    assert len(course.platform.words("history")) == 1


async def test_it_waits_longer_after_each_refusal(course: Course) -> None:
    course.platform.fail(*[Refuse()] * 12)
    await course.post()
    waits = []
    for _ in range(10):
        (send,) = await course.sends()
        waits.append((send.next_try_at - course.world.clock.now()).total_seconds())
        await course.later(waits[-1])
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


async def test_an_update_waits_longer_after_each_refusal_too(course: Course) -> None:
    await course.post()
    course.platform.fail(*[Refuse()] * 4)
    await course.ada.answer("prompt withdraw", what="D1")
    waits = []
    for _ in range(3):
        update = (await course.sends())[-1]
        waits.append((update.next_try_at - course.world.clock.now()).total_seconds())
        await course.later(waits[-1])
    assert waits == [5, 10, 20]


async def test_it_waits_as_long_as_the_platform_asks(course: Course) -> None:
    course.platform.fail(Refuse("Too fast.", retry_after=timedelta(seconds=77)))
    await course.post()
    await course.later(75)
    assert course.platform.words() == []
    await course.later(2)
    assert len(course.platform.words()) == 1


async def test_staff_are_told_once_for_each_reason(course: Course) -> None:
    course.platform.fail(*[Refuse("It is closed.")] * 3, Refuse("It is full."))
    await course.post()
    for _ in range(4):
        await course.later(60)
    assert [said.split(": ")[-1] for said in course.told(course.ada)] == [
        "It is closed.",
        "It is full.",
    ]
    assert "The prompt of D1 could not be posted" in course.told(course.ada)[0]
    assert len(course.platform.words()) == 1


async def test_a_final_refusal_is_told_and_not_tried_again(course: Course) -> None:
    course.platform.fail(Refuse("The channel is gone.", final=True))
    assert "The channel is gone." in await course.post()
    await course.later(10_000)
    assert course.platform.requests == 1
    assert len(course.told(course.ada)) == 1
    shown = await course.ada.answer("course show")
    assert "D1 | prompt | #history | failed | The channel is gone." in shown


async def test_what_is_older_than_the_catch_up_time_is_missed_and_staff_are_told(
    course: Course,
) -> None:
    course.platform.fail(Refuse("It is closed."))
    await course.post()
    await course.ada.answer("course settings", catch_up=2)
    await course.later(3 * 3_600)
    assert course.platform.words() == []
    assert await course.states() == ["missed"]
    assert "catch-up time" in course.told(course.ada)[-1]
    await course.later(3_600)
    assert len(course.told(course.ada)) == 2


async def test_what_may_stand_already_is_never_given_up_as_missed(course: Course) -> None:
    course.platform.fail(LoseAnswer())
    await course.post()
    await course.later(24 * 3_600)
    assert await course.states() == ["sent"]
    assert course.told(course.ada) == []


async def test_a_closing_waits_for_its_prompt(course: Course) -> None:
    course.platform.fail(LoseRequest())
    await course.post()
    await course.ada.answer("prompt close", discussion="D1")
    await course.later(6)
    assert course.platform.words() == []
    await course.later(LEASE)
    await course.later(10)
    prompt, summary = course.platform.words()
    assert "Closed: replies written from now on do not count." in prompt
    assert "Students who wrote: 0" in summary
    assert course.platform.standing[1].place.thread == str(course.platform.standing[0].ref)


async def test_a_closing_that_got_no_answer_and_then_waits_is_looked_for_all_the_same(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ended when the request had landed; after a start what was written meanwhile is
    read before a summary goes out."""
    await course.post()
    (prompt,) = course.platform.standing
    course.platform.fail(LoseAnswer(), LoseAnswer())  # the update, and the summary
    await course.ada.answer("prompt close", discussion="D1")
    assert len(course.platform.standing) == 2
    with monkeypatch.context() as patch:
        patch.setattr(course.outbox, "_behind", lambda _: True)
        await course.later(LEASE)
    await course.later(LEASE)
    assert set(await course.states()) == {"sent"}
    assert len(course.platform.standing) == 2
    assert prompt in course.platform.standing


async def test_an_update_of_what_was_never_posted_is_let_go(course: Course) -> None:
    course.platform.fail(LoseRequest(), Refuse("The channel is gone.", final=True))
    await course.post()
    await course.ada.answer("prompt close", discussion="D1")
    for _ in range(4):
        await course.later(LEASE)
    assert await course.states() == ["failed", "missed", "missed"]
    assert course.platform.standing == []


async def test_an_uncertain_update_is_made_again(course: Course) -> None:
    await course.post()
    course.platform.fail(LoseRequest())
    await course.ada.answer("prompt withdraw", what="D1")
    assert "Withdrawn" not in course.platform.words()[0]
    await course.later(LEASE)
    assert "Withdrawn" in course.platform.words()[0]


async def test_a_command_is_answered_though_the_outbox_breaks(course: Course) -> None:
    """What the command wrote is durable: it must not be told that nothing was changed."""
    course.platform.fail(Break())
    assert "Something went wrong on our side, logged as" in await course.post()
    await course.later(UNEXPECTED)
    assert len(course.platform.words()) == 1


@asynccontextmanager
async def running(course: Course) -> AsyncIterator[list[int]]:
    """The outbox's own task, with a count of how often it looked for what is due."""
    looks = [0]
    due = course.outbox.deliver_due

    async def counted() -> bool:
        looks[0] += 1
        return await due()

    course.outbox.deliver_due = counted  # type: ignore[method-assign]
    task = asyncio.create_task(course.outbox.run())
    try:
        yield looks
    finally:
        assert not task.done(), "the outbox stopped"
        task.cancel()


async def test_it_sleeps_while_nothing_is_owed_and_wakes_for_what_is(course: Course) -> None:
    async with running(course) as looks:
        await asyncio.sleep(0.2)
        assert looks == [1]
        course.platform.fail(Refuse("Wait.", retry_after=timedelta(seconds=1)))
        await course.post()
        await asyncio.sleep(0.2)
        assert looks[0] <= 3
        course.platform.asked.clear()
        course.world.clock.move(seconds=1)
        course.outbox.wake()
        async with asyncio.timeout(30):
            await course.platform.asked.wait()
        await asyncio.sleep(0.2)
        assert looks[0] <= 5
    assert await course.states() == ["sent"]


async def test_it_runs_on_after_a_failure_without_hurrying(
    course: Course, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    course.platform.fail(Refuse())
    await course.post()
    course.world.clock.move(seconds=60)

    async def broken(*_: object) -> None:
        raise RuntimeError("a bug in a card")

    monkeypatch.setattr(course.outbox, "_compose", broken)
    async with running(course) as looks:
        await asyncio.sleep(0.3)
        assert looks[0] <= 2
    assert "the outbox failed" in caplog.text
