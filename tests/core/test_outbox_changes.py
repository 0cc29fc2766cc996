"""Sends while things change around them: closed, reopened, archived, a clock that jumps, a bot that
dies between a post and its record."""

import asyncio
from typing import Any

import pytest

from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    ThreadRef,
)
from bot.core.ports import SeenMessage, SendRefused, SendUncertain
from storage import outbox as rows
from storage.rows import Send
from tests.core.bad_network import LEASE, Course, a_course
from tests.fakes.platform import LoseAnswer, LoseRequest, Refuse
from tests.world import SPACE, World


@pytest.fixture
async def course(world: World) -> Course:
    return await a_course(world)


async def test_a_prompt_that_is_not_out_yet_is_not_posted_once_closed_or_archived(
    course: Course,
) -> None:
    course.platform.fail(*[Refuse("It is full.")] * 2)
    await course.post()
    await course.ada.answer("prompt close", discussion="D1")
    await course.post()
    await course.ada.answer("course archive", confirm="History 101")
    await course.later(1_000)
    assert course.platform.standing == []
    assert await course.states() == ["missed", "missed"]


async def test_a_summary_that_is_not_out_yet_is_not_posted_once_reopened(course: Course) -> None:
    await course.post()
    course.platform.fail(*[Refuse("It is full.")] * 3)
    await course.ada.answer("prompt close", discussion="D1")
    await course.ada.answer("prompt reopen", discussion="D1")
    await course.later(1_000)
    (prompt,) = course.platform.words()
    assert "Closed" not in prompt


async def test_the_outbox_outlives_whatever_fails_in_it(
    course: Course, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = True

    async def due(*_: object) -> list[Send]:
        if broken:
            raise RuntimeError("a bug")
        return []

    monkeypatch.setattr(rows, "due", due)
    running = asyncio.create_task(course.outbox.run())
    await asyncio.sleep(0.05)
    assert not running.done()
    assert "the outbox failed" in caplog.text
    broken = False
    running.cancel()


async def test_two_tasks_of_one_process_never_both_post(course: Course) -> None:
    """The clock jumps while one of them looks into the channel, as when a laptop wakes."""
    course.platform.fail(LoseRequest())
    await course.post()
    looked = course.platform.find

    async def find_slowly(*about: Any) -> Any:
        course.world.clock.move(hours=1)
        course.platform.find = looked  # type: ignore[method-assign]
        await course.outbox.deliver_due()
        return await looked(*about)

    course.platform.find = find_slowly  # type: ignore[method-assign, assignment]
    await course.later(LEASE)
    await course.later(LEASE)
    assert len(course.platform.words()) == 1


async def test_what_was_written_under_a_post_we_did_not_know_of_is_read(course: Course) -> None:
    """The bot dies between the post and its record; students answer; it comes back."""
    course.platform.fail(LoseAnswer())
    await course.post()
    (post,) = course.platform.standing
    place = Place(SPACE, ChannelRef("history"), ThreadRef(post.ref))
    said = MessagePosted(
        place,
        MessageRef("m1"),
        Person(AccountRef("bo"), "Bo"),
        course.world.clock.now(),
        "Unheard.",
    )
    course.platform.seen = [SeenMessage(said)]
    await course.later(LEASE)
    assert "Bo | 1 | 1" in await course.ada.answer("participation class")
    assert any("1 new" in words for words in course.told(course.ada))


async def test_a_thread_is_closed_after_its_summary_and_opened_again(course: Course) -> None:
    await course.post()
    await course.ada.answer("prompt close", discussion="D1")
    (prompt, _) = course.platform.standing
    thread = Place(SPACE, ChannelRef("history"), ThreadRef(prompt.ref))
    assert course.platform.opened == [(thread, False)]
    await course.ada.answer("prompt reopen", discussion="D1")
    assert course.platform.opened == [(thread, False), (thread, True)]


async def test_a_withdrawn_discussion_has_no_summary_and_its_thread_is_closed(
    course: Course,
) -> None:
    await course.post()
    await course.ada.answer("prompt withdraw", what="D1")
    assert len(course.platform.standing) == 1
    assert [open_ for _, open_ in course.platform.opened] == [False]


async def test_a_thread_that_could_not_be_closed_is_told_and_its_summary_stands_once(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def set_open(place: Place, open_: bool) -> None:
        raise SendRefused("Coalface needs “Manage Threads” in #history.")

    monkeypatch.setattr(course.platform, "set_open", set_open)
    await course.post()
    await course.ada.answer("prompt close", discussion="D1")
    await course.later(1_000)
    assert len(course.platform.standing) == 2
    (told,) = course.told(course.ada)
    assert "The thread of D1 stayed as it was" in told
    assert "needs “Manage Threads”" in told


async def test_a_thread_whose_closing_got_no_answer_is_closed_with_the_next_look(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def set_open(place: Place, open_: bool) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise SendUncertain

    monkeypatch.setattr(course.platform, "set_open", set_open)
    await course.post()
    await course.ada.answer("prompt close", discussion="D1")
    await course.later(LEASE)
    assert asked == 2
    assert len(course.platform.standing) == 2
    assert set(await course.states()) == {"sent"}
