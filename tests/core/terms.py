"""A course in which prompts are scheduled, and time that passes: for tests."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.local_time import instant_of
from storage import schedules
from storage.ids import CourseId
from tests.world import FakeClock, Human, World

ZONE = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Term:
    """An instructor, a student, and the course's clock on the wall."""

    world: World
    ada: Human
    bo: Human

    async def schedule(self, prompt: str, when: str, **more: object) -> str:
        """Schedule and confirm it; its name."""
        said = await self.ada.answer("prompt schedule", prompt=prompt, when=when, **more)
        assert "Schedule this?" in said, said
        (name,) = re.findall(r"^(S\d+) · nothing is posted", said, re.MULTILINE)
        done = await self.ada.answer("schedule confirm", schedule=name)
        assert f"{name} is scheduled" in done
        return str(name)

    async def until(self, iso: str, zone: ZoneInfo = ZONE) -> None:
        """Let the clock on the wall show this, and what is due be done."""
        local = datetime.fromisoformat(iso)
        clock = self.world.clock
        assert isinstance(clock, FakeClock)
        at = instant_of(local, zone)
        assert at >= clock.at, f"{iso} has passed"
        clock.at = at
        await self.pass_()

    async def pass_(self) -> None:
        services = self.world.app.services
        await services.agenda.attend()
        await services.outbox.deliver_due()
        await self.world.settle()

    async def posts(self, channel: str = "history") -> list[str]:
        """What prompts stand in the channel: D1 and its title, oldest first."""
        found = []
        for said in await self.bo.sees(channel=channel):
            lines = said.splitlines()
            if lines and lines[-1].startswith("D") and "·" in lines[-1]:
                found.append(f"{lines[-1].split()[0]} {lines[0]}")
        return found

    async def fates(self, number: int) -> dict[str, str]:
        """What was decided about a schedule's occurrences, by their names."""
        async with self.world.app.services.database.read() as db:
            schedule = await schedules.by_number(db, CourseId(1), number)
            assert schedule is not None
            decided = await schedules.decided(db, schedule)
        return {local.isoformat(timespec="minutes"): one.state for local, one in decided.items()}


async def a_term(world: World) -> Term:
    ada, bo = await world.person("Ada"), await world.person("Bo")
    await world.course(ada)
    return Term(world, ada, bo)
