"""How it stands with the follow-ups of discussions: which may still be posted, which were, why."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from storage.among import among, parameter
from storage.database import Connection
from storage.ids import CourseId, DiscussionId
from storage.rows import Discussion, FollowUpState
from storage.schema import discussions, follow_ups, messages

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

_REPLIED_TO = (
    select(messages.c.discussion_id)
    .where(among(messages.c.discussion_id, parameter("ids")))
    .distinct()
)

Checks = Mapping[str, datetime | None]
"""When to look at each follow-up (None: as replies come), by its key."""


async def expect(db: Connection, checks: Iterable[tuple[Discussion, Checks]]) -> None:
    """The follow-ups of new discussions."""
    rows = [
        {"discussion_id": discussion.id, "key": key, "state": "pending", "check_at": at}
        for discussion, own in checks
        for key, at in own.items()
    ]
    if rows:
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


async def waiting_for_replies(db: Connection) -> list[FollowUpState]:
    """Those of any course that wait for replies to come."""
    query = _ALL.where(follow_ups.c.state == "pending", follow_ups.c.check_at.is_(None))
    return [FollowUpState(*row) for row in await db.execute(query)]


async def replied_to(db: Connection, ids: Collection[DiscussionId]) -> set[DiscussionId]:
    """Those of these discussions in which anything was written."""
    return set((await db.execute(_REPLIED_TO, {"ids": ids})).scalars())


async def next_due(db: Connection) -> datetime | None:
    found: datetime | None = await db.scalar(select(func.min(follow_ups.c.check_at)))
    return found


async def look_again(db: Connection, one: FollowUpState, at: datetime | None) -> None:
    """At that instant, or (None) when a reply comes."""
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
