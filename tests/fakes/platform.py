"""A platform behind a bad network: it refuses, loses answers, hangs and accepts late, when told to.

It keeps what stands in its channels in memory, as a real platform does on its own servers, and
carries the browser's name so that a classroom's channels are its own.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from bot.core import composing
from bot.core.cards import Card
from bot.core.dispatch import Dispatcher
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
from bot.core.outbox import Outbox
from bot.core.plain import to_plain
from bot.core.ports import (
    Clock,
    Platform,
    Posted,
    PromptChannel,
    SeenMessage,
    SendRefused,
    SendUncertain,
)
from bot.core.recovery import Recovery
from bot.core.roll_call import RollCall
from bot.core.staff import StaffNotices
from storage.database import Database
from tests.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refuse:
    """The next request is refused."""

    sentence: str = "The bot may not write here."
    final: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """The next request is accepted, and its answer gets lost."""


@dataclass(frozen=True, slots=True)
class LoseRequest:
    """The next request never arrives."""


@dataclass(frozen=True, slots=True)
class AcceptLate:
    """The next request gets no answer, and is accepted when the test calls `land`."""


@dataclass(frozen=True, slots=True)
class Hang:
    """The next request is never answered; `accepted` says whether it is applied."""

    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """The next request meets a bug in the adapter."""


Trouble = Refuse | LoseAnswer | LoseRequest | AcceptLate | Hang | Break


@dataclass(slots=True)
class Standing:
    """A message of the bot's as it stands in a channel."""

    place: Place
    ref: MessageRef
    key: str
    card: Card
    at: datetime

    @property
    def words(self) -> str:
        return to_plain(self.card)


@dataclass
class FaultyPlatform:
    """Implements `bot.core.ports.Platform`; `fail` says what becomes of the next requests."""

    clock: Clock
    name: str = "browser"
    settling: timedelta = timedelta(seconds=30)
    references: bool = True
    standing: list[Standing] = field(default_factory=list)
    told: list[tuple[AccountRef, str]] = field(default_factory=list)
    seen: list[SeenMessage] = field(default_factory=list)
    opened: list[tuple[Place, bool]] = field(default_factory=list)
    """Which threads were opened to writing or closed, in order."""
    notices: list[tuple[Place, str]] = field(default_factory=list)
    """What was posted for staff, and where."""
    whole: list[MessageRef] = field(default_factory=list)
    """Messages with all that belongs to them, each once."""
    unreadable: str | None = None
    lacking: Sequence[str] = ()
    """What it says doesn't work as it should."""
    left: set[AccountRef] = field(default_factory=set)
    """Who is not there any more; asked for by `person` only."""
    people: dict[AccountRef, str] = field(default_factory=dict)
    """What people are called."""
    addresses: dict[AccountRef, str] = field(default_factory=dict)
    """E-mail addresses that it vouches for."""
    channels: dict[ChannelRef, PromptChannel] = field(default_factory=dict)
    """What is known of channels in which prompts can be posted."""
    no_roles: dict[RoleRef, str] = field(default_factory=dict)
    """Roles that won't do, and why."""
    silent: str | None = None
    """Why nobody is notified by what is posted."""
    deaf: bool = False
    """Nobody can be told anything."""
    requests: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    completing: asyncio.Event = field(default_factory=asyncio.Event)
    """What belongs to a message has been asked for."""

    def __post_init__(self) -> None:
        self._troubles: dict[ChannelRef, deque[Trouble]] = defaultdict(deque)
        self._troubles_completing: deque[Trouble] = deque()
        self._late: list[Callable[[], object]] = []
        self._numbers = count(1)

    def fail(self, *troubles: Trouble, channel: str = "history") -> None:
        self._troubles[ChannelRef(channel)].extend(troubles)

    def fail_completing(self, *troubles: Trouble) -> None:
        """What becomes of the next requests for what belongs to a message."""
        self._troubles_completing.extend(troubles)

    def land(self) -> None:
        """Apply what was accepted late."""
        late, self._late = self._late, []
        for apply in late:
            apply()

    def words(self, channel: str = "history") -> list[str]:
        return [s.words for s in self.standing if s.place.channel == channel]

    async def post(self, place: Place, card: Card, key: str) -> MessageRef:
        return await self._request(place, lambda: self._apply(place, card, key))

    async def complete(self, place: Place, message: MessageRef, card: Card, key: str) -> Posted:
        self.completing.set()
        return await self._meet(
            self._troubles_completing, lambda: self._complete(place, message, card)
        )  # fmt: skip

    async def update(self, place: Place, message: MessageRef, card: Card) -> None:
        await self._request(place, lambda: self._change(message, card))

    def for_all(self, thread: Place) -> Place:
        return replace(thread, thread=None)

    async def find(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        self._read()
        for one in self.standing:
            if one.key == key and one.place == place and one.at >= since:
                return one.ref
        return None

    async def set_open(self, place: Place, open_: bool) -> None:
        await self._request(place, lambda: self.opened.append((place, open_)))

    async def tell(self, place: Place, person: AccountRef, card: Card) -> None:
        if self.deaf:
            raise SendRefused("This person takes no messages.")
        self.told.append((person, to_plain(card)))

    async def post_notice(self, place: Place, card: Card) -> None:
        await self._request(place, lambda: self.notices.append((place, to_plain(card))))

    async def notice_channel(self, place: Place) -> str:
        return str(place.channel)

    async def person(self, space: Space, ref: AccountRef) -> Person | None:
        self.requests += 1
        if self.unreadable is not None:
            raise SendRefused(self.unreadable)
        return None if ref in self.left else Person(ref, self.people.get(ref, str(ref)))

    async def with_addresses(
        self, space: Space, accounts: Collection[AccountRef], addresses: Collection[str]
    ) -> Mapping[AccountRef, str]:
        known = self.addresses
        return {ref: known[ref] for ref in accounts if known.get(ref) in addresses}

    async def channel_name(self, place: Place) -> str | None:
        found = self.channels.get(place.channel)
        return None if found is None else found.name

    async def prompt_channel(self, place: Place) -> PromptChannel:
        return self.channels.get(place.channel) or PromptChannel(str(place.channel))

    async def staff_role(self, space: Space, role: RoleRef) -> str:
        return self._role(role)

    async def notified_role(self, place: Place, role: RoleRef) -> str:
        return self._role(role)

    def _role(self, role: RoleRef) -> str:
        if role in self.no_roles:
            raise SendRefused(self.no_roles[role])
        return str(role)

    def shortcomings(self, space: Space) -> Sequence[str]:
        return self.lacking

    async def history(self, place: Place, since: datetime) -> AsyncIterator[SeenMessage]:
        for message in self.seen:
            if message.posted.place == place:
                yield message
        self._read()  # what was read before the connection broke is of no use

    def link(self, place: Place, message: MessageRef) -> str:
        return f"https://platform.example/{place.channel}/{message}"

    def _read(self) -> None:
        if self.unreadable is not None:
            raise SendRefused(self.unreadable)

    async def _request(self, place: Place, apply: Callable[[], T]) -> T:
        self.requests += 1
        await asyncio.sleep(0)
        self.asked.set()
        return await self._meet(self._troubles[place.channel], apply)

    async def _meet(self, troubles: deque[Trouble], apply: Callable[[], T]) -> T:
        match troubles.popleft() if troubles else None:
            case None:
                return apply()
            case Refuse(sentence, final, retry_after):
                raise SendRefused(sentence, final=final, retry_after=retry_after)
            case LoseAnswer():
                apply()
            case AcceptLate():
                self._late.append(apply)
            case Hang(accepted):
                if accepted:
                    apply()
                await asyncio.Event().wait()
            case Break():
                raise RuntimeError("a bug in an adapter")
            case LoseRequest():
                pass
        raise SendUncertain

    def _apply(self, place: Place, card: Card, key: str) -> MessageRef:
        ref = MessageRef(f"post{next(self._numbers)}")
        self.standing.append(Standing(place, ref, key, card, self.clock.now()))
        return ref

    def _complete(self, place: Place, message: MessageRef, card: Card) -> Posted:
        if message not in self.whole:
            self.whole.append(message)
        silent = None if card.notify is None else self.silent
        return Posted(message, place.thread or ThreadRef(message), silent)

    def _change(self, message: MessageRef, card: Card) -> None:
        for one in self.standing:
            if one.ref == message:
                one.card = card


def an_outbox(
    world: World, platform: Platform, owner: str = "first", database: Database | None = None
) -> Outbox:
    """An outbox of its own over the world's database, as another process would have."""
    database = database or world.app.services.database
    staff = StaffNotices(database, world.clock, {"browser": platform})
    recovery = Recovery(database, world.clock, {"browser": platform}, world.app.intake, staff)
    return Outbox(
        database,
        world.clock,
        {"browser": platform},
        owner,
        composing.compose,
        staff.refused,
        staff.not_set_open,
        staff.not_notified,
        recovery.read_again,
        world.app.services.new_id,
    )


def stand_in(world: World, platform: Platform) -> Outbox:
    """From now on the world's commands send, its recovery reads, and its roll call asks, through
    `platform`."""
    outbox = an_outbox(world, platform)
    platforms = {"browser": platform}
    services = replace(world.app.services, platforms=platforms, outbox=outbox)
    staff = StaffNotices(services.database, world.clock, platforms)
    world.app = replace(
        world.app,
        services=services,
        dispatcher=Dispatcher(services),
        recovery=Recovery(services.database, world.clock, platforms, world.app.intake, staff),
        roll_call=RollCall(services.database, world.clock, platforms, world.app.intake),
    )
    return outbox
