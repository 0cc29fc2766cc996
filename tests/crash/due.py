"""Where what falls due comes from."""

import re
from collections.abc import Sequence
from random import Random

from tests.crash.parts import Order, Part

PROPOSED = re.compile(r"\b(S\d+) · nothing is posted")
SOONEST = 2
"""Minutes of the program's time until the first is due."""
A_MINUTE = 3
PROMPT = "kulaks-and-shock-workers"
OPEN = 3
"""More than so many are open before one is closed."""


class BySchedule:
    """The instructor has scheduled prompts for the minutes to come, several for each of them."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self.confirmed = 0

    async def plan(self, many: int) -> None:
        """While nothing goes wrong yet; one whose time has passed before it could be confirmed is
        not owed."""
        for number in range(many):
            part, minutes = self._parts[number % len(self._parts)], SOONEST + number // A_MINUTE
            said = await part.ask("prompt schedule", prompt=PROMPT, when=f"in {minutes} minutes")
            named = PROPOSED.search(said)
            assert named is not None, said
            said = await part.ask("schedule confirm", schedule=named[1])
            self.confirmed += "is scheduled" in said


class ByCommand:
    """The instructor posts prompts, on either platform: most in one channel, some in all. Now and
    then a discussion is closed, and the class is owed its summary."""

    def __init__(self, parts: Sequence[Part], chance: Random) -> None:
        self._parts, self._chance = parts, chance
        self._closed: set[str] = set()

    def more(self) -> bool:
        """One more order; False where the program is not there to take it."""
        part = self._chance.choice(self._parts)
        if not part.is_served():
            return False
        part.orders.append(self._order(part))
        return True

    def _order(self, part: Part) -> Order:
        threads = {thread.discussion for thread in part.threads()} - self._closed
        if len(threads) > OPEN and self._chance.random() < 0.2:
            closed = self._chance.choice(sorted(threads))
            self._closed.add(closed)
            return part.order("prompt close", discussion=closed)
        given = {"channel": "all"} if self._chance.random() < 0.25 else {}
        return part.order("prompt post", prompt=PROMPT, **given)
