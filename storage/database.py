"""One `Database`, opened once: many readers, one writer.

The writer runs one transaction at a time (BEGIN IMMEDIATE), commits durably (synchronous=FULL)
and is never left half-way by a caller that goes away.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.driver import Driver, expect
from storage.errors import NotADatabase, StorageBusy, StorageError, StorageFull
from storage.snapshot import Snapshot

Connection = AsyncConnection
T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

BUSY_SECONDS = 5
_PATIENCE = f"busy_timeout={BUSY_SECONDS * 1_000}"
GROUP_LIMIT = 1_000
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


class Database:
    """The course database at `path`; make one with `open`, end it with `close`."""

    def __init__(
        self, path: Path, readers: AsyncEngine, writer: AsyncEngine, aside: Engine
    ) -> None:
        self.path = path
        self._aside = aside
        self._readers = readers
        self._writer = writer
        self._writing: Connection | None = None  # kept: to take it anew costs as much as a write
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Future[Any]] = set()
        self._closed = False
        self._groups: list[Group[Any, Any]] = []
        self._together: Group[Callable[[Connection], Awaitable[Any]], Any] = self.group(_each)

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Open a database that is at the current version (see maintenance.upgrade).

        Raises StorageError when the file can't be used.
        """
        database = cls(
            path,
            _engine(path, "BEGIN", *PRAGMAS, "query_only=ON"),
            _engine(path, "BEGIN IMMEDIATE", *PRAGMAS, size=1),
            _aside(path),
        )
        async with database.read() as connection:
            await connection.exec_driver_sql("SELECT count(*) FROM alembic_version")
        return database

    async def close(self) -> None:
        """Wait for what was put, or is being written or read, then let go of the file.

        What is asked from then on is refused with a StorageError.
        """
        for group in self._groups:
            await group.drain()
        self._closed = True
        while self._under_way:
            await asyncio.wait(self._under_way)
        if self._writing is not None:
            await self._writing.close()
        await self._readers.dispose()
        await self._writer.dispose()
        self._aside.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection that sees one moment of the database and writes nothing."""
        self._refuse_closed()
        reading = asyncio.get_running_loop().create_future()
        self._under_way.add(reading)
        try:
            with translated():
                connection = await self._connected()
                try:
                    yield connection
                finally:
                    await asyncio.shield(self._begun(connection.close()))
        finally:
            self._under_way.discard(reading)
            reading.cancel()  # wakes `close`, if it waits

    async def _connected(self) -> Connection:
        """A reader; if the caller goes away while it is being made, it is closed and not lost."""
        connection = self._readers.connect()
        starting = self._begun(connection.start())
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(lambda _: self._begun(connection.close()))
            raise
        return connection

    def _begun(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """A task of its own that is seen through, also when whoever waits for it goes away."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `work` in one transaction of its own; its result is durable when this returns.

        What `work` raises undoes the whole transaction. If the caller is cancelled, the
        transaction still ends whole, one way or the other. Raises StorageError (StorageBusy,
        StorageFull) when the database refuses.
        """
        self._refuse_closed()
        return await asyncio.shield(self._begun(self._transact(work, False)))

    async def write_together(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """As `write`, in one transaction with what others ask for meanwhile. For work of small
        statements that does nothing else: where one of them fails, all are done again, each
        alone."""
        result: T = await self._together.put(work)
        return result

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StorageError("The database is closed.")

    async def _write_small(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """For a group, whose statements are small and which no caller can end."""
        self._refuse_closed()
        return await self._transact(work, True)

    async def _transact(self, work: Callable[[Connection], Awaitable[T]], small: bool) -> T:
        async with self._turn:
            with translated():
                connection = await self._writers()
                expect(connection, small=small)
                async with connection.begin():
                    return await work(connection)

    async def apart(self, work: Callable[[Snapshot], T]) -> T:
        """Run `work` on a thread of its own over one moment of the database: for what goes through
        a whole course and must not hold up the rest. It is seen through, also when the caller goes
        away. Raises StorageError when the file can't be read.
        """
        self._refuse_closed()
        return await asyncio.shield(self._begun(asyncio.to_thread(self._look_apart, work)))

    def _look_apart(self, work: Callable[[Snapshot], T]) -> T:
        with translated(), self._aside.begin() as connection:
            return work(Snapshot(connection))

    async def _writers(self) -> Connection:
        if self._writing is not None and self._writing.invalidated:
            await self._writing.close()
            self._writing = None
        if self._writing is None:
            self._writing = await self._writer.connect()
        return self._writing

    async def checkpoint(self) -> None:
        """Bring the log (-wal) into the file and empty it: what was deleted is then in neither.

        What somebody still reads is left for the next time, so that nobody waits to write.
        """
        async with self._turn:
            # Said to the driver, outside any transaction: SQLAlchemy would begin one.
            connection = await (await self._writers()).get_raw_connection()
            driver: Any = connection.driver_connection
            for pragma in ("busy_timeout=0", "wal_checkpoint(TRUNCATE)", _PATIENCE):
                await (await driver.execute(f"PRAGMA {pragma}")).close()

    def group(
        self, apply: Callable[[Connection, Sequence[Item]], Awaitable[Sequence[Result]]]
    ) -> "Group[Item, Result]":
        """A way to write many small facts in few transactions: see `Group`. Each statement of
        `apply` is small: it runs where it is said, see driver.py."""
        return self._grouped(self._write_small, apply)

    def reading(
        self, apply: Callable[[Connection, Sequence[Item]], Awaitable[Sequence[Result]]]
    ) -> "Group[Item, Result]":
        """A way to answer many small questions in few readings: see `Group`, and `group`. Whoever
        asks sees all that was durable by then."""
        return self._grouped(self._look, apply)

    async def _look(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self.read() as connection:
            expect(connection, small=True)
            try:
                await connection.begin()
                return await work(connection)
            finally:
                expect(connection, small=False)

    def _grouped(
        self,
        transact: Callable[[Callable[[Connection], Awaitable[Any]]], Awaitable[Any]],
        apply: Callable[[Connection, Sequence[Item]], Awaitable[Sequence[Result]]],
    ) -> "Group[Item, Result]":
        group = Group(self._begun, transact, apply)
        self._groups.append(group)
        return group


async def _each(
    db: Connection, works: Sequence[Callable[[Connection], Awaitable[Any]]]
) -> Sequence[Any]:
    return [await work(db) for work in works]


class Group(Generic[Item, Result]):
    """Gathers what is put while the last items are written (or read for), and writes it together.

    `apply` writes a sequence of items in one transaction and returns one result for each, in
    order. When it fails, the items are tried one by one, and only the bad ones fail.
    """

    def __init__(
        self,
        begun: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"],
        transact: Callable[[Callable[[Connection], Awaitable[Any]]], Awaitable[Any]],
        apply: Callable[[Connection, Sequence[Item]], Awaitable[Sequence[Result]]],
    ) -> None:
        self._begun = begun
        self._transact = transact
        self._apply = apply
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._flushing: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> Result:
        """Write `item`; returns its result once it is durable, or raises what writing it raised."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._flushing is None:
            self._flushing = self._begun(self._flush())
        return await future

    async def drain(self) -> None:
        """Wait until everything put so far is written or has failed."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing])

    async def _flush(self) -> None:
        try:
            while self._waiting:
                count = min(len(self._waiting), GROUP_LIMIT)
                batch = [self._waiting.popleft() for _ in range(count)]
                try:
                    results = await self._write([item for item, _ in batch])
                    if len(results) != len(batch):
                        raise RuntimeError("There must be one result for each item.")
                except Exception as problem:
                    await self._one_by_one(batch, problem)
                else:
                    for (_, future), result in zip(batch, results, strict=True):
                        if not future.done():
                            future.set_result(result)
        finally:
            self._flushing = None

    async def _write(self, items: Sequence[Item]) -> Sequence[Result]:
        results: Sequence[Result] = await self._transact(
            lambda connection: self._apply(connection, items)
        )
        return results

    async def _one_by_one(
        self, batch: Sequence[tuple[Item, asyncio.Future[Result]]], problem: Exception
    ) -> None:
        alone = len(batch) == 1 or isinstance(problem, StorageError)
        for item, future in batch:
            failure: Exception | None = problem if alone else None
            if failure is None:
                try:
                    (result,) = await self._write([item])
                except Exception as own:
                    failure = own
                else:
                    if not future.done():
                        future.set_result(result)
            if failure is not None and not future.done():
                future.set_exception(failure)


def _engine(path: Path, begin: str, *pragmas: str, size: int = 5) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        module=Driver(),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # an error message must never carry what a student wrote
        pool_size=size,
        max_overflow=0,
    )

    _prepare(engine.sync_engine, *pragmas)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: SyncConnection) -> None:
        driver: Any = connection.connection.dbapi_connection
        driver.begin(begin)

    return engine


def _aside(path: Path) -> Engine:
    """For snapshots: a connection each, opened to read only."""
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
        poolclass=NullPool,
    )
    _prepare(engine, "query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: SyncConnection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _prepare(engine: Engine, *pragmas: str) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver would start transactions by its own rules
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@contextmanager
def translated() -> Iterator[None]:
    """Turns the driver's refusals into ours."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as problem:
        words = str(problem.orig if isinstance(problem, DBAPIError) else problem)
        if "locked" in words or "busy" in words:
            raise StorageBusy(words) from problem
        if "full" in words or "readonly" in words or "disk I/O" in words:
            raise StorageFull(words) from problem
        if "not a database" in words or "malformed" in words or "no such table" in words:
            raise NotADatabase(
                f"It is not a Coalface database, or is damaged: {words}"
            ) from problem
        raise
