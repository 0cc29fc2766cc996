"""What our simulated Discord corrects in simcord. Where a test of the uncorrected one fails,
simcord has been mended and the correction can go."""

from collections.abc import AsyncIterator

import discord
import pytest
from simcord.builders import ChannelHandle
from simcord.env import Env

from tests.fakes.simulated_discord import CORRECTED, simulated, undo

INTENTS = discord.Intents(guilds=True, guild_messages=True)


@pytest.fixture
async def env() -> AsyncIterator[Env]:
    async with simulated(discord.AutoShardedClient(intents=INTENTS)) as running:
        running.create_guild("School")
        yield running


@pytest.fixture
async def uncorrected(env: Env) -> Env:
    """The same, as simcord has it."""
    for method, template in CORRECTED:
        undo(method, template)
    return env  # `simulated` puts the routes back when it is left


def a_channel(env: Env) -> tuple[ChannelHandle, discord.TextChannel]:
    handle = env.guild.create_text_channel("history")
    channel = env.bot.get_channel(handle.id)
    assert isinstance(channel, discord.TextChannel)
    return handle, channel


async def read_after_first(env: Env) -> list[str]:
    handle, channel = a_channel(env)
    for number in range(250):
        env.backend.create_message(handle.id, env.guild.owner.id, str(number))
    first = min(env.backend.messages[handle.id])
    after = discord.Object(first)
    return [m.content async for m in channel.history(limit=None, after=after, oldest_first=True)]


async def test_history_comes_whole_oldest_first(env: Env) -> None:
    assert await read_after_first(env) == [str(number) for number in range(1, 250)]


async def test_simcord_loses_history(uncorrected: Env) -> None:
    assert len(await read_after_first(uncorrected)) < 249


async def an_archived_edit(env: Env) -> discord.Message:
    _, channel = a_channel(env)
    thread = await (await channel.send("D1")).create_thread(name="D1")
    message = await thread.send("x")
    await thread.edit(archived=True)
    return await message.edit(content="y")


async def test_an_archived_thread_refuses_edits(env: Env) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await an_archived_edit(env)
    assert refused.value.code == 50_083


async def test_simcord_edits_in_an_archived_thread(uncorrected: Env) -> None:
    assert (await an_archived_edit(uncorrected)).content == "y"


async def two_threads(env: Env) -> tuple[int, int]:
    _, channel = a_channel(env)
    message = await channel.send("D1")
    first = await message.create_thread(name="D1")
    return first.id, (await message.create_thread(name="D1 again")).id


async def test_a_message_has_one_thread(env: Env) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await two_threads(env)
    assert refused.value.code == 160_004


async def test_simcord_makes_two_threads(uncorrected: Env) -> None:
    assert all(await two_threads(uncorrected))
