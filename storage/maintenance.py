"""Making, upgrading, checking, copying and putting back the database file.

These run before the database is opened, or beside it (a backup); they are synchronous and take
the driver's own backup call, so that a copy is whole even while the bot writes.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection

from storage.database import BUSY_SECONDS, PRAGMAS, translated
from storage.errors import NotADatabase, StorageBusy, StorageError, StorageFull, StorageNewer

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
KEPT_BACKUPS = 10
"""How many automatic backups are kept beside the database."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found: `problems` is empty when all is well; counts are rows by table.

    `damaged`: the file is not whole. A whole one may still be of another version.
    """

    revision: str | None
    newest: str
    problems: tuple[str, ...]
    counts: dict[str, int]
    damaged: bool = False


def upgrade(path: Path, now: datetime) -> Path | None:
    """Bring the database to the current version, making it if need be: all of it or nothing.

    Returns the backup that was made before an existing one was changed, or None. Raises
    StorageNewer for a database of a newer version, NotADatabase for a file that is none, and
    StorageBusy or StorageFull where it can't be written.
    """
    from alembic import command

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # what students write is in it
    existed = path.exists() and path.stat().st_size > 0
    before = revision(path) if existed else None
    if before == newest():
        return None
    if before is not None and before not in _known():
        raise StorageNewer(
            f"The database {path} was made by a newer version of Coalface (its revision"
            f" {before} is not known here); install that version or a newer one."
        )
    if existed and before is None and _tables(path):
        raise NotADatabase(f"{path} is not a Coalface database; nothing was changed.")
    saved = backup(path, _automatic(path, now)) if existed else None
    with _writing(path) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return saved


def revision(path: Path) -> str | None:
    """The version the database is at; None for one that has none. Raises NotADatabase."""
    with _reading(path) as db:
        if "alembic_version" not in _names(db):
            return None
        row = db.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


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
    part = to.with_name(f"{to.name}.part")  # a copy that was cut short never has the good name
    try:
        with _reading(path) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, also where it is only read
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return to


def restore(path: Path, source: Path, now: datetime) -> Path | None:
    """Put a backup in the database's place; returns where the present one was kept, if any.

    The present one may be damaged: that is what backups are for. Raises NotADatabase when the
    backup is not whole and StorageBusy while the bot is running, and then changes nothing.
    """
    found = check(source)
    if found.damaged or found.revision is None:
        raise NotADatabase(f"{source} is not a whole Coalface database; nothing was changed.")
    if found.revision not in _known():
        raise StorageNewer(
            f"The backup {source} was made by a newer version of Coalface; nothing was changed."
        )
    ready = path.with_name(f"{path.name}.restoring")
    ready.unlink(missing_ok=True)
    backup(source, ready)
    try:
        saved = set_aside(path, now)
        ready.replace(path)
    finally:
        ready.unlink(missing_ok=True)
    return saved


def set_aside(path: Path, now: datetime) -> Path | None:
    """Move the database to the backups, whole or damaged; returns where to, if there was one.

    Raises StorageBusy while the bot is running, and then changes nothing.
    """
    if not path.exists():
        return None
    _fold(path)
    kept = _automatic(path, now)
    kept.parent.mkdir(parents=True, exist_ok=True)
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(kept.with_name(kept.name + ending))
    return kept


def check(path: Path) -> Health:
    """Look the database over; changes nothing. Raises NotADatabase when there is none."""
    if not path.exists():
        raise NotADatabase(f"There is no database at {path}.")
    at = revision(path)
    problems: list[str] = []
    counts: dict[str, int] = {}
    with _reading(path) as db:
        try:
            problems += [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            problems += [
                f"{table} row {row} refers to a row of {other} that is not there"
                for table, row, other, _ in db.execute("PRAGMA foreign_key_check")
            ]
            for name in _names(db):
                counts[name] = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names come from the file itself, quoted
        except sqlite3.DatabaseError as problem:
            problems.append(f"it can't be read to its end: {problem}")
    damaged = bool(problems)
    if at is None:
        problems.append("it has no revision: it is not a Coalface database")
    elif at != newest():
        problems.append(f"it is at revision {at}, and this version needs {newest()}")
    return Health(at, newest(), tuple(problems), counts, damaged)


def require_newest(path: Path) -> None:
    """See that a database can be read by this version, at a glance. Raises StorageError."""
    if not path.exists():
        raise NotADatabase(f"There is no database at {path}.")
    at, needed = revision(path), _last_revision()
    if at is None:
        raise NotADatabase(f"{path} has no revision: it is not a Coalface database.")
    if at != needed:
        raise StorageError(
            f"The database can't be used: it is at revision {at}, and this version needs"
            f" {needed}; see coalface db upgrade."
        )


def _last_revision() -> str:
    """What `newest` says, by the numbers of the files: Alembic is slow to load."""
    return max(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The file opened to be read only; a file that is no database is NotADatabase."""
    try:
        with closing(sqlite3.connect(_uri(path), uri=True, timeout=BUSY_SECONDS)) as db:
            db.execute("SELECT count(*) FROM sqlite_master")
            yield db
    except sqlite3.DatabaseError as problem:
        if _is_lock(problem):
            raise StorageBusy(f"{path} is held by another program.") from problem
        if isinstance(problem, sqlite3.OperationalError):  # no rights, a full disk
            raise StorageError(f"{path}: {problem}.") from problem
        raise NotADatabase(f"{path} is not a Coalface database, or is damaged.") from problem


@contextmanager
def _writing(path: Path) -> Iterator[Connection]:
    """One transaction on the file, in which tables are made and changed too."""
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver would commit before each CREATE TABLE
        connection.execute(f"PRAGMA {PRAGMAS[0]}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with translated(), engine.begin() as connection:
            yield connection
    except StorageBusy as problem:
        raise StorageBusy(f"{path} is held by another program.") from problem
    except StorageFull as problem:
        raise StorageFull(
            f"{path} can't be written ({problem}); the disk may be full. Nothing was changed."
        ) from problem
    finally:
        engine.dispose()


def _fold(path: Path) -> None:
    """Fold the write-ahead log into the file, which only works while nobody else has it open."""
    try:
        with closing(sqlite3.connect(path, timeout=0)) as db:
            db.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as problem:
        if _is_lock(problem):
            raise StorageBusy(f"{path} is in use; stop the bot first.") from problem
        # Otherwise it is damaged, and is moved as it lies.


def _is_lock(problem: sqlite3.Error) -> bool:
    return "locked" in str(problem) or "busy" in str(problem)


def _uri(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"


def _names(db: sqlite3.Connection) -> list[str]:
    return [
        row[0]
        for row in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]


def _tables(path: Path) -> list[str]:
    with _reading(path) as db:
        return _names(db)


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _known() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _automatic(path: Path, now: datetime) -> Path:
    """Where an automatic backup goes; the oldest of them make room, and nobody else's files."""
    folder = path.parent / "backups"
    ours = re.compile(rf"{re.escape(path.stem)}-\d{{8}}-\d{{6}}-\d{{6}}\.sqlite3")
    old = sorted(f for f in folder.iterdir() if ours.fullmatch(f.name)) if folder.exists() else []
    for surplus in old[: max(0, len(old) - KEPT_BACKUPS + 1)]:
        for ending in ("", "-wal", "-shm"):
            surplus.with_name(surplus.name + ending).unlink(missing_ok=True)
    return folder / f"{path.stem}-{now:%Y%m%d-%H%M%S-%f}.sqlite3"
