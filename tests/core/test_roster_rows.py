"""Rosters as Canvas, Moodle and people's own spreadsheets have them."""

import csv
import io

import pytest

from bot.core.errors import BadInput
from bot.core.ports import Sheet, SheetRow
from bot.core.roster_columns import chosen, recognise
from bot.core.roster_rows import Slip, students
from storage.rosters import Listed

ADA = Listed("Ada Pitlamp", student_id="12345", email="ada@example.edu")


def sheet(said: str) -> Sheet:
    rows = list(csv.reader(io.StringIO(said.strip())))
    numbered = (SheetRow(n, tuple(row)) for n, row in enumerate(rows, 1) if any(row))
    return Sheet("roster.csv", tuple(numbered))


def read(said: str, **picked: str) -> tuple[list[Listed], list[Slip]]:
    columns = chosen(recognise(sheet(said)), picked)
    assert not columns.unclear
    return students(sheet(said), columns)


def test_a_gradebook_of_canvas() -> None:
    found, slips = read("""
Student,ID,SIS User ID,SIS Login ID,Section,Essay: Email (123),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,10,(read only)
"Pitlamp, Ada",901,12345,apitlamp,History 101 A and History 101 B,9,90
"King, Jr., Martin Luther",902,12346,mlk,History 101 A,,
"Student, Test",903,,3f2a,History 101 A,,
""")
    assert slips == []
    assert found == [
        Listed("Ada Pitlamp", "12345", "apitlamp", None, "History 101 A and History 101 B", "901"),
        Listed("King, Jr., Martin Luther", "12346", "mlk", None, "History 101 A", "902"),
    ]


def test_a_gradebook_of_canvas_without_what_assistants_may_not_see() -> None:
    found, _ = read('Student,ID,Section\n"Pitlamp, Ada",901,A\n')
    assert found == [Listed("Ada Pitlamp", section="A", lms_id="901")]


def test_the_participants_of_a_course_on_moodle() -> None:
    found, _ = read("""
First name,Last name,Username,ID number,Email address,Groups
Ada,Pitlamp,apitlamp,12345,ada@example.edu,Monday
""")
    assert found == [Listed("Ada Pitlamp", "12345", "apitlamp", "ada@example.edu", "Monday")]


@pytest.mark.parametrize(
    "header",
    [
        "Name,Vorname,Matrikelnummer,E-Mail-Adresse",
        "Nachname,Vorname,Matrikel-Nr.,E-Mail",
        "Nom,Prénom,Numéro d’étudiant,Courriel",
        "Apellido(s),Nombre,Número de matrícula,Dirección de correo",
        "Cognome,Nome,Matricola,Indirizzo e-mail",
        "Фамилия,Имя,ID,Электронная почта",
        "Last name,First name,ID number,Email address",
        "SURNAME,GIVEN NAME,Student No.,E-Mail Address",
    ],
)
def test_first_and_last_names_in_several_languages(header: str) -> None:
    assert read(f"{header}\nPitlamp,Ada,12345,ada@example.edu\n")[0] == [ADA]


@pytest.mark.parametrize(
    "header",
    ["Name,Student ID,Email", "Student Name,ID,E-mail", "姓名,学号,邮箱", "Nombre,ID,Correo",
     "Vollständiger Name,Matrikelnummer,Mail", "ФИО,Номер зачётки,Почта", "Nome,Matricola,Posta"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Ada Pitlamp", '"Pitlamp, Ada"'])
def test_whole_names_either_way_round(header: str, name: str) -> None:
    assert read(f"{header}\n{name},12345,ada@example.edu\n")[0] == [ADA]


def test_the_header_may_stand_below_a_title_and_beside_what_nobody_asks_for() -> None:
    found, _ = read("""
History 101,,,
Autumn term,,,

No,Name,Student number,Remarks
1,Ada Pitlamp,12345,Sits in front
""")
    assert found == [Listed("Ada Pitlamp", "12345")]


def test_bad_rows_are_reported_with_their_numbers_and_the_others_taken() -> None:
    found, slips = read(f"""
Name,ID,Email
Ada Pitlamp,1,ada@example.edu
,2,nobody@example.edu
Bo Miller,3,bo at example
{"x" * 201},4,
Ada Pitlamp,1,ada@example.edu
,,
Cy Young,5
""")
    assert [one.name for one in found] == ["Ada Pitlamp", "Bo Miller", "Cy Young"]
    assert found[1].email is None
    assert [(slip.row, slip.sentence.partition(";")[0]) for slip in slips] == [
        (3, "there is no name"),
        (4, "“bo at example” is no e-mail address"),
        (5, "full_name has more than 200 characters"),
        (6, "Ada Pitlamp stands in row 2 already"),
    ]


def test_a_student_in_two_sections_is_one_and_two_with_one_address_are_two() -> None:
    found, slips = read("""
Name,ID,Email,Section
Ada Pitlamp,1,home@example.edu,A
Ada Pitlamp,1,home@example.edu,B
Bo Pitlamp,2,home@example.edu,A
""")
    assert [(one.name, one.section) for one in found] == [
        ("Ada Pitlamp", "A; B"),
        ("Bo Pitlamp", "A"),
    ]
    assert slips == []


def test_what_is_unclear_is_said_and_can_be_picked_by_header_or_letter() -> None:
    unclear = "Who,Mail,E-mail,Which\nAda Pitlamp,a@example.edu,b@example.edu,12345\n"
    assert [*recognise(sheet(unclear)).unclear] == ["full_name", "email"]
    found, _ = read(unclear, full_name="who", email="C", student_id="Which")
    assert found == [Listed("Ada Pitlamp", "12345", email="b@example.edu")]
    with pytest.raises(BadInput, match="There is no column “Whose”; these are there: Who, Mail"):
        read(unclear, full_name="Whose")


def test_two_columns_of_one_name_are_told_apart_by_their_letters() -> None:
    columns = recognise(sheet("Name,Group,Group,\nAda,A,1,\n"))
    assert columns.names == ["Name", "Group (B)", "Group (C)", "Column D"]
    assert [*columns.unclear] == ["section"]


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(BadInput, match=r"roster\.csv has no rows"):
        recognise(Sheet("roster.csv", ()))
