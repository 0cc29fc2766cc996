"""What members said of their next message: which one it responds to. It is put on record as said;
which message that is, is worked out when it is read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from storage.database import Connection
from storage.ids import (
    AccountId,
    ChannelId,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
)
from storage.rows import Said
from storage.schema import discussions, member_accounts, messages, responding


async def message_at(
    db: Connection, channel: ChannelId, ref: MessageRef
) -> tuple[MessageId, DiscussionId, MemberId] | None:
    """A message of a member's in a discussion, where it is on record and was not deleted: its id,
    its discussion, its author."""
    found = await db.execute(
        select(messages.c.id, messages.c.discussion_id, messages.c.member_id).where(
            messages.c.channel_id == channel,
            messages.c.ref == ref,
            messages.c.discussion_id.is_not(None),
            messages.c.member_id.is_not(None),
            messages.c.deleted_at.is_(None),
        )
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def say(
    db: Connection,
    discussion: DiscussionId,
    channel: ChannelId,
    account: AccountId,
    message: MessageId | None,
    *,
    invocation: str,
    at: datetime,
) -> None:
    """An account's next message there responds to this one, or to the prompt (None). The same
    invocation again says nothing again."""
    known = await db.execute(
        select(responding.c.id).where(
            responding.c.channel_id == channel, responding.c.invocation == invocation
        )
    )
    if known.scalar_one_or_none() is None:
        await db.execute(
            insert(responding).values(
                discussion_id=discussion,
                channel_id=channel,
                account_id=account,
                message_id=message,
                invocation=invocation,
                said_at=at,
            )
        )


async def said_in(
    db: Connection, course: CourseId, discussion: DiscussionId | None = None
) -> Sequence[Said]:
    """All that was said in the course, or in one of its discussions; in the order of its time."""
    query = (
        select(
            responding.c.discussion_id,
            responding.c.channel_id,
            member_accounts.c.member_id,
            responding.c.message_id,
            responding.c.said_at,
        )
        .join(discussions, discussions.c.id == responding.c.discussion_id)
        .join(
            member_accounts,
            (member_accounts.c.account_id == responding.c.account_id)
            & (member_accounts.c.course_id == discussions.c.course_id),
        )
        .where(discussions.c.course_id == course)
        .order_by(responding.c.said_at, responding.c.id)
    )
    if discussion is not None:
        query = query.where(responding.c.discussion_id == discussion)
    return [Said(*tuple(row)) for row in await db.execute(query)]
