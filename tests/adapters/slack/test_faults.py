"""Slack goes wrong, and the line to it: posts are refused, lost and applied late; events come late,
twice and again. Nothing is lost, and nothing stands twice, in the workspace or in the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from sqlalchemy import select

from bot.app import open_app
from storage.database import Connection
from storage.schema import message_texts, messages, outbox, reactions
from tests.adapters.slack.connected import Seminar, Way
from tests.fakes.slack_workspace import (
    AcceptLate,
    Cut,
    Fail,
    Message,
    RateLimit,
    Refuse,
)
from tests.fakes.slack_workspace.faults import Fault

WAYS = pytest.mark.parametrize("way", ["socket", "http"])
POST = "chat.postMessage"


@asynccontextmanager
async def a_seminar(folder: Path, way: Way) -> AsyncIterator[Seminar]:
    """Not up yet; unlike `connected.a_seminar`, it may have to be sent events again."""
    seminar = Seminar(folder, way)
    async with seminar.slack.serving() as slack:
        yield seminar
        assert slack.unknown == []
        assert slack.complaints == []


async def kept(seminar: Seminar) -> list[str]:
    """The texts of the replies that are on record, in the order in which they were written."""
    query = (
        select(message_texts.c.text)
        .join_from(messages, message_texts, messages.c.id == message_texts.c.message_id)
        .where(messages.c.discussion_id.is_not(None))
        .order_by(messages.c.sent_at)
    )
    async with seminar.app.services.database.read() as db:
        return list((await db.execute(query)).scalars())


async def sends(seminar: Seminar) -> list[str]:
    async with seminar.app.services.database.read() as db:
        return list((await db.execute(select(outbox.c.state))).scalars())


def say(seminar: Seminar, post: Message, *texts: str) -> list[str]:
    for text in texts:
        seminar.world.say(seminar.ada, seminar.channel, text, thread=post)
    return list(texts)


# --- posting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "faults",
    [
        [RateLimit(2), RateLimit(1)],
        [Fail(500)],
        [Fail(503, accepted=True)],
        [Cut(), Cut()],
        [Cut(accepted=True)],
        [AcceptLate(after=25)],
        [Cut(), AcceptLate(after=25, status=500)],
        [Refuse("internal_error"), RateLimit(1), Cut(accepted=True)],
    ],
    ids=lambda faults: " ".join(type(fault).__name__ for fault in faults),
)
async def test_a_prompt_stands_once(tmp_path: Path, faults: list[Fault]) -> None:
    async with a_seminar(tmp_path, "socket") as seminar, seminar.up():
        await seminar.asks(seminar.teacher, '/course setup "History 101"')
        seminar.slack.faults.next(POST, *faults)
        await seminar.asks(seminar.teacher, "/prompt post kulaks-and-shock-workers")
        early = say(seminar, seminar.posts()[0], "before it is known") if seminar.posts() else []
        for _ in range(12):
            seminar.world.move(seconds=60)
            seminar.slack.land()
            await seminar.app.services.outbox.deliver_due()
        (post,) = seminar.posts()
        assert await sends(seminar) == ["sent"]
        assert seminar.slack.faults.waiting == 0
        await seminar.settle()
        assert await kept(seminar) == early
        late = say(seminar, post, "as ever")
        await seminar.settle()
        assert await kept(seminar) == early + late


async def test_what_cannot_be_read_again_is_said_and_read_later(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "socket") as seminar:
        async with seminar.up():
            post = await seminar.set_up()
            said = say(seminar, post, "heard")
            await seminar.settle()
        said += say(seminar, post, "while it was away")
        await seminar.slack.caught_up()
        replies = "conversations.replies"
        seminar.slack.faults.next(replies, RateLimit(7), RateLimit(30), Fail(500))
        async with seminar.up():
            recover = seminar.app.recovery.recover
            while seminar.slack.faults.waiting:
                await recover("slack")
            assert [receipt.problem for receipt in await recover("slack")] == [None]
            assert await kept(seminar) == said
            seminar.slack.faults.next(replies, Fail(502))
            (receipt,) = await recover("slack")
            assert receipt.problem == "Slack does not answer at the moment."
            assert await kept(seminar) == said  # nothing is taken for deleted


# --- events -------------------------------------------------------------------------------------


@WAYS
async def test_each_event_comes_three_times(tmp_path: Path, way: Way) -> None:
    async with a_seminar(tmp_path, way) as seminar, seminar.up():
        post = await seminar.set_up()
        seminar.slack.deliveries.times = 3
        seminar.slack.deliveries.in_order = False
        said = say(seminar, post, "one", "two", "three")
        two = next(m for m in seminar.channel.messages.values() if m.text == "two")
        seminar.world.react(seminar.bo, two)
        seminar.world.edit(two, "two, edited")
        seminar.world.mention(seminar.bo, seminar.channel, "fact about F1", thread=post)
        await seminar.settle()
        assert await kept(seminar) == [said[0], "two, edited", said[2]]
        async with seminar.app.services.database.read() as db:
            assert len((await db.execute(select(reactions))).all()) == 1
        told = seminar.world.private_to(seminar.bo)
        assert len([one for one in told if "F1" in one.words()]) == 1


@WAYS
async def test_an_event_that_is_written_late_is_sent_again(tmp_path: Path, way: Way) -> None:
    """Slack waits three seconds for the acknowledgement, here a tenth of one."""
    async with a_seminar(tmp_path, way) as seminar, seminar.up():
        post = await seminar.set_up()
        seminar.slack.deliveries.patience = 0.1
        async with held_up(seminar):
            said = say(seminar, post, "one", "two")
            await seminar.slack.caught_up()
            assert [e.outcomes != [""] for e in seminar.slack.deliveries.events[-2:]] == [True] * 2
            assert await kept(seminar) == []
        seminar.slack.deliveries.patience = 3
        await seminar.slack.retry_now()
        await seminar.settle()
        assert await kept(seminar) == said
        assert seminar.slack.deliveries.given_up == []


@asynccontextmanager
async def held_up(seminar: Seminar) -> AsyncIterator[None]:
    """The database writes nothing meanwhile."""
    begun, free = asyncio.Event(), asyncio.Event()

    async def work(_: Connection) -> None:
        begun.set()
        await free.wait()

    writing = asyncio.create_task(seminar.app.services.database.write(work))
    await begun.wait()
    yield
    free.set()
    await writing


@WAYS
async def test_what_happens_as_it_shuts_down_is_there_when_it_is_back(
    tmp_path: Path, way: Way
) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        async with seminar.up():
            post = await seminar.set_up()
            seminar.slack.deliveries.in_order = False
            said = say(seminar, post, *(f"under way {number}" for number in range(20)))
            await asyncio.sleep(0)  # they are on their way
        said += say(seminar, post, "away")
        await seminar.slack.caught_up()
        async with seminar.up():
            await seminar.slack.retry_now()
            await seminar.app.recovery.recover("slack")
            await seminar.settle()
            assert await kept(seminar) == said


# --- connections --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["refresh", "close", "cut", "warn"])
async def test_connections_end_and_are_made_anew(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # slack_sdk looks after its connection every ten seconds
    hasty = partial(AsyncSocketModeHandler, ping_interval=0.3)
    monkeypatch.setattr("bot.adapters.slack.adapter.AsyncSocketModeHandler", hasty)
    async with a_seminar(tmp_path, "socket") as seminar, seminar.up():
        post = await seminar.set_up()
        sockets = seminar.slack.sockets
        said = say(seminar, post, "before")
        if how == "cut":
            sockets.cut()
        else:
            await getattr(sockets, how)()
        said += say(seminar, post, "meanwhile")
        await seminar.world.state.until(lambda: sockets.opened > 1 or None, "a new connection")
        said += say(seminar, post, "after")
        await seminar.settle()
        await seminar.slack.retry_now()
        await seminar.settle()
        assert await kept(seminar) == said
        assert await seminar.asks(seminar.bo, "/fact about F1")


async def test_two_connections_share_what_happens(tmp_path: Path) -> None:
    """Slack sends each event to one of them, and what is sent again perhaps to the other."""
    async with a_seminar(tmp_path, "socket") as seminar, seminar.up():
        post = await seminar.set_up()
        async with open_app(seminar.settings, clock=seminar.clock, slack="socket") as other:
            assert other.slack is not None
            serving = asyncio.create_task(other.slack.serve())
            await seminar.slack.sockets.connected(2)
            seminar.slack.deliveries.times = 2
            said = say(seminar, post, *(f"reply {number}" for number in range(12)))
            await seminar.settle()
            await other.settle()
            assert all(one.served > 5 for one in seminar.slack.sockets.connections)
            assert await kept(seminar) == said
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
