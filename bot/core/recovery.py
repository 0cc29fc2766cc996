"""After a restart or a reconnect: what happened in the channels while the bot wasn't listening.

Each discussion that is open, or was until lately, is read again whole, a page at a time. What the
platform has and we don't is taken in; what we have and the platform doesn't was deleted there. What
can't be read is left as it is, and said.
"""

import asyncio
import logging
from array import array
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core import channel_changes
from bot.core.cards import Card, text
from bot.core.deciding import Taken
from bot.core.events import (
    ChannelChanged,
    Event,
    MessageDeleted,
    MessageEdited,
    Person,
    Place,
    ReactionChanged,
)
from bot.core.intake import Intake
from bot.core.ports import Clock, Platform, SeenMessage, SendRefused
from bot.core.progress import Progress
from bot.core.staff import StaffNotices
from storage import courses, discussions, messages, replies
from storage.database import Connection, Database
from storage.ids import AccountRef, ChannelId, CourseId, MessageId, MessageRef
from storage.messages import MessageState
from storage.rows import Channel, Placement

log = logging.getLogger(__name__)

AWAY = "While the bot was away"
CHANGED = "Something changed in the channel"
AT_ONCE = 500
"""Messages of one page, and events taken in together."""

LATELY = timedelta(days=14)
"""How long after its end a discussion is still read again. What was written in it may be deleted or
corrected while it is being reported on and graded, and that must be learned; but a restart late in
a term must not read the whole term again."""

LONGEST_BEHIND = timedelta(minutes=15)
"""How long a summary waits for its platform to be read again: some are read very slowly."""

Page = Mapping[MessageRef, SeenMessage]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What reading a discussion again brought to light; `problem` where it couldn't be read, or
    not to its end."""

    discussion: str
    new: int = 0
    edited: int = 0
    deleted: int = 0
    reactions: int = 0
    problem: str | None = None

    @property
    def sentence(self) -> str:
        if self.problem is not None and not self.found:
            return f"{self.discussion} could not be read again: {self.problem}"
        if self.problem is not None:
            return (
                f"{self.discussion} could not be read again to its end: {self.problem} Until then:"
                f" {self.new} new and {self.edited} edited messages, {self.reactions} changed"
                " reactions."
            )
        return (
            f"{self.discussion}: {self.new} new, {self.edited} edited and {self.deleted} deleted"
            f" messages, {self.reactions} changed reactions."
        )

    @property
    def found(self) -> int:
        return self.new + self.edited + self.deleted + self.reactions

    @property
    def worth_telling(self) -> bool:
        return self.problem is not None or self.found > 0


class Recovery:
    """Reads discussions again, through the platforms' own history."""

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
        self._expected: dict[str, datetime] = {}  # platforms to be read again since the start

    def expect(self, platforms: Iterable[str]) -> None:
        """These will be read again: until then what was written while the bot was away is not
        known."""
        now = self._clock.now()
        self._expected = dict.fromkeys(platforms, now)

    def is_behind(self, platform: str | None = None) -> bool:
        """Whether a platform, or any, is yet to be read again; not for ever."""
        since = self._clock.now() - LONGEST_BEHIND
        awaited = {name for name, at in self._expected.items() if at > since}
        return bool(awaited) if platform is None else platform in awaited

    async def recover(self, platform: str) -> list[Receipt]:
        """Read every discussion of a platform again that is open or ended lately; staff are told
        what was found."""
        try:
            return await self._recover(platform)
        finally:
            self._expected.pop(platform, None)

    async def _recover(self, platform: str) -> list[Receipt]:
        if (running := self._platforms.get(platform)) is not None:
            await channel_changes.look(self._database, running, self._clock.now())
        since = self._clock.now() - LATELY
        async with self._database.read() as db:
            ours = [
                placement
                for course in await courses.all_courses(db)
                if course.archived_at is None or course.archived_at >= since
                for placement in await self._placements(db, course.id, since)
                if placement.channel.space.platform == platform
            ]
        return await self._read_all(ours, AWAY)

    async def reread(self, place: Place) -> list[Receipt]:
        """Read the discussions of a channel again, or of one thread of it, whenever they ended:
        something changed there of which the platform doesn't say enough."""
        async with self._database.read() as db:
            channel = await courses.channel_at(db, place.space, place.channel)
            if channel is None:
                return []
            ours = [
                placement
                for placement in await self._placements(db, channel.course_id)
                if placement.channel.id == channel.id and place.thread in (None, placement.thread)
            ]
        return await self._read_all(ours, CHANGED)

    async def take_in(self, change: ChannelChanged) -> None:
        """Keep a channel's new name or id; returns when it is durable. Raises StorageError."""
        await channel_changes.take_in(self._database, change)

    async def tell_of(self, change: ChannelChanged) -> None:
        """Tell staff what they have to know of what became of a channel."""
        found = await channel_changes.notice(self._database, change)
        if found is not None:
            channel, card = found
            await self._staff.tell(channel.course_id, Place(channel.space, channel.ref), card)

    async def _placements(
        self, db: Connection, course: CourseId, since: datetime | None = None
    ) -> list[Placement]:
        """Where the course's discussions stand that are not withdrawn; of those that ended, the
        ones open since then."""
        wanted = {
            d.id
            for d in await discussions.discussions_of(db, course)
            if d.withdrawn_at is None and (since is None or d.open_since(since))
        }
        placements = await discussions.placements_of(db, course)
        return [placement for placement in placements if placement.discussion_id in wanted]

    async def read_again(self, placement: Placement) -> Receipt:
        """Read one discussion's thread and what its channel holds since; tell staff what came."""
        (receipt,) = await self._read_all([placement], AWAY)
        return receipt

    async def _read_all(self, placements: Sequence[Placement], title: str) -> list[Receipt]:
        """Read these again, channel by channel; staff are told once for each channel, under the
        title."""
        by_channel: dict[ChannelId, list[Placement]] = {}
        for placement in placements:
            by_channel.setdefault(placement.channel.id, []).append(placement)
        ordered = [placement for here in by_channel.values() for placement in here]
        progress = Progress(self._clock, ordered, self._staff.tell)
        receipts = []
        for here in by_channel.values():
            read = [await self._read(placement, progress) for placement in here]
            awaited = here[0].channel.course_id in progress.told  # they hear it whatever it is
            await self._tell(
                here[0].channel, title, [one for one in read if awaited or one.worth_telling]
            )
            receipts += read
        return receipts

    async def _read(self, placement: Placement, progress: Progress) -> Receipt:
        course = placement.channel.course_id
        async with self._database.read() as db:
            discussion = await discussions.discussion_by_id(db, course, placement.discussion_id)
        receipt = await self._reconcile(placement, discussion.name, progress)
        progress.done(placement)
        log.info(
            "a discussion was read again",
            extra={"course": course, "new": receipt.new, "deleted": receipt.deleted},
        )
        return receipt

    async def _tell(self, channel: Channel, title: str, receipts: Sequence[Receipt]) -> None:
        if receipts:
            lines = tuple(text(receipt.sentence) for receipt in receipts)
            place = Place(channel.space, channel.ref)
            await self._staff.tell(channel.course_id, place, Card(title, lines))

    async def _reconcile(self, placement: Placement, name: str, progress: Progress) -> Receipt:
        """Page by page: of a whole history no more is held than one page, and of what is known
        which of it has been met. Where it breaks off, the pages read until then have been taken in,
        and stay, since they are true; nothing is taken for deleted.
        """
        channel = placement.channel
        # What is known is read before the platform's history: what comes in meanwhile is then in
        # the history too, and never taken for deleted; a reaction that changes meanwhile is later.
        began = self._clock.now()
        async with self._database.read() as db:
            standing = Standing(await messages.standing_in(db, channel.id, placement.discussion_id))
        found = Receipt(name)
        try:
            async for page in self._pages(placement, progress):
                found = await self._take_page(placement, page, standing, began, found)
        except SendRefused as refusal:
            return replace(found, problem=refusal.sentence)
        return replace(found, deleted=await self._delete(placement, standing.unmet()))

    async def _pages(self, placement: Placement, progress: Progress) -> AsyncIterator[Page]:
        """What stands in the thread, and in the channel since the post. Each page is empty again
        once the next one is asked for. Raises SendRefused."""
        channel = placement.channel
        platform = self._platforms[channel.space.platform]
        page: dict[MessageRef, SeenMessage] = {}
        for place in (
            Place(channel.space, channel.ref, placement.thread),
            Place(channel.space, channel.ref),
        ):
            async for message in platform.history(place, placement.posted_at):
                page[message.posted.message] = message
                await progress.read(placement)
                if len(page) == AT_ONCE:
                    yield page
                    page.clear()
        if page:
            yield page

    async def _take_page(
        self,
        placement: Placement,
        page: Page,
        standing: "Standing",
        began: datetime,
        found: Receipt,
    ) -> Receipt:
        """Take in what a page shows that isn't known; `found` and what this brought to light."""
        channel, discussion = placement.channel.id, placement.discussion_id
        async with self._database.read() as db:
            kept = await messages.known_in(db, channel, discussion, page)
            marks = await replies.standing_reactions(db, channel, discussion, page)
        standing.meet(state.id for state in kept)
        known = {state.ref: state for state in kept}
        written = [event for message in page.values() for event in _written(message, known)]
        changed = _reactions(page, known, marks, began)
        # What is not the discussion's, or came after its course had ended, is none of its news.
        ours = [
            event.message
            for event, taken in zip(written, await self._take(written), strict=True)
            if taken.discussion_id == discussion
        ]
        marked = [t for t in await self._take(changed) if t.discussion_id == discussion]
        # What is known only by an edit or a reaction is new, once it is known who wrote it.
        new = sum(ref not in known or known[ref].account_id is None for ref in ours)
        return replace(
            found,
            new=found.new + new,
            edited=found.edited + len(ours) - new,
            reactions=found.reactions + len(marked),
        )

    async def _delete(self, placement: Placement, gone: Sequence[MessageId]) -> int:
        """Take in that these messages of the discussion are no longer there; says how many of them
        had been somebody's."""
        channel, many = placement.channel, 0
        for start in range(0, len(gone), AT_ONCE):
            part = gone[start : start + AT_ONCE]
            async with self._database.read() as db:
                kept = await messages.with_ids(db, channel.id, part)
            many += sum(state.account_id is not None for state in kept)
            at = self._clock.now()
            await self._take(
                [
                    MessageDeleted(Place(channel.space, channel.ref, state.thread), state.ref, at)
                    for state in kept
                ]
            )
        return many

    async def _take(self, events: Sequence[Event]) -> list[Taken]:
        """Take them in, a page's worth at once."""
        taken: list[Taken] = []
        for start in range(0, len(events), AT_ONCE):
            part = events[start : start + AT_ONCE]
            taken += await asyncio.gather(*(self._intake.take_in(event) for event in part))
        return taken


class Standing:
    """Which messages stood on record, and which of them a history has shown: nine bytes each."""

    def __init__(self, ids: "array[int]") -> None:
        self._ids = ids  # in their order
        self._met = bytearray(len(ids))

    def meet(self, ids: Iterable[MessageId]) -> None:
        for id_ in ids:
            at = bisect_left(self._ids, id_)
            if at < len(self._ids) and self._ids[at] == id_:
                self._met[at] = True

    def unmet(self) -> list[MessageId]:
        return [MessageId(id_) for id_, met in zip(self._ids, self._met, strict=True) if not met]


def _reactions(
    page: Page,
    known: Mapping[MessageRef, MessageState],
    marks: set[tuple[MessageRef, AccountRef, str]],
    at: datetime,
) -> list[Event]:
    """How the reactions that a page shows differ from the `marks` that stand on record."""
    people: dict[AccountRef, Person] = {}
    there = set()
    for ref, message in page.items():
        for person, emoji in message.reactions:
            if not person.automated:
                people[person.ref] = person
                there.add((ref, person.ref, emoji))
    events: list[Event] = [
        ReactionChanged(page[ref].posted.place, ref, people[who], emoji, True, at)
        for ref, who, emoji in sorted(there - marks)
        if page[ref].posted.place.thread is not None or ref in known
    ]
    events += [
        ReactionChanged(
            page[ref].posted.place, ref, people.get(who) or Person(who, ""), emoji, False, at
        )
        for ref, who, emoji in sorted(marks - there)
    ]
    return events


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
