"""A course's report as it stands, with its roster, for whoever makes something of it that is no
file: grades, pictures."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from bot.core import reporting
from bot.core.material import material_of
from bot.core.report_model import Report
from bot.core.roster import OnRoster, on_roster
from bot.core.services import Services
from storage.rows import Course

T = TypeVar("T")


async def of_report(
    services: Services,
    course: Course,
    now: datetime,
    work: Callable[[Report, Sequence[OnRoster]], T],
) -> T:
    """What `work` makes of the report so far; done on a thread of its own, since it may be slow."""
    async with services.database.read() as db:
        material = await material_of(db, course, services.packs)
        roster = await on_roster(db, course.id)
    return await asyncio.to_thread(lambda: work(reporting.report(course, material, now), roster))
