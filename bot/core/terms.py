"""Where one term ends and the next begins: a course is archived, and a new one starts with what an
old one had prepared. The terminal does both; in a channel, /course archive does the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import ending, joining, prompts, schedule_cards
from bot.core.errors import Refused
from bot.core.planning import planned
from bot.core.services import Services
from storage import audit, courses, discussions, schedules
from storage import joining as codes
from storage.database import Connection
from storage.ids import CourseId, MemberId
from storage.rows import Course, Discussion, Schedule

_SETTINGS = ("catch_up_hours", "keep_text_days", "quiet_hours")
"""What a new term takes over besides zone and pack; the term's days are its own."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A new course; the code by which its first channel joins it, until when; how many prompts it
    starts with, and the shape of what was scheduled, a sentence each."""

    course: Course
    code: str
    until: datetime
    prompts: int
    schedules: tuple[str, ...]


async def find(services: Services, typed: str) -> Course:
    """The course of this number or title. Raises Refused."""
    async with services.database.read() as db:
        all_ = await courses.all_courses(db)
    named = [c for c in all_ if typed in (str(c.id), c.title)]
    named = named or [c for c in all_ if c.title.casefold() == typed.strip().casefold()]
    if len(named) == 1:
        return named[0]
    known = "; ".join(f"{c.id}: {c.title}" for c in named or all_) or "none yet"
    raise Refused(f"Say which course, by its number or title ({known}).")


async def end(
    db: Connection, course: Course, by: MemberId | None, now: datetime
) -> Sequence[Discussion]:
    """Close a course to changes, and its discussions, which are given; their posts are owed to say
    so. `by` None: whoever runs the bot."""
    open_ = [d for d in await discussions.discussions_of(db, course.id) if d.open]
    for discussion in open_:
        await ending.end(db, discussion, now)
        await prompts.owe_update(db, discussion, now)
    await courses.change(db, course.id, {"archived_at": now})
    for schedule in await schedules.schedules_of(db, course.id):
        if schedule.state in ("active", "paused"):
            cancelled = replace(schedule, state="cancelled")
            await schedules.keep(db, planned(cancelled, {}, course))
    await audit.note(db, course.id, by, "course archive", "course", now)
    return open_


async def archive(services: Services, course: Course) -> Sequence[Discussion]:
    """What /course archive does, without a channel. Raises Refused where it is done already."""
    now = services.clock.now()

    async def work(db: Connection) -> Sequence[Discussion]:
        if (await courses.course(db, course.id)).archived_at is not None:
            raise Refused(f"{course.title} is archived already.")
        return await end(db, course, None, now)

    return await services.database.write(work)


async def copy(services: Services, old: Course, title: str) -> Copied:
    """A course with the old one's prompts and settings, and nobody in it. Raises Refused where one
    is called so already."""
    now = services.clock.now()
    code, until = joining.made_code(services), now + joining.LASTS

    async def work(db: Connection) -> Copied:
        if any(c.title.casefold() == title.casefold() for c in await courses.all_courses(db)):
            raise Refused(f"There is a course “{title}” already; give the new one another title.")
        pack = old.pack or next(iter(services.packs), "")
        new = await courses.create(db, None, title=title, zone=old.zone, pack=pack, now=now)
        await courses.change(db, new, {name: getattr(old, name) for name in _SETTINGS})
        renamed = await _copy_prompts(db, old.id, new, now)
        await codes.replace_code(db, new, joining.digest_of(code), until)
        await audit.note(db, new, None, "course copy", "course", now, {"of": old.id})
        shapes = tuple(
            f"{posts}: {schedule_cards.in_words(one)}"
            for one in await schedules.schedules_of(db, old.id)
            if (one.state != "cancelled" or old.archived_at is not None)  # which cancels them all
            and (posts := _posted_by(one, renamed))
        )
        count = sum(name is not None for name in renamed.values())
        return Copied(await courses.course(db, new), code, until, count, shapes)

    return await services.database.write(work)


async def _copy_prompts(
    db: Connection, old: CourseId, new: CourseId, now: datetime
) -> dict[str, str | None]:
    """The prompts that the old course's staff wrote, but those withdrawn. What each is called in
    the new course, by its name in the old one; None for those withdrawn."""
    renamed: dict[str, str | None] = {}
    for prompt in await discussions.prompts_of(db, old):
        renamed[prompt.name] = None
        if prompt.withdrawn_at is None:
            made = await discussions.add_prompt(db, new, f"copy:{prompt.name}", prompt.content, now)
            renamed[prompt.name] = made.name
    return renamed


def _posted_by(schedule: Schedule, renamed: Mapping[str, str | None]) -> str:
    """The prompts of a schedule as they are typed in the new course; empty where it has none."""
    if schedule.prompts is None:
        return f"next {schedule.tag}" if schedule.tag else "next"
    names = (renamed.get(name, name) for name in schedule.prompts)
    return "; ".join(name for name in names if name is not None)
