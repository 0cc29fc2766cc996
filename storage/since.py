"""What has happened in a course since some moment: why a report is not as an older one was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from storage.database import Connection
from storage.ids import AccountId, CourseId, DiscussionId, MemberId, MessageId
from storage.schema import discussions, members, messages, reactions, sides_taken


@dataclass(frozen=True, slots=True)
class Touched:
    """A message of a member's that came, was edited or was deleted since some moment; UTC."""

    id: MessageId
    member: MemberId
    discussion: DiscussionId
    sent_at: datetime
    received_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction that was put on a message or taken from it since, or whose message was deleted:
    whose message it is, and whose account reacted; UTC."""

    author: MemberId
    account: AccountId
    discussion: DiscussionId
    changed_at: datetime
    deleted_at: datetime | None


async def touched(db: Connection, course: CourseId, moment: datetime) -> Sequence[Touched]:
    """Messages that were written, came, were edited or were deleted after the moment."""
    columns = (messages.c.sent_at, messages.c.received_at, messages.c.edited_at,
               messages.c.deleted_at)  # fmt: skip
    found = await db.execute(
        select(messages.c.id, messages.c.member_id, messages.c.discussion_id, *columns)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            messages.c.member_id.is_not(None),
            or_(*(column > moment for column in columns)),
        )
        .order_by(messages.c.sent_at, messages.c.id)
    )
    return [Touched(*row) for row in found]


async def reacted(db: Connection, course: CourseId, moment: datetime) -> Sequence[Reacted]:
    """Reactions that are not there as they were at the moment."""
    found = await db.execute(
        select(
            messages.c.member_id,
            reactions.c.account_id,
            messages.c.discussion_id,
            reactions.c.changed_at,
            messages.c.deleted_at,
        )
        .join(reactions, reactions.c.message_id == messages.c.id)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            messages.c.member_id.is_not(None),
            or_(reactions.c.changed_at > moment, messages.c.deleted_at > moment),
        )
        .order_by(reactions.c.changed_at, messages.c.id)
    )
    return [Reacted(*row) for row in found]


async def sided(
    db: Connection, course: CourseId, moment: datetime
) -> Sequence[tuple[MemberId, DiscussionId, datetime]]:
    """Who took a side after the moment, where, and when (UTC)."""
    found = await db.execute(
        select(sides_taken.c.member_id, sides_taken.c.discussion_id, sides_taken.c.taken_at)
        .join(discussions, discussions.c.id == sides_taken.c.discussion_id)
        .where(discussions.c.course_id == course, sides_taken.c.taken_at > moment)
        .order_by(sides_taken.c.id)
    )
    return [(row[0], row[1], row[2]) for row in found]


async def joined(
    db: Connection, course: CourseId, moment: datetime
) -> Sequence[tuple[MemberId, datetime]]:
    """Who came into the course after the moment, and when (UTC)."""
    found = await db.execute(
        select(members.c.id, members.c.joined_at)
        .where(members.c.course_id == course, members.c.joined_at > moment)
        .order_by(members.c.id)
    )
    return [(row[0], row[1]) for row in found]
