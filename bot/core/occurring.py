"""What becomes of an occurrence that is due: a discussion is opened, or it is too late for that, or
there is no prompt to post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core import opening, shelf
from bot.core.cards import Moment
from bot.core.loaded_packs import LoadedPack
from bot.core.opening import Opening
from bot.core.planning import Due, planned, taken, times_of
from bot.core.receipts import Receipts
from bot.core.shelf import Shelf
from storage import courses, discussions, schedules
from storage.database import Connection
from storage.discussions import Times
from storage.ids import ChannelId, CourseId
from storage.rows import Channel, Course, Occurrence, Schedule

RUNS_DRY = 2
"""So many posts before a queue of prompts runs dry, staff are told, and at each one after."""


@dataclass(slots=True)
class Known:
    """What several occurrences of one course need, read once in a transaction."""

    course: Course
    shelf: Shelf
    channels: Mapping[ChannelId, Channel]
    used: list[str] = field(default_factory=list)

    @classmethod
    async def read(cls, db: Connection, id_: CourseId, packs: Mapping[str, LoadedPack]) -> "Known":
        course = await courses.course(db, id_)
        own = await courses.channels_of(db, id_)
        return cls(
            course,
            await shelf.shelf_of(db, course, packs),
            {channel.id: channel for channel in own},
            await discussions.prompts_used(db, id_),
        )


async def occur(
    db: Connection,
    due: Sequence[Schedule],
    packs: Mapping[str, LoadedPack],
    now: datetime,
    receipts: Receipts,
) -> None:
    """Decide about the next occurrence of each of these schedules, in the caller's transaction."""
    decided = await schedules.ahead(db, [schedule.id for schedule in due])
    by_course: dict[CourseId, list[Schedule]] = {}
    for schedule in due:
        by_course.setdefault(schedule.course_id, []).append(schedule)
    for course, own in by_course.items():
        known = await Known.read(db, course, packs)
        turns = [
            turn
            for schedule in own
            if (turn := _turn(schedule, dict(decided.get(schedule.id, {})), known, now, receipts))
        ]
        await _carry_out(db, course, turns, now)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is done about one schedule: how it stands afterwards, what became of its occurrence,
    and what that opens."""

    after: Schedule
    fate: Occurrence | None
    opening: Opening | None


async def _carry_out(
    db: Connection, course: CourseId, turns: Sequence[Turn], now: datetime
) -> None:
    """All together: that many statements cost more than what they write."""
    openings = [turn.opening for turn in turns if turn.opening is not None]
    made = iter(await opening.open_all(db, course, openings, now))
    fates = []
    for turn in turns:
        opened = None if turn.opening is None else next(made).id
        if turn.fate is not None:
            fates.append(replace(turn.fate, discussion_id=opened))
    await schedules.decide(db, now, *fates)
    await schedules.keep(db, *(turn.after for turn in turns))


def _turn(
    schedule: Schedule,
    decided: dict[datetime, Occurrence],
    known: Known,
    now: datetime,
    receipts: Receipts,
) -> Turn | None:
    name, at = schedule.next, schedule.next_at
    if name is None or at is None:
        return None
    fate, opens = None, None
    before = decided.get(name)
    local = name if before is None or before.moved_to is None else before.moved_to
    due = Due(at, local, name)
    if known.course.archived_at is not None:
        schedule = replace(schedule, state="ended")
    elif before is None or before.state == "moved":
        state, opens = _decide(schedule, due, known, now, receipts)
        fate = decided[name] = Occurrence(schedule.id, name, state)
        if is_done(schedule, known):
            schedule = replace(schedule, state="ended")
    return Turn(planned(taken(schedule, due), decided, known.course), fate, opens)


def _decide(
    schedule: Schedule, due: Due, known: Known, now: datetime, receipts: Receipts
) -> tuple[str, Opening | None]:
    """What becomes of the occurrence, and the discussion that it opens."""
    course, when = known.course, Moment(due.at, known.course.zone)
    channels = channels_of(schedule, known)
    about = next(iter(channels or known.channels.values()), None)
    times = times_of(schedule, due)
    if (why := _too_late(due, times, course, now)) is not None:
        if about is not None:
            receipts.note(about, f"{schedule.name} was missed: it fell due ", when, f", {why}.")
        return "missed", None
    prompt = pick(schedule, known)
    if prompt is None or not channels:
        if about is not None:
            receipts.note(
                about, f"{schedule.name} posted nothing, due ", when, _why(schedule, known)
            )
        return "empty", None
    opens = Opening(
        prompt,
        known.shelf[prompt],
        tuple(channel.id for channel in channels),
        f"schedule:{schedule.id}:{due.name.isoformat()}",
        due.at,
        times,
    )
    known.used.append(prompt)
    if (dry := running_dry(schedule, known)) is not None:
        receipts.note(channels[0], dry)
    return "opened", opens


def _too_late(due: Due, times: Times, course: Course, now: datetime) -> str | None:
    """Why it is of no use to post it now; None where it is."""
    if now - due.at > timedelta(hours=course.catch_up_hours):
        return f"longer ago than the catch-up time of {course.catch_up_hours} hours"
    ends = [at for at in (times.due_at, times.closes_at) if at is not None]
    if ends and min(ends) <= now:
        return "and the time to answer it has passed"
    return None


def channels_of(schedule: Schedule, known: Known) -> list[Channel]:
    """Where it posts: in its channels that the course still has, or in all where it names none."""
    if not schedule.channels:
        return list(known.channels.values())
    return [known.channels[id_] for id_ in schedule.channels if id_ in known.channels]


def pick(schedule: Schedule, known: Known) -> str | None:
    """The prompt that the schedule posts next; None where there is none."""
    if schedule.prompts is None:
        names, _ = shelf.queue(known.shelf, schedule.tag, known.used)
    elif len(schedule.prompts) == 1:
        names = [name for name in schedule.prompts if name in known.shelf]
    else:
        names = _unused(schedule.prompts, known)
    return names[0] if names else None


def remaining(schedule: Schedule, known: Known) -> int | None:
    """How many prompts are left before they run out; None where one is posted each time."""
    if schedule.prompts is None:
        return shelf.queue(known.shelf, schedule.tag, known.used)[1]
    return None if len(schedule.prompts) == 1 else len(_unused(schedule.prompts, known))


def _unused(names: Sequence[str], known: Known) -> list[str]:
    """Those of several prompts that the course has and has not posted: none is repeated."""
    return [name for name in names if name in known.shelf and name not in known.used]


def is_done(schedule: Schedule, known: Known) -> bool:
    """Whether its prompts have run out: those of a tag begin again, a list does not."""
    listed = schedule.prompts is not None and len(schedule.prompts) > 1
    return listed and remaining(schedule, known) == 0


def running_dry(schedule: Schedule, known: Known) -> str | None:
    """A sentence once few prompts are left that the course has not used; None before."""
    left = remaining(schedule, known)
    if left is None or not 0 < left <= RUNS_DRY:
        return None
    then = "prompts are repeated, the one used longest ago first"
    if schedule.prompts is not None:
        then = "it ends"
    prompts = "1 prompt" if left == 1 else f"{left} prompts"
    return f"{schedule.name} has {prompts} left that the course has not used; then {then}."


def _why(schedule: Schedule, known: Known) -> str:
    if schedule.prompts is None:
        return ": the course has no prompt" + (
            f" tagged “{schedule.tag}”." if schedule.tag else "."
        )
    gone = [name for name in schedule.prompts if name not in known.shelf]
    if not gone:
        return ": all its prompts were posted."
    return f": the course no longer has {', '.join(gone)}."
