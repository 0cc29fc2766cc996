"""One open page of the classroom: who looks at it and where. It carries what a person does to the
classroom and to the core, and tells them when it did not work."""

from collections.abc import Awaitable, Mapping
from typing import TypeVar
from zoneinfo import ZoneInfo

from nicegui import ui

from bot.adapters.browser import inbound
from bot.adapters.browser.classroom import Classroom, ClassroomRefusal, Kept
from bot.adapters.browser.platform import to_address
from bot.adapters.browser.render import Reader
from bot.core.cards import Card, text
from bot.core.commands import Answer, Command, Form, Invocation, Outcome
from bot.core.dispatch import Dispatcher
from bot.core.events import ChannelRef, InvocationId, Place
from bot.core.ports import ClassroomChannel, ClassroomPerson

T = TypeVar("T")


class Window:
    """What the parts of a page share: the person, the channel, the reader's zone."""

    def __init__(
        self,
        classroom: Classroom,
        dispatcher: Dispatcher,
        person: ClassroomPerson,
        channel: ClassroomChannel,
        zone: ZoneInfo,
    ) -> None:
        self.classroom = classroom
        self.dispatcher = dispatcher
        self.person = person
        self.channel = channel
        self.zone = zone
        self.offered: list[Command] = []
        self.facts: frozenset[str] = frozenset()  # the ids that are links in what people write

    def reader(self, card: str) -> Reader:
        return Reader(self.zone, self.person.ref, card)

    def address(self, thread: int | None = None, message: str = "") -> str:
        return to_address(self.channel.ref, thread, reader=self.person.ref, message=message)

    def place(self, thread: int | None) -> Place:
        return inbound.to_place(ChannelRef(self.channel.ref), thread)

    def invocation(
        self, id_: InvocationId, thread: int | None, command: str, arguments: Mapping[str, object]
    ) -> Invocation:
        now = self.classroom.clock.now()
        return inbound.to_invocation(
            id_, self.person, self.place(thread), command, arguments, now
        )  # fmt: skip

    async def refresh_offered(self, thread: int | None) -> None:
        """Ask again which commands this person may use here: a role may have changed."""
        asked = self.dispatcher.offered(self.invocation(InvocationId(""), thread, "", {}))
        found = await self.safely(asked, "list commands")
        if found is not None:
            self.offered = found
        facts = await self.safely(self.dispatcher.known_facts(self.place(thread)), "list facts")
        if facts is not None:
            self.facts = facts

    async def run(self, invocation: Invocation) -> Outcome:
        """Run a command; a failure of the core itself is answered with its short id."""
        try:
            return await self.dispatcher.run(invocation)
        except Exception as problem:
            return Answer(Card(blocks=(text(self.dispatcher.blame(problem, "run a command")),)))

    async def form(self, invocation: Invocation) -> Form | None:
        return await self.safely(self.dispatcher.form(invocation), "show a form")

    async def kept(self, work: Awaitable[Kept], doing: str) -> Kept | None:
        """What became of a message; None, and the reason shown, where it was not taken."""
        kept = await self.safely(work, doing)
        if kept is not None and kept.trouble:
            self.say(kept.trouble)
        return kept

    async def safely(self, work: Awaitable[T], doing: str) -> T | None:
        """The result; None, and one sentence shown, where it could not be done."""
        try:
            return await work
        except ClassroomRefusal as refusal:
            self.say(str(refusal))
        except Exception as problem:
            self.say(self.dispatcher.blame(problem, doing))
        return None

    def say(self, sentence: str) -> None:
        """One sentence over the page, until it is closed or has been read."""
        ui.notify(
            sentence,
            position="top",
            timeout=12_000,
            close_button="Close",
            classes="cf-notice",
            multi_line=True,
        )


def zone_named(name: object) -> ZoneInfo | None:
    """The IANA zone of that name, None if there is none."""
    try:
        return ZoneInfo(str(name)) if name else None
    except (KeyError, ValueError, OSError):
        return None
