"""A migrated database for those tests of the core that copy it themselves."""

from pathlib import Path

import pytest

from bot.config import load
from tests.migrating import migrate
from tests.world import START


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the current version, to be copied and not opened."""
    path = load(tmp_path_factory.mktemp("migrated")).database
    migrate(path, START)
    return path
