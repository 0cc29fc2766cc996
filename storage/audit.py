"""What staff did, when, and to what: opaque ids and settings only, never a name or a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from storage.database import Connection
from storage.ids import CourseId, MemberId
from storage.schema import audit


@dataclass(frozen=True, slots=True)
class Act:
    """Something that staff did, or, with `member` None, whoever runs the bot or the bot by itself;
    `at` UTC."""

    at: datetime
    member: MemberId | None
    action: str
    subject: str
    details: Mapping[str, Any]


async def note(
    db: Connection,
    course: CourseId,
    member: MemberId | None,
    action: str,
    subject: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """`member` None: whoever runs the bot did it, in the terminal, or it was done by itself."""
    await db.execute(
        insert(audit).values(
            course_id=course,
            member_id=member,
            at=now,
            action=action,
            subject=subject,
            details=dict(details or {}),
        )
    )


async def entries(
    db: Connection, course: CourseId
) -> list[tuple[datetime, MemberId | None, str, str]]:
    """When, by whom, what and to what, oldest first."""
    found = await db.execute(
        select(audit.c.at, audit.c.member_id, audit.c.action, audit.c.subject)
        .where(audit.c.course_id == course)
        .order_by(audit.c.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]


async def since(db: Connection, course: CourseId, moment: datetime) -> list[Act]:
    """What was done after the moment, oldest first."""
    found = await db.execute(
        select(audit.c.at, audit.c.member_id, audit.c.action, audit.c.subject, audit.c.details)
        .where(audit.c.course_id == course, audit.c.at > moment)
        .order_by(audit.c.id)
    )
    return [Act(*row) for row in found]
