"""/course roster: the registrar's list of students, from a file. The same list again changes
nothing; a newer one updates: who is missing from it is marked as left, who is new counts from now.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from bot.core import prompts
from bot.core.cards import Block, Bold, Card, Code, Fields, number, spans, text
from bot.core.commands import Choice, File, Form, Param
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused
from bot.core.exporting import the_course
from bot.core.ports import Unreadable
from bot.core.roster_columns import (
    ASKED,
    CALLED,
    LEFT_OUT,
    NAME,
    Columns,
    chosen,
    label_of,
    not_read,
    recognise,
    what_is_unclear,
)
from bot.core.roster_rows import Slip, students, told_apart
from bot.core.services import Services
from storage import audit, rosters
from storage.database import Connection
from storage.ids import CourseId, MemberId
from storage.rosters import Entry, Listed
from storage.rows import Course

LEFT, STAY = "left", "stay"
MISSING = (
    Choice(LEFT, "They have left the course"),
    Choice(STAY, "They stay: the file is a part of the class"),
)
MOST_BYTES = 10_000_000
"""As much as Slack's field for files takes."""
FEW = 3
"""So many may be missing from a newer roster without a question; else half of the class."""
MOST_SLIPS = 20
MOST_NAMED = 10
"""Of those who have left; all of them are in /roster list."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a file: with `students` empty while it is unclear which column is what."""

    name: str
    columns: Columns
    students: Sequence[Listed] = ()
    slips: Sequence[Slip] = ()


@dataclass(slots=True)
class Changes:
    """What a file changes on the roster."""

    new: list[Listed] = field(default_factory=list)
    changed: list[tuple[Entry, Listed]] = field(default_factory=list)
    back: list[Entry] = field(default_factory=list)
    left: list[Entry] = field(default_factory=list)
    first: bool = False

    @property
    def any(self) -> bool:
        return bool(self.new or self.changed or self.back or self.left)

    @property
    def counts(self) -> dict[str, int]:
        names = ("new", "changed", "back", "left")
        return {name: len(getattr(self, name)) for name in names}


async def import_(call: Call) -> Card | Form:
    """/course roster: take the roster from a file; ask where it is unclear which column is what."""
    picked = {name: said for name in ASKED if (said := call.text(name)) is not None}
    reading = await read(call.services, call.file("file"), picked)
    if reading.columns.unclear:
        return _ask(call, reading)
    course, by = call.course.id, call.member.id

    async def work(db: Connection) -> Changes:
        await prompts.refuse_archived(db, call)
        return await take_in(db, course, reading, call.text("missing"), call.now, by)

    changes = await call.services.database.write(work)
    call.services.by_email.look(course)
    return to_card(call.course.title, reading, changes)


async def import_file(
    services: Services,
    number: int | None,
    file: File,
    picked: Mapping[str, str],
    missing: str | None,
) -> tuple[Course, Reading, Changes]:
    """The same from the terminal, for a course by its number or the only one there is. Raises
    UserError, also where it is unclear which column is what."""
    reading = await read(services, file, picked)
    if unclear := reading.columns.unclear:
        said = " ".join(f"--column {'name' if name == NAME else name}=…" for name in unclear)
        wanted = f"Say it with {said}."
        raise BadInput("column", what_is_unclear(file.name, reading.columns, wanted))

    async def work(db: Connection) -> tuple[Course, Changes]:
        course = await the_course(db, number)
        if course.archived_at is not None:
            raise Refused(f"{course.title} is archived, and nothing of it changes any more.")
        now = services.clock.now()
        try:
            return course, await take_in(db, course.id, reading, missing, now)
        except BadInput as problem:
            ways = f"--{problem.param} {LEFT} or --{problem.param} {STAY}"
            raise BadInput(problem.param, f"{problem} Say it with {ways}.") from problem

    course, changes = await services.database.write(work)
    return course, reading, changes


async def read(services: Services, file: File, picked: Mapping[str, str]) -> Reading:
    """Raises BadInput for a file without students that can be read."""
    try:
        sheet = await asyncio.to_thread(services.roster_reader, file)
    except Unreadable as problem:
        raise BadInput("file", str(problem)) from problem
    columns = chosen(recognise(sheet), picked)
    if columns.unclear:
        return Reading(file.name, columns)
    found, slips = students(sheet, columns)
    if not found:
        raise BadInput(
            "file",
            f"{file.name} names no student below its header in row {columns.header.number}; give"
            " the file with the students.",
        )
    return Reading(file.name, columns, found, slips)


def _ask(call: Call, reading: Reading) -> Form:
    """The form that says what is unclear and asks which column is what; the file stays with it.
    What is unclear comes first, then what was not found, then what was recognised."""
    columns, declared = reading.columns, {param.name: param for param in call.command.params}
    found = {n: label_of(columns.header, columns.places[n]) for n in ASKED if n in columns.places}
    order = [*columns.unclear, *(n for n in ASKED if n not in (*columns.unclear, *found)), *found]
    params = tuple(_param(declared[name], columns) for name in order)
    note = what_is_unclear(reading.name, columns, "Say which column is what.")
    return Form(call.command.name, params, {**found, **call.invocation.arguments}, note=note)


def _param(param: Param, columns: Columns) -> Param:
    """The field in which a column is picked; no column is one to pick, but for a name."""
    name = param.name
    choices = [Choice(label, label) for label in columns.names]
    if name != NAME:
        choices.append(Choice(LEFT_OUT, "No column"))
    summary = f"The column with the {CALLED[name]}"
    if name == NAME:
        summary += ", or with the first name if the last one stands apart"
    required = name in columns.unclear
    return replace(param, summary=summary, required=required, choices=tuple(choices))


# --- taking it in -------------------------------------------------------------------------------


async def take_in(
    db: Connection,
    course: CourseId,
    reading: Reading,
    missing: str | None,
    now: datetime,
    by: MemberId | None = None,
) -> Changes:
    """Bring the course's roster to what was read; `by` the member who did it, where it was one.

    `missing` says what of those who are not in the file. Raises BadInput where that would have to
    be guessed.
    """
    entries = await rosters.entries_of(db, course)
    spared = [slip.left_out for slip in reading.slips if slip.left_out is not None]
    changes = compare(entries, reading.students, spared)
    there = sum(entry.left_at is None for entry in entries)
    many = len(changes.left) > max(FEW, there // 2) or len(changes.left) == there > 0
    if missing is None and many:
        raise BadInput(
            "missing",
            f"{len(changes.left)} of the {there} on the roster are not in this file; say whether"
            " they have left, or the file is only a part of the class.",
        )
    if missing == STAY:
        changes.left.clear()
    since = None if changes.first or missing == STAY else now
    for listed in changes.new:
        await rosters.add(db, course, listed, since)
    for entry, listed in changes.changed:
        await rosters.change(db, course, entry.id, asdict(listed))
    for entry in changes.back:
        await rosters.change(db, course, entry.id, {"left_at": None})
    for entry in changes.left:
        await rosters.change(db, course, entry.id, {"left_at": now})
    if changes.any:
        await audit.note(db, course, by, "course roster", "roster", now, changes.counts)
    return changes


def compare(
    entries: Sequence[Entry], found: Sequence[Listed], spared: Sequence[Listed] = ()
) -> Changes:
    """What is new, changed, back or missing. A student is known by an id or an address, and by the
    name alone only where nothing else tells them apart. `spared` are in the file, in rows that
    can't be used: nothing is changed of them, and they are not missing."""
    changes = Changes(first=not entries)
    pairs = _paired(entries, found)
    known = {entry.id for entry in pairs.values()}
    for place, listed in enumerate(found):
        entry = pairs.get(place)
        if entry is None:
            changes.new.append(listed)
            continue
        merged = _merged(entry.listed, listed)
        if merged != entry.listed:
            changes.changed.append((entry, merged))
        if entry.left_at is not None:
            changes.back.append(entry)
    there = {mark for listed in spared for mark in _marks(listed)}
    changes.left = [
        entry
        for entry in entries
        if entry.left_at is None
        and entry.id not in known
        and there.isdisjoint(_marks(entry.listed))
    ]
    return changes


def _paired(entries: Sequence[Entry], found: Sequence[Listed]) -> dict[int, Entry]:
    """Each one found, by its place, with the entry that it is; no entry twice."""
    pairs: dict[int, Entry] = {}
    free = {entry.id: entry for entry in entries}
    for key in ("lms_id", "student_id", "login", "email", "name"):
        by_key: dict[str, list[Entry]] = {}
        for entry in free.values():
            if value := getattr(entry.listed, key):
                by_key.setdefault(value.casefold(), []).append(entry)
        for place, listed in enumerate(found):
            if place in pairs:
                continue
            for entry in by_key.get((getattr(listed, key) or "").casefold(), ()):
                by_name_only = key == "name" and _differ(entry.listed, listed)
                if entry.id in free and not told_apart(entry.listed, listed) and not by_name_only:
                    pairs[place] = free.pop(entry.id)
                    break
    return pairs


def _marks(listed: Listed) -> set[tuple[str, str]]:
    """All that a row may be meant by."""
    said = asdict(replace(listed, section=None))
    return {(name, value.casefold()) for name, value in said.items() if value}


def _differ(known: Listed, listed: Listed) -> bool:
    """Whether two of the same name have different logins or addresses."""
    pairs = ((known.login, listed.login), (known.email, listed.email))
    return any(one and other and one.casefold() != other.casefold() for one, other in pairs)


def _merged(known: Listed, listed: Listed) -> Listed:
    """The newer words; what the newer file leaves out stays."""
    newer = {name: value for name, value in asdict(listed).items() if value}
    return replace(known, **newer)


# --- saying it ----------------------------------------------------------------------------------


def to_card(title: str, reading: Reading, changes: Changes, most: int = MOST_SLIPS) -> Card:
    """What became of the roster, with at most so many of the rows that are wrong."""
    counts = changes.counts
    said = [("In the file", len(reading.students)), ("New", counts["new"])]
    said += [("Changed", counts["changed"]), ("Left", counts["left"])]
    if counts["back"]:
        said.append(("Back", counts["back"]))
    blocks: list[Block] = [Fields(tuple((label, spans(str(count))) for label, count in said))]
    if not changes.any:
        blocks.append(text("Nothing has changed."))
    if counts["new"] and not changes.first:
        blocks.append(
            text("Who is new counts from now on; who has left stays on the roster, and is marked.")
        )
    if gone := [entry.name for entry in changes.left]:
        others = f" and {len(gone) - MOST_NAMED} more" if len(gone) > MOST_NAMED else ""
        blocks.append(text(f"Marked as left: {', '.join(gone[:MOST_NAMED])}{others}."))
    columns = reading.columns
    read_as = ", ".join(
        f"{name.replace('_', ' ')} from “{label_of(columns.header, columns.places[name])}”"
        for name in ASKED
        if name in columns.places
    )
    blocks.append(text(f"Read: {read_as}."))
    if ignored := not_read(columns):
        blocks.append(text(f"Not read: {', '.join(ignored)}."))
    if reading.slips:
        blocks.append(text(Bold(f"{number(len(reading.slips), 'row')} to look at:")))
        where = f"{reading.name}, row"
        blocks += [text(f"{where} {slip.row}: {slip.sentence}.") for slip in reading.slips[:most]]
        if (more := len(reading.slips) - most) > 0:
            blocks.append(text(f"And {number(more, 'row')} more."))
    blocks.append(text("See who is who with ", Code("/roster list"), "."))
    return Card(f"The roster of {title}", tuple(blocks), "Only staff see the roster.")
