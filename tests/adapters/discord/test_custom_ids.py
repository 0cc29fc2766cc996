"""A button's name says all that it does, within a hundred characters."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord import custom_ids
from bot.adapters.discord.custom_ids import from_custom_id, to_custom_id
from bot.core import catalog, prompts
from bot.core.cards import Button
from bot.core.commands import Catalog, Command
from bot.core.rendering import size
from prompts.loader import load
from seeds import packs

BUILT = catalog.build()
PACKS = [load(folder) for folder in packs()]


def back(button: Button, number: int = 0) -> tuple[str, dict[str, str], bool]:
    """What a press of the button asks for."""
    coded = to_custom_id(button, number)
    assert size(coded) <= 100
    match = re.fullmatch(custom_ids.TEMPLATE, coded)
    assert match is not None, coded
    pressed = from_custom_id(match, BUILT)
    assert pressed is not None
    return pressed.command.name, dict(pressed.arguments), pressed.form


def real_buttons() -> list[Button]:
    """The buttons that the core makes, with the longest arguments that it can have."""
    side = "w" * prompts.SIDE_MOST
    found = [
        Button("Side", "prompt side", (("discussion", "D99999"), ("side", side))),
        Button("Reopen", "prompt reopen", (("discussion", "D99999"),)),
    ]
    for pack in PACKS:
        for fact in pack.facts:
            cite = (("fact", fact.id), ("style", "chicago"))
            found.append(Button(fact.id, "fact cite", cite))
            found += [Button(t, "fact about", (("subject", t),)) for t in fact.topics]
        for prompt in pack.prompts:
            found.append(Button("Preview", "prompt preview", (("prompt", prompt.id),)))
    return found


def test_every_real_button_fits_whole() -> None:
    for button in real_buttons():
        assert back(button) == (button.command, dict(button.arguments), False)


@given(st.text(max_size=40), st.text(max_size=20), st.booleans(), st.integers(0, 24))
def test_any_button_comes_back_or_opens_the_form(
    one: str, two: str, form: bool, number: int
) -> None:
    button = Button("x", "prompt side", (("side", one), ("discussion", two)), form=form)
    command, arguments, opens = back(button, number)
    assert command == "prompt side"
    assert arguments.items() <= {"side": one, "discussion": two}.items()
    assert opens == (form or len(arguments) < 2)


def test_the_longest_argument_is_left_out_first() -> None:
    button = Button("x", "prompt side", (("discussion", "D12"), ("side", "s" * 200)))
    assert back(button) == ("prompt side", {"discussion": "D12"}, True)


def test_two_like_buttons_have_two_names() -> None:
    button = Button("x", "help")
    assert to_custom_id(button, 0) != to_custom_id(button, 1)


def test_a_name_stays_the_same_for_good() -> None:
    button = Button("x", "prompt side", (("side", "yes"), ("discussion", "D12")))
    assert to_custom_id(button, 3) == NAME


def test_a_parameter_or_command_that_is_gone() -> None:
    match = re.fullmatch(custom_ids.TEMPLATE, NAME)
    assert match is not None
    side = BUILT.find("prompt side")
    assert side is not None
    shrunk = Catalog([Command(side.name, side.summary, side.least, side.handler, side.params[:1])])
    pressed = from_custom_id(match, shrunk)
    assert pressed is not None
    assert dict(pressed.arguments) == {"side": "yes"}
    assert from_custom_id(match, Catalog([])) is None


def test_keys_that_would_be_mistaken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    custom_ids.check(BUILT)
    monkeypatch.setattr(custom_ids, "COMMAND_KEY", 0)
    with pytest.raises(ValueError, match="same key"):
        custom_ids.check(BUILT)


NAME = "cf1rrdqpb|5jyes|htD12.3"
