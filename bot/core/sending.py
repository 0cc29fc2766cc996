"""One send that is claimed, step by step: its message, then what belongs to it, then its record.

The message is recorded as soon as it is known to stand: from then on it is neither posted nor
looked for again, and whoever claims the send next goes on with the second step.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.cards import Card
from bot.core.events import Place
from bot.core.intake import adopt_held
from bot.core.ports import Clock, Platform, Posted, SendRefused
from storage import discussions, outbox
from storage.database import Connection, Database
from storage.ids import MessageRef
from storage.rows import Placement, Send

SKEW = timedelta(minutes=5)
"""How far a platform's clock may be behind ours when we look for a message."""

Refusal = Callable[[Send, str], Awaitable[None]]


class NotWanted(Exception):
    """It does not stand in its channel, and is not to be said any more."""


class NotKnown(Exception):
    """The channel can't be read, so that the send may stand there: why not, and since when."""

    def __init__(self, refusal: SendRefused, tried_at: datetime) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
        self.tried_at = tried_at


@dataclass(frozen=True, slots=True)
class Claimed:
    """A send and what it takes to carry it out. `owner` is of this claim only; `place` is where its
    message goes, or stands; `lease` is how long a request and its settling take; `open_` what its
    thread is to be afterwards (None leaves it).
    """

    send: Send
    owner: str
    card: Card
    placement: Placement | None
    place: Place
    lease: timedelta
    open_: bool | None
    wanted: bool = True  # it is not posted any more otherwise, unless it stands already


def place_of(send: Send, placement: Placement | None, platform: Platform) -> Place:
    """Where a send's message goes: a prompt into its channel, what belongs to a discussion into its
    thread, and a reminder to where the whole class sees it."""
    channel = Place(send.channel.space, send.channel.ref)
    if placement is None or send.kind in ("prompt", "update"):
        return channel
    thread = replace(channel, thread=placement.thread)
    return platform.for_all(thread) if send.kind == "reminder" else thread


@dataclass(frozen=True, slots=True)
class Standing:
    """A claimed send whose message stands, and is recorded.

    `begun`: when the request that posted it went out; nobody answered before. `found`: it stood
    there before this claim, so that somebody may have answered unheard.
    """

    claimed: Claimed
    message: MessageRef
    begun: datetime
    found: bool


class Steps:
    """The steps of a send. Each raises SendRefused or SendUncertain, and gives None where the lease
    is no longer the claim's: whoever has it now does the rest."""

    def __init__(
        self, database: Database, clock: Clock, not_set_open: Refusal, not_notified: Refusal
    ) -> None:
        self._database = database
        self._clock = clock
        self._not_set_open = not_set_open
        self._not_notified = not_notified

    async def change(self, platform: Platform, claimed: Claimed, posted: MessageRef) -> None:
        """Make the message that was posted before read as it should now."""
        if await self._begin(claimed) is not None:
            await platform.update(claimed.place, posted, claimed.card)
            await self._set_open(platform, claimed)
            await self._record(claimed, None, None)

    async def post(self, platform: Platform, claimed: Claimed) -> Standing | None:
        """The first step: the message, found if it may stand there, else posted. Raises NotKnown
        where the channel can't be read."""
        send, place = claimed.send, claimed.place
        if send.message is not None:
            begun = await self._begin(claimed)
            if begun is None:
                return None
            return Standing(claimed, send.message, send.tried_at or begun, found=True)
        if send.tried_at is not None:
            try:
                message = await platform.find(place, send.key, send.tried_at - SKEW)
            except SendRefused as refusal:
                raise NotKnown(refusal, send.tried_at) from refusal
            if message is not None:
                return await self._stands(claimed, message, send.tried_at, found=True)
        if not claimed.wanted:
            raise NotWanted
        begun = await self._begin(claimed)
        if begun is None:
            return None
        message = await platform.post(place, claimed.card, send.key)
        return await self._stands(claimed, message, begun, found=False)

    async def complete(self, platform: Platform, standing: Standing) -> Placement | None:
        """The second step: what belongs to the message, and the record of where it all stands.

        Gives the placement of a prompt whose thread is to be read, since it may hold what was
        written before we knew.
        """
        claimed, send = standing.claimed, standing.claimed.send
        posted = await platform.complete(
            claimed.place, standing.message, claimed.card, send.key
        )  # fmt: skip
        await self._set_open(platform, claimed)
        placement = await self._record(claimed, posted, standing.begun)
        if posted.silent is not None:
            await self._not_notified(send, posted.silent)
        return placement if standing.found else None

    async def _begin(self, claimed: Claimed) -> datetime | None:
        """When a request begins; None where the lease is no longer this claim's."""
        now, id_ = self._clock.now(), claimed.send.id
        ours = await self._database.write_together(
            lambda db: outbox.begin(db, id_, claimed.owner, now, now + claimed.lease)
        )
        return now if ours else None

    async def _stands(
        self, claimed: Claimed, message: MessageRef, begun: datetime, *, found: bool
    ) -> Standing | None:
        id_, until = claimed.send.id, self._clock.now() + claimed.lease
        ours = await self._database.write_together(
            lambda db: outbox.stands(db, id_, claimed.owner, message, until)
        )
        if not ours:
            return None
        known = replace(claimed, send=replace(claimed.send, message=message))
        return Standing(known, message, begun, found)

    async def _set_open(self, platform: Platform, claimed: Claimed) -> None:
        """Open or close the thread to writing, as its discussion is: the last step of a send.

        What is refused leaves the send done, and is told.
        """
        if claimed.open_ is None or claimed.placement is None:
            return
        channel = claimed.send.channel
        place = Place(channel.space, channel.ref, claimed.placement.thread)
        try:
            await platform.set_open(place, claimed.open_)
        except SendRefused as refusal:
            await self._not_set_open(claimed.send, refusal.sentence)

    async def _record(
        self, claimed: Claimed, posted: Posted | None, begun: datetime | None
    ) -> Placement | None:
        """Note that it is done, and take in what was answered before we knew where; a prompt's
        placement."""
        send, now = claimed.send, self._clock.now()

        async def work(db: Connection) -> Placement | None:
            message = None if posted is None else posted.message
            if not await outbox.done(db, send.id, claimed.owner, message, now):
                return None
            if send.kind != "prompt" or posted is None:
                return None
            placement = Placement(
                send.discussion_id,
                send.channel,
                MessageRef(posted.message),
                posted.thread,
                begun or now,
            )
            await discussions.place(db, send.course_id, placement)
            await adopt_held(db, placement, now)
            return placement

        return await self._database.write_together(work)
