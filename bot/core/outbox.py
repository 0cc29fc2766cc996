"""Public sends, once, after any crash.

Each send is a row first; whoever sends it holds its lease. Once a request has gone out, the row
stays in `sending` until the message is known to stand in the channel or known not to: after a
crash the channel is looked at, by the send's key, when no late request can land any more.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.cards import Card
from bot.core.events import Place
from bot.core.intake import adopt_held
from bot.core.ports import REQUEST, Clock, Platform, Posted, SendRefused, SendUncertain
from storage import courses, discussions, outbox
from storage.database import Connection, Database
from storage.errors import StorageError
from storage.ids import ChannelId, MessageRef, SendId
from storage.rows import Placement, Send

log = logging.getLogger(__name__)

MARGIN = timedelta(seconds=5)
"""What a lease is longer than the request and the platform's settling time."""
SKEW = timedelta(minutes=5)
"""How far a platform's clock may be behind ours when we look for a message."""
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
UNEXPECTED_WAIT = timedelta(minutes=5)

Compose = Callable[[Connection, Send], Awaitable[Card]]
Refusal = Callable[[Send, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Claimed:
    send: Send
    card: Card
    placement: Placement | None
    lease: timedelta


class Outbox:
    """Delivers what storage says is owed.

    `compose` makes the card of a send; `refused` tells the course's staff why one could not be
    posted (once for each send and reason). `owner` names this process in leases; `new_id` makes
    the short ids under which unexpected failures are logged.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        owner: str,
        compose: Compose,
        refused: Refusal,
        new_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._owner = owner
        self._compose = compose
        self._refused = refused
        self._new_id = new_id
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Deliver what falls due, for ever: one sleeping task; `wake` says that there is more."""
        while True:
            self._wake.clear()
            wait = FIRST_WAIT.total_seconds()
            try:
                if await self.deliver_due():
                    wait = await self._until_next()
            except StorageError:
                log.exception("the outbox could not read the database")
            try:
                await asyncio.wait_for(self._wake.wait(), wait)
            except TimeoutError:
                continue

    def wake(self) -> None:
        self._wake.set()

    async def deliver_due(self) -> bool:
        """Try everything that may be tried now; False where the database refused."""
        async with self._database.read() as db:
            due = await outbox.due(db, self._clock.now())
        return await self._deliver(due)

    async def deliver(self, sends: Iterable[Send]) -> None:
        """Try these sends now, but for those that were refused and have to wait.

        How each went stands in its row. Raises nothing: what fails is tried again by `run`.
        """
        now = self._clock.now()
        await self._deliver(s for s in sends if s.problem is None or s.next_try_at <= now)
        self.wake()

    async def _deliver(self, sends: Iterable[Send]) -> bool:
        """Each channel in order, channels side by side."""
        by_channel: dict[ChannelId, list[SendId]] = {}
        for send in sends:
            by_channel.setdefault(send.channel.id, []).append(send.id)
        return all(await asyncio.gather(*(self._in_order(ids) for ids in by_channel.values())))

    async def _until_next(self) -> float:
        async with self._database.read() as db:
            at = await outbox.next_due(db)
        if at is None:
            return 3_600.0
        return max(0.05, min(3_600.0, (at - self._clock.now()).total_seconds()))

    async def _in_order(self, ids: Collection[SendId]) -> bool:
        well = True
        for id_ in ids:
            try:
                await self._deliver_one(id_)
            except StorageError:
                log.exception("the outbox could not read or write the database")
                well = False
        return well

    async def _deliver_one(self, id_: SendId) -> None:
        try:
            await self._claim_and_try(id_)
        except StorageError:
            raise
        except Exception as problem:  # one send that fails must not stop the others
            failure = self._new_id()
            log.error("a send failed", exc_info=problem, extra={"send": id_, "failure": failure})
            until = self._clock.now() + UNEXPECTED_WAIT
            await self._database.write(
                lambda db: outbox.postpone(
                    db, id_, until, f"Something went wrong on our side, logged as {failure}."
                )
            )

    async def _claim_and_try(self, id_: SendId) -> None:
        claimed = await self._claim(id_)
        if claimed is None:
            return
        platform = self._platforms[claimed.send.channel.space.platform]
        try:
            async with asyncio.timeout(REQUEST.total_seconds()):
                await self._try(platform, claimed)
        except SendRefused as refusal:
            await self._put_back(claimed.send, refusal)
        except (SendUncertain, TimeoutError) as problem:
            # It may have landed, or may yet: the row stays in `sending` until its lease runs out.
            log.warning(
                "a send got no answer", extra={"send": id_, "problem": type(problem).__name__}
            )

    async def _claim(self, id_: SendId) -> _Claimed | None:
        now = self._clock.now()

        async def work(db: Connection) -> _Claimed | Send | None:
            send = await outbox.claim(db, id_, self._owner, now, now + REQUEST + MARGIN)
            if send is None:
                return None
            course = await courses.course(db, send.course_id)
            late = now - send.due_at > timedelta(hours=course.catch_up_hours)
            if late and send.kind == "prompt" and send.tried_at is None:
                await outbox.give_up(db, id_, self._owner, "missed", _MISSED)
                return send
            placement = await self._placement(db, send)
            if placement is None and send.kind != "prompt":
                await self._without_post(db, send, now)
                return None
            settling = self._platforms[send.channel.space.platform].settling
            return _Claimed(
                send, await self._compose(db, send), placement, REQUEST + settling + MARGIN
            )

        claimed = await self._database.write(work)
        if isinstance(claimed, Send):
            await self._refused(claimed, _MISSED)
            return None
        return claimed

    async def _placement(self, db: Connection, send: Send) -> Placement | None:
        for placement in await discussions.placements_of(db, send.course_id, send.discussion_id):
            if placement.channel.id == send.channel.id:
                return placement
        return None

    async def _without_post(self, db: Connection, send: Send, now: datetime) -> None:
        """An update or a closing before its prompt stands: wait for it, or let it go."""
        owed = await outbox.sends_of(db, send.course_id, ("pending", "sending"))
        if any(
            s.kind == "prompt"
            and s.discussion_id == send.discussion_id
            and s.channel.id == send.channel.id
            for s in owed
        ):
            await outbox.put_back(db, send.id, self._owner, now + FIRST_WAIT, None)
        else:
            await outbox.give_up(db, send.id, self._owner, "missed", _NEVER_POSTED)

    async def _try(self, platform: Platform, claimed: _Claimed) -> None:
        send = claimed.send
        place = Place(send.channel.space, send.channel.ref)
        if claimed.placement is not None and send.kind == "closing":
            place = Place(place.space, place.channel, claimed.placement.thread)
        if claimed.placement is not None and send.kind == "update":
            if await self._begin(send, claimed.lease):
                await platform.update(place, claimed.placement.message, claimed.card)
                await self._record(send, None)
            return
        if send.tried_at is not None:
            try:
                found = await platform.find(place, send.key, send.tried_at - SKEW)
            except SendRefused as refusal:
                await self._look_later(send, send.tried_at, refusal)
                return
            if found is not None:
                await self._record(send, found)
                return
        if await self._begin(send, claimed.lease):
            await self._record(send, await platform.post(place, claimed.card, send.key))

    async def _begin(self, send: Send, lease: timedelta) -> bool:
        now = self._clock.now()
        return await self._database.write(
            lambda db: outbox.begin(db, send.id, self._owner, now, now + lease)
        )

    async def _record(self, send: Send, posted: Posted | None) -> None:
        """Note where it went and take in what was answered before we knew."""
        now = self._clock.now()

        async def work(db: Connection) -> None:
            message = None if posted is None else posted.message
            if not await outbox.done(db, send.id, self._owner, message, now):
                return  # the lease ran out; whoever has it now finds the message by its key
            if send.kind != "prompt" or posted is None:
                return
            await discussions.place(
                db,
                send.course_id,
                send.discussion_id,
                send.channel.id,
                posted.message,
                posted.thread,
                now,
            )
            placement = Placement(
                send.discussion_id, send.channel, MessageRef(posted.message), posted.thread, now
            )
            await adopt_held(db, placement, now)

        await self._database.write(work)

    async def _look_later(self, send: Send, tried_at: datetime, refusal: SendRefused) -> None:
        """The channel can't be read, so the send may stand there: it is not sent before we know."""
        now = self._clock.now()
        wait = refusal.retry_after or min(LONGEST_WAIT, max(FIRST_WAIT, now - tried_at))
        await self._database.write(
            lambda db: outbox.postpone(db, send.id, now + wait, refusal.sentence)
        )
        if send.problem != refusal.sentence:
            await self._refused(send, refusal.sentence)

    async def _put_back(self, send: Send, refusal: SendRefused) -> None:
        now = self._clock.now()
        wait = refusal.retry_after or min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(send.attempts, 10))

        async def work(db: Connection) -> None:
            if refusal.final:
                await outbox.give_up(db, send.id, self._owner, "failed", refusal.sentence)
            else:
                await outbox.put_back(db, send.id, self._owner, now + wait, refusal.sentence)

        await self._database.write(work)
        if refusal.final or send.problem != refusal.sentence:
            await self._refused(send, refusal.sentence)


_MISSED = "It fell due longer ago than the course's catch-up time."
_NEVER_POSTED = "Its prompt was never posted in this channel."
