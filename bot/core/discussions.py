"""Discussions: finding one, posting a prompt, taking a side. How one ends is in ending.py."""

from collections.abc import Sequence

from bot.core import opening, prompts
from bot.core.cards import Block, Card, text
from bot.core.commands import Choice
from bot.core.content import Content, from_json
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused, UnknownName
from bot.core.events import Place
from bot.core.opening import Opening
from bot.core.services import channel_labels
from bot.core.typed_times import typed_times
from storage import audit, courses, discussions, outbox
from storage.database import Connection
from storage.discussions import NO_TIMES
from storage.errors import StorageError
from storage.rows import Channel, Discussion

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
    ids = tuple(channel.id for channel in await target(call))
    times = await typed_times(call, NO_TIMES)
    key = f"post:{call.place.space.platform}:{call.place.space.ref}:{call.invocation.id}"

    async def work(db: Connection) -> Discussion:
        if before := await outbox.with_keys(db, call.course.id, key):
            return await discussions.discussion_by_id(db, call.course.id, before[0].discussion_id)
        await prompts.refuse_archived(db, call)
        discussion = await opening.open_(
            db, call.course.id, Opening(name, content, ids, key, call.now, times), call.now
        )
        await audit.note(
            db, call.course.id, call.member.id, "prompt post", discussion.name, call.now
        )
        return discussion

    discussion = await call.services.database.write(work)
    call.services.agenda.wake()
    late = await prompts.deliver(call, [discussion])
    title = f"{discussion.name}: {discussion.content['title']}"
    return Card(title, (*await posted(call, discussion), *late))


async def target(call: Call) -> list[Channel]:
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


async def posted(call: Call, discussion: Discussion) -> list[Block]:
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

    async def work(db: Connection) -> tuple[Content, str, str | None]:
        now = await discussions.discussion_by_id(db, call.course.id, discussion.id)
        content = from_json(now.content)
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


def _side(name: str, content: Content, typed: str) -> str:
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
        [Choice(key, label) for key, label in from_json(discussion.content).sides], typed
    )
