"""How often the check of claims is right when it contradicts, and how much of what is wrong it
finds; on sentences that it was not made with."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from prompts.claims import Checker, Verdict
from prompts.loader import load
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
    note = f"{right} right of {contradicted} contradicted, {wrong} wrong sentences of {len(rows)}"
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


def recall_by_kind(sentences: Path) -> Mapping[str, str]:
    """For each kind of sentence, how many get the verdict they want, as `9/10`."""
    rows: Iterable[dict[str, Any]] = yaml.safe_load(sentences.read_text("utf-8"))
    checker = Checker(load(PACK))
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        right, all_ = counts.get(row["kind"], (0, 0))
        counts[row["kind"]] = right + (verdict(checker, row["say"]) == row["want"]), all_ + 1
    return {kind: f"{right}/{all_}" for kind, (right, all_) in counts.items()}
