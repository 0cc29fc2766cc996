"""Who has left a course, and who is back: the one place where it is decided.

Nothing of theirs is deleted, and their figures stay; what they were by a role of their platform's
they are no longer. Whoever writes, reacts or gives a command
after the instant at which they were not there is back; instants are compared, so that telling it
twice, late or out of order changes nothing. A member with an account that is still there is there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core import roles
from bot.core.cards import Moment, Text, text
from bot.core.events import (
    AccountRef,
    ChannelRef,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PersonLeft,
    ReactionChanged,
    Space,
    happened_at,
)
from storage import courses, leaving
from storage.database import Connection
from storage.rows import Member

if TYPE_CHECKING:
    from bot.core.dispatch import Call

MARK = "has left"


async def take_in(db: Connection, events: Sequence[Event | PersonLeft]) -> None:
    """Keep what a group of events says of who has left or is back, once its messages are kept."""
    acts: dict[Space, dict[tuple[AccountRef, ChannelRef], datetime]] = {}
    for event in events:
        if isinstance(event, PersonLeft):
            await _left(db, event)
        elif (who := _actor(event)) is not None:
            there = acts.setdefault(event.place.space, {})
            key = (who, event.place.channel)
            there[key] = max(there.get(key, happened_at(event)), happened_at(event))
    for space, there in acts.items():
        await _back(db, space, there)


def _actor(event: Event) -> AccountRef | None:
    """Whose own act it is. A reaction may be taken away by others, a message be deleted by them."""
    match event:
        case MessagePosted():
            return event.author.ref
        case MessageEdited():
            return None if event.author is None else event.author.ref
        case ReactionChanged():
            return event.person.ref if event.present else None
        case MessageDeleted():
            return None


async def _left(db: Connection, event: PersonLeft) -> None:
    """Somebody who is in none of the space's courses is nobody to us. Who has left one channel may
    write in the course's others there, and has left the course only if it has no other."""
    for known in await leaving.attendances(db, event.space, [event.person]):
        if known.archived_at is not None and event.at > known.archived_at:
            continue
        if event.channel is not None and {event.channel} != await leaving.class_channels(
            db, known.course_id, event.space
        ):
            continue
        if known.left_at is not None and known.left_at >= event.at:
            continue
        acted = await leaving.last_act(db, known.course_id, known.member_id, known.account_id)
        if all(at is None or at <= event.at for at in (known.seen_at, acted)):
            await leaving.note(db, known.course_id, known.account_id, event.at, known.seen_at)
            await roles.end(db, known.course_id, known.account_id, event.at)


async def _back(
    db: Connection, space: Space, acts: dict[tuple[AccountRef, ChannelRef], datetime]
) -> None:
    refs = {ref for ref, _ in acts}
    departed = await leaving.attendances(db, space, refs, departed=True)
    if not departed:
        return
    found = await courses.channels_at(db, [(space, channel) for _, channel in acts])
    for known in departed:
        here = [
            at
            for (ref, channel), at in acts.items()
            if ref == known.ref
            and (space, channel) in found
            and found[space, channel][0].course_id == known.course_id
        ]
        if here and known.left_at is not None:
            seen_at = max(here)
            if seen_at > known.left_at and (known.seen_at is None or seen_at > known.seen_at):
                await leaving.note(
                    db, known.course_id, known.account_id, known.left_at, seen_at
                )  # fmt: skip


async def is_back(call: "Call") -> None:
    """Whoever gives a command is there. Raises StorageError where that can't be kept."""
    member = call.member_or_none
    if member is None or member.account_left_at is None or member.account_left_at >= call.now:
        return
    left_at = member.account_left_at
    await call.services.database.write(
        lambda db: leaving.note(db, member.course_id, member.account, left_at, call.now)
    )


def described(member: Member) -> str:
    """Their name and role, and whether they have left."""
    mark = "" if member.left_at is None else f", {MARK}"
    return f"{member.name} ({member.role}{mark})"


def said(member: Member, zone: str) -> list[Text]:
    """A line that says it; none for who is there."""
    if member.left_at is None:
        return []
    known = Moment(member.left_at, zone)
    return [
        text(f"{member.name} {MARK} (known since ", known, "); what they wrote counts as before.")
    ]
