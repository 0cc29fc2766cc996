"""The platform's roles that a course uses in a space: whose holders are staff, and which one
prompts notify. Chosen at setup, or in the settings; what they make of somebody is decided in
roles.py."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import roles
from bot.core.cards import Spans, spans
from bot.core.dispatch import Call
from bot.core.events import ChannelRef, Place, RoleRef
from bot.core.picking import answered
from bot.core.services import named
from storage import courses, granting
from storage.database import Connection
from storage.granting import CourseRole
from storage.ids import CourseId
from storage.rows import Channel

NOTIFY = "notify"
PURPOSES = ("instructors", "assistants", NOTIFY)
"""The parameters by which they are chosen, and cleared."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A role that was picked for a purpose, with what people call it."""

    purpose: str
    ref: RoleRef
    name: str


async def picked(call: Call, where: Sequence[ChannelRef]) -> list[Picked]:
    """The roles that were given, each one that its platform says will do; `where` are the channels
    in which prompts are to notify. Raises BadInput."""
    space = call.place.space
    platform = call.services.platforms[space.platform]
    found = []
    for purpose in PURPOSES:
        if (typed := call.text(purpose)) is None:
            continue
        ref = RoleRef(typed)
        if purpose == NOTIFY:
            names = [
                await answered(purpose, platform.notified_role(Place(space, channel), ref))
                for channel in where or (call.place.channel,)
            ]
            found.append(Picked(purpose, ref, names[0]))
        else:
            name = await answered(purpose, platform.staff_role(space, ref))
            found.append(Picked(purpose, ref, name))
    return found


async def keep(db: Connection, call: Call, course: CourseId, chosen: Sequence[Picked]) -> None:
    """From now on the course has these roles for their purposes; the same one again changes
    nothing."""
    space = await courses.ensure_space(db, call.place.space, call.now)
    before = (await granting.chosen_in(db, [course])).get(course, ())
    kept = {(one.purpose, one.ref) for one in before if one.space == call.place.space}
    for one in chosen:
        if (one.purpose, one.ref) not in kept:
            role = (one.ref, one.name)
            await roles.choose(db, course, space, one.purpose, role, call.now)


async def clear(db: Connection, call: Call, purpose: str) -> bool:
    """The course has no role for the purpose in this space any more; whether it had one."""
    chosen = (await granting.chosen_in(db, [call.course.id])).get(call.course.id, ())
    if not any((one.space, one.purpose) == (call.place.space, purpose) for one in chosen):
        return False
    space = await courses.ensure_space(db, call.place.space, call.now)
    await roles.choose(db, call.course.id, space, purpose, None, call.now)
    return True


async def notified(db: Connection, channel: Channel) -> RoleRef | None:
    """The role that a prompt posted in the channel notifies, if one was chosen."""
    chosen = (await granting.chosen_in(db, [channel.course_id])).get(channel.course_id, ())
    here = [one.ref for one in chosen if (one.space, one.purpose) == (channel.space, NOTIFY)]
    return here[0] if here else None


def shown(chosen: Sequence[CourseRole]) -> list[tuple[str, Spans]]:
    """Which role serves which purpose, a label and its value each; nothing where none does."""
    labels = {
        "instructors": "Instructors by role",
        "assistants": "Assistants by role",
        NOTIFY: "Notified of prompts",
    }
    several = len({one.space for one in chosen}) > 1
    found = []
    for purpose, label in labels.items():
        names = [_named(one, several) for one in chosen if one.purpose == purpose]
        if names:
            found.append((label, spans(", ".join(names))))
    return found


def _named(role: CourseRole, several: bool) -> str:
    name = f"@{role.name.removeprefix('@')}"
    return f"{name} on {named(role.space)}" if several else name
