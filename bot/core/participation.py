"""What counts, and why: `Terms.rule` is the one place where it is decided that a reply counts.

Definitions follow one rule for each figure, so that every count can be explained by listing the
messages behind it (see tally.py for the figures). Nothing here ranks anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from storage.counting import Line
from storage.ids import MessageId
from storage.instants import to_micros
from storage.rows import ARCHIVED, AT_TOP, Discussion, Reply

ALWAYS = (-(1 << 62), 1 << 62)
"""Before and after any instant, in microseconds."""
NEVER = ALWAYS[::-1]


class Rule(Enum):
    """Why a message counts or doesn't; the value is the sentence people are shown."""

    COUNTED = "counts"
    EXTENDED = "counts: written in the time that staff gave"
    DELETED = "deleted by its author or a moderator"
    STAFF = "written as staff of the course"
    WITHDRAWN = "the discussion was withdrawn"
    CLOSED = "written while the discussion was closed"

    @property
    def counts(self) -> bool:
        return self is Rule.COUNTED or self is Rule.EXTENDED


@dataclass(frozen=True, slots=True)
class Verdict:
    counts: bool
    rule: Rule


class Terms:
    """On which terms a discussion's messages count; instants are whole microseconds.

    `extended` is until when single members have time, who were given more.
    """

    def __init__(self, discussion: Discussion, extended: Mapping[int, int] | None = None) -> None:
        self.extended = extended or {}
        self.due = None if discussion.due_at is None else to_micros(discussion.due_at)
        self.withdrawn = discussion.withdrawn_at is not None
        self.spans = [
            (
                ALWAYS[0] if place == 0 else to_micros(period.opened_at),
                ALWAYS[1] if period.closed_at is None else to_micros(period.closed_at),
            )
            for place, period in enumerate(discussion.periods)
        ]

    def due_for(self, member: int) -> int | None:
        """Until when a member's message is on time; None where there is no such time."""
        return None if self.due is None else max(self.due, self.extended.get(member, self.due))

    def rule(self, role: str, deleted_at: object, sent_at: int, member: int) -> Rule:
        """Whether a message of a member counts as a student's reply, and by which rule.

        Decided from stored times only: the message's own against the periods in which the
        discussion was open, up to and including the closing instant. The first period has no
        beginning: what stands in the thread was written after the post, whatever the clocks say.
        """
        if deleted_at is not None:
            return Rule.DELETED
        if role != "student":
            return Rule.STAFF
        if self.withdrawn:
            return Rule.WITHDRAWN
        for opened, closed in self.spans:
            if opened <= sent_at <= closed:
                return Rule.COUNTED
        if member in self.extended and sent_at <= self.extended[member]:
            return Rule.EXTENDED
        return Rule.CLOSED

    def counted(self, lines: Sequence[Line]) -> list[Line]:
        """The lines that count, as `rule` has it; it is asked only of those that were not plainly
        written by a student while the discussion was open last."""
        opened, closed = self.spans[-1] if self.spans and not self.withdrawn else NEVER
        rule, good, extended = self.rule, Rule.COUNTED, Rule.EXTENDED
        return [
            x for x in lines
            if (x[6] is None and x[5] == "student" and opened <= x[1] <= closed)
            or (r := rule(x[5], x[6], x[1], x[0])) is good or r is extended
        ]  # fmt: skip


def verdict(
    reply: Reply, discussion: Discussion, extended: Mapping[int, int] | None = None
) -> Verdict:
    """What `Terms.rule` says of one reply."""
    rule = Terms(discussion, extended).rule(
        reply.role, reply.deleted_at, to_micros(reply.sent_at), reply.member_id
    )
    return Verdict(rule.counts, rule)


def responds(member: int, parent: int | None, role: str | None, author: int | None) -> bool:
    """Whether a message is a response (to a classmate's message), and else an answer to the prompt.

    `parent` is the message it answers; `role` and `author` are that one's, None where it is gone:
    a response stays one when the classmate's message has been deleted or erased. What answers
    staff, or goes on from one's own message, belongs to one's answer.
    """
    return parent is not None and (role is None or (role == "student" and author != member))


def is_response(reply: Reply, by_id: Mapping[MessageId, Reply]) -> bool:
    """What `responds` says of one reply. In an archive all that stands in a thread, or refers to
    another message, is a response."""
    if reply.parent_by in ARCHIVED:
        return reply.parent_by != AT_TOP
    parent = None if reply.parent_id is None else by_id.get(reply.parent_id)
    if parent is None:
        return responds(reply.member_id, reply.parent_id, None, None)
    return responds(reply.member_id, reply.parent_id, parent.role, parent.member_id)


def open_to(discussion: Discussion, since: datetime | None, until: datetime | None) -> bool:
    """Whether a discussion was open to somebody who came to the course then (and left it then):
    not withdrawn, not closed for good before they came, not opened after they left."""
    if discussion.withdrawn_at is not None:
        return False
    last = discussion.periods[-1].closed_at if discussion.periods else None
    came_too_late = last is not None and since is not None and last < since
    return not came_too_late and (until is None or discussion.opened_at <= until)
