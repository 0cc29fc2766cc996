"""From the catalogue to Discord's application commands. A command added to the catalogue appears
with no change here: options, choices and completions come from its parameters.

Nothing asks for permissions of Discord's: who may use a command is the core's to say.
"""

import hashlib
import inspect
import json
import keyword
import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord
from discord import app_commands

from bot.adapters.discord import custom_ids, forms, limits
from bot.adapters.discord.answering import Answering
from bot.adapters.discord.invocations import to_argument
from bot.core.commands import NO_WORDS, Catalog, Command, OnMessage, Param, Type
from bot.core.rendering import cut, fits, size

Callback = Callable[..., Awaitable[None]]
Made = app_commands.Command[Any, ..., None]

_IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
_BY_SERVERS = app_commands.AppInstallationType(guild=True, user=False)

_CHANGED = (
    "This command has changed since Discord showed it to you: restart Discord (Ctrl+R on a"
    " computer) and give it again."
)


class CommandTree(app_commands.CommandTree[discord.Client]):
    """A tree whose failures become a sentence and a line in the log."""

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        if isinstance(
            error,
            app_commands.CommandNotFound
            | app_commands.CommandSignatureMismatch
            | app_commands.TransformerError,
        ):
            if not interaction.response.is_done():
                await interaction.response.send_message(_CHANGED, ephemeral=True)
            return
        await super().on_error(interaction, error)


def install(client: discord.Client, answering: Answering) -> CommandTree:
    """Make the client take commands, buttons and forms; the tree still has to be synced.

    Raises ValueError where the catalogue asks for more than Discord can show.
    """
    catalog = answering.catalog.with_references()
    custom_ids.check(catalog)
    tree = CommandTree(client)
    groups: dict[str, app_commands.Group] = {}
    for command in catalog:
        group, _, verb = command.name.partition(" ")
        if not verb:
            tree.add_command(to_application_command(command, command.name, answering))
            continue
        if group not in groups:
            groups[group] = _group(group, catalog)
            tree.add_command(groups[group])
        groups[group].add_command(to_application_command(command, verb, answering))
    for command in catalog:
        if command.on_message is not None:
            tree.add_command(to_message_command(command, command.on_message, answering))
    _check(tree)
    client.add_dynamic_items(*_buttons(answering))

    async def on_interaction(interaction: discord.Interaction) -> None:
        await answering.on_interaction(interaction)

    client.event(on_interaction)
    return tree


def to_application_command(command: Command, name: str, answering: Answering) -> Made:
    """The slash command of a command of the catalogue, under `name`."""
    names = {_python_name(param): param.name for param in command.params}

    async def callback(interaction: discord.Interaction, **given: object) -> None:
        arguments = {
            names[name]: to_argument(value) for name, value in given.items() if value is not None
        }
        await answering.run(interaction, command.name, arguments)

    _describe(callback, command)
    made: Made = app_commands.Command(
        name=name,
        description=command.summary,
        callback=callback,
        allowed_contexts=_IN_SERVERS,
        allowed_installs=_BY_SERVERS,
    )
    for param in command.params:
        if _completes(param):
            made.autocomplete(_python_name(param))(_completion(command, param, answering))
    return made


def to_message_command(
    command: Command, offered: OnMessage, answering: Answering
) -> app_commands.ContextMenu:
    """The command as it is offered on a message: with its text, or its id, as the argument."""

    async def callback(interaction: discord.Interaction, message: discord.Message) -> None:
        given = message.content if offered.gives == "text" else str(message.id)
        if given.strip():
            await answering.run(interaction, command.name, {offered.param: given})
        else:
            await answering.say(interaction, NO_WORDS)

    return app_commands.ContextMenu(
        name=offered.label,
        callback=callback,
        allowed_contexts=_IN_SERVERS,
        allowed_installs=_BY_SERVERS,
    )


def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """A hash of all that the tree would register: while it is the same, syncing changes nothing."""
    shape = sorted(
        json.dumps(command.to_dict(tree), sort_keys=True, default=str)
        for command in _everything(tree)
    )
    return hashlib.sha256("\n".join(shape).encode()).hexdigest()


def characters(registered: Any) -> int:
    """What Discord counts of a command against COMMAND_CHARACTERS."""
    said = [registered["name"], registered.get("description", "")]
    said += [str(choice["name"]) + str(choice["value"]) for choice in registered.get("choices", ())]
    under = sum(characters(option) for option in registered.get("options", ()))
    return sum(map(size, said)) + under


# --- options ------------------------------------------------------------------------------------


def _required(command: Command, param: Param) -> bool:
    """Whether Discord insists on it. What the form will ask for may be left out."""
    return param.required and not command.form and param.type is not Type.PARAGRAPH


def _completes(param: Param) -> bool:
    """Whether the core is asked as one types; people, channels and roles Discord completes
    itself."""
    if param.type in (Type.PERSON, Type.CHANNEL, Type.ROLE, Type.FILE):
        return False
    return param.complete is not None or len(param.choices) > limits.CHOICES


def _describe(callback: Callback, command: Command) -> None:
    """Give the callback the signature from which discord.py makes the options."""
    ordered = sorted(command.params, key=lambda param: not _required(command, param))
    empty = inspect.Parameter.empty
    parameters = [
        inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        *(
            inspect.Parameter(
                _python_name(param),
                inspect.Parameter.KEYWORD_ONLY,
                default=empty if _required(command, param) else None,
                annotation=_annotation(param, _required(command, param)),
            )
            for param in ordered
        ),
    ]
    callback.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # typeshed: no such
    app_commands.rename(**{_python_name(param): param.name for param in ordered})(callback)
    app_commands.describe(**{_python_name(param): param.summary for param in ordered})(callback)
    choices = {
        _python_name(param): [
            app_commands.Choice(name=cut(c.label, limits.CHOICE_NAME), value=c.value)
            for c in param.choices
        ]
        for param in ordered
        if 0 < len(param.choices) <= limits.CHOICES
    }
    if choices:
        app_commands.choices(**choices)(callback)


def _python_name(param: Param) -> str:
    return f"{param.name}_" if keyword.iskeyword(param.name) else param.name


def _annotation(param: Param, required: bool) -> Any:
    kind = _kind(param)
    return kind if required else kind | None


def _kind(param: Param) -> Any:
    match param.type:
        case Type.PERSON:
            return discord.User | discord.Member
        case Type.CHANNEL:
            return discord.TextChannel | discord.ForumChannel
        case Type.ROLE:
            return discord.Role
        case Type.FILE:
            return discord.Attachment
        case Type.INTEGER:
            return app_commands.Range[int, 0, param.most]
        case Type.LINE | Type.PARAGRAPH if param.choices and not _completes(param):
            return str
        case Type.LINE | Type.PARAGRAPH:
            # No more than a form can show again.
            return app_commands.Range[str, 0, min(param.most, limits.TEXT_INPUT)]


def _completion(command: Command, param: Param, answering: Answering) -> Any:
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        given = {
            name: to_argument(value)
            for name, value in interaction.namespace
            if name != param.name and value is not None
        }
        found = await answering.complete(interaction, command.name, param.name, current, given)
        return [
            app_commands.Choice(name=cut(c.label, limits.CHOICE_NAME), value=c.value)
            for c in found
            if c.label.strip() and c.value and fits(c.value, limits.CHOICE_VALUE)
        ][: limits.CHOICES]

    return complete


# --- groups and what is under them --------------------------------------------------------------


def _group(name: str, catalog: Catalog) -> app_commands.Group:
    verbs = [c.name.partition(" ")[2] for c in catalog if c.name.startswith(f"{name} ")]
    if len(verbs) > limits.SUBCOMMANDS:
        raise ValueError(f"/{name} has {len(verbs)} commands, and Discord shows 25.")
    return app_commands.Group(
        name=name,
        description=cut(", ".join(verbs), limits.COMMAND_DESCRIPTION),
        allowed_contexts=_IN_SERVERS,
        allowed_installs=_BY_SERVERS,
    )


def _everything(tree: app_commands.CommandTree[Any]) -> list[Any]:
    menus = tree.get_commands(type=discord.AppCommandType.message)
    return [*tree.get_commands(type=discord.AppCommandType.chat_input), *menus]


def _check(tree: CommandTree) -> None:
    for command in _everything(tree):
        count = characters(command.to_dict(tree))
        if count > limits.COMMAND_CHARACTERS:
            raise ValueError(f"/{command.name} takes {count} characters, and Discord 8,000.")


def _buttons(answering: Answering) -> tuple[type[discord.ui.DynamicItem[Any]], ...]:
    """What answers the buttons of cards, and those that open a form again."""

    class CommandButton(
        discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.TEMPLATE
    ):
        def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
            super().__init__(item)
            self._match = match

        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction, item: Any, match: re.Match[str], /
        ) -> Self:
            return cls(item, match)

        async def callback(self, interaction: discord.Interaction) -> None:
            await answering.press(interaction, self._match)

    class AgainButton(CommandButton, template=forms.AGAIN_TEMPLATE):
        async def callback(self, interaction: discord.Interaction) -> None:
            await answering.again(interaction, self._match)

    return CommandButton, AgainButton
