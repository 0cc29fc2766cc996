"""The students in a roster's rows. A bad row is reported with its number, and the others taken."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.core.ports import Sheet, SheetRow
from bot.core.roster_columns import CALLED, NAME, Columns
from storage.rosters import Listed

MOST = 200
"""Characters of a name, an id or an address."""

BETWEEN = "; "
"""Between the sections of a student who is in several."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[Ee]\+\d+")
_SUFFIXES = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|md)\.?", re.IGNORECASE)
_TEST_STUDENT = ("student, test", "test student")


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a row of a file; with what could be read of it where it is left out."""

    row: int
    sentence: str
    left_out: Listed | None = None


def students(sheet: Sheet, columns: Columns) -> tuple[list[Listed], list[Slip]]:
    """Who stands in the file, in its order, and what could not be taken."""
    found: list[Listed] = []
    slips: list[Slip] = []
    seen: dict[tuple[str, str], int] = {}
    rows: list[int] = []
    for row in sheet.rows:
        if row.number <= columns.header.number or (columns.canvas and _is_canvas_own(row)):
            continue
        one, wrong = _student(row, columns.places)
        usable = one is not None and one.name != "" and not _overlong(row, columns.places)
        slips += [Slip(row.number, sentence, None if usable else one) for sentence in wrong]
        if one is None or not usable:
            continue
        same = ((key, seen[key]) for key in _keys(one) if key in seen)
        known = next((at for at in same if not told_apart(found[at[1]], one)), None)
        if known is None:
            seen |= dict.fromkeys(_keys(one), len(found))
            found.append(one)
            rows.append(row.number)
            continue
        (field, _), place = known
        merged = _both_sections(found[place], one)
        if merged is None:
            said = _again(one, found[place], field, rows[place])
            slips.append(Slip(row.number, f"{said}; left out", one))
        else:
            found[place] = merged  # a student in two sections
    return found, slips


def _again(one: Listed, known: Listed, field: str, row: int) -> str:
    if one.name.casefold() == known.name.casefold():
        return f"{one.name} stands in row {row} already"
    called = CALLED.get(field, "id")
    return f"{one.name} has the {called} of {known.name} in row {row}"


def told_apart(one: Listed, other: Listed) -> bool:
    """Whether the registrar's ids say that these are two, whatever else they share."""
    for key in ("lms_id", "student_id"):
        mine, theirs = getattr(one, key), getattr(other, key)
        if mine and theirs and mine.casefold() != theirs.casefold():
            return True
    return False


def _overlong(row: SheetRow, places: Mapping[str, int]) -> list[str]:
    """The fields with more than anybody is called, or has for an address."""
    return [f for f, at in places.items() if at < len(row.cells) and len(row.cells[at]) > MOST]


def _student(row: SheetRow, places: Mapping[str, int]) -> tuple[Listed | None, list[str]]:
    cells = {
        field: row.cells[place].strip() if place < len(row.cells) else ""
        for field, place in places.items()
    }
    name = _name(cells.get(NAME, ""), cells.get("surname", ""))
    if not name and not any(cells.values()):
        return None, []  # a remark, or a sum, in columns that are not asked for
    email, wrong = cells.get("email") or None, []
    if email is not None and not _EMAIL.fullmatch(email):
        wrong.append(f"“{email[:60]}” is no e-mail address; {name} is taken without it")
        email = None
    student_id = cells.get("student_id") or None
    if student_id is not None and _SHORTENED.fullmatch(student_id):
        wrong.append(
            f"“{student_id}” is an id that a spreadsheet has shortened, so {name} is taken without"
            " it; format the column as text before it is saved"
        )
        student_id = None
    if not name:
        wrong = ["there is no name; left out"]
    if long := _overlong(row, places):
        wrong = [f"{long[0]} has more than {MOST} characters; left out"]
    return (
        Listed(
            name=name,
            student_id=student_id,
            login=cells.get("login") or None,
            email=email,
            section=cells.get("section") or None,
            lms_id=cells.get("lms_id") or None,
        ),
        wrong,
    )


def _name(first: str, last: str) -> str:
    """“Pitlamp, Ada” and Ada, Pitlamp as Ada Pitlamp; “King, Jr.” stays."""
    if last:
        return f"{first} {last}".strip()
    before, comma, after = first.partition(",")
    after = after.strip()
    if comma and after and "," not in after and not _SUFFIXES.fullmatch(after):
        return f"{after} {before.strip()}"
    return first


def _keys(one: Listed) -> Iterator[tuple[str, str]]:
    """What two rows of one student have in common; a name is no such thing."""
    for field in ("lms_id", "student_id", "login", "email"):
        if value := getattr(one, field):
            yield field, value.casefold()


def sections_of(section: str | None) -> list[str]:
    """The sections that a student is in: of a roster's entry, “A; B” is two."""
    return [] if section is None else section.split(BETWEEN)


def _both_sections(known: Listed, again: Listed) -> Listed | None:
    """None where it says nothing new."""
    have = sections_of(known.section)
    if again.section is None or again.section in have or again.name != known.name:
        return None
    return replace(known, section=BETWEEN.join([*have, again.section]))


def _is_canvas_own(row: SheetRow) -> bool:
    """Rows of a Canvas gradebook that are no student's: points, and the test student. Those that
    say what is hidden name nobody (instructure/canvas-lms, gradebook importer)."""
    first = row.cells[0].strip().casefold()
    return "points possible" in first or first in _TEST_STUDENT
