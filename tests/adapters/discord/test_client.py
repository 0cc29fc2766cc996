"""The connection, over the loopback gateway: what happens on Discord reaches the core, what was
missed is read again, and what fails is logged by a short id."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.adapters.discord import client as client_module
from bot.app import App
from bot.core.commands import Answer, Invocation
from bot.core.events import AccountRef, ChannelChanged, InvocationId, Person, Place
from bot.core.plain import to_plain
from storage.schema import reactions
from tests.adapters.discord.connected import Seminar, heard
from tests.adapters.discord.playing import FineClock
from tests.fakes.discord_wire import Channel, TickingClock, User, Wire
from tests.faults import a_full_disk, content


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        await seminar.settle()
        yield seminar
        assert wire.unknown == []


async def run(seminar: Seminar, command: str, place: Place | None = None, **given: object) -> str:
    """A command of Ada's, who manages the server, as the core is asked; what it answers."""
    app: App = seminar.app
    now = seminar.clock.move(seconds=1)
    outcome = await app.dispatcher.run(
        Invocation(
            InvocationId(f"{command} {now}"),
            place or seminar.place,
            Person(AccountRef(str(seminar.ada.id)), "Ada"),
            command,
            given,
            now,
            manages_space=True,
            channel_name="kulaks",
        )
    )
    assert isinstance(outcome, Answer), outcome
    return to_plain(outcome.card)


async def discussion(seminar: Seminar) -> Channel:
    """A course, and its first discussion's thread."""
    await run(seminar, "course setup", title="History 101")
    said = await run(seminar, "prompt post", prompt="kulaks-and-shock-workers")
    assert "Posted in" in said
    (post,) = [m for m in seminar.posts() if m.embeds]
    await seminar.settle()
    return next(c for c in seminar.guild.channels.values() if c.id == post.id)


async def why(seminar: Seminar, who: str = "Bo") -> str:
    await seminar.settle()
    return await run(seminar, "participation why", student=who)


def told(seminar: Seminar, who: User | None = None) -> list[str]:
    """What Ada, or somebody else, was told directly."""
    direct = seminar.world.state.direct_with(who or seminar.ada)
    return [str(m.embeds) for m in direct.messages.values()]


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(250):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("It did not come to pass.")


# --- what happens -------------------------------------------------------------------------------


async def test_replies_edits_deletions_and_reactions_are_taken_in(seminar: Seminar) -> None:
    world, thread = seminar.world, await discussion(seminar)
    first = world.say(seminar.bo, thread, "The state decided.")
    slip = world.say(seminar.bo, thread, "A slip.")
    world.edit(first, "The party decided, I think.")
    world.unfurl(first, {"type": "link", "url": "https://example.org"})
    world.delete(slip)
    world.react(seminar.cy, first)
    said = await why(seminar)
    assert "2 messages, of which 1 counts" in said
    assert "deleted by its author or a moderator" in said
    await run(seminar, "participation export")
    table = await run(seminar, "participation class")
    assert "Bo" in table
    assert "Cy" in table


async def test_an_answer_in_the_channel_counts_and_chatter_does_not(seminar: Seminar) -> None:
    await discussion(seminar)
    (post,) = [m for m in seminar.posts() if m.embeds]
    seminar.world.say(seminar.bo, seminar.channel, "Hello all.")
    seminar.world.say(seminar.bo, seminar.channel, "Use decided.", reply_to=post)
    assert "1 message, of which 1 counts" in await why(seminar)


async def test_many_messages_deleted_at_once_are_deleted(seminar: Seminar) -> None:
    thread = await discussion(seminar)
    said = [seminar.world.say(seminar.bo, thread, f"number {n}") for n in range(3)]
    await seminar.settle()
    seminar.world.bulk_delete(*said[:2])
    assert "3 messages, of which 1 counts" in await why(seminar)


@pytest.mark.parametrize("emoji", ["👍", None])
async def test_cleared_reactions_are_read_again(seminar: Seminar, emoji: str | None) -> None:
    thread = await discussion(seminar)
    said = seminar.world.say(seminar.bo, thread, "The state decided.")
    seminar.world.react(seminar.cy, said)
    await seminar.settle()
    seminar.world.clear_reactions(said, emoji)
    await seminar.settle()
    assert any("1 changed reactions" in sentence for sentence in told(seminar))


async def test_a_reaction_that_is_cleared_at_once_does_not_come_back(tmp_path: Path) -> None:
    clock = FineClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        thread = await discussion(seminar)
        said = seminar.world.say(seminar.bo, thread, "The state decided.")
        await seminar.settle()
        seminar.world.react(seminar.cy, said)
        seminar.world.clear_reactions(said)
        await seminar.settle()
        async with seminar.app.services.database.read() as db:
            standing = await db.execute(select(reactions).where(reactions.c.present))
            assert standing.all() == []


async def test_an_archived_thread_that_is_in_no_cache_is_asked_for_once(seminar: Seminar) -> None:
    thread = await discussion(seminar)
    said = [seminar.world.say(seminar.bo, thread, f"number {n}") for n in range(2)]
    await seminar.settle()
    seminar.world.change_thread(thread, archived=True)
    await seminar.settle()
    for message in said:
        seminar.world.delete(message)
    assert "2 messages, of which 0 count" in await why(seminar)
    assert len(seminar.wire.asked("GET", f"/channels/{thread.id}")) == 1


async def test_a_thread_or_channel_that_was_deleted_is_told_to_staff(seminar: Seminar) -> None:
    thread = await discussion(seminar)
    seminar.world.delete_channel(thread)
    await seminar.settle()
    assert any("D1 could not be read again" in sentence for sentence in told(seminar))
    seminar.world.delete_channel(seminar.channel)
    await seminar.settle()
    assert "does not exist on Discord any more" in told(seminar)[-1]


async def test_a_channels_new_name_is_the_courses_too(seminar: Seminar) -> None:
    await discussion(seminar)
    async with heard(seminar, "guild_channel_update"):
        seminar.world.rename_channel(seminar.channel, "labor")
    await seminar.settle()
    assert "Channels: #labor\n" in await run(seminar, "course show")
    async with heard(seminar, "shard_ready"):
        with seminar.wire.gateway.down():
            seminar.world.rename_channel(seminar.channel, "legend")
            seminar.wire.gateway.forget()
    await seminar.settle()
    assert "Channels: #legend\n" in await run(seminar, "course show")


# --- connections --------------------------------------------------------------------------------


async def test_what_was_missed_is_read_after_a_session_that_ended(seminar: Seminar) -> None:
    thread = await discussion(seminar)
    with seminar.wire.gateway.down():
        seminar.world.say(seminar.bo, thread, "Said while nobody listened.")
        seminar.wire.gateway.forget()
    await until(lambda: any("1 new" in sentence for sentence in told(seminar)))
    assert len(seminar.wire.gateway.identified) == 2
    assert "1 message, of which 1 counts" in await why(seminar)


async def test_a_session_that_is_resumed_needs_no_reading(seminar: Seminar) -> None:
    thread = await discussion(seminar)
    with seminar.wire.gateway.down():
        seminar.world.say(seminar.bo, thread, "Said in between.")
    await until(lambda: bool(seminar.wire.gateway.resumed))
    assert "1 message, of which 1 counts" in await why(seminar)
    assert seminar.wire.asked("GET", f"/channels/{thread.id}/messages") == []


async def test_recoveries_do_not_overlap(seminar: Seminar, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, runs = 0, 0, 0

    class Slow:
        async def recover(self, platform: str) -> None:
            nonlocal running, most, runs
            running, runs = running + 1, runs + 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1

        async def reread(self, place: Place) -> None: ...

        async def take_in(self, change: ChannelChanged) -> None: ...

        async def tell_of(self, change: ChannelChanged) -> None: ...

    monkeypatch.setattr(seminar.client, "core", replace(seminar.client.core, recovery=Slow()))
    await asyncio.gather(*(seminar.client.on_shard_ready(0) for _ in range(5)))
    assert (most, runs) == (1, 2)


async def test_the_commands_are_registered_once_and_again_when_they_changed(
    tmp_path: Path,
) -> None:
    clock = TickingClock()
    async with Wire(clock).opened() as wire:
        seminar = Seminar(wire, clock, tmp_path)
        for _ in range(2):
            async with seminar.up():
                pass
        assert len(wire.asked("PUT", "/commands")) == 1
        (tmp_path / "discord-commands").write_text("another application's")
        async with seminar.up():
            pass
        assert len(wire.asked("PUT", "/commands")) == 2


async def test_without_the_intent_words_are_withheld_and_read_once_it_is_enabled(
    tmp_path: Path,
) -> None:
    clock = TickingClock()
    async with Wire(clock).opened() as wire:
        wire.application.content_enabled = False
        seminar = Seminar(wire, clock, tmp_path)
        async with seminar.up(content=False):
            thread = await discussion(seminar)
            seminar.world.say(seminar.bo, thread, "The state picked sides.")
            assert "1 message, of which 1 counts" in await why(seminar)
            assert "Words: 4" not in await words_of(seminar)
        wire.application.content_enabled = True
        async with seminar.up(content=True):
            await seminar.settle()
            assert "4" in (await words_of(seminar)).split("Bo")[-1]


async def words_of(seminar: Seminar) -> str:
    return await run(seminar, "participation class")


async def test_a_server_that_it_is_added_to_is_told_what_to_do_next(seminar: Seminar) -> None:
    dora = seminar.world.add_user("Dora")
    seminar.world.add_guild("Physics", dora)
    await seminar.settle()
    (message,) = told(seminar, dora)
    assert "/course setup" in message


async def test_added_again_it_reads_what_it_missed(seminar: Seminar) -> None:
    thread = await discussion(seminar)
    seminar.world.remove_bot(seminar.guild)
    seminar.world.say(seminar.bo, thread, "Said without it.")
    seminar.world.invite(seminar.guild, "manage_threads", "create_public_threads")
    await seminar.settle()
    assert "1 message, of which 1 counts" in await why(seminar)


# --- failures -----------------------------------------------------------------------------------


async def test_what_can_not_be_taken_in_is_logged_without_words_and_read_later(
    seminar: Seminar, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    thread = await discussion(seminar)
    monkeypatch.setattr(client_module, "AGAIN_SECONDS", 0.05)

    class Full:
        async def take_in(self, event: object) -> None:
            raise OSError(f"no room for {event}")

        async def drain(self) -> None: ...

    core: Any = seminar.client.core
    monkeypatch.setattr(seminar.client, "core", replace(core, intake=Full()))
    with caplog.at_level(logging.ERROR):
        seminar.world.say(seminar.bo, thread, "A secret.")
        await seminar.settle()
    record = next(r for r in caplog.records if r.message == "unexpected failure")
    assert len(record.__dict__["failure"]) == 8
    assert "A secret." not in record.getMessage() + str(record.__dict__["doing"])
    while later := tuple(seminar.client._later):
        await asyncio.gather(*later)
    assert "1 message, of which 1 counts" in await why(seminar)


async def test_what_a_full_disk_keeps_out_is_read_as_soon_as_there_is_room(
    seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await discussion(seminar)
    monkeypatch.setattr(client_module, "AGAIN_SECONDS", 0.05)
    first = seminar.world.say(seminar.bo, thread, "Heard.")
    await seminar.settle()
    failures: list[str] = []
    blame = seminar.app.dispatcher.report_failure

    def report(problem: BaseException, doing: str) -> str:
        failures.append(doing)
        return blame(problem, doing)

    monkeypatch.setattr(seminar.app.dispatcher, "report_failure", report)
    before = content(seminar.settings.database)
    with a_full_disk():
        seminar.world.say(seminar.bo, thread, "There was no room for this.")
        seminar.world.edit(first, "Heard, and mended.")
        asked = await run(seminar, "prompt close", discussion="D1")
        await until(lambda: failures.count("read a channel of Discord again") >= 2)
    assert "The disk is full or can't be written, so nothing was changed" in asked
    assert content(seminar.settings.database) == before
    await until(lambda: "There was no room" in "".join(content(seminar.settings.database)))
    while later := tuple(seminar.client._later):
        await asyncio.gather(*later)
    assert "2 messages, of which 2 count" in await why(seminar)
    assert "Heard, and mended." in "".join(content(seminar.settings.database))
    assert "D1 is closed" in await run(seminar, "prompt close", discussion="D1")


async def test_a_reading_that_fails_is_taken_up_again(
    seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await discussion(seminar)
    monkeypatch.setattr(client_module, "AGAIN_SECONDS", 0.05)
    real, failed = seminar.app.recovery, 0

    class FullOnce:
        async def recover(self, platform: str) -> object:
            nonlocal failed
            failed += 1
            if failed == 1:
                raise OSError("no room")
            return await real.recover(platform)

        async def reread(self, place: Place) -> None: ...

        async def take_in(self, change: ChannelChanged) -> None: ...

        async def tell_of(self, change: ChannelChanged) -> None: ...

    core: Any = seminar.client.core
    monkeypatch.setattr(seminar.client, "core", replace(core, recovery=FullOnce()))
    with seminar.wire.gateway.down():
        seminar.world.say(seminar.bo, thread, "Said while nobody listened.")
        seminar.wire.gateway.forget()
    await until(lambda: any("1 new" in sentence for sentence in told(seminar)))
    assert failed == 2
