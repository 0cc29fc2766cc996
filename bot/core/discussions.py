"""Discussions: posting a prompt, taking a side, closing, reopening, withdrawing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.core import course_roles, prompts
from bot.core.cards import Actions, Block, Button, Card, Fields, Table, Text, spans, text
from bot.core.commands import Choice, Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused, UnknownName
from bot.core.events import Place
from bot.core.inferring import replies_with_parents
from bot.core.participation import is_response, verdict
from bot.core.services import channel_labels
from storage import audit, courses, discussions, members, outbox
from storage.database import Connection
from storage.errors import StorageError
from storage.rows import Channel, Discussion, Send

FEWEST = 5
"""A count over fewer people than this could show one person's choice, and is not shown."""


async def compose(db: Connection, send: Send) -> Card:
    """The card of a send, from what is stored now."""
    discussion = await discussions.discussion_by_id(db, send.course_id, send.discussion_id)
    if send.kind == "closing":
        return await _summary(db, discussion)
    card = prompts.prompt_card(prompts.from_json(discussion.content), discussion)
    if send.kind != "prompt":
        return card
    notify = await course_roles.notified(db, send.channel)
    return replace(card, notify=notify, tag=send.channel.tag)


# --- finding a discussion -----------------------------------------------------------------------


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    """The course's discussions that fit what was typed, newest first."""
    async with call.services.database.read() as db:
        all_ = await discussions.discussions_of(db, call.course.id)
    return prompts.matching(
        [Choice(d.name, f"{d.name}: {d.content['title']}") for d in reversed(all_)], typed
    )


async def open_choices(call: Call, typed: str) -> Sequence[Choice]:
    async with call.services.database.read() as db:
        all_ = await discussions.discussions_of(db, call.course.id)
    open_ = {d.name for d in all_ if d.open}
    return [choice for choice in await choices(call, typed) if choice.value in open_]


async def find(call: Call, param: str = "discussion") -> Discussion:
    """The discussion that was named, else the one in whose thread the command was given.

    Raises UnknownName, or BadInput where none is named and none can be told.
    """
    async with call.services.database.read() as db:
        all_ = await discussions.discussions_of(db, call.course.id)
        place = call.place
        here = None
        if place.thread is not None:
            here = await discussions.discussion_in(db, place.space, place.channel, place.thread)
    typed = call.text(param)
    if typed is None:
        for discussion in all_:
            if discussion.number == here:
                return discussion
        raise BadInput(param, "Say which discussion, for example D1; /prompt list names them.")
    wanted = typed.casefold().removeprefix("d")
    for discussion in all_:
        if str(discussion.number) == wanted:
            return discussion
    known = [discussion.name for discussion in all_]
    raise UnknownName(param, "discussion", typed, known, "/prompt list names the open ones.")


# --- commands -----------------------------------------------------------------------------------


async def channel_choices(call: Call, typed: str) -> Sequence[Choice]:
    async with call.services.database.read() as db:
        own = await courses.channels_of(db, call.course.id)
    labels = channel_labels(own)
    all_ = [
        Choice(c.ref if labels[c.id] == f"#{c.name}" else labels[c.id], labels[c.id]) for c in own
    ]
    if len(own) > 1:
        all_.append(Choice("all", "All channels of the course"))
    return prompts.matching(all_, typed)


async def post(call: Call) -> Card:
    """/prompt post: open a discussion and post its prompt, once, however often it is asked."""
    name, content = await prompts.find(call, call.required("prompt"))
    channels = await _target(call)
    key = f"post:{call.place.space.platform}:{call.place.space.ref}:{call.invocation.id}"

    async def work(db: Connection) -> Discussion:
        if before := await outbox.with_keys(db, call.course.id, key):
            return await discussions.discussion_by_id(db, call.course.id, before[0].discussion_id)
        await prompts.refuse_archived(db, call)
        discussion = await discussions.open_discussion(
            db, call.course.id, name, prompts.to_json(content), call.now
        )
        for channel in channels:
            await outbox.owe(
                db,
                call.course.id,
                channel.id,
                discussion.id,
                key=f"{key}:{channel.id}",
                kind="prompt",
                due_at=call.now,
            )
        await audit.note(
            db, call.course.id, call.member.id, "prompt post", discussion.name, call.now
        )
        return discussion

    discussion = await call.services.database.write(work)
    late = await prompts.deliver(call, [discussion])
    title = f"{discussion.name}: {discussion.content['title']}"
    return Card(title, (*await _posted(call, discussion), *late))


async def _target(call: Call) -> list[Channel]:
    """The channels to post in: the one named, all, or the one where it was asked."""
    async with call.services.database.read() as db:
        own = await courses.channels_of(db, call.course.id)
    typed, labels = call.text("channel"), channel_labels(own)
    if typed is None:
        here = [channel for channel in own if call.channel and channel.id == call.channel.id]
        if not here and len(own) > 1:
            listed = ", ".join(label.removeprefix("#") for label in labels.values())
            raise BadInput("channel", f"Say in which channel, or all: the course has {listed}.")
        return here or own
    if typed.casefold() == "all":
        return own
    wanted = typed.casefold().removeprefix("#")
    for channel in own:
        if wanted == labels[channel.id].casefold().removeprefix("#") != channel.name.casefold():
            return [channel]
    for channel in sorted(own, key=lambda c: c.space != call.place.space):  # this space's first
        if wanted in (channel.ref.casefold(), channel.name.casefold()):
            return [channel]
    names = [label.removeprefix("#") for label in labels.values()]
    raise UnknownName(
        "channel", "channel of this course", typed, names, f"it has {', '.join(names)}."
    )


async def _posted(call: Call, discussion: Discussion) -> list[Block]:
    """Where the discussion stands, as links; nothing where that can't be read now."""
    try:
        async with call.services.database.read() as db:
            placed = await discussions.placements_of(db, call.course.id, discussion.id)
    except StorageError:
        return []
    lines: list[Block] = []
    for placement in placed:
        place = Place(placement.channel.space, placement.channel.ref)
        link = call.services.linked(f"#{placement.channel.name}", place, placement.message)
        lines.append(text("Posted in ", link, "."))
    return lines


async def side(call: Call) -> Card:
    """/prompt side: take a side in a discussion, or change it."""
    discussion = await find(call)

    async def work(db: Connection) -> tuple[prompts.Content, str, str | None]:
        now = await discussions.discussion_by_id(db, call.course.id, discussion.id)
        content = prompts.from_json(now.content)
        if not now.open:
            raise Refused(f"{now.name} is closed, so sides can't be taken any more.")
        key = _side(now.name, content, call.required("side"))
        before = await discussions.take_side(
            db, call.course.id, now.id, call.member.id, call.member.account, key, call.now
        )
        return content, key, before

    content, key, before = await call.services.database.write(work)
    label = content.label(key)
    if before == key:
        return Card(blocks=(text(f"You hold this side already: {label}."),))
    was = None if before is None else content.label(before)
    changed = (
        f"You changed sides, from “{was}” to “{label}”." if was else f"You took the side “{label}”."
    )
    return Card(blocks=(text(changed, " Now say why, in the thread."),))


def _side(name: str, content: prompts.Content, typed: str) -> str:
    """The key of the side that was typed, by key or label. Raises UnknownName."""
    if not content.sides:
        raise Refused(f"{name} has no sides to take.")
    for key, label in content.sides:
        if typed.casefold() in (key.casefold(), label.casefold()):
            return key
    labels = [label for _, label in content.sides]
    raise UnknownName("side", "side", typed, labels, f"it has {'; '.join(labels)}.")


async def side_choices(call: Call, typed: str) -> Sequence[Choice]:
    """The sides of the discussion named, or else of the thread's."""
    try:
        discussion = await find(call)
    except BadInput:
        return []
    return prompts.matching(
        [Choice(key, label) for key, label in prompts.from_json(discussion.content).sides], typed
    )


Change = Callable[[Connection, Discussion], Awaitable[None]]


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
        await prompts.owe_update(db, now, call, *kinds)
        await audit.note(db, call.course.id, call.member.id, call.command.name, now.name, call.now)

    await call.services.database.write(work)
    return await prompts.deliver(call, [discussion])


async def close(call: Call) -> Card:
    """/prompt close: replies written from now on don't count; the class sees a summary."""

    async def change(db: Connection, now: Discussion) -> None:
        if not now.open:
            raise Refused(f"{now.name} is not open; /prompt reopen would open it again.")
        await outbox.cancel(db, now.course_id, now.id, ("prompt",))
        await discussions.close(db, now.course_id, now.id, call.now)
        await discussions.revise(db, now.course_id, now.id)

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
        await outbox.cancel(db, now.course_id, now.id, ("prompt", "closing"))
        await discussions.close(db, now.course_id, now.id, call.now)
        await discussions.revise(db, now.course_id, now.id, withdrawn_at=call.now)

    discussion = await find(call, "what")
    late = await _change(call, discussion, change)
    said = f"{discussion.name} is withdrawn, and its replies do not count."
    return Card(blocks=(text(said), *late, _reopen_button(discussion)))


def _reopen_button(discussion: Discussion) -> Actions:
    return Actions((Button("Reopen", "prompt reopen", (("discussion", discussion.name),)),))


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


# --- the summary at closing ---------------------------------------------------------------------


async def _summary(db: Connection, discussion: Discussion) -> Card:
    """What the class sees when a discussion closes: how it went, and nobody's figures."""
    written = await replies_with_parents(db, discussion.course_id, discussion.id)
    by_id = {reply.id: reply for reply in written}
    counted = [reply for reply in written if verdict(reply, discussion).counts]
    responses = [reply for reply in counted if is_response(reply, by_id)]
    answered = {reply.parent_id for reply in responses}
    answers = [reply for reply in counted if not is_response(reply, by_id)]
    pairs = [
        ("Students who wrote", spans(str(len({reply.member_id for reply in counted})))),
        ("Answers to the prompt", spans(str(len(answers)))),
        ("Responses", spans(str(len(responses)))),
        ("Answers nobody responded to", spans(str(sum(a.id not in answered for a in answers)))),
    ]
    blocks: list[Block] = [Fields(tuple(pairs))]
    content = prompts.from_json(discussion.content)
    if content.sides:
        blocks.append(await _sides(db, discussion, content))
    return Card(f"{discussion.name} is closed", tuple(blocks), f"{discussion.name} · summary")


async def _sides(db: Connection, discussion: Discussion, content: prompts.Content) -> Block:
    """How many students hold each side, where nobody's choice can be told from it."""
    held = await discussions.sides_of(db, discussion.course_id, discussion.id)
    had = await members.roles_of(db, list(held))
    taken = [side for member, side in held.items() if had[member][-1][1] == Role.STUDENT.word]
    if len(taken) < FEWEST:
        return text(f"How the sides stood is shown when at least {FEWEST} people took one.")
    rows = tuple((spans(label), spans(str(taken.count(key)))) for key, label in content.sides)
    return Table(("Side", "Held by"), rows, frozenset({1}))
