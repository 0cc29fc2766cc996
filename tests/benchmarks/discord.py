"""How fast replies on Discord become durable, against a bare discord.py bot that is handed the same
frames and keeps nothing. Both are connected to the loopback server and then read from memory."""

import asyncio
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import discord
from sqlalchemy import func, select

from bot.adapters.discord import permissions
from bot.adapters.discord.client import Intake
from bot.core.events import Event
from bot.core.words import count as count_words
from storage.schema import message_texts
from tests.adapters.discord.connected import Seminar
from tests.benchmarks.ratios import ROUNDS, Measured, interleaved
from tests.benchmarks.writing import TEXT
from tests.fakes.discord_wire import TOKEN, Channel, TickingClock, Wire
from tests.fakes.discord_wire.state import Event as Told

MESSAGES = 2_000


class Counting:
    """Counts what a bot is done with; where there is an intake, what is durable."""

    def __init__(self, intake: Intake | None = None) -> None:
        self._intake, self._left = intake, 0
        self._done = asyncio.Event()

    async def take_in(self, event: Event) -> object:
        assert self._intake is not None
        taken = await self._intake.take_in(event)
        self.one()
        return taken

    def one(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._done.set()

    async def all_of(self, how_many: int, feed: Callable[[], None]) -> float:
        """Seconds from the first frame until so many are done with."""
        self._left = how_many
        self._done.clear()
        started = perf_counter()
        feed()
        await asyncio.wait_for(self._done.wait(), 60)
        return perf_counter() - started


class Bare(discord.Client):
    """A bot of discord.py's own that only counts the words."""

    def __init__(self) -> None:
        super().__init__(
            intents=permissions.intents(content=True), max_messages=None, guild_ready_timeout=0.02
        )
        self.counting = Counting()

    async def on_message(self, message: discord.Message) -> None:
        count_words(message.content)
        self.counting.one()


class Frames:
    """Replies as the gateway sends them, each new."""

    def __init__(self, seminar: Seminar, thread: Channel) -> None:
        held: list[Told] = []
        state = seminar.world.state
        tell, state.tell = state.tell, held.append
        seminar.world.say(seminar.bo, thread, TEXT)
        state.tell = tell
        self._one = next(e for e in held if e.name == "MESSAGE_CREATE").build(True)
        self._ids = count(int(self._one["id"]) + 1)

    def made(self, how_many: int) -> list[str]:
        return [
            json.dumps({"op": 0, "t": "MESSAGE_CREATE", "s": None,
                        "d": self._one | {"id": str(next(self._ids))}})
            for _ in range(how_many)
        ]  # fmt: skip


async def _fed(socket: Any, counting: Counting, frames: list[str]) -> float:
    parsed = socket._discord_parsers["MESSAGE_CREATE"]

    def feed() -> None:
        for frame in frames:
            parsed(json.loads(frame)["d"])

    return await counting.all_of(len(frames), feed)


async def messages_vs_bare() -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        clock = TickingClock()
        async with (
            Wire(clock).opened() as wire,
            Seminar(wire, clock, Path(folder)).up() as seminar,
            Bare() as bare,
        ):
            running = asyncio.create_task(bare.start(TOKEN))
            await bare.wait_until_ready()
            thread = await _thread(seminar)
            frames = Frames(seminar, thread)
            client = seminar.client
            counting = Counting(client.core.intake)
            client.core = replace(client.core, intake=counting)
            shard = next(iter(client._AutoShardedClient__shards.values()))  # type: ignore[attr-defined] # private
            ours, theirs = await interleaved(
                lambda: _fed(shard.ws, counting, frames.made(MESSAGES)),
                lambda: _fed(bare.ws, bare.counting, frames.made(MESSAGES)),
            )
            await bare.close()
            await running
            async with seminar.app.services.database.read() as db:
                kept = await db.scalar(select(func.count()).select_from(message_texts))
    assert kept == MESSAGES * (ROUNDS + 1), "a reply was not kept"
    note = f"durable: {MESSAGES / ours:,.0f}/s against {MESSAGES / theirs:,.0f}/s of a bare bot"
    return Measured("discord_messages_vs_bare", theirs / ours, 0.25, True, note)


async def _thread(seminar: Seminar) -> Channel:
    """That of a course's first discussion."""
    for command, given in (
        ("course setup", {"title": "C"}),
        ("prompt post", {"prompt": "kulaks-and-shock-workers"}),
    ):
        seminar.clock.move(seconds=1)
        await seminar.world.run_command(seminar.ada, seminar.channel, command, **given).told()
    await seminar.settle()
    return next(c for c in seminar.guild.channels.values() if c.is_thread)


async def measure() -> list[Measured]:
    return [await messages_vs_bare()]
