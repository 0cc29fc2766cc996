"""Which occurrences of a schedule are still to come, and when: worked out from its rule, what was
decided about single ones, and the course's term."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from itertools import islice
from zoneinfo import ZoneInfo

from bot.core.local_time import instant_of
from bot.core.recurrence import Rule, occurrences
from storage.discussions import Times
from storage.rows import Course, Schedule
from storage.schedules import Decided


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """An occurrence to come: its instant (UTC), the local time at which it is due, and its name for
    good, its original local time."""

    at: datetime
    local: datetime
    name: datetime


def rule_of(schedule: Schedule) -> Rule:
    return Rule(
        schedule.rule, schedule.start, schedule.zone, schedule.until, schedule.count
    )  # fmt: skip


def to_come(schedule: Schedule, decided: Decided, course: Course) -> Iterator[Due]:
    """The occurrences that are neither past nor decided about, the next one first; none outside the
    course's term. Lazy, and ends within ten years."""
    listed = (
        Due(one.at, one.local, one.local)
        for one in occurrences(rule_of(schedule), schedule.taken)
        if one.local not in decided
    )
    moved = sorted(
        Due(one.moved_at, one.moved_to, one.local)
        for one in decided.values()
        if one.state == "moved" and one.moved_at is not None and one.moved_to is not None
    )
    last = _day(course.term_until)
    for due in merge(listed, moved):
        if last is not None and _on(due, course) > last:
            if not moved:
                return
            continue
        if in_term(due, course):
            yield due


def prompts_left(names: Sequence[str] | None, used: Sequence[str]) -> int | None:
    """How many posts a list of several prompts is enough for; None for all else, which never runs
    out."""
    if names is None or len(names) == 1:
        return None
    return sum(name not in used for name in names)


def supplied(
    dues: Iterator[Due], names: Sequence[str] | None, used: Sequence[str]
) -> Iterator[Due]:
    """Those occurrences for which there is a prompt left, if none comes from elsewhere."""
    return islice(dues, prompts_left(names, used))


def in_term(due: Due, course: Course) -> bool:
    """Whether it is due within the course's term, whose first and last day belong to it."""
    day, first, last = _on(due, course), _day(course.term_from), _day(course.term_until)
    return (first is None or day >= first) and (last is None or day <= last)


def planned(schedule: Schedule, decided: Decided, course: Course) -> Schedule:
    """The schedule with what comes next; nothing does while it isn't active."""
    due = None
    if schedule.state == "active":
        due = next(to_come(schedule, decided, course), None)
    if due is None:
        return replace(schedule, next=None, next_at=None)
    return replace(schedule, next=due.name, next_at=due.at)


def taken(schedule: Schedule, due: Due) -> Schedule:
    """The schedule once an occurrence was decided about; the rule goes on after it."""
    if due.local != due.name or (schedule.taken is not None and due.name <= schedule.taken):
        return schedule
    return replace(schedule, taken=due.name)


def passed(schedule: Schedule, now: datetime) -> Schedule:
    """The schedule once all of its rule that was due by an instant (UTC) is let go: by the
    instants, since where the clocks change their order is not that of the times they show."""
    taken_ = schedule.taken
    for one in occurrences(rule_of(schedule), schedule.taken):
        if one.at > now:
            break
        taken_ = one.local
    return replace(schedule, taken=taken_)


def times_of(schedule: Schedule, due: Due) -> Times:
    """When a discussion that an occurrence opens is due, closes, and is reminded of: by the clock
    on the wall, so that Friday at 17:00 stays that when the clocks change in between, and also
    when the post itself is moved, unless it is moved beyond that."""
    zone = ZoneInfo(schedule.zone)

    def after(minutes: int | None) -> datetime | None:
        if minutes is None:
            return None
        at = instant_of(due.name + timedelta(minutes=minutes), zone)
        return at if at > due.at else instant_of(due.local + timedelta(minutes=minutes), zone)

    due_at = after(schedule.due_minutes)
    before = schedule.remind_minutes
    remind_at = None
    if due_at is not None and before is not None:
        remind_at = due_at - timedelta(minutes=before)
    return Times(due_at, after(schedule.close_minutes), remind_at)


def _day(iso: str | None) -> date | None:
    return None if iso is None else date.fromisoformat(iso)


def _on(due: Due, course: Course) -> date:
    """The day in the course's zone on which it is due."""
    return due.at.replace(tzinfo=UTC).astimezone(ZoneInfo(course.zone)).date()
