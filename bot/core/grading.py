"""A course's grading rule: what staff typed, as what it asks for in each discussion; in words; and
the points for what somebody did. A rule is a course's own choice: without one there are no points.

    2 points for a post by due; 1 for each of 2 classmates answered; 1 for a fact cited; at most 4
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.core.errors import BadInput, near

EXAMPLE = "2 points for a post by due; 1 for each of 2 classmates answered; at most 4"
MOST = 1_000


class What(Enum):
    """What points are given for; the value is how people read it."""

    POST = "a post"
    POST_BY_DUE = "a post by the due time"
    CLASSMATE = "a classmate answered"
    FACT = "a fact cited"


@dataclass(frozen=True, slots=True)
class Did:
    """What a student did in one discussion. `by_due` holds too where there is no due time."""

    posts: int = 0
    by_due: bool = False
    classmates: int = 0
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """So many points for each, up to `most` of them."""

    points: float
    what: What
    most: int = 1

    @property
    def words(self) -> str:
        points = f"{plainly(self.points)} {'point' if self.points == 1 else 'points'}"
        if self.most == 1:
            return f"{points} for {self.what.value}"
        return f"{points} for each of up to {self.most} {_PLURAL[self.what]}"

    def of(self, did: Did) -> float:
        times = {
            What.POST: did.posts > 0,
            What.POST_BY_DUE: did.posts > 0 and did.by_due,
            What.CLASSMATE: did.classmates,
            What.FACT: did.facts,
        }[self.what]
        return self.points * min(times, self.most)


@dataclass(frozen=True, slots=True)
class GradingRule:
    """What is asked for in every discussion, and at most how many points there are in one."""

    parts: tuple[Part, ...]
    most: float | None = None

    @property
    def worth(self) -> float:
        """The points of a discussion in which all was done."""
        all_ = sum(part.points * part.most for part in self.parts)
        return all_ if self.most is None else min(all_, self.most)

    @property
    def words(self) -> str:
        """The rule, for people, without a full stop."""
        end = [] if self.most is None else [f"at most {plainly(self.most)} in a discussion"]
        return "; ".join([*(part.words for part in self.parts), *end])

    def points(self, did: Did) -> float:
        earned = sum(part.of(did) for part in self.parts)
        return earned if self.most is None else min(earned, self.most)


def plainly(points: float) -> str:
    """2, 1.5."""
    return f"{round(points, 2):g}"


_NUMBER = r"(?P<points>\d{1,4}(?:\.\d{1,2})?)"
_PART = re.compile(rf"{_NUMBER}(?: points?)? for (?P<what>.+)")
_MOST = re.compile(rf"at most {_NUMBER}(?: points?)?")
_EACH = re.compile(r"each of (?P<most>\d{1,2}) (?P<what>classmates answered|facts cited)")
_ONE = {
    "a post": What.POST,
    "a post by due": What.POST_BY_DUE,
    "a classmate answered": What.CLASSMATE,
    "a fact cited": What.FACT,
}
_PLURAL = {What.CLASSMATE: "classmates answered", What.FACT: "facts cited"}
_MANY = {words: what for what, words in _PLURAL.items()}
_OFFERED = (*_ONE, "each of 2 classmates answered", "each of 2 facts cited")


def parse(typed: str) -> GradingRule:
    """The rule that somebody typed. Raises BadInput, which says what to type instead."""
    pieces = [" ".join(p.casefold().split()) for p in typed.strip().rstrip(".;").split(";")]
    parts: list[Part] = []
    most: float | None = None
    for place, piece in enumerate(pieces):
        if (found := _MOST.fullmatch(piece)) is not None:
            if place != len(pieces) - 1 or not parts:
                raise BadInput("rule", "“at most” comes once, at the end, after what gives points.")
            most = _amount(found["points"])
        else:
            parts.append(_part(piece))
    _refuse_twice(parts)
    return GradingRule(tuple(parts), most)


def _part(piece: str) -> Part:
    shown = piece if len(piece) <= 60 else f"{piece[:60]}…"
    found = _PART.fullmatch(piece)
    if found is None:
        raise BadInput("rule", f"“{shown}” is no part of a rule; type something like: {EXAMPLE}.")
    points, what = _amount(found["points"]), found["what"]
    if what in _ONE:
        return Part(points, _ONE[what])
    each = _EACH.fullmatch(what)
    if each is None:
        meant = near(what, _OFFERED)
        instead = f"did you mean “{meant}”?" if meant else f"it takes {', '.join(_OFFERED)}."
        raise BadInput(
            "rule", f"Points can't be given for “{shown.partition(' for ')[2]}”; {instead}"
        )
    if int(each["most"]) == 0:
        raise BadInput("rule", f"“{shown}” gives no points; say of how many, such as each of 2.")
    return Part(points, _MANY[each["what"]], int(each["most"]))


def _amount(typed: str) -> float:
    if not 0 < float(typed) <= MOST:
        raise BadInput(
            "rule", f"“{typed}” is no number of points; it takes more than 0, up to {MOST}."
        )
    return float(typed)


def _refuse_twice(parts: Sequence[Part]) -> None:
    kinds = [part.what for part in parts]
    for what in kinds:
        if kinds.count(what) > 1:
            raise BadInput("rule", f"The rule gives points for {what.value} twice; say it once.")
