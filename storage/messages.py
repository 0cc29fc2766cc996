"""What was said: messages, their text, mentions, evidence and reactions, in groups.

What a message means (which discussion, whose reply) is decided above; here it is only kept.
"""

from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from storage.among import among, parameter
from storage.database import Connection
from storage.ids import (
    AccountId,
    ChannelId,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
    ThreadRef,
)
from storage.instants import to_micros
from storage.prepared import Prepared, PreparedInsert
from storage.schema import (
    Instant,
    counters,
    discussions,
    evidence,
    identities,
    member_accounts,
    mentions,
    message_texts,
    messages,
    reactions,
)

Key = tuple[ChannelId, MessageRef]
LINK = "link:"
"""What the name of a link begins with, in `evidence`; other names are facts' ids."""


@dataclass(slots=True, eq=False)
class MessageState:
    """One message as it is known so far; changed in place while a group is decided.

    `author` None: only an edit, a deletion or a reaction has come yet. `discussion_id` None: it
    is held until it is known where it belongs.
    """

    id: MessageId
    channel_id: ChannelId
    ref: MessageRef
    received_at: datetime
    thread: ThreadRef | None = None
    reply_to: MessageRef | None = None
    discussion_id: DiscussionId | None = None
    account_id: AccountId | None = None
    member_id: MemberId | None = None
    parent_id: MessageId | None = None
    parent_by: str | None = None
    role: str | None = None
    sent_at: datetime | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    words: int = 0
    words_raw: int = 0
    characters: int = 0
    attachments: int = 0
    # What a change also has to write; not columns of `messages`.
    new: bool = field(default=False)
    changed: bool = field(default=False)
    text: str | None = field(default=None)
    text_changed: bool = field(default=False)
    mentioned: Collection[AccountId] = field(default=())
    evidence: Collection[str] = field(default=())


@dataclass(slots=True, eq=False)
class ReactionState:
    message_id: MessageId
    account_id: AccountId
    emoji: str
    present: bool
    changed_at: datetime
    new: bool = field(default=False)


MessageRow = tuple[
    MessageId, ChannelId, MessageRef, ThreadRef | None, MessageRef | None, DiscussionId | None,
    AccountId | None, MemberId | None, MessageId | None, str | None, str | None,
    int | None, int | None, int | None, int, int, int, int, int,
]  # fmt: skip
"""A row of `messages` as the driver takes it: its columns in their order, instants in whole
microseconds."""


@dataclass(slots=True)
class Rows:
    """New rows of messages, and of what belongs to one: its id comes first. A reaction's last value
    is an instant in whole microseconds."""

    messages: list[MessageRow] = field(default_factory=list)
    texts: list[tuple[MessageId, str]] = field(default_factory=list)
    mentions: list[tuple[MessageId, AccountId, int]] = field(default_factory=list)
    evidence: list[tuple[MessageId, str]] = field(default_factory=list)
    reactions: list[tuple[MessageId, AccountId, str, bool, int]] = field(default_factory=list)


_NAMES = tuple(column.name for column in messages.c)
_STATE = tuple(messages.c[name] for name in _NAMES)
_FIELDS = tuple(name for name in _NAMES if name != "id")
_VALUES = attrgetter(*_NAMES)
_INSTANTS = tuple(i for i, column in enumerate(messages.c) if isinstance(column.type, Instant))
_IN_CHANNEL = select(*_STATE).where(messages.c.channel_id == bindparam("channel"))
_KNOWN = Prepared(_IN_CHANNEL.where(among(messages.c.ref, parameter("refs"))))
_WAITING = Prepared(
    _IN_CHANNEL.where(messages.c.parent_id.is_(None), among(messages.c.reply_to, parameter("refs")))
)
_KNOWN_IN = Prepared(
    _IN_CHANNEL.where(
        messages.c.discussion_id == bindparam("discussion"),
        among(messages.c.ref, parameter("refs")),
    )
)
_HELD = Prepared(_IN_CHANNEL.where(messages.c.discussion_id.is_(None)))
_WITH_IDS = Prepared(_IN_CHANNEL.where(among(messages.c.id, parameter("ids"))))
_RELEASE = Prepared(
    delete(messages)
    .where(
        messages.c.channel_id == bindparam("channel"),
        messages.c.discussion_id.is_(None),
        messages.c.reply_to.is_(None),
        messages.c.account_id.is_not(None),
    )
    .returning(messages.c.id)
)
_INSERT = PreparedInsert(insert(messages))
_UPDATE = (
    update(messages)
    .where(messages.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in _FIELDS})
)
_INSERT_TEXT = PreparedInsert(insert(message_texts))
_DELETE_TEXT = delete(message_texts).where(message_texts.c.message_id == bindparam("b_id"))
_INSERT_EVIDENCE = PreparedInsert(insert(evidence))
_DELETE_EVIDENCE = delete(evidence).where(evidence.c.message_id == bindparam("b_id"))
_INSERT_MENTIONS = PreparedInsert(insert(mentions))
_DELETE_MENTIONS = delete(mentions).where(mentions.c.message_id == bindparam("b_id"))
_INSERT_REACTIONS = PreparedInsert(insert(reactions))
_RESERVE = Prepared(
    update(counters)
    .where(counters.c.name == "messages")
    .values(last=counters.c.last + bindparam("count"))
    .returning(counters.c.last)
)


async def reserve_ids(db: Connection, count: int) -> range:
    """`count` message ids that nobody else has or will have."""
    if count == 0:
        return range(0)
    (last,) = await _RESERVE.one(db, count=count)
    return range(last - count + 1, last + 1)


async def states(
    db: Connection, channel: ChannelId, refs: Iterable[MessageRef]
) -> dict[Key, MessageState]:
    """What is known of these messages of one channel."""
    return await _load(db, _KNOWN, channel=channel, refs=refs)


async def waiting_for(
    db: Connection, channel: ChannelId, refs: Iterable[MessageRef]
) -> dict[Key, MessageState]:
    """The messages that answer one of `refs` and don't know it as their parent yet."""
    return await _load(db, _WAITING, channel=channel, refs=refs)


async def held(db: Connection, channel: ChannelId) -> list[MessageState]:
    """The messages of a channel that are held until it is known where they belong."""
    return [_to_state(row) for row in await _HELD.rows(db, channel=channel)]


async def known_in(
    db: Connection, channel: ChannelId, discussion: DiscussionId, refs: Iterable[MessageRef]
) -> list[MessageState]:
    """Those of these messages that are kept of a discussion in one channel, deleted ones too."""
    known = await _load(db, _KNOWN_IN, channel=channel, discussion=discussion, refs=refs)
    return [*known.values()]


async def standing_in(db: Connection, channel: ChannelId, discussion: DiscussionId) -> "array[int]":
    """All messages of a discussion in one channel that stand there, as far as is known, those too
    of which only an edit or a reaction is; in the order of their ids."""
    found = await db.stream_scalars(
        select(messages.c.id)
        .where(
            messages.c.channel_id == channel,
            messages.c.discussion_id == discussion,
            messages.c.deleted_at.is_(None),
        )
        .order_by(messages.c.id)
    )
    ids: array[int] = array("q")
    async for part in found.partitions(500):
        ids.extend(part)
    return ids


async def with_ids(
    db: Connection, channel: ChannelId, ids: Iterable[MessageId]
) -> list[MessageState]:
    """The messages of one channel that have these ids."""
    return [*(await _load(db, _WITH_IDS, channel=channel, ids=ids)).values()]


async def _load(db: Connection, which: Prepared, **asked: object) -> dict[Key, MessageState]:
    states_ = [_to_state(row) for row in await which.rows(db, **asked)]
    return {(state.channel_id, state.ref): state for state in states_}


def _to_state(row: Any) -> MessageState:
    return MessageState(**dict(zip(_NAMES, row, strict=True)))


async def save(db: Connection, changed: Collection[MessageState]) -> None:
    """Write the states that are new or changed, with their texts, mentions and evidence."""
    new = [state for state in changed if state.new]
    old = [state for state in changed if state.changed and not state.new]
    if old:
        await db.execute(
            _UPDATE, [{f"b_{name}": getattr(state, name) for name in _NAMES} for state in old]
        )
    rewritten = [{"b_id": state.id} for state in old if state.text_changed]
    if rewritten:
        await db.execute(_DELETE_TEXT, rewritten)
        await db.execute(_DELETE_MENTIONS, rewritten)
        await db.execute(_DELETE_EVIDENCE, rewritten)
    rows = Rows([_row(state) for state in new])
    for state in changed:
        if state.text_changed:
            if state.text is not None:
                rows.texts.append((state.id, state.text))
            for position, account in enumerate(state.mentioned):
                rows.mentions.append((state.id, account, position))
            for name in state.evidence:
                rows.evidence.append((state.id, name))
    await add(db, rows)


async def add(db: Connection, rows: Rows) -> None:
    """Write rows that are not there yet."""
    if rows.messages:
        await _INSERT.add(db, rows.messages)
    if rows.texts:
        await _INSERT_TEXT.add(db, rows.texts)
    if rows.mentions:
        await _INSERT_MENTIONS.add(db, rows.mentions)
    if rows.evidence:
        await _INSERT_EVIDENCE.add(db, rows.evidence)
    if rows.reactions:
        await _INSERT_REACTIONS.add(db, rows.reactions)


def _row(state: MessageState) -> MessageRow:
    values = list(_VALUES(state))
    for i in _INSTANTS:
        if values[i] is not None:
            values[i] = to_micros(values[i])
    return tuple(values)


async def reaction_states(
    db: Connection, ids: Collection[MessageId]
) -> dict[tuple[MessageId, AccountId, str], ReactionState]:
    found = await db.execute(
        select(
            reactions.c.message_id,
            reactions.c.account_id,
            reactions.c.emoji,
            reactions.c.present,
            reactions.c.changed_at,
        ).where(among(reactions.c.message_id, ids))
    )
    return {(row[0], row[1], row[2]): ReactionState(*row) for row in found}


async def save_reactions(db: Connection, changed: Collection[ReactionState]) -> None:
    new = [
        (s.message_id, s.account_id, s.emoji, s.present, to_micros(s.changed_at))
        for s in changed
        if s.new
    ]
    await add(db, Rows(reactions=new))
    old = [state for state in changed if not state.new]
    if old:
        await db.execute(
            update(reactions)
            .where(
                reactions.c.message_id == bindparam("b_message"),
                reactions.c.account_id == bindparam("b_account"),
                reactions.c.emoji == bindparam("b_emoji"),
            )
            .values(present=bindparam("b_present"), changed_at=bindparam("b_at")),
            [
                {
                    "b_message": state.message_id,
                    "b_account": state.account_id,
                    "b_emoji": state.emoji,
                    "b_present": state.present,
                    "b_at": state.changed_at,
                }
                for state in old
            ],
        )


# --- letting go ---------------------------------------------------------------------------------


async def release(db: Connection, channel: ChannelId) -> None:
    """Forget the held messages that were only chatter: they answer nothing and stand alone."""
    await _RELEASE.rows(db, channel=channel)


async def forget_held(db: Connection, before: datetime) -> None:
    """Forget what has been held since before then, and the names known only from it."""
    await db.execute(
        delete(messages).where(
            messages.c.discussion_id.is_(None), messages.c.received_at < before
        )
    )  # fmt: skip
    await db.execute(
        delete(identities).where(
            ~select(member_accounts.c.account_id)
            .where(member_accounts.c.account_id == identities.c.account_id)
            .exists(),
            ~select(messages.c.id).where(messages.c.account_id == identities.c.account_id).exists(),
            ~select(mentions.c.message_id)
            .where(mentions.c.account_id == identities.c.account_id)
            .exists(),
            ~select(reactions.c.message_id)
            .where(reactions.c.account_id == identities.c.account_id)
            .exists(),
        )
    )


async def forget_texts(
    db: Connection, course: CourseId, before: datetime, known: Collection[str]
) -> int:
    """Remove the texts of the course's messages sent before then; what was counted stays.

    Of the links in them only the `known` ones stay on record, those to a source. A text whose
    message never came (only its edit did) is as old as the edit's arrival.
    """
    old = (
        select(messages.c.id)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            func.coalesce(messages.c.sent_at, messages.c.received_at) < before,
        )
    )
    await db.execute(
        delete(evidence).where(
            evidence.c.message_id.in_(old),
            evidence.c.named.startswith(LINK),
            ~among(evidence.c.named, known),
        )
    )
    gone = await db.execute(delete(message_texts).where(message_texts.c.message_id.in_(old)))
    return gone.rowcount
