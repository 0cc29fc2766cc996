"""What a report is before it is a file: what a course's students did, over a window, as of one
moment. Whoever makes files or pictures of it (see ports.Exporter) needs nothing else.

With pseudonyms, everything in it that would name a person holds their pseudonym already. Words in
it may have been typed by people: each format escapes them in its own way.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Generic, TypeVar

from storage.ids import CourseId, MemberId

T = TypeVar("T")

Cell = str | int | float | datetime | None
Row = tuple[Cell, ...]


class Kind(Enum):
    """What the cells of a column hold; any of them may be None, which is empty and not zero."""

    TEXT = "text"
    COUNT = "count"  # int
    NUMBER = "number"  # float
    INSTANT = "instant"  # aware, in the course's zone
    LINK = "link"  # an address, as text


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is for programs and for spreadsheets; `meaning` is the definition, in one sentence."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True, slots=True)
class Again(Generic[T]):
    """What is made anew each time it is gone through, so that a million rows need no room."""

    begin: Callable[[], Iterator[T]]

    def __iter__(self) -> Iterator[T]:
        return self.begin()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `rows` can be gone through more than once, though a long one is read again each
    time; `count` is how many they are."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    count: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Window:
    """What the report is over: whatever is None or empty is not narrowed. Both days are included,
    in the course's zone. `words` says all of it in a sentence without a full stop."""

    words: str
    first: date | None = None
    last: date | None = None
    discussions: tuple[str, ...] = ()  # D3
    section: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ClassFigure:
    """One figure of the class as a whole; `value` is None where there is nothing to measure."""

    name: str
    value: int | float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Day:
    """What counted on one day of the course's zone; days on which nothing did are there too."""

    day: date
    posts: int
    replies: int


@dataclass(frozen=True, slots=True)
class Edge:
    """How many counted responses one student wrote to another: `giver` and `taker` are places in
    the rows of `Report.students`, from 0."""

    giver: int
    taker: int
    responses: int


@dataclass(frozen=True, slots=True)
class SideCount:
    """How many held a side of a discussion at first, and in the end: over five people or more."""

    discussion: str
    side: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Series:
    """What pictures are drawn from. `voices` are the words of each student, least first, without
    names; `days` run without a gap; `edges` can be gone through more than once."""

    days: tuple[Day, ...] = ()
    edges: Iterable[Edge] = ()
    voices: tuple[int, ...] = ()
    sides: tuple[SideCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """`members` are the opaque ids of the students, in the order of their rows: by them a roster
    entry is found; None for a student on the roster who is nobody in the course yet. `definitions`
    are those of every column and figure, and `version` is theirs. `points_in_words` say what each
    student's points are made of, in the order of their rows; none where there is no rule."""

    course_id: CourseId
    course: str  # its title
    zone: str
    as_of: datetime  # UTC
    window: Window
    pseudonymised: bool
    version: str
    definitions: tuple[Definition, ...]
    students: Sheet
    members: tuple[MemberId | None, ...]
    discussions: Sheet
    replies: Sheet
    class_figures: tuple[ClassFigure, ...]
    series: Series
    points_in_words: tuple[str, ...] = ()
