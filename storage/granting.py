"""The platform's roles that a course's staff chose, and what accounts were seen to be by them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage.among import among, parameter
from storage.database import Connection
from storage.ids import AccountId, CourseId, MemberId, RoleRef, Space, SpaceId
from storage.prepared import Prepared
from storage.schema import (
    accounts,
    course_roles,
    granted_roles,
    member_accounts,
    members,
    roles,
    spaces,
)

_CHOSEN_IN = Prepared(
    select(
        course_roles.c.course_id,
        course_roles.c.space_id,
        spaces.c.platform,
        spaces.c.ref,
        course_roles.c.purpose,
        course_roles.c.ref,
        course_roles.c.name,
        course_roles.c.since,
    )
    .join(spaces, spaces.c.id == course_roles.c.space_id)
    .where(among(course_roles.c.course_id, parameter("courses")))
    .order_by(course_roles.c.space_id, course_roles.c.purpose)
)


@dataclass(frozen=True, slots=True)
class CourseRole:
    """A platform's role, chosen for a purpose: `instructors`, `assistants`, or to `notify`."""

    space_id: SpaceId
    space: Space
    purpose: str
    ref: RoleRef
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """What an account is in a course by its platform's roles: a course's role, and since when."""

    role: str
    since: datetime


# --- what staff chose ---------------------------------------------------------------------------


async def chosen_in(
    db: Connection, course_ids: Collection[CourseId]
) -> Mapping[CourseId, Sequence[CourseRole]]:
    """The roles chosen in these courses, in all their spaces."""
    chosen: dict[CourseId, list[CourseRole]] = defaultdict(list)
    for course, space_id, platform, space, *role in await _CHOSEN_IN.rows(db, courses=course_ids):
        chosen[course].append(CourseRole(space_id, Space(platform, space), *role))
    return chosen


async def choose(
    db: Connection,
    course: CourseId,
    space: SpaceId,
    purpose: str,
    ref: RoleRef,
    name: str,
    now: datetime,
) -> None:
    """The course's one role of the space for this purpose, from `now` on."""
    await forget(db, course, space, purpose)
    await db.execute(
        insert(course_roles).values(
            course_id=course, space_id=space, purpose=purpose, ref=ref, name=name, since=now
        )
    )


async def forget(db: Connection, course: CourseId, space: SpaceId, purpose: str) -> None:
    """The course has no role of the space for this purpose any more."""
    await db.execute(
        delete(course_roles).where(
            course_roles.c.course_id == course,
            course_roles.c.space_id == space,
            course_roles.c.purpose == purpose,
        )
    )


# --- who is what by it --------------------------------------------------------------------------


async def grant(
    db: Connection, course: CourseId, account: AccountId, role: str, since: datetime
) -> None:
    """The account's roles on its platform make it this in the course, from `since` on."""
    await db.execute(
        insert(granted_roles).values(course_id=course, account_id=account, role=role, since=since)
    )


async def grants_of(
    db: Connection, course: CourseId, account_ids: Collection[AccountId]
) -> Mapping[AccountId, Grant]:
    """The last grant of these accounts in the course, of those that ever had one."""
    found = await db.execute(
        select(granted_roles.c.account_id, granted_roles.c.role, granted_roles.c.since)
        .where(granted_roles.c.course_id == course, among(granted_roles.c.account_id, account_ids))
        .order_by(granted_roles.c.since, granted_roles.c.id)
    )
    return {row[0]: Grant(row[1], row[2]) for row in found}


async def grants_in(
    db: Connection, course: CourseId, space: SpaceId
) -> Mapping[AccountId, Grant]:  # fmt: skip
    """The last grant of every account of a space that ever had one in the course."""
    found = await db.execute(
        select(granted_roles.c.account_id)
        .join(accounts, accounts.c.id == granted_roles.c.account_id)
        .where(granted_roles.c.course_id == course, accounts.c.space_id == space)
        .distinct()
    )
    return await grants_of(db, course, [row[0] for row in found])


async def grants_to(db: Connection, course: CourseId, member: MemberId) -> list[Grant]:
    """The last grant of each of the member's accounts."""
    found = await db.execute(
        select(member_accounts.c.account_id).where(
            member_accounts.c.course_id == course, member_accounts.c.member_id == member
        )
    )
    return list((await grants_of(db, course, [row[0] for row in found])).values())


async def standing(db: Connection, course: CourseId, member: MemberId) -> tuple[str, str]:
    """The role that the member has, and what staff gave them last. LookupError for nobody."""
    found = await db.execute(
        select(roles.c.role, roles.c.given)
        .join(members, members.c.id == roles.c.member_id)
        .where(members.c.course_id == course, roles.c.member_id == member)
        .order_by(roles.c.since.desc(), roles.c.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    if row is None:
        raise LookupError(f"no member {member} in course {course}")
    return row.role, row.given or row.role
