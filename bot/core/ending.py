"""How discussions end, and begin anew: closing, reopening, withdrawing."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.core import prompts
from bot.core.cards import Actions, Button, Card, Text, text
from bot.core.commands import Choice
from bot.core.discussions import choices, find
from bot.core.dispatch import Call
from bot.core.errors import Refused, UnknownName
from storage import audit, discussions, outbox
from storage.database import Connection
from storage.rows import Discussion

SPOKEN = ("prompt", "follow-up", "reminder")
"""The sends that an ended discussion does not owe any more."""

Change = Callable[[Connection, Discussion], Awaitable[None]]


async def end(
    db: Connection, discussion: Discussion, at: datetime, **changes: object
) -> None:  # fmt: skip
    """Close a discussion as of an instant (UTC), in the caller's transaction."""
    course, id_ = discussion.course_id, discussion.id
    await outbox.cancel(db, course, id_, SPOKEN)
    await discussions.close(db, course, id_, at)
    await discussions.revise(db, course, id_, **changes)


async def _change(
    call: Call, discussion: Discussion, change: Change, *kinds: str
) -> tuple[Text, ...]:
    """Change a discussion and owe its posts an update, and sends of `kinds`; what is not out yet.

    `change` decides and writes in one transaction, so that of two people who do the same at once
    only one does it; it raises Refused for the other.
    """

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        now = await discussions.discussion_by_id(db, call.course.id, discussion.id)
        await change(db, now)
        await prompts.owe_update(db, now, call.now, *kinds)
        await audit.note(db, call.course.id, call.member.id, call.command.name, now.name, call.now)

    await call.services.database.write(work)
    return await prompts.deliver(call, [discussion])


async def close(call: Call) -> Card:
    """/prompt close: replies written from now on don't count; the class sees a summary."""

    async def change(db: Connection, now: Discussion) -> None:
        if not now.open:
            raise Refused(f"{now.name} is not open; /prompt reopen would open it again.")
        await end(db, now, call.now)

    discussion = await find(call)
    late = await _change(call, discussion, change, "closing")
    said = f"{discussion.name} is closed. Replies written after this do not count."
    return Card(blocks=(text(said), *late, _reopen_button(discussion)))


async def reopen(call: Call) -> Card:
    """/prompt reopen: replies count again from now on; what was written in between doesn't."""

    async def change(db: Connection, now: Discussion) -> None:
        if now.open:
            raise Refused(f"{now.name} is open already.")
        if not await outbox.channels_of(db, now.course_id, now.id):
            raise Refused(f"{now.name} was never posted; use /prompt post.")
        await outbox.cancel(db, now.course_id, now.id, ("closing",))
        await discussions.reopen(db, now.course_id, now.id, call.now)
        await discussions.revise(db, now.course_id, now.id, withdrawn_at=None)

    discussion = await find(call)
    late = await _change(call, discussion, change)
    said = f"{discussion.name} is open again. What was written while it was closed stays uncounted."
    return Card(blocks=(text(said), *late))


async def withdraw(call: Call) -> Card:
    """/prompt withdraw: take back a discussion (D12), or a prompt of the course's own (P3)."""
    typed = call.text("what")
    if typed is not None and typed[:1].casefold() == "p" and typed[1:].isdigit():
        return await _withdraw_prompt(call, typed)

    async def change(db: Connection, now: Discussion) -> None:
        if now.withdrawn_at is not None:
            raise Refused(f"{now.name} is withdrawn already.")
        await outbox.cancel(db, now.course_id, now.id, ("closing",))
        await end(db, now, call.now, withdrawn_at=call.now)

    discussion = await find(call, "what")
    late = await _change(call, discussion, change)
    said = f"{discussion.name} is withdrawn, and its replies do not count."
    return Card(blocks=(text(said), *late, _reopen_button(discussion)))


async def _withdraw_prompt(call: Call, typed: str) -> Card:
    async def work(db: Connection) -> str:
        await prompts.refuse_archived(db, call)
        kept = await discussions.prompts_of(db, call.course.id)
        own = {prompt.name: prompt for prompt in kept if prompt.withdrawn_at is None}
        prompt = own.get(typed.upper())
        if prompt is None:
            raise UnknownName("what", "prompt", typed, list(own), "see /prompt list.")
        changes = {"withdrawn_at": call.now}
        await discussions.change_prompt(db, call.course.id, prompt.number, changes)
        await audit.note(
            db, call.course.id, call.member.id, "prompt withdraw", prompt.name, call.now
        )
        return prompt.name

    name = await call.services.database.write(work)
    return Card(blocks=(text(f"{name} is withdrawn; what was posted from it stays as it is."),))


async def withdraw_choices(call: Call, typed: str) -> Sequence[Choice]:
    return [*await choices(call, typed), *await prompts.own_choices(call, typed)]


def _reopen_button(discussion: Discussion) -> Actions:
    return Actions((Button("Reopen", "prompt reopen", (("discussion", discussion.name),)),))
