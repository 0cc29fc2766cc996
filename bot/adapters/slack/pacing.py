"""When a request may go out: one message a second to a channel, and not before Slack's Retry-After
is over. Each key waits for itself alone: no channel holds up another."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

A_MESSAGE = 1.0
"""Seconds between two messages to one channel. Slack's documentation, Rate limits › Posting
messages."""
PATIENCE = 3.0
"""How long, in seconds, a send waits for its turn; a longer wait is its sender's to plan."""
REMEMBERED = 10_000


class Limited(Exception):
    """It would have to wait longer than is worth it: `seconds`. Nothing went out."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Pace:
    """Gives each request its turn. `now` and `sleep` are in seconds of one running clock."""

    def __init__(
        self,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._clock = now
        self._sleep = sleep
        self._free: OrderedDict[Hashable, float] = OrderedDict()

    async def turn(
        self, key: Hashable, gap: float = 0.0, patience: float | None = PATIENCE
    ) -> None:
        """Wait until the key is free, and take it for `gap` seconds.

        Raises Limited where that takes longer than `patience`; None waits however long it takes.
        """
        now = self._now()
        begins = max(now, self._free.get(key, now))
        if patience is not None and begins - now > patience:
            raise Limited(begins - now)
        if gap:
            self._keep(key, begins + gap)
        while (wait := begins - self._now()) > 0:
            await self._sleep(wait)
            if not gap:  # Slack may have asked for more meanwhile
                begins = self._free.get(key, begins)

    def hold(self, key: Hashable, seconds: float) -> None:
        """Slack asks to wait."""
        self._keep(key, max(self._now() + seconds, self._free.get(key, 0.0)))

    def _keep(self, key: Hashable, until: float) -> None:
        self._free[key] = until
        self._free.move_to_end(key)
        if len(self._free) > REMEMBERED:
            now = self._now()
            self._free = OrderedDict((k, t) for k, t in self._free.items() if t > now)

    def _now(self) -> float:
        return asyncio.get_running_loop().time() if self._clock is None else self._clock()
