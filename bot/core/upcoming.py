"""What is scheduled in all courses, or in one, for whoever runs the bot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from bot.core import schedule_cards
from bot.core.errors import Refused
from bot.core.planning import Due, supplied, to_come
from bot.core.schedule_commands import OPEN, problems
from bot.core.services import Services
from bot.core.shelf import shelf_of
from storage import courses, discussions, outbox, schedules
from storage.ids import CourseId
from storage.rows import Course, Schedule
from storage.schedules import Decided


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule in words. `next_at` is an instant (UTC); None where nothing is to come."""

    course: Course
    schedule: Schedule
    posts: str
    when: str
    next_at: datetime | None
    problems: tuple[str, ...]
    decided: Decided
    used: Sequence[str]  # the prompts that the course has posted


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One post to come."""

    due: Due
    of: Scheduled


async def scheduled(services: Services, course: int | None = None) -> list[Scheduled]:
    """The schedules that stand, course by course. Raises Refused where there is no such course."""
    found = []
    async with services.database.read() as db:
        all_ = await courses.all_courses(db)
        wanted = [c for c in all_ if course is None or c.id == course]
        if course is not None and not wanted:
            known = "; ".join(f"{c.id}: {c.title}" for c in all_) or "none yet"
            raise Refused(f"There is no course {course} ({known}).")
        for one in wanted:
            owed = await outbox.sends_of(db, one.id, OPEN)
            shelf = await shelf_of(db, one, services.packs)
            used = await discussions.prompts_used(db, one.id)
            standing = [
                s for s in await schedules.schedules_of(db, one.id)
                if schedule_cards.stands(s) or problems(s, owed)
            ]  # fmt: skip
            ahead = await schedules.ahead(db, [s.id for s in standing])
            found += [
                Scheduled(
                    one,
                    s,
                    schedule_cards.named(s.prompts, s.tag, shelf),
                    schedule_cards.in_words(s),
                    s.next_at,
                    tuple(problems(s, owed)),
                    ahead.get(s.id, {}),
                    used,
                )
                for s in standing
            ]
    return found


def upcoming(of: Sequence[Scheduled], most: int) -> list[Upcoming]:
    """The next posts of all these schedules, the next one first."""

    def posts(one: Scheduled) -> Iterator[tuple[Due, CourseId, int, Scheduled]]:
        ahead = to_come(one.schedule, one.decided, one.course)
        for due in supplied(ahead, one.schedule.prompts, one.used):
            yield due, one.course.id, one.schedule.number, one

    active = [one for one in of if one.schedule.state == "active"]
    listed = merge(*(posts(one) for one in active), key=lambda row: row[:3])
    return [Upcoming(due, one) for due, _, _, one in islice(listed, most)]
