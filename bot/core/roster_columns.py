"""Which column of a roster is what: by its header, as Canvas, Moodle and spreadsheets in several
languages have it; where that is unclear, whoever gives the file is asked."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from bot.core.errors import BadInput
from bot.core.ports import Sheet, SheetRow

NAME = "full_name"
ASKED = (NAME, "surname", "student_id", "login", "email", "section")
"""What people can be asked for, in this order; the LMS's own id is never."""
LMS_ID = "lms_id"
LEFT_OUT = "-"
"""What is picked for a field that no column is to be taken for."""

CALLED = {
    NAME: "name",
    "surname": "last name",
    "student_id": "student id",
    "login": "login",
    "email": "e-mail address",
    "section": "section",
}

WORDS = {
    NAME: "name; full name; student; student name; display name; fullname; vollstandiger name;"
    " nom complet; nom et prenom; nombre completo; nome completo; nome e cognome; фио; 姓名; 氏名;"
    " nom; naam; namn",
    "first": "first name; firstname; given name; given names; forename; vorname; prenom; nombre;"
    " nombres; nome; имя; voornaam; fornamn",
    "surname": "last name; lastname; surname; family name; nachname; familienname; apellido;"
    " apellidos; apellido s; cognome; sobrenome; фамилия; achternaam; efternamn; nom de famille",
    "student_id": "sis user id; sis id; id number; idnumber; student id; student number;"
    " student no; studentid; university id; campus id; matriculation number; matrikelnummer;"
    " matrikel nr; matrikelnr; matr nr; studierendennummer; student nr; studentnummer;"
    " id nummer; numero de id; numero d identification; numero de identificacion; numero di id;"
    " numero d etudiant; numero etudiant; code etudiant; numero de matricula;"
    " matricula; matricola; numero di matricola; no de estudiante; номер зачетки;"
    " 学号; 学籍番号; id",
    "login": "sis login id; login id; login; username; user name; user id; userid; netid; net id;"
    " benutzername; anmeldename; kennung; identifiant; nom d utilisateur; nombre de usuario;"
    " usuario; nome utente; логин",
    "email": "email; e mail; mail; email address; e mail address; e mail adresse; mailadresse;"
    " adresse de courriel; courriel; adresse e mail; adresse email; correo; correo electronico;"
    " direccion de correo; email institucional; indirizzo email; indirizzo e mail; posta;"
    " электронная почта; почта; адрес электронной почты; 邮箱; メールアドレス",
    "section": "section; sections; section name; group; groups; gruppe; gruppen; kurs; groupe;"
    " groupes; grupo; grupos; seccion; gruppo; gruppi; sezione; turma; группа; группы; секция",
}
"""Headers, as far as `_plain` leaves them. Those that mean a first name in one language and a whole
name in another are told apart by what stands beside them."""

_HEADER_ROWS = 15
"""How far down the header may stand, below a title."""
_MOST_NAMED = 20
"""Headers in a sentence."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands, from 0; with `canvas`, in a gradebook of Canvas's. `unclear` are the
    fields for which there are several columns, or none although it is needed, in the order of
    ASKED, each with the columns that it may be."""

    header: SheetRow
    places: Mapping[str, int]
    unclear: Mapping[str, Sequence[int]] = field(default_factory=dict)
    canvas: bool = False

    @property
    def names(self) -> list[str]:
        """The headers that people can pick, in order; those without words by their place."""
        return [label_of(self.header, place) for place in range(len(self.header.cells))]


def recognise(sheet: Sheet) -> Columns:
    """Raises BadInput for a table without rows."""
    if not sheet.rows:
        raise BadInput("file", f"{sheet.name} has no rows; give the file with the students.")
    header = max(sheet.rows[:_HEADER_ROWS], key=lambda row: (_known(row), -row.number))
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(header.cells):
        if (meant := _means().get(_plain(cell))) is not None:
            found.setdefault(meant, []).append(place)
    canvas = _is_canvas(header)
    if canvas:
        found[LMS_ID] = [_place(header, "id")]
        found["student_id"] = [p for p in found["student_id"] if p not in found[LMS_ID]]
    else:
        _prefer_the_exact_id(header, found)
    _sort_out_names(found)
    unclear = {name: places for name, places in found.items() if len(places) > 1}
    if NAME not in found:
        unclear[NAME] = []
    places = {name: places[0] for name, places in found.items() if len(places) == 1}
    return Columns(header, places, {n: unclear[n] for n in ASKED if n in unclear}, canvas)


def chosen(columns: Columns, picked: Mapping[str, str]) -> Columns:
    """With what people picked for some fields: a header, its letter as in a spreadsheet, or
    LEFT_OUT, which is nothing for a name.

    Raises BadInput for a column that is not there.
    """
    places = dict(columns.places)
    if NAME in picked and "surname" not in picked:
        places.pop("surname", None)  # it is all of the name, unless they say otherwise
    for name, header in picked.items():
        if header == LEFT_OUT and name != NAME:
            places.pop(name, None)
        else:
            places[name] = _find(columns, name, header)
    unclear = {name: among for name, among in columns.unclear.items() if name not in picked}
    return Columns(columns.header, places, unclear, columns.canvas)


def what_is_unclear(file: str, columns: Columns, wanted: str) -> str:
    """A sentence: what could not be told, and the headers that are there; then what is `wanted`,
    and where they look like no headers at all, what that takes."""
    several = [
        f"the {CALLED[name]} may be " + " or ".join(label_of(columns.header, p) for p in among)
        for name, among in columns.unclear.items()
        if among
    ]
    none = [
        f"no header is recognised as the {CALLED[n]}"
        for n, among in columns.unclear.items()
        if not among
    ]
    there = f"the headers in row {columns.header.number} are {_listed(columns)}"
    said = f"In {file}, {' and '.join(none + several)}; {there}. {wanted}"
    if not columns.places and not several:
        said += " Should that row be a student already, put a row of headers above it in the file."
    return said


def not_read(columns: Columns) -> list[str]:
    """The headers of the columns that are taken for nothing; of a gradebook these are the grades,
    and none is named."""
    if columns.canvas:
        return []
    cells, taken = columns.header.cells, set(columns.places.values())
    unread = [p for p in range(len(cells)) if p not in taken and cells[p].strip()]
    named = [f"“{label_of(columns.header, place)}”" for place in unread[:_MOST_NAMED]]
    return named + (["…"] if len(unread) > _MOST_NAMED else [])


def label_of(header: SheetRow, place: int) -> str:
    """What a person reads for a column; two of the same name are told apart by their letters."""
    said = header.cells[place].strip()
    if not said:
        return f"Column {_letter(place)}"
    alike = sum(_plain(cell) == _plain(said) for cell in header.cells) > 1
    return f"{said} ({_letter(place)})" if alike else said


def _find(columns: Columns, name: str, header: str) -> int:
    wanted = _plain(header)
    names = columns.names
    found = [place for place, label in enumerate(names) if label == header]
    found = found or [place for place, label in enumerate(names) if _plain(label) == wanted]
    found = found or [p for p in range(len(names)) if _letter(p).casefold() == wanted]
    if len(found) != 1:
        there = f"these are there: {_listed(columns)}."
        raise BadInput(name, f"There is no column “{header}”; {there}")
    return found[0]


def _listed(columns: Columns) -> str:
    names = columns.names
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


def _known(row: SheetRow) -> int:
    """How many different fields a row's cells are headers of."""
    return len({_means()[_plain(cell)] for cell in row.cells if _plain(cell) in _means()})


def _is_canvas(header: SheetRow) -> bool:
    """`Student, ID, …, Section` begins every gradebook that Canvas exports."""
    words = [_plain(cell) for cell in header.cells]
    return words[:2] == ["student", "id"] and "section" in words


def _prefer_the_exact_id(header: SheetRow, found: dict[str, list[int]]) -> None:
    """A plain “ID” beside a student's number is the list's own count."""
    exact = [p for p in found.get("student_id", ()) if _plain(header.cells[p]) != "id"]
    if exact:
        found["student_id"] = exact


def _sort_out_names(found: dict[str, list[int]]) -> None:
    """What “nom”, “nome” and “name” mean, by what stands beside them: then `NAME` is the whole
    name, or, with a `surname`, the first one."""
    first, whole, last = (found.pop(field, []) for field in ("first", NAME, "surname"))
    if first and last:
        found[NAME], found["surname"] = first, last  # whatever else there is
    elif first and whole:
        found[NAME], found["surname"] = first, whole  # Name and Vorname; nom and prénom
    elif whole and last and len(whole) == len(last) == 1:
        found[NAME], found["surname"] = whole, last
    elif whole or first:
        found[NAME] = whole or first


def _place(header: SheetRow, wanted: str) -> int:
    return next(p for p, cell in enumerate(header.cells) if _plain(cell) == wanted)


@cache
def _means() -> Mapping[str, str]:
    return {_plain(word): field for field, said in WORDS.items() for word in said.split("; ")}


def _plain(said: str) -> str:
    """Small letters without accents and marks: “E-Mail-Adresse” as “e mail adresse”."""
    letters = unicodedata.normalize("NFKD", said.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.split(r"[\W_]+", bare)).strip()


def _letter(place: int) -> str:
    """A, B, …, Z, AA: a column as spreadsheets call it."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
