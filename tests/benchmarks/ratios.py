"""How a ratio is taken: both sides in turn, at least five rounds, and the median of each side."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """`value` is what is compared with `bound`; `note` says in words what was measured."""

    name: str
    value: float
    bound: float
    at_least: bool
    note: str

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound


async def interleaved(
    one: Callable[[], Awaitable[float]], other: Callable[[], Awaitable[float]], rounds: int = ROUNDS
) -> tuple[float, float]:
    """The medians of both sides, after a round of each that is not counted."""
    await one()
    await other()
    ones, others = [], []
    for _ in range(rounds):
        ones.append(await one())
        others.append(await other())
    return median(ones), median(others)
