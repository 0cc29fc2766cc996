"""`coalface roster …`: the registrar's list of students, and who in class is who."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.shared import Data, Json, check_database, fail, load_settings, print_json, told

if TYPE_CHECKING:
    from bot.core.roster import Overview
    from bot.core.roster_import import Changes, Reading
    from storage.rows import Course

app = typer.Typer(help="The roster of a course.", no_args_is_help=True)

OneCourse = Annotated[int | None, typer.Option(help="The course's number.", show_default=False)]

_ALSO = {"name": "full_name", "e-mail": "email", "id": "student_id"}


@app.command("import")
@told
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.", exists=True, dir_okay=False)],
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Which column is what, such as name=Student; also surname, student_id, login,"
            " email, section; email=- for none.",
            show_default=False,
        ),
    ] = None,
    missing: Annotated[
        str | None,
        typer.Option(
            help="What of those who are not in the file: left, or stay if it is one of several.",
            show_default=False,
        ),
    ] = None,
    course: OneCourse = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take a course's roster from a file; importing it twice changes nothing."""
    import asyncio

    from bot.app import open_app
    from bot.core.commands import File
    from bot.core.plain import to_plain
    from bot.core.roster_import import MISSING, MOST_BYTES, import_file, to_card
    from bot.core.uploads import in_words

    settings, picked = load_settings(data), _picked(column or [])
    if missing is not None and missing not in [choice.value for choice in MISSING]:
        fail(f"--missing takes {' or '.join(choice.value for choice in MISSING)}.")
    if (size := file.stat().st_size) > MOST_BYTES:
        fail(f"{file} has {in_words(size)}, and a roster at most {in_words(MOST_BYTES)}.")
    check_database(settings)
    given = File(file.name, "application/octet-stream", file.read_bytes())

    async def work() -> "tuple[Course, Reading, Changes]":
        async with open_app(settings) as app_:
            return await import_file(app_.services, course, given, picked, missing)

    of, reading, changes = asyncio.run(work())
    if json:
        print_json(
            {
                "course": of.id,
                "students": len(reading.students),
                **changes.counts,
                "problems": [
                    {"file": str(file), "row": slip.row, "problem": slip.sentence}
                    for slip in reading.slips
                ],
            }
        )
        return
    typer.echo(to_plain(to_card(of.title, reading, changes, most=len(reading.slips))))


@app.command("list")
@told
def list_(course: OneCourse = None, data: Data = None, json: Json = False) -> None:
    """Who is on a course's roster, who in class is who, and who is not on it."""
    import asyncio

    from bot.app import open_app
    from bot.core.exporting import the_course
    from bot.core.plain import to_plain
    from bot.core.roster import overview, to_card

    settings = load_settings(data)
    check_database(settings)

    async def work() -> "tuple[Course, Overview]":
        async with open_app(settings) as app_:
            database = app_.services.database
            async with database.read() as db:
                of = await the_course(db, course)
            return of, await overview(database, of.id)

    of, seen = asyncio.run(work())
    if json:
        print_json(_to_json(of, seen))
    else:
        typer.echo(to_plain(to_card(of, seen)))


def _picked(columns: list[str]) -> dict[str, str]:
    """What was said of columns, by field. Ends the program for what is no field."""
    from bot.core.roster_columns import ASKED

    picked = {}
    for said in columns:
        field, _, header = said.partition("=")
        name = _ALSO.get(field.strip().casefold(), field.strip().casefold())
        if name not in ASKED or not header.strip():
            known = ", ".join(("name", *ASKED[1:]))
            fail(
                f"--column takes what a column is and its header, as name=Student; one of {known}."
            )
        picked[name] = header.strip()
    return picked


def _to_json(course: "Course", seen: "Overview") -> dict[str, Any]:
    return {
        "course": course.id,
        "title": course.title,
        "roster": [
            {
                "entry": f"E{one.entry}",
                "name": one.name,
                "student_id": one.student_id,
                "login": one.login,
                "email": one.email,
                "section": one.section,
                "lms_id": one.lms_id,
                "since": one.since and one.since.isoformat(),
                "left": one.left_at and one.left_at.isoformat(),
                "member": one.member,
                "by_email": one.entry in seen.by_email,
                "accounts": list(seen.accounts.get(one.entry, ())),
                "suggested": seen.suggested[one.entry][1] if one.entry in seen.suggested else None,
            }
            for one in seen.entries
        ],
        "not_on_roster": [label for _, label in seen.outside],
    }
