"""What is brought in from archives of old terms, many rows at once; see bot/core/archives.py for
what it means. An archive's space is its course's alone, and no platform reaches it."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.selectable import Select

from storage.among import among
from storage.database import Connection
from storage.ids import (
    AccountId,
    AccountRef,
    ChannelId,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
    Space,
    SpaceId,
    ThreadRef,
)
from storage.prepared import PreparedInsert
from storage.rows import THROUGH
from storage.schema import (
    accounts,
    archive_files,
    channels,
    course_spaces,
    discussions,
    identities,
    member_accounts,
    members,
    messages,
    periods,
    placements,
    roles,
    spaces,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A message that stands already; `member_id` None: it is nobody's that counts. `edited_at` is
    in whole microseconds."""

    id: MessageId
    member_id: MemberId | None
    edited_at: int | None
    deleted: bool

    @property
    def counts(self) -> bool:
        """Whether it is somebody's."""
        return self.member_id is not None


def _some(table: Table, *columns: str) -> PreparedInsert:
    return PreparedInsert(insert(table).values({name: bindparam(name) for name in columns}))


_INSERT_DISCUSSIONS = _some(discussions, "course_id", "number", "prompt", "content", "opened_at")
_INSERT_PERIODS = _some(periods, "discussion_id", "opened_at")
_INSERT_PLACEMENTS = _some(
    placements, "discussion_id", "channel_id", "message", "thread", "posted_at"
)


async def spaces_of(db: Connection, course: CourseId) -> Sequence[tuple[SpaceId, Space]]:
    """The spaces that a course is in."""
    found = await db.execute(
        select(spaces.c.id, spaces.c.platform, spaces.c.ref)
        .join(course_spaces, course_spaces.c.space_id == spaces.c.id)
        .where(course_spaces.c.course_id == course)
        .order_by(spaces.c.id)
    )
    return [(row[0], Space(row[1], row[2])) for row in found]


# --- how far it has come ------------------------------------------------------------------------


async def files_of(db: Connection, course: CourseId) -> set[str]:
    """The digests of the files that have been brought in whole."""
    found = await db.execute(
        select(archive_files.c.digest).where(archive_files.c.course_id == course)
    )
    return set(found.scalars())


async def note_files(
    db: Connection, course: CourseId, digests: Iterable[str], now: datetime
) -> None:
    rows = [{"course_id": course, "digest": one, "imported_at": now} for one in set(digests)]
    if rows:
        await db.execute(insert(archive_files), rows)


# --- people -------------------------------------------------------------------------------------


async def enrol(
    db: Connection,
    course: CourseId,
    space: SpaceId,
    people: Mapping[AccountRef, str],
    since: datetime,
    now: datetime,
) -> dict[AccountRef, tuple[AccountId, MemberId]]:
    """New accounts, and with each a student of the course since then, by the names they go by; one
    whose name is its ref is called so until a name is known."""
    if not people:
        return {}
    new_accounts = [{"space_id": space, "created_at": now}] * len(people)
    account_ids = await _made(db, accounts, new_accounts, accounts.c.space_id == space)
    new_members = [{"course_id": course, "joined_at": since}] * len(people)
    member_ids = await _made(db, members, new_members, members.c.course_id == course)
    await db.execute(
        insert(identities),
        [
            {
                "account_id": account,
                "space_id": space,
                "ref": ref,
                "name": name,
                "named_at": since if name == ref else now,
            }
            for account, (ref, name) in zip(account_ids, people.items(), strict=True)
        ],
    )
    await db.execute(
        insert(member_accounts),
        [
            {"course_id": course, "account_id": account, "member_id": member}
            for account, member in zip(account_ids, member_ids, strict=True)
        ],
    )
    await db.execute(
        insert(roles),
        [{"member_id": member, "role": "student", "since": since} for member in member_ids],
    )
    return {
        ref: (AccountId(account), MemberId(member))
        for ref, account, member in zip(people, account_ids, member_ids, strict=True)
    }


async def people_of(
    db: Connection, course: CourseId, space: SpaceId
) -> dict[AccountRef, tuple[AccountId, MemberId, str]]:
    """Everybody of the course who is known in the space: their account, member and name."""
    found = await db.execute(
        select(
            identities.c.ref,
            identities.c.account_id,
            member_accounts.c.member_id,
            identities.c.name,
        )
        .join(member_accounts, member_accounts.c.account_id == identities.c.account_id)
        .where(identities.c.space_id == space, member_accounts.c.course_id == course)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in found}


# --- threads and messages -----------------------------------------------------------------------


async def open_threads(
    db: Connection,
    course: CourseId,
    channel: ChannelId,
    threads: Mapping[ThreadRef, int],
    content: Mapping[str, Any],
    prompt: str,
) -> dict[ThreadRef, DiscussionId]:
    """Discussions of their own for threads in one channel, each open since the given instant (whole
    microseconds); they are numbered in their order."""
    if not threads:
        return {}
    last = await db.execute(
        select(func.max(discussions.c.number)).where(discussions.c.course_id == course)
    )
    first = (last.scalar_one() or 0) + 1
    written = json.dumps(dict(content))
    await _INSERT_DISCUSSIONS.add(
        db,
        [
            (course, number, prompt, written, at)
            for number, at in enumerate(threads.values(), first)
        ],
    )
    made = await db.execute(
        select(discussions.c.id)
        .where(discussions.c.course_id == course, discussions.c.number >= first)
        .order_by(discussions.c.number)
    )
    ids = list(made.scalars())
    opened = list(zip(ids, threads.items(), strict=True))
    await _INSERT_PERIODS.add(db, [(id_, at) for id_, (_, at) in opened])
    await _INSERT_PLACEMENTS.add(
        db, [(id_, channel, thread, thread, at) for id_, (thread, at) in opened]
    )
    return {thread: DiscussionId(id_) for id_, (thread, _) in opened}


async def known(
    db: Connection, channel: ChannelId, refs: Collection[MessageRef]
) -> dict[MessageRef, Known]:
    """Those of these messages that stand in the channel already."""
    if not refs:
        return {}
    found = await db.execute(
        select(
            messages.c.ref,
            messages.c.id,
            messages.c.member_id,
            type_coerce(messages.c.edited_at, BigInteger),
            messages.c.deleted_at.is_not(None),
        ).where(messages.c.channel_id == channel, among(messages.c.ref, refs))
    )
    return {row[0]: Known(*row[1:]) for row in found}


async def forget(db: Connection, channel: ChannelId, ids: Collection[MessageId]) -> None:
    """Remove messages of a channel with all that belongs to them: others stand in their place."""
    if ids:
        await db.execute(
            delete(messages).where(messages.c.channel_id == channel, among(messages.c.id, ids))
        )


async def settle(db: Connection, course: CourseId) -> None:
    """Put in order what a file said before another had said what it belongs to: whom a reply
    answers, what a thread began with, from when to when it was talked in."""
    own = select(channels.c.id).where(channels.c.course_id == course)
    await _find_parents(db, own)
    begins = (
        select(messages.c.id)
        .join(
            placements,
            (placements.c.channel_id == messages.c.channel_id)
            & (placements.c.thread == messages.c.ref),
        )
        .where(placements.c.channel_id.in_(own), messages.c.thread.is_(None))
    )
    await db.execute(
        update(messages)
        .where(messages.c.id.in_(begins))
        .values(
            thread=messages.c.ref,
            discussion_id=select(placements.c.discussion_id)
            .where(
                placements.c.channel_id == messages.c.channel_id,
                placements.c.thread == messages.c.ref,
            )
            .scalar_subquery(),
        )
    )
    await _bound(db, course)


async def _find_parents(db: Connection, own: Select[Any]) -> None:
    """The messages that are answered, of those that were not there yet; where what is answered is
    nobody's that counts, what that had answered."""
    answered = messages.alias("answered")
    here = (answered.c.channel_id == messages.c.channel_id) & (
        answered.c.ref == messages.c.reply_to
    )
    waiting = (
        messages.c.channel_id.in_(own)
        & messages.c.parent_id.is_(None)
        & messages.c.reply_to.is_not(None)
    )
    direct = select(answered.c.id).where(here, answered.c.member_id.is_not(None))
    await db.execute(
        update(messages)
        .where(waiting, exists(direct.correlate(messages)))
        .values(parent_id=direct.correlate(messages).scalar_subquery())
    )
    further = select(answered.c.parent_id).where(
        here, answered.c.member_id.is_(None), answered.c.parent_id.is_not(None)
    )
    while True:
        found = await db.execute(
            update(messages)
            .where(waiting, exists(further.correlate(messages)))
            .values(parent_id=further.correlate(messages).scalar_subquery(), parent_by=THROUGH)
        )
        if found.rowcount == 0:
            return


async def _bound(db: Connection, course: CourseId) -> None:
    """Each discussion was open from its first message, or what it was begun by, to its last one."""
    times = (
        select(
            messages.c.discussion_id.label("id"),
            func.min(messages.c.sent_at).label("first"),
            func.max(messages.c.sent_at).label("last"),
        )
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(discussions.c.course_id == course, messages.c.member_id.is_not(None))
        .group_by(messages.c.discussion_id)
        .cte("times")
    )
    own = select(discussions.c.id).where(discussions.c.course_id == course)
    spoken = select(messages.c.id).where(
        messages.c.discussion_id == periods.c.discussion_id, messages.c.member_id.is_not(None)
    )
    opened = periods.c.opened_at
    await db.execute(
        update(periods)
        .where(periods.c.discussion_id == times.c.id)
        .values(
            opened_at=case((times.c.first < opened, times.c.first), else_=opened),
            closed_at=times.c.last,
        )
    )
    await db.execute(
        update(periods)
        .where(periods.c.discussion_id.in_(own), ~exists(spoken))
        .values(closed_at=opened)
    )
    earlier = select(opened).where(
        periods.c.discussion_id == discussions.c.id, opened < discussions.c.opened_at
    )
    await db.execute(
        update(discussions)
        .where(discussions.c.course_id == course, exists(earlier))
        .values(opened_at=earlier.scalar_subquery())
    )


async def _made(
    db: Connection, table: Any, rows: Sequence[Mapping[str, Any]], own: ColumnElement[bool]
) -> Sequence[int]:
    """Insert rows; their ids in any order, of which `own` says which are whose. In one statement
    for all of them, as it would not be where each row gave its id back."""
    last = (await db.execute(select(func.max(table.c.id)))).scalar_one() or 0
    await db.execute(insert(table), [dict(row) for row in rows])
    made = await db.execute(select(table.c.id).where(own, table.c.id > last).order_by(table.c.id))
    return list(made.scalars())
