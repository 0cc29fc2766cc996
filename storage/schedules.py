"""Schedules, the channels they post in, and what was decided about their occurrences.

Local times are kept as ISO text without an offset, as RFC 5545's RECURRENCE-ID names an occurrence.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update

from storage.among import among, parameter
from storage.database import Connection
from storage.ids import ChannelId, CourseId, DiscussionId, MemberId, ScheduleId
from storage.rows import Occurrence, Schedule
from storage.schema import occurrences, schedule_channels, schedules

_SCHEDULE = (
    schedules.c.id,
    schedules.c.course_id,
    schedules.c.number,
    schedules.c.state,
    schedules.c.prompts,
    schedules.c.rule,
    schedules.c.start,
    schedules.c.until,
    schedules.c.count,
    schedules.c.zone,
    schedules.c.due_minutes,
    schedules.c.close_minutes,
    schedules.c.remind_minutes,
    schedules.c.created_by,
    schedules.c.created_at,
    schedules.c.taken,
    schedules.c.next,
    schedules.c.next_at,
)
_OCCURRENCE = (
    occurrences.c.schedule_id,
    occurrences.c.local,
    occurrences.c.state,
    occurrences.c.moved_to,
    occurrences.c.moved_at,
    occurrences.c.discussion_id,
)
_DUE = (
    select(*_SCHEDULE)
    .where(schedules.c.next_at <= bindparam("now"))
    .order_by(schedules.c.next_at, schedules.c.id)
    .limit(bindparam("most"))
)
_CHANNELS = (
    select(schedule_channels.c.schedule_id, schedule_channels.c.channel_id)
    .where(among(schedule_channels.c.schedule_id, parameter("ids")))
    .order_by(schedule_channels.c.schedule_id, schedule_channels.c.channel_id)
)
_DECIDED = (
    select(*_OCCURRENCE)
    .where(among(occurrences.c.schedule_id, parameter("ids")))
    .order_by(occurrences.c.schedule_id, occurrences.c.local)
)
_AHEAD = _DECIDED.join(schedules, schedules.c.id == occurrences.c.schedule_id).where(
    or_(
        schedules.c.taken.is_(None),
        occurrences.c.local > schedules.c.taken,
        occurrences.c.state == "moved",
    )
)
_KEEP = update(schedules).where(
    schedules.c.course_id == bindparam("b_course"), schedules.c.id == bindparam("b_id")
)

_REVERT = delete(occurrences).where(
    occurrences.c.schedule_id == bindparam("b_id"), occurrences.c.local == bindparam("b_local")
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a schedule is made of; see `Schedule`."""

    prompts: tuple[str, ...] | None
    tag: str | None
    rule: str
    start: datetime
    until: datetime | None
    count: int | None
    zone: str
    channels: tuple[ChannelId, ...]
    due_minutes: int | None = None
    close_minutes: int | None = None
    remind_minutes: int | None = None


async def propose(
    db: Connection,
    course: CourseId,
    member: MemberId | None,
    invocation: str,
    plan: Plan,
    now: datetime,
    state: str = "proposed",
) -> Schedule:
    """Keep a schedule, as a rule one that is still to be confirmed. The same invocation again gives
    the one that it made the first time."""
    before = await _some(
        db, schedules.c.course_id == course, schedules.c.invocation == invocation
    )  # fmt: skip
    if before:
        return before[0]
    last = await db.scalar(
        select(func.max(schedules.c.number)).where(schedules.c.course_id == course)
    )
    made = await db.execute(
        insert(schedules)
        .values(
            course_id=course,
            number=(last or 0) + 1,
            invocation=invocation,
            state=state,
            prompts={"names": plan.prompts and list(plan.prompts), "tag": plan.tag},
            rule=plan.rule,
            start=plan.start.isoformat(),
            until=_iso(plan.until),
            count=plan.count,
            zone=plan.zone,
            due_minutes=plan.due_minutes,
            close_minutes=plan.close_minutes,
            remind_minutes=plan.remind_minutes,
            created_by=member,
            created_at=now,
        )
        .returning(schedules.c.id)
    )
    id_ = made.scalar_one()
    if plan.channels:
        await db.execute(
            insert(schedule_channels),
            [{"schedule_id": id_, "channel_id": channel} for channel in plan.channels],
        )
    return await by_id(db, course, ScheduleId(id_))


async def forget_proposals(db: Connection, before: datetime) -> None:
    """What was proposed before then and never confirmed is cancelled; its number is not given
    out again, since its buttons still stand somewhere."""
    await db.execute(
        update(schedules)
        .where(schedules.c.state == "proposed", schedules.c.created_at < before)
        .values(state="cancelled")
    )


# --- reading ------------------------------------------------------------------------------------


async def schedules_of(db: Connection, course: CourseId) -> list[Schedule]:
    """Every schedule of the course, oldest first; those only proposed are left out."""
    return await _some(db, schedules.c.course_id == course, schedules.c.state != "proposed")


async def by_number(db: Connection, course: CourseId, number: int) -> Schedule | None:
    found = await _some(db, schedules.c.course_id == course, schedules.c.number == number)
    return found[0] if found else None


async def by_id(db: Connection, course: CourseId, id_: ScheduleId) -> Schedule:
    (found,) = await _some(db, schedules.c.course_id == course, schedules.c.id == id_)
    return found


async def due(db: Connection, now: datetime, most: int) -> list[Schedule]:
    """The schedules of any course that have an occurrence due by now, those due first first."""
    return await _read(db, _DUE, now=now, most=most)


async def next_due(db: Connection) -> datetime | None:
    """The next instant at which an occurrence is due; None where none is to come."""
    found: datetime | None = await db.scalar(select(func.min(schedules.c.next_at)))
    return found


Decided = Mapping[datetime, Occurrence]
"""What was decided about a schedule's occurrences, each by its original local time."""


async def decided(db: Connection, schedule: Schedule) -> Decided:
    """Of all its occurrences, also those long past."""
    rows = await db.execute(_DECIDED, {"ids": [schedule.id]})
    return {one.local: one for one in map(_to_occurrence, rows)}


async def ahead(db: Connection, ids: Collection[ScheduleId]) -> Mapping[ScheduleId, Decided]:
    """Of those occurrences of several schedules that are still to come."""
    by_schedule: dict[ScheduleId, dict[datetime, Occurrence]] = defaultdict(dict)
    for one in map(_to_occurrence, await db.execute(_AHEAD, {"ids": ids})):
        by_schedule[one.schedule_id][one.local] = one
    return by_schedule


async def occurrence_of(
    db: Connection, course: CourseId, discussion: DiscussionId
) -> tuple[Schedule, Occurrence] | None:
    """The occurrence that opened a discussion."""
    found = await db.execute(
        select(*_OCCURRENCE)
        .join(schedules, schedules.c.id == occurrences.c.schedule_id)
        .where(schedules.c.course_id == course, occurrences.c.discussion_id == discussion)
    )
    row = found.one_or_none()
    if row is None:
        return None
    one = _to_occurrence(row)
    return await by_id(db, course, one.schedule_id), one


async def _some(db: Connection, *which: Any) -> list[Schedule]:
    return await _read(db, select(*_SCHEDULE).where(*which).order_by(schedules.c.number))


async def _read(db: Connection, query: Select[Any], **asked: object) -> list[Schedule]:
    rows = (await db.execute(query, asked)).all()
    channels: dict[int, list[ChannelId]] = defaultdict(list)
    for id_, channel in await db.execute(_CHANNELS, {"ids": [row.id for row in rows]}):
        channels[id_].append(channel)
    return [_to_schedule(row, channels[row.id]) for row in rows]


def _to_schedule(row: Any, channels: Sequence[ChannelId]) -> Schedule:
    id_, course, number, state, prompts, rule, start, until, count, zone = row[:10]
    due_, close, remind, created_by, created_at, taken, next_, next_at = row[10:]
    names = prompts["names"]
    return Schedule(
        id_,
        course,
        number,
        state,
        None if names is None else tuple(names),
        prompts["tag"],
        rule,
        datetime.fromisoformat(start),
        _local(until),
        count,
        zone,
        due_,
        close,
        remind,
        created_by,
        created_at,
        _local(taken),
        _local(next_),
        next_at,
        tuple(channels),
    )


def _to_occurrence(row: Any) -> Occurrence:
    id_, local, state, moved_to, moved_at, discussion = row
    return Occurrence(
        id_, datetime.fromisoformat(local), state, _local(moved_to), moved_at, discussion
    )


def _local(kept: str | None) -> datetime | None:
    return None if kept is None else datetime.fromisoformat(kept)


def _iso(local: datetime | None) -> str | None:
    return None if local is None else local.isoformat()


# --- writing ------------------------------------------------------------------------------------


async def keep(db: Connection, *changed: Schedule) -> None:
    """Write what may change of schedules: how each stands, its zone, and what comes next."""
    rows = [
        {
            "b_id": schedule.id,
            "b_course": schedule.course_id,
            "state": schedule.state,
            "zone": schedule.zone,
            "taken": _iso(schedule.taken),
            "next": _iso(schedule.next),
            "next_at": schedule.next_at,
        }
        for schedule in changed
    ]
    if rows:
        await db.execute(_KEEP, rows)


async def decide(db: Connection, now: datetime, *decided_: Occurrence) -> None:
    """Note what was decided about occurrences, each in the place of what was before."""
    if not decided_:
        return
    named = [{"b_id": one.schedule_id, "b_local": one.local.isoformat()} for one in decided_]
    await db.execute(_REVERT, named)
    rows = [
        {
            "schedule_id": one.schedule_id,
            "local": one.local.isoformat(),
            "state": one.state,
            "moved_to": _iso(one.moved_to),
            "moved_at": one.moved_at,
            "discussion_id": one.discussion_id,
            "decided_at": now,
        }
        for one in decided_
    ]
    await db.execute(insert(occurrences), rows)
