"""Scheduling prompts: what was typed becomes a plan, which is shown in full and then confirmed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.core import discussions, local_time, planning, prompts, recurrence, schedule_cards, shelf
from bot.core.cards import Actions, Block, Button, Card, text
from bot.core.commands import Choice, Form
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused
from bot.core.planning import Due
from bot.core.recurrence import Rule
from bot.core.shelf import Shelf
from bot.core.times import Until, understand_until
from bot.core.typed_times import NONE, understood
from storage import audit, schedules
from storage import discussions as stored
from storage.database import Connection
from storage.rows import Channel, Course, Schedule
from storage.schedules import Plan

ASKED = ("when", "repeat", "until", "due")
"""What the form asks for, where a command names the prompt alone."""
MOST_PROMPTS = 50
SHOWN = 5
"""Dates that are shown of what is proposed."""
NEXT = re.compile(r"next(?:\s+unused)?(?:\s*:\s*|\s+|$)(?P<tag>.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The prompts that are to be posted: by name, in order, or the next unused one with a tag."""

    names: tuple[str, ...] | None
    tag: str | None = None


# --- parameters ---------------------------------------------------------------------------------


async def prompt_choices(call: Call, typed: str) -> Sequence[Choice]:
    """The prompts, and the next unused one, of all or with a tag."""
    async with call.services.database.read() as db:
        own = await shelf.shelf_of(db, call.course, call.services.packs)
    next_ = [Choice("next", "The next one that the course has not used")]
    tagged = [Choice(f"next {tag}", f"The next unused one on {tag}") for tag in shelf.tags(own)]
    return [
        *prompts.matching(next_, typed),
        *await prompts.choices(call, typed),
        *prompts.matching(tagged, typed),
    ]


async def repeat_choices(call: Call, typed: str) -> Sequence[Choice]:
    return prompts.matching([Choice(word, word) for word in recurrence.REPEATS], typed)


async def _wanted(call: Call, own: Shelf) -> Wanted:
    """Raises BadInput."""
    typed = call.required("prompt")
    if (found := NEXT.fullmatch(typed)) and typed not in own:
        tag = found["tag"].strip().removeprefix("#") or None
        if not shelf.tagged(own, tag):
            known = ", ".join(shelf.tags(own)) or "none"
            raise BadInput("prompt", f"No prompt of the course is tagged “{tag}”; tags: {known}.")
        return Wanted(None, tag)
    pieces = [piece.strip() for piece in re.split(r"[;,\n]", typed) if piece.strip()]
    if len(pieces) > MOST_PROMPTS:
        raise BadInput("prompt", f"A schedule takes at most {MOST_PROMPTS} prompts.")
    try:
        names = [(await prompts.find(call, typed))[0]]
    except BadInput:
        if len(pieces) < 2:
            raise
        names = [(await prompts.find(call, piece))[0] for piece in pieces]
    if len(set(names)) != len(names):
        raise BadInput("prompt", "A prompt is named twice; none is posted twice by one schedule.")
    return Wanted(tuple(names))


# --- what was typed -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Understood:
    """A rule with its first occurrence, and what whoever typed it should know."""

    rule: Rule
    first: datetime  # local
    at: datetime  # UTC
    notes: tuple[str, ...]


async def _understood(call: Call) -> Understood:
    """When and how often. Raises BadInput."""
    zone = ZoneInfo(call.course.zone)
    when = await understood(call, "when")
    ends = call.text("until")
    until = Until() if ends is None else understand_until(ends, when.at, zone)
    repeat = call.text("repeat") or "once"
    rule = recurrence.made(repeat, when.local, call.course.zone, until.at, until.count)
    asked = (recurrence.off_start(rule), recurrence.short_months(rule))
    rule = recurrence.aligned(rule)
    at = local_time.instant_of(rule.start, zone)
    notes = (*when.notes, *(sentence for sentence in asked if sentence is not None))
    return Understood(rule, rule.start, at, notes)


async def _minutes(call: Call, param: str, found: Understood) -> int | None:
    """How long after an occurrence, by the clock on the wall; typed as a time that is seen from
    the first one. None also where that was typed. Raises BadInput."""
    said = call.text(param)
    if said is None or said.casefold() in NONE:
        return None
    when = await understood(call, param, found.at)
    return int((when.local - found.first) / timedelta(minutes=1))


async def _plan(
    call: Call, wanted: Wanted, found: Understood, channels: Sequence[Channel]
) -> Plan:  # fmt: skip
    """Raises BadInput where the times don't go together."""
    due, closes = await _minutes(call, "due", found), await _minutes(call, "closes", found)
    if due is not None and closes is not None and closes < due:
        raise BadInput("closes", "It would close before it is due; give a later time, or none.")
    remind = call.number("remind")
    if remind and due is None:
        raise BadInput("remind", "A reminder comes before it is due, so say when that is.")
    if remind and due is not None and remind * 60 >= due:
        raise BadInput("remind", "The reminder would come before the prompt; give fewer hours.")
    rule = found.rule
    return Plan(
        wanted.names,
        wanted.tag,
        rule.pattern,
        rule.start,
        rule.until,
        rule.count,
        rule.zone,
        tuple(channel.id for channel in channels),
        due,
        closes,
        remind * 60 if remind else None,
    )


def _refuse_lost_prompts(wanted: Wanted, used: Sequence[str], rule: Rule) -> None:
    """Raises BadInput where prompts were named that would never be posted."""
    left = planning.prompts_left(wanted.names, used)
    if left == 0:
        raise BadInput(
            "prompt",
            "The course has posted all of these before, and a list repeats none; name one that it"
            " has not posted, or a single prompt.",
        )
    if left is not None and left > 1 and rule.once:
        raise BadInput(
            "repeat",
            f"It would come once, and post only the first of {left} prompts; say how often, such as"
            " weekly.",
        )


def _notes(wanted: Wanted, own: Shelf, used: Sequence[str], rule: Rule) -> list[str]:
    """What to know of the prompts that it posts."""
    if wanted.names is None:
        unused = shelf.queue(own, wanted.tag, used)[1]
        return [f"The course has not used {unused} of {len(shelf.tagged(own, wanted.tag))} yet."]
    again = [name for name in wanted.names if name in used]
    if len(wanted.names) == 1:
        notes = [] if rule.once else ["It is the same prompt each time."]
        return notes + (["The course has posted it before."] if again else [])
    notes = ["It ends when all of them are posted."]
    if again:
        notes.append(f"Posted before, and so left out: {', '.join(again)}.")
    return notes


# --- commands -----------------------------------------------------------------------------------


async def propose(call: Call) -> Card | Form:
    """/prompt schedule: what was understood, in full, to be confirmed; nothing is posted by it."""
    if call.text("when") is None:
        params = tuple(param for param in call.command.params if param.name in ASKED)
        return Form(call.command.name, params, dict(call.arguments))
    async with call.services.database.read() as db:
        own = await shelf.shelf_of(db, call.course, call.services.packs)
        used = await stored.prompts_used(db, call.course.id)
    wanted, found = await _wanted(call, own), await _understood(call)
    channels = await discussions.target(call)
    plan = await _plan(call, wanted, found, channels)
    space = call.place.space
    invocation = f"{space.platform}:{space.ref}:{call.invocation.id}"

    async def work(db: Connection) -> Schedule:
        await prompts.refuse_archived(db, call)
        return await schedules.propose(
            db, call.course.id, call.member.id, invocation, plan, call.now
        )

    _refuse_lost_prompts(wanted, used, found.rule)
    _refuse_outside_term(found, plan, call.course)
    proposed = await call.services.database.write(work)
    notes = [*found.notes, *_notes(wanted, own, used, found.rule)]
    dues = planning.supplied(planning.to_come(proposed, {}, call.course), wanted.names, used)
    coming = list(islice(dues, SHOWN))
    return _proposal(call, proposed, own, channels, found.rule, coming, notes)


def _refuse_outside_term(found: Understood, plan: Plan, course: Course) -> None:
    due = Due(found.at, found.first, found.first)
    if not planning.in_term(due, course):
        raise BadInput(
            "when",
            f"It would first come on {local_time.in_words(found.first)}, outside the course's term"
            f" ({schedule_cards.term(course)}).",
        )


def _proposal(
    call: Call,
    proposed: Schedule,
    own: Shelf,
    channels: Sequence[Channel],
    rule: Rule,
    coming: Sequence[Due],
    notes: Sequence[str],
) -> Card:
    blocks: list[Block] = [
        schedule_cards.fields(proposed, own, channels, next(iter(coming), None), call.course),
        schedule_cards.coming(coming, call.course),
        *(text(note) for note in notes),
    ]
    name = (("schedule", proposed.name),)
    buttons = [Button("Schedule it", "schedule confirm", name, emphasis=True)]
    if recurrence.short_months(rule) is not None:
        instead = recurrence.at_month_end(rule).pattern
        if instead == recurrence.LAST_DAY:  # in few letters: a button carries little
            instead = "month end"
        typed = {**{n: str(v) for n, v in call.arguments.items()}, "repeat": instead}
        buttons.append(
            Button("On each month's last day", "prompt schedule", tuple(typed.items()))
        )  # fmt: skip
    buttons.append(Button("Discard", "schedule discard", name))
    return Card(
        "Schedule this?",
        (*blocks, Actions(tuple(buttons))),
        f"{proposed.name} · nothing is posted before you confirm",
    )


async def confirm(call: Call) -> Card:
    """/schedule confirm: what was proposed holds from now on."""
    proposed = await schedule_cards.find(call)

    async def work(db: Connection) -> Schedule:
        await prompts.refuse_archived(db, call)
        now = await schedules.by_id(db, call.course.id, proposed.id)
        if now.state != "proposed":
            return now
        if now.zone != call.course.zone:
            raise Refused(
                f"{now.name} was proposed by the clocks of {now.zone}, and the course goes by those"
                f" of {call.course.zone} since; schedule it anew."
            )
        since = planning.passed(now, call.now)
        active = planning.planned(replace(since, state="active"), {}, call.course)
        if active.next is None:
            raise Refused(f"The time of {now.name} has passed; schedule it anew.")
        await schedules.keep(db, active)
        await audit.note(
            db, call.course.id, call.member.id, call.command.name, now.name, call.now
        )  # fmt: skip
        return active

    schedule = await call.services.database.write(work)
    call.services.agenda.wake()
    if schedule.state != "active":
        raise Refused(f"{schedule.name} is {schedule.state}.")
    return Card(
        f"{schedule.name} is scheduled",
        (
            schedule_cards.next_post(schedule, call.course),
            Actions(
                (
                    Button("Show it", "schedule show", (("schedule", schedule.name),)),
                    Button("All schedules", "schedule list"),
                )
            ),
        ),
    )
