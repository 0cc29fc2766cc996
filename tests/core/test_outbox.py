"""Public sends over a bad network: once, whatever the network or a crash does in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from bot.core import outbox as outbox_module
from storage import outbox as rows
from storage.database import Database
from storage.rows import Send
from tests.fakes.platform import (
    AcceptLate,
    Break,
    FaultyPlatform,
    Hang,
    LoseAnswer,
    LoseRequest,
    Refuse,
    an_outbox,
    stand_in,
)
from tests.world import PROMPT, Human, World

POSTED_IN = "Posted in"
NOT_YET = "Not in #history yet"
LEASE = 46.0  # seconds: the request's 10, the platform's 30 of settling, 5 of margin, and one


class Class_:
    """A course with an instructor, on a platform with a bad network."""

    def __init__(self, world: World, ada: Human, platform: FaultyPlatform) -> None:
        self.world, self.ada, self.platform = world, ada, platform
        self.outbox = stand_in(world, platform)

    async def post(self, channel: str = "history") -> str:
        return await self.ada.answer("prompt post", prompt=PROMPT, channel=channel)

    async def later(self, seconds: float) -> None:
        self.world.clock.move(seconds=seconds)
        await self.outbox.deliver_due()

    async def sends(self) -> list[Send]:
        async with self.world.app.services.database.read() as db:
            return await rows.with_keys(db, "post:browser:classroom") + [
                send
                for state in ("pending", "sending", "sent", "missed", "failed")
                for course in (1, 2)
                for send in await rows.sends_of(db, course, (state,))  # type: ignore[arg-type]
                if send.kind != "prompt"
            ]

    async def states(self) -> list[str]:
        return [send.state for send in await self.sends()]

    def told(self, person: Human) -> list[str]:
        return [said for ref, said in self.platform.told if ref == person.ref]


@pytest.fixture
async def class_(world: World) -> Class_:
    ada = await world.person("Ada")
    await world.course(ada)
    return Class_(world, ada, FaultyPlatform(world.clock))


async def test_an_answer_that_was_lost_is_found_in_the_channel(class_: Class_) -> None:
    class_.platform.fail(LoseAnswer())
    assert NOT_YET in await class_.post()
    await class_.later(LEASE)
    assert len(class_.platform.words()) == 1
    assert await class_.states() == ["sent"]
    assert "Open discussions: D1" in await class_.ada.answer("course show")


async def test_a_request_that_was_lost_is_sent_again(class_: Class_) -> None:
    class_.platform.fail(LoseRequest())
    assert NOT_YET in await class_.post()
    assert class_.platform.words() == []
    await class_.later(LEASE)
    assert len(class_.platform.words()) == 1
    assert await class_.states() == ["sent"]


async def test_nothing_is_sent_again_while_the_first_request_may_still_land(
    class_: Class_,
) -> None:
    class_.platform.fail(AcceptLate())
    await class_.post()
    await class_.later(10)
    await class_.later(29)
    assert class_.platform.requests == 1
    class_.platform.land()
    await class_.later(LEASE - 39)
    assert class_.platform.requests == 1
    assert len(class_.platform.words()) == 1
    assert await class_.states() == ["sent"]


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_request_that_hangs_is_given_up_and_looked_for(
    class_: Class_, monkeypatch: pytest.MonkeyPatch, accepted: bool
) -> None:
    monkeypatch.setattr(outbox_module, "REQUEST", timedelta(milliseconds=50))
    class_.platform.fail(Hang(accepted))
    assert NOT_YET in await class_.post()
    await class_.later(LEASE)
    assert len(class_.platform.words()) == 1
    assert class_.platform.requests == (1 if accepted else 2)


@pytest.mark.parametrize("accepted", [True, False])
async def test_after_a_crash_another_process_finds_or_sends_it(
    class_: Class_, accepted: bool
) -> None:
    class_.platform.fail(Hang(accepted))
    crashing = asyncio.create_task(class_.post())
    while not class_.platform.requests:
        await asyncio.sleep(0.001)
    crashing.cancel()
    with suppress(asyncio.CancelledError):
        await crashing
    after = an_outbox(class_.world, class_.platform, "second")
    await after.deliver_due()
    assert class_.platform.requests == 1  # the lease of the one that crashed still holds
    class_.world.clock.move(seconds=LEASE)
    await after.deliver_due()
    assert len(class_.platform.words()) == 1
    assert class_.platform.requests == (1 if accepted else 2)
    assert await class_.states() == ["sent"]


async def test_two_processes_never_post_the_same_prompt(class_: Class_) -> None:
    class_.platform.fail(*[Refuse()] * 4)
    for _ in range(4):
        await class_.post()
    class_.world.clock.move(seconds=20)
    other = await Database.open(class_.world.settings.database)
    second = an_outbox(class_.world, class_.platform, "second", other)
    try:
        await asyncio.gather(
            *(o.deliver_due() for o in (class_.outbox, second, class_.outbox, second))
        )
    finally:
        await other.close()
    assert sorted(words.rsplit("\n", 1)[1] for words in class_.platform.words()) == [
        f"D{number} · reply in the thread" for number in (1, 2, 3, 4)
    ]


async def test_a_channel_that_cannot_be_read_is_not_posted_in_again(class_: Class_) -> None:
    """Nothing is known of what became of the first request: a second one could be one too many."""
    class_.platform.fail(LoseAnswer())
    await class_.post()
    class_.platform.unreadable = "The bot may not read this channel's history."
    for _ in range(20):
        await class_.later(LEASE)
    assert class_.platform.requests == 1
    assert await class_.states() == ["sending"]
    told = class_.told(class_.ada)
    assert len(told) == 1
    assert "may not read this channel" in told[0]

    class_.platform.unreadable = None
    await class_.later(1_000)
    assert len(class_.platform.words()) == 1
    assert await class_.states() == ["sent"]


async def test_a_channel_that_refuses_does_not_hold_up_another(class_: Class_) -> None:
    await class_.world.course(class_.ada, "physics", "Physics 101")
    class_.platform.fail(*[Refuse("It is closed.")] * 5)
    assert "Not in #history yet, and will go out when it can: It is closed." in await class_.post()
    assert POSTED_IN in await class_.post("physics")
    await class_.later(6)
    assert len(class_.platform.words("physics")) == 1
    assert class_.platform.words("history") == []


async def test_a_bug_in_one_channels_adapter_does_not_hold_up_another(
    class_: Class_, caplog: pytest.LogCaptureFixture
) -> None:
    await class_.world.course(class_.ada, "physics", "Physics 101")
    class_.platform.fail(Refuse(), Break())
    class_.platform.fail(Refuse(), channel="physics")
    await class_.post()
    await class_.post("physics")
    await class_.later(6)
    assert len(class_.platform.words("physics")) == 1
    assert "a send failed unexpectedly" in caplog.text
    await class_.later(LEASE)
    assert len(class_.platform.words("history")) == 1


async def test_it_waits_longer_after_each_refusal(class_: Class_) -> None:
    class_.platform.fail(*[Refuse()] * 12)
    await class_.post()
    waits = []
    for _ in range(10):
        (send,) = await class_.sends()
        waits.append((send.next_try_at - class_.world.clock.now()).total_seconds())
        await class_.later(waits[-1])
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


async def test_an_update_waits_longer_after_each_refusal_too(class_: Class_) -> None:
    await class_.post()
    class_.platform.fail(*[Refuse()] * 4)
    await class_.ada.answer("prompt withdraw", what="D1")
    waits = []
    for _ in range(3):
        update = (await class_.sends())[-1]
        waits.append((update.next_try_at - class_.world.clock.now()).total_seconds())
        await class_.later(waits[-1])
    assert waits == [5, 10, 20]


async def test_it_waits_as_long_as_the_platform_asks(class_: Class_) -> None:
    class_.platform.fail(Refuse("Too fast.", retry_after=timedelta(seconds=77)))
    await class_.post()
    await class_.later(76)
    assert class_.platform.words() == []
    await class_.later(1)
    assert len(class_.platform.words()) == 1


async def test_staff_are_told_once_for_each_reason(class_: Class_) -> None:
    class_.platform.fail(*[Refuse("It is closed.")] * 3, Refuse("It is full."))
    await class_.post()
    for _ in range(4):
        await class_.later(60)
    assert [said.split(": ")[-1] for said in class_.told(class_.ada)] == [
        "It is closed.",
        "It is full.",
    ]
    assert "D1 could not be posted" in class_.told(class_.ada)[0]
    assert len(class_.platform.words()) == 1


async def test_a_final_refusal_is_told_and_not_tried_again(class_: Class_) -> None:
    class_.platform.fail(Refuse("The channel is gone.", final=True))
    assert "The channel is gone." in await class_.post()
    await class_.later(10_000)
    assert class_.platform.requests == 1
    assert len(class_.told(class_.ada)) == 1
    shown = await class_.ada.answer("course show")
    assert "D1 | prompt | #history | failed | The channel is gone." in shown


async def test_what_is_older_than_the_catch_up_time_is_missed_and_staff_are_told(
    class_: Class_,
) -> None:
    class_.platform.fail(Refuse("It is closed."))
    await class_.post()
    await class_.ada.answer("course settings", catch_up=2)
    await class_.later(3 * 3_600)
    assert class_.platform.words() == []
    assert await class_.states() == ["missed"]
    assert "catch-up time" in class_.told(class_.ada)[-1]
    await class_.later(3_600)
    assert len(class_.told(class_.ada)) == 2


async def test_what_may_stand_already_is_never_given_up_as_missed(class_: Class_) -> None:
    class_.platform.fail(LoseAnswer())
    await class_.post()
    await class_.later(24 * 3_600)
    assert await class_.states() == ["sent"]
    assert class_.told(class_.ada) == []


async def test_a_closing_waits_for_its_prompt(class_: Class_) -> None:
    class_.platform.fail(LoseRequest())
    await class_.post()
    await class_.ada.answer("prompt close", discussion="D1")
    await class_.later(6)
    assert class_.platform.words() == []
    await class_.later(LEASE)
    await class_.later(10)
    prompt, summary = class_.platform.words()
    assert "Closed: replies written from now on do not count." in prompt
    assert "Students who wrote: 0" in summary
    assert class_.platform.standing[1].place.thread == class_.platform.standing[0].ref


async def test_an_update_of_what_was_never_posted_is_let_go(class_: Class_) -> None:
    class_.platform.fail(Refuse())
    await class_.post()
    await class_.ada.answer("prompt close", discussion="D1")
    class_.platform.fail(Refuse("The channel is gone.", final=True))
    for _ in range(4):
        await class_.later(10)
    assert await class_.states() == ["failed", "missed", "missed"]
    assert class_.platform.standing == []


async def test_an_uncertain_update_is_made_again(class_: Class_) -> None:
    await class_.post()
    class_.platform.fail(LoseRequest())
    await class_.ada.answer("prompt withdraw", what="D1")
    assert "Withdrawn" not in class_.platform.words()[0]
    await class_.later(LEASE)
    assert "Withdrawn" in class_.platform.words()[0]


async def test_a_command_is_answered_though_the_outbox_breaks(class_: Class_) -> None:
    """What the command wrote is durable: it must not be told that nothing was changed."""
    class_.platform.fail(Break())
    assert NOT_YET in await class_.post()
    await class_.later(LEASE)
    assert len(class_.platform.words()) == 1


@asynccontextmanager
async def running(class_: Class_) -> AsyncIterator[list[int]]:
    """The outbox's own task, with a count of how often it looked for what is due."""
    looks = [0]
    due = class_.outbox.deliver_due

    async def counted() -> object:
        looks[0] += 1
        return await due()

    class_.outbox.deliver_due = counted  # type: ignore[method-assign]
    task = asyncio.create_task(class_.outbox.run())
    try:
        yield looks
    finally:
        assert not task.done(), "the outbox stopped"
        task.cancel()


async def test_it_sleeps_while_nothing_is_owed_and_wakes_for_what_is(class_: Class_) -> None:
    async with running(class_) as looks:
        await asyncio.sleep(0.2)
        assert looks == [1]
        class_.platform.fail(Refuse("Wait.", retry_after=timedelta(seconds=1)))
        await class_.post()
        await asyncio.sleep(0.2)
        assert looks[0] <= 3
        class_.world.clock.move(seconds=1)
        class_.outbox.wake()
        async with asyncio.timeout(5):
            while not class_.platform.standing:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        assert looks[0] <= 5
    assert await class_.states() == ["sent"]


async def test_it_runs_on_after_a_failure_without_hurrying(
    class_: Class_, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class_.platform.fail(Refuse())
    await class_.post()
    class_.world.clock.move(seconds=60)

    async def broken(*_: object) -> None:
        raise RuntimeError("a bug in a card")

    monkeypatch.setattr(class_.outbox, "_compose", broken)
    async with running(class_) as looks:
        await asyncio.sleep(0.3)
        assert looks[0] <= 2
    assert "a send failed unexpectedly" in caplog.text
