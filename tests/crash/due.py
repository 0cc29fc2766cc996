"""Where what falls due comes from."""

from collections.abc import Sequence
from random import Random

from tests.crash.parts import Part

PROMPT = "kulaks-and-shock-workers"
OPEN = 3
"""More than so many are open before one is closed."""


class ByCommand:
    """The instructor posts prompts, on either platform: most in one channel, some in all. Now and
    then a discussion is closed, and the class is owed its summary."""

    def __init__(self, parts: Sequence[Part], chance: Random) -> None:
        self._parts, self._chance = parts, chance
        self._closed: set[str] = set()

    def more(self) -> None:
        """One more order, if the program is there to take it."""
        part = self._chance.choice(self._parts)
        if not part.is_served():
            return
        threads = {thread.discussion for thread in part.threads()} - self._closed
        if len(threads) > OPEN and self._chance.random() < 0.2:
            closed = self._chance.choice(sorted(threads))
            self._closed.add(closed)
            part.orders.append(part.order("prompt close", discussion=closed))
            return
        given = {"channel": "all"} if self._chance.random() < 0.25 else {}
        part.orders.append(part.order("prompt post", prompt=PROMPT, **given))
