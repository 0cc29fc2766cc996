"""From a command's parameters to a form in the page, and from the form to an invocation. What was
typed is kept until the command has run; what is wrong with it stands at its field."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from bot.adapters.browser import inbound
from bot.adapters.browser.file_field import FileField
from bot.adapters.browser.widgets import Suggestion, Suggestions, button, on_enter
from bot.adapters.browser.window import Window
from bot.core.arguments import is_given
from bot.core.commands import Answer, Form, Param, Type
from bot.core.dispatch import COURSE
from bot.core.ports import ClassroomChannel, ClassroomPerson
from bot.core.rendering import to_label
from bot.core.uploads import kept

Field = ui.input | ui.select | FileField
MOST_SUGGESTIONS = 8


class CommandForm:
    """The form of one command in a dialog; `answered` gets the answer when it has run."""

    def __init__(
        self, window: Window, thread: int | None, answered: Callable[[Answer], Awaitable[None]]
    ) -> None:
        self._window = window
        self._thread = thread
        self._answered = answered
        self._dialog = ui.dialog().props("no-backdrop-dismiss").classes("cf-dialog")
        self._dialog.on("hide", self._dialog.delete)
        self._fields: dict[str, Field] = {}
        self._meant: dict[str, dict[str, str]] = {}  # param: what is shown → the value it means
        self._people: list[ClassroomPerson] = []
        self._channels: list[ClassroomChannel] = []
        self._form: Form | None = None
        self._running = False
        self._id = inbound.new_invocation_id()

    async def show(self, form: Form) -> None:
        """Show the form with its values and problems, and open the dialog."""
        self._people = await self._window.classroom.people()
        self._channels = await self._window.classroom.channels()
        self._form = form
        self._fields.clear()
        self._id = inbound.new_invocation_id()
        self._dialog.clear()
        with self._dialog, ui.element("div").classes("cf-form").mark("form") as box:
            box.props["role"] = "form"
            box.props["aria-label"] = f"/{form.command}"
            self._draw(form)
        self._dialog.open()

    def to_arguments(self) -> dict[str, object]:
        """What stands in the fields, the empty ones left out; and what was given without one."""
        given = {} if self._form is None else self._form.values
        arguments = {name: value for name, value in given.items() if name not in self._fields}
        for name, field in self._fields.items():
            value = field.value
            if isinstance(field, FileField):
                arguments[name] = value
            elif value is not None and str(value).strip():
                arguments[name] = self._meant.get(name, {}).get(str(value).strip(), value)
        held = {} if self._form is None else kept(self._form)
        return held | {name: value for name, value in arguments.items() if is_given(value)}

    async def submit(self) -> None:
        if self._running or self._form is None:
            return  # the second half of a double click
        self._running = True
        try:
            outcome = await self._window.run(
                self._window.invocation(
                    self._id, self._thread, self._form.command, self.to_arguments()
                )
            )
        finally:
            self._running = False
        if isinstance(outcome, Form):
            await self.show(outcome)
            return
        self._dialog.close()
        self._dialog.clear()
        await self._answered(outcome)

    # --- fields ---------------------------------------------------------------------------------

    def _draw(self, form: Form) -> None:
        summary = next((c.summary for c in self._window.offered if c.name == form.command), "")
        heading = ui.label(f"/{form.command}").classes("cf-title cf-command")
        heading.props('role="heading" aria-level="2"')
        if summary:
            ui.label(summary).classes("cf-small")
        if form.note:
            ui.label(form.note).classes("cf-note").mark("form-note")
        shown = inbound.offered(form.params)
        fields = {param.name for param in shown}
        if problem := next((p for name, p in form.problems.items() if name not in fields), None):
            ui.label(problem).classes("cf-problem").props('role="alert"').mark("form-problem")
        with ui.element("div").classes("cf-fields"):
            for param in shown:
                field = self._field(param, form.values.get(param.name))
                field.classes("cf-field").mark(f"field-{param.name}")
                if problem := form.problems.get(param.name):
                    field.error = problem
                self._fields[param.name] = field
        with ui.element("div").classes("cf-row cf-end"):
            button("Cancel", "form-cancel", self._dialog.close)
            button("Run", "form-submit", self.submit, kind="strong")
        first = next((p for p in form.problems if p in self._fields), None)
        wanted = self._fields.get(first or "") or next(iter(self._fields.values()), None)
        if wanted is not None and not isinstance(wanted, FileField):
            wanted.props("autofocus")

    def _field(self, param: Param, value: object) -> Field:
        if param.type is Type.FILE:
            return FileField(param, value)
        typed = "" if value is None else str(value)
        if options := self._options(param):
            return self._select(param, options, typed)
        if param.type is Type.PARAGRAPH:
            area = ui.textarea(to_label(param), value=typed).props("outlined autogrow")
            area.props["hint"] = param.summary
            return area
        chosen = (
            shown for shown, meant in self._meant.get(param.name, {}).items() if meant == typed
        )
        line = ui.input(to_label(param), value=next(chosen, typed))
        line.props("outlined autocomplete=off")
        line.props["hint"] = param.summary
        if param.type is Type.INTEGER:
            line.props("inputmode=numeric")
        suggestions = self._suggest(param, line) if _completes(param) else None

        async def enter() -> None:
            if suggestions is not None and suggestions.chosen is not None:
                line.value = suggestions.chosen
                suggestions.hide()
            else:
                await self.submit()

        on_enter(line, enter, ".prevent")
        return line

    def _options(self, param: Param) -> dict[str, str]:
        if param.choices:
            return {choice.value: choice.label for choice in param.choices}
        if param.complete is not None:
            return {}
        if param.type is Type.PERSON:
            return {person.ref: person.name for person in self._people}
        if param.type is Type.CHANNEL:
            return {channel.ref: f"#{channel.name}" for channel in self._channels}
        return {}

    def _select(self, param: Param, options: dict[str, str], typed: str) -> ui.select:
        if typed and typed not in options:
            options = {**options, typed: typed}  # wrong as it may be, it stays to be mended
        select = ui.select(
            options,
            label=to_label(param),
            value=typed or None,
            with_input=len(options) > 8,
            clearable=not param.required,
        ).props("outlined")
        select.props["hint"] = param.summary
        return select

    def _suggest(self, param: Param, line: ui.input) -> Suggestions:
        """Ask the core, as one types, what could be meant."""
        meant = self._meant.setdefault(param.name, {})

        def choose(label: str) -> None:
            line.value = label
            suggestions.hide()
            line.run_method("focus")

        async def ask() -> None:
            typed = inbound.to_text(str(line.value or ""))
            if typed in meant:
                suggestions.hide()
                return
            command = self._form.command if self._form else ""
            asked = self._window.invocation(self._id, self._thread, command, {})
            found = await self._window.safely(
                self._window.dispatcher.complete(asked, param.name, typed), "complete"
            )
            if found is None or typed != inbound.to_text(str(line.value or "")) or line.is_deleted:
                return  # typed on meanwhile
            meant.update({choice.label: choice.value for choice in found})
            labels = [Suggestion(choice.label, choice.label) for choice in found]
            suggestions.show(labels[:MOST_SUGGESTIONS])

        suggestions = Suggestions(f"suggest-{param.name}", choose)
        line.on_value_change(ask)
        line.on("focus", ask, [])
        line.on("keydown.down", lambda: suggestions.move(1), [])
        line.on("keydown.up", lambda: suggestions.move(-1), [])
        return suggestions


def _completes(param: Param) -> bool:
    """Whether the core can say what is meant; it also asks which course, where that is unclear."""
    return param.complete is not None or param.name == COURSE.name
