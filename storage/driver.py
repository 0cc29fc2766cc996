"""How SQLAlchemy's statements reach aiosqlite: each whole, with all its rows, in one trip to the
connection's thread (SQLAlchemy's own cursor makes four).

Where a transaction is told to be of small statements they make no trip at all: once it has begun
nothing waits, neither for a lock (in WAL mode) nor for the disk to have written, and a trip takes
longer than such a statement. Only the commit, and a lock that another process holds, are left to
the thread.
"""

import re
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.util import EMPTY_DICT, await_only

VALUES = 2_000
"""How many stand in one statement where many rows are inserted."""

_INSERT = re.compile(r"INSERT INTO [^?]+ VALUES (\(\?(?:, \?)*\))")

Run = Callable[[sqlite3.Connection], tuple[sqlite3.Cursor, Sequence[Any]]]


class WholeCursor(AsyncAdapt_aiosqlite_cursor):
    """Runs a statement and holds all its rows; SQLite's own cursor is then done with."""

    __slots__ = ()

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection: Any = adapt_connection
        self._cursor: Any = None
        self._rows: deque[Any] = deque()
        self._soft_closed_memoized = EMPTY_DICT

    def execute(self, operation: Any, parameters: Any = None) -> None:
        def run(connection: sqlite3.Connection) -> tuple[sqlite3.Cursor, Sequence[Any]]:
            cursor = connection.execute(operation, parameters or ())
            return cursor, cursor.fetchall()

        self._take(run)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._take(lambda connection: (_many(connection, operation, seq_of_parameters), ()))

    def _take(self, run: Run) -> None:
        self._cursor, rows = self._adapt_connection.perform(run)
        self._rows = deque(rows)

    def close(self) -> None:
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        """Nothing is open any more."""


class DriverConnection(AsyncAdapt_aiosqlite_connection):
    """`small`: the transaction that begins, or is under way, is of small statements."""

    __slots__ = ("_raw", "small")
    _cursor_cls = WholeCursor

    def __init__(self, dbapi: "Driver", connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._raw: sqlite3.Connection = connection._conn  # noqa: SLF001 - as SQLAlchemy's own does
        self.small = False

    @property
    def at_once(self) -> sqlite3.Connection | None:
        """The connection itself, while its statements need no trip."""
        return self._raw if self.small and self._raw.in_transaction else None

    def begin(self, how: str) -> None:
        """`how` is BEGIN IMMEDIATE where it is to be a writer's. If whoever waits for it goes away,
        nothing is left begun."""
        if self.small and _begun(self._raw, how):
            return
        try:
            self.cursor().execute(how)
        except BaseException:
            self.rollback()
            raise

    def perform(self, run: Run) -> tuple[sqlite3.Cursor, Sequence[Any]]:
        try:
            return await_only(self._performed(run))
        except Exception as problem:
            self._handle_exception(problem)

    async def _performed(self, run: Run) -> tuple[sqlite3.Cursor, Sequence[Any]]:
        if (here := self.at_once) is not None:
            return run(here)
        trip = self._connection._execute(run, self._raw)  # noqa: SLF001 - as above
        return await trip  # type: ignore[no-any-return]


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """What `create_async_engine` takes for the aiosqlite module."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *args: Any, **how: Any) -> DriverConnection:
        return DriverConnection(self, super().connect(*args, **how).driver_connection)


def expect(db: AsyncConnection, *, small: bool) -> None:
    """Say of what statements the next transaction is, before it begins."""
    open_: Any = db.sync_connection
    open_.connection.dbapi_connection.small = small


def at_once(db: AsyncConnection) -> sqlite3.Connection | None:
    """The driver's connection, while it runs small statements where they are said."""
    open_: Any = db.sync_connection
    connection = open_.connection.dbapi_connection
    return connection.at_once if isinstance(connection, DriverConnection) else None


def _many(connection: sqlite3.Connection, sql: str, rows: Sequence[Any]) -> sqlite3.Cursor:
    """Run a statement for each row. Where many are inserted, many stand in one statement, which
    takes less than a statement for each."""
    together, insert = _together(sql)
    alone = len(rows) % together if insert else len(rows)
    cursor = connection.executemany(sql, rows[:alone])
    for first in range(alone, len(rows), together):
        values = chain.from_iterable(rows[first : first + together])
        cursor = connection.execute(insert, tuple(values))
    return cursor


@lru_cache(maxsize=100)
def _together(sql: str) -> tuple[int, str]:
    """Of how many rows a statement is to be, and that statement; "" where it inserts none as they
    are given."""
    found = _INSERT.fullmatch(sql)
    if found is None:
        return 1, ""
    count = max(1, VALUES // found[1].count("?"))
    return count, sql + f", {found[1]}" * (count - 1)


def _begun(connection: sqlite3.Connection, how: str) -> bool:
    """Whether the lock was free; who waits for it does so in the connection's thread."""
    ((patience,),) = connection.execute("PRAGMA busy_timeout")
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute(how)
    except sqlite3.OperationalError:
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
    return True
