"""What may happen in two courses, drawn at random; plain_model.py says what must be on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.world import START

MIDNIGHT = START + timedelta(hours=19)
"""The end of the first day where the courses are, New York."""
STEP = timedelta(seconds=10)
FIRST = MIDNIGHT - 12 * STEP
BOT = "Robot"
COURSES = {"A": "Alphahistory", "B": "Betaphysics"}
TEACHERS = {"A": "Agatha", "B": "Bertrand"}
DISCUSSIONS = (("A", 1), ("A", 2), ("B", 1))
"""Those that stand when the story begins."""
STUDENTS = {"A": ("Anaxa", "Aristo", "Xenia"), "B": ("Belisar", "Boreas", "Xenia")}
NEWCOMERS = {"A": "Nikias", "B": "Nonnos"}  # known to the course by what they do there only
ROLES = ("student", "assistant", "instructor")
EMOJI = ("👍", "🔥")
EVIDENCE = {
    "F8": "F8", "(f9)": "F9", "F10's": "F10", "F8!": "F8", "F99999": "F99999",
    "https://www.example.org/A/": "link:39bb97b005581e0d",  # of example.org/A, by sha256sum
    "<http://example.org/A#F1>": "link:39bb97b005581e0d",
    "https://example.org/F7.": "link:560e54a322bdae9b",
}  # fmt: skip
"""What of a text names evidence, and by what name that is on record."""
KNOWN = {"F8": "a fact", "F9": "a fact", "F10": "a fact", "link:39bb97b005581e0d": "a source"}
"""What of it the pack has, if a source of it has the address."""
ADDRESS = "http://Example.org:80/A"
WORDS = (
    "coal", "pit", "—", "norm", "шахта", ":fire:", "record", "`kulak`", "2024", "quota", "F8a",
    *EVIDENCE,
)  # fmt: skip
NO_WORDS = ("—", ":fire:", "`kulak`", *(name for name in EVIDENCE if "://" in name))

Discussion = tuple[str, int]


@dataclass(frozen=True)
class Said:
    """A message; `parent` is what it responds to. Outside a thread it says so by reference; with
    `naming` its platform has no such thing, and it responds to whom it mentions."""

    n: int
    who: str
    where: Discussion
    text: str
    parent: int | None
    threaded: bool
    naming: bool = False


@dataclass(frozen=True)
class Chatted:
    """A message in the channel that has to do with no discussion."""

    n: int
    who: str
    where: Discussion
    text: str


@dataclass(frozen=True)
class Edited:
    n: int
    text: str


@dataclass(frozen=True)
class Deleted:
    n: int


@dataclass(frozen=True)
class Reacted:
    n: int
    who: str
    emoji: str
    present: bool


@dataclass(frozen=True)
class Opened:
    """A prompt is posted. `lost`: it stands in the channel, and the answer that says so is lost;
    `twice`: the same form is sent twice."""

    where: Discussion
    lost: bool
    twice: bool


@dataclass(frozen=True)
class Delivered:
    """The outbox looks what is due: it may find what it lost the answer for."""


@dataclass(frozen=True)
class Commanded:
    """Staff close, reopen or withdraw a discussion."""

    where: Discussion
    verb: str


@dataclass(frozen=True)
class Archived:
    course: str


@dataclass(frozen=True)
class Appointed:
    """A person's role changes."""

    course: str
    who: str
    role: str


@dataclass(frozen=True)
class Restarted:
    """The application is closed, and opened again on the same file."""


Uttered = Said | Chatted | Edited | Deleted | Reacted
"""What people do in a channel, and platforms tell."""
Ordered = Opened | Commanded | Archived | Appointed
"""What staff do by command."""
Happening = Uttered | Ordered | Delivered | Restarted

_KINDS = (
    "nothing", "say", "say", "say", "say", "respond", "respond", "respond", "respond", "respond",
    "respond", "chat", "chat", "edit", "edit", "edit", "edit", "edit", "edit", "delete", "delete",
    "delete", "react", "react", "react", "unreact", "close", "reopen", "withdraw", "appoint",
    "restart", "robot", "post", "post", "post", "deliver", "archive", "name", "name", "name",
    "name", "name",
)  # fmt: skip
_small = st.integers(0, 11)
_steps = st.tuples(st.sampled_from(_KINDS), st.integers(0, 7), _small, _small, _small)
Draw = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Story:
    """What happened, in order; `lags` are by how many steps each telling of each is late."""

    happened: tuple[Happening, ...]
    lags: tuple[tuple[int, ...], ...] = ()
    together: int = 1
    """How many things are told at once."""
    readable: bool = True
    """Whether the bot may read what stands in the channels."""


@st.composite
def stories(draw: st.DrawFn, robots: bool = True, least: int = 20, most: int = 40) -> Story:
    # So long that much comes together; "nothing" lets a story that fails become a short one.
    drawn = draw(st.lists(_steps, min_size=least, max_size=most))
    happened = _happened(drawn, robots)
    lags = st.lists(st.integers(0, 8), min_size=1, max_size=3).map(tuple)
    told = draw(st.lists(lags, min_size=len(happened), max_size=len(happened)))
    return Story(happened, tuple(told), draw(st.sampled_from((1, 3, 50))), draw(st.booleans()))


def at(step: int) -> datetime:
    """When the thing with this number happened."""
    return FIRST + STEP * step


def named_in(text: str) -> tuple[str, ...]:
    """Who is mentioned in a text."""
    return tuple(word[1:] for word in text.split(" ") if word.startswith("@"))


@dataclass
class _Telling:
    """The draws as things that can happen: nobody edits what is deleted, or what isn't theirs."""

    robots: bool
    happened: list[Happening] = field(default_factory=list)
    said: dict[int, Said] = field(default_factory=dict)
    standing: list[int] = field(default_factory=list)
    opened: list[Discussion] = field(default_factory=lambda: list(DISCUSSIONS))
    archived: set[str] = field(default_factory=set)

    def step(self, n: int, kind: str, a: int, b: int, c: int, d: int) -> None:
        where = self.opened[-1 - a // 3 % len(self.opened)]  # more often a late one
        people = _people(where)
        match kind:
            case "say":
                self._say(
                    Said(n, _one(people, b), where, _text(n, 0, c, d, where), None, c % 3 > 0)
                )
            case "name":
                there = [s.who for s in self.said.values() if s.where == where and s.who != BOT]
                some = there or list(people)
                text = f"zq{n}v0 @{_one(some, c)} @{_one(some, d)}"
                self._say(Said(n, _one(people, b), where, text, None, True, self.robots))
            case "robot" if self.robots:
                self._say(Said(n, BOT, where, _text(n, 0, c, 0, where), None, True))
            case "chat":
                self.happened.append(Chatted(n, _one(people, b), where, _text(n, 0, c, d, where)))
            case "close" | "reopen" | "withdraw":
                self.happened.append(Commanded(where, kind))
            case "appoint":
                who = _one(STUDENTS[where[0]], b)
                self.happened.append(Appointed(where[0], who, ROLES[c % 3]))
            case "post":
                self._open(where[0], lost=c % 3 < 2, twice=b % 3 == 0)
            case "deliver":
                self.happened.append(Delivered())
            case "archive" if c > 3:
                self.happened.append(Archived(where[0]))
                self.archived.add(where[0])
            case "respond" | "edit" | "delete" | "react" | "unreact" if self.standing:
                self._to(self.said[self.standing[-1 - a % len(self.standing)]], n, kind, b, c, d)
            case "restart":
                self.happened.append(Restarted())
            case _:
                pass  # nothing happens

    def _to(self, target: Said, n: int, kind: str, b: int, c: int, d: int) -> None:
        """Something is done to a message that stands there."""
        people = _people(target.where)
        if kind == "respond":
            text, threaded = _text(n, 0, c, d, target.where), c % 3 > 0 or target.who == BOT
            self._say(Said(n, _one(people, b), target.where, text, target.n, threaded))
        elif kind in ("react", "unreact"):
            # Nobody whom the course does not know: see _enrol in deciding.py.
            fan = _one([*STUDENTS[target.where[0]], TEACHERS[target.where[0]]], b)
            self.happened.append(Reacted(target.n, fan, EMOJI[c % 2], kind == "react"))
        elif kind == "edit" and target.who != BOT:
            self.happened.append(Edited(target.n, _text(target.n, n, c, d, target.where)))
        elif kind == "delete" and target.who != BOT:
            self.happened.append(Deleted(target.n))
            self.standing.remove(target.n)

    def _say(self, message: Said) -> None:
        self.happened.append(message)
        self.said[message.n] = message
        self.standing.append(message.n)

    def _open(self, course: str, *, lost: bool, twice: bool) -> None:
        number = 1 + max(n for c, n in self.opened if c == course)
        self.happened.append(Opened((course, number), lost, twice))
        if course not in self.archived:
            self.opened.append((course, number))


def _happened(drawn: Sequence[Draw], robots: bool) -> tuple[Happening, ...]:
    telling = _Telling(robots)
    for n, (kind, a, b, c, d) in enumerate(drawn):
        telling.step(n, kind, a, b, c, d)
    return tuple(telling.happened)


def _people(where: Discussion) -> tuple[str, ...]:
    course = where[0]
    return (*STUDENTS[course], NEWCOMERS[course], TEACHERS[course])


def _one(people: Sequence[str], number: int) -> str:
    return people[number % len(people)]


def _text(n: int, version: int, size: int, named: int, where: Discussion) -> str:
    """A text that no other has. It may mention two people; one of them may be of the other course,
    and so nobody's classmate here."""
    stranger = STUDENTS["B" if where[0] == "A" else "A"][0]
    mentioned = (*_people(where), stranger)[named - 1 : named + 1] if named else ()
    words = (WORDS[(n + k) % len(WORDS)] for k in range(size))
    return " ".join((f"zq{n}v{version}", *words, *(f"@{name}" for name in mentioned)))
