"""When a discussion is due, closes, and is reminded of; and why its follow-ups were posted."""

from datetime import datetime

from bot.core import local_time, prompts
from bot.core.cards import Block, Card, Fields, Moment, Spans, Table, Text, spans, text
from bot.core.content import from_json
from bot.core.discussions import find
from bot.core.dispatch import Call
from bot.core.errors import Refused
from bot.core.typed_times import changed, typed
from storage import audit, discussions, follow_ups, schedules
from storage.database import Connection
from storage.discussions import Times
from storage.rows import Discussion, FollowUpState


async def due(call: Call) -> Card:
    """/prompt due: when a discussion is due, closes, and is reminded of; `none` takes one away."""
    discussion = await find(call)
    change = await typed(call)

    async def work(db: Connection) -> Discussion:
        await prompts.refuse_archived(db, call)
        now = await discussions.discussion_by_id(db, call.course.id, discussion.id)
        if not now.open:
            raise Refused(f"{now.name} is closed; /prompt reopen would open it again.")
        before = Times(now.due_at, now.closes_at, now.remind_at)
        after = changed(change, before, call.now)
        if after != before:
            await discussions.revise(db, call.course.id, now.id, **after._asdict())
            await prompts.owe_update(db, now, call.now)
            noted = {name: at.isoformat() if at else None for name, at in after._asdict().items()}
            noted["due_before"] = before.due_at.isoformat() if before.due_at else None
            await audit.note(
                db, call.course.id, call.member.id, call.command.name, now.name, call.now, noted
            )
        return await discussions.discussion_by_id(db, call.course.id, now.id)

    now = await call.services.database.write(work)
    call.services.agenda.wake()
    late = await prompts.deliver(call, [now])
    return Card(f"{now.name}: {now.content['title']}", (shown(now, call.course.zone), *late))


def shown(discussion: Discussion, zone: str) -> Fields:
    return Fields(
        (
            ("Due", _moment(discussion.due_at, zone, "no time is set")),
            ("Closes", _moment(discussion.closes_at, zone, "when somebody closes it")),
            ("Reminder", _moment(discussion.remind_at, zone, "none to come")),
        )
    )


def _moment(at: datetime | None, zone: str, otherwise: str) -> Spans:
    return spans(otherwise if at is None else Moment(at, zone))


# --- why ----------------------------------------------------------------------------------------


async def why(call: Call) -> Card:
    """/prompt why: where a discussion comes from, and what became of each of its follow-ups."""
    discussion = await find(call)
    async with call.services.database.read() as db:
        states = await follow_ups.follow_ups_of(db, call.course.id, discussion.id)
        came = await schedules.occurrence_of(db, call.course.id, discussion.id)
    opened = Moment(discussion.opened_at, call.course.zone)
    blocks: list[Block] = [text("Posted by hand, ", opened, ".")]
    if came is not None:
        schedule, one = came
        due_time = local_time.in_words(one.local)
        blocks = [
            text(f"Posted by {schedule.name}, for {due_time} ({schedule.zone}), ", opened, ".")
        ]
    declared = from_json(discussion.content).follow_ups
    by_key = {state.key: state for state in states}
    rows = tuple(
        (spans(_condition(one.key)), spans(one.text), _became(by_key[one.key], call.course.zone))
        for one in declared
        if one.key in by_key
    )
    if rows:
        blocks.append(Table(("Follow-up", "Text", "What became of it"), rows))
    else:
        blocks.append(Text(spans("It has no follow-ups.")))
    return Card(f"Why {discussion.name} has what it has", tuple(blocks))


def _condition(key: str) -> str:
    kind, _, count = key.partition("-")
    return {
        "after": f"{count} hours after opening",
        "replies": f"at {count} replies that count",
        "silence": f"after {count} hours without a reply",
    }[kind]


def _became(state: FollowUpState, zone: str) -> Spans:
    why_ = state.why or {}
    if state.decided_at is None:
        return spans("waits for ", Moment(state.check_at, zone) if state.check_at else "replies")
    at = Moment(state.decided_at, zone)
    if state.state == "dropped":
        return spans("not posted: ", str(why_.get("dropped", "")), ", ", at)
    if "last" in why_:
        last = Moment(datetime.fromisoformat(why_["last"]), zone)
        return spans("posted ", at, ": nobody had replied since ", last)
    if "replies" in why_:
        return spans("posted ", at, f": {why_['replies']} replies counted by then")
    return spans("posted ", at, ": its time had come")
