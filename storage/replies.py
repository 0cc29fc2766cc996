"""What was said, as reports and explanations read it; a course at a time."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from storage.among import among
from storage.database import Connection
from storage.ids import (
    AccountRef,
    ChannelId,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
)
from storage.rows import Reply
from storage.schema import (
    discussions,
    evidence,
    identities,
    member_accounts,
    mentions,
    messages,
    reactions,
)

_REPLY = (
    messages.c.id,
    messages.c.channel_id,
    messages.c.ref,
    messages.c.thread,
    messages.c.discussion_id,
    messages.c.account_id,
    messages.c.member_id,
    messages.c.parent_id,
    messages.c.parent_by,
    messages.c.role,
    messages.c.sent_at,
    messages.c.edited_at,
    messages.c.deleted_at,
    messages.c.words,
    messages.c.words_raw,
    messages.c.characters,
    messages.c.attachments,
)


async def replies_of(
    db: Connection, course: CourseId, discussion: DiscussionId | None = None
) -> list[Reply]:
    """Every message of a member in the course's discussions, or in one of them; oldest first,
    deleted ones too."""
    query = (
        select(*_REPLY)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(discussions.c.course_id == course, messages.c.member_id.is_not(None))
        .order_by(messages.c.sent_at, messages.c.id)
    )
    if discussion is not None:
        query = query.where(messages.c.discussion_id == discussion)
    found = await db.execute(query)
    return [Reply(*tuple(row)) for row in found]


async def count_by_students(db: Connection, course: CourseId, discussion: DiscussionId) -> int:
    """How many messages of students stand in a discussion, whether they count or not."""
    found = await db.scalar(
        select(func.count())
        .select_from(messages)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(
            discussions.c.course_id == course,
            messages.c.discussion_id == discussion,
            messages.c.role == "student",
            messages.c.deleted_at.is_(None),
        )
    )
    return int(found or 0)


async def mentions_of(
    db: Connection, course: CourseId
) -> Sequence[tuple[MessageId, MemberId]]:  # fmt: skip
    """Which members are mentioned in which messages of the course, in the order of each text."""
    found = await db.execute(
        select(mentions.c.message_id, member_accounts.c.member_id)
        .join(messages, messages.c.id == mentions.c.message_id)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .join(
            member_accounts,
            (member_accounts.c.account_id == mentions.c.account_id)
            & (member_accounts.c.course_id == discussions.c.course_id),
        )
        .where(discussions.c.course_id == course)
        .order_by(mentions.c.message_id, mentions.c.position)
    )
    return [(row[0], row[1]) for row in found]


async def evidence_of(
    db: Connection, course: CourseId, discussion: DiscussionId | None = None
) -> Sequence[tuple[MessageId, str]]:
    """What the messages of the course, or of one discussion, name: fact ids, digests of links."""
    query = (
        select(evidence.c.message_id, evidence.c.named)
        .join(messages, messages.c.id == evidence.c.message_id)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(discussions.c.course_id == course)
    )
    if discussion is not None:
        query = query.where(messages.c.discussion_id == discussion)
    found = await db.execute(query)
    return [(row[0], row[1]) for row in found]


async def standing_reactions(
    db: Connection, channel: ChannelId, discussion: DiscussionId, refs: Iterable[MessageRef]
) -> set[tuple[MessageRef, AccountRef, str]]:
    """The reactions that stand on these of a discussion's messages in one channel, as the platform
    has them: message, account, emoji."""
    found = await db.execute(
        select(messages.c.ref, identities.c.ref, reactions.c.emoji)
        .join(messages, messages.c.id == reactions.c.message_id)
        .join(identities, identities.c.account_id == reactions.c.account_id)
        .where(
            messages.c.channel_id == channel,
            messages.c.discussion_id == discussion,
            among(messages.c.ref, refs),
            reactions.c.present,
        )
    )
    return {(row[0], row[1], row[2]) for row in found}
