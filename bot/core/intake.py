"""Taking in what happens in the channels. Which discussion a message belongs to, and to whom it
answers, is decided in deciding.py; whether it counts is decided later, from what is stored: see
participation.py."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.core import leaving, words
from bot.core.deciding import IGNORED, Deciding, Taken
from bot.core.events import (
    Event,
    MessageEdited,
    MessagePosted,
    Person,
    PersonLeft,
    Place,
    ReactionChanged,
)
from bot.core.ports import Clock
from storage import messages, outbox
from storage.database import Connection, Database
from storage.ids import (
    CourseId,
    DiscussionId,
    MemberId,
)
from storage.messages import MessageState
from storage.rows import Placement

HOLD = timedelta(days=1)
"""How long a message is held whose place in a discussion is not known yet."""


_Measured = tuple[Event, words.Measure]
_Told = tuple[Event | PersonLeft, words.Measure]


class Intake:
    """Takes events in, many at a time; `reached` hears of each message and reaction of a member,
    where it was and whose."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reached: Callable[[Place, Person, CourseId, MemberId], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self._reached = reached
        self.replied: Callable[[DiscussionId], None] | None = None
        """Hears of each discussion in which somebody wrote."""
        self.met: Callable[[CourseId, MemberId], None] | None = None
        """Hears of each member who wrote or reacted."""
        self._group = database.group(self._apply)

    async def take_in(self, event: Event | PersonLeft) -> Taken:
        """Keep what happened; returns when it is durable. Raises StorageError if it can't be."""
        measure = words.NOTHING
        if isinstance(event, MessagePosted | MessageEdited):
            measure = words.count(event.text, event.unspoken)
        taken = await self._group.put((event, measure))
        if self.replied is not None and taken.discussion_id is not None:
            self.replied(taken.discussion_id)
        if (
            self._reached is not None
            and isinstance(event, MessagePosted | ReactionChanged)
            and taken.course_id is not None
            and taken.member_id is not None
        ):
            person = event.author if isinstance(event, MessagePosted) else event.person
            if self.met is not None:
                self.met(taken.course_id, taken.member_id)
            await self._reached(event.place, person, taken.course_id, taken.member_id)
        return taken

    async def drain(self) -> None:
        """Wait until what has been taken in is durable."""
        await self._group.drain()

    async def _apply(self, db: Connection, batch: Sequence[_Told]) -> Sequence[Taken]:
        said = [(event, size) for event, size in batch if not isinstance(event, PersonLeft)]
        taken = iter(await self._decide(db, said))
        heard = [event for event, _ in batch]
        await leaving.take_in(
            db, [event for event in heard if isinstance(event, PersonLeft) or _is_by_people(event)]
        )
        return [IGNORED if isinstance(event, PersonLeft) else next(taken) for event in heard]

    async def _decide(self, db: Connection, batch: Sequence[_Measured]) -> Sequence[Taken]:
        wanted = [item for item in batch if _is_by_people(item[0])]
        if not wanted:
            return [IGNORED] * len(batch)
        deciding = await Deciding.load(db, self._clock.now(), [event for event, _ in wanted])
        taken: list[Taken | MessageState] = [
            deciding.fold(event, measure) if _is_by_people(event) else IGNORED
            for event, measure in batch
        ]
        await deciding.settle()
        return [
            deciding.outcome(item, event) if isinstance(item, MessageState) else item
            for item, (event, _) in zip(taken, batch, strict=True)
        ]


async def adopt_held(db: Connection, placement: Placement, now: datetime) -> None:
    """Take in what came before the record of a post: called in the transaction that records it."""
    deciding = Deciding(db, now)
    held = await messages.held(db, placement.channel.id)
    await deciding.adopt(placement, held)
    if not await outbox.under_way(db, [placement.channel.id]):
        await messages.release(db, placement.channel.id)


def _is_by_people(event: Event) -> bool:
    match event:
        case MessagePosted():
            return event.ordinary and not event.author.automated
        case MessageEdited():
            return event.author is None or not event.author.automated
        case ReactionChanged():
            return not event.person.automated
        case _:
            return True
