"""The tables of the course database, written portably (SQLite today, PostgreSQL tomorrow).

What students are called and what they write stands in tables of its own (`identities`,
`message_texts`, `mentions`, `evidence`, `notices`, `roster_entries`, `roster_claims`, and of the
browser classroom `classroom_people`, `classroom_texts`): erasing a person is deleting rows there;
the notices that wait for somebody go with their identity. Everything else about people holds
opaque ids. Prompts, and what staff call courses and channels, belong to the course.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from storage.instants import from_micros, to_micros


class Instant(TypeDecorator[datetime]):
    """An instant as whole microseconds since 1970 UTC: exact, ordered, the same in any database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(target: str, *, null: bool = False, name: str | None = None) -> Column[int]:
    """A column that refers to another table's id: `_to("courses")` is `course_id`."""
    return Column(
        name or f"{target.removesuffix('s')}_id",
        ForeignKey(f"{target}.id", ondelete="RESTRICT"),
        nullable=null,
    )


# --- who ----------------------------------------------------------------------------------------

spaces = Table(
    "spaces",
    metadata,
    _key(),
    Column("platform", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("platform", "ref"),
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    _key(),
    _to("spaces"),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

identities = Table(
    "identities",
    metadata,
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    _to("spaces"),
    Column("ref", String, nullable=False),
    Column("name", String, nullable=False),
    Column("named_at", Instant, nullable=False),  # when the platform was seen to call them so
    UniqueConstraint("space_id", "ref"),
)

courses = Table(
    "courses",
    metadata,
    _key(),
    Column("title", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("pack", String, nullable=False),
    Column("term_from", String),  # ISO dates in the course's zone
    Column("term_until", String),
    Column("catch_up_hours", Integer, nullable=False, server_default=text("12")),
    Column("keep_text_days", Integer),  # null: no end is set
    Column("quiet_hours", String, server_default=text("'22:00-07:00'")),  # local; null: none
    Column("created_at", Instant, nullable=False),
    Column("archived_at", Instant),
    sqlite_autoincrement=True,
)

course_spaces = Table(
    "course_spaces",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("space_id", ForeignKey("spaces.id"), primary_key=True),
)

channels = Table(
    "channels",
    metadata,
    _key(),
    _to("courses"),
    _to("spaces"),
    Column("ref", String, nullable=False),
    Column("name", String, nullable=False),
    Column("named_at", Instant),  # when the platform was seen to call it so; null: at its setup
    Column("kind", String, CheckConstraint("kind IN ('class', 'staff')", name="kind"),
           nullable=False),
    Column("tag", String),  # what is posted is filed under it, where the platform has tags
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("space_id", "ref"),
    sqlite_autoincrement=True,
)  # fmt: skip
Index("ix_channels_course_id", channels.c.course_id)

join_codes = Table(
    "join_codes",  # a course's newest code, by its SHA-256; used up once a channel has joined
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    _to("channels", null=True),
)

members = Table(
    "members",
    metadata,
    _key(),
    _to("courses"),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),  # since when none of their accounts is there any more
    Column("informed_at", Instant),  # when they were told what is recorded and who sees it
    sqlite_autoincrement=True,
)
Index("ix_members_course_id", members.c.course_id)

member_accounts = Table(
    "member_accounts",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    _to("members"),
)
Index("ix_member_accounts_member_id", member_accounts.c.member_id)

departures = Table(
    "departures",  # an account that was found not to be there any more, and when it was again
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("left_at", Instant, nullable=False),
    Column("seen_at", Instant),
)

roles = Table(
    "roles",  # every role a member had, from when: the one at a reply's time can always be told
    metadata,
    _key(),
    _to("members"),
    Column("role", String,
           CheckConstraint("role IN ('student', 'assistant', 'instructor')", name="role"),
           nullable=False),
    Column("given", String),  # what staff gave, where the platform's roles give more than it
    Column("since", Instant, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip
Index("ix_roles_member_id_since", roles.c.member_id, roles.c.since)

course_roles = Table(
    "course_roles",  # a platform's roles that staff chose: who is staff by them, who is notified
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("space_id", ForeignKey("spaces.id"), primary_key=True),
    Column("purpose", String,
           CheckConstraint("purpose IN ('instructors', 'assistants', 'notify')", name="purpose"),
           primary_key=True),
    Column("ref", String, nullable=False),
    Column("name", String, nullable=False),
    Column("since", Instant, nullable=False),
)  # fmt: skip

granted_roles = Table(
    "granted_roles",  # what an account was by its platform's roles, from when; at first a student
    metadata,
    _key(),
    _to("courses"),
    _to("accounts"),
    Column("role", String,
           CheckConstraint("role IN ('student', 'assistant', 'instructor')", name="role"),
           nullable=False),
    Column("since", Instant, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip
Index("ix_granted_roles_course_id_account_id", granted_roles.c.course_id,
      granted_roles.c.account_id)  # fmt: skip

link_codes = Table(
    "link_codes",  # a member's newest code, by its SHA-256, to be one with their other account
    metadata,
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

roster_entries = Table(
    "roster_entries",  # the students whom the registrar names; all of it is about them
    metadata,
    _key(),
    _to("courses"),
    Column("name", String, nullable=False),
    Column("student_id", String),
    Column("login", String),
    Column("email", String),
    Column("section", String),
    Column("lms_id", String),  # the learning platform's own id
    Column("since", Instant),  # null: from the beginning
    Column("left_at", Instant),  # since when a roster has no longer named them
    sqlite_autoincrement=True,
)
Index("ix_roster_entries_course_id", roster_entries.c.course_id)

roster_links = Table(
    "roster_links",  # which account is which of them, by staff's word or the same e-mail address
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("entry_id", ForeignKey("roster_entries.id", ondelete="CASCADE"), nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("by_email", Boolean, nullable=False, server_default=text("0")),
)
Index("ix_roster_links_entry_id", roster_links.c.entry_id)

roster_apart = Table(
    "roster_apart",  # accounts that staff have unlinked: they are not linked by e-mail again
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
)

roster_claims = Table(
    "roster_claims",  # whom people say to be, until staff have looked at it
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("account_id", ForeignKey("identities.account_id", ondelete="CASCADE"),
           primary_key=True),
    Column("said", String, nullable=False),
    Column("claimed_at", Instant, nullable=False),
)  # fmt: skip

# --- what is discussed --------------------------------------------------------------------------

course_prompts = Table(
    "course_prompts",  # prompts that a course's own staff wrote; a pack's stay in its folder
    metadata,
    _key(),
    _to("courses"),
    Column("number", Integer, nullable=False),  # shown as P3
    Column("invocation", String, nullable=False),
    Column("content", JSON, nullable=False),  # title, text, sides, tags, facts
    Column("created_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    UniqueConstraint("course_id", "number"),
    UniqueConstraint("course_id", "invocation"),
    sqlite_autoincrement=True,
)

discussions = Table(
    "discussions",
    metadata,
    _key(),
    _to("courses"),
    Column("number", Integer, nullable=False),  # shown as D12
    Column("prompt", String, nullable=False),  # the pack's slug, or P3
    Column("content", JSON, nullable=False),  # the prompt as it was posted
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("opened_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("due_at", Instant),
    Column("closes_at", Instant),  # when it is to be closed; null once it is
    Column("remind_at", Instant),  # when the class is to be reminded; null once it was
    UniqueConstraint("course_id", "number"),
    sqlite_autoincrement=True,
)
_CLOSES = discussions.c.closes_at.is_not(None)
Index("ix_discussions_closes_at", discussions.c.closes_at,
      sqlite_where=_CLOSES, postgresql_where=_CLOSES)  # fmt: skip
_REMINDS = discussions.c.remind_at.is_not(None)
Index("ix_discussions_remind_at", discussions.c.remind_at,
      sqlite_where=_REMINDS, postgresql_where=_REMINDS)  # fmt: skip

periods = Table(
    "periods",  # when a discussion was open: a reply counts by its own time against these
    metadata,
    _key(),
    _to("discussions"),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_periods_discussion_id", periods.c.discussion_id)

placements = Table(
    "placements",
    metadata,
    _key(),
    _to("discussions"),
    _to("channels"),
    Column("message", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("posted_at", Instant, nullable=False),
    UniqueConstraint("channel_id", "message"),
    UniqueConstraint("channel_id", "thread"),
    sqlite_autoincrement=True,
)
Index("ix_placements_discussion_id", placements.c.discussion_id)

sides_taken = Table(
    "sides_taken",
    metadata,
    _key(),
    _to("discussions"),
    _to("members"),
    Column("side", String, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("account_id", ForeignKey("accounts.id")),  # the one with which they took it
    sqlite_autoincrement=True,
)
Index("ix_sides_taken_discussion_id_member_id", sides_taken.c.discussion_id,
      sides_taken.c.member_id)  # fmt: skip

follow_ups = Table(
    "follow_ups",  # what may still be posted into a discussion, or was: its text is in `content`
    metadata,
    Column("discussion_id", ForeignKey("discussions.id"), primary_key=True),
    Column("key", String, primary_key=True),  # after-72, replies-4, silence-24
    Column("state", String,
           CheckConstraint("state IN ('pending', 'owed', 'dropped')", name="state"),
           nullable=False),
    Column("check_at", Instant),  # when time may have met its condition; null: nothing to look at
    Column("decided_at", Instant),
    Column("why", JSON(none_as_null=True)),  # what met the condition, or why it was dropped
)  # fmt: skip
_CHECKED = follow_ups.c.check_at.is_not(None)
Index("ix_follow_ups_check_at", follow_ups.c.check_at,
      sqlite_where=_CHECKED, postgresql_where=_CHECKED)  # fmt: skip

_AWAITING = (follow_ups.c.state == "pending") & follow_ups.c.check_at.is_(None)
Index("ix_follow_ups_waiting", follow_ups.c.discussion_id,
      sqlite_where=_AWAITING, postgresql_where=_AWAITING)  # fmt: skip

allowances = Table(
    "allowances",  # more time for one student, or none asked of them, in one discussion
    metadata,
    _key(),
    _to("discussions"),
    _to("members"),
    Column("kind", String, CheckConstraint("kind IN ('extension', 'excuse')", name="kind"),
           nullable=False),
    Column("until", Instant),  # of an extension
    Column("given_by", ForeignKey("members.id"), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    sqlite_autoincrement=True,
)  # fmt: skip
Index("ix_allowances_discussion_id_member_id", allowances.c.discussion_id,
      allowances.c.member_id)  # fmt: skip

allowance_reasons = Table(
    "allowance_reasons",  # as staff typed them
    metadata,
    Column("allowance_id", ForeignKey("allowances.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)

grading_rules = Table(
    "grading_rules",  # what gives points, where a course wants any
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("rule", Text, nullable=False),  # as it was typed
    Column("set_at", Instant, nullable=False),
)

points_given = Table(
    "points_given",  # by staff, in the place of the rule's
    metadata,
    _key(),
    _to("discussions"),
    _to("members"),
    Column("points", Float, nullable=False),
    Column("given_by", ForeignKey("members.id"), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_points_given_discussion_id_member_id", points_given.c.discussion_id,
      points_given.c.member_id)  # fmt: skip

points_reasons = Table(
    "points_reasons",  # as staff typed them
    metadata,
    Column("points_given_id", ForeignKey("points_given.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)

# --- when it is posted --------------------------------------------------------------------------

schedules = Table(
    "schedules",
    metadata,
    _key(),
    _to("courses"),
    Column("number", Integer, nullable=False),  # shown as S3
    Column("invocation", String, nullable=False),
    Column("state", String,
           CheckConstraint("state IN ('proposed', 'active', 'paused', 'cancelled', 'ended')",
                           name="state"),
           nullable=False),
    Column("prompts", JSON, nullable=False),  # names in order; or a tag, for the next unused one
    Column("rule", String, nullable=False),  # an RFC 5545 RRULE without its end
    Column("start", String, nullable=False),  # local time, ISO: DTSTART
    Column("until", String),  # local time, ISO
    Column("count", Integer),
    Column("zone", String, nullable=False),  # IANA
    Column("due_minutes", Integer),  # after an occurrence, by the clock on the wall
    Column("close_minutes", Integer),
    Column("remind_minutes", Integer),  # before it is due
    Column("created_by", ForeignKey("members.id")),  # null: copied in the terminal
    Column("created_at", Instant, nullable=False),
    Column("taken", String),  # the last occurrence of the rule that was decided about: local time
    Column("next", String),  # the occurrence that comes next, by its original local time
    Column("next_at", Instant),  # when; null where none is to come
    UniqueConstraint("course_id", "number"),
    UniqueConstraint("course_id", "invocation"),
    sqlite_autoincrement=True,
)  # fmt: skip
_COMING = schedules.c.next_at.is_not(None)
Index("ix_schedules_next_at", schedules.c.next_at,
      sqlite_where=_COMING, postgresql_where=_COMING)  # fmt: skip

schedule_channels = Table(
    "schedule_channels",  # a schedule that has none posts in every class channel of its course
    metadata,
    Column("schedule_id", ForeignKey("schedules.id"), primary_key=True),
    Column("channel_id", ForeignKey("channels.id"), primary_key=True),
)

occurrences = Table(
    "occurrences",  # those of a schedule that were decided about, or are to be otherwise
    metadata,
    Column("schedule_id", ForeignKey("schedules.id"), primary_key=True),
    Column("local", String, primary_key=True),  # RECURRENCE-ID: its original local time, ISO
    Column("state", String,
           CheckConstraint("state IN ('skipped', 'moved', 'opened', 'missed', 'empty')",
                           name="state"),
           nullable=False),
    Column("moved_to", String),  # local time, ISO
    Column("moved_at", Instant),
    _to("discussions", null=True),
    Column("decided_at", Instant, nullable=False),
)  # fmt: skip
Index("ix_occurrences_discussion_id", occurrences.c.discussion_id)

# --- what was said ------------------------------------------------------------------------------

counters = Table(
    "counters",  # the last id given out, where ids are needed before the rows are written
    metadata,
    Column("name", String, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True,
           autoincrement=False),
    _to("channels"),
    Column("ref", String, nullable=False),
    Column("thread", String),
    Column("reply_to", String),
    _to("discussions", null=True),  # null: held until it is known where it belongs
    _to("accounts", null=True),  # null: an edit, deletion or reaction came before the message
    _to("members", null=True),
    Column("parent_id", BigInteger().with_variant(Integer, "sqlite")),
    Column("parent_by", String),  # how the parent is known: reference, prompt, mention
    Column("role", String),  # the author's role when they wrote it
    Column("sent_at", Instant),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("words", Integer, nullable=False),
    Column("words_raw", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("attachments", Integer, nullable=False),
    UniqueConstraint("channel_id", "ref"),
)  # fmt: skip
Index(  # all that figures are made of, so that reading a course touches no other's rows
    "ix_messages_counting",
    messages.c.discussion_id,
    messages.c.member_id,
    messages.c.sent_at,
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
_HELD = messages.c.discussion_id.is_(None)
Index("ix_messages_held", messages.c.channel_id, sqlite_where=_HELD, postgresql_where=_HELD)
_WAITING = messages.c.parent_id.is_(None) & messages.c.reply_to.is_not(None)
Index("ix_messages_waiting", messages.c.channel_id, messages.c.reply_to,
      sqlite_where=_WAITING, postgresql_where=_WAITING)  # fmt: skip

message_texts = Table(
    "message_texts",
    metadata,
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("position", Integer, nullable=False, server_default=text("0")),  # in the text
)

evidence = Table(
    "evidence",  # what a message names: a fact's id, or the digest of a link's address
    metadata,
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("named", String, primary_key=True),
)

reactions = Table(
    "reactions",
    metadata,
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("emoji", String, primary_key=True),
    Column("present", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

responding = Table(
    "responding",  # what an account said of its next message: to which one it responds
    metadata,
    _key(),
    _to("discussions"),
    _to("channels"),
    _to("accounts"),
    Column("message_id", BigInteger().with_variant(Integer, "sqlite")),  # null: the prompt
    Column("invocation", String, nullable=False),
    Column("said_at", Instant, nullable=False),
    UniqueConstraint("channel_id", "invocation"),
    sqlite_autoincrement=True,
)
Index("ix_responding_discussion_id", responding.c.discussion_id)
archive_files = Table(
    "archive_files",  # what a course was brought in from: each file by the SHA-256 of its words
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("digest", String, primary_key=True),
    Column("imported_at", Instant, nullable=False),
)

# --- what the bot owes, and what staff did ------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    _key(),
    _to("courses"),
    _to("channels"),
    _to("discussions"),
    Column("key", String, nullable=False, unique=True),
    Column("follow_up", String),  # which one
    Column("kind", String,
           CheckConstraint("kind IN ('prompt', 'thread', 'follow-up', 'reminder', 'closing',"
                           " 'update')", name="kind"),
           nullable=False),
    Column("state", String,
           CheckConstraint("state IN ('pending', 'sending', 'sent', 'missed', 'failed')",
                           name="state"),
           nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Instant),  # when the request that may have been accepted was begun
    Column("lease_owner", String),
    Column("lease_until", Instant),
    Column("message", String),  # what the platform calls the message, once it stands
    Column("problem", String),  # the platform's refusal, in our words
    Column("sent_at", Instant),
    sqlite_autoincrement=True,
)  # fmt: skip
Index("ix_outbox_state_next_try_at", outbox.c.state, outbox.c.next_try_at)
Index("ix_outbox_channel_id_state", outbox.c.channel_id, outbox.c.state)
Index("ix_outbox_discussion_id", outbox.c.discussion_id)

notices = Table(
    "notices",  # private ones that could not be delivered: shown with the person's next command
    metadata,
    _key(),
    _to("courses"),
    Column("account_id", ForeignKey("identities.account_id", ondelete="CASCADE"), nullable=False),
    Column("card", JSON, nullable=False),
    Column("kept_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_notices_account_id", notices.c.account_id)

receipts = Table(
    "receipts",  # what staff are to be told of what was done by itself, until they were
    metadata,
    _key(),
    _to("courses"),
    _to("channels"),
    Column("card", JSON(none_as_null=True)),  # null: the summary of the discussion
    _to("discussions", null=True),
    Column("made_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    _key(),
    _to("courses"),
    _to("members", null=True),  # null: whoever runs the bot, in the terminal, or nobody
    Column("at", Instant, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),  # D12, P3, a member's id: never a name or a text
    Column("details", JSON, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_audit_course_id_at", audit.c.course_id, audit.c.at)

# --- the browser classroom, as a platform -------------------------------------------------------
# What Discord and Slack keep on their own servers, the browser classroom keeps here. The core
# never reads these tables: it is told, as by any platform.

classroom_people = Table(
    "classroom_people",
    metadata,
    Column("ref", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("manages", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

classroom_channels = Table(
    "classroom_channels",
    metadata,
    Column("ref", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
)

classroom_messages = Table(
    "classroom_messages",
    metadata,
    _key(),
    Column("channel", ForeignKey("classroom_channels.ref"), nullable=False),
    Column("thread", Integer),  # the id of the message that the thread stands under
    Column("author", ForeignKey("classroom_people.ref")),  # null: the bot
    Column("reply_to", Integer),
    Column("only_for", ForeignKey("classroom_people.ref")),  # a private notice to one person
    Column("send_key", String, unique=True),
    Column("sent_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_classroom_messages_channel_thread", classroom_messages.c.channel,
      classroom_messages.c.thread)  # fmt: skip

classroom_texts = Table(
    "classroom_texts",
    metadata,
    Column("message_id", ForeignKey("classroom_messages.id", ondelete="CASCADE"),
           primary_key=True),
    Column("text", Text),
    Column("card", JSON(none_as_null=True)),
)  # fmt: skip

classroom_reactions = Table(
    "classroom_reactions",
    metadata,
    Column("message_id", ForeignKey("classroom_messages.id", ondelete="CASCADE"),
           primary_key=True),
    Column("person", ForeignKey("classroom_people.ref"), primary_key=True),
    Column("emoji", String, primary_key=True),
    Column("changed_at", Instant, nullable=False),
)  # fmt: skip

# --- what was exported --------------------------------------------------------------------------

course_keys = Table(
    "course_keys",  # with which a course's pseudonyms are made
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("key", String, nullable=False),
)

exports = Table(
    "exports",  # each report that was handed out as a file
    metadata,
    _key(),
    _to("courses"),
    Column("number", Integer, nullable=False),  # E3
    Column("as_of", Instant, nullable=False),
    Column("over", JSON, nullable=False),  # days, discussions, channel, section
    Column("format", String, nullable=False),
    Column("pseudonyms", Boolean, nullable=False),
    Column("version", String, nullable=False),  # of the definitions
    Column("digest", String, nullable=False),  # SHA-256 of the file
    _to("members", null=True, name="made_by"),  # null: whoever runs the bot, in the terminal
    UniqueConstraint("course_id", "number"),
    sqlite_autoincrement=True,
)

export_figures = Table(
    "export_figures",  # what stood in it of each student; what was empty is not here
    metadata,
    _key(),
    Column("export_id", ForeignKey("exports.id", ondelete="CASCADE"), nullable=False),
    Column("member_id", ForeignKey("members.id", ondelete="CASCADE")),
    Column("entry_id", ForeignKey("roster_entries.id", ondelete="CASCADE")),  # of no member yet
    Column("name", String, nullable=False),  # of the column
    Column("text", String),
    Column("number", Float),
    CheckConstraint("(member_id IS NULL) <> (entry_id IS NULL)", name="whose"),
    sqlite_autoincrement=True,
)
Index("ix_export_figures_export_id", export_figures.c.export_id)
Index("ix_export_figures_member_id", export_figures.c.member_id)
Index("ix_export_figures_entry_id", export_figures.c.entry_id)

# --- where Slack's app is installed -------------------------------------------------------------

installations = Table(
    "installations",
    metadata,
    Column("enterprise", String, primary_key=True),  # Slack's ids, or "" for none
    Column("team", String, primary_key=True),  # "": installed in the whole organisation
    Column("sealed", Text, nullable=False),  # tokens and all, encrypted by the adapter
    Column("installed_at", Instant, nullable=False),
)

installed_teams = Table(
    "installed_teams",  # the workspaces of organisations, as far as they have been met
    metadata,
    Column("team", String, primary_key=True),
    Column("enterprise", String, nullable=False),
)

install_states = Table(
    "install_states",  # installs that were begun and not ended yet
    metadata,
    Column("digest", String, primary_key=True),
    Column("expires_at", Instant, nullable=False),
)
