"""What every terminal command shares: its options, how it fails, how it prints."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, ParamSpec

import typer

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.core.commands import File
    from bot.core.loaded_packs import LoadedPack
    from bot.core.provenance import About

P = ParamSpec("P")

Data = Annotated[
    Path | None,
    typer.Option(
        help="The folder of the database; else the user's data folder.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
OnePackId = Annotated[
    str | None, typer.Option("--pack", help="The pack; else the first one.", show_default=False)
]
PackId = Annotated[str | None, typer.Option("--pack", help="One pack only.", show_default=False)]


def told(command: Callable[P, None]) -> Callable[P, None]:
    """What a person can mend is said in one sentence, and what nobody expected by the short id
    that it is logged under; both with exit code 1."""

    @wraps(command)
    def telling(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise  # typer's own: it knows what to do with them
        except _mendable() as problem:
            fail(_sentence(problem))
        except Exception as problem:
            data = kwargs.get("data")
            fail(_log_failure(problem, data if isinstance(data, Path) else None))

    return telling


def load_settings(data: Path | None, **typed: object) -> "Settings":
    from bot import config

    return config.load(data, **typed)


def check_database(settings: "Settings") -> None:
    """See that the database can be read by this version. Raises StorageError."""
    from storage import maintenance

    maintenance.require_newest(settings.database)


def installed_packs(settings: "Settings") -> dict[str, "LoadedPack"]:
    import seeds
    from bot.core.loaded_packs import load_packs

    return load_packs([*seeds.packs(), *settings.packs])


def one_pack(settings: "Settings", pack_id: str | None) -> "LoadedPack":
    """The pack of this id, else the first one that is installed. Ends the program for another."""
    packs = chosen_packs(settings, pack_id)
    return next(iter(packs.values()))


def chosen_packs(settings: "Settings", pack_id: str | None) -> dict[str, "LoadedPack"]:
    """The pack of this id, else all that are installed. Ends the program for another."""
    from bot.core.errors import UnknownName

    packs = installed_packs(settings)
    if pack_id is None:
        return packs
    if pack_id not in packs:
        hint = f"these are installed: {', '.join(packs)}."
        fail(str(UnknownName("pack", "pack", pack_id, list(packs), hint)))
    return {pack_id: packs[pack_id]}


def _mendable() -> tuple[type[Exception], ...]:
    """What a person can mend."""
    from bot.adapters.browser.hosts import CannotServe
    from bot.config import SettingsError
    from bot.core.errors import CannotConnect, UserError
    from prompts.problems import PackError
    from storage.errors import StorageError

    return CannotServe, CannotConnect, SettingsError, UserError, PackError, StorageError, OSError


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


def write_out(file: "File", about: "About", output: Path, *, quiet: bool = False) -> None:
    """Write a file and, beside it, the one that says what it is; `quiet`: say nothing of it."""
    from dataclasses import replace

    named = replace(file, name=output.name)
    output.write_bytes(file.content)
    said = [f"Written to {output}"]
    if output.is_file():  # and no pipe or device, which has no place beside it
        beside = about.beside(named)
        (output.parent / beside.name).write_bytes(beside.content)
        said.append(f"What it is, and its SHA-256, stand beside it in {beside.name}")
    if not quiet:
        typer.echo("\n".join(said))


def fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def print_json(value: object) -> None:
    import json as json_

    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    typer.echo(json_.dumps(value, ensure_ascii=not readable, indent=2))
