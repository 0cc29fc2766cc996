"""A course on a platform with a bad network, for the tests of the outbox."""

from storage import outbox as rows
from storage.ids import CourseId
from storage.rows import Send
from tests.fakes.platform import FaultyPlatform, stand_in
from tests.world import PROMPT, Human, World

POSTED_IN = "Posted in"
NOT_YET = "#history does not show it yet"
LEASE = 46.0  # seconds: the request's 10, the platform's 30 of settling, 5 of margin, and one
UNEXPECTED = 301.0  # seconds after an unexpected failure


class Course:
    """A course with an instructor, on a platform with a bad network."""

    def __init__(self, world: World, ada: Human, platform: FaultyPlatform) -> None:
        self.world, self.ada, self.platform = world, ada, platform
        self.outbox = stand_in(world, platform)

    async def post(self, channel: str = "history") -> str:
        return await self.ada.answer("prompt post", prompt=PROMPT, channel=channel)

    async def later(self, seconds: float) -> None:
        self.world.clock.move(seconds=seconds)
        await self.outbox.deliver_due()

    async def sends(self) -> list[Send]:
        async with self.world.app.services.database.read() as db:
            return [
                send
                for id_ in (1, 2)
                for send in await rows.with_keys(db, CourseId(id_), "post:browser:classroom")
            ] + [
                send
                for state in ("pending", "sending", "sent", "missed", "failed")
                for id_ in (1, 2)
                for send in await rows.sends_of(db, CourseId(id_), (state,))
                if send.kind != "prompt"
            ]

    async def states(self) -> list[str]:
        return [send.state for send in await self.sends()]

    def told(self, person: Human) -> list[str]:
        return [said for ref, said in self.platform.told if ref == person.ref]


async def a_course(world: World) -> Course:
    """Ada teaches History 101 in #history."""
    ada = await world.person("Ada")
    await world.course(ada)
    return Course(world, ada, FaultyPlatform(world.clock))
