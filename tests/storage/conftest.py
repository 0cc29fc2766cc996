"""A database file at the current version, and the database opened over it."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from tests.migrating import migrate

NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
Look = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "coalface.sqlite3"
    migrate(file, NOW)
    return file


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(path)
    yield opened
    await opened.close()


@pytest.fixture
def look(path: Path) -> Look:
    """What a stranger's connection sees in the file: only what is committed."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path, timeout=0)) as db:
            return db.execute(sql).fetchall()

    return query
