"""What Slack sends: each request has a listener, an event is acknowledged when it is durable and
not before, and told twice or late it is taken in once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.intake import Intake
from storage.database import Database
from storage.errors import StorageBusy
from tests.adapters.slack.connected import Seminar, Way, a_seminar, a_workspace

WAYS = pytest.mark.parametrize("way", ["socket", "http"])


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    async with a_seminar(tmp_path) as seminar:
        yield seminar


async def counted(seminar: Seminar) -> str:
    (said, *_) = await seminar.asks(seminar.ada, "/participation me")
    return said


async def test_every_event_of_the_manifest_is_taken(seminar: Seminar) -> None:
    """None would be told again: Bolt answers 404 to what has no listener."""
    world, channel = seminar.world, seminar.channel
    post = await seminar.set_up()
    said = world.say(seminar.ada, channel, "One.", thread=post)
    for private in (False, True):
        room = world.add_channel(f"room-{private}", seminar.teacher, seminar.ada, private=private)
        world.say(seminar.ada, room, "Hello.")
        world.rename(room, f"hall-{private}")
        if private:
            world.change_id(room)
        world.archive(room)
        world.archive(room, archived=False)
        world.leave(seminar.ada, room)
        world.remove_bot(room)
        world.invite_bot(room)
    for private in (False, True):
        gone = world.add_channel(f"gone-{private}", seminar.teacher, private=private)
        world.delete_channel(gone)
    world.react(seminar.bo, said)
    world.unreact(seminar.bo, said)
    world.mention(seminar.bo, channel, "help", thread=post)
    world.rename_user(seminar.bo, "Boris")
    await world.open_home(seminar.ada)
    await seminar.settle()
    told = {one.name for one in seminar.slack.deliveries.events}
    subscribed = {name.partition(".")[0] for name in seminar.slack.app.events}
    assert subscribed - told == {"app_uninstalled", "tokens_revoked"}
    assert seminar.slack.deliveries.failed == []
    world.uninstall(seminar.team)
    await seminar.slack.caught_up()
    assert seminar.slack.deliveries.failed == []


@WAYS
async def test_what_the_database_refuses_slack_sends_again(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_workspace(tmp_path, way) as seminar, seminar.up():
        post = await seminar.set_up()
        refused: list[object] = []

        async def refuses(self: Database, *given: object) -> None:
            refused.append(given)
            raise StorageBusy("another program")

        with monkeypatch.context() as broken:
            broken.setattr(Database, "_transact", refuses)
            # A Socket Mode event is just not acknowledged.
            broken.setattr(seminar.slack.deliveries, "patience", 0.5)
            seminar.world.say(seminar.ada, seminar.channel, "Not lost.", thread=post)
            await seminar.slack.caught_up()
        assert refused
        (delivery,) = seminar.slack.deliveries.waiting
        assert all(delivery.outcomes), "at once, and refused again"
        assert "Not lost" not in "".join(delivery.outcomes)
        await seminar.slack.retry_now()
        await seminar.settle()
        assert delivery.outcomes[-1] == ""
        assert "1 message" in await counted(seminar)
        seminar.slack.deliveries.events.remove(delivery)


async def test_an_event_is_acknowledged_after_it_is_durable(
    seminar: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = await seminar.set_up()
    goes_on, began = asyncio.Event(), asyncio.Event()
    take_in = Intake.take_in

    async def waits(self: Intake, event: object) -> object:
        began.set()
        await goes_on.wait()
        return await take_in(self, event)  # type: ignore[arg-type]  # whatever it was

    monkeypatch.setattr(Intake, "take_in", waits)
    seminar.world.say(seminar.ada, seminar.channel, "Slowly.", thread=post)
    await began.wait()
    assert seminar.slack.deliveries.events[-1].outcomes == []
    goes_on.set()
    await seminar.settle()
    assert seminar.slack.deliveries.events[-1].outcomes == [""]


@WAYS
async def test_three_times_the_same_is_once(way: Way, tmp_path: Path) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        post = await seminar.set_up()
        seminar.slack.deliveries.times = 3
        seminar.slack.deliveries.in_order = False
        seminar.world.say(seminar.ada, seminar.channel, "Once.", thread=post)
        seminar.world.mention(seminar.bo, seminar.channel, "fact about F8", thread=post)
        await seminar.settle()
        told = [one for one in seminar.world.private_to(seminar.bo) if "F8" in one.words()]
        assert len(told) == 1
        assert "1 message" in await counted(seminar)


async def test_what_happened_between_two_connections_is_read_again(seminar: Seminar) -> None:
    post = await seminar.set_up()
    tell = seminar.world.state.tell
    seminar.world.state.tell = lambda envelope: None
    seminar.world.say(seminar.ada, seminar.channel, "Unheard.", thread=post)
    seminar.world.state.tell = tell
    opened = seminar.slack.sockets.opened
    seminar.adapter.ready.clear()
    await seminar.slack.sockets.refresh()
    await asyncio.wait_for(seminar.adapter.ready.wait(), 5)
    await seminar.settle()
    assert seminar.slack.sockets.opened == opened + 1
    assert "1 message" in await counted(seminar)


async def test_over_http_all_is_read_again_each_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.adapter.HOUR_SECONDS", 0.05)
    async with a_seminar(tmp_path, "http") as seminar:
        post = await seminar.set_up()
        tell = seminar.world.state.tell
        seminar.world.state.tell = lambda envelope: None
        seminar.world.say(seminar.ada, seminar.channel, "Unheard.", thread=post)
        seminar.world.state.tell = tell
        before = len(seminar.slack.asked("conversations.replies"))
        while len(seminar.slack.asked("conversations.replies")) < before + 2:  # noqa: ASYNC110 - an hour
            await asyncio.sleep(0.02)
        assert "1 message" in await counted(seminar)


async def test_a_channel_has_its_new_name_in_what_is_said_of_it(seminar: Seminar) -> None:
    await seminar.set_up()
    seminar.world.rename(seminar.channel, "history")
    seminar.world.remove_bot(seminar.channel)
    assert "Coalface is not in #history" in await seminar.told(seminar.teacher)
