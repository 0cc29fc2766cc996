"""Writes an archive's messages, a group at a time, in the tables that live courses have, so that
the same figures are made of them; what it all is, archives.py says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.archived import (
    AccountRef,
    ArchivedChannel,
    ArchivedMessage,
    ChannelRef,
    MessageRef,
    Person,
    ThreadRef,
)
from bot.core.evidence import named_in
from storage import archives, courses, discussions, members, messages
from storage.database import Connection
from storage.ids import (
    AccountId,
    ChannelId,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    SpaceId,
)
from storage.instants import to_micros
from storage.messages import Rows
from storage.rows import AT_TOP, IN_CHAIN, IN_THREAD

PROMPT = "archive"
"""What stands as the prompt of an archive's discussions."""

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when an archive's people belong to its course: nobody knows, and so from the first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many messages were new, changed, or stood there already."""

    new: int
    changed: int
    known: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A channel; the thread that stands for what is in none; the discussions by their threads; and
    the messages that can be answered, by what the archive calls them."""

    channel: ChannelId
    outside: ThreadRef
    discussions: Mapping[ThreadRef, DiscussionId]
    answered: Mapping[MessageRef, MessageId]


class ArchiveWriter:
    """Everybody of the course in memory; of messages and threads only what is being written."""

    def __init__(self, course: CourseId, space: SpaceId, now: datetime) -> None:
        self._course, self._space, self._now = course, space, now
        self._received = to_micros(now)
        self._people: dict[AccountRef, tuple[AccountId, MemberId]] = {}
        self._names: dict[AccountRef, str] = {}
        self._channels: dict[ChannelRef, ChannelId] = {}

    @property
    def people(self) -> int:
        return len(self._people)

    async def load(self, db: Connection) -> None:
        """What an earlier import has left."""
        for ref, (account, member, name) in (
            await archives.people_of(db, self._course, self._space)
        ).items():
            self._people[ref] = (account, member)
            self._names[ref] = name
        self._channels = {
            channel.ref: channel.id
            for channel in await courses.channels_of(db, self._course)
            if channel.space_id == self._space
        }

    async def meet(self, db: Connection, people: Iterable[Person]) -> None:
        """See that these are in the course, under the names they have now."""
        new: dict[AccountRef, str] = {}
        for person in people:
            if person.ref not in self._people:
                new[person.ref] = person.name
            elif person.name not in (self._names[person.ref], person.ref):
                await members.rename(db, self._people[person.ref][0], person.name, self._now)
                self._names[person.ref] = person.name
        made = await archives.enrol(db, self._course, self._space, new, ALWAYS, self._now)
        self._people |= made
        self._names |= new

    async def write(
        self, db: Connection, rows: Sequence[ArchivedMessage], files: Sequence[str]
    ) -> Outcome:
        """Keep these messages, and note that these files are whole by now."""
        await self.meet(db, self._strangers(rows))
        by_channel: dict[ChannelRef, dict[MessageRef, ArchivedMessage]] = defaultdict(dict)
        channels: dict[ChannelRef, ArchivedChannel] = {}
        for row in rows:
            channels[row.channel.ref] = row.channel
            standing = by_channel[row.channel.ref]
            before = standing.get(row.ref)
            if before is None or _is_newer(row, before.deleted, before.edited_at):
                standing[row.ref] = row
        made = Rows()
        changed = 0
        for ref, chosen in by_channel.items():
            in_order = sorted(chosen.values(), key=_in_time)
            changed += await self._keep(db, channels[ref], in_order, made)
        await messages.add(db, made)
        await archives.note_files(db, self._course, files, self._now)
        kept = len(made.messages)
        return Outcome(kept - changed, changed, len(rows) - kept)

    def _strangers(self, rows: Iterable[ArchivedMessage]) -> list[Person]:
        """Who wrote, is mentioned or reacted, and is not in the course yet."""
        found: dict[AccountRef, Person] = {}
        known = self._people
        for row in rows:
            author = row.author
            if author is not None and (
                author.ref not in known or self._names[author.ref] == author.ref != author.name
            ):
                found[author.ref] = author  # also whom a mention had named by the id alone
            for person in row.mentions:
                if person.ref not in known:
                    found.setdefault(person.ref, person)
            for person, _ in row.reactions:
                if person.ref not in known:
                    found.setdefault(person.ref, person)
        return list(found.values())

    async def _channel(self, db: Connection, channel: ArchivedChannel) -> ChannelId:
        known = self._channels.get(channel.ref)
        if known is None:
            known = self._channels[channel.ref] = await courses.bind_channel(
                db,
                self._course,
                self._space,
                channel.ref,
                name=channel.name,
                kind="class",
                now=self._now,
            )
        return known

    async def _keep(
        self,
        db: Connection,
        channel: ArchivedChannel,
        rows: Sequence[ArchivedMessage],
        made: Rows,
    ) -> int:
        """Make rows of the messages of one channel that are new, or newer than what stands there;
        how many of them are to stand in the place of another."""
        channel_id = await self._channel(db, channel)
        refs = {row.ref for row in rows} | {row.reply_to for row in rows if row.reply_to}
        known = await archives.known(db, channel_id, refs)
        wanted = [
            row
            for row in rows
            if (stands := known.get(row.ref)) is None
            or _is_newer(row, stands.deleted, stands.edited_at)
        ]
        if not wanted:
            return 0
        threads = await self._threads(db, channel, channel_id, wanted)
        replaced = {row.ref: known[row.ref].id for row in wanted if row.ref in known}
        await archives.forget(db, channel_id, replaced.values())
        fresh = map(MessageId, await messages.reserve_ids(db, len(wanted) - len(replaced)))
        ids = [replaced.get(row.ref) or next(fresh) for row in wanted]
        answered = {ref: stands.id for ref, stands in known.items() if stands.counts}
        for id_, row in zip(ids, wanted, strict=True):
            if row.author is not None:
                answered[row.ref] = id_
            else:
                answered.pop(row.ref, None)
        place = _Place(channel_id, ThreadRef(channel.ref), threads, answered)
        self._add(made, zip(ids, wanted, strict=True), place)
        return len(replaced)

    async def _threads(
        self,
        db: Connection,
        channel: ArchivedChannel,
        channel_id: ChannelId,
        rows: Iterable[ArchivedMessage],
    ) -> Mapping[ThreadRef, DiscussionId]:
        """The discussions of these messages: each thread's, and the channel's own."""
        first: dict[ThreadRef, int] = {}
        own = ThreadRef(channel.ref)
        for row in rows:
            first.setdefault(row.thread or own, row.sent_at)
        found = await discussions.placements_in(db, [channel_id], first)
        known = {thread: discussion for _, discussion, _, thread in found}
        new = {thread: at for thread, at in first.items() if thread not in known}
        for outside in (True, False):
            opened = {thread: at for thread, at in new.items() if (thread == own) is outside}
            title = f"#{channel.name}" if outside else f"A thread in #{channel.name}"
            known |= await archives.open_threads(
                db, self._course, channel_id, opened, _content(title), PROMPT
            )
        return known

    def _add(
        self, made: Rows, rows: Iterable[tuple[MessageId, ArchivedMessage]], place: _Place
    ) -> None:
        """The rows of messages, and of what belongs to them."""
        people, received = self._people, self._received
        channel, outside = place.channel, place.outside
        discussions_, answered = place.discussions, place.answered
        for id_, row in rows:
            (_, ref, sent_at, author, thread, reply_to, answers, edited_at, deleted, text,
             measure, mentions, attachments, reactions) = row  # fmt: skip
            account, member = (None, None) if author is None else people[author.ref]
            stands = AT_TOP if not answers else IN_CHAIN
            made.messages.append(
                (
                    id_, channel, ref, thread, reply_to, discussions_[thread or outside],
                    account, member, answered.get(reply_to) if reply_to else None,
                    IN_THREAD if thread is not None and str(thread) != ref else stands,
                    None if author is None else "student",
                    sent_at, edited_at, sent_at if deleted else None, received, *measure,
                    attachments,
                )
            )  # fmt: skip
            if text:
                made.texts.append((id_, text))
                for name in named_in(text):
                    made.evidence.append((id_, name))
            for position, person in enumerate(mentions):
                made.mentions.append((id_, people[person.ref][0], position))
            for person, emoji in reactions:
                made.reactions.append((id_, people[person.ref][0], emoji, True, sent_at))


def _is_newer(row: ArchivedMessage, deleted: bool, edited_at: int | None) -> bool:
    """Whether a copy of a message is to stand in the place of another."""
    if deleted or row.deleted:
        return row.deleted and not deleted
    return row.edited_at is not None and (edited_at is None or row.edited_at > edited_at)


def _in_time(row: ArchivedMessage) -> tuple[int, int, str]:
    return row.sent_at, len(row.ref), row.ref


def _content(title: str) -> Mapping[str, object]:
    """A discussion's prompt: there was none that we knew of."""
    return {"title": title, "text": "", "sides": [], "tags": [], "facts": []}
