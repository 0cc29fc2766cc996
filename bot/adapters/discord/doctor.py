"""What is missing on Discord, in words: found over REST alone, without connecting."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import discord
from discord import app_commands

from bot.adapters.discord import inbound
from bot.adapters.discord.adapter import DiscordAdapter, own_application
from bot.adapters.discord.permissions import (
    FORUM,
    IN_THREAD,
    LOCK,
    NO_CONTENT,
    NOTICE,
    POST,
    READ,
    THREAD,
    Need,
    how_to_give,
    invite_link,
    may_read_content,
    missing,
)
from bot.core.adapting import Bound


async def diagnose(adapter: DiscordAdapter, token: str, channels: Sequence[Bound]) -> list[str]:
    """A sentence for each thing that is missing. Raises CannotConnect."""
    about = await own_application(token)
    problems = []
    if not may_read_content(about.flags):
        problems.append(NO_CONTENT)
    async with adapter.client(content=False, register=False) as client:
        await client.login(token)
        problems += await _commands(client.tree)
        for space, bound in groupby(channels, lambda channel: channel.space.ref):
            problems += await _server(client, about.id, int(space), list(bound))
    return problems


async def _commands(tree: app_commands.CommandTree[discord.Client]) -> list[str]:
    known = [_shape(command.to_dict()) for command in await tree.fetch_commands()]
    wanted = [_shape(command.to_dict(tree)) for command in tree.get_commands()]
    if sorted(known) == sorted(wanted):
        return []
    sentence = (
        "Discord knows other commands than Coalface has; start it once with"
        " `coalface run --discord`, which registers them."
    )
    return [sentence]


def _shape(command: Mapping[str, Any]) -> str:
    """What people see of a command: its names and descriptions, those of its options too."""
    under = [_shape(option) for option in command.get("options") or ()]
    return f"{command['name']}:{command.get('description') or ''}({', '.join(under)})"


async def _server(
    client: discord.Client, application_id: int, guild_id: int, channels: Sequence[Bound]
) -> list[str]:
    try:
        guild = await client.fetch_guild(guild_id)
        me = await guild.fetch_member(application_id)
        found = {channel.id: channel for channel in await guild.fetch_channels()}
    except (discord.NotFound, discord.Forbidden):
        names = ", ".join(f"#{channel.name}" for channel in channels)
        return [f"Coalface is not in the server of {names}: {invite_link(application_id)}"]
    problems = []
    for bound in channels:
        channel = found.get(inbound.to_number(bound.ref))
        if channel is None:
            problems.append(f"#{bound.name} is gone from its server, or Coalface can't see it.")
            continue
        lacking = missing(channel.permissions_for(me), *_needs(bound, channel))
        if lacking:
            problems.append(how_to_give(lacking, channel.name))
    return problems


def _needs(bound: Bound, channel: discord.abc.GuildChannel) -> Sequence[Need]:
    if bound.kind == "staff":
        return (NOTICE,)
    post = (FORUM,) if isinstance(channel, discord.ForumChannel) else (POST, THREAD)
    return READ, *post, IN_THREAD, LOCK
