"""After a restart or a reconnect: what happened in the channels while the bot wasn't listening.

Each open discussion is read again whole. What the platform has and we don't is taken in; what we
have and the platform doesn't was deleted there. What can't be read is left as it is, and said.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.cards import Card, text
from bot.core.deciding import Taken
from bot.core.events import Event, MessageDeleted, MessageEdited, Person, Place, ReactionChanged
from bot.core.intake import Intake
from bot.core.ports import Clock, Platform, SeenMessage, SendRefused
from bot.core.staff import StaffNotices
from storage import courses, discussions, messages, replies
from storage.database import Database
from storage.ids import AccountRef, CourseId, MessageRef
from storage.messages import MessageState
from storage.rows import Placement

log = logging.getLogger(__name__)

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """What reading a discussion again brought to light; `problem` where it couldn't be read."""

    discussion: str
    new: int = 0
    edited: int = 0
    deleted: int = 0
    reactions: int = 0
    problem: str | None = None

    @property
    def sentence(self) -> str:
        if self.problem is not None:
            return f"{self.discussion} could not be read again: {self.problem}"
        return (
            f"{self.discussion}: {self.new} new, {self.edited} edited and {self.deleted} deleted"
            f" messages, {self.reactions} changed reactions."
        )

    @property
    def worth_telling(self) -> bool:
        found = self.new + self.edited + self.deleted + self.reactions
        return self.problem is not None or found > 0


class Recovery:
    """Reads open discussions again, through the platforms' own history."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        intake: Intake,
        staff: StaffNotices,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._intake = intake
        self._staff = staff

    async def recover(self, platform: str) -> list[Receipt]:
        """Read every open discussion of a platform again; staff are told what was found."""
        async with self._database.read() as db:
            all_ = [c.id for c in await courses.all_courses(db) if c.archived_at is None]
        ours = [
            placement
            for course in all_
            for placement in await self._open(course)
            if placement.channel.space.platform == platform
        ]
        return [await self.read_again(placement) for placement in ours]

    async def reread(self, place: Place) -> list[Receipt]:
        """Read the open discussions of a channel again, or of one thread of it: something changed
        there of which the platform doesn't say enough."""
        async with self._database.read() as db:
            channel = await courses.channel_at(db, place.space, place.channel)
        if channel is None:
            return []
        return [
            await self.read_again(placement)
            for placement in await self._open(channel.course_id)
            if placement.channel.id == channel.id and place.thread in (None, placement.thread)
        ]

    async def _open(self, course: CourseId) -> list[Placement]:
        """Where the course's open discussions stand."""
        async with self._database.read() as db:
            open_ = {d.id for d in await discussions.discussions_of(db, course) if d.open}
            placements = await discussions.placements_of(db, course)
        return [placement for placement in placements if placement.discussion_id in open_]

    async def read_again(self, placement: Placement) -> Receipt:
        """Read one discussion's thread and what its channel holds since; tell staff what came."""
        channel = placement.channel
        async with self._database.read() as db:
            discussion = await discussions.discussion_by_id(
                db, channel.course_id, placement.discussion_id
            )
        receipt = await self._reconcile(placement, discussion.name)
        log.info(
            "a discussion was read again",
            extra={"course": channel.course_id, "new": receipt.new, "deleted": receipt.deleted},
        )
        if receipt.worth_telling:
            card = Card("While the bot was away", (text(receipt.sentence),))
            await self._staff.tell(channel.course_id, Place(channel.space, channel.ref), card)
        return receipt

    async def _reconcile(self, placement: Placement, name: str) -> Receipt:
        channel = placement.channel
        # What is known is read before the platform's history: what comes in meanwhile is then in
        # the history too, and never taken for deleted; a reaction that changes meanwhile is later.
        began = self._clock.now()
        async with self._database.read() as db:
            kept = await messages.known_in(db, channel.id, placement.discussion_id)
            marks = await replies.standing_reactions(db, channel.id, placement.discussion_id)
        known = {state.ref: state for state in kept}
        try:
            seen = await self._seen(placement)
        except SendRefused as refusal:
            return Receipt(name, problem=refusal.sentence)
        place = Place(channel.space, channel.ref, placement.thread)
        written = [event for message in seen.values() for event in _written(message, known)]
        gone = [
            MessageDeleted(
                Place(channel.space, channel.ref, state.thread), state.ref, self._clock.now()
            )
            for state in known.values()
            if state.ref not in seen and state.deleted_at is None and state.account_id is not None
        ]
        changed = self._reactions(place, seen, known, marks, began)
        taken = await self._take(written)
        # What is known only by an edit or a reaction is new, once it is known who wrote it.
        new = {ref for ref in seen if ref not in known or known[ref].account_id is None}
        await self._take([*gone, *changed])
        return Receipt(
            name,
            new=sum(
                t.discussion_id == placement.discussion_id and event.message in new
                for event, t in zip(written, taken, strict=True)
            ),
            edited=sum(event.message not in new for event in written),
            deleted=len(gone),
            reactions=len(changed),
        )

    async def _seen(self, placement: Placement) -> dict[MessageRef, SeenMessage]:
        """What stands in the thread, and in the channel since the post."""
        channel = placement.channel
        platform = self._platforms[channel.space.platform]
        seen = {}
        for place in (
            Place(channel.space, channel.ref, placement.thread),
            Place(channel.space, channel.ref),
        ):
            async for message in platform.history(place, placement.posted_at):
                seen[message.posted.message] = message
        return seen

    def _reactions(
        self,
        place: Place,
        seen: Mapping[MessageRef, SeenMessage],
        known: Mapping[MessageRef, MessageState],
        marks: set[tuple[MessageRef, AccountRef, str]],
        at: datetime,
    ) -> list[Event]:
        people: dict[AccountRef, Person] = {}
        there = set()
        for ref, message in seen.items():
            for person, emoji in message.reactions:
                if not person.automated:
                    people[person.ref] = person
                    there.add((ref, person.ref, emoji))
        events: list[Event] = [
            ReactionChanged(seen[ref].posted.place, ref, people[who], emoji, True, at)
            for ref, who, emoji in sorted(there - marks)
            if seen[ref].posted.place.thread is not None or ref in known
        ]
        events += [
            ReactionChanged(place, ref, people.get(who) or Person(who, ""), emoji, False, at)
            for ref, who, emoji in sorted(marks - there)
            if ref in seen
        ]
        return events

    async def _take(self, events: list[Event]) -> list[Taken]:
        taken: list[Taken] = []
        for start in range(0, len(events), AT_ONCE):
            part = events[start : start + AT_ONCE]
            taken += await asyncio.gather(*(self._intake.take_in(event) for event in part))
        return taken


def _written(message: SeenMessage, known: Mapping[MessageRef, MessageState]) -> list[Event]:
    """What is new to us in a message as the platform shows it."""
    posted, state = message.posted, known.get(message.posted.message)
    if state is None or state.account_id is None:
        return [posted]
    if posted.text and not state.characters and state.deleted_at is None:
        return [posted]  # the platform withheld the text before, and shows it now
    if posted.edited_at is not None and (
        state.edited_at is None or posted.edited_at > state.edited_at
    ):
        return [
            MessageEdited(
                posted.place,
                posted.message,
                posted.edited_at,
                posted.text,
                posted.author,
                posted.reply_to,
                posted.mentions,
                posted.unspoken,
                posted.attachments,
            )
        ]
    return []
