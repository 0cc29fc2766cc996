"""Small parts of the pages: buttons that say what they do, blocks of a card, a list to choose
from with the arrow keys."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement
from nicegui.events import GenericEventArguments

from bot.adapters.browser.render import Reader, spans_to_html, to_html
from bot.core.cards import Actions, Button, Card, Plain, Spans
from bot.core.plain import spans_to_plain

Press = Callable[[Button], Awaitable[None]]

_MARKS = {"👍": "thumb_up", "❤️": "favorite", "🤔": "psychology_alt", "🎉": "celebration"}
# Drawn with the icon font that NiceGUI brings: not every machine has one for emoji.

REACTIONS = {"👍": "thumbs up", "❤️": "heart", "🤔": "thinking", "🎉": "celebrate"}
"""What a person can react with, and its name for those who don't see it."""


def html(content: str, *, tag: str = "div") -> ui.html:
    """HTML from render.py, which has escaped all that anybody typed."""
    return ui.html(content, sanitize=False, tag=tag)


def button(
    label: str, mark: str, on_click: Callable[[], object], *, icon: str = "", kind: str = "quiet"
) -> ui.button:
    """A button with words; `kind` is quiet, plain or strong."""
    made = ui.button(label, on_click=on_click, color=None, icon=icon or None)
    return made.props("unelevated no-caps").classes(f"cf-button cf-{kind}").mark(mark)


def icon_button(icon: str, says: str, mark: str, on_click: Callable[[], object]) -> ui.button:
    """A button without words, which says what it does when rested on, and to a screen reader."""
    made = ui.button(on_click=on_click, color=None, icon=icon).props("flat round dense")
    made.props["aria-label"] = says
    made.props["title"] = says
    return made.classes("cf-icon").mark(mark)


def on_enter(
    field: ValueElement[str | None], run: Callable[[], Awaitable[None]], modifiers: str = ""
) -> None:
    """Run when Enter is pressed in a field, once the field's value is what stood in it then.

    The key brings the text along: before a page is connected its events keep no order, and the
    one that tells what was typed may come after the key's. Enter that ends a word of an input
    method (Japanese, Chinese) is not for us.
    """

    async def entered(event: GenericEventArguments) -> None:
        if isinstance(event.args, str):
            field.value = event.args
        await run()

    brings = "(event) => { if (!event.isComposing) emit(event.target.value); }"
    field.on(f"keydown.enter{modifiers}", entered, js_handler=brings)


def link(label: str, address: str, mark: str, classes: str = "") -> ui.link:
    return ui.link(label, address).classes(f"cf-link {classes}").mark(mark)


def mark_of(emoji: str) -> str | None:
    """The icon that stands for an emoji; None where the emoji stands for itself."""
    return _MARKS.get(emoji)


def show_card(card: Card, reader: Reader, mark: str, press: Press) -> None:
    """A card with buttons that can be pressed."""
    if card.title is not None:
        ui.label(card.title).classes("cf-title").props('role="heading" aria-level="3"')
    number = 0
    for block in card.blocks:
        if not isinstance(block, Actions):
            html(to_html(block, reader)).classes("cf-block")
            continue
        with ui.element("div").classes("cf-row cf-presses"):
            for pressed in block.buttons:
                number += 1
                _press(pressed, f"press-{mark}-{number}", press)
    if card.footer is not None:
        ui.label(card.footer).classes("cf-footer")


def show_words(words: Spans, reader: Reader, mark: str) -> None:
    """What a person wrote, as they wrote it; ids of facts can be pressed."""
    if all(isinstance(span, Plain) for span in words):
        ui.label(spans_to_plain(words)).classes("cf-text").mark(mark)
        return
    html(spans_to_html(words, reader)).classes("cf-text cf-block").mark(mark)


def _press(pressed: Button, mark: str, press: Press) -> None:
    async def run() -> None:
        shown.disable()  # so that a double click runs once
        try:
            await press(pressed)
        finally:
            if not shown.is_deleted:
                shown.enable()

    kind = "strong" if pressed.emphasis else "plain"
    shown = button(pressed.label, mark, run, kind=kind)
    shown.mark(mark, "press")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to choose: what it is, and what is said about it."""

    key: str
    label: str
    summary: str = ""


class Suggestions:
    """A list under a field: the arrow keys move in it, a click or the field's owner chooses."""

    def __init__(self, name: str, choose: Callable[[str], object]) -> None:
        self._name = name
        self._choose = choose
        self._shown: Sequence[Suggestion] = ()
        self.active: int | None = None
        self._box = ui.element("div").classes("cf-suggestions").mark(f"{name}-list")
        self._box.props["role"] = "listbox"
        self._box.props["aria-label"] = "Suggestions"
        self._box.set_visibility(False)

    @property
    def shown(self) -> Sequence[Suggestion]:
        return self._shown

    @property
    def chosen(self) -> str | None:
        """What the arrow keys point at."""
        return None if self.active is None else self._shown[self.active].key

    def show(self, suggestions: Sequence[Suggestion]) -> None:
        if list(suggestions) == list(self._shown):
            return
        self._shown = tuple(suggestions)
        self.active = None
        self._draw()

    def move(self, by: int) -> None:
        """Point at the next one, round and round."""
        if not self._shown:
            return
        start = (-1 if by > 0 else 0) if self.active is None else self.active
        self.active = (start + by) % len(self._shown)
        self._draw()

    def hide(self) -> None:
        self.show(())

    def _draw(self) -> None:
        self._box.clear()
        self._box.set_visibility(bool(self._shown))
        with self._box:
            for number, suggestion in enumerate(self._shown):
                self._option(number, suggestion)

    def _option(self, number: int, suggestion: Suggestion) -> None:
        active = number == self.active
        option = ui.element("button").classes("cf-option" + (" cf-active" if active else ""))
        option.props["type"] = "button"
        option.props["role"] = "option"
        option.props["aria-selected"] = "true" if active else "false"
        option.mark(f"{self._name}-{suggestion.key.replace(' ', '-')}", f"{self._name}-option")
        option.on("click", lambda: self._choose(suggestion.key), [])
        with option:
            ui.label(suggestion.label).classes("cf-option-label")
            if suggestion.summary:
                ui.label(suggestion.summary).classes("cf-option-summary")
        if active:
            option.run_method("scrollIntoView", {"block": "nearest"})
