"""A student in two spaces of a course is one member once they have said so, by a code, or staff
have; and staff can take it back."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core import prompts, roles
from bot.core.cards import Card, Code, Moment, text
from bot.core.commands import Choice, Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, NoCourse, Refused, UnknownName
from bot.core.joining import digest_of, new_code
from bot.core.services import space_names
from storage import audit, linking, members, rosters
from storage.database import Connection
from storage.ids import AccountId, CourseId, MemberId
from storage.linking import MemberAccount
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
                f" {call.course.title}, counted together, until an instructor parts them. Give the"
                " code to nobody: who has it would see what is recorded about you.",
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
    if await _share_a_space(db, call, kept, gone):
        raise Refused("You have another account in one of these spaces already, so these are two.")
    await _refuse_two_on_roster(db, call, kept, gone)
    await linking.merge(db, course, kept, gone)
    await linking.replace_code(db, course, kept, digest, found.expires_at, call.now)
    await audit.note(db, course, kept, "course link", str(gone), call.now)


async def _share_a_space(db: Connection, call: Call, kept: MemberId, gone: MemberId) -> bool:
    """Whether two students have accounts in the same space. Raises Refused for staff."""
    for member in (kept, gone):
        await _refuse_staff(db, member)
    kept_in, gone_in = [
        {space for _, space in await linking.accounts_of(db, call.course.id, member)}
        for member in (kept, gone)
    ]
    return bool(kept_in & gone_in)


# --- by staff -----------------------------------------------------------------------------------


async def account_choices(call: Call, typed: str) -> Sequence[Choice]:
    """The accounts of the course's members in all its spaces, each with where it is."""
    return [
        Choice(value, label)
        for value, (_, label) in (await labels(call)).items()
        if typed.casefold() in label.casefold()
    ][:25]


async def linked_choices(call: Call, typed: str) -> Sequence[Choice]:
    """Those accounts whose member has another one."""
    known = await labels(call)
    own = [account.member for account, _ in known.values()]
    several = {value for value, (one, _) in known.items() if own.count(one.member) > 1}
    return [c for c in await account_choices(call, typed) if c.value in several]


async def labels(call: Call) -> dict[str, tuple[MemberAccount, str]]:
    """Each account by the value that names it, with what people read for it."""
    async with call.services.database.read() as db:
        return await labelled(db, call.course.id)


async def labelled(db: Connection, course: CourseId) -> dict[str, tuple[MemberAccount, str]]:
    all_ = await linking.all_accounts(db, course)
    where = space_names({one.space for one in all_})
    return {f"A{one.account}": (one, f"{one.name} ({where[one.space]})") for one in all_}


async def find_account(call: Call, param: str) -> tuple[MemberAccount, str]:
    """The account that was named, picked or by what its platform calls it. Raises BadInput."""
    typed, known = call.required(param), await labels(call)
    if typed in known:
        return known[typed]
    wanted = typed.casefold().removeprefix("@")
    found = [
        (one, label)
        for one, label in known.values()
        if wanted in (one.name.casefold(), label.casefold())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(param, f"{len(found)} accounts are called so; pick one from the list.")
    names = [label for _, label in known.values()]
    hint = "pick one from the list; people join by writing in a discussion."
    raise UnknownName(param, "account in this course called", typed, names, hint)


async def merge(call: Call) -> Card:
    """/course merge: two accounts in two spaces are one student, by an instructor's word."""
    one, called = await find_account(call, "first")
    other, other_called = await find_account(call, "second")

    async def work(db: Connection) -> bool:
        await prompts.refuse_archived(db, call)
        now = {a.account: a.member for a in await linking.all_accounts(db, call.course.id)}
        return await unite(db, call, now[one.account], now[other.account])

    if not await call.services.database.write(work):
        return Card(blocks=(text(f"{called} and {other_called} are one member already."),))
    return Card(
        f"{called} and {other_called} are one member",
        (
            text(
                "What they wrote in both spaces is counted together from now on, and each of the"
                " two sees all of it with ", Code("/participation me"), ". Of two sides they took"
                " in a discussion, the later one holds. If they are two people after all, ",
                Code("/course split"), " parts them again.",
            ),
        ),
    )  # fmt: skip


async def unite(db: Connection, call: Call, one: MemberId, other: MemberId) -> bool:
    """Make two students one member by the word of staff; False where they are one already. Raises
    Refused where that can't be."""
    kept, gone = sorted((one, other))
    if kept == gone:
        return False
    if await _share_a_space(db, call, kept, gone):
        raise Refused("They have accounts in one space both, so these are two people.")
    await _refuse_two_on_roster(db, call, kept, gone)
    await linking.merge(db, call.course.id, kept, gone)
    await audit.note(
        db, call.course.id, call.member.id, "course merge", str(kept), call.now, {"gone": gone}
    )
    return True


async def split(call: Call) -> Card:
    """/course split: one account of a member is a member of its own, as it was before the two were
    linked."""
    one, called = await find_account(call, "account")

    async def work(db: Connection) -> bool:
        await prompts.refuse_archived(db, call)
        now = {a.account: a.member for a in await linking.all_accounts(db, call.course.id)}
        member = now[one.account]
        if len(await linking.accounts_of(db, call.course.id, member)) == 1:
            return False
        await _part(db, call, member, one.account)
        return True

    if not await call.services.database.write(work):
        return Card(blocks=(text(f"{called} is a member with no other account."),))
    return Card(
        f"{called} is a member of its own",
        (
            text(
                "What was written with this account, and the sides taken with it, are its own"
                " again, and what the other one did is the other's. It is a student's from now on,"
                " unless a role of its platform's makes it staff."
            ),
        ),
    )


async def _part(db: Connection, call: Call, member: MemberId, account: AccountId) -> None:
    course = call.course.id
    new = await linking.split(db, course, member, account)
    links = await rosters.links_of(db, course)
    stays = [links.get(one) for one, _ in await linking.accounts_of(db, course, member)]
    if links.get(account) in stays:  # the student on the roster is the one who stays
        await rosters.unlink(db, course, [account])
    await roles.part(db, course, member, new, call.now)
    await audit.note(
        db, course, call.member.id, "course split", str(member), call.now, {"made": new}
    )


# --- who may ------------------------------------------------------------------------------------


async def _asker(db: Connection, call: Call) -> Member:
    """Who asks, as they are in this transaction. Raises NoCourse for nobody of the course."""
    person = call.invocation.person
    own = await members.member_at(db, call.course.id, call.place.space, person.ref)
    if own is None:
        raise NoCourse
    return own


async def _refuse_two_on_roster(
    db: Connection, call: Call, kept: MemberId, gone: MemberId
) -> None:  # fmt: skip
    links = await rosters.links_of(db, call.course.id)
    entries = {
        links[account]
        for member in (kept, gone)
        for account, _ in await linking.accounts_of(db, call.course.id, member)
        if account in links
    }
    if len(entries) > 1:
        raise Refused("On the roster these are two students; staff can part either from it.")


async def _refuse_staff(db: Connection, member: MemberId) -> None:
    """Nobody gains or loses a role by a code; and what staff wrote keeps its role."""
    had = (await members.roles_of(db, [member])).get(member, ())
    if any(role != Role.STUDENT.word for _, role in had):
        raise Refused(
            "Only accounts that have always been students' can be linked; an instructor names"
            " staff in each space with /course staff."
        )
