"""A bot that only listens, and a small server to put it in: for tests of the wire itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands

from tests.fakes.discord_wire.records import Channel, Guild
from tests.fakes.discord_wire.server import TOKEN
from tests.fakes.discord_wire.world import World

INTENTS = discord.Intents(
    guilds=True, guild_messages=True, guild_reactions=True, message_content=True, dm_messages=True
)
NO_CONTENT = discord.Intents(guilds=True, guild_messages=True)


class Bot(discord.AutoShardedClient):
    """It remembers all that discord.py told it."""

    def __init__(self, intents: discord.Intents = INTENTS, **options: Any) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.up = asyncio.Event()
        super().__init__(
            intents=intents,
            guild_ready_timeout=0.02,
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.tree = app_commands.CommandTree(self)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append((event, args[0] if args else None))
        if event == "ready":
            self.up.set()
        super().dispatch(event, *args, **kwargs)

    def all(self, event: str) -> list[Any]:
        return [what for name, what in self.heard if name == event]

    def words(self) -> list[str]:
        return [message.content for message in self.all("message")]

    def at(self, channel: Channel) -> discord.PartialMessageable:
        return self.get_partial_messageable(
            channel.id, guild_id=channel.guild.id if channel.guild else None
        )


@asynccontextmanager
async def running(bot: Bot) -> AsyncIterator[Bot]:
    task = asyncio.create_task(bot.start(TOKEN))
    up = asyncio.create_task(bot.up.wait())
    try:
        await asyncio.wait({task, up}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        assert up.done(), "not ready in time"
        yield bot
    finally:
        up.cancel()
        await bot.close()
        task.cancel()  # closed while its shards start, it would try to start them for ever
        await asyncio.gather(task, up, return_exceptions=True)


class Scene:
    """One server with one channel, an owner and a student."""

    def __init__(self, world: World) -> None:
        self.owner = world.add_user("Ada")
        self.bo = world.add_user("Bo")
        self.guild: Guild = world.add_guild("History", self.owner, self.bo)
        self.channel: Channel = world.add_channel(self.guild, "kulaks")


def words(channel: Channel) -> list[str]:
    """What stands in a channel."""
    return [message.content for message in channel.messages.values()]


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - whatever the test asks for
            await asyncio.sleep(0.002)
