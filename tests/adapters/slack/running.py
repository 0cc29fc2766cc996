"""A running clock that only sleeping moves on, for what is paced."""

import asyncio


class Running:
    """Seconds; `slept` are the waits, in order."""

    def __init__(self) -> None:
        self.at = 1_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        due = self.at + seconds
        await asyncio.sleep(0)
        self.at = max(self.at, due)
