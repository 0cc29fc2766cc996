"""Private notices that could not be delivered, kept until the person's next command."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select

from storage.among import among
from storage.database import Connection
from storage.ids import AccountRef, CourseId, Space
from storage.schema import courses, identities, notices, spaces


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice to one person: the card as JSON, its course's zone, and when it was to be told."""

    card: Any
    zone: str
    at: datetime


async def keep(
    db: Connection,
    course: CourseId,
    space: Space,
    person: AccountRef,
    card: Any,
    *,
    most: int,
    now: datetime,
) -> None:
    """Keep a notice to a person for later, and no more than their newest `most`.

    One that reads like one that waits already isn't kept again; nor is any for somebody whose name
    is not known (any more).
    """
    found = await db.execute(_account(space, person))
    account = found.scalar_one_or_none()
    if account is None:
        return
    known = await db.execute(
        select(notices.c.id, notices.c.course_id, notices.c.card)
        .where(notices.c.account_id == account)
        .order_by(notices.c.id)
    )
    rows = known.all()
    if any((row.course_id, row.card) == (course, card) for row in rows):
        return
    surplus = [row.id for row in rows[: max(0, len(rows) + 1 - most)]]
    await db.execute(delete(notices).where(notices.c.id.in_(surplus)))
    await db.execute(
        insert(notices).values(course_id=course, account_id=account, card=card, kept_at=now)
    )


async def waiting(db: Connection, asked: Sequence[tuple[Space, AccountRef]]) -> list[bool]:
    """Of each of these people of a space, whether anything is kept for them."""
    found = await db.execute(
        select(spaces.c.platform, spaces.c.ref, identities.c.ref)
        .join(spaces, spaces.c.id == identities.c.space_id)
        .join(notices, notices.c.account_id == identities.c.account_id)
        .where(among(identities.c.ref, {person for _, person in asked}))
        .distinct()
    )
    kept = {(Space(row[0], row[1]), row[2]) for row in found}
    return [one in kept for one in asked]


async def take(db: Connection, space: Space, person: AccountRef) -> Sequence[KeptNotice]:
    """What is kept for this person of a space, oldest first; it is kept no longer."""
    account = _account(space, person).scalar_subquery()
    found = await db.execute(
        select(notices.c.id, notices.c.card, courses.c.zone, notices.c.kept_at)
        .join(courses, courses.c.id == notices.c.course_id)
        .where(notices.c.account_id == account)
        .order_by(notices.c.id)
    )
    rows = found.all()
    await db.execute(delete(notices).where(notices.c.id.in_([row.id for row in rows])))
    return [KeptNotice(row.card, row.zone, row.kept_at) for row in rows]


async def forget(db: Connection, before: datetime) -> None:
    """Forget what has been kept since before then."""
    await db.execute(delete(notices).where(notices.c.kept_at < before))


def _account(space: Space, person: AccountRef) -> Select[Any]:
    return (
        select(identities.c.account_id)
        .join(spaces, spaces.c.id == identities.c.space_id)
        .where(
            spaces.c.platform == space.platform,
            spaces.c.ref == space.ref,
            identities.c.ref == person,
        )
    )
