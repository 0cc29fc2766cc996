"""Reports that were handed out, as they were then: by opaque ids only, so that of a student who is
erased nothing stays. What has happened in the course since is in since.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, or_, select

from storage.database import Connection
from storage.ids import CourseId, EntryId, ExportId, MemberId
from storage.schema import export_figures, exports, member_accounts, roster_links

AT_A_TIME = 250
"""Figures of an export that are written in one go: a large class has ten thousand, and the event
loop goes on between."""


@dataclass(frozen=True, slots=True)
class Export:
    """A report that was handed out. `over` is what it was over; `made_by` None: in the terminal."""

    id: ExportId
    number: int
    as_of: datetime
    over: Mapping[str, Any]
    format: str
    pseudonyms: bool
    version: str
    digest: str
    made_by: MemberId | None

    @property
    def name(self) -> str:
        return f"E{self.number}"


class Figure(NamedTuple):
    """A cell of a report: a student's, or of an entry of the roster that no member is linked to."""

    member: MemberId | None
    entry: EntryId | None
    name: str
    text: str | None
    number: float | None


_EXPORT = (
    exports.c.id,
    exports.c.number,
    exports.c.as_of,
    exports.c.over,
    exports.c.format,
    exports.c.pseudonyms,
    exports.c.version,
    exports.c.digest,
    exports.c.made_by,
)


async def freeze(
    db: Connection, course: CourseId, made: Export, figures: Iterable[Figure]
) -> Export:
    """Keep a report under the next number of the course; `made` has its id and number from here."""
    last = await db.execute(select(func.max(exports.c.number)).where(exports.c.course_id == course))
    kept = await db.execute(
        insert(exports)
        .values(
            course_id=course,
            number=(last.scalar_one() or 0) + 1,
            as_of=made.as_of,
            over=dict(made.over),
            format=made.format,
            pseudonyms=made.pseudonyms,
            version=made.version,
            digest=made.digest,
            made_by=made.made_by,
        )
        .returning(*_EXPORT)
    )
    export = Export(*kept.one())
    waiting = iter(figures)
    while some := list(islice(waiting, AT_A_TIME)):
        rows = [
            {
                "export_id": export.id,
                "member_id": figure.member,
                "entry_id": figure.entry,
                "name": figure.name,
                "text": figure.text,
                "number": figure.number,
            }
            for figure in some
        ]
        await db.execute(insert(export_figures), rows)
    return export


async def exports_of(db: Connection, course: CourseId) -> Sequence[Export]:
    """The course's exports, newest first."""
    found = await db.execute(
        select(*_EXPORT).where(exports.c.course_id == course).order_by(exports.c.number.desc())
    )
    return [Export(*row) for row in found]


async def figures_of(db: Connection, course: CourseId, export: ExportId) -> Sequence[Figure]:
    """What stood in an export of the course."""
    found = await db.execute(
        select(
            export_figures.c.member_id,
            export_figures.c.entry_id,
            export_figures.c.name,
            export_figures.c.text,
            export_figures.c.number,
        )
        .join(exports, exports.c.id == export_figures.c.export_id)
        .where(exports.c.course_id == course, exports.c.id == export)
        .order_by(export_figures.c.id)
    )
    return [Figure(*row) for row in found]


async def forget(db: Connection, course: CourseId, member: MemberId) -> None:
    """Nothing of this member stands in an export of the course any more; nor of whom they are on
    the roster, as they stood in it before somebody linked them."""
    own = select(exports.c.id).where(exports.c.course_id == course)
    entries = (
        select(roster_links.c.entry_id)
        .join(
            member_accounts,
            (member_accounts.c.course_id == roster_links.c.course_id)
            & (member_accounts.c.account_id == roster_links.c.account_id),
        )
        .where(member_accounts.c.course_id == course, member_accounts.c.member_id == member)
    )
    await db.execute(
        delete(export_figures).where(
            export_figures.c.export_id.in_(own),
            or_(export_figures.c.member_id == member, export_figures.c.entry_id.in_(entries)),
        )
    )
