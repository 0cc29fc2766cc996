"""`coalface pack …`: packs of sources, facts and prompts."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import Data, Json, installed_packs, load_settings, print_json, told

app = typer.Typer(help="Packs: sources, facts and prompts on one subject.", no_args_is_help=True)


@app.command("check")
@told
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
        print_json(
            [{"file": p.path, "line": p.line, "sentence": p.sentence} for p in problems]
        )  # fmt: skip
    else:
        for problem_found in problems:
            typer.echo(str(folder / str(problem_found)), err=True)
        if not problems:
            typer.echo(f"{folder} is in order.")
    if problems:
        raise typer.Exit(1)


@app.command("list")
@told
def pack_list(data: Data = None, json: Json = False) -> None:
    """List the packs that courses can use."""
    packs = [loaded.pack for loaded in installed_packs(load_settings(data)).values()]
    if json:
        print_json(
            [
                {"id": p.id, "title": p.title, "facts": len(p.facts), "prompts": len(p.prompts)}
                for p in packs
            ]
        )
        return
    for p in packs:
        typer.echo(f"{p.id}: {p.title} ({len(p.facts)} facts, {len(p.prompts)} prompts)")
