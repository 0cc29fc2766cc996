"""Starts the program, over and over, and kills it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.programs import ROOT, environment

STARTS_WITHIN = 60.0
STOPS_WITHIN = 30.0


class Programs:
    """`running` are the numbers of the processes, in the order of their starts."""

    def __init__(self, forge: asyncio.subprocess.Process) -> None:
        self._forge = forge
        self.running: list[int] = []

    async def start(self) -> int:
        assert self._forge.stdin is not None
        assert self._forge.stdout is not None
        self._forge.stdin.write(b"start\n")
        line = await asyncio.wait_for(self._forge.stdout.readline(), STARTS_WITHIN)
        self.running.append(int(line))
        return self.running[-1]

    async def kill(self, number: int) -> None:
        """By the system, without warning."""
        await self._end(number, signal.SIGKILL)

    async def stop(self) -> None:
        """All of them, as a service manager does."""
        for number in list(self.running):
            await self._end(number, signal.SIGTERM)

    async def _end(self, number: int, how: signal.Signals) -> None:
        assert _lives(number), f"{number} ended by itself; `said` and the log in its folder say why"
        os.kill(number, how)
        async with asyncio.timeout(STOPS_WITHIN):
            while _lives(number):  # noqa: ASYNC110 - it is no child of this process
                await asyncio.sleep(0.005)
        self.running.remove(number)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def programs(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Programs]:
    """Programs over the database in the folder; at the end none is left."""
    mouth, lifeline = os.pipe()
    forge = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.crash.program", str(mouth)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        pass_fds=[mouth],
        cwd=ROOT,
        env=environment(folder, **settings),
    )
    os.close(mouth)
    made = Programs(forge)
    try:
        yield made
    finally:
        for number in list(made.running):
            if _lives(number):
                os.kill(number, signal.SIGKILL)
        os.close(lifeline)
        forge.kill()
        await forge.wait()
