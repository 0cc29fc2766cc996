"""What goes wrong with requests, when a test says so; and rate limits that hold by themselves.

    wire.faults.next("POST", "/channels/*/messages", Fail(502, accepted=True), Cut())

Each matching request uses up one fault, in order. `*` stands for one part of a path.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from tests.fakes.discord_wire.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True)
class RateLimit:
    """429. https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit"""

    retry_after: float = 0.05
    everywhere: bool = False
    """The global limit, not the route's own."""
    by_cloudflare: bool = False
    """No JSON: the address is banned for too many invalid requests."""


@dataclass(frozen=True)
class Fail:
    """A server error, after the request was applied or (not `accepted`) instead."""

    status: int = 502
    accepted: bool = False


@dataclass(frozen=True)
class Refuse:
    """An answer of Discord's own, whatever was asked."""

    status: int = 403
    code: int = 50013
    message: str = "Missing Permissions"


@dataclass(frozen=True)
class Cut:
    """The connection breaks; before the request was applied, or after."""

    accepted: bool = False


@dataclass(frozen=True)
class AcceptLate:
    """Taken, and applied later: the connection breaks (or `status` is answered) at once.

    Applied once the world's clock has moved on by `after` seconds (looked at with every request
    and by `Wire.land`), or, with `real`, by itself after as many seconds of the event loop.
    """

    after: float = 30.0
    real: bool = False
    status: int | None = None


@dataclass(frozen=True)
class Hang:
    """Not answered until the client goes or `Faults.release` is called."""

    accepted: bool = False


@dataclass(frozen=True)
class Slow:
    """Answered as usual, so many real seconds later; applied when it comes in."""

    seconds: float = 0.1


@dataclass(frozen=True)
class Hold:
    """Taken, and applied and answered so many real seconds later: applied also when the client has
    gone meanwhile, or died."""

    seconds: float = 0.1


Fault = RateLimit | Fail | Refuse | Cut | AcceptLate | Hang | Slow | Hold


@dataclass
class Limit:
    """So many requests in so many seconds of the event loop, then 429."""

    method: str
    path: re.Pattern[str]
    count: int
    per: float
    used: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Allowance:
    """What the X-RateLimit headers say. `retry_after` is set when there was nothing left."""

    limit: int = 10_000
    remaining: int = 9_999
    reset_after: float = 1.0
    retry_after: float | None = None


class Faults:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: list[tuple[str, re.Pattern[str], Fault]] = []
        self._limits: list[Limit] = []
        self._late: list[tuple[datetime, Callable[[], object]]] = []
        self._timers: set[asyncio.TimerHandle] = set()
        self.released = asyncio.Event()

    def next(self, method: str, path: str, *faults: Fault) -> None:
        """What becomes of the next requests that match; `method` may be `*`."""
        self._next.extend((method, _pattern(path), fault) for fault in faults)

    def limit(self, method: str, path: str, *, count: int, per: float) -> None:
        """From now on, for each channel (or server, or webhook) by itself."""
        self._limits.append(Limit(method, _pattern(path), count, per))

    def clear(self) -> None:
        self._next.clear()
        self._limits.clear()

    @property
    def waiting(self) -> int:
        """Faults that no request has met yet."""
        return len(self._next)

    def release(self) -> None:
        """Requests that hang break off."""
        self.released.set()
        self.released = asyncio.Event()

    def take(self, method: str, path: str) -> Fault | None:
        for place, (wanted, pattern, fault) in enumerate(self._next):
            if wanted in ("*", method) and pattern.fullmatch(path):
                del self._next[place]
                return fault
        return None

    def allowance(self, method: str, path: str) -> Allowance:
        """Count a request; the buckets go by the path's first id, as Discord's do."""
        now = asyncio.get_running_loop().time()
        for limit in self._limits:
            if limit.method not in ("*", method) or not limit.path.fullmatch(path):
                continue
            bucket = "/".join(path.split("/")[:3])
            used = [at for at in limit.used.get(bucket, ()) if at > now - limit.per]
            over = len(used) >= limit.count
            limit.used[bucket] = used if over else [*used, now]
            reset = limit.used[bucket][0] + limit.per - now
            left = limit.count - len(limit.used[bucket])
            return Allowance(limit.count, left, reset, reset if over else None)
        return Allowance()

    def keep(self, fault: AcceptLate, apply: Callable[[], object]) -> None:
        if fault.real:
            self._timers.add(asyncio.get_running_loop().call_later(fault.after, apply))
        else:
            self._late.append((self._clock.now() + timedelta(seconds=fault.after), apply))

    async def hold(self, fault: Hold, apply: Callable[[], T]) -> T:
        """What it answers once it is applied; that happens whether or not anybody still waits."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[T] = loop.create_future()

        def land() -> None:
            answer = apply()
            if not answered.done():
                answered.set_result(answer)

        self._timers.add(loop.call_later(fault.seconds, land))
        return await answered

    def land(self, *, everything: bool = False) -> int:
        """Apply what was accepted late and is due; says how many that were."""
        now = self._clock.now()
        due = [one for one in self._late if everything or one[0] <= now]
        self._late = [one for one in self._late if one not in due]
        for _, apply in due:
            apply()
        return len(due)

    def stop(self) -> None:
        self.release()
        for timer in self._timers:
            timer.cancel()


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\*", "[^/]+"))
