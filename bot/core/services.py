"""What the commands work with; built once by app.py and handed down."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from bot.core.cards import Link
from bot.core.errors import Refused
from bot.core.events import MessageRef, Place, Space
from bot.core.guesses import Guesses
from bot.core.loaded_packs import LoadedPack
from bot.core.ports import (
    CalendarWriter,
    Charts,
    Clock,
    Exporter,
    GradeExporter,
    Platform,
    RosterReader,
)
from storage.database import Database
from storage.ids import ChannelId
from storage.rows import Channel, Course

if TYPE_CHECKING:
    from bot.core.agenda import Agenda
    from bot.core.by_email import ByEmail
    from bot.core.commands import Catalog
    from bot.core.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    clock: Clock
    random: Random
    new_id: Callable[[], str]  # short ids under which a failure is logged and shown
    random_bytes: Callable[[int], bytes]  # for secrets: nobody can foretell them
    packs: dict[str, LoadedPack]  # /course reload puts a pack that was edited in its place
    platforms: Mapping[str, Platform]
    exporters: Mapping[str, Exporter]
    catalog: "Catalog"
    outbox: "Outbox"
    agenda: "Agenda"
    to_calendar: CalendarWriter
    roster_reader: RosterReader
    by_email: "ByEmail"
    grade_exporters: Mapping[str, GradeExporter] = field(default_factory=dict)
    charts: Charts | None = None  # None: the library that draws is not installed
    reloading: asyncio.Lock = field(default_factory=asyncio.Lock)  # one pack at a time
    informed: set[object] = field(default_factory=set)  # who is being told right now
    guesses: Guesses = field(default_factory=Guesses)  # wrong codes of /course join and link

    def pack_of(self, course: Course) -> LoadedPack:
        """The course's pack. Raises Refused when it is not installed any more."""
        if course.pack not in self.packs:
            raise Refused(
                f"The course's pack “{course.pack}” is not installed; whoever runs the bot can"
                " install it, or an instructor can pick another with /course settings."
            )
        return self.packs[course.pack]

    def linked(self, label: str, place: Place, message: MessageRef) -> str | Link:
        """The label as a link to a message; only the label where its platform isn't running."""
        platform = self.platforms.get(place.space.platform)
        return label if platform is None else Link(label, platform.link(place, message))

    def not_running(self, space: Space) -> str | None:
        """One sentence where the bot was started without the space's platform."""
        if space.platform in self.platforms:
            return None
        return (
            f"Coalface is running without {named(space)}, so nothing is posted or read there;"
            f" whoever runs it can start it with --{space.platform}."
        )

    def shortcomings(self, space: Space) -> Sequence[str]:
        """What doesn't work as it should in a space, a sentence each."""
        if (absent := self.not_running(space)) is not None:
            return [absent]
        return self.platforms[space.platform].shortcomings(space)


def named(space: Space) -> str:
    """What people call the space's platform."""
    return space.platform.title()


def space_names(spaces: Iterable[Space]) -> dict[Space, str]:
    """What people call each of several spaces: by its platform, with its own id where two are on
    the same one."""
    all_ = set(spaces)
    alike = Counter(space.platform for space in all_)
    return {s: named(s) if alike[s.platform] == 1 else f"{named(s)} {s.ref}" for s in all_}


def channel_labels(channels: Sequence[Channel]) -> dict[ChannelId, str]:
    """What people call each of a course's channels: where two have the same name, with the space,
    and where that is the same too, with the channel's own id."""
    where = space_names(channel.space for channel in channels)
    names = Counter(channel.name for channel in channels)
    placed = Counter((channel.name, channel.space) for channel in channels)
    labels = {}
    for channel in channels:
        label = f"#{channel.name}"
        if names[channel.name] > 1:
            exact = f", {channel.ref}" if placed[channel.name, channel.space] > 1 else ""
            label += f" ({where[channel.space]}{exact})"
        labels[channel.id] = label
    return labels
