"""One group of events being decided: what each says of its message, and where that belongs.

The end state depends on what happened and never on the order in which it was told: an edit, a
deletion or a reaction may come before its message, a response before what it responds to, a reply
before the record of the prompt.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core import roles, texts, words
from bot.core.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Place,
    ReactionChanged,
    answered_by,
    happened_at,
    people_in,
)
from storage import courses, discussions, members, messages, outbox
from storage.database import Connection
from storage.ids import (
    AccountId,
    AccountRef,
    ChannelId,
    ChannelRef,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
    Space,
)
from storage.instants import EPOCH
from storage.messages import MessageState, ReactionState
from storage.rows import BY_MENTION, Channel, Course, Placement


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event: the discussion it belongs to, if any, and the member who wrote."""

    discussion_id: DiscussionId | None = None
    course_id: CourseId | None = None
    member_id: MemberId | None = None


IGNORED = Taken()


class Deciding:
    """One group of events being decided, inside the transaction that keeps them."""

    def __init__(self, db: Connection, now: datetime) -> None:
        self._db = db
        self._now = now
        self._channels: Mapping[tuple[Space, ChannelRef], tuple[Channel, Course]] = {}
        self._courses: dict[ChannelId, CourseId] = {}
        self._by_message: dict[tuple[ChannelId, str], DiscussionId] = {}
        self._by_thread: dict[tuple[ChannelId, str], DiscussionId] = {}
        self._under_way: set[ChannelId] = set()
        self._states: dict[messages.Key, MessageState] = {}
        self._accounts: dict[tuple[Space, AccountRef], AccountId] = {}
        self._new_accounts: set[AccountId] = set()  # made just now: members of nothing yet
        self._members: dict[tuple[CourseId, AccountId], MemberId] = {}
        self._roles: dict[MemberId, Sequence[tuple[datetime, str]]] = {}
        self._hearing = roles.Hearing()
        self._reactions: dict[tuple[MessageState, AccountId, str], tuple[bool, datetime]] = {}
        self._fresh: set[messages.Key] = set()  # to be kept, and not known before
        self._touched: dict[messages.Key, MessageState] = {}
        self._written: set[MessageState] = set()  # whose author has just become known
        self._arrived: list[MessageState] = []  # newly known to be a discussion's, or somebody's
        self._placed: set[MessageId] = set()  # their reactors may not be members yet
        self._ids = iter(range(0))

    # --- what is known before -------------------------------------------------------------------

    @classmethod
    async def load(cls, db: Connection, now: datetime, events: Sequence[Event]) -> "Deciding":
        self = cls(db, now)
        places = {(event.place.space, event.place.channel) for event in events}
        self._channels = await courses.channels_at(db, places)
        here = [
            (channel.id, event)
            for event in events
            if (channel := self._channel(event.place)) is not None
        ]
        wanted: dict[ChannelId, set[MessageRef]] = {}
        placed: set[str] = set()
        for channel_id, event in here:
            refs = wanted.setdefault(channel_id, set())
            refs.add(event.message)
            placed.add(event.place.thread or event.message)
            if (answered := answered_by(event)) is not None:
                refs.add(answered)
                placed.add(answered)
        await self._load_placements(wanted, placed)
        for channel_id, refs in wanted.items():
            self._states |= await messages.states(db, channel_id, refs)
        unknown = [(id_, event) for id_, event in here if (id_, event.message) not in self._states]
        if not all(self._is_kept(event, id_) for id_, event in unknown):
            self._under_way = await outbox.under_way(db, list(wanted))
        self._fresh = {
            (id_, event.message) for id_, event in unknown if self._is_kept(event, id_)
        }  # fmt: skip
        ours = self._fresh | self._states.keys()
        await self._load_people([event for id_, event in here if (id_, event.message) in ours])
        self._hearing = await roles.Hearing.load(db, set(self._courses.values()), events)
        self._ids = iter(await messages.reserve_ids(db, len(self._fresh)))
        return self

    async def _load_placements(self, wanted: Collection[ChannelId], refs: Collection[str]) -> None:
        placed = await discussions.placements_in(self._db, wanted, refs)
        for channel_id, discussion, message, thread in placed:
            self._by_message[channel_id, message] = discussion
            self._by_thread[channel_id, thread] = discussion

    async def _load_people(self, events: Sequence[Event]) -> None:
        by_space: dict[Space, dict[AccountRef, tuple[str, datetime]]] = {}
        for event in sorted(events, key=happened_at):
            for person in people_in(event):
                # A platform may not say what somebody is called: any name is better than none.
                named = (person.name, happened_at(event) if person.name else EPOCH)
                people = by_space.setdefault(event.place.space, {})
                if person.name or person.ref not in people:
                    people[person.ref] = named
        for channel, _ in self._channels.values():
            self._courses[channel.id] = channel.course_id
            if (names := by_space.pop(channel.space, None)) is None:
                continue
            known = await members.accounts_at(self._db, channel.space_id, names)
            new = {ref: named for ref, named in names.items() if ref not in known}
            made = await members.add_accounts(self._db, channel.space_id, new)
            self._new_accounts |= set(made.values())
            for ref, (name, at) in names.items():
                self._accounts[channel.space, ref] = made[ref] if ref in made else known[ref].id
                if ref in known and known[ref].name != name and known[ref].named_at < at:
                    await members.rename(self._db, known[ref].id, name, at)
        await self._load_members(self._accounts.values())

    async def _load_members(self, accounts: Iterable[AccountId]) -> None:
        found = await members.members_by_account(self._db, set(accounts))
        self._members |= found
        self._roles |= await members.roles_of(self._db, set(found.values()))

    def _channel(self, place: Place) -> Channel | None:
        found = self._channels.get((place.space, place.channel))
        return found[0] if found is not None and found[0].kind == "class" else None

    # --- one event ------------------------------------------------------------------------------

    def fold(self, event: Event, measure: words.Measure) -> MessageState | Taken:
        """Bring one event into the state of its message; IGNORED where it is not ours to keep."""
        channel = self._channel(event.place)
        if channel is None:
            return IGNORED
        key = (channel.id, event.message)
        state = self._states.get(key)
        if self._is_after_the_end(event):
            return IGNORED
        if state is None:
            if key not in self._fresh:
                return IGNORED
            state = MessageState(
                MessageId(next(self._ids)), channel.id, event.message, self._now, new=True
            )
            self._states[key] = state
        if state.thread is None:
            state.thread = event.place.thread
        self._hearing.hear(channel, event, self._accounts)
        match event:
            case MessagePosted():
                self._fold_posted(state, event, measure)
            case MessageEdited():
                if state.edited_at is None or event.edited_at > state.edited_at:
                    state.edited_at = event.edited_at
                    self._fold_text(state, event, measure)
            case MessageDeleted():
                if state.deleted_at is None or event.deleted_at < state.deleted_at:
                    state.deleted_at = event.deleted_at
                texts.remove(state)
            case ReactionChanged():
                self._fold_reaction(state, event)
        state.changed = True
        self._touched[key] = state
        if state.reply_to is None:
            state.reply_to = answered_by(event)
        return state

    def _is_kept(self, event: Event, channel: ChannelId) -> bool:
        """Whether a message we know nothing of may be a reply, now or once more is known."""
        if (channel, event.message) in self._by_message:
            return False  # our own prompt
        if self._is_after_the_end(event):
            return False
        if event.place.thread is not None:
            if (channel, event.place.thread) in self._by_thread:
                return True
        elif isinstance(event, MessageDeleted | ReactionChanged) or event.reply_to is not None:
            return True  # it may be a response that we know only later
        return channel in self._under_way

    def _is_after_the_end(self, event: Event) -> bool:
        """Whether it happened after its course had been archived; deletions are always heeded."""
        archived_at = self._channels[event.place.space, event.place.channel][1].archived_at
        if archived_at is None or isinstance(event, MessageDeleted):
            return False
        at = event.sent_at if isinstance(event, MessagePosted) else happened_at(event)
        return at > archived_at

    def _fold_posted(
        self, state: MessageState, event: MessagePosted, measure: words.Measure
    ) -> None:
        again = state.account_id is not None
        if not again:
            self._written.add(state)
        state.account_id = self._accounts[event.place.space, event.author.ref]
        state.sent_at = event.sent_at
        if event.names_whom_it_answers:
            state.parent_by = BY_MENTION
        if event.edited_at is not None:
            withheld = event.edited_at == state.edited_at and not state.characters
            if state.edited_at is None or event.edited_at > state.edited_at or withheld:
                state.edited_at = event.edited_at
                self._fold_text(state, event, measure)
        elif state.edited_at is None and not (again and state.characters):
            # Told again, a text that the course no longer keeps does not come back.
            self._fold_text(state, event, measure)

    def _fold_text(
        self, state: MessageState, event: MessagePosted | MessageEdited, measure: words.Measure
    ) -> None:
        if state.deleted_at is not None:
            return
        mentioned = dict.fromkeys(
            self._accounts[event.place.space, person.ref]
            for person in event.mentions
            if not person.automated
        )
        texts.keep(state, event, measure, mentioned)

    def _fold_reaction(self, state: MessageState, event: ReactionChanged) -> None:
        key = (state, self._accounts[event.place.space, event.person.ref], event.emoji)
        change = (event.changed_at, event.present)
        before = self._reactions.get(key)
        if before is None or change > (before[1], before[0]):
            self._reactions[key] = (event.present, event.changed_at)

    # --- where each belongs ---------------------------------------------------------------------

    async def settle(self) -> None:
        """Find each message's discussion, parent and author's role; write it all."""
        await self._place_and_save(list(self._touched.values()))
        await self._save_reactions()

    async def _place_and_save(self, states: Sequence[MessageState]) -> None:
        for state in states:
            self._place(state)
        while self._arrived:
            await self._place_responses()
        await self._enrol()
        await messages.save(self._db, self._touched.values())

    def _place(self, state: MessageState) -> None:
        """Attach the message to its discussion and parent, as far as they are known."""
        channel, answered = state.channel_id, state.reply_to
        parent = None if answered is None else self._states.get((channel, answered))
        discussion = state.discussion_id
        if discussion is None and state.thread is not None:
            discussion = self._by_thread.get((channel, state.thread))
        elif discussion is None and answered is not None:
            discussion = self._by_message.get((channel, answered))
            if discussion is None and parent is not None:
                discussion = parent.discussion_id
        if discussion is None:
            return
        if state.discussion_id is None or state in self._written:
            self._written.discard(state)
            self._arrived.append(state)
            if not state.new:
                self._placed.add(state.id)
        state.discussion_id = discussion
        if state.parent_id is None:
            # What is known only by an edit or a reaction may be a bot's, and so nobody's reply.
            if (
                parent is not None
                and parent is not state
                and parent.account_id is not None
                and parent.discussion_id == discussion
            ):
                state.parent_id, state.parent_by = parent.id, "reference"
            elif state.parent_by != BY_MENTION:
                state.parent_by = "prompt"
        state.changed = True
        self._touched[channel, state.ref] = state

    async def _place_responses(self) -> None:
        """Place what waited for the messages that have just arrived."""
        arrived, self._arrived = self._arrived, []
        by_channel: dict[ChannelId, list[MessageRef]] = {}
        for state in arrived:
            by_channel.setdefault(state.channel_id, []).append(state.ref)
        for channel_id, refs in by_channel.items():
            for key, state in (await messages.waiting_for(self._db, channel_id, refs)).items():
                self._states.setdefault(key, state)
        fresh = {(state.channel_id, state.ref) for state in arrived}
        for state in list(self._states.values()):
            if (
                state.parent_id is None
                and state.reply_to is not None
                and (state.channel_id, state.reply_to) in fresh
            ):
                self._place(state)

    async def adopt(self, placement: Placement, held: Sequence[MessageState]) -> None:
        """Place held messages now that a discussion's post and thread are known."""
        channel = placement.channel
        self._courses[channel.id] = channel.course_id
        self._by_message[channel.id, placement.message] = placement.discussion_id
        self._by_thread[channel.id, placement.thread] = placement.discussion_id
        self._states = {
            (state.channel_id, state.ref): state for state in held if state.ref != placement.message
        }
        await self._load_members(s.account_id for s in held if s.account_id is not None)
        await self._place_and_save(list(self._states.values()))

    async def _enrol(self) -> None:
        """Give each message of a discussion its member, and the role they had when they wrote."""
        await self._load_authors()
        if changed := await self._hearing.take_in(self._db):
            self._roles |= await members.roles_of(self._db, changed)
        for state in self._touched.values():
            if state.discussion_id is None or state.account_id is None or state.sent_at is None:
                continue
            member = await self._member(state, state.account_id)
            state.member_id = member
            state.role = members.role_at(self._roles.get(member, ()), state.sent_at)
        for state, account in await self._reactors():
            if state.discussion_id is not None:
                await self._member(state, account)

    async def _reactors(self) -> list[tuple[MessageState, AccountId]]:
        """Who reacts in this group, and who had to a message that has found its place only now."""
        now = [(state, account) for state, account, _ in self._reactions]
        if not self._placed:
            return now
        by_id = {state.id: state for state in self._touched.values()}
        kept = await messages.reaction_states(self._db, self._placed)
        await self._load_members(account for _, account, _ in kept)
        return now + [(by_id[message], account) for message, account, _ in kept]

    async def _member(self, state: MessageState, account: AccountId) -> MemberId:
        """The member that an account is in the message's course, also at first sight."""
        course = self._courses[state.channel_id]
        member = self._members.get((course, account))
        if member is None:
            member = await roles.enrol(self._db, course, account, self._now)
            self._members[course, account] = member
            self._roles |= await members.roles_of(self._db, [member])
        return member

    async def _load_authors(self) -> None:
        """Who wrote what others have edited, deleted, reacted to or answered in this group."""
        known = {account for _, account in self._members}
        authors = {s.account_id for s in self._touched.values() if s.account_id is not None}
        if unknown := authors - known - self._new_accounts:
            await self._load_members(unknown)

    async def _save_reactions(self) -> None:
        if not self._reactions:
            return
        ids = {state.id for state, _, _ in self._reactions}
        known = await messages.reaction_states(self._db, ids)
        changed = []
        for (state, account, emoji), (present, at) in self._reactions.items():
            before = known.get((state.id, account, emoji))
            if before is None:
                changed.append(ReactionState(state.id, account, emoji, present, at, new=True))
            elif (at, present) > (before.changed_at, before.present):
                before.present, before.changed_at = present, at
                changed.append(before)
        await messages.save_reactions(self._db, changed)

    def outcome(self, state: MessageState, event: Event) -> Taken:
        """What became of an event, once settled; the member is whoever wrote, or reacted."""
        if state.discussion_id is None:
            return IGNORED
        course, member = self._courses[state.channel_id], state.member_id
        if isinstance(event, ReactionChanged):
            account = self._accounts[event.place.space, event.person.ref]
            member = self._members.get((course, account))
        return Taken(state.discussion_id, course, member)
