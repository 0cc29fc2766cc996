"""A course's people, a glance at it, its end; see setup.py for its beginning and its settings."""

from collections.abc import Sequence

from bot.core import leaving, prompts, roles, setup, staff_channel, terms
from bot.core.cards import (
    Block,
    Card,
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
from bot.core.events import Person
from bot.core.picking import answered
from bot.core.services import channel_labels, named
from storage import audit, courses, discussions, members, outbox
from storage.database import Connection
from storage.ids import AccountRef
from storage.rows import Channel, Discussion, Member

# --- parameters ---------------------------------------------------------------------------------


async def member_choices(call: Call, typed: str) -> Sequence[Choice]:
    async with call.services.database.read() as db:
        all_ = await members.members_of(db, call.course.id, call.place.space)
    # By name only: the value is an account's ref, which nobody types.
    wanted = typed.casefold().removeprefix("@")
    return [Choice(m.ref, leaving.described(m)) for m in all_ if wanted in m.name.casefold()]


async def find_member(call: Call, param: str) -> Member:
    """The member of this course that was named: by account, or by their name. Raises BadInput."""
    found = await _find(call, param)
    if isinstance(found, Person):
        raise BadInput(
            param,
            f"{found.name} is not in this course yet; people join by writing in a discussion.",
        )
    return found


async def _find(call: Call, param: str) -> Member | Person:
    """A member, or somebody of the space who is in the course not yet. Raises BadInput."""
    typed, space = call.required(param), call.place.space
    async with call.services.database.read() as db:
        known = await members.member_at(db, call.course.id, space, AccountRef(typed))
        if known is not None:
            return known
        all_ = await members.members_of(db, call.course.id, space)
    named = [m for m in all_ if m.name.casefold() == typed.removeprefix("@").casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise BadInput(param, f"{len(named)} people here are called so; pick one from the list.")
    platform = call.services.platforms[space.platform]
    person = await answered(param, platform.person(space, AccountRef(typed)))
    if person is not None and person.automated:
        raise BadInput(param, f"{person.name} is an app, and no app is in a course.")
    if person is not None:
        return person
    names = [member.name for member in all_]
    hint = "pick one from the list; people join by writing in a discussion."
    raise UnknownName(param, "person of this course called", typed, names, hint)


async def _take_in(call: Call, person: Person) -> Member:
    """Somebody of the space who is named by staff is in the course, also if they never wrote."""
    course, space = call.course.id, call.place.space

    async def work(db: Connection) -> Member | None:
        await prompts.refuse_archived(db, call)
        space_id = await courses.ensure_space(db, space, call.now)
        account = await members.ensure_account(db, space_id, person.ref, person.name, call.now)
        await roles.enrol(db, course, account, call.now)
        return await members.member_at(db, course, space, person.ref)

    member = await call.services.database.write(work)
    if member is None:
        raise LookupError("a member that was just made")
    return member


# --- commands -----------------------------------------------------------------------------------


async def staff(call: Call) -> Card:
    """/course staff: make somebody instructor, assistant or student, also who never wrote here."""
    found = await _find(call, "person")
    member = await _take_in(call, found) if isinstance(found, Person) else found
    role = Role[call.required("role").upper()]

    async def work(db: Connection) -> tuple[Role, bool]:
        """The role they have from now on, and whether they had been given this one before."""
        await prompts.refuse_archived(db, call)
        if await roles.given_to(db, call.course.id, member.id) == role.word:
            return Role[member.role.upper()], True
        left = [
            m
            for m in await members.members_of(db, call.course.id)
            if m.role == Role.INSTRUCTOR.word and m.id != member.id and m.left_at is None
        ]
        if role is not Role.INSTRUCTOR and not left:
            raise Refused("A course needs an instructor; name another one first.")
        has = await roles.give(db, call.course.id, member.id, role.word, call.now)
        await audit.note(
            db,
            call.course.id,
            call.member.id,
            "course staff",
            str(member.id),
            call.now,
            {"role": role.word},
        )
        return Role[has.upper()], False

    has, already = await call.services.database.write(work)
    if has is not role:
        return Card(
            blocks=(
                text(
                    f"{member.name} stays {_a(has)} of {call.course.title} by a role of the"
                    f" platform's, and is {_a(role)} without it."
                ),
            )
        )
    if already:
        return Card(blocks=(text(f"{member.name} is {_a(role)} already."),))
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


async def show(call: Call) -> Card:
    """/course show: the course at a glance, and what could not be posted."""
    course = call.course
    async with call.services.database.read() as db:
        channels = await courses.channels_of(db, course.id)
        rooms = await courses.channels_of(db, course.id, staff_channel.KIND)
        settings = await setup.shown(db, course)
        people = await members.members_of(db, course.id)
        all_ = await discussions.discussions_of(db, course.id)
        sends = await outbox.sends_of(db, course.id, ("pending", "sending", "missed", "failed"))
    owed = [send for send in sends if send.due_at <= call.now]
    numbers = {d.id: d.name for d in all_}
    team = [m for m in people if m.role != Role.STUDENT.word]
    blocks: list[Block] = [settings]
    if course.archived_at is not None:
        blocks.insert(0, text("Archived since ", Moment(course.archived_at, course.zone), "."))
    blocks.append(
        Fields(
            (
                ("Channels", spans(", ".join(_labels(channels)))),
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


def _labels(channels: Sequence[Channel]) -> list[str]:
    labels = channel_labels(channels)
    tags = {c.id: f" (posts tagged “{c.tag}”)" if c.tag else "" for c in channels}
    return [labels[channel.id] + tags[channel.id] for channel in channels]


async def archive(call: Call) -> Card:
    """/course archive: close every discussion and the course to changes; reports stay."""
    if (call.text("confirm") or "").casefold() != call.course.title.casefold():
        raise BadInput(
            "confirm",
            f"Archiving can't be undone; to confirm, type the course's title: {call.course.title}",
        )

    async def work(db: Connection) -> Sequence[Discussion]:
        await prompts.refuse_archived(db, call)
        return await terms.end(db, call.course, call.member.id, call.now)

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
