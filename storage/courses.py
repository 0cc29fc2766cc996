"""Spaces, courses and their channels."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from storage.among import among, parameter
from storage.database import Connection
from storage.ids import ChannelId, ChannelRef, CourseId, Space, SpaceId
from storage.prepared import Prepared
from storage.rows import Channel, Course
from storage.schema import channels, course_spaces, courses, spaces

_COURSE = (
    courses.c.id,
    courses.c.title,
    courses.c.zone,
    courses.c.pack,
    courses.c.catch_up_hours,
    courses.c.keep_text_days,
    courses.c.created_at,
    courses.c.archived_at,
    courses.c.term_from,
    courses.c.term_until,
    courses.c.quiet_hours,
)
CHANNEL = (
    channels.c.id,
    channels.c.course_id,
    channels.c.space_id,
    spaces.c.platform,
    spaces.c.ref,
    channels.c.ref,
    channels.c.name,
    channels.c.kind,
    channels.c.tag,
)

_CHANNELS_AT = Prepared(
    select(*CHANNEL, *_COURSE)
    .join(spaces, spaces.c.id == channels.c.space_id)
    .join(courses, courses.c.id == channels.c.course_id)
    .where(among(channels.c.ref, parameter("refs")))
)
_COURSE_BY_ID = Prepared(select(*_COURSE).where(courses.c.id == bindparam("course")))


def to_channel(row: Any) -> Channel:
    """A channel from the columns of CHANNEL, in their order, at the row's start."""
    id_, course, space_id, platform, space, ref, name, kind, tag = row[: len(CHANNEL)]
    return Channel(id_, course, space_id, Space(platform, space), ref, name, kind, tag)


async def ensure_space(db: Connection, space: Space, now: datetime) -> SpaceId:
    """The space's id, made at its first sight."""
    found = await db.execute(
        select(spaces.c.id).where(spaces.c.platform == space.platform, spaces.c.ref == space.ref)
    )
    known = found.scalar_one_or_none()
    if known is not None:
        return SpaceId(known)
    made = await db.execute(
        insert(spaces)
        .values(platform=space.platform, ref=space.ref, created_at=now)
        .returning(spaces.c.id)
    )
    return SpaceId(made.scalar_one())


async def create(
    db: Connection, space: SpaceId | None, *, title: str, zone: str, pack: str, now: datetime
) -> CourseId:
    """A new course; `space` None: in none yet, until its first channel joins."""
    made = await db.execute(
        insert(courses)
        .values(title=title, zone=zone, pack=pack, created_at=now)
        .returning(courses.c.id)
    )
    course = CourseId(made.scalar_one())
    if space is not None:
        await db.execute(insert(course_spaces).values(course_id=course, space_id=space))
    return course


async def bind_channel(
    db: Connection,
    course: CourseId,
    space: SpaceId,
    ref: ChannelRef,
    *,
    name: str,
    kind: str,
    now: datetime,
    tag: str | None = None,
) -> ChannelId:
    """Make the channel the course's. A channel belongs to one course: IntegrityError otherwise."""
    made = await db.execute(
        insert(channels)
        .values(
            course_id=course, space_id=space, ref=ref, name=name, kind=kind, tag=tag, created_at=now
        )
        .returning(channels.c.id)
    )  # fmt: skip
    return ChannelId(made.scalar_one())


async def rename_channel(
    db: Connection, course: CourseId, id_: ChannelId, name: str, at: datetime
) -> None:
    """People call it so since `at`, unless a later name is known."""
    await db.execute(
        update(channels)
        .where(
            channels.c.course_id == course,
            channels.c.id == id_,
            channels.c.named_at.is_(None) | (channels.c.named_at < at),
        )
        .values(name=name, named_at=at)
    )


async def move_channel(db: Connection, course: CourseId, id_: ChannelId, ref: ChannelRef) -> None:
    """Its platform has given it another id. IntegrityError where that one is bound already."""
    await db.execute(
        update(channels).where(channels.c.course_id == course, channels.c.id == id_).values(ref=ref)
    )


async def unbind_channel(db: Connection, course: CourseId, id_: ChannelId) -> None:
    """The channel is the course's no longer. IntegrityError where anything was posted in it."""
    await db.execute(
        delete(channels).where(channels.c.course_id == course, channels.c.id == id_)
    )  # fmt: skip


async def channel_at(db: Connection, space: Space, ref: ChannelRef) -> Channel | None:
    """The course's channel that stands there, or None where no course has been set up."""
    found = await db.execute(
        select(*CHANNEL)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(
            spaces.c.platform == space.platform, spaces.c.ref == space.ref, channels.c.ref == ref
        )
    )
    row = found.one_or_none()
    return None if row is None else to_channel(row)


async def channels_at(
    db: Connection, places: Collection[tuple[Space, ChannelRef]]
) -> Mapping[tuple[Space, ChannelRef], tuple[Channel, Course]]:
    """The channels that stand at these places, each with its course."""
    rows = {}
    for row in await _CHANNELS_AT.rows(db, refs={ref for _, ref in places}):
        channel = to_channel(row)
        rows[channel.space, channel.ref] = (channel, Course(*row[len(CHANNEL) :]))
    return rows


async def course(db: Connection, id_: CourseId) -> Course:
    return Course(*await _COURSE_BY_ID.one(db, course=id_))


async def all_courses(db: Connection) -> list[Course]:
    found = await db.execute(select(*_COURSE).order_by(courses.c.id))
    return [Course(*tuple(row)) for row in found]


async def channels_of(db: Connection, course_id: CourseId, kind: str = "class") -> list[Channel]:
    """The course's channels of a kind: those of the class, else `staff`."""
    found = await db.execute(
        select(*CHANNEL)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(channels.c.course_id == course_id, channels.c.kind == kind)
        .order_by(channels.c.id)
    )
    return [to_channel(row) for row in found]


async def channels_in(db: Connection, platform: str) -> list[Channel]:
    """Every channel that belongs to a course, on one platform."""
    found = await db.execute(
        select(*CHANNEL)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(spaces.c.platform == platform)
        .order_by(channels.c.id)
    )
    return [to_channel(row) for row in found]


async def channel(db: Connection, course_id: CourseId, id_: ChannelId) -> Channel:
    found = await db.execute(
        select(*CHANNEL)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(channels.c.course_id == course_id, channels.c.id == id_)
    )
    return to_channel(found.one())


async def change(db: Connection, course_id: CourseId, settings: Mapping[str, object]) -> None:
    """Set columns of a course; `settings` is column name to value."""
    if settings:
        await db.execute(update(courses).where(courses.c.id == course_id).values(**settings))
