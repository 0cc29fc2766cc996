"""Where statements run: small ones of a writer where they are said, all others in a thread."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from storage.among import among, parameter
from storage.database import Connection, Database
from storage.driver import VALUES, at_once
from storage.messages import MessageRow
from storage.prepared import Prepared, PreparedInsert
from storage.schema import counters, messages, spaces
from tests.storage.conftest import Look
from tests.world import START

NAMES = "SELECT name FROM counters WHERE name <> 'messages' ORDER BY name"
SPACES = Prepared(
    select(spaces.c.ref, spaces.c.created_at, spaces.c.id)
    .where(
        spaces.c.platform == "slack",
        spaces.c.created_at >= bindparam("since", type_=spaces.c.created_at.type),
        among(spaces.c.ref, parameter("refs")),
    )
    .order_by(spaces.c.ref)
)


async def where(db: Connection) -> int:
    """The thread in which a statement of this connection runs."""
    driver: Any = (await db.get_raw_connection()).driver_connection
    await driver.create_function("thread", 0, threading.get_ident)
    return int((await db.exec_driver_sql("SELECT thread()")).scalar_one())


async def test_only_a_groups_statements_run_where_they_are_said(database: Database) -> None:
    async def each(db: Connection, items: Sequence[str]) -> Sequence[int]:
        return [await where(db) for _ in items]

    here = threading.get_ident()
    assert await database.group(each).put("") == here
    assert await database.write(where) != here
    async with database.read() as db:
        assert await where(db) != here
    assert await database.reading(each).put("") == here
    async with database.read() as db:
        assert await where(db) != here
    assert await database.group(each).put("") == here


async def test_a_group_that_waits_for_a_lock_keeps_nobody_else_waiting(
    database: Database, path: Path, look: Look
) -> None:
    async def add(db: Connection, names: Sequence[str]) -> Sequence[None]:
        for name in names:
            await db.execute(insert(counters).values(name=name, last=0))
        return [None for _ in names]

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(database.group(add).put("late"))
        async with database.read() as db:  # two trips to a thread and back, while it waits
            assert (await db.execute(select(counters.c.name))).scalars().all() == ["messages"]
        assert not writing.done()
        other.execute("COMMIT")
        await writing
    assert look(NAMES) == [("late",)]


async def test_what_is_prepared_says_the_same_at_once_and_otherwise(database: Database) -> None:
    async def fill(db: Connection) -> None:
        for platform, ref in (("slack", "T1"), ("slack", "T2"), ("slack", "T3"), ("discord", "T1")):
            await db.execute(insert(spaces).values(platform=platform, ref=ref, created_at=START))

    async def asked(db: Connection, items: Sequence[bool]) -> Sequence[list[tuple[object, ...]]]:
        assert [at_once(db) is not None] == items
        found = await SPACES.rows(db, since=START, refs=["T1", "T3", "T9"])
        return [[tuple(row) for row in found]]

    await database.write(fill)
    at_the_spot = await database.group(asked).put(True)
    assert [row[:2] for row in at_the_spot] == [("T1", START), ("T3", START)]
    assert await database.reading(asked).put(True) == at_the_spot
    async with database.read() as db:
        assert await asked(db, [False]) == [at_the_spot]


async def test_a_prepared_insert_that_is_refused_undoes_what_was_with_it(
    database: Database, look: Look
) -> None:
    adding = PreparedInsert(insert(counters))

    async def add(db: Connection, names: Sequence[str]) -> Sequence[None]:
        await adding.add(db, [(name, 0) for name in names])
        return [None for _ in names]

    async def one(db: Connection) -> None:
        await add(db, ["a"])

    group = database.group(add)
    await database.write(one)
    outcomes = await asyncio.gather(
        *(group.put(name) for name in ("b", "a", "c")), return_exceptions=True
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]
    assert look(NAMES) == [("a",), ("b",), ("c",)]
    with pytest.raises(IntegrityError):
        await database.write(one)


@pytest.mark.parametrize("count", [1, VALUES // 2 - 1, VALUES // 2, VALUES + VALUES // 2 + 3])
async def test_many_rows_are_inserted_each_once_and_as_they_were_given(
    database: Database, look: Look, count: int
) -> None:
    adding = PreparedInsert(insert(counters))
    rows = [(f"name {number:05}", number) for number in range(count)]
    await database.write(lambda db: adding.add(db, rows))
    assert look("SELECT name, last FROM counters WHERE name <> 'messages' ORDER BY name") == rows


async def test_where_one_of_many_rows_is_refused_none_is_there(
    database: Database, look: Look
) -> None:
    adding = PreparedInsert(insert(counters))
    rows = [(f"name {number}", number) for number in [*range(VALUES), VALUES - 1]]
    with pytest.raises(IntegrityError):
        await database.write(lambda db: adding.add(db, rows))
    assert look(NAMES) == []


def test_a_row_of_a_message_has_the_columns_of_the_table_in_their_order() -> None:
    for said, column in zip(get_args(MessageRow), messages.c, strict=True):
        kinds = get_args(said) or (said,)
        assert (NoneType in kinds) is column.nullable, column.name
        assert _plain(kinds[0]) is column.type.python_type or column.name.endswith("_at")


def _plain(type_: Any) -> object:
    return getattr(type_, "__supertype__", type_)


async def test_whoever_goes_away_before_the_first_question_leaves_nothing_begun(
    database: Database,
) -> None:
    async def ask() -> None:
        async with database.read() as db:
            await db.execute(select(counters.c.name))

    async def seen() -> int:
        async with database.read() as db:
            return len((await db.execute(select(counters.c.name))).all())

    for turns in range(12):  # at each step on the way
        asking = asyncio.create_task(ask())
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        before = await asyncio.gather(*(seen() for _ in range(5)))  # with every reader there is
        await database.write(lambda db, n=turns: _add(db, f"n{n}"))  # type: ignore[misc]
        assert await asyncio.gather(*(seen() for _ in range(5))) == [n + 1 for n in before]


async def _add(db: Connection, name: str) -> None:
    await db.execute(insert(counters).values(name=name, last=0))
