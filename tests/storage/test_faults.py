"""Faults of the disk and of the process: whatever was said to be kept is there, nothing is half
there, and what could not be kept was said so. The writers are processes of their own."""

import asyncio
import random
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from storage import maintenance
from storage.database import Connection, Database
from storage.errors import StorageFull
from tests.programs import ROOT
from tests.storage.conftest import NOW, Look

COPIES = 8
SEED = 1935


async def keep(db: Connection, name: str) -> None:
    """Two rows, in one transaction."""
    for half in ("a", "b"):
        await db.exec_driver_sql("INSERT INTO counters (name, last) VALUES (?, 1)", (name + half,))


async def write_for_ever(path: Path) -> None:
    """Say of each name when it is durable; now and then the log goes into the file."""
    database, number = await Database.open(path), 0
    while True:
        number += 1
        name = f"{number:06}"
        await database.write(lambda db, name=name: keep(db, name))  # type: ignore[misc]
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
        if number % 40 == 0:
            await database.checkpoint()


class Writer:
    """Another process that writes; `said` are the names it has said to be durable."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: list[str] = []

    async def listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.said.append(line.decode().strip())

    async def go_on_for(self, more: int) -> None:
        enough = len(self.said) + more
        while len(self.said) < enough:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.002)

    def copied(self, path: Path, to: Path) -> list[str]:
        """The database's files as they are at one instant, as a loss of power would leave them;
        what had been said until then."""
        self._process.send_signal(signal.SIGSTOP)
        said = list(self.said)
        to.mkdir()
        for file in path.parent.glob(f"{path.name}*"):
            shutil.copy(file, to / file.name)
        self._process.send_signal(signal.SIGCONT)
        return said


@asynccontextmanager
async def writing(path: Path) -> AsyncIterator[Writer]:
    code = (
        "import asyncio, sys; from pathlib import Path;"
        " from tests.storage.test_faults import write_for_ever;"
        " asyncio.run(write_for_ever(Path(sys.argv[1])))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    writer = Writer(process)
    listening = asyncio.create_task(writer.listen())
    try:
        async with asyncio.timeout(60):
            yield writer
    finally:
        process.kill()
        await process.wait()
        await listening


def written(many: int) -> list[str]:
    """The first names that were written."""
    return [f"{number:06}" for number in range(1, many + 1)]


def names(path: Path) -> list[str]:
    """What is whole in a copy, opened as the program opens it; fails where anything is half."""
    assert maintenance.check(path).problems == ()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = db.execute("SELECT name FROM counters WHERE name GLOB '[0-9]*' ORDER BY name")
        rows = [name for (name,) in found]
    whole = sorted({name[:-1] for name in rows})
    assert rows == [name + half for name in whole for half in ("a", "b")]
    return whole


async def test_a_copy_of_any_instant_holds_all_that_was_said_to_be_kept(
    path: Path, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    async with writing(path) as writer:
        for number in range(COPIES):
            await writer.go_on_for(chance.randint(1, 60))
            await asyncio.sleep(chance.uniform(0, 0.01))
            copy = tmp_path / f"copy-{number}"
            said = writer.copied(path, copy)
            there = names(copy / path.name)
            assert there[: len(said)] == said
            assert there == written(len(there)), "and what came after, in order"


async def test_a_log_torn_anywhere_leaves_what_is_before_the_tear(
    path: Path, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    async with writing(path) as writer:
        await writer.go_on_for(30)
        whole = tmp_path / "whole"
        writer.copied(path, whole)
    log = whole / f"{path.name}-wal"
    content, lengths = log.read_bytes(), []
    for number in range(COPIES):
        torn = tmp_path / f"torn-{number}"
        torn.mkdir()
        shutil.copy(whole / path.name, torn / path.name)
        length = chance.randrange(len(content))
        (torn / log.name).write_bytes(content[:length] + chance.randbytes(100))
        there = names(torn / path.name)
        assert there == written(len(there))
        lengths.append((length, len(there)))
    kept = [many for _, many in sorted(lengths)]
    assert kept == sorted(kept), "the later the tear, the more is there"
    assert kept[0] < kept[-1]


# --- no room left -------------------------------------------------------------------------------


@pytest.fixture
def no_more_room(path: Path) -> Callable[[bool], None]:
    """No file of this process can become larger than the log is now; or it can again."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(full: bool) -> None:
        size = path.with_name(f"{path.name}-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size if full else before, hard))

    return limit


async def test_on_a_full_disk_each_is_told_and_nothing_is_half_kept(
    database: Database, look: Look, no_more_room: Callable[[bool], None]
) -> None:
    async def apply(db: Connection, items: Sequence[str]) -> Sequence[str]:
        for item in items:
            await keep(db, item)
        return items

    group = database.group(apply)
    await group.put("before")
    no_more_room(True)
    try:
        outcomes = await asyncio.gather(
            *(group.put(f"full-{number}") for number in range(5)),
            database.write(lambda db: keep(db, "alone")),
            return_exceptions=True,
        )
        async with database.read() as db:
            seen = await db.exec_driver_sql("SELECT count(*) FROM counters WHERE name = 'beforea'")
            assert seen.scalar_one() == 1, "what was kept can be read"
    finally:
        no_more_room(False)
    assert {type(outcome) for outcome in outcomes} == {StorageFull}
    assert look("SELECT name FROM counters WHERE name <> 'messages'") == [
        ("beforea",),
        ("beforeb",),
    ]
    assert await group.put("after") == "after"
    assert look("PRAGMA integrity_check") == [("ok",)]
    assert ("afterb",) in look("SELECT name FROM counters")


async def test_an_upgrade_on_a_full_disk_is_refused_and_changes_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "coalface.sqlite3"
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        with pytest.raises(StorageFull, match=r"coalface.sqlite3 can't be written .* be full"):
            maintenance.upgrade(path, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))
    maintenance.upgrade(path, NOW)
    assert maintenance.check(path).problems == ()
