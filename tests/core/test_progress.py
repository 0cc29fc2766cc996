"""A reading that takes long: staff are told how far it is, and what came of it."""

from collections.abc import AsyncIterator
from datetime import datetime

from bot.core.events import ChannelRef, MessagePosted, MessageRef, Person, Place, ThreadRef
from bot.core.ports import SeenMessage
from tests.fakes.platform import FaultyPlatform, stand_in
from tests.world import SPACE, FakeClock, World


class Slowly(FaultyPlatform):
    """A platform that lets a message be read every twenty seconds."""

    async def history(self, place: Place, since: datetime) -> AsyncIterator[SeenMessage]:
        async for message in super().history(place, since):
            assert isinstance(self.clock, FakeClock)
            self.clock.move(seconds=20)
            yield message


async def test_staff_are_told_how_far_a_slow_reading_is(world: World) -> None:
    ada, bo = [await world.person(name) for name in ("Ada", "Bo")]
    await world.course(ada)
    first, second = await world.post(ada), await world.post(ada)
    platform = Slowly(world.clock)
    stand_in(world, platform)
    for thread, many in ((first, 2), (second, 40)):
        place = Place(SPACE, ChannelRef("history"), ThreadRef(str(thread)))
        author = Person(bo.ref, "Bo")
        refs = [MessageRef(f"{thread}-{n}") for n in range(many)]
        platform.seen += [
            SeenMessage(MessagePosted(place, ref, author, world.clock.move(seconds=1), "New."))
            for ref in refs
        ]
    await world.app.recovery.recover("browser")
    told = [words for who, words in platform.told if who == ada.ref]
    slow, slower, found = told
    assert "Of 2 discussions, 1 are read to the end; 3 messages so far." in slow
    assert "Of 2 discussions, 1 are read to the end; 24 messages so far." in slower
    assert found.splitlines()[1:] == [
        "D1: 2 new, 0 edited and 0 deleted messages, 0 changed reactions.",
        "D2: 40 new, 0 edited and 0 deleted messages, 0 changed reactions.",
    ]
    platform.told.clear()
    await world.app.recovery.recover("browser")
    told = [words for who, words in platform.told if who == ada.ref]
    assert "D2: 0 new" in told[-1], "they wait to hear it"
