"""A database at the current version, for tests that are about something else: made once in each
process, and copied. Upgrading itself is tested in tests/storage, and where the program does it."""

import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from storage import maintenance


def migrate(path: Path, now: datetime) -> None:
    """As maintenance.upgrade, which what is there already is left to."""
    if path.exists():
        if maintenance.revision(path) != _newest():
            maintenance.upgrade(path, now)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(_new())


@cache
def _newest() -> str:
    return maintenance.newest()


@cache
def _new() -> bytes:
    """The file as it is after every migration; nothing in it depends on the time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.sqlite3"
        maintenance.upgrade(path, datetime(2026, 9, 1, tzinfo=UTC))
        return path.read_bytes()
