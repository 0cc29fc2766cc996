"""A course's report as it stands, with its roster, for whoever makes something of it that is no
file: grades, pictures."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from bot.core.exporting import report_of
from bot.core.reckoning import Asked
from bot.core.report_model import Report
from bot.core.roster import OnRoster, on_roster
from bot.core.services import Services
from storage.rows import Course
from storage.snapshot import Snapshot

T = TypeVar("T")


async def of_report(
    services: Services,
    course: Course,
    now: datetime,
    work: Callable[[Report, Sequence[OnRoster]], T],
) -> T:
    """What `work` makes of the report so far; done on a thread of its own, since it may be slow."""
    pack = services.packs[course.pack].pack if course.pack in services.packs else None
    async with services.database.read() as db:
        roster = await on_roster(db, course.id)

    def apart(db: Snapshot) -> T:
        return work(report_of(db, services, course, Asked(), now, pack), roster)

    return await services.database.apart(apart)
