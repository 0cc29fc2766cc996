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


def stands(schedule: Schedule) -> bool:
    """Whether anything of it may still be posted: now, once it is resumed, or in a longer term."""
    if schedule.state == "active" and schedule.next_at is None:
        return next(recurrence.occurrences(rule_of(schedule), schedule.taken), None) is not None
    return schedule.next_at is not None or schedule.state == "paused"


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


def fields(
    schedule: Schedule, own: Shelf, channels: Sequence[Channel], first: Due | None, course: Course
) -> Fields:
    """All that a schedule is made of, a label and its value each; `first` is its next occurrence,
    for which is said when what is posted then is due and closes."""
    times = None if first is None else planning.times_of(schedule, first)
    labels = channel_labels(channels)
    where = ", ".join(labels[id_] for id_ in schedule.channels if id_ in labels)
    if not schedule.channels:
        where = "in every channel of the course"
    pairs = [
        ("Posts", spans(capital(named(schedule.prompts, schedule.tag, own)))),
        ("When", spans(in_words(schedule))),
        ("Time zone", spans(schedule.zone)),
        ("Where", spans(where or "in no channel that the course still has")),
    ]
    for label, minutes, at in (
        ("Due", schedule.due_minutes, times and times.due_at),
        ("Closes", schedule.close_minutes, times and times.closes_at),
    ):
        if minutes is not None:
            seen = () if at is None else (", next ", Moment(at, course.zone))
            pairs.append((label, spans(f"{_after(minutes)} after each post", *seen)))
    if schedule.remind_minutes is not None:
        pairs.append(("Reminder", spans(f"{_after(schedule.remind_minutes)} before it is due")))
    return Fields(tuple(pairs))


def in_words(schedule: Schedule) -> str:
    return capital(recurrence.in_words(rule_of(schedule)))


def capital(said: str) -> str:
    """As a line of its own begins."""
    return said[:1].upper() + said[1:]


def _after(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (rest, "minute")]
    said = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count]
    return " and ".join(said) or "0 minutes"


def coming(dues: Sequence[Due], course: Course) -> Table | Text:
    """The next occurrences, by the schedule's clock and as each reader's own clock shows it."""
    if not dues:
        return text("No post is to come.")
    rows = tuple(
        (spans(local_time.in_words(due.local)), spans(Moment(due.at, course.zone))) for due in dues
    )
    return Table(("Next", "For you"), rows)


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
