"""What stands on the page while somebody changes their own message, or takes it back."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from bot.adapters.browser.widgets import button


def editing(
    id_: int,
    draft: str,
    keep: Callable[[str | None], None],
    save: Callable[[], Awaitable[None]],
    leave: Callable[[], None],
) -> None:
    """The message's text in a field; `keep` is told each change of it."""
    area = ui.textarea(value=draft, on_change=lambda e: keep(e.value))
    area.props("outlined autogrow autofocus").classes("cf-field").mark(f"edit-text-{id_}")
    area.props["aria-label"] = "Your message"
    area.on("keydown.escape", leave, [])
    with ui.element("div").classes("cf-row"):
        button("Save", f"edit-save-{id_}", save, kind="strong")
        button("Cancel", f"edit-cancel-{id_}", leave)


def ask_delete(delete: Callable[[], Awaitable[None]]) -> None:
    """Ask once more before a message is deleted for everybody."""

    async def agreed() -> None:
        dialog.close()
        await delete()

    with ui.dialog().classes("cf-dialog") as dialog:
        dialog.on("hide", dialog.delete)
        with ui.element("div").classes("cf-form"):
            ui.label("Delete this message?").classes("cf-title")
            ui.label("Its words are removed for everybody, and it no longer counts.")
            with ui.element("div").classes("cf-row cf-end"):
                button("Keep it", "delete-no", dialog.close)
                button("Delete", "delete-yes", agreed, kind="strong")
    dialog.open()
