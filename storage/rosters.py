"""A course's roster: who the registrar says is in it, which account is which of them, and who says
to be one of them. Names and addresses stand in `roster_entries` and what people typed in
`roster_claims`, so that erasing a person is deleting rows there; links hold opaque ids."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from storage.among import among
from storage.database import Connection
from storage.ids import AccountId, CourseId, EntryId
from storage.schema import (
    accounts,
    member_accounts,
    roster_apart,
    roster_claims,
    roster_entries,
    roster_links,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A student as a roster names them; `lms_id` is the learning platform's own id."""

    name: str
    student_id: str | None = None
    login: str | None = None
    email: str | None = None
    section: str | None = None
    lms_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A student on the course's roster. `since`: None for who was on it from the beginning;
    `left_at`: since when a roster has no longer named them."""

    id: EntryId
    listed: Listed
    since: datetime | None
    left_at: datetime | None

    @property
    def ref(self) -> str:
        """The short id people use: E12."""
        return f"E{self.id}"

    @property
    def name(self) -> str:
        return self.listed.name


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom somebody says to be, until staff have looked at it."""

    account: AccountId
    said: str
    at: datetime


async def entries_of(db: Connection, course: CourseId) -> list[Entry]:
    """The course's roster, those who left too, in the order in which they came to it."""
    table = roster_entries.c
    found = await db.execute(
        select(
            table.id, table.since, table.left_at,
            table.name, table.student_id, table.login, table.email, table.section, table.lms_id,
        )
        .where(table.course_id == course)
        .order_by(table.id)
    )  # fmt: skip
    return [Entry(row[0], Listed(*row[3:]), row[1], row[2]) for row in found]


async def add(db: Connection, course: CourseId, listed: Listed, since: datetime | None) -> EntryId:
    made = await db.execute(
        insert(roster_entries)
        .values(course_id=course, since=since, **asdict(listed))
        .returning(roster_entries.c.id)
    )
    return EntryId(made.scalar_one())


async def change(
    db: Connection, course: CourseId, entry: EntryId, values: Mapping[str, Any]
) -> None:
    await db.execute(
        update(roster_entries)
        .where(roster_entries.c.course_id == course, roster_entries.c.id == entry)
        .values(**values)
    )


async def links_of(db: Connection, course: CourseId) -> dict[AccountId, EntryId]:
    """Which account is which student."""
    found = await db.execute(
        select(roster_links.c.account_id, roster_links.c.entry_id).where(
            roster_links.c.course_id == course
        )
    )
    return {row[0]: row[1] for row in found}


async def linked_by_email(db: Connection, course: CourseId) -> set[AccountId]:
    """Of the accounts that are linked those whose e-mail address said so, and not staff."""
    found = await db.execute(
        select(roster_links.c.account_id).where(
            roster_links.c.course_id == course, roster_links.c.by_email
        )
    )
    return set(found.scalars())


async def link(
    db: Connection,
    course: CourseId,
    account: AccountId,
    entry: EntryId,
    now: datetime,
    *,
    by_email: bool = False,
) -> None:
    """The account is this student from now on, and no other. For an account of the course's."""
    await unlink(db, course, [account])
    own = select(roster_entries.c.id).where(
        roster_entries.c.course_id == course, roster_entries.c.id == entry
    )
    theirs = select(member_accounts.c.account_id).where(
        member_accounts.c.course_id == course, member_accounts.c.account_id == account
    )
    await db.execute(
        insert(roster_links).values(
            course_id=course,
            account_id=theirs.scalar_subquery(),
            entry_id=own.scalar_subquery(),
            linked_at=now,
            by_email=by_email,
        )
    )


async def unlink(db: Connection, course: CourseId, account_ids: Collection[AccountId]) -> None:
    """These accounts are nobody on the roster, and what they said of it is dealt with."""
    for table in (roster_links, roster_claims):
        await db.execute(
            delete(table).where(table.c.course_id == course, among(table.c.account_id, account_ids))
        )


async def keep_apart(db: Connection, course: CourseId, account_ids: Collection[AccountId]) -> None:
    """Staff have unlinked these accounts: their e-mail addresses link them no more."""
    known = await kept_apart(db, course)
    for account in account_ids:
        if account not in known:
            await db.execute(insert(roster_apart).values(course_id=course, account_id=account))


async def kept_apart(db: Connection, course: CourseId) -> set[AccountId]:
    found = await db.execute(
        select(roster_apart.c.account_id).where(roster_apart.c.course_id == course)
    )
    return set(found.scalars())


async def claim(
    db: Connection, course: CourseId, account: AccountId, said: str, now: datetime
) -> None:
    """Somebody says who they are, in the place of what they said before."""
    await db.execute(
        delete(roster_claims).where(
            roster_claims.c.course_id == course, roster_claims.c.account_id == account
        )
    )
    known = select(accounts.c.id).where(accounts.c.id == account)
    await db.execute(
        insert(roster_claims).values(
            course_id=course, account_id=known.scalar_subquery(), said=said, claimed_at=now
        )
    )


async def claims_of(db: Connection, course: CourseId) -> list[Claim]:
    """What staff have not looked at yet, oldest first."""
    table = roster_claims.c
    found = await db.execute(
        select(table.account_id, table.said, table.claimed_at)
        .where(table.course_id == course)
        .order_by(table.claimed_at, table.account_id)
    )
    return [Claim(*row) for row in found]
