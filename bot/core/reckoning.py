"""Reads a course and counts it, on the thread of a snapshot: a million messages take seconds."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.enrolment import Absent, Enrolled, InReport, by_name
from bot.core.participation import ALWAYS
from bot.core.register import Register, by_members, talk_of
from bot.core.roster_rows import sections_of
from bot.core.tally import Chosen, Figures, Selection, Tally, Whose
from storage import counting
from storage.ids import ChannelId
from storage.instants import to_micros
from storage.rows import Discussion
from storage.snapshot import Snapshot

DENSE = 4
"""Of what belongs to messages: where a course's messages are at least one in so many of all that
were written meanwhile, going through all of it is quicker than asking for each."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is to be over; None and empty are everything. Both days are included."""

    first: date | None = None
    last: date | None = None
    discussions: tuple[int, ...] = ()  # their numbers
    channel: ChannelId | None = None
    section: str | None = None

    def selection(self, zone: ZoneInfo) -> Selection:
        since, until = ALWAYS
        if self.first is not None:
            since = to_micros(datetime.combine(self.first, time(), zone))
        if self.last is not None and self.last < date.max:
            until = to_micros(datetime.combine(self.last + timedelta(days=1), time(), zone))
        return Selection(since, until, self.channel)


@dataclass(slots=True)
class Reckoning:
    """A course counted over what was asked."""

    of: Register
    asked: Asked
    selection: Selection
    chosen: Sequence[Discussion]
    tally: Tally
    shown: Sequence[Enrolled]  # the members who are in the table, by name
    absent: Sequence[Absent] = ()  # and who else is

    @property
    def everybody(self) -> list[InReport]:
        """All who are in the table, by name."""
        return by_name(self.shown, self.absent)

    def of_one(self, one: InReport) -> Figures:
        """Somebody's figures; all are zero of whom nobody knows in the course."""
        return self.figures(one.member.id) if isinstance(one, Enrolled) else Figures()

    def figures(self, member: int) -> Figures:
        return self.tally.of(member)


def reckon(db: Snapshot, of: Register, asked: Asked) -> Reckoning:
    """Count the course over what was asked."""
    selection = asked.selection(of.zone)
    chosen = [d for d in of.discussions if not asked.discussions or d.number in asked.discussions]
    shown = [
        e for e in of.enrolled if asked.section is None or asked.section in sections_of(e.section)
    ]
    authors = None if asked.section is None else {e.member.id for e in shown}
    students = [m.id for m in of.members if m.role == "student"]
    tally = Tally(students, of.zone, selection, of.known, authors)
    for discussion in chosen:
        tally.add(talk_of(db, of, discussion))
    _attach(db, of, tally)
    picked = {d.id for d in chosen}
    tally.sided(row for row in counting.sides(db, of.course.id) if row[0] in picked)
    tally.finish()
    return Reckoning(
        of, asked, selection, chosen, tally,
        [e for e in shown if e.member.id in tally.places],
        [one for one in of.absent if asked.section is None or one.section == asked.section],
    )  # fmt: skip


def _attach(db: Snapshot, of: Register, tally: Tally) -> None:
    """Count in what belongs to messages: mentions, evidence, reactions."""
    course = of.course.id
    counted = [chosen for chosen in tally.chosen if chosen.ids]
    if not counted:
        return
    first, last = min(min(c.ids) for c in counted), max(max(c.ids) for c in counted)
    if last - first < DENSE * sum(len(c.ids) for c in counted):
        whose = _places(counted, first, last)
        span = (first, last)
        tally.mentioned(by_members(of, counting.mentioned_between(db, course, *span)), whose)
        tally.cited(counting.named_between(db, *span), whose)
        tally.reacted(by_members(of, counting.reacted_between(db, course, *span)), whose)
        return
    for chosen in counted:
        known = dict(zip(chosen.ids, chosen.places, strict=True))

        def whose(id_: int, known: dict[int, int] = known) -> int:
            return known.get(id_, -1)

        here = chosen.discussion
        tally.mentioned(by_members(of, counting.mentioned(db, course, here)), whose)
        tally.cited(counting.named(db, course, here), whose)
        tally.reacted(by_members(of, counting.reacted(db, course, here)), whose)


def _places(counted: Sequence[Chosen], first: int, last: int) -> Whose:
    """Whose each message is, in four bytes a message."""
    places = array("i", [-1]) * (last - first + 1)
    for chosen in counted:
        for id_, place in zip(chosen.ids, chosen.places, strict=True):
            places[id_ - first] = place

    def whose(id_: int) -> int:
        return places[id_ - first]

    return whose
