"""`coalface db …`: looking after the course database."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import Data, Json, load_settings, print_json, told

app = typer.Typer(help="The course database.", no_args_is_help=True)


@app.command("upgrade")
@told
def db_upgrade(data: Data = None) -> None:
    """Bring the database to this version, after a backup; make it if there is none."""
    from datetime import UTC, datetime

    from storage import maintenance

    path = load_settings(data).database
    saved = maintenance.upgrade(path, datetime.now(UTC))
    typer.echo(f"{path} is at revision {maintenance.newest()}.")
    if saved:
        typer.echo(f"The one before was kept as {saved}")


@app.command("backup")
@told
def db_backup(
    to: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    data: Data = None,
) -> None:
    """Copy the database, whole, also while the bot is running."""
    from storage import maintenance

    typer.echo(f"Written to {maintenance.backup(load_settings(data).database, to)}")


@app.command("restore")
@told
def db_restore(
    source: Annotated[Path, typer.Argument(help="A backup.", exists=True)], data: Data = None
) -> None:
    """Put a backup in the database's place; the present one is kept. Stop the bot first."""
    from datetime import UTC, datetime

    from storage import maintenance

    saved = maintenance.restore(load_settings(data).database, source, datetime.now(UTC))
    typer.echo("The backup is in place.")
    if saved:
        typer.echo(f"The database before was kept as {saved}")


@app.command("check")
@told
def db_check(data: Data = None, json: Json = False) -> None:
    """Look the database over: whole, consistent, at this version."""
    from storage import maintenance

    health = maintenance.check(load_settings(data).database)
    if json:
        print_json(
            {
                "revision": health.revision,
                "newest": health.newest,
                "problems": list(health.problems),
                "rows": health.counts,
            }
        )
    else:
        for problem in health.problems:
            typer.echo(problem, err=True)
        if not health.problems:
            typer.echo(f"All is well; revision {health.revision}.")
    if health.problems:
        raise typer.Exit(1)
