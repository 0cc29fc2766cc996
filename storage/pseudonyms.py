"""What reports need to keep of a course: the key with which its pseudonyms are made."""

from sqlalchemy import insert, select

from storage.database import Connection
from storage.ids import CourseId
from storage.schema import course_keys


async def key_of(db: Connection, course: CourseId, fresh: str) -> str:
    """The course's key; `fresh` becomes it where it has none."""
    found = await db.execute(select(course_keys.c.key).where(course_keys.c.course_id == course))
    known = found.scalar_one_or_none()
    if known is None:
        await db.execute(insert(course_keys).values(course_id=course, key=fresh))
        return fresh
    return str(known)
