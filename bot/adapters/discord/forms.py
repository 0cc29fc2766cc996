"""From a form of the core to a modal, and from what was submitted to arguments. A modal shows five
fields at most; what stands in the others is kept as a draft until it comes back, and so is what was
typed into a form that was refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.adapters.discord import limits
from bot.adapters.discord.custom_ids import command_key
from bot.adapters.discord.markdown import escape
from bot.core import uploads
from bot.core.commands import Choice, Form, Param, Type
from bot.core.rendering import clean, cut, fits, to_label

FORM_TEMPLATE = r"cfm1(?P<command>[a-z2-7]{5})(?P<draft>[0-9a-f]*)"
AGAIN_TEMPLATE = r"cfa1(?P<draft>[0-9a-f]+)"
NUMBER = 20
"""Characters in which any number is typed, also one that the core will refuse."""


def to_modal(
    form: Form, draft: str = "", picks: Mapping[str, Sequence[Choice]] | None = None
) -> discord.ui.Modal:
    """The form as a modal, on a running event loop; discord.py need not keep it.

    `draft` names what is kept for it. `picks` are, for a parameter that the core completes, all
    the values that there are.
    """
    modal = discord.ui.Modal(
        title=cut(f"/{form.command}", limits.MODAL_TITLE),
        custom_id=f"cfm1{command_key(form.command)}{draft}",
        timeout=None,
    )
    if form.note:
        note = cut(clean(form.note), limits.TEXT_DISPLAY // 2)  # marks may double it
        modal.add_item(discord.ui.TextDisplay(escape(note)))
    files = uploads.kept(form)
    for field in shown(form):
        param = replace(field, required=False) if field.name in files else field
        value = form.values.get(param.name)
        typed = "" if value is None or param.name in files else clean(str(value))
        said = form.problems.get(param.name) or uploads.hint(param, value)
        modal.add_item(
            discord.ui.Label(
                text=cut(to_label(param), limits.MODAL_LABEL),
                description=cut(clean(said), limits.MODAL_DESCRIPTION),
                component=_component(param, typed, (picks or {}).get(param.name, param.choices)),
            )
        )
    modal.stop()
    return modal


def from_submission(components: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Param name to what was typed or picked, of every field shown; "" where it was left empty. A
    file is given by its id."""
    return {
        field["custom_id"]: str(next(iter(field.get("values", [])), field.get("value") or ""))
        for field in _leaves(components)
        if "custom_id" in field
    }


def shown(form: Form) -> tuple[Param, ...]:
    """The fields that a modal has room for: those with a problem, those that are required and
    empty, then the others in order; in the form's own order. A note takes the room of one."""
    room = limits.MODAL_COMPONENTS - bool(form.note)
    if len(form.params) <= room:
        return form.params

    def rank(param: Param) -> int:
        if param.name in form.problems:
            return 0
        return 1 if param.required and not form.values.get(param.name) else 2

    chosen = sorted(form.params, key=rank)[:room]
    return tuple(param for param in form.params if param in chosen)


def holds_all(form: Form) -> bool:
    """Whether all that is given stands in the fields of its modal, so that no draft is needed."""
    names = {param.name for param in shown(form)}
    return not uploads.kept(form) and len(names) == len(form.params) and names >= set(form.values)


def to_again(draft: str, form: Form) -> discord.ui.View:
    """The button that opens the form again, with what was typed."""
    view = discord.ui.View(timeout=None)
    view.add_item(
        discord.ui.Button(
            style=discord.ButtonStyle.primary,
            label="Edit again" if form.problems else "Fill in",
            custom_id=f"cfa1{draft}",
        )
    )
    view.stop()
    return view


def _component(
    param: Param, typed: str, choices: Sequence[Choice]
) -> discord.ui.Item[discord.ui.Modal]:
    if choices and len(choices) <= limits.SELECT_OPTIONS and _all_fit(choices):
        return _select(param, typed, choices)
    if param.type is Type.FILE:
        return discord.ui.FileUpload(
            custom_id=param.name,
            required=param.required,
            min_values=1 if param.required else 0,
            max_values=1,
        )
    if param.type is Type.PERSON:
        return discord.ui.UserSelect(
            custom_id=param.name,
            required=param.required,
            min_values=1 if param.required else 0,
            default_values=_default(typed, discord.SelectDefaultValueType.user),
        )
    if param.type is Type.CHANNEL:
        return discord.ui.ChannelSelect(
            custom_id=param.name,
            required=param.required,
            min_values=1 if param.required else 0,
            channel_types=[
                discord.ChannelType.text,
                discord.ChannelType.news,
                discord.ChannelType.forum,
            ],
            default_values=_default(typed, discord.SelectDefaultValueType.channel),
        )
    if param.type is Type.ROLE:
        return discord.ui.RoleSelect(
            custom_id=param.name,
            required=param.required,
            min_values=1 if param.required else 0,
            default_values=_default(typed, discord.SelectDefaultValueType.role),
        )
    return _line(param, typed, choices)


def _select(
    param: Param, typed: str, choices: Sequence[Choice]
) -> discord.ui.Select[discord.ui.Modal]:
    return discord.ui.Select(
        custom_id=param.name,
        required=param.required,
        min_values=1 if param.required else 0,
        options=[
            discord.SelectOption(
                label=cut(clean(choice.label), limits.SELECT_OPTION_LABEL) or choice.value,
                value=choice.value,
                default=typed.casefold() in (choice.value.casefold(), choice.label.casefold()),
            )
            for choice in choices
        ],
    )


def _line(
    param: Param, typed: str, choices: Sequence[Choice]
) -> discord.ui.TextInput[discord.ui.Modal]:
    paragraph = param.type is Type.PARAGRAPH or "\n" in typed
    hint = ", ".join(choice.label for choice in choices)
    written = typed[: limits.TEXT_INPUT]
    most = NUMBER if param.type is Type.INTEGER else param.most
    return discord.ui.TextInput(
        custom_id=param.name,
        style=discord.TextStyle.paragraph if paragraph else discord.TextStyle.short,
        required=param.required,
        default=written or None,
        placeholder=cut(hint, limits.PLACEHOLDER) or None,
        max_length=min(limits.TEXT_INPUT, max(most, len(written))),
    )


def _default(
    typed: str, type_: discord.SelectDefaultValueType
) -> list[discord.SelectDefaultValue]:  # fmt: skip
    if not (typed.isascii() and typed.isdigit()):
        return []
    return [discord.SelectDefaultValue(id=int(typed), type=type_)]


def _all_fit(choices: Sequence[Choice]) -> bool:
    values = [choice.value for choice in choices]
    return len(set(values)) == len(values) and all(
        value and fits(value, limits.SELECT_OPTION_VALUE) for value in values
    )


def _leaves(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        if inner := component.get("component"):
            yield from _leaves([inner])
        elif rows := component.get("components"):
            yield from _leaves(rows)
        else:
            yield component
