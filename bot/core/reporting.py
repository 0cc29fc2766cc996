"""/participation: a student's own record, the class's table, why each count is what it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from bot.core import allowing, evidence, grading_commands, leaving, report_asking
from bot.core.cards import (
    Block,
    Bold,
    Card,
    FactMark,
    Fields,
    Link,
    Moment,
    PersonName,
    Spans,
    Table,
    joined,
    number,
    spans,
    text,
)
from bot.core.commands import Role
from bot.core.content import from_json
from bot.core.courses import find_member
from bot.core.dispatch import Call
from bot.core.enrolment import Absent, InReport
from bot.core.errors import BadInput
from bot.core.events import Place
from bot.core.evidence import Cited
from bot.core.participation import Rule
from bot.core.points import Point
from bot.core.reckoning import Asked, Reckoning, reckon
from bot.core.register import Register, read_register, talk_of
from bot.core.report_building import class_figures
from bot.core.services import channel_labels
from bot.core.talk import Said
from bot.core.tally import Figures
from prompts.models import Pack
from storage import counting, discussions
from storage.ids import ChannelId, MemberId, MessageId, MessageRef, ThreadRef
from storage.instants import from_micros, to_micros
from storage.rows import Discussion, Member
from storage.snapshot import Snapshot

T = TypeVar("T")

# A narrow screen may cut the last column.
_EXPLAINED = ("Message", "Written", "To", "Counts?", "Evidence", "Words")
QUIET_HOURS = 24
SHOWN = 25
"""How many unanswered posts are listed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message with all that is told about it."""

    discussion: Discussion
    said: Said
    ref: str
    cited: Cited


async def _apart(call: Call, work: Callable[[Snapshot, Register], T]) -> T:
    """Work over the course as it is at one moment, off the event loop."""
    loaded = call.services.packs.get(call.course.pack)
    pack = None if loaded is None else loaded.pack
    return await call.services.database.apart(
        lambda db: work(db, read_register(db, call.course, pack))
    )


def _pack(call: Call) -> Pack | None:
    loaded = call.services.packs.get(call.course.pack)
    return None if loaded is None else loaded.pack


def _told_of(
    db: Snapshot, of: Register, pack: Pack | None, wanted: Callable[[Discussion, Said], bool]
) -> list[Told]:
    """The messages that are wanted, oldest first."""
    found: list[Told] = []
    course = of.course.id
    for discussion in of.discussions:
        said = [one for one in talk_of(db, of, discussion).said() if wanted(discussion, one)]
        if said:
            refs = counting.details(db, course, discussion.id)
            named = counting.named(db, course, discussion.id)
            cited = evidence.resolve(((MessageId(id_), name) for id_, name in named), pack)
            for one in said:
                id_ = MessageId(one.line[2])
                found.append(Told(discussion, one, refs[id_][0], cited.get(id_, Cited())))
    return sorted(found, key=lambda told: told.said.line[1:3])


@dataclass(frozen=True, slots=True)
class Record:
    """A member's figures, if they have a student's, each message of theirs, and their points."""

    of: Register
    own: Figures | None
    told: list[Told]
    points: list[Point]


async def _record(call: Call, member: Member) -> Record:
    pack = _pack(call)

    def work(db: Snapshot, of: Register) -> Record:
        tally = reckon(db, of, Asked()).tally
        own = tally.of(member.id) if member.id in tally.places else None
        told = _told_of(db, of, pack, lambda _, said: said.line[0] == member.id)
        return Record(of, own, told, grading_commands.found(db, of, member.id))

    return await _apart(call, work)


async def me(call: Call) -> Card:
    """/participation me: the asker's own figures, and each message behind them."""
    if call.course_or_none is not None and call.member_or_none is None:
        return Card(blocks=(text("Nothing is recorded about you in this course."),))
    record = await _record(call, call.member)
    blocks: list[Block] = []
    if call.role is Role.STUDENT and record.own is not None:
        blocks.append(_fields(record.own))
        blocks += grading_commands.told(record.of, record.points, reasons=False)
        blocks += allowing.told(record.of, call.member, reasons=False)
    blocks += await _explain(call, record.of, record.told, call.member)
    return Card("What is recorded about you", tuple(blocks), "Only you see this.")


async def why(call: Call) -> Card:
    """/participation why: for one student, each message that counted and each that didn't."""
    member = await find_member(call, "student")
    record = await _record(call, member)
    left = leaving.said(member, call.course.zone)
    blocks = [
        *left,
        _fields(record.own or Figures()),
        *grading_commands.told(record.of, record.points, reasons=True),
        *allowing.told(record.of, member, reasons=True),
        *await _explain(call, record.of, record.told, member),
    ]
    return Card(f"Why {member.name} has these counts", tuple(blocks))


async def counted(call: Call) -> Card:
    """/participation counted: why one message counts or not; to its author and to staff."""
    wanted = call.required("message")
    pack = _pack(call)

    def work(db: Snapshot, of: Register) -> tuple[Register, list[Told]]:
        if call.channel is None:
            return of, []
        found = counting.message_at(db, of.course.id, call.channel.id, wanted)
        if found is None:
            return of, []
        id_, where = found
        return of, _told_of(
            db, of, pack, lambda d, said: d.id == where and said.line[2] == id_
        )  # fmt: skip

    of, told = await _apart(call, work)
    own = None if call.member_or_none is None else call.member.id
    if call.role is Role.STUDENT and (not told or told[0].said.line[0] != own):
        said = "Only its author and the course's staff are told why a message counts."
        return Card(blocks=(text(said),), tone="refusal")
    if not told:
        return Card(
            "Not counted",
            (text("It stands in no discussion of this course's, or was written by the bot."),),
        )
    pairs = tuple(zip(_EXPLAINED, _line(call, of, told[0]), strict=True))
    counts = told[0].said.rule.counts
    return Card("It counts" if counts else "It does not count", (Fields(pairs),))


async def class_(call: Call) -> Card:
    """/participation class: every student's figures, in the order of their names."""
    over = await report_asking.asked(call)
    of, counted_ = await _apart(call, lambda db, of: (of, reckon(db, of, over)))
    labels = channel_labels(list(of.channels.values()))
    rows = tuple(
        (
            _named(one),
            *(
                spans(str(value))
                for value in (
                    own.joined,
                    own.posts,
                    own.replies,
                    own.words,
                    len(own.to),
                    own.replies_received,
                    own.facts.bit_count(),
                )
            ),
        )
        for one in counted_.everybody
        for own in [counted_.of_one(one)]
    )
    columns = (
        "Student", "Joined", "Answers", "Responses", "Words", "Classmates", "Answered by",
        "Facts cited",
    )  # fmt: skip
    count = sum(d.withdrawn_at is None for d in counted_.chosen)
    blocks: list[Block] = [
        text(
            f"{number(len(rows), 'student')}, {number(count, 'discussion')}, as of ",
            _moment(call, to_micros(call.now)),
        )
    ]
    if over != Asked():
        blocks.append(text(f"Over {report_asking.window(over, labels).words}."))
    blocks += [Table(columns, rows, frozenset(range(1, len(columns)))), _whole(counted_)]
    return Card(
        f"{call.course.title}: participation",
        tuple(blocks),
        "Joined: discussions. Classmates: whom they responded to. /participation why explains.",
    )


def _whole(counted_: Reckoning) -> Fields:
    """The class as a whole."""
    labels = {
        "share_joined": "Share who wrote",
        "posts_unanswered": "Answers nobody responded to",
        "voice_evenness": "Evenness of voice (0: all alike)",
        "reciprocity": "Answered each other",
    }
    own = [counted_.of_one(one) for one in counted_.everybody]
    figures = class_figures(own, counted_)
    return Fields(
        tuple((labels[f.name], spans("-" if f.value is None else str(f.value))) for f in figures)
    )


async def quiet(call: Call) -> Card:
    """/participation quiet: answers that nobody responded to, and students not heard yet."""
    hours = call.arguments.get("hours", QUIET_HOURS)
    if not isinstance(hours, int):
        raise BadInput("hours", "hours takes a whole number.")
    before = to_micros(call.now - timedelta(hours=hours))

    def work(db: Snapshot, of: Register) -> tuple[Register, list[Told], list[InReport]]:
        lonely = _unanswered(db, of, before)
        told = _told_of(db, of, None, lambda _, said: said.line[2] in lonely) if lonely else []
        counted_ = reckon(db, of, Asked())
        unheard = [
            one
            for one in counted_.everybody
            if (isinstance(one, Absent) or one.member.role == "student")
            and one.left_at is None
            and not counted_.of_one(one).joined
        ]
        return of, told, unheard

    of, told, unheard = await _apart(call, work)
    since = number(hours, "hour")
    blocks: list[Block] = [
        text(f"{number(len(told), 'answer')} with no response for {since}, in open discussions.")
    ]
    if told:
        names = {one.member.id: one.name for one in of.enrolled}
        rows = tuple(
            (
                _linked(call, of, one),
                spans(PersonName(names.get(MemberId(one.said.line[0]), "somebody"))),
                spans(_moment(call, one.said.line[1])),
            )
            for one in told[:SHOWN]
        )
        blocks.append(Table(("Message", "By", "Written"), rows, frozenset()))
        if len(told) > SHOWN:
            blocks.append(text(f"These are the {SHOWN} that have waited longest."))
    who = joined(tuple(_named(one) for one in unheard))
    blocks.append(
        text("Not heard yet: ", *who, ".") if unheard else text("Every student has been heard.")
    )
    return Card("What is quiet", tuple(blocks))


def _unanswered(db: Snapshot, of: Register, before: int) -> set[int]:
    """The counted answers in open discussions that were written by then, and that no counted
    response answers."""
    lonely: set[int] = set()
    for discussion in of.discussions:
        if not discussion.open:
            continue
        talk = talk_of(db, of, discussion)
        posts, heeded = set(), set()
        for line in talk.counted:
            if talk.answers(line)[0]:
                heeded.add(talk.parent(line))
            elif line[1] <= before:
                posts.add(line[2])
        lonely |= posts - heeded
    return lonely


def _named(one: InReport) -> Spans:
    mark = "" if one.left_at is None else f" ({leaving.MARK})"
    return spans(PersonName(one.name), mark)


def _moment(call: Call, at: int) -> Moment:
    return Moment(from_micros(at), call.course.zone)


def _fields(own: Figures) -> Fields:
    return Fields(
        tuple(
            (label, spans(str(value)))
            for label, value in (
                ("Discussions joined", own.joined),
                ("Answers to prompts", own.posts),
                ("Responses to classmates", own.replies),
                ("Classmates responded to", len(own.to)),
                ("Responses received", own.replies_received),
                ("Reactions received", own.reactions_received),
                ("Facts cited", own.facts.bit_count()),
                ("Sources linked", own.sources.bit_count()),
                ("Words", own.words),
            )
        )
    )


async def _explain(call: Call, of: Register, told: Sequence[Told], member: Member) -> list[Block]:
    if not told:
        nothing = text("Nothing has been written in this course's discussions.")
        return [nothing, *await _sides(call, of, member)]
    rows = tuple(_line(call, of, one) for one in told)
    counted_ = sum(one.said.rule.counts for one in told)
    verb = "counts" if counted_ == 1 else "count"
    return [
        text(f"{number(len(told), 'message')}, of which {counted_} {verb}:"),
        Table(_EXPLAINED, rows, frozenset({len(_EXPLAINED) - 1})),
        *await _sides(call, of, member),
    ]


def _linked(call: Call, of: Register, told: Told) -> Spans:
    """The discussion's name, as a link to the message."""
    discussion, line = told.discussion, told.said.line
    channel = of.channels.get(ChannelId(line[7]))
    if channel is None or told.said.rule is Rule.DELETED:
        return spans(f"{discussion.name} ")
    thread = None if line[8] is None else ThreadRef(line[8])
    place = Place(channel.space, channel.ref, thread)
    return spans(call.services.linked(discussion.name, place, MessageRef(told.ref)))


def _line(call: Call, of: Register, told: Told) -> tuple[Spans, ...]:
    said = told.said
    to: Spans = spans("the prompt")
    if said.response:
        names = {member.id: member.name for member in of.members}
        name = None if said.to is None else names.get(MemberId(said.to))
        to = spans("a message now gone" if name is None else PersonName(name))
        if said.inferred:
            to = (*to, *spans(", by a mention"))
        elif said.foretold:
            to = (*to, *spans(", as said beforehand"))
    decided = spans(Bold("yes")) if said.rule.counts else spans(f"no: {said.rule.value}")
    if said.rule is Rule.EXTENDED:
        decided = (*decided, *spans(", in the time that staff gave"))
    return (
        _linked(call, of, told),
        spans(_moment(call, said.line[1])),
        to,
        decided,
        _evidence(told.cited),
        spans(str(said.line[9])),
    )


def _evidence(cited: Cited) -> Spans:
    facts = (spans(FactMark(id_)) for id_ in cited.facts)
    sources = (spans(Link(source.id, source.url or "")) for source in cited.sources)
    return joined((*facts, *sources))


async def _sides(call: Call, of: Register, member: Member) -> list[Block]:
    """The sides the member holds: shown to themselves, and to staff who ask."""
    whose = "Your side" if member.id == call.member.id else "Side"
    lines: list[Block] = []
    async with call.services.database.read() as db:
        for discussion in of.discussions:
            side = (await discussions.sides_of(db, call.course.id, discussion.id)).get(member.id)
            if side is not None:
                label = from_json(discussion.content).label(side) or side
                lines.append(text(f"{whose} in {discussion.name}: {label}."))
    return lines
