"""Hostile text into every parameter that takes words, of every command of the catalogue, typed and
in its form: it is answered, calls nobody, is nothing that Slack refuses, and nothing fails."""

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from bot.core import catalog
from bot.core.commands import Command, Param, Type
from tests.adapters.slack.connected import Seminar, a_seminar
from tests.adapters.slack.hostile import STRINGS, calls_nobody, quiet
from tests.fakes.slack_workspace.interactions import Interaction
from tests.fakes.slack_workspace.records import File, View

TIMES = 20
WORDS = (Type.LINE, Type.PARAGRAPH)
SENSIBLE = {
    "role": "assistant", "title": "T", "text": "Why?",
    "fact": "F1", "prompt": "P1", "subject": "kulaks", "first": "kulaks", "second": "shock workers",
    "side": "yes", "message": "1", "code": "ABCD", "confirm": "no", "account": "nobody",
    "schedule": "S1", "when": "tomorrow 9am", "dates": "tomorrow", "until": "tomorrow 8pm",
    "reason": "Ill",
    "student": "Bo", "entry": "12345",
}  # fmt: skip
"""What stands in a command's other required parameters, and in `when`."""


def sensible(param: Param) -> str:
    return SENSIBLE.get(param.name, param.choices[0].value if param.choices else "x")


ROSTER = "roster.csv", b"Name,Student ID\nAda Pitlamp,12345\n"

PLACES = [
    (command, param)
    for command in catalog.build()
    for param in command.params
    if param.type in WORDS and not param.choices
]


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    async with a_seminar(tmp_path) as seminar:
        await seminar.asks(seminar.teacher, '/course setup "History 101"')
        view = await seminar.opens(seminar.teacher, "/prompt new")
        await seminar.submits(view, title="T", text="Why?", sides="yes; no")
        await seminar.asks(seminar.teacher, "/prompt post P1")
        daily = '/prompt schedule P1 when:"tomorrow 9am" repeat:daily'
        assert "Schedule this?" in "".join(await seminar.asks(seminar.teacher, daily))
        await seminar.asks(seminar.teacher, "/schedule confirm S1")
        yield seminar
        await seminar.settle()
        calls_nobody(seminar)


def slash(command: Command) -> tuple[str, str]:
    """Its name in Slack's window, and what of it follows."""
    group, _, verb = command.name.partition(" ")
    return (f"/{group}", verb) if verb else ("/coalface", group)


def others(seminar: Seminar, command: Command, param: Param) -> dict[str, Any]:
    roster = seminar.world.file(seminar.teacher, *ROSTER)
    of_its_own = {Type.PERSON: seminar.bo, Type.FILE: roster}
    return {
        other.name: of_its_own.get(other.type) or sensible(other)
        for other in command.params
        if (other.required or other.name == "when") and other.name != param.name
    }


async def answered(seminar: Seminar, ran: Interaction, what: object) -> None:
    """Something came of it, and only the one who asked sees that."""
    await ran.answered()
    await seminar.settle()
    private = seminar.world.state.private
    assert private or ran.views or ran.field_errors, what
    for message in private:
        assert seminar.teacher in (message.seen_by, *message.channel.members), what
        assert "Something went wrong" not in message.words(), what
        quiet(message.text, message.blocks)
    for view in ran.views:
        quiet(None, view.blocks)
    private.clear()  # what was looked at is not looked at again


async def typed(
    seminar: Seminar, command: Command, param: Param, text: str, given: dict[str, Any]
) -> None:
    """All else by name, and then the text, as far as the line goes."""
    name, verb = slash(command)
    said = {each: value for each, value in given.items() if not isinstance(value, File)}
    before = " ".join(f'{k}:"{getattr(v, "handle", v)}"' for k, v in said.items())
    line = f"{verb} {before} {param.name}: {text}"
    ran = seminar.world.run_command(seminar.teacher, seminar.channel, name, line)
    await answered(seminar, ran, (command.name, param.name, text))
    for view in ran.views:
        seminar.world.close(view, everything=True)


async def filled(
    seminar: Seminar, command: Command, param: Param, text: str, given: dict[str, Any]
) -> None:
    """The same in the form that opens where nothing is typed."""
    name, verb = slash(command)
    ran = seminar.world.run_command(seminar.teacher, seminar.channel, name, verb)
    view = await ran.opened()
    values = {
        each: await entry(seminar, view, each, value)
        for each, value in (given | {param.name: text}).items()
    }
    if not values[param.name]:
        return
    sent = seminar.world.submit(view, values)
    await answered(seminar, sent, (command.name, param.name, text))
    if view.is_open:
        seminar.world.close(view, everything=True)


async def entry(seminar: Seminar, view: View, name: str, value: Any) -> Any:
    """What a person can give in the field: as much as it takes, or what is suggested last."""
    (element,) = [one for one in view.elements() if one["block_id"] == name]
    if element["type"] == "external_select":
        asked = seminar.world.suggest(seminar.teacher, view, name, value)
        await asked.answered()
        return asked.options[-1] if asked.options else None
    if element["type"] == "plain_text_input":
        lines = value if element.get("multiline") else " ".join(value.split())
        return lines[: element.get("max_length", 3_000)]
    return value


def some(number: int) -> Iterator[str]:
    """Twenty strings for a parameter; with many parameters, each string comes up."""
    return islice(cycle(STRINGS), number * TIMES, (number + 1) * TIMES)


async def everything(seminar: Seminar, texts: Sequence[Sequence[str]], both: bool) -> None:
    """`both`: each as typed and in the form, else in turn."""
    for (command, param), own in zip(PLACES, texts, strict=True):
        given = others(seminar, command, param)
        has_form = any(each.required for each in command.params)
        for number, text in enumerate(own):
            if both or not has_form or number % 2:
                await typed(seminar, command, param, text, given)
            if has_form and (both or number % 2 == 0):
                await filled(seminar, command, param, text, given)


async def test_each_parameter_twenty_times(
    seminar: Seminar, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await everything(seminar, [list(some(n)) for n in range(len(PLACES))], both=False)
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []


@pytest.mark.soak
async def test_each_parameter_with_each_string(
    seminar: Seminar, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await everything(seminar, [STRINGS] * len(PLACES), both=True)
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []
