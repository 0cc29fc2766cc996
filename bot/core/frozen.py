"""Reports that were handed out, as the database keeps them: figures by opaque ids, without a name
and without a text, so that a report can be compared with what was handed out before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from bot.core.cards import Code, Moment, Text, text
from bot.core.commands import Choice, File
from bot.core.dispatch import Call
from bot.core.enrolment import Enrolled, InReport
from bot.core.errors import Refused, UnknownName
from bot.core.prompts import matching
from bot.core.provenance import About
from bot.core.reckoning import Asked
from bot.core.report_asking import window
from bot.core.report_model import Cell, Sheet
from storage import exports
from storage.database import Connection
from storage.exports import Export, Figure
from storage.ids import ChannelId, CourseId, ExportId

NOT_KEPT = frozenset({"member", "name", "allowances", "points_given"})
"""Columns that name people, or hold what staff typed."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A report that was handed out: its file, what is said of that, and how many students are in
    it."""

    file: File
    export: Export
    about: About
    students: int

    @property
    def files(self) -> tuple[File, File]:
        return self.about.with_it(self.file)

    def named(self, name: str) -> "Exported":
        """The same under another name."""
        return replace(self, file=replace(self.file, name=name))


def figures(students: Sheet, whose: Sequence[InReport]) -> Iterator[Figure]:
    """The table of students as it is kept; `whose` each row is."""
    for one, row in zip(whose, students.rows, strict=True):
        mine = one.member.id if isinstance(one, Enrolled) else None
        entry = None if isinstance(one, Enrolled) else one.entry
        for name, cell in zip(students.names, row, strict=True):
            if name not in NOT_KEPT and cell not in (None, ""):
                yield Figure(mine, entry, name, *kept(cell))


def kept(cell: Cell) -> tuple[str | None, float | None]:
    """A cell as text or as a number; instants are ISO 8601 in UTC."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(), None
    return (None, float(cell)) if isinstance(cell, int | float) else (cell, None)


def to_over(asked: Asked) -> dict[str, Any]:
    return {
        "first": asked.first and asked.first.isoformat(),
        "last": asked.last and asked.last.isoformat(),
        "discussions": list(asked.discussions),
        "channel": asked.channel,
        "section": asked.section,
    }


def from_over(over: Mapping[str, Any]) -> Asked:
    return Asked(
        over["first"] and date.fromisoformat(over["first"]),
        over["last"] and date.fromisoformat(over["last"]),
        tuple(over["discussions"]),
        over["channel"] and ChannelId(over["channel"]),
        over["section"],
    )


def to_be_kept(
    asked: Asked, file: File, format_: str, now: datetime, *, hidden: bool, version: str
) -> Export:
    """What is kept of a file; its number and by whom are not known yet."""
    digest = sha256(file.content).hexdigest()
    return Export(ExportId(0), 0, now, to_over(asked), format_, hidden, version, digest, None)


def line(export: Export, zone: str, labels: Mapping[ChannelId, str]) -> Text:
    """Which export it is: its number, as of when, over what, and the SHA-256 of its file."""
    over = window(from_over(export.over), labels).words
    return text(
        f"{export.name} · as of ", Moment(export.as_of, zone),
        f" · over {over} · SHA-256 ", Code(export.digest),
    )  # fmt: skip


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    """The course's exports that fit what was typed, newest first."""
    async with call.services.database.read() as db:
        all_ = await exports.exports_of(db, call.course.id)
    return matching(
        [Choice(one.name, f"{one.name}: {one.format}, {one.as_of:%Y-%m-%d %H:%M} UTC")
         for one in all_], typed,
    )  # fmt: skip


async def find(db: Connection, course: CourseId, typed: str | None) -> Export:
    """The export that was named, or the last one. Raises UserError."""
    all_ = await exports.exports_of(db, course)
    if not all_:
        raise Refused(
            "Nothing has been exported in this course yet; /participation export makes the first."
        )
    if typed is None:
        return all_[0]
    for one in all_:
        if one.name.casefold() == typed.strip().casefold():
            return one
    hint = f"it takes an export such as {all_[0].name}."
    raise UnknownName("export", "export", typed, [one.name for one in all_], hint)
