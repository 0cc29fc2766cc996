"""A course with a row in every table, and another that differs in one word only."""

from dataclasses import dataclass, replace
from datetime import datetime

from storage import (
    allowances,
    archives,
    audit,
    courses,
    discussions,
    exports,
    follow_ups,
    grading,
    granting,
    joining,
    linking,
    members,
    messages,
    outbox,
    responding,
    rosters,
    schedules,
)
from storage.database import Connection
from storage.exports import Export, Figure
from storage.grading import Given
from storage.ids import (
    AccountId,
    AccountRef,
    ChannelId,
    ChannelRef,
    CourseId,
    DiscussionId,
    ExportId,
    MemberId,
    MessageId,
    MessageRef,
    RoleRef,
    SendId,
    Space,
    ThreadRef,
)
from storage.messages import MessageState, ReactionState
from storage.rows import Allowance, Occurrence, Placement
from storage.schedules import Plan
from tests.storage.conftest import NOW

SPACE = Space("browser", "classroom")
NINE = datetime(2026, 9, 7, 9)  # noqa: DTZ001 - a local time


@dataclass(frozen=True)
class Made:
    """One course's rows."""

    course: CourseId
    channel: ChannelId
    ref: ChannelRef
    discussion: DiscussionId
    account: AccountId
    member: MemberId
    send: SendId
    message: MessageId
    held: MessageId


async def make(db: Connection, mark: str) -> Made:
    """A course that differs from the other one only in `mark`: the refs and numbers are the same
    wherever the platform's and the course's own rules let them be."""
    space = await courses.ensure_space(db, SPACE, NOW)
    course = await courses.create(db, space, title=mark, zone="UTC", pack="p", now=NOW)
    ref = ChannelRef(f"channel-{mark}")
    channel = await courses.bind_channel(
        db, course, space, ref, name="history", kind="class", now=NOW
    )
    account = await members.ensure_account(db, space, AccountRef("bo"), "Bo", NOW)
    member = await members.ensure_member(db, course, account, "student", NOW)
    await discussions.add_prompt(db, course, "same", {"title": mark}, NOW)
    discussion = await discussions.open_discussion(db, course, "P1", {"title": mark}, NOW)
    thread = ThreadRef("thread-1")
    bound = await courses.channel(db, course, channel)
    placement = Placement(discussion.id, bound, MessageRef("thread-1"), thread, NOW)
    await discussions.place(db, course, placement)
    await discussions.take_side(db, course, discussion.id, member, account, mark, NOW)
    send = await outbox.owe(
        db, course, channel, discussion.id, key=f"key:{mark}", kind="prompt", due_at=NOW
    )
    ids = await messages.reserve_ids(db, 2)
    said, held = [
        MessageState(
            id=MessageId(id_),
            channel_id=channel,
            ref=MessageRef(f"message-{number}"),
            received_at=NOW,
            thread=thread,
            reply_to=MessageRef("asked"),
            discussion_id=discussion.id if number == 0 else None,
            account_id=account,
            member_id=member,
            parent_by="prompt",
            role="student",
            sent_at=NOW,
            new=True,
            text=mark,
            text_changed=True,
            mentioned=[account],
            evidence=["F1", mark],
        )
        for number, id_ in enumerate(ids)
    ]
    await messages.save(db, [said, held])
    await messages.save_reactions(db, [ReactionState(said.id, account, mark, True, NOW, new=True)])
    await responding.say(
        db, discussion.id, channel, account, said.id, invocation="same", at=NOW
    )  # fmt: skip
    await audit.note(db, course, member, mark, "D1", NOW)
    await archives.note_files(db, course, [f"file-{mark}"], NOW)
    await allowances.allow(
        db, course, Allowance(discussion.id, member, "excuse", None, member, NOW, mark)
    )
    await follow_ups.expect(db, [(discussion, {"replies-4": None, "after-24": NOW})])
    plan = Plan((mark,), None, "FREQ=DAILY", NINE, None, None, "UTC", (channel,))
    schedule = await schedules.propose(db, course, member, "same", plan, NOW)
    schedule = replace(schedule, state="active", next=NINE, next_at=NOW)
    await schedules.keep(db, schedule)
    opened = Occurrence(schedule.id, NINE, "opened", discussion_id=discussion.id)
    await schedules.decide(db, NOW, opened)
    await granting.choose(db, course, space, "assistants", RoleRef("role"), mark, NOW)
    await granting.grant(db, course, account, "assistant", NOW)
    await joining.replace_code(db, course, f"digest-{mark}", NOW)
    await linking.replace_code(db, course, member, f"digest-{mark}", NOW)
    entry = await rosters.add(db, course, rosters.Listed(mark, email=f"{mark}@example.org"), NOW)
    await rosters.link(db, course, account, entry, NOW, by_email=True)
    await rosters.keep_apart(db, course, [account])
    await rosters.claim(db, course, account, mark, NOW)
    await grading.set_rule(db, course, mark, NOW)
    await grading.give(db, course, Given(discussion.id, member, 1.5, member, NOW, mark))
    made = Export(ExportId(0), 0, NOW, {"section": mark}, "csv", False, "3", mark, member)
    await exports.freeze(db, course, made, [Figure(member, None, "posts", mark, None)])
    return Made(course, channel, ref, discussion.id, account, member, send, said.id, held.id)
