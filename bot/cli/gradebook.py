"""`coalface gradebook …`: grades, and what becomes of them in a learning platform's gradebook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import Data, Json, fail, load_settings, print_json, told, write_out

if TYPE_CHECKING:
    from bot.core.gradebook import Rehearsal

app = typer.Typer(help="Grades for a learning platform.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """A group, also while it has one command only."""


@app.command("rehearse")
@told
def gradebook_rehearse(
    file: Annotated[
        Path, typer.Argument(help="The gradebook as Canvas or Moodle exports it (CSV).")
    ],
    column: Annotated[str, typer.Option(help="The assignment's title in the gradebook.")],
    figure: Annotated[
        str, typer.Option(help="The column of the report that is the grade, such as posts.")
    ],
    data: Data = None,
    course: Annotated[
        int | None, typer.Option(help="The course's number.", show_default=False)
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Make the column if the gradebook has none of this title.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Where to write the file to upload.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Tell what uploading grades would do, and write the file that does that and nothing else."""
    import asyncio

    from bot.app import open_app
    from bot.core.gradebook_commands import Asked, Rehearsed, rehearse_for
    from bot.core.rehearsing import MOST_BYTES, to_json

    settings = load_settings(data)
    _check_database(settings.database)
    if file.stat().st_size > MOST_BYTES:
        fail(f"{file} is no gradebook: it has more than {MOST_BYTES // 2**20} MB.")
    asked = Asked(file.read_bytes(), column, figure, new)

    async def work() -> Rehearsed:
        async with open_app(settings) as app:
            return await rehearse_for(app.services, course, asked)

    rehearsed = asyncio.run(work())
    if json:
        print_json(to_json(rehearsed.rehearsal))
    else:
        _print(rehearsed.rehearsal)
    if output is not None and rehearsed.file is not None:
        write_out(rehearsed.file, rehearsed.about, output, quiet=json)


def _print(rehearsal: "Rehearsal") -> None:
    from bot.core.plain import to_plain
    from bot.core.rehearsing import to_card

    typer.echo(to_plain(to_card(rehearsal)))


def _check_database(path: Path) -> None:
    from storage import maintenance

    health = maintenance.check(path)
    if health.problems:
        mend = "db restore" if health.damaged else "db upgrade"
        fail(f"The database can't be used: {health.problems[0]}; see coalface {mend}.")
