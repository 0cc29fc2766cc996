"""The terminal commands (`coalface …`). What a command needs is imported when it runs, so that
`coalface --help` answers at once."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, ParamSpec

import typer

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.core.services import LoadedPack
    from prompts.models import Fact, Pack

P = ParamSpec("P")

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


def _told(command: Callable[P, None]) -> Callable[P, None]:
    """What a person can mend is said in one sentence, and what nobody expected by the short id
    that it is logged under; both with exit code 1."""

    @wraps(command)
    def telling(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise  # typer's own: it knows what to do with them
        except _mendable() as problem:
            _fail(_sentence(problem))
        except Exception as problem:
            data = kwargs.get("data")
            _fail(_log_failure(problem, data if isinstance(data, Path) else None))

    return telling


def main() -> None:
    """The entry point of `coalface` and of `python -m bot`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show a sign gets a ?
    if os.environ.get("NO_COLOR"):
        os.environ["TERM"] = "dumb"  # rich would leave out colours only, and not bold or dim
    app(prog_name="coalface")


@app.command()
@_told
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

    def announce(address: str, moved: str | None) -> None:
        if moved is not None:
            typer.echo(moved)
        typer.echo(f"The classroom is open at {address} (Ctrl+C stops it).")
        sys.stdout.flush()

    # A service manager's way of saying Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` has it ignored
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    asyncio.run(run_app(settings, sample=sample, announce=announce))


@app.command()
@_told
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
@_told
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
@_told
def pack_list(data: Data = None, json: Json = False) -> None:
    """List the packs that courses can use."""
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
@_told
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
        _print_json([_fact_to_json(of, fact_found) for of, fact_found in found])
    else:
        _print_facts(found)
    if not found:
        _fail(f"No fact for “{text}”.")


def _fact_to_json(of: "Pack", found: "Fact") -> Mapping[str, object]:
    from prompts.citations import in_words

    citations = [
        {"source": c.source, "locator": c.locator, "in_words": in_words(c, of)}
        for c in found.citations
    ]
    return {"pack": of.id, "id": found.id, "statement": found.statement, "citations": citations}


def _print_facts(facts: Iterable[tuple["Pack", "Fact"]]) -> None:
    from prompts.citations import in_words

    for of, found in facts:
        typer.echo(f"{found.id}  {found.statement}")
        for citation in found.citations:
            typer.echo(f"      {in_words(citation, of)}")


@db.command("upgrade")
@_told
def db_upgrade(data: Data = None) -> None:
    """Bring the database to this version, after a backup; make it if there is none."""
    from datetime import UTC, datetime

    from storage import maintenance

    path = _settings(data).database
    saved = maintenance.upgrade(path, datetime.now(UTC))
    typer.echo(f"{path} is at revision {maintenance.newest()}.")
    if saved:
        typer.echo(f"The one before was kept as {saved}")


@db.command("backup")
@_told
def db_backup(
    to: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    data: Data = None,
) -> None:
    """Copy the database, whole, also while the bot is running."""
    from storage import maintenance

    typer.echo(f"Written to {maintenance.backup(_settings(data).database, to)}")


@db.command("restore")
@_told
def db_restore(
    source: Annotated[Path, typer.Argument(help="A backup.", exists=True)], data: Data = None
) -> None:
    """Put a backup in the database's place; the present one is kept. Stop the bot first."""
    from datetime import UTC, datetime

    from storage import maintenance

    saved = maintenance.restore(_settings(data).database, source, datetime.now(UTC))
    typer.echo("The backup is in place.")
    if saved:
        typer.echo(f"The database before was kept as {saved}")


@db.command("check")
@_told
def db_check(data: Data = None, json: Json = False) -> None:
    """Look the database over: whole, consistent, at this version."""
    from storage import maintenance

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


def _log_failure(problem: Exception, data: Path | None) -> str:
    """Log what nobody expected; a sentence with the short id that is also in the log."""
    import logging
    import secrets

    from bot import config, logs

    failure = secrets.token_hex(4)
    try:
        folder = config.load(data).data
        logs.start(folder, "error")
        (folder / logs.LOG).open("ab").close()
    except Exception as worse:  # the log is what went wrong, or is out of reach too
        kind, no_log = type(problem).__name__, type(worse).__name__
        return f"Something went wrong on our side ({kind}), and it could not be logged ({no_log})."
    logging.getLogger(__name__).critical(
        "stopped by an unexpected failure", exc_info=problem, extra={"failure": failure}
    )
    return f"Something went wrong on our side and was logged as {failure} in {folder / logs.LOG}."


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
