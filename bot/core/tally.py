"""The figures: discussions, as they are counted (talk.py), summed up for each student.

One way for chat, files and pictures. It goes through a million messages in a few seconds, so sets
of people are the bits of whole numbers, and what is summed is summed by the message only where the
message matters.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.core.chorus import chorus_of
from bot.core.participation import ALWAYS
from bot.core.talk import Talk
from storage.counting import Line
from storage.ids import DiscussionId
from storage.instants import from_micros, to_micros
from storage.messages import LINK
from storage.rows import BY_MENTION

Whose = Callable[[int], int]

HOUR = 3_600_000_000
_QUARTER = HOUR // 4
_MEMBER = itemgetter(0)
_ID = itemgetter(2)


@dataclass(slots=True)
class Figures:
    """One student's figures; report_columns.py says what each means. Sets of people and names are
    bits: `peers_thread.bit_count()` is how many. `first` and `last` are microseconds."""

    joined: int = 0
    on_time: int = 0
    posts: int = 0
    replies: int = 0
    replies_inferred: int = 0
    words: int = 0
    words_raw: int = 0
    characters: int = 0
    attachments: int = 0
    days: set[int] = field(default_factory=set)  # as date.toordinal gives them
    peers_thread: int = 0
    peers_named: int = 0
    to: dict[int, int] = field(default_factory=dict)  # place of a classmate: responses to them
    replies_received: int = 0
    answered_by: int = 0
    waits: list[float] = field(default_factory=list)  # hours, one a discussion joined
    facts: int = 0
    links: int = 0
    sources: int = 0
    sides: int = 0
    side_changes: int = 0
    reactions_given: int = 0
    reactions_received: int = 0
    first: int | None = None
    last: int | None = None

    @property
    def hours_to_first(self) -> float | None:
        return round(median(self.waits), 2) if self.waits else None


@dataclass(slots=True)
class OfDiscussion:
    """A discussion's own figures, over the students who are shown."""

    joined: int = 0
    posts: int = 0
    replies: int = 0
    unanswered: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages are counted: from `since` on and before `until` (microseconds), in one channel
    or all. Whom they answer may have written outside of it."""

    since: int = ALWAYS[0]
    until: int = ALWAYS[1]
    channel: int | None = None

    @property
    def narrow(self) -> bool:
        """Whether a message's own time and place have to be looked at."""
        return self.channel is not None or (self.since, self.until) != ALWAYS

    def takes(self, line: Line) -> bool:
        return self.since <= line[1] < self.until and self.channel in (None, line[7])


class _Days(dict[int, int]):
    """Quarter of an hour to the day it falls on: since 1972 every zone's clock is set by whole
    quarters."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, quarter: int) -> int:
        day = from_micros(quarter * _QUARTER).astimezone(self._zone).date().toordinal()
        self[quarter] = day
        return day


class Names:
    """Gives each name a bit."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def bit(self, name: str) -> int:
        return self._bits.setdefault(name, 1 << len(self._bits))

    def of(self, bits: int) -> list[str]:
        return [name for name, bit in self._bits.items() if bits & bit]


@dataclass(frozen=True, slots=True)
class Known:
    """What the course's pack has: its facts, and its sources by the names of links to them."""

    facts: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)


class _Heard(NamedTuple):
    """What is gathered of a discussion: what is counted, the answers to the prompt, what was
    answered, and the days of all and of the responses."""

    chosen: "Chosen"
    posts: list[int]
    heeded: set[int]
    days: list[int]
    replied: list[int]


class Chosen(NamedTuple):
    """A discussion's messages that are counted, and the place of each one's author."""

    discussion: DiscussionId
    ids: "array[int]"
    places: "array[int]"


class Tally:
    """Adds up one discussion after another; `students` are in it from the beginning. With
    `authors`, only their messages are counted; whom they answer may be others."""

    def __init__(
        self,
        students: Iterable[int],
        zone: ZoneInfo,
        selection: Selection | None = None,
        known: Known | None = None,
        authors: Collection[int] | None = None,
    ) -> None:
        self.selection = selection or Selection()
        self.authors = authors
        self.places: dict[int, int] = {}
        self.table: list[Figures] = []
        self.discussions: dict[DiscussionId, OfDiscussion] = {}
        self.said = 0  # messages, counted or not
        self.chosen: list[Chosen] = []
        self.active: Counter[int] = Counter()  # messages by day
        self.responding: Counter[int] = Counter()  # and responses
        self.facts, self.links, self.sources = Names(), Names(), Names()
        self._known = known or Known()
        self._days = _Days(zone)
        for member in students:
            self.place(member)

    def place(self, member: int) -> int:
        """Where in the table a member's figures are: made at first sight."""
        place = self.places.setdefault(member, len(self.table))
        if place == len(self.table):
            self.table.append(Figures())
        return place

    def of(self, member: int) -> Figures:
        return self.table[self.place(member)]

    def add(self, talk: Talk) -> None:
        """Count a discussion in."""
        own = self.discussions[talk.discussion.id] = OfDiscussion()
        opened, due_for = to_micros(talk.discussion.opened_at), talk.terms.due_for
        heard = _Heard(Chosen(talk.discussion.id, array("q"), array("i")), [], set(), [], [])
        chorus = chorus_of(talk, self.place)
        authors, narrow, takes = self.authors, self.selection.narrow, self.selection.takes
        for member, group in groupby(talk.counted, _MEMBER):
            lines = list(group)
            place = self.place(member)
            chorus.begin(lines, place)
            if narrow:
                lines = [line for line in lines if takes(line)]
            if authors is not None and member not in authors:
                heard.heeded.update(_heeded(talk, lines))
            elif lines:
                chorus.end(lines, place)
                figures = self.table[place]
                columns = tuple(zip(*lines, strict=True))
                _sum(figures, own, columns)
                _wait(figures, columns[1][0], opened, due_for(member))
                heard.chosen.ids.extend(columns[2])
                heard.chosen.places.extend([place] * len(lines))
                self._directions(talk, figures, lines, columns, heard)
        self.said += len(talk.lines)
        self.chosen.append(heard.chosen)
        self.active.update(heard.days)
        self.responding.update(heard.replied)
        own.posts, own.replies = len(heard.posts), len(heard.replied)
        own.unanswered = sum(post not in heard.heeded for post in heard.posts)
        for place, earlier in chorus.earlier():
            self.table[place].peers_thread |= earlier & ~(1 << place)

    def _directions(
        self,
        talk: Talk,
        figures: Figures,
        lines: Sequence[Line],
        columns: Sequence[tuple[Any, ...]],
        heard: "_Heard",
    ) -> None:
        """Who answered whom, and on which days."""
        days, places, to, author_of = self._days, self.places, figures.to, talk.heard.get
        posts, replied, heed = heard.posts, heard.replied, heard.heeded.add
        member, before, by_mention = lines[0][0], len(replied), talk.by_mention
        when = [days[sent // _QUARTER] for sent in columns[1]]
        parents = map(talk.parent, lines) if by_mention else columns[3]
        for line, parent, day in zip(lines, parents, when, strict=True):
            if parent is None and not talk.archived:
                posts.append(line[2])
                continue
            author = None if talk.archived else author_of(parent)
            if author is None or author == member:
                response, author, counts = talk.answers(line)
                if not response:
                    posts.append(line[2])
                    continue
                author = author if counts else None
            replied.append(day)
            if parent is not None:
                heed(parent)
            if author is not None:
                other = places.get(author)
                other = self.place(author) if other is None else other
                to[other] = to.get(other, 0) + 1
            if by_mention and line[4] == BY_MENTION and line[2] not in talk.foretold:
                figures.replies_inferred += 1
        heard.days.extend(when)
        figures.days.update(when)
        figures.replies += (replies := len(replied) - before)
        figures.posts += len(lines) - replies

    def mentioned(self, rows: Iterable[tuple[int, int]], whose: Whose) -> None:
        """Message and member. `whose` is the place of the author of a message that is counted."""
        for message, named in rows:
            place, other = whose(message), self.places.get(named)
            if place >= 0 and other is not None and other != place:
                self.table[place].peers_named |= 1 << other

    def cited(self, rows: Iterable[tuple[int, str]], whose: Whose) -> None:
        """Message, and what it names."""
        known, sources = self._known.facts, self._known.sources
        for message, name in rows:
            if (place := whose(message)) < 0:
                continue
            figures = self.table[place]
            if name in known:
                figures.facts |= self.facts.bit(name)
            elif name.startswith(LINK):
                figures.links |= self.links.bit(name)
                if name in sources:
                    figures.sources |= self.sources.bit(sources[name])

    def reacted(self, rows: Iterable[tuple[int, int]], whose: Whose) -> None:
        """Message and member."""
        places, table = self.places, self.table
        for message, giver in rows:
            place, other = whose(message), places.get(giver)
            if place < 0 or place == other:
                continue
            table[place].reactions_received += 1
            if other is not None:
                table[other].reactions_given += 1

    def sided(self, rows: Iterable[tuple[int, int, str]]) -> None:
        """Discussion, member and side, in the order in which they were taken."""
        took: dict[tuple[int, int], int] = Counter((row[0], row[1]) for row in rows)
        for (_, member), times in took.items():
            if member in self.places:
                figures = self.of(member)
                figures.sides += 1
                figures.side_changes += times - 1

    def finish(self) -> None:
        """What can be told once all discussions are counted in."""
        for place, figures in enumerate(self.table):
            for other, responses in figures.to.items():
                self.table[other].replies_received += responses
                self.table[other].answered_by |= 1 << place

    def days(self) -> list[tuple[date, int, int]]:
        """Posts and replies of each day from the first to the last one."""
        active, responding = self.active, self.responding
        return [
            (date.fromordinal(day), active[day] - responding[day], responding[day])
            for day in (range(min(active), max(active) + 1) if active else ())
        ]


def _heeded(talk: Talk, lines: Sequence[Line]) -> Iterator[int]:
    """The messages that are answered by these."""
    for line in lines:
        if (parent := talk.parent(line)) is not None and talk.answers(line)[0]:
            yield parent


def _sum(figures: Figures, own: OfDiscussion, columns: Sequence[tuple[Any, ...]]) -> None:
    """Add up the columns of a member's messages in a discussion."""
    own.joined += 1
    own.words += (total := sum(columns[9]))
    figures.joined += 1
    figures.words += total
    figures.words_raw += sum(columns[10])
    figures.characters += sum(columns[11])
    figures.attachments += sum(columns[12])
    first, last = columns[1][0], columns[1][-1]
    if figures.first is None or first < figures.first:
        figures.first = first
    if figures.last is None or last > figures.last:
        figures.last = last


def _wait(figures: Figures, first: int, opened: int, due: int | None) -> None:
    figures.waits.append(max(0.0, (first - opened) / HOUR))
    figures.on_time += due is not None and first <= due
