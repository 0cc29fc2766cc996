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
    ScheduleId,
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
    quiet_hours: str | None = None  # local, as 22:00-07:00


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
    due_at: datetime | None
    closes_at: datetime | None
    remind_at: datetime | None
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
class Schedule:
    """When prompts are to be posted. Times are local to `zone` (IANA) and without an offset.

    `prompts`: their names, in order; None: the next one of the pack that the course has not used,
    with this `tag` if there is one. `rule` is an RFC 5545 RRULE without its end, which is `until`
    or `count`. `taken`: every occurrence of the rule up to it was decided about. `next`, `next_at`:
    the occurrence to come, by its original local time, and its instant (UTC); None where none is.
    `channels`: none means every class channel that the course has.
    """

    id: ScheduleId
    course_id: CourseId
    number: int
    state: str  # proposed, active, paused, cancelled, ended
    prompts: tuple[str, ...] | None
    tag: str | None
    rule: str
    start: datetime
    until: datetime | None
    count: int | None
    zone: str
    due_minutes: int | None
    close_minutes: int | None
    remind_minutes: int | None
    created_by: MemberId | None  # None: it was copied in the terminal
    created_at: datetime
    taken: datetime | None
    next: datetime | None
    next_at: datetime | None
    channels: tuple[ChannelId, ...]

    @property
    def name(self) -> str:
        """The short id people use: S3."""
        return f"S{self.number}"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What was decided about one due time of a schedule. `local` is its name for good: its original
    local time. `moved_at` is an instant (UTC)."""

    schedule_id: ScheduleId
    local: datetime
    state: str  # skipped, moved, opened, missed, empty
    moved_to: datetime | None = None
    moved_at: datetime | None = None
    discussion_id: DiscussionId | None = None


@dataclass(frozen=True, slots=True)
class FollowUpState:
    """How it stands with one follow-up of a discussion; `check_at` is when to look again."""

    discussion_id: DiscussionId
    course_id: CourseId
    key: str
    state: str  # pending, owed, dropped
    check_at: datetime | None
    decided_at: datetime | None
    why: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """More time for a student in a discussion (`until`, UTC), or none asked of them (None)."""

    discussion_id: DiscussionId
    member_id: MemberId
    kind: str  # extension, excuse
    until: datetime | None
    given_by: MemberId
    given_at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Placement:
    discussion_id: DiscussionId
    channel: Channel
    message: MessageRef
    thread: ThreadRef
    posted_at: datetime


BY_MENTION = "mention"
"""A reply's `parent_by` where it responds to whom it mentions; others: "reference", "prompt"."""
BY_SAYING = "said"
"""The same where its author had said beforehand what it responds to: see Said. It is worked out
when it is read, and stands in no table."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a member said of their next message in a discussion's thread: it responds to `message`,
    or to the prompt (None)."""

    discussion_id: DiscussionId
    channel_id: ChannelId
    member_id: MemberId
    message_id: MessageId | None
    said_at: datetime


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
    follow_up: str | None
    kind: str  # prompt, update, follow-up, reminder, closing
    state: str  # pending, sending, sent, missed, failed
    due_at: datetime
    next_try_at: datetime
    attempts: int
    tried_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    message: MessageRef | None
    problem: str | None
