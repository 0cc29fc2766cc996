"""From what happened on Slack to the core's events. It translates; whether something counts is the
core's.

The shapes are those of Slack's documentation, Events › message and reaction_added.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.adapters.slack import texts
from bot.core.events import (
    AccountRef,
    ChannelChanged,
    ChannelRef,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Person,
    PersonLeft,
    Place,
    ReactionChanged,
    Space,
    ThreadRef,
)

NAME = "slack"

Json = Mapping[str, Any]
Named = Callable[[str], Person]
"""From a person's id on Slack to the person, as far as they are known."""

WRITTEN = (None, "file_share", "thread_broadcast", "me_message", "bot_message")
"""All other subtypes are Slack's own notices: joins, topics, pins, a channel that was renamed."""

TOMBSTONE = "tombstone"
"""What is left of a deleted message that has a thread under it."""

CONVERTED = ("channel_convert_to_private", "channel_convert_to_public")
"""Slack's notices in a channel of what it has become: docs.slack.dev, Events › message subtypes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SKIN = "::skin-tone-"


def to_space(team: str) -> Space:
    return Space(NAME, team)


def to_place(team: str, channel: str, thread: str | None = None) -> Place:
    """A place; `thread` is the `ts` of the message that the thread stands under."""
    return Place(to_space(team), ChannelRef(channel), None if thread is None else ThreadRef(thread))


def to_ref(ts: str) -> MessageRef:
    return MessageRef(ts)


def to_instant(ts: str) -> datetime:
    """A `ts` as the instant it names (UTC), exact to the microsecond."""
    seconds, _, fraction = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction.ljust(6, "0")[:6]))


def to_ts(at: datetime) -> str:
    """An instant as Slack writes it."""
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06}"


def to_thread(message: Json) -> str | None:
    """The thread a message stands in; the message that a thread stands under is not in it."""
    thread = message.get("thread_ts")
    return None if thread is None or thread == message.get("ts") else str(thread)


def is_written(message: Json) -> bool:
    """Whether somebody wrote it, rather than Slack itself."""
    return message.get("subtype") in WRITTEN


def to_event(event: Json, team: str, named: Named) -> Event | None:
    """What an event of the Events API tells the core; None where it is nothing to it.

    `team` is the workspace it happened in.
    """
    match event.get("type"), event.get("subtype"):
        case "message", "message_changed":
            return to_changed(event, team, named)
        case "message", "message_deleted":
            before = event.get("previous_message") or {}
            place = to_place(team, event["channel"], to_thread(before))
            return to_deleted(event["deleted_ts"], place, _when(event))
        case "message", _:
            thread = to_thread(event)
            if thread is None or not is_written(event):
                return None  # outside a thread nobody can answer anything
            return to_posted(event, to_place(team, event["channel"], thread), named)
        case (("reaction_added" | "reaction_removed"), _):
            return to_reaction(event, team, named)
        case _:
            return None


def to_text(message: Json, named: Named) -> str:
    """What a message says, as people read it."""
    return texts.read(message.get("text") or "", named).text


def is_to_a_bot(message: Json, named: Named) -> bool:
    """Whether a message begins by naming a bot: it is a command, and nobody's reply."""
    begins = re.match(r"\s*<@([^<>|]+)(?:\|[^<>]*)?>", message.get("text") or "")
    return begins is not None and named(begins[1]).automated


def people_in(event: Json) -> list[str]:
    """The ids of those whom an event names, so that they can be asked for before it is told."""
    message = event.get("message") or event
    found = [str(message["user"])] if message.get("user") else []
    return list(dict.fromkeys([*found, *texts.mentioned(message.get("text") or "")]))


def to_posted(message: Json, place: Place, named: Named) -> MessagePosted:
    """A message, from an event or from the history."""
    edited = message.get("edited")
    spoken = texts.read(message.get("text") or "", named)
    return MessagePosted(
        place=place,
        message=to_ref(message["ts"]),
        author=to_author(message, named),
        sent_at=to_instant(message["ts"]),
        text=spoken.text,
        edited_at=None if not edited else to_instant(edited["ts"]),
        mentions=spoken.mentions,
        unspoken=spoken.unspoken,
        attachments=len(message.get("files") or ()),
        ordinary=is_written(message) and not is_to_a_bot(message, named),
        names_whom_it_answers=True,
    )


def to_changed(event: Json, team: str, named: Named) -> MessageEdited | MessageDeleted | None:
    """None where nobody edited it: a link was unfurled, or somebody answered in its thread. A
    command stays one, and no reply becomes one."""
    message, before = event["message"], event.get("previous_message") or {}
    place = to_place(team, event["channel"], to_thread(message) or to_thread(before))
    if message.get("subtype") == TOMBSTONE:
        return to_deleted(message["ts"], place, _when(event))
    edited = message.get("edited")
    if not is_written(message) or not edited or edited == before.get("edited"):
        return None
    if (before and _content(message) == _content(before)) or is_to_a_bot(message, named):
        return None
    spoken = texts.read(message.get("text") or "", named)
    return MessageEdited(
        place=place,
        message=to_ref(message["ts"]),
        edited_at=to_instant(edited["ts"]),
        text=spoken.text,
        author=to_author(message, named),
        mentions=spoken.mentions,
        unspoken=spoken.unspoken,
        attachments=len(message.get("files") or ()),
    )


def to_deleted(ts: str, place: Place, at: datetime) -> MessageDeleted:
    return MessageDeleted(place, to_ref(ts), at)


def to_reaction(event: Json, team: str, named: Named) -> ReactionChanged | None:
    """None for what is no message: a file. Slack doesn't say in which thread the message is."""
    item = event["item"]
    if item.get("type") != "message":
        return None
    return ReactionChanged(
        place=to_place(team, item["channel"]),
        message=to_ref(item["ts"]),
        person=named(event["user"]),
        emoji=to_emoji(event["reaction"]),
        present=event["type"] == "reaction_added",
        changed_at=to_instant(event["event_ts"]),
    )


def to_channel_changed(event: Json, team: str, now: datetime) -> ChannelChanged | None:
    """What became of a channel, where the event says so; `now` is when, where it doesn't say that
    (channel_deleted has no time of its own)."""
    space, at = to_space(team), now if "event_ts" not in event else _when(event)
    match event:
        case {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}:
            return ChannelChanged(space, ChannelRef(old), at, moved_to=ChannelRef(new))
        case {"type": "channel_rename" | "group_rename", "channel": {"id": id_, "name": name}}:
            return ChannelChanged(space, ChannelRef(id_), at, name=name)
        case {"type": "message", "subtype": "channel_convert_to_private", "channel": id_}:
            return ChannelChanged(space, ChannelRef(id_), at, became="private")
        case {"type": "message", "subtype": "channel_convert_to_public", "channel": id_}:
            return ChannelChanged(space, ChannelRef(id_), at, became="public")
        case {"type": "channel_archive" | "group_archive", "channel": id_}:
            return ChannelChanged(space, ChannelRef(id_), at, became="archived")
        case {"type": "channel_unarchive" | "group_unarchive", "channel": id_}:
            return ChannelChanged(space, ChannelRef(id_), at, became="unarchived")
        case {"type": "channel_deleted" | "group_deleted", "channel": id_}:
            return ChannelChanged(space, ChannelRef(id_), at, became="deleted")
        case _:
            return None


def to_left(event: Json, team: str) -> PersonLeft:
    """Somebody left a channel."""
    channel = ChannelRef(event["channel"])
    return PersonLeft(to_space(team), AccountRef(event["user"]), _when(event), channel)


def to_gone(event: Json, team: str) -> PersonLeft:
    """An account was deactivated: it has left every channel."""
    return PersonLeft(to_space(team), AccountRef(event["user"]["id"]), _when(event))


def to_emoji(name: str) -> str:
    """An emoji whatever its skin: the history counts them all as one."""
    return name.partition(_SKIN)[0]


def to_author(message: Json, named: Named) -> Person:
    """Who wrote it; what an app posted is an app's, also under a person's name."""
    bot = message.get("bot_id")
    user = message.get("user") or bot or ""
    person = named(str(user))
    if bot is None and message.get("subtype") != "bot_message":
        return person
    return Person(AccountRef(str(user)), person.name, automated=True)


def _content(message: Json) -> tuple[str, int]:
    return message.get("text") or "", len(message.get("files") or ())


def _when(event: Json) -> datetime:
    return to_instant(event.get("event_ts") or event["ts"])
