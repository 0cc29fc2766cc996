"""Moodle's gradebook: its CSV export, and what its import does with one.

Whoever imports says by hand which column tells the users and which grade item gets the grades
(Moodle, grade/import/csv). One bad row ends the whole import, so that only what surely passes is in
the file to upload.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.errors import BadInput, near
from bot.core.gradebook import (
    NO_GRADE,
    Book,
    Chosen,
    Entry,
    Fate,
    GradedStudent,
    Grades,
    Line,
    Missing,
    Rehearsal,
    addressed,
    as_figure,
    in_figures,
    is_blank,
    matched,
    rehearsed,
    told,
)
from bot.core.spreadsheets import guarded, is_formula

PLATFORM = "Moodle"

KEYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "idnumber": ("sis_id", ("idnumber", "id number", "useridnumber", "student id")),
    "email": ("email", ("email", "email address", "e-mail", "e-mail address", "useremail")),
    "username": ("login", ("username", "user name", "login")),
    "userid": ("id", ("userid", "user id")),
}
"""What Moodle can tell users by, best first: the field of a student, and how a file may call it."""

_NAMES = {
    "first": ("first name", "firstname", "given name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "whole": ("full name", "fullname", "name", "student"),
}
_OTHERS = ("institution", "department", "group", "groups")
_LOADED = "last downloaded from this course"
_KIND = re.compile(r"(.*)\s\((real|percentage|letter|feedback)\)", re.IGNORECASE | re.DOTALL)
_TOTAL = re.compile(r"(course|category) total|.* total", re.IGNORECASE)
TITLE_MOST = 255
EXCUSE_THERE = "Moodle's files can't say that somebody is excused: say so in Moodle"


def is_moodle(head: Sequence[str]) -> bool:
    return bool(_places(head))


def rehearse(
    rows: Sequence[Sequence[str]],
    students: Sequence[GradedStudent],
    title: str,
    *,
    make_column: bool,
    param: str,
) -> Rehearsal:
    """What Moodle would do; `rows` are those of its export. The file to upload has no feedback: it
    changes one column and nothing else. Raises BadInput for `param`, where the
    column can't be filled in."""
    book = _read(rows, check_title(title, param), param)
    fields = {key: KEYS[key][0] for key in book.keys}
    found, not_found, unclear = matched(book, students, fields)
    pairs = [
        (entry, told(book, entry, key, students[place])) for place, (entry, key) in found.items()
    ]
    key = _identifier(book, pairs)
    pairs = [(entry, _uploadable(book, entry, line, key)) for entry, line in pairs]
    changed = [(e, line) for e, line in pairs if _is_changed(line)]
    upload = None
    if changed and (make_column or not book.makes_column):
        rows_ = ([guarded(entry.keys[key]), line.after] for entry, line in changed)
        upload = [[key, book.heading], *rows_]
        note = (
            f"In Moodle, map {key} to the users' {key} and “{book.heading}” to the grade item of"
            " this name; leave the rest at “Ignore”."
        )
        book = replace(book, notes=(*book.notes, note))
    return rehearsed(book, pairs, not_found, unclear, upload)


def check_title(title: str, param: str) -> str:
    """The title of a grade item. Raises BadInput for one that no file should hold."""
    title = " ".join(title.split())
    if not title or len(title) > TITLE_MOST:
        raise BadInput(param, f"Give the grade item's title, of at most {TITLE_MOST} characters.")
    if is_formula(title):
        raise BadInput(
            param,
            f"A spreadsheet would take “{title}” for a formula: rename the grade item so that it"
            " begins with a letter.",
        )
    return title


def from_scratch(grades: Grades) -> list[list[str]]:
    """The rows of a file without an export to go by. Feedback stands only beside a grade, since
    alone it would wipe the one there. Raises BadInput for a title that can't be used."""
    title = check_title(grades.title, "title")
    graded = chosen(grades.students).students
    has_feedback = any(one.feedback for one in graded)
    rows = [["idnumber", "email", title, *([f"{title} feedback"] if has_feedback else [])]]
    for one in graded:
        own = [one.sis_id, one.email, "" if one.grade is None else in_figures(one.grade)]
        rows.append([*map(guarded, own[:2]), own[2], *([guarded(one.feedback)] * has_feedback)])
    return rows


def chosen(students: Sequence[GradedStudent]) -> Chosen:
    """Those who have a grade and what the others can be told by too: Moodle takes one key for all,
    and an empty one ends the whole import. Its files have no word for who is excused."""
    graded = [one for one in students if one.grade is not None and not one.excused]
    key = max(("idnumber", "email"), key=lambda key: sum(bool(_own(one, key)) for one in graded))
    taken, left = [], []
    for one in students:
        if one.excused:
            left.append(Missing(one.name, EXCUSE_THERE))
        elif one.grade is None:
            left.append(Missing(one.name, NO_GRADE))
        elif not _own(one, key):
            left.append(Missing(one.name, f"the roster has no {key} of theirs to tell them by"))
        else:
            taken.append(one)
    note = f"In Moodle, map {key} to the users' {key}: of each row it is there."
    return Chosen(tuple(taken), tuple(left), note if taken else "")


def _own(one: GradedStudent, key: str) -> str:
    """A student's key as a file can hold it: not what a spreadsheet would take for a formula."""
    own = str(getattr(one, KEYS[key][0])).strip()
    return "" if is_formula(own) else own


def _read(rows: Sequence[Sequence[str]], title: str, param: str) -> Book:
    head = list(rows[0])
    keys = _places(head)
    column = _column(head, title, param)
    if column is not None and _TOTAL.fullmatch(_titled(head[column])):
        raise BadInput(
            param, f"“{head[column]}” is a sum that Moodle makes itself; name a grade item."
        )
    entries = tuple(
        Entry(
            _name(head, row),
            {key: row[place] for key, place in keys.items()},
            "" if column is None else row[column],
        )
        for row in rows[1:]
    )
    heading = title if column is None else _titled(head[column])
    notes = [] if column is not None else [_would_make(title, head)]
    odd = [e.before for e in entries if not is_blank(e.before) and as_figure(e.before) is None]
    if odd:
        notes.append(
            f"The column holds what is no number, such as “{odd[0]}”: is it the one meant?"
        )
    folded = frozenset({"email", "username"})
    return Book(
        PLATFORM, heading, column is None, tuple(keys), folded, entries, EXCUSE_THERE, tuple(notes)
    )


def _would_make(title: str, head: Sequence[str]) -> str:
    close = near(title, [_titled(h) for h in head if _is_item(h)])
    return (
        f"Moodle has no grade item “{title}” in this file; mapped to “New grade item” it would make"
        " one" + (f"; did you mean “{close}”?" if close else ".")
    )


def _places(head: Sequence[str]) -> dict[str, int]:
    """Where the keys stand."""
    folded = [heading.casefold() for heading in head]
    found: dict[str, int] = {}
    for key, (_, names) in KEYS.items():
        place = next((folded.index(name) for name in names if name in folded), None)
        if place is not None:
            found[key] = place
    return found


def _name(head: Sequence[str], row: Sequence[str]) -> str:
    folded = [heading.casefold() for heading in head]

    def cell(part: str) -> str:
        return next((row[folded.index(n)] for n in _NAMES[part] if n in folded), "")

    return cell("whole") or f"{cell('first')} {cell('last')}".strip()


def _is_item(heading: str) -> bool:
    known = [name for names in _NAMES.values() for name in names]
    known += [name for _, names in KEYS.values() for name in names]
    return heading.casefold() not in (*known, *_OTHERS, _LOADED, "")


def _titled(heading: str) -> str:
    """The title in a heading such as “Participation (Real)”."""
    kind = _KIND.fullmatch(heading)
    return kind[1] if kind else heading


def _column(head: Sequence[str], title: str, param: str) -> int | None:
    """The column with the item's grades as numbers; None where no item is called so. A heading may
    begin with the item's kind: “Assignment: Participation (Real)”."""
    spaced = [" ".join(heading.split()) for heading in head]
    items = [place for place, heading in enumerate(spaced) if _is_item(heading)]
    exact = [p for p in items if spaced[p] == title]
    named = exact or [
        p for p in items if title in (_titled(spaced[p]), _titled(spaced[p]).partition(": ")[2])
    ]
    kinds = {place: _KIND.fullmatch(spaced[place]) for place in named}
    real = [p for p, kind in kinds.items() if kind is None or kind[2].casefold() == "real"]
    if named and not real:
        raise BadInput(
            param,
            f"This file has “{title}” only as {spaced[named[0]].rpartition('(')[2].rstrip(')')};"
            " export the gradebook again, with grades shown as “Real”.",
        )
    if len(real) > 1:
        several = "; ".join(head[place] for place in real)
        raise BadInput(param, f"{len(real)} columns are called so; give one in full: {several}.")
    return real[0] if real else None


def _is_changed(line: Line) -> bool:
    return line.fate in (Fate.GIVEN, Fate.CHANGES)


def _identifier(book: Book, pairs: Sequence[tuple[Entry, Line]]) -> str:
    """The key that tells the most of those whose grades change: Moodle takes one for all."""
    changed = [entry for entry, line in pairs if _is_changed(line)]
    return max(book.keys, key=lambda key: sum(addressed(book, e, (key,)) == key for e in changed))


def _uploadable(book: Book, entry: Entry, line: Line, key: str) -> Line:
    if not _is_changed(line) or addressed(book, entry, (key,)) == key:
        return line
    why = f"Moodle can't tell this row by its {key}, as it can the others"
    return replace(line, after=line.before, fate=Fate.LEFT, why=why)
