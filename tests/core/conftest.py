"""A world for each test of the core, over a copy of one migrated database."""

import shutil
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.config import load
from bot.core import services
from prompts import loader
from storage import maintenance
from tests.world import START, World, a_world


@pytest.fixture(scope="session", autouse=True)
def _packs_are_read_once() -> Iterator[None]:
    """What a pack holds is tested in tests/prompts; here it is only in the way of speed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "load", cache(loader.load))
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the current version, to be copied and not opened."""
    path = load(tmp_path_factory.mktemp("migrated")).database
    maintenance.upgrade(path, START)
    return path


@pytest.fixture
async def world(tmp_path: Path, migrated: Path) -> AsyncIterator[World]:
    """An application over an empty database; nobody is there yet."""
    made = a_world(tmp_path)
    shutil.copy(migrated, made.settings.database)
    async with made.opened() as opened:
        yield opened
