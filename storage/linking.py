"""Two members of a course who are one person: the code that proves it, and making them one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, delete, func, insert, select, update

from storage.database import Connection
from storage.ids import AccountId, CourseId, MemberId, SpaceId
from storage.schema import (
    accounts,
    audit,
    link_codes,
    member_accounts,
    members,
    messages,
    roles,
    sides_taken,
)

MERGED = (member_accounts, messages, sides_taken, audit)
"""What names a member and names the one who stays afterwards. Besides these only the member's
roles and code do, which go."""


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A member's newest code; once it is used, with the member that the two have become."""

    member_id: MemberId
    expires_at: datetime
    used_at: datetime | None


async def replace_code(
    db: Connection,
    course: CourseId,
    member: MemberId,
    digest: str,
    expires_at: datetime,
    used_at: datetime | None = None,
) -> None:
    """From now on this is the member's only code."""
    own = _own(course, member)
    await db.execute(delete(link_codes).where(link_codes.c.member_id == own))
    await db.execute(
        insert(link_codes).values(
            member_id=own, digest=digest, expires_at=expires_at, used_at=used_at
        )
    )


async def code_of(db: Connection, course: CourseId, digest: str) -> LinkCode | None:
    """The course's code with this digest, expired or used too; None where it has none."""
    found = await db.execute(
        select(link_codes.c.member_id, link_codes.c.expires_at, link_codes.c.used_at)
        .join(members, members.c.id == link_codes.c.member_id)
        .where(members.c.course_id == course, link_codes.c.digest == digest)
    )
    row = found.one_or_none()
    return None if row is None else LinkCode(*row)


async def accounts_of(
    db: Connection, course: CourseId, member: MemberId
) -> list[tuple[AccountId, SpaceId]]:
    """The member's accounts, each with the space it is in."""
    found = await db.execute(
        select(accounts.c.id, accounts.c.space_id)
        .join(member_accounts, member_accounts.c.account_id == accounts.c.id)
        .where(member_accounts.c.course_id == course, member_accounts.c.member_id == member)
        .order_by(accounts.c.id)
    )
    return [(row[0], row[1]) for row in found]


async def merge(db: Connection, course: CourseId, kept: MemberId, gone: MemberId) -> None:
    """Make two members of the course one: all that `gone` has and did is `kept`'s.

    For members who were never anything but students: `gone`'s roles are dropped. Of the sides
    they took in a discussion the later one holds, as of the sides that one member takes.
    Raises LookupError unless both are in the course.
    """
    both = members.c.course_id == course, members.c.id.in_((kept, gone))
    known = (
        await db.execute(
            select(
                func.count(), func.min(members.c.joined_at), func.min(members.c.informed_at)
            ).where(*both)
        )
    ).one()
    if known[0] != 2:
        raise LookupError(f"not two members of course {course}")
    of_kept, of_gone = _own(course, kept), _own(course, gone)
    for table in MERGED:
        await db.execute(
            update(table).where(table.c.member_id == of_gone).values(member_id=of_kept)
        )
    for table in (roles, link_codes):
        await db.execute(delete(table).where(table.c.member_id == of_gone))
    await db.execute(
        update(members)
        .where(members.c.course_id == course, members.c.id == kept)
        .values(joined_at=known[1], informed_at=known[2])
    )
    await db.execute(delete(members).where(members.c.course_id == course, members.c.id == gone))


def _own(course: CourseId, member: MemberId) -> ScalarSelect[int]:
    """The member's id if they are in the course: another course's is nobody's here."""
    mine = select(members.c.id).where(members.c.course_id == course, members.c.id == member)
    return mine.scalar_subquery()
