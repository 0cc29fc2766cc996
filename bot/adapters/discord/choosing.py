"""What staff may choose of a server: a channel for prompts, a forum's tag, a role; and the sentence
where it won't do."""

import discord
from discord.abc import GuildChannel

from bot.adapters.discord.permissions import FORUM, POST, THREAD
from bot.adapters.discord.refusals import check
from bot.core.events import RoleRef
from bot.core.ports import PromptChannel, SendRefused

PINGS = "Mention @everyone, @here, and All Roles"
"""The permission as Discord's settings name it; Coalface never asks for it."""


def prompt_channel(channel: GuildChannel) -> PromptChannel:
    """Raises SendRefused where no prompt can be posted in it."""
    if isinstance(channel, discord.ForumChannel):
        check(channel, FORUM)
        tags = tuple(tag.name for tag in _free_tags(channel))
        return PromptChannel(channel.name, tags, channel.flags.require_tag)
    if not isinstance(channel, discord.TextChannel):
        raise SendRefused(
            f"No prompt can be posted in #{channel.name}: pick a text, announcement or forum"
            " channel."
        )
    check(channel, POST, THREAD)
    return PromptChannel(channel.name)


def tags_for(forum: discord.ForumChannel, chosen: str | None) -> list[discord.ForumTag]:
    """What a post there is filed under: the tag that was chosen for it; the first one that all may
    use where none was, and the forum wants one. Raises SendRefused where the chosen one is gone."""
    needed = forum.flags.require_tag
    if chosen is None:
        return _free_tags(forum)[:1] if needed else []
    found = [tag for tag in forum.available_tags if tag.name == chosen]
    if needed and not found:
        raise SendRefused(
            f"Posts in #{forum.name} must have a tag, and “{chosen}”, which was chosen for them, is"
            " gone; add it again, or lift that rule in the forum's settings."
        )
    return found[:1]


def _free_tags(forum: discord.ForumChannel) -> list[discord.ForumTag]:
    """Those that are not for moderators alone."""
    return [tag for tag in forum.available_tags if not tag.moderated]


# --- roles --------------------------------------------------------------------------------------


def staff_role(guild: discord.Guild, ref: RoleRef) -> str:
    """What a role is called whose holders a person has chosen. Raises SendRefused."""
    role = _role(guild, ref)
    if role.is_default():
        raise SendRefused("@everyone is the whole server; pick a role that only staff hold.")
    if role.managed:
        raise SendRefused(
            f"“{role.name}” is an app's, or given by Discord itself; pick a role that you give to"
            " people."
        )
    return role.name


def notified_role(channel: GuildChannel, ref: RoleRef) -> str:
    """What a role is called that Coalface can notify in a channel. Raises SendRefused."""
    role = _role(channel.guild, ref)
    if role.is_default():
        raise SendRefused("Coalface never notifies @everyone; pick a role of the class.")
    held = channel.permissions_for(channel.guild.me)
    if not (role.mentionable or held.mention_everyone or held.administrator):
        raise SendRefused(
            f"“{role.name}” can't be mentioned by Coalface in #{channel.name}; allow everybody to"
            f" mention it, under Server Settings, Roles, or give Coalface “{PINGS}” there."
        )
    return role.name


def why_silent(channel: GuildChannel, ref: RoleRef | None) -> str | None:
    """Why what names the role there would notify nobody; None where it does, or none is named."""
    try:
        if ref is not None:
            notified_role(channel, ref)
    except SendRefused as refusal:
        return refusal.sentence
    return None


def _role(guild: discord.Guild, ref: RoleRef) -> discord.Role:
    role = guild.get_role(int(ref)) if ref.isdecimal() else None
    if role is None:
        raise SendRefused("The server has no such role, or not any more; pick one from the list.")
    return role
