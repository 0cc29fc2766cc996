"""Relations that a claim turns round: opposites, denials, and one party put for the other."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from prompts.claims import english
from prompts.claims.english import word_set
from prompts.claims.matching import Match, Said
from prompts.claims.models import Difference
from prompts.claims.profiles import Passage, Profile, Profiles
from prompts.claims.roles import TELLING, around, content_of, inverted, is_denial, other_doer
from prompts.claims.words import Word, groups, opposites, words_of

NEAR = 7
DENIED = (0.85, 0.6)  # shared weight and cover from which a denial counts
ASSERTED = (1.2, 0.65)

_SOFT = word_set("""
only everyone everybody every each many much just even all necessarily always simply merely
exactly quite that
""")
_KINDS = word_set(
    "new old own good bad great first last real only different big small little whole"
)
_FOCUS = word_set("""
alone himself herself themselves only just everyone everybody all same both because about sure
need needed have supposed without simply merely necessarily clear mean enough
""")
_NEGATIVE = english.NEGATIONS | word_set("""
lost lose loses losing less least fewer only just limited away stopped ended
""")
_TIGHT = frozenset({"more", "less", "fewer", "all", "none"})
_DENIALS = word_set("unable not no never none nobody little hardly without nothing neither")


def relation_difference(
    piece: Passage, claim: Said, found: Match, profile: Profile, profiles: Profiles
) -> Difference | None:
    """What the claim says the other way round from the fact; None where nothing is."""
    if any(word.low in ("unlike", "instead", "rather") for word in piece.words):
        return None
    if any(word.low in english.JUDGING and not profile.held(word.stem)[1] for word in piece.words):
        return None
    return (
        inverted(piece, claim, found, profile, profiles)
        or _opposite(piece, found, profile, profiles)
        or _other_side(piece, found, profile)
        or _crossed(piece, found, profile)
        or _only(piece, found, profile, profiles)
        or other_doer(piece, found, profile, profiles)
        or _alias_denied(piece, found, profile, profiles)
        or _denied(piece, found, profile, profiles)
        or _asserted(piece, found, profile, profiles)
    )


def _opposite(
    piece: Passage, found: Match, profile: Profile, profiles: Profiles
) -> Difference | None:
    """A word for which the fact has its opposite, beside words that both share."""
    for word in piece.words:
        if profile.held(word.stem)[1] or word.low in english.SOURCES | english.AMBIGUOUS:
            continue
        for passage in profile.passages:
            for other in passage.words:
                if other.stem not in opposites(word.stem):
                    continue
                if other.low in english.AMBIGUOUS:
                    continue
                if not _same_surroundings(word, other, passage, found, profiles):
                    continue
                if _negated(piece.words, word.number) == _negated(passage.words, other.number, 7):
                    return Difference(word.text, around(passage, other.number))
    return None


def _other_side(piece: Passage, found: Match, profile: Profile) -> Difference | None:
    """After a thing, where the fact has it before that, or the other way round."""
    if found.cover < DENIED[1] or found.shared < ASSERTED[0]:
        return None
    lows = {word.low for word in piece.words}
    if lows & {"even", "also", "too", "still", "again", "both"} or {"before", "after"} <= lows:
        return None
    own = {word.number: held for word, held in found.pairs if word in piece.words}
    for word in piece.words:
        opposite = {"before": "after", "after": "before"}.get(word.low)
        for other in profile.passages[0].words if opposite else ():
            if other.low != opposite or ("after" in lows and _tells(profile, "after")):
                continue
            mine = {own.get(place, "") for place in range(word.number + 1, word.number + 6)}
            near = profile.passages[0].words[other.number + 1 : other.number + 6]
            if mine & {w.stem for w in near}:
                here = around(profile.passages[0], other.number)
                return Difference(around(piece, word.number), here)
    return None


def _crossed(piece: Passage, found: Match, profile: Profile) -> Difference | None:
    """Two pairs of neighbouring words crossed: a harsh present and a prosperous past."""
    own_of = {word.stem: own for word, own in found.pairs}
    said = _neighbours(piece, own_of)
    for passage in profile.passages if said else ():
        held = _neighbours(passage, {w.stem: w.stem for w in content_of(passage)})
        for (one, other), place in said.items():
            against = opposites(other)
            turned = [(o, n) for o, n in held if o == one and n in against]
            if turned and (one, other) not in held:
                return Difference(around(piece, place), around(passage, held[turned[0]]))
            for also, instead in said:
                crossed = {(one, instead), (also, other)} <= held.keys()
                if one != also and other != instead and crossed:
                    here = around(passage, held[one, instead])
                    return Difference(around(piece, place), here)
    return None


def _neighbours(passage: Passage, own_of: Mapping[str, str]) -> dict[tuple[str, str], int]:
    return {
        (own_of[one.stem], own_of[other.stem]): one.number
        for one, other in pairwise(passage.words)
        if one.stem in own_of and other.stem in own_of and one.part == other.part
    }


def _only(piece: Passage, found: Match, profile: Profile, profiles: Profiles) -> Difference | None:
    """Only the one, where the fact has one and the other alike."""
    if found.shared < DENIED[0] or found.cover < DENIED[1]:
        return None
    statement = profile.passages[0]
    parties = [w.stem in profiles.parties for w in statement.words]
    both = [
        w.number
        for w in statement.words
        if w.low in ("alike", "both")
        or (w.low == "and" and all(parties[w.number - 1 : w.number + 2 : 2]) and w.number)
    ]
    for word, own in found.pairs:
        first = max(word.number - 2, 0)
        before = [w.low for w in piece.words[first : word.number]]
        if own not in profiles.parties or not {"only", "exclusively"} & set(before):
            continue
        if word not in piece.words or (first and piece.words[first - 1].low in ("not", "n't")):
            continue
        places = [w.number for w in statement.words if w.stem == own]
        if "not" not in before and any(abs(p - q) <= 4 for p in places for q in both):
            return Difference(piece.typed(first, word.number), around(statement, both[0]))
    return None


def _tells(profile: Profile, low: str) -> bool:
    return any(word.low == low for word in profile.passages[0].words)


def _same_surroundings(
    word: Word, other: Word, passage: Passage, found: Match, profiles: Profiles
) -> bool:
    """Whether a telling word that both share stands by the one as by the other."""
    reach = 3 if word.low in _TIGHT else NEAR
    if reach == NEAR and found.cover >= 0.6 and found.shared >= 1.0:
        return True
    near = {w.stem for w in passage.words if abs(w.number - other.number) <= reach}
    return any(
        own in near and abs(w.number - word.number) <= reach and profiles.weight(own) >= TELLING
        for w, own in found.pairs
        if w.number != word.number and own != other.stem
    )


def _negated(words: Sequence[Word], place: int, reach: int = 4) -> bool:
    """Whether a denial reaches the word: not, never, nobody, hardly, a few words before it."""
    for back in range(place - 1, max(place - 1 - reach, -1), -1):
        low = words[back].low
        if words[back].part != words[place].part:
            return False
        denies = low in english.NEGATIONS or low.endswith("n't")
        if not denies:
            continue
        if low in ("nobody", "none") and place - back > 2:
            return False
        return words[back + 1].low not in _SOFT
    return False


def _denied(
    piece: Passage, found: Match, profile: Profile, profiles: Profiles
) -> Difference | None:
    """A shared word that the claim denies and the statement does not."""
    if found.shared < DENIED[0] or found.cover < DENIED[1]:
        return None
    counted = {place for f in piece.figures for place in range(f.first, f.last + 1)}
    statement = profile.passages[0]
    plain = not any(word.low in _NEGATIVE for word in statement.words)
    own_of = {word.stem: own for word, own in found.pairs}
    for word in piece.words:
        own = own_of.get(word.stem)
        if own is None or word.number in counted or (word.capital and word.number):
            continue
        if not _negated(piece.words, word.number) or profiles.weight(own) < TELLING:
            continue
        if _denies_opposite(piece, word, profile) or _denies_part(piece, word, own_of):
            continue
        if any(not profile.held(w.stem)[1] for w in _subject(piece, word, profiles)):
            continue
        for passage in profile.passages if plain else (statement,):
            for other in passage.words:
                alike = other.stem == own or groups(other.stem) & groups(word.stem)
                if alike and _stands(piece, word, passage, other, found, profiles):
                    return Difference(_denial(piece, word.number), around(passage, other.number))
    return None


def _denies_part(piece: Passage, word: Word, own_of: Mapping[str, str]) -> bool:
    """Whether only a part is denied, not alone, not a new one, or nothing that is a fact."""
    for back in reversed(piece.words[max(word.number - 3, 0) : word.number]):
        if back.low in english.NEGATIONS or back.low.endswith("n't"):
            break
        if back.low in _KINDS or (back.stem not in own_of and back.low not in english.FILLERS):
            return True
    clause = [w.low for w in piece.words if abs(w.part - word.part) <= 1]
    return bool(_FOCUS & set(clause))


def _subject(piece: Passage, word: Word, profiles: Profiles) -> list[Word]:
    """What stands before the denial in its clause and is a word of the pack."""
    before = [w for w in content_of(piece) if w.part == word.part and w.number < word.number]
    denials = [w.number for w in piece.words if w.low in english.NEGATIONS or "n't" in w.low]
    first = min((n for n in denials if n < word.number), default=0)
    return [w for w in before if w.number < first and profiles.knows(w.stem)]


def _denies_opposite(piece: Passage, word: Word, profile: Profile) -> bool:
    """Whether what is denied is the opposite of what the fact says: didn't end."""
    near = [w for w in piece.words if word.number - 4 <= w.number <= word.number]
    return any(opposites(w.stem) & profile.stems for w in near)


def _stands(
    piece: Passage,
    word: Word,
    passage: Passage,
    other: Word,
    found: Match,
    profiles: Profiles,
) -> bool:
    """Whether a passage says of the same subject what the claim denies of it."""
    clause = [w for w in passage.words if abs(w.part - other.part) <= 1]
    near = [w.low for w in passage.words if abs(w.number - other.number) < 12]
    if any(low in english.NEGATIONS or low.endswith("n't") for low in near):
        return False
    subject = {
        own
        for w, own in found.pairs
        if w in piece.words and w.number < word.number and w.part == word.part
    }
    if subject & profiles.parties and not passage.statement:
        return False
    return not subject or not passage.statement or bool(subject & {w.stem for w in clause})


def _asserted(
    piece: Passage, found: Match, profile: Profile, profiles: Profiles
) -> Difference | None:
    """A shared word that the statement denies, in a claim without any denial."""
    if found.shared < ASSERTED[0] or found.cover < ASSERTED[1]:
        return None
    if any(word.low in _NEGATIVE or word.low.endswith("n't") for word in piece.words):
        return None
    if len(found.pairs) < 3:
        return None
    for word, own in found.pairs:
        if profiles.weight(own) < 0.4:
            continue
        for passage in profile.passages:
            for other in passage.words:
                if other.stem == own and _plainly_denied(passage.words, other.number):
                    return Difference(word.text, around(passage, other.number))
    return None


def _plainly_denied(words: Sequence[Word], place: int) -> bool:
    lows = [w.low for w in words[max(place - 7, 0) : place] if w.part == words[place].part]
    return any(low in _DENIALS for low in lows) and "but" not in lows and "than" not in lows


def _alias_denied(
    piece: Passage, found: Match, profile: Profile, profiles: Profiles
) -> Difference | None:
    """What the fact is also called by, denied: never any violence."""
    if (
        found.shared < DENIED[0]
        or found.cover < 0.75
        or any(map(is_denial, profile.passages[0].words))
    ):
        return None
    aliases = {w.stem for alias in profile.fact.aliases for w in words_of(alias)} - profile.stems
    for word, own in found.pairs:
        plain = own in aliases - profiles.parties and profiles.weight(own) >= 0.6
        if not plain or word not in piece.words or not _negated(piece.words, word.number):
            continue
        if not _denies_part(piece, word, {w.stem: o for w, o in found.pairs}):
            return Difference(_denial(piece, word.number), profile.fact.title or own)
    return None


def _denial(piece: Passage, place: int) -> str:
    first = place
    while first and place - first < 4:
        first -= 1
        low = piece.words[first].low
        if low in english.NEGATIONS or low.endswith("n't"):
            break
    return piece.typed(first, place)
