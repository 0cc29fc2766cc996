"""Which sentences of the texts the facts cite, which they pass over on purpose, and which are left.

A sentence is cited where it holds part of a citation's term at the citation's locator. A term that
stands in several sentences of the passage counts only where another of the citation's terms
points to one of them, if any does: a name that recurs doesn't cite each sentence it is in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prompts.evidence.passages import NotOnceError, Passage, innermost, locate
from prompts.evidence.sentences import split
from prompts.evidence.text_files import Text
from prompts.models import SOURCES_FILE, Citation, Omission, Pack, Source
from prompts.problems import Problem


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text; `place` is its locator in words."""

    text: str
    line: int
    place: str
    words: str
    start: int
    end: int

    @property
    def letters(self) -> tuple[int, int]:
        """From its first letter to its last, without quotes, a full stop or a list's number."""
        places = [i for i, character in enumerate(self.words) if character.isalpha()]
        return self.start + places[0], self.start + places[-1] + 1

    def meets(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every sentence of every text, parted; `left_out` come with their reasons."""

    cited: tuple[Sentence, ...] = ()
    left_out: tuple[tuple[Sentence, str], ...] = ()
    uncited: tuple[Sentence, ...] = ()

    @property
    def total(self) -> int:
        return len(self.cited) + len(self.left_out) + len(self.uncited)

    @property
    def in_words(self) -> str:
        """Such as `57 sentences: 40 cited, 15 left out with a reason, 2 not cited.`"""
        return (
            f"{self.total} {'sentence' if self.total == 1 else 'sentences'}: "
            f"{len(self.cited)} cited, "
            f"{len(self.left_out)} left out with a reason, {len(self.uncited)} not cited."
        )


def cover(
    pack: Pack, texts: Mapping[str, Text], passages: Sequence[Passage]
) -> tuple[Coverage, list[Problem]]:
    """The sentences of the texts, and the omissions that leave out nothing or what is cited."""
    problems: list[Problem] = []
    sentences = [s for text in texts.values() for s in sentences_of(text, passages)]
    cited = _cited(pack, texts, passages, sentences)
    reasons: dict[Sentence, str] = {}
    for source in pack.sources:
        text = texts.get(source.text or "")
        for omission in source.left_out:
            if text is None:
                continue
            own = [s for s in sentences if s.text == text.name]
            try:
                left_out = _left_out(omission, text, own)
            except NotOnceError as refusal:
                sentence = f"{source.id} leaves out: {refusal}"
                problems.append(Problem(SOURCES_FILE, omission.line, sentence))
                continue
            problems += _needless(source, omission, left_out, cited)
            reasons |= dict.fromkeys(left_out, omission.reason)
    coverage = Coverage(
        cited=tuple(s for s in sentences if s in cited),
        left_out=tuple((s, reasons[s]) for s in sentences if s in reasons and s not in cited),
        uncited=tuple(s for s in sentences if s not in cited and s not in reasons),
    )
    return coverage, problems


def sentences_of(text: Text, passages: Iterable[Passage]) -> list[Sentence]:
    """The sentences of a text in order.

    Each passage is cut by itself, and a blank line within it means nothing; outside every passage
    a blank line ends a sentence, as after a heading.
    """
    own = [p for p in passages if p.text == text.name]
    cuts = {0, len(text.content), *(p.start for p in own), *(p.end for p in own)}
    cuts |= {b for b in text.breaks if not any(p.start < b < p.end for p in own)}
    found = []
    for begin, end in pairwise(sorted(cuts)):
        for start, stop in split(text.content[begin:end]):
            passage = innermost(own, text.name, begin + start)
            place = passage.words if passage else "outside every locator"
            words = text.content[begin + start : begin + stop]
            line = text.line(begin + start)
            found.append(Sentence(text.name, line, place, words, begin + start, begin + stop))
    return found


def _cited(
    pack: Pack,
    texts: Mapping[str, Text],
    passages: Iterable[Passage],
    sentences: Sequence[Sentence],
) -> dict[Sentence, str]:
    """The sentences that facts cite, each with the first fact that does."""
    by_place = {(p.source.id, p.locator.id): p for p in passages}
    found: dict[Sentence, str] = {}
    for fact in pack.facts:
        for citation in fact.citations:
            passage = by_place.get((citation.source, citation.locator))
            if passage is not None:
                for sentence in _pointed_to(citation, passage, texts[passage.text], sentences):
                    found.setdefault(sentence, fact.id)
    return found


def _pointed_to(
    citation: Citation, passage: Passage, text: Text, sentences: Sequence[Sentence]
) -> list[Sentence]:
    own = [s for s in sentences if s.text == text.name]
    certain: list[Sentence] = []
    open_: list[list[Sentence]] = []
    for term in citation.terms:
        places = text.find(term, passage.start, passage.end)
        met = [s for s in own if any(s.meets(*span) for span in places)]
        if len(places) == 1:
            certain += met
        else:
            open_.append(met)
    return certain + [s for met in open_ if not any(m in certain for m in met) for s in met]


def _left_out(omission: Omission, text: Text, sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences whose letters the omission holds all; without an end, the one it begins in."""
    start, end = locate(omission.stretch, text)
    if end is None:
        return [s for s in sentences if s.meets(start, start + 1)]
    return [s for s in sentences if start <= s.letters[0] and s.letters[1] <= end]


def _needless(
    source: Source,
    omission: Omission,
    left_out: Iterable[Sentence],
    cited: Mapping[Sentence, str],
) -> list[Problem]:
    left_out = list(left_out)
    if not left_out:
        sentence = (
            f"{source.id} leaves out “{omission.stretch.begins}”, which is no whole sentence."
        )
        return [Problem(SOURCES_FILE, omission.line, sentence)]
    return [
        Problem(
            SOURCES_FILE,
            omission.line,
            f"{source.id} leaves out a sentence that {cited[s]} cites: “{_short(s.words)}”.",
        )
        for s in left_out
        if s in cited
    ]


def _short(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:59]}…"
