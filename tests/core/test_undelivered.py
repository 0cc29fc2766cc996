"""Private notices that a platform refused: kept, read with the person's next command, let go."""

import sqlite3
from contextlib import closing

import pytest

from bot.core import undelivered
from bot.core.cards import Card, text
from bot.core.events import ChannelRef, Place
from bot.core.ports import SendUncertain
from bot.core.privacy import forget_what_is_due
from bot.core.staff import StaffNotices
from storage import notices
from storage.errors import StorageBusy
from storage.ids import CourseId
from tests.fakes.platform import FaultyPlatform, stand_in
from tests.world import SPACE, Human, World

HISTORY = Place(SPACE, ChannelRef("history"))
COURSE = CourseId(1)


@pytest.fixture
async def ada(world: World) -> Human:
    """She teaches History 101, and takes no messages."""
    ada = await world.person("Ada")
    await world.course(ada)
    return ada


@pytest.fixture
def deaf(world: World, ada: Human) -> FaultyPlatform:
    platform = FaultyPlatform(world.clock, deaf=True)
    stand_in(world, platform)
    return platform


async def tell(world: World, *titles: str) -> None:
    services = world.app.services
    staff = StaffNotices(services.database, services.clock, services.platforms)
    for title in titles:
        await staff.tell(COURSE, HISTORY, Card(title, (text("It is so."),)))


def kept(world: World) -> int:
    with closing(sqlite3.connect(world.settings.database)) as db:
        return int(db.execute("SELECT count(*) FROM notices").fetchone()[0])


@pytest.mark.usefixtures("deaf")
async def test_it_comes_once_with_the_next_command_and_to_nobody_else(
    world: World, ada: Human
) -> None:
    bo = await world.person("Bo")
    await tell(world, "Something happened", "Something else")
    assert "Something happened" not in await bo.answer("help")
    said = await ada.answer("prompt list")
    assert "Something happened (it could not be sent to you on Mon 7 Sep 2026" in said
    assert said.index("Something happened") < said.index("It is so.") < said.index("Something else")
    assert "Something happened" not in await ada.answer("prompt list")
    assert kept(world) == 0


@pytest.mark.usefixtures("deaf")
async def test_it_comes_anywhere_in_the_space_and_after_a_restart(world: World, ada: Human) -> None:
    await tell(world, "Something happened")
    await world.channel("elsewhere")
    async with world.opened():
        assert "Something happened" in await ada.answer("help", channel="elsewhere")


async def test_what_was_told_is_not_kept(world: World, ada: Human, deaf: FaultyPlatform) -> None:
    deaf.deaf = False
    await tell(world, "Something happened")
    assert deaf.told != []
    assert kept(world) == 0


async def test_one_without_an_answer_is_kept_once_and_may_be_read_twice(
    world: World, ada: Human, deaf: FaultyPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unanswered(*_: object) -> None:
        raise SendUncertain

    monkeypatch.setattr(deaf, "tell", unanswered)
    await tell(world, "Something happened", "Something happened")
    assert kept(world) == 1
    assert (await ada.answer("help")).count("Something happened") == 1


@pytest.mark.usefixtures("deaf")
async def test_no_more_than_the_newest_are_kept(world: World, ada: Human) -> None:
    titles = [f"Notice {n}." for n in range(undelivered.MOST + 3)]
    await tell(world, *titles)
    said = await ada.answer("help")
    assert [title for title in titles if title in said] == titles[3:]


@pytest.mark.usefixtures("deaf")
async def test_what_nobody_came_for_in_a_month_is_let_go(world: World, ada: Human) -> None:
    database = world.app.services.database
    await tell(world, "Old")
    await forget_what_is_due(database, world.clock.move(days=20), {})
    await tell(world, "New")
    await forget_what_is_due(database, world.clock.move(days=10, seconds=1), {})
    said = await ada.answer("help")
    assert "New" in said
    assert "Old" not in said


@pytest.mark.usefixtures("deaf")
async def test_it_goes_with_the_persons_name(world: World, ada: Human) -> None:
    await tell(world, "Something happened")
    assert kept(world) == 1
    await world.app.services.database.write(
        lambda db: db.exec_driver_sql("DELETE FROM identities WHERE name = 'Ada'")
    )
    assert kept(world) == 0


@pytest.mark.usefixtures("deaf")
async def test_a_command_is_answered_though_the_notices_can_not_be_read(
    world: World, ada: Human, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(world, "Something happened")

    async def busy(*_: object) -> None:
        raise StorageBusy("another program")

    with monkeypatch.context() as patched:
        patched.setattr(notices, "take", busy)
        assert "Something happened" not in await ada.answer("help")
    assert "Something happened" in await ada.answer("help")
