"""Names of a claim against those of a fact: who stands where the fact has somebody else."""

from collections.abc import Collection, Iterator

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from prompts.claims.matching import Match, Said, match
from prompts.claims.models import Difference
from prompts.claims.names import Name
from prompts.claims.profiles import Passage, Profile, Profiles
from prompts.claims.slots import Reading
from prompts.claims.words import Word

_NO_REPLACEMENT = frozenset({"likened"})


def said_names(piece: Passage, profiles: Profiles) -> list[Name]:
    """The names that a claim holds; a first word only where nothing else explains its capital."""
    return [
        name
        for name in piece.names
        if (name.sure or _is_name(name, profiles))
        and not (len(name.lows) == 1 and is_origin(name.lows[0]))
        and not _is_people(name, piece)
        and not (len(name.lows) > 1 and profiles.is_phrase(name.lows))
        and not (name.role in ("place", "other") and name.stems <= profiles.setting)
    ]


def _is_name(name: Name, profiles: Profiles) -> bool:
    low = name.lows[0]
    if profiles.in_lower_case(low) or len(low) < 3:
        return False
    return profiles.spells(low) or (
        name.role in ("doer", "owner") and not low.endswith(("ing", "ly", "s", "ed"))
    )


def _is_people(name: Name, piece: Passage) -> bool:
    """The Soviets, the Nazis: many, and so in nobody's place."""
    before = piece.words[name.first - 1].low if name.first else ""
    plural = name.lows[0].endswith("s") and piece.words[name.first].text.endswith("s")
    if name.role == "place":
        return False
    return before == "the" and len(name.lows) == 1 and plural


def held_names(profile: Profile) -> Iterator[tuple[Name, Passage]]:
    """The names that a fact holds: in its statement, and terms that are a name."""
    for passage in profile.passages:
        for name in passage.names:
            whole = name.last - name.first + 1 == len(passage.words)
            if name.sure or (whole and not passage.statement):
                yield name, passage


def name_readings(
    piece: Passage, claim: Said, name: Name, profiles: Profiles, denied: Collection[int] = ()
) -> Iterator[Reading]:
    """What each fact says to this name where the claim has it."""
    typed = piece.typed(name.first, name.last)
    meant = {word.number: stem for word, stem in claim.words}
    places = [w.number for w in piece.words[name.first : name.last + 1] if w.low in name.lows]
    own = {meant.get(place, "") for place in places} - {""} or set(name.stems)
    context = claim.apart_from({*range(name.first, _end(piece, name) + 1), *denied})
    spoken = {stem for _, stem in (*context.words, *claim.before)} - own
    owned = name.role == "owner" and _is_anyones(piece, name, own, claim, profiles)
    for profile in claim.near:
        found = match(context, profile, profiles)
        if _is_held(own, name.lows, profile):
            yield Reading(profile, typed, found, found.shared, None, "name")
            continue
        missing = None if owned else _missing(profile, spoken, name, found, profiles)
        if missing:
            held = missing[1].typed(missing[0].first, missing[0].last)
            difference = Difference(typed, held)
            yield Reading(profile, typed, found, found.shared, difference, "name")


def _is_anyones(
    piece: Passage, name: Name, own: Collection[str], claim: Said, profiles: Profiles
) -> bool:
    """Whether some fact has the thing as theirs, by name: Stalin's slogan."""
    thing = {profiles.meant(word) for word in piece.words[name.last + 1 : name.last + 3]}
    holders = [set(profiles.holders(stem)) for stem in (*own, *thing)]
    ours = set().union(*holders[: len(own)])
    theirs = set().union(*holders[len(own) :])
    return bool(ours & theirs & set(claim.near))


def _end(piece: Passage, name: Name) -> int:
    """Where a name ends with the word for what it names: the Ural mountains."""
    after = piece.words[name.last + 1 : name.last + 2]
    adjoins = name.role == "place" and after and after[0].part == piece.words[name.last].part
    return name.last + 1 if adjoins else name.last


def _is_held(own: set[str], lows: Collection[str], profile: Profile) -> bool:
    """Whether the fact has the name: Stalin for Joseph Stalin, and no Civil War for World War."""
    known = profile.stems | profile.beside
    names = {low for name, _ in held_names(profile) for low in name.lows}
    alike = [_resembles(low, names) for low in lows if len(low) > 4]
    if any(alike) and (all(alike) or not _has_longer(lows, profile)):
        return True
    held = {stem for stem in own if stem in known or _of_one_root(stem, known)}
    if not held:
        return False
    same = [name.stems for name, _ in held_names(profile) if name.stems & held]
    return held == own or not same or any(stems <= own for stems in same)


def _has_longer(lows: Collection[str], profile: Profile) -> bool:
    """Whether the fact's own name is of several words too, of which one is another."""
    return any(len(name.lows) > 1 and set(name.lows) & set(lows) for name, _ in held_names(profile))


def _resembles(low: str, names: Collection[str]) -> bool:
    """Whether it may be a misspelling of one of the names."""
    found = process.extractOne(low, names, scorer=JaroWinkler.similarity, score_cutoff=0.84)
    return found is not None


def _of_one_root(stem: str, known: Collection[str]) -> bool:
    """Russia, where the fact has Russian."""
    return len(stem) >= 5 and any(
        other[:5] == stem[:5] and abs(len(other) - len(stem)) == 1 for other in known
    )


def _missing(
    profile: Profile, spoken: set[str], name: Name, found: Match, profiles: Profiles
) -> tuple[Name, Passage] | None:
    """A name of the fact that the claim leaves out, where it stands by words that they share."""
    if name.role in _NO_REPLACEMENT:
        return None
    for held, passage in held_names(profile):
        if _is_group(held, profiles) or _has_companion(held, passage, spoken):
            continue
        named = {profile.held(stem)[0] for stem in spoken}
        if passage.words[held.last].stem in named or len(held.stems & named) * 2 > len(held.stems):
            continue
        if (held.role == "place") != (name.role == "place"):
            continue
        near = _around(passage.words, held)
        if any(own in near for _, own in found.pairs):
            return held, passage
    return None


def _has_companion(held: Name, passage: Passage, spoken: set[str]) -> bool:
    """Whether the claim names the other one of a pair: John Henry, of him and Paul Bunyan."""
    return any(
        name.stems <= spoken and min(abs(name.first - held.last), abs(held.first - name.last)) <= 2
        for name in passage.names
        if name != held
    )


def _is_group(name: Name, profiles: Profiles) -> bool:
    """Stakhanovites, where the pack also has Stakhanovite: a sort of people, and no name."""
    low = name.lows[-1]
    if len(name.lows) > 1:
        return False
    plural = low.endswith("s") and profiles.spells(low[:-1])
    many = profiles.spells(low + "s") and not profiles.in_lower_case(low + "s")
    return is_origin(low) or plural or many


def is_origin(low: str) -> bool:
    """Whether a word says where somebody is from: American, Polish."""
    return low.endswith(("ian", "ians", "rican", "ricans", "ish", "ese")) or low in (
        "german",
        "roman",
    )


def _around(words: tuple[Word, ...], name: Name) -> set[str]:
    return {
        word.stem
        for word in words
        if name.first - 9 <= word.number <= name.last + 9 and word.stem not in name.stems
    }
