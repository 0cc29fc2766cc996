"""Block elements and composition objects, by their documented limits.

https://docs.slack.dev/reference/block-kit/block-elements
https://docs.slack.dev/reference/block-kit/composition-objects
"""

from collections.abc import Mapping
from typing import Any

from tests.fakes.slack_workspace.schema import (
    Check,
    Wrong,
    array,
    at_least_one,
    boolean,
    by_type,
    constant,
    integer,
    one_of,
    only_one,
    record,
    say,
    string,
)

ACTION_ID = string(255)
URL = string(3000, pattern=r"[a-z][a-z+.-]*:.+")
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"\d{2}:\d{2}")


def plain(most: int) -> Check:
    return by_type({"plain_text": _plain(most)})


def text(most: int) -> Check:
    return by_type({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})


def _plain(most: int) -> Check:
    return record({"type": constant("plain_text"), "text": string(most)}, {"emoji": boolean})


def _mrkdwn(most: int) -> Check:
    return record({"type": constant("mrkdwn"), "text": string(most)}, {"verbatim": boolean})


CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
DISPATCH = record(
    {},
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)},
)
SLACK_FILE = record({}, {"id": string(), "url": URL}, only_one("id", "url"))


def option(label: Check) -> Check:
    return record({"text": label, "value": string(150)}, {"description": plain(75), "url": URL})


PLAIN_OPTION = option(plain(75))
TEXT_OPTION = option(text(75))
"""Of radio buttons, checkboxes."""

GROUP = record({"label": plain(75), "options": array(PLAIN_OPTION, 100)})
OPTIONS = array(PLAIN_OPTION, 100)
GROUPS = array(GROUP, 100)


def _element(
    kind: str,
    needed: Mapping[str, Check] | None = None,
    allowed: Mapping[str, Check] | None = None,
    *rules: Check,
) -> Check:
    return record(
        {"type": constant(kind), **(needed or {})},
        {"action_id": ACTION_ID, **(allowed or {})},
        *rules,
    )


COMMON: dict[str, Check] = {"focus_on_load": boolean, "placeholder": plain(150)}
CONFIRMED: dict[str, Check] = {**COMMON, "confirm": CONFIRM}
MULTI: dict[str, Check] = {**CONFIRMED, "max_selected_items": integer(1, 10_000)}
ID = string(pattern=r"[A-Z][A-Z0-9]+")


def _initial_is_offered(value: Any, where: str, wrong: Wrong) -> None:
    """An initial option must be exactly one of the options."""
    groups = value.get("option_groups") or [{"options": value.get("options") or []}]
    offered = [one for group in groups for one in group.get("options", ())]
    initial = value.get("initial_options", [])
    if "initial_option" in value:
        initial = [value["initial_option"]]
    if any(one not in offered for one in initial):
        say(wrong, "initial_option must be among the options", where)


def _selects() -> dict[str, Check]:
    sources: dict[str, tuple[dict[str, Check], dict[str, Check], Check]] = {
        "users": ({}, {}, ID),
        "conversations": ({}, {"default_to_current_conversation": boolean, "filter": FILTER}, ID),
        "channels": ({}, {}, ID),
    }
    found: dict[str, Check] = {}
    for name, (needed, allowed, one) in sources.items():
        single: dict[str, Check] = {f"initial_{name.removesuffix('s')}": one, **allowed}
        several: dict[str, Check] = {f"initial_{name}": array(one, 10_000), **allowed}
        if name != "users":
            single["response_url_enabled"] = boolean
        found[f"{name}_select"] = _element(f"{name}_select", needed, {**CONFIRMED, **single})
        kind = f"multi_{name}_select"
        found[kind] = _element(kind, needed, {**MULTI, **several})
    offered: dict[str, Check] = {"options": OPTIONS, "option_groups": GROUPS}
    rules = (only_one("options", "option_groups"), _initial_is_offered)
    found["static_select"] = _element(
        "static_select", {}, {**CONFIRMED, **offered, "initial_option": PLAIN_OPTION}, *rules
    )
    found["multi_static_select"] = _element(
        "multi_static_select",
        {},
        {**MULTI, **offered, "initial_options": array(PLAIN_OPTION, 100)},
        *rules,
    )
    typed: dict[str, Check] = {"min_query_length": integer(0, 3000)}
    found["external_select"] = _element(
        "external_select", {}, {**CONFIRMED, **typed, "initial_option": PLAIN_OPTION}
    )
    found["multi_external_select"] = _element(
        "multi_external_select",
        {},
        {**MULTI, **typed, "initial_options": array(PLAIN_OPTION, 100)},
    )
    return found


def _lengths_agree(value: Any, where: str, wrong: Wrong) -> None:
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        say(wrong, "min_length must be less than max_length", where)
    initial = value.get("initial_value")
    if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
        say(wrong, f"must be less than {most + 1} characters", f"{where}/initial_value")


def _url_or_action(value: Any, where: str, wrong: Wrong) -> None:
    if "value" in value and len(str(value["value"])) > 2000:
        say(wrong, "must be less than 2001 characters", f"{where}/value")


SELECTS = _selects()

BUTTON = _element(
    "button",
    {"text": plain(75)},
    {
        "url": URL,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
    _url_or_action,
)
CHOSEN: dict[str, Check] = {"focus_on_load": boolean, "confirm": CONFIRM}
CHECKBOXES = _element(
    "checkboxes",
    {"options": array(TEXT_OPTION, 10)},
    {**CHOSEN, "initial_options": array(TEXT_OPTION, 10)},
    _initial_is_offered,
)
RADIO = _element(
    "radio_buttons",
    {"options": array(TEXT_OPTION, 10)},
    {**CHOSEN, "initial_option": TEXT_OPTION},
    _initial_is_offered,
)
OVERFLOW = _element("overflow", {"options": array(PLAIN_OPTION, 5)}, {"confirm": CONFIRM})
DATEPICKER = _element("datepicker", {}, {**CONFIRMED, "initial_date": DATE})
TIMEPICKER = _element("timepicker", {}, {**CONFIRMED, "initial_time": TIME, "timezone": string()})
DATETIMEPICKER = _element(
    "datetimepicker", {}, {**CHOSEN, "initial_date_time": integer(10**9, 10**10 - 1)}
)
IMAGE = record(
    {"type": constant("image"), "alt_text": string(2000)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    only_one("image_url", "slack_file"),
)
TYPED: dict[str, Check] = {**COMMON, "dispatch_action_config": DISPATCH}
TEXT_INPUT = _element(
    "plain_text_input",
    {},
    {
        **TYPED,
        "initial_value": string(3000, 0),
        "multiline": boolean,
        "min_length": integer(0, 3000),
        "max_length": integer(1, 3000),
    },
    _lengths_agree,
)
NUMBER_INPUT = _element(
    "number_input",
    {"is_decimal_allowed": boolean},
    {**TYPED, "initial_value": string(), "min_value": string(), "max_value": string()},
)
EMAIL_INPUT = _element("email_text_input", {}, {**TYPED, "initial_value": string()})
URL_INPUT = _element("url_text_input", {}, {**TYPED, "initial_value": string()})
FILE_INPUT = _element(
    "file_input", {}, {"filetypes": array(string(), 100), "max_files": integer(1, 10)}
)

PICKERS: dict[str, Check] = {
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO,
    "datepicker": DATEPICKER,
    "timepicker": TIMEPICKER,
}
IN_ACTIONS = by_type(
    {
        **SELECTS,
        **PICKERS,
        "button": BUTTON,
        "overflow": OVERFLOW,
        "datetimepicker": DATETIMEPICKER,
    }
)
IN_SECTION = by_type({**SELECTS, **PICKERS, "button": BUTTON, "overflow": OVERFLOW, "image": IMAGE})
INPUTS: dict[str, Check] = {
    **SELECTS,
    **PICKERS,
    "datetimepicker": DATETIMEPICKER,
    "plain_text_input": TEXT_INPUT,
    "number_input": NUMBER_INPUT,
    "email_text_input": EMAIL_INPUT,
    "url_text_input": URL_INPUT,
    "file_input": FILE_INPUT,
}
IN_CONTEXT = by_type({"image": IMAGE, "plain_text": _plain(3000), "mrkdwn": _mrkdwn(3000)})
