"""Who is in a course's report, under which name, and since when discussions are open to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.roster import OnRoster
from storage.rows import Member


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A member as a report shows them. `since`: what closed before was not open to them; None is
    from the beginning. `section` is None where none is known."""

    member: Member
    name: str
    since: datetime | None
    left_at: datetime | None
    section: str | None = None


def enrolled(members: Iterable[Member], roster: Iterable[OnRoster] = ()) -> list[Enrolled]:
    """The members of a course, in the order in which they come.

    Who is on its roster is so since it says, in the section that it says; anybody else, since
    their first contact. Whoever has left the platform or the roster has left.
    """
    entries = {one.member: one for one in roster if one.member is not None}
    found = []
    for member in members:
        entry = entries.get(member.id)
        if entry is None:
            found.append(Enrolled(member, member.name, member.joined_at, member.left_at))
        else:
            gone = [at for at in (member.left_at, entry.left_at) if at is not None]
            left_at = min(gone, default=None)
            found.append(Enrolled(member, member.name, entry.since, left_at, entry.section))
    return found
