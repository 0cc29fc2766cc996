"""Public sends, once, after any crash.

Each send is a row first; whoever sends it holds its lease, and takes the steps of sending.py. Once
a request has gone out, the row stays in `sending` until the message is known to stand in the
channel or known not to: after a crash the channel is looked at, by the send's key, when no late
request can land any more.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from bot.core.cards import Card
from bot.core.following import not_quiet
from bot.core.ports import REQUEST, Clock, Platform, SendRefused, SendUncertain
from bot.core.sending import Claimed, NotKnown, NotWanted, Refusal, Steps, place_of
from storage import allowances, courses, discussions, outbox
from storage.database import Connection, Database
from storage.errors import StorageError
from storage.ids import ChannelId, SendId
from storage.rows import Discussion, Placement, Send

log = logging.getLogger(__name__)

MARGIN = timedelta(seconds=5)
"""What a lease is longer than the request and the platform's settling time."""
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
UNEXPECTED_WAIT = timedelta(minutes=5)
TIMELY = ("prompt", "follow-up", "reminder")
"""The sends that are of no use when they come long after they were due."""
LOOK_AGAIN = timedelta(minutes=1)
"""The longest sleep: another process may have left something, or a clock have been set."""

Compose = Callable[[Connection, Send], Awaitable[Card]]
Found = Callable[[Placement], Awaitable[object]]


class Outbox:
    """Delivers what storage says is owed.

    `compose` makes the card of a send; `refused` tells the course's staff why one could not be
    posted (once for each send and reason), `not_set_open` why its thread could not be opened or
    closed to writing, `not_notified` why nobody was who was to be; `found` reads a thread whose
    post stood there before we knew. `owner` names this process in leases; `new_id` makes the short
    ids under which unexpected failures are logged; while a platform is `behind`, yet to be read
    again since the start, summaries wait.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        owner: str,
        compose: Compose,
        refused: Refusal,
        not_set_open: Refusal,
        not_notified: Refusal,
        found: Found,
        new_id: Callable[[], str],
        behind: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._owner = owner
        self._compose = compose
        self._refused = refused
        self._steps = Steps(database, clock, not_set_open, not_notified)
        self._composed = database.reading(self._compose_all)
        self._found = found
        self._claims = count(1)
        self._new_id = new_id
        self._behind = behind
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Deliver what falls due, for ever: one sleeping task; `wake` says that there is more."""
        while True:
            self._wake.clear()
            wait = FIRST_WAIT.total_seconds()
            try:
                if await self.deliver_due():
                    wait = await self._until_next()
            except Exception as problem:  # whatever it was, the next round may do better
                self._log("look what is due", problem)
            try:
                await asyncio.wait_for(self._wake.wait(), wait)
            except TimeoutError:
                continue

    def wake(self) -> None:
        self._wake.set()

    def _log(self, doing: str, problem: Exception, send: SendId | None = None) -> str:
        """Log an unexpected failure; returns its short id."""
        failure = self._new_id()
        about = {"doing": doing, "send": send, "failure": failure}
        log.error("the outbox failed", exc_info=problem, extra=about)
        return failure

    async def deliver_due(self) -> bool:
        """Try everything that may be tried now; False where the database refused."""
        async with self._database.read() as db:
            due = await outbox.due(db, list(self._platforms), self._clock.now())
        return await self._deliver(due)

    async def deliver(self, sends: Iterable[Send]) -> None:
        """Try these sends now, but for those that were refused and have to wait, and those of a
        platform that isn't running.

        How each went stands in its row. Raises nothing: what fails is tried again by `run`.
        """
        now = self._clock.now()
        try:
            await self._deliver(
                s
                for s in sends
                if (s.problem is None or s.next_try_at <= now)
                and s.channel.space.platform in self._platforms
            )
        finally:
            self.wake()

    async def _deliver(self, sends: Iterable[Send]) -> bool:
        """Each channel in order, channels side by side."""
        by_channel: dict[ChannelId, list[SendId]] = {}
        for send in sends:
            by_channel.setdefault(send.channel.id, []).append(send.id)
        return all(await asyncio.gather(*(self._in_order(ids) for ids in by_channel.values())))

    async def _until_next(self) -> float:
        async with self._database.read() as db:
            at = await outbox.next_due(db, list(self._platforms))
        longest = LOOK_AGAIN.total_seconds()
        if at is None:
            return longest
        return max(0.05, min(longest, (at - self._clock.now()).total_seconds()))

    async def _in_order(self, ids: Collection[SendId]) -> bool:
        well = True
        for id_ in ids:
            try:
                await self._deliver_one(id_)
            except StorageError as problem:
                self._log("read or write the database", problem, id_)
                well = False
        return well

    async def _deliver_one(self, id_: SendId) -> None:
        try:
            await self._claim_and_try(id_)
        except StorageError:
            raise
        except Exception as problem:  # one send that fails must not stop the others
            failure = self._log("send", problem, id_)
            until = self._clock.now() + UNEXPECTED_WAIT
            await self._database.write_together(
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
            await self._try(platform, claimed)
        except SendRefused as refusal:
            await self._put_back(claimed, refusal)
        except (SendUncertain, TimeoutError) as problem:
            # It may have landed, or may yet: the row stays in `sending` until its lease runs out.
            log.warning(
                "a send got no answer", extra={"send": id_, "problem": type(problem).__name__}
            )

    async def _claim(self, id_: SendId) -> Claimed | None:
        now = self._clock.now()
        owner = f"{self._owner}-{next(self._claims)}"

        async def work(db: Connection) -> tuple[Send, Placement | None] | Send | None:
            send = await outbox.claim(db, id_, owner, now, now + REQUEST + MARGIN)
            if send is None:
                return None
            course = await courses.course(db, send.course_id)
            late = now - send.due_at > timedelta(hours=course.catch_up_hours)
            if late and send.kind in TIMELY and send.tried_at is None:
                await outbox.give_up(db, id_, owner, "missed", _MISSED)
                return send
            quiet = send.kind == "follow-up" and send.tried_at is None
            if quiet and (loud := not_quiet(course, now)) > now:  # it was refused until then
                await outbox.let_go(db, id_, owner, loud, due_at=loud)
                return None
            if send.kind == "closing" and self._behind(send.channel.space.platform):
                await outbox.let_go(db, id_, owner, now + FIRST_WAIT)
                return None
            placement = await self._placement(db, send)
            if placement is None and send.kind != "prompt":
                await self._without_post(db, send, owner, now)
                return None
            return send, placement

        claimed = await self._database.write_together(work)
        if isinstance(claimed, Send):
            await self._refused(claimed, _MISSED)
            return None
        if claimed is None:
            return None
        send, placement = claimed
        card, open_, wanted = await self._read_for(send)
        platform = self._platforms[send.channel.space.platform]
        place, lease = place_of(send, placement, platform), REQUEST + platform.settling + MARGIN
        return Claimed(send, owner, card, placement, place, lease, open_, wanted)

    async def _read_for(self, send: Send) -> tuple[Card, bool | None, bool]:
        """Its card, whether people may write in its thread afterwards, and whether it is still to
        be said. A summary reads much: it keeps neither those who write waiting nor others."""
        if send.kind != "closing":
            return await self._composed.put(send)
        async with self._database.read() as db:
            (composed,) = await self._compose_all(db, [send])
            return composed

    async def _compose_all(
        self, db: Connection, sends: Sequence[Send]
    ) -> Sequence[tuple[Card, bool | None, bool]]:
        now = self._clock.now()
        return [
            (
                await self._compose(db, send),
                await _to_be_open(db, send, now),
                await _still_wanted(db, send),
            )
            for send in sends
        ]

    async def _placement(self, db: Connection, send: Send) -> Placement | None:
        """Where its discussion stands in its channel; a prompt does not before it is sent."""
        if send.kind == "prompt":
            return None
        for placement in await discussions.placements_of(db, send.course_id, send.discussion_id):
            if placement.channel.id == send.channel.id:
                return placement
        return None

    async def _without_post(self, db: Connection, send: Send, owner: str, now: datetime) -> None:
        """An update or a closing before its prompt stands: wait for it, or let it go."""
        owed = await outbox.sends_of(db, send.course_id, ("pending", "sending"))
        if any(
            s.kind == "prompt"
            and s.discussion_id == send.discussion_id
            and s.channel.id == send.channel.id
            for s in owed
        ):
            await outbox.put_back(db, send.id, owner, now + FIRST_WAIT, None)
        else:
            await outbox.give_up(db, send.id, owner, "missed", _NEVER_POSTED)

    async def _try(self, platform: Platform, claimed: Claimed) -> None:
        """Both steps, each with a request's time of its own."""
        request = REQUEST.total_seconds()
        if claimed.placement is not None and claimed.send.kind == "update":
            async with asyncio.timeout(request):
                await self._steps.change(platform, claimed, claimed.placement.message)
            return
        try:
            async with asyncio.timeout(request):
                standing = await self._steps.post(platform, claimed)
        except NotKnown as problem:
            await self._look_later(claimed.send, problem.tried_at, problem.refusal)
            return
        except NotWanted:
            await self._database.write_together(
                lambda db: outbox.give_up(db, claimed.send.id, claimed.owner, "missed", _CLOSED)
            )
            return
        if standing is None:
            return
        try:
            async with asyncio.timeout(request):
                placement = await self._steps.complete(platform, standing)
        except SendRefused as refusal:
            await self._put_back(standing.claimed, refusal)
            return
        if placement is not None:
            await self._found(placement)

    async def _look_later(self, send: Send, tried_at: datetime, refusal: SendRefused) -> None:
        """The channel can't be read, so the send may stand there: it is not sent before we know."""
        now = self._clock.now()
        wait = refusal.retry_after or min(LONGEST_WAIT, max(FIRST_WAIT, now - tried_at))
        await self._database.write_together(
            lambda db: outbox.postpone(db, send.id, now + wait, refusal.sentence)
        )
        if send.problem != refusal.sentence:
            await self._refused(send, refusal.sentence)

    async def _put_back(self, claimed: Claimed, refusal: SendRefused) -> None:
        send, owner, now = claimed.send, claimed.owner, self._clock.now()
        wait = refusal.retry_after or min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(send.attempts, 10))

        async def work(db: Connection) -> None:
            if refusal.final:
                await outbox.give_up(db, send.id, owner, "failed", refusal.sentence)
            else:
                await outbox.put_back(db, send.id, owner, now + wait, refusal.sentence)

        await self._database.write_together(work)
        if refusal.final or send.problem != refusal.sentence:
            await self._refused(send, refusal.sentence)


async def _to_be_open(db: Connection, send: Send, now: datetime) -> bool | None:
    """Whether people may write in the thread after this send; None where it changes nothing: a
    summary that is still owed goes out before its thread is closed."""
    if send.kind not in ("update", "closing"):
        return None
    discussion = await discussions.discussion_by_id(db, send.course_id, send.discussion_id)
    if await _extended(db, discussion, now):
        return True  # who was given more time has to be able to write
    if discussion.open or send.kind == "closing":
        return discussion.open
    owed = await outbox.sends_of(db, send.course_id, ("pending", "sending"))
    closing = any(
        s.kind == "closing"
        and s.discussion_id == send.discussion_id
        and s.channel.id == send.channel.id
        for s in owed
    )
    return None if closing else False


async def _extended(db: Connection, discussion: Discussion, now: datetime) -> bool:
    """Whether it is closed to all but those who were given more time."""
    course = discussion.course_id
    return (
        not discussion.open
        and discussion.withdrawn_at is None
        and (await courses.course(db, course)).archived_at is None
        and await allowances.extended_beyond(db, course, discussion.id, now)
    )


async def _still_wanted(db: Connection, send: Send) -> bool:
    """Whether it is still to be said: what goes on with a discussion is so while that is open."""
    if send.kind not in ("follow-up", "reminder"):
        return True
    return (await discussions.discussion_by_id(db, send.course_id, send.discussion_id)).open


_MISSED = "It fell due longer ago than the course's catch-up time."
_CLOSED = "Its discussion was closed before."
_NEVER_POSTED = "Its prompt was never posted in this channel."
