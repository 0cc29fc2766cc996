"""From what happened on Discord to the core's events. It translates; whether something counts is
the core's."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import discord

from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Person,
    PersonLeft,
    Place,
    ReactionChanged,
    RoleRef,
    Space,
    ThreadRef,
)

NAME = "discord"

User = discord.User | discord.Member | discord.ClientUser


@dataclass(frozen=True, slots=True)
class Known:
    """What an account is called in a server, and the roles it holds there; None: not known."""

    name: str
    roles: frozenset[RoleRef] | None = None


Knowing = Callable[[User], Known]
"""What is known of a person in their server, where it is more than their message says."""

WRITTEN = (discord.MessageType.default, discord.MessageType.reply)
"""All other types are Discord's own notices: joins, pins, boosts, a thread that was begun."""

_MARKS = re.compile(
    r"<(?:@[!&]?\d+|#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|/[^>\n]+:\d+|id:\w+)>|@(?:everyone|here)\b"
)
"""Discord's documentation, Reference › Message Formatting."""


def to_space(guild_id: int) -> Space:
    return Space(NAME, str(guild_id))


def to_place(guild_id: int, channel_id: int, thread_id: int | None = None) -> Place:
    """A place; a forum's post is a thread of the forum."""
    thread = None if thread_id is None else ThreadRef(str(thread_id))
    return Place(to_space(guild_id), ChannelRef(str(channel_id)), thread)


def to_number(ref: str) -> int:
    """A ref as Discord's own id."""
    return int(ref)


def to_ref(message_id: int) -> MessageRef:
    return MessageRef(str(message_id))


def to_known(user: User) -> Known:
    """What Discord says with a message or a command; of somebody read from history, no roles."""
    return Known(user.display_name, to_roles(user) if isinstance(user, discord.Member) else None)


def to_roles(member: discord.Member) -> frozenset[RoleRef]:
    """The roles that it holds besides @everyone."""
    return frozenset(RoleRef(str(r.id)) for r in member.roles if not r.is_default())


def to_person(user: User, knowing: Knowing = to_known) -> Person:
    known = knowing(user)
    automated = user.bot or user.system
    return Person(AccountRef(str(user.id)), known.name, automated, known.roles)


def is_written(message: discord.Message) -> bool:
    """Whether somebody wrote it, rather than Discord itself."""
    return message.type in WRITTEN


def to_posted(
    message: discord.Message, place: Place, *, content: bool, knowing: Knowing = to_known
) -> MessagePosted:
    """`content`: whether Discord shows Coalface what people write (the message-content intent)."""
    text = to_text(message, content=content)
    return MessagePosted(
        place=place,
        message=to_ref(message.id),
        author=to_author(message, knowing),
        sent_at=message.created_at,
        text=text,
        reply_to=to_reply(message),
        edited_at=message.edited_at,
        mentions=to_mentions(message, text),
        unspoken=to_unspoken(text),
        attachments=len(message.attachments),
        ordinary=is_written(message),
    )


def to_edited(message: discord.Message, place: Place, *, content: bool) -> MessageEdited | None:
    """None where nobody edited it: a link that was unfurled has changed it."""
    if message.edited_at is None:
        return None
    text = to_text(message, content=content)
    return MessageEdited(
        place=place,
        message=to_ref(message.id),
        edited_at=message.edited_at,
        text=text,
        author=to_author(message),
        reply_to=to_reply(message),
        mentions=to_mentions(message, text),
        unspoken=to_unspoken(text),
        attachments=len(message.attachments),
    )


def to_deleted(message_id: int, place: Place, at: datetime) -> MessageDeleted:
    return MessageDeleted(place, to_ref(message_id), at)


def to_reaction(
    event: discord.RawReactionActionEvent, place: Place, own: int, at: datetime
) -> ReactionChanged:
    """`own` is the bot's id: when a reaction is taken back, Discord says no more of who it was."""
    if event.member is not None:
        person = to_person(event.member)
    else:
        person = Person(AccountRef(str(event.user_id)), "", automated=event.user_id == own)
    return ReactionChanged(
        place=place,
        message=to_ref(event.message_id),
        person=person,
        emoji=str(event.emoji),
        present=event.event_type == "REACTION_ADD",
        changed_at=at,
    )


def to_left(guild_id: int, user_id: int, at: datetime) -> PersonLeft:
    return PersonLeft(to_space(guild_id), AccountRef(str(user_id)), at)


def to_author(message: discord.Message, knowing: Knowing = to_known) -> Person:
    person = to_person(message.author, knowing)
    if message.webhook_id is not None:
        return replace(person, automated=True)
    return person


def to_text(message: discord.Message, *, content: bool) -> str | None:
    """None where it is withheld: Discord then leaves it empty, but for what is said to the bot."""
    return message.content if content or message.content else None


def to_reply(message: discord.Message) -> MessageRef | None:
    """What it answers; a forwarded message refers to what it forwards, and answers nothing."""
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None:
        return None
    return None if reference.message_id is None else to_ref(reference.message_id)


def to_mentions(message: discord.Message, text: str | None) -> tuple[Person, ...]:
    """Who is mentioned in the text; Discord also lists the person that a reply notifies."""
    if text is not None:
        named = [u for u in message.mentions if re.search(rf"<@!?{u.id}>", text)]
    else:
        answered = message.reference.resolved if message.reference is not None else None
        notified = answered.author.id if isinstance(answered, discord.Message) else None
        named = [user for user in message.mentions if user.id != notified]
    return tuple(to_person(user) for user in named)


def to_unspoken(text: str | None) -> tuple[str, ...]:
    """Mentions, emoji, times and command names as they stand in the text: no words."""
    return () if text is None else tuple(mark[0] for mark in _MARKS.finditer(text))
