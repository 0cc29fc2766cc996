"""Forms as modals: Slack takes them, and what was typed is never lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack import forms, limits
from bot.adapters.slack.forms import Completing, Submitted, Where
from bot.core import catalog
from bot.core.cards import Card
from bot.core.commands import Choice, Command, Form, Param, Role, Type
from bot.core.dispatch import COURSE, Call
from bot.core.rendering import clean
from tests import hostile
from tests.adapters.slack.reading import parts, shown, squeezed
from tests.fakes.slack_workspace.blocks import in_message, in_view

BUILT = catalog.build()
WHERE = Where("T1", "C1", "1795262400.000100", "https://hooks.example/" + "x" * 90)


async def _nothing(call: Call) -> Card:
    return Card()


async def _some(call: Call, typed: str) -> list[Choice]:
    return []


KINDS = Command(
    "kinds", "Every kind", Role.STUDENT, _nothing,
    (
        Param("line", "A line", required=True),
        Param("text", "A text", Type.PARAGRAPH, most=40_000),
        Param("number", "A number", Type.INTEGER, most=99),
        Param("who", "A person", Type.PERSON),
        Param("where", "A channel", Type.CHANNEL),
        Param("kind", "A kind", choices=(Choice("a", "Apple"), Choice("b", "Beet"))),
        Param("many", "Of many", choices=tuple(Choice(str(n), f"No {n}") for n in range(101))),
        Param("fact", "A fact", complete=_some),
    ),
)  # fmt: skip


def modal(form: Form) -> dict[str, Any]:
    """The form's modal, which Slack takes."""
    made = forms.to_modal(form, WHERE)
    assert in_view(made, "modal")[1] == []
    return made


def elements(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}


def submitted(view: dict[str, Any]) -> dict[str, Any]:
    """The view as it comes back when a person changes nothing."""
    values: dict[str, Any] = {}
    for name, element in elements(view).items():
        given = {
            "value": element.get("initial_value"),
            "selected_option": element.get("initial_option"),
            "selected_user": element.get("initial_user"),
            "selected_conversation": element.get("initial_conversation"),
        }
        values[name] = {element["action_id"]: {"type": element["type"], **given}}
    return view | {"state": {"values": values}}


@pytest.mark.parametrize("command", list(BUILT), ids=[command.name for command in BUILT])
def test_every_command_has_a_modal_that_slack_takes(command: Command) -> None:
    view = modal(Form(command.name, command.params, {}))
    assert len(view["title"]["text"]) <= 24
    fields = [param.name for param in command.params if param.type is not Type.ROLE]
    assert list(elements(view)) == fields


def test_each_kind_of_parameter_has_its_field() -> None:
    made = elements(modal(Form("kinds", KINDS.params, {})))
    assert {name: element["type"] for name, element in made.items()} == {
        "line": "plain_text_input",
        "text": "plain_text_input",
        "number": "number_input",
        "who": "users_select",
        "where": "conversations_select",
        "kind": "static_select",
        "many": "external_select",
        "fact": "external_select",
    }
    assert made["text"]["multiline"]
    assert not made["line"]["multiline"]
    assert made["line"]["max_length"] == 200
    assert made["text"]["max_length"] == limits.TEXT_INPUT
    assert made["number"]["is_decimal_allowed"] is False
    assert made["where"]["filter"]["include"] == ["public", "private"]
    assert made["fact"]["min_query_length"] == 0


def test_labels_say_what_may_be_left_empty() -> None:
    view = modal(Form("kinds", KINDS.params, {}))
    said = {block["block_id"]: (block["label"]["text"], block["optional"])
            for block in view["blocks"]}  # fmt: skip
    assert said["line"] == ("Line", False)
    assert said["text"] == ("Text (optional)", True)


def test_which_course_is_asked_for_by_completion() -> None:
    made = elements(modal(Form("prompt list", (COURSE,), {})))
    assert made["course"]["type"] == "external_select"


VALUES = {
    "line": "one line", "text": "two\n\nparagraphs", "number": "12", "who": "U7", "where": "C9",
    "kind": "b", "many": "77", "fact": "F12",
}  # fmt: skip


def test_what_was_given_stands_in_the_fields_and_comes_back() -> None:
    view = modal(Form("kinds", KINDS.params, VALUES))
    assert forms.from_submission(submitted(view)) == Submitted("kinds", WHERE, VALUES)
    assert elements(view)["kind"]["initial_option"]["text"]["text"] == "Beet"


@pytest.mark.parametrize(("name", "typed"), [
    ("number", "many"), ("number", "100"), ("number", "1.5"), ("kind", "Cabbage"),
    ("kind", "c" * 151), ("fact", "f" * 151), ("fact", "not listed"), ("many", "No such"),
    ("text", "word " * 4_000), ("text", "x" * 7_000), ("line", "l" * 300), ("line", "two\nlines"),
])  # fmt: skip
def test_what_a_field_could_not_hold_is_not_lost(name: str, typed: str) -> None:
    view = modal(Form("kinds", KINDS.params, {"line": "x", name: typed}))
    back = forms.from_submission(submitted(view)).arguments[name]
    assert back == typed


@pytest.mark.parametrize("name", ["who", "where"])
def test_a_name_typed_for_what_must_be_picked_is_shown(name: str) -> None:
    element = elements(modal(Form("kinds", KINDS.params, {name: "Bo Ek"})))[name]
    assert element["placeholder"]["text"] == "You typed Bo Ek"
    assert not any(key.startswith("initial") for key in element)


@pytest.mark.parametrize("typed", hostile.FIXED)
def test_a_hostile_text_is_kept_exactly(typed: str) -> None:
    for name in ("line", "text", "kind", "fact", "number"):
        view = modal(Form("kinds", KINDS.params, {name: typed}))
        back = forms.from_submission(submitted(view)).arguments.get(name, "")
        assert squeezed(back) == squeezed(clean(typed))


@given(st.dictionaries(st.sampled_from([*VALUES]), st.text(max_size=200)))
def test_any_values_make_a_modal_that_slack_takes(values: dict[str, str]) -> None:
    view = modal(Form("kinds", KINDS.params, values, dict.fromkeys(values, "Something is wrong.")))
    assert {param.name for param in KINDS.params} <= set(elements(view))


# --- problems -----------------------------------------------------------------------------------


def test_problems_stand_above_the_fields_and_at_them() -> None:
    form = Form("kinds", KINDS.params, {"line": "x"}, {"line": "Too short.", "fact": "No such."})
    said = shown([b for b in modal(form)["blocks"] if b["type"] != "input"])
    assert said == ":warning: line: Too short.\nfact: No such."
    fields = forms.from_submission(submitted(modal(form))).fields
    assert forms.to_errors(form, fields) == {"line": "Too short.", "fact": "No such."}


def test_a_note_stands_above_fields_in_which_slack_leaves_nothing_from_before() -> None:
    plain = modal(Form("kinds", KINDS.params, {"line": "x"}))
    noted = Form("kinds", KINDS.params, {"line": "y"}, {"line": "No."}, note="Which *one* is it?")
    assert "Which *one* is it?" in shown(
        [b for b in modal(noted)["blocks"] if b["type"] != "input"]
    )
    ids = [
        {b["block_id"] for b in v["blocks"] if b["type"] == "input"} for v in (plain, modal(noted))
    ]
    assert not ids[0] & ids[1]
    back = forms.from_submission(submitted(modal(noted)))
    assert back.arguments["line"] == "y"
    assert forms.to_errors(noted, back.fields) == {back.fields["line"]: "No."}
    assert back.fields["line"] in ids[1]


def test_a_problem_that_no_field_has_is_shown_in_the_modal_instead() -> None:
    form = Form("kinds", KINDS.params, {"line": "x"}, {"": "The course is archived."})
    fields = forms.from_submission(submitted(modal(form))).fields
    assert forms.to_errors(form, fields) is None
    assert "The course is archived." in shown(modal(form)["blocks"][:1])
    assert forms.to_errors(Form("kinds", KINDS.params, {}), fields) is None


def test_a_type_that_slack_has_no_field_for_is_left_out_and_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = {type_: field for type_, field in forms._ELEMENTS.items() if type_ is not Type.PERSON}
    monkeypatch.setattr(forms, "_ELEMENTS", fields)
    form = Form("kinds", KINDS.params, VALUES)
    assert "who" not in elements(modal(form))
    assert forms.from_submission(submitted(modal(form))).arguments == VALUES
    there = forms.from_submission(submitted(modal(form))).fields
    assert forms.to_errors(Form("kinds", KINDS.params, {}, {"who": "Who?"}), there) is None


def test_what_a_modal_carries_always_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_ELEMENTS", {Type.LINE: forms._ELEMENTS[Type.LINE]})
    view = modal(Form("kinds", KINDS.params, VALUES | {"text": "x" * 5_000}))
    back = forms.from_submission(submitted(view))
    assert (back.command, back.where, back.arguments["who"]) == ("kinds", WHERE, "U7")


@pytest.mark.parametrize("metadata", ["", "[]", "{}", '{"command":"x","where":[],"kept":{}}'])
def test_a_view_that_is_none_of_ours_is_told_so(metadata: str) -> None:
    with pytest.raises(ValueError, match="no form of Coalface"):
        forms.from_submission({"private_metadata": metadata, "state": {"values": {}}})


# --- completion ---------------------------------------------------------------------------------


def test_slack_asks_with_what_stands_in_the_other_fields() -> None:
    view = submitted(modal(Form("kinds", KINDS.params, VALUES)))
    asked = forms.from_suggestion({"block_id": "fact", "value": "kul", "view": view})
    others = {name: value for name, value in VALUES.items() if name != "fact"}
    assert asked == Completing(Submitted("kinds", WHERE, others), "fact", "kul")


def _is_taken(options: list[dict[str, Any]]) -> bool:
    field = {"type": "static_select", "action_id": "x", "options": options}
    return in_message([{"type": "actions", "elements": [field]}])[1] == []


def test_suggestions_fit_and_end_with_what_was_typed() -> None:
    choices = [Choice("F1", "x" * 90), Choice("F2", "Two"), Choice("v" * 151, "Lost"),
               Choice("F3", " ")]  # fmt: skip
    made = forms.to_suggestions(choices, " kulaks ")
    assert [(one["text"]["text"], one["value"]) for one in made] == [
        ("x" * 74 + "…", "F1"),
        ("Two", "F2"),
        ("kulaks", "kulaks"),
    ]
    assert _is_taken(made)
    assert [one["value"] for one in forms.to_suggestions(choices, "two")] == ["F1", "F2"]
    assert forms.to_suggestions([], "") == []


def test_a_hundred_suggestions_at_most() -> None:
    many = [Choice(str(n), f"No {n}") for n in range(150)]
    made = forms.to_suggestions(many, "other")
    assert (len(made), made[-1]["value"]) == (100, "other")
    assert _is_taken(made)


def test_a_form_that_can_not_be_shown_at_once_has_a_button() -> None:
    for form, label in (
        (Form("kinds", KINDS.params, {}), "Fill in"),
        (Form("kinds", KINDS.params, {}, {"line": "No."}), "Edit again"),
    ):
        block = forms.to_again("abc123", form)
        assert in_message([block])[1] == []
        (button,) = [part for part in parts(block) if part.get("type") == "button"]
        assert (button["action_id"], button["value"]) == (forms.AGAIN, "abc123")
        assert button["text"]["text"] == label
