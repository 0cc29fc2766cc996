"""Telling a course's staff what they must know: in their channel, else each privately."""

import logging
from collections.abc import Mapping, Sequence

from bot.core import undelivered
from bot.core.cards import Card, text
from bot.core.events import Place
from bot.core.ports import Clock, Platform
from bot.core.telling import post_notice, tell
from storage import courses, discussions, members
from storage.database import Database
from storage.ids import CourseId, Space
from storage.rows import Channel, Send

log = logging.getLogger(__name__)


WHAT = {"update": "new text", "closing": "summary"}
"""What people call a send, where it isn't what its kind is called."""


class StaffNotices:
    """Tells a course's instructors and assistants, in whichever space each of them is."""

    def __init__(self, database: Database, clock: Clock, platforms: Mapping[str, Platform]) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms

    async def tell(self, course: CourseId, place: Place, card: Card) -> None:
        """Post it in their channel; where a space has none, or it can't be posted, tell each of
        them there. Who can't be reached reads it with their next command, and doesn't keep it from
        the others.

        `place` is what it is about; those of another space are told in the course's channel there.
        """
        async with self._database.read() as db:
            staff = await members.staff_accounts(db, course)
            channels = await courses.channels_of(db, course)
            rooms = await courses.channels_of(db, course, "staff")
        informed = await self._post(rooms, card)
        everywhere = [*rooms, *reversed(channels)]
        places = {c.space: Place(c.space, c.ref) for c in everywhere} | {place.space: place}
        for space, person in staff:
            if space in places and space.platform in self._platforms and space not in informed:
                platform, now = self._platforms[space.platform], self._clock.now()
                if not await tell(platform, places[space], person, card):
                    await undelivered.keep(self._database, course, space, person, card, now)

    async def _post(self, rooms: Sequence[Channel], card: Card) -> set[Space]:
        """Post it in the staff's channels; the spaces where it stands."""
        return {
            room.space
            for room in rooms
            if (platform := self._platforms.get(room.space.platform)) is not None
            and await post_notice(platform, Place(room.space, room.ref), card)
        }

    async def refused(self, send: Send, sentence: str) -> None:
        """A send, or what belongs to its message, could not be posted: say which, where and why."""
        name = await self._name(send)
        log.warning("a send was refused", extra={"send": send.id, "kind": send.kind})
        what = WHAT.get(send.kind, send.kind)
        if send.message is not None:
            await self._tell_refusal(
                send,
                f"{name} is not complete",
                f"The {what} of {name} stands in #{send.channel.name} without its thread, or"
                f" without the rest of a long text: {sentence}",
            )
            return
        await self._tell_refusal(
            send,
            f"The {what} of {name} could not be posted",
            f"The {what} of {name} is not in #{send.channel.name}: {sentence}",
        )

    async def not_set_open(self, send: Send, sentence: str) -> None:
        """A thread could not be opened or closed to writing: say which, where and why."""
        name = await self._name(send)
        log.warning("a thread stayed as it was", extra={"send": send.id, "kind": send.kind})
        await self._tell_refusal(
            send,
            f"The thread of {name} stayed as it was",
            f"In #{send.channel.name} everybody can write in it, or nobody, as before; what counts"
            f" does not depend on it. {sentence}",
        )

    async def not_notified(self, send: Send, sentence: str) -> None:
        """A prompt was posted, and the role that was to be notified was not: say where and why."""
        name = await self._name(send)
        log.warning("nobody was notified", extra={"send": send.id, "kind": send.kind})
        await self._tell_refusal(
            send,
            f"Nobody was notified of {name}",
            f"{name} is posted in #{send.channel.name}, and nobody was notified: {sentence}",
        )

    async def _name(self, send: Send) -> str:
        async with self._database.read() as db:
            found = await discussions.discussion_by_id(db, send.course_id, send.discussion_id)
        return found.name

    async def _tell_refusal(self, send: Send, title: str, sentence: str) -> None:
        card = Card(title, (text(sentence),), tone="refusal")
        await self.tell(send.course_id, Place(send.channel.space, send.channel.ref), card)
