"""Windows of the classroom without a browser: NiceGUI's own test user over the application that
`serve` serves, Host check and all. A window finds things by their markers or by their words."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from html import unescape

import httpx
from nicegui import Client, background_tasks, ui
from nicegui.element import Element
from nicegui.elements.mixins.validation_element import ValidationElement
from nicegui.elements.mixins.value_element import ValueElement
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.functions.download import download
from nicegui.functions.navigate import Navigate
from nicegui.functions.notify import notify
from nicegui.testing import User
from nicegui.testing.general import nicegui_reset_globals

from bot.adapters.browser.adapter import BrowserAdapter
from bot.adapters.browser.platform import to_address
from bot.adapters.browser.run import build_app
from bot.core.events import AccountRef

PORT = 8080
PATIENCE = 45.0  # seconds; a loaded machine builds its first page slowly
LASTING = re.compile("refresh bindings|outbox loop|prune_")
"""The names of NiceGUI's own tasks."""
ZONE = re.compile(r"Intl\..*")


class Window:
    """One open window; what it does returns when the page has shown something for it."""

    def __init__(self, user: User, reader: AccountRef | str) -> None:
        self.user = user
        self.reader = reader

    async def go(self, channel: str, thread: int | None = None) -> "Window":
        await self.user.open(to_address(channel, thread, reader=self.reader))
        await settle()
        return self

    # --- what it shows --------------------------------------------------------------------------

    def text(self, within: str | None = None) -> str:
        """All words that are visible, a line for each element; or those within a marker."""
        with self._in(within):
            return "\n".join(filter(None, (_words(e) for e in self._elements())))

    async def sees(self, *texts: str, within: str | None = None) -> None:
        for text in texts:
            await self._until(partial(self._shows, text, within, True), f"see “{text}”")

    async def sees_no(self, *texts: str, within: str | None = None) -> None:
        for text in texts:
            await self._until(partial(self._shows, text, within, False), f"not see “{text}”")

    async def is_told(self, text: str) -> None:
        """Over the page, for a while."""
        told = self.user.notify.messages
        await self._until(lambda: any(text in one for one in told), f"be told “{text}”")

    async def has(self, marker: str) -> None:
        await self._until(lambda: bool(self._marked(marker)), f"have {marker}")

    async def has_no(self, marker: str) -> None:
        await self._until(lambda: not self._marked(marker), f"have no {marker}")

    def value(self, marker: str) -> object:
        found = self._one(marker)
        assert isinstance(found, ValueElement)
        return found.value

    async def error(self, field: str) -> str:
        """The sentence at a field; waits until there is one."""
        await self._until(lambda: bool(self._error(field)), f"be told what is wrong with {field}")
        return self._error(field) or ""

    # --- what it does ---------------------------------------------------------------------------

    async def click(self, marker: str) -> None:
        await self.has(marker)
        self.user.find(marker=marker).click()
        await settle()

    async def press(self, label: str) -> None:
        """Press a button of a card by its words; the last one, if there are several."""
        await self.sees(label)
        found = [b for b in self._marked("press") if getattr(b, "text", "").startswith(label)]
        marker = max(found, key=lambda b: b.id)._markers[0]
        await self.click(marker)

    async def use(self, marker: str, label: str) -> None:
        """Press the tool of this name on what has the marker."""
        with self._in(marker):
            (tool,) = [e for e in self._elements() if e.props.get("aria-label") == label]
        await self.click(tool._markers[0])

    async def press_fact(self, marker: str, fact: str, within: str) -> None:
        """Press a fact's id in these words: the page tells it to the stream that they are in."""
        assert f'data-fact="{fact}"' in getattr(self._one(marker), "content", "")
        self.user.find(marker=within).trigger("click", fact)
        await settle()

    async def write(self, marker: str, text: str) -> None:
        """Put this into a field, over what was there."""
        await self.has(marker)
        field = self._one(marker)
        assert isinstance(field, ValueElement)
        with self.user:
            field.value = text
        await settle()

    async def key(self, marker: str, key: str) -> None:
        self.user.find(marker=marker).trigger(f"keydown.{key}")
        await settle()

    async def say(self, text: str, where: str = "thread") -> None:
        """Write into a composer (`thread` or `channel`) and send it, with the Enter key."""
        await self.write(f"write-{where}", text)
        await self.key(f"write-{where}", "enter.exact.prevent")

    async def pick(self, field: str, name: str, content: bytes) -> None:
        """Pick a file, which is taken up at once."""
        await self.has(f"upload-{field}")
        uploader = self._one(f"upload-{field}")
        assert isinstance(uploader, ui.upload)
        await uploader.handle_uploads([SmallFileUpload(name, "text/csv", content)])
        await settle()

    async def fill(
        self, files: Mapping[str, tuple[str, bytes]] | None = None, /, **fields: str
    ) -> None:
        """Fill in the open form, and run it."""
        await self.has("form")
        for name, (called, content) in (files or {}).items():
            await self.pick(name, called, content)
        for name, value in fields.items():
            await self.write(f"field-{name}", value)
        await self.click("form-submit")

    # --- finding --------------------------------------------------------------------------------

    def _shows(self, text: str, within: str | None, whether: bool) -> bool:
        return (text in self.text(within)) is whether

    @contextmanager
    def _in(self, marker: str | None) -> Iterator[None]:
        if marker is None:
            yield
            return
        with self.user.scope(marker=marker):
            yield

    def _elements(self) -> list[Element]:
        return sorted(self.user._gather_elements(ui.element), key=lambda element: element.id)

    def _marked(self, marker: str) -> set[Element]:
        return self.user._gather_elements(marker=marker)

    def _one(self, marker: str) -> Element:
        (found,) = self._marked(marker)
        return found

    def _error(self, marker: str) -> str | None:
        found = self._one(marker)
        assert isinstance(found, ValidationElement)
        return found.error

    async def _until(self, holds: Callable[[], bool], what: str) -> None:
        for _ in range(int(PATIENCE / 0.02)):
            try:
                if holds():
                    return
            except AssertionError:
                pass  # what to look in is not there yet
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.reader} should {what}, and has:\n{self.text()}")


@asynccontextmanager
async def windows(browser: BrowserAdapter) -> AsyncIterator[Callable[[str], Window]]:
    """The served application; call the result with a person's ref to have a window of theirs."""
    with nicegui_reset_globals():
        os.environ["NICEGUI_USER_SIMULATION"] = "true"
        web = build_app(browser.pages(), PORT)
        clients: list[httpx.AsyncClient] = []

        def window(reader: str) -> Window:
            clients.append(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(web), base_url=f"http://127.0.0.1:{PORT}"
                )
            )
            user = User(clients[-1])
            user.javascript_rules[ZONE] = lambda _: "Europe/London"
            return Window(user, reader)

        try:
            async with web.router.lifespan_context(web):
                yield window
                await settle()
        finally:
            for client in clients:
                await client.aclose()
            # NiceGUI would unload our modules, to have their pages registered anew on import;
            # ours are registered by build_app.
            Client.page_routes.clear()
            os.environ.pop("NICEGUI_USER_SIMULATION", None)
            ui.navigate, ui.notify, ui.download = Navigate(), notify, download


async def settle() -> None:
    """Wait until what was begun by a click has been done, in every window."""
    await asyncio.sleep(0)
    for _ in range(int(PATIENCE / 0.01)):
        tasks = background_tasks.running_tasks
        begun = [task for task in tasks if not LASTING.search(task.get_name())]
        if not begun:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"Still at it after {PATIENCE} seconds: {begun}")


def _words(element: Element) -> str:
    content = getattr(element, "content", None)
    if isinstance(content, str):
        inline = re.sub(r"</?button[^>]*>", "", content)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", inline)).split())
    for name in ("text", "label"):
        if isinstance(said := getattr(element, name, None), str) and said:
            return said
    return str(element.props.get("hint", ""))
