"""What of the core an adapter talks to, and what it is told of a course's channels."""

from dataclasses import dataclass
from typing import Protocol

from bot.core.commands import Catalog
from bot.core.dispatch import Dispatcher
from bot.core.events import ChannelChanged, ChannelRef, Event, PersonLeft, Place, Space
from bot.core.ports import Clock


class Intake(Protocol):
    async def take_in(self, event: Event | PersonLeft) -> object:
        """Returns when the event is durable."""

    async def drain(self) -> None:
        """Wait until what has been taken in is durable."""


class Recovery(Protocol):
    async def recover(self, platform: str) -> object:
        """Read the discussions of a platform again that are open, or were until lately."""

    async def reread(self, place: Place) -> object:
        """Read the discussions of a channel again, or of one thread of it."""

    async def take_in(self, change: ChannelChanged) -> object:
        """Keep what became of a channel; returns when it is durable."""

    async def tell_of(self, change: ChannelChanged) -> object:
        """Tell staff what they have to know of it."""


@dataclass(frozen=True, slots=True)
class Core:
    """Everything that a platform's connection hands on to."""

    dispatcher: Dispatcher
    intake: Intake
    recovery: Recovery
    catalog: Catalog
    clock: Clock


class Bound(Protocol):
    """A channel that belongs to a course."""

    @property
    def space(self) -> Space: ...

    @property
    def ref(self) -> ChannelRef: ...

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...
