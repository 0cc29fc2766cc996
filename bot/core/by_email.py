"""Students on the roster who are known by their e-mail address: where a platform tells addresses,
and one address is one student's on the roster and in class, the two are linked by it."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.commands import Role
from bot.core.ports import Clock, Platform, SendRefused, SendUncertain
from bot.core.roster import matching
from storage import audit, courses, members, rosters
from storage.database import Connection, Database
from storage.errors import StorageError
from storage.ids import AccountId, CourseId, MemberId
from storage.linking import MemberAccount, all_accounts
from storage.rosters import Entry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Open:
    """What may be linked: entries by their address, and accounts of students, each by its id.
    `said`: whom somebody says to be; where that is another one, staff decide."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    accounts: Mapping[AccountId, MemberAccount] = field(default_factory=dict)
    said: Mapping[AccountId, str] = field(default_factory=dict)

    def agree(self, account: AccountId, address: str) -> bool:
        entry = self.entries.get(address)
        if entry is None or account not in self.accounts:
            return False
        return account not in self.said or bool(matching(self.said[account], [entry]))


class ByEmail:
    """Looks through a course behind what people do: when its roster changes or is looked at, and
    when somebody new is met. No address is kept: only the link is."""

    def __init__(self, database: Database, clock: Clock, platforms: Mapping[str, Platform]) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._met: set[tuple[CourseId, MemberId]] = set()
        self._again: dict[CourseId, bool] = {}  # under way; True: to be looked through once more
        self._under_way: set[asyncio.Task[None]] = set()

    def reached(self, course: CourseId, member: MemberId) -> None:
        """A member has written or reacted: looked for when they are first met."""
        if (course, member) not in self._met:
            self._met.add((course, member))
            self.look(course)

    def look(self, course: CourseId) -> None:
        """Begin to look through a course; it goes on by itself."""
        if course in self._again:
            self._again[course] = True
            return
        self._again[course] = False
        task = asyncio.create_task(self._look(course))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def close(self) -> None:
        """Leave off: a platform may make it wait for long, and the next look does the rest."""
        for task in self._under_way:
            task.cancel()

    async def drain(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _look(self, course: CourseId) -> None:
        try:
            while True:
                await self._link(course)
                if not self._again[course]:
                    return
                self._again[course] = False
        except (SendRefused, SendUncertain, StorageError) as problem:
            log.warning("a roster was not linked by e-mail", extra={"problem": str(problem)})
        finally:
            del self._again[course]

    async def _link(self, course: CourseId) -> None:
        async with self._database.read() as db:
            open_ = await _open(db, course)
        found = await self._same(open_)
        if found:
            await self._database.write(lambda db: self._keep(db, course, found))

    async def _same(self, open_: Open) -> dict[AccountId, str]:
        """The accounts that have an entry's address; an address that two members have is no
        one's."""
        found: dict[AccountId, str] = {}
        by_space = defaultdict(list)
        for one in open_.accounts.values():
            by_space[one.space].append(one)
        for space, some in by_space.items() if open_.entries else ():
            platform = self._platforms.get(space.platform)
            if platform is not None:
                refs = {one.ref: one.account for one in some}
                theirs = await platform.with_addresses(space, [*refs], [*open_.entries])
                found |= {refs[ref]: address for ref, address in theirs.items()}
        whose = {(address, open_.accounts[account].member) for account, address in found.items()}
        shared = Counter(address for address, _ in whose)
        return {account: address for account, address in found.items() if shared[address] == 1}

    async def _keep(self, db: Connection, course: CourseId, found: Mapping[AccountId, str]) -> None:
        """As it now is: staff may have said something meanwhile."""
        open_, done, now = await _open(db, course), set[str](), self._clock.now()
        for account, address in sorted(found.items()):
            if open_.agree(account, address) and address not in done:
                done.add(address)
                entry, member = open_.entries[address].id, open_.accounts[account].member
                await rosters.link(db, course, account, entry, now, by_email=True)
                details = {"entry": entry, "account": account, "by": "e-mail"}
                await audit.note(db, course, None, "roster link", str(member), now, details)


async def _open(db: Connection, course: CourseId) -> Open:
    if (await courses.course(db, course)).archived_at is not None:
        return Open()
    entries, links = await rosters.entries_of(db, course), await rosters.links_of(db, course)
    taken, apart = set(links.values()), await rosters.kept_apart(db, course)
    by_address = defaultdict(list)
    for entry in entries:
        if entry.listed.email:
            by_address[entry.listed.email.strip().casefold()].append(entry)
    free = {
        address: some[0]
        for address, some in by_address.items()
        if len(some) == 1 and some[0].id not in taken and some[0].left_at is None
    }
    known = await all_accounts(db, course)
    settled = {one.member for one in known if one.account in links}
    settled |= {m.id for m in await members.members_of(db, course) if m.role != Role.STUDENT.word}
    said = {c.account: c.said for c in await rosters.claims_of(db, course)}
    accounts = {
        one.account: one for one in known if one.member not in settled and one.account not in apart
    }
    return Open(free, accounts, said)
