"""The prompts a course can post: its pack's, and those its own staff wrote (P1, P2, …)."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime

from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Code,
    Moment,
    Spans,
    Table,
    Text,
    paragraphs,
    spans,
    text,
)
from bot.core.commands import Choice, Form, Role
from bot.core.content import Content, from_json, from_pack, prompt_card, to_json
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused, UnknownName
from storage import audit, courses, discussions, outbox
from storage.database import Connection
from storage.errors import StorageError
from storage.rows import CoursePrompt, Discussion, Send

log = logging.getLogger(__name__)

TITLE_MOST = 120
TEXT_MOST = 3_000
SIDE_MOST = 60
SIDES_MOST = 5


# --- finding a prompt ---------------------------------------------------------------------------


async def own_prompts(call: Call) -> list[CoursePrompt]:
    async with call.services.database.read() as db:
        kept = await discussions.prompts_of(db, call.course.id)
    return [prompt for prompt in kept if prompt.withdrawn_at is None]


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    """The prompts that can be posted, those that fit what was typed."""
    all_ = [Choice(prompt.id, prompt.title) for prompt in call.pack.pack.prompts]
    all_ += [Choice(prompt.name, prompt.content["title"]) for prompt in await own_prompts(call)]
    return matching(all_, typed)


async def own_choices(call: Call, typed: str) -> Sequence[Choice]:
    """The prompts that the course's own staff wrote."""
    return matching(
        [Choice(p.name, f"{p.name}: {p.content['title']}") for p in await own_prompts(call)], typed
    )


def matching(all_: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices in whose value or label every word typed is found."""
    typed_words = typed.casefold().split()
    return [
        choice
        for choice in all_
        if all(word in f"{choice.value} {choice.label}".casefold() for word in typed_words)
    ]


async def find(call: Call, typed: str) -> tuple[str, Content]:
    """The prompt named so, by its id or its title. Raises UnknownName."""
    wanted = typed.strip().casefold()
    for prompt in call.pack.pack.prompts:
        if wanted in (prompt.id.casefold(), prompt.title.casefold()):
            return prompt.id, from_pack(prompt)
    own = await own_prompts(call)
    for kept in own:
        content = from_json(kept.content)
        if wanted in (kept.name.casefold(), content.title.casefold()):
            return kept.name, content
    near = [choice.value for choice in await choices(call, typed)]
    if len(near) == 1:
        return await find(call, near[0])
    known = [prompt.id for prompt in call.pack.pack.prompts] + [prompt.name for prompt in own]
    raise UnknownName("prompt", "prompt", typed, known, "see /prompt list.")


# --- commands -----------------------------------------------------------------------------------


async def list_(call: Call) -> Card:
    """/prompt list: the open discussions; to staff also what could be posted."""
    async with call.services.database.read() as db:
        all_ = await discussions.discussions_of(db, call.course.id)
    open_ = [d for d in all_ if d.open]
    blocks: list[Block] = []
    if open_:
        due = any(d.due_at is not None for d in open_)
        columns = ("Id", "Open discussion", "Due")
        rows = tuple(_open_row(d, call.course.zone) for d in open_)
        kept = len(columns) if due else len(columns) - 1
        blocks.append(Table(columns[:kept], tuple(row[:kept] for row in rows)))
    else:
        blocks.append(text("No discussion is open."))
    if call.role >= Role.ASSISTANT:
        used = {d.prompt for d in all_ if d.withdrawn_at is None}
        ready = tuple(
            (spans(Code(c.value)), spans(c.label), spans("yes" if c.value in used else ""))
            for c in await choices(call, "")
        )
        blocks.append(Table(("Prompt", "Title", "Posted before"), ready))
    return Card("Prompts", tuple(blocks))


def _open_row(discussion: Discussion, zone: str) -> tuple[Spans, ...]:
    due = spans("" if discussion.due_at is None else Moment(discussion.due_at, zone))
    return spans(Code(discussion.name)), spans(from_json(discussion.content).title), due


async def preview(call: Call) -> Card:
    """/prompt preview: the prompt as the class would see it."""
    _, content = await find(call, call.required("prompt"))
    return prompt_card(content)


async def new(call: Call) -> Card:
    """/prompt new: keep a prompt of the course's own."""
    content = _content(call, None)

    async def work(db: Connection) -> CoursePrompt:
        await refuse_archived(db, call)
        kept = await discussions.add_prompt(
            db, call.course.id, call.invocation.id, to_json(content), call.now
        )
        await audit.note(db, call.course.id, call.member.id, "prompt new", kept.name, call.now)
        return kept

    kept = await call.services.database.write(work)
    return Card(
        f"{kept.name} is kept",
        (
            text("Here is what the class would read; nothing has been posted."),
            text(Bold(content.title)),
            *paragraphs(content.text),
            *(text("Side: ", label) for _, label in content.sides),
            Actions(
                (
                    Button("Preview", "prompt preview", (("prompt", kept.name),)),
                    Button("Post it here", "prompt post", (("prompt", kept.name),), emphasis=True),
                    Button("Edit", "prompt edit", (("prompt", kept.name),), form=False),
                )
            ),
        ),
    )


async def edit(call: Call) -> Card | Form:
    """/prompt edit: change a prompt of the course's own, and where it is posted and open."""
    name, content = await _own(call, call.required("prompt"))
    if set(call.arguments) == {"prompt"}:
        return Form(call.command.name, call.command.params, {"prompt": name, **_typed(content)})

    async def work(db: Connection) -> list[Discussion]:
        await refuse_archived(db, call)
        own = {prompt.name: prompt for prompt in await discussions.prompts_of(db, call.course.id)}
        changed = to_json(_content(call, from_json(own[name].content)))
        await discussions.change_prompt(db, call.course.id, own[name].number, {"content": changed})
        posted = [
            d
            for d in await discussions.discussions_of(db, call.course.id)
            if d.prompt == name and d.open
        ]
        for discussion in posted:
            await discussions.revise(db, call.course.id, discussion.id, content=changed)
            await owe_update(db, discussion, call.now)
        await audit.note(db, call.course.id, call.member.id, "prompt edit", name, call.now)
        return posted

    posted = await call.services.database.write(work)
    late = await deliver(call, posted)
    where = ", ".join(d.name for d in posted)
    said = f"The posts of {where} show it." if posted else "It is not posted anywhere that is open."
    return Card(
        f"{name} is changed",
        (
            *(late or (text(said),)),
            Actions((Button("Preview", "prompt preview", (("prompt", name),)),)),
        ),
    )


async def owe_update(db: Connection, discussion: Discussion, now: datetime, *kinds: str) -> None:
    """Owe each of the discussion's posts an update to what it is now, and sends of `kinds`."""
    course = discussion.course_id
    revision = (await discussions.discussion_by_id(db, course, discussion.id)).revision
    for channel in await outbox.channels_of(db, course, discussion.id):
        for kind in ("update", *kinds):
            await outbox.owe(
                db,
                course,
                channel,
                discussion.id,
                key=f"{kind}:{discussion.id}:{revision}:{channel}",
                kind=kind,
                due_at=now,
            )


async def deliver(call: Call, posted: Sequence[Discussion]) -> tuple[Text, ...]:
    """Try at once what is owed for these discussions; what is not out yet, in words.

    What was decided is written by now: nothing that fails here undoes it, and the outbox goes on
    with what was left.
    """
    ids = {discussion.id for discussion in posted}
    try:
        pending = await _sends(call, ("pending",))
        owed = [s for s in pending if s.discussion_id in ids and s.due_at <= call.now]
        await call.services.outbox.deliver(owed)
        mine = {send.id for send in owed}
        left = [s for s in await _sends(call, ("pending", "sending", "failed")) if s.id in mine]
    except StorageError as problem:
        log.warning("a delivery was left to the outbox", exc_info=problem)
        return (text("It is kept, and the channel will show it as soon as the database allows."),)
    finally:
        call.services.outbox.wake()
    return tuple(text(words) for words in dict.fromkeys(_not_out(call, send) for send in left))


async def _sends(call: Call, states: Sequence[str]) -> list[Send]:
    async with call.services.database.read() as db:
        return await outbox.sends_of(db, call.course.id, states)


def _not_out(call: Call, send: Send) -> str:
    channel = f"#{send.channel.name}"
    if send.state == "failed":
        return f"{channel} can't show it: {send.problem}"
    absent = call.services.not_running(send.channel.space)
    why = absent or send.problem or "The platform has not answered yet."
    if send.message is not None:
        return (
            f"{channel} shows it, but not yet its thread or the rest of a long text, and will when"
            f" it can: {why}"
        )
    return f"{channel} does not show it yet, and will when it can: {why}"


async def refuse_archived(db: Connection, call: Call) -> None:
    """Raises Refused where the course is archived: decided in the transaction that changes it."""
    if (await courses.course(db, call.course.id)).archived_at is not None:
        raise Refused(f"{call.course.title} is archived, and closed to changes.")


async def _own(call: Call, typed: str) -> tuple[str, Content]:
    name, content = await find(call, typed)
    if not re.fullmatch(r"P\d+", name):
        raise Refused(
            f"{name} belongs to the pack “{call.pack.pack.title}” and can't be changed here; write"
            " your own version with /prompt new."
        )
    return name, content


def _typed(content: Content) -> dict[str, object]:
    """The content as its form's fields show it; `_content` reads it back."""
    return {
        "title": content.title,
        "text": content.text,
        "sides": "; ".join(label for _, label in content.sides),
        "tags": ", ".join(content.tags),
    }


def _content(call: Call, before: Content | None) -> Content:
    """What was typed into the form. Raises BadInput."""
    title = call.text("title") or (before.title if before else "")
    body = call.text("text") or (before.text if before else "")
    given = call.text("sides")
    sides = (
        _sides(given) if given is not None else (before.sides if before and not _full(call) else ())
    )
    tags = call.text("tags")
    return Content(
        title,
        body,
        sides,
        tuple(dict.fromkeys(t.strip() for t in re.split(r"[,;\s]+", tags) if t.strip()))
        if tags is not None
        else (before.tags if before and not _full(call) else ()),
        before.facts if before else (),
    )


def _full(call: Call) -> bool:
    """Whether the whole form was sent, so that a field left empty means none."""
    return "title" in call.arguments and "text" in call.arguments


def _sides(typed: str) -> tuple[tuple[str, str], ...]:
    labels = [part.strip() for part in re.split(r"[;\n]", typed) if part.strip()]
    if len(labels) == 1:
        raise BadInput(
            "sides", "A prompt has no sides, or at least two; part them with semicolons."
        )
    if len(labels) > SIDES_MOST:
        raise BadInput(
            "sides", f"A prompt has at most {SIDES_MOST} sides, and here are {len(labels)}."
        )
    for label in labels:
        if len(label) > SIDE_MOST:
            raise BadInput(
                "sides", f"A side has at most {SIDE_MOST} characters, and one has {len(label)}."
            )
    keys = [_slug(label) for label in labels]
    if len(set(keys)) != len(keys):
        raise BadInput("sides", "Two of the sides are the same.")
    return tuple(zip(keys, labels, strict=True))


def _slug(label: str) -> str:
    return re.sub(r"[^\w]+", "-", label.casefold()).strip("-") or label
