"""What the core asks of others; app.py hands them in."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.core.cards import Card
from bot.core.commands import File
from bot.core.events import MessagePosted, Person, Place
from bot.core.gradebook import Grades
from bot.core.recurrence import Rule
from bot.core.report_model import Report
from storage.classroom import ClassroomChannel, ClassroomMessage, ClassroomPerson
from storage.ids import AccountRef, ChannelRef, MessageRef, RoleRef, Space, ThreadRef
from storage.installations import Installation

__all__ = [
    "REQUEST",
    "CalendarEntry",
    "CalendarWriter",
    "ClassroomChannel",
    "ClassroomMessage",
    "ClassroomPerson",
    "ClassroomStore",
    "Clock",
    "Exporter",
    "GradeExporter",
    "Installation",
    "InstallationKeeper",
    "Platform",
    "Posted",
    "PromptChannel",
    "RosterReader",
    "SeenMessage",
    "SendRefused",
    "SendUncertain",
    "Sheet",
    "SheetRow",
    "Unreadable",
]


REQUEST = timedelta(seconds=10)
"""How long the core waits for a platform's answer to a message."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant (UTC)."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a public message stands with all that belongs to it: its own name, and its thread's.
    `silent` says why nobody was notified by it who was to be."""

    message: MessageRef
    thread: ThreadRef
    silent: str | None = None


@dataclass(frozen=True, slots=True)
class PromptChannel:
    """A channel in which prompts can be posted: what people call it, the tags under which they can
    be filed there, and whether they must be."""

    name: str
    tags: tuple[str, ...] = ()
    needs_tag: bool = False


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as the platform shows it now, with the reactions that stand on it."""

    posted: MessagePosted
    reactions: Sequence[tuple[Person, str]] = ()


class SendRefused(Exception):
    """The platform did not take it. `sentence` says to staff what is wrong and what would mend it.

    `final`: asking again would be of no use. `retry_after`: how long the platform asks to wait.
    """

    def __init__(
        self, sentence: str, *, final: bool = False, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.final = final
        self.retry_after = retry_after


class SendUncertain(Exception):
    """The request went out and no answer came: it may have been accepted, now or later."""


class Platform(Protocol):
    """One platform that carries messages: implemented by each adapter."""

    name: str
    settling: timedelta
    """How long a request that got no answer may still land in the channel."""
    references: bool
    """Whether a reply can refer to the message that it answers."""

    async def post(self, place: Place, card: Card, key: str) -> MessageRef:
        """Post a public message, marked with the send's key so that `find` knows it again: the
        first step of a send. Of a card that exceeds a message, only what the first one holds.

        With a thread in `place` it goes into that thread. Raises SendRefused or SendUncertain.
        """

    async def find(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        """The bot's own message with this key, posted there not before `since`, or None.

        Raises SendRefused when the channel can't be read: then nothing is known.
        """

    async def complete(self, place: Place, message: MessageRef, card: Card, key: str) -> Posted:
        """See that what belongs to a posted message is there, the second step of a send: its
        thread, and in it, in order, what exceeds the message.

        What is there already stays, so that this can be done again after any crash or failure.
        Raises SendRefused or SendUncertain.
        """

    def for_all(self, thread: Place) -> Place:
        """Where a word about a thread reaches everybody in its channel: the channel, or the thread
        itself where a channel holds nothing but threads."""

    async def update(self, place: Place, message: MessageRef, card: Card) -> None:
        """Make the bot's own message read like this. Raises SendRefused or SendUncertain."""

    async def set_open(self, place: Place, open_: bool) -> None:
        """Let people write in a discussion's thread, or no longer, where the platform can; what is
        so already stays so. Raises SendRefused or SendUncertain.
        """

    async def tell(self, place: Place, person: AccountRef, card: Card) -> None:
        """Tell one person something that nobody else sees. Raises SendRefused."""

    async def post_notice(self, place: Place, card: Card) -> None:
        """Post a public message that is never looked for again. Raises SendRefused or
        SendUncertain."""

    async def notice_channel(self, place: Place) -> str:
        """What people call a channel in which notices can be posted. Raises SendRefused where they
        can't."""

    async def person(self, space: Space, ref: AccountRef) -> Person | None:
        """Who an account is, as the platform shows it now; None where it does not, or no longer,
        belong to the space. Raises SendRefused where nobody knows.
        """

    async def with_addresses(
        self, space: Space, accounts: Collection[AccountRef], addresses: Collection[str]
    ) -> Mapping[AccountRef, str]:
        """Which of these accounts have one of these e-mail addresses (casefolded), as far as the
        platform tells addresses and vouches for them; else nobody. It keeps no address. Slow: it
        may ask for each account."""

    async def channel_name(self, place: Place) -> str | None:
        """What people call a channel now; None where the platform can't tell, or need not since it
        never changes. Raises SendRefused."""

    async def prompt_channel(self, place: Place) -> PromptChannel:
        """A channel in which prompts can be posted. Raises SendRefused where they can't."""

    async def staff_role(self, space: Space, role: RoleRef) -> str:
        """What people call one of the platform's roles that staff can be known by. Raises
        SendRefused for any other."""

    async def notified_role(self, place: Place, role: RoleRef) -> str:
        """What people call a role whose holders are notified by what names it there. Raises
        SendRefused where nobody would be."""

    def shortcomings(self, space: Space) -> Sequence[str]:
        """What doesn't work as it should there and what would mend it, a sentence each."""

    def history(
        self, place: Place, since: datetime
    ) -> AsyncIterator[SeenMessage]:  # fmt: skip
        """A thread whole, or what a channel holds outside threads since then, oldest first.

        Raises SendRefused when it can't be read: then nothing is known, nothing was deleted.
        """

    def link(self, place: Place, message: MessageRef) -> str:
        """Where a person can open the message."""


class Exporter(Protocol):
    """Makes a file of a report; `name` is the file's, without what comes after the point.

    Called on a thread of its own, since it may be slow, while the moment lasts at which the report
    was read: its rows can't be gone through afterwards. It looks up nothing else.
    """

    def __call__(self, report: Report, name: str) -> File: ...


class GradeExporter(Protocol):
    """Makes a file of grades for a learning platform; `name` as for an Exporter. Raises BadInput
    for a title that the platform would not take."""

    def __call__(self, grades: Grades, name: str) -> File: ...


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a table as text; `number` is where a person finds it, the first one being 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it stands in a file, its rows without the empty ones."""

    name: str
    rows: tuple[SheetRow, ...]


class Unreadable(Exception):
    """A file holds no table that can be read; str() says what to give instead."""


class RosterReader(Protocol):
    """Reads the table in a file. Slow: keep it off the event loop. Raises Unreadable."""

    def __call__(self, file: File) -> Sheet: ...


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline: a label, the date in words, and its first and its last day."""

    label: str
    when: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened when, in the order in which it is to be drawn."""

    title: str
    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a chat (PNG), and in words what it shows."""

    png: bytes
    alt: str


class Charts(Protocol):
    """Draws pictures for a chat: PNG. Slow (seconds): keep it off the event loop. Raises ValueError
    where they can't be drawn."""

    def timeline(self, timeline: Timeline) -> bytes: ...

    def of_report(self, report: Report, most: int) -> tuple[Picture, ...]:
        """The first `most` of a report's pictures, of those that have something to show: activity
        by day, voices, who answers whom, sides before and after."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something that comes at the times of a rule, but for `skipped` ones and for those `moved`
    from one local time (naive, of the rule's zone) to another. `uid` is its own for good;
    `changed_at` an instant (UTC)."""

    uid: str
    title: str
    changed_at: datetime
    rule: Rule
    skipped: tuple[datetime, ...] = ()
    moved: tuple[tuple[datetime, datetime], ...] = ()


class CalendarWriter(Protocol):
    """Makes a file for a calendar program of what comes when; `name` is without what comes after
    the point."""

    def __call__(self, title: str, entries: Sequence[CalendarEntry], name: str) -> File: ...


class ClassroomStore(Protocol):
    """Where the browser classroom keeps what Discord and Slack keep on their servers.

    Every call returns when what it wrote is durable.
    """

    async def people(self) -> list[ClassroomPerson]: ...

    async def add_person(self, ref: AccountRef, name: str, at: datetime) -> ClassroomPerson:
        """A new person; the first one manages the classroom."""

    async def channels(self) -> list[ClassroomChannel]: ...

    async def add_channel(self, ref: ChannelRef, name: str, at: datetime) -> ClassroomChannel:
        """A new channel, or the one that has this name already."""

    async def add_message(
        self,
        channel: ChannelRef,
        *,
        at: datetime,
        thread: int | None = None,
        author: AccountRef | None = None,
        reply_to: int | None = None,
        only_for: AccountRef | None = None,
        send_key: str | None = None,
        text: str | None = None,
        card: object = None,
    ) -> ClassroomMessage:
        """Keep a message. The same `send_key` again gives the message that has it already."""

    async def edit_message(
        self, id_: int, *, at: datetime, text: str | None = None, card: object = None
    ) -> ClassroomMessage | None:
        """The message as it now reads; None if it was deleted before."""

    async def delete_message(self, id_: int, *, at: datetime) -> ClassroomMessage | None:
        """Remove its words; None if it was deleted before."""

    async def react(
        self, id_: int, person: AccountRef, emoji: str, present: bool, *, at: datetime
    ) -> ClassroomMessage | None: ...

    async def message(self, id_: int) -> ClassroomMessage | None: ...

    async def by_key(self, send_key: str) -> ClassroomMessage | None: ...

    async def messages(
        self, channel: ChannelRef, thread: int | None, reader: AccountRef | None
    ) -> list[ClassroomMessage]:
        """The messages of a thread (or of a channel outside threads) that `reader` may see,
        oldest first, deleted ones left out. `reader` None: what everybody may see."""


class InstallationKeeper(Protocol):
    """Where the adapter of a platform that many spaces install keeps what they gave it, sealed.

    Every call returns when what it wrote is durable.
    """

    async def keep(self, installation: Installation) -> None:
        """Keep it, in the place of an earlier one of the same organisation and workspace."""

    async def find(self, enterprise: str, team: str) -> Installation | None: ...

    async def of_team(self, team: str) -> Installation | None:
        """The workspace's own installation, else that of the organisation it was `met` in."""

    async def all(self) -> Sequence[Installation]: ...

    async def met(self, team: str, enterprise: str) -> None:
        """A workspace is one of an organisation that has Coalface as a whole."""

    async def forget(self, enterprise: str, team: str) -> None: ...

    async def begin(self, digest: str, now: datetime, expires_at: datetime) -> None:
        """An install is begun; it must be ended before it expires."""

    async def end(self, digest: str, now: datetime) -> bool:
        """Whether this install was begun, is not too old, and is ended for the first time."""
