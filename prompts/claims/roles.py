"""Who does what to whom in a claim and in a fact: parties that change places."""

from collections.abc import Iterator

from prompts.claims import english
from prompts.claims.frames import Frame, frame
from prompts.claims.matching import Match, Said
from prompts.claims.models import Difference
from prompts.claims.profiles import Passage, Profile, Profiles, content
from prompts.claims.words import Word, groups

TELLING = 0.25  # the least weight of a word that shows two passages to be about one thing
DOER = (0.6, 0.45)  # shared weight and cover from which another doer counts


def inverted(
    piece: Passage, claim: Said, found: Match, profile: Profile, profiles: Profiles
) -> Difference | None:
    """One party for the other round the same verb."""
    own = {word.number: held for word, held in found.pairs if word in piece.words}
    meant = {word.number: s for word, s in claim.words}
    stems = [own.get(w.number) or _held(meant.get(w.number, ""), profile) for w in piece.words]
    for word in piece.words:
        if word.stem in profiles.parties and not _is_past(word):
            continue
        for passage in profile.passages:
            for other in _same_verb(word, passage):
                said = frame(piece.words, stems, word.number)
                held = frame_of(passage, other)
                acted = _is_said_of(word, piece) and _is_said_of(other, passage)
                turned = acted and (
                    _misplaced(said, held, passage, profiles) or _turned(said, held, profiles)
                )
                if _swapped(said, held) or turned:
                    return Difference(around(piece, word.number), around(passage, other.number))
    return None


def other_doer(
    piece: Passage, found: Match, profile: Profile, profiles: Profiles
) -> Difference | None:
    """Somebody of whom the fact knows nothing, where it says who did the same to the same."""
    if found.shared < DOER[0] or found.cover < DOER[1]:
        return None
    telling = content_of(piece)
    meant = [w.stem if w in telling else "" for w in piece.words]
    own = {word.stem: held for word, held in found.pairs}
    statement = profile.passages[0]
    for word in piece.words:
        for other in _same_verb(word, statement) if _acts(word) else ():
            said, held = frame(piece.words, meant, word.number), frame_of(statement, other)
            if not (said.doer and held.doer) or any(profile.held(s)[1] for s in said.doer):
                continue
            done_to = {own[stem] for stem in said.done_to if stem in own} & held.done_to
            if len(said.doer) > 3 or not any(profiles.weight(s) >= TELLING for s in done_to):
                continue
            if any(own.get(s, s) in held.doer and not _idle(piece, s) for s in meant if s):
                continue
            return Difference(around(piece, word.number), around(statement, other.number))
    return None


def _acts(word: Word) -> bool:
    return _is_past(word) or word.low in (
        "founded",
        "began",
        "wrote",
        "gave",
        "took",
        "made",
        "set",
    )


def _idle(piece: Passage, doer: str) -> bool:
    """Whether somebody is only named to say that they did not do it."""
    places = [w for w in piece.words if w.stem == doer]
    return all(
        any(
            is_denial(w)
            for w in piece.words
            if w.part == place.part and abs(w.number - place.number) < 4
        )
        for place in places
    )


def _held(meant: str, profile: Profile) -> str:
    return profile.held(meant)[0] if meant else ""


def content_of(passage: Passage) -> frozenset[Word]:
    return frozenset(content(passage.words))


def _same_verb(word: Word, passage: Passage) -> Iterator[Word]:
    if len(word.low) < 3 or word.low in english.SOURCES:
        return
    for other in passage.words:
        if other.low in english.FILLERS and not groups(other.stem):
            continue
        if other.stem == word.stem or groups(other.stem) & groups(word.stem):
            yield other


def _swapped(said: Frame, held: Frame) -> bool:
    """Whether the doer of the one is done to in the other, and the other way round; or one of them
    where the fact names somebody else for it whom the claim leaves out."""
    if not said.doer and not said.done_to:
        return False
    forth = (said.doer - said.done_to) & (held.done_to - held.doer)
    back = (said.done_to - said.doer) & (held.doer - held.done_to)
    return bool(forth and back)


def _is_said_of(word: Word, passage: Passage) -> bool:
    """Whether it is what somebody did or was: resented, were suspect."""
    before = {w.low for w in passage.words[max(word.number - 2, 0) : word.number]}
    return _is_past(word) or bool(before & {"was", "were", "is", "are", "being"})


def _is_past(word: Word) -> bool:
    return word.low.endswith("ed")


def _turned(said: Frame, held: Frame, profiles: Profiles) -> bool:
    """Whether the doer is the one whom it was done to, and the other one isn't."""
    doers = said.doer & profiles.parties & held.done_to - held.doer
    return bool(doers and said.done_to) and not said.done_to & held.done_to


def _misplaced(said: Frame, held: Frame, passage: Passage, profiles: Profiles) -> bool:
    """Whether a party of the fact stands where the fact has another one."""
    elsewhere = [frame_of(passage, word) for word in passage.words if _is_past(word)]
    for mine, theirs, same in (
        (said.doer, held.doer, [f.doer for f in elsewhere]),
        (said.done_to, held.done_to, [f.done_to for f in elsewhere]),
    ):
        parties, others = mine & profiles.parties, theirs & profiles.parties
        if parties and others and not mine & theirs:
            return any(parties & other and not other & theirs for other in same)
    return False


def frame_of(passage: Passage, verb: Word) -> Frame:
    """Who does what to whom round a verb of a fact."""
    own = content_of(passage)
    stems = [w.stem if w in own else "" for w in passage.words]
    found = frame(passage.words, stems, verb.number)
    after = passage.words[verb.number + 1].low if verb.number + 1 < len(stems) else ""
    earlier = [w for w in passage.words[: verb.number] if _is_past(w)]
    if after in ("them", "him", "her") and not found.done_to and earlier:
        return Frame(found.doer, frame(passage.words, stems, earlier[-1].number).done_to)
    return found


def around(passage: Passage, place: int) -> str:
    """A few words on each side, as they stand."""
    first = max(place - 3, 0)
    last = min(place + 3, len(passage.words) - 1)
    return passage.typed(first, last)


def is_denial(word: Word) -> bool:
    return word.low in english.NEGATIONS or word.low.endswith("n't")
