"""How schedules are named, found and shown."""

from collections.abc import Sequence

from bot.core import local_time, planning, prompts, recurrence
from bot.core.cards import Fields, Moment, Table, Text, spans, text
from bot.core.commands import Choice
from bot.core.dispatch import Call
from bot.core.errors import UnknownName
from bot.core.planning import Due, rule_of
from bot.core.services import channel_labels
from bot.core.shelf import Shelf, shelf_of
from storage import schedules
from storage.rows import Channel, Course, Schedule


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    """The course's schedules that still stand, newest first."""
    async with call.services.database.read() as db:
        own = await shelf_of(db, call.course, call.services.packs)
        all_ = await schedules.schedules_of(db, call.course.id)
    standing = [s for s in reversed(all_) if s.state in ("active", "paused")]
    return prompts.matching(
        [Choice(s.name, f"{s.name}: {named(s.prompts, s.tag, own)}") for s in standing], typed
    )


async def find(call: Call) -> Schedule:
    """The schedule that was named, also one only proposed. Raises UnknownName."""
    typed = call.required("schedule")
    number = typed.strip().casefold().removeprefix("s")
    async with call.services.database.read() as db:
        found = None
        if number.isascii() and number.isdigit() and len(number) < 9:
            found = await schedules.by_number(db, call.course.id, int(number))
        all_ = await schedules.schedules_of(db, call.course.id)
    if found is None:
        known = [schedule.name for schedule in all_]
        hint = "/schedule list names them."
        raise UnknownName("schedule", "schedule", typed, known, hint)
    return found


def named(names: Sequence[str] | None, tag: str | None, own: Shelf) -> str:
    """What a schedule posts, in words."""
    if names is None:
        return "the next unused prompt" + (f" on {tag}" if tag else "")
    titles = [own[name].title if name in own else name for name in names]
    return titles[0] if len(titles) == 1 else f"{len(titles)} prompts: {'; '.join(titles)}"


def fields(schedule: Schedule, own: Shelf, channels: Sequence[Channel]) -> Fields:
    """All that a schedule is made of, a label and its value each."""
    labels = channel_labels(channels)
    where = ", ".join(labels[id_] for id_ in schedule.channels if id_ in labels)
    if not schedule.channels:
        where = "in every channel of the course"
    pairs = [
        ("Posts", spans(named(schedule.prompts, schedule.tag, own))),
        ("When", spans(in_words(schedule))),
        ("Time zone", spans(schedule.zone)),
        ("Where", spans(where or "in no channel that the course still has")),
    ]
    for label, minutes in (("Due", schedule.due_minutes), ("Closes", schedule.close_minutes)):
        if minutes is not None:
            pairs.append((label, spans(f"{_after(minutes)} after each post")))
    if schedule.remind_minutes is not None:
        pairs.append(("Reminder", spans(f"{_after(schedule.remind_minutes)} before it is due")))
    return Fields(tuple(pairs))


def in_words(schedule: Schedule) -> str:
    said = recurrence.in_words(rule_of(schedule))
    return said[:1].upper() + said[1:]


def _after(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (rest, "minute")]
    said = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count]
    return " and ".join(said) or "0 minutes"


def coming(schedule: Schedule, dues: Sequence[Due], course: Course) -> Table | Text:
    """The next occurrences: by the course's clock, as each reader's own clock shows it, and when
    what is posted then is due and closes."""
    if not dues:
        return text("No post is to come.")
    shown = [
        name
        for name, minutes in (("Due", schedule.due_minutes), ("Closes", schedule.close_minutes))
        if minutes is not None
    ]
    rows = []
    for due in dues:
        times = planning.times_of(schedule, due)
        ends = (times.due_at, times.closes_at)
        rows.append(
            (
                spans(local_time.in_words(due.local)),
                spans(Moment(due.at, course.zone)),
                *(spans(Moment(at, course.zone)) for at in ends if at is not None),
            )
        )
    return Table((f"Next ({schedule.zone})", "For you", *shown), tuple(rows))


def next_post(schedule: Schedule, course: Course) -> Text:
    if schedule.next_at is None:
        return text("Nothing more is to come.")
    return text("The next post comes ", Moment(schedule.next_at, course.zone), ".")


def term(course: Course) -> str:
    """The course's term in words."""
    if course.term_from is None and course.term_until is None:
        return "no term is set"
    return " ".join(
        f"{word} {day}"
        for word, day in (("from", course.term_from), ("until", course.term_until))
        if day is not None
    )
