"""Whom a reply responds to where its platform knows no replies by reference: what its author said
beforehand, else the first classmate it mentions. Worked out from what is stored whenever it is
read, so the order of arrival is of no consequence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

from bot.core.participation import verdict
from storage import discussions, members, replies, responding
from storage.database import Connection
from storage.ids import ChannelId, CourseId, DiscussionId, MemberId, MessageId
from storage.rows import BY_MENTION, BY_SAYING, Discussion, Member, Reply, Said

_Written = Mapping[tuple[DiscussionId, ChannelId, MemberId], Sequence[Reply]]


async def replies_with_parents(
    db: Connection, course: CourseId, discussion: DiscussionId | None = None
) -> list[Reply]:
    """Every message of a member in the course's discussions, or in one of them, with the parent it
    refers to, was said to have, or mentions; oldest first."""
    written = await replies.replies_of(db, course, discussion)
    if all(reply.parent_by != BY_MENTION for reply in written):
        return written
    return infer(
        written,
        await replies.mentions_of(db, course),
        {d.id: d for d in await discussions.discussions_of(db, course)},
        await members.members_of(db, course),
        await responding.said_in(db, course, discussion),
    )


def infer(
    written: Sequence[Reply],
    mentions: Iterable[tuple[MessageId, MemberId]],
    discussions_: Mapping[DiscussionId, Discussion],
    people: Iterable[Member],
    said: Iterable[Said] = (),
) -> list[Reply]:
    """The replies, each that refers to none with its parent: the one that its author had said it
    would respond to; else the latest reply that the first classmate mentioned had written before,
    in the same channel, and that stood there then.

    `mentions` of one message are in the order of its text, and what was `said` is in that of time.
    """
    students = {member.id for member in people if member.role == "student"}
    named: dict[MessageId, list[MemberId]] = defaultdict(list)
    for message, member in mentions:
        named[message].append(member)
    by_author: dict[tuple[DiscussionId, ChannelId, MemberId], list[Reply]] = defaultdict(list)
    for reply in sorted(written, key=lambda reply: (reply.sent_at, reply.ref)):
        by_author[reply.discussion_id, reply.channel_id, reply.member_id].append(reply)

    def parent(reply: Reply) -> MessageId | None:
        for member in named.get(reply.id, ()):
            if member == reply.member_id:
                continue
            theirs = by_author.get((reply.discussion_id, reply.channel_id, member), ())
            discussion = discussions_[reply.discussion_id]
            before = [r for r in theirs if r.sent_at < reply.sent_at]
            for earlier in reversed(before):
                if _stood(earlier, discussion, reply.sent_at):
                    return earlier.id
            if member in students:
                return None  # a classmate who had said nothing: it answers the prompt
        return None

    foretold = _foretold(by_author, said)

    def known(reply: Reply) -> Reply:
        if reply.parent_by != BY_MENTION:
            return reply
        if (word := foretold.get(reply.id)) is not None:
            return replace(reply, parent_id=word.message_id, parent_by=BY_SAYING)
        return replace(reply, parent_id=parent(reply))

    return [known(reply) for reply in written]


def _foretold(by_author: _Written, said: Iterable[Said]) -> Mapping[MessageId, Said]:
    """What was said of each reply: a word holds for its author's next one there, and the last word
    before that for it. One that was deleted before they wrote the next does not use it up."""
    found: dict[MessageId, Said] = {}
    for word in said:
        own = by_author.get((word.discussion_id, word.channel_id, word.member_id), ())
        after = [reply for reply in own if reply.sent_at > word.said_at]
        for reply, following in zip_longest(after, after[1:]):
            gone = following is not None and (
                reply.deleted_at is not None and reply.deleted_at <= following.sent_at
            )
            if not gone:
                found[reply.id] = word
                break
    return found


def is_said(reply: Reply) -> bool:
    """Whether its author said beforehand what it responds to."""
    return reply.parent_by == BY_SAYING


def is_inferred(reply: Reply) -> bool:
    """Whether nobody said what it responds to but by a mention."""
    return reply.parent_by == BY_MENTION and reply.parent_id is not None


def _stood(reply: Reply, discussion: Discussion, at: datetime) -> bool:
    """Whether it was a counted reply at that instant: it may have been deleted since."""
    if reply.deleted_at is not None and reply.deleted_at <= at:
        return False
    return verdict(replace(reply, deleted_at=None), discussion).counts
