"""`coalface import …`: an old term, from an archive of Slack's or Discord's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import (
    Data,
    Json,
    check_database,
    load_settings,
    print_json,
    told,
)

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.core.archived import Archive
    from bot.core.archives import Brought, Wanted

SHOWN = 20
"""How many of the rows that can't be read are shown; --json tells more."""

app = typer.Typer(
    help="Old terms: from a Slack export, or from DiscordChatExporter.", no_args_is_help=True
)

Course = Annotated[
    str | None,
    typer.Option(
        "--course",
        help="What the course is called; else as the archive is. Made if it is not there.",
        show_default=False,
    ),
]
Zone = Annotated[str, typer.Option(help="The course's time zone: whose days are counted.")]
Pack = Annotated[
    str | None,
    typer.Option("--pack", help="The pack whose facts the class cited.", show_default=False),
]


@app.command("slack")
@told
def import_slack(
    export: Annotated[Path, typer.Argument(help="The workspace's export: a folder or a ZIP.")],
    data: Data = None,
    course: Course = None,
    zone: Zone = "UTC",
    pack: Pack = None,
    json: Json = False,
) -> None:
    """Bring in a Slack export as a finished course. Doing it again changes nothing."""
    from bot.imports.slack_export import SlackExport

    settings = load_settings(data)
    wanted = _wanted(settings, course or export.resolve().stem, zone, pack)
    archive = SlackExport.open_(export)
    try:
        _bring_in(settings, archive, wanted, archive.left_out, json)
    finally:
        archive.close()


@app.command("discord")
@told
def import_discord(
    files: Annotated[
        list[Path],
        typer.Argument(help="DiscordChatExporter's JSON files: of channels, threads, or parts."),
    ],
    data: Data = None,
    course: Course = None,
    zone: Zone = "UTC",
    pack: Pack = None,
    json: Json = False,
) -> None:
    """Bring in Discord channels as a finished course. Doing it again changes nothing."""
    from bot.imports.discord_export import DiscordExport

    settings = load_settings(data)
    archive = DiscordExport.open_(files)
    wanted = _wanted(settings, course or archive.title, zone, pack)
    _bring_in(settings, archive, wanted, archive.left_out, json)


def _wanted(settings: "Settings", title: str, zone: str, pack: str | None) -> "Wanted":
    import secrets

    from bot.core.archives import Wanted
    from bot.core.setup import zone_named

    if pack is not None:
        from bot.cli.shared import chosen_packs

        chosen_packs(settings, pack)
    return Wanted(title.strip() or "Archive", zone_named(zone), pack or "", secrets.token_hex(8))


def _bring_in(
    settings: "Settings",
    archive: "Archive",
    wanted: "Wanted",
    left_out: tuple[str, ...],
    json: bool,
) -> None:
    import asyncio

    from bot.app import SystemClock
    from bot.core.archives import bring_in
    from storage import maintenance
    from storage.database import Database

    async def work(progress: Callable[[int], None]) -> "Brought":
        database = await Database.open(settings.database)
        try:
            return await bring_in(database, SystemClock(), archive, wanted, progress)
        finally:
            await database.close()

    if not settings.database.exists():
        maintenance.upgrade(settings.database, SystemClock().now())
    check_database(settings)
    with _progress(archive.size, shown=not json) as progress:
        try:
            brought = asyncio.run(work(progress))
        except KeyboardInterrupt:
            typer.echo(
                "Broken off. What was brought in so far stays, and the same command goes on from"
                " there.",
                err=True,
            )
            raise
    if json:
        print_json(_to_json(brought, left_out))
    else:
        _say(brought, left_out)


@contextmanager
def _progress(size: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal's standard error; elsewhere nothing."""
    import sys

    if not shown or not sys.stderr.isatty():
        yield lambda read: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("Importing"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=size)
        yield lambda read: bar.update(task, completed=read)


def _to_json(brought: "Brought", left_out: tuple[str, ...]) -> dict[str, object]:
    return {
        "course": brought.course.id,
        "title": brought.course.title,
        "messages": brought.messages,
        "changed": brought.changed,
        "known": brought.known,
        "files": brought.files,
        "files_known": brought.files_known,
        "people": brought.people,
        "left_out": list(left_out),
        "unread": brought.unread,
        "problems": [slip._asdict() for slip in brought.slips],
    }


def _say(brought: "Brought", left_out: tuple[str, ...]) -> None:
    from bot.core.cards import number

    for slip in brought.slips[:SHOWN]:
        typer.echo(str(slip), err=True)
    if brought.unread > SHOWN:
        typer.echo(f"… and {brought.unread - SHOWN} more; --json tells them.", err=True)
    course = brought.course
    typer.echo(f"{course.title} is course {course.id}: {_news(brought)}.")
    for what in left_out:
        typer.echo(f"Left out: {what}.")
    if brought.unread:
        places = number(brought.unread, "place")
        typer.echo(f"Not all of it can be read: {places} skipped, as told above.")
    typer.echo(f"Its report: coalface report --course {course.id}")


def _news(brought: "Brought") -> str:
    """What is new, in words."""
    from bot.core.cards import number

    if not brought.messages and not brought.changed:
        return f"nothing is new; {_people(brought)} in it"
    parts = [number(brought.messages, "new message")]
    if brought.changed:
        parts.append(f"{number(brought.changed, 'changed message')}")
    if brought.known:
        parts.append(f"{number(brought.known, 'message')} that stood there already")
    return f"{', '.join(parts)}; {_people(brought)} in it"


def _people(brought: "Brought") -> str:
    return "1 person" if brought.people == 1 else f"{brought.people} people"
