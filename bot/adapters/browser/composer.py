"""Where a person writes: a message, an answer to a classmate, or a command with `/`."""

from collections.abc import MutableMapping

from nicegui import ui

from bot.adapters.browser import inbound
from bot.adapters.browser.messages import Stream
from bot.adapters.browser.widgets import Suggestion, Suggestions, button, icon_button, on_enter
from bot.adapters.browser.window import Window
from bot.core.commands import Command
from bot.core.ports import ClassroomMessage

Drafts = MutableMapping[tuple[str, str, int | None], str]
"""Person, channel and thread: what was typed there and not sent yet."""


class Composer:
    """The field under a stream; `attach` tells it which stream."""

    def __init__(self, window: Window, thread: int | None, drafts: Drafts) -> None:
        self._window = window
        self._thread = thread
        self._drafts = drafts
        self._key = (window.person.ref, window.channel.ref, thread)
        self._stream: Stream | None = None
        self._answered: ClassroomMessage | None = None
        self._sending = False
        where = "the discussion" if thread is not None else f"#{window.channel.name}"
        name = "thread" if thread is not None else "channel"
        with ui.element("div").classes("cf-composer").mark(f"composer-{name}"):
            self._answering = ui.element("div").classes("cf-answering")
            self._answering.set_visibility(False)
            self._menu = Suggestions(f"command-{name}", self._choose)
            self._menu_of_all = False
            self._field = self._write_field(f"Write to {where}", name)
            with ui.element("div").classes("cf-row cf-compose-row"):
                commands = button("/ Commands", f"commands-{name}", self._show_all)
                commands.props["aria-label"] = "Commands"
                ui.label("Enter sends · Shift+Enter for a new line").classes("cf-small cf-hint")
                button("Send", f"send-{name}", self.send, kind="strong")

    def attach(self, stream: Stream) -> None:
        self._stream = stream
        stream.answer = self.answer
        stream.changed = self._changed

    def answer(self, message: ClassroomMessage) -> None:
        """Begin an answer to a message."""
        self._show_answered(message)
        self._field.run_method("focus")

    def _changed(self, message: ClassroomMessage) -> None:
        """A message now reads otherwise, or is gone: perhaps the one that is being answered."""
        if self._answered is None or self._answered.id != message.id:
            return
        if message.deleted_at is not None:
            self._answer_none()
        else:
            self._show_answered(message)

    def _show_answered(self, message: ClassroomMessage) -> None:
        self._answered = message
        self._answering.clear()
        self._answering.set_visibility(True)
        author = inbound.BOT.name
        if message.author is not None:
            author = self._window.classroom.name_of(message.author)
        with self._answering:
            ui.label(f"Answering {author}").classes("cf-answering-name")
            ui.label(" ".join((message.text or "").split())).classes("cf-quoted-text")
            icon_button("close", "Answer nobody in particular", "answer-nobody", self._answer_none)

    async def send(self) -> None:
        """Send what is written; what could not be sent stays in the field."""
        typed = self._written
        if self._sending or not typed.strip():
            return
        self._sending = True
        try:
            if typed.lstrip().startswith("/"):
                await self._command(typed)
            else:
                await self._post(typed)
        finally:
            self._sending = False

    # --- messages -------------------------------------------------------------------------------

    async def _post(self, typed: str) -> None:
        answered = self._answered
        kept = await self._window.kept(
            self._window.classroom.post(
                self._window.person.ref,
                self._window.channel.ref,
                typed,
                thread=self._thread,
                reply_to=None if answered is None else answered.id,
            ),
            "post a message",
        )
        if kept is not None:
            self._clear(typed)
            self._answer_none()
            if self._stream is not None:
                self._stream.show(kept.message, follow=True)

    def _answer_none(self) -> None:
        self._answered = None
        self._answering.clear()
        self._answering.set_visibility(False)

    # --- commands -------------------------------------------------------------------------------

    async def _command(self, typed: str) -> None:
        if self._menu.chosen is not None:
            await self._choose(self._menu.chosen)
            return
        name, rest = inbound.to_command(typed.strip(), self._window.offered)
        if self._named(name) is None:  # a role may have changed since the window was opened
            await self._window.refresh_offered(self._thread)
            name, rest = inbound.to_command(typed.strip(), self._window.offered)
        command = self._named(name)
        if command is None and self._menu.shown and not self._menu_of_all:
            await self._choose(self._menu.shown[0].key)
            return
        arguments: dict[str, object] = {}
        if command is not None:
            people = await self._window.classroom.people()
            channels = await self._window.classroom.channels()
            arguments = inbound.to_arguments(command, rest, people, channels)
        self._clear(typed)
        if self._stream is not None:
            await self._stream.run(name, arguments)

    async def _choose(self, name: str) -> None:
        """A command from the list: run at once if it takes nothing, else through its form."""
        command = self._named(name)
        self._clear(self._written)
        if command is None or self._stream is None:
            return
        if command.params:
            await self._stream.open_form(name, {})
        else:
            await self._stream.run(name, {})

    async def _show_all(self) -> None:
        if self._menu.shown:
            self._menu.hide()
            return
        await self._window.refresh_offered(self._thread)
        self._menu_of_all = True
        self._menu.show([_suggestion(command) for command in self._window.offered])
        self._field.run_method("focus")

    def _typed(self, typed: str | None) -> None:
        self._drafts[self._key] = self._written
        self._menu_of_all = False
        if not (typed or "").startswith("/") or "\n" in (typed or ""):
            self._menu.hide()
            return
        wanted = (typed or "").removeprefix("/").casefold()
        named = [c for c in self._window.offered if c.name.startswith(wanted)]
        self._menu.show([_suggestion(command) for command in named])

    @property
    def _written(self) -> str:
        return inbound.to_text(str(self._field.value or ""))

    def _named(self, name: str) -> Command | None:
        return next((c for c in self._window.offered if c.name == name), None)

    # --- the field ------------------------------------------------------------------------------

    def _write_field(self, says: str, name: str) -> ui.textarea:
        draft = self._drafts.get(self._key, "")
        field = ui.textarea(placeholder=says, value=draft, on_change=lambda e: self._typed(e.value))
        field.props("outlined autogrow dense").classes("cf-write").mark(f"write-{name}")
        field.props["for"] = f"write-{name}"
        field.props["aria-label"] = says
        on_enter(field, self._enter, ".exact.prevent")
        field.on("keydown.down", lambda: self._menu.move(1), [])
        field.on("keydown.up", lambda: self._menu.move(-1), [])
        field.on("keydown.escape", self._escape, [])
        return field

    async def _enter(self) -> None:
        if self._menu_of_all and self._menu.chosen is not None:
            await self._choose(self._menu.chosen)
            return
        await self.send()

    def _escape(self) -> None:
        if self._menu.shown:
            self._menu.hide()
        else:
            self._answer_none()

    def _clear(self, sent: str) -> None:
        """Take out of the field what was sent; what its owner typed on meanwhile stays."""
        self._menu.hide()
        if self._written.startswith(sent):
            self._field.value = self._written.removeprefix(sent)


def _suggestion(command: Command) -> Suggestion:
    return Suggestion(command.name, command.usage, command.summary)
