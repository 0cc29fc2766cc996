"""A process that is to be killed: an instructor posts prompt after prompt and a student answers
each, until the end comes. Run as `python -m tests.fakes.killed FOLDER HOURS [last|between]`.

It says `posted` after each prompt. HOURS moves the clock on, so that a lease held by the process
before has run out. With `last` it only puts in order what was left behind; with `between` it says
`standing` once a prompt stands and waits for ever with what belongs to it.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.app import open_app
from bot.config import load
from bot.core.cards import Card
from bot.core.events import ChannelRef, MessageRef, Place
from bot.core.ports import Posted
from tests.world import PROMPT, Human, World


class LaterClock:
    """The time, some hours on; moving it is left to time itself."""

    def __init__(self, hours: float) -> None:
        self.ahead = timedelta(hours=hours)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, **by: float) -> datetime:
        return self.now()


async def stop_here(place: Place, message: MessageRef, card: Card, key: str) -> Posted:
    print("standing", flush=True)
    await asyncio.Event().wait()
    raise AssertionError("Nobody killed it.")


async def main(folder: Path, hours: float, how: str) -> None:
    clock = LaterClock(hours)
    world = World(load(folder), clock, None)
    async with open_app(world.settings, clock=clock) as world.app:
        people = {p.name: p for p in await world.app.browser.classroom.people()}
        await world.app.recovery.recover("browser")  # in the order of bot/app.py
        await world.app.services.outbox.deliver_due()
        if how == "last":
            return
        ada, bo = (
            Human(world, people[name].ref, name, people[name].manages) for name in ("Ada", "Bo")
        )
        if how == "between":
            world.app.browser.platform.complete = stop_here  # type: ignore[method-assign] # to be killed
        for number in count():
            await ada.run("prompt post", prompt=PROMPT, invocation=f"{hours}-{number}")
            print("posted", flush=True)
            posts = await world.app.browser.classroom.messages(ChannelRef("history"), None, None)
            await bo.say(f"Reply {hours}-{number}", posts[-1].id)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), "".join(sys.argv[3:])))
