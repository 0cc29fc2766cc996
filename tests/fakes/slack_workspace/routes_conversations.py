"""conversations.*, users.* and reactions.*: https://docs.slack.dev/reference/methods"""

from tests.fakes.slack_workspace.app import HISTORY, READ
from tests.fakes.slack_workspace.payloads import channel_json, user_json
from tests.fakes.slack_workspace.records import Channel, Json, Message, User
from tests.fakes.slack_workspace.routes_chat import reachable
from tests.fakes.slack_workspace.stamps import read
from tests.fakes.slack_workspace.web_api import Call, Methods, Refused

KIND = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def info(call: Call) -> Json:
    channel = call.readable()
    body = channel_json(channel, call.bot)
    if call.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def _objects(call: Call, default: int) -> int:
    """How many a page holds; never more than the limit of commercial apps, where it holds."""
    if call.most_objects is None:
        return call.limit(default)
    return min(call.limit(call.most_objects), call.most_objects)


def _within(call: Call, messages: list[Message]) -> list[Message]:
    """By `oldest`, `latest` and `inclusive`."""
    try:
        oldest = read(str(call.args.get("oldest") or "0"))
    except ValueError:
        raise Refused("invalid_ts_oldest") from None
    try:
        latest = read(str(call.args["latest"])) if call.args.get("latest") else 1 << 62
    except ValueError:
        raise Refused("invalid_ts_latest") from None
    if call.flag("inclusive"):
        oldest, latest = oldest - 1, latest + 1
    return [message for message in messages if oldest < read(message.ts) < latest]


def _shown(call: Call, messages: list[Message]) -> list[Json]:
    with_metadata = call.flag("include_all_metadata")
    return [call.state.show(message, metadata=with_metadata) for message in messages]


def history(call: Call) -> Json:
    """Newest first; replies only where they were sent to the channel too."""
    channel = call.readable(HISTORY, member=True)
    roots = sorted(channel.roots(), key=lambda message: read(message.ts), reverse=True)
    page, more = call.page(_within(call, roots), _objects(call, 100))
    has_more = bool(more["response_metadata"]["next_cursor"])
    body: Json = {"messages": _shown(call, page), "has_more": has_more, "pin_count": 0}
    return body | (more if has_more else {})


def replies(call: Call) -> Json:
    """Oldest first; the root stands first on every page."""
    channel = call.readable(HISTORY, member=True)
    root = channel.messages.get(call.text("ts"))
    if root is None or root.is_reply:
        raise Refused("thread_not_found")
    thread = sorted(channel.thread(root.ts), key=lambda message: read(message.ts))
    limit = _objects(call, 1000)
    page, more = call.page(_within(call, thread), max(1, limit - 1))
    has_more = bool(more["response_metadata"]["next_cursor"])
    body: Json = {"messages": _shown(call, [root, *page]), "has_more": has_more}
    return body | (more if has_more else {})


def members(call: Call) -> Json:
    channel = call.readable()
    page, more = call.page([user.id for user in channel.members], call.limit(100))
    return {"members": page, **more}


def _listed(call: Call, channels: list[Channel], default: int) -> Json:
    names = str(call.args.get("types") or "public_channel").split(",")
    if any(name.strip() not in KIND for name in names):
        raise Refused("invalid_types")
    kinds = {KIND[name.strip()] for name in names}
    for kind in sorted(kinds):
        call.need(READ[kind])
    found = [
        channel_json(channel, call.bot)
        for channel in channels
        if channel.kind in kinds
        and not channel.deleted
        and not (channel.archived and call.flag("exclude_archived"))
        and any(call.installation.covers(team) for team in channel.teams)
        and (channel.kind == "channel" or call.bot in channel.members)
    ]
    page, more = call.page(found, call.limit(default))
    return {"channels": page, **more}


def list_conversations(call: Call) -> Json:
    return _listed(call, list(call.state.channels.values()), 100)


def users_conversations(call: Call) -> Json:
    user = call.person() if call.args.get("user") else call.bot
    mine = [one for one in call.state.channels.values() if user in one.members]
    return _listed(call, mine, 100)


def open_conversation(call: Call) -> Json:
    state = call.state
    if call.args.get("channel"):
        channel = reachable(call, call.channel())
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    names = [name for name in call.text("users").split(",") if name]
    call.need("im:write" if len(names) == 1 else "mpim:write")
    if len(names) > 8:
        raise Refused("too_many_users")
    people: list[User] = []
    for name in names:
        user = state.users.get(name)
        if user is None or not (call.installation.covers(user.team) or call.shares_channel(user)):
            raise Refused("user_not_found")
        if user.deleted:
            raise Refused("user_disabled")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
        people.append(user)
    channel = state.direct(call.team, call.bot, *people)
    full = channel_json(channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": full}


def join(call: Call) -> Json:
    call.need("channels:join")
    channel = call.channel()
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    already = call.bot in channel.members
    call.state.join(call.bot, channel)
    body: Json = {"channel": channel_json(channel, call.bot)}
    return body | ({"warning": "already_in_channel"} if already else {})


EMAIL = "users:read.email"


def user_info(call: Call) -> Json:
    call.need("users:read")
    user = call.person()
    shared, email = call.shares_channel(user), EMAIL in call.installation.scopes
    return {"user": user_json(user, to=call.team, shared=shared, email=email)}


def list_users(call: Call) -> Json:
    call.need("users:read")
    found = [
        user_json(user, to=call.team, email=EMAIL in call.installation.scopes)
        for user in call.state.users.values()
        if call.installation.covers(user.team)
    ]
    page, more = call.page(found, call.limit(1000))
    return {"members": page, **more}


def _reacted(call: Call, ts: str) -> Message:
    channel = call.channel(member=True)
    message = channel.messages.get(call.text(ts))
    if message is None:
        raise Refused("message_not_found")
    return message


def get_reactions(call: Call) -> Json:
    call.need("reactions:read")
    message = _reacted(call, "timestamp")
    shown = call.state.show(message)
    if call.flag("full"):
        for reaction in shown.get("reactions", ()):
            reaction["users"] = [user.id for user in message.reactions[reaction["name"]]]
    return {"type": "message", "channel": message.channel.id, "message": shown}


def add_reaction(call: Call) -> Json:
    call.need("reactions:write")
    message, name = _reacted(call, "timestamp"), call.text("name").strip(":")
    if call.bot in message.reactions.get(name, ()):
        raise Refused("already_reacted")
    if message.channel.archived:
        raise Refused("is_archived")
    call.state.react(call.bot, message, name)
    return {}


METHODS: Methods = {
    "conversations.info": info,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.members": members,
    "conversations.list": list_conversations,
    "conversations.open": open_conversation,
    "conversations.join": join,
    "users.info": user_info,
    "users.list": list_users,
    "users.conversations": users_conversations,
    "reactions.get": get_reactions,
    "reactions.add": add_reaction,
}
