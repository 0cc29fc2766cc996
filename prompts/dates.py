"""Dates of history as packs write them: a year, a month or a day, and spans of these."""

import re
from calendar import monthrange
from datetime import date

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_DATE = re.compile(r"(?a:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?)")


def is_date(text: str) -> bool:
    """Whether the text is 1935, 1935-08, 1935-08-31, or two of these with / between them.

    These forms are level 0 of EDTF (Library of Congress, ISO 8601-2); a span must not end before
    it begins.
    """
    ends = text.split("/")
    if len(ends) > 2 or not all(_is_single(end) for end in ends):
        return False
    return len(ends) == 1 or ends[0] <= ends[1]


def date_in_words(text: str) -> str:
    """A date as people write it: `31 August 1935`, `August 1935`, `1935`, `1928 to 1932`."""
    return " to ".join(_single_in_words(end) for end in text.split("/"))


def first_day(text: str) -> date:
    """The first day of a date: 1 August 1935 for 1935-08, and for 1935-08/1936."""
    year, month, day = _parts(text.split("/", maxsplit=1)[0])
    return date(year, month or 1, day or 1)


def last_day(text: str) -> date:
    """The last day of a date: 31 August 1935 for 1935-08, 31 December 1936 for 1935-08/1936."""
    year, month, day = _parts(text.rsplit("/", maxsplit=1)[-1])
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])


def _parts(single: str) -> tuple[int, int | None, int | None]:
    year, *rest = [int(part) for part in single.split("-")]
    month, day = (*rest, None, None)[:2]
    return year, month, day


def _is_single(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _single_in_words(text: str) -> str:
    year, *rest = text.split("-")
    words = [year]
    if rest:
        words.insert(0, MONTHS[int(rest[0]) - 1])
    if len(rest) == 2:
        words.insert(0, str(int(rest[1])))
    return " ".join(words)
