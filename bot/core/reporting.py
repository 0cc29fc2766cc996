"""/participation: a student's own record, the class's table, why each count is what it is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core import leaving, prompts, report_columns
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
from bot.core.commands import Answer, File, Role
from bot.core.courses import find_member
from bot.core.dispatch import Call
from bot.core.errors import Refused
from bot.core.events import Place
from bot.core.evidence import Cited
from bot.core.inferring import is_inferred
from bot.core.material import material_of
from bot.core.participation import Figures, Material, Rule, figures, is_response, verdict
from bot.core.report_model import Cell, Report, Series, Sheet, Window
from bot.core.services import Services
from storage import courses, discussions
from storage.database import Connection
from storage.ids import ChannelId, MemberId, MessageId
from storage.rows import Channel, Course, Member, Reply

# A narrow screen may cut the last column.
_FIGURES: dict[str, Callable[[Member, Figures, ZoneInfo], Cell]] = {
    "member": lambda member, own, zone: member.ref,
    "name": lambda member, own, zone: member.name,
    "discussions_open": lambda member, own, zone: None,
    "discussions_joined": lambda member, own, zone: len(own.discussions),
    "posts": lambda member, own, zone: own.posts,
    "replies": lambda member, own, zone: own.replies,
    "replies_inferred": lambda member, own, zone: own.replies_inferred,
    "words": lambda member, own, zone: own.words,
    "words_raw": lambda member, own, zone: own.words_raw,
    "characters": lambda member, own, zone: own.characters,
    "attachments": lambda member, own, zone: own.attachments,
    "active_days": lambda member, own, zone: len(own.days),
    "peers_root": lambda member, own, zone: len(own.peers_root),
    "peers_thread": lambda member, own, zone: len(own.peers_thread),
    "peers_named": lambda member, own, zone: len(own.peers_named),
    "replies_received": lambda member, own, zone: own.replies_received,
    "facts_cited": lambda member, own, zone: len(own.facts_cited),
    "facts": lambda member, own, zone: " ".join(
        sorted(own.facts_cited, key=lambda fact: int(fact[1:]))
    ),
    "sources_linked": lambda member, own, zone: len(own.sources_linked),
    "reactions_given": lambda member, own, zone: own.reactions_given,
    "reactions_received": lambda member, own, zone: own.reactions_received,
    "first": lambda member, own, zone: own.first and own.first.astimezone(zone),
    "last": lambda member, own, zone: own.last and own.last.astimezone(zone),
    "left": lambda member, own, zone: member.left_at and member.left_at.astimezone(zone),
}

_EXPLAINED = ("Message", "Written", "To", "Counts?", "Evidence", "Words")


async def me(call: Call) -> Card:
    """/participation me: the asker's own figures, and each message behind them."""
    material, channels = await _read(call)
    if call.member_or_none is None:
        return Card(blocks=(text("Nothing is recorded about you in this course."),))
    own = figures(material, ZoneInfo(call.course.zone)).get(call.member.id)
    blocks: list[Block] = []
    if call.role is Role.STUDENT and own is not None:
        blocks.append(_fields(own))
    blocks += await _explain(call, material, channels, call.member)
    return Card("What is recorded about you", tuple(blocks), "Only you see this.")


async def why(call: Call) -> Card:
    """/participation why: for one student, each message that counted and each that didn't."""
    member = await find_member(call, "student")
    material, channels = await _read(call)
    own = figures(material, ZoneInfo(call.course.zone)).get(member.id, Figures())
    left = leaving.said(member, call.course.zone)
    blocks = [*left, _fields(own), *await _explain(call, material, channels, member)]
    return Card(f"Why {member.name} has these counts", tuple(blocks))


async def counted(call: Call) -> Card:
    """/participation counted: why one message counts or not; to its author and to staff."""
    wanted = call.required("message")
    material, channels = await _read(call)
    here = None if call.channel is None else call.channel.id
    reply = next((r for r in material.replies if (r.channel_id, r.ref) == (here, wanted)), None)
    own = None if call.member_or_none is None else call.member.id
    if call.role is Role.STUDENT and (reply is None or reply.member_id != own):
        said = "Only its author and the course's staff are told why a message counts."
        return Card(blocks=(text(said),), tone="refusal")
    if reply is None:
        return Card(
            "Not counted",
            (text("It stands in no discussion of this course's, or was written by the bot."),),
        )
    names = {m.id: m.name for m in material.members}
    row = _line(call, material, channels, names, material.by_id, reply)
    decided = verdict(reply, material.discussions[reply.discussion_id])
    pairs = tuple(zip(_EXPLAINED, row, strict=True))
    return Card("It counts" if decided.counts else "It does not count", (Fields(pairs),))


async def class_(call: Call) -> Card:
    """/participation class: every student's figures, in the order of their names."""
    material, _ = await _read(call)
    table = figures(material, ZoneInfo(call.course.zone))
    rows = tuple(
        (
            _named(member),
            *(
                spans(str(value))
                for value in (
                    len(own.discussions),
                    own.posts,
                    own.replies,
                    own.words,
                    len(own.peers_root),
                    own.replies_received,
                    len(own.facts_cited),
                )
            ),
        )
        for member, own in _students(material, table)
    )
    columns = (
        "Student", "Joined", "Answers", "Responses", "Words", "Classmates", "Answered by",
        "Facts cited",
    )  # fmt: skip
    count = sum(d.withdrawn_at is None for d in material.discussions.values())
    return Card(
        f"{call.course.title}: participation",
        (
            text(
                f"{number(len(rows), 'student')}, {number(count, 'discussion')}, as of ",
                _moment(call, call.now),
            ),
            Table(columns, rows, frozenset(range(1, len(columns)))),
        ),
        "Joined: discussions. Classmates: whom they responded to. /participation why explains.",
    )


async def export(call: Call) -> Answer:
    """/participation export: the class's table as a file."""
    material, _ = await _read(call)
    table = report(call.course, material, call.now)
    format_ = call.text("format") or "csv"
    file = call.services.exporters[format_](table, _file_name(call.course, call.now))
    return Answer(
        Card(
            "Participation report",
            (
                text(
                    f"{number(table.students.count, 'student')}, as of ",
                    _moment(call, call.now),
                    ".",
                ),
            ),
        ),
        (file,),
    )


async def report_file(services: Services, course: int | None, format_: str = "csv") -> File:
    """The report of a course, by its number, or of the only one there is. Raises Refused."""
    now = services.clock.now()
    async with services.database.read() as db:
        found = await the_course(db, course)
        material = await material_of(db, found, services.packs)
    table = report(found, material, now)
    return services.exporters[format_](table, _file_name(found, now))


async def the_course(db: Connection, number: int | None) -> Course:
    """A course by its number, or the only one there is, for the terminal. Raises Refused."""
    all_ = await courses.all_courses(db)
    named = [c for c in all_ if number is None or c.id == number]
    if len(named) != 1:
        known = "; ".join(f"{c.id}: {c.title}" for c in all_) or "none yet"
        raise Refused(f"Say which course, by its number ({known}).")
    return named[0]


def _file_name(course: Course, now: datetime) -> str:
    return f"participation-{now.astimezone(ZoneInfo(course.zone)):%Y-%m-%d}"


def report(course: Course, material: Material, as_of: datetime) -> Report:
    """One row a student, by name; instants in the course's zone. `left`: since when a student is
    known not to be there any more."""
    zone = ZoneInfo(course.zone)
    table = _students(material, figures(material, zone))
    count = sum(d.withdrawn_at is None for d in material.discussions.values())
    columns = tuple(c for c in report_columns.STUDENTS if c.name in _FIGURES)
    rows = tuple(
        tuple(
            _FIGURES[column.name](member, own, zone) if column.name != "discussions_open" else count
            for column in columns
        )
        for member, own in table
    )
    return Report(
        course_id=course.id,
        course=course.title,
        zone=course.zone,
        as_of=as_of,
        window=Window("everything so far"),
        pseudonymised=False,
        version=report_columns.VERSION,
        definitions=report_columns.definitions(),
        students=Sheet("students", columns, rows, len(rows)),
        members=tuple(member.id for member, _ in table),
        discussions=Sheet("discussions", report_columns.DISCUSSIONS, (), 0),
        replies=Sheet("replies", report_columns.REPLIES, (), 0),
        class_figures=(),
        series=Series(),
    )


def _students(
    material: Material, table: dict[MemberId, Figures]
) -> Sequence[tuple[Member, Figures]]:
    """Every member who has a student's figures, by name."""
    return [(m, table[m.id]) for m in material.members if m.id in table]


async def _read(call: Call) -> tuple[Material, dict[ChannelId, Channel]]:
    async with call.services.database.read() as db:
        material = await material_of(db, call.course, call.services.packs)
        channels = {c.id: c for c in await courses.channels_of(db, call.course.id)}
    return material, channels


def _named(member: Member) -> Spans:
    mark = "" if member.left_at is None else f" ({leaving.MARK})"
    return spans(PersonName(member.name), mark)


def _moment(call: Call, at: datetime) -> Moment:
    return Moment(at, call.course.zone)


def _fields(own: Figures) -> Fields:
    return Fields(
        tuple(
            (label, spans(str(value)))
            for label, value in (
                ("Discussions joined", len(own.discussions)),
                ("Answers to prompts", own.posts),
                ("Responses to classmates", own.replies),
                ("Classmates responded to", len(own.peers_root)),
                ("Responses received", own.replies_received),
                ("Reactions received", own.reactions_received),
                ("Facts cited", len(own.facts_cited)),
                ("Sources linked", len(own.sources_linked)),
                ("Words", own.words),
            )
        )
    )


async def _explain(
    call: Call, material: Material, channels: dict[ChannelId, Channel], member: Member
) -> list[Block]:
    own = [reply for reply in material.replies if reply.member_id == member.id]
    if not own:
        nothing = text("Nothing has been written in this course's discussions.")
        return [nothing, *await _sides(call, material, member)]
    names = {m.id: m.name for m in material.members}
    by_id = material.by_id
    rows = tuple(_line(call, material, channels, names, by_id, reply) for reply in own)
    counted = sum(verdict(r, material.discussions[r.discussion_id]).counts for r in own)
    verb = "counts" if counted == 1 else "count"
    return [
        text(f"{number(len(own), 'message')}, of which {counted} {verb}:"),
        Table(_EXPLAINED, rows, frozenset({len(_EXPLAINED) - 1})),
        *await _sides(call, material, member),
    ]


def _line(
    call: Call,
    material: Material,
    channels: dict[ChannelId, Channel],
    names: dict[MemberId, str],
    by_id: Mapping[MessageId, Reply],
    reply: Reply,
) -> tuple[Spans, ...]:
    discussion = material.discussions[reply.discussion_id]
    decided = verdict(reply, discussion)
    channel = channels[reply.channel_id]
    place = Place(channel.space, channel.ref, reply.thread)
    link = call.services.linked(discussion.name, place, reply.ref)
    to: Spans = spans("the prompt")
    if is_response(reply, by_id):
        parent = None if reply.parent_id is None else by_id.get(reply.parent_id)
        name = None if parent is None else names.get(parent.member_id)
        to = spans("a message now gone" if name is None else PersonName(name))
        if is_inferred(reply):
            to = (*to, *spans(", by a mention"))
    return (
        spans(f"{discussion.name} " if decided.rule is Rule.DELETED else link),
        spans(_moment(call, reply.sent_at)),
        to,
        spans(Bold("yes")) if decided.counts else spans(f"no: {decided.rule.value}"),
        _evidence(material.cited.get(reply.id, Cited())),
        spans(str(reply.words)),
    )


def _evidence(cited: Cited) -> Spans:
    facts = (spans(FactMark(id_)) for id_ in cited.facts)
    sources = (spans(Link(source.id, source.url or "")) for source in cited.sources)
    return joined((*facts, *sources))


async def _sides(call: Call, material: Material, member: Member) -> list[Block]:
    """The sides the member holds: shown to themselves, and to staff who ask."""
    whose = "Your side" if member.id == call.member.id else "Side"
    lines: list[Block] = []
    async with call.services.database.read() as db:
        for discussion in material.discussions.values():
            side = (await discussions.sides_of(db, call.course.id, discussion.id)).get(member.id)
            if side is not None:
                label = prompts.from_json(discussion.content).label(side) or side
                lines.append(text(f"{whose} in {discussion.name}: {label}."))
    return lines
