"""How it stands with the follow-ups of discussions: which may still be posted, which were, why."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from storage.among import among
from storage.database import Connection
from storage.ids import CourseId, DiscussionId
from storage.rows import FollowUpState
from storage.schema import discussions, follow_ups

_STATE = (
    follow_ups.c.discussion_id,
    discussions.c.course_id,
    follow_ups.c.key,
    follow_ups.c.state,
    follow_ups.c.check_at,
    follow_ups.c.decided_at,
    follow_ups.c.why,
)
_ALL = select(*_STATE).join(discussions, discussions.c.id == follow_ups.c.discussion_id)


async def expect(
    db: Connection, discussion: DiscussionId, checks: Mapping[str, datetime | None]
) -> None:
    """Follow-ups of a new discussion, each with when to look at it (None: as replies come)."""
    if checks:
        rows = [
            {"discussion_id": discussion, "key": key, "state": "pending", "check_at": at}
            for key, at in checks.items()
        ]
        await db.execute(insert(follow_ups), rows)


async def follow_ups_of(
    db: Connection, course: CourseId, discussion: DiscussionId
) -> list[FollowUpState]:
    """The discussion's follow-ups, in no order of meaning."""
    found = await db.execute(
        _ALL.where(
            discussions.c.course_id == course, follow_ups.c.discussion_id == discussion
        ).order_by(follow_ups.c.key)
    )
    return [FollowUpState(*row) for row in found]


async def due(db: Connection, now: datetime, most: int) -> list[FollowUpState]:
    """Those of any course that are to be looked at by now."""
    found = await db.execute(
        _ALL.where(follow_ups.c.check_at <= now)
        .order_by(follow_ups.c.check_at, follow_ups.c.discussion_id)
        .limit(most)
    )
    return [FollowUpState(*row) for row in found]


async def waiting_for_replies(
    db: Connection, ids: Collection[DiscussionId] | None = None
) -> list[FollowUpState]:
    """Those that wait for replies to come, in these discussions or in all."""
    query = _ALL.where(follow_ups.c.state == "pending", follow_ups.c.check_at.is_(None))
    if ids is not None:
        query = query.where(among(follow_ups.c.discussion_id, ids))
    return [FollowUpState(*row) for row in await db.execute(query)]


async def next_due(db: Connection) -> datetime | None:
    found: datetime | None = await db.scalar(select(func.min(follow_ups.c.check_at)))
    return found


async def look_again(db: Connection, one: FollowUpState, at: datetime) -> None:
    await _change(db, one, check_at=at)


async def settle(
    db: Connection, one: FollowUpState, state: str, why: Mapping[str, Any], now: datetime
) -> None:
    """`state` is owed (it is posted, or will be) or dropped."""
    await _change(db, one, state=state, check_at=None, decided_at=now, why=dict(why))


async def _change(db: Connection, one: FollowUpState, **values: object) -> None:
    await db.execute(
        update(follow_ups)
        .where(follow_ups.c.discussion_id == one.discussion_id, follow_ups.c.key == one.key)
        .values(**values)
    )
