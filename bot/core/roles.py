"""What role a member has: the highest of what staff gave them and what their platform's roles give,
in the course's spaces, at the time. It is decided here and nowhere else."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.commands import Role
from bot.core.events import AccountRef, Event, Person, RoleRef, Space, done_by, happened_at
from storage import granting, members
from storage.database import Connection
from storage.granting import CourseRole, Grant
from storage.ids import AccountId, CourseId, MemberId, SpaceId
from storage.rows import Channel

STUDENT = Role.STUDENT.word

GIVES = {"instructors": Role.INSTRUCTOR.word, "assistants": Role.ASSISTANT.word}
"""What the holders of a platform's role are, by the purpose for which it was chosen."""

Chosen = Mapping[CourseId, Sequence[CourseRole]]


def highest(roles: Iterable[str]) -> str:
    """The decision itself: of several roles the one that may do most, of none the student's."""
    return max((Role[role.upper()] for role in roles), default=Role.STUDENT).word


# --- what staff give ----------------------------------------------------------------------------


async def enrol(db: Connection, course: CourseId, account: AccountId, now: datetime) -> MemberId:
    """The member that an account is; at first sight a student, or what its platform's roles were
    seen to make it."""
    granted = (await granting.grants_of(db, course, [account])).values()
    role = highest(grant.role for grant in granted)
    return await members.ensure_member(db, course, account, role, now, given=STUDENT)


async def give(
    db: Connection, course: CourseId, member: MemberId, role: str, now: datetime
) -> str:  # fmt: skip
    """Staff make the member this from `now` on; the role they then have, which may be higher."""
    granted = await granting.grants_to(db, course, member)
    has = highest([role, *(grant.role for grant in granted)])
    await members.set_role(db, course, member, has, now, given=role)
    return has


async def part(
    db: Connection, course: CourseId, stays: MemberId, new: MemberId, now: datetime
) -> None:
    """Of a member who was parted in two each is from `now` on what their own accounts make them:
    besides, the one who stays is what staff gave them, and the new one a student."""
    await _settle(db, course, stays, now)
    await _settle(db, course, new, now, given=STUDENT)


async def given_to(db: Connection, course: CourseId, member: MemberId) -> str:
    """What staff gave the member last, whatever their platform's roles make them."""
    return (await granting.standing(db, course, member))[1]


# --- what the platform's roles give -------------------------------------------------------------


async def choose(
    db: Connection,
    course: CourseId,
    space: SpaceId,
    purpose: str,
    chosen: tuple[RoleRef, str] | None,
    now: datetime,
) -> None:
    """From `now` on this role (its ref and its name) serves the purpose, or none does. Who was
    staff by the one before is so no longer; who holds the new one is when they are next seen."""
    if chosen is None:
        await granting.forget(db, course, space, purpose)
    else:
        await granting.choose(db, course, space, purpose, *chosen, now)
    for account, before in (await granting.grants_in(db, course, space)).items():
        if before.role == GIVES.get(purpose):
            ended = Grant(STUDENT, max(now, before.since))
            await _grant(db, course, account, ended)


def may_change(chosen: Sequence[CourseRole], space: Space, person: Person) -> bool:
    """Whether what the platform says of somebody's roles can make any difference."""
    return person.roles is not None and not person.automated and bool(_here(chosen, space))


async def has_changed(
    db: Connection, course: CourseId, space: Space, person: Person, at: datetime
) -> bool:
    """Whether somebody is something else by their platform's roles than they were last seen to
    be, as of `at`."""
    heard = await Heard.of(db, course, space, person)
    if heard is None:
        return False
    account = (await members.accounts_at(db, heard.space_id, [person.ref])).get(person.ref)
    last = None
    if account is not None:
        last = (await granting.grants_of(db, course, [account.id])).get(account.id)
    return heard.news(last, at) is not None


async def notice(
    db: Connection, course: CourseId, space: Space, person: Person, at: datetime
) -> None:
    """Take in what the platform says of somebody's roles, as of `at`."""
    heard = await Heard.of(db, course, space, person)
    if heard is not None:
        account = await members.ensure_account(db, heard.space_id, person.ref, person.name, at)
        last = (await granting.grants_of(db, course, [account])).get(account)
        if (news := heard.news(last, at)) is not None:
            await _grant(db, course, account, news)


async def end(db: Connection, course: CourseId, account: AccountId, at: datetime) -> None:
    """Whoever has left holds none of their platform's roles from `at` on."""
    last = (await granting.grants_of(db, course, [account])).get(account)
    if last is not None and last.role != STUDENT:
        await _grant(db, course, account, Grant(STUDENT, max(at, last.since)))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a platform says of an account's roles, and what the course chose in that space."""

    space_id: SpaceId
    chosen: Sequence[CourseRole]
    held: frozenset[RoleRef]

    @classmethod
    async def of(
        cls, db: Connection, course: CourseId, space: Space, person: Person
    ) -> "Heard | None":
        """None where the platform says nothing, or it would make no difference."""
        if person.roles is None:
            return None
        chosen = (await granting.chosen_in(db, [course])).get(course, ())
        if not may_change(chosen, space, person):
            return None
        here = _here(chosen, space)
        return cls(here[0].space_id, here, person.roles)

    def news(self, last: Grant | None, at: datetime) -> Grant | None:
        """What it changes after the last grant; None where it changes nothing, or is older.

        A role gives nothing from before it was chosen.
        """
        gives = [one for one in self.chosen if one.ref in self.held]
        role = highest(GIVES[one.purpose] for one in gives)
        begun = [one.since for one in gives if GIVES[one.purpose] == role]
        since = max([at, *begun[:1]])
        if role == (STUDENT if last is None else last.role):
            return None
        return None if last is not None and since < last.since else Grant(role, since)


class Hearing:
    """What is said of people's roles in a group of events, until it is taken in."""

    def __init__(self, chosen: Chosen | None = None) -> None:
        self._chosen = chosen or {}
        self._said: dict[tuple[CourseId, AccountId], list[tuple[datetime, Heard]]]
        self._said = defaultdict(list)

    @classmethod
    async def load(
        cls, db: Connection, course_ids: Collection[CourseId], events: Iterable[Event]
    ) -> "Hearing":
        """With what the courses chose, where any event says something of roles."""
        says = any((who := done_by(event)) and who.roles is not None for event in events)
        return cls(await granting.chosen_in(db, course_ids) if says else None)

    def hear(
        self, channel: Channel, event: Event, accounts: Mapping[tuple[Space, AccountRef], AccountId]
    ) -> None:
        """What an event says of whoever did it, as of when they did."""
        here = _here(self._chosen.get(channel.course_id, ()), channel.space)
        person = done_by(event)
        if not here or person is None or person.roles is None:
            return
        if (account := accounts.get((channel.space, person.ref))) is not None:
            heard = Heard(channel.space_id, here, person.roles)
            self._said[channel.course_id, account].append((happened_at(event), heard))

    async def take_in(self, db: Connection) -> set[MemberId]:
        """Keep what is new of it; the members whose role it may have changed."""
        changed = set()
        said, self._said = self._said, defaultdict(list)
        for course in {course for course, _ in said}:
            accounts = [account for of, account in said if of == course]
            known = await granting.grants_of(db, course, accounts)
            for account in accounts:
                last = known.get(account)
                for at, heard in sorted(said[course, account], key=lambda one: one[0]):
                    if (news := heard.news(last, at)) is not None:
                        changed.add(await _grant(db, course, account, news))
                        last = news
        return {member for member in changed if member is not None}


def _here(chosen: Sequence[CourseRole], space: Space) -> list[CourseRole]:
    """Those of a space that make somebody staff."""
    return [one for one in chosen if one.space == space and one.purpose in GIVES]


async def _grant(
    db: Connection, course: CourseId, account: AccountId, grant: Grant
) -> MemberId | None:
    """Keep it, and give the account's member the role that they have by it; None for nobody's."""
    await granting.grant(db, course, account, grant.role, grant.since)
    found = await members.members_by_account(db, [account])
    if (member := found.get((course, account))) is None:
        return None
    await _settle(db, course, member, grant.since)
    return member


async def _settle(
    db: Connection, course: CourseId, member: MemberId, since: datetime, given: str | None = None
) -> None:
    """Keep what the member is by their accounts and by what staff gave them last, or give them
    now."""
    had = await granting.standing(db, course, member)
    given = given or had[1]
    granted = await granting.grants_to(db, course, member)
    role = highest([given, *(one.role for one in granted)])
    if (role, given) != had:
        await members.set_role(db, course, member, role, since, given=given)
