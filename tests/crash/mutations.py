"""What the harness can break in the program on purpose, to show that it notices: in the process
that is killed, and nowhere in the product."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from unittest import mock

from sqlalchemy import update

from bot.core.deciding import IGNORED, Taken
from bot.core.events import Event, MessagePosted, PersonLeft
from bot.core.intake import Intake
from storage import outbox
from storage.database import Connection
from storage.ids import SendId
from storage.rows import Send
from storage.schema import outbox as sends

MUTATIONS = ("claim", "deaf")


def mutated(what: str) -> AbstractContextManager[object]:
    """`claim`: whoever asks gets a send, as if nobody had it and nobody had ever tried it. `deaf`:
    of what people write, a part is never kept."""
    match what:
        case "claim":
            return mock.patch.object(outbox, "claim", _claim)
        case "deaf":
            return mock.patch.object(Intake, "take_in", _take_in(Intake.take_in))
    return nullcontext()


async def _claim(
    db: Connection, id_: SendId, owner: str, now: datetime, until: datetime
) -> Send | None:
    (send,) = await outbox._sends(db, sends.c.id == id_)
    await db.execute(
        update(sends)
        .where(sends.c.id == id_)
        .values(state="sending", lease_owner=owner, lease_until=until, message=None)
    )
    return replace(send, state="pending", tried_at=None, message=None)


Take = Callable[[Intake, Event | PersonLeft], Awaitable[Taken]]


def _take_in(whole: Take) -> Take:
    async def take_in(self: Intake, event: Event | PersonLeft) -> Taken:
        if isinstance(event, MessagePosted) and (event.text or "").endswith(tuple("13568")):
            return IGNORED
        return await whole(self, event)

    return take_in
