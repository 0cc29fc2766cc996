"""Asking who is still there, for platforms that do not say when somebody leaves.

Nothing that is read in the channels shows that somebody has left of whom all is known, so each
account of a running course is asked for once a day: one small request, and no privileged right to
list a server's members. One at a time and a second apart it is far below any platform's limit, and
a report is never more than a day behind, without waiting for the platform when it is made.
"""

import asyncio
import logging
from collections.abc import Mapping

from bot.core.events import PersonLeft, Space
from bot.core.intake import Intake
from bot.core.ports import REQUEST, Clock, Platform, SendRefused
from storage import leaving
from storage.database import Database

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""Between two requests."""


class RollCall:
    """Asks a platform for each account of its courses; who is not there has left."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        intake: Intake,
    ) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._intake = intake

    async def call(self, platform: str, pause: float = PAUSE_SECONDS) -> None:
        """One round. A space that can't be asked is left as it is until the next one.

        Raises StorageError where what was found can't be kept.
        """
        async with self._database.read() as db:
            there = await leaving.there_on(db, platform)
        silent: set[Space] = set()
        for space, person in there:
            if space in silent:
                continue
            asked = self._clock.now()  # what they do after this, they do as somebody who is there
            try:
                async with asyncio.timeout(REQUEST.total_seconds()):
                    found = await self._platforms[platform].person(space, person)
            except (SendRefused, TimeoutError):
                silent.add(space)
                log.warning("who is there could not be asked", extra={"platform": platform})
                continue
            if found is None:
                await self._intake.take_in(PersonLeft(space, person, asked))
            await asyncio.sleep(pause)
