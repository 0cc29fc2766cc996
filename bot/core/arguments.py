"""What was typed for a command, as the types that its parameters declare."""

import unicodedata
from collections.abc import Collection, Mapping

from bot.core.commands import Command, File, Param, Type, Upload, Value
from bot.core.errors import BadInput, UnknownName, UserError
from bot.core.uploads import check

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Unicode's marks of direction (UAX #9) that reach beyond the text they stand in."""


def typed(
    command: Command, given: Mapping[str, object], also: Collection[str] = ()
) -> dict[str, Value | Upload]:
    """The arguments as the parameters declare them, files still to be fetched; empty ones left out.
    Raises BadInput.

    `also` are names that stand beside the command's own parameters."""
    for name in given:
        if command.param(name) is None and name not in also:
            known = [param.name for param in command.params]
            raise UserError(
                str(UnknownName("", "parameter", name, known, f"see /help {command.name}."))
            )
    found: dict[str, Value | Upload] = {}
    for param in command.params:
        value = given.get(param.name)
        if not is_given(value):
            continue
        found[param.name] = (
            check(param, value) if param.type is Type.FILE else _value(param, str(value))
        )
    return found


def is_given(value: object) -> bool:
    """Whether anything was given: a file, or more than spaces."""
    if isinstance(value, Upload | File):
        return True
    return value is not None and str(value).strip() != ""


def is_free(param: Param) -> bool:
    """Whether a person words it themselves, rather than picking what there is."""
    picked = param.choices or param.complete is not None
    return param.type is Type.PARAGRAPH or (param.type is Type.LINE and not picked)


def _clean(given: str) -> str:
    """Without what is no character of any text: controls, halves of a character (surrogates), and
    marks that turn the direction of what comes after them."""
    return "".join(
        c
        for c in given
        if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in TURNING)
    )


def _value(param: Param, given: str) -> Value:
    given = _clean(given.replace("\r\n", "\n"))
    value = given if param.type is Type.PARAGRAPH else given.strip()
    if param.type is Type.INTEGER:
        if not (
            value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= param.most
        ):
            raise BadInput(
                param.name, f"{param.name} takes a whole number from 0 to {param.most}."
            )  # fmt: skip
        return int(value)
    if len(value) > param.most:
        raise BadInput(
            param.name,
            f"{param.name} takes at most {param.most} characters, and this has {len(value)}.",
        )
    if param.type is Type.LINE and "\n" in value:
        raise BadInput(param.name, f"{param.name} takes one line.")
    if param.choices:
        for choice in param.choices:
            if value.casefold() in (choice.value.casefold(), choice.label.casefold()):
                return choice.value
        labels = [choice.value for choice in param.choices]
        raise UnknownName(
            param.name, param.name, value, labels, f"it takes {', '.join(labels)}."
        )  # fmt: skip
    return value
