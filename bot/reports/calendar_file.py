"""What is scheduled as an iCalendar file (RFC 5545), for any calendar program."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.core.commands import File
from bot.core.ports import CalendarEntry
from bot.core.recurrence import rrule_text

if TYPE_CHECKING:
    from icalendar import Event

LENGTH = timedelta(minutes=15)
"""How long an entry stands in a calendar: a post has no length of its own."""


def to_ics(title: str, entries: Sequence[CalendarEntry], name: str) -> File:
    """Each entry with its rule, by the clocks of its zone, and with what is left out or moved."""
    from icalendar import Calendar  # here, as it takes longer to load than all of ours

    calendar = Calendar()
    calendar.add("prodid", "-//Coalface//Schedules//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for entry in entries:
        for event in _events(entry):
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return File(f"{name}.ics", "text/calendar", calendar.to_ical())


def _events(entry: CalendarEntry) -> "Iterable[Event]":
    from icalendar import vRecur

    zone = ZoneInfo(entry.rule.zone)
    whole = _event(entry, entry.rule.start.replace(tzinfo=zone))
    if not entry.rule.once:
        whole.add("rrule", vRecur.from_ical(rrule_text(entry.rule)))
        for local in entry.skipped:
            whole.add("exdate", local.replace(tzinfo=zone))
    if entry.rule.once and entry.moved:
        yield _event(entry, entry.moved[0][1].replace(tzinfo=zone))
        return
    yield whole
    for local, to in entry.moved:
        moved = _event(entry, to.replace(tzinfo=zone))
        moved.add("recurrence-id", local.replace(tzinfo=zone))
        yield moved


def _event(entry: CalendarEntry, begins: datetime) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"{entry.uid}@coalface")
    event.add("summary", entry.title)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("dtstart", begins)
    event.add("duration", LENGTH)
    return event
