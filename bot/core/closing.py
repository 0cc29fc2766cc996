"""What a discussion's own times bring about: the reminder before it is due, and its closing."""

from datetime import datetime

from bot.core import ending, prompts
from bot.core.receipts import Receipts
from storage import courses, discussions, outbox
from storage.database import Connection
from storage.rows import Channel, Discussion


async def close_or_remind(
    db: Connection, discussion: Discussion, now: datetime, receipts: Receipts
) -> None:
    """Do what is due of it, in the caller's transaction."""
    if discussion.closes_at is not None and discussion.closes_at <= now:
        await _close(db, discussion, discussion.closes_at, now, receipts)
    else:
        await _remind(db, discussion, now)


async def _close(
    db: Connection, discussion: Discussion, at: datetime, now: datetime, receipts: Receipts
) -> None:
    """As of the closing time, however late that is noticed: what came since does not count."""
    if not discussion.open:
        await discussions.revise(
            db, discussion.course_id, discussion.id, closes_at=None, remind_at=None
        )
        return
    await ending.end(db, discussion, max(at, discussion.periods[-1].opened_at))
    await prompts.owe_update(db, discussion, now, "closing")
    if (channel := await _channel(db, discussion)) is not None:
        receipts.sum_up(channel, discussion.id)


async def _channel(db: Connection, discussion: Discussion) -> Channel | None:
    """One of the channels where it stands, or will."""
    for id_ in await outbox.channels_of(db, discussion.course_id, discussion.id):
        return await courses.channel(db, discussion.course_id, id_)
    return None


async def _remind(db: Connection, discussion: Discussion, now: datetime) -> None:
    """Owe the class a word where it stands, once for each due time; none that comes too late."""
    course, id_ = discussion.course_id, discussion.id
    await discussions.revise(db, course, id_, remind_at=None)
    if not discussion.open or discussion.due_at is None or discussion.due_at <= now:
        return
    which = f"reminder:{id_}:{discussion.due_at:%Y%m%dT%H%M%S}"
    owed = {send.key for send in await outbox.with_keys(db, course, which)}
    for channel in await outbox.channels_of(db, course, id_):
        if (key := f"{which}:{channel}") not in owed:
            await outbox.owe(db, course, channel, id_, key=key, kind="reminder", due_at=now)


async def put_off(db: Connection, discussion: Discussion, until: datetime) -> None:
    """Look again later at what could not be done: it closes, or is reminded of, that much later."""
    times = {"closes_at": discussion.closes_at, "remind_at": discussion.remind_at}
    later = {name: until for name, at in times.items() if at is not None and at <= until}
    await discussions.revise(db, discussion.course_id, discussion.id, **later)
