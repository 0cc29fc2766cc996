"""What a pack says is not so: whether a claim says one of its facts' misreadings, or denies it."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from prompts.claims.english import FILLERS, NEGATIONS, SOURCES, word_set
from prompts.claims.figures import is_number, number_word
from prompts.claims.models import Difference
from prompts.claims.profiles import Passage, Profile, Profiles, passage
from prompts.claims.words import Word, groups, opposites, stem, words_of

# How much a claim says of the misreading, of what sets it apart, and of itself by that.
SAYS = ((0.5, 0.5, 0.5), (0.66, 0.33, 0.5))
LIKE, ROOT, OPPOSITE = 0.8, 0.9, -0.8
FIGURE, SMALL, NEW = 0.6, 0.25, 0.6  # weights
LITTLE = 0.1  # where less than that sets a misreading apart, the order of its words does
NEARER = 0.08  # by so much another fact may speak of more of the claim
SEEDS, WEIGHED = 300, 16  # how many misreadings are looked at, and how many closely
SHOWN = 7  # words of a difference

# Of the fillers these can turn a sentence round.
_TURNING = word_set("""
above after again against all always before behind below both each early every everybody everyone
few first half inside last late later less more most mostly new once one only other others own
same single together under until instead outside beyond back came come comes end ends keep keeps
knew know known led let made make makes gave give given gives put take takes taken took turn turned
use used uses want wanted went go gone start started need needed different out down good great
point matter half part little any too much
""")
_DENIALS = NEGATIONS - {"few", "little", "zero"}
_SOFT = word_set("only just merely simply necessarily exactly matter doubt wonder")
_RELATIVE = word_set("who which that whose thats")
_BEING = word_set("was were is are be been being got get gets getting")
_PARTICIPLES = word_set("""
made given taken paid beaten built bought brought caught chosen done driven drawn found held hit
kept known led left lost meant put read said seen sent set shown sold sung taught thrown told won
written worn forgotten forbidden hurt cut
""")


@dataclass(frozen=True, slots=True)
class Token:
    """A word that tells: what it is compared by, its weight, and whether it is denied."""

    word: Word
    key: str
    weight: float
    denied: bool


@dataclass(frozen=True, slots=True, eq=False)
class Misreading:
    """A sentence that is not so, beside the fact that it misreads."""

    profile: Profile
    passage: Passage
    tokens: tuple[Token, ...]
    apart: frozenset[int]  # which of its tokens the fact doesn't have, or has denied
    weight: float


@dataclass(frozen=True, slots=True)
class Said:
    """A misreading that a claim says, or denies."""

    misreading: Misreading
    denied: bool
    likeness: float
    difference: Difference


class Misreadings:
    """All misreadings of a pack, by their words."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._by_key: dict[str, set[tuple[Profile, str]]] = {}
        self._read: dict[tuple[Profile, str], Misreading] = {}
        for profile in profiles.all:
            for text in profile.fact.misreadings:
                for key in {word.stem for word in words_of(text) if not _is_idle(word)}:
                    self._by_key.setdefault(key, set()).add((profile, text))
                    for group in groups(key):
                        self._by_key.setdefault(_of_group(group), set()).add((profile, text))

    def _reading(self, profile: Profile, text: str) -> Misreading:
        """A misreading with what sets it apart; each is read when a claim first comes near it."""
        if (profile, text) not in self._read:
            own = passage(text, statement=False)
            tokens = list(self.tokens(own))
            held = [token for each in profile.passages for token in self.tokens(each)]
            apart = frozenset(
                place
                for place, token in enumerate(tokens)
                if not _is_so(token, held) and (token.denied or token.key not in profile.beside)
            )
            for place, token in enumerate(tokens):
                if token.key.startswith("#") and place not in apart:
                    tokens[place] = replace(token, weight=SMALL)
            weight = sum(token.weight for token in tokens)
            self._read[profile, text] = Misreading(profile, own, tuple(tokens), apart, weight)
        return self._read[profile, text]

    def tokens(self, text: Passage) -> Iterator[Token]:
        """The words of a text that tell, each as it is compared."""
        words = _plain(text.words)
        for word in words:
            if _is_idle(word):
                continue
            key, weight = self._weighed(word)
            about = 4 if key in self._profiles.parties else 7
            yield Token(
                word,
                key,
                weight,
                _denied(words, word.number, min(about, 3) if word.capital else about),
            )

    def _weighed(self, word: Word) -> tuple[str, float]:
        if is_number(word.low):
            number = number_word(word.low)
            return (word.low if number is None else f"#{number:g}"), FIGURE
        if word.low in _TURNING:
            return word.stem, SMALL
        meant = word.stem if self._profiles.knows(word.stem) else self._profiles.meant(word)
        return meant, self._profiles.weight(meant) if self._profiles.knows(meant) else NEW

    def said(self, piece: Passage, near: Sequence[Profile]) -> list[Said]:
        """The misreadings that a claim says or denies, the likest first; `near` are the facts
        that may bear on it."""
        tokens = list(self.tokens(piece))
        weighed = (self._weigh(piece, tokens, one, near) for one in self._near(tokens))
        return sorted((one for one in weighed if one), key=lambda one: -one.likeness)

    def _near(self, tokens: Sequence[Token]) -> Iterator[Misreading]:
        """Those with so many of the words that they may be said; found by the rarest of them."""
        weights: dict[str, float] = {}
        for token in tokens:
            for key in (token.key, *map(_of_group, groups(token.key))):
                weights[key] = max(token.weight, weights.get(key, 0.0))
        held = sorted((k for k in weights if k in self._by_key), key=lambda k: len(self._by_key[k]))
        shared: dict[tuple[Profile, str], float] = {}
        for key in held:
            found = self._by_key[key]
            for one in found if len(shared) < SEEDS else found & shared.keys():
                shared[one] = shared.get(one, 0.0) + weights[key]
        for one in heapq.nlargest(WEIGHED, shared, key=lambda one: shared[one]):
            reading = self._reading(*one)
            if shared[one] >= 0.4 * reading.weight:
                yield reading

    def _weigh(
        self, piece: Passage, tokens: Sequence[Token], one: Misreading, near: Sequence[Profile]
    ) -> Said | None:
        got = _paired(tokens, one.tokens)
        covered = sum(one.tokens[p].weight * abs(like) for p, (_, like) in got.items())
        own = sum(one.tokens[p].weight for p in one.apart)
        apart = sum(one.tokens[p].weight * abs(got[p][1]) for p in one.apart if p in got)
        explained = _explained(tokens, got, one.profile)
        if not any(
            covered >= of_all * one.weight and apart >= of_own * own and explained >= of_claim
            for of_all, of_own, of_claim in SAYS
        ):
            return None
        # What a name or a figure sets apart is not said without any of them.
        pointed = {p for p in one.apart if _is_pointed(one.tokens[p])}
        if pointed and not pointed & got.keys():
            return None
        by_order = own < LITTLE
        deciding = set(got) if by_order else one.apart & got.keys()
        sides = [_side(one.tokens[p], *got[p]) for p in deciding]
        against = -sum(side for side in sides if side < 0)
        for_ = sum(side for side in sides if side > 0)
        denied = against > for_ and any(
            got[p][0].denied and not one.tokens[p].denied for p in deciding
        )
        if not denied:
            if against > 0.2 * for_ or (by_order and not self._in_its_order(piece, tokens, one)):
                return None
            if any(_spoken(tokens, p) > explained + NEARER for p in near if p != one.profile):
                return None
            if not by_order and self._against(tokens, got, deciding, one) >= apart:
                return None
        telling = sorted((got[p][0].word for p in deciding), key=lambda word: word.number)
        difference = Difference(_typed(piece, telling), self._in_its_place(one))
        return Said(one, denied, covered / one.weight * explained, difference)

    def _against(
        self,
        tokens: Sequence[Token],
        got: Mapping[int, tuple[Token, float]],
        deciding: Iterable[int],
        one: Misreading,
    ) -> float:
        """The weight of what the claim has of the fact, and the misreading has not, in the clauses
        that decide."""
        parts = {got[place][0].word.part for place in deciding}
        taken = {token.word.number for token, _ in got.values()}
        held = {t.key for t in self.tokens(one.profile.passages[0])}
        return sum(
            t.weight
            for t in tokens
            if t.word.part in parts and t.key in held and t.word.number not in taken
        )

    def _in_its_order(self, piece: Passage, tokens: Sequence[Token], one: Misreading) -> bool:
        """Whether who does what to whom is as in the misreading, where the fact has it turned."""
        statement = one.profile.passages[0]
        named = [(place, token) for place, token in enumerate(one.tokens)]
        own = relations(one.passage.words, named)
        fact = relations(statement.words, _as(self.tokens(statement), one.tokens))
        mine = _as(tokens, one.tokens)
        said = relations(piece.words, mine)
        had = {name for name, _ in mine}
        turned = {pair for pair in own - fact if had >= set(pair)}
        turned = {(a, b) for a, b in turned if (b, a) in fact} or turned
        straight = {pair for pair in fact - own if had >= set(pair)}
        hits = len(turned & said)
        return hits > len(straight & said) and 2 * hits > len(turned)

    def _in_its_place(self, one: Misreading) -> str:
        """What the fact says where the misreading goes wrong."""
        statement = one.profile.passages[0]
        own = list(self.tokens(statement))
        against = [t.word for t in own if any(_like(t, m) < 0 for m in one.tokens)]
        return _typed(statement, against or [t.word for t in own if not _is_so(t, one.tokens)])


def _plain(words: Sequence[Word]) -> Sequence[Word]:
    """The words with "not … until" as "only after"."""
    for word in words:
        if word.low in ("until", "till") and word.number:
            earlier = [w.low for w in words[: word.number]]
            if any(low in _DENIALS or low.endswith("n't") for low in earlier):
                only = [_only(w) for w in words[: word.number]]
                return [
                    *only,
                    replace(word, low="after", stem=stem("after")),
                    *words[word.number + 1 :],
                ]
    return words


def _only(word: Word) -> Word:
    denies = word.low in _DENIALS or word.low.endswith("n't")
    return replace(word, low="only", stem=stem("only")) if denies else word


def _denied(words: Sequence[Word], place: int, reach: int) -> bool:
    """Whether a denial reaches the word in its clause."""
    for word in reversed(words[max(place - reach, 0) : place]):
        if word.part != words[place].part:
            return False
        if word.low in _DENIALS or word.low.endswith("n't"):
            return words[word.number + 1].low not in _SOFT
    return False


def _like(one: Token, other: Token) -> float:
    """How far one word says what another does; below 0 where it says the opposite."""
    return 1.0 if one.key == other.key else _alike(one.key, other.key)


@lru_cache(maxsize=50_000)
def _alike(one: str, other: str) -> float:
    if one.startswith("#") or other.startswith("#"):
        return 0.0
    if groups(one) & groups(other):
        return LIKE
    if other in opposites(one):
        return OPPOSITE
    short = min(len(one), len(other))
    if short >= 5 and one[:5] == other[:5] and abs(len(one) - len(other)) <= 3:
        return ROOT
    return 0.0


def _is_pointed(token: Token) -> bool:
    first = token.word.number == 0
    return token.key.startswith("#") or (token.word.capital and not first)


def _is_idle(word: Word) -> bool:
    """Whether a word tells nothing here: grammar, a word for a source, a denial."""
    if word.low in SOURCES or word.low in _DENIALS or word.low.endswith("n't"):
        return True
    return word.low in FILLERS and word.low not in _TURNING


def _of_group(group: int) -> str:
    return f"={group}"


def _is_so(token: Token, held: Iterable[Token]) -> bool:
    return any(_like(token, other) > 0 and token.denied == other.denied for other in held)


def _paired(tokens: Sequence[Token], own: Sequence[Token]) -> dict[int, tuple[Token, float]]:
    """For each word of a misreading the word of the claim that is likest to it."""
    found = {}
    by_key = {token.key: token for token in reversed(tokens)}
    for place, mine in enumerate(own):
        if mine.key in by_key:
            found[place] = (by_key[mine.key], 1.0)
            continue
        likes = [(abs(like), like, token) for token in tokens if (like := _like(token, mine))]
        if likes:
            _, like, token = max(likes, key=lambda one: (one[0], one[1]))
            found[place] = (token, like)
    return found


def _as(tokens: Iterable[Token], own: Sequence[Token]) -> list[tuple[int, Token]]:
    """The words that stand for words of a misreading, named by the places of those."""
    return [
        (place, token)
        for token in tokens
        for place, mine in enumerate(own)
        if _like(token, mine) > 0
    ]


def relations(words: Sequence[Word], named: Iterable[tuple[int, Token]]) -> set[tuple[int, int]]:
    """Which words stand before which in one clause; of a passive, the doer first."""
    ranks = _ranks(words)
    placed = [(name, ranks[token.word.number]) for name, token in named]
    return {
        (one, other)
        for one, (clause, rank) in placed
        for other, (also, later) in placed
        if one != other and clause == also and rank < later
    }


def _ranks(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The clause of each word and its place there: what a passive verb has before it comes last,
    and who it was done by first."""
    clauses: list[list[Word]] = []
    for word in words:
        if not clauses or (word.part != clauses[-1][-1].part and word.low not in _RELATIVE):
            clauses.append([])
        clauses[-1].append(word)
    found: list[tuple[int, int]] = []
    for number, clause in enumerate(clauses):
        cut = _passive(clause)
        by = next((w.number for w in clause if w.low == "by" and cut and w.number > cut), None)
        for word in clause:
            before = cut is not None and word.number < cut
            agent = by is not None and word.number > by
            shift = len(words) if before else -len(words) if agent else 0
            found.append((number, word.number + shift))
    return found


def _passive(clause: Sequence[Word]) -> int | None:
    """Where a passive verb stands."""
    for word in clause:
        lead = [w.low for w in clause if word.number - 3 < w.number < word.number]
        if _BEING & set(lead) and (word.low.endswith("ed") or word.low in _PARTICIPLES):
            return word.number
    return None


def _side(own: Token, said: Token, like: float) -> float:
    """More than 0 where the claim says the word as the misreading does."""
    same = (own.denied == said.denied) == (like > 0)
    return own.weight * abs(like) * (1 if same else -1)


def _explained(
    tokens: Sequence[Token], got: Mapping[int, tuple[Token, float]], profile: Profile
) -> float:
    """How much of the claim the misreading and its fact speak of."""
    taken = {token.word.number: abs(like) for token, like in got.values()}
    whole = sum(token.weight for token in tokens)
    spoken = sum(
        token.weight * max(taken.get(token.word.number, 0.0), LIKE * profile.held(token.key)[1])
        for token in tokens
    )
    return spoken / whole if whole else 0.0


def _spoken(tokens: Sequence[Token], profile: Profile) -> float:
    """How much of the claim a fact speaks of."""
    whole = sum(token.weight for token in tokens)
    return sum(t.weight * profile.held(t.key)[1] for t in tokens) / whole if whole else 0.0


def _typed(text: Passage, words: Sequence[Word]) -> str:
    """The stretch of a text that holds the most of these words, and is short."""
    if not words:
        return text.text
    places = sorted({word.number for word in words})
    best = max(
        ([p for p in places if first <= p < first + SHOWN] for first in places),
        key=lambda held: (len(held), -held[0]),
    )
    return text.typed(best[0], best[-1])
