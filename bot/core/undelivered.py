"""Private notices that a platform didn't take: they come with the person's next command.

One that got no answer is kept too: somebody may read it twice, and never not at all.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.cards import Block, Bold, Card, Divider, Moment, from_json, text, to_json
from bot.core.commands import Answer
from bot.core.events import AccountRef, Space
from storage import notices
from storage.database import Database
from storage.errors import StorageError
from storage.ids import CourseId
from storage.notices import KeptNotice

if TYPE_CHECKING:
    from bot.core.dispatch import Call

log = logging.getLogger(__name__)

MOST = 20
"""So many are kept for one person: the newest."""
KEPT = timedelta(days=30)


async def keep(
    database: Database,
    course: CourseId,
    space: Space,
    person: AccountRef,
    card: Card,
    now: datetime,
) -> None:
    """Keep what could not be told; where the database refuses it too, that is logged."""
    content = to_json(card)
    try:
        await database.write(
            lambda db: notices.keep(db, course, space, person, content, most=MOST, now=now)
        )
    except StorageError:
        log.warning("a private notice could not be kept", extra={"course": course})


class Undelivered:
    """What waits for whoever gives a command. A class that asks at once is looked for together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting = database.reading(notices.waiting)

    async def under(self, call: "Call", answer: Answer) -> Answer:
        """The answer, and under it what its reader could not be told before, once."""
        space, person = call.place.space, call.invocation.person.ref
        try:
            if not await self._waiting.put((space, person)):
                return answer
            kept = await self._database.write(lambda db: notices.take(db, space, person))
        except StorageError:
            # What the command did is done: it is answered, and the notices wait.
            log.warning("private notices could not be looked for")
            return answer
        blocks = (*answer.card.blocks, *_shown(kept))
        return replace(answer, card=replace(answer.card, blocks=blocks))


def _shown(kept: Sequence[KeptNotice]) -> list[Block]:
    blocks: list[Block] = []
    for notice in kept:
        card = from_json(notice.card)
        blocks += [
            Divider(),
            text(
                Bold(card.title or "A notice"),
                " (it could not be sent to you on ",
                Moment(notice.at, notice.zone),
                ")",
            ),
            *card.blocks,
        ]
    return blocks
