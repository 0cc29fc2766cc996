"""What a contract script may do and see, on any platform: people are named, messages are known
by their words, discussions by their ids. A platform adds one class that implements this, through
its real library: platform input goes in, platform output comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.app import App

LONDON = ZoneInfo("Europe/London")

Files = Mapping[str, tuple[str, bytes]]
"""Param name to a file's name and content."""


@dataclass(frozen=True)
class Said:
    """What a person got for a command: an answer's words, or the form (again)."""

    words: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[bytes] = ()


class Conversation(Protocol):
    """A class on one platform. Every act is seen through before the call returns."""

    async def join(self, *names: str) -> None:
        """People come into the space; the very first one manages it."""

    async def channel(self, name: str) -> None:
        """A channel in which a course can be set up."""

    async def command(
        self,
        who: str,
        name: str,
        *,
        at: str = "history",
        within: str | None = None,
        files: Files | None = None,
        **args: str,
    ) -> Said:
        """A command with its form filled in, and files picked; `at` a channel, `within` a
        discussion's thread."""

    async def press(self, who: str, label: str, *, on: str, at: str = "history") -> Said:
        """Press a button of a discussion's post."""

    async def choose(self, who: str, label: str, *, at: str = "history") -> Said:
        """Press a button of what this person was answered last."""

    async def say(self, who: str, text: str, *, within: str | None, at: str = "history") -> None:
        """Write into a discussion's thread, or (None) into the channel."""

    async def respond(
        self, who: str, text: str, *, to: str, within: str, at: str = "history"
    ) -> None:
        """Answer a classmate's message."""

    async def edit(
        self, who: str, text: str, new: str, *, within: str, at: str = "history"
    ) -> None:  # fmt: skip
        """Change one's own message."""

    async def delete(self, who: str, text: str, *, within: str, at: str = "history") -> None:
        """Delete one's own message."""

    async def react(
        self, who: str, text: str, emoji: str, *, within: str, at: str = "history"
    ) -> None:
        """React to a message, or take the reaction back."""

    async def use(self, who: str, label: str, *, on: str, within: str, at: str = "history") -> Said:
        """Use what is offered on somebody's message: `Check sources`."""

    async def open_fact(
        self, who: str, fact: str, *, on: str, within: str, at: str = "history"
    ) -> Said:
        """Follow a fact's id in a message, or type `/fact about` where an id is no link."""

    async def reads(self, who: str, *, within: str | None = None, at: str = "history") -> str:
        """All that this person sees in a channel, or in a discussion's thread."""

    async def until(self, shown: str) -> None:
        """Time passes until the clocks in London show this, and what is due then is done."""

    async def restart(self) -> None:
        """The bot is stopped and started again."""

    def hold(self) -> None:
        """From now on the platform keeps what happens to itself."""

    async def deliver(self, *, backwards: bool = False, times: int = 1) -> None:
        """Tell the bot what was held, in this order, so often; and hold no longer."""

    async def lose(self) -> None:
        """What was held never reaches the bot."""


def how_long(now: datetime, until: str) -> float:
    """Seconds from an instant until the clocks in London next show a time."""
    here = now.astimezone(LONDON)
    then = datetime.combine(here.date(), time.fromisoformat(until), LONDON)
    if then <= here:
        then = datetime.combine(here.date() + timedelta(days=1), then.time(), LONDON)
    return then.timestamp() - now.timestamp()


async def do_what_is_due(app: App) -> None:
    """What the agenda's task and the outbox's would do."""
    await app.services.agenda.attend()
    await app.services.outbox.deliver_due()


def is_post_of(discussion: str, words: str) -> bool:
    """Whether a message that reads so is a discussion's post: its small print says so."""
    ends = ("reply in the thread", "closed", "withdrawn")
    return bool({f"{discussion} · {end}" for end in ends} & set(words.splitlines()))
