"""Making, upgrading, checking, copying and putting back the database file.

These run before the database is opened, or beside it (a backup); they are synchronous and take
the driver's own backup call, so that a copy is whole even while the bot writes.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError

from storage.database import PRAGMAS
from storage.errors import NotADatabase, StorageNewer

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
KEPT_BACKUPS = 10
"""How many automatic backups are kept beside the database."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found: `problems` is empty when all is well; counts are rows by table."""

    revision: str | None
    newest: str
    problems: tuple[str, ...]
    counts: dict[str, int]


def upgrade(path: Path, now: datetime) -> Path | None:
    """Bring the database to the current version, making it if need be.

    Returns the backup that was made before an existing one was changed, or None. Raises
    StorageNewer for a database of a newer version, NotADatabase for a file that is none.
    """
    from alembic import command

    path.parent.mkdir(parents=True, exist_ok=True)
    existed = path.exists() and path.stat().st_size > 0
    before = revision(path) if existed else None
    if before == newest():
        return None
    if before is not None and before not in _known():
        raise StorageNewer(
            f"The database {path} was made by a newer version of Coalface (its revision"
            f" {before} is not known here); install that version or a newer one."
        )
    saved = backup(path, _automatic(path, now)) if existed else None
    with closing_engine(path) as engine, engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return saved


def revision(path: Path) -> str | None:
    """The version the database is at; None for an empty one. Raises NotADatabase."""
    from alembic.runtime.migration import MigrationContext

    try:
        with closing_engine(path) as engine, engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as problem:
        raise NotADatabase(f"{path} is not a Coalface database, or is damaged.") from problem


def newest() -> str:
    """The version that this release of Coalface works with."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if head is None:
        raise RuntimeError("The migrations are missing from this installation.")
    return head


def backup(path: Path, to: Path) -> Path:
    """Copy the database, whole, also while it is in use. Raises FileExistsError, NotADatabase."""
    if to.exists():
        raise FileExistsError(f"{to} exists already; choose another name.")
    if not path.exists():
        raise NotADatabase(f"There is no database at {path}.")
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
    except sqlite3.DatabaseError as problem:
        to.unlink(missing_ok=True)
        raise NotADatabase(f"{path} is not a Coalface database, or is damaged.") from problem
    return to


def restore(path: Path, source: Path, now: datetime) -> Path | None:
    """Put a backup in the database's place; returns where the present one was kept, if any.

    The bot must not be running. Raises NotADatabase when the backup is none, and then changes
    nothing.
    """
    found = check(source)
    if found.problems or found.revision is None:
        raise NotADatabase(f"{source} is not a whole Coalface database; nothing was changed.")
    saved = backup(path, _automatic(path, now)) if path.exists() else None
    for leftover in (path, *_companions(path)):
        leftover.unlink(missing_ok=True)
    backup(source, path)
    return saved


def set_aside(path: Path, now: datetime) -> Path | None:
    """Move the database away, so that the next start makes a new one; returns where to."""
    if not path.exists():
        return None
    kept = backup(path, _automatic(path, now))
    for leftover in (path, *_companions(path)):
        leftover.unlink(missing_ok=True)
    return kept


def check(path: Path) -> Health:
    """Look the database over; changes nothing. Raises NotADatabase when there is none."""
    if not path.exists():
        raise NotADatabase(f"There is no database at {path}.")
    at = revision(path)
    problems: list[str] = []
    counts: dict[str, int] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        problems += [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        problems += [
            f"{table} row {row} refers to a row of {other} that is not there"
            for table, row, other, _ in db.execute("PRAGMA foreign_key_check")
        ]
        names = [
            row[0]
            for row in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        for name in names:
            counts[name] = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names come from the file itself, quoted
    if at is None:
        problems.append("it has no revision: it is not a Coalface database")
    elif at != newest():
        problems.append(f"it is at revision {at}, and this version needs {newest()}")
    return Health(at, newest(), tuple(problems), counts)


@contextmanager
def closing_engine(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    try:
        with engine.connect() as connection:
            _prepare(connection)
        yield engine
    finally:
        engine.dispose()


def _prepare(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA {PRAGMAS[0]}")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _automatic(path: Path, now: datetime) -> Path:
    """Where an automatic backup goes; the oldest of them make room."""
    folder = path.parent / "backups"
    old = sorted(folder.glob(f"{path.stem}-*.sqlite3")) if folder.exists() else []
    for surplus in old[: max(0, len(old) - KEPT_BACKUPS + 1)]:
        surplus.unlink()
    return folder / f"{path.stem}-{now:%Y%m%d-%H%M%S-%f}.sqlite3"


def _companions(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
