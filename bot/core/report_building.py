"""Makes a report (report_model.py) of a course that was counted (reckoning.py)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from zoneinfo import ZoneInfo

from bot.core import report_columns
from bot.core.content import from_json
from bot.core.enrolment import Enrolled, InReport
from bot.core.participation import open_to
from bot.core.points import points_of, total
from bot.core.reckoning import Reckoning
from bot.core.register import talk_of
from bot.core.report_model import (
    Again,
    Cell,
    ClassFigure,
    Column,
    Day,
    Edge,
    Report,
    Row,
    Series,
    Sheet,
    SideCount,
    Window,
)
from bot.core.talk import Said
from bot.core.tally import Figures, OfDiscussion
from storage import counting
from storage.ids import ChannelId, DiscussionId, MemberId, MessageId, MessageRef, ThreadRef
from storage.instants import from_micros, to_micros
from storage.rows import Allowance, Discussion
from storage.snapshot import Snapshot

FEWEST = 5
"""A count over fewer people than this could show one person's choice, and is not in a picture."""

Linked = Callable[[ChannelId, ThreadRef | None, MessageRef], str | None]


@dataclass(frozen=True, slots=True)
class Dress:
    """How a report shows what it names: channels by their labels, messages by links; with
    `pseudonym`, people by that."""

    labels: Mapping[ChannelId, str]
    linked: Linked
    pseudonym: Callable[[str], str] | None = None  # of `opaque`


def build(
    db: Snapshot, counted: Reckoning, as_of: datetime, window: Window, dress: Dress
) -> Report:
    """The report; its table of replies is read anew from the snapshot whenever it is gone through.

    With pseudonyms the students come in the order of these, and nothing links to who they are.
    """
    building = _Building(db, counted, dress)
    shown = building.shown
    hidden = dress.pseudonym is not None
    graded = counted.of.grading is not None
    columns = report_columns.STUDENTS + (report_columns.POINTS if graded else ())
    return Report(
        course_id=counted.of.course.id,
        course=counted.of.course.title,
        zone=counted.of.course.zone,
        as_of=as_of,
        window=window,
        pseudonymised=hidden,
        version=report_columns.VERSION,
        definitions=report_columns.definitions(graded=graded),
        students=_sheet("students", columns, [building.student(e) for e in shown]),
        members=() if hidden else tuple(map(member_of, shown)),
        discussions=_sheet(
            "discussions", report_columns.DISCUSSIONS,
            [building.discussion(d) for d in counted.chosen],
        ),
        replies=Sheet(
            "replies", report_columns.REPLIES, Again(building.replies), building.count()
        ),
        class_figures=class_figures([counted.of_one(one) for one in shown], counted),
        series=building.series(),
        points_in_words=building.points_in_words(),
    )  # fmt: skip


def class_figures(own: Sequence[Figures], counted: Reckoning) -> tuple[ClassFigure, ...]:
    """The class as a whole, over these students."""
    unanswered = sum(d.unanswered for d in counted.tally.discussions.values())
    places = {counted.tally.places[e.member.id] for e in counted.shown}
    values: Mapping[str, int | float | None] = {
        "share_joined": round(sum(f.joined > 0 for f in own) / len(own), 3) if own else None,
        "posts_unanswered": unanswered,
        "voice_evenness": gini([f.words for f in own]),
        "reciprocity": reciprocity({place: counted.tally.table[place].to for place in places}),
    }
    return tuple(ClassFigure(d.name, values[d.name], d.sentence) for d in report_columns.CLASS)


def gini(words: Sequence[int]) -> float | None:
    """The Gini coefficient; None where nobody wrote anything."""
    total, n = sum(words), len(words)
    if total == 0:
        return None
    weighted = sum(place * count for place, count in enumerate(sorted(words), 1))
    return round((2 * weighted) / (n * total) - (n + 1) / n, 3)


def reciprocity(to: Mapping[int, Mapping[int, int]]) -> float | None:
    """Of the directed pairs, the share whose reverse is there too; None where there are none."""
    pairs = returned = 0
    for giver, takers in to.items():
        for taker in takers:
            if taker in to:
                pairs += 1
                returned += giver in to[taker]
    return round(returned / pairs, 3) if pairs else None


def member_of(one: InReport) -> MemberId | None:
    return one.member.id if isinstance(one, Enrolled) else None


def opaque(one: InReport) -> str:
    """Whose row it is, by an id of ours."""
    return str(one.member.id) if isinstance(one, Enrolled) else f"E{one.entry}"


def in_order(counted: Reckoning, dress: Dress) -> list[InReport]:
    """Whose the rows of a report are: by name, or by pseudonym, so that the order names nobody."""
    hide = dress.pseudonym
    if hide is None:
        return counted.everybody
    return sorted(counted.everybody, key=lambda one: hide(opaque(one)))


def _sheet(name: str, columns: tuple[Column, ...], rows: Sequence[Row]) -> Sheet:
    return Sheet(name, columns, tuple(rows), len(rows))


def _micros(at: int | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else from_micros(at).astimezone(zone)


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else at.astimezone(zone)


class _Building:
    def __init__(self, db: Snapshot, counted: Reckoning, dress: Dress) -> None:
        self._db, self._counted, self._dress = db, counted, dress
        self._zone = counted.of.zone
        self._names: dict[int, tuple[str, str]] = {}
        for one in counted.of.enrolled:
            self._names[one.member.id] = self._called(one)
        self._within = [d for d in counted.chosen if _in_window(d, counted)]
        self._points = points_of(db, counted.of, self._within, counted.selection)
        self._open: dict[tuple[datetime | None, datetime | None], frozenset[DiscussionId]] = {}
        self.shown: Sequence[InReport] = in_order(counted, dress)

    def _called(self, one: InReport) -> tuple[str, str]:
        """The columns member and name."""
        hide = self._dress.pseudonym
        return (one.ref, one.name) if hide is None else (hide(opaque(one)),) * 2

    def _open_to(self, one: InReport) -> frozenset[DiscussionId]:
        """The discussions that were open to somebody, those they wrote in among them."""
        first = self._counted.of_one(one).first
        since = one.since
        if since is not None and first is not None:
            since = min(since, from_micros(first))
        key = (since, one.left_at)
        if key not in self._open:
            self._open[key] = frozenset(d.id for d in self._within if open_to(d, *key))
        return self._open[key]

    @cached_property
    def _open_to_many(self) -> Counter[DiscussionId]:
        """To how many of those who are shown each discussion was open."""
        return Counter(chain.from_iterable(map(self._open_to, self.shown)))

    def student(self, one: InReport) -> Row:
        own, zone, tally = self._counted.of_one(one), self._zone, self._counted.tally
        facts = sorted(tally.facts.of(own.facts), key=lambda fact: int(fact[1:]))
        open_, allowed = self._open_to(one), self._allowed(one)
        kinds = Counter(allowance.kind for d, allowance in allowed if d.id in open_)
        return (
            *self._called(one),
            len(open_),
            kinds["excuse"],
            kinds["extension"],
            own.joined,
            own.on_time,
            own.posts,
            own.replies,
            own.replies_inferred,
            own.words,
            own.words_raw,
            own.characters,
            own.attachments,
            len(own.days),
            len(own.to),
            own.peers_thread.bit_count(),
            own.peers_named.bit_count(),
            own.replies_received,
            own.answered_by.bit_count(),
            own.hours_to_first,
            own.facts.bit_count(),
            " ".join(facts),
            own.links.bit_count(),
            own.sources.bit_count(),
            own.sides,
            own.side_changes,
            own.reactions_given,
            own.reactions_received,
            _micros(own.first, zone),
            _micros(own.last, zone),
            _local(one.left_at, zone),
            one.section,
            "; ".join(self._said_of(*given) for given in allowed),
            *self._graded(one),
        )

    def _graded(self, one: InReport) -> Row:
        """The columns of points, where there are any."""
        if self._points is None:
            return ()
        own = self._points.of_one(one)
        given = [
            point.words + (f" ({point.given.reason})" if self._dress.pseudonym is None else "")
            for point in own
            if point.given is not None
        ]
        return (*total(own), "; ".join(given))

    def points_in_words(self) -> tuple[str, ...]:
        if self._points is None:
            return ()
        return tuple(
            "; ".join(point.words for point in self._points.of_one(one)) for one in self.shown
        )

    def _allowed(self, one: InReport) -> list[tuple[Discussion, Allowance]]:
        """What somebody is allowed, in the discussions that the report is over."""
        allowed = self._counted.of.allowed
        if not allowed or not isinstance(one, Enrolled):
            return []
        found = ((d, allowed.get((d.id, one.member.id))) for d in self._within)
        return [(d, allowance) for d, allowance in found if allowance is not None]

    def _said_of(self, discussion: Discussion, given: Allowance) -> str:
        """An allowance in words, with its reason: staff may have named somebody there."""
        said = f"{discussion.name}: excused"
        if given.until is not None:
            said = f"{discussion.name}: until {given.until.astimezone(self._zone):%Y-%m-%d %H:%M}"
        hidden = self._dress.pseudonym is not None or given.reason is None
        return said if hidden else f"{said} ({given.reason})"

    def discussion(self, one: Discussion) -> Row:
        own = self._counted.tally.discussions.get(one.id, OfDiscussion())
        closed = one.periods[-1].closed_at if one.periods else None
        return (
            one.name,
            from_json(one.content).title,
            _local(one.opened_at, self._zone),
            _local(one.due_at, self._zone),
            _local(closed, self._zone),
            _local(one.withdrawn_at, self._zone),
            self._open_to_many[one.id],
            own.joined,
            own.posts,
            own.replies,
            own.unanswered,
            own.words,
        )

    def count(self) -> int:
        """How many rows the table of replies has."""
        counted = self._counted
        if counted.asked.section is None and not counted.selection.narrow:
            return counted.tally.said
        return sum(1 for _ in self.replies())

    def replies(self) -> Iterator[Row]:
        counted = self._counted
        shown = {member_of(one) for one in self.shown}
        everybody = counted.asked.section is None
        for discussion in counted.chosen:
            talk = talk_of(self._db, counted.of, discussion)
            details = counting.details(self._db, counted.of.course.id, discussion.id)
            facts = self._facts(discussion)
            said = [
                one
                for one in talk.said()
                if counted.selection.takes(one.line) and (everybody or one.line[0] in shown)
            ]
            for one in sorted(said, key=lambda one: one.line[1:3]):
                yield self._reply(discussion, one, details[MessageId(one.line[2])], facts)

    def _facts(self, discussion: Discussion) -> Mapping[int, set[str]]:
        facts: dict[int, set[str]] = defaultdict(set)
        known = self._counted.of.known.facts
        for id_, name in counting.named(self._db, self._counted.of.course.id, discussion.id):
            if name in known:
                facts[id_].add(name)
        return facts

    def _reply(
        self,
        discussion: Discussion,
        one: Said,
        detail: tuple[str, int | None],
        facts: Mapping[int, set[str]],
    ) -> Row:
        member, sent, id_, _, _, _, deleted, channel, thread, *measures = one.line
        ref, edited = detail
        place = ChannelId(channel)
        link = None
        if self._dress.pseudonym is None and deleted is None:
            within = None if thread is None else ThreadRef(thread)
            link = self._dress.linked(place, within, MessageRef(ref))
        cited = sorted(facts.get(id_, ()), key=lambda fact: int(fact[1:]))
        to: Cell = self._names.get(one.to, ("", ""))[0] if one.to is not None else None
        return (
            id_,
            discussion.name,
            self._dress.labels.get(place),
            *self._names.get(member, (None, None)),
            _micros(sent, self._zone),
            _micros(edited, self._zone),
            "reply" if one.response else "post",
            to,
            "yes" if one.rule.counts else "no",
            one.rule.value,
            *measures,
            " ".join(cited),
            link,
        )

    def series(self) -> Series:
        tally = self._counted.tally
        row = {
            tally.places[one.member.id]: n
            for n, one in enumerate(self.shown)
            if isinstance(one, Enrolled)
        }
        return Series(
            days=tuple(Day(*day) for day in tally.days()),
            edges=Again(lambda: self._edges(row)),
            voices=tuple(sorted(self._counted.of_one(one).words for one in self.shown)),
            sides=tuple(self._sides()),
        )

    def _edges(self, row: Mapping[int, int]) -> Iterator[Edge]:
        for place, n in row.items():
            for other, responses in sorted(self._counted.tally.table[place].to.items()):
                if other in row:
                    yield Edge(n, row[other], responses)

    def _sides(self) -> Iterator[SideCount]:
        """Where they stood at first and in the end, over those who are shown; of few, nothing."""
        shown = {member_of(one) for one in self.shown}
        held: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for discussion, member, side in counting.sides(self._db, self._counted.of.course.id):
            if member in shown:
                held[discussion][member].append(side)
        for one in self._counted.chosen:
            taken = held.get(one.id, {})
            if len(taken) < FEWEST:
                continue
            first = Counter(sides[0] for sides in taken.values())
            last = Counter(sides[-1] for sides in taken.values())
            for key, label in from_json(one.content).sides:
                yield SideCount(one.name, label, first[key], last[key])


def _in_window(discussion: Discussion, counted: Reckoning) -> bool:
    """Whether it was open within the days that were asked for, in the channel that was."""
    channel = counted.asked.channel
    if channel is not None and channel not in counted.of.placed.get(discussion.id, ()):
        return False
    closed = discussion.periods[-1].closed_at if discussion.periods else None
    selection = counted.selection
    begun = to_micros(discussion.opened_at) < selection.until
    return begun and (closed is None or to_micros(closed) >= selection.since)
