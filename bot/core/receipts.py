"""What a course's staff are told of what was done by itself: written down with what was done, so
that no crash keeps it from them, and then told in one notice a course, however much it is."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core import composing
from bot.core.cards import Block, Card, Span, Text, from_json, spans, to_json
from bot.core.events import Place
from bot.core.staff import StaffNotices
from storage import discussions, receipts
from storage.database import Connection, Database
from storage.ids import CourseId, DiscussionId
from storage.receipts import Receipt
from storage.rows import Channel

MOST = 20
"""Lines of one notice; of more, how many are left out is said."""
TITLE = "Scheduled prompts"


@dataclass(frozen=True, slots=True)
class Receipts:
    """Lines, and discussions whose summary staff get, each about a channel of a course."""

    lines: list[tuple[Channel, Text]] = field(default_factory=list)
    summaries: list[tuple[Channel, DiscussionId]] = field(default_factory=list)

    def note(self, channel: Channel, *parts: str | Span) -> None:
        """A line about what concerns a channel of a course."""
        self.lines.append((channel, Text(spans(*parts))))

    def sum_up(self, channel: Channel, discussion: DiscussionId) -> None:
        self.summaries.append((channel, discussion))

    async def keep(self, db: Connection, now: datetime) -> None:
        """Write them down, in the transaction in which all this was done."""
        by_course: dict[CourseId, list[Block]] = defaultdict(list)
        first: dict[CourseId, Channel] = {}
        for channel, line in self.lines:
            by_course[channel.course_id].append(line)
            first.setdefault(channel.course_id, channel)
        for course, lines in by_course.items():
            card = to_json(Card(TITLE, tuple(lines)))
            await receipts.keep(db, course, first[course].id, now, card=card)
        for channel, id_ in self.summaries:
            await receipts.keep(db, channel.course_id, channel.id, now, discussion=id_)


async def tell(database: Database, staff: StaffNotices, behind: Callable[[str], bool]) -> None:
    """Tell each course's staff what they were not told yet. A summary waits while its platform is
    `behind`: what was written there while the bot was away may not be known yet."""
    async with database.read() as db:
        waiting = await receipts.to_be_told(db)
    by_course: dict[CourseId, list[Receipt]] = defaultdict(list)
    for one in waiting:
        if one.card is not None:
            by_course[one.course_id].append(one)
        elif not behind(one.channel.space.platform):
            await _tell(database, staff, [one], await _summary(database, one))
    for ones in by_course.values():
        await _tell(database, staff, ones, _joined([from_json(one.card) for one in ones]))


async def _tell(
    database: Database, staff: StaffNotices, ones: Sequence[Receipt], card: Card
) -> None:  # fmt: skip
    """Told first and let go of then: after a crash in between staff read it twice."""
    channel, ids = ones[0].channel, [one.id for one in ones]
    await staff.tell(ones[0].course_id, Place(channel.space, channel.ref), card)
    await database.write(lambda db: receipts.told(db, ids))


async def _summary(database: Database, one: Receipt) -> Card:
    async with database.read() as db:
        id_ = one.discussion_id or DiscussionId(0)
        closed = await discussions.discussion_by_id(db, one.course_id, id_)
        return await composing.summary(db, closed)


def _joined(cards: Sequence[Card]) -> Card:
    lines: list[Block] = [block for card in cards for block in card.blocks]
    shown = lines[:MOST]
    if len(lines) > MOST:
        shown.append(Text(spans(f"And {len(lines) - MOST} more; see /schedule list.")))
    return Card(TITLE, tuple(shown))
