"""Whom a reply responds to where its platform knows no replies by reference: what its author said
beforehand, else the first classmate it mentions. Worked out from what is stored whenever it is
read, so the order of arrival is of no consequence."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

from bot.core.participation import Terms
from storage import discussions, members, replies, responding
from storage.counting import Line
from storage.database import Connection
from storage.ids import CourseId, DiscussionId, MemberId, MessageId
from storage.instants import to_micros
from storage.rows import BY_MENTION, BY_SAYING, Discussion, Member, Reply, Said


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
    """The replies, each that refers to none with its parent: see `parents`.

    `mentions` of one message are in the order of its text, and what was `said` is in that of time.
    """
    students = {member.id for member in people if member.role == "student"}
    named: dict[int, list[int]] = defaultdict(list)
    for message, member in mentions:
        named[message].append(member)
    lines: dict[DiscussionId, list[Line]] = defaultdict(list)
    for reply in sorted(written, key=lambda reply: (reply.sent_at, reply.ref)):
        lines[reply.discussion_id].append(to_line(reply))
    words: dict[DiscussionId, list[Said]] = defaultdict(list)
    for word in said:
        words[word.discussion_id].append(word)
    found: dict[int, int | None] = {}
    foretold: set[int] = set()
    for discussion, its in lines.items():
        terms = Terms(discussions_[discussion])
        theirs, known = parents(its, named, terms, students, words.get(discussion, ()))
        found |= theirs
        foretold |= known
    return [
        replace(
            reply,
            parent_id=_message(found[reply.id]),
            parent_by=BY_SAYING if reply.id in foretold else BY_MENTION,
        )
        if reply.parent_by == BY_MENTION
        else reply
        for reply in written
    ]


def parents(
    lines: Iterable[Line],
    named: Mapping[int, Sequence[int]],
    terms: Terms,
    students: Collection[int],
    said: Iterable[Said] = (),
) -> tuple[dict[int, int | None], set[int]]:
    """For each message of a discussion that refers to none, its parent: the one that its author had
    said it would respond to; else the latest reply that the first classmate mentioned had written
    before, in the same channel, and that stood there then. And those of which it was said.

    `lines` of one member are in the order of time, and so is what was `said`.
    """
    by_author: dict[tuple[int, int], tuple[list[int], list[Line]]] = defaultdict(lambda: ([], []))
    asking = []
    for line in lines:
        times, theirs = by_author[line[7], line[0]]
        times.append(line[1])
        theirs.append(line)
        if line[4] == BY_MENTION:
            asking.append(line)
    foretold = _foretold(by_author, said)

    def parent(line: Line) -> int | None:
        if line[2] in foretold:
            return foretold[line[2]]
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

    found = {line[2]: parent(line) for line in asking}
    return found, foretold.keys() & found.keys()


def _foretold(
    by_author: Mapping[tuple[int, int], tuple[Sequence[int], Sequence[Line]]],
    said: Iterable[Said],
) -> dict[int, int | None]:
    """What was said of each message: a word holds for its author's next one there, and the last
    word before that for it. One that was deleted before they wrote the next does not use it up."""
    found: dict[int, int | None] = {}
    for word in said:
        times, own = by_author.get((word.channel_id, word.member_id), ((), ()))
        after = own[bisect_right(times, to_micros(word.said_at)) :]
        for line, following in zip_longest(after, after[1:]):
            gone = following is not None and line[6] is not None and line[6] <= following[1]
            if not gone:
                found[line[2]] = word.message_id
                break
    return found


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
