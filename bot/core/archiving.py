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
from storage.archives import Known
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
from storage.messages import MessageState, ReactionState
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


class ArchiveWriter:
    """Everybody of the course in memory; of messages and threads only what is being written."""

    def __init__(self, course: CourseId, space: SpaceId, now: datetime) -> None:
        self._course, self._space, self._now = course, space, now
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
        changed: list[tuple[ArchivedMessage, MessageState]] = []
        for ref, chosen in by_channel.items():
            channel_id = await self._channel(db, channels[ref])
            in_order = sorted(chosen.values(), key=_in_time)
            changed += await self._states(db, channels[ref], channel_id, in_order)
        await self._number(db, [state for _, state in changed if state.new])
        await messages.save(db, [state for _, state in changed])
        await self._save_reactions(db, changed)
        await archives.note_files(db, self._course, files, self._now)
        new = sum(state.new for _, state in changed)
        return Outcome(new, len(changed) - new, len(rows) - len(changed))

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

    async def _states(
        self,
        db: Connection,
        channel: ArchivedChannel,
        channel_id: ChannelId,
        rows: Sequence[ArchivedMessage],
    ) -> list[tuple[ArchivedMessage, MessageState]]:
        """The messages of one channel that are new, or newer than what stands there."""
        refs = {row.ref for row in rows} | {row.reply_to for row in rows if row.reply_to}
        known = await archives.known(db, channel_id, refs)
        wanted = [
            row
            for row in rows
            if (stands := known.get(row.ref)) is None
            or _is_newer(row, stands.deleted_at is not None, stands.edited_at)
        ]
        if not wanted:
            return []
        threads = await self._threads(db, channel, channel_id, wanted)
        kept = {
            state.ref: state
            for state in await messages.with_ids(
                db, channel_id, [known[row.ref].id for row in wanted if row.ref in known]
            )
        }
        made = []
        for row in wanted:
            state = kept.get(row.ref)
            if state is None:
                state = MessageState(MessageId(0), channel_id, row.ref, self._now, new=True)
                state.discussion_id = threads[row.thread or ThreadRef(channel.ref)]
                state.thread = row.thread
            self._fill(state, row, known)
            made.append((row, state))
        return made

    async def _threads(
        self,
        db: Connection,
        channel: ArchivedChannel,
        channel_id: ChannelId,
        rows: Iterable[ArchivedMessage],
    ) -> Mapping[ThreadRef, DiscussionId]:
        """The discussions of these messages: each thread's, and the channel's own."""
        first: dict[ThreadRef, datetime] = {}
        for row in rows:
            first.setdefault(row.thread or ThreadRef(channel.ref), row.sent_at)
        found = await discussions.placements_in(db, [channel_id], first)
        known = {thread: discussion for _, discussion, _, thread in found}
        new = {thread: at for thread, at in first.items() if thread not in known}
        own = ThreadRef(channel.ref)
        for outside in (True, False):
            opened = {thread: at for thread, at in new.items() if (thread == own) is outside}
            title = f"#{channel.name}" if outside else f"A thread in #{channel.name}"
            known |= await archives.open_threads(
                db, self._course, channel_id, opened, _content(title), PROMPT
            )
        return known

    def _fill(
        self, state: MessageState, row: ArchivedMessage, known: Mapping[MessageRef, Known]
    ) -> None:
        """Make the state say what the archive's message does."""
        state.changed = state.text_changed = True
        state.reply_to, state.sent_at, state.edited_at = row.reply_to, row.sent_at, row.edited_at
        state.parent_by = _stands(row)
        parent = None if row.reply_to is None else known.get(row.reply_to)
        counts = parent is not None and parent.member_id is not None
        state.parent_id = parent.id if parent is not None and counts else None
        if row.author is None:
            state.account_id = state.member_id = state.role = state.text = None
            state.deleted_at = row.sent_at if row.deleted else None
            state.words = state.words_raw = state.characters = state.attachments = 0
            state.mentioned, state.evidence = (), ()
            return
        state.account_id, state.member_id = self._people[row.author.ref]
        state.role = "student"
        state.words, state.words_raw = row.measure.words, row.measure.words_raw
        state.characters = row.measure.characters
        state.attachments = row.attachments
        state.text = row.text or None
        state.mentioned = [self._people[person.ref][0] for person in row.mentions]
        state.evidence = named_in(row.text)

    async def _number(self, db: Connection, new: Sequence[MessageState]) -> None:
        """Give new messages their ids, and parents those whose parent is among them."""
        by_ref: dict[tuple[ChannelId, MessageRef], MessageState] = {}
        for state, id_ in zip(new, await messages.reserve_ids(db, len(new)), strict=True):
            state.id = MessageId(id_)
            if state.member_id is not None:
                by_ref[state.channel_id, state.ref] = state
        for state in new:
            if state.reply_to is not None and state.parent_id is None:
                parent = by_ref.get((state.channel_id, state.reply_to))
                state.parent_id = None if parent is None else parent.id

    async def _save_reactions(
        self, db: Connection, changed: Sequence[tuple[ArchivedMessage, MessageState]]
    ) -> None:
        """What stands on each message now; on an older copy there may have stood another."""
        kept = [state.id for _, state in changed if not state.new]
        before = await messages.reaction_states(db, kept) if kept else {}
        wanted: list[ReactionState] = []
        for row, state in changed:
            for person, emoji in row.reactions:
                account = self._people[person.ref][0]
                known = before.pop((state.id, account, emoji), None)
                if known is None:
                    known = ReactionState(state.id, account, emoji, True, row.sent_at, new=True)
                known.present = True
                wanted.append(known)
        for gone in before.values():
            gone.present = False
            wanted.append(gone)
        await messages.save_reactions(db, wanted)


def _is_newer(row: ArchivedMessage, deleted: bool, edited_at: datetime | None) -> bool:
    """Whether a copy of a message is to stand in the place of another."""
    if deleted or row.deleted:
        return row.deleted and not deleted
    return row.edited_at is not None and (edited_at is None or row.edited_at > edited_at)


def _stands(row: ArchivedMessage) -> str:
    """How a message stands in its channel: see storage/rows.py."""
    if row.thread is not None and str(row.thread) != row.ref:
        return IN_THREAD
    return IN_CHAIN if row.answers else AT_TOP


def _in_time(row: ArchivedMessage) -> tuple[datetime, int, str]:
    return row.sent_at, len(row.ref), row.ref


def _content(title: str) -> Mapping[str, object]:
    """A discussion's prompt: there was none that we knew of."""
    return {"title": title, "text": "", "sides": [], "tags": [], "facts": []}
