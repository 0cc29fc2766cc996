"""What became of messages and reactions since a report was handed out, told to each student whose
figures it can have changed: by the same reading of a discussion as the figures are counted by."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import islice

from bot.core.cards import Moment, PersonName, Spans, joined, number, spans
from bot.core.causes import (
    ANSWERING,
    RECEIVED,
    STANDING,
    WORDING,
    WRITTEN,
    Causes,
)
from bot.core.participation import Rule
from bot.core.register import Register, talk_of
from bot.core.talk import Talk
from bot.core.tally import Selection
from storage import since
from storage.ids import DiscussionId
from storage.instants import to_micros
from storage.rows import BY_MENTION, Discussion
from storage.since import Reacted, Touched
from storage.snapshot import Snapshot

SHOWN = 3
"""So many messages are named in a cause; the others are counted."""

Figures = frozenset[str]


class Fate(Enum):
    """What became of a message; the value is the words people are shown."""

    WRITTEN = "written since"
    LATE = "known only since, though written before"
    EDITED = "edited since"
    DELETED = "deleted since"


class Relation(Enum):
    """Whose message it is to a student: a noun, and what follows it."""

    OWN = "message", ""
    RESPONSE = "response", " to them"
    ANSWERED = "message", " that they answered"
    BEFORE = "message", " of classmates before theirs"


CHANGED: Mapping[tuple[Relation, Fate], Figures] = {
    (Relation.OWN, Fate.WRITTEN): WRITTEN,
    (Relation.OWN, Fate.LATE): STANDING,
    (Relation.OWN, Fate.EDITED): WORDING,
    (Relation.OWN, Fate.DELETED): STANDING,
    **{(Relation.RESPONSE, fate): RECEIVED for fate in (Fate.WRITTEN, Fate.LATE, Fate.DELETED)},
    **{(Relation.ANSWERED, fate): ANSWERING for fate in (Fate.LATE, Fate.DELETED)},
    **{
        (Relation.BEFORE, fate): frozenset({"peers_thread"})
        for fate in (Fate.WRITTEN, Fate.LATE, Fate.DELETED)
    },
}
"""Which figures a message can have changed; what is not here, none."""
CHANGED_BY_MENTION: Mapping[tuple[Relation, Fate], Figures] = {
    **CHANGED,
    (Relation.OWN, Fate.EDITED): WORDING | ANSWERING,
    (Relation.RESPONSE, Fate.EDITED): RECEIVED,
}
"""…of those that say by a mention whom they answer."""


class _Several:
    """The first few of what may be many."""

    def __init__(self) -> None:
        self.count, self._shown = 0, list[Spans]()

    def add(self, said: Spans, count: int = 1) -> None:
        self.count += count
        if len(self._shown) < SHOWN:
            self._shown.append(said)

    @property
    def said(self) -> Spans:
        more = self.count - len(self._shown)
        return joined([*self._shown, *([spans(f"and {more} more")] if more else [])], "; ")


def fate_of(one: Touched, at: datetime) -> Fate | None:
    """None: it came and went, and was never in the report."""
    if one.sent_at > at or one.received_at > at:
        if one.deleted_at is not None:
            return None
        return Fate.WRITTEN if one.sent_at > at else Fate.LATE
    if one.deleted_at is not None:
        return Fate.DELETED if one.deleted_at > at else None
    return Fate.EDITED


class _Gathering:
    def __init__(self, of: Register, at: datetime, selection: Selection) -> None:
        self._of, self._at, self._selection = of, at, selection
        self._names = {member.id: member.name for member in of.members}
        self.found: dict[tuple[int, Relation, Fate, Figures], _Several] = defaultdict(_Several)

    def add_talk(self, talk: Talk, touched: Mapping[int, Touched]) -> None:
        """What became of a discussion's messages."""
        terms, takes = talk.terms, self._selection.takes
        moved: dict[tuple[int, str | None], list[Touched]] = defaultdict(list)
        last: dict[tuple[int, str | None], dict[int, int]] = defaultdict(dict)
        for line in talk.lines:
            member, sent, id_, thread = line[0], line[1], line[2], (line[7], line[8])
            rule = terms.rule(line[5], line[6], sent, member)
            one = touched.get(id_)
            if one is not None and (rule.counts or rule is Rule.DELETED):
                moved[thread].append(one)
                if takes(line):
                    figures = CHANGED_BY_MENTION if line[4] == BY_MENTION else CHANGED
                    self._tell(member, Relation.OWN, talk, one, figures)
                    _, author, _ = talk.answers(line)
                    self._tell(author, Relation.RESPONSE, talk, one, figures)
            if rule.counts and takes(line):
                last[thread][member] = max(sent, last[thread].get(member, sent))
                parent = touched.get(talk.parent(line) or 0)
                if parent is not None and parent.member != member:
                    self._tell(member, Relation.ANSWERED, talk, parent)
        for thread, members in last.items():
            self._tell_before(talk, moved[thread], members)

    def _tell_before(
        self, talk: Talk, moved: Sequence[Touched], members: Mapping[int, int]
    ) -> None:
        """Those that stand before a student's last message, in the order in which they were sent:
        of many, the first few are looked at and the others counted."""
        for fate in Fate:
            ones = sorted(
                (one for one in moved if fate_of(one, self._at) is fate),
                key=lambda one: (one.sent_at, one.id),
            )
            times, own = list[int](), defaultdict[int, list[int]](list)
            for one in ones:
                times.append(to_micros(one.sent_at))
                own[one.member].append(times[-1])
            for member, sent in members.items():
                before = bisect_left(times, sent)
                left = before - bisect_left(own[member], sent)
                others = (one for one in islice(ones, before) if one.member != member)
                shown = list(islice(others, SHOWN))
                for place, one in enumerate(shown, 1):
                    rest = left - place + 1 if place == len(shown) else 1
                    self._tell(member, Relation.BEFORE, talk, one, count=rest)

    def _tell(
        self,
        member: int | None,
        relation: Relation,
        talk: Talk,
        one: Touched,
        figures: Mapping[tuple[Relation, Fate], Figures] = CHANGED,
        count: int = 1,
    ) -> None:
        fate = fate_of(one, self._at)
        if member is None or fate is None or (relation, fate) not in figures:
            return
        several = self.found[member, relation, fate, figures[relation, fate]]
        if several.count >= SHOWN:  # it would not be shown
            several.count += count
        else:
            several.add(self._said(relation, fate, talk.discussion, one), count)

    def _said(self, relation: Relation, fate: Fate, where: Discussion, one: Touched) -> Spans:
        zone = self._of.course.zone
        said = spans(f"{where.name}, ", Moment(one.sent_at, zone))
        if relation is not Relation.OWN:
            name = PersonName(self._names.get(one.member, "somebody"))
            said = spans(f"{where.name}, ", name, ", ", Moment(one.sent_at, zone))
        then = {
            Fate.EDITED: ("edited", one.edited_at),
            Fate.DELETED: ("deleted", one.deleted_at),
            Fate.LATE: ("came", one.received_at),
        }
        what, at = then.get(fate, ("", None))
        return said if at is None else (*said, *spans(f" ({what} ", Moment(at, zone), ")"))


def gather(
    db: Snapshot,
    of: Register,
    at: datetime,
    over: Mapping[DiscussionId, Discussion],
    selection: Selection,
    causes: Causes,
) -> None:
    """Add what became of messages and reactions in these discussions after the instant."""
    course = of.course.id
    touched: dict[DiscussionId, dict[int, Touched]] = defaultdict(dict)
    for one in db.read(lambda db_: since.touched(db_, course, at)):
        if one.discussion in over:
            touched[one.discussion][one.id] = one
    gathering = _Gathering(of, at, selection)
    for id_, ones in touched.items():
        gathering.add_talk(talk_of(db, of, over[id_]), ones)
    for (member, relation, fate, figures), several in gathering.found.items():
        noun, rest = relation.value
        head = spans(f"{number(several.count, noun)}{rest} {fate.value}: ")
        causes.add(member, (*head, *several.said), figures)
    _reactions(db.read(lambda db_: since.reacted(db_, course, at)), of, at, over, causes)


def _reactions(
    found: Sequence[Reacted],
    of: Register,
    at: datetime,
    over: Mapping[DiscussionId, Discussion],
    causes: Causes,
) -> None:
    told: dict[tuple[int, str], _Several] = defaultdict(_Several)
    for one in found:
        if one.discussion not in over:
            continue
        for member, figure in _concerned(one, of):
            gone = one.deleted_at is not None and one.changed_at <= at
            moment = Moment(one.deleted_at if gone and one.deleted_at else one.changed_at,
                            of.course.zone)  # fmt: skip
            said = spans(f"{over[one.discussion].name}, ", moment)
            told[member, figure].add(
                (*said, *spans(" (its message was deleted)")) if gone else said
            )
    whose = {"reactions_received": "to their messages", "reactions_given": "of theirs"}
    for (member, figure), several in told.items():
        head = spans(f"{number(several.count, 'reaction')} {whose[figure]} changed since: ")
        causes.add(member, (*head, *several.said), frozenset({figure}))


def _concerned(one: Reacted, of: Register) -> Iterator[tuple[int, str]]:
    yield one.author, "reactions_received"
    giver = of.accounts.get(one.account)
    if giver is not None and giver != one.author:
        yield giver, "reactions_given"
