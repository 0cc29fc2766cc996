"""/participation compare: a report now against one that was handed out: for each student whose
figures are others now, what changed, and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core import frozen, report_columns
from bot.core.cards import (
    Block,
    Card,
    Moment,
    PersonName,
    Plain,
    Span,
    Spans,
    Table,
    joined,
    number,
    spans,
    text,
)
from bot.core.dispatch import Call
from bot.core.enrolment import Enrolled, InReport
from bot.core.exporting import counted_report
from bot.core.report_model import Kind
from bot.core.services import channel_labels
from storage import courses, discussions, exports
from storage.exports import Export, Figure, Touched
from storage.ids import EntryId, MemberId
from storage.rows import Discussion
from storage.snapshot import Snapshot

Whose = tuple[MemberId | None, EntryId | None]
Kept = tuple[str | None, float | None]

BY_OTHERS = frozenset({
    "replies_received", "answered_by", "peers_root", "peers_thread", "peers_named", "replies",
    "posts", "reactions_given",
})  # fmt: skip
"""Figures that are others when what classmates wrote is."""


OTHERWISE = (
    "the roster, the pack, a due time, the points or which accounts are theirs is not as it was"
)
_INSTANTS = {column.name for column in report_columns.STUDENTS if column.kind is Kind.INSTANT}


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: Kept
    now: Kept


@dataclass(frozen=True, slots=True)
class Since:
    """What has happened in the course since a report was handed out."""

    messages: Mapping[MemberId, Sequence[Touched]]
    allowed: Mapping[MemberId, Sequence[str]]
    sided: set[MemberId]
    reacted: set[MemberId]
    new_rule: bool  # of grading
    ruled: Sequence[str]  # what was done with discussions, so that others count


async def compare(call: Call) -> Card:
    """/participation compare: now against an export, or against the last one."""
    async with call.services.database.read() as db:
        export = await frozen.find(db, call.course.id, call.text("export"))
        labels = channel_labels(await courses.channels_of(db, call.course.id))
    over = frozen.from_over(export.over)
    loaded = call.services.packs.get(call.course.pack)
    pack = None if loaded is None else loaded.pack

    def work(db: Snapshot) -> tuple[Sequence[Figure], Sequence[Figure], Sequence[InReport], Since]:
        made, whose = counted_report(db, call.services, call.course, over, call.now, pack)
        then = db.read(lambda at: exports.figures_of(at, call.course.id, export.id))
        since = _since(db, call, export, over.discussions)
        return then, list(frozen.figures(made.students, whose)), whose, since

    then, now, whose, since = await call.services.database.apart(work)
    changed = changes(then, now)
    blocks: list[Block] = [frozen.line(export, call.course.zone, labels)]
    if export.version != report_columns.VERSION:
        blocks.append(
            text(
                f"It was made by definitions version {export.version}; now it is"
                f" {report_columns.VERSION}, so figures may be others for that alone."
            )
        )
    rows = _rows(call, changed, whose, since, export.as_of)
    if not rows:
        blocks.append(text("No student's figures have changed since."))
    else:
        blocks.append(text(f"The figures of {number(len(rows), 'student')} have changed since:"))
        blocks.append(Table(("Student", "What changed", "Why"), tuple(rows), frozenset()))
    return Card(f"{export.name} and now", tuple(blocks))


def _rows(
    call: Call,
    changed: Mapping[Whose, Sequence[Change]],
    whose: Sequence[InReport],
    since: Since,
    at: datetime,
) -> list[tuple[Spans, ...]]:
    """A row for each student, in the order of the report; who is in it no more comes last."""
    names = {_key(one): one.name for one in whose}
    order = [*(key for key in names if key in changed), *(changed.keys() - names.keys())]
    return [
        (
            spans(PersonName(names[key]) if key in names else "a student who is no longer there"),
            joined([_said(call, change) for change in changed[key]], "; "),
            spans(reasons(key[0], changed[key], since, at)),
        )
        for key in order
    ]


def _key(one: InReport) -> Whose:
    return (one.member.id, None) if isinstance(one, Enrolled) else (None, one.entry)


def _said(call: Call, change: Change) -> Spans:
    before, now = _shown(call, change.name, change.before), _shown(call, change.name, change.now)
    return (*spans(f"{change.name} "), before, *spans(" → "), now)


def _shown(call: Call, name: str, value: Kept) -> Span:
    words, number_ = value
    if number_ is not None:
        return Plain(f"{number_:g}" if number_ < 1e6 else f"{number_:.0f}")
    if words is None:
        return Plain("nothing")
    if name in _INSTANTS:
        return Moment(datetime.fromisoformat(words), call.course.zone)
    return Plain(words)


def changes(then: Iterable[Figure], now: Iterable[Figure]) -> dict[Whose, list[Change]]:
    """What is another figure now, or is one no more; in the order of the columns."""
    before, after = _by_student(then), _by_student(now)
    names = [column.name for column in report_columns.STUDENTS]
    names += sorted({name for own in (*before.values(), *after.values()) for name in own})
    found: dict[Whose, list[Change]] = {}
    for whose in {**before, **after}:
        was, has = before.get(whose, {}), after.get(whose, {})
        own = [
            Change(name, was.get(name, (None, None)), has.get(name, (None, None)))
            for name in dict.fromkeys(names)
            if was.get(name) != has.get(name)
        ]
        if own:
            found[whose] = own
    return found


def _by_student(figures: Iterable[Figure]) -> dict[Whose, dict[str, Kept]]:
    found: dict[Whose, dict[str, Kept]] = defaultdict(dict)
    for member, entry, name, words, value in figures:
        found[member, entry][name] = words, value
    return found


# --- why ----------------------------------------------------------------------------------------


def _since(db: Snapshot, call: Call, export: Export, numbers: Sequence[int]) -> Since:
    course, moment = call.course.id, export.as_of
    all_ = db.read(lambda at: discussions.discussions_of(at, course))
    over = {d.id: d for d in all_ if not numbers or d.number in numbers}
    messages: dict[MemberId, list[Touched]] = defaultdict(list)
    for one in db.read(lambda at: exports.touched_since(at, course, moment)):
        if one.discussion in over:
            messages[one.member].append(one)
    allowed: dict[MemberId, list[str]] = defaultdict(list)
    for member, where, kind, holds in db.read(
        lambda at: exports.allowed_since(at, course, moment)
    ):  # fmt: skip
        if where in over:
            done = "was given" if holds else "was taken back"
            allowed[member].append(f"an {kind} for {over[where].name} {done}")
    for member, where in db.read(lambda at: exports.given_since(at, course, moment)):
        if where in over:
            allowed[member].append(f"staff changed the points for {over[where].name}")
    return Since(
        messages,
        allowed,
        db.read(lambda at: exports.sided_since(at, course, moment)),
        db.read(lambda at: exports.reacted_since(at, course, moment)),
        db.read(lambda at: exports.ruled_since(at, course, moment)),
        [said for d in over.values() if (said := _ruled(d, moment)) is not None],
    )


def _ruled(discussion: Discussion, moment: datetime) -> str | None:
    """What was done with a discussion since, so that other messages count in it now."""
    name = discussion.name
    if discussion.withdrawn_at is not None and discussion.withdrawn_at > moment:
        return f"{name} was withdrawn"
    if discussion.opened_at > moment:
        return f"{name} was opened"
    if any(period.opened_at > moment for period in discussion.periods):
        return f"{name} was reopened"
    return None


def reasons(member: MemberId | None, changed: Sequence[Change], since: Since, at: datetime) -> str:
    """Why a student's figures are others, in words."""
    found = list(_of_messages(since.messages.get(member, ()), at)) if member is not None else []
    if member is not None:
        found += since.allowed.get(member, ())
        found += ["they took a side"] if member in since.sided else []
        found += ["reactions to their messages changed"] if member in since.reacted else []
    names = {change.name for change in changed}
    others = sum(len(own) for who, own in since.messages.items() if who != member)
    if names & BY_OTHERS and others:
        found.append(f"{number(others, 'message')} of classmates came or changed")
    found += since.ruled if "discussions_open" in names or not found else []
    if since.new_rule and "points" in names:
        found.append("the grading rule was set anew")
    if "left" in names:
        found.append("it was noted that they left, or are back")
    return "; ".join(found) or OTHERWISE


def _of_messages(own: Iterable[Touched], at: datetime) -> Iterable[str]:
    """What became of somebody's messages since."""
    what = Counter(
        "gone before it was counted" if one.deleted_at is not None and _new(one, at)
        else "written since" if one.sent_at > at
        else "known only since, though written before" if one.received_at > at
        else "deleted since" if one.deleted_at is not None and one.deleted_at > at
        else "edited since"
        for one in own
    )  # fmt: skip
    return (
        f"{number(count, 'message')} {said}"
        for said, count in what.items()
        if said != "gone before it was counted"
    )


def _new(one: Touched, at: datetime) -> bool:
    return one.sent_at > at or one.received_at > at
