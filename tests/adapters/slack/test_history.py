"""A thread read again, whole: edits, reactions, and what is gone; also where Slack gives fifteen
messages a minute."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.slack import history, inbound
from bot.core.ports import SendRefused
from tests.adapters.slack.connected import CARD, Lesson, a_lesson, a_workspace
from tests.adapters.slack.running import Running
from tests.fakes.discord_wire.clock import TickingClock
from tests.fakes.discord_wire.faults import Fail, RateLimit
from tests.fakes.slack_workspace.faults import Refuse
from tests.fakes.slack_workspace.records import Message


@pytest.fixture
async def lesson() -> AsyncIterator[Lesson]:
    async with a_lesson() as lesson:
        yield lesson


async def a_thread(lesson: Lesson) -> Message:
    await lesson.platform.post(lesson.place, CARD, "key")
    return lesson.posts()[-1]


async def test_a_thread_is_read_as_it_stands_now(lesson: Lesson) -> None:
    world, root = lesson.slack.world, await a_thread(lesson)
    first = world.say(lesson.ada, lesson.channel, "The state & its quota", thread=root)
    gone = world.say(lesson.bo, lesson.channel, "No", thread=root)
    again = world.say(lesson.bo, lesson.channel, "Yes, @Ada", thread=root, broadcast=True)
    world.say(lesson.bo, lesson.channel, "not in the thread")
    world.edit(first, "The state, and its quota")
    world.delete(gone)
    world.react(lesson.bo, first)
    world.react(lesson.teacher, first, "fire")
    world.unreact(lesson.teacher, first, "fire")
    seen = await lesson.read(root)
    assert [(s.posted.message, s.posted.author.name, s.posted.text) for s in seen] == [
        (first.ts, "Ada", "The state, and its quota"),
        (again.ts, "Bo", "Yes, @Ada"),
    ]
    one, two = seen
    assert one.posted.edited_at == inbound.to_instant(first.edited_ts)
    assert [(person.name, emoji) for person, emoji in one.reactions] == [("Bo", "thumbsup")]
    assert [person.name for person in two.posted.mentions] == ["Ada"]
    assert one.posted.place == lesson.at(lesson.channel, root)


async def test_it_is_what_the_events_would_have_told(lesson: Lesson) -> None:
    world, root = lesson.slack.world, await a_thread(lesson)
    said = world.say(lesson.ada, lesson.channel, "<!here> & :coal: @Bo", thread=root)
    (seen,) = await lesson.read(root)
    named = lesson.platform.people.named(lesson.team.id)
    event = world.state.show(said) | {"channel": lesson.channel.id, "event_ts": said.ts}
    assert inbound.to_event(event, lesson.team.id, named) == seen.posted


async def test_a_bots_replies_are_a_bots(lesson: Lesson) -> None:
    root = await a_thread(lesson)
    await lesson.platform.post(lesson.at(lesson.channel, root), CARD, "closing")
    (seen,) = await lesson.read(root)
    assert seen.posted.author.automated


async def test_outside_threads_there_is_nothing_to_read(lesson: Lesson) -> None:
    await a_thread(lesson)
    lesson.slack.requests.clear()
    there = lesson.platform.history(lesson.place, inbound.to_instant("0"))
    assert [seen async for seen in there] == []
    assert lesson.slack.requests == []


async def test_a_deleted_prompts_thread_can_be_read_still(lesson: Lesson) -> None:
    world, root = lesson.slack.world, await a_thread(lesson)
    world.say(lesson.ada, lesson.channel, "One", thread=root)
    world.delete(root)
    assert [seen.posted.text for seen in await lesson.read(root)] == ["One"]


async def test_without_its_thread_nothing_is_known(lesson: Lesson) -> None:
    root = await a_thread(lesson)
    lesson.slack.world.delete(root)
    with pytest.raises(SendRefused, match="thread does not exist on Slack any more"):
        await lesson.read(root)


async def test_a_page_that_got_no_answer_ends_it(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 10)
    root = await a_thread(lesson)
    for n in range(15):
        lesson.slack.world.say(lesson.ada, lesson.channel, str(n), thread=root)
    lesson.slack.faults.next("conversations.replies", Fail(502))
    with pytest.raises(SendRefused, match="does not answer"):
        await lesson.read(root)


async def test_pages_follow_slacks_cursor_also_at_fifteen_a_minute(lesson: Lesson) -> None:
    root = await a_thread(lesson)
    said = [
        lesson.slack.world.say(lesson.ada, lesson.channel, str(n), thread=root) for n in range(40)
    ]
    lesson.slack.limits.commercial = True
    seen = await lesson.read(root)
    assert [s.posted.message for s in seen] == [message.ts for message in said]
    assert sum(lesson.time.slept) == pytest.approx(120, abs=3)


async def test_an_app_that_may_not_ask_for_more_asks_for_fifteen(lesson: Lesson) -> None:
    root = await a_thread(lesson)
    lesson.slack.world.say(lesson.ada, lesson.channel, "One", thread=root)
    lesson.slack.faults.next("conversations.replies", Refuse("invalid_limit"))
    assert len(await lesson.read(root)) == 1
    asked = lesson.slack.asked("conversations.replies")
    assert [str(one.args["limit"]) for one in asked] == ["200", "15"]


async def test_reading_waits_while_slack_asks_it_to(lesson: Lesson) -> None:
    root = await a_thread(lesson)
    lesson.slack.world.say(lesson.ada, lesson.channel, "One", thread=root)
    lesson.slack.faults.next("conversations.replies", RateLimit(30), RateLimit(20))
    lesson.slack.faults.next("users.info", RateLimit(10))
    assert [seen.posted.author.name for seen in await lesson.read(root)] == ["Ada"]
    assert lesson.time.slept == [30, 20, 10]


async def test_everybody_who_reacted_is_asked_for_where_slack_names_only_some(
    lesson: Lesson,
) -> None:
    world, root = lesson.slack.world, await a_thread(lesson)
    message = world.say(lesson.ada, lesson.channel, "One", thread=root)
    fans = [world.add_user(f"Fan {n}", lesson.team) for n in range(60)]
    for fan in fans:
        world.join(fan, lesson.channel)
        world.react(fan, message)
    (seen,) = await lesson.read(root)
    assert [person.name for person, _ in seen.reactions] == [fan.name for fan in fans]
    assert len(lesson.slack.asked("reactions.get")) == 1


class Passing(Running):
    """Waits that take the class's time, too."""

    def __init__(self, clock: TickingClock) -> None:
        super().__init__()
        self.clock = clock

    async def sleep(self, seconds: float) -> None:
        before = self.at
        await super().sleep(seconds)
        self.clock.move(seconds=self.at - before)


async def test_staff_are_told_how_far_a_reading_at_fifteen_a_minute_is(tmp_path: Path) -> None:
    async with a_workspace(tmp_path) as seminar:
        async with seminar.up():
            post = await seminar.set_up()
        state = seminar.world.state
        state.tell = lambda envelope: None
        for n in range(40):
            seminar.world.say(seminar.ada, seminar.channel, f"Thought {n}.", thread=post)
        state.tell = seminar.slack.deliveries.tell
        seminar.time = Passing(seminar.clock)
        seminar.slack.limits.now = seminar.time.now
        seminar.slack.limits.commercial = True
        async with seminar.up():
            told = await seminar.told(seminar.teacher)
        under_way, _, came_of_it = told.partition("Reading again takes a while")[2].partition(
            "While the bot was away"
        )
        assert "Of 1 discussion, 0 are read to the end; 15 messages so far." in under_way
        assert "D1: 40 new, 0 edited" in came_of_it
