"""How often the check of claims is right when it contradicts, and how much of what is wrong it
finds; on sentences that it was not made with."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from prompts.claims import Checker, Verdict
from prompts.loader import load
from prompts.models import Pack
from tests.benchmarks.ratios import Measured

ROOT = Path(__file__).parents[2]
PACK = ROOT / "seeds" / "soviet-labor"
TO_MEASURE = ROOT / "tests" / "prompts" / "claims_to_measure.yaml"
TO_DEVELOP = ROOT / "tests" / "prompts" / "claims_to_develop.yaml"
PRECISION = 0.9
RECALL = 0.7


async def measure() -> list[Measured]:
    return measured(TO_MEASURE)


def measured(sentences: Path) -> list[Measured]:
    """Precision and recall of `contradicts` on the sentences of a file."""
    rows = yaml.safe_load(sentences.read_text("utf-8"))
    checker = Checker(load(PACK))
    said = [verdict(checker, row["say"]) for row in rows]
    right = sum(s == row["want"] == "contradicts" for s, row in zip(said, rows, strict=True))
    contradicted = sum(s == "contradicts" for s in said)
    wrong = sum(row["want"] == "contradicts" for row in rows)
    by_fact, _ = explained(sentences)
    note = (
        f"{right} right of {contradicted} contradicted, {by_fact} by the fact expected; "
        f"{wrong} wrong sentences of {len(rows)}"
    )
    return [
        Measured("check_precision", right / max(contradicted, 1), PRECISION, True, note),
        Measured("check_recall", right / max(wrong, 1), RECALL, True, note),
    ]


def verdict(checker: Checker, text: str) -> Verdict:
    """Of a whole text: one contradicted claim makes it contradicted."""
    found = {claim.verdict for claim in checker.check(text)}
    for one in (Verdict.CONTRADICTS, Verdict.SUPPORTS):
        if one in found:
            return one
    return Verdict.NONE


def explained(sentences: Path) -> tuple[int, int]:
    """Of the sentences that are rightly contradicted, how many by a fact that the row names, or by
    one that objects to it or stands at the same place of a source; and how many there are."""
    pack = load(PACK)
    checker = Checker(pack)
    rows = yaml.safe_load(sentences.read_text("utf-8"))
    found = [
        _found(checker, row["say"]) & _akin(pack, row.get("facts", ()))
        for row in rows
        if row["want"] == verdict(checker, row["say"]) == "contradicts"
    ]
    return sum(map(bool, found)), len(found)


def _found(checker: Checker, text: str) -> set[str]:
    claims = [claim for claim in checker.check(text) if claim.verdict is Verdict.CONTRADICTS]
    return {finding.fact_id for claim in claims for finding in claim.findings}


def _akin(pack: Pack, ids: Iterable[str]) -> set[str]:
    """Facts with those that dispute them, put them right or are put right, or share a locator."""
    akin = set(ids)
    places = {(c.source, c.locator) for id_ in ids for c in pack.fact(id_).citations}
    for fact in pack.facts:
        objecting = {*fact.corrects, *(other.id for other in pack.disputing(fact.id))}
        near = any((c.source, c.locator) in places for c in fact.citations)
        if objecting & set(ids) or near:
            akin.add(fact.id)
    for id_ in ids:
        akin |= {*pack.fact(id_).corrects, *pack.fact(id_).disputed_by}
    return akin


def recall_by_kind(sentences: Path) -> Mapping[str, str]:
    """For each kind of sentence, how many get the verdict they want, as `9/10`."""
    rows: Iterable[dict[str, Any]] = yaml.safe_load(sentences.read_text("utf-8"))
    checker = Checker(load(PACK))
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        right, all_ = counts.get(row["kind"], (0, 0))
        counts[row["kind"]] = right + (verdict(checker, row["say"]) == row["want"]), all_ + 1
    return {kind: f"{right}/{all_}" for kind, (right, all_) in counts.items()}
