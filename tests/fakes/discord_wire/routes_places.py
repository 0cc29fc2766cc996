"""Routes: servers, members, channels, threads, direct conversations.

https://docs.discord.com/developers/resources/channel
"""

from datetime import datetime
from typing import Any

from tests.fakes.discord_wire import checks, permissions
from tests.fakes.discord_wire.clock import made_at
from tests.fakes.discord_wire.payloads import (
    channel_json,
    guild_json,
    member_json,
    role_json,
    thread_member_json,
    user_json,
)
from tests.fakes.discord_wire.records import (
    ANNOUNCEMENT,
    FORUM,
    TEXT,
    Channel,
    Guild,
    Json,
    Message,
)
from tests.fakes.discord_wire.rest import (
    Call,
    Refused,
    Routes,
    invalid,
    missing_access,
    missing_permissions,
    router,
    unknown,
)
from tests.fakes.discord_wire.routes_messages import check_not_archived, composed, shown

ROUTES: Routes = []
route = router(ROUTES)


# --- servers and people -------------------------------------------------------------------------


@route("GET", "/guilds/{guild}")
def guild(call: Call) -> Json:
    return guild_json(call.guild())


@route("GET", "/guilds/{guild}/roles")
def roles(call: Call) -> list[Json]:
    return [role_json(role) for role in call.guild().roles]


@route("GET", "/guilds/{guild}/channels")
def channels(call: Call) -> list[Json]:
    """Without the threads."""
    return [channel_json(c) for c in call.guild().channels.values() if not c.is_thread]


@route("GET", "/guilds/{guild}/members/{user}")
def member(call: Call) -> Json:
    guild, user = call.guild(), call.user()
    if user.id not in guild.members:
        raise unknown("member")
    return member_json(guild.members[user.id])


@route("GET", "/guilds/{guild}/members")
def members(call: Call) -> list[Json]:
    """Only with the members intent, enabled for the application."""
    guild, limit = call.guild(), call.limit(1, 1000)
    if not call.state.application.members_enabled:
        raise missing_access()
    after = int(call.query.get("after", 0))
    found = [guild.members[one] for one in sorted(guild.members) if one > after]
    return [member_json(member) for member in found[:limit]]


@route("DELETE", "/users/@me/guilds/{guild}")
def leave(call: Call) -> None:
    call.state.leave(call.guild(), call.state.bot)


@route("GET", "/users/{user}")
def user(call: Call) -> Json:
    return user_json(call.user())


@route("POST", "/users/@me/channels")
def open_direct(call: Call) -> Json:
    """It opens for anybody; it is the message that a person refuses (50007)."""
    wanted = call.state.users.get(int(call.json["recipient_id"]))
    if wanted is None or wanted.bot:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    return channel_json(call.state.direct_with(wanted))


# --- channels -----------------------------------------------------------------------------------


@route("GET", "/channels/{channel}")
def channel(call: Call) -> Json:
    return channel_json(call.channel())


@route("PATCH", "/channels/{channel}")
def edit_channel(call: Call) -> Json:
    channel = call.channel()
    if channel.is_thread:
        return _edit_thread(call, channel)
    if not permissions.may(channel, call.state.bot, "manage_channels"):
        raise missing_permissions()
    channel.name = call.json.get("name", channel.name)
    channel.topic = call.json.get("topic", channel.topic)
    call.state.channel_changed(channel)
    return channel_json(channel)


def _edit_thread(call: Call, thread: Channel) -> Json:
    """An archived thread takes no change, except when the same request wakes it (50083).

    Manage Threads is needed to lock, and to wake what is locked; the rest its maker may too:
    https://docs.discord.com/developers/resources/channel#modify-channel-json-params-thread
    """
    body: Json = call.json or {}
    manages = permissions.may(thread, call.state.bot, "manage_threads")
    owns = thread.owner == call.state.bot.id
    waking = body.get("archived") is False
    if not waking:
        check_not_archived(thread)
    only_waking = waking and set(body) == {"archived"} and not thread.locked
    if only_waking and not permissions.may(thread, call.state.bot, "send_messages_in_threads"):
        raise missing_permissions()
    locks = "locked" in body and body["locked"] != thread.locked
    if not manages and not only_waking and (not owns or locks or thread.locked):
        raise missing_permissions()
    if "name" in body:
        checks.thread(body)
    names = {"auto_archive_duration": "auto_archive"}
    known = {"archived", "locked", "name", "auto_archive_duration", "applied_tags"}
    changes: dict[str, Any] = {names.get(k, k): v for k, v in body.items() if k in known}
    if "applied_tags" in changes:
        changes["applied_tags"] = _tags(thread.parent, changes["applied_tags"])
    call.state.change_thread(thread, **changes)
    return channel_json(thread)


@route("DELETE", "/channels/{channel}")
def delete_channel(call: Call) -> Json:
    channel = call.channel()
    needed = "manage_threads" if channel.is_thread else "manage_channels"
    if channel.guild is not None:
        if not permissions.may(channel, call.state.bot, needed):
            raise missing_permissions()
        call.state.remove_channel(channel)
    return channel_json(channel)


# --- threads ------------------------------------------------------------------------------------


@route("POST", "/channels/{channel}/messages/{message}/threads")
def thread_from_message(call: Call) -> Json:
    """It has the message's id, so that there can be one only (160004)."""
    channel = call.channel("create_public_threads", "read_message_history")
    message = call.message(channel)
    if channel.kind not in (TEXT, ANNOUNCEMENT):
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    assert channel.guild is not None
    if message.id in channel.guild.channels:
        raise Refused(400, 160004, "A thread has already been created for this message")
    checks.thread(call.json)
    after = call.json.get("auto_archive_duration") or 1440
    thread = call.state.start_thread(channel, call.json["name"], call.state.bot, message, after)
    return channel_json(thread) | {"member": thread_member_json(thread, call.state.bot.id)}


@route("POST", "/channels/{channel}/threads")
def thread_alone(call: Call) -> Json:
    """In a forum: a post with its first message, which has the thread's id."""
    channel, body, state = call.channel(), call.json, call.state
    after = body.get("auto_archive_duration") or 1440
    if channel.kind != FORUM:
        if not permissions.may(channel, state.bot, "create_public_threads"):
            raise missing_permissions()
        checks.thread(body)
        return channel_json(state.start_thread(channel, body["name"], state.bot, None, after))
    first = body.get("message") or {}
    needed = ["send_messages"]
    needed += ["embed_links"] * bool(first.get("embeds")) + ["attach_files"] * bool(call.files)
    if not permissions.may(channel, state.bot, *needed):
        raise missing_permissions()
    checks.thread(body)
    checks.message(first, call.files)
    tags = _tags(channel, body.get("applied_tags") or [])
    if channel.tag_required and not tags:
        raise Refused(400, 40067, "A tag is required to create a forum post in this channel")
    thread = state.start_thread(channel, body["name"], state.bot, None, after)
    thread.applied_tags = tags
    message: Message = composed(state, thread, first, call.files)
    message.id = thread.id
    state.add(message)
    return channel_json(thread) | {"message": shown(call, message)}


def _tags(forum: Channel | None, wanted: list[str]) -> list[int]:
    known = {tag.id for tag in forum.tags} if forum else set()
    tags = [int(tag) for tag in wanted]
    if len(tags) > 5 or not known.issuperset(tags):
        raise invalid("applied_tags", "INVALID_FORUM_TAG", "Unknown tag, or more than 5.")
    return tags


@route("GET", "/channels/{channel}/threads/archived/public")
def archived(call: Call) -> Json:
    """By when they were archived, the latest first; `before` is a time."""
    channel = call.channel("read_message_history")
    limit = call.limit(50, 100, least=2)
    assert channel.guild is not None
    found = [thread for thread in channel.guild.threads(channel) if thread.archived]
    if before := call.query.get("before"):
        found = [t for t in found if _archived_at(t) < datetime.fromisoformat(before)]
    found.sort(key=lambda thread: (_archived_at(thread), thread.id), reverse=True)
    return _listed(call, found[:limit]) | {"has_more": len(found) > limit}


def _archived_at(thread: Channel) -> datetime:
    return thread.archived_at or made_at(thread.id)


@route("GET", "/guilds/{guild}/threads/active")
def active(call: Call) -> Json:
    guild: Guild = call.guild()
    found = [t for t in guild.threads() if not t.archived and call.state.sees(t)]
    return _listed(call, sorted(found, key=lambda thread: thread.id, reverse=True))


def _listed(call: Call, threads: list[Channel]) -> Json:
    me = call.state.bot.id
    joined = [thread_member_json(thread, me) for thread in threads if me in thread.members]
    return {"threads": [channel_json(thread) for thread in threads], "members": joined}


@route("PUT", "/channels/{channel}/thread-members/@me")
def join_thread(call: Call) -> None:
    thread = call.channel()
    check_not_archived(thread)
    thread.members.add(call.state.bot.id)


@route("DELETE", "/channels/{channel}/thread-members/@me")
def leave_thread(call: Call) -> None:
    thread = call.channel()
    check_not_archived(thread)
    thread.members.discard(call.state.bot.id)
