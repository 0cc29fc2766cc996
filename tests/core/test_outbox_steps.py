"""The two steps of a send: the message, recorded as soon as it stands, then what belongs to it."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.core import outbox as outbox_module
from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    ThreadRef,
)
from bot.core.ports import SeenMessage
from tests.core.bad_network import LEASE, Course, a_course
from tests.fakes.platform import (
    AcceptLate,
    Hang,
    LoseAnswer,
    LoseRequest,
    Refuse,
    Trouble,
    an_outbox,
)
from tests.world import SPACE, World

NO_THREAD = "Coalface needs “Create Public Threads” in #history."


@pytest.fixture
async def course(world: World) -> Course:
    return await a_course(world)


def whole(course: Course) -> bool:
    """Whether each message that stands has all that belongs to it."""
    return course.platform.whole == [one.ref for one in course.platform.standing]


def reply(course: Course) -> MessagePosted:
    """Bo's reply in the thread of the only post."""
    (post,) = course.platform.standing
    place = Place(SPACE, ChannelRef("history"), ThreadRef(post.ref))
    bo = Person(AccountRef("bo"), "Bo")
    return MessagePosted(place, MessageRef("m1"), bo, course.world.clock.now(), "Unheard.")


async def test_what_is_refused_in_the_second_step_is_told_and_done_later_by_it_alone(
    course: Course,
) -> None:
    course.platform.fail_completing(*[Refuse(NO_THREAD)] * 3)
    said = await course.post()
    assert "#history shows it, but not yet its thread" in said
    assert NO_THREAD in said
    course.platform.unreadable = "Nobody looks for what is known to stand."
    for wait in (5, 10):
        await course.later(wait)
        assert await course.states() == ["pending"]
        assert not whole(course)
    (told,) = course.told(course.ada)
    assert "D1 is not complete" in told
    assert "The prompt of D1 stands in #history without its thread" in told
    assert f"D1 | prompt | #history | pending | {NO_THREAD}" in (
        await course.ada.answer("course show")
    )
    course.platform.unreadable = None
    await course.later(20)
    assert whole(course)
    assert course.platform.requests == 1
    assert await course.states() == ["sent"]


@pytest.mark.parametrize("trouble", [LoseAnswer(), LoseRequest(), AcceptLate()])
async def test_a_second_step_without_an_answer_is_done_again_by_itself(
    course: Course, trouble: Trouble
) -> None:
    course.platform.fail_completing(trouble)
    await course.post()
    await course.later(LEASE - 2)
    assert await course.states() == ["sending"]
    await course.later(2)
    course.platform.land()
    assert whole(course)
    assert course.platform.requests == 1
    assert await course.states() == ["sent"]


async def test_each_step_has_a_requests_time_of_its_own(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "REQUEST", timedelta(milliseconds=500))
    course.platform.fail_completing(Hang())
    await course.post()
    await course.later(LEASE)
    assert whole(course)
    assert await course.states() == ["sent"]


@pytest.mark.parametrize("accepted", [True, False])
async def test_after_a_crash_between_the_steps_another_process_goes_on(
    course: Course, accepted: bool
) -> None:
    course.platform.fail_completing(Hang(accepted))
    crashing = asyncio.create_task(course.post())
    await course.platform.completing.wait()
    crashing.cancel()
    with suppress(asyncio.CancelledError):
        await crashing
    course.platform.unreadable = "Nobody looks for what is known to stand."
    after = an_outbox(course.world, course.platform, "second")
    course.world.clock.move(seconds=LEASE)
    await after.deliver_due()
    assert whole(course)
    assert course.platform.requests == 1
    assert await course.states() == ["sent"]


async def test_what_is_written_before_the_second_step_is_done_counts(course: Course) -> None:
    """It is held while the prompt has no placement, also between two tries."""
    course.platform.fail_completing(Refuse(NO_THREAD))
    await course.post()
    said = reply(course)
    await course.world.app.intake.take_in(said)
    course.platform.unreadable = "What is held is all that is known."
    await course.later(6)
    assert "Bo | 1 | 1" in await course.ada.answer("participation class")


async def test_what_was_not_heard_before_the_second_step_is_read(course: Course) -> None:
    course.platform.fail_completing(Refuse(NO_THREAD))
    await course.post()
    course.platform.seen = [SeenMessage(reply(course))]
    await course.later(6)
    assert "Bo | 1 | 1" in await course.ada.answer("participation class")


@pytest.mark.parametrize(("how", "param"), [("close", "discussion"), ("withdraw", "what")])
async def test_a_prompt_that_stands_is_completed_though_it_is_closed_meanwhile(
    course: Course, how: str, param: str
) -> None:
    course.platform.fail_completing(Refuse(NO_THREAD))
    await course.post()
    await course.ada.answer(f"prompt {how}", **{param: "D1"})
    for _ in range(3):
        await course.later(10)
    assert set(await course.states()) == {"sent"}
    assert whole(course)
    assert ("Closed" if how == "close" else "Withdrawn") in course.platform.words()[0]
    assert [open_ for _, open_ in course.platform.opened][-1:] == [False]


async def test_what_stands_is_never_given_up_as_missed(course: Course) -> None:
    course.platform.fail_completing(Refuse(NO_THREAD))
    await course.post()
    await course.later(24 * 3_600)
    assert await course.states() == ["sent"]
    assert whole(course)


async def test_a_summary_has_its_second_step_too(course: Course) -> None:
    await course.post()
    course.platform.fail_completing(Refuse("The thread is locked."))
    await course.ada.answer("prompt close", discussion="D1")
    assert len(course.platform.standing) == 2
    assert "The summary of D1 stands in #history" in course.told(course.ada)[0]
    await course.later(6)
    assert whole(course)
    assert set(await course.states()) == {"sent"}
    assert [open_ for _, open_ in course.platform.opened][-1:] == [False]


async def test_a_message_that_is_gone_before_the_second_step_is_final(course: Course) -> None:
    course.platform.fail_completing(Refuse("Coalface's message does not exist.", final=True))
    await course.post()
    await course.later(10_000)
    assert await course.states() == ["failed"]
    assert course.platform.requests == 1
    assert len(course.told(course.ada)) == 1
