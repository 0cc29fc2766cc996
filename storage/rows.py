"""What comes back from the database: frozen, and in the words of the glossary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.ids import (
    AccountId,
    AccountRef,
    ChannelId,
    ChannelRef,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
    SendId,
    Space,
    SpaceId,
    ThreadRef,
)


@dataclass(frozen=True, slots=True)
class Course:
    id: CourseId
    title: str
    zone: str
    pack: str
    catch_up_hours: int
    keep_text_days: int | None
    created_at: datetime
    archived_at: datetime | None
    term_from: str | None = None
    term_until: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    id: ChannelId
    course_id: CourseId
    space_id: SpaceId
    space: Space
    ref: ChannelRef
    name: str
    kind: str  # class, staff
    tag: str | None = None  # what is posted there is filed under it


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a course, with the role they have now."""

    id: MemberId
    course_id: CourseId
    role: str
    name: str
    account: AccountId
    ref: AccountRef
    joined_at: datetime
    informed_at: datetime | None
    left_at: datetime | None = None  # none of their accounts is there any more
    account_left_at: datetime | None = None  # this account is not


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch in which a discussion was open; `closed_at` is None while it still is."""

    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Discussion:
    id: DiscussionId
    course_id: CourseId
    number: int
    prompt: str
    content: Mapping[str, Any]
    revision: int
    opened_at: datetime
    withdrawn_at: datetime | None
    periods: tuple[Period, ...]

    @property
    def name(self) -> str:
        """The short id people use: D12."""
        return f"D{self.number}"

    @property
    def open(self) -> bool:
        return self.withdrawn_at is None and any(p.closed_at is None for p in self.periods)

    def open_since(self, at: datetime) -> bool:
        """Whether it is open, or was at some time after this; it may be withdrawn since."""
        return any(p.closed_at is None or p.closed_at >= at for p in self.periods)


@dataclass(frozen=True, slots=True)
class CoursePrompt:
    number: int
    content: Mapping[str, Any]
    withdrawn_at: datetime | None

    @property
    def name(self) -> str:
        """The short id people use: P3."""
        return f"P{self.number}"


@dataclass(frozen=True, slots=True)
class Placement:
    discussion_id: DiscussionId
    channel: Channel
    message: MessageRef
    thread: ThreadRef
    posted_at: datetime


BY_MENTION = "mention"
"""A reply's `parent_by` where it responds to whom it mentions; others: "reference", "prompt"."""

AT_TOP = "top"
IN_THREAD = "thread"
IN_CHAIN = "chain"
THROUGH = "through"
ARCHIVED = frozenset({AT_TOP, IN_THREAD, IN_CHAIN, THROUGH})
"""The same of an archive's messages, where it says how each stood: at the top of its channel; in a
thread; outside threads as a reply to its parent; and so, but `through` messages that do not count
(a bot's) to a parent further up, which it does not answer itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of a member's in a discussion, as a report or an explanation needs it."""

    id: MessageId
    channel_id: ChannelId
    ref: MessageRef
    thread: ThreadRef | None
    discussion_id: DiscussionId
    account_id: AccountId
    member_id: MemberId
    parent_id: MessageId | None
    parent_by: str
    role: str
    sent_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    words: int
    words_raw: int
    characters: int
    attachments: int


@dataclass(frozen=True, slots=True)
class Send:
    """One public message that the bot owes a channel."""

    id: SendId
    course_id: CourseId
    channel: Channel
    discussion_id: DiscussionId
    key: str
    kind: str  # prompt, update, closing
    state: str  # pending, sending, sent, missed, failed
    due_at: datetime
    next_try_at: datetime
    attempts: int
    tried_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    message: MessageRef | None
    problem: str | None
