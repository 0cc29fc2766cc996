"""A command that takes a file, on every platform in its own way: a file that was given stays with
its form until it is sent, and one that is refused is said to be."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core import catalog
from bot.core.cards import Card, text
from bot.core.commands import Choice, Command, Form, Param, Role, Type
from bot.core.dispatch import Call
from bot.core.errors import BadInput
from tests.contract.conftest import DRIVERS
from tests.contract.conversation import Conversation

MOST = 2_000
PETALS = "petals.csv", b"name;petals\nrose;5\n"
LEAVES = "leaves.csv", b"name;leaves\noak;9000\n"


async def _weigh(call: Call) -> Card | Form:
    """Asks in which unit, as somebody who has to see the file first."""
    file, unit = call.file("sheet"), call.text("unit")
    if unit == "stones":
        raise BadInput("unit", "unit takes grams or pounds.")
    if unit is None:
        columns = file.content.decode().splitlines()[0].split(";")
        choices = tuple(Choice(column, column.title()) for column in columns)
        unit_asked = Param("unit", "In what to weigh", required=True)
        column = Param("column", "Which column", choices=choices)
        return Form(call.command.name, (column, unit_asked), dict(call.invocation.arguments))
    said = f"{file.name}: {len(file.content)} {unit}, by {call.text('column') or 'nothing'}"
    return Card("Weighed", (text(said),))


WEIGH = Command(
    "coal weigh",
    "Weighs a file",
    Role.STUDENT,
    _weigh,
    (
        Param("sheet", "What to weigh", Type.FILE, required=True, most=MOST),
        Param("unit", "In what"),
        Param("column", "A column of it"),
    ),
)


@pytest.fixture
async def c(driver: str, tmp_path: Path) -> AsyncIterator[Conversation]:
    async with DRIVERS[driver](tmp_path, catalog.build().with_command(WEIGH)) as conversation:
        await conversation.join("Ines")
        await conversation.channel("history")
        yield conversation


async def test_a_file_is_given_with_what_else_is_typed(c: Conversation) -> None:
    said = await c.command("Ines", "coal weigh", unit="grams", files={"sheet": PETALS})
    assert "petals.csv: 19 grams, by nothing" in said.words


async def test_a_file_stays_while_a_form_asks_for_more_and_says_what_is_wrong(
    c: Conversation,
) -> None:
    asked = await c.command("Ines", "coal weigh", files={"sheet": PETALS})
    assert {*asked.values} == {"column", "unit"}
    again = await c.command("Ines", "coal weigh", column="petals", unit="stones")
    assert again.problems["unit"] == "unit takes grams or pounds."
    assert again.values["unit"] == "stones"
    said = await c.command("Ines", "coal weigh", unit="pounds")
    assert "petals.csv: 19 pounds, by petals" in said.words


async def test_another_file_takes_the_place_of_the_one_that_was_refused(c: Conversation) -> None:
    heavy = "heavy.csv", b"x" * (MOST + 1)
    refused = await c.command("Ines", "coal weigh", unit="grams", files={"sheet": heavy})
    assert "takes a file of at most 2 KB" in refused.problems["sheet"]
    assert refused.values["unit"] == "grams"
    said = await c.command("Ines", "coal weigh", files={"sheet": LEAVES})
    assert "leaves.csv: 21 grams" in said.words
