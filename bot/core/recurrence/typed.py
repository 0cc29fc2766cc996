"""Makes a rule of what a person typed as `repeat`: a word such as weekly, or an iCalendar RRULE.

What comes more than once a day, has a part that only a program would write, or never comes is
refused in a sentence. The time of day is always that of the start.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.core import local_time
from bot.core.errors import NotUnderstood
from bot.core.recurrence.rule import Rule, first, names
from bot.core.times.texts import WEEKDAYS, quoted

REPEATS = ("once", "daily", "weekdays", "weekly", "every two weeks", "monthly", "month end")
"""What `repeat` can be, beside an RRULE."""
LAST_DAY = "FREQ=MONTHLY;BYMONTHDAY=-1"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_COUNT = 1000

_PARAM = "repeat"
_LONGEST = 200
_INTERVALS = {"DAILY": 366, "WEEKLY": 52, "MONTHLY": 12, "YEARLY": 1}
_PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST")
_SAME = {
    "": "once", "no": "once", "never": "once", "none": "once", "one time": "once",
    "every day": "daily", "each day": "daily", "day": "daily",
    "weekday": "weekdays", "every weekday": "weekdays", "each weekday": "weekdays",
    "every week": "weekly", "each week": "weekly", "week": "weekly",
    "biweekly": "every two weeks", "fortnightly": "every two weeks",
    "every 2 weeks": "every two weeks", "every other week": "every two weeks",
    "every second week": "every two weeks", "two weeks": "every two weeks",
    "every month": "monthly", "each month": "monthly", "month": "monthly",
    "last day": "month end", "last day of the month": "month end",
    "end of the month": "month end", "each month's last day": "month end",
}  # fmt: skip


def made(
    repeat: str,
    start: datetime,
    zone: str,
    until: datetime | None = None,
    count: int | None = None,
) -> Rule:
    """The rule of a text, with its start and its end as naive local times of the zone (`until`
    inclusive). Its start is the one given: see `off_start`.

    Raises NotUnderstood for `repeat`, or for `until` where it ends before it begins.
    """
    typed = " ".join(repeat.split()).casefold()
    word = _SAME.get(typed, typed)
    if word == "once":
        if until is not None or count not in (None, 1):
            raise NotUnderstood("until", "What comes once needs no end")
        return Rule("FREQ=DAILY", start, zone, count=1)
    if word in REPEATS:
        rule = Rule(_pattern_of(word, start), start, zone, until, count)
    elif (days := _on_days(word)) is not None:
        rule = Rule(days, start, zone, until, count)
    elif "=" in word:
        rule = _from_rrule(repeat, start, zone, until, count)
    else:
        raise NotUnderstood(
            _PARAM,
            f"{quoted(typed)} is no repetition that is known",
            *REPEATS,
            "every monday",
            "an iCalendar RRULE",
        )
    return _that_ends(rule)


def _pattern_of(word: str, start: datetime) -> str:
    day = DAYS[start.weekday()]
    return {
        "daily": "FREQ=DAILY",
        "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "weekly": f"FREQ=WEEKLY;BYDAY={day}",
        "every two weeks": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
        "monthly": f"FREQ=MONTHLY;BYMONTHDAY={start.day}",
        "month end": LAST_DAY,
    }[word]


def _on_days(typed: str) -> str | None:
    """Every monday, mondays and thursdays, every other friday: a weekly pattern; else None."""
    words = [word for word in re.split(r"[\s,.&/+]+", typed) if word not in ("and", "on", "")]
    match words:
        case ["every" | "each", "other" | "second" | "2nd", *named]:
            interval = 2
        case ["every" | "each", *named] | named:
            interval = 1
    days = [WEEKDAYS.get(word, WEEKDAYS.get(word.removesuffix("s"), -1)) for word in named]
    if not days or -1 in days:
        return None
    every = f"INTERVAL={interval};" if interval > 1 else ""
    return f"FREQ=WEEKLY;{every}BYDAY={','.join(DAYS[day] for day in sorted(set(days)))}"


def _that_ends(rule: Rule) -> Rule:
    """The rule, if its end makes sense. Raises NotUnderstood."""
    if rule.count is not None and not 1 <= rule.count <= MOST_COUNT:
        raise NotUnderstood("until", f"A count goes from 1 to {MOST_COUNT}")
    begins = first(replace(rule, until=None, count=None))
    if begins is None:
        raise _no("No day of the next ten years fits this RRULE")
    if rule.until is not None and rule.until < begins:
        raise NotUnderstood(
            "until",
            f"It would end on {local_time.day_in_words(rule.until)}, before it first comes, on"
            f" {local_time.in_words(begins)}",
        )
    if rule.count is not None and sum(1 for _ in names(rule)) < rule.count:
        raise NotUnderstood("until", f"{rule.count} times would take more than ten years")
    return rule


# --- an RRULE -----------------------------------------------------------------------------------


def _from_rrule(
    text: str, start: datetime, zone: str, until: datetime | None, count: int | None
) -> Rule:
    parts = _split(text)
    frequency = _frequency(parts)
    kept = {"FREQ": frequency}
    interval = _whole("INTERVAL", parts.get("INTERVAL", "1"), 1, _INTERVALS[frequency])
    if interval > 1:
        kept["INTERVAL"] = str(interval)
    if "BYMONTH" in parts:
        kept["BYMONTH"] = _numbers("BYMONTH", parts["BYMONTH"], 1, 12)
    if "BYMONTHDAY" in parts:
        if frequency == "WEEKLY":
            raise _no("BYMONTHDAY goes with MONTHLY, YEARLY or DAILY, not with WEEKLY")
        kept["BYMONTHDAY"] = _numbers("BYMONTHDAY", parts["BYMONTHDAY"], -31, 31)
    if "BYDAY" in parts:
        kept["BYDAY"] = _days(parts["BYDAY"], frequency, "BYMONTH" in parts)
    if "WKST" in parts:
        if parts["WKST"] not in DAYS:
            raise _no(f"WKST takes one of {', '.join(DAYS)}")
        kept["WKST"] = parts["WKST"]
    kept |= _implied(kept, start)
    _refuse_never(kept, start)
    if (until is not None or count is not None) and ("UNTIL" in parts or "COUNT" in parts):
        raise NotUnderstood("until", "The RRULE says already when it ends: leave until empty")
    if "UNTIL" in parts:
        until = _until(parts["UNTIL"], zone)
    if "COUNT" in parts:
        count = _whole("COUNT", parts["COUNT"], 1, MOST_COUNT)
    pattern = ";".join(f"{name}={kept[name]}" for name in _PARTS if name in kept)
    return Rule(pattern, start, zone, until, count)


def _no(reason: str, *suggestions: str) -> NotUnderstood:
    return NotUnderstood(_PARAM, reason, *suggestions)


def _split(text: str) -> Mapping[str, str]:
    """The parts by their names, in capitals. Raises NotUnderstood for what no part can be."""
    if len(text) > _LONGEST:
        raise _no(f"An RRULE has at most {_LONGEST} characters here, and this has {len(text)}")
    parts: dict[str, str] = {}
    for part in "".join(text.upper().split()).removeprefix("RRULE:").strip(";").split(";"):
        name, sign, value = part.partition("=")
        if not (sign and value and re.fullmatch(r"[A-Z]+", name, re.ASCII)):
            raise _no("An RRULE is made of parts such as FREQ=WEEKLY;BYDAY=MO,TH")
        if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            raise _no(f"The time of day is that of when, so leave {name} out")
        if name not in _PARTS:
            raise _no(f"An RRULE here takes {', '.join(_PARTS)}, and not {name[:20]}")
        if name in parts:
            raise _no(f"{name} is given twice")
        parts[name] = value
    if "UNTIL" in parts and "COUNT" in parts:
        raise _no("An RRULE ends by UNTIL or by COUNT, not by both")
    return parts


def _frequency(parts: Mapping[str, str]) -> str:
    frequency = parts.get("FREQ")
    if frequency in ("SECONDLY", "MINUTELY", "HOURLY"):
        raise _no("More often than daily nobody could answer", "FREQ=DAILY")
    if frequency not in _INTERVALS:
        raise _no(f"FREQ takes one of {', '.join(_INTERVALS)}")
    return frequency


def _whole(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,4}", value) or not least <= int(value) <= most:
        raise _no(
            f"{name} takes {least}" if least == most else f"{name} takes {least} to {most} here"
        )
    return int(value)


def _numbers(name: str, values: str, least: int, most: int) -> str:
    """Several whole numbers but 0, in order and each once."""
    found = {_whole(name, value, least, most) for value in values.split(",")}
    if 0 in found:
        raise _no(f"{name} takes no 0")
    return ",".join(str(number) for number in sorted(found))


def _days(values: str, frequency: str, in_months: bool) -> str:
    found: set[tuple[int, int]] = set()
    for value in values.split(","):
        matched = re.fullmatch(rf"([+-]?[0-9]{{1,2}})?({'|'.join(DAYS)})", value)
        if matched is None:
            raise _no("BYDAY takes days such as MO,TH, or 1MO for the first Monday of a month")
        place = 0
        if matched[1] is not None:
            if frequency != "MONTHLY" and not (frequency == "YEARLY" and in_months):
                raise _no("The first or last such day, as in 1MO, goes with FREQ=MONTHLY")
            place = _whole("BYDAY", matched[1], -5, 5)
            if place == 0:
                raise _no("BYDAY takes no 0")
        found.add((place, DAYS.index(matched[2])))
    return ",".join(f"{place or ''}{DAYS[day]}" for place, day in sorted(found))


def _implied(kept: Mapping[str, str], start: datetime) -> dict[str, str]:
    """What the start adds to a rule that says no day (RFC 5545, 3.3.10)."""
    if "BYDAY" in kept or "BYMONTHDAY" in kept or kept["FREQ"] == "DAILY":
        return {}
    if kept["FREQ"] == "WEEKLY":
        return {"BYDAY": DAYS[start.weekday()]}
    day = {"BYMONTHDAY": str(start.day)}
    if kept["FREQ"] == "YEARLY" and "BYMONTH" not in kept:
        day["BYMONTH"] = str(start.month)
    return day


def _refuse_never(kept: Mapping[str, str], start: datetime) -> None:
    """Whatever passes has a day sooner or later: dateutil looks to the year 9999 for one."""
    interval = int(kept.get("INTERVAL", "1"))
    if kept["FREQ"] == "DAILY" and interval > 1 and kept.keys() - {"FREQ", "INTERVAL", "WKST"}:
        raise _no("Every so many days and only on some of them may never come: leave one out")
    if "BYMONTHDAY" in kept and any(digit in kept.get("BYDAY", "") for digit in "12345"):
        raise _no("It takes the first Monday of a month or a day of the month, not both")
    months = {int(month) for month in kept.get("BYMONTH", "").split(",") if month}
    months = months or set(range(1, 13))
    if kept["FREQ"] == "MONTHLY":
        months &= {(start.month - 1 + step * interval) % 12 + 1 for step in range(12)}
    days = [abs(int(day)) for day in kept.get("BYMONTHDAY", "1").split(",")]
    if not any(min(days) <= _length(month) + (month == 2) for month in months):
        raise _no("No day fits this RRULE, so it would never come")


def _until(value: str, zone: str) -> datetime:
    """The last local time: of a date its whole day, of a time in UTC what it is in the zone."""
    matched = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", value, re.ASCII)
    try:
        if matched is None:
            raise ValueError
        if matched[2] is None:
            whole = date.fromisoformat(matched[1])
            return datetime.combine(whole, time(23, 59, 59))
        at = datetime.fromisoformat(f"{matched[1]}T{matched[2]}{'+00:00' if matched[3] else ''}")
        return local_time.local_of(at, ZoneInfo(zone)) if matched[3] else at
    except (ValueError, OverflowError):
        raise _no("UNTIL takes a date such as 20261212, or with a time 20261212T090000") from None


# --- what to ask about --------------------------------------------------------------------------


def off_start(rule: Rule) -> str | None:
    """A sentence where the start is not one of the rule's days, with the first that is."""
    begins = first(rule)
    if begins is None or begins == rule.start:
        return None
    return (
        f"{local_time.day_in_words(rule.start)} is not one of its days, so it first comes on"
        f" {local_time.in_words(begins)}."
    )


def short_months(rule: Rule) -> str | None:
    """A sentence where the rule leaves months out because they are too short for its day."""
    parts = rule.parts
    if rule.once or parts["FREQ"] in ("DAILY", "WEEKLY"):
        return None
    if any(day[:1] == "5" or day[:2] == "-5" for day in parts.get("BYDAY", "").split(",")):
        return "Not every month has a fifth such day: where there is none, it doesn't come."
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", "1").split(",")]
    if (day := max(days)) <= 28:
        return None
    months = [int(month) for month in parts.get("BYMONTH", "").split(",") if month] or range(1, 13)
    short = [f"{date(2001, month, 1):%B}" for month in months if _length(month) < day]
    if not short:
        return None
    where = short[0] if len(short) == 1 else f"{', '.join(short[:-1])} and {short[-1]}"
    but = ", but for leap years" if day == 29 else ""
    return f"There is no day {day} in {where}{but}: there it doesn't come."


def at_month_end(rule: Rule) -> Rule:
    """The rule on the last day of each of its months instead."""
    parts = {**rule.parts, "BYMONTHDAY": "-1"}
    return replace(rule, pattern=";".join(f"{name}={value}" for name, value in parts.items()))


def _length(month: int) -> int:
    return (date(2001 + month // 12, month % 12 + 1, 1) - date(2001, month, 1)).days
