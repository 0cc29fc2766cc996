"""What a pack's facts hold, laid out for comparing: weighed words, figures, dates, names."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from prompts.claims.english import FILLERS, SOURCES
from prompts.claims.figures import Figure, figures, is_number
from prompts.claims.moments import Moment, moments, of_pack
from prompts.claims.names import Name, names
from prompts.claims.words import Word, groups, words_of
from prompts.dates import MONTHS, date_in_words
from prompts.models import Fact, Pack, SourceKind

LIKENESS = 0.9
UNKNOWN = 0.45
_MONTH_WORDS = frozenset(month.lower() for month in MONTHS)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a fact, its statement or one of its terms, with what it holds."""

    text: str
    words: tuple[Word, ...]
    figures: tuple[Figure, ...]
    moments: tuple[Moment, ...]
    names: tuple[Name, ...]
    statement: bool

    def typed(self, first: int, last: int) -> str:
        """The words from one place to another as they stand there."""
        return self.text[self.words[first].start : self.words[last].end]


@dataclass(frozen=True, slots=True)
class Profile:
    """A fact as it is compared: the statement first among its passages, then the terms."""

    fact: Fact
    passages: tuple[Passage, ...]
    dates: tuple[tuple[Moment, str], ...]  # of the fact as a whole, and in words
    stems: frozenset[str]  # statement and terms
    beside: frozenset[str]  # topics and aliases
    by_group: dict[int, str] = field(default_factory=dict)
    reader: bool = False  # only readers' comments say so
    corrected: bool = False

    def held(self, stem: str) -> tuple[str, float]:
        """The fact's own word for it, and how well it answers, from 0 to 1."""
        if stem in self.stems:
            return stem, 1.0
        if stem in self.beside:
            return stem, 0.8
        for group in groups(stem):
            if group in self.by_group:
                return self.by_group[group], 0.7
        return "", 0.0


def passage(text: str, statement: bool) -> Passage:
    words = words_of(text)
    dates = moments(words, text)
    taken = frozenset(place for date in dates for place in range(date.first, date.last + 1))
    return Passage(
        text,
        words,
        tuple(figures(words, taken)),
        tuple(dates),
        tuple(names(words, text, taken)),
        statement,
    )


def content(words: Iterable[Word]) -> Iterator[Word]:
    """The words that carry something: no grammar, no word for a source, no bare number."""
    for word in words:
        if word.low in SOURCES or is_number(word.low) or word.low in _MONTH_WORDS:
            continue
        if word.low not in FILLERS or (word.capital and word.number and word.low == "time"):
            yield word


class Profiles:
    """All facts of a pack, and how telling each word of it is."""

    def __init__(self, pack: Pack) -> None:
        kinds = {source.id: source.kind for source in pack.sources}
        corrected = {other for fact in pack.facts for other in fact.corrects}
        self.all = tuple(_profile(fact, kinds, corrected) for fact in pack.facts)
        count = Counter(s for p in self.all for s in p.stems | p.beside)
        size = math.log(1 + max(len(self.all), 1))
        self._core = frozenset().union(*(p.stems for p in self.all), frozenset())
        self.years = frozenset(
            moment.year
            for p in self.all
            for moment in (*(m for m, _ in p.dates), *(m for x in p.passages for m in x.moments))
        )
        # Whoever and whatever the pack is about: the words of its topics and subjects.
        about = [*pack.topics(), *(subject.name for subject in pack.subjects)]
        self.parties = frozenset(w.stem for text in about for w in content(words_of(text)))
        self._weight = {s: math.log(1 + len(self.all) / n) / size for s, n in count.items()}
        self._spelled = _spellings(self.all, pack)
        self._lower = {low for low, (_, lower) in self._spelled.items() if lower}
        self._names = sorted(
            low for low, (own, _) in self._spelled.items() if len(low) > 4 and own in self._core
        )
        self._others = sorted(low for low in self._spelled if len(low) > 4)
        self._corrections: dict[str, str] = {}

    def weight(self, stem: str) -> float:
        """How telling a word is: 1 for one fact's own, less for what many hold, 0 to 1."""
        return self._weight.get(stem, UNKNOWN)

    def knows(self, stem: str) -> bool:
        return stem in self._weight

    def spells(self, low: str) -> bool:
        return low in self._spelled

    def in_lower_case(self, low: str) -> bool:
        """Whether the pack writes the word without a capital somewhere."""
        return low in self._lower

    def meant(self, word: Word) -> str:
        """The stem that a word stands for, also where it is misspelt."""
        if word.stem in self._core or len(word.low) < 5 or groups(word.stem):
            return word.stem
        if not word.low.isalpha() or word.low in FILLERS:
            return word.stem
        if word.low not in self._corrections:
            if len(self._corrections) > 5_000:
                self._corrections.clear()
            self._corrections[word.low] = self._nearest(word)
        return self._corrections[word.low]

    def _nearest(self, word: Word) -> str:
        for known in (self._names, self._others):
            found = process.extractOne(
                word.low, known, scorer=JaroWinkler.similarity, score_cutoff=LIKENESS
            )
            if found and found[0][0] == word.low[0] and abs(len(found[0]) - len(word.low)) < 3:
                return self._spelled[found[0]][0]
        return word.stem


def _spellings(profiles: Sequence[Profile], pack: Pack) -> dict[str, tuple[str, bool]]:
    """Every word of the facts: its stem, and whether it stands somewhere in lower case."""
    found: dict[str, tuple[str, bool]] = {}
    texts = [p.text for profile in profiles for p in profile.passages]
    texts += [text for fact in pack.facts for text in (*fact.topics, *fact.aliases)]
    texts += [pack.summary]
    for text in texts:
        for word in words_of(text):
            lower = found.get(word.low, ("", False))[1] or not word.capital
            found[word.low] = (word.stem, lower)
    return found


def _profile(fact: Fact, kinds: dict[str, SourceKind], corrected: set[str]) -> Profile:
    terms = dict.fromkeys(term for citation in fact.citations for term in citation.terms)
    passages = (passage(fact.statement, True), *(passage(term, False) for term in terms))
    stems = frozenset(word.stem for p in passages for word in content(p.words))
    beside = frozenset(
        word.stem for text in (*fact.topics, *fact.aliases) for word in content(words_of(text))
    )
    by_group = {group: s for s in sorted(stems) for group in groups(s)}
    dates = [(moment, date_in_words(date)) for date in fact.dates for moment in of_pack(date)]
    cited = {kinds.get(citation.source) for citation in fact.citations}
    return Profile(
        fact,
        passages,
        tuple(dates),
        stems,
        beside,
        by_group,
        reader=cited == {SourceKind.COMMENT},
        corrected=fact.id in corrected,
    )
