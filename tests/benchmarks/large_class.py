"""A database of a million replies, made by bulk inserts once and kept under .bench/: in one course,
or the same replies spread over a hundred. Texts are left out, since no figure is made of them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from storage import maintenance
from storage.instants import MICROSECOND, to_micros
from storage.schema import metadata

REPLIES = 1_000_000
STUDENTS = 500
DISCUSSIONS = 200
FOLDER = Path(".bench")
START = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
LONG = timedelta(days=10)  # a discussion is open
APART = timedelta(hours=12)  # of two discussions' openings
EDITION = 4
"""Goes up when what is made here changes: the databases are then made anew."""

Rows = Iterator[tuple[object, ...]]


class LargeClass:
    """`courses` courses that share the students, the discussions and the replies evenly."""

    def __init__(self, courses: int, replies: int = REPLIES) -> None:
        self.courses, self.replies = courses, replies
        self.in_each = STUDENTS if courses == 1 else STUDENTS // 10
        self.path = FOLDER / f"class-{courses}-{replies}-{EDITION}" / "coalface.sqlite3"

    def made(self) -> Path:
        """The database's path; made now if it isn't there."""
        revision = self.path.with_suffix(".revision")
        newest = maintenance.newest()
        if not (revision.exists() and revision.read_text("utf-8") == newest):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            maintenance.upgrade(self.path, START)
            with closing(sqlite3.connect(self.path, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous=OFF")
                db.execute("BEGIN")
                for table, rows in self._tables():
                    _insert(db, table, rows)
                db.execute("COMMIT")
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            revision.write_text(newest, "utf-8")
        return self.path

    def _tables(self) -> Iterator[tuple[str, Rows]]:
        start, each = to_micros(START), range(1, self.courses + 1)
        yield "spaces", iter([(1, "browser", "classroom", start)])
        yield "courses", ((n, f"Course {n}", "America/New_York", "soviet-labor", None, None, 12,
                           None, None, start, None) for n in each)  # fmt: skip
        yield (
            "channels",
            ((n, n, 1, f"c{n}", f"class-{n}", start, "class", None, start) for n in each),
        )
        people = range(1, STUDENTS + 1)
        yield "accounts", ((n, 1, start) for n in people)
        yield "identities", ((n, 1, f"u{n}", f"Student {n:03}", start) for n in people)
        members = [
            (c * STUDENTS + n, c, 1 + (c * self.in_each + n) % STUDENTS)
            for c in each
            for n in range(self.in_each)
        ]
        yield "members", ((m, c, start, None, None) for m, c, _ in members)
        yield "member_accounts", ((c, a, m) for m, c, a in members)
        yield "roles", ((m, m, "student", None, start) for m, _, _ in members)
        yield from self._discussions()
        yield from self._said()

    def _discussions(self) -> Iterator[tuple[str, Rows]]:
        content = json.dumps(
            {"title": "Shock workers", "text": "Why?", "sides": [], "tags": [], "facts": []}
        )
        opened = [to_micros(START + n * APART) for n in range(DISCUSSIONS)]
        per = DISCUSSIONS // self.courses
        yield (
            "discussions",
            (
                (
                    n + 1,
                    1 + n // per,
                    1 + n % per,
                    "P1",
                    content,
                    0,
                    opened[n],
                    None,
                    None,
                    None,
                    None,
                )
                for n in range(DISCUSSIONS)
            ),
        )
        long = LONG // MICROSECOND
        yield "periods", ((n + 1, n + 1, opened[n], opened[n] + long) for n in range(DISCUSSIONS))
        yield (
            "placements",
            ((n + 1, n + 1, 1 + n // per, f"p{n}", f"t{n}", opened[n]) for n in range(DISCUSSIONS)),
        )

    def _said(self) -> Iterator[tuple[str, Rows]]:
        dice = Random(7)
        per, long, students = DISCUSSIONS // self.courses, LONG // MICROSECOND, self.in_each
        sent = sorted(
            (to_micros(START + (n % DISCUSSIONS) * APART) + int(long * dice.random() ** 2 * 1.02),
             n % DISCUSSIONS)
            for n in range(self.replies)
        )  # fmt: skip
        before: list[list[int]] = [[] for _ in range(DISCUSSIONS)]
        mentions, named, reactions, messages = [], [], [], []
        for id_, (at, n) in enumerate(sent, 1):
            course = 1 + n // per
            who = course * STUDENTS + int(students * dice.random() ** 1.5)
            account = 1 + (course * students + who - course * STUDENTS) % STUDENTS
            parent = dice.choice(before[n]) if before[n] and dice.random() < 0.6 else None
            before[n].append(id_)
            words = dice.randrange(5, 120)
            messages.append((
                id_, course, f"m{id_}", f"t{n}", None if parent is None else f"m{parent}", n + 1,
                account, who, parent, "prompt" if parent is None else "reference",
                "assistant" if dice.random() < 0.01 else "student", at, None,
                at + 60_000_000 if dice.random() < 0.02 else None, at, words, words + 3,
                words * 6, int(dice.random() < 0.05),
            ))  # fmt: skip
            if dice.random() < 0.1:
                other = 1 + (course * students + dice.randrange(students)) % STUDENTS
                mentions.append((id_, other, 0))
            if dice.random() < 0.1:
                named.append((id_, f"F{dice.randrange(1, 60)}"))
            if dice.random() < 0.05:
                named.append((id_, f"link:{dice.randrange(400):016x}"))
            if dice.random() < 0.2:
                other = 1 + (course * students + dice.randrange(students)) % STUDENTS
                reactions.append((id_, other, "👍", 1, at))
        yield "messages", iter(messages)
        yield "mentions", iter(mentions)
        yield "evidence", iter(named)
        yield "reactions", iter(reactions)


def _insert(db: sqlite3.Connection, table: str, rows: Rows) -> None:
    columns = [column.name for column in metadata.tables[table].c]
    marks = ", ".join("?" * len(columns))
    db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - our own names
