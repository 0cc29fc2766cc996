"""Where a command was given and by whom: what every command asks first. A class that asks at once
is answered by one reading of the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.events import AccountRef, Place
from storage import courses, granting, members
from storage.database import Connection, Database
from storage.granting import CourseRole
from storage.rows import Channel, Course, Member

Asked = tuple[Place, AccountRef]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A course's channel, and who a person is in the course; `member` None: not in it yet. `chosen`
    are the platform's roles that the course gives a meaning to."""

    channel: Channel
    course: Course
    member: Member | None
    chosen: Sequence[CourseRole]


class Finder:
    """Finds whereabouts; what is asked while it reads is read together, next."""

    def __init__(self, database: Database) -> None:
        self._group = database.reading(_found)

    async def find(self, place: Place, account: AccountRef) -> Whereabouts | None:
        """None where no course has been set up. Raises StorageError."""
        return await self._group.put((place, account))


async def _found(db: Connection, asked: Sequence[Asked]) -> list[Whereabouts | None]:
    placed = await courses.channels_at(db, {(place.space, place.channel) for place, _ in asked})
    where = [placed.get((place.space, place.channel)) for place, _ in asked]
    who = [
        None if found is None else (found[1].id, place.space, account)
        for found, (place, account) in zip(where, asked, strict=True)
    ]
    known = await members.members_at(db, {one for one in who if one is not None})
    chosen = await granting.chosen_in(db, {found[1].id for found in where if found is not None})
    return [
        None
        if found is None or one is None
        else Whereabouts(*found, known.get(one), chosen.get(found[1].id, ()))
        for found, one in zip(where, who, strict=True)
    ]
