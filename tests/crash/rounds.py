"""One round of the harness: a class on Slack and Discord, the program that is killed over and over,
and what came of it. A long run is many rounds, each with a database and servers of its own, so that
what has to be read again after each start doesn't grow with the number of kills."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from bot.config import DATABASE
from tests.crash import due, hurried, troubles
from tests.crash.discord_part import DiscordPart
from tests.crash.examined import Counts, examine
from tests.crash.hurried import HurriedClock
from tests.crash.parts import CHANNELS
from tests.crash.processes import Programs, programs
from tests.crash.slack_part import SlackPart

FACTOR = 10.0
"""How much faster time runs: a lease takes 4.5 real seconds then, and a late request up to 2."""
BEGINNING = 0.5
LIFE = 1.2
"""Real seconds within which a program is killed: after its start, or once it is connected."""
PATIENCE = 60.0
"""More than ten leases, one after the other."""
ORDERS = 3
ACTS = 40
"""So much at most the instructor asks for, and the students do, in one life of the program: how
much there is to do must not depend on how fast this computer is."""


class Round:
    """`second`: with a second process on the same database; `patience`: the real seconds without
    any change after which nothing more is expected. The seed fixes what is chosen and by what
    chance, though not what the computer does in between: a failure may need several tries."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        second: bool,
        mutation: str,
        patience: float,
    ) -> None:
        self.folder, self.second, self.mutation = folder, second, mutation
        self.patience = patience
        self.chance = Random(seed)
        self.clock = HurriedClock(datetime.now(UTC), time.monotonic(), FACTOR)
        self.slack = SlackPart(self.clock, Random(self.chance.random()))
        self.discord = DiscordPart(self.clock, Random(self.chance.random()))
        self.parts = (self.slack, self.discord)
        self._connections: list[int] = []
        self._orders = self._acts = 0
        self.scheduled = due.BySchedule(self.parts)
        self.due = due.ByCommand(self.parts, Random(self.chance.random()))

    async def run(self, kills: int) -> Counts:
        async with (
            self.slack.slack.serving(),
            self.discord.wire.serving(),
            programs(self.folder, self._settings()) as running,
            doing(self._pass()),
        ):
            await self._start(running)
            await self._set_up()
            await self.scheduled.plan(2 + kills // 3)
            if self.second:
                await self._start(running)
            async with doing(self._live(), self._order(), self._trouble()):
                for _ in range(kills):
                    await self._let_it_live()
                    await self._kill_and_start(running)
            await self._until_all_is_done()
            await running.stop()
        counts = self._examined()
        counts.kills = kills
        return counts

    def _settings(self) -> dict[str, str]:
        return {
            **hurried.to_environment(self.clock),
            **self.slack.settings(),
            **self.discord.settings(),
            "CRASH_MUTATION": self.mutation,
        }

    async def _set_up(self) -> None:
        """One course, whose channels are on both platforms."""
        assert await self._until(self._newest_is_connected, PATIENCE), "it does not connect"
        said = await self.slack.ask("course setup", title="History 101", zone="America/New_York")
        assert "History 101 is set up" in said, said
        places = [(part, number) for part in self.parts for number in range(len(CHANNELS))]
        for part, number in places[1:]:
            code = (await self.slack.ask("course code")).split("\n")[1]
            said = await part.ask("course join", at=number, code=code)
            assert "History 101" in said, said

    # --- what goes on ---------------------------------------------------------------------------

    async def _pass(self) -> None:
        while True:
            await asyncio.sleep(0.05)
            for part in self.parts:
                part.passed()

    async def _live(self) -> None:
        """Students write and change their minds."""
        for number in count(1):
            await asyncio.sleep(self.chance.uniform(0.005, 0.08))
            if self._acts:
                self._acts -= 1
                self.chance.choice(self.parts).act(number)

    async def _order(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(0.1, 0.6))
            if self._orders and self.due.more():
                self._orders -= 1

    async def _trouble(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(0.05, 0.4))
            self.chance.choice(self.parts).trouble()

    # --- lives and deaths -----------------------------------------------------------------------

    async def _let_it_live(self) -> None:
        """Some time: one in four dies while it begins, the others once they are connected, and of
        those every other one just after something was sent."""
        if self.chance.random() < 0.25:
            await asyncio.sleep(self.chance.uniform(0, BEGINNING))
            return
        await self._until(self._newest_is_connected, PATIENCE)
        if self.chance.random() < 0.5:
            await asyncio.sleep(self.chance.uniform(0, LIFE))
            return
        before = sum(part.sends() for part in self.parts)
        await self._until(lambda: sum(part.sends() for part in self.parts) > before, LIFE)
        await asyncio.sleep(self.chance.uniform(0, 0.03))

    def _newest_is_connected(self) -> bool:
        now = [part.connections() for part in self.parts]
        return all(many > before for many, before in zip(now, self._connections, strict=True))

    async def _until(self, true: Callable[[], bool], most: float, every: float = 0.005) -> bool:
        """Whether it came true within so many real seconds."""
        end = time.monotonic() + most
        while not (there := true()) and time.monotonic() < end:  # noqa: ASYNC110 - whatever it is
            await asyncio.sleep(every)
        return there

    async def _kill_and_start(self, running: Programs) -> None:
        await running.kill(self.chance.choice(running.running))
        await self._start(running)

    async def _start(self, running: Programs) -> None:
        self._connections = [part.connections() for part in self.parts]
        self._orders, self._acts = self.chance.randint(1, ORDERS), ACTS
        await running.start()

    async def _until_all_is_done(self) -> None:
        for part in self.parts:
            part.calm()
        await self._until(self._newest_is_connected, PATIENCE)
        # What Slack would send again within six minutes it sends now.
        while self.slack.slack.deliveries.waiting:
            await self.slack.slack.retry_now()
        await self._until_nothing_changes()
        await asyncio.sleep(self.clock.seconds(troubles.LATEST))  # until nothing can land any more

    async def _until_nothing_changes(self) -> None:
        before, since = self._examined(), time.monotonic()
        while not before.well and time.monotonic() < since + self.patience:
            await asyncio.sleep(0.2)
            if (now := self._examined()) != before:
                before, since = now, time.monotonic()

    def _examined(self) -> Counts:
        return examine(self.folder / DATABASE, self.parts, self.scheduled.confirmed)


@asynccontextmanager
async def doing(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """These go on meanwhile; what ends one of them with an error ends all."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()


async def crash(
    kills: int,
    seed: int,
    *,
    a_round: int = 20,
    mutation: str = "",
    patience: float = PATIENCE,
    tell: Callable[[str], object] = lambda line: None,
) -> Counts:
    """So many kills, `a_round` of them at most in each round; in every other round a second process
    runs on the same database. Round n has the seed `seed` + n, and can be had alone by it."""
    total = Counts()
    for number in count():
        many = min(a_round, kills - total.kills)
        if not many:
            return total
        begun, second = time.monotonic(), number % 2 == 1
        folder = Path(tempfile.mkdtemp(prefix="crash-"))
        counts = await Round(folder, seed + number, second, mutation, patience).run(many)
        total += counts
        took, processes = time.monotonic() - begun, 1 + second
        tell(f"round {number} ({processes} at once, {took:.0f} s): {counts}")
        for wrong in counts.wrong:
            tell(f"  {wrong}")
        if counts.well or mutation:
            shutil.rmtree(folder)
        else:
            tell(f"  its database and its log are in {folder}")
    raise AssertionError("It counts for ever.")
