"""One writer, many readers: what a caller may rely on, seen through a second connection."""

import asyncio
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from storage import database as database_module
from storage.database import Connection, Database
from storage.errors import StorageBusy, StorageError, StorageFull
from storage.schema import counters
from tests.storage.conftest import Look

NAMES = "SELECT name FROM counters WHERE name <> 'messages' ORDER BY name"
ROOT = Path(__file__).parents[2]


async def add(db: Connection, names: Sequence[str]) -> Sequence[str]:
    """Write a row for each name; a name that is there already is refused."""
    for name in names:
        await db.execute(insert(counters).values(name=name, last=0))
    return [name.upper() for name in names]


async def test_the_pragmas_are_in_force_on_every_connection(database: Database) -> None:
    async def asked(db: Connection) -> list[object]:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [(await db.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() for pragma in pragmas]

    expected = ["wal", 2, 1, 1]  # synchronous 2 is FULL: a commit survives a loss of power
    assert await database.write(asked) == expected
    async with database.read() as one, database.read() as two:
        assert [await asked(one), await asked(two)] == [expected, expected]


async def test_a_write_takes_the_writers_lock_before_it_decides(
    database: Database, path: Path
) -> None:
    def try_to_write() -> None:
        with closing(sqlite3.connect(path, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")

    async def work(db: Connection) -> None:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            try_to_write()

    await database.write(work)
    async with database.read() as db:
        await db.execute(select(counters))
        try_to_write()


async def test_a_write_is_seen_by_others_when_it_returns_and_not_before(
    database: Database, look: Look
) -> None:
    async def work(db: Connection) -> str:
        await add(db, ["one"])
        assert look(NAMES) == []
        return "done"

    assert await database.write(work) == "done"
    assert look(NAMES) == [("one",)]


async def test_what_fails_is_undone_whole(database: Database, look: Look) -> None:
    async def work(db: Connection) -> None:
        await add(db, ["one", "two"])
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert look(NAMES) == []
    await database.write(lambda db: add(db, ["three"]))
    assert look(NAMES) == [("three",)]


async def test_a_reader_sees_one_moment(database: Database) -> None:
    async with database.read() as db:
        before = (await db.execute(select(counters.c.name))).all()
        await database.write(lambda writing: add(writing, ["new"]))
        assert (await db.execute(select(counters.c.name))).all() == before


async def test_a_caller_that_goes_away_leaves_no_half_transaction(
    database: Database, look: Look
) -> None:
    half_way, go_on = asyncio.Event(), asyncio.Event()

    async def slow(db: Connection) -> None:
        await add(db, ["first half"])
        half_way.set()
        await go_on.wait()
        await add(db, ["second half"])

    caller = asyncio.create_task(database.write(slow))
    waiting = asyncio.create_task(database.write(lambda db: add(db, ["had to wait"])))
    await half_way.wait()
    caller.cancel()
    waiting.cancel()
    await asyncio.gather(caller, waiting, return_exceptions=True)
    assert look(NAMES) == []
    go_on.set()
    await database.write(lambda db: add(db, ["zzz: after them"]))
    assert [name for (name,) in look(NAMES)] == [
        "first half",
        "had to wait",
        "second half",
        "zzz: after them",
    ]


async def test_closing_waits_for_writes_under_way(path: Path, look: Look) -> None:
    database = await Database.open(path)

    async def slow(db: Connection) -> None:
        await asyncio.sleep(0.05)
        await add(db, ["late"])

    caller = asyncio.create_task(database.write(slow))
    await asyncio.sleep(0)
    await database.close()
    assert look(NAMES) == [("late",)]
    await caller


async def test_a_full_disk_is_told_apart_and_passes(database: Database, look: Look) -> None:
    async def fill(db: Connection) -> None:
        await db.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are now
        await add(db, [f"{number:0>4000}" for number in range(200)])

    with pytest.raises(StorageFull):
        await database.write(fill)
    assert look(NAMES) == []

    async def room(db: Connection) -> None:
        await db.exec_driver_sql("PRAGMA max_page_count = 1000000")
        await add(db, ["fits"])

    await database.write(room)
    assert look(NAMES) == [("fits",)]


async def test_a_database_held_by_another_is_busy_and_nothing_is_written(
    path: Path, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)
    database = await Database.open(path)
    group = database.group(add)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            await database.write(lambda db: add(db, ["one"]))
        outcomes = await asyncio.gather(
            *(group.put(name) for name in ("a", "b")), return_exceptions=True
        )
        assert [type(outcome) for outcome in outcomes] == [StorageBusy, StorageBusy]
    assert await group.put("a") == "A"
    assert look(NAMES) == [("a",)]
    await database.close()


async def test_an_error_never_carries_what_somebody_wrote(database: Database) -> None:
    await database.write(lambda db: add(db, ["my secret"]))
    with pytest.raises(IntegrityError) as caught:
        await database.write(lambda db: add(db, ["my secret"]))
    assert "secret" not in str(caught.value)


# --- groups -------------------------------------------------------------------------------------


async def test_in_a_group_only_the_bad_one_fails(database: Database, look: Look) -> None:
    group = database.group(add)
    await group.put("taken")
    names = ["a", "b", "taken", "c", "d"]
    outcomes = await asyncio.gather(*(group.put(name) for name in names), return_exceptions=True)
    assert [isinstance(outcome, IntegrityError) for outcome in outcomes] == [
        name == "taken" for name in names
    ]
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == ["A", "B", "C", "D"]
    assert look(NAMES) == [("a",), ("b",), ("c",), ("d",), ("taken",)]


async def test_many_items_go_in_few_transactions_in_order(database: Database) -> None:
    sizes = []

    async def apply(db: Connection, items: Sequence[str]) -> Sequence[str]:
        sizes.append(len(items))
        return await add(db, items)

    group = database.group(apply)
    names = [f"n{number:04}" for number in range(2_500)]
    assert await asyncio.gather(*(group.put(name) for name in names)) == [
        name.upper() for name in names
    ]
    assert sizes == [1_000, 1_000, 500]


async def test_who_waits_is_told_when_it_is_durable(database: Database, look: Look) -> None:
    group = database.group(add)

    async def put_and_look(name: str) -> bool:
        await group.put(name)
        return (name,) in look(NAMES)

    assert all(await asyncio.gather(*(put_and_look(f"n{number}") for number in range(20))))


async def test_questions_are_answered_in_few_readings_each_with_all_that_was_durable(
    database: Database,
) -> None:
    sizes = []

    async def apply(db: Connection, items: Sequence[str]) -> Sequence[bool]:
        sizes.append(len(items))
        there = {row[0] for row in await db.execute(select(counters.c.name))}
        return [item in there for item in items]

    group = database.reading(apply)

    async def write_and_ask(name: str) -> bool:
        await database.write(lambda db: add(db, [name]))
        return await group.put(name)

    assert all(await asyncio.gather(*(write_and_ask(f"n{number}") for number in range(5))))
    sizes.clear()
    assert not any(await asyncio.gather(*(group.put(f"no{number}") for number in range(500))))
    assert sizes == [500]


async def test_one_who_stops_waiting_keeps_nothing_from_the_others(
    database: Database, look: Look
) -> None:
    group = database.group(add)
    callers = [asyncio.create_task(group.put(name)) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    callers[1].cancel()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert outcomes[0] == "A"
    assert isinstance(outcomes[1], asyncio.CancelledError)
    assert outcomes[2] == "C"
    assert look(NAMES) == [("a",), ("b",), ("c",)]


async def test_draining_waits_for_all_that_was_put(database: Database, look: Look) -> None:
    group = database.group(add)
    callers = [asyncio.create_task(group.put(f"n{number:04}")) for number in range(1_500)]
    await asyncio.sleep(0)
    await group.drain()
    assert len(look(NAMES)) == 1_500
    await asyncio.gather(*callers)


async def test_closing_waits_for_what_was_put(path: Path, look: Look) -> None:
    database = await Database.open(path)
    group = database.group(add)
    callers = [asyncio.create_task(group.put(f"n{number:04}")) for number in range(1_500)]
    await asyncio.sleep(0)
    await database.close()
    written = len(look(NAMES))
    await asyncio.gather(*callers)
    await database.close()
    assert written == 1_500


async def test_a_wrong_count_of_results_is_an_error_and_keeps_nobody_waiting(
    database: Database,
) -> None:
    async def wrong(db: Connection, items: Sequence[str]) -> Sequence[str]:
        return []

    async with asyncio.timeout(30):
        with pytest.raises(RuntimeError, match="one result for each"):
            await database.group(wrong).put("one")


async def test_a_file_that_cannot_be_used_is_a_storage_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sqlite3"
    bad.write_bytes(b"nothing of use " * 300)
    with pytest.raises(StorageError):
        await Database.open(bad)


# --- several writers ----------------------------------------------------------------------------

COUNTING = """
import asyncio, sys
from pathlib import Path
from storage.database import Database
from tests.storage.test_database import count_up

async def main():
    database = await Database.open(Path(sys.argv[1]))
    for _ in range(40):
        await database.write(count_up)
    await database.close()

asyncio.run(main())
"""


async def count_up(db: Connection) -> None:
    """Read, think, write: loses a count wherever two do so at once."""
    asked = text("SELECT last FROM counters WHERE name = 'messages'")
    last = (await db.execute(asked)).scalar_one()
    await asyncio.sleep(0)
    await db.execute(update(counters).where(counters.c.name == "messages").values(last=last + 1))


async def test_two_databases_and_another_process_lose_no_write(path: Path, look: Look) -> None:
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COUNTING, str(path), cwd=ROOT
    )
    one, two = await Database.open(path), await Database.open(path)
    for _ in range(40):
        await asyncio.gather(one.write(count_up), two.write(count_up))
    assert await asyncio.wait_for(other.wait(), 60) == 0
    await one.close()
    await two.close()
    assert look("SELECT last FROM counters WHERE name = 'messages'") == [(120,)]


async def test_what_is_deleted_leaves_the_file_and_its_log(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def keep(db: Connection) -> None:
        await db.exec_driver_sql("INSERT INTO counters (name, last) VALUES ('Zwiebelturm', 1)")

    async def forget(db: Connection) -> None:
        await db.exec_driver_sql("DELETE FROM counters WHERE name = 'Zwiebelturm'")

    log = path.with_name(f"{path.name}-wal")
    await database.write(keep)
    assert b"Zwiebelturm" in _bytes(log)
    await database.write(forget)
    await database.checkpoint()
    assert b"Zwiebelturm" not in _bytes(path) + _bytes(log)
    await database.write(keep)  # and the writer goes on
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def _bytes(path: Path) -> bytes:
    return path.read_bytes()
