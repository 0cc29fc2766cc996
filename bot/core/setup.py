"""Setting a course up, and changing its settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from bot.core import course_roles, prompts, staff_channel, term
from bot.core.cards import Actions, Block, Button, Card, Code, Fields, spans, text
from bot.core.commands import Choice, Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, NotAllowed, Refused, UnknownName
from bot.core.events import ChannelRef, Place
from bot.core.picking import answered
from bot.core.ports import Platform, PromptChannel
from storage import audit, courses, discussions, granting, members
from storage.database import Connection
from storage.rows import Channel, Course

DEFAULT_ZONE = "America/New_York"

CLEARED = tuple(Choice(name, name) for name in (*course_roles.PURPOSES, staff_channel.PARAM))
"""What the settings can take away again."""

# --- parameters ---------------------------------------------------------------------------------


async def pack_choices(call: Call, typed: str) -> Sequence[Choice]:
    loaded = call.services.packs
    return prompts.matching([Choice(id_, p.pack.title) for id_, p in loaded.items()], typed)


async def zone_choices(call: Call, typed: str) -> Sequence[Choice]:
    wanted = typed.strip().replace(" ", "_")
    return prompts.matching([Choice(zone, zone) for zone in zones()], wanted)[:25]


@cache
def zones() -> tuple[str, ...]:
    """The IANA zones that name a place, sorted, and UTC."""
    return ("UTC", *sorted(zone for zone in available_timezones() if "/" in zone))


def zone_named(typed: str) -> str:
    """The IANA zone of this name, in whatever case. Raises UnknownName."""
    for zone in zones():
        if zone.casefold() == typed.strip().replace(" ", "_").casefold():
            return zone
    raise UnknownName(
        "zone", "time zone", typed, zones(), "give an IANA zone such as Europe/London."
    )


def _pack(call: Call, typed: str) -> str:
    for id_, loaded in call.services.packs.items():
        if typed.casefold() in (id_.casefold(), loaded.pack.title.casefold()):
            return id_
    known = list(call.services.packs)
    raise UnknownName("pack", "pack", typed, known, f"these are installed: {', '.join(known)}.")


async def tag_choices(call: Call, typed: str) -> Sequence[Choice]:
    """The tags of the channel that is to be set up."""
    picked = call.invocation.arguments.get("channel")
    channel = ChannelRef(str(picked)) if picked else call.place.channel
    place = Place(call.place.space, channel)
    try:
        found = await answered("channel", _platform(call).prompt_channel(place))
    except BadInput:
        return []
    return prompts.matching([Choice(tag, tag) for tag in found.tags], typed)


# --- the channel that is set up -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """A channel that is to be the class's; `here`: the one where it was asked for."""

    ref: ChannelRef
    name: str
    tag: str | None
    here: bool


async def target(call: Call) -> Target:
    """The channel that was picked, else this one, with the tag of what is posted there.

    Raises BadInput where it won't do, and NotAllowed where only managers may pick it.
    """
    typed = call.text("channel")
    place = Place(call.place.space, ChannelRef(typed) if typed else call.place.channel)
    here = place.channel == call.place.channel
    if not here and not call.invocation.manages_space:
        raise NotAllowed(
            "Only whoever manages the space may set another channel up; a course's instructor can"
            " give them a code with /course code."
        )
    try:
        found = await answered("channel", _platform(call).prompt_channel(place))
    except BadInput:
        if not here:
            raise
        # What is missing in this channel is told when something is to be posted.
        found = PromptChannel(call.invocation.channel_name or place.channel)
    return Target(place.channel, found.name, _tag(call, found), here)


def _tag(call: Call, channel: PromptChannel) -> str | None:
    """The tag that was given, as the channel has it; needed only where the channel needs one."""
    typed, listed = call.text("tag"), ", ".join(channel.tags)
    if typed is None:
        if channel.needs_tag:
            has = f"give one of these: {listed}" if listed else "add one there that all may use"
            raise BadInput("tag", f"Posts in #{channel.name} must have a tag; {has}.")
        return None
    for tag in channel.tags:
        if typed.casefold() == tag.casefold():
            return tag
    has = f"it has {listed}." if listed else "it has none, so leave it empty."
    raise BadInput("tag", f"There is no tag “{typed}” in #{channel.name}; {has}")


def _platform(call: Call) -> Platform:
    return call.services.platforms[call.place.space.platform]


# --- commands -----------------------------------------------------------------------------------


async def setup(call: Call) -> Card:
    """/course setup: make a channel a course's; whoever does it becomes its instructor."""
    title = call.required("title")
    channel = await target(call)
    if call.channel is not None and channel.here:
        return _welcome(_same(call, call.course, call.channel), channel)
    zone = zone_named(call.text("zone") or DEFAULT_ZONE)
    pack = _pack(call, call.text("pack") or next(iter(call.services.packs), ""))
    space, person = call.place.space, call.invocation.person
    room = await staff_channel.picked(call)
    chosen = await course_roles.picked(call, [channel.ref])

    async def work(db: Connection) -> Course:
        if (taken := await courses.channel_at(db, space, channel.ref)) is not None:
            return _same(call, await courses.course(db, taken.course_id), taken)
        space_id = await courses.ensure_space(db, space, call.now)
        course = await courses.create(
            db, space_id, title=title, zone=zone, pack=pack, now=call.now
        )  # fmt: skip
        await courses.bind_channel(
            db,
            course,
            space_id,
            channel.ref,
            name=channel.name,
            kind="class",
            now=call.now,
            tag=channel.tag,
        )
        if room is not None:
            await staff_channel.bind(db, course, room, call.now)
        await course_roles.keep(db, call, course, chosen)
        account = await members.ensure_account(db, space_id, person.ref, person.name, call.now)
        member = await members.ensure_member(
            db, course, account, Role.INSTRUCTOR.word, call.now
        )  # fmt: skip
        noted = {one.purpose: one.ref for one in chosen}
        await audit.note(db, course, member, "course setup", channel.ref, call.now, noted)
        return await courses.course(db, course)

    return _welcome(await call.services.database.write(work), channel)


def _same(call: Call, course: Course, channel: Channel) -> Course:
    """The course that a channel has already: welcome again where the form was sent twice, but not
    where it says anything new."""
    stands = {"title": course.title, "zone": course.zone, "pack": course.pack, "tag": channel.tag}
    stands["channel"] = channel.ref
    new = any(stands.get(name) != value for name, value in call.arguments.items())
    if new or channel.kind == staff_channel.KIND:
        raise Refused(
            f"This channel belongs to the course “{course.title}” already; /course settings"
            " changes it."
        )
    return course


def _welcome(course: Course, channel: Target) -> Card:
    """What comes next; buttons only where they act on this course."""
    where = "this channel" if channel.here else f"#{channel.name}"
    blocks: list[Block] = [
        text(
            f"Whoever writes in {where}'s discussions is a student of the course; name your"
            " assistants and colleagues with ",
            Code("/course staff"),
            ".",
        )
    ]
    if channel.here:
        blocks.append(
            Actions(
                (
                    Button("See the prompts", "prompt list", emphasis=True),
                    Button("Post a prompt", "prompt post"),
                    Button("Show the course", "course show"),
                )
            )
        )
    return Card(f"{course.title} is set up", tuple(blocks))


async def settings(call: Call) -> Card:
    """/course settings: change title, zone, pack, catch-up time, how long texts are kept, where
    staff read notices, or which roles of the platform serve the course."""
    changes: dict[str, object] = {}
    if (title := call.text("title")) is not None:
        changes["title"] = title
    if (zone := call.text("zone")) is not None:
        changes["zone"] = zone_named(zone)
    if (pack := call.text("pack")) is not None:
        changes["pack"] = _pack(call, pack)
    if "catch_up" in call.arguments:
        changes["catch_up_hours"] = call.arguments["catch_up"]
    if "keep_text" in call.arguments:
        changes["keep_text_days"] = call.arguments["keep_text"] or None
    times = term.typed(call)
    changes |= times.settings
    room = await staff_channel.picked(call)
    chosen = await course_roles.picked(call, await _channels_here(call))
    cleared = call.text("clear")
    if cleared is not None and call.text(cleared) is not None:
        raise BadInput("clear", f"{cleared} is given too: either clear it or set it.")
    noted = {name: value for name, value in changes.items() if name != "title"}
    if room is not None:
        noted[staff_channel.PARAM] = room.ref
    noted |= {one.purpose: one.ref for one in chosen}

    async def work(db: Connection) -> Card:
        await prompts.refuse_archived(db, call)
        if changes.get("pack", call.course.pack) != call.course.pack:
            await _refuse_another_pack(db, call.course)
        before = await courses.course(db, call.course.id)
        await courses.change(db, call.course.id, changes)
        plans = await term.replan(db, before, times, call.now)
        if room is not None:
            await staff_channel.bind(db, call.course.id, room, call.now)
        await course_roles.keep(db, call, call.course.id, chosen)
        gone: dict[str, object] = {}
        if cleared is not None and await _clear(db, call, cleared):
            gone[cleared] = None
        changed = bool(changes or noted or gone)
        if changed:
            await audit.note(
                db,
                call.course.id,
                call.member.id,
                "course settings",
                "course",
                call.now,
                noted | gone,
            )
        head = text("The settings are changed." if changed else "Nothing was changed.")
        course = await courses.course(db, call.course.id)
        planned = term.replanned(plans, course)
        return Card(course.title, (head, await shown(db, course), *planned))

    card = await call.services.database.write(work)
    call.services.agenda.wake()
    return card


async def _clear(db: Connection, call: Call, purpose: str) -> bool:
    """Whether there was anything to take away."""
    if purpose == staff_channel.PARAM:
        return await staff_channel.unbind(db, call.course.id, call.place.space)
    return await course_roles.clear(db, call, purpose)


async def _channels_here(call: Call) -> list[ChannelRef]:
    """The class's channels in the space where it is asked."""
    async with call.services.database.read() as db:
        own = await courses.channels_of(db, call.course.id)
    return [channel.ref for channel in own if channel.space == call.place.space]


async def _refuse_another_pack(db: Connection, course: Course) -> None:
    """F12 must go on meaning what it meant to those who named it. Raises BadInput."""
    posted = await discussions.discussions_of(db, course.id)
    if standing := [d.name for d in posted if d.withdrawn_at is None]:
        raise BadInput(
            "pack",
            f"{', '.join(standing[:3])} {'rests' if len(standing) == 1 else 'rest'} on the facts of"
            f" {course.pack}, so the course keeps it; another channel can have another pack.",
        )


async def shown(db: Connection, course: Course) -> Fields:
    """The settings as they are, a label and its value each."""
    rooms = await courses.channels_of(db, course.id, staff_channel.KIND)
    chosen = (await granting.chosen_in(db, [course.id])).get(course.id, ())
    kept = "no end set" if course.keep_text_days is None else f"{course.keep_text_days} days"
    return Fields(
        (
            ("Time zone", spans(course.zone)),
            ("Pack", spans(course.pack)),
            ("Catch-up time", spans(f"{course.catch_up_hours} hours")),
            ("Texts are kept", spans(kept)),
            *term.shown(course),
            staff_channel.where(rooms),
            *course_roles.shown(chosen),
        )
    )
