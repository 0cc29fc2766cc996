"""What a text about time comes to, and why one is not taken."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class When:
    """`local` is the naive wall-clock time in `zone`, to the second, and `at` its instant (UTC):
    always the first of the two where the clocks show it twice. `notes` are sentences for whoever
    typed it, about what they may not have thought of."""

    local: datetime
    zone: ZoneInfo
    at: datetime
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Until:
    """The end of a repetition: the last naive local time that may still come, or how often."""

    at: datetime | None = None
    count: int | None = None


class Unclear(Exception):
    """A text can't be taken: a reason without a stop, and texts that can be taken instead."""

    def __init__(self, reason: str, *suggestions: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.suggestions = suggestions


class Unknown(Unclear):
    """There are words in it that the grammar has no place for; another language may."""
