"""Who is in a course's report, under which name, and since when discussions are open to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.roster import OnRoster
from storage.ids import EntryId
from storage.members import in_the_alphabet
from storage.rows import Member


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A member as a report shows them. `ref` is the roster's student id where it has one, else the
    platform's. `since`: what closed before was not open to them; None is from the beginning.
    `section` is None where none is known."""

    member: Member
    name: str
    ref: str
    since: datetime | None
    left_at: datetime | None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A student on the roster whom no member is linked to: nothing of theirs is known to count."""

    entry: EntryId
    name: str
    ref: str
    since: datetime | None
    left_at: datetime | None
    section: str | None = None


InReport = Enrolled | Absent


def enrolled(members: Iterable[Member], roster: Iterable[OnRoster] = ()) -> list[Enrolled]:
    """The members of a course, by name.

    Who is on its roster has the name there, and is in the course since it says, in the section that
    it says; anybody else, since their first contact. Whoever has left the platform or the roster
    has left.
    """
    entries = {one.member: one for one in roster if one.member is not None}
    found = []
    for member in members:
        entry = entries.get(member.id)
        if entry is None:
            since, left_at = member.joined_at, member.left_at
            found.append(Enrolled(member, member.name, member.ref, since, left_at))
        else:
            gone = [at for at in (member.left_at, entry.left_at) if at is not None]
            left_at = min(gone, default=None)
            ref = entry.student_id or member.ref
            found.append(
                Enrolled(member, entry.name, ref, entry.since, left_at, entry.section)
            )  # fmt: skip
    return sorted(found, key=lambda one: in_the_alphabet(one.name))


def absent(roster: Iterable[OnRoster]) -> list[Absent]:
    """The students on the roster whom no member is linked to."""
    return [
        Absent(
            one.entry, one.name, one.student_id or f"E{one.entry}", one.since, one.left_at,
            one.section,
        )
        for one in roster
        if one.member is None
    ]  # fmt: skip


def by_name(members: Iterable[Enrolled], others: Iterable[Absent]) -> list[InReport]:
    """Both, as a report has them."""
    return sorted([*members, *others], key=lambda one: in_the_alphabet(one.name))
