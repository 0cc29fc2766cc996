"""One moment of the database, read on a thread of its own: for what goes through a whole course.

It sees what was durable when it began, and writes nothing. Where a row an event is too slow, `rows`
gives them as the driver does: instants are whole microseconds (see instants.py).
"""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar, cast

from sqlalchemy import Executable
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class Snapshot:
    """Belongs to the thread it was handed to; see `Database.apart`."""

    def __init__(self, connection: SyncConnection) -> None:
        self._connection = connection

    def read(self, query: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
        """What one of storage's queries answers, as of this moment."""
        work = query(cast("AsyncConnection", _AtOnce(self._connection)))
        try:
            work.send(None)
        except StopIteration as ended:
            return cast("T", ended.value)
        work.close()
        raise RuntimeError("A query over a snapshot waits for nothing but the database.")

    def rows(self, statement: Executable, values: Mapping[str, object]) -> list[Any]:
        """All rows of a statement, as plain tuples."""
        cursor: Any = self._connection.execute(statement, values).cursor
        found: list[Any] = cursor.fetchall()
        return found

    def each(self, statement: Executable, values: Mapping[str, object]) -> Iterator[Any]:
        """One row after another, where all of them would be many."""
        cursor: Any = self._connection.execute(statement, values).cursor
        yield from cursor


class _AtOnce:
    """Looks like a connection that is awaited, and has answered when it is."""

    def __init__(self, connection: SyncConnection) -> None:
        self.sync_connection = connection

    async def execute(self, statement: Executable, values: Any = None) -> Any:
        return self.sync_connection.execute(statement, values)
