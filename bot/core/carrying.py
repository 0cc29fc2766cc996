"""What an old course had scheduled, as schedules of a new one: of the same shape, paused, and moved
by whole weeks, so that a Tuesday stays one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core import local_time, recurrence, schedule_cards
from bot.core.planning import rule_of
from storage import schedules
from storage.database import Connection
from storage.ids import CourseId
from storage.rows import Schedule
from storage.schedules import Plan

CARRIED = ("active", "paused", "ended")


async def carry(
    db: Connection,
    old: CourseId,
    new: CourseId,
    renamed: Mapping[str, str | None],
    now: datetime,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make the schedules of the new course; a line for each, and one for each that has nothing left
    to post. `renamed` are the old course's own prompts by their names in the new one, or None."""
    carried, left_out = [], []
    for schedule in await schedules.schedules_of(db, old):
        if schedule.state not in CARRIED:
            continue
        plan = _moved(schedule, renamed, now)
        if plan.prompts == ():
            were = ", ".join(schedule.prompts or ())
            left_out.append(f"{_line(schedule)} (withdrawn: {were})")
            continue
        invocation = f"copy:{schedule.name}"
        made = await schedules.propose(db, new, None, invocation, plan, now, state="paused")
        carried.append(_line(made))
    return tuple(carried), tuple(left_out)


def _moved(schedule: Schedule, renamed: Mapping[str, str | None], now: datetime) -> Plan:
    """Its shape, beginning on the first such day of the week that is not before today; where the
    rule names a day of the month, on the first of those from there."""
    today = local_time.local_of(now, ZoneInfo(schedule.zone)).date()
    weeks = max(0, -((schedule.start.date() - today).days // 7))
    by = timedelta(weeks=weeks)
    until = None if schedule.until is None else schedule.until + by
    rule = replace(rule_of(schedule), start=schedule.start + by, until=until)
    names = schedule.prompts
    if names is not None:
        names = tuple(kept for name in names if (kept := renamed.get(name, name)) is not None)
    return Plan(
        names,
        schedule.tag,
        schedule.rule,
        recurrence.aligned(rule).start,
        until,
        schedule.count,
        schedule.zone,
        (),
        schedule.due_minutes,
        schedule.close_minutes,
        schedule.remind_minutes,
    )


def _line(schedule: Schedule) -> str:
    posts = ", ".join(schedule.prompts or (schedule_cards.named(None, schedule.tag, {}),))
    return f"{schedule.name}, {posts}: {schedule_cards.in_words(schedule)}"
