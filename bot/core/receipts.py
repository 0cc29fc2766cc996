"""What a course's staff are told of what was done by itself: one notice a course, however much."""

from collections import defaultdict
from dataclasses import dataclass, field

from bot.core.cards import Block, Card, Span, Spans, Text, spans
from bot.core.events import Place
from bot.core.staff import StaffNotices
from storage.ids import CourseId
from storage.rows import Channel

MOST = 20
"""Lines of one notice; of more, how many are left out is said."""


@dataclass(frozen=True, slots=True)
class Receipts:
    """Lines by course, and cards that stand for themselves; filled in as things are done."""

    lines: dict[CourseId, list[Spans]] = field(default_factory=lambda: defaultdict(list))
    places: dict[CourseId, Place] = field(default_factory=dict)
    cards: list[tuple[CourseId, Card]] = field(default_factory=list)

    def note(self, channel: Channel, *parts: str | Span) -> None:
        """A line about what concerns a channel of a course."""
        self.lines[channel.course_id].append(spans(*parts))
        self._about(channel)

    def show(self, channel: Channel, card: Card) -> None:
        self.cards.append((channel.course_id, card))
        self._about(channel)

    def _about(self, channel: Channel) -> None:
        self.places.setdefault(channel.course_id, Place(channel.space, channel.ref))

    def add(self, others: "Receipts") -> None:
        for course, lines in others.lines.items():
            self.lines[course] += lines
        self.places.update(others.places | self.places)
        self.cards.extend(others.cards)

    async def tell(self, staff: StaffNotices) -> None:
        for course, lines in self.lines.items():
            shown: list[Block] = [Text(line) for line in lines[:MOST]]
            if len(lines) > MOST:
                shown.append(Text(spans(f"And {len(lines) - MOST} more; see /schedule list.")))
            await staff.tell(course, self.places[course], Card("Scheduled prompts", tuple(shown)))
        for course, card in self.cards:
            await staff.tell(course, self.places[course], card)
