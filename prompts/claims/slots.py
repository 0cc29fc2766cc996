"""Figures and dates of a claim against those of a fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from prompts.claims.figures import Figure, agree, comparable
from prompts.claims.matching import Match, Said, best
from prompts.claims.models import Difference
from prompts.claims.moments import Moment, may_be_same, shared
from prompts.claims.profiles import Passage, Profile, Profiles


@dataclass(frozen=True, slots=True)
class Reading:
    """What one fact says to one thing in a claim: agreement, or the difference."""

    profile: Profile
    said: str
    match: Match
    strength: float
    difference: Difference | None
    kind: str
    topical: bool = True  # what is shared names somebody or something the pack is about
    coarse: bool = False  # agrees, but the fact is less exact than what was said

    @property
    def agrees(self) -> bool:
        return self.difference is None


def figure_readings(
    piece: Passage, claim: Said, figure: Figure, profiles: Profiles
) -> Iterator[Reading]:
    """What each fact with a comparable figure says to this one."""
    places = range(figure.first, figure.last + 1)
    context = claim.apart_from(places)
    typed = piece.typed(figure.first, _with_unit(piece, figure))
    if figure.rate:
        yield from _rate_readings(piece, context, figure, profiles)
        return
    alike = profiles.counting(figure.units)
    values = {value for _, value in alike}
    unit = 0.6 if len(values) <= 2 else _rarity(len({p for p, _ in alike}), len(profiles.all))
    for profile in claim.near:
        held = _held_figures(profile, figure, claim)
        if not held:
            continue
        found = best(context, piece.words[figure.first].part, profile, profiles)
        right = [text for other, text in held if agree(figure, other)]
        if not right and (_is_of_another(piece, figure, held) or _at_another_time(piece, profile)):
            continue
        difference = None if right else Difference(typed, held[0][1])
        strength = found.shared + unit + _beside(piece, profile, figure)
        coarse = all(other.low < other.high for other, _ in held)
        topical = (
            not figure.measured
            or _topical(piece, found, profiles)
            or strength > found.shared + unit
        )
        yield Reading(profile, typed, found, strength, difference, "figure", topical, coarse)


def _is_of_another(piece: Passage, figure: Figure, held: Sequence[tuple[Figure, str]]) -> bool:
    """Whether another figure of the claim is the one that the fact has: 102 tons against 7."""
    return (
        any(
            figure is not other and figure.units == other.units and agree(other, own)
            for other in piece.figures
            for own, _ in held
        )
        and len({own.value for own, _ in held}) == 1
    )


def _at_another_time(piece: Passage, profile: Profile) -> bool:
    """Whether the fact gives figures for some years, and the claim one for none of these."""
    years = [moment for moment in piece.moments if moment.year]
    held = [moment for _, moment in pairs(profile.passages[0]) if moment.year]
    return (
        len({moment.year for moment in held}) > 1
        and bool(years)
        and not any(may_be_same(moment, other) for moment in years for other in held)
    )


def _rate_readings(
    piece: Passage, context: Said, figure: Figure, profiles: Profiles
) -> Iterator[Reading]:
    """So much an hour: right where a fact's amount over its time comes to that, wrong where it is
    the whole amount of a longer time. Any other rate nobody states."""
    typed = piece.typed(figure.first, figure.last)
    for profile in context.near:
        held = [(f, p) for p in profile.passages for f in p.figures if not f.rate]
        amounts = [(f, p) for f, p in held if f.units & figure.units]
        times = [(f, p) for f, p in held if f.units & {"clock", "calendar"} and not f.rate]
        if not amounts or not times:
            continue
        found = best(context, piece.words[figure.first].part, profile, profiles)
        (amount, _), (time, where) = amounts[0], times[0]
        share = amount.value / (time.value / figure.per) if figure.per and time.value else 0.0
        if share and abs(figure.value - share) <= 0.06 * share:
            yield Reading(profile, typed, found, found.shared + 0.6, None, "figure")
        elif figure.value == amount.value and time.value > figure.per > 0:
            said = piece.typed(figure.first, min(figure.last + 2, len(piece.words) - 1))
            difference = Difference(said, where.typed(time.first, time.last))
            yield Reading(profile, typed, found, found.shared + 0.6, difference, "figure")


def _rarity(few: int, many: int) -> float:
    """What a unit adds: much where few facts have it."""
    return 0.6 if few <= max(3, many / 15) else 0.4


def _held_figures(profile: Profile, figure: Figure, claim: Said) -> list[tuple[Figure, str]]:
    """The fact's figures of the same sort, as they stand; what it only names to put right is none
    where it has the right one too."""
    stems = {stem for _, stem in claim.words}
    found = [
        (other, passage.typed(other.first, _with_unit(passage, other)))
        for passage in profile.passages
        for other in passage.figures
        if comparable(figure, other)
        and not (other.head and figure.head is None and other.head not in stems)
    ]
    wrong = {f.value for f in profile.mistaken if comparable(figure, f)}
    right = [(other, text) for other, text in found if other.value not in wrong]
    return right or found


def _with_unit(passage: Passage, figure: Figure) -> int:
    """Where the figure ends, with the word for what is counted."""
    after = passage.words[figure.last + 1 : figure.last + 2]
    return figure.last + (1 if any(word.stem in figure.units for word in after) else 0)


def moment_readings(
    piece: Passage, claim: Said, moment: Moment, profiles: Profiles
) -> Iterator[Reading]:
    """What each fact with a date says to this one."""
    typed = piece.typed(moment.first, moment.last)
    context = claim.apart_from(range(moment.first, moment.last + 1))
    for profile in claim.near:
        found = best(context, piece.words[moment.first].part, profile, profiles)
        held = [pair for pair in _nearest(profile, found) if shared(moment, pair[0])]
        if not held:
            continue
        wrong = [text for other, text in held if not may_be_same(moment, other)]
        right = len(wrong) < len(held) and not _contradicted(moment, held)
        difference = None if right else Difference(typed, wrong[0])
        strength = found.shared + _beside(piece, profile, None)
        coarse = all(_coarser(other, moment) for other, _ in held)
        topical = _topical(piece, found, profiles) or strength > found.shared
        yield Reading(profile, typed, found, strength, difference, "date", topical, coarse)


def _topical(piece: Passage, found: Match, profiles: Profiles) -> bool:
    """Whether a shared word is a name or a topic of the pack, or a pronoun stands for one."""
    if any(word.low in ("he", "his", "him", "they", "their", "she", "her") for word in piece.words):
        return True
    return any(
        own in profiles.named or (own in profiles.parties and profiles.weight(own) >= 0.3)
        for _, own in found.pairs
    )


def _coarser(held: Moment, said: Moment) -> bool:
    return _exactness(held) < _exactness(said)


def _exactness(moment: Moment) -> int:
    if moment.day:
        return 5
    if moment.month:
        return 4 if moment.part is not None else 3
    return 3 if moment.months else 2 if moment.part is not None else 1


def _beside(piece: Passage, profile: Profile, own: Figure | None) -> float:
    """What it adds that another thing in the claim agrees: a figure, or a date beside a figure."""
    figures = any(
        comparable(figure, other) and agree(figure, other)
        for figure in piece.figures
        if figure is not own
        for passage in profile.passages
        for other in passage.figures
    )
    if own is None:
        return 0.6 if figures else 0.0
    dates = any(
        may_be_same(moment, other) and shared(moment, other)
        for moment in piece.moments
        for other, _ in held_moments(profile)
    )
    return 0.3 if figures or dates else 0.0


def _contradicted(moment: Moment, held: Sequence[tuple[Moment, str]]) -> bool:
    """A year that fits one mention while month or day fits none as exact: October 1935."""
    exact = min(_exactness(moment), max(_exactness(other) for other, _ in held))
    finest = [other for other, _ in held if _exactness(other) >= exact]
    return not any(may_be_same(moment, other) for other in finest)


def _nearest(profile: Profile, found: Match) -> list[tuple[Moment, str]]:
    """The dates of a fact; of several months or seasons in its statement, the one that stands
    nearest to what the claim shares with it."""
    statement = profile.passages[0]
    fine = [moment for moment in statement.moments if _exactness(moment) > 1]
    own = {stem for _, stem in found.pairs}
    places = [word.number for word in statement.words if word.stem in own]
    if len(fine) < 2 or not places:
        return held_moments(profile)
    distances = [sum(min(abs(m.first - p), 12) for p in places) for m in fine]
    closest = fine[distances.index(min(distances))]
    years = {moment.year for moment, _ in held_moments(profile) if moment.year}
    if closest.year is None and len(years) == 1:
        return [(replace(closest, year=years.pop()), statement.typed(closest.first, closest.last))]
    return [(closest, statement.typed(closest.first, closest.last))]


def held_moments(profile: Profile) -> list[tuple[Moment, str]]:
    """The dates of a fact: its own, then those in its words, which take its one year."""
    found = list(profile.dates)
    years = {moment.year for moment, _ in profile.dates if moment.year}
    year = years.pop() if len(years) == 1 else None
    for passage in profile.passages:
        for moment in passage.moments:
            text = passage.typed(moment.first, moment.last)
            whole = moment.year is not None or not year
            found.append((moment if whole else replace(moment, year=year), text))
    return found


def pair_difference(piece: Passage, profile: Profile) -> Difference | None:
    """Figures and dates that the fact pairs otherwise: 29% in 1930 for 29% in 1929."""
    said_pairs = pairs(piece)
    held_pairs = [pair for passage in profile.passages[:1] for pair in pairs(passage)]
    if len(held_pairs) < 2:
        return None
    for figure, moment in said_pairs:
        own = [held for held in held_pairs if comparable(figure, held[0]) and held[1].year]
        same_figure = [held for held in own if agree(figure, held[0])]
        same_date = [held for held in own if may_be_same(moment, held[1])]
        if len(own) < 2 or not same_figure or not same_date or set(same_figure) & set(same_date):
            continue
        said = _typed_pair(piece, figure, moment)
        return Difference(said, _typed_pair(profile.passages[0], *same_figure[0]))
    return None


def pairs(piece: Passage) -> list[tuple[Figure, Moment]]:
    """Each figure with its date: in order where there are as many, else the nearest."""
    counted = [figure for figure in piece.figures if not figure.bare]
    if len(counted) == len(piece.moments):
        return list(zip(counted, piece.moments, strict=True))
    return [
        (figure, min(piece.moments, key=lambda moment: abs(moment.first - figure.first)))
        for figure in counted
        if piece.moments
    ]


def _typed_pair(piece: Passage, figure: Figure, moment: Moment) -> str:
    return f"{piece.typed(figure.first, figure.last)}, {piece.typed(moment.first, moment.last)}"
