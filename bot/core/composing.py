"""The card of each public send, made from what is stored when it goes out."""

from dataclasses import replace

from bot.core import course_roles
from bot.core.cards import Block, Bold, Card, Fields, Moment, Table, paragraphs, spans, text
from bot.core.commands import Role
from bot.core.content import Content, from_json, prompt_card
from bot.core.inferring import replies_with_parents
from bot.core.participation import is_response, verdict
from storage import courses, discussions, members
from storage.database import Connection
from storage.rows import Discussion, Send

FEWEST = 5
"""A count over fewer people than this could show one person's choice, and is not shown."""


async def compose(db: Connection, send: Send) -> Card:
    """The card of a send, from what is stored now."""
    discussion = await discussions.discussion_by_id(db, send.course_id, send.discussion_id)
    if send.kind == "closing":
        return await summary(db, discussion)
    content = from_json(discussion.content)
    if send.kind == "follow-up":
        return _follow_up(discussion, content, send.follow_up)
    zone = (await courses.course(db, send.course_id)).zone
    if send.kind == "reminder":
        return _reminder(discussion, content, zone)
    card = prompt_card(content, discussion, zone)
    if send.kind != "prompt":
        return card
    notify = await course_roles.notified(db, send.channel)
    return replace(card, notify=notify, tag=send.channel.tag)


def _follow_up(discussion: Discussion, content: Content, key: str | None) -> Card:
    """What goes on with the discussion, in its thread."""
    said = next((one.text for one in content.follow_ups if one.key == key), "")
    return Card(None, paragraphs(said), f"{discussion.name} · goes on")


def _reminder(discussion: Discussion, content: Content, zone: str) -> Card:
    """A word to the class before a discussion is due; it notifies nobody."""
    due = () if discussion.due_at is None else (" is due ", Moment(discussion.due_at, zone))
    return Card(
        None,
        (text(Bold(f"{discussion.name}: {content.title}"), *due, ". Reply in its thread."),),
        f"{discussion.name} · reminder",
        alone=True,
    )


# --- the summary at closing ---------------------------------------------------------------------


async def summary(db: Connection, discussion: Discussion) -> Card:
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
    content = from_json(discussion.content)
    if content.sides:
        blocks.append(await _sides(db, discussion, content))
    return Card(f"{discussion.name} is closed", tuple(blocks), f"{discussion.name} · summary")


async def _sides(db: Connection, discussion: Discussion, content: Content) -> Block:
    """How many students hold each side, where nobody's choice can be told from it."""
    held = await discussions.sides_of(db, discussion.course_id, discussion.id)
    had = await members.roles_of(db, list(held))
    taken = [side for member, side in held.items() if had[member][-1][1] == Role.STUDENT.word]
    if len(taken) < FEWEST:
        return text(f"How the sides stood is shown when at least {FEWEST} people took one.")
    rows = tuple((spans(label), spans(str(taken.count(key)))) for key, label in content.sides)
    return Table(("Side", "Held by"), rows, frozenset({1}))
