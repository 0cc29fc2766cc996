"""Work that, asked for while it goes on, is done once more after it."""

from collections.abc import Awaitable, Callable


class OnceMore:
    """However often it is asked for meanwhile, `work` never runs twice at a time, and runs once
    from the beginning after the last asking."""

    def __init__(self, work: Callable[[], Awaitable[object]]) -> None:
        self._work = work
        self._going_on = self._again = False

    async def ask(self) -> None:
        """Returns when it is done, or at once where it goes on already. Raises what it raises."""
        self._again = True
        if self._going_on:
            return
        self._going_on = True
        try:
            while self._again:
                self._again = False
                await self._work()
        finally:
            self._going_on = False
