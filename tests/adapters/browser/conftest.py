"""A class in the browser classroom, and windows on it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.adapters.browser.windows import Window, windows
from tests.world import Human, World


@dataclass(frozen=True)
class Room:
    """A course in #history with one posted prompt, an instructor and two students."""

    world: World
    window_of: Callable[[str], Window]
    agnes: Human
    ada: Human
    ben: Human
    thread: int

    async def window(self, human: Human, *, thread: bool = True) -> Window:
        return await self.window_of(human.ref).go("history", self.thread if thread else None)


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    agnes = await world.person("Agnes Firedamp")
    ada = await world.person("Ada Pitlamp")
    ben = await world.person("Ben Coalscuttle")
    await world.course(agnes)
    thread = await world.post(agnes)
    async with windows(world.app.browser) as window_of:
        yield Room(world, window_of, agnes, ada, ben, thread)
