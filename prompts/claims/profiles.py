"""What a pack's facts hold, laid out for comparing: weighed words, figures, dates, names."""

import heapq
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from prompts.claims.english import FILLERS, SOURCES
from prompts.claims.figures import Figure, figures, is_number
from prompts.claims.moments import Moment, moments, of_pack
from prompts.claims.names import Name, names
from prompts.claims.words import Word, groups, stem, words_of
from prompts.dates import MONTHS, date_in_words
from prompts.models import Fact, Pack, SourceKind

LIKENESS = 0.9
UNKNOWN = 0.45
BESIDE, LIKE = 0.8, 0.7  # what a topic or alias answers for, and a word of like meaning
SEEDS, NEAR = 250, 20  # so many facts are looked at for a sentence, and weighed against it
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


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A fact as it is compared: the statement first among its passages, then the terms."""

    fact: Fact
    number: int  # how many facts of the pack stand before it
    passages: tuple[Passage, ...]
    dates: tuple[tuple[Moment, str], ...]  # of the fact as a whole, and in words
    stems: frozenset[str]  # statement and terms
    beside: frozenset[str]  # topics and aliases
    by_group: dict[int, str] = field(default_factory=dict)
    reader: bool = False  # only readers' comments say so
    corrected: bool = False
    mistaken: tuple[Figure, ...] = ()  # of the facts that this one puts right

    def held(self, stem: str) -> tuple[str, float]:
        """The fact's own word for it, and how well it answers, from 0 to 1."""
        if stem in self.stems:
            return stem, 1.0
        if stem in self.beside:
            return stem, BESIDE
        for group in sorted(groups(stem)):
            if group in self.by_group:
                return self.by_group[group], LIKE
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
        plain = {
            fact.id: _profile(fact, number, kinds, corrected)
            for number, fact in enumerate(pack.facts)
        }
        self.all = tuple(
            replace(profile, mistaken=_figures_of(plain, profile.fact.corrects))
            for profile in plain.values()
        )
        disputes: dict[str, set[str]] = {}
        for fact in pack.facts:
            for other in fact.disputed_by:
                disputes.setdefault(fact.id, set()).add(other)
                disputes.setdefault(other, set()).add(fact.id)
        self.disputes = {id_: frozenset(others) for id_, others in disputes.items()}
        count = Counter(s for p in self.all for s in p.stems | p.beside)
        size = math.log(1 + max(len(self.all), 1))
        self._index()
        self._core = frozenset().union(*(p.stems for p in self.all), frozenset())
        self.years = frozenset(
            moment.year
            for p in self.all
            for moment in (*(m for m, _ in p.dates), *(m for x in p.passages for m in x.moments))
        )
        titles = [pack.title, pack.summary, *(source.title for source in pack.sources)]
        self.setting = frozenset(w.stem for text in titles for w in words_of(text))
        self.named = frozenset(
            s for p in self.all for x in p.passages for name in x.names for s in name.stems
        )
        texts = [x.words for p in self.all for x in p.passages]
        self._phrases = {
            (a.stem, b.stem)
            for words in texts
            for a, b in pairwise(words)
            if not (a.capital or b.capital)
        }
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

    def _index(self) -> None:
        self._by_stem: dict[str, list[Profile]] = {}
        self._by_beside: dict[str, list[Profile]] = {}
        self._by_group: dict[int, list[Profile]] = {}
        for profile in self.all:
            for own in profile.stems:
                self._by_stem.setdefault(own, []).append(profile)
            for own in profile.beside:
                self._by_beside.setdefault(own, []).append(profile)
            for group in profile.by_group:
                self._by_group.setdefault(group, []).append(profile)
        self._by_unit: dict[str, set[tuple[Profile, float]]] = {}
        for profile in self.all:
            for figure in (f for p in profile.passages for f in p.figures if not f.bare):
                for unit in figure.units:
                    self._by_unit.setdefault(unit, set()).add((profile, figure.value))
        self._holders: dict[str, dict[Profile, tuple[str, float]]] = {}

    def holders(self, stem: str) -> Mapping[Profile, tuple[str, float]]:
        """The facts that have a word or one like it: their own word, and how well it answers."""
        known = self._holders.get(stem)
        if known is not None:
            return known
        found: dict[Profile, tuple[str, float]] = {}
        for group in sorted(groups(stem)):
            for profile in self._by_group.get(group, ()):
                found.setdefault(profile, (profile.by_group[group], LIKE))
        found |= dict.fromkeys(self._by_beside.get(stem, ()), (stem, BESIDE))
        found |= dict.fromkeys(self._by_stem.get(stem, ()), (stem, 1.0))
        if found:  # and so there are only as many as the pack and the tables have words
            self._holders[stem] = found
        return found

    def counting(self, units: Collection[str]) -> Collection[tuple[Profile, float]]:
        """The facts with figures of these units, with the values."""
        return {pair for unit in units for pair in self._by_unit.get(unit, ())}

    def near(self, stems: Iterable[str]) -> list[Profile]:
        """The facts that share the most with these words; the others can't bear on them."""
        shared: dict[Profile, float] = {}
        # The rarest words first; where they lead to enough facts, common ones lead to no more.
        for holders in sorted((self.holders(own) for own in set(stems)), key=len):
            for profile in holders if len(shared) < SEEDS else holders.keys() & shared.keys():
                held, quality = holders[profile]
                shared[profile] = shared.get(profile, 0.0) + quality * self.weight(held)
        if len(shared) <= NEAR:
            return [profile for profile in self.all if profile in shared]
        best = set(heapq.nlargest(NEAR, shared, key=lambda p: (shared[p], -p.number)))
        return sorted(best, key=lambda profile: profile.number)

    def weight(self, stem: str) -> float:
        """How telling a word is: 1 for one fact's own, less for what many hold, 0 to 1."""
        return self._weight.get(stem, UNKNOWN)

    def knows(self, stem: str) -> bool:
        return stem in self._weight

    def is_phrase(self, lows: Sequence[str]) -> bool:
        """Whether the pack has these words in a row without capitals: a shock worker."""
        return all((stem(a), stem(b)) in self._phrases for a, b in pairwise(lows))

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
            slips = 1 if len(word.low) < 6 else 4 if word.capital else 3
            if found and found[0][0] == word.low[0] and OSA.distance(found[0], word.low) <= slips:
                return self._spelled[found[0]][0]
        return word.stem


def _figures_of(profiles: Mapping[str, Profile], ids: Iterable[str]) -> tuple[Figure, ...]:
    held = [p for id_ in ids if id_ in profiles for p in profiles[id_].passages]
    return tuple(figure for passage in held for figure in passage.figures)


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


def _profile(
    fact: Fact, number: int, kinds: Mapping[str, SourceKind], corrected: Collection[str]
) -> Profile:
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
        number,
        passages,
        tuple(dates),
        stems,
        beside,
        by_group,
        reader=cited == {SourceKind.COMMENT},
        corrected=fact.id in corrected,
    )
