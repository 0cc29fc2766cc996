"""The browser's side of the contract once more, and all of it real: `coalface run` as its own
process, Debian's chromium, a browser context for each person. It is slow, so a few scripts run
here (tests.contract.conftest.in_chromium_too). Nothing stands between a page and its server that
could hold, repeat or lose what happens: scripts that need `hold` can't run here."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Browser, Download, FilePayload, Locator, Page, expect

from bot.adapters.browser.widgets import REACTIONS
from bot.core.commands import Catalog
from tests.chromium import PATIENCE, chromium, served
from tests.contract.conversation import Files, Said

FORM = '[role="form"]'
ANSWER = "section.cf-private"


class Visitor:
    """Somebody's window, and the files it was given."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ref = ""
        self.place: tuple[str, str | None] | None = None
        self._given: asyncio.Queue[Download] = asyncio.Queue()
        page.on("download", self._given.put_nowait)

    async def files(self, how_many: int) -> list[bytes]:
        given = [await asyncio.wait_for(self._given.get(), PATIENCE) for _ in range(how_many)]
        return [(await download.path()).read_bytes() for download in given]


class ChromiumConversation:
    """Implements tests.contract.conversation.Conversation."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self._folder, self._browser = folder, browser
        self._visitors: dict[str, Visitor] = {}
        self._threads: dict[tuple[str, str], str] = {}
        self._server = AsyncExitStack()
        self._address = ""

    async def start(self) -> None:
        self._address = await self._server.enter_async_context(served(self._folder, "--empty"))

    async def stop(self) -> None:
        for visitor in self._visitors.values():
            await visitor.page.context.close()  # a server waits for the windows that are open
        await self._server.aclose()

    async def restart(self) -> None:
        await self._server.aclose()
        for visitor in self._visitors.values():
            visitor.place = None  # the new server is at a port of its own
        await self.start()

    async def join(self, *names: str) -> None:
        for name in names:
            visitor = Visitor(await (await self._browser.new_context()).new_page())
            await visitor.page.goto(self._address)
            await visitor.page.get_by_label("Your name").fill(name)
            await visitor.page.get_by_label("Your name").press("Enter")
            await visitor.page.wait_for_url("**/classroom/**", wait_until="commit")
            (visitor.ref,) = parse_qs(urlsplit(visitor.page.url).query)["as"]
            self._visitors[name] = visitor

    async def channel(self, name: str) -> None:
        visitor = next(iter(self._visitors.values()))
        await visitor.page.get_by_role("button", name="New channel").click()
        await visitor.page.get_by_label("Name", exact=True).fill(name)
        await visitor.page.get_by_role("button", name="Add", exact=True).click()
        await visitor.page.wait_for_url(f"**/classroom/{name}?*")
        visitor.place = (name, None)

    # --- acts -----------------------------------------------------------------------------------

    async def command(
        self,
        who: str,
        name: str,
        *,
        at: str = "history",
        within: str | None = None,
        files: Files | None = None,
        **args: str,
    ) -> Said:
        visitor = await self._at(who, at, within)
        page = visitor.page
        if await page.locator(FORM).count():  # refused before, and still open
            return await self._filled(visitor, args, files)
        if (args or files) and await self._chosen(_composer(page, within), name):
            await expect(page.locator(FORM)).to_be_visible()
            return await self._filled(visitor, args, files)
        await self._typed(page, within, " ".join([f"/{name}", *(f'"{v}"' for v in args.values())]))
        await expect(page.locator(ANSWER).or_(page.locator(FORM))).to_be_visible()
        return await self._answered(visitor)

    async def press(self, who: str, label: str, *, on: str, at: str = "history") -> Said:
        visitor = await self._at(who, at, on)
        buttons = _stream(visitor.page, on).get_by_role("button", name=re.compile(f"^{label}"))
        await buttons.first.click()
        await expect(visitor.page.locator(ANSWER)).to_be_visible()
        return await self._answered(visitor)

    async def choose(self, who: str, label: str, *, at: str = "history") -> Said:
        visitor = self._visitors[who]
        answer = visitor.page.locator(ANSWER)
        await answer.get_by_role("button", name=label).click()
        await expect(answer.nth(1).or_(visitor.page.locator(FORM))).to_be_visible()
        old = await answer.first.get_attribute("id")
        await answer.first.get_by_role("button", name="Dismiss").click()
        await expect(visitor.page.locator(f'{ANSWER}[id="{old}"]')).to_have_count(0)
        return await self._answered(visitor)

    async def say(self, who: str, text: str, *, within: str | None, at: str = "history") -> None:
        page = (await self._at(who, at, within)).page
        await self._typed(page, within, text)
        await expect(_message(page, text, within)).to_be_visible()

    async def respond(
        self, who: str, text: str, *, to: str, within: str, at: str = "history"
    ) -> None:
        page = (await self._at(who, at, within)).page
        await _use(_message(page, to, within), "Answer")
        await expect(page.get_by_text("Answering ")).to_be_visible()
        await self._typed(page, within, text)
        await expect(_message(page, text, within)).to_be_visible()

    async def use(self, who: str, label: str, *, on: str, within: str, at: str = "history") -> Said:
        visitor = await self._at(who, at, within)
        await _use(_message(visitor.page, on, within), label)
        await expect(visitor.page.locator(ANSWER)).to_be_visible()
        return await self._answered(visitor)

    async def open_fact(
        self, who: str, fact: str, *, on: str, within: str, at: str = "history"
    ) -> Said:
        visitor = await self._at(who, at, within)
        message = _message(visitor.page, on, within)
        await message.get_by_role("button", name=re.compile(f"^{fact}$", re.IGNORECASE)).click()
        await expect(visitor.page.locator(ANSWER)).to_be_visible()
        return await self._answered(visitor)

    async def edit(
        self, who: str, text: str, new: str, *, within: str, at: str = "history"
    ) -> None:  # fmt: skip
        page = (await self._at(who, at, within)).page
        await _use(_message(page, text, within), "Edit")
        await page.get_by_label("Your message").fill(new)
        await page.get_by_role("button", name="Save").click()
        await expect(_message(page, new, within)).to_be_visible()

    async def delete(self, who: str, text: str, *, within: str, at: str = "history") -> None:
        page = (await self._at(who, at, within)).page
        await _use(_message(page, text, within), "Delete")
        await page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        await expect(_message(page, text, within)).to_have_count(0)

    async def react(
        self, who: str, text: str, emoji: str, *, within: str, at: str = "history"
    ) -> None:
        message = _message((await self._at(who, at, within)).page, text, within)
        chip = message.get_by_role("button", name=f"{REACTIONS[emoji]}: ")
        if await chip.count():
            before = await chip.get_attribute("aria-label") or ""
            await chip.click()
            await expect(message.get_by_role("button", name=before, exact=True)).to_have_count(0)
            return
        await _use(message, "React")
        await message.get_by_role("button", name=f"React: {REACTIONS[emoji]}").click()
        await expect(chip).to_be_visible()

    async def reads(self, who: str, *, within: str | None = None, at: str = "history") -> str:
        visitor = await self._at(who, at, within, again=True)
        return await _stream(visitor.page, within).inner_text()

    async def until(self, shown: str) -> None:
        raise NotImplementedError("The clock of a process of its own can't be moved.")

    # --- the network ----------------------------------------------------------------------------

    def hold(self) -> None:
        raise NotImplementedError("A page and its server can't be kept apart: see the docstring.")

    async def deliver(self, *, backwards: bool = False, times: int = 1) -> None:
        self.hold()

    async def lose(self) -> None:
        self.hold()

    # --- finding --------------------------------------------------------------------------------

    async def _at(
        self, who: str, channel: str, within: str | None, *, again: bool = False
    ) -> Visitor:
        """The person's window, with this channel or thread open in it."""
        visitor = self._visitors[who]
        if not again and visitor.place == (channel, within):
            for answer in await visitor.page.locator(ANSWER).all():
                await answer.get_by_role("button", name="Dismiss").click()
                await expect(answer).to_have_count(0)
            return visitor
        page = visitor.page
        address = f"{self._address}classroom/{channel}?as={visitor.ref}"
        if within is not None and (channel, within) not in self._threads:
            await page.goto(address)
            small_print = re.compile(rf"{within} · (reply in the thread|closed|withdrawn)")
            post = page.get_by_role("article").filter(has_text=small_print)
            reached = await post.get_by_role("link", name="Discussion · ").get_attribute("href")
            (thread,) = parse_qs(urlsplit(reached or "").query)["thread"]
            self._threads[channel, within] = thread
        thread = "" if within is None else f"&thread={self._threads[channel, within]}"
        await page.goto(address + thread)
        await expect(_composer(page, within).get_by_role("textbox")).to_be_visible()
        visitor.place = (channel, within)
        return visitor

    async def _chosen(self, composer: Locator, command: str) -> bool:
        """Choose a command from the list of those that are offered, if it is."""
        commands = composer.get_by_role("button", name="Commands")
        await commands.click()
        offered = composer.get_by_role("listbox")
        await expect(offered).to_be_visible()
        usage = offered.page.locator(".cf-option-label", has_text=re.compile(rf"^/{command}(\s|$)"))
        option = offered.get_by_role("option").filter(has=usage)
        if await option.count():
            await option.click()
            return True
        await commands.click()
        await expect(offered).to_be_hidden()
        return False

    async def _typed(self, page: Page, within: str | None, text: str) -> None:
        field = _composer(page, within).get_by_role("textbox")
        await field.fill(text)
        await field.press("Enter")
        await expect(field).to_have_value("")

    async def _filled(self, visitor: Visitor, args: dict[str, str], files: Files | None) -> Said:
        """Fill the open form in and run it; what is wrong, or asked, comes in a form of its own."""
        page = visitor.page
        form = page.locator(FORM)
        old = await form.get_attribute("id")
        for name, value in args.items():
            await _fill(form, name, value)
        for name, (called, content) in (files or {}).items():
            await _pick(form, name, called, content)
        await form.get_by_role("button", name="Run").click()
        again = page.locator(f'{FORM}:not([id="{old}"])')
        await expect(page.locator(ANSWER).or_(again)).to_be_visible()
        return await self._answered(visitor)

    async def _answered(self, visitor: Visitor) -> Said:
        """What came of a command: the form again, or the private answer, which stays for now."""
        form, answer = visitor.page.locator(FORM), visitor.page.locator(ANSWER)
        if not await answer.count():
            return await _form(form)
        files = await visitor.files(await answer.get_by_role("button", name="Download").count())
        return Said(words=await answer.inner_text(), files=files)


def _pane(page: Page, within: str | None) -> Locator:
    return page.locator("main" if within is None else "aside.cf-thread")


def _stream(page: Page, within: str | None) -> Locator:
    return _pane(page, within).get_by_role("log")


def _composer(page: Page, within: str | None) -> Locator:
    return _pane(page, within).locator(".cf-composer")


def _message(page: Page, text: str, within: str | None) -> Locator:
    """A message by its words, which are not those that another quotes."""
    words = page.locator(".cf-text").get_by_text(text, exact=True)
    return _stream(page, within).get_by_role("article").filter(has=words)


async def _use(message: Locator, tool: str) -> None:
    await message.hover()
    await message.get_by_role("button", name=tool, exact=True).click()


async def _fill(form: Locator, name: str, value: str) -> None:
    label = name.replace("_", " ").capitalize()
    field = form.get_by_label(re.compile(rf"^{label}( \(optional\))?$"))
    if await field.get_attribute("role") != "combobox":
        await field.fill(value)
        return
    await field.click()
    option = form.page.get_by_role("option", name=re.compile(rf"^{value}$", re.IGNORECASE))
    await option.click()
    await expect(option).to_have_count(0)  # else the next field's click only closes this menu


async def _pick(form: Locator, name: str, called: str, content: bytes) -> None:
    label = name.replace("_", " ").capitalize()
    field = form.locator(".cf-file", has_text=label)
    given = FilePayload(name=called, mimeType="application/octet-stream", buffer=content)
    await field.locator("input[type=file]").set_input_files(files=[given])
    await expect(field.get_by_text(f"{called} is picked")).to_be_visible()


async def _form(form: Locator) -> Said:
    """The open form: its values, and what is wrong, by the names of its parameters."""
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    for field in await form.locator(".q-field").all():
        label = await field.locator(".q-field__label").inner_text()
        name = label.removesuffix(" (optional)").lower().replace(" ", "_")
        values[name] = await field.locator("input, textarea").first.input_value()
        for problem in await field.get_by_role("alert").all_inner_texts():
            problems[name] = problem
    for problem in await form.locator(".cf-problem").all_inner_texts():
        problems[""] = problem
    notes = await form.locator(".cf-note").all_inner_texts()
    return Said("\n".join(notes), values=values, problems=problems)


@asynccontextmanager
async def in_chromium(
    folder: Path, commands: Catalog | None = None
) -> AsyncIterator[ChromiumConversation]:
    """A classroom that nobody is in yet."""
    if commands is not None:
        raise NotImplementedError("A process of its own has the catalogue that ships.")
    async with chromium() as browser:
        conversation = ChromiumConversation(folder, browser)
        await conversation.start()
        try:
            yield conversation
        finally:
            await conversation.stop()
