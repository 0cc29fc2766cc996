"""chat.*: https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours."""

import json
from typing import Any

from tests.fakes.slack_workspace import blocks as kit
from tests.fakes.slack_workspace.records import Channel, Json, Message
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.web_api import Call, Methods, Refused

MOST_TEXT = 40_000
MOST_TEXT_OF_UPDATE = 4_000
"""https://docs.slack.dev/reference/methods/chat.update: msg_too_long"""
MOST_METADATA = 8_000
MOST_ATTACHMENTS = 100


def content(call: Call, state: State, most: int = MOST_TEXT) -> Json:
    """The text, blocks and attachments of a call, as far as they are there."""
    found: Json = {}
    if call.args.get("text") is not None:
        found["text"] = str(call.args["text"])
        if len(found["text"]) > most:
            raise Refused("msg_too_long")
    blocks = call.structured("blocks", "invalid_blocks_format")
    if blocks is not None:
        found["blocks"] = checked(state, blocks)
    attachments = call.structured("attachments", "invalid_attachments")
    if attachments is not None:
        if len(attachments) > MOST_ATTACHMENTS:
            raise Refused("too_many_attachments")
        found["attachments"] = attachments
    return found


def checked(state: State, blocks: Any) -> list[Json]:
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    error, wrong = kit.in_message(blocks)
    if wrong:
        bare = [one.removeprefix("[ERROR] ") for one in wrong]
        raise Refused(error, wrong, errors=bare)
    return kit.with_ids(blocks, state.stamps.new_id)


def _say_something(parts: Json) -> None:
    if (
        not parts.get("text", "").strip()
        and not parts.get("blocks")
        and not parts.get("attachments")
    ):
        raise Refused("no_text")


def metadata(call: Call) -> Json | None:
    found = call.structured("metadata", "invalid_metadata_format")
    if not found:
        return None
    if not isinstance(found, dict) or set(found) - {"event_type", "event_payload", "entities"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(found.get("event_type"), str) or not found["event_type"]:
        raise Refused("invalid_metadata_format")
    if not isinstance(found.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(found)) > MOST_METADATA:
        raise Refused("metadata_too_large")
    return found


def _target(call: Call) -> Channel:
    """Where a message goes; a person's id is the conversation with them."""
    wanted = call.text("channel")
    if wanted in call.state.users:
        return reachable(call, call.state.direct(call.team, call.bot, call.person("channel")))
    channel = call.channel()
    if call.bot not in channel.members and "chat:write.public" not in call.installation.scopes:
        raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    return reachable(call, channel)


def reachable(call: Call, channel: Channel) -> Channel:
    if channel.kind == "im":
        person = next(u for u in channel.members if u is not call.bot)
        if person.is_bot:
            raise Refused("cannot_dm_bot")
        if not call.state.app.messages:
            raise Refused("messages_tab_disabled")
        if person.deleted or not person.takes_messages:
            raise Refused("channel_not_found" if person.deleted else "restricted_action")
    return channel


def _root(call: Call, channel: Channel) -> str | None:
    """The thread to answer in. A reply is no root, nor is what is gone."""
    wanted = call.args.get("thread_ts")
    if not wanted:
        return None
    root = channel.messages.get(str(wanted))
    if root is None or root.is_reply or root.subtype == "tombstone":
        raise Refused("cannot_reply_to_message")
    return root.ts


def post_message(call: Call) -> Json:
    call.need("chat:write")
    if any(call.args.get(name) for name in ("username", "icon_url", "icon_emoji")):
        call.need("chat:write.customize")
    state, channel = call.state, _target(call)
    parts = content(call, state)
    _say_something(parts)
    kept, root = metadata(call), _root(call, channel)
    message = Message(channel, state.stamps.next(channel.id), call.bot, thread_ts=root)
    message.text = parts.get("text", "")
    message.blocks = parts.get("blocks", [])
    message.attachments = parts.get("attachments", [])
    message.metadata = kept
    message.broadcast = root is not None and call.flag("reply_broadcast")
    state.add(message)
    return {"channel": channel.id, "ts": message.ts, "message": state.show(message)}


def _own(call: Call, channel: Channel, otherwise: str) -> Message:
    message = channel.messages.get(call.text("ts"))
    if message is None or message.subtype == "tombstone":
        raise Refused("message_not_found")
    if message.user is not call.bot:
        raise Refused(otherwise)
    return message


def update(call: Call) -> Json:
    call.need("chat:write")
    state, channel = call.state, call.channel()
    if channel.archived:
        raise Refused("is_archived")
    message = _own(call, channel, "cant_update_message")
    parts = content(call, state, MOST_TEXT_OF_UPDATE)
    if not parts:
        raise Refused("no_text")
    before = state.show(message)
    if "metadata" in call.args:
        message.metadata = metadata(call)
    message.text = parts.get("text", message.text)
    message.blocks = parts.get("blocks", message.blocks)
    message.attachments = parts.get("attachments", message.attachments)
    message.edited_by, message.edited_ts = call.bot, state.stamps.next(channel.id)
    state.changed(message, before)
    shown = state.show(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    call.need("chat:write")
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    call.state.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    call.need("chat:write")
    state = call.state
    channel, user = call.channel(member=True), call.person()
    if channel.archived:
        raise Refused("is_archived")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    parts = content(call, state)
    _say_something(parts)
    message = Message(channel, state.stamps.next(channel.id), call.bot, **parts)
    message.thread_ts, message.seen_by = _root(call, channel), user
    state.private.append(message)
    state.stir()
    return {"message_ts": message.ts}


def permalink(call: Call) -> Json:
    channel = call.channel()
    message = channel.messages.get(call.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    link = f"https://{call.team.domain}.slack.com/archives/{channel.id}"
    link += f"/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS: Methods = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": permalink,
}
