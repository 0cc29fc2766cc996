"""What people are told about what is kept, and letting go of what is kept no longer."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core import undelivered
from bot.core.cards import Block, Card, Code, Divider, text
from bot.core.commands import Answer, Role
from bot.core.events import Person, Place
from bot.core.evidence import links_of
from bot.core.intake import HOLD
from bot.core.ports import Clock, Platform
from bot.core.telling import tell
from storage import courses, members, messages, notices, schedules
from storage.database import Connection, Database
from storage.errors import StorageError
from storage.ids import CourseId, MemberId
from storage.rows import Course

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.dispatch import Call
    from bot.core.loaded_packs import LoadedPack

__all__ = ["Connection", "Notices", "forget_what_is_due", "notice", "with_notice"]

log = logging.getLogger(__name__)


def notice(course: Course) -> tuple[Block, ...]:
    """What a student is told once: what is recorded, who sees it, for how long."""
    kept = (
        f"for {course.keep_text_days} days"
        if course.keep_text_days is not None
        else "until the course's staff set an end to it"
    )
    return (
        text(
            "Before you go on: in this course's discussions I record what you write (its text is"
            f" kept {kept}), when, whom you answer, reactions, and the side you take. The"
            " course's instructors and assistants see it in reports; your classmates see nothing"
            " beyond what stands in the channel. Nobody is ranked."
        ),
        text("To see what is recorded about you, use ", Code("/participation me"), "."),
    )


async def with_notice(call: "Call", answer: Answer) -> Answer:
    """The answer, with the notice under it at a student's first contact."""
    member = call.member_or_none
    if member is None or member.informed_at is not None or call.role is not Role.STUDENT:
        return answer
    if member.id in call.services.informed:
        return answer
    call.services.informed.add(member.id)
    try:
        await call.services.database.write(
            lambda db: members.mark_informed(db, member.course_id, member.id, call.now)
        )
    except StorageError:
        # What the command did is done: it is answered, and the notice given once more later.
        call.services.informed.discard(member.id)
        log.warning("a first notice could not be noted", extra={"member": member.id})
    blocks = (*answer.card.blocks, Divider(), *notice(call.course))
    return replace(answer, card=replace(answer.card, blocks=blocks))


PROPOSED = timedelta(days=1)
"""How long a schedule waits to be confirmed."""


class Notices:
    """Tells students who are first met by a reply or a reaction, privately and once.

    They are noted as told after the platform took it: a crash in between tells them twice, and
    never not at all. What a platform refuses is told with their next command.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: "Mapping[str, Platform]",
        informed: set[object],
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._informed = informed
        self._under_way: set[asyncio.Task[None]] = set()

    async def reached(
        self, place: Place, person: Person, course: CourseId, member: MemberId
    ) -> None:
        """A member has written or reacted in a discussion; the telling goes on by itself."""
        if member not in self._informed:
            self._informed.add(member)
            task = asyncio.create_task(self._tell(place, person, course, member))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def drain(self) -> None:
        """Wait until everybody who is being told has been."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _tell(self, place: Place, person: Person, course: CourseId, member: MemberId) -> None:
        told = False
        try:
            told = await self._told(place, person, course)
        except StorageError:
            log.warning("a first notice could not be noted", extra={"member": member})
        finally:
            if not told:
                self._informed.discard(member)  # they are told at the next contact

    async def _told(self, place: Place, person: Person, course_id: CourseId) -> bool:
        """Whether the person has been told, now or before; staff need not be."""
        async with self._database.read() as db:
            course = await courses.course(db, course_id)
            member = await members.member_at(db, course_id, place.space, person.ref)
        if member is None or member.role != Role.STUDENT.word:
            return False
        if member.informed_at is None:
            card = Card(title=f"Welcome to {course.title}", blocks=notice(course))
            platform = self._platforms[place.space.platform]
            if not await tell(platform, place, person.ref, card):
                return False
            id_, now = member.id, self._clock.now()
            await self._database.write(
                lambda db: members.mark_informed(db, course_id, id_, now)
            )  # fmt: skip
        return True


async def forget_what_is_due(
    database: Database, now: datetime, packs: "Mapping[str, LoadedPack]"
) -> None:
    """Remove texts older than their course keeps them, and what was held or kept in vain."""

    async def work(db: Connection) -> None:
        await messages.forget_held(db, now - HOLD)
        await notices.forget(db, now - undelivered.KEPT)
        await schedules.forget_proposals(db, now - PROPOSED)
        for course in await courses.all_courses(db):
            if course.keep_text_days is not None:
                before = now - timedelta(days=course.keep_text_days)
                loaded = packs.get(course.pack)
                known = links_of(loaded.pack) if loaded is not None else {}
                gone = await messages.forget_texts(db, course.id, before, known)
                log.info("texts removed", extra={"course": course.id, "texts": gone})

    await database.write(work)
