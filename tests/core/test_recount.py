"""Every figure of a report agrees with a recount that shares no code with it (recount.py), for
classes that are made up at random; and with the messages by which it is explained."""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.core.reckoning import Asked, reckon
from bot.core.register import read_register
from bot.core.report_asking import window
from bot.core.report_building import Dress, build
from bot.core.report_model import Report
from prompts.models import Fact, Pack
from storage import courses, schema
from storage.database import Connection, Database
from storage.ids import ChannelId, CourseId
from storage.snapshot import Snapshot
from tests.core.recount import Happened, Message, Over, Person, Recount, Talk

ZONE = ZoneInfo("America/New_York")
START = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)  # the clocks go back in the night after it
PEOPLE, TALKS, HOURS = 5, 3, 60
FACTS = {"F1", "F2", "F12"}
PACK = Pack("p", "P", "", (), tuple(Fact(id_, "S", ("t",), ()) for id_ in sorted(FACTS)), ())
EVIDENCE = ("F1", "F2", "F12", "F99", "link:a", "link:b")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def hours() -> st.SearchStrategy[float]:
    """Few instants, so that many things happen at once, and around midnight."""
    return st.integers(0, HOURS * 4).map(lambda quarter: quarter / 4)


def instants() -> st.SearchStrategy[datetime]:
    return hours().map(at)


@st.composite
def talks(draw: st.DrawFn, number: int) -> Talk:
    times = sorted(draw(st.lists(hours(), min_size=2, max_size=4, unique=True)))
    spans: list[tuple[datetime, datetime | None]] = [
        (at(times[i]), at(times[i + 1]) if i + 1 < len(times) else None)
        for i in range(0, len(times), 2)
    ]
    gone = draw(st.sampled_from([None, None, None, at(9)]))
    return Talk(number, spans[0][0], spans, gone, draw(st.none() | instants()))


@st.composite
def messages(draw: st.DrawFn, id_: int) -> Message:
    sent = draw(instants())
    who = draw(st.integers(1, PEOPLE))
    staff = who == PEOPLE or draw(st.integers(0, 9)) == 0
    by = draw(st.sampled_from(["reference", "reference", "mention", "prompt"]))
    words = draw(st.integers(0, 9))
    return Message(
        id_,
        who,
        draw(st.integers(1, TALKS)),
        draw(st.integers(1, 2)),
        sent,
        "assistant" if staff else "student",
        by,
        draw(st.integers(1, 25)) if by == "reference" else None,
        sent + timedelta(hours=draw(hours())) if draw(st.integers(0, 5)) == 0 else None,
        words,
        words + draw(st.integers(0, 3)),
        words * 5,
        draw(st.integers(0, 1)),
        draw(st.lists(st.integers(1, PEOPLE), max_size=2, unique=True)),
        draw(st.lists(st.sampled_from(EVIDENCE), max_size=2, unique=True)),
        draw(
            st.lists(
                st.tuples(st.integers(1, PEOPLE), st.sampled_from("ab")), max_size=2, unique=True
            )
        ),
    )


@st.composite
def happened(draw: st.DrawFn) -> Happened:
    people = [
        Person(n, "student" if n < PEOPLE else "assistant", draw(instants()),
               draw(st.sampled_from([None, None, at(30)])))
        for n in range(1, PEOPLE + 1)
    ]  # fmt: skip
    some = st.tuples(st.integers(1, TALKS), st.integers(1, PEOPLE - 1))
    extensions = draw(st.dictionaries(some, instants(), max_size=2))
    return Happened(
        people,
        [draw(talks(number)) for number in range(1, TALKS + 1)],
        [draw(messages(id_)) for id_ in range(1, draw(st.integers(0, 24)) + 1)],
        draw(st.lists(st.tuples(st.integers(1, TALKS), st.integers(1, PEOPLE - 1),
                                st.sampled_from("xy")), max_size=5)),
        extensions,
        draw(st.sets(some, max_size=2)) - extensions.keys(),
    )  # fmt: skip


def overs() -> st.SearchStrategy[Over]:
    days = st.none() | st.sampled_from([date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)])
    return st.builds(
        Over,
        days,
        days,
        st.sampled_from([(), (), (1,), (2, 3)]),
        st.sampled_from([None, None, 1, 2]),
    )


# --- putting it into a database -----------------------------------------------------------------


async def put(db: Connection, what: Happened) -> None:
    """As it is stored: person n is account and member n."""

    async def rows(table: Any, *values: dict[str, Any]) -> None:
        if values:
            await db.execute(insert(table), list(values))

    await rows(schema.spaces, {"id": 1, "platform": "browser", "ref": "c", "created_at": START})
    await rows(schema.courses, {"id": 1, "title": "C", "zone": ZONE.key, "pack": "p",
                                "created_at": START})  # fmt: skip
    await rows(schema.channels, *(
        {"id": n, "course_id": 1, "space_id": 1, "ref": f"c{n}", "name": f"c{n}", "kind": "class",
         "created_at": START} for n in (1, 2)
    ))  # fmt: skip
    for p in what.people:
        await rows(schema.accounts, {"id": p.id, "space_id": 1, "created_at": START})
        await rows(schema.identities, {"account_id": p.id, "space_id": 1, "ref": f"u{p.id}",
                                       "name": f"N{p.id}", "named_at": START})  # fmt: skip
        await rows(schema.members, {"id": p.id, "course_id": 1, "joined_at": p.joined,
                                    "left_at": p.left})  # fmt: skip
        await rows(schema.member_accounts,
                   {"course_id": 1, "account_id": p.id, "member_id": p.id})  # fmt: skip
        await rows(schema.roles, {"member_id": p.id, "role": p.role, "since": START})
    content = {"title": "T", "text": "?", "sides": [["x", "X"], ["y", "Y"]], "tags": [],
               "facts": []}  # fmt: skip
    for t in what.talks:
        await rows(schema.discussions, {
            "id": t.number, "course_id": 1, "number": t.number, "prompt": "P1", "content": content,
            "opened_at": t.opened, "withdrawn_at": t.withdrawn, "due_at": t.due,
        })  # fmt: skip
        await rows(schema.periods, *(
            {"discussion_id": t.number, "opened_at": a, "closed_at": b} for a, b in t.spans
        ))  # fmt: skip
        await rows(schema.placements, {"discussion_id": t.number, "channel_id": 1,
                   "message": f"p{t.number}", "thread": f"t{t.number}",
                   "posted_at": t.opened})  # fmt: skip
    for m in what.messages:
        await rows(schema.messages, {
            "id": m.id, "channel_id": m.channel, "ref": f"m{m.id}", "thread": f"t{m.talk}",
            "discussion_id": m.talk, "account_id": m.who, "member_id": m.who,
            "parent_id": m.parent, "parent_by": m.by, "role": m.role, "sent_at": m.sent,
            "deleted_at": m.deleted, "received_at": m.sent, "words": m.words,
            "words_raw": m.words_raw, "characters": m.characters, "attachments": m.attachments,
        })  # fmt: skip
        await rows(schema.mentions, *(
            {"message_id": m.id, "account_id": n, "position": i} for i, n in enumerate(m.names)
        ))  # fmt: skip
        await rows(schema.evidence, *({"message_id": m.id, "named": n} for n in m.evidence))
        await rows(schema.reactions, *(
            {"message_id": m.id, "account_id": n, "emoji": e, "present": True, "changed_at": m.sent}
            for n, e in m.reactions
        ))  # fmt: skip
    await rows(schema.sides_taken, *(
        {"discussion_id": t, "member_id": n, "side": s, "taken_at": at(i), "account_id": n}
        for i, (t, n, s) in enumerate(what.sides)
    ))  # fmt: skip
    allowed = [(*k, "extension", until) for k, until in what.extensions.items()]
    await rows(schema.allowances, *(
        {"discussion_id": t, "member_id": n, "kind": kind, "until": until, "given_by": PEOPLE,
         "given_at": START} for t, n, kind, until in
        [*allowed, *((t, n, "excuse", None) for t, n in sorted(what.excuses))]
    ))  # fmt: skip


def reported(db: Snapshot, over: Over) -> tuple[Report, list[dict[str, Any]]]:
    """The report, and the rows of its table of replies."""
    course = db.read(lambda at: courses.course(at, CourseId(1)))
    channel = None if over.channel is None else ChannelId(over.channel)
    asked = Asked(over.first, over.last, over.talks, channel)
    of = read_register(db, course, PACK)
    labels = {c.id: c.name for c in of.channels.values()}
    dress = Dress(labels, lambda channel, thread, message: f"https://x.example/{message}")
    report = build(db, reckon(db, of, asked), START, window(asked, labels), dress)
    said = [dict(zip(report.replies.names, row, strict=True)) for row in report.replies.rows]
    assert len(said) == report.replies.count
    return report, said


async def counted(
    migrated: Path, what: Happened, over: Over
) -> tuple[Report, list[dict[str, Any]]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "copy.sqlite3"
        shutil.copy(migrated, path)
        database = await Database.open(path)
        try:
            await database.write(lambda db: put(db, what))
            return await database.apart(lambda db: reported(db, over))
        finally:
            await database.close()


def check(what: Happened, over: Over, report: Report, said: list[dict[str, Any]]) -> None:
    again = Recount(what, over, ZONE, FACTS)
    people = {f"u{p.id}": p for p in what.people}
    rows: list[dict[str, Any]] = [
        dict(zip(report.students.names, row, strict=True)) for row in report.students.rows
    ]
    wrote = {m.who for m in what.messages if again.counts(m) and again.reached(m)}
    expected = {p.id for p in what.people if p.role == "student"} | wrote
    assert {people[row["member"]].id for row in rows} >= {
        p.id for p in what.people if p.role == "student"
    }
    assert {people[row["member"]].id for row in rows} <= expected
    for row in rows:
        told = again.row(people[row["member"]])
        assert {name: _exact(row[name]) for name in told} == told
        explained(row, [one for one in said if one["member"] == row["member"]])
    for talk in report.discussions.rows:
        own: dict[str, Any] = dict(zip(report.discussions.names, talk, strict=True))
        assert own["unanswered"] == again.unanswered(int(own["discussion"][1:]))
    listed = {one["message"]: one["counted"] == "yes" for one in said}
    assert listed == {m.id: again.counts(m) for m in what.messages if again.within(m)}


def _exact(value: Any) -> Any:
    """An instant by itself: Python has none of the hour that is there twice equal in two zones."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def explained(row: dict[str, Any], own: list[dict[str, Any]]) -> None:
    """The messages that count add up to the student's figures."""
    counts = [one for one in own if one["counted"] == "yes"]
    kinds = Counter(one["kind"] for one in counts)
    assert (row["posts"], row["replies"]) == (kinds["post"], kinds["reply"])
    for name in ("words", "words_raw", "characters", "attachments"):
        assert row[name] == sum(one[name] for one in counts)
    assert row["discussions_joined"] == len({one["discussion"] for one in counts})
    assert row["facts_cited"] == len({f for one in counts for f in one["facts"].split()})


def property_over(examples: int | None) -> Callable[..., Any]:
    @given(what=happened(), over=overs())
    @settings(max_examples=examples or settings().max_examples)
    async def test(migrated: Path, what: Happened, over: Over) -> None:
        report, said = await counted(migrated, what, over)
        check(what, over, report, said)

    return test


test_every_figure_agrees_with_a_recount = property_over(None)
test_every_figure_agrees_with_a_recount_at_length = pytest.mark.soak(property_over(2_000))
