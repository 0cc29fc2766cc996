"""Hostile text into every parameter that takes words, of every command of the catalogue, over the
loopback server: it is answered, fires no mention, breaks no limit, and nothing fails."""

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.adapters.discord import limits
from bot.core import catalog
from bot.core.commands import Command, Param, Type
from bot.core.rendering import size
from tests import hostile
from tests.adapters.discord.connected import Seminar, handled
from tests.adapters.discord.reading import over_limits_of
from tests.fakes.discord_wire import Message, TickingClock, Wire
from tests.fakes.discord_wire.interactions import Interaction

TIMES = 20
STRINGS = [
    text
    for text in (each.encode("utf-8", "ignore").decode() for each in hostile.strings())
    if text.strip()
]
WORDS = (Type.LINE, Type.PARAGRAPH)
SENSIBLE = {
    "role": "assistant", "title": "T", "text": "Why?",
    "fact": "F1", "prompt": "P1", "subject": "kulaks", "first": "kulaks", "second": "shock workers",
    "side": "yes", "message": "1", "code": "ABCD", "confirm": "no",
    "schedule": "S1", "when": "tomorrow 9am", "dates": "tomorrow", "until": "tomorrow 8pm",
    "reason": "Ill",
}  # fmt: skip
"""What stands in a command's other required parameters, and in `when`."""

ROSTER = "roster.csv", b"Name,Student ID\nAda Pitlamp,12345\n"

PLACES = [
    (command, param)
    for command in catalog.build().with_references()
    for param in command.params
    if param.type in WORDS and not param.choices
]


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        await seminar.settle()
        for command, given in (
            ("course setup", {"title": "History 101"}),
            ("prompt new", {"title": "T", "text": "Why?", "sides": "yes; no"}),
            ("prompt post", {"prompt": "P1"}),
            ("prompt schedule", {"prompt": "P1", "when": "tomorrow 9am", "repeat": "daily"}),
            ("schedule confirm", {"schedule": "S1"}),
        ):
            await answer(seminar, command, given)
        yield seminar
        assert wire.unknown == []


async def answer(seminar: Seminar, command: str, given: dict[str, Any]) -> list[Message]:
    """What a slash command is answered with; a form that opens is sent as it stands."""
    seminar.clock.move(seconds=1)
    ran = seminar.world.run_command(seminar.ada, seminar.channel, command, **given)
    await ran.answered()
    if ran.modal is not None:
        ran = seminar.world.submit_modal(ran)
    await ran.told()
    return ran.messages


async def submitted(seminar: Seminar, command: str, given: dict[str, Any]) -> list[Message]:
    """The same through the form of a command that opens one."""
    seminar.clock.move(seconds=1)
    opened = await seminar.world.run_command(seminar.ada, seminar.channel, command).answered()
    sent = seminar.world.submit_modal(opened, **given)
    await sent.told()
    return sent.messages


def others(seminar: Seminar, command: Command, param: Param) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for other in command.params:
        if (other.required or other.name == "when") and other.name != param.name:
            value: Any = SENSIBLE.get(other.name, other.choices[0].value if other.choices else "x")
            if other.type is Type.PERSON:
                value = seminar.bo
            if other.type is Type.FILE:
                value = seminar.world.file(*ROSTER)
            given[other.name] = value
    return given


def fitting(param: Param, text: str) -> str:
    """As much of it as Discord lets somebody type there."""
    return text[: min(param.most, limits.TEXT_INPUT)]


def some(number: int) -> Iterator[str]:
    """Twenty strings for a parameter; with many parameters, each string comes up."""
    return islice(cycle(STRINGS), number * TIMES, (number + 1) * TIMES)


async def put(seminar: Seminar, command: Command, param: Param, texts: Sequence[str]) -> None:
    given = others(seminar, command, param)
    for text in texts:
        typed = fitting(param, text)
        told = await answer(seminar, command.name, given | {param.name: typed})
        harmless(told, (command.name, param.name, typed))
        if command.form and typed.strip():
            told = await submitted(seminar, command.name, given | {param.name: typed})
            harmless(told, (command.name, param.name, typed))


async def complete(seminar: Seminar, command: Command, param: Param, texts: Sequence[str]) -> None:
    given = others(seminar, command, param)
    for text in texts:
        asked: Interaction = seminar.world.autocomplete(
            seminar.ada, seminar.channel, command.name, param.name,
            **given | {param.name: fitting(param, text)},
        )  # fmt: skip
        await asked.answered()
        assert asked.choices is not None
        assert len(asked.choices) <= 25
        assert all(1 <= size(c["name"]) <= 100 for c in asked.choices)


def harmless(messages: Sequence[Message], what: object) -> None:
    assert messages, what
    for message in messages:
        assert message.seen_by is not None, what
        assert (message.content, message.mentions) == ("", []), what
        assert not message.mention_everyone, what
        embeds = [discord.Embed.from_dict(embed) for embed in message.embeds]
        assert over_limits_of(embeds) == [], what
        assert "Something went wrong" not in str(message.embeds), what


def reaches_nobody(seminar: Seminar) -> None:
    """Nothing that was sent, also in public or as an answer, may notify anybody."""
    sent = 0
    for asked in seminar.wire.requests:
        body = asked.json or {}
        body = body.get("data") or body if "/callback" in asked.path else body
        if asked.method in ("POST", "PATCH") and "embeds" in body:
            sent += 1
            assert not body.get("content")
            assert body.get("allowed_mentions", {"parse": []}) == {"parse": []}
    assert sent


async def everything(seminar: Seminar, texts: list[list[str]]) -> None:
    for (command, param), own in zip(PLACES, texts, strict=True):
        await put(seminar, command, param, own)
        if param.complete is not None:
            await complete(seminar, command, param, own)
    await handled()
    reaches_nobody(seminar)


async def test_each_parameter_twenty_times(
    seminar: Seminar, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await everything(seminar, [list(some(number)) for number in range(len(PLACES))])
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []


@pytest.mark.soak
async def test_each_parameter_with_each_string(
    seminar: Seminar, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await everything(seminar, [STRINGS] * len(PLACES))
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []
