"""The browser classroom as the core's Platform: what the bot posts, finds, changes and reads."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.adapters.browser import inbound
from bot.adapters.browser.classroom import Change, Classroom
from bot.core.cards import Card, to_json
from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessageRef,
    Person,
    Place,
    RoleRef,
    Space,
    ThreadRef,
)
from bot.core.ports import Posted, PromptChannel, SeenMessage, SendRefused

NO_ROLES = "The classroom has no roles of its own; name staff with /course staff."


class BrowserPlatform:
    """Implements `bot.core.ports.Platform`. A top-level post is its own thread."""

    name = "browser"
    settling = timedelta(0)
    """A post is in the classroom when the call returns, or it is nowhere: no request is under
    way that could still land."""
    references = True

    def __init__(self, classroom: Classroom) -> None:
        self._classroom = classroom

    async def post(self, place: Place, card: Card, key: str) -> MessageRef:
        message = await self._classroom.store.add_message(
            await self._channel(place),
            at=self._classroom.clock.now(),
            thread=_thread(place),
            send_key=key,
            card=to_json(card),
        )
        self._classroom.publish(Change(message))
        return MessageRef(str(message.id))

    def for_all(self, thread: Place) -> Place:
        return replace(thread, thread=None)

    async def find(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        message = await self._classroom.store.by_key(key)
        if message is None or message.channel != place.channel or message.sent_at < since:
            return None
        return MessageRef(str(message.id))

    async def complete(self, place: Place, message: MessageRef, card: Card, key: str) -> Posted:
        """Nothing to do: a post holds any card whole, and is its own thread."""
        return Posted(message, place.thread or ThreadRef(message))

    async def update(self, place: Place, message: MessageRef, card: Card) -> None:
        changed = await self._classroom.store.edit_message(
            _number(message), at=self._classroom.clock.now(), card=to_json(card)
        )
        if changed is None:
            raise SendRefused("That message of the bot is not there any more.", final=True)
        self._classroom.publish(Change(changed))

    async def set_open(self, place: Place, open_: bool) -> None:
        """Nothing to do: a classroom's threads stay open, and what is late doesn't count."""

    async def tell(self, place: Place, person: AccountRef, card: Card) -> None:
        message = await self._classroom.store.add_message(
            await self._channel(place),
            at=self._classroom.clock.now(),
            thread=_thread(place),
            only_for=person,
            card=to_json(card),
        )
        self._classroom.publish(Change(message))

    async def post_notice(self, place: Place, card: Card) -> None:
        message = await self._classroom.store.add_message(
            await self._channel(place), at=self._classroom.clock.now(), card=to_json(card)
        )
        self._classroom.publish(Change(message))

    async def notice_channel(self, place: Place) -> str:
        channel = await self._classroom.channel(place.channel)
        if channel is None:
            raise SendRefused(f"The classroom has no channel “{place.channel}”; add it first.")
        return channel.name

    async def person(self, space: Space, ref: AccountRef) -> Person | None:
        known = {person.ref: person for person in await self._classroom.people()}
        return None if ref not in known else Person(ref, known[ref].name)

    async def with_addresses(
        self, space: Space, accounts: Collection[AccountRef], addresses: Collection[str]
    ) -> Mapping[AccountRef, str]:
        return {}  # nobody signs in

    async def channel_name(self, place: Place) -> str | None:
        """A channel of the classroom keeps its name."""
        return None

    async def prompt_channel(self, place: Place) -> PromptChannel:
        return PromptChannel(await self.notice_channel(place))

    async def staff_role(self, space: Space, role: RoleRef) -> str:
        raise SendRefused(NO_ROLES)

    async def notified_role(self, place: Place, role: RoleRef) -> str:
        raise SendRefused(NO_ROLES)

    def shortcomings(self, space: Space) -> Sequence[str]:
        return []

    async def history(self, place: Place, since: datetime) -> AsyncIterator[SeenMessage]:
        channel, thread = await self._channel(place), _thread(place)
        people = await self._classroom.people()
        for message in await self._classroom.messages(channel, thread, None):
            if thread is not None or message.sent_at >= since:
                yield inbound.to_seen(message, people)

    def link(self, place: Place, message: MessageRef) -> str:
        return to_address(place.channel, _thread(place), message=message)

    async def _channel(self, place: Place) -> ChannelRef:
        if await self._classroom.channel(place.channel) is None:
            raise SendRefused(
                f"The classroom has no channel “{place.channel}”; add it again, or post elsewhere.",
                final=True,
            )
        return place.channel


def to_address(
    channel: str, thread: int | None = None, *, reader: str = "", message: str = ""
) -> str:
    """An address in the classroom, within the site; with `reader`, as that person sees it."""
    asked = [f"as={quote(reader, safe='')}"] if reader else []
    if thread is not None:
        asked.append(f"thread={thread}")
    path = f"/classroom/{quote(channel, safe='')}"
    return path + (f"?{'&'.join(asked)}" if asked else "") + (f"#m{message}" if message else "")


def _thread(place: Place) -> int | None:
    return None if place.thread is None else _number(place.thread)


def _number(ref: str) -> int:
    if (number := inbound.to_number(ref)) is None:
        raise SendRefused("The classroom has no such message.", final=True)
    return number
