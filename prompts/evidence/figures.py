"""The numbers and months that a text states, by value: what a fact's terms must hold too."""

import re

from prompts.dates import MONTHS
from prompts.number_words import BELOW_HUNDRED, ONES, TENS

_NUMBER_WORDS = {**BELOW_HUNDRED}
_NUMBER_WORDS |= {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
# "One" is a pronoun at least as often as it is a figure: before a unit it is one.
del _NUMBER_WORDS["one"]
_ONE = re.compile(
    r"\bone[- ](?:second|minute|hour|day|week|month|year|decade|century|ton|mile|percent|shift)\b"
)

_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")
_COMPOUND = re.compile(rf"\b({'|'.join(TENS)})[- ]({'|'.join(ONES[1:10])})\b")
_WORD = re.compile(r"[a-z]+")
# May and March are verbs too: beside a figure they are months.
_MONTH = re.compile(
    rf"\b(?:{'|'.join(set(MONTHS) - {'May', 'March'})})\b"
    r"|(?<=\d )(?:May|March)\b|\b(?:May|March)(?= \d)"
)

FIGURE_WORDS = frozenset({*_NUMBER_WORDS, *(month.lower() for month in MONTHS)} - {"may", "march"})
"""The words that are always read as a figure or a month, in small letters."""


def figures(text: str) -> list[str]:
    """The numbers, by value, and the months that a text names, in no useful order.

    14, fourteen and 14.0 are one value, and so are 1,000 and 1000. Ordinals are words like others.
    """
    numbers = [_value(match[0]) for match in _DIGITS.finditer(text)]
    lower = text.lower()
    numbers += [
        str(_NUMBER_WORDS[match[1]] + ONES.index(match[2])) for match in _COMPOUND.finditer(lower)
    ]
    rest = _COMPOUND.sub(" ", lower)
    numbers += [str(_NUMBER_WORDS[word]) for word in _WORD.findall(rest) if word in _NUMBER_WORDS]
    numbers += ["1" for _ in _ONE.finditer(rest)]
    return [*numbers, *_MONTH.findall(text)]


def figures_of_date(date: str) -> list[str]:
    """The figures of a date as prompts.dates describes: its year, month and day."""
    found = []
    for end in date.split("/"):
        year, *rest = end.split("-")
        found.append(_value(year))
        if rest:
            found.append(MONTHS[int(rest[0]) - 1])
        if len(rest) == 2:
            found.append(_value(rest[1]))
    return found


def _value(digits: str) -> str:
    plain = digits.replace(",", "")
    whole, _, fraction = plain.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{fraction}" if fraction else whole.lstrip("0") or "0"
