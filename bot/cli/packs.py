"""`coalface pack …`: packs of sources, facts and prompts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import Data, Json, fail, installed_packs, load_settings, print_json, told

if TYPE_CHECKING:
    from prompts.evidence.coverage import Coverage, Sentence
    from prompts.evidence.texts import Findings
    from prompts.models import Pack
    from prompts.problems import Problem

app = typer.Typer(help="Packs: sources, facts and prompts on one subject.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The pack's folder.", exists=True)]


@app.command("check")
@told
def pack_check(
    folder: Folder,
    texts: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the cited texts: look up every citation in them, and record it.",
            exists=True,
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="List the sentences of the texts no fact cites.")
    ] = False,
    json: Json = False,
) -> None:
    """Check a pack: that it can be read, and that every claim has its evidence."""
    from prompts.loader import load
    from prompts.problems import PackError

    if coverage and texts is None:
        fail("--coverage reads the texts: name their folder with --texts.")
    pack, findings = None, None
    try:
        pack = load(folder)
        problems, findings = _judge(pack, texts)
    except PackError as error:
        problems = list(error.problems)
    covered = findings.coverage if findings is not None and coverage else None
    passed = not problems and not (covered and covered.uncited)
    recorded = _record(pack, folder) if passed and pack and findings else None
    if json:
        found = [_problem_to_json(problem) for problem in problems]
        print_json(
            {"problems": found, "coverage": covered and _coverage_to_json(covered)}
            if coverage
            else found
        )
    else:
        _say(folder, texts, problems, covered, passed, recorded)
    if not passed:
        raise typer.Exit(1)


def _judge(pack: "Pack", texts: Path | None) -> tuple[list["Problem"], "Findings | None"]:
    """With the texts the facts are checked anew, so what was recorded of them is passed over."""
    from prompts.checks import check, check_evidence, check_relations
    from prompts.evidence.texts import check_texts

    if texts is None:
        return check(pack), None
    findings = check_texts(pack, texts)
    problems = [*check_relations(pack), *check_evidence(pack), *findings.problems]
    return sorted(dict.fromkeys(problems)), findings


def _record(pack: "Pack", folder: Path) -> str:
    from bot.core.cards import number
    from prompts.evidence.fingerprints import record

    path = record(pack, folder)
    with_text = {source.id for source in pack.sources if source.text}
    found = sum({c.source for c in fact.citations} <= with_text for fact in pack.facts)
    said = f"Found in their texts: {number(found, 'fact')}, which is recorded in {path}."
    if rest := len(pack.facts) - found:
        said += f" Not looked for, as a source of theirs names no text: {number(rest, 'fact')}."
    return said


def _say(
    folder: Path,
    texts: Path | None,
    problems: Sequence["Problem"],
    covered: "Coverage | None",
    passed: bool,
    recorded: str | None,
) -> None:
    for problem in problems:
        typer.echo(str(folder / str(problem)), err=True)
    if covered is not None and texts is not None:
        for sentence in covered.uncited:
            where = f"{texts / sentence.text}:{sentence.line}"
            typer.echo(f"{where}: not cited ({sentence.place}): {sentence.words}", err=True)
        typer.echo(covered.in_words)
    if passed:
        typer.echo(f"{folder} is in order.")
    if recorded:
        typer.echo(recorded)


def _problem_to_json(problem: "Problem") -> Mapping[str, object]:
    return {"file": problem.path, "line": problem.line, "sentence": problem.sentence}


def _coverage_to_json(covered: "Coverage") -> Mapping[str, object]:
    return {
        "sentences": covered.total,
        "cited": len(covered.cited),
        "left_out": [{**_sentence_to_json(s), "reason": why} for s, why in covered.left_out],
        "not_cited": [_sentence_to_json(sentence) for sentence in covered.uncited],
    }


def _sentence_to_json(sentence: "Sentence") -> Mapping[str, object]:
    return {
        "text": sentence.text,
        "line": sentence.line,
        "place": sentence.place,
        "sentence": sentence.words,
    }


@app.command("new")
@told
def pack_new(
    folder: Annotated[
        Path, typer.Argument(help="A new folder; its name becomes the pack's id (canal-age).")
    ],
    title: Annotated[
        str | None, typer.Option(help="The pack's title; else the folder's name.")
    ] = None,
) -> None:
    """Write a small pack that works, with comments that say how to make it your own."""
    from prompts.template import CannotWriteError, write_new

    try:
        written = write_new(folder, title)
    except CannotWriteError as refusal:
        fail(str(refusal))
    for path in written:
        typer.echo(f"Written: {path}")
    typer.echo(f"Look at it with: coalface pack preview {folder}")


@app.command("preview")
@told
def pack_preview(
    folder: Folder,
    prompt: Annotated[
        str | None, typer.Argument(help="A prompt's id or title; else all are listed.")
    ] = None,
    json: Json = False,
) -> None:
    """Show a pack's prompts, or one prompt as the class would see it."""
    from bot.cli.preview import all_in_words, all_to_json, one_in_words, one_to_json
    from prompts.loader import load

    pack = load(folder)
    if prompt is None:
        if json:
            print_json(all_to_json(pack))
        else:
            typer.echo(all_in_words(pack))
        return
    wanted = prompt.strip().casefold()
    for one in pack.prompts:
        if wanted in (one.id.casefold(), one.title.casefold()):
            if json:
                print_json(one_to_json(one, pack))
            else:
                typer.echo(one_in_words(one, pack))
            return
    known = ", ".join(one.id for one in pack.prompts)
    fail(f"There is no prompt “{prompt}” in {folder}; it has: {known or 'none'}.")


@app.command("list")
@told
def pack_list(data: Data = None, json: Json = False) -> None:
    """List the packs that courses can use."""
    from bot.core.cards import number

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
        held = f"{number(len(p.facts), 'fact')}, {number(len(p.prompts), 'prompt')}"
        typer.echo(f"{p.id}: {p.title} ({held})")
