"""What figures are made of, a discussion at a time, as the driver gives it (see snapshot.py).

The index ix_messages_counting holds all of a message that is asked for here, so that neither texts
nor another course's rows are touched.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, bindparam, select

from storage.among import among, parameter
from storage.ids import ChannelId, CourseId, DiscussionId, MessageId
from storage.schema import (
    discussions,
    evidence,
    member_accounts,
    mentions,
    messages,
    reactions,
    sides_taken,
)
from storage.snapshot import Snapshot

Line = tuple[
    int, int, int, int | None, str, str, int | None, int, str | None, int, int, int, int
]  # fmt: skip
"""A message of a member's: member, sent, id, parent, parent_by, role, deleted, channel, thread,
words, words_raw, characters, attachments; instants in microseconds."""

_LINE = (
    messages.c.member_id,
    messages.c.sent_at,
    messages.c.id,
    messages.c.parent_id,
    messages.c.parent_by,
    messages.c.role,
    messages.c.deleted_at,
    messages.c.channel_id,
    messages.c.thread,
    messages.c.words,
    messages.c.words_raw,
    messages.c.characters,
    messages.c.attachments,
)
_OF_COURSE = (discussions.c.course_id == bindparam("course"), messages.c.member_id.is_not(None))
_HERE = (messages.c.discussion_id == bindparam("discussion"), *_OF_COURSE)
_SPOKEN = (
    select(*_LINE)
    .join(discussions, discussions.c.id == messages.c.discussion_id)
    .where(*_HERE)
    .order_by(messages.c.member_id, messages.c.sent_at)
)
_ELSEWHERE = (
    select(messages.c.discussion_id, *_LINE)
    .join(discussions, discussions.c.id == messages.c.discussion_id)
    .where(among(messages.c.id, parameter("ids")), *_OF_COURSE)
)
_MESSAGE_AT = (
    select(messages.c.id, messages.c.discussion_id)
    .join(discussions, discussions.c.id == messages.c.discussion_id)
    .where(
        messages.c.channel_id == bindparam("channel"),
        messages.c.ref == bindparam("ref"),
        *_OF_COURSE,
    )
)
_DETAILS = (
    select(messages.c.id, messages.c.ref, messages.c.edited_at)
    .join(discussions, discussions.c.id == messages.c.discussion_id)
    .where(*_HERE)
)


def _with_it(what: Column[int], *columns: ColumnElement[Any]) -> Select[Any]:
    """Rows that belong to a message of the discussion."""
    return (
        select(what, *columns)
        .select_from(messages)
        .join(what.table, what == messages.c.id)
        .join(discussions, discussions.c.id == messages.c.discussion_id)
        .where(*_HERE)
    )


_MENTIONED = _with_it(mentions.c.message_id, mentions.c.account_id).order_by(
    mentions.c.message_id, mentions.c.position
)
_NAMED = _with_it(evidence.c.message_id, evidence.c.named)
_REACTED = _with_it(reactions.c.message_id, reactions.c.account_id).where(reactions.c.present)
_BETWEEN: tuple[Any, Any] = (bindparam("first"), bindparam("last"))
_THEIRS = select(member_accounts.c.account_id).where(
    member_accounts.c.course_id == bindparam("course")
)
_MENTIONED_BETWEEN = select(mentions.c.message_id, mentions.c.account_id).where(
    mentions.c.message_id.between(*_BETWEEN), mentions.c.account_id.in_(_THEIRS)
)
_NAMED_BETWEEN = select(evidence.c.message_id, evidence.c.named).where(
    evidence.c.message_id.between(*_BETWEEN)
)
_REACTED_BETWEEN = select(reactions.c.message_id, reactions.c.account_id).where(
    reactions.c.message_id.between(*_BETWEEN),
    reactions.c.account_id.in_(_THEIRS),
    reactions.c.present,
)
_ACCOUNTS = select(member_accounts.c.account_id, member_accounts.c.member_id).where(
    member_accounts.c.course_id == bindparam("course")
)
_SIDES = (
    select(sides_taken.c.discussion_id, sides_taken.c.member_id, sides_taken.c.side)
    .join(discussions, discussions.c.id == sides_taken.c.discussion_id)
    .where(discussions.c.course_id == bindparam("course"))
    .order_by(sides_taken.c.taken_at, sides_taken.c.id)
)


def spoken(db: Snapshot, course: CourseId, discussion: DiscussionId) -> list[Line]:
    """Every message of a member in a discussion, deleted ones too; a member's own together."""
    return db.rows(_SPOKEN, {"course": course, "discussion": discussion})


def message_at(
    db: Snapshot, course: CourseId, channel: ChannelId, ref: str
) -> tuple[int, DiscussionId] | None:
    """The id and the discussion of a member's message in one of the course's channels."""
    found = db.rows(_MESSAGE_AT, {"course": course, "channel": channel, "ref": ref})
    return found[0] if found else None


def elsewhere(
    db: Snapshot, course: CourseId, ids: Sequence[int]
) -> list[tuple[DiscussionId, Line]]:
    """These messages of the course, each with its discussion."""
    found = db.rows(_ELSEWHERE, {"course": course, "ids": ids})
    return [(row[0], tuple(row[1:])) for row in found]


def details(
    db: Snapshot, course: CourseId, discussion: DiscussionId
) -> dict[MessageId, tuple[str, int | None]]:
    """What each message's platform calls it, and when it was edited."""
    found = db.rows(_DETAILS, {"course": course, "discussion": discussion})
    return {id_: (ref, edited) for id_, ref, edited in found}


def mentioned(db: Snapshot, course: CourseId, discussion: DiscussionId) -> list[tuple[int, int]]:
    """Message and account, in the order of each text."""
    return db.rows(_MENTIONED, {"course": course, "discussion": discussion})


def named(db: Snapshot, course: CourseId, discussion: DiscussionId) -> list[tuple[int, str]]:
    """Message, and what it names as evidence."""
    return db.rows(_NAMED, {"course": course, "discussion": discussion})


def reacted(db: Snapshot, course: CourseId, discussion: DiscussionId) -> list[tuple[int, int]]:
    """Message, and the account whose reaction stands on it: a row for each."""
    return db.rows(_REACTED, {"course": course, "discussion": discussion})


# Of all that was said meanwhile: other courses' messages are among them, to be passed over.


def mentioned_between(
    db: Snapshot, course: CourseId, first: int, last: int
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """Message and account of the course, of the messages from one id to another."""
    return db.each(_MENTIONED_BETWEEN, {"course": course, "first": first, "last": last})


def named_between(db: Snapshot, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Message, and what it names as evidence, of the messages from one id to another."""
    return db.each(_NAMED_BETWEEN, {"first": first, "last": last})


def reacted_between(
    db: Snapshot, course: CourseId, first: int, last: int
) -> Iterator[tuple[int, int]]:
    """Message and account of the course, of the messages from one id to another."""
    return db.each(_REACTED_BETWEEN, {"course": course, "first": first, "last": last})


def accounts(db: Snapshot, course: CourseId) -> dict[int, int]:
    """The member that each account is in the course."""
    return dict(db.rows(_ACCOUNTS, {"course": course}))


def sides(db: Snapshot, course: CourseId) -> list[tuple[int, int, str]]:
    """Discussion, member and side, in the order in which they were taken."""
    return db.rows(_SIDES, {"course": course})
