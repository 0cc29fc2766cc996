"""Which member a student on the roster is: students say who they are, and staff say who is who; one
word of theirs links, and one takes it back."""

from collections.abc import Mapping

from bot.core import linking, prompts
from bot.core.cards import Actions, Block, Button, Card, Fields, PersonName, spans, text
from bot.core.commands import Role
from bot.core.dispatch import Call
from bot.core.errors import Refused
from bot.core.roster import alike, claim_buttons, described, find_entry, link_button, matching
from bot.core.staff import StaffNotices
from storage import audit, members, rosters
from storage.database import Connection
from storage.ids import AccountId, EntryId, MemberId
from storage.linking import accounts_of, all_accounts
from storage.rosters import Entry

# --- by students --------------------------------------------------------------------------------


async def claim(call: Call) -> Card:
    """/roster claim: a student says who they are on the roster; staff confirm it. What they are
    answered is the same whoever is on it."""
    who, account = call.text("name_or_id"), call.member.account
    if call.role is not Role.STUDENT:
        raise Refused("The roster is of the course's students, and you are of its staff.")
    async with call.services.database.read() as db:
        own = await _entry_of(db, call, call.member.id)
        before = [c for c in await rosters.claims_of(db, call.course.id) if c.account == account]
    if own is not None:
        return _own(own)
    if who is None:
        if before:
            return Card(blocks=(text(f"You said: “{before[0].said}”. Staff have not looked yet."),))
        ask = "Say who you are on the roster: your name, student id or e-mail. Staff confirm it."
        say = Button("Say who I am", "roster claim", form=True, emphasis=True)
        return Card(blocks=(text(ask), Actions((say,))))

    async def work(db: Connection) -> None:
        await prompts.refuse_archived(db, call)
        await rosters.claim(db, call.course.id, account, who, call.now)

    await call.services.database.write(work)
    if not before:  # else staff have been told, and find the newer words in the list
        await _tell_staff(call, account, who)
    return Card(
        blocks=(
            text(
                f"Staff are asked whether you are “{who}” on the roster; until they have said so,"
                " nothing changes. You can say it again in other words."
            ),
        )
    )


def _own(entry: Entry) -> Card:
    listed = entry.listed
    said = (
        ("Name", listed.name), ("Student id", listed.student_id), ("Login", listed.login),
        ("E-mail", listed.email), ("Section", listed.section),
    )  # fmt: skip
    pairs = tuple((label, spans(value)) for label, value in said if value)
    return Card(
        "You on the roster",
        (Fields(pairs), text("If this is not you, tell the course's staff.")),
        "Only you and staff see this.",
    )


async def _tell_staff(call: Call, account: AccountId, who: str) -> None:
    async with call.services.database.read() as db:
        entries = await rosters.entries_of(db, call.course.id)
        linked = set((await rosters.links_of(db, call.course.id)).values())
        called = {a.account: label for a, label in (await linking.labels(call)).values()}
    label = called.get(account, call.member.name)
    exact = matching(who, entries)
    free = [entry for entry in entries if entry.id not in linked]
    offered = exact if len(exact) == 1 else alike(who, exact or free)
    blocks: list[Block] = [text(PersonName(label), f" says: “{who}”.")]
    for entry in offered:
        taken = ", who is linked to somebody already" if entry.id in linked else ""
        sure = "is" if len(exact) == 1 else "may be"
        blocks.append(text(f"That {sure} {described(entry)}{taken}."))
    if not offered:
        blocks.append(text("Nobody on the roster is called so."))
    confirm: tuple[Button, ...] = tuple(
        link_button(f"Yes, {entry.name}", account, entry.id, strong=len(exact) == 1)
        for entry in offered
    )
    card = Card(
        f"{call.course.title}: who is it on the roster?",
        (*blocks, Actions((*confirm, *claim_buttons(account)))),
    )
    services = call.services
    notices = StaffNotices(services.database, services.clock, services.platforms)
    await notices.tell(call.course.id, call.place, card)


# --- by staff -----------------------------------------------------------------------------------


async def link(call: Call) -> Card:
    """/roster link: an account is a student on the roster. A second account of the same student
    becomes one member with the first."""
    (one, called), entry = (
        await linking.find_account(call, "student"),
        await find_entry(call, "entry"),
    )
    course = call.course.id

    async def work(db: Connection) -> tuple[bool, bool]:
        """Whether it was so already, and whether two members have become one."""
        await prompts.refuse_archived(db, call)
        now = {a.account: a.member for a in await all_accounts(db, course)}
        member = now[one.account]
        await _refuse_staff(db, call, member, called)
        links = await rosters.links_of(db, course)
        if links.get(one.account) == entry.id:
            return True, False
        await _refuse_another_entry(db, call, links, member, called, entry)
        others = {now[a] for a, linked in links.items() if linked == entry.id and a in now}
        try:
            merged = [await linking.unite(db, call, member, other) for other in sorted(others)]
        except Refused as problem:
            raise await _taken(db, call, links, called, entry) from problem
        await rosters.link(db, course, one.account, entry.id, call.now)
        kept = min({member, *others})
        details = {"entry": entry.id, "account": one.account}
        await audit.note(db, course, call.member.id, "roster link", str(kept), call.now, details)
        return False, any(merged)

    already, merged = await call.services.database.write(work)
    if already:
        return Card(blocks=(text(f"{called} is {entry.name} on the roster already."),))
    blocks: list[Block] = [text(f"{called} is {described(entry)}.")]
    if merged:
        blocks.append(
            text(
                "Their accounts are one member from now on, counted together and once; should they"
                " be two people after all, /course split parts them again."
            )
        )
    undo = Button("Take it back", "roster unlink", (("student", f"A{one.account}"),))
    return Card(None, (*blocks, Actions((undo,))))


async def unlink(call: Call) -> Card:
    """/roster unlink: a member is nobody on the roster again, and what they said of it is put
    aside."""
    one, called = await linking.find_account(call, "student")
    course = call.course.id

    async def work(db: Connection) -> tuple[bool, bool]:
        """Whether they were linked, and whether they had said who they are."""
        await prompts.refuse_archived(db, call)
        now = {a.account: a.member for a in await all_accounts(db, course)}
        own = [account for account, _ in await accounts_of(db, course, now[one.account])]
        linked = set(await rosters.links_of(db, course)) & {*own}
        claimed = {c.account for c in await rosters.claims_of(db, course)} & {*own}
        await rosters.unlink(db, course, own)
        await rosters.keep_apart(db, course, own if linked else ())
        if linked or claimed:
            await audit.note(
                db, course, call.member.id, "roster unlink", str(now[one.account]), call.now
            )
        return bool(linked), bool(claimed)

    linked, claimed = await call.services.database.write(work)
    if linked:
        return Card(blocks=(text(f"{called} is linked to nobody on the roster any more."),))
    if claimed:
        return Card(blocks=(text(f"What {called} said is put aside; they can say it again."),))
    return Card(blocks=(text(f"{called} is linked to nobody on the roster."),))


async def _entry_of(db: Connection, call: Call, member: MemberId) -> Entry | None:
    """Who the member is on the roster."""
    links = await rosters.links_of(db, call.course.id)
    own = {links.get(account) for account, _ in await accounts_of(db, call.course.id, member)}
    entries = await rosters.entries_of(db, call.course.id)
    return next((entry for entry in entries if entry.id in own), None)


async def _refuse_another_entry(
    db: Connection,
    call: Call,
    links: Mapping[AccountId, EntryId],
    member: MemberId,
    called: str,
    entry: Entry,
) -> None:
    own = {links.get(account) for account, _ in await accounts_of(db, call.course.id, member)}
    for other in await rosters.entries_of(db, call.course.id):
        if other.id in own and other.id != entry.id:
            raise Refused(
                f"{called} is linked to {other.name} on the roster already; take that back first,"
                f" with /roster unlink student: {called}."
            )


async def _taken(
    db: Connection, call: Call, links: Mapping[AccountId, EntryId], called: str, entry: Entry
) -> Refused:
    """What is said where an entry is another member's, who can't be the same person."""
    known = (await linking.labelled(db, call.course.id)).values()
    whom = next(label for one, label in known if links.get(one.account) == entry.id)
    return Refused(
        f"{entry.name} on the roster is linked to {whom} already, who can't be one person with"
        f" {called}; if it is {called}, take that back first, with /roster unlink student: {whom}."
    )


async def _refuse_staff(db: Connection, call: Call, member: MemberId, called: str) -> None:
    had = (await members.roles_of(db, [member])).get(member, ())
    role = had[-1][1] if had else Role.STUDENT.word
    if role != Role.STUDENT.word:
        raise Refused(f"{called} is an {role} of this course, and the roster is of its students.")
