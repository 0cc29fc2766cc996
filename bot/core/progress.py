"""How far a reading of discussions is. Where a platform lets them be read only slowly, staff are
told that it is under way; what came of it they are told at its end."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.core.cards import Card, number, text
from bot.core.events import Place
from bot.core.ports import Clock
from bot.core.services import named
from storage.ids import CourseId
from storage.rows import Placement

SLOW = timedelta(minutes=1)
"""After so long staff are told how far it is; and again when it has taken `MORE` times as long."""
MORE = 8

Tell = Callable[[CourseId, Place, Card], Awaitable[None]]


class Progress:
    """Of the reading of these placements, in their order; `tell` tells a course's staff."""

    def __init__(self, clock: Clock, placements: Sequence[Placement], tell: Tell) -> None:
        self._clock = clock
        self._placements = placements
        self._tell = tell
        self._began = clock.now()
        self._next = SLOW
        self._done: Counter[CourseId] = Counter()
        self._messages: Counter[CourseId] = Counter()
        self.told: set[CourseId] = set()
        """The courses whose staff wait to hear what came of it."""

    async def read(self, placement: Placement) -> None:
        """One more message of it was read."""
        self._messages[placement.channel.course_id] += 1
        if (now := self._clock.now()) - self._began >= self._next:
            await self._say_how_far(now)

    def done(self, placement: Placement) -> None:
        """It was read to its end, or as far as can be."""
        self._done[placement.channel.course_id] += 1

    async def _say_how_far(self, now: datetime) -> None:
        while now - self._began >= self._next:
            self._next *= MORE
        wanted = Counter(placement.channel.course_id for placement in self._placements)
        first = {p.channel.course_id: p.channel for p in reversed(self._placements)}
        for course, many in wanted.items():
            if self._done[course] < many:
                self.told.add(course)
                place = Place(first[course].space, first[course].ref)
                await self._tell(course, place, self._card(course, many, place))

    def _card(self, course: CourseId, many: int, place: Place) -> Card:
        read = number(self._messages[course], "message")
        return Card(
            "Reading again takes a while",
            (
                text(
                    f"{named(place.space)} lets Coalface read only slowly what happened while it"
                    f" was not listening. Of {number(many, 'discussion')}, {self._done[course]} are"
                    f" read to the end; {read} so far. What is written now is taken in as always,"
                    " and you hear what was found."
                ),
            ),
        )
