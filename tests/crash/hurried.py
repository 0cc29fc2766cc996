"""Time that runs faster: for the program that is killed, and for the servers it talks to.

The program waits: for an answer (10 s), until a late request can have landed no more (30 s), for
its leases (45 s). Here its clock and its event loop run `factor` times as fast as the wall's, both
from one beginning, and the servers' clocks and their lateness with them. So all that it measures,
and all that it compares, stands in the same proportion as ever, and no constant of the product is
touched. What does not run faster is the work itself: to the program its computer, its disk and the
network are `factor` times as slow, which makes every window between two steps wider and none
narrower. What holds here holds where there is more time.
"""

import asyncio
import selectors
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from selectors import SelectorKey
from typing import Any


@dataclass(frozen=True, slots=True)
class HurriedClock:
    """It showed `at` (UTC) when this computer's monotonic clock stood at `begun` seconds; the same
    for every process on it."""

    at: datetime
    begun: float
    factor: float

    def now(self) -> datetime:
        return self.at + timedelta(seconds=(time.monotonic() - self.begun) * self.factor)

    def seconds(self, scaled: float) -> float:
        """How long so many seconds of this clock really take."""
        return scaled / self.factor


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds are over `factor` times as fast."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        super().__init__(_Selector(factor))

    def time(self) -> float:
        return super().time() * self._factor


class _Selector(selectors.DefaultSelector):
    def __init__(self, factor: float) -> None:
        super().__init__()
        self._factor = factor

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._factor)


def to_environment(clock: HurriedClock) -> dict[str, str]:
    """For a process that is to have the same clock."""
    return {
        "CRASH_AT": clock.at.isoformat(),
        "CRASH_BEGUN": repr(clock.begun),
        "CRASH_FACTOR": repr(clock.factor),
    }


def from_environment(given: Mapping[str, str]) -> HurriedClock:
    return HurriedClock(
        datetime.fromisoformat(given["CRASH_AT"]),
        float(given["CRASH_BEGUN"]),
        float(given["CRASH_FACTOR"]),
    )


def run(main: Any, factor: float) -> Any:
    """`asyncio.run`, hurried."""
    with asyncio.Runner(loop_factory=lambda: HurriedLoop(factor)) as runner:
        return runner.run(main)
