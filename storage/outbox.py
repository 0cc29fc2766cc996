"""The sends that the bot owes, claimed by lease so that no two processes post the same one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, insert, or_, select, update

from storage.among import among, parameter
from storage.courses import CHANNEL, to_channel
from storage.database import Connection
from storage.ids import ChannelId, CourseId, DiscussionId, SendId
from storage.prepared import Prepared
from storage.rows import Send
from storage.schema import Instant, channels, outbox, spaces

_SEND = (
    *CHANNEL,
    outbox.c.id,
    outbox.c.course_id,
    outbox.c.discussion_id,
    outbox.c.key,
    outbox.c.follow_up,
    outbox.c.kind,
    outbox.c.state,
    outbox.c.due_at,
    outbox.c.next_try_at,
    outbox.c.attempts,
    outbox.c.tried_at,
    outbox.c.lease_owner,
    outbox.c.lease_until,
    outbox.c.message,
    outbox.c.problem,
)
_UNDER_WAY = Prepared(
    select(outbox.c.channel_id)
    .where(
        among(outbox.c.channel_id, parameter("channels")),
        or_(
            outbox.c.state == "sending",
            and_(outbox.c.state == "pending", outbox.c.message.is_not(None)),
        ),
        outbox.c.kind == "prompt",
    )
    .distinct()
)
_NOW, _UNTIL = bindparam("now", type_=Instant), bindparam("until", type_=Instant)
_CLAIMABLE = Prepared(
    select(*_SEND)
    .join(channels, channels.c.id == outbox.c.channel_id)
    .join(spaces, spaces.c.id == channels.c.space_id)
    .where(
        outbox.c.id == bindparam("send"),
        or_(
            outbox.c.state == "pending",
            and_(outbox.c.state == "sending", outbox.c.lease_until <= _NOW),
        ),
    )
)
_THIS = update(outbox).where(outbox.c.id == bindparam("send")).returning(outbox.c.id)
_CLAIM = Prepared(_THIS.values(state="sending", lease_owner=bindparam("by"), lease_until=_UNTIL))
_OWNED = _THIS.where(outbox.c.state == "sending", outbox.c.lease_owner == bindparam("by"))
_BEGIN = Prepared(
    _OWNED.values(
        tried_at=case((outbox.c.message.is_(None), _NOW), else_=outbox.c.tried_at),
        lease_until=_UNTIL,
        attempts=outbox.c.attempts + 1,
    )
)
_STANDS = Prepared(_OWNED.values(message=bindparam("posted"), lease_until=_UNTIL))
_DONE = Prepared(
    _OWNED.values(
        state="sent", message=bindparam("posted"), sent_at=_NOW, problem=None, lease_owner=None
    )
)


def _to_send(row: Any) -> Send:
    id_, course, *rest = row[len(CHANNEL) :]
    return Send(id_, course, to_channel(row), *rest)


async def owe(
    db: Connection,
    course: CourseId,
    channel: ChannelId,
    discussion: DiscussionId,
    *,
    key: str,
    kind: str,
    due_at: datetime,
    follow_up: str | None = None,
) -> SendId:
    """Put a send into the outbox. Its key is unique: IntegrityError when it is owed already."""
    made = await db.execute(
        insert(outbox)
        .values(
            course_id=course,
            channel_id=channel,
            discussion_id=discussion,
            key=key,
            follow_up=follow_up,
            kind=kind,
            state="pending",
            due_at=due_at,
            next_try_at=due_at,
            attempts=0,
        )
        .returning(outbox.c.id)
    )
    return SendId(made.scalar_one())


async def owe_prompts(
    db: Connection,
    course: CourseId,
    prompts: Iterable[tuple[ChannelId, DiscussionId, str, datetime]],
) -> None:
    """Owe the posts of discussions, each with its channel, its key and when it is due."""
    rows = [
        {
            "course_id": course,
            "channel_id": channel,
            "discussion_id": discussion,
            "key": key,
            "kind": "prompt",
            "state": "pending",
            "due_at": due_at,
            "next_try_at": due_at,
            "attempts": 0,
        }
        for channel, discussion, key, due_at in prompts
    ]
    if rows:
        await db.execute(insert(outbox), rows)


async def with_keys(db: Connection, course: CourseId, prefix: str) -> list[Send]:
    """The course's sends whose key is `prefix` and a colon and more."""
    begins = outbox.c.key.startswith(f"{prefix}:", autoescape=True)
    return await _sends(db, and_(outbox.c.course_id == course, begins))


async def sends_of(
    db: Connection, course: CourseId, states: Collection[str] = ("pending", "sending", "failed")
) -> list[Send]:
    return await _sends(db, and_(outbox.c.course_id == course, outbox.c.state.in_(states)))


async def due(
    db: Connection, platforms: Collection[str], now: datetime, limit: int = 1_000
) -> list[Send]:
    """What may be claimed now for these platforms: pending and due, or left in `sending` by a
    lease that ran out."""
    return await _sends(
        db,
        spaces.c.platform.in_(platforms)
        & or_(
            and_(outbox.c.state == "pending", outbox.c.next_try_at <= now),
            and_(outbox.c.state == "sending", outbox.c.lease_until <= now),
        ),
        limit,
    )


async def next_due(db: Connection, platforms: Collection[str]) -> datetime | None:
    """The next instant at which anything of these platforms can be claimed; None while nothing
    is owed."""
    ours = outbox.c.channel_id.in_(
        select(channels.c.id)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(spaces.c.platform.in_(platforms))
    )
    found = await db.execute(
        select(
            select(func.min(outbox.c.next_try_at))
            .where(outbox.c.state == "pending", ours)
            .scalar_subquery(),
            select(func.min(outbox.c.lease_until))
            .where(outbox.c.state == "sending", ours)
            .scalar_subquery(),
        )
    )
    return min((moment for moment in found.one() if moment is not None), default=None)


async def claim(
    db: Connection, id_: SendId, owner: str, now: datetime, until: datetime
) -> Send | None:
    """Take the send for `owner` until `until`; None where somebody else has it or it is done.
    `owner` is new for each claim: two tasks of one process are two owners.

    The send comes back as it was before: `sending` there means that an earlier attempt may have
    been accepted, and the channel must be looked at first.
    """
    before = await _CLAIMABLE.rows(db, send=id_, now=now)
    if not before:
        return None
    await _CLAIM.rows(db, send=id_, by=owner, until=until)
    return _to_send(before[0])


async def begin(
    db: Connection, id_: SendId, owner: str, now: datetime, until: datetime
) -> bool:  # fmt: skip
    """Note that a request begins now; False where the lease is no longer ours.

    `tried_at` stays that of the request that posted the message, once that stands.
    """
    return bool(await _BEGIN.rows(db, send=id_, by=owner, now=now, until=until))


async def stands(db: Connection, id_: SendId, owner: str, message: str, until: datetime) -> bool:
    """Note that the message stands in its channel, whatever it lacks yet; False where the lease is
    no longer ours."""
    return bool(await _STANDS.rows(db, send=id_, by=owner, posted=message, until=until))


async def done(db: Connection, id_: SendId, owner: str, message: str | None, now: datetime) -> bool:
    return bool(await _DONE.rows(db, send=id_, by=owner, posted=message, now=now))


async def put_back(
    db: Connection, id_: SendId, owner: str, next_try_at: datetime, problem: str | None
) -> bool:
    """The platform did not take it, or what belongs to it: it is pending again, from `next_try_at`
    on."""
    return await _owned(
        db,
        id_,
        owner,
        state="pending",
        next_try_at=next_try_at,
        problem=problem,
        lease_owner=None,
        tried_at=case((outbox.c.message.is_(None), None), else_=outbox.c.tried_at),
    )


async def let_go(
    db: Connection, id_: SendId, owner: str, until: datetime, due_at: datetime | None = None
) -> bool:
    """It is left alone until then, and may be claimed by anybody afterwards: what a request of
    before may have brought about is still to be looked for. `due_at`: it falls due anew then."""
    begun = outbox.c.tried_at.is_not(None)
    return await _owned(
        db,
        id_,
        owner,
        state=case((begun, "sending"), else_="pending"),
        next_try_at=until,
        lease_owner=None,
        lease_until=until,
        due_at=outbox.c.due_at if due_at is None else due_at,
    )


async def postpone(db: Connection, id_: SendId, until: datetime, problem: str) -> None:
    """Leave the send as it is, and alone until then."""
    await db.execute(
        update(outbox)
        .where(outbox.c.id == id_, outbox.c.state.in_(("pending", "sending")))
        .values(next_try_at=until, lease_until=until, problem=problem)
    )


async def give_up(db: Connection, id_: SendId, owner: str, state: str, problem: str) -> bool:
    """`state` is missed (too late to be of use) or failed (it can't ever be sent)."""
    return await _owned(db, id_, owner, state=state, problem=problem, lease_owner=None)


async def cancel(
    db: Connection, course: CourseId, discussion: DiscussionId, kinds: Sequence[str]
) -> None:
    """What was not begun yet for this discussion is no longer owed."""
    await db.execute(
        update(outbox)
        .where(
            outbox.c.course_id == course,
            outbox.c.discussion_id == discussion,
            outbox.c.kind.in_(kinds),
            outbox.c.state == "pending",
            outbox.c.message.is_(None),
        )
        .values(state="missed", problem="It was withdrawn before it could be posted.")
    )


async def channels_of(
    db: Connection, course: CourseId, discussion: DiscussionId
) -> list[ChannelId]:
    """The channels in which the discussion's prompt stands, or will."""
    found = await db.execute(
        select(outbox.c.channel_id)
        .where(
            outbox.c.course_id == course,
            outbox.c.discussion_id == discussion,
            outbox.c.kind == "prompt",
            outbox.c.state.in_(("pending", "sending", "sent")),
        )
        .order_by(outbox.c.channel_id)
    )
    return list(found.scalars())


async def under_way(db: Connection, channel_ids: Collection[ChannelId]) -> set[ChannelId]:
    """Those channels in which a prompt is being posted, or stands, and is not placed yet."""
    return {row[0] for row in await _UNDER_WAY.rows(db, channels=channel_ids)}


async def _owned(db: Connection, id_: SendId, owner: str, **values: object) -> bool:
    changed = await db.execute(
        update(outbox)
        .where(outbox.c.id == id_, outbox.c.state == "sending", outbox.c.lease_owner == owner)
        .values(**values)
    )
    return changed.rowcount == 1


async def _sends(db: Connection, which: Any, limit: int | None = None) -> list[Send]:
    query = (
        select(*_SEND)
        .join(channels, channels.c.id == outbox.c.channel_id)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(which)
        .order_by(outbox.c.next_try_at, outbox.c.id)
    )
    found = await db.execute(query if limit is None else query.limit(limit))
    return [_to_send(row) for row in found]
