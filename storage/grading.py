"""A course's grading rule, and the points that staff gave in the place of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage.database import Connection
from storage.ids import CourseId, DiscussionId, MemberId
from storage.schema import discussions, grading_rules, points_given, points_reasons


@dataclass(frozen=True, slots=True)
class Given:
    """The points that staff gave a student in a discussion, in the place of the rule's."""

    discussion_id: DiscussionId
    member_id: MemberId
    points: float
    given_by: MemberId
    given_at: datetime
    reason: str | None


async def rule_of(db: Connection, course: CourseId) -> str | None:
    """The course's rule, as it was typed."""
    found = await db.execute(
        select(grading_rules.c.rule).where(grading_rules.c.course_id == course)
    )
    return found.scalar_one_or_none()


async def set_rule(db: Connection, course: CourseId, rule: str | None, now: datetime) -> None:
    """From now on this is the course's rule; None: it has none."""
    await db.execute(delete(grading_rules).where(grading_rules.c.course_id == course))
    if rule is not None:
        await db.execute(insert(grading_rules).values(course_id=course, rule=rule, set_at=now))


async def give(db: Connection, course: CourseId, one: Given) -> None:
    """Give these points, in the place of what was given the student there before."""
    await take_back(db, course, one.discussion_id, one.member_id, one.given_at)
    made = await db.execute(
        insert(points_given)
        .values(
            discussion_id=one.discussion_id,
            member_id=one.member_id,
            points=one.points,
            given_by=one.given_by,
            given_at=one.given_at,
        )
        .returning(points_given.c.id)
    )
    if one.reason is not None:
        await db.execute(
            insert(points_reasons).values(points_given_id=made.scalar_one(), text=one.reason)
        )


async def take_back(
    db: Connection, course: CourseId, discussion: DiscussionId, member: MemberId, now: datetime
) -> bool:
    """The rule decides there again; whether anything had been given."""
    own = select(discussions.c.id).where(
        discussions.c.course_id == course, discussions.c.id == discussion
    )
    changed = await db.execute(
        update(points_given)
        .where(
            points_given.c.discussion_id == own.scalar_subquery(),
            points_given.c.member_id == member,
            points_given.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    return changed.rowcount > 0


async def given_in(
    db: Connection, course: CourseId
) -> Mapping[tuple[DiscussionId, MemberId], Given]:
    """What is given now in the course's discussions, by discussion and student."""
    found = await db.execute(
        select(
            points_given.c.discussion_id,
            points_given.c.member_id,
            points_given.c.points,
            points_given.c.given_by,
            points_given.c.given_at,
            points_reasons.c.text,
        )
        .join(discussions, discussions.c.id == points_given.c.discussion_id)
        .outerjoin(points_reasons, points_reasons.c.points_given_id == points_given.c.id)
        .where(discussions.c.course_id == course, points_given.c.revoked_at.is_(None))
        .order_by(points_given.c.id)
    )
    return {(row[0], row[1]): Given(*row) for row in found}
