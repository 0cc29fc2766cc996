"""Who has left: of each account since when it is not there any more, and when it was again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from storage.among import among, parameter
from storage.database import Connection
from storage.ids import AccountId, AccountRef, ChannelRef, CourseId, MemberId, Space
from storage.members import gone
from storage.prepared import Prepared
from storage.schema import (
    channels,
    courses,
    departures,
    discussions,
    identities,
    member_accounts,
    members,
    messages,
    reactions,
    spaces,
)


@dataclass(frozen=True, slots=True)
class Attendance:
    """An account that is a member's in a course, and what is known of its leaving."""

    course_id: CourseId
    member_id: MemberId
    account_id: AccountId
    ref: AccountRef
    archived_at: datetime | None
    left_at: datetime | None
    seen_at: datetime | None


def _attendances(*, departed: bool) -> Prepared:
    return Prepared(
        select(
            members.c.course_id,
            members.c.id,
            identities.c.account_id,
            identities.c.ref,
            courses.c.archived_at,
            departures.c.left_at,
            departures.c.seen_at,
        )
        .join(spaces, spaces.c.id == identities.c.space_id)
        .join(member_accounts, member_accounts.c.account_id == identities.c.account_id)
        .join(members, members.c.id == member_accounts.c.member_id)
        .join(courses, courses.c.id == members.c.course_id)
        .join(
            departures,
            (departures.c.course_id == members.c.course_id)
            & (departures.c.account_id == identities.c.account_id),
            isouter=not departed,
        )
        .where(
            spaces.c.platform == bindparam("platform"),
            spaces.c.ref == bindparam("space"),
            among(identities.c.ref, parameter("refs")),
        )
    )


_ATTENDANCES, _DEPARTED = _attendances(departed=False), _attendances(departed=True)


async def attendances(
    db: Connection, space: Space, refs: Collection[AccountRef], *, departed: bool = False
) -> list[Attendance]:
    """What these accounts are in each course of the space; `departed`: only what once left."""
    asked = {"platform": space.platform, "space": space.ref, "refs": refs}
    which = _DEPARTED if departed else _ATTENDANCES
    return [Attendance(*row) for row in await which.rows(db, **asked)]


async def class_channels(db: Connection, course: CourseId, space: Space) -> set[ChannelRef]:
    found = await db.execute(
        select(channels.c.ref)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(
            channels.c.course_id == course,
            channels.c.kind == "class",
            spaces.c.platform == space.platform,
            spaces.c.ref == space.ref,
        )
    )
    return set(found.scalars())


async def last_act(
    db: Connection, course: CourseId, member: MemberId, account: AccountId
) -> datetime | None:
    """When the account last wrote, edited or reacted in the course's discussions, as far as it is
    known."""
    own = select(discussions.c.id).where(discussions.c.course_id == course)
    wrote = (
        await db.execute(
            select(func.max(messages.c.sent_at), func.max(messages.c.edited_at)).where(
                messages.c.discussion_id.in_(own),
                messages.c.member_id == member,
                messages.c.account_id == account,
            )
        )
    ).one()
    reacted = await db.execute(
        select(func.max(reactions.c.changed_at))
        .join(messages, messages.c.id == reactions.c.message_id)
        .where(
            messages.c.discussion_id.in_(own),
            reactions.c.account_id == account,
            reactions.c.present,
        )
    )
    return max((at for at in (*wrote, reacted.scalar_one()) if at is not None), default=None)


async def note(
    db: Connection,
    course: CourseId,
    account: AccountId,
    left_at: datetime,
    seen_at: datetime | None,
) -> None:
    """This is what is known of the account's leaving; its member has left with the last one."""
    which = departures.c.course_id == course, departures.c.account_id == account
    await db.execute(delete(departures).where(*which))
    await db.execute(
        insert(departures).values(
            course_id=course, account_id=account, left_at=left_at, seen_at=seen_at
        )
    )
    member = await db.execute(
        select(member_accounts.c.member_id).where(
            member_accounts.c.course_id == course, member_accounts.c.account_id == account
        )
    )
    await settle(db, course, MemberId(member.scalar_one()))


async def settle(db: Connection, course: CourseId, member: MemberId) -> None:
    """A member has left since none of their accounts is there any more."""
    found = await db.execute(
        select(departures.c.left_at)
        .select_from(member_accounts)
        .outerjoin(
            departures,
            (departures.c.course_id == member_accounts.c.course_id)
            & (departures.c.account_id == member_accounts.c.account_id)
            & gone(),
        )
        .where(member_accounts.c.course_id == course, member_accounts.c.member_id == member)
    )
    since = list(found.scalars())
    left_at = None if None in since else max(since, default=None)
    await db.execute(
        update(members)
        .where(members.c.course_id == course, members.c.id == member)
        .values(left_at=left_at)
    )


async def there_on(db: Connection, platform: str) -> list[tuple[Space, AccountRef]]:
    """Each account on a platform that is in a course not archived and is not known to have left."""
    found = await db.execute(
        select(spaces.c.ref, identities.c.ref)
        .join(spaces, spaces.c.id == identities.c.space_id)
        .join(member_accounts, member_accounts.c.account_id == identities.c.account_id)
        .join(courses, courses.c.id == member_accounts.c.course_id)
        .outerjoin(
            departures,
            (departures.c.course_id == member_accounts.c.course_id)
            & (departures.c.account_id == member_accounts.c.account_id)
            & gone(),
        )
        .where(
            spaces.c.platform == platform,
            courses.c.archived_at.is_(None),
            departures.c.left_at.is_(None),
        )
        .order_by(spaces.c.ref, identities.c.account_id)
        .distinct()
        .add_columns(identities.c.account_id)
    )
    return [(Space(platform, space), ref) for space, ref, _ in found]
