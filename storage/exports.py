"""Reports that were handed out, as they were then: by opaque ids only, so that of a student who is
erased nothing stays; and what has happened in the course since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, or_, select

from storage.database import Connection
from storage.ids import CourseId, DiscussionId, EntryId, ExportId, MemberId
from storage.schema import (
    allowances,
    discussions,
    export_figures,
    exports,
    grading_rules,
    messages,
    points_given,
    reactions,
    sides_taken,
)

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


@dataclass(frozen=True, slots=True)
class Touched:
    """A message of a member's that came, was edited or was deleted since some moment; UTC."""

    member: MemberId
    discussion: DiscussionId
    sent_at: datetime
    received_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


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
    """Nothing of this member stands in an export of the course any more."""
    own = select(exports.c.id).where(exports.c.course_id == course)
    await db.execute(
        delete(export_figures).where(
            export_figures.c.export_id.in_(own), export_figures.c.member_id == member
        )
    )


# --- what has happened since --------------------------------------------------------------------


async def touched_since(db: Connection, course: CourseId, moment: datetime) -> Sequence[Touched]:
    """Messages that were written, came, were edited or were deleted after the moment."""
    columns = (messages.c.sent_at, messages.c.received_at, messages.c.edited_at,
               messages.c.deleted_at)  # fmt: skip
    found = await db.execute(
        select(messages.c.member_id, messages.c.discussion_id, *columns)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            messages.c.member_id.is_not(None),
            or_(*(column > moment for column in columns)),
        )
        .order_by(messages.c.id)
    )
    return [Touched(*row) for row in found]


async def reacted_since(db: Connection, course: CourseId, moment: datetime) -> set[MemberId]:
    """Whose messages reactions were put on, or taken from, after the moment."""
    found = await db.execute(
        select(messages.c.member_id)
        .join(reactions, reactions.c.message_id == messages.c.id)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(discussions.c.course_id == course, reactions.c.changed_at > moment)
        .distinct()
    )
    return set(found.scalars())


async def sided_since(db: Connection, course: CourseId, moment: datetime) -> set[MemberId]:
    """Who took a side after the moment."""
    found = await db.execute(
        select(sides_taken.c.member_id)
        .join(discussions, discussions.c.id == sides_taken.c.discussion_id)
        .where(discussions.c.course_id == course, sides_taken.c.taken_at > moment)
        .distinct()
    )
    return set(found.scalars())


async def allowed_since(
    db: Connection, course: CourseId, moment: datetime
) -> Sequence[tuple[MemberId, DiscussionId, str, bool]]:
    """What was allowed a student, or taken back, after the moment: student, discussion, kind, and
    whether it holds."""
    given: ColumnElement[bool] = allowances.c.given_at > moment
    found = await db.execute(
        select(
            allowances.c.member_id,
            allowances.c.discussion_id,
            allowances.c.kind,
            allowances.c.revoked_at.is_(None),
        )
        .join(discussions, discussions.c.id == allowances.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            or_(
                given & allowances.c.revoked_at.is_(None),
                ~given & (allowances.c.revoked_at > moment),
            ),
        )
        .order_by(allowances.c.id)
    )
    return [(row[0], row[1], row[2], bool(row[3])) for row in found]


async def given_since(
    db: Connection, course: CourseId, moment: datetime
) -> Sequence[tuple[MemberId, DiscussionId]]:
    """To whom, and in which discussion, staff gave points, or took them back, after the moment."""
    found = await db.execute(
        select(points_given.c.member_id, points_given.c.discussion_id)
        .join(discussions, discussions.c.id == points_given.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            or_(points_given.c.given_at > moment, points_given.c.revoked_at > moment),
        )
        .distinct()
        .order_by(points_given.c.discussion_id)
    )
    return [(row[0], row[1]) for row in found]


async def ruled_since(db: Connection, course: CourseId, moment: datetime) -> bool:
    """Whether the course's grading rule was set after the moment."""
    found = await db.execute(
        select(grading_rules.c.course_id).where(
            grading_rules.c.course_id == course, grading_rules.c.set_at > moment
        )
    )
    return found.first() is not None
