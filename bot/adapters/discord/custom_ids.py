"""A button's name on Discord says which command it runs and with what, so that it works after any
restart: nothing about it is kept anywhere else.

`cf1`, the way (r runs, f opens the form), the command's key, then each argument: `|`, the
parameter's key, the value; a full stop and a number end it. Keys come from names, so that a command
or a parameter added later changes no button that stands in a channel already.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from bot.adapters.discord.limits import CUSTOM_ID
from bot.core.cards import Button
from bot.core.commands import Catalog, Command
from bot.core.rendering import fits

COMMAND_KEY = 5
PARAM_KEY = 2
TEMPLATE = r"cf1(?P<way>[rf])(?P<command>[a-z2-7]{5})(?P<arguments>(?:\|[^|]*)*)\.\d*"

_SPECIAL = {"~": "~~", "|": "~1", "\n": "~n", "\r": "~r", "\t": "~t"}
_CODED = str.maketrans(_SPECIAL)
_BACK = {coded: char for char, coded in _SPECIAL.items()}


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button asks for."""

    command: Command
    arguments: Mapping[str, str]
    form: bool


def to_custom_id(button: Button, number: int) -> str:
    """The button's name; `number` tells it from others like it in one message.

    Arguments that don't fit are left out, the longest first, and the button opens the form then.
    """
    arguments = [(name, value) for name, value in button.arguments]
    form = button.form
    while not fits(coded := _coded(button.command, arguments, form, number), CUSTOM_ID):
        arguments.remove(max(arguments, key=lambda argument: len(_escaped(argument[1]))))
        form = True
    return coded


def from_custom_id(match: re.Match[str], catalog: Catalog) -> Pressed | None:
    """What the button asks for; None where there is no such command any more.

    An argument whose parameter is gone is left out.
    """
    command = next((c for c in catalog if command_key(c.name) == match["command"]), None)
    if command is None:
        return None
    names = {param_key(param.name): param.name for param in command.params}
    arguments = {}
    for part in match["arguments"].split("|")[1:]:
        if (name := names.get(part[:PARAM_KEY])) is not None:
            arguments[name] = _unescaped(part[PARAM_KEY:])
    return Pressed(command, arguments, match["way"] == "f")


def command_key(name: str) -> str:
    return _key(name, COMMAND_KEY)


def param_key(name: str) -> str:
    return _key(name, PARAM_KEY)


def check(catalog: Catalog) -> None:
    """Raises ValueError where two commands, or two parameters of one, would have the same key."""
    _differ([command_key(command.name) for command in catalog], "commands")
    for command in catalog:
        _differ([param_key(param.name) for param in command.params], f"params of {command.name}")


def _differ(keys: list[str], of: str) -> None:
    if len(set(keys)) != len(keys):
        raise ValueError(f"Two {of} have the same key; rename the newer one.")


@cache
def _key(name: str, length: int) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return b32encode(digest).decode().lower()[:length]


def _coded(command: str, arguments: Iterable[tuple[str, str]], form: bool, number: int) -> str:
    said = "".join(f"|{param_key(name)}{_escaped(value)}" for name, value in arguments)
    return f"cf1{'f' if form else 'r'}{command_key(command)}{said}.{number}"


def _escaped(value: str) -> str:
    whole = value.encode("utf-8", "replace").decode()
    return whole.translate(_CODED)


def _unescaped(coded: str) -> str:
    return re.sub(r"~[~1nrt]", lambda match: _BACK[match[0]], coded)
