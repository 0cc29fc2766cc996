"""Follow-ups: what is posted into an open discussion when its condition is met; each once, at most
two a discussion, none in the course's quiet hours."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.core import local_time
from bot.core.content import from_json
from bot.core.participation import verdict
from prompts.models import After, FollowUp, Replies, Silence
from storage import courses, discussions, follow_ups, outbox, replies
from storage.database import Connection
from storage.rows import Course, Discussion, FollowUpState

MOST = 2
"""Follow-ups of one discussion."""
SOON = timedelta(minutes=1)


async def look(
    db: Connection, one: FollowUpState, now: datetime, *, behind: bool = False
) -> None:  # fmt: skip
    """Decide about a follow-up that is still pending, in the caller's transaction: it is owed,
    dropped, or looked at again later. `behind`: replies may have come that are not known yet."""
    states = await follow_ups.follow_ups_of(db, one.course_id, one.discussion_id)
    one = next(state for state in states if state.key == one.key)
    if one.state != "pending":
        return
    discussion = await discussions.discussion_by_id(db, one.course_id, one.discussion_id)
    course = await courses.course(db, one.course_id)
    declared = from_json(discussion.content).follow_ups
    follow_up = next((f for f in declared if f.key == one.key), None)
    dropped = _never(discussion, course, follow_up, one, now)
    if dropped is None and sum(state.state == "owed" for state in states) >= MOST:
        dropped = f"{discussion.name} had {MOST} follow-ups before"
    if dropped is not None or follow_up is None:
        await follow_ups.settle(db, one, "dropped", {"dropped": dropped}, now)
        return
    if behind and isinstance(follow_up.condition, Silence):
        await follow_ups.look_again(db, one, now + SOON)
        return
    met = await _met(db, discussion, follow_up, now)
    if met is None or isinstance(met, datetime):
        if met != one.check_at:
            await follow_ups.look_again(db, one, met)
    else:
        if (loud := not_quiet(course, now)) > now:
            await follow_ups.look_again(db, one, loud)
        else:
            await _owe(db, discussion, one, met, now)


def quiet_hours(course: Course) -> tuple[time, time]:
    """From when until when nothing is posted unasked, in the course's zone; twice the same time
    where it has no such hours."""
    if course.quiet_hours is None:
        return time(0), time(0)
    begin, _, end = course.quiet_hours.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def not_quiet(course: Course, now: datetime) -> datetime:
    """When something may be posted unasked: `now`, or the end of the quiet hours it is in."""
    begin, end = quiet_hours(course)
    return local_time.after_quiet(now, ZoneInfo(course.zone), begin, end)


def _never(
    discussion: Discussion,
    course: Course,
    follow_up: FollowUp | None,
    one: FollowUpState,
    now: datetime,
) -> str | None:
    """Why it will not be posted at all any more; None while it may be."""
    if follow_up is None:
        return "the prompt does not have it any more"
    if not discussion.open:
        return f"{discussion.name} was closed before"
    late = one.check_at is not None and now - one.check_at > timedelta(hours=course.catch_up_hours)
    if late and isinstance(follow_up.condition, After):
        return "the bot was away when it was due, for longer than the course's catch-up time"
    return None


async def _met(
    db: Connection, discussion: Discussion, follow_up: FollowUp, now: datetime
) -> Mapping[str, Any] | datetime | None:
    """What meets the condition, to be kept; else when to look again, or None: when a reply came."""
    condition = follow_up.condition
    if isinstance(condition, After):
        due = discussion.opened_at + timedelta(hours=condition.hours)
        return {"opened": discussion.opened_at.isoformat()} if due <= now else due
    if isinstance(condition, Replies):
        written = await replies.count_by_students(db, discussion.course_id, discussion.id)
        if written < condition.count:
            return None
    said = await replies.replies_of(db, discussion.course_id, discussion.id)
    counted = [reply for reply in said if verdict(reply, discussion).counts]
    match condition:
        case Replies():
            return {"replies": len(counted)} if len(counted) >= condition.count else None
        case Silence():
            last = max((reply.sent_at for reply in counted), default=discussion.opened_at)
            due = last + timedelta(hours=condition.hours)
            return {"last": last.isoformat(), "replies": len(counted)} if due <= now else due
        case _:
            assert_never(condition)


async def _owe(
    db: Connection,
    discussion: Discussion,
    one: FollowUpState,
    why: Mapping[str, Any],
    now: datetime,
) -> None:
    await follow_ups.settle(db, one, "owed", why, now)
    course, id_ = discussion.course_id, discussion.id
    for channel in await outbox.channels_of(db, course, id_):
        await outbox.owe(
            db,
            course,
            channel,
            id_,
            key=f"follow-up:{id_}:{one.key}:{channel}",
            kind="follow-up",
            due_at=now,
            follow_up=one.key,
        )
