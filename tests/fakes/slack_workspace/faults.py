"""What goes wrong with calls, when a test says so; and the rate limits that hold by themselves.

    slack.faults.next("chat.postMessage", Fail(502, accepted=True), Cut())

Each call of that method uses up one fault, in order; `*` is any method. Kinds of faults are those
of the loopback Discord, and `Refuse` for an error of Slack's own.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.fakes.discord_wire import faults as wire
from tests.fakes.discord_wire.clock import Clock

T = TypeVar("T")

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute, per method and workspace: https://docs.slack.dev/apis/web-api/rate-limits"""

TIER_OF = {
    "chat.update": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "conversations.history": 3,
    "conversations.replies": 3,
    "conversations.info": 3,
    "conversations.members": 4,
    "conversations.list": 2,
    "conversations.open": 3,
    "users.info": 4,
    "users.list": 2,
    "users.conversations": 3,
    "views.open": 4,
    "views.update": 4,
    "views.push": 4,
    "views.publish": 4,
    "reactions.get": 3,
    "reactions.add": 3,
    "team.info": 3,
    "bots.info": 3,
    "apps.connections.open": 1,
}

COMMERCIAL_OBJECTS = 15
HISTORY = ("conversations.history", "conversations.replies")


@dataclass(frozen=True)
class Refuse:
    """An error of Slack's own, whatever was asked: `{"ok": false, "error": ...}`."""

    error: str = "internal_error"
    status: int = 200


Fault = (
    wire.RateLimit
    | wire.Fail
    | wire.Cut
    | wire.AcceptLate
    | wire.Hang
    | wire.Slow
    | wire.Hold
    | Refuse
)


class Faults:
    def __init__(self, clock: Clock) -> None:
        self._kept = wire.Faults(clock)
        self._next: list[tuple[str, Fault]] = []

    def next(self, method: str, *faults: Fault) -> None:
        """What becomes of the next calls of the method."""
        self._next.extend((method, fault) for fault in faults)

    def clear(self) -> None:
        self._next.clear()

    @property
    def waiting(self) -> int:
        """Faults that no call has met yet."""
        return len(self._next)

    def take(self, method: str) -> Fault | None:
        for place, (wanted, fault) in enumerate(self._next):
            if wanted in ("*", method):
                del self._next[place]
                return fault
        return None

    def keep(self, fault: wire.AcceptLate, apply: Callable[[], object]) -> None:
        self._kept.keep(fault, apply)

    async def hold(self, fault: wire.Hold, apply: Callable[[], T]) -> T:
        """What it answers once it is applied; that happens whether or not anybody still waits."""
        return await self._kept.hold(fault, apply)

    def land(self, *, everything: bool = False) -> int:
        """Apply what was accepted late and is due by the clock, or all of it; says how many."""
        return self._kept.land(everything=everything)

    def release(self) -> None:
        """Calls that hang break off."""
        self._kept.release()

    @property
    def released(self) -> asyncio.Event:
        return self._kept.released

    def stop(self) -> None:
        self._kept.stop()


def _running_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Limits:
    """How often the app may call. Times are those of `now`, in seconds: the event loop's, unless
    a test hands in its own (a clock that its sleeping moves, say)."""

    now: Callable[[], float] = _running_time
    posting: bool = True
    """One message a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""
    tiers: bool = False
    commercial: bool = False
    """Sold outside the Marketplace: history and replies once a minute, at most 15 objects:
    https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps"""
    _calls: dict[tuple[str, ...], list[float]] = field(default_factory=lambda: defaultdict(list))

    def wait(self, method: str, team: str, channel: str) -> int | None:
        """Count a call; the whole seconds that it has to wait if it comes too soon."""
        if method == "chat.postMessage":
            # a little early is by the network, not by the app
            return self._over((method, team, channel), 1, 0.95) if self.posting else None
        if self.commercial and method in HISTORY:
            return self._over((method, team), 1, 60)
        if self.tiers and method in TIER_OF:
            return self._over((method, team), TIERS[TIER_OF[method]], 60)
        return None

    def _over(self, key: tuple[str, ...], count: int, per: float) -> int | None:
        now = self.now()
        recent = [at for at in self._calls[key] if at > now - per]
        self._calls[key] = recent
        if len(recent) >= count:
            return max(1, math.ceil(recent[0] + per - now))
        recent.append(now)
        return None
