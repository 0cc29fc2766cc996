"""A message against a pack: what the facts bear out, what they contradict, and what is no claim."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from prompts.claims import english
from prompts.claims.matching import Match, Said, match, said
from prompts.claims.misreadings import Misreadings
from prompts.claims.models import Claim, Difference, Finding, Verdict
from prompts.claims.people import held_names, name_readings, said_names
from prompts.claims.pieces import Piece, pieces
from prompts.claims.profiles import Passage, Profile, Profiles
from prompts.claims.relations import relation_difference
from prompts.claims.slots import Reading, figure_readings, moment_readings, pair_difference
from prompts.claims.words import Word, denies
from prompts.models import Pack

MAX_TEXT = 8_000
FINDINGS = 3
DENIAL = 10  # how far a denial goes, in words

# What a fact must share with a claim before a difference counts: weight, and part of the claim.
CONTRADICTS = {"figure": (0.9, 0.5), "date": (0.8, 0.58), "name": (0.8, 0.62)}
AGREES = {"figure": (0.7, 0.3), "date": (0.5, 0.35), "name": (0.4, 0.35)}
SUPPORTS = (1.0, 0.8)
ASSERTED = (0.4, 0.7)  # of what the claim says without a denial
COVERED = {"figure": 0.64, "date": 0.7, "name": 0.8}  # to bear out by one of these
RELATES = (0.75, 0.45)
RELATED = 0.55  # a fact this much like the likest one may show a relation turned round
RIVAL_NAME = 0.25  # the same for a name, which may have a part in several facts
RIVAL = 0.8  # a fact that agrees outweighs one that differs from this part of its strength on

_NOT_SO = english.word_set("not never no nobody nowhere without wasnt isnt didnt")


class Checker:
    """Checks messages against one pack; built once, as a pack that was edited needs a new one."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._profiles = Profiles(pack)
        self._misreadings = Misreadings(self._profiles)

    def check(self, text: str) -> tuple[Claim, ...]:
        """Every sentence or clause of a message with what the facts say of it, in order.

        Any text is allowed; what comes after 8,000 characters is not looked at. A sentence takes
        one to three milliseconds, and some ten where the pack has 2,000 facts.
        """
        claims = []
        before: tuple[Word, ...] = ()
        typed = text[:MAX_TEXT]
        for piece in pieces(typed, self.pack):
            refers = english.REFERRING.search(piece.text) is not None
            claim = self._check(piece, before if refers else ())
            own = typed[piece.start : piece.start + len(piece.text)]
            claims.append(replace(claim, text=own))
            before = piece.passage.words
        return tuple(claims)

    def _check(self, piece: Piece, before: Sequence[Word]) -> Claim:
        none = Claim(piece.text, piece.start, Verdict.NONE)
        if piece.asks:
            return none
        judgement = _Judgement(piece.passage, before, self._profiles, self._misreadings)
        if english.READERS.search(piece.text):
            if english.MISTAKE.search(piece.text):
                return judgement.of_a_mistake(none)
            judgement.witnesses = [p for p in judgement.said.near if p.reader]
            return judgement.made(none)
        if english.HEARSAY.search(piece.text) or english.MISTAKE.search(piece.text):
            return none
        return judgement.made(none)


class _Judgement:
    """One stretch, weighed."""

    def __init__(
        self,
        piece: Passage,
        before: Sequence[Word],
        profiles: Profiles,
        misreadings: Misreadings,
    ) -> None:
        self.piece, self.profiles = piece, profiles
        # Of what a reader is said to have written only the facts that report readers can tell.
        self.said = said(piece.words, profiles, before)
        self.witnesses = [p for p in self.said.near if not p.corrected]
        self.opinion = english.OPINION.search(piece.text) is not None
        self.modal = english.MODAL.search(piece.text) is not None
        self.personal = english.PERSONAL.search(piece.text) is not None
        self.judging = any(
            word.low in english.JUDGING and not profiles.knows(word.stem) for word in piece.words
        )
        self.misread = misreadings.said(piece, self.said.near)
        self.conditional = english.IF.search(piece.text) is not None

    def of_a_mistake(self, none: Claim) -> Claim:
        """What is called a mistake: borne out where a fact puts it right."""
        found = self._supported([p for p in self.said.near if p.fact.corrects])
        return _claim(none, Verdict.SUPPORTS, found) if found else none

    def made(self, none: Claim) -> Claim:
        readings = list(self._readings())
        wrong = [] if self.conditional or self.modal else self._wrong(readings)
        if not wrong and not (self.opinion or self.conditional or self.modal or self.personal):
            denied = {one.misreading.profile for one in self.misread if one.denied}
            wrong = self._misread()
            if not wrong and not self._denies_one():
                wrong = [w for w in self._wrong_relations() if w[0] not in denied]
        if wrong:
            return _claim(none, Verdict.CONTRADICTS, wrong)
        if self.opinion or self.judging or (self.modal and len(self.said.words) < 5):
            return none
        found = self._agreeing(readings) if any(readings) else self._supported(self.witnesses)
        return _claim(none, Verdict.SUPPORTS, found) if found else none

    def _readings(self) -> Iterator[list[Reading]]:
        """For each figure, date and name of the stretch, what the facts say to it."""
        for figure in self.piece.figures:
            if not figure.bare and not self._denied(figure.first):
                yield list(figure_readings(self.piece, self.said, figure, self.profiles))
        for moment in self.piece.moments:
            if not self._denied(moment.first):
                yield list(moment_readings(self.piece, self.said, moment, self.profiles))
        names = said_names(self.piece, self.profiles)
        denied = {
            place
            for name in names
            if self._denied(name.first)
            for place in range(name.first, name.last + 1)
        }
        for name in names:
            if name.first not in denied:
                yield list(name_readings(self.piece, self.said, name, self.profiles, denied))

    def _of_oneself(self, reading: Reading) -> bool:
        """Whether the student speaks of themselves before the thing in question."""
        said = english.PERSONAL.search(self.piece.text)
        at = self.piece.text.find(reading.said)
        return said is not None and (said.start() < at or at < 0)

    def _another_time(self) -> bool:
        """Whether the stretch has a year of which the whole pack says nothing."""
        return any(
            moment.year and moment.year not in self.profiles.years for moment in self.piece.moments
        )

    def _denied(self, place: int) -> bool:
        """Whether a thing is only named to say that it is not so: not 1936, rather than ten."""
        words = self.piece.words
        before = words[max(place - DENIAL, 0) : place]
        lows = [word.low for word in before]
        if lows[-1:] in (["until"], ["till"]):
            return False
        if " ".join(lows[-2:]) in ("rather than", "instead of"):
            return True
        return any(
            (low in _NOT_SO or low.endswith("n't"))
            and (word.part == words[place].part or place - word.number <= 3)
            and words[word.number + 1].low not in ("only", "just", "merely")
            for low, word in zip(lows, before, strict=True)
        )

    def _denies_one(self) -> bool:
        """Whether a figure or a date is what is denied."""
        places = [figure.first for figure in self.piece.figures]
        places += [moment.first for moment in self.piece.moments]
        return any(map(self._denied, places))

    def _wrong(self, readings: Sequence[list[Reading]]) -> list[tuple[Profile, Match, Difference]]:
        found = []
        kinds: dict[Profile, set[str]] = {}
        elsewhere = {
            r.profile for one in readings for r in one if r.difference and r.kind != "name"
        }
        if any(word.low == "unlike" for word in self.piece.words):
            return []
        for of_one in readings:
            sound = [r for r in of_one if r.profile in self.witnesses]
            if any(r.agrees and r.strength >= 0.5 for r in sound):
                sound = [r for r in sound if not (r.difference and r.coarse)]
            differing = sorted(
                (
                    r
                    for r in sound
                    if r.difference
                    and _enough(r, CONTRADICTS)
                    and not (r.kind == "name" and r.profile in elsewhere)
                ),
                key=lambda r: -r.strength * r.match.cover,
            )
            if not differing:
                continue
            top = differing[0]
            if self.personal and top.strength < 2.2 and self._of_oneself(top):
                continue
            if top.kind == "name" and (self.judging or self._another_time() or self._adds()):
                continue
            agreeing = [r for r in sound if r.agrees and not r.coarse and _enough(r, AGREES)]
            if top.kind == "name":
                agreeing = [r for r in sound if r.agrees and not r.coarse]
            rival = RIVAL_NAME if top.kind == "name" else RIVAL
            if any(
                r.strength * r.match.cover >= rival * top.strength * top.match.cover
                for r in agreeing
            ):
                continue
            found += [
                (r.profile, r.match, r.difference)
                for r in differing
                if r.difference and r.strength >= 0.7 * top.strength
            ]
            kinds.setdefault(top.profile, set()).add(top.kind)
        if any(len(of_one) > 1 and not self._names(p) for p, of_one in kinds.items()):
            return []  # another thing by somebody else, or at another time
        return found or list(self._wrong_pairs())

    def _names(self, profile: Profile) -> bool:
        """Whether the claim has a name of the fact."""
        own = {stem for name, _ in held_names(profile) for stem in name.stems}
        return any(stem in own for _, stem in self.said.words)

    def _adds(self) -> bool:
        """Whether the claim says that others did so besides: called it a record too."""
        added = {word.low for word in self.piece.words} & {"too", "also"}
        for profile in self.witnesses if added else ():
            if match(self.said, profile, self.profiles).cover >= ASSERTED[1]:
                added -= {word.low for passage in profile.passages for word in passage.words}
        return bool(added)

    def _wrong_pairs(self) -> Iterator[tuple[Profile, Match, Difference]]:
        if not self.piece.figures or not self.piece.moments:
            return
        for profile in self.witnesses:
            difference = pair_difference(self.piece, profile)
            found = match(self.said, profile, self.profiles)
            if difference and found.shared > 0.4 and found.cover > 0.4:
                yield profile, found, difference

    def _wrong_relations(self) -> list[tuple[Profile, Match, Difference]]:
        heard = []
        for profile in self.witnesses:
            matched = match(self.said, profile, self.profiles)
            if matched.shared < RELATES[0] or matched.cover < RELATES[1]:
                continue
            heard.append((profile, matched))
        top = max((m.shared * m.cover for _, m in heard), default=0.0)
        found = []
        for profile, matched in heard:
            if matched.shared * matched.cover < RELATED * top:
                continue
            difference = relation_difference(self.piece, self.said, matched, profile, self.profiles)
            if difference:
                found.append((profile, matched, difference))
        return sorted(found, key=lambda one: -one[1].shared * one[1].cover)

    def _misread(self) -> list[tuple[Profile, Match, Difference]]:
        """The facts of which the claim says a misreading."""
        return [
            (
                one.misreading.profile,
                match(self.said, one.misreading.profile, self.profiles),
                one.difference,
            )
            for one in self.misread
            if not one.denied and one.misreading.profile in self.witnesses
        ]

    def _agreeing(
        self, readings: Iterable[list[Reading]]
    ) -> list[tuple[Profile, Match, Difference | None]]:
        """The facts that bear out a figure, date or name, best first."""
        found: dict[str, tuple[Profile, Match, Difference | None]] = {}
        for of_one in readings:
            if not any(r.agrees and not r.coarse and r.profile in self.witnesses for r in of_one):
                return []
            for r in sorted(of_one, key=lambda r: -r.strength):
                if r.agrees and r.profile in self.witnesses and _enough(r, AGREES):
                    whole = match(self.said, r.profile, self.profiles)
                    if whole.cover >= COVERED[r.kind] and self._sounds_like(r.profile):
                        found.setdefault(r.profile.fact.id, (r.profile, whole, None))
        best = sorted(found.values(), key=lambda one: -one[1].shared * one[1].cover)
        return [*best, *self._disputing(readings, found)]

    def _disputing(
        self, readings: Iterable[list[Reading]], found: Collection[str]
    ) -> Iterator[tuple[Profile, Match, Difference | None]]:
        """The facts that say otherwise than those found, where a dispute is on record."""
        for r in (reading for of_one in readings for reading in of_one):
            fact = r.profile.fact
            others = self.profiles.disputes.get(fact.id, frozenset())
            if r.difference and fact.id not in found and others & set(found):
                yield r.profile, r.match, r.difference

    def _sounds_like(self, profile: Profile) -> bool:
        """Whether both the claim and the fact deny something, or neither; or the claim denies what
        the fact is misread as."""
        said = [one for one in self.misread if one.misreading.profile is profile]
        if said:
            return any(one.denied for one in said)
        if denies(word for passage in profile.passages for word in passage.words):
            return denies(self.piece.words)
        plain = {
            part
            for part in {word.part for word in self.piece.words}
            if not denies(word for word in self.piece.words if word.part == part)
        }
        found = match(Said(self.said.parts(plain).words), profile, self.profiles)
        return found.shared >= ASSERTED[0] and found.cover >= ASSERTED[1]

    def _supported(
        self, profiles: Iterable[Profile]
    ) -> list[tuple[Profile, Match, Difference | None]]:
        found: list[tuple[Profile, Match, Difference | None]] = []
        for profile in profiles:
            matched = match(self.said, profile, self.profiles)
            enough = matched.shared >= SUPPORTS[0] and matched.cover >= SUPPORTS[1]
            if enough and len(matched.pairs) > 2 and self._sounds_like(profile):
                found.append((profile, matched, None))
        return sorted(found, key=lambda one: -one[1].shared * one[1].cover)


def _enough(reading: Reading, bounds: dict[str, tuple[float, float]]) -> bool:
    strength, cover = bounds[reading.kind]
    shared, pairs = reading.match.shared, len(reading.match.pairs)
    if reading.kind == "figure" and shared < 0.3:
        return False
    if bounds is CONTRADICTS:
        whole = reading.match.cover > 0.9
        if reading.kind != "name" and pairs < 3 and not reading.topical:
            return False
        if pairs < 2 and (reading.kind == "name" or not _alone_enough(reading)):
            return False
        if whole and reading.kind != "figure":
            strength = 0.5 if reading.kind == "name" else 0.6
        if reading.kind == "name" and pairs < 3:
            cover = 0.68
    return reading.strength >= strength and reading.match.cover >= cover


def _alone_enough(reading: Reading) -> bool:
    """Whether one shared word is enough: a telling one, in a claim that says little else."""
    pinned = reading.strength > reading.match.shared
    if reading.kind == "figure":
        return pinned and reading.match.shared > 0.4 and reading.match.cover >= 0.55
    exact = all(word.stem == own for word, own in reading.match.pairs)
    return reading.match.cover > 0.9 and (pinned or (exact and reading.match.shared >= 0.5))


def _claim(
    none: Claim, verdict: Verdict, found: Sequence[tuple[Profile, Match, Difference | None]]
) -> Claim:
    by_fact: dict[str, tuple[Match, list[Difference]]] = {}
    for profile, matched, difference in found:
        _, differences = by_fact.setdefault(profile.fact.id, (matched, []))
        if difference and difference not in differences:
            differences.append(difference)
    findings = tuple(
        Finding(fact_id, _agreed(none.text, matched, differences), tuple(differences))
        for fact_id, (matched, differences) in list(by_fact.items())[:FINDINGS]
    )
    top = found[0][1]
    return replace(none, verdict=verdict, findings=findings, likeness=top.shared * top.cover)


def _agreed(typed: str, found: Match, differences: Sequence[Difference]) -> tuple[str, ...]:
    """The words of the claim, not of what was said before it, that the fact has too."""
    differ = {word for difference in differences for word in difference.said.split()}
    own = [word.text for word, _ in found.pairs if typed[word.start : word.end] == word.text]
    return tuple(word for word in own if word not in differ)
