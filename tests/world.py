"""A small world for tests: the real application over a real database file, a clock that stands
still until it is moved, and people who say and do things in the browser classroom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

from bot.adapters.browser.classroom import Kept
from bot.app import App, open_app
from bot.config import Settings, load
from bot.core.cards import Card
from bot.core.commands import Answer, Catalog, Form, Invocation, Outcome
from bot.core.events import (
    AccountRef,
    ChannelRef,
    InvocationId,
    MessageRef,
    Person,
    Place,
    RoleRef,
    Space,
    ThreadRef,
)
from bot.core.plain import to_plain
from bot.core.ports import ClassroomMessage
from tests.migrating import migrate

SPACE = Space("browser", "classroom")
START = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
PROMPT = "kulaks-and-shock-workers"


class FakeClock:
    """Stands still; `move` takes it on."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


class MovableClock(Protocol):
    def now(self) -> datetime: ...

    def move(self, **by: float) -> datetime: ...


class Human:
    """Somebody in the classroom; every act takes one second of the clock."""

    def __init__(self, world: "World", ref: AccountRef, name: str, manages: bool) -> None:
        self.world, self.ref, self.name, self.manages = world, ref, name, manages
        self.roles: frozenset[RoleRef] | None = None  # as a platform with roles would say

    async def run(
        self,
        command: str,
        channel: str = "history",
        thread: str | int | None = None,
        invocation: str | None = None,
        **arguments: object,
    ) -> Outcome:
        """Give a command in a channel (or a thread of it); what it answers to this person."""
        world = self.world
        world.clock.move(seconds=1)
        place = Place(
            SPACE, ChannelRef(channel), None if thread is None else ThreadRef(str(thread))
        )
        return await world.app.dispatcher.run(
            Invocation(
                InvocationId(invocation or f"test-{next(world.numbers)}"),
                place,
                Person(self.ref, self.name, roles=self.roles),
                command,
                arguments,
                world.clock.now(),
                self.manages,
                channel,
            )
        )

    async def answer(self, command: str, **arguments: object) -> str:
        """The card that a command answers, as plain text; fails where a form comes back."""
        outcome = await self.run(command, **arguments)  # type: ignore[arg-type]
        assert isinstance(outcome, Answer), outcome
        return to_plain(outcome.card)

    async def form(self, command: str, **arguments: object) -> Form:
        """The form that comes back."""
        outcome = await self.run(command, **arguments)  # type: ignore[arg-type]
        assert isinstance(outcome, Form), outcome
        return outcome

    async def say(
        self,
        text: str,
        thread: int | None = None,
        to: ClassroomMessage | None = None,
        channel: str = "history",
    ) -> ClassroomMessage:
        """Write a message: in the channel, in a thread, or as a response to another."""
        self.world.clock.move(seconds=1)
        kept = await self.world.app.browser.classroom.post(
            self.ref,
            ChannelRef(channel),
            text,
            thread=thread if to is None else to.thread,
            reply_to=None if to is None else to.id,
        )
        return _kept(kept)

    async def edit(self, message: ClassroomMessage, text: str) -> ClassroomMessage:
        self.world.clock.move(seconds=1)
        return _kept(await self.world.app.browser.classroom.edit(self.ref, message.id, text))

    async def delete(self, message: ClassroomMessage) -> ClassroomMessage:
        self.world.clock.move(seconds=1)
        return _kept(await self.world.app.browser.classroom.delete(self.ref, message.id))

    async def react(self, message: ClassroomMessage, emoji: str, present: bool = True) -> None:
        self.world.clock.move(seconds=1)
        _kept(await self.world.app.browser.classroom.react(self.ref, message.id, emoji, present))

    async def sees(self, thread: int | None = None, channel: str = "history") -> list[str]:
        """What stands in a channel or thread for this person: texts, and cards as plain text."""
        found = await self.world.app.browser.classroom.messages(
            ChannelRef(channel), thread, self.ref
        )
        return [words(message) for message in found]


def words(message: ClassroomMessage) -> str:
    from bot.core.cards import from_json

    if message.text is not None:
        return message.text
    card: Card = from_json(message.card)
    return to_plain(card)


def _kept(kept: Kept) -> ClassroomMessage:
    assert kept.trouble is None, kept.trouble
    return kept.message


class World:
    """The application and the people in it. `restart` closes it and opens the same file again."""

    def __init__(self, settings: Settings, clock: MovableClock, commands: Catalog | None) -> None:
        self.settings, self.clock, self._commands = settings, clock, commands
        self.numbers = count(1)
        self.app: App

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["World"]:
        migrate(self.settings.database, self.clock.now())
        async with open_app(self.settings, clock=self.clock, commands=self._commands) as app:
            self.app = app
            try:
                yield self
            finally:
                await app.settle()

    async def person(self, name: str) -> Human:
        made = await self.app.browser.classroom.add_person(name)
        return Human(self, made.ref, made.name, made.manages)

    async def channel(self, name: str = "history") -> ChannelRef:
        return (await self.app.browser.classroom.add_channel(name)).ref

    async def course(
        self, teacher: Human, channel: str = "history", title: str = "History 101"
    ) -> None:
        """Set a course up in a channel (made if need be)."""
        await self.channel(channel)
        said = await teacher.answer(
            "course setup", channel=channel, title=title, zone="America/New_York"
        )
        assert f"{title} is set up" in said

    async def post(self, teacher: Human, prompt: str = PROMPT, channel: str = "history") -> int:
        """Post a prompt; the id of its message, which is its thread's."""
        said = await teacher.answer("prompt post", channel=channel, prompt=prompt)
        assert "Posted in" in said, said
        posts = await self.app.browser.classroom.messages(ChannelRef(channel), None, None)
        return max(m.id for m in posts if m.author is None)

    async def settle(self) -> None:
        await self.app.settle()


def a_world(
    folder: Path, clock: MovableClock | None = None, commands: Catalog | None = None
) -> World:  # fmt: skip
    return World(load(folder), clock or FakeClock(), commands)


def ref(message: ClassroomMessage) -> MessageRef:
    return MessageRef(str(message.id))
