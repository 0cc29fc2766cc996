"""A rule as a sentence: every Monday at 09:00 until 12 December 2026."""

from collections.abc import Sequence
from datetime import datetime

from bot.core import local_time
from bot.core.recurrence.rule import Rule
from bot.core.recurrence.typed import DAYS
from prompts.dates import MONTHS

_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WORKING = "MO,TU,WE,TH,FR"
_PLACES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def in_words(rule: Rule) -> str:
    """What the rule says, in the zone's wall-clock time: without a stop, to stand in a sentence."""
    if rule.once:
        return f"once, on {local_time.in_words(rule.start)}"
    clock = f"{rule.start:%H:%M:%S}" if rule.start.second else f"{rule.start:%H:%M}"
    return f"{_days(rule)} at {clock}{_ending(rule)}"


def _days(rule: Rule) -> str:
    parts = rule.parts
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    plain = [name for name in parts if name not in ("FREQ", "WKST", "INTERVAL")]
    if frequency == "WEEKLY" and plain == ["BYDAY"]:
        named = _weekdays(parts["BYDAY"])
        return f"every {named}" if interval == 1 else f"{_every(interval, 'week')} on {named}"
    said = _every(interval, _UNITS[frequency])
    on = _on(parts.get("BYMONTHDAY"), parts.get("BYDAY"))
    if on:
        said = f"{said} {on}"
    if "BYMONTH" in parts:
        of = "of" if frequency == "YEARLY" and "BYMONTHDAY" in parts else "in"
        said += (
            f" {of} {_listed([MONTHS[int(month) - 1] for month in parts['BYMONTH'].split(',')])}"
        )
    return said


def _on(month_days: str | None, week_days: str | None) -> str:
    """On the 15th; on the first Monday; where both are asked for, on days that are both."""
    found: list[str] = []
    if month_days is not None:
        found.append(f"on the {_listed([_ordinal(int(day)) for day in month_days.split(',')])}")
    if week_days is not None:
        named = _weekdays(week_days)
        found.append(f"on {named}" if month_days is None else f"if that is a {named}")
    return " ".join(found)


def _every(interval: int, unit: str) -> str:
    if interval == 1:
        return f"every {unit}"
    return f"every {_NUMBERS.get(interval, str(interval))} {unit}s"


def _weekdays(days: str) -> str:
    if days == _WORKING:
        return "weekday (Monday to Friday)"
    return _listed([_weekday(day) for day in days.split(",")])


def _weekday(day: str) -> str:
    name, place = _DAY_NAMES[DAYS.index(day[-2:])], day[:-2]
    if not place:
        return name
    number = int(place)
    if number in _PLACES:
        return f"the {_PLACES[number]} {name}"
    return f"the {_PLACES[-number]} {name} from the end"


def _ordinal(day: int) -> str:
    if day == -1:
        return "last day"
    number = abs(day)
    ending = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}" if day > 0 else f"{number}{ending} day from the end"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _ending(rule: Rule) -> str:
    if rule.count is not None:
        return f", {rule.count} times"
    if rule.until is None:
        return ""
    return f" until {_last(rule.until)}"


def _last(until: datetime) -> str:
    """A date alone where the whole day is meant."""
    day = f"{until.day} {MONTHS[until.month - 1]} {until.year}"
    return day if (until.hour, until.minute) == (23, 59) else f"{day} at {until:%H:%M}"
