"""The browser's side of the contract: windows of the served application, clicked and typed in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bot.adapters.browser.file_field import FileField
from bot.core.commands import Catalog
from bot.core.events import ChannelRef, Event, PersonLeft
from bot.core.intake import Intake
from bot.core.ports import ClassroomMessage
from tests.adapters.browser.windows import Window, settle, windows
from tests.contract.conversation import Files, Said, do_what_is_due, how_long, is_post_of
from tests.world import FakeClock, World, a_world, words


class PostOffice:
    """Stands between the classroom and the core as a network would: may hold and repeat."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.holding = False
        self.held: list[Event | PersonLeft] = []

    async def take_in(self, event: Event | PersonLeft) -> None:
        if self.holding:
            self.held.append(event)
        else:
            await self.intake.take_in(event)

    async def drain(self) -> None:
        await self.intake.drain()


class BrowserConversation:
    """Implements tests.contract.conversation.Conversation."""

    def __init__(self, folder: Path, commands: Catalog | None) -> None:
        self._folder, self._commands = folder, commands
        self._clock = FakeClock()
        self._refs: dict[str, str] = {}
        self._windows: dict[str, Window] = {}
        self._places: dict[str, tuple[str, str | None]] = {}
        self._downloads: dict[Window, int] = {}
        self._stack = AsyncExitStack()
        self.world: World

    async def start(self) -> None:
        world = a_world(self._folder, self._clock, self._commands)
        self.world = await self._stack.enter_async_context(world.opened())
        self.post_office = PostOffice(self.world.app.intake)
        self.world.app.browser.classroom.connect(self.post_office, self.world.app.dispatcher)
        self._window_of = await self._stack.enter_async_context(windows(self.world.app.browser))
        await self.world.app.recovery.recover("browser")  # in the order of bot/app.py
        await self.world.app.services.outbox.deliver_due()

    async def stop(self) -> None:
        await self._stack.aclose()
        self._windows.clear()
        self._places.clear()

    async def restart(self) -> None:
        await self.stop()
        self._stack = AsyncExitStack()
        await self.start()

    async def join(self, *names: str) -> None:
        for name in names:
            self._refs[name] = (await self.world.person(name)).ref

    async def channel(self, name: str) -> None:
        await self.world.channel(name)

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
        window = await self._at(who, at, within)
        where = _where(within)
        if _shows(window, "form"):  # refused before, and still open: it is filled in again
            await window.fill(files, **args)
            return await self._answered(window)
        option = f"command-{where}-{name.replace(' ', '-')}"
        await window.write(f"write-{where}", f"/{name}")
        if (args or files) and _shows(window, option):
            await window.click(option)
            await window.fill(files, **args)
        else:
            typed = " ".join([f"/{name}", *(f'"{value}"' for value in args.values())])
            await window.say(typed, where)
        return await self._answered(window)

    async def press(self, who: str, label: str, *, on: str, at: str = "history") -> Said:
        window = await self._at(who, at, on)
        await window.press(label)
        return await self._answered(window)

    async def choose(self, who: str, label: str, *, at: str = "history") -> Said:
        window = self._windows[who]
        before = window._marked("private")
        await window.press(label)
        await _until(lambda: window._marked("private") > before or _shows(window, "form"))
        for answer in before:
            answer.delete()
        return await self._answered(window)

    async def say(self, who: str, text: str, *, within: str | None, at: str = "history") -> None:
        window = await self._at(who, at, within)
        await window.say(text, _where(within))
        await window.sees(text, within=f"stream-{_where(within)}")

    async def respond(
        self, who: str, text: str, *, to: str, within: str, at: str = "history"
    ) -> None:
        window = await self._at(who, at, within)
        await window.click(f"answer-{await self._message(to, within, at)}")
        await window.say(text)
        await window.sees(text, within="stream-thread")

    async def use(self, who: str, label: str, *, on: str, within: str, at: str = "history") -> Said:
        window = await self._at(who, at, within)
        id_ = await self._message(on, within, at)
        await window.use(f"message-{id_}", label)
        return await self._answered(window)

    async def open_fact(
        self, who: str, fact: str, *, on: str, within: str, at: str = "history"
    ) -> Said:
        window = await self._at(who, at, within)
        id_ = await self._message(on, within, at)
        await window.press_fact(f"text-{id_}", fact, within=f"stream-{_where(within)}")
        return await self._answered(window)

    async def edit(
        self, who: str, text: str, new: str, *, within: str, at: str = "history"
    ) -> None:  # fmt: skip
        window = await self._at(who, at, within)
        id_ = await self._message(text, within, at)
        await window.click(f"edit-{id_}")
        await window.write(f"edit-text-{id_}", new)
        await window.click(f"edit-save-{id_}")
        await window.sees(new, within="stream-thread")

    async def delete(self, who: str, text: str, *, within: str, at: str = "history") -> None:
        window = await self._at(who, at, within)
        id_ = await self._message(text, within, at)
        await window.click(f"delete-{id_}")
        await window.click("delete-yes")
        await window.has_no(f"message-{id_}")

    async def react(
        self, who: str, text: str, emoji: str, *, within: str, at: str = "history"
    ) -> None:
        window = await self._at(who, at, within)
        id_ = await self._message(text, within, at)
        if _shows(window, f"reaction-{emoji}-{id_}"):
            await window.click(f"reaction-{emoji}-{id_}")
            return
        await window.click(f"react-{id_}")
        await window.click(f"react-{emoji}-{id_}")
        await window.has(f"reaction-{emoji}-{id_}")

    async def reads(self, who: str, *, within: str | None = None, at: str = "history") -> str:
        window = await self._at(who, at, within, again=True)
        return window.text(f"stream-{_where(within)}")

    async def until(self, shown: str) -> None:
        self._clock.move(seconds=how_long(self._clock.now(), shown))
        await do_what_is_due(self.world.app)
        await settle()

    # --- the network ----------------------------------------------------------------------------

    def hold(self) -> None:
        self.post_office.holding = True

    async def deliver(self, *, backwards: bool = False, times: int = 1) -> None:
        held, self.post_office.held = self.post_office.held, []
        self.post_office.holding = False
        for _ in range(times):
            for event in reversed(held) if backwards else held:
                await self.post_office.take_in(event)

    async def lose(self) -> None:
        self.post_office.held.clear()
        self.post_office.holding = False

    # --- finding --------------------------------------------------------------------------------

    async def _at(
        self, who: str, channel: str, within: str | None, *, again: bool = False
    ) -> Window:
        """The person's window, with this channel or thread open in it."""
        self._clock.move(seconds=1)
        if who not in self._windows:
            self._windows[who] = self._window_of(self._refs[who])
        else:
            for answer in self._windows[who]._marked("private"):
                answer.delete()  # as its button does
        if again or self._places.get(who) != (channel, within):
            thread = None if within is None else await self._thread(within, channel)
            await self._windows[who].go(channel, thread)
            await self._windows[who].has(f"write-{_where(within)}")
            self._places[who] = (channel, within)
        return self._windows[who]

    async def _thread(self, discussion: str, channel: str) -> int:
        for message in await self._messages(channel, None):
            if is_post_of(discussion, words(message[1])):
                return message[0]
        raise AssertionError(f"{discussion} is not posted in #{channel}")

    async def _message(self, text: str, within: str, channel: str) -> int:
        thread = await self._thread(within, channel)
        return next(id_ for id_, m in await self._messages(channel, thread) if m.text == text)

    async def _messages(
        self, channel: str, thread: int | None
    ) -> list[tuple[int, ClassroomMessage]]:
        found = await self.world.app.browser.classroom.messages(ChannelRef(channel), thread, None)
        return [(message.id, message) for message in found]

    async def _answered(self, window: Window) -> Said:
        """What came of a command: the form again, or the private answer, which stays for now."""
        await _until(lambda: _shows(window, "private") or _shows(window, "form"))
        if _shows(window, "form"):
            return Said(
                _label(window, "form-note"), values=_values(window), problems=_problems(window)
            )
        for _ in range(5):
            await asyncio.sleep(0)  # a download is handed over by a task of its own
        files = [response.content for response in window.user.download.http_responses]
        said = Said(words=window.text("private"), files=files[self._downloads.get(window, 0) :])
        self._downloads[window] = len(files)
        return said


def _shows(window: Window, marker: str) -> bool:
    return bool(window._marked(marker))


def _fields(window: Window) -> dict[str, Any]:
    found = window._marked("form").pop().descendants()
    return {
        marker.removeprefix("field-"): element
        for element in found
        for marker in element._markers
        if marker.startswith("field-")
    }


def _values(window: Window) -> dict[str, str]:
    return {
        name: str(field.value or "")
        for name, field in _fields(window).items()
        if not isinstance(field, FileField)
    }


def _problems(window: Window) -> dict[str, str]:
    at_fields = {
        name: str(field.error)
        for name, field in _fields(window).items()
        if getattr(field, "error", None)
    }
    whole = {"": _label(window, "form-problem")} if _shows(window, "form-problem") else {}
    return at_fields | whole


def _label(window: Window, marker: str) -> str:
    """What a label of the form says; nothing where it has none."""
    return "\n".join(str(getattr(label, "text", "")) for label in window._marked(marker))


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("Neither an answer nor a form has come.")


def _where(within: str | None) -> str:
    return "channel" if within is None else "thread"


@asynccontextmanager
async def browser(
    folder: Path, commands: Catalog | None = None
) -> AsyncIterator[BrowserConversation]:
    """A classroom that nobody is in yet."""
    conversation = BrowserConversation(folder, commands)
    await conversation.start()
    try:
        yield conversation
    finally:
        await conversation.stop()
