"""What stands on the servers, as Discord's JSON. Field by field as documented under
https://docs.discord.com/developers/resources/ (message, channel, guild, user, application)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tests.fakes.discord_wire import permissions
from tests.fakes.discord_wire.clock import made_at
from tests.fakes.discord_wire.records import (
    FORUM,
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Role,
    User,
)

if TYPE_CHECKING:
    from tests.fakes.discord_wire.state import State


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def user_json(user: User) -> Json:
    return {
        "id": str(user.id),
        "username": user.name.lower().replace(" ", "_"),
        "global_name": None if user.bot else user.name,
        "discriminator": "0000" if user.bot else "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def member_json(member: Member, *, with_user: bool = True) -> Json:
    body: Json = {
        "nick": member.nick,
        "avatar": None,
        "roles": [str(role.id) for role in member.roles],
        "joined_at": stamp(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    return body | {"user": user_json(member.user)} if with_user else body


def role_json(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "position": role.position,
        "permissions": str(role.permissions),
        "managed": role.managed,
        "mentionable": role.mentionable,
        "flags": 0,
    }


def channel_json(channel: Channel) -> Json:
    body: Json = {"id": str(channel.id), "type": channel.kind, "flags": 0}
    if channel.last_message is not None or not channel.is_thread:
        body["last_message_id"] = str(channel.last_message) if channel.last_message else None
    if channel.guild is None:
        assert channel.recipient is not None
        return body | {"recipients": [user_json(channel.recipient)]}
    body |= {"name": channel.name, "guild_id": str(channel.guild.id), "rate_limit_per_user": 0}
    if channel.is_thread:
        return body | _thread_fields(channel)
    body |= {
        "position": 0,
        "nsfw": False,
        "parent_id": None,
        "topic": channel.topic,
        "permission_overwrites": [
            {"id": str(o.target), "type": o.kind, "allow": str(o.allow), "deny": str(o.deny)}
            for o in channel.overwrites
        ],
    }
    if channel.kind == FORUM:
        body |= {
            "flags": 1 << 4 if channel.tag_required else 0,
            "available_tags": [
                {
                    "id": str(tag.id),
                    "name": tag.name,
                    "moderated": False,
                    "emoji_id": None,
                    "emoji_name": None,
                }
                for tag in channel.tags
            ],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return body


def _thread_fields(thread: Channel) -> Json:
    assert thread.parent is not None
    return {
        "parent_id": str(thread.parent.id),
        "owner_id": str(thread.owner),
        "message_count": min(thread.sent, 50),
        "total_message_sent": thread.sent,
        "member_count": min(len(thread.members), 50),
        "applied_tags": [str(tag) for tag in thread.applied_tags],
        "thread_metadata": {
            "archived": thread.archived,
            "locked": thread.locked,
            "auto_archive_duration": thread.auto_archive,
            "archive_timestamp": stamp(thread.archived_at or made_at(thread.id)),
            "create_timestamp": stamp(made_at(thread.id)),
        },
    }


def thread_member_json(thread: Channel, user_id: int) -> Json:
    return {
        "id": str(thread.id),
        "user_id": str(user_id),
        "join_timestamp": stamp(made_at(thread.id)),
        "flags": 1,
    }


def guild_json(guild: Guild) -> Json:
    """As Get Guild answers; see `arriving_json` for the event."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "features": ["NEWS", "COMMUNITY"],
        "emojis": [],
        "stickers": [],
        "roles": [role_json(role) for role in guild.roles],
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "application_id": None,
    }


def arriving_json(guild: Guild, bot: User, *, all_members: bool) -> Json:
    """GUILD_CREATE: all channels, the threads the bot may see, and, without the members
    intent, of the members only the bot."""
    members = guild.members.values() if all_members else [guild.members[bot.id]]
    return guild_json(guild) | {
        "joined_at": stamp(guild.members[bot.id].joined_at),
        "large": len(guild.members) > 250,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member_json(member) for member in members],
        "channels": [channel_json(c) for c in guild.channels.values() if not c.is_thread],
        "threads": [
            channel_json(thread)
            for thread in guild.threads()
            if not thread.archived and permissions.may(thread, bot, "view_channel")
        ],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment_json(attachment: Attachment, message: Message, files: str) -> Json:
    url = f"{files}/attachments/{message.channel.id}/{attachment.id}/{attachment.filename}"
    return {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.content),
        "url": url,
        "proxy_url": url,
        "content_type": attachment.content_type,
        "description": attachment.description,
        "ephemeral": message.ephemeral,
        "flags": 0,
    }


@dataclass(frozen=True)
class View:
    """Through what a message is looked at. `content` is the message-content intent; `event` adds
    what only gateway events carry: the server and the author as its member."""

    content: bool
    event: bool = False
    nonce: bool = False


def message_json(state: "State", message: Message, view: View, *, inner: bool = False) -> Json:
    """A message; without the intent, those of others come without their words, unless they
    mention the bot or are written to it directly:
    https://docs.discord.com/developers/events/gateway#message-content-intent"""
    guild = message.channel.guild
    told = (
        view.content
        or guild is None
        or message.author is state.bot
        or state.bot in message.mentions
    )
    body: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": message.kind,
        "author": user_json(message.author),
        "content": message.content if told else "",
        "embeds": message.embeds if told else [],
        "components": message.components if told else [],
        "attachments": [attachment_json(a, message, state.files) for a in message.attachments]
        if told
        else [],
        "timestamp": stamp(made_at(message.id)),
        "edited_timestamp": stamp(message.edited_at) if message.edited_at else None,
        "tts": False,
        "pinned": False,
        "flags": message.flags,
        "mention_everyone": message.mention_everyone,
        "mention_roles": [str(role) for role in message.mention_roles],
        "mentions": [_mentioned(user, guild, view) for user in message.mentions],
    }
    if message.reactions:
        body["reactions"] = [
            {
                "emoji": {"id": None, "name": emoji},
                "count": len(users),
                "count_details": {"burst": 0, "normal": len(users)},
                "me": state.bot in users,
                "me_burst": False,
                "burst_colors": [],
            }
            for emoji, users in message.reactions.items()
        ]
    if view.nonce and message.nonce is not None:
        body["nonce"] = message.nonce
    if message.interaction is not None:
        body |= {
            "webhook_id": str(state.application.id),
            "application_id": str(state.application.id),
            "interaction_metadata": message.interaction,
        }
    if view.event and guild is not None and not inner:
        body["guild_id"] = str(guild.id)
        if member := guild.members.get(message.author.id):
            body["member"] = member_json(member, with_user=False)
    if guild and (thread := guild.channels.get(message.id)) and not message.channel.is_thread:
        body["thread"] = channel_json(thread)
    if message.reply_to is not None:
        body |= _reference(state, message, View(view.content, view.event), inner)
    return body


def _mentioned(user: User, guild: Guild | None, view: View) -> Json:
    body = user_json(user)
    if view.event and guild and (member := guild.members.get(user.id)):
        body["member"] = member_json(member, with_user=False)
    return body


def _reference(state: "State", message: Message, view: View, inner: bool) -> Json:
    assert message.reply_to is not None
    place = message.channel
    if message.kind == 21:  # the first message of a thread refers to the one it grew from
        assert place.parent is not None
        place = place.parent
    body: Json = {
        "message_reference": {
            "type": 0,
            "message_id": str(message.reply_to),
            "channel_id": str(place.id),
            **({"guild_id": str(place.guild.id)} if place.guild else {}),
        }
    }
    if not inner:  # one level deep, and null once it is gone
        found = place.messages.get(message.reply_to)
        body["referenced_message"] = message_json(state, found, view, inner=True) if found else None
    return body
