"""One course in several channels and spaces: the code that says so, and joining by it."""

from datetime import timedelta
from hashlib import sha256

from bot.core import prompts, roles
from bot.core.cards import Actions, Button, Card, Code, Moment, text
from bot.core.commands import Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused
from bot.core.services import Services
from storage import audit, courses, joining, members
from storage.database import Connection
from storage.ids import ChannelId
from storage.rows import Course

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 of them, so that each byte gives one evenly; without I, O, 0 and 1."""

LENGTH = 8
LASTS = timedelta(days=7)


async def code(call: Call) -> Card:
    """/course code: a new code, shown this once; the course's earlier one is void."""
    made = new_code(call)
    until = call.now + LASTS

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        await joining.replace_code(db, call.course.id, digest_of(made), until)
        await audit.note(db, call.course.id, call.member.id, "course code", "course", call.now)

    await call.services.database.write(work)
    return Card(
        f"A code for {call.course.title}",
        (
            text(Code(made)),
            text(
                "In the other channel, also on another server or platform, whoever manages the"
                " space there uses ",
                Code(f"/course join {made}"),
                ". The channel is then one of this course's, and whoever joined it an instructor"
                " of the course: give the code to nobody else.",
            ),
            text(
                "It works once, until ", Moment(until, call.course.zone),
                "; it is not shown again, and an earlier code works no more.",
            ),
        ),
    )  # fmt: skip


async def join(call: Call) -> Card:
    """/course join: make this channel one of the course whose instructor made the code."""
    digest = digest_of(call.required("code"))
    place, person = call.place, call.invocation.person

    async def work(db: Connection) -> Course:
        found = await joining.code_of(db, digest)
        taken = await courses.channel_at(db, place.space, place.channel)
        if taken is not None:
            if found is None or found.channel_id != taken.id:
                title = (await courses.course(db, taken.course_id)).title
                raise Refused(f"This channel belongs to the course “{title}” already.")
            return await courses.course(db, taken.course_id)  # the form was sent twice
        if found is None or found.used_at is not None or found.expires_at <= call.now:
            raise BadInput(
                "code",
                "No course has this code, or not any more; its instructor can make a new one with"
                " /course code.",
            )
        course = await courses.course(db, found.course_id)
        if course.archived_at is not None:
            raise Refused(f"{course.title} is archived, and closed to changes.")
        await joining.use_up(db, course.id, await _bind(db, call, course), call.now)
        return course

    with call.services.guesses.guess((place.space, person.ref), call.now):
        return _joined(await call.services.database.write(work))


async def _bind(db: Connection, call: Call, course: Course) -> ChannelId:
    """The channel becomes the course's, and whoever asked its instructor; noted in the audit."""
    place, person = call.place, call.invocation.person
    space = await courses.ensure_space(db, place.space, call.now)
    await joining.ensure_course_space(db, course.id, space)
    channel = await courses.bind_channel(
        db,
        course.id,
        space,
        place.channel,
        name=call.invocation.channel_name or place.channel,
        kind="class",
        now=call.now,
    )
    account = await members.ensure_account(db, space, person.ref, person.name, call.now)
    instructor = Role.INSTRUCTOR.word
    member = await members.ensure_member(db, course.id, account, instructor, call.now)
    if await roles.given_to(db, course.id, member) != instructor:
        await roles.give(db, course.id, member, instructor, call.now)
    await audit.note(
        db, course.id, member, "course join", place.channel, call.now,
        {"platform": place.space.platform, "space": place.space.ref, "role": instructor},
    )  # fmt: skip
    return channel


def _joined(course: Course) -> Card:
    return Card(
        f"This channel is one of {course.title}",
        (
            text(
                "You are an instructor of the course. Whoever writes in this channel's discussions"
                " is one of its students; prompts posted to all channels are posted here too."
            ),
            Actions(
                (Button("Post a prompt", "prompt post"), Button("Show the course", "course show"))
            ),
        ),
    )


def new_code(call: Call) -> str:
    """A code that nobody can foretell."""
    return made_code(call.services)


def made_code(services: Services) -> str:
    """The same, where no command was given."""
    return "".join(LETTERS[byte % len(LETTERS)] for byte in services.random_bytes(LENGTH))


def digest_of(code: str) -> str:
    """As it is kept, however the code is typed: with small letters, spaces or hyphens too."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    return sha256(typed.encode()).hexdigest()
