"""The loopback Slack would notice what Block Kit refuses."""

from typing import Any

import pytest

from tests.fakes.slack_workspace.blocks import in_message, in_suggestion, in_view

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": words(text)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": words("Go"), "action_id": "go", **more}


def rich(*spans: Json, kind: str = "rich_text_section") -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(spans)}]}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": words("Label"), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "title": words("Title"), "submit": words("Send")}
    return {**view, "blocks": list(blocks), **more}


def option(value: str) -> Json:
    return {"text": words(value.title()), "value": value}


TEXT = {"type": "plain_text_input", "action_id": "v"}
SPAN = {"type": "text", "text": "so", "style": {"bold": True}}

TAKEN: dict[str, list[Json]] = {
    "3,000 characters": [section("x" * 3000)],
    "50 blocks": [{"type": "divider"}] * 50,
    "rich text": [rich(SPAN, {"type": "user", "user_id": "U1"})],
    "a list": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [{"type": "rich_text_section", "elements": [SPAN]}],
                }
            ],
        }
    ],
    "a table": [{"type": "table", "rows": [[{"type": "raw_text", "text": "1"}, rich(SPAN)]]}],
    "buttons": [{"type": "actions", "elements": [button(value="v" * 2000, style="danger")]}],
    "context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "_so_"}]}],
    "fields": [{"type": "section", "fields": [words("a")] * 10}],
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_slack_takes_is_taken(what: str) -> None:
    assert in_message(TAKEN[what])[1] == []


REFUSED: dict[str, tuple[list[Json], str]] = {
    "51 blocks": (
        [{"type": "divider"}] * 51,
        "no more than 50 items allowed [json-pointer:/blocks]",
    ),
    "3,001 characters": (
        [section("x" * 3001)],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "no characters": ([section("")], "must be more than 0 characters"),
    "an unknown block": (
        [{"type": "banner"}],
        "unsupported type: banner [json-pointer:/blocks/0/type]",
    ),
    "an unknown element": (
        [{"type": "actions", "elements": [{"type": "knob"}]}],
        "unsupported type: knob",
    ),
    "an unknown field": ([{**section("x"), "colour": "red"}], "additional property: colour"),
    "a missing field": ([{"type": "header"}], "missing required field: text"),
    "a long header": ([{"type": "header", "text": words("x" * 151)}], "less than 151"),
    "mrkdwn in a header": ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "mrkdwn"),
    "76 on a button": (
        [{"type": "actions", "elements": [button(text=words("x" * 76))]}],
        "less than 76",
    ),
    "2,001 in a value": ([{"type": "actions", "elements": [button(value="x" * 2001)]}], "2001"),
    "256 in an action id": (
        [{"type": "actions", "elements": [button(action_id="x" * 256)]}],
        "less than 256",
    ),
    "26 buttons": (
        [{"type": "actions", "elements": [button(action_id=str(n)) for n in range(26)]}],
        "no more than 25",
    ),
    "11 fields": ([{"type": "section", "fields": [words("a")] * 11}], "no more than 10"),
    "11 in a context": ([{"type": "context", "elements": [words("a")] * 11}], "no more than 10"),
    "an empty section": ([{"type": "section"}], "must define either `text` or `fields`"),
    "a block id twice": (
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "block_id a already exists",
    ),
    "an action id twice": (
        [{"type": "actions", "elements": [button(), button()]}],
        "action_id go already exists",
    ),
    "an empty span": ([rich({"type": "text", "text": ""})], "more than 0 characters"),
    "a style unknown": ([rich({**SPAN, "style": {"loud": True}})], "additional property: loud"),
    "mrkdwn with emoji": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": False}}],
        "additional property: emoji",
    ),
    "a file input": ([field({"type": "file_input"})], "unsupported type: file_input"),
    "101 rows": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "1"}]] * 101}],
        "no more than 100",
    ),
    "an empty cell": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}],
        "more than 0 characters",
    ),
    "10,001 characters in tables": (
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}],
        "less than 10001",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_slack_refuses_is_refused(what: str) -> None:
    blocks, said = REFUSED[what]
    error, wrong = in_message(blocks)
    assert error == "invalid_blocks"
    assert any(said in one for one in wrong), wrong


def test_a_second_table_is_refused() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "1"}]]}
    error, wrong = in_message([table, table])
    assert (error, len(wrong)) == ("invalid_attachments", 1)


def test_a_modal_with_everything_is_taken() -> None:
    elements: list[Json] = [
        {**TEXT, "multiline": True, "max_length": 3000, "initial_value": "x"},
        {"type": "number_input", "is_decimal_allowed": False},
        {"type": "static_select", "options": [option("a")], "initial_option": option("a")},
        {"type": "external_select", "min_query_length": 0},
        {"type": "users_select"},
        {"type": "conversations_select", "filter": {"include": ["public", "private"]}},
        {"type": "checkboxes", "options": [option("a")]},
        {"type": "radio_buttons", "options": [option("a")]},
        {"type": "datepicker", "initial_date": "2026-09-01"},
        {"type": "file_input", "filetypes": ["csv"], "max_files": 1},
    ]
    view = modal(*(field(one, optional=True, hint=words("Hint")) for one in elements))
    assert in_view(view, "modal")[1] == []


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (modal(*[{"type": "divider"}] * 101), "no more than 100"),
        (modal(title=words("x" * 25)), "less than 25"),
        (modal(private_metadata="x" * 3001), "less than 3001"),
        (modal(callback_id="x" * 256), "less than 256"),
        (modal({"type": "table", "rows": [[{"type": "raw_text", "text": "1"}]]}), "type: table"),
        (modal(field({**TEXT, "min_length": 5, "max_length": 4})), "min_length"),
        (modal(field({**TEXT, "initial_value": "x" * 3001})), "less than 3001"),
        (modal(field({"type": "static_select", "options": []})), "no fewer than 1"),
        (
            modal(
                field({"type": "static_select", "options": [option(str(n)) for n in range(101)]})
            ),
            "no more than 100",
        ),
        (
            modal(
                field(
                    {
                        "type": "static_select",
                        "options": [option("a")],
                        "initial_option": option("b"),
                    }
                )
            ),
            "must be among the options",
        ),
        (modal(field(button())), "unsupported type: button"),
        (
            {key: value for key, value in modal(field(TEXT)).items() if key != "submit"},
            "must define `submit`",
        ),
        (modal(type="dialog"), "must be one of modal"),
    ],
)
def test_a_view_that_slack_refuses(view: Json, said: str) -> None:
    error, wrong = in_view(view, "modal")
    assert error == "invalid_arguments"
    assert any(said in one for one in wrong), wrong


def test_a_view_of_more_than_250_kilobytes_is_refused() -> None:
    assert in_view(modal(*[section("ä" * 1200)] * 100), "modal") == ("invalid_arguments", [])
    assert in_view(modal(*[section("ä" * 1300)] * 100), "modal")[0] == "view_too_large"


def test_suggestions_have_limits_too() -> None:
    assert in_suggestion({"options": [option("a")]}) == []
    assert in_suggestion({"options": [option(str(n)) for n in range(101)]})
    assert in_suggestion({"options": [option("x" * 76)]}), "75 characters are read"
