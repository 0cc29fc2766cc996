"""Which blocks Slack takes, in messages, modals and homes, and which it refuses.

https://docs.slack.dev/reference/block-kit/blocks
https://docs.slack.dev/reference/views
"""

import json
from typing import Any

from tests.fakes.slack_workspace.elements import (
    GROUP,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_SECTION,
    INPUTS,
    PLAIN_OPTION,
    SLACK_FILE,
    URL,
    plain,
    text,
)
from tests.fakes.slack_workspace.records import Json
from tests.fakes.slack_workspace.rich_text import RICH_TEXT
from tests.fakes.slack_workspace.schema import (
    Check,
    Wrong,
    array,
    at_least_one,
    boolean,
    by_type,
    constant,
    one_of,
    only_one,
    record,
    say,
    string,
)

MOST_IN_MESSAGE, MOST_IN_VIEW = 50, 100
TABLE_CHARACTERS, MARKDOWN_CHARACTERS = 10_000, 12_000
VIEW_BYTES = 250_000

BLOCK_ID: dict[str, Check] = {"block_id": string(255)}


def _block(
    kind: str, needed: dict[str, Check], allowed: dict[str, Check] | None = None, *rules: Check
) -> Check:
    return record({"type": constant(kind), **needed}, {**BLOCK_ID, **(allowed or {})}, *rules)


def _files_wait(value: Any, where: str, wrong: Wrong) -> None:
    element = value.get("element")
    if (
        value.get("dispatch_action")
        and isinstance(element, dict)
        and element.get("type") == "file_input"
    ):
        say(wrong, "file_input can't dispatch actions", where)


def _input(elements: dict[str, Check]) -> Check:
    return _block(
        "input",
        {"label": plain(2000), "element": by_type(elements)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        _files_wait,
    )


EVERYWHERE: dict[str, Check] = {
    "actions": _block("actions", {"elements": array(IN_ACTIONS, 25)}),
    "context": _block("context", {"elements": array(IN_CONTEXT, 10)}),
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain(150)}),
    "image": _block(
        "image",
        {"alt_text": string(2000)},
        {"title": plain(2000), "image_url": URL, "slack_file": SLACK_FILE},
        only_one("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    "section": _block(
        "section",
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 10),
            "accessory": IN_SECTION,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
}
NO_FILES = {name: check for name, check in INPUTS.items() if name != "file_input"}
TABLE = _block(
    "table",
    {
        "rows": array(
            array(
                by_type(
                    {
                        "raw_text": record({"type": constant("raw_text"), "text": string()}),
                        "rich_text": RICH_TEXT,
                    }
                ),
                20,
            ),
            100,
        )
    },
    {
        "column_settings": array(
            record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}), 20, 0
        )
    },
)
IN_MESSAGE = by_type(
    {
        **EVERYWHERE,
        "input": _input(NO_FILES),
        "table": TABLE,
        "markdown": _block("markdown", {"text": string(MARKDOWN_CHARACTERS)}),
    }
)
IN_MODAL = by_type({**EVERYWHERE, "input": _input(INPUTS)})
IN_HOME = by_type({**EVERYWHERE, "input": _input(NO_FILES)})

_VIEW: dict[str, Check] = {
    "callback_id": string(255),
    "private_metadata": string(3000, 0),
    "external_id": string(255),
}
MODAL = record(
    {
        "type": constant("modal"),
        "title": plain(24),
        "blocks": array(IN_MODAL, MOST_IN_VIEW, 0),
    },
    {
        **_VIEW,
        "close": plain(24),
        "submit": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
HOME = record({"type": constant("home"), "blocks": array(IN_HOME, MOST_IN_VIEW, 0)}, _VIEW)


def in_message(blocks: Any) -> tuple[str, Wrong]:
    """The error it is refused with, and what is wrong; nothing wrong: it is taken."""
    wrong: Wrong = []
    array(IN_MESSAGE, MOST_IN_MESSAGE, 0)(blocks, "/blocks", wrong)
    if not wrong:
        _ids(blocks, wrong)
        _in_all(blocks, "markdown", MARKDOWN_CHARACTERS, wrong)
        _in_all(blocks, "table", TABLE_CHARACTERS, wrong)
        if sum(block["type"] == "table" for block in blocks) > 1:
            say(wrong, "only_one_table_allowed", "/blocks")
            return "invalid_attachments", wrong
    return "invalid_blocks", wrong


def takes_files(view: Json) -> bool:
    """Whether it has a field that Slack gives only to apps with the scope files:read: see
    https://docs.slack.dev/reference/block-kit/block-elements/file-input-element"""
    elements = [block.get("element") or {} for block in view["blocks"]]
    return any(element.get("type") == "file_input" for element in elements)


def in_view(view: Any, kind: str) -> tuple[str, Wrong]:
    """`kind` is modal or home."""
    wrong: Wrong = []
    (MODAL if kind == "modal" else HOME)(view, "/view", wrong)
    if not wrong:
        _ids(view["blocks"], wrong, "/view/blocks")
        has_inputs = any(block["type"] == "input" for block in view["blocks"])
        if has_inputs and kind == "modal" and "submit" not in view:
            say(wrong, "must define `submit` to use an `input` block in modals", "/view/submit")
        focused = sum(
            bool((block.get("element") or {}).get("focus_on_load")) for block in view["blocks"]
        )
        if focused > 1:
            say(wrong, "only one element may have focus_on_load", "/view/blocks")
        sent = json.dumps(view, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if len(sent) > VIEW_BYTES:
            return "view_too_large", ["[ERROR] view is too large"]
    return "invalid_arguments", wrong


SUGGESTED = record(
    {}, {"options": array(PLAIN_OPTION, 100, 0), "option_groups": array(GROUP, 100, 0)}
)


def in_suggestion(body: Any) -> Wrong:
    """What is wrong with the options that the app suggests.

    https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
    """
    wrong: Wrong = []
    SUGGESTED(body, "", wrong)
    return wrong


def _in_all(blocks: list[Json], kind: str, most: int, wrong: Wrong) -> None:
    """A limit of all blocks of a kind together."""
    total = sum(_length(block) for block in blocks if block["type"] == kind)
    if total > most:
        say(wrong, f"{kind} blocks must be less than {most + 1} characters in all", "/blocks")


def _length(part: Any) -> int:
    if isinstance(part, list):
        return sum(_length(one) for one in part)
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(_length(part[key]) for key in ("rows", "elements") if key in part)
    return 0


def _ids(blocks: list[Json], wrong: Wrong, where: str = "/blocks") -> None:
    """`block_id` once in all, `action_id` once in a block."""
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        name = block.get("block_id")
        if name is not None and name in seen:
            say(wrong, f"block_id {name} already exists", f"{where}/{place}/block_id")
        seen.add(name or "")
        inside = [*(block.get("elements") or ()), block.get("accessory"), block.get("element")]
        actions = [e["action_id"] for e in inside if isinstance(e, dict) and "action_id" in e]
        for action in {one for one in actions if actions.count(one) > 1}:
            say(wrong, f"action_id {action} already exists", f"{where}/{place}/elements")


def with_ids(blocks: list[Json], new_id: Any) -> list[Json]:
    """As Slack gives them back: each block and each element has an id."""
    found = []
    for place, block in enumerate(blocks):
        one = {**block}
        one.setdefault("block_id", f"b{place}{new_id('')[-4:]}")
        for key in ("accessory", "element"):
            if key in one:
                one[key] = _with_action(one[key], 0)
        if block["type"] == "actions":
            one["elements"] = [_with_action(e, n) for n, e in enumerate(block["elements"])]
        found.append(one)
    return found


def _with_action(element: Json, place: int) -> Json:
    if element["type"] == "image" or "action_id" in element:
        return element
    return {**element, "action_id": f"a{place}"}
