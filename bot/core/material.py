"""Reads what a course's figures are made of, at one moment."""

from collections.abc import Mapping

from bot.core import evidence
from bot.core.inferring import replies_with_parents
from bot.core.loaded_packs import LoadedPack
from bot.core.participation import Material
from storage import discussions, members, replies
from storage.database import Connection
from storage.rows import Course


async def material_of(
    db: Connection, course: Course, packs: Mapping[str, LoadedPack]
) -> Material:  # fmt: skip
    """Everything of one course, and of no other; evidence by its pack, if that is installed."""
    loaded = packs.get(course.pack)
    return Material(
        await members.members_of(db, course.id),
        {d.id: d for d in await discussions.discussions_of(db, course.id)},
        await replies_with_parents(db, course.id),
        await replies.mentions_of(db, course.id),
        await replies.reactions_of(db, course.id),
        evidence.resolve(
            await replies.evidence_of(db, course.id), None if loaded is None else loaded.pack
        ),
    )
