"""/course roster: the same list again changes nothing, a newer one updates, and nobody is lost."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

from bot.core.commands import Choice, File, Form
from bot.core.roster import OnRoster, on_roster
from storage.ids import CourseId
from tests.world import Human, World

COURSE = CourseId(1)
FIRST = """Name,Student ID,E-mail,Section
Ada Pitlamp,1,ada@example.edu,A
Bo Miller,2,bo@example.edu,A
Kim Lee,3,kim@example.edu,B
Kim Lee,4,,B
"""


def file(said: str = FIRST, name: str = "roster.csv") -> File:
    return File(name, "text/csv", said.encode())


async def on_it(world: World) -> dict[str, OnRoster]:
    async with world.app.services.database.read() as db:
        return {f"{one.name} {one.student_id}": one for one in await on_roster(db, COURSE)}


async def taught(world: World) -> Human:
    ines = await world.person("Ines")
    await world.course(ines)
    return ines


async def takes(who: Human, said: str, **more: object) -> str:
    return await who.answer("course roster", file=file(said), **more)


async def test_the_same_list_again_changes_nothing(world: World) -> None:
    ines = await taught(world)
    assert "In the file: 4\nNew: 4" in await takes(ines, FIRST)
    before = await on_it(world)
    assert list(before) == ["Ada Pitlamp 1", "Bo Miller 2", "Kim Lee 3", "Kim Lee 4"]
    assert "Nothing has changed." in await takes(ines, FIRST)
    assert "Nothing has changed." in await takes(ines, FIRST.replace("\n", "\r\n"))
    assert await on_it(world) == before
    assert all(one.since is None and one.left_at is None for one in before.values())


async def test_a_row_with_too_long_a_cell_is_left_out_and_marks_nobody_as_left(
    world: World,
) -> None:
    ines = await taught(world)
    await takes(ines, FIRST)
    said = await takes(ines, FIRST.replace("bo@example.edu,A", f"bo@example.edu,{'A' * 201}"))
    assert "section has more than 200 characters; left out" in said
    assert (await on_it(world))["Bo Miller 2"].left_at is None


async def test_names_alone_are_students_too_however_often_they_are_read(world: World) -> None:
    ines = await taught(world)
    await takes(ines, "Name\nKim Lee\nKim Lee\nAda Pitlamp\n")
    assert "Nothing has changed." in await takes(ines, "Name\nAda Pitlamp\nKim Lee\nKim Lee\n")


async def test_a_newer_list_updates_marks_who_left_and_since_when_who_is_new(world: World) -> None:
    ines = await taught(world)
    await takes(ines, FIRST)
    world.clock.move(days=14)
    newer = FIRST.replace("Bo Miller,2,bo@example.edu,A\n", "").replace("Lee,4,,B", "Lee,4,,C")
    said = await takes(ines, f"{newer}Cy Young,5,cy@example.edu,B\n")
    assert "In the file: 4\nNew: 1\nChanged: 1\nLeft: 1" in said
    assert "Marked as left: Bo Miller." in said
    now = await on_it(world)
    assert now["Bo Miller 2"].left_at == world.clock.now()
    assert now["Cy Young 5"].since == world.clock.now()
    assert now["Kim Lee 4"].section == "C"
    assert now["Ada Pitlamp 1"].since is None
    listed = await ines.answer("roster list", show="left")
    assert "Bo Miller" in listed
    assert "Ada Pitlamp" not in listed
    assert "Back: 1" in await takes(ines, f"{FIRST}Cy Young,5,cy@example.edu,B\n")
    assert (await on_it(world))["Bo Miller 2"].left_at is None


async def test_a_student_is_known_by_ids_whatever_they_are_called_now(world: World) -> None:
    ines = await taught(world)
    await takes(ines, FIRST)
    before = await on_it(world)
    newer = FIRST.replace("Ada Pitlamp,1", "Ada Davy,1").replace("bo@", "b.miller@")
    assert "New: 0\nChanged: 2\nLeft: 0" in await takes(ines, newer)
    assert (await on_it(world))["Ada Davy 1"].entry == before["Ada Pitlamp 1"].entry
    # A list without ids knows them by their addresses, and keeps what it does not say.
    said = await takes(ines, "Name,E-mail\nAda D.,ada@example.edu\n", missing="stay")
    assert "New: 0\nChanged: 1\nLeft: 0" in said
    assert (await on_it(world))["Ada D. 1"].section == "A"


async def test_most_of_a_class_is_never_marked_as_gone_without_a_word(world: World) -> None:
    ines = await taught(world)
    await takes(ines, FIRST)
    section = "Name,Student ID,Section\nCy Young,5,C\nDot Doe,6,C\n"
    form = await ines.form("course roster", file=file(section))
    assert "4 of the 4 on the roster are not in this file" in form.problems["missing"]
    assert form.values["file"] == file(section)
    assert "New: 2\nChanged: 0\nLeft: 0" in await takes(ines, section, missing="stay")
    assert (await on_it(world))["Cy Young 5"].since is None, "a part of the class, from the first"


async def test_what_is_unclear_is_asked_with_the_columns_that_are_there(world: World) -> None:
    ines = await taught(world)
    given = file("Who,Mail,E-mail,Group\nAda Pitlamp,ada@example.edu,x@example.edu,A\n")
    form = await ines.form("course roster", file=given)
    assert form.note == (
        "In roster.csv, no header is recognised as the name and the e-mail address may be Mail or"
        " E-mail; the headers in row 1 are Who, Mail, E-mail, Group. Say which column is what."
    )
    assert [param.name for param in form.params] == [
        "full_name", "email", "surname", "student_id", "login", "section",
    ]  # fmt: skip
    assert [param.name for param in form.params if param.required] == ["full_name", "email"]
    assert not any("if left empty" in param.summary for param in form.params)
    headers = tuple(Choice(c, c) for c in ("Who", "Mail", "E-mail", "Group"))
    assert form.params[0].choices == headers
    assert form.params[1].choices == (*headers, Choice("-", "No column"))
    assert form.values == {"file": given, "section": "Group"}
    said = await ines.answer("course roster", file=given, full_name="Who", email="Mail")
    assert "Read: full name from “Who”, email from “Mail”, section from “Group”." in said


async def test_a_column_that_is_unclear_or_wrong_can_be_left_out(world: World) -> None:
    ines = await taught(world)
    given = file("Who,Mail,E-mail,Group\nAda Pitlamp,ada@example.edu,x@example.edu,A\n")
    picked = {"full_name": "Who", "email": "-", "section": "-"}
    said = await ines.answer("course roster", file=given, **picked)
    assert "Read: full name from “Who”." in said
    form = await ines.form("course roster", file=given, full_name="-")
    assert "There is no column “-”" in form.problems["full_name"], "a name is needed"


async def test_a_file_without_headers_is_told_that_it_needs_some(world: World) -> None:
    ines = await taught(world)
    form = await ines.form("course roster", file=file("Ada Pitlamp;1\nBo Miller;2\n"))
    assert "the headers in row 1 are Ada Pitlamp, 1." in form.note
    assert "Should that row be a student already, put a row of headers above it" in form.note


async def test_bad_rows_are_told_with_file_and_row(world: World) -> None:
    ines = await taught(world)
    bad = "".join(f",{n},\n" for n in range(10, 35))
    said = await takes(ines, f"Name,ID,E-mail\nAda Pitlamp,1,ada\n{bad}")
    assert "26 rows to look at:" in said
    assert "roster.csv, row 2: “ada” is no e-mail address; Ada Pitlamp is taken without it." in said
    assert "roster.csv, row 3: there is no name; left out." in said
    assert "And 6 rows more." in said
    assert list(await on_it(world)) == ["Ada Pitlamp 1"]


async def test_who_stands_in_a_row_that_can_not_be_used_has_not_left(world: World) -> None:
    ines = await taught(world)
    await takes(ines, FIRST)
    said = await takes(ines, "Name,Student ID,E-mail\nAda Pitlamp,1,ada@example.edu\n"
                             "Bo Miller,1,bo@example.edu\n,3,\nKim Lee,4,\n")  # fmt: skip
    assert "roster.csv, row 3: Bo Miller has the student id of Ada Pitlamp in row 2; left" in said
    assert "roster.csv, row 4: there is no name; left out." in said
    assert "New: 0\nChanged: 0\nLeft: 0" in said
    assert all(one.left_at is None for one in (await on_it(world)).values())


async def test_columns_that_are_taken_for_nothing_are_named(world: World) -> None:
    ines = await taught(world)
    said = await takes(ines, "Name,Matrikelnr.,Shoe size,\nAda Pitlamp,1,38,\n")
    assert "Read: full name from “Name”, student id from “Matrikelnr.”." in said
    assert "Not read: “Shoe size”." in said
    said = await takes(ines, 'Student,ID,SIS User ID,Section,Essay\n"Pitlamp, Ada",9,1,A,7\n')
    assert "Not read" not in said, "of a gradebook of Canvas's they are the grades"


async def test_an_id_that_excel_has_shortened_is_told_and_not_kept(world: World) -> None:
    ines = await taught(world)
    said = await takes(ines, "Name,Student ID\nAda Pitlamp,7.00123E+11\nBo Miller,00123\n")
    assert "row 2: “7.00123E+11” is an id that a spreadsheet has shortened, so Ada Pitlamp" in said
    assert list(await on_it(world)) == ["Ada Pitlamp None", "Bo Miller 00123"]


async def test_what_is_no_roster_is_refused_and_nothing_changes(world: World) -> None:
    ines = await taught(world)
    for content, sentence in (
        (b"%PDF-1.4", "roster.csv is no table"),
        (b"Name,ID\n", "names no student below its header in row 1"),
        (b"\n \n", "has no rows"),
        (b"", "file was given an empty file"),
    ):
        form = await ines.form("course roster", file=replace(file(), content=content))
        assert sentence in form.problems["file"]
        assert "file" not in form.values, "another one is wanted"
    form = await ines.form("course roster", file="roster.csv")
    assert "takes a file, which can't be typed" in form.problems["file"]
    outcome = await ines.run("course roster")
    assert isinstance(outcome, Form)
    assert await on_it(world) == {}


async def test_the_roster_of_an_archived_course_stays(world: World) -> None:
    ines = await taught(world)
    await takes(ines, FIRST)
    await ines.answer("course archive", confirm="History 101")
    assert "archived" in await takes(ines, "Name\nAda Pitlamp\n", missing="left")
    assert "Kim Lee" in await ines.answer("roster list")


async def test_what_is_noted_of_it_names_nobody(world: World) -> None:
    ines = await taught(world)
    await takes(ines, FIRST)
    with closing(sqlite3.connect(world.settings.database)) as db:
        noted = db.execute("SELECT subject, details FROM audit WHERE action = 'course roster'")
        ((subject, details),) = noted.fetchall()
    assert (subject, json.loads(details)) == (
        "roster",
        {"new": 4, "changed": 0, "back": 0, "left": 0},
    )
