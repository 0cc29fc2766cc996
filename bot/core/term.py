"""A course's own times: its zone, its term, its quiet hours; and what a change of them does to what
is scheduled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.core import local_time, schedule_cards
from bot.core.cards import Spans, Text, spans, text
from bot.core.commands import Choice
from bot.core.dispatch import Call
from bot.core.errors import BadInput
from bot.core.planning import passed, planned
from bot.core.schedule_cards import term
from bot.core.times import clocks, texts, understand_dates
from bot.core.times.models import Unclear
from storage import courses, schedules
from storage.database import Connection
from storage.rows import Course, Occurrence, Schedule

SCHEDULED = (
    Choice("same-time", "9:00 stays 9:00, by the clocks of the new zone"),
    Choice("same-instant", "They stay at the times of the old zone"),
)
"""What a change of zone does with what is scheduled."""
NONE = ("none", "no", "never")

_HOUR = re.compile(r"(\d{1,2})(?::(\d\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Change:
    """Columns of the course that change, and what becomes of what is scheduled."""

    settings: Mapping[str, object]
    keeps: str | None = None


def typed(call: Call) -> Change:
    """What was given of the term and the quiet hours. Raises BadInput."""
    settings: dict[str, object] = {}
    for param in ("term_from", "term_until"):
        if (said := call.text(param)) is not None:
            settings[param] = _day(call, param, said)
    first = settings.get("term_from", call.course.term_from)
    last = settings.get("term_until", call.course.term_until)
    if first is not None and last is not None and str(last) < str(first):
        raise BadInput("term_until", "The term would end before it begins.")
    if (said := call.text("quiet")) is not None:
        settings["quiet_hours"] = _hours(said)
    return Change(settings, call.text("scheduled"))


def _day(call: Call, param: str, said: str) -> str | None:
    if said.casefold() in NONE:
        return None
    days = understand_dates(said, call.now, ZoneInfo(call.course.zone), param)
    if len(days) != 1:
        raise BadInput(param, f"{param} takes one date, such as dec 12.")
    return days[0].isoformat()


def _hours(said: str) -> str | None:
    if said.casefold() in NONE:
        return None
    try:
        typed = [texts.clean(side) for side in re.split(r"-|–|\bto\b|\buntil\b", said.casefold())]
        begin, end = map(_hour, typed)
        if any(side.endswith("m") for side in typed) and any(map(_HOUR.fullmatch, typed)):
            raise ValueError  # 10-7am: ten in the evening is meant, and by the 24-hour clock isn't
    except (ValueError, Unclear):
        raise BadInput(
            "quiet", "quiet takes hours of the day such as 22:00-07:00, or none."
        ) from None
    if begin == end:
        raise BadInput("quiet", "Those quiet hours have no length; type none for none.")
    return f"{begin:%H:%M}-{end:%H:%M}"


def _hour(typed: str) -> time:
    """A time of day: 7 and 22:30 by the 24-hour clock, 10pm. Raises ValueError and Unclear."""
    if (found := _HOUR.fullmatch(typed)) is not None:
        hour = int(found[1])
        return time(0 if hour == 24 else hour, int(found[2] or 0))
    clock, _, left = clocks.take(texts.words(typed))
    if clock is None or left:
        raise ValueError(typed)
    return clock.time


async def replan(
    db: Connection, before: Course, change: Change, now: datetime
) -> Sequence[Schedule]:
    """Plan anew what comes next of all that is scheduled, after the course has changed; how that
    stands then, where it had to be. What has passed by the new plan is let go. Raises BadInput
    where it must be said first what a new zone means for it."""
    course = await courses.course(db, before.id)
    relevant = ("zone", "term_from", "term_until")
    if all(getattr(course, name) == getattr(before, name) for name in relevant):
        return ()
    standing = [
        s for s in await schedules.schedules_of(db, course.id) if s.state in ("active", "paused")
    ]
    moving = course.zone != before.zone and any(s.zone != course.zone for s in standing)
    if moving and change.keeps is None:
        names = ", ".join(s.name for s in standing[:5])
        raise BadInput(
            "scheduled",
            f"{names} {'is' if len(standing) == 1 else 'are'} scheduled by the clocks of"
            f" {before.zone}: say with scheduled whether the times on the clock stay the same"
            " (same-time), or the moments (same-instant).",
        )
    ahead = await schedules.ahead(db, [s.id for s in standing])
    plans = []
    for schedule in standing:
        decided = dict(ahead.get(schedule.id, {}))
        moves = moving and change.keeps == "same-time" and schedule.zone == before.zone
        after = await _to_zone(db, schedule, decided, course, now) if moves else schedule
        plan = planned(after, decided, course)
        newly = plan.next_at is not None and plan.next_at <= now
        if newly and (schedule.next_at is None or schedule.next_at > now):
            # A longer term, or clocks further east, would post what nobody waits for any more.
            plan = planned(passed(after, now), decided, course)
        await schedules.keep(db, plan)
        plans.append(plan)
    return plans


def replanned(plans: Sequence[Schedule], course: Course) -> tuple[Text, ...]:
    """When each schedule posts next, after a change."""
    return tuple(
        text(f"{plan.name}: ", *schedule_cards.next_post(plan, course).spans) for plan in plans
    )


async def _to_zone(
    db: Connection,
    schedule: Schedule,
    decided: dict[datetime, Occurrence],
    course: Course,
    now: datetime,
) -> Schedule:
    """The schedule by the clocks of the course's new zone; each occurrence keeps its name."""
    zone = ZoneInfo(course.zone)
    for one in [one for one in decided.values() if one.state == "moved" and one.moved_to]:
        if one.moved_to is not None:
            at = local_time.instant_of(one.moved_to, zone)
            decided[one.local] = replace(one, moved_at=at)
            await schedules.decide(db, now, decided[one.local])
    return replace(schedule, zone=course.zone)


def shown(course: Course) -> tuple[tuple[str, Spans], ...]:
    """The course's own times, a label and its value each."""
    quiet = course.quiet_hours or "none"
    return ("Term", spans(term(course))), ("Quiet hours", spans(quiet))
