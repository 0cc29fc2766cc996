"""Who is on a course's roster, and which member each of them is: for reports, for staff, and with
suggestions by name, which nobody acts upon but staff."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rapidfuzz import fuzz, process, utils

from bot.core.cards import (
    Actions,
    Block,
    Button,
    Card,
    Fields,
    Moment,
    Span,
    Spans,
    Table,
    spans,
    text,
)
from bot.core.commands import Choice, Role
from bot.core.dispatch import Call
from bot.core.errors import BadInput, UnknownName
from bot.core.linking import labelled
from storage import members, rosters
from storage.database import Connection, Database
from storage.ids import AccountId, CourseId, EntryId, MemberId
from storage.members import in_the_alphabet
from storage.rosters import Claim, Entry
from storage.rows import Course

ALIKE = 80
"""Of 100: how alike two names are that may be one person's (rapidfuzz, token_sort_ratio)."""
MOST_BUTTONS = 5
SHOWN = (
    Choice("linked", "Linked to a member"),
    Choice("unlinked", "Not linked yet"),
    Choice("left", "Left"),
    Choice("outside", "In class, and not on the roster"),
)

# --- for reports --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnRoster:
    """A student on the roster. `member`: who that is in the course; None for whom nobody is linked
    to, as for who never wrote: such a student belongs into a report, with zeros.

    `since`: None for who was on it from the beginning, else when they came: what was before that
    was not open to them. `left_at`: since when the roster has no longer named them.
    """

    entry: EntryId
    member: MemberId | None
    name: str
    student_id: str | None
    login: str | None
    email: str | None
    section: str | None
    lms_id: str | None
    since: datetime | None
    left_at: datetime | None


async def on_roster(db: Connection, course: CourseId) -> list[OnRoster]:
    """Every student on the course's roster, those who left too, by name; one row a student,
    however many accounts they have. Members who are linked to no entry are not in it."""
    links = await rosters.links_of(db, course)
    found = await members.members_by_account(db, list(links))
    member_of = {entry: found.get((course, account)) for account, entry in links.items()}
    rows = [
        OnRoster(
            entry.id, member_of.get(entry.id), entry.name, entry.listed.student_id,
            entry.listed.login, entry.listed.email, entry.listed.section, entry.listed.lms_id,
            entry.since, entry.left_at,
        )
        for entry in await rosters.entries_of(db, course)
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (in_the_alphabet(one.name), one.entry))


# --- for staff ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """The roster beside the class. `accounts` are those of each entry's member, as people read
    them; `suggested` is for an entry the account with the name most like it; `outside` are
    students' accounts that no entry is linked to, and whose member's none is; `by_email` are the
    entries that nobody but an e-mail address has linked."""

    entries: Sequence[OnRoster]
    accounts: Mapping[EntryId, Sequence[str]]
    suggested: Mapping[EntryId, tuple[AccountId, str]]
    outside: Sequence[tuple[AccountId, str]]
    claims: Sequence[tuple[Claim, str]]
    by_email: Collection[EntryId] = ()


async def overview(database: Database, course: CourseId) -> Overview:
    """Names are compared beside the event loop: of a large class these are very many."""
    async with database.read() as db:
        entries = await on_roster(db, course)
        known = {one.account: (one, label) for one, label in (await labelled(db, course)).values()}
        links = await rosters.links_of(db, course)
        claims = await rosters.claims_of(db, course)
        by_email = await rosters.linked_by_email(db, course)
        everybody = await members.members_of(db, course)
    settled = {m.id for m in everybody if m.role != Role.STUDENT.word}
    settled |= {one.member for account, (one, _) in known.items() if account in links}
    outside = {a: found for a, found in known.items() if found[0].member not in settled}
    accounts: dict[MemberId, list[str]] = {}
    for one, label in known.values():
        accounts.setdefault(one.member, []).append(label)
    free = {e.entry: e.name for e in entries if e.member is None and e.left_at is None}
    best = await asyncio.to_thread(
        _most_alike, free, {account: one.name for account, (one, _) in outside.items()}
    )
    return Overview(
        entries,
        {e.entry: accounts.get(e.member, []) for e in entries if e.member is not None},
        {entry: (account, outside[account][1]) for entry, account in best.items()},
        [(account, label) for account, (_, label) in outside.items()],
        [(c, known[c.account][1]) for c in claims if c.account in known],
        {links[account] for account in by_email},
    )


def alike(name: str, entries: Sequence[Entry], most: int = 3) -> list[Entry]:
    """The entries whose names are most like one, best first."""
    found = process.extract(
        name, {entry.id: entry.name for entry in entries}, scorer=fuzz.token_sort_ratio,
        processor=utils.default_process, score_cutoff=ALIKE, limit=most,
    )  # fmt: skip
    by_id = {entry.id: entry for entry in entries}
    return [by_id[id_] for _, _, id_ in found]


def _most_alike(
    wanted: Mapping[EntryId, str], names: Mapping[AccountId, str]
) -> dict[EntryId, AccountId]:
    """For each entry the account with the name most like its own, where one is like it. What
    token_sort_ratio does to both sides of each pair is done once for each name."""
    prepared = {account: _sorted(name) for account, name in names.items()}
    best = {}
    for entry, name in wanted.items():
        found = process.extractOne(_sorted(name), prepared, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if found is not None:
            best[entry] = found[2]
    return best


def _sorted(name: str) -> str:
    return " ".join(sorted(utils.default_process(name).split()))


async def list_(call: Call) -> Card:
    """/roster list: who is linked, who is not, and who is in class but not on the roster."""
    show = call.text("show")
    call.services.by_email.look(call.course.id)
    seen = await overview(call.services.database, call.course.id)
    card = to_card(call.course, seen, show)
    if show not in (None, "unlinked"):
        return card
    return replace(card, blocks=(*card.blocks, *_to_decide(seen)))


def to_card(course: Course, seen: Overview, show: str | None = None) -> Card:
    """The roster beside the class, or (one of SHOWN) some of it."""
    if not seen.entries:
        return Card(
            blocks=(text("This course has no roster yet; /course roster takes one from a file."),)
        )
    blocks: list[Block] = [_counts(seen)] if show is None else []
    rows = [_row(course.zone, seen, one) for one in seen.entries if _is_shown(one, show)]
    if rows:
        blocks.append(Table(("On the roster", "Id", "Section", "In class", "Note"), tuple(rows)))
    if seen.outside and show in (None, "outside"):
        outside = tuple((spans(label),) for _, label in seen.outside)
        blocks.append(Table(("In class, and not on the roster",), outside))
    return Card(
        f"The roster of {course.title}",
        tuple(blocks) or (text("Nobody."),),
        "Names that are alike are suggested only; /roster link says who is who.",
    )


def _counts(seen: Overview) -> Fields:
    there = [entry for entry in seen.entries if entry.left_at is None]
    counts = (
        ("On the roster", len(there)),
        ("Of these linked", sum(entry.member is not None for entry in there)),
        ("Left", len(seen.entries) - len(there)),
        ("In class, and not on the roster", len(seen.outside)),
    )
    return Fields(tuple((label, spans(str(count))) for label, count in counts))


def _is_shown(entry: OnRoster, show: str | None) -> bool:
    match show:
        case "linked":
            return entry.member is not None
        case "unlinked":
            return entry.member is None and entry.left_at is None
        case "left":
            return entry.left_at is not None
        case "outside":
            return False
        case _:
            return True


def _row(zone: str, seen: Overview, entry: OnRoster) -> tuple[Spans, ...]:
    note: list[str | Span] = []
    if entry.left_at is not None:
        note += ["left, known since ", Moment(entry.left_at, zone)]
    elif entry.since is not None:
        note += ["since ", Moment(entry.since, zone)]
    if entry.entry in seen.by_email:
        note += [", " if note else "", "linked by e-mail"]
    where = ", ".join(seen.accounts.get(entry.entry, ()))
    if not where and entry.entry in seen.suggested:
        where = f"perhaps {seen.suggested[entry.entry][1]}"
    return (
        spans(entry.name),
        spans(entry.student_id or entry.login or entry.email or ""),
        spans(entry.section or ""),
        spans(where),
        spans(*note),
    )


def _to_decide(seen: Overview) -> list[Block]:
    """What people say of themselves, each with its buttons; then what is suggested by name."""
    blocks: list[Block] = []
    for claim, label in seen.claims[:MOST_BUTTONS]:
        blocks += [text(f"{label} says: “{claim.said}”"), Actions(claim_buttons(claim.account))]
    names = {entry.entry: entry.name for entry in seen.entries}
    buttons = [
        link_button(f"{names[entry]} is {label}", account, entry)
        for entry, (account, label) in seen.suggested.items()
    ]
    if buttons:
        blocks.append(Actions(tuple(buttons[:MOST_BUTTONS])))
    return blocks


def claim_buttons(account: AccountId) -> tuple[Button, ...]:
    named = ("student", f"A{account}")
    return (
        Button("Say who it is", "roster link", (named,), form=True),
        Button("Nobody on it", "roster unlink", (named,)),
    )


def link_button(label: str, account: AccountId, entry: EntryId, *, strong: bool = False) -> Button:
    arguments = (("student", f"A{account}"), ("entry", f"E{entry}"))
    return Button(label, "roster link", arguments, emphasis=strong)


# --- naming an entry ----------------------------------------------------------------------------


def described(entry: Entry) -> str:
    """An entry as staff read it: Ada Pitlamp, 12345, section A."""
    listed = entry.listed
    parts = [listed.name, listed.student_id or listed.login or listed.email or ""]
    parts.append(f"section {listed.section}" if listed.section else "")
    return ", ".join(part for part in parts if part)


async def entry_choices(call: Call, typed: str) -> Sequence[Choice]:
    """The students on the roster, for staff to pick from."""
    async with call.services.database.read() as db:
        entries = await rosters.entries_of(db, call.course.id)
        links = set((await rosters.links_of(db, call.course.id)).values())
    labels = {
        entry.ref: described(entry) + (" (linked)" if entry.id in links else "")
        for entry in sorted(entries, key=lambda one: in_the_alphabet(one.name))
    }
    return [
        Choice(r, label) for r, label in labels.items() if typed.casefold() in label.casefold()
    ][:25]


async def find_entry(call: Call, param: str) -> Entry:
    """The entry that staff named: by its id here, or anything the roster says. Raises BadInput."""
    typed = call.required(param)
    async with call.services.database.read() as db:
        entries = await rosters.entries_of(db, call.course.id)
    found = [entry for entry in entries if entry.ref == typed] or matching(typed, entries)
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(param, f"{len(found)} students are called so; pick one from the list.")
    names = [entry.name for entry in entries]
    raise UnknownName(param, "student on the roster called", typed, names, "see /roster list.")


def matching(said: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that what somebody typed names exactly: an id or an address, else a name."""
    wanted = " ".join(said.casefold().split())
    exact = [
        entry
        for entry in entries
        for value in (
            entry.listed.student_id, entry.listed.login, entry.listed.email, entry.listed.lms_id,
        )
        if value is not None and value.casefold() == wanted
    ]  # fmt: skip
    found = exact or [entry for entry in entries if entry.name.casefold() == wanted]
    return list({entry.id: entry for entry in found}.values())
