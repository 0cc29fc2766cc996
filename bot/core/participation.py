"""What counts, and why: `verdict` is the one place where it is decided that a reply counts.

Definitions follow one rule for each figure, so that every count can be explained by listing the
messages behind it. Nothing here ranks anybody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from bot.core.evidence import Cited
from storage.ids import DiscussionId, MemberId, MessageId
from storage.rows import (
    ARCHIVED,
    AT_TOP,
    BY_MENTION,
    IN_CHAIN,
    THROUGH,
    Discussion,
    Member,
    Reply,
)


class Rule(Enum):
    """Why a message counts or doesn't; the value is the sentence people are shown."""

    COUNTED = "counts"
    DELETED = "deleted by its author or a moderator"
    STAFF = "written as staff of the course"
    WITHDRAWN = "the discussion was withdrawn"
    CLOSED = "written while the discussion was closed"


@dataclass(frozen=True, slots=True)
class Verdict:
    counts: bool
    rule: Rule


def verdict(reply: Reply, discussion: Discussion) -> Verdict:
    """Whether a message of a member in a discussion counts as a student's reply, and by which rule.

    Decided from stored times only: the message's own (UTC) against the periods in which the
    discussion was open, up to and including the closing instant. The first period has no
    beginning: what stands in the thread was written after the post, whatever the clocks say.
    """
    if reply.deleted_at is not None:
        return Verdict(False, Rule.DELETED)
    if reply.role != "student":
        return Verdict(False, Rule.STAFF)
    if discussion.withdrawn_at is not None:
        return Verdict(False, Rule.WITHDRAWN)
    for period in discussion.periods:
        opened = period is discussion.periods[0] or reply.sent_at >= period.opened_at
        if opened and (period.closed_at is None or reply.sent_at <= period.closed_at):
            return Verdict(True, Rule.COUNTED)
    return Verdict(False, Rule.CLOSED)


def is_response(reply: Reply, by_id: Mapping[MessageId, Reply]) -> bool:
    """Whether a reply is a response (to a classmate's reply), and else an answer to the prompt.

    A response stays one when the classmate's message has been deleted or erased. What answers
    staff, or goes on from one's own message, belongs to one's answer. In an archive all that stands
    in a thread, or refers to another message, is a response.
    """
    if reply.parent_by in ARCHIVED:
        return reply.parent_by != AT_TOP
    if reply.parent_id is None:
        return False
    parent = by_id.get(reply.parent_id)
    return parent is None or (parent.role == "student" and parent.member_id != reply.member_id)


_OUTSIDE = (IN_CHAIN, THROUGH)


@dataclass(frozen=True, slots=True)
class Material:
    """All that a course's figures are made of, read at one moment."""

    members: Sequence[Member]
    discussions: Mapping[DiscussionId, Discussion]
    replies: Sequence[Reply]  # oldest first
    mentions: Collection[tuple[MessageId, MemberId]]
    reactions: Collection[tuple[MessageId, MemberId]]
    cited: Mapping[MessageId, Cited]  # of the course's pack

    @property
    def by_id(self) -> dict[MessageId, Reply]:
        return {reply.id: reply for reply in self.replies}

    def counted(self) -> list[Reply]:
        return [r for r in self.replies if verdict(r, self.discussions[r.discussion_id]).counts]


@dataclass(slots=True)
class Figures:
    """One student's figures.

    posts: answers to a prompt. replies: responses to a classmate (see is_response);
    replies_inferred: those of them that say it by a mention alone (see inferring.py). words,
    words_raw, characters: see words.py. active_days: distinct dates in the course's zone.
    peers_root: distinct classmates responded to directly. peers_thread: distinct classmates who
    had written earlier in the thread (see _Earlier). peers_named: distinct classmates mentioned.
    facts_cited: distinct facts of the pack named by id. sources_linked: distinct sources of the
    pack whose address is linked to (for both see evidence.py). replies_received: responses by
    classmates. reactions_given, reactions_received: to and from others' counted messages. first,
    last: instants (UTC) of the first and the last counted message.
    """

    discussions: set[DiscussionId] = field(default_factory=set)
    posts: int = 0
    replies: int = 0
    replies_inferred: int = 0
    words: int = 0
    words_raw: int = 0
    characters: int = 0
    attachments: int = 0
    days: set[object] = field(default_factory=set)
    peers_root: set[MemberId] = field(default_factory=set)
    peers_thread: set[MemberId] = field(default_factory=set)
    peers_named: set[MemberId] = field(default_factory=set)
    facts_cited: set[str] = field(default_factory=set)
    sources_linked: set[str] = field(default_factory=set)
    replies_received: int = 0
    reactions_given: int = 0
    reactions_received: int = 0
    first: datetime | None = None
    last: datetime | None = None


def figures(material: Material, zone: ZoneInfo) -> dict[MemberId, Figures]:
    """Every student's figures, those who wrote nothing included."""
    table = {m.id: Figures() for m in material.members if m.role == "student"}
    counted = material.counted()
    by_id = {reply.id: reply for reply in counted}
    written = material.by_id
    earlier = _Earlier(by_id)
    for reply in counted:
        own = table.setdefault(reply.member_id, Figures())
        own.discussions.add(reply.discussion_id)
        own.words += reply.words
        own.words_raw += reply.words_raw
        own.characters += reply.characters
        own.attachments += reply.attachments
        own.days.add(reply.sent_at.astimezone(zone).date())
        own.first = own.first or reply.sent_at
        own.last = reply.sent_at
        if not is_response(reply, written):
            own.posts += 1
        else:
            own.replies += 1
            own.replies_inferred += reply.parent_by == BY_MENTION
            parent = None if reply.parent_id is None else by_id.get(reply.parent_id)
            answered = parent is not None and parent.member_id != reply.member_id
            if parent is not None and answered and reply.parent_by != THROUGH:
                own.peers_root.add(parent.member_id)
                table.setdefault(parent.member_id, Figures()).replies_received += 1
        own.peers_thread |= earlier.than(reply)
    _add_mentions(table, by_id, material.mentions)
    _add_evidence(table, by_id, material.cited)
    _add_reactions(table, by_id, material)
    return table


class _Earlier:
    """Who had written earlier where each message stands; to be asked of all, oldest first.

    In an archive, a message at the top has nobody before it, and a reply outside threads those
    whom the chain of references leads up to.
    """

    def __init__(self, counted: Mapping[MessageId, Reply]) -> None:
        self._counted = counted
        self._threads: dict[tuple[int, object], set[MemberId]] = defaultdict(set)
        self._above: dict[MessageId, frozenset[MemberId]] = {}

    def than(self, reply: Reply) -> AbstractSet[MemberId]:
        """Others who had written, and whom it may answer by where it stands."""
        found: AbstractSet[MemberId] = self._up(reply)
        if reply.thread is not None or reply.parent_by not in ARCHIVED:
            thread = self._threads[reply.channel_id, reply.thread or reply.discussion_id]
            if reply.parent_by not in _OUTSIDE:
                found = thread - {reply.member_id}
            thread.add(reply.member_id)
        return frozenset() if reply.parent_by == AT_TOP else found - {reply.member_id}

    def _up(self, reply: Reply) -> frozenset[MemberId]:
        """Whom the chain of references leads up to."""
        parent = None if reply.parent_id is None else self._counted.get(reply.parent_id)
        if parent is None or reply.parent_by not in _OUTSIDE:
            return frozenset()
        above = self._above.get(parent.id, frozenset()) | {parent.member_id}
        self._above[reply.id] = above
        return above


def _add_mentions(
    table: Mapping[MemberId, Figures],
    counted: Mapping[MessageId, Reply],
    mentions: Iterable[tuple[MessageId, MemberId]],
) -> None:
    for message, named in mentions:
        reply = counted.get(message)
        if reply is not None and named != reply.member_id and named in table:
            table[reply.member_id].peers_named.add(named)


def _add_evidence(
    table: Mapping[MemberId, Figures],
    counted: Mapping[MessageId, Reply],
    cited: Mapping[MessageId, Cited],
) -> None:
    for message, pieces in cited.items():
        reply = counted.get(message)
        if reply is not None:
            table[reply.member_id].facts_cited.update(pieces.facts)
            table[reply.member_id].sources_linked.update(s.id for s in pieces.sources)


def _add_reactions(
    table: Mapping[MemberId, Figures], counted: Mapping[MessageId, Reply], material: Material
) -> None:
    for message, giver in material.reactions:
        reply = counted.get(message)
        if reply is None or giver == reply.member_id:
            continue
        table[reply.member_id].reactions_received += 1
        if giver in table:
            table[giver].reactions_given += 1
