"""`coalface fact check …`: what the installed packs say of the claims in a text."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.shared import (
    Data,
    Json,
    PackId,
    chosen_packs,
    fail,
    load_settings,
    print_json,
    told,
)

if TYPE_CHECKING:
    from prompts.claims import Claim, Finding
    from prompts.models import Pack

_SAYS = {"supports": "borne out", "contradicts": "contradicted", "none": "no fact on it"}


@told
def fact_check(
    text: Annotated[str, typer.Argument(help="A sentence or a whole message.")],
    data: Data = None,
    pack_id: PackId = None,
    json: Json = False,
) -> None:
    """Check claims against the facts: borne out, contradicted, or neither."""
    if not text.strip():
        fail("There is nothing to check: type the sentence after the command.")
    packs = chosen_packs(load_settings(data), pack_id).values()
    found = list(_likeliest([(loaded.pack, loaded.check(text)) for loaded in packs]))
    if json:
        print_json([_claim_to_json(pack, claim) for pack, claim in found])
    else:
        _print_claims(found)


def _likeliest(
    checked: Iterable[tuple["Pack", tuple["Claim", ...]]],
) -> Iterable[tuple["Pack", "Claim"]]:
    """Of each claim, the verdict of the pack that speaks of it most."""
    by_pack = [[(pack, claim) for claim in claims] for pack, claims in checked]
    for of_one in zip(*by_pack, strict=True):
        yield max(of_one, key=lambda pair: pair[1].likeness)


def _claim_to_json(pack: "Pack", claim: "Claim") -> Mapping[str, object]:
    facts = [_finding_to_json(pack, finding) for finding in claim.findings]
    return {"claim": claim.text, "verdict": claim.verdict, "facts": facts}


def _finding_to_json(pack: "Pack", finding: "Finding") -> Mapping[str, object]:
    return {
        "pack": pack.id,
        "id": finding.fact_id,
        "statement": pack.fact(finding.fact_id).statement,
        "agrees": list(finding.agrees),
        "differs": [{"said": d.said, "fact": d.fact} for d in finding.differs],
    }


def _print_claims(found: Iterable[tuple["Pack", "Claim"]]) -> None:
    from prompts.citations import in_words

    for pack, claim in found:
        typer.echo(f"{claim.text}\n  {_SAYS[claim.verdict]}")
        for finding in claim.findings:
            fact = pack.fact(finding.fact_id)
            typer.echo(f"  {pack.id} {fact.id}  {fact.statement}")
            if finding.agrees:
                typer.echo(f"      agrees: {', '.join(finding.agrees)}")
            for difference in finding.differs:
                typer.echo(f"      you: {difference.said}; the fact: {difference.fact}")
            for citation in fact.citations:
                typer.echo(f"      {in_words(citation, pack)}")
