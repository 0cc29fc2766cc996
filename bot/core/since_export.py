"""/participation compare: a report now against one that was handed out: for each student whose
figures are others now, what changed, and why (see causes.py)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from bot.core import causes_of_acts, causes_of_messages, frozen, report_columns
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
from bot.core.causes import FIGURES, OTHERWISE, ROW, Causes, Whose
from bot.core.dispatch import Call
from bot.core.enrolment import Enrolled, InReport
from bot.core.exporting import counted_report
from bot.core.reckoning import Asked
from bot.core.register import read_register
from bot.core.report_model import Kind
from bot.core.roster import on_roster
from bot.core.services import channel_labels
from prompts.models import Pack
from storage import courses, exports
from storage.exports import Export, Figure
from storage.ids import EntryId, MemberId
from storage.snapshot import Snapshot

Kept = tuple[str | None, float | None]
Row = tuple[Spans, Spans, Spans]

NOBODY = "a student who is no longer there"
_INSTANTS = {column.name for column in report_columns.STUDENTS if column.kind is Kind.INSTANT}


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: Kept
    now: Kept


@dataclass(frozen=True, slots=True)
class Compared:
    """What stood in a report, what would stand there now, whose the rows of that are, and what
    happened in between. `united`: who had a row of the roster's and one of their account's, which
    are one now."""

    then: Sequence[Figure]
    now: Sequence[Figure]
    whose: Sequence[InReport]
    causes: Causes
    united: Set[Whose]


async def compare(call: Call) -> Card:
    """/participation compare: now against an export, or against the last one."""
    async with call.services.database.read() as db:
        export = await frozen.find(db, call.course.id, call.text("export"))
        labels = channel_labels(await courses.channels_of(db, call.course.id))
    over = frozen.from_over(export.over)
    loaded = call.services.packs.get(call.course.pack)
    pack = None if loaded is None else loaded.pack
    found = await call.services.database.apart(lambda db: _compared(db, call, export, over, pack))
    changed = changes(found.then, found.now)
    rows = tuple(_rows(call, found, changed))
    blocks: list[Block] = [frozen.line(export, call.course.zone, labels)]
    if not rows:
        blocks.append(text("No student's figures have changed since."))
    else:
        students = len(changed.keys() | found.united)
        blocks.append(text(f"The figures of {number(students, 'student')} have changed since:"))
        blocks.append(Table(("Student", "What changed", "Why"), rows, frozenset()))
    return Card(f"{export.name} and now", tuple(blocks))


def _compared(
    db: Snapshot, call: Call, export: Export, over: Asked, pack: Pack | None
) -> Compared:  # fmt: skip
    course = call.course
    made, whose = counted_report(db, call.services, course, over, call.now, pack)
    then = db.read(lambda at: exports.figures_of(at, course.id, export.id))
    linked = {
        one.entry: one.member
        for one in db.read(lambda at: on_roster(at, course.id))
        if one.member is not None
    }
    then, united = _as_linked_now(then, linked)
    now = list(frozen.figures(made.students, whose))
    causes = Causes()
    of = read_register(db, course, pack)
    chosen = {
        d.id: d for d in of.discussions if not over.discussions or d.number in over.discussions
    }
    causes_of_messages.gather(db, of, export.as_of, chosen, over.selection(of.zone), causes)
    causes_of_acts.gather(db, of, export.as_of, chosen, causes)
    if export.version != report_columns.VERSION:
        causes.perhaps(
            spans(
                f"the definitions are version {report_columns.VERSION}, and were {export.version}"
            ),
            FIGURES,
        )
    return Compared(then, now, whose, causes, united)


def _as_linked_now(
    then: Sequence[Figure], linked: Mapping[EntryId, MemberId]
) -> tuple[list[Figure], set[Whose]]:
    """What stood of entries of the roster that are members since, as those members'; and the
    members who stood there themselves too: nothing was counted of their entries."""
    there = {figure.member for figure in then}
    kept, united = list[Figure](), set[Whose]()
    for figure in then:
        member = None if figure.entry is None else linked.get(figure.entry)
        if member is None:
            kept.append(figure)
        elif member in there:
            united.add((member, None))
        else:
            kept.append(figure._replace(member=member, entry=None))
    return kept, united


def _rows(call: Call, found: Compared, changed: Mapping[Whose, Sequence[Change]]) -> Iterator[Row]:
    """Rows for each student, in the order of the report; who is in it no more comes last. Figures
    that have the same causes stand together."""
    names = {_key(one): one.name for one in found.whose}
    was = {(figure.member, figure.entry) for figure in found.then}
    order = [*(key for key in names if key in changed or key in found.united),
             *(key for key in changed if key not in names)]  # fmt: skip
    for key in order:
        who = spans(PersonName(names[key]) if key in names else NOBODY)
        if key in found.united:
            yield who, spans("two rows → one"), _said_of(key, ROW, found.causes)
        if key in names and key in was:
            together: dict[Spans, list[Change]] = defaultdict(list)
            for change in changed.get(key, ()):
                together[_said_of(key, {change.name}, found.causes)].append(change)
            for why, alike in together.items():
                yield who, joined([_said(call, change) for change in alike], "; "), why
        else:
            some = [change for change in changed[key] if not _nothing(change)]
            head = spans("a row → none" if key in was else "no row → one")
            what = joined([head, *(_said(call, change) for change in some)], "; ")
            yield who, what, _said_of(key, ROW, found.causes)


def _nothing(change: Change) -> bool:
    """Whether it is a zero that came or went with its row."""
    return {change.before, change.now} <= {(None, None), (None, 0.0)}


def _said_of(key: Whose, figures: Collection[str], causes: Causes) -> Spans:
    """Why any of these figures is another, in words."""
    found = dict.fromkeys(cause.said for cause in causes.why(key, figures))
    return joined(found, "; ") if found else OTHERWISE


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
