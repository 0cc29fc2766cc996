"""Who is in a course's report, under which name, and since when discussions are open to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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


def enrolled(members: Iterable[Member]) -> list[Enrolled]:
    """The members of a course, in the order in which they come; since their first contact."""
    return [Enrolled(member, member.name, member.joined_at, member.left_at) for member in members]
