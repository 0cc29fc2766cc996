"""`coalface fact cite`: a fact's citations in the form of a style guide."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.shared import Data, Json, OnePackId, fail, load_settings, one_pack, print_json, told

if TYPE_CHECKING:
    from prompts.models import Fact, Pack
    from prompts.styles import Guide


@told
def fact_cite(
    fact: Annotated[str, typer.Argument(help="A fact's id, such as F12.")],
    style: Annotated[
        Literal["chicago", "mla", "apa"], typer.Option(help="The style guide.")
    ] = "chicago",
    data: Data = None,
    pack_id: OnePackId = None,
    json: Json = False,
) -> None:
    """Cite a fact's sources as Chicago, MLA or APA has it."""
    from bot.core.errors import UnknownName
    from prompts.styles import Guide

    pack = one_pack(load_settings(data), pack_id).pack
    found = next((f for f in pack.facts if f.id.casefold() == fact.strip().casefold()), None)
    if found is None:
        ids = [own.id for own in pack.facts]
        hint = f"the pack {pack.id} has {ids[0]} to {ids[-1]}."
        fail(str(UnknownName("fact", f"fact in {pack.id} called", fact, ids, hint)))
    if json:
        print_json(_to_json(found, pack, Guide(style)))
    else:
        _print(found, pack, Guide(style))


def _print(fact: "Fact", pack: "Pack", guide: "Guide") -> None:
    from prompts import styles
    from prompts.citations import in_words

    typer.echo(f"{fact.id} of the pack {pack.id}; {guide.edition}")
    for citation in fact.citations:
        typer.echo(f"\n{guide.in_text} ({in_words(citation, pack)}):")
        typer.echo(styles.to_text(styles.cite(citation, pack, guide).in_text))
    typer.echo(f"\n{guide.list}:")
    sources = [citation.source for citation in fact.citations]
    for source, entry in styles.bibliography(sources, pack, guide):
        none = f"(none: it puts no such source as “{pack.source(source).title}” in the list)"
        typer.echo(styles.to_text(entry) or none)


def _to_json(fact: "Fact", pack: "Pack", guide: "Guide") -> Mapping[str, object]:
    from prompts import styles

    cited = [
        {
            "source": citation.source,
            "locator": citation.locator,
            "in_text": styles.to_text((form := styles.cite(citation, pack, guide)).in_text),
            "entry": styles.to_text(form.entry) or None,
        }
        for citation in fact.citations
    ]
    return {
        "pack": pack.id,
        "id": fact.id,
        "style": guide.value,
        "edition": guide.edition,
        "citations": cited,
    }
