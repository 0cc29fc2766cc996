"""Statements that are said for every event. Each is compiled once, and where it may run at once
(see driver.py) it goes to the driver as it is: SQLAlchemy's own handling of a statement takes ten
times as long as SQLite does for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect, Executable, Insert
from sqlalchemy.exc import NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from storage.database import Connection
from storage.driver import at_once

Process = Callable[[Any], Any]
Row = Sequence[Any]


class Prepared:
    """A statement with a `bindparam` for each value that comes when it is run."""

    def __init__(self, statement: Any) -> None:
        self.statement: Executable = statement
        self._compiled: dict[Dialect, _Compiled] = {}

    async def rows(self, db: Connection, **values: object) -> Sequence[Row]:
        """Run it; all the rows that come of it."""
        connection = at_once(db)
        if connection is None:
            return (await db.execute(self.statement, values)).all()
        compiled = self._for(db.dialect)
        return compiled.read(connection.execute(compiled.sql, compiled.bound(values)).fetchall())

    async def one(self, db: Connection, **values: object) -> Row:
        """The first row that comes of it. Raises NoResultFound where none does."""
        for row in await self.rows(db, **values):
            return row
        raise NoResultFound("No row was found where there must be one.")

    def _for(self, dialect: Dialect) -> "_Compiled":
        if dialect not in self._compiled:
            self._compiled[dialect] = _Compiled.of(self.statement, dialect)
        return self._compiled[dialect]


class PreparedInsert:
    """An insert of rows that are as the driver takes them: instants are whole microseconds."""

    def __init__(self, statement: Insert) -> None:
        self.statement = statement
        self._sql: dict[Dialect, str] = {}

    async def add(self, db: Connection, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert the rows, each with the statement's columns in the order of the table."""
        if db.dialect not in self._sql:
            self._sql[db.dialect] = str(self.statement.compile(dialect=db.dialect))
        sql = self._sql[db.dialect]
        if (connection := at_once(db)) is not None:
            connection.executemany(sql, rows)
        else:
            await db.exec_driver_sql(sql, [*rows])


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`asked` is each value in its place: its name, what it is where none is given, and how the
    driver wants it. `told` is how the values of some columns are to be read."""

    sql: str
    asked: Sequence[tuple[str, Any, Process | None]]
    told: Sequence[tuple[int, Process]] = field(default=())

    @classmethod
    def of(cls, statement: Any, dialect: Dialect) -> "_Compiled":
        made: SQLCompiler = statement.compile(dialect=dialect)
        names = made.positiontup or ()
        asked = [
            (name, made.params[name], _to_driver(made.binds[name].type, dialect)) for name in names
        ]
        read = [_from_driver(column.type, dialect) for column in statement.exported_columns]
        return cls(str(made), asked, [(i, how) for i, how in enumerate(read) if how is not None])

    def bound(self, values: Mapping[str, object]) -> list[object]:
        bound = []
        for name, otherwise, process in self.asked:
            value = values.get(name, otherwise)
            bound.append(value if process is None else process(value))
        return bound

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        if not self.told:
            return rows
        return [self._read(row) for row in rows]

    def _read(self, row: Row) -> Row:
        values = list(row)
        for i, process in self.told:
            values[i] = process(values[i])
        return tuple(values)


def _to_driver(type_: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(type_: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return type_.dialect_impl(dialect).result_processor(dialect, None)
