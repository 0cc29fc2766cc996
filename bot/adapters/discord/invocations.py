"""From what a person did on Discord to the core's words for it: where, who, and what they gave. It
translates; whether it is allowed is the core's."""

from collections.abc import Mapping

import discord

from bot.adapters.discord.inbound import to_person, to_place
from bot.adapters.discord.uploads import attached
from bot.core.commands import Invocation
from bot.core.events import InvocationId, Place


def to_invocation(
    interaction: discord.Interaction, command: str, arguments: Mapping[str, object]
) -> Invocation:
    """Raises ValueError outside a server: commands are offered there only."""
    if interaction.guild_id is None:
        raise ValueError("Not in a server.")
    return Invocation(
        id=InvocationId(str(interaction.id)),
        place=_place(interaction),
        person=to_person(interaction.user),
        command=command,
        arguments=arguments,
        at=interaction.created_at,
        manages_space=interaction.permissions.manage_guild,
        channel_name=_channel_name(interaction),
    )


def to_argument(value: object) -> object:
    """What a person gave for an option: text and numbers as they are, people, channels and roles by
    id, a file as Discord holds it."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, discord.Attachment):
        return attached(value.filename, value.content_type, value.size, value.read)
    return str(getattr(value, "id", value))


def _channel_name(interaction: discord.Interaction) -> str | None:
    channel: object = interaction.channel
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    name = getattr(channel, "name", None)
    return name if isinstance(name, str) else None


def _place(interaction: discord.Interaction) -> Place:
    """A thread is a place in its parent channel."""
    guild, channel = interaction.guild_id or 0, interaction.channel
    if isinstance(channel, discord.Thread):
        return to_place(guild, channel.parent_id, channel.id)
    return to_place(guild, interaction.channel_id or 0)
