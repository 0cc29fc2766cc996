"""What uploading grades to a learning platform would do, told from its own export, before anybody
uploads: who is found and by what, which grades change, what would be made or lost by accident.

Pure: bytes and students in, a `Rehearsal` out, with the file to upload. That file holds one column
and only the rows that change. What the platforms do is in gradebook_canvas.py and
gradebook_moodle.py.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum

from bot.core.spreadsheets import is_formula, to_csv_bytes

EXCUSED = "EX"


@dataclass(frozen=True, slots=True)
class GradedStudent:
    """A student as a roster has them, empty where it says nothing, and their grade; None: none.

    `id` is the learning platform's own; `sis_id` the registrar's (Moodle's ID number). `excused`:
    nothing of what is graded was asked of them. `feedback` says in words what the grade is made of,
    where a rule does; it is for the student to read.
    """

    name: str
    id: str = ""
    sis_id: str = ""
    login: str = ""
    email: str = ""
    section: str = ""
    grade: float | None = None
    excused: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Grades:
    """The grades of one assignment, under its title in the gradebook."""

    title: str
    students: tuple[GradedStudent, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A student for whom nothing is uploaded, since no one row is surely theirs."""

    student: str
    why: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is in a file of grades that is made without a gradebook's export to go by, and who is
    not; `note` says what whoever uploads it must know."""

    students: tuple[GradedStudent, ...]
    left_out: tuple[Missing, ...]
    note: str = ""


class Fate(Enum):
    """What becomes of a student's grade; the value is the words people are shown."""

    GIVEN = "is given"
    CHANGES = "changes"
    STAYS = "stays"
    LEFT = "is left as it is"


@dataclass(frozen=True, slots=True)
class Line:
    """One student who was found: `row` is their name in the gradebook, `key` what they were found
    by; the grade there `before` and after the upload; `why`, where it is left as it is."""

    student: str
    row: str
    key: str
    before: str
    after: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`heading` is the column as it stands in the file to upload. `makes_column`: the gradebook has
    none of this title, and would get one. `untouched` are the names in the gradebook for whom there
    is no student here. `upload` is None where nothing would change, or a column would be made that
    was not asked for."""

    platform: str
    heading: str
    makes_column: bool
    lines: tuple[Line, ...]
    not_found: tuple[Missing, ...]
    unclear: tuple[Missing, ...]
    untouched: tuple[str, ...]
    notes: tuple[str, ...]
    upload: bytes | None

    def of(self, fate: Fate) -> list[Line]:
        return [line for line in self.lines if line.fate is fate]


# --- for the platforms --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a gradebook: its keys by their names there, and what stands in the column."""

    name: str
    keys: Mapping[str, str]
    before: str


@dataclass(frozen=True, slots=True)
class Book:
    """A gradebook read for one column. `keys` are what rows are found by, first to last, before
    their names; of `folded` ones, capitals are not told from small letters. `no_excuse`: why its
    files can't say that somebody is excused, where they can't."""

    platform: str
    heading: str
    makes_column: bool
    keys: tuple[str, ...]
    folded: frozenset[str]
    entries: tuple[Entry, ...]
    no_excuse: str = ""
    notes: tuple[str, ...] = ()

    def key_of(self, entry: Entry, key: str) -> str:
        return self.compared(key, entry.keys[key])

    def compared(self, key: str, value: str) -> str:
        return value.casefold() if key in self.folded else value


Match = tuple[Entry, str]
NAME = "name"
NO_GRADE = "there is no grade here, and a blank would wipe the one there"


def matched(
    book: Book, students: Sequence[GradedStudent], keys_of: Mapping[str, str]
) -> tuple[dict[int, Match], list[Missing], list[Missing]]:
    """Which entry each student is, by their place in `students`; who is not found; who is unclear.

    `keys_of` is the field of GradedStudent for each of the book's keys.
    """
    index: dict[str, dict[str, list[Entry]]] = {k: defaultdict(list) for k in (*book.keys, NAME)}
    for entry in book.entries:
        for key in book.keys:
            if entry.keys[key]:
                index[key][book.key_of(entry, key)].append(entry)
        for form in forms_of(entry.name):
            index[NAME][form].append(entry)
    found: dict[int, Match] = {}
    nowhere: list[Missing] = []
    unclear: list[Missing] = []
    for place, student in enumerate(students):
        values = {
            key: book.compared(key, str(getattr(student, keys_of[key])).strip())
            for key in book.keys
        }
        outcome = _matched_one(book, index, values, student.name)
        match outcome:
            case None:
                why = "no row has their name or any of their ids"
                nowhere.append(Missing(student.name, why))
            case str():
                unclear.append(Missing(student.name, outcome))
            case _:
                found[place] = outcome
    return _without_shared(found, students, unclear), nowhere, unclear


def _matched_one(
    book: Book,
    index: Mapping[str, Mapping[str, list[Entry]]],
    values: Mapping[str, str],
    name: str,
) -> Match | str | None:
    """The entry and what it was found by; a sentence where it is unclear; None where it is not
    there. A row that a later key finds must not have another value for an earlier one."""
    for key in (*book.keys, NAME):
        wanted = [values[key]] if key in values else forms_of(name)
        rows = {id(e): e for value in wanted if value for e in index[key].get(value, ())}
        if len(rows) > 1:
            return f"{len(rows)} rows have this {key}"
        for entry in rows.values():
            for other in book.keys:
                theirs = book.key_of(entry, other)
                if theirs and values[other] and theirs != values[other]:
                    return f"the row with this {key} has another {other}"
            return entry, key
    return None


def _without_shared(
    found: dict[int, Match], students: Sequence[GradedStudent], unclear: list[Missing]
) -> dict[int, Match]:
    """Two students can't be one row: then neither is."""
    claims = Counter(id(entry) for entry, _ in found.values())
    for place, (entry, _) in list(found.items()):
        if claims[id(entry)] > 1:
            del found[place]
            unclear.append(Missing(students[place].name, _shared(entry, claims[id(entry)])))
    return found


def _shared(entry: Entry, count: int) -> str:
    return f"{count} students here fit the row “{entry.name}”"


def forms_of(name: str) -> list[str]:
    """A name as it is, and the other way round: “Pitlamp, Ada” is Ada Pitlamp."""
    whole = " ".join(name.split())
    last, comma, first = whole.partition(", ")
    return [whole, f"{first} {last}"] if comma and first else [whole]


def told(book: Book, entry: Entry, key: str, student: GradedStudent) -> Line:
    """What becomes of one student's grade."""
    line = Line(student.name, entry.name, key, entry.before, entry.before, Fate.LEFT)
    blank, was_excused = is_blank(entry.before), is_excused(entry.before)
    if student.excused and book.no_excuse:
        return replace(line, why=book.no_excuse)
    if student.excused:
        return replace(line, after=EXCUSED, fate=Fate.STAYS if was_excused else Fate.CHANGES)
    if student.grade is None:
        wiped = "" if blank else ", and a blank would wipe the one there"
        return replace(line, why=f"there is no grade here{wiped}")
    if was_excused and not book.no_excuse:
        return replace(line, why="they are excused there")
    grade = in_figures(student.grade)
    if blank:
        return replace(line, after=grade, fate=Fate.GIVEN)
    if as_figure(entry.before) == Decimal(grade):
        return replace(line, after=entry.before, fate=Fate.STAYS)
    return replace(line, after=grade, fate=Fate.CHANGES)


def is_blank(cell: str) -> bool:
    return cell in ("", "-")


def is_excused(cell: str) -> bool:
    return cell.upper() == EXCUSED


def in_figures(grade: float) -> str:
    """A grade to two places, a half up: what a gradebook takes wherever it is. Raises ValueError
    for what is no number."""
    exact = Decimal(str(grade))
    if not exact.is_finite():
        raise ValueError(f"{grade} is no grade")
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP) + 0:.2f}"


def as_figure(cell: str) -> Decimal | None:
    """What a gradebook's cell amounts to, to two places; a comma is its decimal point. None for
    what is no number."""
    try:
        value = Decimal(cell.replace(",", ".", 1))
        return value.quantize(Decimal("0.01"), ROUND_HALF_UP) if value.is_finite() else None
    except InvalidOperation:
        return None


def addressed(book: Book, entry: Entry, keys: Sequence[str]) -> str | None:
    """The first of these keys by which an upload surely means this row and no other; NAME where it
    has none and its name is its own. None: no row of a file can be sure to be this one."""
    for key in (*keys, NAME):
        own = entry.name if key == NAME else entry.keys.get(key, "")
        if own:
            return key if _is_its_own(book, entry, key, own) else None
    return None


def _is_its_own(book: Book, entry: Entry, key: str, own: str) -> bool:
    """Nobody else's, and written into a spreadsheet as it is."""
    if is_formula(own):
        return False
    if key == NAME:
        mine = set(forms_of(own))
        return not any(o is not entry and mine & set(forms_of(o.name)) for o in book.entries)
    return not any(o is not entry and o.keys.get(key) == own for o in book.entries)


def rehearsed(
    book: Book,
    pairs: Sequence[tuple[Entry, Line]],
    not_found: Sequence[Missing],
    unclear: Sequence[Missing],
    rows: Sequence[Sequence[str]] | None,
) -> Rehearsal:
    """The rehearsal; `rows` are those of the file to upload, if there is to be one."""
    touched = {id(entry) for entry, _ in pairs}
    return Rehearsal(
        platform=book.platform,
        heading=book.heading,
        makes_column=book.makes_column,
        lines=tuple(line for _, line in pairs),
        not_found=tuple(not_found),
        unclear=tuple(unclear),
        untouched=tuple(e.name for e in book.entries if id(e) not in touched),
        notes=book.notes,
        upload=None if rows is None else to_csv_bytes(rows, mark=False),
    )
