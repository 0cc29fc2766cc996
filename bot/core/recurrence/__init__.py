"""Recurrences: what people type as `repeat`, the rule it makes, its occurrences, and its words."""

from bot.core.recurrence.rule import (
    Occurrence,
    Rule,
    aligned,
    due_after,
    first,
    is_occurrence,
    next_after,
    next_five,
    occurrences,
    rrule_text,
)
from bot.core.recurrence.typed import LAST_DAY, REPEATS, at_month_end, made, off_start, short_months
from bot.core.recurrence.words import in_words

__all__ = [
    "LAST_DAY",
    "REPEATS",
    "Occurrence",
    "Rule",
    "aligned",
    "at_month_end",
    "due_after",
    "first",
    "in_words",
    "is_occurrence",
    "made",
    "next_after",
    "next_five",
    "occurrences",
    "off_start",
    "rrule_text",
    "short_months",
]
