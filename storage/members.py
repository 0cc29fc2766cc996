"""Accounts, the names they go by, and what they are in a course."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, insert, select, update

from storage.among import among, parameter
from storage.database import Connection
from storage.ids import AccountId, AccountRef, CourseId, MemberId, Space, SpaceId
from storage.prepared import Prepared
from storage.rows import Member
from storage.schema import (
    accounts,
    departures,
    identities,
    member_accounts,
    members,
    messages,
    roles,
    spaces,
)

_ACCOUNTS_AT = Prepared(
    select(
        identities.c.ref, identities.c.account_id, identities.c.name, identities.c.named_at
    ).where(identities.c.space_id == bindparam("space"), among(identities.c.ref, parameter("refs")))
)
_MEMBERS_BY_ACCOUNT = Prepared(
    select(
        member_accounts.c.course_id, member_accounts.c.account_id, member_accounts.c.member_id
    ).where(among(member_accounts.c.account_id, parameter("accounts")))
)
_ROLES_OF = Prepared(
    select(roles.c.member_id, roles.c.since, roles.c.role)
    .where(among(roles.c.member_id, parameter("members")))
    .order_by(roles.c.member_id, roles.c.since, roles.c.id)
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account and what its platform called it last, and when."""

    id: AccountId
    name: str
    named_at: datetime


async def ensure_account(
    db: Connection, space: SpaceId, ref: AccountRef, name: str, now: datetime
) -> AccountId:
    """The account's id, made at its first sight; its name is kept up to date."""
    known = (await accounts_at(db, space, [ref])).get(ref)
    if known is None:
        return (await add_accounts(db, space, {ref: (name, now)}))[ref]
    if known.name != name:
        await rename(db, known.id, name, now)
    return known.id


async def accounts_at(
    db: Connection, space: SpaceId, refs: Collection[AccountRef]
) -> Mapping[AccountRef, Account]:
    """The accounts known by these refs."""
    found = await _ACCOUNTS_AT.rows(db, space=space, refs=refs)
    return {row[0]: Account(row[1], row[2], row[3]) for row in found}


async def add_accounts(
    db: Connection, space: SpaceId, people: Mapping[AccountRef, tuple[str, datetime]]
) -> dict[AccountRef, AccountId]:
    """New accounts; `people` is each one's name and when the platform called them so."""
    made = {}
    for ref, (name, at) in people.items():
        row = await db.execute(
            insert(accounts).values(space_id=space, created_at=at).returning(accounts.c.id)
        )
        made[ref] = AccountId(row.scalar_one())
        await db.execute(
            insert(identities).values(
                account_id=made[ref], space_id=space, ref=ref, name=name, named_at=at
            )
        )
    return made


async def rename(db: Connection, account: AccountId, name: str, at: datetime) -> None:
    """The account goes by this name since `at`; an older name never comes back."""
    await db.execute(
        update(identities)
        .where(identities.c.account_id == account, identities.c.named_at < at)
        .values(name=name, named_at=at)
    )


async def ensure_member(
    db: Connection,
    course: CourseId,
    account: AccountId,
    role: str,
    now: datetime,
    given: str | None = None,
) -> MemberId:
    """The member this account is in the course; at first sight a member with `role`, as in
    `set_role`."""
    found = await db.execute(
        select(member_accounts.c.member_id).where(
            member_accounts.c.course_id == course, member_accounts.c.account_id == account
        )
    )
    known = found.scalar_one_or_none()
    if known is not None:
        return MemberId(known)
    made = await db.execute(
        insert(members).values(course_id=course, joined_at=now).returning(members.c.id)
    )
    member = MemberId(made.scalar_one())
    await db.execute(
        insert(member_accounts).values(course_id=course, account_id=account, member_id=member)
    )
    await set_role(db, course, member, role, now, given)
    return member


async def members_by_account(
    db: Connection, account_ids: Collection[AccountId]
) -> Mapping[tuple[CourseId, AccountId], MemberId]:
    found = await _MEMBERS_BY_ACCOUNT.rows(db, accounts=account_ids)
    return {(course, account): member for course, account, member in found}


async def set_role(
    db: Connection,
    course: CourseId,
    member: MemberId,
    role: str,
    now: datetime,
    given: str | None = None,
) -> None:
    """From `now` on the member has this role; what they wrote before keeps the one they had.

    `given` is what staff gave them, where it is another one. Never from before the role they
    have: clocks differ, and the last one given holds.
    """
    had = (await roles_of(db, [member])).get(member, ())
    since = max(now, had[-1][0]) if had else now
    await db.execute(
        update(messages)
        .where(messages.c.member_id == member, messages.c.sent_at >= since)
        .values(role=role)
    )
    own = select(members.c.id).where(members.c.course_id == course, members.c.id == member)
    await db.execute(
        insert(roles).values(
            member_id=own.scalar_subquery(),
            role=role,
            given=None if given == role else given,
            since=since,
        )
    )


async def roles_of(
    db: Connection, member_ids: Collection[MemberId]
) -> Mapping[MemberId, Sequence[tuple[datetime, str]]]:
    """For each member, the roles they had and since when, oldest first."""
    found = await _ROLES_OF.rows(db, members=member_ids)
    had: dict[MemberId, list[tuple[datetime, str]]] = defaultdict(list)
    for member, since, role in found:
        had[member].append((since, role))
    return had


def role_at(had: Sequence[tuple[datetime, str]], at: datetime) -> str:
    """The role at an instant: the last one given by then, else the first one ever."""
    role = had[0][1] if had else "student"
    for since, given in had:
        if since <= at:
            role = given
    return role


async def mark_informed(db: Connection, course: CourseId, member: MemberId, now: datetime) -> None:
    await db.execute(
        update(members)
        .where(members.c.course_id == course, members.c.id == member)
        .values(informed_at=now)
    )


async def member_at(
    db: Connection, course: CourseId, space: Space, ref: AccountRef
) -> Member | None:
    """The member of the course that this account is, or None."""
    return (await members_at(db, [(course, space, ref)])).get((course, space, ref))


async def members_at(
    db: Connection, asked: Collection[tuple[CourseId, Space, AccountRef]]
) -> Mapping[tuple[CourseId, Space, AccountRef], Member]:
    """The members that these accounts are in these courses."""
    found = await db.execute(
        _members(among(members.c.course_id, {course for course, _, _ in asked}))
        .add_columns(spaces.c.platform, spaces.c.ref)
        .join(spaces, spaces.c.id == identities.c.space_id)
        .where(among(identities.c.ref, {ref for _, _, ref in asked}))
    )
    known = {}
    for *row, platform, space in found:
        member = Member(*row)
        known[member.course_id, Space(platform, space), member.ref] = member
    return {one: known[one] for one in asked if one in known}


async def members_of(db: Connection, course: CourseId, space: Space | None = None) -> list[Member]:
    """The members of the course whose names are known, by name; one row a person.

    With a space, those who have an account there, with that account's ref.
    """
    query = _members(members.c.course_id == course).order_by(members.c.id, identities.c.account_id)
    if space is not None:
        query = query.join(spaces, spaces.c.id == identities.c.space_id).where(
            spaces.c.platform == space.platform, spaces.c.ref == space.ref
        )
    seen: dict[MemberId, Member] = {}
    for row in await db.execute(query):
        seen.setdefault(row.id, Member(*row))
    return sorted(seen.values(), key=lambda member: (in_the_alphabet(member.name), member.id))


def in_the_alphabet(name: str) -> str:
    """So that Émile comes before Zed, and bo before both."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


async def staff_accounts(db: Connection, course: CourseId) -> list[tuple[Space, AccountRef]]:
    """The accounts of the course's instructors and assistants that are still there, each with its
    space."""
    found = await db.execute(
        _members(members.c.course_id == course)
        .join(spaces, spaces.c.id == identities.c.space_id)
        .add_columns(spaces.c.platform, spaces.c.ref.label("space_ref"))
        .order_by(members.c.id)
    )
    return [
        (Space(row.platform, row.space_ref), row.ref)
        for row in found
        if row.role != "student" and row.account_left_at is None
    ]


async def courses_with(
    db: Connection, space: Space, ref: AccountRef
) -> Sequence[tuple[CourseId, str]]:
    """The courses in which this account is a member, each with its role there."""
    found = await db.execute(
        select(members.c.course_id, _role_now())
        .join(member_accounts, member_accounts.c.member_id == members.c.id)
        .join(identities, identities.c.account_id == member_accounts.c.account_id)
        .join(spaces, spaces.c.id == identities.c.space_id)
        .where(
            spaces.c.platform == space.platform,
            spaces.c.ref == space.ref,
            identities.c.ref == ref,
        )
        .order_by(members.c.course_id)
    )
    return [(row[0], row[1]) for row in found]


def gone() -> ColumnElement[bool]:
    """Of an account's departure: it was not seen there again afterwards."""
    return departures.c.seen_at.is_(None) | (departures.c.seen_at <= departures.c.left_at)


def _role_now() -> Any:
    return (
        select(roles.c.role)
        .where(roles.c.member_id == members.c.id)
        .order_by(roles.c.since.desc(), roles.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _members(which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            members.c.id,
            members.c.course_id,
            _role_now().label("role"),
            identities.c.name,
            identities.c.account_id,
            identities.c.ref,
            members.c.joined_at,
            members.c.informed_at,
            members.c.left_at,
            case((gone(), departures.c.left_at)).label("account_left_at"),
        )
        .join(member_accounts, member_accounts.c.member_id == members.c.id)
        .join(identities, identities.c.account_id == member_accounts.c.account_id)
        .outerjoin(
            departures,
            (departures.c.course_id == members.c.course_id)
            & (departures.c.account_id == member_accounts.c.account_id),
        )
        .where(which)
    )
