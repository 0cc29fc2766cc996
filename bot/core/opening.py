"""Opening discussions: the record, the posts it owes, and what may follow up on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.content import Content, to_json
from prompts.models import Replies
from storage import discussions, follow_ups, outbox
from storage.database import Connection
from storage.discussions import NO_TIMES, NewDiscussion, Times
from storage.ids import ChannelId, CourseId
from storage.rows import Discussion


@dataclass(frozen=True, slots=True)
class Opening:
    """A discussion to be opened: of the prompt with this name, in these channels. `key` begins the
    key of each of its posts, so that it is opened once; `due_at` is when they were due (UTC)."""

    prompt: str
    content: Content
    channels: tuple[ChannelId, ...]
    key: str
    due_at: datetime
    times: Times = NO_TIMES


async def open_(db: Connection, course: CourseId, opening: Opening, now: datetime) -> Discussion:
    """Open it, in the caller's transaction; the outbox posts it."""
    (made,) = await open_all(db, course, [opening], now)
    return made


async def open_all(
    db: Connection, course: CourseId, openings: Sequence[Opening], now: datetime
) -> Sequence[Discussion]:
    """Open several of one course, in this order."""
    new = [NewDiscussion(one.prompt, to_json(one.content), one.times) for one in openings]
    made = await discussions.open_discussions(db, course, new, now)
    pairs = list(zip(openings, made, strict=True))
    await follow_ups.expect(
        db, ((discussion, _first_looks(one.content, now)) for one, discussion in pairs)
    )
    await outbox.owe_prompts(
        db,
        course,
        (
            (channel, discussion.id, f"{one.key}:{channel}", one.due_at)
            for one, discussion in pairs
            for channel in one.channels
        ),
    )
    return made


def _first_looks(content: Content, opened_at: datetime) -> Mapping[str, datetime | None]:
    """When each follow-up's condition can be met at the earliest; None: as replies come."""
    return {
        one.key: None
        if isinstance(one.condition, Replies)
        else opened_at + timedelta(hours=one.condition.hours)
        for one in content.follow_ups
    }
