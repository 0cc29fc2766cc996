"""What single students are allowed in a discussion: more time, or not to take part."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, update

from storage.database import Connection
from storage.ids import CourseId, DiscussionId, MemberId
from storage.rows import Allowance
from storage.schema import allowance_reasons, allowances, discussions


async def allow(db: Connection, course: CourseId, one: Allowance) -> None:
    """Allow it, in the place of what was allowed the student there before."""
    await revoke(db, course, one.discussion_id, one.member_id, one.given_at)
    made = await db.execute(
        insert(allowances)
        .values(
            discussion_id=one.discussion_id,
            member_id=one.member_id,
            kind=one.kind,
            until=one.until,
            given_by=one.given_by,
            given_at=one.given_at,
        )
        .returning(allowances.c.id)
    )
    if one.reason is not None:
        await db.execute(
            insert(allowance_reasons).values(allowance_id=made.scalar_one(), text=one.reason)
        )


async def revoke(
    db: Connection, course: CourseId, discussion: DiscussionId, member: MemberId, now: datetime
) -> bool:
    """Allow the student nothing there any more; whether anything was."""
    own = select(discussions.c.id).where(
        discussions.c.course_id == course, discussions.c.id == discussion
    )
    changed = await db.execute(
        update(allowances)
        .where(
            allowances.c.discussion_id == own.scalar_subquery(),
            allowances.c.member_id == member,
            allowances.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return changed.rowcount > 0


async def extended_beyond(
    db: Connection, course: CourseId, discussion: DiscussionId, now: datetime
) -> bool:
    """Whether anybody has more time in a discussion, beyond now."""
    found = await db.scalar(
        select(allowances.c.id)
        .join(discussions, discussions.c.id == allowances.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            allowances.c.discussion_id == discussion,
            allowances.c.until > now,
            allowances.c.revoked_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


async def allowances_of(
    db: Connection, course: CourseId
) -> Mapping[tuple[DiscussionId, MemberId], Allowance]:
    """What is allowed now in the course's discussions, by discussion and student."""
    found = await db.execute(
        select(
            allowances.c.discussion_id,
            allowances.c.member_id,
            allowances.c.kind,
            allowances.c.until,
            allowances.c.given_by,
            allowances.c.given_at,
            allowance_reasons.c.text,
        )
        .join(discussions, discussions.c.id == allowances.c.discussion_id)
        .outerjoin(allowance_reasons, allowance_reasons.c.allowance_id == allowances.c.id)
        .where(discussions.c.course_id == course, allowances.c.revoked_at.is_(None))
        .order_by(allowances.c.id)
    )
    return {(row[0], row[1]): Allowance(*row) for row in found}
