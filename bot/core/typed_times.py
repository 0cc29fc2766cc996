"""When a discussion is due, closes, and is reminded of, as it was typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.dispatch import Call
from bot.core.errors import BadInput
from bot.core.times import understand
from storage.discussions import Times

NONE = ("none", "never", "no")


@dataclass(frozen=True, slots=True)
class Change:
    """What was typed for a discussion's times: a time, None to take it away; kept as it is where
    nothing was typed."""

    due: Callable[[datetime | None], datetime | None]
    closes: Callable[[datetime | None], datetime | None]
    remind: int | None  # hours; None: as it is


def typed(call: Call) -> Change:
    """Raises BadInput."""
    remind = call.arguments.get("remind")
    return Change(
        _time(call, "due"), _time(call, "closes"), None if remind is None else int(str(remind))
    )  # fmt: skip


def _time(call: Call, param: str) -> Callable[[datetime | None], datetime | None]:
    said = call.text(param)
    if said is None:
        return lambda before: before
    if said.casefold() in NONE:
        return lambda _: None
    when = understand(said, call.now, ZoneInfo(call.course.zone), param).at
    return lambda _: when


def changed(change: Change, before: Times, now: datetime) -> Times:
    """The times after a change. Raises BadInput where they don't go together."""
    due, closes = change.due(before.due_at), change.closes(before.closes_at)
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


def typed_times(call: Call, before: Times) -> Times:
    """The times after what was given for `due`, `closes` and `remind`. Raises BadInput."""
    return changed(typed(call), before, call.now)
