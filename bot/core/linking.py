"""A student in two spaces of a course is one member once they have said so, by a code."""

from datetime import timedelta

from bot.core import prompts
from bot.core.cards import Card, Code, Moment, text
from bot.core.commands import Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, NoCourse, Refused
from bot.core.joining import digest_of, new_code
from storage import audit, linking, members
from storage.database import Connection
from storage.ids import MemberId
from storage.rows import Member

LASTS = timedelta(hours=1)


async def link(call: Call) -> Card:
    """/course link: a code of one's own; with a code, the two who are one person become one."""
    typed = call.text("code")
    if typed is None:
        return await _code(call)
    digest = digest_of(typed)
    with call.services.guesses.guess(("link", call.place.space, call.invocation.person.ref),
                                     call.now):  # fmt: skip
        await call.services.database.write(lambda db: _link(db, call, digest))
    return Card(
        f"You are one member of {call.course.title}",
        (
            text(
                "What you wrote in both spaces is counted together from now on, and ",
                Code("/participation me"),
                " shows all of it. Of two sides you took in a discussion, the later one holds.",
            ),
        ),
    )


async def _code(call: Call) -> Card:
    code, until = new_code(call), call.now + LASTS

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        own = await _asker(db, call)
        await _refuse_staff(db, own.id)
        await linking.replace_code(db, call.course.id, own.id, digest_of(code), until)

    await call.services.database.write(work)
    return Card(
        "The code that links your accounts",
        (
            text(Code(code)),
            text(
                "In the course's other space, use ",
                Code(f"/course link {code}"),
                " with your own account there: the two are then one member of"
                f" {call.course.title}, counted together, which can't be undone. Give the code to"
                " nobody: who has it would see what is recorded about you.",
            ),
            text("It works once, until ", Moment(until, call.course.zone), "."),
        ),
    )


async def _link(db: Connection, call: Call, digest: str) -> None:
    await prompts.refuse_archived(db, call)
    course = call.course.id
    own, found = await _asker(db, call), await linking.code_of(db, course, digest)
    if found is not None and found.used_at is not None and found.member_id == own.id:
        return  # the form was sent twice
    if found is None or found.used_at is not None or found.expires_at <= call.now:
        raise BadInput(
            "code",
            "Nobody in this course has this code, or not any more; make one with /course link in"
            " the other space.",
        )
    if found.member_id == own.id:
        raise Refused("This is your own code; use it in the course's other space.")
    kept, gone = sorted((own.id, found.member_id))
    for member in (kept, gone):
        await _refuse_staff(db, member)
    spaces = [
        {space for _, space in await linking.accounts_of(db, course, member)}
        for member in (kept, gone)
    ]
    if spaces[0] & spaces[1]:
        raise Refused("You have another account in one of these spaces already, so these are two.")
    await linking.merge(db, course, kept, gone)
    await linking.replace_code(db, course, kept, digest, found.expires_at, call.now)
    await audit.note(db, course, kept, "course link", str(gone), call.now)


async def _asker(db: Connection, call: Call) -> Member:
    """Who asks, as they are in this transaction. Raises NoCourse for nobody of the course."""
    person = call.invocation.person
    own = await members.member_at(db, call.course.id, call.place.space, person.ref)
    if own is None:
        raise NoCourse
    return own


async def _refuse_staff(db: Connection, member: MemberId) -> None:
    """Nobody gains or loses a role by a code; and what staff wrote keeps its role."""
    had = (await members.roles_of(db, [member])).get(member, ())
    if any(role != Role.STUDENT.word for _, role in had):
        raise Refused(
            "Only accounts that have always been students' can be linked; an instructor names"
            " staff in each space with /course staff."
        )
