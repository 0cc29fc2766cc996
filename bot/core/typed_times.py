"""Times that people type for a discussion: when it is due, closes, and is reminded of."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core import times
from bot.core.dispatch import Call
from bot.core.errors import BadInput
from bot.core.times import When
from storage.discussions import Times

NONE = ("none", "never", "no")


async def understood(call: Call, param: str, seen_from: datetime | None = None) -> When:
    """When the text of a parameter means, seen from now or from another instant. Raises BadInput.

    On a thread: what reads dates in other languages takes a second to load.
    """
    typed, zone = call.required(param), ZoneInfo(call.course.zone)
    return await asyncio.to_thread(
        times.understand, typed, seen_from or call.now, zone, param
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What was typed for a discussion's times: by `due` and `closes` a time, or None to take it
    away, where anything was typed; and how many hours before it is due the class is reminded."""

    given: Mapping[str, datetime | None]
    remind: int | None


async def typed(call: Call) -> Change:
    """Raises BadInput."""
    given: dict[str, datetime | None] = {}
    for param in ("due", "closes"):
        if (said := call.text(param)) is not None:
            none = said.casefold() in NONE
            given[param] = None if none else (await understood(call, param)).at
    return Change(given, call.number("remind"))


def changed(change: Change, before: Times, now: datetime) -> Times:
    """The times after a change. Raises BadInput where they don't go together."""
    due = change.given.get("due", before.due_at)
    closes = change.given.get("closes", before.closes_at)
    if due is not None and closes is not None and closes < due:
        raise BadInput("closes", "It would close before it is due; give a later time, or none.")
    lead = None if change.remind is None else timedelta(hours=change.remind)
    if lead is None and before.remind_at is not None and before.due_at is not None:
        lead = before.due_at - before.remind_at
    if not lead or due is None:
        if lead and change.remind:
            raise BadInput("remind", "A reminder comes before it is due, so say when that is.")
        return Times(due, closes, None)
    if change.remind and due - lead <= now:
        raise BadInput("remind", "That long before it is due has passed; give fewer hours.")
    return Times(due, closes, due - lead if due - lead > now else None)


async def typed_times(call: Call, before: Times) -> Times:
    """The times after what was given for `due`, `closes` and `remind`. Raises BadInput."""
    return changed(await typed(call), before, call.now)
