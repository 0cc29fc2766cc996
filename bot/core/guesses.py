"""Against guessing a code: how often somebody was wrong lately, kept in memory."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bot.core.errors import BadInput, Refused

MOST = 5
WITHIN = timedelta(hours=1)


class Guesses:
    """At most five wrong guesses per person and hour. A restart forgets them."""

    def __init__(self) -> None:
        self._wrong: dict[Hashable, list[datetime]] = {}

    @contextmanager
    def guess(self, who: Hashable, now: datetime) -> Iterator[None]:
        """A guess counts while it is looked at, and afterwards if it raised BadInput.

        Raises Refused, before anything is looked at, for whoever has been wrong too often.
        """
        self._forget(now)
        mine = self._wrong.setdefault(who, [])
        if len(mine) >= MOST:
            raise Refused(
                f"{MOST} codes were wrong within an hour; check the code with the course's"
                " instructor, and try again in an hour."
            )
        mine.append(now)
        try:
            yield
        except BadInput:
            raise
        except BaseException:
            _take_back(mine, now)
            raise
        _take_back(mine, now)

    def _forget(self, now: datetime) -> None:
        for who, times in list(self._wrong.items()):
            times[:] = [at for at in times if now - at < WITHIN]
            if not times:
                del self._wrong[who]


def _take_back(times: list[datetime], at: datetime) -> None:
    if at in times:  # not where it was so slow that it has been forgotten meanwhile
        times.remove(at)
