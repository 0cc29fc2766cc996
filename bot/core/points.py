"""Points by a course's grading rule, discussion by discussion, and what staff gave in the place of
it. What is excused is left out: of what was reached, and of what could be."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.enrolment import Absent, Enrolled, InReport
from bot.core.grading import Did, GradingRule, plainly
from bot.core.participation import open_to
from bot.core.register import Register, talk_of
from bot.core.tally import Selection
from storage import counting
from storage.grading import Given
from storage.ids import DiscussionId, MemberId
from storage.rows import Discussion
from storage.snapshot import Snapshot

NONE = Did()


@dataclass(frozen=True, slots=True)
class Point:
    """A student's points in one discussion; `given` where staff gave them."""

    discussion: Discussion
    points: float
    worth: float
    excused: bool = False
    given: Given | None = None

    @property
    def words(self) -> str:
        if self.excused:
            return f"{self.discussion.name}: excused"
        by_staff = ", given by staff" if self.given is not None else ""
        return f"{self.discussion.name}: {plainly(self.points)} of {plainly(self.worth)}{by_staff}"


@dataclass(frozen=True, slots=True)
class Points:
    """What everybody did, by the rule. Made only for a course that has one."""

    rule: GradingRule
    of: Register
    chosen: Sequence[Discussion]
    did: Mapping[DiscussionId, Mapping[int, Did]]

    def of_one(self, one: InReport) -> list[Point]:
        """Somebody's points, in the discussions that were open to them or that they wrote in."""
        member = None if isinstance(one, Absent) else one.member.id
        return [
            self._in(discussion, member)
            for discussion in self.chosen
            if discussion.withdrawn_at is None
            and (
                open_to(discussion, one.since, one.left_at)
                or (member is not None and member in self.did[discussion.id])
            )
        ]

    def _in(self, discussion: Discussion, member: MemberId | None) -> Point:
        if member is None:
            return Point(discussion, 0, self.rule.worth)
        allowance = self.of.allowed.get((discussion.id, member))
        if allowance is not None and allowance.kind == "excuse":
            return Point(discussion, 0, 0, excused=True)
        given = self.of.given.get((discussion.id, member))
        if given is not None:
            return Point(discussion, given.points, self.rule.worth, given=given)
        did = self.did[discussion.id].get(member, NONE)
        return Point(discussion, self.rule.points(did), self.rule.worth)


def points_of(
    db: Snapshot,
    of: Register,
    chosen: Sequence[Discussion],
    selection: Selection,
    only: Collection[int] | None = None,
) -> Points | None:
    """Everybody's points, or only these members'; None where the course has no rule."""
    if of.grading is None:
        return None
    did = {d.id: dict(_did(db, of, d, selection, only)) for d in chosen}
    return Points(of.grading, of, chosen, did)


def _did(
    db: Snapshot,
    of: Register,
    discussion: Discussion,
    selection: Selection,
    only: Collection[int] | None,
) -> Iterator[tuple[int, Did]]:
    """What each student did in a discussion."""
    talk = talk_of(db, of, discussion)
    facts: dict[int, set[str]] = defaultdict(set)
    for message, name in counting.named(db, of.course.id, discussion.id):
        if name in of.known.facts:
            facts[message].add(name)
    posts: dict[int, list[int]] = defaultdict(list)  # when each was written
    answered: dict[int, set[int]] = defaultdict(set)
    cited: dict[int, set[str]] = defaultdict(set)
    for line in talk.counted:
        member = line[0]
        if (only is not None and member not in only) or not selection.takes(line):
            continue
        response, to, counts = talk.answers(line)
        own = posts[member]  # also of who wrote only responses
        if not response:
            own.append(line[1])
        elif counts and to is not None:
            answered[member].add(to)
        cited[member] |= facts.get(line[2], set())
    for member, times in posts.items():
        due = talk.terms.due_for(member)
        by_due = bool(times) and (due is None or min(times) <= due)
        yield member, Did(len(times), by_due, len(answered[member]), len(cited[member]))


def total(points: Sequence[Point]) -> tuple[float, float]:
    """What was reached, of how much."""
    kept = [one for one in points if not one.excused]
    return round(sum((p.points for p in kept), 0.0), 2), round(sum((p.worth for p in kept), 0.0), 2)


def find(of: Register, member: MemberId) -> Enrolled | None:
    return next((one for one in of.enrolled if one.member.id == member), None)
