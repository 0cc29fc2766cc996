"""What becomes of a course's channels on Slack, and of Coalface in them: renamed, converted,
archived, deleted, given another id; removed and invited again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.slack.connected import Seminar, Way, a_seminar, a_workspace
from tests.contract.test_slack_scripts import WAYS, d1, say, table


@pytest.fixture
def way() -> Way:
    return "socket"


@pytest.fixture
async def seminar(way: Way, tmp_path: Path) -> AsyncIterator[Seminar]:
    """A course with D1; nobody but the teacher has said anything."""
    async with a_seminar(tmp_path, way) as seminar:
        await seminar.set_up()
        yield seminar


@WAYS
async def test_removed_and_invited_again_it_reads_what_it_missed(seminar: Seminar) -> None:
    world = seminar.world
    await say(seminar, seminar.ada, "Before.")
    post = d1(seminar)
    world.remove_bot(seminar.channel)
    await seminar.settle()
    assert "Coalface is not in #seminar; type /invite @Coalface there." in await seminar.told(
        seminar.teacher
    )
    world.say(seminar.bo, seminar.channel, "Unheard.", thread=post)
    await seminar.settle()
    world.invite_bot(seminar.channel)
    await seminar.settle()
    rows = await table(seminar)
    assert (rows["Ada"]["posts"], rows["Bo"]["posts"]) == ("1", "1")


async def test_a_new_name_is_the_courses_too(seminar: Seminar) -> None:
    world = seminar.world
    world.rename(seminar.channel, "labor-history")
    await seminar.settle()
    (said,) = await seminar.asks(seminar.teacher, "/course show")
    assert "#labor-history" in said
    assert "#seminar" not in said
    world.remove_bot(seminar.channel)
    assert "Coalface is not in #labor-history" in await seminar.told(seminar.teacher)


@WAYS
async def test_a_name_given_while_it_was_away_is_found(way: Way, tmp_path: Path) -> None:
    async with a_workspace(tmp_path, way) as seminar:
        async with seminar.up():
            await seminar.set_up()
        state = seminar.world.state
        state.tell = lambda envelope: None
        seminar.world.rename(seminar.channel, "labor-history")
        state.tell = seminar.slack.deliveries.tell
        async with seminar.up():
            await seminar.settle()
            (said,) = await seminar.asks(seminar.teacher, "/course show")
            assert "#labor-history" in said


async def test_what_becomes_of_a_channel_staff_are_told_once(seminar: Seminar) -> None:
    world, staff = seminar.world, seminar.teacher
    room = world.add_channel("staff", staff, private=True)
    await seminar.asks(staff, "/course settings staff_channel:#staff")

    async def notice() -> str:
        await seminar.settle()
        return seminar.posts(room)[-1].words() if seminar.posts(room) else ""

    world.make_private(seminar.channel)
    assert "#seminar is private now" in await notice()
    world.make_public(seminar.channel)
    assert "everybody there can read what the class writes" in await notice()
    world.archive(seminar.channel)
    assert "#seminar was archived" in await notice()
    assert "1 open discussion (D1)" in await notice()
    world.archive(seminar.channel, archived=False)
    assert "#seminar is there again" in await notice()
    assert len(seminar.posts(room)) == 4
    before = len(world.private_to(staff))
    world.make_public(room)
    told = await seminar.told(staff, before)
    assert "#staff is public now" in told
    assert "each of you is told privately" in told
    assert len(seminar.posts(room)) == 4, "everybody could read it there"
    world.delete_channel(seminar.channel)
    assert "#seminar was deleted" in await seminar.told(staff, before)


async def test_what_is_owed_to_an_archived_channel_waits_and_goes_out(seminar: Seminar) -> None:
    world, post = seminar.world, d1(seminar)
    other = world.add_channel("office", seminar.teacher)
    code = "".join(await seminar.asks(seminar.teacher, "/course code"))
    code = code.partition("/course join ")[2].split()[0]
    await seminar.asks(seminar.teacher, f"/course join {code}", other)
    world.archive(seminar.channel)
    await seminar.settle()
    await seminar.asks(seminar.teacher, "/prompt close D1", other)
    assert "#seminar is archived; unarchive it" in await seminar.told(seminar.teacher)
    assert "Closed" not in post.words()
    world.archive(seminar.channel, archived=False)
    await seminar.settle()
    seminar.clock.move(hours=1)
    await seminar.app.services.outbox.deliver_due()
    await seminar.settle()
    assert "Closed: replies written from now on do not count." in post.words()


@WAYS
async def test_a_channel_whose_id_changes_stays_the_courses(seminar: Seminar) -> None:
    world = seminar.world
    world.make_private(seminar.channel)
    await say(seminar, seminar.ada, "Before.")
    world.change_id(seminar.channel)
    await say(seminar, seminar.bo, "After.")
    rows = await table(seminar)
    assert (rows["Ada"]["posts"], rows["Bo"]["posts"]) == ("1", "1")
    assert "D1 is closed" in (await seminar.asks(seminar.teacher, "/prompt close D1"))[-1]
    assert "Closed: replies written from now on do not count." in d1(seminar).words()


async def test_an_archived_channel_is_said_to_be(seminar: Seminar) -> None:
    world, bot = seminar.world, seminar.world.bot(seminar.team)
    world.archive(seminar.channel)
    await seminar.settle()
    world.run_command(seminar.teacher, bot, "/prompt", "close D1")
    assert "#seminar is archived; unarchive it" in await seminar.told(seminar.teacher)
