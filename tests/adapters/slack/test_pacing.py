"""One message a second to a channel, each channel by itself, and never before Slack allows it."""

import asyncio

import pytest

from bot.adapters.slack import pacing
from bot.adapters.slack.pacing import PATIENCE, Limited, Pace
from tests.adapters.slack.running import Running


@pytest.fixture
def time() -> Running:
    return Running()


@pytest.fixture
def pace(time: Running) -> Pace:
    return Pace(time.now, time.sleep)


async def test_messages_to_a_channel_are_a_second_apart(time: Running, pace: Pace) -> None:
    began: list[float] = []
    for _ in range(3):
        await pace.turn("C1", 1.0)
        began.append(time.now() - 1_000)
    assert began == [0, 1, 2]


async def test_turns_asked_for_at_once_are_taken_one_by_one(time: Running, pace: Pace) -> None:
    began: list[float] = []

    async def one() -> None:
        await pace.turn("C1", 1.0)
        began.append(time.now() - 1_000)

    await asyncio.gather(*(one() for _ in range(4)))
    assert began == [0, 1, 2, 3]


async def test_one_channel_does_not_hold_up_another(time: Running, pace: Pace) -> None:
    await pace.turn("C1", 1.0)
    pace.hold("C1", 60)
    await pace.turn("C2", 1.0)
    assert time.slept == []


async def test_what_would_wait_too_long_is_for_its_sender_to_plan(
    time: Running, pace: Pace
) -> None:
    pace.hold("C1", PATIENCE + 1)
    with pytest.raises(Limited) as caught:
        await pace.turn("C1", 1.0)
    assert caught.value.seconds == PATIENCE + 1
    await pace.turn("C1", 1.0, patience=None)
    assert time.now() == 1_000 + PATIENCE + 1


async def test_a_longer_wait_asked_for_meanwhile_is_kept(time: Running, pace: Pace) -> None:
    pace.hold("history", 2)

    async def asks() -> None:
        await pace.turn("history", patience=None)

    waiting = asyncio.create_task(asks())
    await asyncio.sleep(0)
    pace.hold("history", 60)
    pace.hold("history", 1)
    await waiting
    assert time.now() == 1_060


async def test_channels_that_are_free_again_are_forgotten(
    time: Running, pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "REMEMBERED", 3)
    for channel in range(3):
        await pace.turn(channel, 1.0)
    time.at += 5
    await pace.turn("new", 1.0)
    assert list(pace._free) == ["new"]
