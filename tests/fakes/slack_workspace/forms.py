"""How a person fills in elements: what they may, and what the app hears of it.

https://docs.slack.dev/reference/views (state.values)
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.slack_workspace.records import Channel, File, Json, User, View

MOST_BYTES = 10_000_000
"""Of one file: https://docs.slack.dev/reference/block-kit/block-elements/file-input-element"""


class NotOffered(AssertionError):
    """A person could not do that in Slack's window."""


Offered = Mapping[tuple[str, str], list[Json]]
"""What the app last suggested, by the view's (or message's) id and the block's id."""

_INITIAL = {
    "plain_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "email_text_input": ("initial_value", "value"),
    "url_text_input": ("initial_value", "value"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "users_select": ("initial_user", "selected_user"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "channels_select": ("initial_channel", "selected_channel"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_static_select": ("initial_options", "selected_options"),
    "multi_external_select": ("initial_options", "selected_options"),
    "multi_users_select": ("initial_users", "selected_users"),
    "multi_conversations_select": ("initial_conversations", "selected_conversations"),
    "multi_channels_select": ("initial_channels", "selected_channels"),
    "file_input": ("", "files"),
    "overflow": ("", "selected_option"),
}
_LISTS = (
    "selected_options",
    "selected_users",
    "selected_conversations",
    "selected_channels",
    "files",
)


def state_of(
    view: View, given: dict[str, Any], offered: Offered, show: Callable[[File], Json]
) -> Json:
    """The values of a form; what is left out stays as it is. Names are the block's id,
    the element's id, or the label that a person reads."""
    left, values = dict(given), Json()
    for block in view.blocks:
        if block["type"] == "input":
            element, label = block["element"], block["label"]["text"]
            names = (block["block_id"], element["action_id"], label)
            name = next((one for one in names if one in left), None)
            entry = standing(view, block)
            if name is not None:
                options = offered.get((view.id, block["block_id"]), ())
                entry = filled(element, left.pop(name), list(options), show)
            key = _INITIAL[element["type"]][1]
            if not block.get("optional") and not entry.get(key):
                raise NotOffered(f"{label!r} is required")
            values[block["block_id"]] = {element["action_id"]: entry}
            view.standing[block["block_id"], element["action_id"]] = entry
            continue
        for element in view.elements():
            if element["block_id"] == block["block_id"] and element["type"] in _INITIAL:
                values.setdefault(block["block_id"], {})[element["action_id"]] = first_value(
                    element
                )
    if left:
        raise NotOffered(f"the form has no {', '.join(left)}")
    return values


def standing(view: View, block: Json) -> Json:
    """What stands in a field: as it was sent last, else its first value. No file is shown again."""
    element = block["element"]
    left = view.standing.get((block["block_id"], element["action_id"]))
    again = left is not None and left["type"] == element["type"] != "file_input"
    return left if left is not None and again else first_value(element)


def first_value(element: Json) -> Json:
    initial, key = _INITIAL[element["type"]]
    empty: Any = [] if key in _LISTS else None
    return {"type": element["type"], key: element.get(initial, empty)}


def filled(element: Json, value: Any, suggested: list[Json], show: Callable[[File], Json]) -> Json:
    """An element as a person leaves it, given a text, an option (its text or value), a User, a
    Channel, a File, or a list of these. None empties it."""
    kind = element["type"]
    if kind not in _INITIAL:
        raise NotOffered(f"{kind} takes no value")
    key = _INITIAL[kind][1]
    entry: Json = {"type": kind}
    if value is None:
        return entry | {key: [] if key in _LISTS else None}
    if key in _LISTS:
        several = value if isinstance(value, list | tuple) else [value]
        most = element.get("max_selected_items") or element.get("max_files") or len(several)
        if len(several) > most:
            raise NotOffered(f"{element['action_id']} takes no more than {most}")
        return entry | {key: [_one(element, one, suggested, show) for one in several]}
    return entry | {key: _one(element, value, suggested, show)}


def _one(element: Json, value: Any, suggested: list[Json], show: Callable[[File], Json]) -> Any:
    kind = element["type"]
    if isinstance(value, File):
        allowed = element.get("filetypes")
        if len(value.content) > MOST_BYTES:
            raise NotOffered(f"{value.name}: Slack's field takes 10 MB")
        if allowed and value.name.rpartition(".")[2] not in allowed:
            raise NotOffered(f"{value.name}: only {', '.join(allowed)}")
        return show(value)
    if isinstance(value, User | Channel):
        return value.id
    if "external" in kind:
        return _option(suggested, value, element)
    if "static" in kind or kind in ("radio_buttons", "checkboxes", "overflow"):
        groups = element.get("option_groups") or [{"options": element.get("options") or []}]
        return _option([one for group in groups for one in group["options"]], value, element)
    if kind == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if value and not least <= len(value) <= most:
            raise NotOffered(f"{element['action_id']}: {len(value)} is not {least} to {most}")
        if "\n" in value and not element.get("multiline"):
            raise NotOffered(f"{element['action_id']} is one line")
        return value or None
    if kind == "number_input":
        number = float(value)
        low, high = element.get("min_value", number), element.get("max_value", number)
        if not float(low) <= number <= float(high) or (
            not element["is_decimal_allowed"] and number != int(number)
        ):
            raise NotOffered(f"{element['action_id']} doesn't take {value}")
        return str(value)
    return value


def _option(options: list[Json], value: Any, element: Json) -> Json:
    for one in options:
        if value in (one, one["text"]["text"], one.get("value")):
            return one
    shown = [one["text"]["text"] for one in options]
    raise NotOffered(f"{value!r} is no choice of {element['action_id']}: {shown}")
