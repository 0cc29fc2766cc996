"""/schedule: what is scheduled, and changing it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from bot.core import discussions, local_time, opening, planning, prompts, schedule_cards
from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Code,
    Moment,
    Table,
    number,
    spans,
    text,
)
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused
from bot.core.occurring import Known, channels_of, is_done, pick
from bot.core.opening import Opening
from bot.core.planning import Due, planned, to_come
from bot.core.schedule_cards import find
from bot.core.shelf import shelf_of
from bot.core.times import understand_dates
from bot.core.typed_times import understood
from storage import audit, courses, outbox, schedules
from storage import discussions as stored
from storage.database import Connection
from storage.rows import Course, Discussion, Occurrence, Schedule, Send
from storage.schedules import Decided

OPEN = ("pending", "sending", "failed")

# --- looking ------------------------------------------------------------------------------------


async def list_(call: Call) -> Card:
    """/schedule list: what is scheduled, what comes next, and what could not be posted."""
    async with call.services.database.read() as db:
        all_ = await schedules.schedules_of(db, call.course.id)
        own = await shelf_of(db, call.course, call.services.packs)
        owed = await outbox.sends_of(db, call.course.id, OPEN)
    standing = [s for s in all_ if schedule_cards.stands(s)]
    late = {s.id: problems(s, owed) for s in all_}
    shown = [s for s in all_ if s in standing or late[s.id]]
    if not shown:
        how = text("Nothing is scheduled. ", Code("/prompt schedule"), " posts at its time.")
        return Card("Schedules", (how,))
    rows = tuple(
        (
            spans(Code(s.name)),
            spans(schedule_cards.capital(schedule_cards.named(s.prompts, s.tag, own))),
            spans(schedule_cards.in_words(s)),
            spans(Moment(s.next_at, call.course.zone) if s.next_at else _state(s)),
            spans("; ".join(late[s.id])),
        )
        for s in shown
    )
    columns = ("Id", "Posts", "When", "Next", "What is wrong")
    keep = columns if any(late.values()) else columns[:-1]
    return Card("Schedules", (Table(keep, tuple(row[: len(keep)] for row in rows)),))


def _state(schedule: Schedule) -> str:
    return "nothing within the term" if schedule.state == "active" else schedule.state


def problems(schedule: Schedule, owed: Sequence[Send]) -> list[str]:
    """Why posts of the schedule are not in their channels."""
    prefix = f"schedule:{schedule.id}:"
    return [
        f"#{send.channel.name}: {send.problem or 'not posted yet'}"
        for send in owed
        if send.key.startswith(prefix)
    ]


async def show(call: Call) -> Card:
    """/schedule show: one schedule, what it posted, and what is to come."""
    schedule = await find(call)
    async with call.services.database.read() as db:
        own = await shelf_of(db, call.course, call.services.packs)
        channels = await courses.channels_of(db, call.course.id)
        decided = await schedules.decided(db, schedule)
        owed = await outbox.sends_of(db, call.course.id, OPEN)
        names = {d.id: d.name for d in await stored.discussions_of(db, call.course.id)}
        used = await stored.prompts_used(db, call.course.id)
    dues: Sequence[Due] = ()
    if schedule.state in ("active", "proposed"):
        ahead = to_come(schedule, decided, call.course)
        dues = list(islice(planning.supplied(ahead, schedule.prompts, used), 5))
    first = next(iter(dues), None)
    blocks: list[Block] = [schedule_cards.fields(schedule, own, channels, first, call.course)]
    if schedule.state == "proposed":
        blocks.append(text("It is only proposed; ", Code("/schedule confirm"), " makes it hold."))
    blocks.append(
        text(f"It is {schedule.state}.")
        if schedule.state in ("paused", "cancelled", "ended")
        else schedule_cards.coming(dues, call.course)
    )
    if decided:
        rows = tuple(
            (
                spans(local_time.in_words(one.local)),
                spans(_fate(one)),
                spans("" if one.discussion_id is None else names.get(one.discussion_id, "")),
            )
            for one in list(decided.values())[-15:]
        )
        blocks.append(Table(("Due time", "What became of it", "Discussion"), rows))
    blocks += [text(Bold("Not posted: "), problem) for problem in problems(schedule, owed)]
    return Card(f"{schedule.name}: {schedule_cards.in_words(schedule)}", tuple(blocks))


def _fate(one: Occurrence) -> str:
    if one.state == "moved" and one.moved_to is not None:
        return f"moved to {local_time.in_words(one.moved_to)}"
    return {"opened": "posted", "empty": "there was no prompt to post"}.get(one.state, one.state)


# --- changing -----------------------------------------------------------------------------------

Change = Callable[[Connection, Schedule, dict[datetime, Occurrence]], Awaitable[Schedule]]


async def _change(call: Call, change: Change) -> Schedule:
    """Change a schedule, and plan anew what comes next, in one transaction.

    `change` may decide about occurrences, which it notes in what it is given.
    """
    schedule = await find(call)

    async def work(db: Connection) -> Schedule:
        await prompts.refuse_archived(db, call)
        now = _as_of(await schedules.by_id(db, call.course.id, schedule.id), call)
        decided = dict((await schedules.ahead(db, [now.id])).get(now.id, {}))
        changed = planned(await change(db, now, decided), decided, call.course)
        await schedules.keep(db, changed)
        await audit.note(
            db, call.course.id, call.member.id, call.command.name, now.name, call.now
        )  # fmt: skip
        return changed

    changed = await call.services.database.write(work)
    call.services.agenda.wake()
    return changed


def _refuse_unless(schedule: Schedule, *states: str) -> None:
    if schedule.state not in states:
        was = "only proposed" if schedule.state == "proposed" else schedule.state
        raise Refused(f"{schedule.name} is {was}.")


def _as_of(schedule: Schedule, call: Call) -> Schedule:
    """What fell due while it is paused is let go, so that the next one is one to come."""
    return planning.passed(schedule, call.now) if schedule.state == "paused" else schedule


async def pause(call: Call) -> Card:
    """/schedule pause: nothing is posted until it is resumed."""

    async def change(_: Connection, now: Schedule, __: Decided) -> Schedule:
        _refuse_unless(now, "active")
        return replace(now, state="paused")

    changed = await _change(call, change)
    said = f"{changed.name} is paused. What falls due meanwhile is not posted, also not later."
    resume_ = Button("Resume", "schedule resume", (("schedule", changed.name),))
    return Card(blocks=(text(said), Actions((resume_,))))


async def resume(call: Call) -> Card:
    """/schedule resume: it goes on with what falls due from now on."""

    async def change(
        db: Connection, now: Schedule, decided: dict[datetime, Occurrence]
    ) -> Schedule:
        _refuse_unless(now, "paused")
        for one in list(decided.values()):
            if one.moved_at is not None and one.moved_at <= call.now:
                decided[one.local] = Occurrence(now.id, one.local, "skipped")
                await schedules.decide(db, call.now, decided[one.local])
        return replace(now, state="active")

    changed = await _change(call, change)
    return Card(
        f"{changed.name} goes on", (schedule_cards.next_post(changed, call.course),)
    )  # fmt: skip


async def cancel(call: Call) -> Card:
    """/schedule cancel: nothing more is posted by it; what was posted stays."""

    async def change(_: Connection, now: Schedule, __: Decided) -> Schedule:
        _refuse_unless(now, "active", "paused", "proposed")
        return replace(now, state="cancelled")

    changed = await _change(call, change)
    return Card(blocks=(text(f"{changed.name} is cancelled. What it posted stays."),))


async def discard(call: Call) -> Card:
    """/schedule discard: what was proposed, and not confirmed, is dropped."""

    async def change(_: Connection, now: Schedule, __: Decided) -> Schedule:
        _refuse_unless(now, "proposed")
        return replace(now, state="cancelled")

    changed = await _change(call, change)
    return Card(blocks=(text(f"{changed.name} is dropped; nothing was posted by it."),))


async def skip(call: Call) -> Card:
    """/schedule skip: on these days it does not post."""
    schedule = await find(call)
    dates = understand_dates(call.required("dates"), call.now, ZoneInfo(schedule.zone))
    skipped: list[datetime] = []

    async def change(
        db: Connection, now: Schedule, decided: dict[datetime, Occurrence]
    ) -> Schedule:
        _refuse_unless(now, "active", "paused")
        skipped.clear()
        for due in to_come(now, decided, call.course):
            if due.local.date() > dates[-1]:
                break
            if due.local.date() in dates:
                skipped.append(due.local)
                decided[due.name] = Occurrence(now.id, due.name, "skipped")
                await schedules.decide(db, call.now, decided[due.name])
        if not skipped:
            days = ", ".join(local_time.day_in_words(day) for day in dates[:3])
            raise BadInput(
                "dates", f"{now.name} posts nothing on {days}; /schedule show says when."
            )
        return now

    changed = await _change(call, change)
    left_out = ", ".join(local_time.in_words(local) for local in skipped)
    return Card(
        f"{changed.name} leaves {number(len(skipped), 'post')} out",
        (text(f"Left out: {left_out}."), schedule_cards.next_post(changed, call.course)),
    )


async def move(call: Call) -> Card:
    """/schedule move: the next post, or that of a day, comes at another time."""
    schedule = await find(call)
    zone = ZoneInfo(schedule.zone)
    when = await understood(call, "when")  # in the course's zone, which can be another by now
    local = local_time.local_of(when.at, zone)
    typed = call.text("date")
    days = () if typed is None else understand_dates(typed, call.now, zone, "date")
    before: list[Due] = []

    async def change(
        db: Connection, now: Schedule, decided: dict[datetime, Occurrence]
    ) -> Schedule:
        _refuse_unless(now, "active", "paused")
        due = _which(now, to_come(now, decided, call.course), days)
        moved = Due(when.at, local, due.name)
        if not planning.in_term(moved, call.course):
            raise BadInput(
                "when", f"That is outside the term ({schedule_cards.term(call.course)})."
            )
        before[:] = [due]
        decided[due.name] = Occurrence(now.id, due.name, "moved", local, when.at)
        await schedules.decide(db, call.now, decided[due.name])
        return now

    changed = await _change(call, change)
    return Card(
        f"A post of {changed.name} is moved",
        (
            text(
                f"From {local_time.in_words(before[0].local)} to {local_time.in_words(local)}"
                f" ({changed.zone}), for you ",
                Moment(when.at, call.course.zone),
                ". The others come as before.",
            ),
            *(text(note) for note in when.notes),
            *_what_moves_too(changed, Due(when.at, local, before[0].name), call.course),
        ),
    )


def _what_moves_too(schedule: Schedule, due: Due, course: Course) -> Iterator[Block]:
    """When what is posted then is due and closes, since that is so long after the post."""
    times = planning.times_of(schedule, due)
    for word, at in (("due", times.due_at), ("closed", times.closes_at)):
        if at is not None:
            yield text(f"What it posts is {word} ", Moment(at, course.zone), ".")


def _which(schedule: Schedule, dues: Iterator[Due], days: Sequence[date]) -> Due:
    """The next occurrence, or that of a day. Raises BadInput."""
    for due in dues:
        if not days or due.local.date() in days:
            return due
    where = "date" if days else "schedule"
    raise BadInput(where, f"{schedule.name} posts nothing then; /schedule show says when it does.")


async def post_now(call: Call) -> Card:
    """/schedule post-now: the next post comes now instead of at its time."""
    schedule = await find(call)
    space = call.place.space
    key = f"now:{space.platform}:{space.ref}:{call.invocation.id}"

    async def work(db: Connection) -> Discussion:
        if before := await outbox.with_keys(db, call.course.id, key):
            return await stored.discussion_by_id(db, call.course.id, before[0].discussion_id)
        await prompts.refuse_archived(db, call)
        now = _as_of(await schedules.by_id(db, call.course.id, schedule.id), call)
        _refuse_unless(now, "active", "paused")
        decided = dict((await schedules.ahead(db, [now.id])).get(now.id, {}))
        due = next(to_come(now, decided, call.course), None)
        known = await Known.read(db, call.course.id, call.services.packs)
        prompt = pick(now, known)
        channels = channels_of(now, known)
        if due is None or prompt is None or not channels:
            raise Refused(f"{now.name} has nothing more to post, or nowhere to.")
        here = Due(call.now, local_time.local_of(call.now, ZoneInfo(now.zone)), due.name)
        made = await opening.open_(
            db,
            call.course.id,
            Opening(
                prompt,
                known.shelf[prompt],
                tuple(channel.id for channel in channels),
                key,
                call.now,
                planning.times_of(now, here),
            ),
            call.now,
        )
        known.used.append(prompt)
        decided[due.name] = Occurrence(now.id, due.name, "opened", discussion_id=made.id)
        await schedules.decide(db, call.now, decided[due.name])
        after = replace(now, state="ended") if is_done(now, known) else now
        await schedules.keep(db, planned(after, decided, call.course))
        await audit.note(
            db, call.course.id, call.member.id, call.command.name, now.name, call.now
        )  # fmt: skip
        return made

    made = await call.services.database.write(work)
    call.services.agenda.wake()
    late = await prompts.deliver(call, [made])
    async with call.services.database.read() as db:
        after = await schedules.by_id(db, call.course.id, schedule.id)
    return Card(
        f"{made.name}: {made.content['title']}",
        (
            *await discussions.posted(call, made),
            *late,
            text(f"It stands for the next post of {after.name}."),
            schedule_cards.next_post(after, call.course),
        ),
    )
