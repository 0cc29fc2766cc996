"""From what happened in the classroom, and from what a person typed or pressed, to the core's
events and invocations. It translates; whether something counts or is allowed is the core's."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from bot.core.commands import Command, Invocation, Param, Type
from bot.core.events import (
    AccountRef,
    ChannelRef,
    InvocationId,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    ReactionChanged,
    Space,
    ThreadRef,
)
from bot.core.ports import ClassroomChannel, ClassroomMessage, ClassroomPerson, SeenMessage

SPACE = Space("browser", "classroom")
_HALF = re.compile("[\ud800-\udfff]")
MOST_DIGITS = 18
"""So many digits of a number always fit into 64 bits."""
BOT = Person(AccountRef("coalface"), "Coalface", automated=True)


# --- events -------------------------------------------------------------------------------------


def to_place(channel: ChannelRef, thread: int | None) -> Place:
    return Place(SPACE, channel, None if thread is None else ThreadRef(str(thread)))


def to_posted(message: ClassroomMessage, people: Sequence[ClassroomPerson]) -> MessagePosted:
    mentions = to_mentions(message.text, people)
    return MessagePosted(
        place=to_place(message.channel, message.thread),
        message=MessageRef(str(message.id)),
        author=to_person(message.author, people),
        sent_at=message.sent_at,
        text=message.text,
        reply_to=_reply_to(message),
        edited_at=message.edited_at,
        mentions=tuple(Person(person.ref, person.name) for person in mentions),
        unspoken=to_unspoken(message.text, people),
    )


def to_edited(
    message: ClassroomMessage, people: Sequence[ClassroomPerson], at: datetime
) -> MessageEdited:
    mentions = to_mentions(message.text, people)
    return MessageEdited(
        place=to_place(message.channel, message.thread),
        message=MessageRef(str(message.id)),
        edited_at=at,
        text=message.text,
        author=to_person(message.author, people),
        reply_to=_reply_to(message),
        mentions=tuple(Person(person.ref, person.name) for person in mentions),
        unspoken=to_unspoken(message.text, people),
    )


def to_deleted(message: ClassroomMessage, at: datetime) -> MessageDeleted:
    place = to_place(message.channel, message.thread)
    return MessageDeleted(place, MessageRef(str(message.id)), at)


def to_reaction(
    message: ClassroomMessage,
    person: AccountRef,
    people: Sequence[ClassroomPerson],
    emoji: str,
    present: bool,
    at: datetime,
) -> ReactionChanged:
    return ReactionChanged(
        place=to_place(message.channel, message.thread),
        message=MessageRef(str(message.id)),
        person=to_person(person, people),
        emoji=emoji,
        present=present,
        changed_at=at,
    )


def to_seen(message: ClassroomMessage, people: Sequence[ClassroomPerson]) -> SeenMessage:
    marks = tuple((to_person(who, people), emoji) for who, emoji in message.reactions)
    return SeenMessage(to_posted(message, people), marks)


def to_person(ref: AccountRef | None, people: Sequence[ClassroomPerson]) -> Person:
    """The bot where there is no author."""
    if ref is None:
        return BOT
    name = next((person.name for person in people if person.ref == ref), "Somebody")
    return Person(ref, name)


def to_mentions(text: str | None, people: Sequence[ClassroomPerson]) -> list[ClassroomPerson]:
    """Who is named as `@Name` in a text, in their order; a longer name before its beginning."""
    by_name = {person.name.casefold(): person for person in people}
    named = (piece.removeprefix("@").casefold() for piece in to_unspoken(text, people))
    return list(dict.fromkeys(by_name[name] for name in named if name in by_name))


def to_unspoken(text: str | None, people: Sequence[ClassroomPerson]) -> tuple[str, ...]:
    """The mentions in a text as they were typed, which are no words."""
    if not text or "@" not in text or not people:
        return ()
    names = sorted((person.name for person in people), key=len, reverse=True)
    pattern = rf"(?<!\w)@(?:{'|'.join(map(re.escape, names))})(?!\w)"
    return tuple(m[0] for m in re.finditer(pattern, text, re.IGNORECASE))


def _reply_to(message: ClassroomMessage) -> MessageRef | None:
    return None if message.reply_to is None else MessageRef(str(message.reply_to))


# --- what was typed -----------------------------------------------------------------------------


def to_text(typed: str) -> str:
    """A text that can be written down: half a character, which a browser's strings may hold
    (ECMAScript, 6.1.4), becomes the sign for one that can't be read."""
    return _HALF.sub("\ufffd", typed)


def to_number(typed: str) -> int | None:
    """A message's number in an address or a ref; None for what can't be one."""
    fits = typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS
    return int(typed) if fits else None


# --- commands -----------------------------------------------------------------------------------


def new_invocation_id() -> InvocationId:
    """A new id for each opened form and each press, so that a double click runs once."""
    return InvocationId(uuid4().hex)


def to_invocation(
    id_: InvocationId,
    person: ClassroomPerson,
    place: Place,
    command: str,
    arguments: Mapping[str, object],
    at: datetime,
) -> Invocation:
    return Invocation(
        id=id_,
        place=place,
        person=Person(person.ref, person.name),
        command=command,
        arguments={
            name: to_text(value) if isinstance(value, str) else value
            for name, value in arguments.items()
        },
        at=at,
        manages_space=person.manages,
        channel_name=place.channel,  # a channel's ref is its name here
    )


def to_command(typed: str, offered: Sequence[Command]) -> tuple[str, str]:
    """`/prompt post kulaks` as the command's name and the rest, whether or not it is offered."""
    words = typed.removeprefix("/").split(maxsplit=2)
    first = words[0].casefold() if words else ""
    names = {command.name for command in offered}
    two = " ".join(words[:2]).casefold()
    after_first = typed.removeprefix("/").lstrip()[len(first) :].strip()
    if two in names or (first not in names and len(words) > 1):
        return two, words[2].strip() if len(words) > 2 else ""
    return first, after_first


def to_arguments(
    command: Command,
    typed: str,
    people: Sequence[ClassroomPerson],
    channels: Sequence[ClassroomChannel],
) -> dict[str, object]:
    """What was typed after a command's name, given to its parameters in their order.

    Each takes a word, a "quoted text" or a name; the last one takes all that is left. They may
    also be named, in any order: `prompt: kulaks channel: history`.
    """
    arguments: dict[str, object] = {}
    rest = typed.strip()
    if named := _named(command, rest):
        return {p.name: to_value(p, given, people, channels) for p, given in named}
    params = typable(command.params)
    for number, param in enumerate(params, start=1):
        if not rest:
            break
        if number == len(params) or param.type is Type.PARAGRAPH:
            given, rest = rest, ""
        else:
            given, rest = _first(rest, _names(param, people, channels))
        arguments[param.name] = to_value(param, given, people, channels)
    return arguments


def offered(params: Sequence[Param]) -> list[Param]:
    """The parameters that the classroom has something for: it has no roles of its own."""
    return [param for param in params if param.type is not Type.ROLE]


def typable(params: Sequence[Param]) -> list[Param]:
    """Those that can be given by typing: a file is picked in the form."""
    return [param for param in offered(params) if param.type is not Type.FILE]


def to_value(
    param: Param,
    given: str,
    people: Sequence[ClassroomPerson],
    channels: Sequence[ClassroomChannel],
) -> str:
    """A person's or a channel's name as its ref; all else as it was typed."""
    wanted = _unquoted(given).strip().lstrip("@#").casefold()
    if param.type is Type.PERSON:
        return next((p.ref for p in people if p.name.casefold() == wanted), given)
    if param.type is Type.CHANNEL:
        return next((c.ref for c in channels if c.name.casefold() == wanted), given)
    return _unquoted(given)


def _named(command: Command, typed: str) -> list[tuple[Param, str]]:
    """The parameters that were named with a colon; none where it doesn't begin with one."""
    params = {param.name: param for param in typable(command.params)}
    if not params:
        return []
    marks = list(re.finditer(rf"(?:^|\s)({'|'.join(params)}):\s*", typed, re.IGNORECASE))
    if not marks or marks[0].start() != 0:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(typed)]
    return [
        (params[mark[1].casefold()], typed[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]


def _names(
    param: Param, people: Sequence[ClassroomPerson], channels: Sequence[ClassroomChannel]
) -> list[str]:
    if param.type is Type.PERSON:
        return sorted((p.name for p in people), key=len, reverse=True)
    return [c.name for c in channels] if param.type is Type.CHANNEL else []


def _first(rest: str, names: Sequence[str]) -> tuple[str, str]:
    for name in names:
        if found := re.match(rf"[@#]?{re.escape(name)}(?!\w)", rest, re.IGNORECASE):
            return found[0], rest[found.end() :].strip()
    if quoted := re.match(r'"([^"]*)"|“([^”]*)”', rest):
        return quoted[0], rest[quoted.end() :].strip()
    word, _, after = rest.partition(" ")
    return word, after.strip()


def _unquoted(given: str) -> str:
    quoted = re.fullmatch(r'"([^"]*)"|“([^”]*)”', given.strip())
    return given if quoted is None else quoted[1] or quoted[2] or ""
