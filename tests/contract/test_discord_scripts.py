"""The conversations that only Discord has, over the loopback server: its permissions, its kinds of
channels, its members who come and go, and the words that it may withhold."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import discord
import pytest

from tests.adapters.discord.connected import Seminar
from tests.contract.conversation import do_what_is_due
from tests.contract.discord import words
from tests.fakes.discord_wire import Channel, Message, TickingClock, User, Wire
from tests.fakes.discord_wire.state import Event

KULAKS = "kulaks-and-shock-workers"


@asynccontextmanager
async def a_server(folder: Path, *, content: bool = True) -> AsyncIterator[Seminar]:
    """Ada owns it; Bo and Cy are in it; nothing is set up."""
    clock = TickingClock()
    async with Wire(clock).opened() as wire:
        wire.application.content_enabled = content
        async with Seminar(wire, clock, folder).up(content=content) as seminar:
            await seminar.settle()
            yield seminar
            assert wire.unknown == []


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    async with a_server(tmp_path) as seminar:
        yield seminar


async def run(
    seminar: Seminar, who: User, command: str, at: Channel | None = None, **given: object
) -> str:
    """A slash command as it is typed; what its author reads."""
    seminar.clock.move(seconds=1)
    ran = seminar.world.run_command(who, at or seminar.channel, command, **given)
    return read(await ran.told())


def read(message: Message) -> str:
    return words(message.content, [discord.Embed.from_dict(e) for e in message.embeds], [])


async def posted(seminar: Seminar, at: Channel | None = None, **given: object) -> Channel:
    """A course there, and the thread of its first discussion."""
    said = await run(seminar, seminar.ada, "course setup", at, title="History 101", **given)
    assert "is set up" in said
    before = set(seminar.guild.channels)
    assert "D1" in await run(seminar, seminar.ada, "prompt post", at, prompt=KULAKS)
    await seminar.settle()
    (thread,) = set(seminar.guild.channels) - before
    return seminar.guild.channels[thread]


async def why(seminar: Seminar, who: User | None = None, at: Channel | None = None) -> str:
    """What staff read of a student, Bo unless somebody else is named."""
    await seminar.settle()
    student = who or seminar.bo
    return await run(seminar, seminar.ada, "participation why", at, student=student)


# --- who sets it up -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "may"),
    [("manage_guild", True), ("administrator", True), ("manage_channels", False), ("", False)],
)
async def test_whoever_manages_the_server_sets_it_up_and_nobody_else(
    seminar: Seminar, right: str, may: bool
) -> None:
    held = discord.Permissions(**({right: True} if right else {}))
    seminar.world.add_role(seminar.guild, "held", seminar.bo, permissions=held.value)
    said = await run(seminar, seminar.bo, "course setup", title="History 101")
    assert ("History 101 is set up" in said) is may
    if may:
        assert "Posted in" in await run(seminar, seminar.bo, "prompt post", prompt=KULAKS)
    else:
        assert "There is no course in this channel yet" in said


async def test_the_owner_needs_no_role_and_managing_it_makes_nobody_staff(seminar: Seminar) -> None:
    assert "is set up" in await run(seminar, seminar.ada, "course setup", title="History 101")
    manage = discord.Permissions(manage_guild=True).value
    seminar.world.add_role(seminar.guild, "managers", seminar.bo, permissions=manage)
    said = await run(seminar, seminar.bo, "participation class")
    assert "/participation class is for assistants of this course" in said
    said = await run(seminar, seminar.bo, "course staff", person=seminar.bo, role="assistant")
    assert "Bo" in said
    assert "is for" not in await run(seminar, seminar.bo, "participation class")


# --- kinds of channels --------------------------------------------------------------------------


async def test_in_a_forum_a_prompt_is_a_post_and_closing_locks_it(seminar: Seminar) -> None:
    forum = seminar.world.add_channel(
        seminar.guild, "debates", "forum", tags=["Week 1"], tag_required=True
    )
    desk = seminar.world.post(seminar.ada, forum, "Welcome", "Here we debate.")
    thread = await posted(seminar, desk, tag="Week 1")
    assert thread.parent is forum
    assert thread.name == "Two kinds of success, two fates"
    (prompt,) = seminar.posts(thread)
    assert "D1 · reply in the thread" in read(prompt)
    seminar.world.say(seminar.bo, thread, "The state picked sides.")
    seminar.world.say(seminar.bo, desk, "Hello all.")
    assert "1 message, of which 1 counts" in await why(seminar, at=thread)
    seminar.world.press(seminar.bo, prompt, prompt.buttons()[0]["label"])
    await run(seminar, seminar.ada, "prompt close", thread, discussion="D1")
    await seminar.settle()
    assert (thread.locked, thread.archived) == (True, True)
    await run(seminar, seminar.ada, "prompt reopen", desk, discussion="D1")
    await seminar.settle()
    assert (thread.locked, thread.archived) == (False, False)


async def test_in_an_announcement_channel_students_answer_in_the_thread(seminar: Seminar) -> None:
    news = seminar.world.add_channel(seminar.guild, "news", "announcement")
    thread = await posted(seminar, news)
    assert thread.parent is news
    (prompt,) = seminar.posts(news)
    assert prompt.id == thread.id
    seminar.world.say(seminar.bo, thread, "The state picked sides.")
    assert "1 message, of which 1 counts" in await why(seminar, at=news)
    await run(seminar, seminar.ada, "prompt close", news, discussion="D1")
    await seminar.settle()
    assert (thread.locked, thread.archived) == (True, True)


async def _reminded(seminar: Seminar, at: Channel) -> None:
    """Until D1 has been reminded of, a day before it is due."""
    said = await run(
        seminar, seminar.ada, "prompt due", at, discussion="D1", due="in 2 days", remind=24
    )
    assert "D1: Two kinds of success" in said
    seminar.clock.move(hours=25)
    await do_what_is_due(seminar.app)
    await seminar.settle()


async def test_a_reminder_stands_in_the_channel_and_has_no_thread(seminar: Seminar) -> None:
    await posted(seminar)
    before = set(seminar.guild.channels)
    await _reminded(seminar, seminar.channel)
    reminder = seminar.posts()[-1]
    assert "D1 · reminder" in read(reminder)
    assert "everyone" not in str(reminder.embeds)
    assert set(seminar.guild.channels) == before


async def test_in_a_forum_a_reminder_stands_in_the_post_that_it_is_about(seminar: Seminar) -> None:
    forum = seminar.world.add_channel(seminar.guild, "debates", "forum")
    desk = seminar.world.post(seminar.ada, forum, "Welcome", "Here we debate.")
    thread = await posted(seminar, desk)
    before = set(seminar.guild.channels)
    await _reminded(seminar, desk)
    assert sum("D1 · reminder" in read(post) for post in seminar.posts(thread)) == 1
    assert set(seminar.guild.channels) == before


# --- what comes out of order, and who has gone --------------------------------------------------


@asynccontextmanager
async def backwards(seminar: Seminar) -> AsyncIterator[None]:
    """What happens meanwhile is told last first, each thing as it was when it happened."""
    state = seminar.world.state
    tell, held = state.tell, list[Callable[[], None]]()

    def hold(event: Event) -> None:
        as_it_was = replace(event, build={True: event.build(True), False: {}}.__getitem__)
        held.append(lambda: tell(as_it_was))

    state.tell = hold
    yield
    state.tell = tell
    for told in reversed(held):
        told()
    await seminar.settle()


async def test_an_edit_and_a_deletion_that_come_before_their_message(seminar: Seminar) -> None:
    thread = await posted(seminar)
    async with backwards(seminar):
        message = seminar.world.say(seminar.bo, thread, "The state picked sides.")
        seminar.world.edit(message, "Ideology picked sides, not the state.")
        slip = seminar.world.say(seminar.bo, thread, "A slip of mine.")
        seminar.world.delete(slip)
    said = await why(seminar)
    assert "2 messages, of which 1 counts" in said
    assert "Words: 6" in said, "those of the edited text"
    assert "Words: 4" not in said
    assert "deleted by its author or a moderator" in said


async def test_a_student_who_left_keeps_what_they_wrote(seminar: Seminar) -> None:
    thread = await posted(seminar)
    seminar.world.say(seminar.bo, thread, "The state picked sides.")
    await seminar.settle()
    seminar.world.leave(seminar.bo, seminar.guild)
    await seminar.settle()
    said = await run(seminar, seminar.ada, "participation class")
    assert "Student: Bo · Joined: 1 · Answers: 1 · Responses: 0 · Words: 4" in said
    await seminar.app.roll_call.call("discord", pause=0)
    said = await run(seminar, seminar.ada, "participation class")
    assert "Student: Bo (has left) · Joined: 1 · Answers: 1 · Responses: 0 · Words: 4" in said
    said = await run(seminar, seminar.ada, "course show")
    assert "Ada (instructor)" in said
    asked = len(seminar.wire.asked("GET", f"/members/{seminar.bo.id}"))
    seminar.world.join(seminar.bo, seminar.guild)
    seminar.world.say(seminar.bo, thread, "Here again.")
    assert "1 message" not in await why(seminar)
    said = await run(seminar, seminar.ada, "participation class")
    assert "Student: Bo · Joined: 1 · Answers: 2" in said
    assert len(seminar.wire.asked("GET", f"/members/{seminar.bo.id}")) == asked


async def test_who_wrote_and_left_while_the_bot_was_away_is_read_from_history(
    tmp_path: Path,
) -> None:
    clock = TickingClock()
    async with Wire(clock).opened() as wire:
        seminar = Seminar(wire, clock, tmp_path)
        async with seminar.up():
            await seminar.settle()
            thread = await posted(seminar)
        seminar.world.say(seminar.bo, thread, "The state picked sides.")
        seminar.world.leave(seminar.bo, seminar.guild)
        async with seminar.up():
            await seminar.settle()
            assert wire.asked("GET", f"/members/{seminar.bo.id}")
            said = await run(seminar, seminar.ada, "participation class")
            assert (
                "Student: Bo (has left) · Joined: 1 · Answers: 1 · Responses: 0 · Words: 4" in said
            )
        assert wire.unknown == []


# --- without words ------------------------------------------------------------------------------


async def test_without_the_content_intent_all_works_but_words(tmp_path: Path) -> None:
    async with a_server(tmp_path, content=False) as seminar:
        thread = await posted(seminar)
        first = seminar.world.say(seminar.bo, thread, "The state picked sides, F12.")
        seminar.world.say(seminar.cy, thread, "Who told it to?", reply_to=first)
        seminar.world.react(seminar.cy, first)
        seminar.world.edit(first, "Ideology picked sides.")
        (prompt,) = seminar.posts()
        pressed = seminar.world.press(seminar.bo, prompt, prompt.buttons()[0]["label"])
        assert read(await pressed.told())
        said = await why(seminar)
        assert "1 message, of which 1 counts" in said
        assert "Words: 0" in said
        assert "1 message, of which 1 counts" in await why(seminar, seminar.cy)
        await run(seminar, seminar.ada, "prompt close", discussion="D1")
        await seminar.settle()
        assert thread.locked
