"""From a form of the core to a modal, and from what was submitted to arguments. All that a modal
has to know when it comes back stands in its private metadata; a text too long for one field is
shown in several, and is one again when it comes back."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.adapters.slack import limits
from bot.adapters.slack.render import plain_text, to_view_blocks
from bot.adapters.slack.rich_text import Json
from bot.core import uploads
from bot.core.commands import Choice, Form, Param, Type
from bot.core.dispatch import COURSE
from bot.core.drafts import refused
from bot.core.rendering import clean, cut, fits, split, to_label

CALLBACK_ID = "cf_form"
FIELD = "cf_field"
"""The action_id of every field; its block_id is the parameter's name."""
AGAIN = "cf_again"
"""The action_id of the button that opens a form again; its value is a draft's id."""

_NUMBER = re.compile(r"[0-9]{1,9}")
_USER = re.compile(r"[UW][A-Z0-9]+")
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")
_PART = "~"
"""Parts the parameter's name from the number of a further field for the same text."""
_ASKED = "asked"
"""Stands in the block_ids of a form with a note. Where a modal is updated, Slack leaves in a field
of the same block_id what stood there, whatever its initial value is (slackapi/bolt-js#290)."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a form was asked for. `response_url`: how a command's answer can still be given there;
    `message`: what a shortcut was used on."""

    team: str
    channel: str
    thread: str | None = None
    response_url: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came back: arguments given so far, the empty ones left out. `files` are Slack's own
    objects; `draft` names what is kept for the form, where anything is; `fields` are the block_ids
    that the modal has, the first one of each parameter."""

    command: str
    where: Where
    arguments: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Json] = field(default_factory=dict)
    draft: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Completing:
    """What Slack asks as somebody types into a field that completes."""

    form: Submitted
    param: str
    typed: str


def to_modal(form: Form, where: Where, draft: str = "") -> Json:
    """The form as a modal, with what was typed and what is wrong with it. `draft` names what is
    kept for it: Slack's field for a file can't show one again."""
    blocks: list[Json] = []
    if form.problems or form.note:
        blocks += to_view_blocks(refused(form))
    files = uploads.kept(form)
    for param in shown(form):
        value = form.values.get(param.name)
        if param.name in files:
            held = replace(param, required=False, summary=uploads.hint(param, value))
            blocks += _inputs(held, "")
            continue
        typed = "" if value is None else clean(str(value))
        blocks += _inputs(param, typed, _ASKED if form.note else "")
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(cut(f"/{form.command}", limits.MODAL_TITLE)),
        "submit": plain_text("Run"),
        "close": plain_text("Cancel"),
        "private_metadata": _to_metadata(form, where, draft),
        "blocks": blocks,
    }


def from_submission(view: Mapping[str, Any]) -> Submitted:
    """What was submitted, or stands in a modal that is still open. Raises ValueError for a view
    that is no form of ours."""
    kept = _from_metadata(str(view.get("private_metadata", "")))
    parts: dict[str, list[str]] = {}
    files: dict[str, Json] = {}
    fields: dict[str, str] = {}
    for block_id, elements in view.get("state", {}).get("values", {}).items():
        name, element = block_id.partition(_PART)[0], elements.get(FIELD, {})
        fields.setdefault(name, block_id)
        parts.setdefault(name, []).append(_value(element))
        for file in element.get("files") or ():
            files[name] = file
    typed = {name: "".join(said) for name, said in parts.items()}
    given = {name: value for name, value in ({**kept.arguments} | typed).items() if value.strip()}
    return replace(kept, arguments=given, files=files, fields=fields)


def from_suggestion(body: Mapping[str, Any]) -> Completing:
    """A block_suggestion of a field in one of our modals. Raises ValueError for any other."""
    form = from_submission(body.get("view") or {})
    name = str(body.get("block_id", "")).partition(_PART)[0]
    others = {param: value for param, value in form.arguments.items() if param != name}
    return Completing(Submitted(form.command, form.where, others), name, str(body.get("value", "")))


def to_errors(form: Form, fields: Mapping[str, str]) -> dict[str, str] | None:
    """The problems, each at its field, for the acknowledgement of a submission; None where one
    has no field in the modal that came back: it is then shown anew, with `to_modal`."""
    if not form.problems or not form.problems.keys() <= fields.keys():
        return None
    return {fields[name]: sentence for name, sentence in form.problems.items()}


def to_suggestions(choices: Sequence[Choice], typed: str) -> list[Json]:
    """What a field offers, with what was typed itself as the last: a person may mean just that. A
    value that Slack could not give back is left out."""
    offered = [option for choice in choices if (option := _option(choice)) is not None]
    words = clean(typed).strip()
    known = {option["value"].casefold() for option in offered}
    known |= {option["text"]["text"].casefold() for option in offered}
    own = _option(Choice(words, words)) if words and words.casefold() not in known else None
    if own is None:
        return offered[: limits.OPTIONS]
    return [*offered[: limits.OPTIONS - 1], own]


def shown(form: Form) -> tuple[Param, ...]:
    """The parameters that Slack has a field for; what is given for others is kept."""
    return tuple(param for param in form.params if param.type in _ELEMENTS)


def to_again(draft: str, form: Form) -> Json:
    """The block with the button that opens the form again, with what was typed: where no modal can
    be opened at once, as after a mention."""
    label = "Edit again" if form.problems else "Fill in"
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": AGAIN,
                "value": draft,
                "style": "primary",
                "text": plain_text(label),
            }
        ],
    }


# --- fields -------------------------------------------------------------------------------------


def _inputs(param: Param, typed: str, asked: str = "") -> list[Json]:
    """The field of a parameter; several where what stands in it is too long for one. `asked` is a
    part of their block_ids."""
    return [
        {
            "type": "input",
            "block_id": _PART.join(filter(None, (param.name, asked, str(number or "")))),
            "label": plain_text(cut(to_label(param), limits.INPUT_LABEL)),
            "hint": plain_text(cut(clean(param.summary), limits.INPUT_HINT)),
            "optional": not param.required or number > 0,
            "element": {**element, "action_id": FIELD},
        }
        for number, element in enumerate(_elements(param, typed))
    ]


def _elements(param: Param, typed: str) -> list[Json]:
    if param.choices and len(param.choices) <= limits.OPTIONS:
        return _select(param, typed)
    if param.type in (Type.LINE, Type.PARAGRAPH) and _completes(param):
        return _external(param, typed)
    return _ELEMENTS[param.type](param, typed)


def _completes(param: Param) -> bool:
    """Whether the core can say what is meant; it also asks which course, where that is unclear."""
    return param.complete is not None or bool(param.choices) or param.name == COURSE.name


def _select(param: Param, typed: str) -> list[Json]:
    """All there is to choose, and what was typed instead, so that it stays to be mended."""
    options = [_option(choice) for choice in param.choices]
    if None in options:
        return _line(param, typed)
    wanted = (typed.casefold(), cut(typed, limits.OPTION_TEXT).casefold())
    chosen = [option for option in options if option and _names(option) & {*wanted}]
    if typed.strip() and not chosen:
        own = _option(Choice(typed, typed))
        if own is None or len(options) == limits.OPTIONS:
            return _line(param, typed)
        options, chosen = [*options, own], [own]
    initial = {"initial_option": chosen[0]} if chosen else {}
    return [{"type": "static_select", "options": options, **initial}]


def _external(param: Param, typed: str) -> list[Json]:
    """Asks the core as one types; what can't be an option is a line."""
    option = _option(Choice(typed, typed)) if typed.strip() else None
    if typed.strip() and option is None:
        return _line(param, typed)
    initial = {"initial_option": option} if option else {}
    return [{"type": "external_select", "min_query_length": 0, **initial}]


def _line(param: Param, typed: str) -> list[Json]:
    """What is typed freely, in as many fields as it takes."""
    parts = split(typed, limits.TEXT_INPUT) or [""]
    most = max(1, min(limits.TEXT_INPUT, param.most))
    multiline = param.type is Type.PARAGRAPH or "\n" in typed or len(parts) > 1
    return [
        {
            "type": "plain_text_input",
            "multiline": multiline,
            "max_length": max(most, len(part)) if len(parts) == 1 else limits.TEXT_INPUT,
            **({"initial_value": part} if part else {}),
        }
        for part in parts
    ]


def _integer(param: Param, typed: str) -> list[Json]:
    if typed and not (_NUMBER.fullmatch(typed) and int(typed) <= param.most):
        return _line(param, typed)  # Slack's own field would not hold it
    initial = {"initial_value": typed} if typed else {}
    bounds = {"min_value": "0", "max_value": str(param.most)}
    return [{"type": "number_input", "is_decimal_allowed": False, **bounds, **initial}]


def _person(param: Param, typed: str) -> list[Json]:
    initial = {"initial_user": typed} if _USER.fullmatch(typed) else _said(typed)
    return [{"type": "users_select", **initial}]


def _channel(param: Param, typed: str) -> list[Json]:
    initial = {"initial_conversation": typed} if _CHANNEL.fullmatch(typed) else _said(typed)
    include = {"include": ["public", "private"], "exclude_bot_users": True}
    return [{"type": "conversations_select", "filter": include, **initial}]


def _file(param: Param, typed: str) -> list[Json]:
    return [{"type": "file_input", "max_files": 1}]


_ELEMENTS: Mapping[Type, Callable[[Param, str], list[Json]]] = {
    Type.LINE: _line,
    Type.PARAGRAPH: _line,
    Type.INTEGER: _integer,
    Type.PERSON: _person,
    Type.CHANNEL: _channel,
    Type.FILE: _file,
}
"""The field that Slack has for each type; what is not named here is not asked for on Slack."""


def _said(typed: str) -> Json:
    """What was typed where only a pick will do."""
    if not typed.strip():
        return {}
    return {"placeholder": plain_text(cut(f"You typed {typed}", limits.PLACEHOLDER))}


def _option(choice: Choice) -> Json | None:
    """None for what Slack can't show, or not give back as it is."""
    label = " ".join(clean(choice.label).split())
    if not label or not choice.value.strip() or not fits(choice.value, limits.OPTION_VALUE):
        return None
    return {"text": plain_text(cut(label, limits.OPTION_TEXT)), "value": choice.value}


def _names(option: Json) -> set[str]:
    return {option["value"].casefold(), option["text"]["text"].casefold()}


def _value(element: Mapping[str, Any]) -> str:
    """What stands in a field, of whichever kind."""
    option = element.get("selected_option") or {}
    found = (
        element.get("value")
        or option.get("value")
        or element.get("selected_user")
        or element.get("selected_conversation")
    )
    return str(found or "")


# --- what a modal carries -----------------------------------------------------------------------


def _to_metadata(form: Form, where: Where, draft: str) -> str:
    """The command, the place, and what is given for parameters without a field; the longest of
    these goes first where there is no room. A file is in the draft."""
    names = {param.name for param in shown(form)} | {*uploads.kept(form)}
    kept = {name: str(value) for name, value in form.values.items() if name not in names}
    place = [where.team, where.channel, where.thread, where.response_url, where.message]
    while True:
        said = {"command": form.command, "where": place, "kept": kept, "draft": draft}
        coded = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        if fits(coded, limits.PRIVATE_METADATA) or not kept:
            return coded
        del kept[max(kept, key=lambda name: len(kept[name]))]


def _from_metadata(coded: str) -> Submitted:
    try:
        said = json.loads(coded)
        where, kept = Where(*said["where"]), dict(said["kept"])
        return Submitted(str(said["command"]), where, kept, draft=str(said.get("draft", "")))
    except (ValueError, TypeError, KeyError) as problem:
        raise ValueError("This view is no form of Coalface.") from problem
