"""Work that is asked for while it goes on."""

import asyncio

import pytest

from bot.core.once_more import OnceMore


async def test_asked_for_meanwhile_it_runs_once_more_and_never_twice_at_a_time() -> None:
    running, most, runs = 0, 0, 0
    go_on = asyncio.Event()

    async def work() -> None:
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        await go_on.wait()
        running -= 1

    once = OnceMore(work)
    first = asyncio.create_task(once.ask())
    await asyncio.sleep(0)
    await asyncio.gather(once.ask(), once.ask())
    assert runs == 1
    go_on.set()
    await first
    assert (runs, most) == (2, 1)


async def test_what_failed_can_be_asked_for_again() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise OSError("no room")

    once = OnceMore(work)
    with pytest.raises(OSError, match="no room"):
        await once.ask()
    await once.ask()
    assert runs == 2
