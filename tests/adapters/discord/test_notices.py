"""The staff's channel on Discord, and what is said of what doesn't work there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.cards import Card
from bot.core.ports import SendRefused, SendUncertain
from bot.core.staff import StaffNotices
from storage.ids import CourseId
from tests.adapters.discord.connected import Seminar
from tests.adapters.discord.test_client import discussion, run, told
from tests.adapters.discord.test_permissions import sentences
from tests.fakes.discord_wire import Channel, Fail, Refuse, TickingClock, Wire

NOTICE = Card("Something happened")


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        await seminar.settle()
        yield seminar
        assert wire.unknown == []


async def _office(seminar: Seminar, kind: str = "text") -> Channel:
    office = seminar.world.add_channel(seminar.guild, "office", kind)
    await seminar.settle()
    return office


async def _bound(seminar: Seminar) -> Channel:
    """A course with a discussion, whose staff read notices in #office."""
    await discussion(seminar)
    office = await _office(seminar)
    said = await run(seminar, "course settings", staff_channel=str(office.id))
    assert "Notices to staff: in #office" in said
    return office


async def _tell(seminar: Seminar) -> None:
    services = seminar.app.services
    notices = StaffNotices(services.database, services.clock, services.platforms)
    await notices.tell(CourseId(1), seminar.place, NOTICE)
    await seminar.settle()


async def test_it_is_picked_with_the_command_and_notices_stand_in_it(seminar: Seminar) -> None:
    office = await _bound(seminar)
    await _tell(seminar)
    (message,) = seminar.posts(office)
    assert message.embeds[0]["title"] == "Something happened"
    assert told(seminar) == []
    (asked,) = seminar.wire.asked("POST", f"/channels/{office.id}/messages")
    assert asked.json["allowed_mentions"] == {"parse": []}


async def test_discord_offers_its_channels_for_it(seminar: Seminar) -> None:
    await discussion(seminar)
    office = await _office(seminar)
    ran = seminar.world.run_command(
        seminar.ada, seminar.channel, "course settings", staff_channel=office
    )
    assert "#office" in str((await ran.told()).embeds)
    await _tell(seminar)
    assert len(seminar.posts(office)) == 1


async def test_where_it_is_closed_to_coalface_each_is_told_directly(seminar: Seminar) -> None:
    office = await _bound(seminar)
    seminar.world.deny(office, seminar.world.bot, "send_messages")
    await seminar.settle()
    await _tell(seminar)
    assert seminar.posts(office) == []
    assert len(told(seminar)) == 1
    assert "“Send Messages” and “Embed Links” in #office" in await sentences(seminar)


async def test_the_doctor_asks_no_more_of_it_than_notices_take(seminar: Seminar) -> None:
    office = await _bound(seminar)
    seminar.world.deny(office, seminar.world.bot, "manage_threads", "create_public_threads")
    assert await sentences(seminar) == ""


@pytest.mark.parametrize("path", ["/users/@me/channels", "/channels/*/messages"])
async def test_who_takes_no_direct_messages_reads_it_with_the_next_command(
    seminar: Seminar, path: str
) -> None:
    await discussion(seminar)
    seminar.wire.faults.next("POST", path, Refuse(403, 50007, "Cannot send messages to this user"))
    await _tell(seminar)
    assert told(seminar) == []
    ran = seminar.world.run_command(seminar.ada, seminar.channel, "prompt list")
    assert "Something happened" in str((await ran.told()).embeds)
    ran = seminar.world.run_command(seminar.ada, seminar.channel, "prompt list")
    assert "Something happened" not in str((await ran.told()).embeds)


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_one_that_takes_no_notices_is_refused_in_words(seminar: Seminar, kind: str) -> None:
    office = await _office(seminar, kind)
    seminar.world.deny(office, seminar.world.bot, "view_channel")
    await seminar.settle()
    place = seminar.place_of(office)
    why = "no channel for messages" if kind == "forum" else "“View Channel” and .* in #office"
    with pytest.raises(SendRefused, match=why):
        await seminar.platform.notice_channel(place)
    with pytest.raises(SendRefused, match=why):
        await seminar.platform.post_notice(place, NOTICE)


async def test_a_notice_without_an_answer_may_stand(seminar: Seminar) -> None:
    office = await _office(seminar)
    path = f"/channels/{office.id}/messages"
    seminar.wire.faults.next("POST", path, Fail(accepted=True))
    with pytest.raises(SendUncertain):
        await seminar.platform.post_notice(seminar.place_of(office), NOTICE)
    assert len(seminar.posts(office)) == 1


async def test_with_the_intent_nothing_is_lacking(seminar: Seminar) -> None:
    await discussion(seminar)
    assert "On Discord" not in await run(seminar, "course show")


async def test_the_course_shows_that_the_intent_is_missing(tmp_path: Path) -> None:
    clock = TickingClock()
    async with Wire(clock).opened() as wire:
        wire.application.content_enabled = False
        async with Seminar(wire, clock, tmp_path).up(content=False) as seminar:
            await seminar.settle()
            await discussion(seminar)
            said = await run(seminar, "course show")
            assert "On Discord: The message-content intent is not enabled" in said
            assert "under Bot, Message Content Intent" in said
            seminar.world.remove_bot(seminar.guild)
            await seminar.settle()
            said = await run(seminar, "course show")
            assert "On Discord: Coalface is not in that Discord server any more" in said
