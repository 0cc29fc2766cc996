"""/prompt respond: whom one's next message responds to, said beforehand, where a platform knows no
replies by reference. What it comes to is worked out in inferring.py."""

from bot.core import prompts
from bot.core.cards import Card, PersonName, Spans, spans, text
from bot.core.dispatch import Call
from bot.core.errors import NoCourse, Refused
from storage import discussions, members, responding
from storage.database import Connection
from storage.ids import DiscussionId, MessageId, MessageRef
from storage.rows import Channel


async def respond(call: Call) -> Card:
    """Holds for the asker's next message in the thread, whenever they write it; the last word
    before it holds. On the prompt itself: the next message answers that, whomever it mentions."""
    if call.channel is None:
        raise NoCourse
    channel, ref = call.channel, MessageRef(call.required("message"))

    async def work(db: Connection) -> tuple[str, Spans]:
        await prompts.refuse_archived(db, call)
        discussion_id, message, to = await _meant(db, call, channel, ref)
        discussion = await discussions.discussion_by_id(db, call.course.id, discussion_id)
        if not discussion.open:
            raise Refused(f"{discussion.name} is not open, so what is written in it responds to"
                          " nobody.")  # fmt: skip
        await responding.say(
            db,
            discussion_id,
            channel.id,
            call.member.account,
            message,
            invocation=call.invocation.id,
            at=call.now,
        )
        return discussion.name, to

    try:
        name, to = await call.services.database.write(work)
    except Refused as problem:  # a form with the message's id in it would help nobody
        return Card(blocks=(text(str(problem)),), tone="refusal")
    return Card(
        "Noted",
        (
            text(f"Your next message in the thread of {name} responds to ", *to, "."),
            text(
                "What you have written already stays as it is. To choose another message, use this"
                " on that one; on the prompt itself, your next message answers the prompt."
            ),
        ),
        "Only you see this.",
    )


async def _meant(
    db: Connection, call: Call, channel: Channel, ref: MessageRef
) -> tuple[DiscussionId, MessageId | None, Spans]:
    """The discussion and the message that a name there means, and whose it is; of a prompt's post
    the message is None. Raises Refused."""
    for placement in await discussions.placements_of(db, call.course.id):
        if placement.channel.id == channel.id and placement.message == ref:
            return placement.discussion_id, None, spans("the prompt")
    found = await responding.message_at(db, channel.id, ref)
    if found is None:
        raise Refused(
            "This is no classmate's message in a discussion; use Responding to this on one that"
            " stands in a discussion's thread.",
        )
    message, discussion, author = found
    if author == call.member.id:
        raise Refused(
            "This is a message of your own; use Responding to this on the classmate's that you"
            " respond to."
        )
    names = {member.id: member.name for member in await members.members_of(db, call.course.id)}
    return discussion, message, spans(PersonName(names[author]))
