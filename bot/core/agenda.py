"""What falls due by itself: occurrences of schedules, closings, reminders, follow-ups.

One sleeping task wakes for the next instant at which anything is due, or when something changes.
Each thing is decided in one transaction with what follows from it, so that two processes on one
database never both do it; what is to be said in a channel goes through the outbox.
"""

import asyncio
import logging
from asyncio import wait_for
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.core import closing, following, occurring, receipts
from bot.core.loaded_packs import LoadedPack
from bot.core.ports import Clock
from bot.core.receipts import Receipts
from bot.core.staff import StaffNotices
from storage import courses, discussions, follow_ups, schedules
from storage.database import Connection, Database
from storage.errors import StorageError
from storage.ids import CourseId, DiscussionId
from storage.rows import Discussion, FollowUpState, Schedule

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0
"""Seconds: a laptop may have slept, a clock been set, or another process have left something."""
AFTER_FAILURE = 5.0
ASIDE = timedelta(minutes=5)
"""How long what can't be done is left alone: it is no reason to keep the rest waiting."""
AT_ONCE = 200
"""Of each kind, what is decided in one transaction: others write in between."""


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is due: what staff call it, what is to be done, and what instead where that
    fails. `mark` tells it from all others of the course."""

    course: CourseId
    mark: str
    name: str
    work: Callable[[Connection, Receipts], Awaitable[None]]
    set_aside: Callable[[Connection], Awaitable[None]]


class Agenda:
    """Does what is due. `owed` is told when there is more for the outbox; `new_id` makes the short
    ids under which unexpected failures are logged; `behind` says whether a platform, or any, is yet
    to be read again since the start."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        packs: Mapping[str, LoadedPack],
        staff: StaffNotices,
        owed: Callable[[], None],
        new_id: Callable[[], str],
        behind: Callable[..., bool] = lambda *_: False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._packs = packs
        self._staff = staff
        self._owed = owed
        self._new_id = new_id
        self._behind = behind
        self._wake = asyncio.Event()
        self._waiting: set[DiscussionId] = set()  # those with a follow-up that waits for replies
        self._answered: set[DiscussionId] | None = None  # None: all are to be looked at
        self._aside: set[tuple[CourseId, str]] = set()  # what failed, of which staff were told

    async def run(self) -> None:
        """Do what falls due, for ever."""
        while True:
            self._wake.clear()
            wait = AFTER_FAILURE
            try:
                await self.attend()
                wait = await self._until_next()
            except Exception as problem:  # whatever it was, the next round may do better
                self._log("see what is due", problem)
            try:
                await wait_for(self._wake.wait(), wait)
            except TimeoutError:
                continue

    def wake(self) -> None:
        """Something changed that may be due sooner."""
        self._wake.set()

    def answered(self, discussion: DiscussionId) -> None:
        """A reply came: a follow-up may have waited for it."""
        if self._answered is not None and discussion in self._waiting:
            self._answered.add(discussion)
            self._wake.set()

    async def attend(self) -> None:
        """Do all that is due now, and tell each course's staff what they should know of it."""
        try:
            while await self._is_due():
                try:
                    await self._database.write(self._round)
                except StorageError:
                    raise
                except Exception as problem:
                    await self._one_by_one(problem)
                self._owed()
            await self._heed_answers()
        finally:
            await receipts.tell(self._database, self._staff, self._behind)

    async def _is_due(self) -> bool:
        async with self._database.read() as db:
            at = await _next(db)
        return at is not None and at <= self._clock.now()

    async def _round(self, db: Connection) -> None:
        """Do what is due, as much as goes into one transaction."""
        now, found = self._clock.now(), Receipts()
        due = await schedules.due(db, now, AT_ONCE)
        if due:
            await occurring.occur(db, due, self._packs, now, found)
        for discussion in await discussions.closing_or_reminding(db, now, AT_ONCE):
            await closing.close_or_remind(db, discussion, now, found)
        for one in await follow_ups.due(db, now, AT_ONCE):
            await following.look(db, one, now, behind=self._behind())
        await found.keep(db, now)

    async def _one_by_one(self, problem: Exception) -> None:
        """Something of what is due can't be done: do the rest, and set that aside for a while."""
        self._log("do what is due", problem)
        now = self._clock.now()
        async with self._database.read() as db:
            due = await schedules.due(db, now, AT_ONCE)
            ending = await discussions.closing_or_reminding(db, now, AT_ONCE)
            looks = await follow_ups.due(db, now, AT_ONCE)
        later = now + ASIDE
        for schedule in due:
            await self._alone(self._of_schedule(schedule, now, later))
        for discussion in ending:
            await self._alone(_of_discussion(discussion, now, later))
        for one in looks:
            await self._alone(self._of_follow_up(one, now, later))

    def _of_schedule(self, schedule: Schedule, now: datetime, later: datetime) -> Job:
        async def work(db: Connection, found: Receipts) -> None:
            await occurring.occur(db, [schedule], self._packs, now, found)

        async def set_aside(db: Connection) -> None:
            await schedules.keep(db, replace(schedule, next_at=later))

        name = f"the next post of {schedule.name}"
        return Job(schedule.course_id, name, name, work, set_aside)

    def _of_follow_up(self, one: FollowUpState, now: datetime, later: datetime) -> Job:
        async def work(db: Connection, _: Receipts) -> None:
            await following.look(db, one, now, behind=self._behind())

        async def set_aside(db: Connection) -> None:
            await follow_ups.look_again(db, one, later)

        mark = f"follow-up {one.key} of {one.discussion_id}"
        return Job(one.course_id, mark, "a follow-up of a discussion", work, set_aside)

    async def _alone(self, job: Job) -> None:
        """Do one thing in a transaction of its own; where that fails, set it aside, and tell staff
        the first time."""
        now, which = self._clock.now(), (job.course, job.mark)

        async def whole(db: Connection) -> None:
            found = Receipts()
            await job.work(db, found)
            await found.keep(db, now)

        try:
            await self._database.write(whole)
        except StorageError:
            raise
        except Exception as problem:
            failure = self._log("do one thing that is due", problem)

            async def aside(db: Connection) -> None:
                await job.set_aside(db)
                if which not in self._aside:
                    await _note_failure(db, job, failure, now)

            await self._database.write(aside)
            self._aside.add(which)
        else:
            self._aside.discard(which)

    def _log(self, doing: str, problem: Exception) -> str:
        """The short id under which it is logged."""
        failure = self._new_id()
        about = {"doing": doing, "failure": failure}
        log.error("the agenda failed", exc_info=problem, extra=about)
        return failure

    async def _heed_answers(self) -> None:
        """Look at the follow-ups that wait for replies: where some came, and at those that are new
        here, since replies may have come before."""
        answered, self._answered = self._answered, set()
        try:
            async with self._database.read() as db:
                waiting = defaultdict(list)
                for one in await follow_ups.waiting_for_replies(db):
                    waiting[one.discussion_id].append(one)
            before, self._waiting = self._waiting, set(waiting)
            new = self._waiting if answered is None else self._waiting - before
            async with self._database.read() as db:  # from now on it is told of replies to them
                wanted = await follow_ups.replied_to(db, new)
            wanted |= (answered or set()) & self._waiting
            for id_ in sorted(wanted):
                await self._database.write(partial(self._look_at, waiting[id_]))
                self._owed()
        except BaseException:
            self._answered = None  # all are looked at again
            raise

    async def _look_at(self, ones: Sequence[FollowUpState], db: Connection) -> None:
        for one in ones:
            await following.look(db, one, self._clock.now(), behind=self._behind())

    async def _until_next(self) -> float:
        """Seconds to sleep."""
        async with self._database.read() as db:
            at = await _next(db)
        if self._answered or self._answered is None:
            return 0.0
        if at is None:
            return LONGEST_SLEEP
        return max(0.05, min(LONGEST_SLEEP, (at - self._clock.now()).total_seconds()))


def _of_discussion(discussion: Discussion, now: datetime, later: datetime) -> Job:
    async def work(db: Connection, found: Receipts) -> None:
        await closing.close_or_remind(db, discussion, now, found)

    async def set_aside(db: Connection) -> None:
        await closing.put_off(db, discussion, later)

    what = f"closing {discussion.name}, or reminding of it,"
    return Job(discussion.course_id, what, what, work, set_aside)


async def _note_failure(db: Connection, job: Job, failure: str, now: datetime) -> None:
    """Staff hear of what is put off; a course without a channel has nobody to tell."""
    found = Receipts()
    for channel in (await courses.channels_of(db, job.course))[:1]:
        minutes = ASIDE // timedelta(minutes=1)
        found.note(
            channel,
            f"{job.name[0].upper()}{job.name[1:]} failed and was logged as {failure}. It is tried"
            f" again every {minutes} minutes; the rest goes on.",
        )
    await found.keep(db, now)


async def _next(db: Connection) -> datetime | None:
    """The next instant at which anything is due."""
    found = (
        await schedules.next_due(db),
        await discussions.next_closing_or_reminding(db),
        await follow_ups.next_due(db),
    )
    return min((moment for moment in found if moment is not None), default=None)
