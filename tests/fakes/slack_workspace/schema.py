"""Small checks of which Block Kit's rules are made; each says what is wrong and points at it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Wrong = list[str]
Check = Callable[[Any, str, Wrong], None]


def say(wrong: Wrong, what: str, where: str) -> None:
    """In Slack's words, as they stand in `response_metadata.messages`."""
    wrong.append(f"[ERROR] {what} [json-pointer:{where}]")


def string(most: int | None = None, least: int = 1, pattern: str | None = None) -> Check:
    """Lengths are of characters."""

    def check(value: Any, where: str, wrong: Wrong) -> None:
        if not isinstance(value, str):
            say(wrong, "must be a string", where)
        elif len(value) < least:
            say(wrong, f"must be more than {least - 1} characters", where)
        elif most is not None and len(value) > most:
            say(wrong, f"must be less than {most + 1} characters", where)
        elif pattern is not None and not re.fullmatch(pattern, value, re.DOTALL):
            say(wrong, f"does not match the pattern {pattern}", where)

    return check


def boolean(value: Any, where: str, wrong: Wrong) -> None:
    if not isinstance(value, bool):
        say(wrong, "must be a boolean", where)


def integer(least: int, most: int) -> Check:
    def check(value: Any, where: str, wrong: Wrong) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            say(wrong, "must be an integer", where)
        elif not least <= value <= most:
            say(wrong, f"must be between {least} and {most}", where)

    return check


def one_of(*allowed: object) -> Check:
    def check(value: Any, where: str, wrong: Wrong) -> None:
        if value not in allowed:
            say(wrong, f"must be one of {', '.join(map(str, allowed))}", where)

    return check


def array(of: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, where: str, wrong: Wrong) -> None:
        if not isinstance(value, list):
            say(wrong, "must be an array", where)
            return
        if len(value) < least:
            say(wrong, f"no fewer than {least} items allowed", where)
        if len(value) > most:
            say(wrong, f"no more than {most} items allowed", where)
        for place, one in enumerate(value):
            of(one, f"{where}/{place}", wrong)

    return check


def record(
    needed: Mapping[str, Check], allowed: Mapping[str, Check] | None = None, *rules: Check
) -> Check:
    """An object with these fields and no others; `rules` look at it as a whole."""
    known = {**needed, **(allowed or {})}

    def check(value: Any, where: str, wrong: Wrong) -> None:
        if not isinstance(value, dict):
            say(wrong, "must provide an object", where)
            return
        for name in needed:
            if name not in value:
                say(wrong, f"missing required field: {name}", where)
        for name, inside in value.items():
            if name not in known:
                say(wrong, f"invalid additional property: {name}", where)
            else:
                known[name](inside, f"{where}/{name}", wrong)
        for rule in rules:
            rule(value, where, wrong)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which rules it follows."""

    def check(value: Any, where: str, wrong: Wrong) -> None:
        if not isinstance(value, dict):
            say(wrong, "must provide an object", where)
        elif value.get("type") not in kinds:
            say(wrong, f"unsupported type: {value.get('type')}", f"{where}/type")
        else:
            kinds[value["type"]](value, where, wrong)

    return check


def at_least_one(*names: str) -> Check:
    def check(value: Any, where: str, wrong: Wrong) -> None:
        if not any(name in value for name in names):
            shown = " or ".join(f"`{name}`" for name in names)
            say(wrong, f"must define either {shown}", where)

    return check


def only_one(*names: str) -> Check:
    def check(value: Any, where: str, wrong: Wrong) -> None:
        if sum(name in value for name in names) != 1:
            say(wrong, f"must define exactly one of {', '.join(names)}", where)

    return check


def constant(text: str) -> Check:
    return one_of(text)
