"""What may happen in two courses, drawn at random, and what must be on record after it.

The model is plain: it goes through what happened in the order of its own times, and knows nothing
of who was told when. Nothing here is shared with the code under test.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.world import START

FIRST = START + timedelta(hours=2)
STEP = timedelta(seconds=10)
BOT = "Robot"
COURSES = {"A": "Alphahistory", "B": "Betaphysics"}
TEACHERS = {"A": "Agatha", "B": "Bertrand"}
DISCUSSIONS = (("A", 1), ("A", 2), ("B", 1))
STUDENTS = {"A": ("Anaxa", "Aristo", "Xenia"), "B": ("Belisar", "Boreas", "Xenia")}
NEWCOMERS = {"A": "Nikias", "B": "Nonnos"}  # known to the course by what they write only
ROLES = ("student", "assistant", "instructor")
EMOJI = ("👍", "🔥")
WORDS = ("coal", "pit", "norm", "шахта", "record", "kulak", "2024", "quota")

Discussion = tuple[str, int]


@dataclass(frozen=True)
class Said:
    """A message; `parent` is what it responds to. Outside a thread it says so by reference."""

    n: int
    who: str
    where: Discussion
    text: str
    parent: int | None
    threaded: bool


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
class Commanded:
    """Staff close, reopen or withdraw a discussion."""

    where: Discussion
    verb: str


@dataclass(frozen=True)
class Appointed:
    """A person's role changes."""

    course: str
    who: str
    role: str


@dataclass(frozen=True)
class Restarted:
    """The application is closed, and opened again on the same file."""


Happening = Said | Chatted | Edited | Deleted | Reacted | Commanded | Appointed | Restarted

_KINDS = (
    "say", "say", "respond", "respond", "respond", "chat", "edit", "edit", "delete", "react",
    "react", "unreact", "close", "reopen", "withdraw", "appoint", "restart", "robot",
)  # fmt: skip
_small = st.integers(0, 11)
Draw = tuple[str, int, int, int]


@dataclass(frozen=True)
class Story:
    """What happened, in order; `lags` are by how many steps each telling of each is late."""

    happened: tuple[Happening, ...]
    lags: tuple[tuple[int, ...], ...] = ()
    together: int = 1
    """How many things are told at once."""


@st.composite
def stories(draw: st.DrawFn, robots: bool = True) -> Story:
    drawn = draw(st.lists(st.tuples(st.sampled_from(_KINDS), _small, _small, _small), max_size=30))
    happened = _happened(drawn, robots)
    lags = st.lists(st.integers(0, 8), min_size=1, max_size=3).map(tuple)
    told = draw(st.lists(lags, min_size=len(happened), max_size=len(happened)))
    return Story(happened, tuple(told), draw(st.sampled_from((1, 3, 50))))


def at(step: int) -> datetime:
    """When the thing with this number happened."""
    return FIRST + STEP * step


def _text(n: int, version: int, size: int) -> str:
    return " ".join((f"zq{n}v{version}", *(WORDS[(n + k) % len(WORDS)] for k in range(size))))


def _happened(drawn: list[Draw], robots: bool) -> tuple[Happening, ...]:
    """The draws as things that can happen: nobody edits what is deleted, or what isn't theirs."""
    happened: list[Happening] = []
    said: dict[int, Said] = {}
    standing: list[int] = []
    for n, (kind, a, b, c) in enumerate(drawn):
        target = said[standing[a % len(standing)]] if standing else None
        where = DISCUSSIONS[a % 3]
        people = [*STUDENTS[where[0]], NEWCOMERS[where[0]], TEACHERS[where[0]]]
        who = people[b % len(people)]
        if kind == "say" or (kind == "robot" and robots):
            robot = kind == "robot"
            message = Said(
                n, BOT if robot else who, where, _text(n, 0, c), None, robot or c % 3 > 0
            )
            happened.append(message)
            said[n] = message
            standing.append(n)
        elif kind == "respond" and target is not None:
            people = [*STUDENTS[target.where[0]], TEACHERS[target.where[0]]]
            threaded = c % 3 > 0 or target.who == BOT
            message = Said(
                n, people[b % len(people)], target.where, _text(n, 0, c), target.n, threaded
            )
            happened.append(message)
            said[n] = message
            standing.append(n)
        elif kind == "chat":
            happened.append(Chatted(n, who, where, _text(n, 0, c)))
        elif kind == "edit" and target is not None and target.who != BOT:
            happened.append(Edited(target.n, _text(target.n, n, c)))
        elif kind == "delete" and target is not None and target.who != BOT:
            happened.append(Deleted(target.n))
            standing.remove(target.n)
        elif kind in ("react", "unreact") and target is not None:
            fan = STUDENTS[target.where[0]][b % 3]
            happened.append(Reacted(target.n, fan, EMOJI[c % 2], kind == "react"))
        elif kind in ("close", "reopen", "withdraw"):
            happened.append(Commanded(where, kind))
        elif kind == "appoint":
            students = STUDENTS[where[0]]
            happened.append(Appointed(where[0], students[b % len(students)], ROLES[c % 3]))
        else:
            happened.append(Restarted())
    return tuple(happened)


# --- what must be on record ---------------------------------------------------------------------


@dataclass
class Record:
    """A message as it must be found at last."""

    n: int
    who: str
    where: Discussion
    parent: int | None
    sent: datetime
    role: str
    text: str | None
    edited: datetime | None = None
    deleted: datetime | None = None
    reactions: set[tuple[str, str]] = field(default_factory=set)
    counts: bool = False

    @property
    def words(self) -> int:
        return 0 if self.text is None else len(self.text.split(" "))


@dataclass
class Model:
    records: dict[int, Record] = field(default_factory=dict)
    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    """What everybody who is known to a course is there now, by course and name."""
    spans: dict[Discussion, list[list[datetime | None]]] = field(default_factory=dict)
    withdrawn: set[Discussion] = field(default_factory=set)

    def of(self, course: str) -> list[Record]:
        return [r for r in self.records.values() if r.where[0] == course]


def model_of(story: Story) -> Model:
    model = Model(spans={where: [[START, None]] for where in DISCUSSIONS})
    for course, students in STUDENTS.items():
        model.roles |= {(course, who): "student" for who in students}
        model.roles[course, TEACHERS[course]] = "instructor"
    for step, event in enumerate(story.happened):
        _fold(model, event, at(step))
    for record in model.records.values():
        model.roles.setdefault((record.where[0], record.who), "student")
        record.counts = (
            record.deleted is None
            and record.role == "student"
            and record.where not in model.withdrawn
            and any(
                since is not None
                and since <= record.sent
                and (until is None or record.sent <= until)
                for since, until in model.spans[record.where]
            )
        )
    return model


def _fold(model: Model, event: Happening, when: datetime) -> None:
    match event:
        case Said(n, who, where, text, parent) if who != BOT:
            role = model.roles.get((where[0], who), "student")
            known = parent if parent in model.records else None  # nobody is a bot's classmate
            model.records[n] = Record(n, who, where, known, when, role, text)
        case Edited(n, text):
            model.records[n].text = text
            model.records[n].edited = when
        case Deleted(n):
            model.records[n].text = None
            model.records[n].deleted = when
        case Reacted(n, who, emoji, present) if n in model.records:
            if present:
                model.records[n].reactions.add((who, emoji))
            else:
                model.records[n].reactions.discard((who, emoji))
        case Commanded(where, verb):
            _command(model, where, verb, when)
        case Appointed(course, who, role):
            model.roles[course, who] = role
        case _:
            pass


def _command(model: Model, where: Discussion, verb: str, when: datetime) -> None:
    last = model.spans[where][-1]
    is_open = last[1] is None and where not in model.withdrawn
    if verb == "close" and is_open:
        last[1] = when
    elif verb == "withdraw" and where not in model.withdrawn:
        last[1] = last[1] or when
        model.withdrawn.add(where)
    elif verb == "reopen" and not is_open:
        last[1] = last[1] or when
        model.withdrawn.discard(where)
        model.spans[where].append([when, None])
