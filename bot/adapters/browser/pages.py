"""The pages: who are you, and the classroom. Who one is stands in the address of each window."""

import asyncio
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Query
from fastapi.responses import RedirectResponse
from nicegui import Client, background_tasks, ui

from bot.adapters.browser import inbound
from bot.adapters.browser.classroom import Change, Classroom, ClassroomRefusal
from bot.adapters.browser.composer import Composer, Drafts
from bot.adapters.browser.messages import Stream
from bot.adapters.browser.platform import to_address
from bot.adapters.browser.widgets import button, icon_button, link, on_enter
from bot.adapters.browser.window import Window, zone_named
from bot.core.dispatch import Dispatcher
from bot.core.ports import ClassroomChannel, ClassroomPerson

STYLE = Path(__file__).with_name("classroom.css")
BUILDING = 30.0
"""Seconds that a page may take to be built, on the slowest machine."""

_LOOKS: tuple[tuple[bool | None, str, str], ...] = (
    (None, "brightness_auto", "Look: as the system"),
    (False, "light_mode", "Look: light"),
    (True, "dark_mode", "Look: dark"),
)


class Pages:
    """Builds the pages over a classroom; `register` puts them on NiceGUI's routes."""

    def __init__(self, classroom: Classroom, dispatcher: Dispatcher, zone: ZoneInfo) -> None:
        self._classroom = classroom
        self._dispatcher = dispatcher
        self._zone = zone
        self.drafts: Drafts = {}
        self._looks: dict[str, bool | None] = {}

    def register(self) -> None:
        ui.page("/", title="Coalface", response_timeout=BUILDING)(self._door)
        ui.page("/classroom", response_timeout=BUILDING)(self._entry)
        ui.page("/classroom/{channel}", response_timeout=BUILDING)(self._room)

    # --- who are you ----------------------------------------------------------------------------

    async def _door(self, to: str = "", asked: Annotated[str, Query(alias="thread")] = "") -> None:
        """Pick who you are; `to` is the channel to go to then."""
        thread = inbound.to_number(asked)
        people = await self._classroom.people()
        channel = next(
            (c for c in await self._classroom.channels() if c.ref == to),
            (await self._classroom.channels())[0],
        )
        self.look("")
        with ui.element("main").classes("cf-door"):
            ui.label("Coalface").classes("cf-brand").props('role="heading" aria-level="1"')
            ui.label("A seminar room on this computer.").classes("cf-lead")
            if people:
                ui.label("Who are you?").classes("cf-ask").props('role="heading" aria-level="2"')
                with ui.element("nav").classes("cf-people").props('aria-label="People"'):
                    for number, person in enumerate(people, start=1):
                        self._door_of(person, channel, thread, number)
            self._join(channel, first=not people)
            ui.label(
                "There is no sign-in yet: whoever sits at this computer can be anybody here. Each"
                " window can be somebody else."
            ).classes("cf-small")

    def _door_of(
        self, person: ClassroomPerson, channel: ClassroomChannel, thread: int | None, number: int
    ) -> None:
        address = to_address(channel.ref, thread, reader=person.ref)
        with link("", address, f"person-{number}", "cf-person-link").mark(
            f"person-{number}", f"person-{person.name}"
        ):
            ui.label(_initials(person.name)).classes("cf-initials").props("aria-hidden=true")
            ui.label(person.name).classes("cf-person-name")
            if person.manages:
                ui.label("manages the classroom").classes("cf-tag")

    def _join(self, channel: ClassroomChannel, *, first: bool) -> None:
        async def join() -> None:
            typed = str(field.value or "")
            try:
                person = await self._classroom.add_person(typed)
            except Exception as problem:
                field.error = self._sentence(problem, "add a person")
                return
            ui.navigate.to(to_address(channel.ref, reader=person.ref))

        says = "What is your name?" if first else "Somebody else?"
        ui.label(says).classes("cf-ask").props('role="heading" aria-level="2"')
        if first:
            ui.label("Whoever comes first manages the classroom.").classes("cf-small")
        with ui.element("div").classes("cf-row cf-join"):
            field = ui.input("Your name").props("outlined autocomplete=name").classes("cf-field")
            on_enter(field.mark("join-name"), join)
            button("Join", "join", join, kind="strong")

    # --- the classroom --------------------------------------------------------------------------

    async def _entry(self, who: Annotated[str, Query(alias="as")] = "") -> RedirectResponse:
        channel = (await self._classroom.channels())[0]
        return RedirectResponse(to_address(channel.ref, reader=who))

    async def _room(
        self,
        client: Client,
        channel: str,
        who: Annotated[str, Query(alias="as")] = "",
        asked: Annotated[str, Query(alias="thread")] = "",
    ) -> RedirectResponse | None:
        person = await self._classroom.person(who)
        found = await self._classroom.channel(channel)
        if found is None:
            return RedirectResponse(f"/classroom?as={who}" if person else "/")
        if person is None:
            return RedirectResponse(f"/?{urlencode({'to': found.ref, 'thread': asked})}")
        thread = await self._classroom.thread(found.ref, asked)
        if asked and thread is None:
            return RedirectResponse(to_address(found.ref, reader=person.ref))
        window = Window(self._classroom, self._dispatcher, person, found, self._zone)
        await _Room(self, window, client, thread).build()
        return None

    def look(self, person: str) -> None:
        """Light, dark or as the system, and what changes it; kept for the person."""
        ui.add_css(STYLE)
        ui.colors(primary="#8a4b14", dark="#191715", dark_page="#191715")
        mode = ui.dark_mode(self._looks.get(person))

        def turn() -> None:
            at = next(n for n, look in enumerate(_LOOKS) if look[0] == mode.value)
            mode.value, icon, says = _LOOKS[(at + 1) % len(_LOOKS)]
            self._looks[person] = mode.value
            turning.props["icon"] = icon
            turning.props["aria-label"] = says
            turning.props["title"] = says

        _, icon, says = next(look for look in _LOOKS if look[0] == mode.value)
        turning = icon_button(icon, says, "look", turn).classes("cf-look")

    def _sentence(self, problem: Exception, doing: str) -> str:
        if isinstance(problem, ClassroomRefusal):
            return str(problem)
        return f"That failed and was logged as {self._dispatcher.report_failure(problem, doing)}."


class _Room:
    """One window on a channel, and on one of its threads."""

    def __init__(self, pages: Pages, window: Window, client: Client, thread: int | None) -> None:
        self._pages = pages
        self._window = window
        self._client = client
        self._thread = thread
        self._streams: list[Stream] = []

    async def build(self) -> None:
        window = self._window
        self._client.title = f"#{window.channel.name} · {window.person.name} · Coalface"
        await window.refresh_offered(self._thread)
        await self._channels()
        open_thread = " cf-with-thread" if self._thread is not None else ""
        with ui.element("div").classes(f"cf-room{open_thread}"):
            with ui.element("main").classes("cf-channel"):
                self._channel_head()
                await self._pane(None)
            if self._thread is not None:
                with ui.element("aside").classes("cf-thread").props('aria-label="Discussion"'):
                    self._thread_head()
                    await self._pane(self._thread)
        unsubscribe = window.classroom.subscribe(self._changed)
        self._client.on_delete(unsubscribe)
        self._client.on_connect(self._ask_zone)

    async def _pane(self, thread: int | None) -> None:
        """The messages, and the composer under them."""
        with ui.element("div").classes("cf-scroll").props("tabindex=0"):
            stream = Stream(self._window, thread)
        Composer(self._window, thread, self._pages.drafts).attach(stream)
        self._streams.append(stream)
        await stream.fill()

    # --- around the messages --------------------------------------------------------------------

    async def _channels(self) -> None:
        window = self._window
        with ui.left_drawer().props("width=232 breakpoint=1000").classes("cf-drawer") as drawer:
            self._drawer = drawer
            drawer.props["aria-label"] = "Channels"
            with ui.element("div").classes("cf-row cf-drawer-head"):
                ui.label("Coalface").classes("cf-brand-small")
                self._pages.look(window.person.ref)
            ui.label("Channels").classes("cf-small cf-caps")
            self._list = ui.element("nav").classes("cf-channels").props('aria-label="Channels"')
            await self._list_channels()
            button("New channel", "new-channel", self._new_channel, icon="add")
            with ui.element("div").classes("cf-me"):
                ui.label("You are").classes("cf-small")
                ui.label(window.person.name).classes("cf-author").mark("me")
                link("Be somebody else", f"/?to={window.channel.ref}", "leave")

    async def _list_channels(self) -> None:
        channels = await self._window.classroom.channels()
        self._list.clear()
        with self._list:
            for channel in channels:
                here = channel.ref == self._window.channel.ref
                address = to_address(channel.ref, reader=self._window.person.ref)
                shown = link(f"# {channel.name}", address, f"channel-{channel.name}")
                shown.classes("cf-channel-link" + (" cf-here" if here else ""))
                if here:
                    shown.props["aria-current"] = "page"

    def _channel_head(self) -> None:
        with ui.element("header").classes("cf-bar"):
            icon_button("menu", "Show the channels", "menu", self._drawer.toggle).classes("cf-menu")
            title = ui.label(f"# {self._window.channel.name}").classes("cf-bar-title")
            title.props('role="heading" aria-level="1"')
            ui.label(self._window.person.name).classes("cf-small cf-bar-me")

    def _thread_head(self) -> None:
        with ui.element("header").classes("cf-bar"):
            back = link("", self._window.address(), "close-thread", "cf-back")
            back.props["aria-label"] = f"Back to #{self._window.channel.name}"
            with back:
                ui.icon("arrow_back").props("aria-hidden=true").classes("cf-back-narrow")
                ui.icon("close").props("aria-hidden=true").classes("cf-back-wide")
            title = ui.label("Discussion").classes("cf-bar-title")
            title.props('role="heading" aria-level="2"')
            ui.label(f"# {self._window.channel.name}").classes("cf-small")

    def _new_channel(self) -> None:
        async def add() -> None:
            added = await self._window.safely(
                self._window.classroom.add_channel(str(field.value or "")), "add a channel"
            )
            if added is not None:
                dialog.close()
                ui.navigate.to(to_address(added.ref, reader=self._window.person.ref))

        with ui.dialog().classes("cf-dialog") as dialog, ui.element("div").classes("cf-form"):
            ui.label("New channel").classes("cf-title")
            field = ui.input("Name").props("outlined autofocus autocomplete=off")
            on_enter(field.classes("cf-field").mark("channel-name"), add)
            with ui.element("div").classes("cf-row cf-end"):
                button("Cancel", "channel-cancel", dialog.close)
                button("Add", "channel-add", add, kind="strong")
        dialog.on("hide", dialog.delete)
        dialog.open()

    # --- what changes ---------------------------------------------------------------------------

    def _changed(self, change: Change) -> None:
        """Somebody did something somewhere: show it if it belongs here."""
        if self._client.is_deleted:
            return
        with self._client:
            message = change.message
            if message is None:
                listing = background_tasks.await_on_shutdown(self._list_channels)
                background_tasks.create(listing(), name="list channels")
                return
            if message.channel != self._window.channel.ref:
                return
            for stream in self._streams:
                if stream.holds(message):
                    stream.show(message)
                if message.thread is not None:
                    stream.root_changed(message.thread)

    async def _ask_zone(self) -> None:
        """Only the browser knows its reader's zone, and NiceGUI has no call that asks for it."""
        try:
            name = await ui.run_javascript("Intl.DateTimeFormat().resolvedOptions().timeZone")
        except asyncio.TimeoutError:  # noqa: UP041 - 3.10's name is what 3.11 raises too
            return
        zone = zone_named(name)
        if zone is not None and zone.key != self._window.zone.key:
            self._window.zone = zone
            for stream in self._streams:
                stream.redraw()


def _initials(name: str) -> str:
    words = name.split()
    return "".join(
        word[0] for word in (words[0], words[-1] if len(words) > 1 else "") if word
    ).upper()
