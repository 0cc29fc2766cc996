"""The codes with which another channel becomes a course's. Only a code's digest is kept here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage.database import Connection
from storage.ids import ChannelId, CourseId, SpaceId
from storage.schema import course_spaces, join_codes


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A course's newest code; once it is used up, with the channel that joined by it."""

    course_id: CourseId
    expires_at: datetime
    used_at: datetime | None
    channel_id: ChannelId | None


async def replace_code(
    db: Connection, course: CourseId, digest: str, expires_at: datetime
) -> None:  # fmt: skip
    """From now on this is the course's only code."""
    await db.execute(delete(join_codes).where(join_codes.c.course_id == course))
    await db.execute(
        insert(join_codes).values(course_id=course, digest=digest, expires_at=expires_at)
    )


async def code_of(db: Connection, digest: str) -> JoinCode | None:
    """The code with this digest, expired or used up too; None where no course has it."""
    found = await db.execute(
        select(
            join_codes.c.course_id,
            join_codes.c.expires_at,
            join_codes.c.used_at,
            join_codes.c.channel_id,
        ).where(join_codes.c.digest == digest)
    )
    row = found.one_or_none()
    return None if row is None else JoinCode(*row)


async def use_up(db: Connection, course: CourseId, channel: ChannelId, now: datetime) -> None:
    """The course's code has brought it this channel, and brings it no other."""
    await db.execute(
        update(join_codes)
        .where(join_codes.c.course_id == course)
        .values(used_at=now, channel_id=channel)
    )


async def ensure_course_space(db: Connection, course: CourseId, space: SpaceId) -> None:
    """The course is in this space too."""
    here = (course_spaces.c.course_id == course) & (course_spaces.c.space_id == space)
    if (await db.execute(select(course_spaces.c.space_id).where(here))).first() is None:
        await db.execute(insert(course_spaces).values(course_id=course, space_id=space))
