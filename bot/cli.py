"""The terminal commands (`coalface …`). What a command needs is imported when it runs, so that
`coalface --help` answers at once."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.core.services import LoadedPack

app = typer.Typer(
    help="Coalface: a classroom discussion bot, on Discord, Slack and in the browser.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
pack = typer.Typer(help="Packs: sources, facts and prompts on one subject.", no_args_is_help=True)
fact = typer.Typer(help="Facts, with their sources.", no_args_is_help=True)
db = typer.Typer(help="The course database.", no_args_is_help=True)
app.add_typer(pack, name="pack")
app.add_typer(fact, name="fact")
app.add_typer(db, name="db")

Data = Annotated[
    Path | None,
    typer.Option(
        help="The folder of the database; else the user's data folder.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def main() -> None:
    """The entry point of `coalface` and of `python -m bot`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show a sign gets a ?
    if os.environ.get("NO_COLOR"):
        os.environ["TERM"] = "dumb"  # rich would leave out colours only, and not bold or dim
    app(prog_name="coalface")


@app.command()
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
) -> None:
    """Start the bot and the classroom in the browser."""
    from datetime import UTC, datetime

    from bot import logs
    from bot.adapters.browser.hosts import check_host

    with _told():
        settings = _settings(data, port=port, host=host)
        check_host(settings.host)
        from storage import maintenance

        now = datetime.now(UTC)
        if fresh and (kept := maintenance.set_aside(settings.database, now)):
            typer.echo(f"The old database was kept as {kept}")
        if saved := maintenance.upgrade(settings.database, now):
            typer.echo(f"The database was upgraded; the one before was kept as {saved}")
        logs.start(settings.data, settings.log)
        typer.echo("Coalface is starting …")
        try:
            _serve(settings, sample=not empty)
        except KeyboardInterrupt:
            typer.echo("Coalface has stopped.")


def _serve(settings: "Settings", *, sample: bool) -> None:
    import asyncio
    import signal

    from bot.app import run as run_app
    from bot.logs import LOG

    def announce(address: str, moved: str | None) -> None:
        if moved is not None:
            typer.echo(moved)
        typer.echo(f"The classroom is open at {address} (Ctrl+C stops it).")
        sys.stdout.flush()

    # A service manager's way of saying Ctrl+C.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        asyncio.run(run_app(settings, sample=sample, announce=announce))
    except _mendable():
        raise
    except Exception as problem:
        failure = _log_failure(problem)
        _fail(
            f"Coalface stopped: something went wrong on our side, logged as {failure} in"
            f" {settings.data / LOG}."
        )


def _log_failure(problem: Exception) -> str:
    """Log what nobody expected; returns the short id that the person sees as well."""
    import logging
    import secrets

    failure = secrets.token_hex(4)
    logging.getLogger(__name__).critical(
        "stopped by an unexpected failure", exc_info=problem, extra={"failure": failure}
    )
    return failure


@app.command()
def report(
    data: Data = None,
    course: Annotated[
        int | None, typer.Option(help="The course's number.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; else it is printed.", show_default=False)
    ] = None,
) -> None:
    """Make the participation report of a course (CSV)."""
    import asyncio
    import codecs

    with _told():
        settings = _settings(data)
        from storage import maintenance

        health = maintenance.check(settings.database)
        if health.problems:
            mend = "db restore" if health.damaged else "db upgrade"
            _fail(f"The database can't be used: {health.problems[0]}; see coalface {mend}.")
        from bot.app import report as make_report

        file = asyncio.run(make_report(settings, course))
        if output is not None:
            output.write_bytes(file.content)
            typer.echo(f"Written to {output}")
            return
    # As bytes: a terminal's encoding must not change what a program reads.
    sys.stdout.buffer.write(file.content.removeprefix(codecs.BOM_UTF8))
    sys.stdout.flush()


@pack.command("check")
def pack_check(
    folder: Annotated[Path, typer.Argument(help="The pack's folder.", exists=True)],
    json: Json = False,
) -> None:
    """Check a pack: that it can be read, and that every claim has its evidence."""
    from prompts.checks import check
    from prompts.loader import load
    from prompts.problems import PackError

    try:
        problems = tuple(check(load(folder)))
    except PackError as problem:
        problems = problem.problems
    if json:
        _print_json(
            [{"file": p.path, "line": p.line, "sentence": p.sentence} for p in problems]
        )  # fmt: skip
    else:
        for problem_found in problems:
            typer.echo(str(folder / str(problem_found)), err=True)
        if not problems:
            typer.echo(f"{folder} is in order.")
    if problems:
        raise typer.Exit(1)


@pack.command("list")
def pack_list(data: Data = None, json: Json = False) -> None:
    """List the packs that courses can use."""
    with _told():
        packs = [loaded.pack for loaded in _packs(_settings(data)).values()]
    if json:
        _print_json(
            [
                {"id": p.id, "title": p.title, "facts": len(p.facts), "prompts": len(p.prompts)}
                for p in packs
            ]
        )
        return
    for p in packs:
        typer.echo(f"{p.id}: {p.title} ({len(p.facts)} facts, {len(p.prompts)} prompts)")


@fact.command("search")
def fact_search(
    text: Annotated[str, typer.Argument(help="Words, figures, dates, names, also misspelt.")],
    data: Data = None,
    pack_id: Annotated[
        str | None, typer.Option("--pack", help="One pack only.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=100)] = 5,
    json: Json = False,
) -> None:
    """Find facts, with who says so."""
    from prompts.citations import in_words

    with _told():
        packs = _packs(_settings(data))
        if pack_id is not None and pack_id not in packs:
            _fail(f"There is no pack “{pack_id}”; these are installed: {', '.join(packs)}.")
        found = [
            (loaded.pack, fact_found)
            for id_, loaded in packs.items()
            if pack_id in (None, id_)
            for fact_found in loaded.facts.search(text, limit)
        ]
    if json:
        _print_json(
            [
                {
                    "pack": p.id,
                    "id": f.id,
                    "statement": f.statement,
                    "citations": [
                        {"source": c.source, "locator": c.locator, "in_words": in_words(c, p)}
                        for c in f.citations
                    ],
                }
                for p, f in found
            ]
        )
    for p, f in () if json else found:
        typer.echo(f"{f.id}  {f.statement}")
        for citation in f.citations:
            typer.echo(f"      {in_words(citation, p)}")
    if not found:
        typer.echo(f"No fact for “{text}”.", err=True)
        raise typer.Exit(1)


@db.command("upgrade")
def db_upgrade(data: Data = None) -> None:
    """Bring the database to this version, after a backup; make it if there is none."""
    from datetime import UTC, datetime

    from storage import maintenance

    with _told():
        path = _settings(data).database
        saved = maintenance.upgrade(path, datetime.now(UTC))
    typer.echo(f"{path} is at revision {maintenance.newest()}.")
    if saved:
        typer.echo(f"The one before was kept as {saved}")


@db.command("backup")
def db_backup(
    to: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    data: Data = None,
) -> None:
    """Copy the database, whole, also while the bot is running."""
    from storage import maintenance

    with _told():
        typer.echo(f"Written to {maintenance.backup(_settings(data).database, to)}")


@db.command("restore")
def db_restore(
    source: Annotated[Path, typer.Argument(help="A backup.", exists=True)], data: Data = None
) -> None:
    """Put a backup in the database's place; the present one is kept. Stop the bot first."""
    from datetime import UTC, datetime

    from storage import maintenance

    with _told():
        saved = maintenance.restore(_settings(data).database, source, datetime.now(UTC))
    typer.echo("The backup is in place.")
    if saved:
        typer.echo(f"The database before was kept as {saved}")


@db.command("check")
def db_check(data: Data = None, json: Json = False) -> None:
    """Look the database over: whole, consistent, at this version."""
    from storage import maintenance

    with _told():
        health = maintenance.check(_settings(data).database)
    if json:
        _print_json(
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


def _settings(data: Path | None, **typed: object) -> "Settings":
    from bot import config

    return config.load(data, **typed)


def _packs(settings: "Settings") -> dict[str, "LoadedPack"]:
    import seeds
    from bot.core.services import load_packs

    return load_packs([*seeds.packs(), *settings.packs])


def _mendable() -> tuple[type[Exception], ...]:
    """What a person can mend."""
    from bot.adapters.browser.hosts import CannotServe
    from bot.config import SettingsError
    from bot.core.errors import UserError
    from prompts.problems import PackError
    from storage.errors import StorageError

    return CannotServe, SettingsError, UserError, PackError, StorageError, OSError


@contextmanager
def _told() -> Iterator[None]:
    """What a person can mend is said in one sentence, with exit code 1; all else is a bug."""
    try:
        yield
    except _mendable() as problem:
        _fail(_sentence(problem))


def _sentence(problem: Exception) -> str:
    from prompts.problems import PackError

    if isinstance(problem, PackError):
        return "\n".join(str(problem.folder / str(slip)) for slip in problem.problems)
    if isinstance(problem, OSError) and problem.strerror and problem.filename:
        return f"{problem.filename}: {problem.strerror}."
    return str(problem)


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def _print_json(value: object) -> None:
    import json as json_

    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    typer.echo(json_.dumps(value, ensure_ascii=not readable, indent=2))
