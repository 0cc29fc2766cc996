"""How far a fact speaks of what a claim speaks of: shared words, the telling ones first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from prompts.claims.profiles import UNKNOWN, Profile, Profiles, content
from prompts.claims.words import Word

FAR = 0.6  # what a shared word outside the clause in question still counts
LEFT_OVER = 0.6  # what a word that the fact doesn't hold takes away
NAME = 0.75
NOT_HELD = ("", 0.0)


@dataclass(frozen=True, slots=True)
class Match:
    """`shared` and `left` are weights; `pairs` are words of the claim with the fact's stems."""

    shared: float
    left: float
    pairs: tuple[tuple[Word, str], ...]

    @property
    def cover(self) -> float:
        """How much of what is said the fact speaks of, 0 to 1."""
        whole = self.shared + LEFT_OVER * self.left
        return self.shared / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a claim that carry it, with the stem each stands for."""

    words: tuple[tuple[Word, str], ...]
    before: tuple[tuple[Word, str], ...] = ()  # of what was said just before
    near: tuple[Profile, ...] = ()  # the facts that may bear on it

    def apart_from(self, places: Collection[int]) -> "Said":
        kept = tuple(pair for pair in self.words if pair[0].number not in places)
        return Said(kept, self.before, self.near)

    def parts(self, wanted: Collection[int]) -> "Said":
        """Only the clauses that are wanted; the rest counts as said before."""
        near = tuple(pair for pair in self.words if pair[0].part in wanted)
        far = tuple(pair for pair in self.words if pair[0].part not in wanted)
        return Said(near, (*self.before, *far), self.near)


def said(words: Sequence[Word], profiles: Profiles, before: Iterable[Word] = ()) -> Said:
    own = tuple((word, profiles.meant(word)) for word in content(words))
    earlier = tuple((word, profiles.meant(word)) for word in content(before))
    near = profiles.near(stem for _, stem in (*own, *earlier))
    return Said(own, earlier, tuple(near))


def match(claim: Said, profile: Profile, profiles: Profiles) -> Match:
    """What the claim and the fact share, each stem once."""
    shared = left = 0.0
    pairs: list[tuple[Word, str]] = []
    seen: set[str] = set()
    held: set[str] = set()
    for word, stem in claim.words:
        if stem in seen:
            continue
        seen.add(stem)
        own, quality = profiles.holders(stem).get(profile, NOT_HELD)
        if quality and own not in held:
            shared += quality * profiles.weight(own)
            held.add(own)
            pairs.append((word, own))
        elif not quality:
            left += _loss(word, stem, profiles)
    for word, stem in claim.before:
        own, quality = profiles.holders(stem).get(profile, NOT_HELD)
        if quality and stem not in seen and own not in held:
            seen.add(stem)
            held.add(own)
            shared += FAR * quality * profiles.weight(own)
            pairs.append((word, own))
    return Match(shared, left, tuple(pairs))


def _loss(word: Word, stem: str, profiles: Profiles) -> float:
    if profiles.knows(stem):
        return min(profiles.weight(stem), 0.7)
    return NAME if word.capital and word.number else UNKNOWN


def best(claim: Said, part: int, profile: Profile, profiles: Profiles) -> Match:
    """The better of two readings: the clause that holds a thing, or all that is said."""
    whole = match(claim, profile, profiles)
    near = {pair[0].part for pair in claim.words}
    if len(near) < 2:
        return whole
    readings = [
        match(claim.parts(wanted), profile, profiles)
        for wanted in ({part}, {part, part - 1}, {part, part + 1})
        if wanted & near
    ]
    return max([whole, *readings], key=lambda found: found.cover * min(found.shared, 1.0))
