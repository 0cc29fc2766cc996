"""Each script runs once on every platform there is: add a platform's driver to DRIVERS."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.chromium import needs_chromium
from tests.contract.browser import browser
from tests.contract.chromium import in_chromium
from tests.contract.conversation import Conversation
from tests.contract.discord import on_discord
from tests.contract.slack import by_socket, over_http

Driver = Callable[..., AbstractAsyncContextManager[Conversation]]

DRIVERS: dict[str, Driver] = {
    "browser": browser,
    "discord": on_discord,
    "slack-http": over_http,
    "slack-socket": by_socket,
}
SLOW = {"chromium": in_chromium}

in_chromium_too = pytest.mark.parametrize(
    "driver", [*sorted(DRIVERS), pytest.param("chromium", marks=needs_chromium)], indirect=True
)
"""For a script that also runs through a real browser and a server of its own."""


@pytest.fixture(params=sorted(DRIVERS))
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def c(driver: str, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A conversation on one platform, before anybody has come."""
    if driver in SLOW:
        async with SLOW[driver](tmp_path) as slow:
            yield slow
    else:
        async with DRIVERS[driver](tmp_path) as conversation:
            yield conversation
