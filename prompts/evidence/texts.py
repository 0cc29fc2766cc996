"""Whether what a pack cites stands in the texts it cites, for whoever has copies of them.

The texts themselves are never part of a pack: they are read from a folder of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prompts.evidence.coverage import Coverage, cover
from prompts.evidence.fingerprints import cites_texts
from prompts.evidence.passages import Passage, innermost, near, place
from prompts.evidence.text_files import Text, read_texts
from prompts.models import FACTS_FILE, SOURCES_FILE, Pack
from prompts.problems import Problem


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong between a pack and its texts, and which of their sentences it cites."""

    problems: tuple[Problem, ...]
    coverage: Coverage
    texts: tuple[str, ...]


def check_texts(pack: Pack, folder: Path) -> Findings:
    """Look up every citation in the texts in this folder. Reads the disk.

    Every locator stands in its text once, every term letter for letter in its locator's passage
    (white space is any white space), and what is left out is there and cited by no fact.
    """
    texts, problems = read_texts(pack, folder)
    passages, misplaced = place(pack, texts)
    problems += misplaced
    problems += _nothing_to_check(pack)
    problems += _unplaced(pack)
    problems += _misquoted(pack, texts, passages)
    coverage, needless = cover(pack, texts, passages)
    problems += needless
    return Findings(tuple(problems), coverage, tuple(texts))


def _nothing_to_check(pack: Pack) -> list[Problem]:
    if cites_texts(pack):
        return []
    sentence = "No source that a fact cites names its text: add the key 'text' with a file's name."
    return [Problem(SOURCES_FILE, 0, sentence)]


def _unplaced(pack: Pack) -> list[Problem]:
    """Locators that facts cite, and of which the pack doesn't say where in the text they stand."""
    cited = {(c.source, c.locator) for fact in pack.facts for c in fact.citations}
    return [
        Problem(
            SOURCES_FILE,
            source.line,
            f"{source.id} {locator.id} does not say where in {source.text} it begins.",
        )
        for source in pack.sources
        for locator in source.locators
        if source.text and locator.stretch is None and (source.id, locator.id) in cited
    ]


def _misquoted(pack: Pack, texts: Mapping[str, Text], passages: Sequence[Passage]) -> list[Problem]:
    by_place = {(p.source.id, p.locator.id): p for p in passages}
    problems = []
    for fact in pack.facts:
        for citation in fact.citations:
            passage = by_place.get((citation.source, citation.locator))
            if passage is None:
                continue
            text = texts[passage.text]
            for term in citation.terms:
                if not text.find(term, passage.start, passage.end):
                    where = _elsewhere(term, text, passages)
                    sentence = (
                        f"{fact.id} cites “{term}”, which does not stand in {passage.words}{where}."
                    )
                    problems.append(Problem(FACTS_FILE, citation.line or fact.line, sentence))
    return problems


def _elsewhere(term: str, text: Text, passages: Sequence[Passage]) -> str:
    for start, _ in text.find(term):
        passage = innermost(passages, text.name, start)
        where = passage.words if passage else "no locator"
        return f" (it stands in {where}, line {text.line(start)} of {text.name})"
    return near(term, text)
