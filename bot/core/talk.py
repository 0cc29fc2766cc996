"""A discussion as it is counted: its messages, each with the rule by which it counts or not, and
whom it answers. Figures (tally.py), the table of replies and `why` are made from it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from bot.core.inferring import parents
from bot.core.participation import Rule, Terms, responds
from storage.counting import Line
from storage.rows import ARCHIVED, AT_TOP, BY_MENTION, THROUGH, Discussion
from storage.rows import Said as Word

_PARENT, _PARENT_BY = itemgetter(3), itemgetter(4)


@dataclass(frozen=True, slots=True)
class Said:
    """One message, judged: `to` is whom a response answers, where that message still stands."""

    line: Line
    rule: Rule
    response: bool
    inferred: bool  # by a mention
    foretold: bool
    to: int | None


class Beyond(NamedTuple):
    """A message of another discussion."""

    role: str
    member: int
    counts: bool
    parent: int | None


@dataclass(slots=True)
class Talk:
    """What was said in a discussion. `lines` are sorted by member, then by time; `mentions` are
    message and member, in the order of each text, needed where a line goes by them."""

    discussion: Discussion
    lines: Sequence[Line]
    mentions: Sequence[tuple[int, int]] = ()
    students: Collection[int] = ()  # who are that now
    extended: Mapping[int, int] = field(default_factory=dict)  # see Terms
    words: Sequence[Word] = ()  # what was said beforehand, see inferring.py
    beyond: Mapping[int, Beyond] = field(default_factory=dict)
    """Messages in other discussions that are answered here, or that a chain of an archive's goes
    back to."""

    terms: Terms = field(init=False)
    counted: list[Line] = field(init=False)
    heard: dict[int, int] = field(init=False)  # the messages that count, and whose they are
    archived: bool = field(init=False)  # brought in from an archive, see storage/rows.py
    by_mention: bool = field(init=False)
    foretold: set[int] = field(init=False)  # of which it was said beforehand what they answer
    _inferred: dict[int, int | None] = field(init=False)
    _silent: dict[int, Line] = field(init=False)  # the messages that don't

    def __post_init__(self) -> None:
        self.terms = Terms(self.discussion, self.extended)
        self.counted = self.terms.counted(self.lines)
        self.heard = {line[2]: line[0] for line in self.counted}
        self._silent = {}
        if len(self.counted) != len(self.lines):
            self._silent = {line[2]: line for line in self.lines if line[2] not in self.heard}
        self.archived = bool(self.lines) and self.lines[0][4] in ARCHIVED
        self._inferred, self.foretold = {}, set()
        self.by_mention = by_mention(self.lines)
        if self.by_mention:
            named: dict[int, list[int]] = defaultdict(list)
            for message, member in self.mentions:
                named[message].append(member)
            self._inferred, self.foretold = parents(
                self.lines, named, self.terms, self.students, self.words
            )

    def parent(self, line: Line) -> int | None:
        """The message that it answers."""
        return self._inferred[line[2]] if line[4] == BY_MENTION else line[3]

    def missing(self) -> list[int]:
        """The messages that are answered here and stand somewhere else, or no longer."""
        said = set(map(_PARENT, self.lines)).difference(self.heard, self._silent, (None,))
        return sorted(id_ for id_ in said if id_ is not None)

    def answers(self, line: Line) -> tuple[bool, int | None, bool]:
        """Whether it is a response; to whom, where that message stands; and whether that counts."""
        if self.archived:
            return self._answers_there(line)
        parent = self.parent(line)
        if parent is None:
            return False, None, False
        author = self.heard.get(parent)
        role: str | None = "student"  # what counts was written by one
        heard = author is not None
        if author is None and parent in self._silent:
            author, role = self._silent[parent][0], self._silent[parent][5]
        elif author is None:
            role, author, heard, _ = self.beyond.get(parent, (None, None, False, None))
        response = responds(line[0], parent, role, author)
        return response, author if response else None, heard and response

    def _answers_there(self, line: Line) -> tuple[bool, int | None, bool]:
        """The same of an archive's message: all that doesn't stand at the top is a response, but
        not to what stands between it and the message that it goes back to."""
        author = None if line[3] is None else self.heard.get(line[3])
        other = None if line[3] is None else self.beyond.get(line[3])
        if author is None and other is not None and other.counts:
            author = other.member
        if line[4] in (AT_TOP, THROUGH) or author == line[0]:
            author = None
        return line[4] != AT_TOP, author, author is not None

    def said(self) -> Iterator[Said]:
        """Every message, judged."""
        for line in self.lines:
            response, to, _ = self.answers(line)
            rule = self.terms.rule(line[5], line[6], line[1], line[0])
            said = line[2] in self.foretold
            inferred = line[4] == BY_MENTION and not said
            yield Said(line, rule, response, response and inferred, response and said, to)


def by_mention(lines: Sequence[Line]) -> bool:
    """Whether any of them says by a mention only whom it answers."""
    return BY_MENTION in map(_PARENT_BY, lines)
