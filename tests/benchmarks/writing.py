"""How fast replies become durable: through the writer, through the core, and in the two ways to
write that stand at the ends (all rows in one raw transaction; a commit for each row)."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter

import aiosqlite

from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    Space,
    ThreadRef,
)
from bot.core.intake import Intake
from bot.core.words import count as count_words
from storage import courses, discussions, maintenance, members, messages
from storage.database import PRAGMAS, Connection, Database
from storage.ids import AccountId, ChannelId, CourseId, DiscussionId, MemberId, MessageId
from storage.instants import EPOCH, MICROSECOND
from storage.messages import MessageState
from storage.rows import Placement
from storage.schema import messages as columns
from tests.benchmarks.ratios import Measured, interleaved

WAITING = 1_000
ROWS = 10_000
STUDENTS = 100
DISCUSSIONS = 20
START = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
SPACE = Space("browser", "bench")
TEXT = " ".join(
    f"word{number}" for number in range(60)
)  # measured.md's rows hold about sixty words

INSERT = f"INSERT INTO messages ({', '.join(c.name for c in columns.c)}) VALUES ({', '.join('?' * len(columns.c))})"  # noqa: E501, S608 - our own column names
INSERT_TEXT = "INSERT INTO message_texts (message_id, text) VALUES (?, ?)"


class Clock:
    def now(self) -> datetime:
        return START + timedelta(hours=1)


class Bench:
    """A database with one course, its students and open discussions, and fresh replies to write."""

    def __init__(self, database: Database, path: Path) -> None:
        self.database, self.path = database, path
        self._numbers = count(1)
        self.discussion_ids: list[int] = []
        self.member_ids: list[int] = []
        self.account_ids: list[int] = []

    @classmethod
    async def made(cls, folder: Path) -> "Bench":
        path = folder / "bench.sqlite3"
        maintenance.upgrade(path, START)
        bench = cls(await Database.open(path), path)
        await bench.database.write(bench._fill)
        return bench

    async def _fill(self, db: Connection) -> None:
        space = await courses.ensure_space(db, SPACE, START)
        course = await courses.create(db, space, title="C", zone="UTC", pack="p", now=START)
        channel = await courses.bind_channel(
            db, course, space, ChannelRef("c"), name="c", kind="class", now=START
        )
        for number in range(STUDENTS):
            account = await members.ensure_account(
                db, space, AccountRef(f"u{number}"), f"Student {number}", START
            )
            member = await members.ensure_member(db, CourseId(course), account, "student", START)
            self.account_ids.append(account)
            self.member_ids.append(member)
        bound = await courses.channel(db, course, channel)
        for number in range(DISCUSSIONS):
            made = await discussions.open_discussion(db, course, "p", {}, START)
            thread = f"t{number}"
            placement = Placement(made.id, bound, MessageRef(thread), ThreadRef(thread), START)
            await discussions.place(db, course, placement)
            self.discussion_ids.append(made.id)

    def events(self, how_many: int) -> list[MessagePosted]:
        """Replies as an adapter tells them, each new."""
        made = []
        for _ in range(how_many):
            n = next(self._numbers)
            student = n % STUDENTS
            made.append(
                MessagePosted(
                    Place(SPACE, ChannelRef("c"), ThreadRef(f"t{n % DISCUSSIONS}")),
                    MessageRef(f"m{n}"),
                    Person(AccountRef(f"u{student}"), f"Student {student}"),
                    START + timedelta(seconds=n),
                    TEXT,
                )
            )
        return made

    def rows(self, how_many: int) -> list[MessageState]:
        """The same replies as rows that are ready to be written."""
        measure = count_words(TEXT)
        made = []
        for _ in range(how_many):
            n = next(self._numbers)
            made.append(
                MessageState(
                    MessageId(10_000_000 + n),
                    ChannelId(1),
                    MessageRef(f"r{n}"),
                    START,
                    ThreadRef(f"t{n % DISCUSSIONS}"),
                    None,
                    DiscussionId(self.discussion_ids[n % DISCUSSIONS]),
                    AccountId(self.account_ids[n % STUDENTS]),
                    MemberId(self.member_ids[n % STUDENTS]),
                    None,
                    "prompt",
                    "student",
                    START + timedelta(seconds=n),
                    None,
                    None,
                    measure.words,
                    measure.words_raw,
                    measure.characters,
                    0,
                    new=True,
                    text=TEXT,
                    text_changed=True,
                )
            )
        return made

    def raw(self, how_many: int) -> list[tuple[object, ...]]:
        """The same rows as values for raw SQL."""
        return [
            tuple(_raw(getattr(row, column.name)) for column in columns.c)
            for row in self.rows(how_many)
        ]


def _raw(value: object) -> object:
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value


async def _all_at_once(items: Sequence[object], put: object) -> float:
    """Seconds from the first put until all are durable, `WAITING` waiting at any time."""
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await put(item)  # type: ignore[operator]

    started = perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(WAITING):
            group.create_task(worker())
    return perf_counter() - started


async def through_writer(bench: Bench) -> float:
    async def apply(db: Connection, items: Sequence[MessageState]) -> Sequence[None]:
        await messages.save(db, items)
        return [None] * len(items)

    return await _all_at_once(bench.rows(ROWS), bench.database.group(apply).put)


async def through_core(bench: Bench) -> float:
    return await _all_at_once(bench.events(ROWS), Intake(bench.database, Clock()).take_in)


async def in_bulk(bench: Bench) -> float:
    """One raw sqlite3 transaction, same file, same tables, indexes and pragmas."""
    rows = bench.raw(ROWS)
    with closing(sqlite3.connect(bench.path, isolation_level=None)) as db:
        for pragma in PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
        started = perf_counter()
        db.execute("BEGIN IMMEDIATE")
        db.executemany(INSERT, rows)
        db.executemany(INSERT_TEXT, [(row[0], TEXT) for row in rows])
        db.execute("COMMIT")
        return perf_counter() - started


async def commit_each(bench: Bench) -> float:
    """aiosqlite, one connection under a lock, a commit for each reply; seconds for ROWS of them."""
    share = 10
    rows = bench.raw(ROWS // share)
    lock = asyncio.Lock()
    async with aiosqlite.connect(bench.path, isolation_level=None) as db:
        for pragma in PRAGMAS:
            await db.execute(f"PRAGMA {pragma}")

        async def put(row: tuple[object, ...]) -> None:
            async with lock:
                await db.execute("BEGIN IMMEDIATE")
                await db.execute(INSERT, row)
                await db.execute(INSERT_TEXT, (row[0], TEXT))
                await db.execute("COMMIT")

        return await _all_at_once(rows, put) * share


async def counting_words() -> float:
    started = perf_counter()
    for _ in range(ROWS):
        count_words(TEXT)
    return perf_counter() - started


async def measure() -> list[Measured]:
    results = []
    seconds: dict[str, float] = {}
    for name, ours, theirs, bound, what in (
        ("storage_rows_vs_bulk", through_writer, in_bulk, 0.40, "ready rows through the writer"),
        ("core_vs_bulk", through_core, in_bulk, 0.12, "events through the core"),
        ("core_vs_commit_each", through_core, commit_each, 4.0, "events through the core"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            bench = await Bench.made(Path(folder))
            mine, other = await interleaved(
                lambda b=bench, f=ours: f(b),  # type: ignore[misc]
                lambda b=bench, f=theirs: f(b),  # type: ignore[misc]
            )
            await bench.database.close()
        seconds[name] = mine
        note = f"{what}: {ROWS / mine:,.0f}/s against {ROWS / other:,.0f}/s"
        if name == "core_vs_bulk":
            note += await _where_it_goes(mine, seconds["storage_rows_vs_bulk"])
        results.append(Measured(name, other / mine, bound, True, note))
    return results


async def _where_it_goes(core: float, writer: float) -> str:
    words = await counting_words()
    shares = {"counting words": words, "writing": writer, "deciding": core - words - writer}
    return "; " + ", ".join(f"{what} {part / core:.0%}" for what, part in shares.items())
