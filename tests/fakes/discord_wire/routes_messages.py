"""Routes: messages, their history, reactions.

https://docs.discord.com/developers/resources/message
"""

from bisect import bisect_left, bisect_right
from urllib.parse import unquote

from tests.fakes.discord_wire import checks, permissions
from tests.fakes.discord_wire.payloads import View, message_json, user_json
from tests.fakes.discord_wire.records import (
    DEFAULT,
    DM,
    FORUM,
    REPLY,
    SUPPRESS_EMBEDS,
    Attachment,
    Channel,
    Json,
    Message,
    set_mentions,
)
from tests.fakes.discord_wire.rest import (
    Call,
    Refused,
    Routes,
    invalid,
    missing_permissions,
    router,
)
from tests.fakes.discord_wire.state import State

ROUTES: Routes = []
route = router(ROUTES)


def shown(call: Call, message: Message, *, nonce: bool = False) -> Json:
    """Over HTTP it is the application's setting that shows what others wrote, not a session's."""
    content = call.state.application.content_enabled
    return message_json(call.state, message, View(content, nonce=nonce))


@route("POST", "/channels/{channel}/messages")
def create(call: Call) -> Json:
    body, state = call.json or {}, call.state
    channel = call.channel()
    check_may_send(state, channel, body, call.files)
    if channel.kind == FORUM:
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    checks.message(body, call.files)
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        twin = state.twin(state.bot, str(nonce))
        if twin:
            return shown(call, twin, nonce=True)
    message = composed(state, channel, body, call.files)
    message.nonce = None if nonce is None else str(nonce)
    message.reply_to = _replied_to(state, channel, body)
    if message.reply_to is not None:
        message.kind = REPLY
        original = channel.messages[message.reply_to].author
        rules = body.get("allowed_mentions") or {"replied_user": True}
        if rules.get("replied_user") and original not in message.mentions:
            message.mentions.append(original)
    return shown(call, state.add(message), nonce=True)


def check_may_send(state: State, channel: Channel, body: Json, files: list[Attachment]) -> None:
    """50013 for what is missing, 50007 to a person who refuses, 160005 in a locked thread."""
    if channel.kind == DM:
        check_takes_messages(state, channel)
    needed = ["send_messages_in_threads" if channel.is_thread else "send_messages"]
    needed += ["embed_links"] * bool(body.get("embeds")) + ["attach_files"] * bool(files)
    if not permissions.may(channel, state.bot, *needed):
        raise missing_permissions()
    if channel.locked and not permissions.may(channel, state.bot, "manage_threads"):
        raise Refused(400, 160005, "Thread is locked")


def check_takes_messages(state: State, channel: Channel) -> None:
    """A person can close their door, or share no server with the bot (any more)."""
    person = channel.recipient
    shared = any(
        {person.id, state.bot.id} <= set(g.members) for g in state.guilds.values() if person
    )
    if person is None or not person.takes_messages or not shared:
        raise Refused(403, 50007, "Cannot send messages to this user")


def composed(state: State, channel: Channel, body: Json, files: list[Attachment]) -> Message:
    """The bot's message, not in the channel yet."""
    message = Message(state.ids.next(), channel, state.bot, kind=DEFAULT)
    change(state, message, body, files)
    return message


def change(state: State, message: Message, body: Json, files: list[Attachment]) -> None:
    """What the body mentions, and only that."""
    if "content" in body:
        message.content = body["content"] or ""
        pings_all = permissions.may(message.channel, state.bot, "mention_everyone")
        set_mentions(message, message.channel.guild, body.get("allowed_mentions"), pings_all)
    if "embeds" in body:
        message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or ()]
    if "components" in body:
        message.components = numbered(body["components"] or [])
    if "flags" in body and body["flags"] is not None:
        kept = message.flags & ~SUPPRESS_EMBEDS
        message.flags = kept | body["flags"]
    described = {str(one["id"]): one for one in body.get("attachments") or ()}
    for place, file in enumerate(files):
        file.description = described.get(str(place), {}).get("description")
    if "attachments" in body:
        message.attachments = [a for a in message.attachments if str(a.id) in described]
    message.attachments += files


def numbered(components: list[Json]) -> list[Json]:
    """Discord numbers components that come without an id, from 1."""
    number = 0

    def one(component: Json) -> Json:
        nonlocal number
        number += 1
        copied: Json = {"id": number, **component}
        if "components" in component:
            copied["components"] = [one(inner) for inner in component["components"]]
        for key in ("component", "accessory"):
            if key in component:
                copied[key] = one(component[key])
        return copied

    return [one(component) for component in components]


def _replied_to(state: State, channel: Channel, body: Json) -> int | None:
    reference = body.get("message_reference")
    if reference is None:
        return None
    if not permissions.may(channel, state.bot, "read_message_history"):
        raise Refused(400, 160002, "Cannot reply without permission to read message history")
    wanted = int(reference["message_id"])
    if wanted in channel.messages:
        return wanted
    if reference.get("fail_if_not_exists", True):
        raise invalid("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    return None


@route("GET", "/channels/{channel}/messages")
def history(call: Call) -> list[Json]:
    """Newest first, whatever was asked; `after` gives the page that follows the id directly.

    Without Read Message History the list is empty, and that is no error:
    https://docs.discord.com/developers/resources/message#get-channel-messages
    """
    channel, limit = call.channel(), call.limit(50, 100)
    if not permissions.may(channel, call.state.bot, "read_message_history"):
        return []
    ids = list(channel.messages)
    if around := call.query.get("around"):
        middle = bisect_left(ids, int(around))
        found = ids[max(0, middle - limit // 2) : middle + limit // 2 + 1]
    elif after := call.query.get("after"):
        start = bisect_right(ids, int(after))
        found = ids[start : start + limit]
    else:
        end = bisect_left(ids, int(call.query.get("before", 1 << 63)))
        found = ids[max(0, end - limit) : end]
    return [shown(call, channel.messages[one]) for one in reversed(found)]


@route("GET", "/channels/{channel}/messages/{message}")
def fetch(call: Call) -> Json:
    return shown(call, call.message(call.channel("read_message_history")))


@route("PATCH", "/channels/{channel}/messages/{message}")
def edit(call: Call) -> Json:
    channel, body = call.channel(), call.json or {}
    message = call.message(channel)
    if message.author is not call.state.bot:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    check_not_archived(channel)
    checks.message(body, call.files, empty=True)
    change(call.state, message, body, call.files)
    message.edited_at = call.state.clock.now()
    call.state.changed(message)
    return shown(call, message)


def check_not_archived(channel: Channel) -> None:
    if channel.archived:
        raise Refused(400, 50083, "Thread is archived")


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete(call: Call) -> None:
    channel = call.channel()
    message = call.message(channel)
    own = message.author is call.state.bot
    if not own and not permissions.may(channel, call.state.bot, "manage_messages"):
        raise missing_permissions()
    check_not_archived(channel)
    call.state.remove(message)


@route("POST", "/channels/{channel}/messages/bulk-delete")
def bulk_delete(call: Call) -> None:
    channel = call.channel("manage_messages")
    wanted = [channel.messages.get(int(one)) for one in call.json["messages"]]
    call.state.remove_many(channel, [message for message in wanted if message])


# --- reactions ----------------------------------------------------------------------------------


@route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def react(call: Call) -> None:
    channel = call.channel("read_message_history")
    message, emoji = call.message(channel), unquote(call.ids["emoji"])
    check_not_archived(channel)
    if emoji not in message.reactions and not permissions.may(
        channel, call.state.bot, "add_reactions"
    ):
        raise missing_permissions()
    call.state.react(call.state.bot, message, emoji)


@route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}")
def unreact(call: Call) -> None:
    user = call.user()
    channel = call.channel(*["manage_messages"] * (user is not call.state.bot))
    call.state.unreact(user, call.message(channel), unquote(call.ids["emoji"]))


@route("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}")
def reaction_users(call: Call) -> list[Json]:
    """By their ids, rising, 25 at a time or up to 100."""
    limit = call.limit(25, 100)
    message = call.message(call.channel("read_message_history"))
    users = message.reactions.get(unquote(call.ids["emoji"]), [])
    after = int(call.query.get("after", 0))
    found = sorted((u for u in users if u.id > after), key=lambda user: user.id)
    return [user_json(user) for user in found[:limit]]


@route("DELETE", "/channels/{channel}/messages/{message}/reactions")
def clear_reactions(call: Call) -> None:
    call.state.clear_reactions(call.message(call.channel("manage_messages")), None)


@route("POST", "/channels/{channel}/typing")
def typing(call: Call) -> None:
    channel = call.channel()
    needed = "send_messages_in_threads" if channel.is_thread else "send_messages"
    if not permissions.may(channel, call.state.bot, needed):
        raise missing_permissions()
