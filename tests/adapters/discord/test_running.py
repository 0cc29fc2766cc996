"""`coalface run --discord` as the composition root runs it, and what the log says of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import logs
from bot.adapters.discord import adapter
from bot.app import run
from bot.config import Settings, load
from bot.core.errors import CannotConnect
from tests.fakes.discord_wire import TOKEN, Fail, TickingClock, Wire
from tests.migrating import migrate


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire:
        wire.world.add_guild("History", wire.world.add_user("Ada"))
        yield wire


def a_bot(folder: Path, token: str = TOKEN) -> Settings:
    settings = load(folder, discord_token=SecretStr(token))
    migrate(settings.database, TickingClock().now())
    return settings


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[None]:
    task = asyncio.create_task(
        run(settings, sample=False, announce=lambda *_: None, classroom=False, discord=True)
    )
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("It did not come to pass.")


async def test_it_connects_with_the_intents_that_are_enabled(wire: Wire, tmp_path: Path) -> None:
    wire.application.content_enabled = False
    async with running(a_bot(tmp_path)):
        await until(lambda: len(wire.gateway.identified) == 1)
    assert wire.asked("PUT", "/commands")


async def test_a_discord_that_fails_is_tried_again_and_the_log_holds_no_token(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "FIRST_WAIT", 0.01)
    wire.faults.next("GET", "/users/@me", Fail(503))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.start(tmp_path, "debug")
    try:
        async with running(a_bot(tmp_path)):
            await until(lambda: len(wire.gateway.identified) == 1)
    finally:
        root.handlers[0].close()
        root.handlers[:] = handlers
        root.setLevel(level)
    written = (tmp_path / logs.LOG).read_text("utf-8")
    assert "Discord could not be reached" in written
    assert TOKEN not in written


async def test_a_wrong_token_ends_it_with_a_sentence(wire: Wire, tmp_path: Path) -> None:
    with pytest.raises(CannotConnect, match="does not know the token") as raised:
        await asyncio.wait_for(
            run(
                a_bot(tmp_path, "another.token"),
                sample=False,
                announce=lambda *_: None,
                classroom=False,
                discord=True,
            ),
            10,
        )
    assert "another.token" not in str(raised.value)
