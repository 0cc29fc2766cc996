"""What an archive of an old term says, in the core's words: read from files in bot/imports, decided
on in archives.py."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from bot.core.events import AccountRef, ChannelRef, MessageRef, Person, ThreadRef
from bot.core.words import NOTHING, Measure
from storage.instants import to_micros

__all__ = [
    "AccountRef",
    "Archive",
    "ArchivedChannel",
    "ArchivedMessage",
    "ChannelRef",
    "MessageRef",
    "Part",
    "Person",
    "Slip",
    "ThreadRef",
    "to_micros",
]


@dataclass(frozen=True, slots=True)
class ArchivedChannel:
    ref: ChannelRef
    name: str


class ArchivedMessage(NamedTuple):
    """One message as the archive has it; a tuple, since there are hundreds of thousands.

    `thread` is that of the message it began with, which is in its own thread too. `reply_to` is the
    message that it answers; one that `answers` may answer a message that is gone. `author` None: it
    is nobody's that counts, and matters only since it is known as deleted, or since the replies to
    it answer what it answered. Instants are whole microseconds since 1970 UTC, as the database has
    them. `text` is what a person reads, and `measure` is of the text as the archive has it.
    """

    channel: ArchivedChannel
    ref: MessageRef
    sent_at: int
    author: Person | None = None
    thread: ThreadRef | None = None
    reply_to: MessageRef | None = None
    answers: bool = False
    edited_at: int | None = None
    deleted: bool = False
    text: str = ""
    measure: Measure = NOTHING
    mentions: tuple[Person, ...] = ()
    attachments: int = 0
    reactions: tuple[tuple[Person, str], ...] = ()


class Slip(NamedTuple):
    """Something of the archive that could not be read, and was skipped."""

    file: str
    position: str  # "row 17", or "" for the whole file
    problem: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.position}" if self.position else self.file
        return f"{where}: {self.problem}"


class Part(Protocol):
    """One of an archive's files. `digest` is the same for the same words of the same channel."""

    digest: str

    def rows(self) -> Iterator[ArchivedMessage | Slip]:
        """What the file says that matters, a row at a time; the rest is passed over."""


class Archive(Protocol):
    """An archive that has been opened, and looks like one. `size` and `read` are in bytes."""

    platform: str
    size: int

    @property
    def read(self) -> int:
        """How much of it has been read by now."""

    def people(self) -> Iterable[Person]:
        """Everybody the archive lists, whether they wrote or not; without bots."""

    def parts(self) -> Iterator[Part]:
        """Its files, one after the other: only the last one can be read."""
