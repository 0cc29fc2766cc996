"""Whom a reply responds to where its platform knows no replies by reference: the first classmate it
mentions. Worked out from what is stored whenever it is read, so the order of arrival is of no
consequence."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.participation import Terms
from storage import discussions, members, replies
from storage.counting import Line
from storage.database import Connection
from storage.ids import CourseId, DiscussionId, MemberId, MessageId
from storage.instants import to_micros
from storage.rows import BY_MENTION, Discussion, Member, Reply


async def replies_with_parents(
    db: Connection, course: CourseId, discussion: DiscussionId | None = None
) -> list[Reply]:
    """Every message of a member in the course's discussions, or in one of them, with the parent it
    says or mentions; oldest first."""
    written = await replies.replies_of(db, course, discussion)
    if all(reply.parent_by != BY_MENTION for reply in written):
        return written
    return infer(
        written,
        await replies.mentions_of(db, course),
        {d.id: d for d in await discussions.discussions_of(db, course)},
        await members.members_of(db, course),
    )


def infer(
    written: Sequence[Reply],
    mentions: Iterable[tuple[MessageId, MemberId]],
    discussions_: Mapping[DiscussionId, Discussion],
    people: Iterable[Member],
) -> list[Reply]:
    """The replies, each that goes by whom it mentions with its parent: see `parents`.

    `mentions` of one message are in the order of its text.
    """
    students = {member.id for member in people if member.role == "student"}
    named: dict[int, list[int]] = defaultdict(list)
    for message, member in mentions:
        named[message].append(member)
    lines: dict[DiscussionId, list[Line]] = defaultdict(list)
    for reply in sorted(written, key=lambda reply: (reply.sent_at, reply.ref)):
        lines[reply.discussion_id].append(to_line(reply))
    found: dict[int, int | None] = {}
    for discussion, its in lines.items():
        found |= parents(its, named, Terms(discussions_[discussion]), students)
    return [
        replace(reply, parent_id=_message(found[reply.id]))
        if reply.parent_by == BY_MENTION
        else reply
        for reply in written
    ]


def parents(
    lines: Iterable[Line],
    named: Mapping[int, Sequence[int]],
    terms: Terms,
    students: Collection[int],
) -> dict[int, int | None]:
    """For each message of a discussion that goes by whom it mentions, its parent: the latest reply
    that the first classmate mentioned had written before, in the same channel, and that stood there
    then. `lines` of one member are in the order of time."""
    by_author: dict[tuple[int, int], tuple[list[int], list[Line]]] = defaultdict(lambda: ([], []))
    asking = []
    for line in lines:
        times, theirs = by_author[line[7], line[0]]
        times.append(line[1])
        theirs.append(line)
        if line[4] == BY_MENTION:
            asking.append(line)

    def parent(line: Line) -> int | None:
        for member in named.get(line[2], ()):
            if member == line[0]:
                continue
            times, theirs = by_author.get((line[7], member), ((), ()))
            for earlier in reversed(theirs[: bisect_left(times, line[1])]):
                if _stood(earlier, terms, line[1]):
                    return earlier[2]
            if member in students:
                return None  # a classmate who had said nothing: it answers the prompt
        return None

    return {line[2]: parent(line) for line in asking}


def is_inferred(reply: Reply) -> bool:
    """Whether nobody said what it responds to but by a mention."""
    return reply.parent_by == BY_MENTION and reply.parent_id is not None


def _stood(line: Line, terms: Terms, at: int) -> bool:
    """Whether it was a counted reply at that instant: it may have been deleted since."""
    gone = line[6] is not None and line[6] <= at
    return not gone and terms.rule(line[5], None, line[1], line[0]).counts


def to_line(reply: Reply) -> Line:
    """A reply as a discussion is counted by it."""
    return (
        reply.member_id,
        to_micros(reply.sent_at),
        reply.id,
        reply.parent_id,
        reply.parent_by,
        reply.role,
        _micros(reply.deleted_at),
        reply.channel_id,
        reply.thread,
        reply.words,
        reply.words_raw,
        reply.characters,
        reply.attachments,
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _message(id_: int | None) -> MessageId | None:
    return None if id_ is None else MessageId(id_)
