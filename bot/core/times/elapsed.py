"""What is counted from now: in 2 hours, in 3 days, in a week at 9am, 90 minutes from now.

Minutes and hours are elapsed time; days, weeks and months keep the time that the clock shows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.times.days import date_or_refuse
from bot.core.times.models import Unclear

_AMOUNT = re.compile(
    r"(?:(?P<half>half an?) |(?P<number>\d+(?:\.5)?|an?) ?)(?P<unit>[a-z]+)(?P<more> and a half)?"
    r"(?: and | |$|(?=\d))",
    re.ASCII,
)
_UNITS = {
    "m": "minute", "min": "minute", "mins": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour",
    "d": "day", "day": "day", "days": "day",
    "fortnight": "fortnight", "fortnights": "fortnight",
    "w": "week", "wk": "week", "wks": "week", "week": "week", "weeks": "week",
    "month": "month", "months": "month",
}  # fmt: skip
_MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Counted:
    """How much from now on, and the words that stand after it (a time of day)."""

    elapsed: timedelta
    days: int
    months: int
    rest: tuple[str, ...]

    @property
    def by_clock(self) -> bool:
        return bool(self.days or self.months) or not self.elapsed

    def day_after(self, today: date) -> date:
        """The day that is so many months and days later. Raises Unclear where there is none."""
        months = today.month - 1 + self.months
        day = date_or_refuse(today.year + months // 12, months % 12 + 1, today.day)
        return day + timedelta(days=self.days)


def counted(words: Sequence[str]) -> Counted | None:
    """What is counted from now, if anything is. Raises Unclear where it is beyond sense."""
    match list(words):
        case ["in", number] if number.isdigit() and len(number) <= 3:
            units = ("minutes", "hours", "days")
            raise Unclear(
                f"It doesn't say {number} of what", *(f"in {number} {unit}" for unit in units)
            )
        case [number, counted_in] if number.isdigit() and counted_in in _UNITS:
            raise Unclear("It doesn't say from when", f"in {number} {counted_in}")
        case ["in", *body] | [*body, "from", "now" | "today"] if body:
            left = " ".join(body)
        case _:
            return None
    found: dict[str, float] = {}
    while (amount := _AMOUNT.match(left)) and (unit := _UNITS.get(amount["unit"])):
        if unit in found:
            raise Unclear(f"It counts {unit}s twice")
        found[unit] = _number(amount)
        left = left[amount.end() :]
    if not found:
        return None
    elapsed = timedelta(hours=found.get("hour", 0), minutes=found.get("minute", 0))
    weeks = found.get("week", 0) + 2 * found.get("fortnight", 0)
    days, months = found.get("day", 0) + 7 * weeks, found.get("month", 0)
    if elapsed and (days or months):
        raise Unclear(
            "It counts days and hours at once; count one of them, or give the time of day"
        )
    if int(days) != days or int(months) != months:
        raise Unclear("Days, weeks and months are counted whole")
    rest = left.split()
    if elapsed and rest:
        raise Unclear("Hours and minutes are counted from now, so no other time goes with them")
    return Counted(elapsed, int(days), int(months), tuple(rest))


def _number(amount: re.Match[str]) -> float:
    number = amount["number"]
    if number is not None and len(number) > _MOST_DIGITS:
        raise Unclear("That is longer than any course")
    base = 0.5 if number is None else 1.0 if number[0] == "a" else float(number)
    return base + (0.5 if amount["more"] else 0)
