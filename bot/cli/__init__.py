"""The terminal commands (`coalface …`). What a command needs is imported when it runs, so that
`coalface --help` answers at once."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import (
    archives,
    courses,
    database,
    discord,
    doctor,
    facts,
    gradebook,
    packs,
    roster,
    schedule,
    slack,
)
from bot.cli.shared import Data, check_database, fail, load_settings, told, write_out

if TYPE_CHECKING:
    from bot.config import Settings, SlackWay
    from bot.core.commands import File

app = typer.Typer(
    help="Coalface: a classroom discussion bot, on Discord, Slack and in the browser.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(packs.app, name="pack")
app.add_typer(facts.app, name="fact")
app.add_typer(database.app, name="db")
app.add_typer(archives.app, name="import")
app.add_typer(courses.app, name="course")
app.add_typer(gradebook.app, name="gradebook")
app.add_typer(discord.app, name="discord")
app.add_typer(slack.app, name="slack")
app.add_typer(schedule.app, name="schedule")
app.add_typer(roster.app, name="roster")
app.command()(doctor.doctor)


def main() -> None:
    """The entry point of `coalface` and of `python -m bot`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show a sign gets a ?
    if os.environ.get("NO_COLOR"):
        os.environ["TERM"] = "dumb"  # rich would leave out colours only, and not bold or dim
    app(prog_name="coalface")


@app.command()
@told
def run(
    data: Data = None,
    port: Annotated[
        int | None, typer.Option(help="Where the classroom listens (8080).", show_default=False)
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Only this machine, for now.", show_default=False)
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew; the old database goes to backups.")
    ] = False,
    empty: Annotated[bool, typer.Option("--empty", help="Start without the sample class.")] = False,
    discord: Annotated[
        bool, typer.Option("--discord", help="Connect to Discord (COALFACE_DISCORD_TOKEN).")
    ] = False,
    slack: Annotated[
        bool,
        typer.Option(
            "--slack",
            help="Connect to one Slack workspace (COALFACE_SLACK_BOT_TOKEN, …_APP_TOKEN).",
        ),
    ] = False,
    slack_http: Annotated[
        bool, typer.Option("--slack-http", help="Be there for many Slack workspaces, over HTTP.")
    ] = False,
    no_classroom: Annotated[
        bool, typer.Option("--no-classroom", help="Without the classroom: Discord or Slack only.")
    ] = False,
) -> None:
    """Start the bot, with the classroom in the browser and, if asked for, Discord and Slack."""
    from datetime import UTC, datetime

    from bot import logs
    from bot.adapters.browser.hosts import check_host

    settings = load_settings(data, port=port, host=host)
    check_host(settings.host)
    way = _slack_way(settings, slack, slack_http)
    if discord:
        settings.discord_secret()  # before anything is touched
    if no_classroom and not discord and way is None:
        fail("Nothing is left to run: --no-classroom goes with --discord, --slack or --slack-http.")
    from storage import maintenance

    now = datetime.now(UTC)
    if fresh and (kept := maintenance.set_aside(settings.database, now)):
        typer.echo(f"The old database was kept as {kept}")
    if saved := maintenance.upgrade(settings.database, now):
        typer.echo(f"The database was upgraded; the one before was kept as {saved}")
    logs.start(settings.data, settings.log)
    typer.echo("Coalface is starting …")
    try:
        _serve(settings, sample=not empty, classroom=not no_classroom, discord=discord, slack=way)
    except KeyboardInterrupt:
        typer.echo("Coalface has stopped.")


def _slack_way(settings: "Settings", socket: bool, http: bool) -> "SlackWay | None":
    """The way that was asked for; ends the program where it lacks a setting."""
    if socket and http:
        fail("--slack is for one workspace and --slack-http for many: give one of them.")
    if not (socket or http):
        return None
    way: SlackWay = "socket" if socket else "http"
    settings.check_slack(way)
    if http:
        from bot.adapters.slack.installations import Keys

        Keys(settings.slack_secret("key"))
    return way


def _serve(
    settings: "Settings",
    *,
    sample: bool,
    classroom: bool,
    discord: bool,
    slack: "SlackWay | None",
) -> None:
    import asyncio
    import signal

    from bot.app import run as run_app

    def announce(address: str, moved: str | None) -> None:
        if moved is not None:
            typer.echo(moved)
        typer.echo(f"The classroom is open at {address} (Ctrl+C stops it).")
        sys.stdout.flush()

    def listening(host: str, port: int) -> None:
        from bot.adapters.slack.adapter import INSTALL_PATH
        from bot.adapters.slack.manifest import EVENTS_PATH

        typer.echo(
            f"Slack's requests are taken at http://{host}:{port}{EVENTS_PATH}, and a workspace"
            f" installs Coalface at {INSTALL_PATH}: Slack has to reach both by an HTTPS address."
        )
        sys.stdout.flush()

    # A service manager's way of saying Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` has it ignored
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    asyncio.run(
        run_app(
            settings,
            sample=sample,
            announce=announce,
            listening=listening,
            classroom=classroom,
            discord=discord,
            slack=slack,
        )
    )


@app.command()
@told
def report(
    data: Data = None,
    course: Annotated[
        int | None, typer.Option(help="The course's number.", show_default=False)
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="The kind of file.")] = "csv",
    first: Annotated[
        str | None,
        typer.Option("--from", help="The first day, such as 2026-09-07.", show_default=False),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="The last day, included.", show_default=False)
    ] = None,
    discussion: Annotated[
        str | None, typer.Option(help="Discussions, such as D3,D5.", show_default=False)
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="One channel of the course.", show_default=False)
    ] = None,
    section: Annotated[
        str | None, typer.Option(help="One section of the roster.", show_default=False)
    ] = None,
    by_channel: Annotated[
        bool, typer.Option("--by-channel", help="A file for each channel, in the folder --output.")
    ] = False,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="With pseudonyms instead of names.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; else it is printed.", show_default=False)
    ] = None,
) -> None:
    """Make the participation report of a course."""
    import asyncio
    import gc

    gc.disable()  # a million rows are no garbage, and the program ends in a moment
    settings = load_settings(data)
    if by_channel and (output is None or not output.is_dir()):
        fail("--by-channel makes a file for each channel: give their folder with --output.")
    check_database(settings)
    from bot.app import open_app
    from bot.core.commands import Catalog
    from bot.core.exporting import Wanted, exported
    from bot.core.frozen import Exported

    typed = {"from": first, "to": last, "discussion": discussion, "channel": channel}
    typed["section"] = section
    # As a program reads it, without the mark for spreadsheets, where it is printed.
    wanted = Wanted(course, format_, typed, pseudonyms, by_channel, bare=output is None)

    async def work() -> list[Exported]:
        async with open_app(settings, commands=Catalog(())) as app:  # none is built for nothing
            return await exported(app.services, wanted)

    for made in asyncio.run(work()):
        if output is None:
            _print_out(made.file)
            typer.echo(made.about.in_short(made.file), err=True, nl=False)
        else:
            write_out(made.file, made.about, output / made.file.name if by_channel else output)
            said = made.export
            typer.echo(f"{said.name}, SHA-256 {said.digest}, by definitions version {said.version}")
    gc.freeze()  # nor is what was loaded looked through at the end


def _print_out(file: "File") -> None:
    """As bytes: a terminal's encoding must not change what a program reads."""
    sys.stdout.buffer.write(file.content)
    sys.stdout.flush()
