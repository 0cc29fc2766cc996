"""A button's name and value on Slack say which command it runs and with what, so that it works
after any restart: nothing about it is kept anywhere else.

The name is `cf1`, the way (r runs, f opens the form), a full stop and a number; the value is JSON:
the command's name and its arguments.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.adapters.slack.limits import BUTTON_VALUE
from bot.core.cards import Button
from bot.core.commands import Catalog, Command
from bot.core.rendering import clean, fits

PATTERN = re.compile(r"cf1(?P<way>[rf])\.\d+")


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button asks for."""

    command: Command
    arguments: Mapping[str, str]
    form: bool


def to_action(button: Button, number: int) -> tuple[str, str]:
    """The button's name and value; `number` tells it from others in one message.

    Arguments that don't fit are left out, the longest first, and the button opens the form then.
    """
    arguments = {name: clean(value) for name, value in button.arguments}
    form = button.form
    while not fits(value := _coded(button.command, arguments), BUTTON_VALUE) and arguments:
        del arguments[max(arguments, key=lambda name: len(arguments[name]))]
        form = True
    return f"cf1{'f' if form else 'r'}.{number}", value


def from_action(action_id: str, value: str, catalog: Catalog) -> Pressed | None:
    """What the button asks for; None where there is no such command any more.

    An argument whose parameter is gone is left out.
    """
    match = PATTERN.fullmatch(action_id)
    if match is None:
        return None
    try:
        said = json.loads(value)
    except ValueError:
        return None
    if not isinstance(said, dict) or (command := catalog.find(str(said.get("command")))) is None:
        return None
    given = said.get("arguments")
    arguments = given if isinstance(given, dict) else {}
    known = {name: str(given) for name, given in arguments.items() if command.param(name)}
    return Pressed(command, known, match["way"] == "f")


def _coded(command: str, arguments: Mapping[str, str]) -> str:
    said = {"command": clean(command)[:100], "arguments": arguments}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
