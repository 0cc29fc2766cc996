"""What a course's staff are still to be told of what was done by itself: written down with what was
done, and let go of once they were told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from storage.among import among
from storage.courses import CHANNEL, to_channel
from storage.database import Connection
from storage.ids import ChannelId, CourseId, DiscussionId
from storage.rows import Channel
from storage.schema import channels, receipts, spaces


@dataclass(frozen=True, slots=True)
class Receipt:
    """`card` as plain JSON values; None where the summary of a discussion is meant."""

    id: int
    course_id: CourseId
    channel: Channel
    card: Any | None
    discussion_id: DiscussionId | None
    made_at: datetime


async def keep(
    db: Connection,
    course: CourseId,
    channel: ChannelId,
    now: datetime,
    *,
    card: Any | None = None,
    discussion: DiscussionId | None = None,
) -> None:
    await db.execute(
        insert(receipts).values(
            course_id=course, channel_id=channel, card=card, discussion_id=discussion, made_at=now
        )
    )


async def to_be_told(db: Connection) -> Sequence[Receipt]:
    """All that nobody was told of yet, of any course, oldest first."""
    found = await db.execute(
        select(
            *CHANNEL,
            receipts.c.id.label("receipt"),  # a channel has an id, and a course, too
            receipts.c.course_id.label("of"),
            receipts.c.card,
            receipts.c.discussion_id,
            receipts.c.made_at,
        )
        .join(channels, channels.c.id == receipts.c.channel_id)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .order_by(receipts.c.id)
    )
    return [
        Receipt(row.receipt, row.of, to_channel(row), row.card, row.discussion_id, row.made_at)
        for row in found
    ]


async def told(db: Connection, ids: Collection[int]) -> None:
    await db.execute(delete(receipts).where(among(receipts.c.id, ids)))
