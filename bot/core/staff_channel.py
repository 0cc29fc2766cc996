"""The channel in which a course's staff read notices: chosen at setup, or in the settings. It is no
class channel: nothing is discussed there."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.cards import Spans, spans
from bot.core.dispatch import Call
from bot.core.errors import BadInput
from bot.core.events import Place
from bot.core.picking import answered
from storage import courses
from storage.database import Connection
from storage.ids import ChannelRef, CourseId, Space
from storage.rows import Channel

PARAM = "staff_channel"
KIND = "staff"


@dataclass(frozen=True, slots=True)
class StaffChannel:
    """A channel that was picked, with what people call it."""

    space: Space
    ref: ChannelRef
    name: str


async def picked(call: Call) -> StaffChannel | None:
    """The channel that was given; None where none was. Raises BadInput where nothing can be posted
    in it."""
    typed = call.text(PARAM)
    if typed is None:
        return None
    space, ref = call.place.space, ChannelRef(typed)
    platform = call.services.platforms[space.platform]
    name = await answered(PARAM, platform.notice_channel(Place(space, ref)))
    return StaffChannel(space, ref, name)


async def bind(db: Connection, course: CourseId, channel: StaffChannel, now: datetime) -> None:
    """Make it the course's one staff channel of its space. Raises BadInput where it is taken."""
    taken = await courses.channel_at(db, channel.space, channel.ref)
    if taken is not None:
        if (taken.course_id, taken.kind) == (course, KIND):
            return
        raise BadInput(PARAM, await _whose(db, taken, course))
    space = await courses.ensure_space(db, channel.space, now)
    await unbind(db, course, channel.space)
    await courses.bind_channel(
        db, course, space, channel.ref, name=channel.name, kind=KIND, now=now
    )  # fmt: skip


async def unbind(db: Connection, course: CourseId, space: Space) -> bool:
    """The course has no staff channel in the space any more; whether it had one."""
    rooms = [r for r in await courses.channels_of(db, course, KIND) if r.space == space]
    for room in rooms:
        await courses.unbind_channel(db, course, room.id)
    return bool(rooms)


async def _whose(db: Connection, taken: Channel, course: CourseId) -> str:
    if taken.course_id == course:
        return f"#{taken.name} is where the class discusses; pick one that only staff can read."
    title = (await courses.course(db, taken.course_id)).title
    return f"#{taken.name} belongs to the course “{title}” already."


def where(rooms: list[Channel]) -> tuple[str, Spans]:
    """Where staff read notices: a label and its value."""
    return "Notices to staff", spans(
        ", ".join(f"in #{room.name}" for room in rooms) or "to each privately"
    )
