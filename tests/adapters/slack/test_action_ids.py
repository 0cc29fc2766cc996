"""A button's name and value say all that it does, and go on doing so."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.action_ids import PATTERN, from_action, to_action
from bot.core import catalog
from bot.core.cards import Button
from bot.core.rendering import clean, size
from tests import hostile

BUILT = catalog.build()


@given(st.text(max_size=600), st.text(max_size=600), st.booleans(), st.integers(0, 10_000))
def test_what_a_button_does_comes_back(side: str, where: str, form: bool, number: int) -> None:
    arguments = (("side", side), ("discussion", where))
    action_id, value = to_action(Button("Go", "prompt side", arguments, form=form), number)
    assert PATTERN.fullmatch(action_id)
    assert size(action_id) <= 255
    assert size(value) <= 2_000
    pressed = from_action(action_id, value, BUILT)
    assert pressed is not None
    assert pressed.command.name == "prompt side"
    if len(pressed.arguments) == 2:
        assert pressed.arguments == {"side": clean(side), "discussion": clean(where)}
        assert pressed.form is form
    else:
        assert pressed.form, "what did not fit is asked for"


@pytest.mark.parametrize("said", list(hostile.strings(count=10)))
def test_a_long_argument_is_left_out_and_asked_for(said: str) -> None:
    long = (said * 5_000)[:5_000].ljust(3_000, "x")
    arguments = (("text", long), ("style", "mla"))
    action_id, value = to_action(Button("Go", "fact bibliography", arguments), 0)
    pressed = from_action(action_id, value, BUILT)
    assert pressed is not None
    assert (pressed.arguments, pressed.form) == ({"style": "mla"}, True)


def test_buttons_of_one_message_are_told_apart() -> None:
    button = Button("Go", "help")
    assert to_action(button, 0)[0] != to_action(button, 1)[0]


def test_a_button_that_stands_in_a_channel_already_works_on() -> None:
    pressed = from_action("cf1r.3", '{"command":"prompt side","arguments":{"side":"yes"}}', BUILT)
    assert pressed is not None
    assert (pressed.command.name, pressed.arguments, pressed.form) == (
        "prompt side",
        {"side": "yes"},
        False,
    )


@pytest.mark.parametrize(("action_id", "value"), [
    ("cf1r.0", '{"command":"prompt gone","arguments":{}}'),
    ("cf1r.0", "nonsense"),
    ("cf1r.0", "[]"),
    ("other", '{"command":"help","arguments":{}}'),
])  # fmt: skip
def test_a_button_whose_command_is_gone_does_nothing(action_id: str, value: str) -> None:
    assert from_action(action_id, value, BUILT) is None


def test_an_argument_whose_parameter_is_gone_is_left_out() -> None:
    value = json.dumps({"command": "help", "arguments": {"command": "fact", "gone": "x"}})
    pressed = from_action("cf1r.0", value, BUILT)
    assert pressed is not None
    assert pressed.arguments == {"command": "fact"}
