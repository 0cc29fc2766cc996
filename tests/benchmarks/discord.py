"""How fast replies on Discord become durable, and commands are answered, against bare discord.py
bots that are handed the same frames and keep nothing. All are connected to the loopback server, and
then read from memory, and are answered from there."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import discord
from discord import app_commands
from sqlalchemy import func, select

from bot.adapters.discord import permissions
from bot.app import spare_what_stands
from bot.core.adapting import Intake
from bot.core.events import Event, PersonLeft
from bot.core.words import count as count_words
from storage.schema import message_texts
from tests.adapters.discord.connected import Seminar
from tests.benchmarks.ratios import ROUNDS, Measured, interleaved
from tests.benchmarks.writing import TEXT
from tests.fakes.discord_wire import TOKEN, Channel, Message, TickingClock, User, Wire
from tests.fakes.discord_wire.state import Event as Told

MESSAGES = 2_000
COMMANDS = 200


class Counting:
    """Counts what a bot is done with; where there is an intake, what is durable."""

    def __init__(self, intake: Intake | None = None) -> None:
        self._intake, self._left = intake, 0
        self._done = asyncio.Event()

    async def take_in(self, event: Event | PersonLeft) -> object:
        assert self._intake is not None
        taken = await self._intake.take_in(event)
        self.one()
        return taken

    async def drain(self) -> None:
        assert self._intake is not None
        await self._intake.drain()

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


class BareWithCommand(Bare):
    """…and has one slash command, which says always the same: the same text with the same buttons,
    made anew for each answer, as discord.py has it."""

    def __init__(self, said: Message) -> None:
        super().__init__()
        self.tree = app_commands.CommandTree(self)
        fact = app_commands.Group(name="fact", description="Facts")

        @fact.command(description="About a fact or a topic")
        async def about(interaction: discord.Interaction, subject: str) -> None:
            (shown,) = said.embeds
            embed = discord.Embed(
                title=shown["title"], description=shown["description"], colour=shown["color"]
            )
            view = discord.ui.View(timeout=None)
            for number, row in enumerate(said.components):
                for button in row["components"]:
                    view.add_item(
                        discord.ui.Button(
                            label=button["label"],
                            style=discord.ButtonStyle(button["style"]),
                            custom_id=button["custom_id"],
                            row=number,
                        )
                    )
            await interaction.response.send_message(embed=embed, view=view, ephemeral=True)

        self.tree.add_command(fact)


class Frames:
    """One event as the gateway sends it, over and over, each time with a new id."""

    def __init__(self, seminar: Seminar, name: str, happens: Callable[[], object]) -> None:
        held: list[Told] = []
        state = seminar.world.state
        tell, state.tell = state.tell, held.append
        happens()
        state.tell = tell
        self.name = name
        self.first = next(e for e in held if e.name == name).build(True)
        self._ids = count(int(self.first["id"]) + 1)

    def made(self, how_many: int) -> list[str]:
        return [
            json.dumps({"op": 0, "t": self.name, "s": None,
                        "d": self.first | self._own(str(next(self._ids)))})
            for _ in range(how_many)
        ]  # fmt: skip

    def _own(self, id_: str) -> dict[str, str]:
        return {"id": id_, "token": f"token-{id_}"} if "token" in self.first else {"id": id_}


class Answers:
    """In place of a bot's HTTP session: the first request goes to the loopback server, and each one
    after it is given the same answer, from memory."""

    status, headers = 200, {"content-type": "application/json"}

    def __init__(self, bot: discord.Client, counting: Counting) -> None:
        self._counting, self._http = counting, bot.http
        self._given = self._sent = ""

    def __enter__(self) -> "Answers":
        self._real: aiohttp.ClientSession = self._http._HTTPClient__session  # type: ignore[attr-defined] # private
        self._http._HTTPClient__session = self  # type: ignore[attr-defined] # private
        return self

    def __exit__(self, *failure: object) -> None:
        self._http._HTTPClient__session = self._real  # type: ignore[attr-defined] # private

    @asynccontextmanager
    async def request(self, method: str, url: str, **how: Any) -> AsyncIterator["Answers"]:
        self._sent = how["data"]
        if not self._given:
            async with self._real.request(method, url, **how) as answer:
                assert answer.status == self.status
                self._given = await answer.text()
        yield self
        self._counting.one()

    async def text(self, encoding: str) -> str:
        return self._given

    @property
    def said(self) -> Any:
        """The message that was sent last."""
        return json.loads(self._sent)["data"]


async def _fed(socket: Any, counting: Counting, name: str, frames: list[str]) -> float:
    parsed = socket._discord_parsers[name]

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
            frames = Frames(
                seminar, "MESSAGE_CREATE", lambda: seminar.world.say(seminar.bo, thread, TEXT)
            )
            client = seminar.client
            counting = Counting(client.core.intake)
            client.core = replace(client.core, intake=counting)
            spare_what_stands()  # as in a bot that runs; for both, since they share a process
            ours, theirs = await interleaved(
                lambda: _fed(_socket(client), counting, frames.name, frames.made(MESSAGES)),
                lambda: _fed(bare.ws, bare.counting, frames.name, frames.made(MESSAGES)),
            )
            await bare.close()
            await running
            async with seminar.app.services.database.read() as db:
                kept = await db.scalar(select(func.count()).select_from(message_texts))
    assert kept == MESSAGES * (ROUNDS + 1), "a reply was not kept"
    note = f"durable: {MESSAGES / ours:,.0f}/s against {MESSAGES / theirs:,.0f}/s of a bare bot"
    return Measured("discord_messages_vs_bare", theirs / ours, 0.25, True, note)


async def command_vs_bare() -> Measured:
    """Both answer ephemerally with the same embed and buttons, from the frame to the answer's
    acknowledgement. Ours asks its database who asks and where, and what waits for them; the bare
    bot's answer is a constant. Both make discord.py's buttons anew each time. It is the same fact
    again and again, as in a class: ours has rendered its card the first time."""
    with tempfile.TemporaryDirectory() as folder:
        clock = TickingClock()
        async with (
            Wire(clock).opened() as wire,
            Seminar(wire, clock, Path(folder)).up() as seminar,
        ):
            await _run(seminar, seminar.ada, "course setup", title="C")
            await _run(seminar, seminar.bo, "fact about", subject="F1")  # with the notice, once
            said = await _run(seminar, seminar.bo, "fact about", subject="F1")
            async with BareWithCommand(said) as bare:
                running = asyncio.create_task(bare.start(TOKEN))
                await bare.wait_until_ready()
                client, counting = seminar.client, Counting()
                with Answers(client, counting) as ours, Answers(bare, bare.counting) as theirs:

                    async def given(socket: Any, counting: Counting) -> None:
                        """A round trip for which the loopback server makes the answer."""
                        asked = Frames(seminar, "INTERACTION_CREATE", _asking(seminar))
                        await _fed(socket, counting, asked.name, [json.dumps({"d": asked.first})])

                    spare_what_stands()
                    await given(_socket(client), counting)
                    await given(bare.ws, bare.counting)
                    frames = Frames(seminar, "INTERACTION_CREATE", _asking(seminar))
                    own, others = await interleaved(
                        lambda: _fed(_socket(client), counting, frames.name, frames.made(COMMANDS)),
                        lambda: _fed(bare.ws, bare.counting, frames.name, frames.made(COMMANDS)),
                    )
                for part in ("embeds", "components"):
                    assert ours.said[part] == theirs.said[part] != [], "not the same answer"
                await bare.close()
                await running
    note = f"answered: {COMMANDS / own:,.0f}/s against {COMMANDS / others:,.0f}/s of a bare bot"
    return Measured("discord_command_vs_bare", others / own, 0.5, True, note)


def _asking(seminar: Seminar) -> Callable[[], object]:
    return lambda: seminar.world.run_command(
        seminar.bo, seminar.channel, "fact about", subject="F1"
    )


def _socket(client: discord.AutoShardedClient) -> Any:
    shards = client._AutoShardedClient__shards  # type: ignore[attr-defined] # private
    return next(iter(shards.values())).ws


async def _run(seminar: Seminar, who: User, command: str, **given: str) -> Message:
    seminar.clock.move(seconds=1)
    return await seminar.world.run_command(who, seminar.channel, command, **given).told()


async def _thread(seminar: Seminar) -> Channel:
    """That of a course's first discussion."""
    await _run(seminar, seminar.ada, "course setup", title="C")
    await _run(seminar, seminar.ada, "prompt post", prompt="kulaks-and-shock-workers")
    await seminar.settle()
    return next(c for c in seminar.guild.channels.values() if c.is_thread)


async def measure() -> list[Measured]:
    return [await messages_vs_bare(), await command_vs_bare()]
