"""The two steps of a send over the loopback server: its message, then its thread and what exceeds
the message, each there once whatever was refused, cut off or left undone in between."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.cards import Card, paragraphs
from bot.core.events import MessageRef
from bot.core.ports import SendRefused, SendUncertain
from tests.adapters.discord.connected import CARD, Seminar
from tests.adapters.discord.test_client import run, told, why
from tests.adapters.discord.test_platform import KEY, thread_of, within
from tests.fakes.discord_wire import Channel, Cut, Fail, Refuse, Slow, TickingClock, Wire

THREADS = "/channels/*/messages/*/threads"
LONG = Card("Long", paragraphs("\n\n".join(f"{n}. " + "word " * 380 for n in range(12))), "D1")
"""It takes several messages."""


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        await seminar.settle()
        yield seminar
        assert wire.unknown == []


async def later(seminar: Seminar, seconds: float = 0, **by: float) -> None:
    seminar.clock.move(seconds=seconds, **by)
    await seminar.app.services.outbox.deliver_due()
    await seminar.settle()


def threads(seminar: Seminar) -> list[Channel]:
    return [c for c in seminar.guild.channels.values() if c.is_thread]


def numbers(seminar: Seminar, *channels: Channel) -> list[int]:
    """The paragraphs of LONG that stand in Coalface's messages, as they are read."""
    shown = [m for channel in channels for m in seminar.posts(channel) if m.embeds]
    lines = [line for m in shown for e in m.embeds for line in e["description"].split("\n\n")]
    return [int(line.partition(".")[0].strip("\\")) for line in lines]


# --- a thread -----------------------------------------------------------------------------------


async def test_a_thread_that_is_refused_is_told_and_opened_once_it_may_be(seminar: Seminar) -> None:
    await run(seminar, "course setup", title="History 101")
    seminar.wire.faults.next("POST", THREADS, *[Refuse(403, 50013)] * 2)
    said = await run(seminar, "prompt post", prompt="kulaks-and-shock-workers")
    assert "#kulaks shows it, but not yet its thread" in said
    assert "“Create Public Threads” in #kulaks; give it there under Edit Channel" in said
    await later(seminar, 6)
    assert threads(seminar) == []
    (notice,) = told(seminar)
    assert "D1 is not complete" in notice
    (post,) = seminar.posts()
    seminar.world.say(seminar.bo, seminar.channel, "The state decided.", reply_to=post)
    await later(seminar, 12)
    (thread,) = threads(seminar)
    assert (thread.id, thread.name) == (post.id, "Two kinds of success, two fates")
    assert [m.id for m in seminar.posts()] == [post.id]
    assert seminar.wire.asked("GET", f"/channels/{seminar.channel.id}/messages?") == []
    assert "1 message, of which 1 counts" in await why(seminar)


async def test_a_thread_that_is_there_already_is_success(seminar: Seminar) -> None:
    message = await seminar.platform.post(seminar.place, CARD, KEY)
    first = await seminar.platform.complete(seminar.place, message, CARD, KEY)
    assert await seminar.platform.complete(seminar.place, message, CARD, KEY) == first
    assert [asked.outcome for asked in seminar.wire.asked("POST", "/threads")] == [[200], [400]]
    assert [str(thread.id) for thread in threads(seminar)] == [first.thread]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("fault", [Fail, Cut])
async def test_a_thread_without_an_answer_is_asked_for_again(
    seminar: Seminar, fault: type[Fail] | type[Cut], accepted: bool
) -> None:
    await run(seminar, "course setup", title="History 101")
    seminar.wire.faults.next("POST", THREADS, fault(accepted=accepted))
    said = await run(seminar, "prompt post", prompt="kulaks-and-shock-workers")
    assert "#kulaks shows it, but not yet its thread" in said
    assert len(threads(seminar)) == accepted
    await later(seminar, 46)
    (thread,) = threads(seminar)
    (post,) = [m for m in seminar.posts() if m.embeds]
    assert thread.id == post.id
    assert "Open discussions: D1" in await run(seminar, "course show")


async def test_a_message_that_is_gone_gets_no_thread(seminar: Seminar) -> None:
    message = await seminar.platform.post(seminar.place, CARD, KEY)
    seminar.world.delete(seminar.posts()[0])
    with pytest.raises(SendRefused, match="Coalface's message in #kulaks does not exist") as raised:
        await seminar.platform.complete(seminar.place, message, CARD, KEY)
    assert raised.value.final


# --- a long card --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_what_exceeds_a_message_continues_in_its_thread(seminar: Seminar, kind: str) -> None:
    channel = seminar.world.add_channel(seminar.guild, "essays", kind)
    await seminar.settle()
    posted = await seminar.post(seminar.place_of(channel), LONG, KEY)
    thread = thread_of(seminar, posted.thread)
    assert len(seminar.posts(channel)) == (1 if kind == "text" else 0)
    assert numbers(seminar, channel, thread) == list(range(12))
    await seminar.platform.complete(seminar.place_of(channel), posted.message, LONG, KEY)
    assert numbers(seminar, channel, thread) == list(range(12))


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_crash_between_the_parts_leaves_none_out_and_none_twice(
    seminar: Seminar, accepted: bool
) -> None:
    """Also when Discord has forgotten the nonces: it knows them for five minutes."""
    message = await seminar.platform.post(seminar.place, LONG, KEY)
    parts = "/channels/*/messages"
    seminar.wire.faults.next("POST", parts, Slow(0), Cut(accepted))
    with pytest.raises(SendUncertain):
        await seminar.platform.complete(seminar.place, message, LONG, KEY)
    (thread,) = threads(seminar)
    seminar.world.say(seminar.bo, thread, "A word in between.")
    seminar.clock.move(minutes=6)
    await seminar.settle()
    posted = await seminar.platform.complete(seminar.place, message, LONG, KEY)
    assert posted.message == message
    assert numbers(seminar, seminar.channel, thread) == list(range(12))
    nonces = [m.nonce for m in (*seminar.posts(), *seminar.posts(thread)) if m.embeds]
    assert len(set(nonces)) == len(nonces) > 3


async def test_a_long_summary_continues_in_its_thread_and_is_found_by_its_first_part(
    seminar: Seminar,
) -> None:
    prompt = await seminar.post(seminar.place, CARD, KEY)
    place, thread = within(seminar.place, prompt.thread), thread_of(seminar, prompt.thread)
    began = seminar.clock.now()
    message = await seminar.platform.post(place, LONG, "closing:1")
    assert await seminar.platform.find(place, "closing:1", began) == message
    seminar.world.change_thread(thread, archived=True)
    await seminar.settle()
    posted = await seminar.platform.complete(place, message, LONG, "closing:1")
    assert posted.thread == prompt.thread
    assert numbers(seminar, thread) == list(range(12))
    assert await seminar.platform.find(place, "closing:1", began) == MessageRef(message)
