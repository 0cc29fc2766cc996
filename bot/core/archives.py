"""Bringing an old term in from an archive, as a finished course of its own.

What is decided here: a thread is a discussion, opened by the author of the message it began with;
what stands in no thread is one discussion of its channel's, in which messages are posts and those
that refer to another are replies. Everybody is a student. Of several copies of a message the one
edited last counts, and one that was deleted is gone. Every file is brought in once, by what it
says: whoever begins again after a crash goes on where it was left.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.archived import Archive, ArchivedMessage, Part, Slip
from bot.core.archiving import ArchiveWriter
from bot.core.errors import Refused
from bot.core.ports import Clock
from storage import archives, audit, courses, joining
from storage.database import Connection, Database
from storage.ids import Space, SpaceId
from storage.rows import Course

KIND = "-archive"
"""How the platform of an archive's space ends: no adapter has such a one."""

GROUP = 10_000
"""How many messages are written together."""

SLIPS_KEPT = 1_000
"""How many of the rows that can't be read are told one by one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The course that an archive is to become: new, or one that was brought in before."""

    title: str
    zone: str
    pack: str = ""  # none: no text of the archive cites anything
    space: str = ""  # an id that no other space has, if a new one is needed


@dataclass(slots=True)
class Brought:
    """What came of it: messages that are new or changed, those that stood already, files that had
    been brought in before; `slips` are the first ones of `unread`."""

    course: Course
    messages: int = 0
    changed: int = 0
    known: int = 0
    files: int = 0
    files_known: int = 0
    people: int = 0
    unread: int = 0
    slips: list[Slip] = field(default_factory=list)


async def bring_in(
    database: Database,
    clock: Clock,
    archive: Archive,
    wanted: Wanted,
    progress: Callable[[int], None] = lambda read: None,
) -> Brought:
    """Bring all of an archive in; `progress` hears how many bytes have been read.

    Raises Refused where the course is not an archive's. What was written when it breaks off stays,
    and is gone on from.
    """
    with _few_collections():
        return await _bring_in(database, clock.now(), archive, wanted, progress)


async def _bring_in(
    database: Database,
    now: datetime,
    archive: Archive,
    wanted: Wanted,
    progress: Callable[[int], None],
) -> Brought:
    course, space = await database.write(
        lambda db: _course(db, wanted, f"{archive.platform}{KIND}", now)
    )
    brought = Brought(course)
    writer = ArchiveWriter(course.id, space, now)
    async with database.read() as db:
        done = await archives.files_of(db, course.id)
        await writer.load(db)
    await database.write(lambda db: writer.meet(db, archive.people()))
    gathered = _Gathered()
    for part in archive.parts():
        if part.digest in done:
            brought.files_known += 1
        else:
            await _read(database, part, writer, gathered, brought, lambda: progress(archive.read))
            done.add(part.digest)
            brought.files += 1
        progress(archive.read)
    await _write(database, writer, gathered, brought)
    await database.write(lambda db: archives.settle(db, course.id))
    progress(archive.size)
    brought.people = writer.people
    return brought


@contextmanager
def _few_collections() -> Iterator[None]:
    """Hundreds of thousands of rows come and go, and none refers to itself: to look for such ones
    as often as usual takes a fifth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def is_archive(spaces: Iterable[tuple[SpaceId, Space]]) -> bool:
    """Whether a course that is in these spaces was brought in from archives."""
    return any(space.platform.endswith(KIND) for _, space in spaces)


async def _course(
    db: Connection, wanted: Wanted, platform: str, now: datetime
) -> tuple[Course, SpaceId]:
    """The archive's course and its space, made if they are not there. Raises Refused."""
    named = [
        course
        for course in await courses.all_courses(db)
        if course.title.casefold() == wanted.title.casefold()
    ]
    for course in named:
        spaces = await archives.spaces_of(db, course.id)
        if not is_archive(spaces):
            continue
        for id_, space in spaces:
            if space.platform == platform:
                return course, id_
        made = await courses.ensure_space(db, Space(platform, wanted.space), now)
        await joining.ensure_course_space(db, course.id, made)
        return course, made
    if named:
        raise Refused(
            f"“{named[0].title}” is a course of the bot's own, and no archive is mixed with it;"
            " give the archive a name of its own with --course."
        )
    space_id = await courses.ensure_space(db, Space(platform, wanted.space), now)
    new = await courses.create(
        db, space_id, title=wanted.title, zone=wanted.zone, pack=wanted.pack, now=now
    )
    await courses.change(db, new, {"archived_at": now})
    await audit.note(db, new, None, "course import", "course", now)
    return await courses.course(db, new), space_id


@dataclass(slots=True)
class _Gathered:
    """What is written next: messages, and the files that are whole with them."""

    messages: list[ArchivedMessage] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


async def _read(
    database: Database,
    part: Part,
    writer: ArchiveWriter,
    gathered: _Gathered,
    brought: Brought,
    progress: Callable[[], None],
) -> None:
    """Gather what a file says, and write it whenever that is enough."""
    for row in part.rows():
        if isinstance(row, Slip):
            brought.unread += 1
            if len(brought.slips) < SLIPS_KEPT:
                brought.slips.append(row)
            continue
        gathered.messages.append(row)
        if len(gathered.messages) >= GROUP:
            await _write(database, writer, gathered, brought)
            progress()
    gathered.files.append(part.digest)


async def _write(
    database: Database, writer: ArchiveWriter, gathered: _Gathered, brought: Brought
) -> None:
    rows, files = gathered.messages, gathered.files
    if rows or files:
        outcome = await database.write(lambda db: writer.write(db, rows, files))
        brought.messages += outcome.new
        brought.changed += outcome.changed
        brought.known += outcome.known
    gathered.messages, gathered.files = [], []
