"""The classroom itself: what Discord's or Slack's servers are to their adapters. It keeps people,
channels and messages, tells the core what happened, and shows each change in every open window.
What counts is not its business."""

import logging
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from bot.adapters.browser import inbound
from bot.core.events import AccountRef, ChannelRef, Event
from bot.core.ports import (
    ClassroomChannel,
    ClassroomMessage,
    ClassroomPerson,
    ClassroomStore,
    Clock,
)

log = logging.getLogger(__name__)

MOST_CHARACTERS = 8_000
"""A message's greatest length: above what Discord takes, and still a page of reading."""

MOST_NAME = 60
FIRST_CHANNEL = "seminar"


class Intake(Protocol):
    """The core's entry for what happens on a platform."""

    async def take_in(self, event: Event) -> object:
        """Returns when the event is durable."""


class Failures(Protocol):
    """Where an unexpected failure is logged."""

    def report_failure(self, problem: BaseException, doing: str) -> str:
        """The short id it is logged under."""


class ClassroomRefusal(Exception):
    """What the classroom does not take; str() is the sentence for the person who tried."""


@dataclass(frozen=True, slots=True)
class Change:
    """A message as it now stands; without one, the people or the channels have changed."""

    message: ClassroomMessage | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is kept; `trouble` is one sentence where the core could not take it in."""

    message: ClassroomMessage
    trouble: str | None = None


class Classroom:
    """People, channels and messages over a store; `connect` joins it to the core."""

    def __init__(self, store: ClassroomStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._names: dict[AccountRef, str] = {}
        self._subscribers: list[Callable[[Change], None]] = []
        self._intake: Intake | None = None
        self._failures: Failures | None = None

    def connect(self, intake: Intake, failures: Failures) -> None:
        self._intake = intake
        self._failures = failures

    # --- who and where --------------------------------------------------------------------------

    async def people(self) -> list[ClassroomPerson]:
        people = await self.store.people()
        self._names = {person.ref: person.name for person in people}
        return people

    async def person(self, ref: str) -> ClassroomPerson | None:
        return next((p for p in await self.people() if p.ref == ref), None)

    def name_of(self, ref: AccountRef) -> str:
        """A person's name, as last read."""
        return self._names.get(ref, "Somebody")

    async def add_person(self, name: str) -> ClassroomPerson:
        """A new person. Raises ClassroomRefusal for a name that can't be told from another's."""
        name = _one_line(name)
        if not name:
            raise ClassroomRefusal("Type the name that the others shall see.")
        if len(name) > MOST_NAME:
            raise ClassroomRefusal(f"A name has at most {MOST_NAME} characters.")
        taken = {p.name.casefold() for p in await self.people()} | {inbound.BOT.name.casefold()}
        if name.casefold() in taken:
            raise ClassroomRefusal(f"There is a {name} already; pick that name, or add an initial.")
        person = await self.store.add_person(AccountRef(uuid4().hex), name, self.clock.now())
        await self.people()
        self.publish(Change())
        return person

    async def channels(self) -> list[ClassroomChannel]:
        """The channels; there is always one."""
        return await self.store.channels() or [await self.add_channel(FIRST_CHANNEL)]

    async def channel(self, ref: str) -> ClassroomChannel | None:
        return next((c for c in await self.store.channels() if c.ref == ref), None)

    async def add_channel(self, name: str) -> ClassroomChannel:
        """A new channel, or the one of that name. Raises ClassroomRefusal for a bad name."""
        typed = _one_line(name).lstrip("#").casefold()
        slug = "-".join("".join(c if c.isalnum() else " " for c in typed).split())
        if not slug:
            raise ClassroomRefusal("A channel's name needs a letter or a digit.")
        if len(slug) > MOST_NAME:
            raise ClassroomRefusal(f"A channel's name has at most {MOST_NAME} characters.")
        channel = await self.store.add_channel(ChannelRef(slug), slug, self.clock.now())
        self.publish(Change())
        return channel

    async def thread(self, channel: ChannelRef, typed: str) -> int | None:
        """The thread that an address names; None where the channel has none such."""
        if (number := inbound.to_number(typed)) is None:
            return None
        root = await self.store.message(number)
        if root is not None:
            begins = (root.channel, root.thread, root.only_for) == (channel, None, None)
            return number if begins else None
        # What was answered may have been deleted, and the answers still stand.
        return number if await self.store.messages(channel, number, None) else None

    # --- what people do -------------------------------------------------------------------------

    async def post(
        self,
        person: AccountRef,
        channel: ChannelRef,
        text: str,
        *,
        thread: int | None = None,
        reply_to: int | None = None,
    ) -> Kept:
        """Post a message as a person; `reply_to` is the message that it answers."""
        message = await self.store.add_message(
            channel,
            at=self.clock.now(),
            thread=thread,
            author=person,
            reply_to=reply_to,
            text=_text(text),
        )
        people = await self.people()
        return await self._happened(message, inbound.to_posted(message, people))

    async def edit(self, person: AccountRef, id_: int, text: str) -> Kept:
        await self._own(person, id_)
        now = self.clock.now()
        message = _standing(await self.store.edit_message(id_, at=now, text=_text(text)))
        people = await self.people()
        return await self._happened(message, inbound.to_edited(message, people, now))

    async def delete(self, person: AccountRef, id_: int) -> Kept:
        await self._own(person, id_)
        now = self.clock.now()
        message = _standing(await self.store.delete_message(id_, at=now))
        return await self._happened(message, inbound.to_deleted(message, now))

    async def react(self, person: AccountRef, id_: int, emoji: str, present: bool) -> Kept:
        now = self.clock.now()
        message = _standing(await self.store.react(id_, person, emoji, present, at=now))
        people = await self.people()
        event = inbound.to_reaction(message, person, people, emoji, present, now)
        return await self._happened(message, event)

    async def dismiss(self, person: AccountRef, id_: int) -> None:
        """Remove a notice that was told to this person only."""
        message = _standing(await self.store.message(id_))
        if message.only_for != person:
            raise ClassroomRefusal("Only a notice to yourself can be dismissed.")
        gone = await self.store.delete_message(id_, at=self.clock.now())
        if gone is not None:
            self.publish(Change(gone))

    # --- what is there --------------------------------------------------------------------------

    async def messages(
        self, channel: ChannelRef, thread: int | None, reader: AccountRef | None
    ) -> list[ClassroomMessage]:
        return await self.store.messages(channel, thread, reader)

    async def replies(self, channel: ChannelRef, thread: int) -> tuple[int, datetime | None]:
        """How many messages a thread holds that everybody sees, and when the last one came."""
        held = await self.store.messages(channel, thread, None)
        return len(held), held[-1].sent_at if held else None

    # --- open windows ---------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back at each change; returns what ends that."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def publish(self, change: Change) -> None:
        """Show a change in every open window; one that fails does not keep it from the others."""
        for callback in list(self._subscribers):
            try:
                callback(change)
            except Exception as problem:
                if self._failures is None:
                    raise
                self._failures.report_failure(problem, "show a change in a window")

    async def _happened(self, message: ClassroomMessage, event: Event) -> Kept:
        """It is kept: tell the core, then every window."""
        trouble = None
        try:
            if self._intake is not None:
                await self._intake.take_in(event)
        except Exception as problem:
            if self._failures is None:
                raise
            failure = self._failures.report_failure(problem, "take in what happened in a classroom")
            trouble = (
                f"It is in the classroom, but Coalface could not record it and logged why as"
                f" {failure}. It will read the classroom again when it next starts."
            )
        self.publish(Change(message))
        return Kept(message, trouble)

    async def _own(self, person: AccountRef, id_: int) -> None:
        if _standing(await self.store.message(id_)).author != person:
            raise ClassroomRefusal("You can change your own messages only.")


def _text(typed: str) -> str:
    # NUL is no character of any text, and PostgreSQL refuses it.
    text = inbound.to_text(typed).replace("\x00", "").strip()
    if not text:
        raise ClassroomRefusal("A message needs at least one word.")
    if len(text) > MOST_CHARACTERS:
        raise ClassroomRefusal(
            f"A message has at most {MOST_CHARACTERS:,} characters, and this has {len(text):,};"
            " send it in parts."
        )
    return text


def _one_line(typed: str) -> str:
    """Without control and direction marks, which would let one name look like another."""
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in typed)
    return " ".join("".join(kept).split())


def _standing(message: ClassroomMessage | None) -> ClassroomMessage:
    if message is None:
        raise ClassroomRefusal("That message has been deleted.")
    return message
