"""The course's part on one platform: its channels there, its instructor and students, what they do,
and what everybody sees there. What the platform accepted of students is noted: it must not be lost.
"""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.crash.hurried import HurriedClock

STUDENTS = ("Bo", "Cy", "Dee")
CHANNELS = ("kulaks", "norms")
LATEST = 12
"""So many of a platform's newest threads are written in."""
AN_EDIT = timedelta(seconds=3)
"""At least so much lies between two edits of a message: Slack dates them by whole seconds, and the
README says that of two within one second the later may go unnoticed."""

SMALL_PRINT = re.compile(r"\b(D\d+) · (reply in the thread|closed|summary|goes on)")
KINDS = {"summary": "closing", "goes on": "follow-up"}
NAMED = re.compile(r"\b(D\d+): ")


@dataclass(eq=False)
class Written:
    """What a student wrote, as it stands on the platform now; `text` is None once it is deleted."""

    message: Any
    platform: str
    channel: str
    ref: str
    discussion: str
    text: str | None
    changed_at: datetime
    edits: int = 0
    marks: set[tuple[str, str]] = field(default_factory=set)
    """Who reacted with what."""


@dataclass(frozen=True)
class Thread:
    """Where students can write."""

    channel: str
    discussion: str
    handle: Any


@dataclass
class Order:
    """What the instructor asked for; `told` are the answers until now."""

    told: Callable[[], list[str]]

    @property
    def promised(self) -> set[str]:
        """The discussions that it was told are open."""
        return {found[1] for words in self.told() if (found := NAMED.search(words))}


class Part(ABC):
    """What both platforms have in common; each says how it is done there."""

    name: str
    emoji: Sequence[str]
    students: Sequence[Any]

    def __init__(self, clock: HurriedClock, chance: Random) -> None:
        self.clock, self.chance = clock, chance
        self.written: list[Written] = []
        self.orders: list[Order] = []

    # --- people ---------------------------------------------------------------------------------

    def act(self, number: int) -> None:
        """One act of one student: most write, some edit, delete or react."""
        kind = self.chance.choices(("say", "edit", "delete", "react"), (6, 2, 1, 2))[0]
        there = [one for one in self.written[-40:] if one.text is not None]
        if kind == "say" or not there:
            self._say(number)
            return
        one = self.chance.choice(there)
        if kind == "delete":
            one.text = None
            self.delete(one.message)
        elif kind == "react":
            self._react(one)
        elif self.clock.now() - one.changed_at > AN_EDIT:
            one.edits += 1
            one.text = f"{str(one.text).partition(',')[0]}, edited {one.edits}"
            one.changed_at = self.clock.now()
            self.edit(one.message, one.text)

    def _say(self, number: int) -> None:
        threads = self.threads()[-LATEST:]
        if threads:
            thread, text = self.chance.choice(threads), f"Reply {number}"
            message, ref = self.say(self.chance.choice(self.students), thread.handle, text)
            where = (self.name, thread.channel, ref, thread.discussion)
            self.written.append(Written(message, *where, text, self.clock.now()))

    def _react(self, one: Written) -> None:
        user, emoji = self.chance.choice(self.students), self.chance.choice(self.emoji)
        mark = (str(user.id), emoji)
        self.react(user, one.message, emoji, add=mark not in one.marks)
        one.marks ^= {mark}

    @abstractmethod
    async def ask(self, command: str, *, at: int = 0, **given: str) -> str:
        """A command of the instructor's in one of the channels, and the words of its answer."""

    @abstractmethod
    def order(self, command: str, **given: str) -> Order:
        """The same in the first channel, without waiting: the answer may never come."""

    @abstractmethod
    def is_served(self) -> bool:
        """Whether the program is connected, as far as the platform knows."""

    @abstractmethod
    def threads(self) -> list[Thread]: ...

    @abstractmethod
    def say(self, user: Any, thread: Any, text: str) -> tuple[Any, str]:
        """What was written, and what the platform calls it."""

    @abstractmethod
    def edit(self, message: Any, text: str) -> None: ...

    @abstractmethod
    def delete(self, message: Any) -> None: ...

    @abstractmethod
    def react(self, user: Any, message: Any, emoji: str, *, add: bool) -> None: ...

    # --- what everybody sees --------------------------------------------------------------------

    @abstractmethod
    def standing(self) -> Counter[tuple[str, str, str]]:
        """The bot's posts, by channel, discussion and kind (that of the outbox): how often."""

    # --- the platform's doings ------------------------------------------------------------------

    @abstractmethod
    def sends(self) -> int:
        """How many requests to post something have come in."""

    @abstractmethod
    def trouble(self) -> None:
        """One more of the next requests goes wrong."""

    @abstractmethod
    def calm(self) -> None:
        """From now on nothing goes wrong."""

    @abstractmethod
    def passed(self) -> None:
        """A little time has passed."""

    @abstractmethod
    def connections(self) -> int:
        """How many there have been."""

    @abstractmethod
    def not_built(self) -> list[str]:
        """What was asked of the platform that the loopback server doesn't have."""


def kind_of(small_print: str) -> str:
    return KINDS.get(small_print, "prompt")
