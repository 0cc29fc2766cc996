"""Reads what a course's figures are made of, at one moment."""

from bot.core.participation import Material
from storage import discussions, members, replies
from storage.database import Connection
from storage.ids import CourseId


async def material_of(db: Connection, course: CourseId) -> Material:
    """Everything of one course, and of no other."""
    return Material(
        await members.members_of(db, course),
        {d.id: d for d in await discussions.discussions_of(db, course)},
        await replies.replies_of(db, course),
        await replies.mentions_of(db, course),
        await replies.reactions_of(db, course),
    )
