"""What a pack's facts were when they were last checked against their texts: checked.yaml.

A fingerprint guards against a slip, not against a forger, who could write it anew as well: the
first 64 bits of a SHA-256 tell any two versions of a fact apart, and are short enough to read.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from prompts.models import CHECKED_FILE, FACTS_FILE, Citation, Fact, Pack
from prompts.problems import Problem

LENGTH = 16
_HEADER = """\
# The facts as they were when all their citations were last found in the texts they cite.
# Written by `coalface pack check FOLDER --texts TEXTS`: keep it with the pack, never edit it.
"""


def fingerprint(fact: Fact, pack: Pack) -> str:
    """The fingerprint of a fact: what it states, when, on what evidence, against which facts.

    The evidence is each citation with the place it points to in the source's text. Topics,
    aliases and the title are no claim, and may change.
    """
    claim = {
        "statement": fact.statement,
        "dates": fact.dates,
        "citations": [_evidence(citation, pack) for citation in fact.citations],
        "corrects": fact.corrects,
        "disputed_by": fact.disputed_by,
    }
    canonical = json.dumps(claim, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode("ascii")).hexdigest()[:LENGTH]


def cites_texts(pack: Pack) -> bool:
    """Whether any fact cites a source that names its text, so that there is something to check."""
    cited = {citation.source for fact in pack.facts for citation in fact.citations}
    return any(source.text for source in pack.sources if source.id in cited)


def unchecked(pack: Pack) -> frozenset[str]:
    """The ids of the facts that are not as they were checked; none in a pack without texts.

    A pack that has a record is held to it, even if no fact cites a text any more.
    """
    if not cites_texts(pack) and not pack.checked:
        return frozenset()
    return frozenset(f.id for f in pack.facts if pack.checked.get(f.id) != fingerprint(f, pack))


def check_recorded(pack: Pack) -> list[Problem]:
    """The facts that are not as they were checked, and records of facts that are no more."""
    known = {fact.id for fact in pack.facts}
    problems = []
    changed = unchecked(pack)
    for fact in pack.facts:
        if fact.id not in changed:
            continue
        if fact.id in pack.checked:
            sentence = (
                f"{fact.id} was changed since it was checked against its texts "
                "(coalface pack check FOLDER --texts …)."
            )
        else:
            sentence = f"{fact.id} has not been checked against its texts."
        problems.append(Problem(FACTS_FILE, fact.line, sentence))
    problems += [
        Problem(CHECKED_FILE, 0, f"It records {fact_id}, and there is no such fact.")
        for fact_id in pack.checked
        if fact_id not in known
    ]
    return problems


def record(pack: Pack, folder: Path) -> Path:
    """Write the fingerprints of all facts into the pack's folder, whole or not at all."""
    lines = [f"{f.id}: {fingerprint(f, pack)!r}\n" for f in sorted(pack.facts, key=_number)]
    path = folder / CHECKED_FILE
    # The loader passes over names that begin with a dot.
    new = folder / f".{CHECKED_FILE}.{os.getpid()}"
    try:
        with new.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_HEADER + "".join(lines))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return path


def _evidence(citation: Citation, pack: Pack) -> list[object]:
    place = (citation.source, citation.locator)
    stretches = [
        [source.text, locator.stretch.begins, locator.stretch.ends]
        for source in pack.sources
        for locator in source.locators
        if (source.id, locator.id) == place and locator.stretch
    ]
    return [*place, citation.terms, stretches]


def _number(fact: Fact) -> tuple[int, str]:
    digits = fact.id.removeprefix("F")
    return int(digits) if digits.isdecimal() else 0, fact.id
