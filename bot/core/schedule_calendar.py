"""/schedule calendar: what is scheduled, as a file for a calendar."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.core import local_time, planning, schedule_cards
from bot.core.cards import Card, Text, number, text
from bot.core.commands import Answer
from bot.core.dispatch import Call
from bot.core.ports import CalendarEntry
from bot.core.recurrence import Rule
from bot.core.shelf import shelf_of
from storage import discussions, schedules
from storage.rows import Course, Occurrence, Schedule
from storage.schedules import Decided


async def calendar(call: Call) -> Answer:
    """/schedule calendar: what is scheduled, as a file for a calendar."""
    async with call.services.database.read() as db:
        all_ = await schedules.schedules_of(db, call.course.id)
        own = await shelf_of(db, call.course, call.services.packs)
        standing = [s for s in all_ if s.next_at is not None]
        decided = {s.id: await schedules.decided(db, s) for s in standing}
        used = await discussions.prompts_used(db, call.course.id)
    entries = [
        CalendarEntry(
            f"{call.course.id}-{s.name}",
            f"{call.course.title}: {schedule_cards.named(s.prompts, s.tag, own)}",
            s.created_at,
            _with_prompts(s, decided[s.id], call.course, used),
            tuple(one.local for one in decided[s.id].values() if _left_out(s, one, call.now)),
            tuple(
                (one.local, one.moved_to)
                for one in decided[s.id].values()
                if one.moved_to is not None
            ),
        )
        for s in standing
    ]
    file = call.services.to_calendar(call.course.title, entries, "schedules")
    said: Text = text(f"{number(len(entries), 'schedule')} that {_verb(entries)} on.")
    return Answer(Card("Calendar", (said,)), (file,))


def _left_out(schedule: Schedule, one: Occurrence, now: datetime) -> bool:
    """Whether nothing comes at the time of the rule: it is skipped, or was posted before."""
    ahead = local_time.instant_of(one.local, ZoneInfo(schedule.zone)) > now
    return one.state == "skipped" or (one.state == "opened" and ahead)


def _verb(entries: Sequence[object]) -> str:
    return "goes" if len(entries) == 1 else "go"


def _with_prompts(
    schedule: Schedule, decided: Decided, course: Course, used: Sequence[str]
) -> Rule:
    """Its rule, to the last post for which its list has a prompt."""
    rule = _within_term(schedule, course)
    if planning.prompts_left(schedule.prompts, used) is None:
        return rule
    ahead = planning.to_come(schedule, decided, course)
    last = max((due.name for due in planning.supplied(ahead, schedule.prompts, used)), default=None)
    if last is None or (rule.until is not None and rule.until <= last):
        return rule
    return replace(rule, until=last, count=None)


def _within_term(schedule: Schedule, course: Course) -> Rule:
    """Its rule, to the end of the course's term at the most; a count stays as it is."""
    rule = planning.rule_of(schedule)
    if course.term_until is None or rule.count is not None:
        return rule
    last = datetime.combine(date.fromisoformat(course.term_until), time(23, 59, 59))
    return replace(rule, until=last if rule.until is None else min(last, rule.until))
