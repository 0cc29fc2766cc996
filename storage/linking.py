"""Two members of a course who are one person: the code that proves it, making them one, and parting
them again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, delete, func, insert, literal, select, update

from storage import leaving
from storage.database import Connection
from storage.ids import AccountId, AccountRef, CourseId, MemberId, Space, SpaceId
from storage.schema import (
    accounts,
    allowances,
    audit,
    export_figures,
    exports,
    identities,
    link_codes,
    member_accounts,
    members,
    messages,
    points_given,
    roles,
    schedules,
    sides_taken,
    spaces,
)

MERGED = (member_accounts, messages, sides_taken, allowances, points_given, audit)
"""What names a member and names the one who stays afterwards. Besides these only the member's
roles and code do, which go."""
BY_STAFF = (schedules, exports)
"""What names members as staff only, who are never merged."""
FROZEN = export_figures
"""What stood in reports of the one who stays is what is compared with: of the other it goes."""
BY_ACCOUNT = (member_accounts, messages, sides_taken)
"""What of these says with which account it was done, and follows that account."""


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A member's newest code; once it is used, with the member that the two have become."""

    member_id: MemberId
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberAccount:
    """One account of a member, as its platform knows and calls it."""

    account: AccountId
    member: MemberId
    space: Space
    name: str
    ref: AccountRef


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


async def all_accounts(db: Connection, course: CourseId) -> list[MemberAccount]:
    """Every account whose name is known in the course, in all its spaces, in the order in which
    they were first seen."""
    found = await db.execute(
        select(
            identities.c.account_id,
            member_accounts.c.member_id,
            spaces.c.platform,
            spaces.c.ref,
            identities.c.name,
            identities.c.ref.label("account_ref"),
        )
        .join(member_accounts, member_accounts.c.account_id == identities.c.account_id)
        .join(spaces, spaces.c.id == identities.c.space_id)
        .where(member_accounts.c.course_id == course)
        .order_by(identities.c.account_id)
    )
    return [MemberAccount(*row[:2], Space(*row[2:4]), *row[4:]) for row in found]


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
    for table in (roles, link_codes, FROZEN):
        await db.execute(delete(table).where(table.c.member_id == of_gone))
    await db.execute(
        update(members)
        .where(members.c.course_id == course, members.c.id == kept)
        .values(joined_at=known[1], informed_at=known[2])
    )
    await db.execute(delete(members).where(members.c.course_id == course, members.c.id == gone))
    await leaving.settle(db, course, kept)


async def split(
    db: Connection, course: CourseId, member: MemberId, account: AccountId
) -> MemberId:  # fmt: skip
    """Make one account of a member a member of its own, with what it wrote and the sides it took.

    Both keep the roles they had until now, as what they wrote does. What staff noted of the member
    stays with the accounts that stay. Raises LookupError unless the account is one of several.
    """
    own = {id_ for id_, _ in await accounts_of(db, course, member)}
    if account not in own or len(own) == 1:
        raise LookupError(f"not one of several accounts of member {member}")
    was = (
        await db.execute(
            select(members.c.joined_at, members.c.informed_at, accounts.c.created_at)
            .join(member_accounts, member_accounts.c.member_id == members.c.id)
            .join(accounts, accounts.c.id == member_accounts.c.account_id)
            .where(members.c.course_id == course, members.c.id == member, accounts.c.id == account)
        )
    ).one()
    made = await db.execute(
        insert(members)
        .values(
            course_id=course,
            joined_at=max(was.joined_at, was.created_at),
            informed_at=was.informed_at,
        )
        .returning(members.c.id)
    )
    new, old = MemberId(made.scalar_one()), _own(course, member)
    for table in BY_ACCOUNT:
        await db.execute(
            update(table)
            .where(table.c.member_id == old, table.c.account_id == account)
            .values(member_id=new)
        )
    had = select(literal(new), roles.c.role, roles.c.given, roles.c.since)
    await db.execute(
        insert(roles).from_select(
            ["member_id", "role", "given", "since"], had.where(roles.c.member_id == old)
        )
    )
    await db.execute(delete(link_codes).where(link_codes.c.member_id == old))
    for one in (member, new):
        await leaving.settle(db, course, one)
    return new


def _own(course: CourseId, member: MemberId) -> ScalarSelect[int]:
    """The member's id if they are in the course: another course's is nobody's here."""
    mine = select(members.c.id).where(members.c.course_id == course, members.c.id == member)
    return mine.scalar_subquery()
