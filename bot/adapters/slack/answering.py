"""From what somebody asks on Slack to the core, and from its outcome to what they see, and nobody
else does: an ephemeral message, a modal, or a button that opens one.

Slack wants to hear within three seconds; what takes longer is acknowledged, and follows. That runs
in tasks of our own and not in Bolt's lazy listeners: these could not give an answer that is ready
in time together with the acknowledgement.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.adapters.slack import forms
from bot.adapters.slack.action_ids import from_action
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.delivery import Delivery, to_body
from bot.adapters.slack.invocations import Asked, to_invocation
from bot.adapters.slack.parsing import Typed
from bot.adapters.slack.people import People
from bot.adapters.slack.render import Attached, Rendered, to_messages
from bot.adapters.slack.uploads import Uploads
from bot.core.cards import Card, text
from bot.core.commands import Answer, Catalog, Form, Outcome
from bot.core.dispatch import Dispatcher
from bot.core.drafts import Drafts, refused
from bot.core.ports import SendRefused, SendUncertain
from bot.core.uploads import kept

log = logging.getLogger(__name__)

DEFER_SECONDS = 2.0
"""Of the three that Slack gives; the last one is for the way."""
FORM_VALID = timedelta(minutes=30)
"""How long what was typed into a form is kept: as long as a response_url holds."""

GONE = "This button is from an older Coalface, and what it did is gone; see /coalface help."

Ack = Callable[..., Awaitable[object]]
Show = Callable[[Outcome], Awaitable[None]]


class Answering:
    """Runs what people ask for through the core, and answers them. Never raises."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        catalog: Catalog,
        people: People,
        calls: Calls,
        defer_seconds: float = DEFER_SECONDS,
    ) -> None:
        self.catalog = catalog
        self.delivery = Delivery(calls)
        self._uploads = Uploads(calls)
        self._dispatcher = dispatcher
        self._people = people
        self._calls = calls
        self._defer_seconds = defer_seconds
        self._drafts = Drafts(FORM_VALID, lambda: secrets.token_hex(6))
        self._behind: set[asyncio.Task[None]] = set()

    async def settle(self) -> None:
        """Wait until everybody who asked has been answered."""
        while self._behind:
            await asyncio.gather(*self._behind, return_exceptions=True)

    async def close(self) -> None:
        await self.delivery.close()
        await self._uploads.close()

    # --- what people do -------------------------------------------------------------------------

    async def command(self, asked: Asked, typed: Typed | str, ack: Ack) -> None:
        """A slash command. What is one message comes with the acknowledgement itself."""

        async def show(outcome: Outcome) -> None:
            if isinstance(outcome, Answer) and not _files(outcome):
                messages = to_messages(outcome.card)
                if len(messages) == 1:
                    await ack(**to_body(messages[0]))
                    return
            await ack()
            self._follow(asked, self._show(asked, outcome), "answer")

        if isinstance(typed, str):
            await show(_refusal(typed))
        else:
            await self._run(asked, typed.command, typed.arguments, show, ack)

    async def button(self, asked: Asked, action: Mapping[str, Any], ack: Ack) -> None:
        """A button of a card, or the one that opens a form again."""
        await ack()
        value = str(action.get("value") or "")
        if action.get("action_id") == forms.AGAIN:
            form = self._drafts.find(value, asked.at)
            found: Outcome = _refusal(self._drafts.lost) if form is None else form
            self._follow(asked, self._show(asked, found), "edit again")
            return
        pressed = from_action(str(action.get("action_id")), value, self.catalog)
        if pressed is None:
            self._follow(asked, self._show(asked, _refusal(GONE)), "an old button")
        elif pressed.form:
            work = self._open(asked, pressed.command.name, pressed.arguments)
            self._follow(asked, work, pressed.command.name)
        else:
            self._follow(
                asked,
                self._run(asked, pressed.command.name, pressed.arguments),
                pressed.command.name,
            )

    async def shortcut(
        self, asked: Asked, command: str, arguments: Mapping[str, object], ack: Ack
    ) -> None:
        """A command that was used on a message."""
        await ack()
        self._follow(asked, self._run(asked, command, arguments), command)

    async def say(self, asked: Asked, sentence: str, ack: Ack) -> None:
        """Answer with one sentence."""
        await ack()
        self._follow(asked, self._show(asked, _refusal(sentence)), "a sentence")

    async def mention(self, asked: Asked, typed: Typed | str) -> None:
        """The bot was named at the beginning of a message: in threads Slack has no commands."""
        if isinstance(typed, str):
            work = self._show(asked, _refusal(typed))
            self._follow(asked, work, "a mention")
        else:
            self._follow(asked, self._run(asked, typed.command, typed.arguments), typed.command)

    async def submission(self, asked: Asked, form: forms.Submitted, ack: Ack) -> None:
        """A form that came back. What is wrong with it is said at its fields, in the
        acknowledgement: Slack takes it nowhere else."""

        async def show(outcome: Outcome) -> None:
            if isinstance(outcome, Answer):
                await ack()
                self._follow(asked, self._show(asked, outcome), form.command)
            elif (errors := forms.to_errors(outcome, form.fields)) is not None:
                await ack(response_action="errors", errors=errors)
            else:
                await ack(response_action="update", view=self._modal(asked, outcome, form.where))

        held = self._drafts.find(form.draft, asked.at) if form.draft else None
        new = {
            name: self._uploads.to_upload(asked.workspace, file)
            for name, file in form.files.items()
        }
        files = {**({} if held is None else kept(held)), **new}
        if form.draft and held is None:
            params = () if (known := self.catalog.find(form.command)) is None else known.params
            lost = {"": self._drafts.lost}
            await show(Form(form.command, params, {**form.arguments, **files}, lost))
            return
        await self._run(asked, form.command, {**form.arguments, **files}, show, ack)

    async def suggestions(self, asked: Asked, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What could be meant by what was typed so far; nothing where it can't be found out."""
        try:
            asks = forms.from_suggestion(body)
            invocation = await to_invocation(
                asked, self._people, asks.form.command, asks.form.arguments
            )
            choices = await self._dispatcher.complete(invocation, asks.param, asks.typed)
            return forms.to_suggestions(choices, asks.typed)
        except Exception as problem:
            self._dispatcher.report_failure(problem, "complete a field")
            return []

    # --- doing it -------------------------------------------------------------------------------

    async def _run(
        self,
        asked: Asked,
        command: str,
        arguments: Mapping[str, object],
        show: Show | None = None,
        ack: Ack | None = None,
    ) -> None:
        """Run a command; `show` what comes of it in time, together with the acknowledgement."""
        running = asyncio.ensure_future(self._outcome(asked, command, arguments))
        if show is not None and ack is not None:
            done, _ = await asyncio.wait([running], timeout=self._defer_seconds)
            if done:
                await show(running.result())
            else:
                await ack()
                # By the time it is there, the modal is closed and the trigger is too old.
                late = replace(asked, trigger=None)
                self._follow(asked, self._show_later(late, running), command)
            return
        await self._show(asked, await running)

    async def _outcome(
        self, asked: Asked, command: str, arguments: Mapping[str, object]
    ) -> Outcome:
        try:
            invocation = await to_invocation(asked, self._people, command, arguments)
        except SendRefused as problem:
            return _refusal(problem.sentence)
        return await self._dispatcher.run(invocation)

    async def _show_later(self, asked: Asked, running: Awaitable[Outcome]) -> None:
        await self._show(asked, await running)

    async def _open(self, asked: Asked, command: str, arguments: Mapping[str, object]) -> None:
        """Show a command's form, filled in as far as it is given."""
        try:
            invocation = await to_invocation(asked, self._people, command, arguments)
        except SendRefused as problem:
            await self._show(asked, _refusal(problem.sentence))
            return
        await self._show(asked, await self._dispatcher.form(invocation))

    # --- showing it -----------------------------------------------------------------------------

    async def _show(self, asked: Asked, outcome: Outcome) -> None:
        if isinstance(outcome, Form):
            await self._show_form(asked, outcome)
            return
        files = _files(outcome)
        await self.delivery.show(asked, to_messages(outcome.card))
        if files:
            await self.delivery.give(asked, files)

    async def _show_form(self, asked: Asked, form: Form) -> None:
        """As a modal where one can be opened; else as a button that opens it."""
        if not forms.shown(form):
            await self._run(asked, form.command, form.values)
            return
        if asked.trigger is not None:
            view = self._modal(asked, form, where_of(asked))
            try:
                await self._calls.write(
                    asked.workspace,
                    asked.workspace.client.views_open,
                    trigger_id=asked.trigger,
                    view=view,
                )
            except (SendRefused, SendUncertain) as problem:
                log.warning("a form did not open", extra={"problem": str(problem.__cause__)})
            else:
                return
        draft = self._drafts.keep(form, asked.at)
        *before, last = to_messages(refused(form))
        with_button = replace(last, blocks=(*last.blocks, forms.to_again(draft, form)))
        await self.delivery.show(asked, [*before, with_button])

    def _modal(self, asked: Asked, form: Form, where: forms.Where) -> dict[str, Any]:
        draft = self._drafts.keep(form, asked.at) if kept(form) else ""
        return forms.to_modal(form, where, draft)

    # --- behind ---------------------------------------------------------------------------------

    def _follow(self, asked: Asked, work: Coroutine[Any, Any, None], doing: str) -> None:
        """Go on after the acknowledgement."""
        task = asyncio.create_task(self._safely(asked, work, doing))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _safely(self, asked: Asked, work: Awaitable[None], doing: str) -> None:
        try:
            await work
        except (SendRefused, SendUncertain) as problem:
            log.warning(
                "an answer could not be given",
                extra={"doing": doing, "problem": type(problem.__cause__).__name__},
            )
        except Exception as problem:
            failure = self._dispatcher.report_failure(problem, doing)
            await self._apologise(asked, failure)

    async def _apologise(self, asked: Asked, failure: str) -> None:
        sentence = (
            f"Something went wrong on our side and was logged as {failure}. Try again, or give that"
            " id to whoever runs the bot."
        )
        try:
            await self.delivery.show(asked, _said(sentence))
        except (SendRefused, SendUncertain):
            log.warning("an apology could not be given", extra={"failure": failure})


def where_of(asked: Asked) -> forms.Where:
    place = asked.place
    return forms.Where(asked.workspace.team, place.channel, place.thread, asked.response_url or "")


def _files(answer: Answer) -> list[Attached]:
    """What goes with an answer: its files, and the pictures of its card."""
    pictures = [file for message in to_messages(answer.card) for file in message.files]
    return [*(Attached(file.name, file.content) for file in answer.files), *pictures]


def _refusal(sentence: str) -> Answer:
    return Answer(Card(blocks=(text(sentence),), tone="refusal"))


def _said(sentence: str) -> tuple[Rendered, ...]:
    return to_messages(_refusal(sentence).card)
