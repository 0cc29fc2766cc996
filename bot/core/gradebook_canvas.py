"""Canvas's gradebook: its CSV export, and what its import does with one.

The rules are those of the importer in instructure/canvas-lms, as its documentation and source have
them: how students and columns are found, what is skipped, and what is dropped without a word.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.core.errors import BadInput, near
from bot.core.gradebook import (
    EXCUSED,
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
    forms_of,
    in_figures,
    is_blank,
    is_excused,
    matched,
    rehearsed,
    told,
)
from bot.core.spreadsheets import guarded, is_formula

PLATFORM = "Canvas"
ID, SIS, LOGIN = "ID", "SIS User ID", "SIS Login ID"
HEAD = ("Student", ID, SIS, LOGIN, "Section")
_FIELDS = {ID: "id", SIS: "sis_id", LOGIN: "login"}
_NUMBERED = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)
_DROPPED = re.compile(
    r"(current|final)\s+(score|points|grade)|override\s+(score|grade|status)", re.IGNORECASE
)
_POINTS = "points possible"
_READ_ONLY = "(read only)"
_SKIPPED = {"Muted", "Manual Posting"}
TITLE_MOST = 255


def is_canvas(head: Sequence[str]) -> bool:
    return list(head[:2]) == [HEAD[0], ID] and HEAD[4] in head and len(head) >= 4


def check_title(title: str, param: str) -> str:
    """The title of a column that Canvas would take. Raises BadInput for one that it would drop, or
    take for another, without a word."""
    title = " ".join(title.split())
    if not title or len(title) > TITLE_MOST:
        raise BadInput(param, f"Give the assignment's title, of at most {TITLE_MOST} characters.")
    if _DROPPED.search(title):
        raise BadInput(
            param,
            f"Canvas silently drops a column called “{title}”, since it takes it for one of its own"
            " totals: rename the assignment, without “current”, “final” or “override” before"
            " “score”, “points”, “grade” or “status”.",
        )
    if title in (*HEAD, "Integration ID", "Root Account", "Notes"):
        raise BadInput(param, f"“{title}” is one of Canvas's own columns: rename the assignment.")
    if is_formula(title):
        raise BadInput(
            param,
            f"A spreadsheet would take “{title}” for a formula: rename the assignment so that it"
            " begins with a letter.",
        )
    return title


def rehearse(
    rows: Sequence[Sequence[str]],
    students: Sequence[GradedStudent],
    title: str,
    *,
    make_column: bool,
    param: str,
) -> Rehearsal:
    """What Canvas would do; `rows` are those of its export. Raises BadInput for `param`, where the
    column can't be filled in."""
    book = _read(rows, check_title(title, param), param)
    found, not_found, unclear = matched(book, students, _FIELDS)
    pairs = [
        (entry, _uploadable(book, entry, told(book, entry, key, students[place])))
        for place, (entry, key) in found.items()
    ]
    changed = [(e, line) for e, line in pairs if line.fate in (Fate.GIVEN, Fate.CHANGES)]
    upload = None
    if changed and (make_column or not book.makes_column):
        upload = [[*HEAD, book.heading], *(_upload_row(e, line.after) for e, line in changed)]
    return rehearsed(book, pairs, not_found, unclear, upload)


def from_scratch(grades: Grades) -> list[list[str]]:
    """The rows of a gradebook file without an export to go by; such a file has no place for
    feedback. Raises BadInput for a title that
    Canvas would drop."""
    title = check_title(grades.title, "title")
    rows = [[*HEAD, title]]
    for one in chosen(grades.students).students:
        own = (one.name, one.id, one.sis_id, one.login, one.section)
        rows.append([*map(guarded, own), _grade(one)])
    return rows


def chosen(students: Sequence[GradedStudent]) -> Chosen:
    """Those who have a grade or are excused. Canvas knows whom a roster gives no id by the name
    alone, so that of two who are called alike neither can be told."""
    named = Counter(form for one in students for form in forms_of(one.name))
    taken, left = [], []
    for one in students:
        if not _grade(one):
            left.append(Missing(one.name, NO_GRADE))
        elif not (one.id or one.sis_id or one.login) and named[one.name] > 1:
            left.append(
                Missing(one.name, "several are called so, and the roster has no id of them")
            )
        else:
            taken.append(one)
    return Chosen(tuple(taken), tuple(left))


def _grade(one: GradedStudent) -> str:
    if one.excused:
        return EXCUSED
    return "" if one.grade is None else in_figures(one.grade)


def _read(rows: Sequence[Sequence[str]], title: str, param: str) -> Book:
    head = list(rows[0])
    places = _places(head)
    points = next((row for row in rows[1:] if _POINTS in row[0].casefold()), None)
    column = _column(head, title, param)
    notes = []
    if column is None:
        close = near(title, [_titled(h) for h in _assignments(head)])
        notes.append(
            f"Canvas has no assignment “{title}” in this file, and would make one"
            + (f"; did you mean “{close}”?" if close else ".")
        )
    elif points is not None and _READ_ONLY in points[column].casefold():
        raise BadInput(param, f"Canvas ignores the column “{head[column]}”: it is read only.")
    entries = tuple(
        Entry(
            row[0],
            {key: row[place] if place is not None else "" for key, place in places.items()},
            "" if column is None else row[column],
        )
        for row in rows[1:]
        if not _is_skipped(row)
    )
    heading = title if column is None else head[column]
    return Book(
        PLATFORM,
        heading,
        column is None,
        (ID, SIS, LOGIN),
        frozenset({LOGIN}),
        entries,
        notes=(*notes, *_odd_cells(entries)),
    )


def _places(head: Sequence[str]) -> dict[str, int | None]:
    """Where the keys stand: the second column is the id, and the SIS id counts only where the login
    comes after it."""
    login = head.index(LOGIN) if LOGIN in head else None
    sis = login - 1 if login is not None and head[login - 1] == SIS else None
    return {ID: 1, SIS: sis, LOGIN: login}


def _assignments(head: Sequence[str]) -> list[str]:
    return [h for h in head[head.index(HEAD[4]) + 1 :] if h and not _DROPPED.search(h)]


def _titled(heading: str) -> str:
    """The title in a heading such as “Participation (12345)”."""
    numbered = _NUMBERED.fullmatch(heading)
    return numbered[1] if numbered else heading


def _column(head: Sequence[str], title: str, param: str) -> int | None:
    """The column of this title; None where there is none. Raises BadInput where it is unclear."""
    begin = head.index(HEAD[4]) + 1
    spaced = [" ".join(heading.split()) for heading in head]
    exact = [p for p in range(begin, len(head)) if spaced[p] == title]
    named = exact or [p for p in range(begin, len(head)) if _titled(spaced[p]) == title]
    if len(named) > 1:
        several = "; ".join(head[place] for place in named)
        raise BadInput(param, f"{len(named)} columns are called so; give one in full: {several}.")
    if not named and _NUMBERED.fullmatch(title):
        raise BadInput(
            param,
            f"There is no column “{title}” in this file; give the assignment's title without a"
            " number in brackets, or as the file has it.",
        )
    return named[0] if named else None


def _is_skipped(row: Sequence[str]) -> bool:
    words = {cell for cell in row if cell}
    return words <= _SKIPPED or row[0] in _SKIPPED or _POINTS in row[0].casefold()


def _odd_cells(entries: Sequence[Entry]) -> list[str]:
    odd = [
        e.before
        for e in entries
        if not is_blank(e.before) and not is_excused(e.before) and as_figure(e.before) is None
    ]
    if not odd:
        return []
    return [f"The column holds what is no number, such as “{odd[0]}”: is it the one meant?"]


def _uploadable(book: Book, entry: Entry, line: Line) -> Line:
    """The line, or that nothing is uploaded, where no row of a file would surely mean this one."""
    if line.fate in (Fate.STAYS, Fate.LEFT) or addressed(book, entry, (ID, SIS, LOGIN)):
        return line
    why = "a file can't tell this row from others, or a spreadsheet would take it for a formula"
    return replace(line, after=line.before, fate=Fate.LEFT, why=why)


def _upload_row(entry: Entry, grade: str) -> list[str]:
    keys = [guarded(entry.keys[key]) for key in (ID, SIS, LOGIN)]
    return [guarded(entry.name), *keys, "", grade]
