"""Hostile text through the whole of it, over the loopback server: as a reply, as a prompt with its
sides, as a course's title. It fires no mention, raises nothing, and is kept as it was written."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select

from bot.core.arguments import TURNING
from storage.schema import course_prompts, courses, message_texts, messages
from tests import hostile
from tests.adapters.discord.connected import Seminar
from tests.adapters.discord.reading import letters, unescaped
from tests.fakes.discord_wire import Channel, Message, TickingClock, Wire
from tests.fakes.discord_wire.interactions import Interaction

BOUND_SECONDS = 60.0
MOST_WRITTEN = 4_000
STRINGS = [text.encode("utf-8", "ignore").decode() for text in hostile.strings(count=12)]


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        await seminar.settle()
        yield seminar
        assert wire.unknown == []


async def run(
    seminar: Seminar, command: str, at: Channel | None = None, **given: object
) -> Interaction:
    seminar.clock.move(seconds=1)
    ran = seminar.world.run_command(seminar.ada, at or seminar.channel, command, **given)
    return await ran.answered()


async def submitted(seminar: Seminar, form: Interaction, **given: str | list[str]) -> Message:
    return await seminar.world.submit_modal(form, **given).told()


async def stored(seminar: Seminar, query: Select[Any]) -> list[str]:
    async with seminar.app.services.database.read() as db:
        return list((await db.execute(query)).scalars())


def reaches_nobody(seminar: Seminar) -> None:
    """Nothing that Coalface sent has words outside embeds, or may notify anybody."""
    for asked in seminar.wire.requests:
        if asked.method in ("POST", "PATCH") and "/messages" in asked.path and asked.json:
            assert not asked.json.get("content")
            assert asked.json.get("allowed_mentions", {"parse": []}) == {"parse": []}
    for channel in seminar.guild.channels.values():
        for message in channel.messages.values():
            if message.author is seminar.world.bot:
                assert message.mentions == []
                assert not message.mention_everyone


def cleaned(typed: str) -> str:
    """What a command keeps of what is typed: no control characters, no marks that turn a line."""
    unseen = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)))
    return typed.replace("\r\n", "\n").translate(unseen | {ord(mark): None for mark in TURNING})


async def test_replies_are_kept_exactly(
    seminar: Seminar, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    async with asyncio.timeout(BOUND_SECONDS):
        await run(seminar, "course setup", title="History 101")
        await run(seminar, "prompt post", prompt="kulaks-and-shock-workers")
        await seminar.settle()
        (thread,) = (c for c in seminar.guild.channels.values() if c.is_thread)
        said = [
            seminar.world.say(seminar.bo, thread, text[:MOST_WRITTEN]) for text in STRINGS if text
        ]
        await seminar.settle()
        query = (
            select(message_texts.c.text)
            .join_from(message_texts, messages, messages.c.id == message_texts.c.message_id)
            .order_by(messages.c.sent_at)
        )
        assert await stored(seminar, query) == [message.content for message in said]
        why = await (
            seminar.world.run_command(
                seminar.ada, seminar.channel, "participation why", student=seminar.bo
            )
        ).told()
        assert why.embeds
    reaches_nobody(seminar)
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []


async def test_prompts_and_sides_are_kept_and_posted(
    seminar: Seminar, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(BOUND_SECONDS):
        await run(seminar, "course setup", title="History 101")
        for number, text in enumerate(STRINGS):
            typed = text[:2_000].strip()
            if not cleaned(typed).strip():
                continue
            side = " ".join(cleaned(typed).replace(";", ",").split())[:30]
            form = await run(seminar, "prompt new")
            await submitted(
                seminar, form, title=f"T{number}", text=typed, sides=f"{side}; the other"
            )
            (kept,) = await stored(
                seminar,
                select(course_prompts.c.content["text"].as_string())
                .order_by(course_prompts.c.number.desc())
                .limit(1),
            )
            assert letters(kept) == letters(cleaned(typed)), number
            posted = len(seminar.posts())
            await run(seminar, "prompt post", prompt=f"T{number}")
            await seminar.settle()
            assert len(seminar.posts()) > posted, number
            shown = seminar.posts()[posted].embeds[0]["description"]
            assert letters(unescaped(shown)).startswith(letters(kept)[:1_000]), number
    reaches_nobody(seminar)
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []


async def test_a_courses_title_is_kept(
    seminar: Seminar, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    async with asyncio.timeout(BOUND_SECONDS):
        for number, text in enumerate(STRINGS):
            typed = text[:60].strip()
            if not typed:
                continue
            channel = seminar.world.add_channel(seminar.guild, f"history-{number}")
            before = await stored(seminar, select(courses.c.title))
            setup = await run(seminar, "course setup", channel, title=typed)
            assert (await setup.told()).embeds
            new = (await stored(seminar, select(courses.c.title)))[len(before) :]
            assert [letters(title) for title in new] in ([letters(cleaned(typed))], []), number
        assert len(await stored(seminar, select(courses.c.title))) > len(STRINGS) * 0.7
    reaches_nobody(seminar)
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []
