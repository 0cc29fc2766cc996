"""What happens on a platform, told to the core in its own words. Events are facts: telling one
twice, late or out of order changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from storage.ids import AccountRef, ChannelRef, MessageRef, RoleRef, Space, ThreadRef

__all__ = [
    "AccountRef",
    "ChannelChanged",
    "ChannelRef",
    "Event",
    "InvocationId",
    "MessageDeleted",
    "MessageEdited",
    "MessagePosted",
    "MessageRef",
    "Person",
    "PersonLeft",
    "Place",
    "ReactionChanged",
    "RoleRef",
    "Space",
    "ThreadRef",
]

InvocationId = NewType("InvocationId", str)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened: a channel of a space, and the thread in it if there is one."""

    space: Space
    channel: ChannelRef
    thread: ThreadRef | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its platform shows it. `automated`: bots, webhooks, apps. `roles` are the
    platform's own that it holds in the space; None where the platform doesn't say."""

    ref: AccountRef
    name: str
    automated: bool = False
    roles: frozenset[RoleRef] | None = None


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """A message, as written by its author.

    `sent_at` and `edited_at` are instants (UTC). `text` is None where the platform withholds it.
    `unspoken` are pieces of the text that are the platform's own marks and no words (a mention's
    or an emoji's code). `ordinary` is False for joins, pins and other notices of the platform.
    `names_whom_it_answers`: the platform knows no replies by reference, and people mention whom
    they respond to.
    """

    place: Place
    message: MessageRef
    author: Person
    sent_at: datetime
    text: str | None
    reply_to: MessageRef | None = None
    edited_at: datetime | None = None
    mentions: tuple[Person, ...] = ()
    unspoken: tuple[str, ...] = ()
    attachments: int = 0
    ordinary: bool = True
    names_whom_it_answers: bool = False


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message's text from `edited_at` on; the latest edit is the one that holds.

    `author` where the platform says who wrote it: an app's message is then known as one.
    """

    place: Place
    message: MessageRef
    edited_at: datetime
    text: str | None
    author: Person | None = None
    reply_to: MessageRef | None = None
    mentions: tuple[Person, ...] = ()
    unspoken: tuple[str, ...] = ()
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    place: Place
    message: MessageRef
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    """A person's reaction with one emoji, there (`present`) or not from `changed_at` on."""

    place: Place
    message: MessageRef
    person: Person
    emoji: str
    present: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """An account that is not there any more at `at` (UTC): in the space, or, where the platform
    says it of one `channel`, in that one."""

    space: Space
    person: AccountRef
    at: datetime
    channel: ChannelRef | None = None


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """What became of a channel at `at` (UTC): what people call it from then on, the id that its
    platform gave it instead of `channel`, or else what it `became`."""

    space: Space
    channel: ChannelRef
    at: datetime
    name: str | None = None
    moved_to: ChannelRef | None = None
    became: Literal["archived", "unarchived", "deleted", "public", "private"] | None = None


Event = MessagePosted | MessageEdited | MessageDeleted | ReactionChanged


def happened_at(event: Event) -> datetime:
    """When it happened, by the platform's clock (UTC)."""
    match event:
        case MessagePosted():
            return event.edited_at or event.sent_at
        case MessageEdited():
            return event.edited_at
        case MessageDeleted():
            return event.deleted_at
        case ReactionChanged():
            return event.changed_at


def people_in(event: Event) -> Iterator[Person]:
    """Everybody an event names: who did it, and whom they mentioned."""
    match event:
        case MessagePosted():
            yield event.author
            yield from event.mentions
        case MessageEdited():
            yield from event.mentions
        case ReactionChanged():
            yield event.person
        case MessageDeleted():
            pass


def done_by(event: Event) -> Person | None:
    """Who did it, where the event says so."""
    match event:
        case MessagePosted() | MessageEdited():
            return event.author
        case ReactionChanged():
            return event.person
        case MessageDeleted():
            return None


def answered_by(event: Event) -> MessageRef | None:
    """The message that the event's own message answers, where the event says so."""
    return event.reply_to if isinstance(event, MessagePosted | MessageEdited) else None
