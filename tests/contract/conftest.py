"""Each script runs once on every platform there is: add a platform's driver to DRIVERS."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.browser import browser
from tests.contract.conversation import Conversation

DRIVERS = {"browser": browser}


@pytest.fixture(params=sorted(DRIVERS))
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def c(driver: str, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A conversation on one platform, before anybody has come."""
    async with DRIVERS[driver](tmp_path) as conversation:
        yield conversation
