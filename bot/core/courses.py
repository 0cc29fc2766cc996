"""Setting a course up, its staff, its settings, its end."""

from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

from bot.core import leaving, prompts, staff_channel
from bot.core.cards import (
    Actions,
    Block,
    Button,
    Card,
    Code,
    Fields,
    Moment,
    Table,
    number,
    spans,
    text,
)
from bot.core.commands import Choice, Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused, UnknownName
from bot.core.services import channel_labels, named
from storage import audit, courses, discussions, members, outbox
from storage.database import Connection
from storage.ids import AccountRef
from storage.rows import Channel, Course, Discussion, Member

DEFAULT_ZONE = "America/New_York"


# --- parameters ---------------------------------------------------------------------------------


async def pack_choices(call: Call, typed: str) -> Sequence[Choice]:
    loaded = call.services.packs
    return prompts.matching([Choice(id_, p.pack.title) for id_, p in loaded.items()], typed)


async def zone_choices(call: Call, typed: str) -> Sequence[Choice]:
    wanted = typed.strip().replace(" ", "_")
    return prompts.matching([Choice(zone, zone) for zone in zones()], wanted)[:25]


async def member_choices(call: Call, typed: str) -> Sequence[Choice]:
    async with call.services.database.read() as db:
        all_ = await members.members_of(db, call.course.id, call.place.space)
    # By name only: the value is an account's ref, which nobody types.
    wanted = typed.casefold().removeprefix("@")
    return [Choice(m.ref, leaving.described(m)) for m in all_ if wanted in m.name.casefold()]


@cache
def zones() -> tuple[str, ...]:
    """The IANA zones that name a place, sorted, and UTC."""
    return ("UTC", *sorted(zone for zone in available_timezones() if "/" in zone))


def _zone(typed: str) -> str:
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


async def find_member(call: Call, param: str) -> Member:
    """The member of this course that was named: by account, or by their name. Raises BadInput."""
    typed = call.required(param)
    async with call.services.database.read() as db:
        known = await members.member_at(db, call.course.id, call.place.space, AccountRef(typed))
        if known is not None:
            return known
        all_ = await members.members_of(db, call.course.id, call.place.space)
        typed = await _name_of(db, call, typed)
    named = [m for m in all_ if m.name.casefold() == typed.removeprefix("@").casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise BadInput(param, f"{len(named)} people here are called so; pick one from the list.")
    names = [member.name for member in all_]
    hint = "pick one from the list; people join by writing in a discussion."
    raise UnknownName(param, "person of this course called", typed, names, hint)


async def _name_of(db: Connection, call: Call, typed: str) -> str:
    """What somebody is called who was picked from the space's people, and not typed."""
    if call.channel is None:
        return typed
    picked = AccountRef(typed)
    account = (await members.accounts_at(db, call.channel.space_id, [picked])).get(picked)
    return typed if account is None else account.name


# --- commands -----------------------------------------------------------------------------------


async def setup(call: Call) -> Card:
    """/course setup: make this channel a course's; whoever does it becomes its instructor."""
    title = call.required("title")
    if call.channel is not None:
        return _welcome(_same(call.course, call.channel, title))
    zone = _zone(call.text("zone") or DEFAULT_ZONE)
    pack = _pack(call, call.text("pack") or next(iter(call.services.packs), ""))
    space, person, place = call.place.space, call.invocation.person, call.place
    room = await staff_channel.picked(call)

    async def work(db: Connection) -> Course:
        if (taken := await courses.channel_at(db, space, place.channel)) is not None:
            return _same(await courses.course(db, taken.course_id), taken, title)
        space_id = await courses.ensure_space(db, space, call.now)
        course = await courses.create(
            db, space_id, title=title, zone=zone, pack=pack, now=call.now
        )  # fmt: skip
        await courses.bind_channel(
            db,
            course,
            space_id,
            place.channel,
            name=call.invocation.channel_name or place.channel,
            kind="class",
            now=call.now,
        )
        if room is not None:
            await staff_channel.bind(db, course, room, call.now)
        account = await members.ensure_account(db, space_id, person.ref, person.name, call.now)
        member = await members.ensure_member(
            db, course, account, Role.INSTRUCTOR.word, call.now
        )  # fmt: skip
        await audit.note(db, course, member, "course setup", place.channel, call.now)
        return await courses.course(db, course)

    return _welcome(await call.services.database.write(work))


def _same(course: Course, channel: Channel, title: str) -> Course:
    """The course that a channel has already: welcome again where the form was sent twice."""
    if course.title != title or channel.kind == staff_channel.KIND:
        raise Refused(
            f"This channel belongs to the course “{course.title}” already; /course settings"
            " changes it."
        )
    return course


def _welcome(course: Course) -> Card:
    return Card(
        f"{course.title} is set up",
        (
            text(
                "Whoever writes in this channel's discussions is a student of the course; name"
                " your assistants and colleagues with ",
                Code("/course staff"),
                ".",
            ),
            Actions(
                (
                    Button("See the prompts", "prompt list", emphasis=True),
                    Button("Post a prompt", "prompt post"),
                    Button("Show the course", "course show"),
                )
            ),
        ),
    )


async def staff(call: Call) -> Card:
    """/course staff: make a member instructor, assistant or student."""
    member = await find_member(call, "person")
    role = Role[call.required("role").upper()]
    if member.role == role.word:
        return Card(blocks=(text(f"{member.name} is {_a(role)} already."),))

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        left = [
            m
            for m in await members.members_of(db, call.course.id)
            if m.role == Role.INSTRUCTOR.word and m.id != member.id and m.left_at is None
        ]
        if role is not Role.INSTRUCTOR and not left:
            raise Refused("A course needs an instructor; name another one first.")
        await members.set_role(db, call.course.id, member.id, role.word, call.now)
        await audit.note(
            db,
            call.course.id,
            call.member.id,
            "course staff",
            str(member.id),
            call.now,
            {"role": role.word},
        )

    await call.services.database.write(work)
    return Card(
        blocks=(
            text(
                f"{member.name} is {_a(role)} of {call.course.title} from now on; what they wrote"
                " before keeps the role they had."
            ),
        )
    )


def _a(role: Role) -> str:
    return f"a {role.word}" if role is Role.STUDENT else f"an {role.word}"


async def settings(call: Call) -> Card:
    """/course settings: change title, zone, pack, catch-up time, how long texts are kept, or where
    staff read notices."""
    changes: dict[str, object] = {}
    if (title := call.text("title")) is not None:
        changes["title"] = title
    if (zone := call.text("zone")) is not None:
        changes["zone"] = _zone(zone)
    if (pack := call.text("pack")) is not None:
        changes["pack"] = _pack(call, pack)
    if "catch_up" in call.arguments:
        changes["catch_up_hours"] = call.arguments["catch_up"]
    if "keep_text" in call.arguments:
        changes["keep_text_days"] = call.arguments["keep_text"] or None
    room = await staff_channel.picked(call)
    noted = {name: value for name, value in changes.items() if name != "title"}
    if room is not None:
        noted[staff_channel.PARAM] = room.ref

    async def work(db: Connection) -> tuple[Course, list[Channel]]:
        await prompts.refuse_archived(db, call)
        if changes.get("pack", call.course.pack) != call.course.pack:
            await _refuse_another_pack(db, call.course)
        await courses.change(db, call.course.id, changes)
        if room is not None:
            await staff_channel.bind(db, call.course.id, room, call.now)
        if changes or room is not None:
            await audit.note(
                db, call.course.id, call.member.id, "course settings", "course", call.now, noted
            )
        rooms = await courses.channels_of(db, call.course.id, staff_channel.KIND)
        return await courses.course(db, call.course.id), rooms

    course, rooms = await call.services.database.write(work)
    head = "The settings are changed." if changes or room else "Nothing was changed."
    return Card(course.title, (text(head), _settings(course, rooms)))


async def _refuse_another_pack(db: Connection, course: Course) -> None:
    """F12 must go on meaning what it meant to those who named it. Raises BadInput."""
    posted = await discussions.discussions_of(db, course.id)
    if standing := [d.name for d in posted if d.withdrawn_at is None]:
        raise BadInput(
            "pack",
            f"{', '.join(standing[:3])} {'rests' if len(standing) == 1 else 'rest'} on the facts of"
            f" {course.pack}, so the course keeps it; another channel can have another pack.",
        )


def _settings(course: Course, rooms: list[Channel]) -> Fields:
    kept = "no end set" if course.keep_text_days is None else f"{course.keep_text_days} days"
    return Fields(
        (
            ("Time zone", spans(course.zone)),
            ("Pack", spans(course.pack)),
            ("Catch-up time", spans(f"{course.catch_up_hours} hours")),
            ("Texts are kept", spans(kept)),
            staff_channel.where(rooms),
        )
    )


async def show(call: Call) -> Card:
    """/course show: the course at a glance, and what could not be posted."""
    course = call.course
    async with call.services.database.read() as db:
        channels = await courses.channels_of(db, course.id)
        rooms = await courses.channels_of(db, course.id, staff_channel.KIND)
        people = await members.members_of(db, course.id)
        all_ = await discussions.discussions_of(db, course.id)
        owed = await outbox.sends_of(db, course.id, ("pending", "sending", "missed", "failed"))
    numbers = {d.id: d.name for d in all_}
    team = [m for m in people if m.role != Role.STUDENT.word]
    blocks: list[Block] = [_settings(course, rooms)]
    if course.archived_at is not None:
        blocks.insert(0, text("Archived since ", Moment(course.archived_at, course.zone), "."))
    blocks.append(
        Fields(
            (
                ("Channels", spans(", ".join(channel_labels(channels).values()))),
                ("Staff", spans(", ".join(leaving.described(m) for m in team))),
                ("Students", spans(str(len(people) - len(team)))),
                ("Open discussions", spans(", ".join(d.name for d in all_ if d.open) or "none")),
            )
        )
    )
    blocks += [
        text(f"On {named(space)}: {sentence}")
        for space in dict.fromkeys(channel.space for channel in (*channels, *rooms))
        for sentence in call.services.shortcomings(space)
    ]
    if owed:
        rows = tuple(
            (
                spans(numbers.get(send.discussion_id, "")),
                spans(send.kind),
                spans(f"#{send.channel.name}"),
                spans(send.state),
                spans(send.problem or call.services.not_running(send.channel.space) or ""),
            )
            for send in owed
        )
        blocks.append(Table(("Discussion", "Send", "Channel", "State", "Why"), rows))
    return Card(course.title, tuple(blocks))


async def archive(call: Call) -> Card:
    """/course archive: close every discussion and the course to changes; reports stay."""
    if (call.text("confirm") or "").casefold() != call.course.title.casefold():
        raise BadInput(
            "confirm",
            f"Archiving can't be undone; to confirm, type the course's title: {call.course.title}",
        )

    async def work(db: Connection) -> list[Discussion]:
        await prompts.refuse_archived(db, call)
        open_ = [d for d in await discussions.discussions_of(db, call.course.id) if d.open]
        for discussion in open_:
            await outbox.cancel(db, call.course.id, discussion.id, ("prompt",))
            await discussions.close(db, call.course.id, discussion.id, call.now)
            await discussions.revise(db, call.course.id, discussion.id)
            await prompts.owe_update(db, discussion, call)
        await courses.change(db, call.course.id, {"archived_at": call.now})
        await audit.note(
            db, call.course.id, call.member.id, "course archive", "course", call.now
        )  # fmt: skip
        return open_

    closed = await call.services.database.write(work)
    late = await prompts.deliver(call, closed)
    return Card(
        blocks=(
            text(
                f"{call.course.title} is archived, and with it"
                f" {number(len(closed), 'open discussion')}; reports can still be made."
            ),
            *late,
        )
    )
