"""`coalface fact …`: facts of the packs, with their sources."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.fact_check import fact_check
from bot.cli.fact_cite import fact_cite
from bot.cli.fact_compare import fact_compare
from bot.cli.shared import Data, Json, PackId, chosen_packs, fail, load_settings, print_json, told

if TYPE_CHECKING:
    from prompts.models import Fact, Pack


app = typer.Typer(help="Facts, with their sources.", no_args_is_help=True)
app.command("check")(fact_check)
app.command("cite")(fact_cite)
app.command("compare")(fact_compare)


@app.command("search")
@told
def fact_search(
    text: Annotated[str, typer.Argument(help="Words, figures, dates, names, also misspelt.")],
    data: Data = None,
    pack_id: PackId = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=100)] = 5,
    json: Json = False,
) -> None:
    """Find facts, with who says so."""
    packs = chosen_packs(load_settings(data), pack_id)
    found = [
        (loaded.pack, fact_found)
        for loaded in packs.values()
        for fact_found in loaded.index.search(text, limit)
    ]
    if json:
        print_json([_fact_to_json(of, fact_found) for of, fact_found in found])
    else:
        _print_facts(found)
    if not found:
        fail(f"No fact for “{text}”.")


def _fact_to_json(of: "Pack", found: "Fact") -> Mapping[str, object]:
    from prompts.citations import in_words

    citations = [
        {"source": c.source, "locator": c.locator, "in_words": in_words(c, of)}
        for c in found.citations
    ]
    return {
        "pack": of.id,
        "id": found.id,
        "title": found.title,
        "statement": found.statement,
        "citations": citations,
    }


def _print_facts(facts: Iterable[tuple["Pack", "Fact"]]) -> None:
    from prompts.citations import in_words

    for of, found in facts:
        typer.echo(f"{of.id} {found.id}  {found.statement}")
        for citation in found.citations:
            typer.echo(f"      {in_words(citation, of)}")
