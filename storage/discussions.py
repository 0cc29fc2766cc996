"""Prompts of a course's own, discussions, when they were open, where they stand, sides taken."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select, update

from storage.among import among, parameter
from storage.courses import CHANNEL, to_channel
from storage.database import Connection
from storage.ids import (
    AccountId,
    ChannelId,
    ChannelRef,
    CourseId,
    DiscussionId,
    MemberId,
    MessageRef,
    Space,
    ThreadRef,
)
from storage.prepared import Prepared
from storage.rows import CoursePrompt, Discussion, Period, Placement
from storage.schema import (
    channels,
    course_prompts,
    discussions,
    periods,
    placements,
    sides_taken,
    spaces,
)


class Times(NamedTuple):
    """When a discussion is due, is to be closed, and the class is to be reminded (UTC)."""

    due_at: datetime | None = None
    closes_at: datetime | None = None
    remind_at: datetime | None = None


NO_TIMES = Times()


class NewDiscussion(NamedTuple):
    """Of the prompt with this name, as it reads now."""

    prompt: str
    content: Mapping[str, Any]
    times: Times = NO_TIMES


_DISCUSSION = (
    discussions.c.id,
    discussions.c.course_id,
    discussions.c.number,
    discussions.c.prompt,
    discussions.c.content,
    discussions.c.revision,
    discussions.c.opened_at,
    discussions.c.withdrawn_at,
    discussions.c.due_at,
    discussions.c.closes_at,
    discussions.c.remind_at,
)
_PLACEMENT = (
    *CHANNEL,
    placements.c.discussion_id,
    placements.c.message,
    placements.c.thread,
    placements.c.posted_at,
)
_BY_ID = Prepared(
    select(*_DISCUSSION).where(
        discussions.c.course_id == bindparam("course"), discussions.c.id == bindparam("id")
    )
)
_PERIODS = Prepared(
    select(periods.c.discussion_id, periods.c.opened_at, periods.c.closed_at)
    .where(among(periods.c.discussion_id, parameter("ids")))
    .order_by(periods.c.opened_at, periods.c.id)
)
_PLACEMENTS_IN = Prepared(
    select(
        placements.c.channel_id,
        placements.c.discussion_id,
        placements.c.message,
        placements.c.thread,
    ).where(
        among(placements.c.channel_id, parameter("channels")),
        among(placements.c.thread, parameter("refs"))
        | among(placements.c.message, parameter("refs")),
    )
)


# --- prompts a course's staff wrote -------------------------------------------------------------


async def add_prompt(
    db: Connection, course: CourseId, invocation: str, content: Mapping[str, Any], now: datetime
) -> CoursePrompt:
    """Keep a new prompt. The same invocation again gives the prompt it made the first time."""
    found = await db.execute(
        select(course_prompts.c.number, course_prompts.c.content, course_prompts.c.withdrawn_at)
        .where(course_prompts.c.course_id == course, course_prompts.c.invocation == invocation)
    )  # fmt: skip
    if row := found.one_or_none():
        return CoursePrompt(*row)
    last = await db.execute(
        select(func.max(course_prompts.c.number)).where(course_prompts.c.course_id == course)
    )
    number = (last.scalar_one() or 0) + 1
    await db.execute(
        insert(course_prompts).values(
            course_id=course,
            number=number,
            invocation=invocation,
            content=dict(content),
            created_at=now,
        )
    )
    return CoursePrompt(number, content, None)


async def prompts_of(db: Connection, course: CourseId) -> list[CoursePrompt]:
    found = await db.execute(
        select(course_prompts.c.number, course_prompts.c.content, course_prompts.c.withdrawn_at)
        .where(course_prompts.c.course_id == course)
        .order_by(course_prompts.c.number)
    )
    return [CoursePrompt(*row) for row in found]


async def change_prompt(
    db: Connection, course: CourseId, number: int, changes: Mapping[str, object]
) -> None:
    await db.execute(
        update(course_prompts)
        .where(course_prompts.c.course_id == course, course_prompts.c.number == number)
        .values(**changes)
    )


# --- discussions --------------------------------------------------------------------------------


async def open_discussion(
    db: Connection,
    course: CourseId,
    prompt: str,
    content: Mapping[str, Any],
    now: datetime,
    times: Times = NO_TIMES,
) -> Discussion:
    (made,) = await open_discussions(db, course, [NewDiscussion(prompt, content, times)], now)
    return made


async def open_discussions(
    db: Connection, course: CourseId, new: Sequence[NewDiscussion], now: datetime
) -> list[Discussion]:
    """Open several at once, numbered in this order."""
    if not new:
        return []
    last = await db.execute(
        select(func.max(discussions.c.number)).where(discussions.c.course_id == course)
    )
    first = (last.scalar_one() or 0) + 1
    rows = [
        {
            "course_id": course,
            "number": number,
            "prompt": one.prompt,
            "content": dict(one.content),
            "opened_at": now,
            **one.times._asdict(),
        }
        for number, one in enumerate(new, first)
    ]
    await db.execute(insert(discussions), rows)
    numbered = await db.execute(
        select(discussions.c.number, discussions.c.id).where(
            discussions.c.course_id == course, discussions.c.number >= first
        )
    )
    ids = {number: DiscussionId(id_) for number, id_ in numbered}
    opened = [{"discussion_id": ids[row["number"]], "opened_at": now} for row in rows]
    await db.execute(insert(periods), opened)
    period = (Period(now, None),)
    return [
        Discussion(
            ids[number], course, number, one.prompt, one.content, 0, now, None, *one.times, period
        )
        for number, one in enumerate(new, first)
    ]


async def discussions_of(db: Connection, course: CourseId) -> list[Discussion]:
    """Every discussion of the course, oldest first."""
    found = await db.execute(
        select(*_DISCUSSION).where(discussions.c.course_id == course).order_by(discussions.c.number)
    )
    rows = found.all()
    when = await _periods(db, [row.id for row in rows])
    return [Discussion(*row, when[row.id]) for row in rows]


async def prompts_used(db: Connection, course: CourseId) -> list[str]:
    """The names of the prompts that the course has posted, oldest first; not those taken back."""
    found = await db.execute(
        select(discussions.c.prompt)
        .where(discussions.c.course_id == course, discussions.c.withdrawn_at.is_(None))
        .order_by(discussions.c.number)
    )
    return list(found.scalars())


async def discussion_by_id(db: Connection, course: CourseId, id_: DiscussionId) -> Discussion:
    row = await _BY_ID.one(db, course=course, id=id_)
    when = await _periods(db, [id_])
    return Discussion(*(*row, when[id_]))


async def _periods(
    db: Connection, ids: Collection[DiscussionId]
) -> Mapping[DiscussionId, tuple[Period, ...]]:
    by_id: dict[DiscussionId, tuple[Period, ...]] = defaultdict(tuple)
    for id_, opened, closed in await _PERIODS.rows(db, ids=ids):
        by_id[id_] += (Period(opened, closed),)
    return by_id


async def closing_or_reminding(db: Connection, now: datetime, limit: int) -> list[Discussion]:
    """The discussions that are to be closed by now, or whose class is to be reminded, of any
    course."""
    which = or_(discussions.c.closes_at <= now, discussions.c.remind_at <= now)
    found = await db.execute(
        select(*_DISCUSSION).where(which).order_by(discussions.c.id).limit(limit)
    )
    rows = found.all()
    when = await _periods(db, [row.id for row in rows])
    return [Discussion(*row, when[row.id]) for row in rows]


async def next_closing_or_reminding(db: Connection) -> datetime | None:
    found = await db.execute(
        select(
            select(func.min(discussions.c.closes_at)).scalar_subquery(),
            select(func.min(discussions.c.remind_at)).scalar_subquery(),
        )
    )
    return min((moment for moment in found.one() if moment is not None), default=None)


async def close(db: Connection, course: CourseId, id_: DiscussionId, now: datetime) -> None:
    """End the period that is open, if one is; nothing more is to come of itself."""
    await db.execute(
        update(discussions)
        .where(discussions.c.course_id == course, discussions.c.id == id_)
        .values(closes_at=None, remind_at=None)
    )
    await db.execute(
        update(periods)
        .where(periods.c.discussion_id == _of(course, id_), periods.c.closed_at.is_(None))
        .values(closed_at=now)
    )


async def reopen(db: Connection, course: CourseId, id_: DiscussionId, now: datetime) -> None:
    await db.execute(insert(periods).values(discussion_id=_of(course, id_), opened_at=now))


def _of(course: Any, id_: Any) -> Any:
    """The discussion's id where it is the course's, else nothing: no call reaches across."""
    return (
        select(discussions.c.id)
        .where(discussions.c.course_id == course, discussions.c.id == id_)
        .scalar_subquery()
    )


async def revise(db: Connection, course: CourseId, id_: DiscussionId, **changes: object) -> int:
    """Change columns of a discussion; returns its new revision, one for each change."""
    made = await db.execute(
        update(discussions)
        .where(discussions.c.course_id == course, discussions.c.id == id_)
        .values(revision=discussions.c.revision + 1, **changes)
        .returning(discussions.c.revision)
    )
    return int(made.scalar_one())


# --- placements ---------------------------------------------------------------------------------


_PLACE = Prepared(
    insert(placements)
    .values(
        discussion_id=_of(bindparam("b_of"), bindparam("b_id")),
        **{
            name: bindparam(f"b_{name}")
            for name in ("channel_id", "message", "thread", "posted_at")
        },
    )
    .returning(placements.c.id)
)


async def place(db: Connection, course: CourseId, placement: Placement) -> None:
    row = (placement.channel.id, placement.message, placement.thread, placement.posted_at)
    values = dict(zip(("b_channel_id", "b_message", "b_thread", "b_posted_at"), row, strict=True))
    await _PLACE.rows(db, b_of=course, b_id=placement.discussion_id, **values)


async def placements_of(
    db: Connection, course: CourseId, discussion_id: DiscussionId | None = None
) -> list[Placement]:
    """Where the course's discussions stand, or one of them."""
    query = (
        select(*_PLACEMENT)
        .join(channels, channels.c.id == placements.c.channel_id)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(channels.c.course_id == course)
        .order_by(placements.c.id)
    )
    if discussion_id is not None:
        query = query.where(placements.c.discussion_id == discussion_id)
    found = await db.execute(query)
    return [Placement(row[-4], to_channel(row), row[-3], row[-2], row[-1]) for row in found]


async def placements_in(
    db: Connection, channel_ids: Collection[ChannelId], refs: Collection[str]
) -> Sequence[tuple[ChannelId, DiscussionId, MessageRef, ThreadRef]]:
    """The placements in these channels whose message or thread is one of `refs`."""
    found = await _PLACEMENTS_IN.rows(db, channels=channel_ids, refs=refs)
    return [(row[0], row[1], row[2], row[3]) for row in found]


async def discussion_in(
    db: Connection, space: Space, channel: ChannelRef, thread: ThreadRef
) -> int | None:
    """The number of the discussion whose thread this is."""
    found = await db.execute(
        select(discussions.c.number)
        .join(placements, placements.c.discussion_id == discussions.c.id)
        .join(channels, channels.c.id == placements.c.channel_id)
        .join(spaces, spaces.c.id == channels.c.space_id)
        .where(
            spaces.c.platform == space.platform,
            spaces.c.ref == space.ref,
            channels.c.ref == channel,
            placements.c.thread == thread,
        )
    )
    return found.scalar_one_or_none()


# --- sides --------------------------------------------------------------------------------------


async def take_side(
    db: Connection,
    course: CourseId,
    discussion_id: DiscussionId,
    member: MemberId,
    account: AccountId,
    side: str,
    now: datetime,
) -> str | None:
    """Note that the member, with this account, takes this side from now on; returns the side they
    had before."""
    before = (await sides_of(db, course, discussion_id)).get(member)
    if before != side:
        await db.execute(
            insert(sides_taken).values(
                discussion_id=_of(course, discussion_id),
                member_id=member,
                account_id=account,
                side=side,
                taken_at=now,
            )
        )
    return before


async def sides_of(
    db: Connection, course: CourseId, discussion_id: DiscussionId
) -> Mapping[MemberId, str]:
    """The side that each member who took one holds now."""
    found = await db.execute(
        select(sides_taken.c.member_id, sides_taken.c.side)
        .where(sides_taken.c.discussion_id == _of(course, discussion_id))
        .order_by(sides_taken.c.taken_at, sides_taken.c.id)
    )
    return {row.member_id: row.side for row in found}
