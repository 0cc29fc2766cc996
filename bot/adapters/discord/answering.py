"""From the core's outcome to what the person sees, and nobody else does: ephemeral messages, a
modal, or a refusal with a button that opens the form again. Discord wants to hear within three
seconds; what takes longer is announced and follows."""

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import discord

from bot.adapters.discord import forms, limits, uploads
from bot.adapters.discord.custom_ids import command_key, from_custom_id
from bot.adapters.discord.invocations import to_invocation
from bot.adapters.discord.people import People
from bot.adapters.discord.render import Attached, Rendered, to_messages
from bot.core.arguments import is_given
from bot.core.cards import Card, text
from bot.core.commands import Answer, Catalog, Choice, Form, Outcome, Type
from bot.core.dispatch import COURSE, Dispatcher
from bot.core.drafts import Drafts, refused
from bot.core.uploads import kept

log = logging.getLogger(__name__)

DEFER_SECONDS = 2.0
"""Of the three that Discord gives; the last one is for the way."""

_TOO_LATE = (10_062, 10_015, 40_060, 50_027)
"""Unknown interaction, unknown webhook, already acknowledged, invalid token: nobody is waiting."""

_GONE = "This button is from an older Coalface, and what it did is gone; /help shows what there is."
_OUTSIDE = "Coalface answers in a server's channels, where your course is."


class Answering:
    """Runs what people ask for through the core, and answers them. Never raises."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        catalog: Catalog,
        defer_seconds: float = DEFER_SECONDS,
        people: People | None = None,
    ) -> None:
        self.catalog = catalog
        self._dispatcher = dispatcher
        self._defer_seconds = defer_seconds
        self._people = people
        self._drafts = Drafts(limits.TOKEN_VALID, partial(secrets.token_hex, 6))

    async def run(
        self, interaction: discord.Interaction, command: str, arguments: Mapping[str, object]
    ) -> None:
        """Run a command and answer."""
        await self._safely(interaction, self._run(interaction, command, arguments), command)

    async def say(self, interaction: discord.Interaction, sentence: str) -> None:
        """Answer with one sentence."""
        await self._safely(interaction, self._say(interaction, sentence), "a sentence")

    async def complete(
        self,
        interaction: discord.Interaction,
        command: str,
        param: str,
        typed: str,
        arguments: Mapping[str, object],
    ) -> list[Choice]:
        """What could be meant; nothing where it could not be found out."""
        try:
            invocation = to_invocation(interaction, command, arguments)
            return [*await self._dispatcher.complete(invocation, param, typed)]
        except Exception as problem:
            self._dispatcher.report_failure(problem, f"complete {command}")
            return []

    async def press(self, interaction: discord.Interaction, match: re.Match[str]) -> None:
        """Do what a button of a card asks for."""
        pressed = from_custom_id(match, self.catalog)
        if pressed is None:
            await self._safely(interaction, self._say(interaction, _GONE), "an old button")
        elif pressed.form:
            work = self._open(interaction, pressed.command.name, pressed.arguments)
            await self._safely(interaction, work, pressed.command.name)
        else:
            await self.run(interaction, pressed.command.name, pressed.arguments)

    async def again(self, interaction: discord.Interaction, match: re.Match[str]) -> None:
        """Open a form that was refused, with what was typed into it."""
        form = self._drafts.find(match["draft"], interaction.created_at)
        if form is None:
            work = self._say(interaction, self._drafts.lost)
        else:
            work = self._show(interaction, form)
        await self._safely(interaction, work, "edit again")

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take in the forms that come back; to be the client's event of this name. discord.py
        tells commands, completions and buttons by itself."""
        if self._people is not None:
            self._people.saw(interaction.user)
        if interaction.type is not discord.InteractionType.modal_submit or not interaction.data:
            return
        match = re.fullmatch(forms.FORM_TEMPLATE, str(interaction.data.get("custom_id", "")))
        if match is not None:
            await self._safely(interaction, self._submitted(interaction, match), "a form")

    # --- doing it -------------------------------------------------------------------------------

    async def _run(
        self, interaction: discord.Interaction, command: str, arguments: Mapping[str, object]
    ) -> None:
        if interaction.guild_id is None:
            await self._say(interaction, _OUTSIDE)
            return
        invocation = to_invocation(interaction, command, arguments)
        running = asyncio.ensure_future(self._dispatcher.run(invocation))
        done, _ = await asyncio.wait([running], timeout=self._defer_seconds)
        if not done:
            await interaction.response.defer(ephemeral=True, thinking=True)
        await self._answer(interaction, await running)

    async def _open(
        self, interaction: discord.Interaction, command: str, arguments: Mapping[str, object]
    ) -> None:
        form = await self._dispatcher.form(to_invocation(interaction, command, arguments))
        await self._show(interaction, form)

    async def _submitted(self, interaction: discord.Interaction, match: re.Match[str]) -> None:
        command = next((c for c in self.catalog if command_key(c.name) == match["command"]), None)
        if command is None:
            await self._say(interaction, _GONE)
            return
        data: Mapping[str, object] = {**(interaction.data or {})}
        components = data.get("components")
        fields = forms.from_submission(components if isinstance(components, list) else [])
        files = uploads.from_submission(interaction)
        picked = {param.name for param in command.params if param.type is Type.FILE}
        typed: dict[str, object] = {
            name: files.get(value, "") if name in picked else value
            for name, value in fields.items()
        }
        if match["draft"]:
            form = self._drafts.find(match["draft"], interaction.created_at)
            if form is None:
                await self._lost(interaction, command.name, typed)
                return
            held = kept(form)
            typed = {**form.values} | {
                name: value for name, value in typed.items() if name not in held or is_given(value)
            }
        given = {name: value for name, value in typed.items() if is_given(value)}
        await self._run(interaction, command.name, given)

    async def _lost(
        self, interaction: discord.Interaction, command: str, typed: Mapping[str, object]
    ) -> None:
        """Part of a long form is gone: it is offered again with what came."""
        found = self.catalog.find(command)
        params = () if found is None else found.params
        await self._answer(interaction, Form(command, params, typed, {"": self._drafts.lost}))

    # --- answering ------------------------------------------------------------------------------

    async def _answer(self, interaction: discord.Interaction, outcome: Outcome) -> None:
        if isinstance(outcome, Answer):
            await self._send(interaction, to_answer(outcome))
            return
        modal_can_open = (
            not interaction.response.is_done()
            and interaction.type is not discord.InteractionType.modal_submit
        )
        if modal_can_open and not outcome.problems:
            await self._show(interaction, outcome)
            return
        draft = self._drafts.keep(outcome, interaction.created_at)
        await self._send(interaction, to_messages(refused(outcome)), forms.to_again(draft, outcome))

    async def _show(self, interaction: discord.Interaction, form: Form) -> None:
        whole = forms.holds_all(form)
        draft = "" if whole else self._drafts.keep(form, interaction.created_at)
        picks: dict[str, Sequence[Choice]] = {}
        if any(param.name == COURSE.name for param in form.params):
            asked = to_invocation(interaction, form.command, {})
            picks[COURSE.name] = await self._dispatcher.complete(asked, COURSE.name, "")
        if not form.params:
            await self._run(interaction, form.command, {})
            return
        await interaction.response.send_modal(forms.to_modal(form, draft, picks))

    async def _say(self, interaction: discord.Interaction, sentence: str) -> None:
        await self._send(interaction, to_messages(Card(blocks=(text(sentence),), tone="refusal")))

    async def _send(
        self,
        interaction: discord.Interaction,
        messages: Sequence[Rendered],
        view: discord.ui.View | None = None,
    ) -> None:
        """Send them in order, the first as the answer itself, `view` under the last one."""
        for number, message in enumerate(messages, 1):
            arguments = message.to_arguments()
            if view is not None and number == len(messages):
                arguments["view"] = view
            if interaction.response.is_done():
                await interaction.followup.send(ephemeral=True, **arguments)
            else:
                await interaction.response.send_message(ephemeral=True, **arguments)

    async def _safely(
        self, interaction: discord.Interaction, work: Awaitable[None], doing: str
    ) -> None:
        try:
            await work
        except discord.InteractionResponded:
            log.warning("an answer came too late", extra={"doing": doing})
        except Exception as problem:
            if isinstance(problem, discord.HTTPException) and problem.code in _TOO_LATE:
                log.warning("an answer came too late", extra={"doing": doing, "code": problem.code})
                return
            failure = self._dispatcher.report_failure(problem, doing)
            await self._apologise(interaction, failure)

    async def _apologise(self, interaction: discord.Interaction, failure: str) -> None:
        try:
            await self._say(
                interaction,
                f"Something went wrong on our side and was logged as {failure}. Try again, or give"
                " that id to whoever runs the bot.",
            )
        except discord.DiscordException:
            log.warning("an apology could not be given", extra={"failure": failure})


def to_answer(answer: Answer) -> tuple[Rendered, ...]:
    """An answer as messages, its files with the last one and, if they are many, with further
    ones. A file that Discord would not take is named in a sentence."""
    heavy = [file for file in answer.files if len(file.content) > limits.FILE_BYTES]
    notes = (
        text(
            f"{file.name} is larger than the 10 MiB that Discord takes; get it from the terminal,"
            " or ask whoever runs the bot for it."
        )
        for file in heavy
    )
    card = answer.card
    if heavy:
        card = replace(card, blocks=(*card.blocks, *notes))
    messages = list(to_messages(card))
    for file in answer.files:
        if file in heavy:
            continue
        attached = Attached(file.name, file.content)
        last = messages[-1]
        weight = sum(len(other.content) for other in last.files) + len(file.content)
        if len(last.files) == limits.FILES or weight > limits.FILE_BYTES:
            messages.append(Rendered(files=(attached,)))
        else:
            messages[-1] = Rendered(last.embeds, last.rows, (*last.files, attached))
    return tuple(messages)
