"""What must be on record after a story, and what must be counted.

The model is plain: it goes through what happened in the order of its own times, and knows nothing
of who was told when. Nothing here is shared with the code under test.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.core.happenings import (
    BOT,
    DISCUSSIONS,
    EVIDENCE,
    KNOWN,
    MIDNIGHT,
    NO_WORDS,
    STUDENTS,
    TEACHERS,
    Appointed,
    Archived,
    Commanded,
    Deleted,
    Discussion,
    Edited,
    Happening,
    Opened,
    Reacted,
    Said,
    Story,
    at,
    named_in,
)
from tests.world import START

ZONE = ZoneInfo("America/New_York")


@dataclass
class Record:
    """A message as it must be found at last."""

    n: int
    who: str
    where: Discussion
    parent: "Record | None"
    threaded: bool
    sent: datetime
    role: str
    text: str | None
    edited: datetime | None = None
    deleted: datetime | None = None
    reactions: set[tuple[str, str]] = field(default_factory=set)
    naming: bool = False
    meant: "Record | None" = None
    reply: bool = False
    """Whether it counted as it was written; `counts`: it does still."""
    counts: bool = False

    @property
    def pieces(self) -> list[str]:
        return [] if self.text is None else self.text.split(" ")

    @property
    def words(self) -> int:
        return sum(not p.startswith("@") and p not in NO_WORDS for p in self.pieces)

    @property
    def named(self) -> set[str]:
        return set(named_in(self.text or ""))

    @property
    def evidence(self) -> set[str]:
        return {EVIDENCE[p] for p in self.pieces if p in EVIDENCE}

    @property
    def classmate(self) -> "Record | None":
        """The classmate's message that this responds to: not one's own, and not staff's."""
        parent = self.meant if self.naming else self.parent
        if parent is None or parent.role != "student" or parent.who == self.who:
            return None
        return parent

    @property
    def heeded(self) -> "Record | None":
        """The classmate's message, where that counts itself: a deleted one is nobody's gain."""
        return self.classmate if self.classmate is not None and self.classmate.counts else None


@dataclass
class Model:
    records: dict[int, Record] = field(default_factory=dict)
    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    """What everybody who is known to a course is there now, by course and name."""
    spans: dict[Discussion, list[list[datetime | None]]] = field(default_factory=dict)
    withdrawn: set[Discussion] = field(default_factory=set)
    archived: set[str] = field(default_factory=set)
    robots: dict[int, str] = field(default_factory=dict)
    """What bots said, and in which course: not on record, but people may react to it."""

    def of(self, course: str) -> list[Record]:
        return [r for r in self.records.values() if r.where[0] == course]


def model_of(story: Story) -> Model:
    return model_from((at(step), event) for step, event in enumerate(story.happened))


def model_from(happened: Iterable[tuple[datetime, Happening]]) -> Model:
    """What follows from what happened when."""
    model = Model(spans={where: [[START, None]] for where in DISCUSSIONS})
    for course, students in STUDENTS.items():
        model.roles |= {(course, who): "student" for who in students}
        model.roles[course, TEACHERS[course]] = "instructor"
    for when, event in happened:
        if isinstance(event, Deleted) or _course(model, event) not in model.archived:
            _fold(model, event, when)
    for record in model.records.values():
        record.reply = (
            record.role == "student"
            and record.where not in model.withdrawn
            and any(
                since is not None
                and since <= record.sent
                and (until is None or record.sent <= until)
                for since, until in model.spans[record.where]
            )
        )
        record.counts = record.reply and record.deleted is None
    for record in model.records.values():
        if record.naming:
            record.meant = _meant(model, record)
    return model


def _meant(model: Model, record: Record) -> Record | None:
    """The last reply that the first classmate named had standing there."""
    for name in named_in(record.text or ""):
        theirs = [
            other
            for other in model.records.values()
            if (other.who, other.where) == (name, record.where)
            and other.reply
            and other.sent < record.sent
            and (other.deleted is None or other.deleted > record.sent)
        ]
        if name != record.who and theirs:
            return max(theirs, key=lambda other: other.sent)
        if name != record.who and model.roles.get((record.where[0], name)) == "student":
            return None
    return None


def _course(model: Model, event: Happening) -> str | None:
    """The course in which something happens; None where it is none that we know of."""
    match event:
        case Said() | Opened() | Commanded():
            return event.where[0]
        case Archived() | Appointed():
            return event.course
        case Edited(n) | Reacted(n) if n in model.records:
            return model.records[n].where[0]
        case Reacted(n):
            return model.robots.get(n)
        case _:
            return None


def _fold(model: Model, event: Happening, when: datetime) -> None:
    match event:
        case Said(n, who, where) if who == BOT:
            model.robots[n] = where[0]
        case Said(n, who, where, text, parent, threaded, naming):
            role = model.roles.setdefault((where[0], who), "student")
            known = None if parent is None else model.records.get(parent)  # a bot's is not on it
            model.records[n] = Record(
                n, who, where, known, threaded, when, role, text, naming=naming
            )
        case Edited(n, text) if n in model.records:
            model.records[n].text = text
            model.records[n].edited = when
        case Deleted(n) if n in model.records:
            model.records[n].text = None
            model.records[n].deleted = when
        case Reacted(n, who):
            _react(model, event)
        case Opened(where):
            model.spans[where] = [[when, None]]
        case Commanded(where, verb):
            _command(model, where, verb, when)
        case Archived(course):
            for where in [where for where in model.spans if where[0] == course]:
                _command(model, where, "close", when)
            model.archived.add(course)
        case Appointed(course, who, role):
            model.roles[course, who] = role
        case _:
            pass


def _react(model: Model, event: Reacted) -> None:
    course = _course(model, event)
    if course is None:
        return
    model.roles.setdefault((course, event.who), "student")
    if (record := model.records.get(event.n)) is not None:
        if event.present:
            record.reactions.add((event.who, event.emoji))
        else:
            record.reactions.discard((event.who, event.emoji))


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


# --- what must be counted -----------------------------------------------------------------------


Sides = Mapping[tuple[Discussion, str], Sequence[str]]
"""The sides that somebody took in a discussion, in their order: another one each time."""


def table_of(model: Model, course: str, sides: Sides | None = None) -> dict[tuple[str, str], str]:
    """The report's figures for each student of a course, and each who counted as one, by their
    name and the figure's."""
    counted = [r for r in model.of(course) if r.counts]
    wrote = {r.who for r in counted}
    students = {
        who
        for (where, who), role in model.roles.items()
        if where == course and (role == "student" or who in wrote)
    }
    return {
        (who, column): figure
        for who in students
        for column, figure in _row(who, counted, students).items()
    } | {
        (who, column): figure
        for who in students
        for column, figure in (
            ("left", ""), ("section", ""), ("allowances", ""),
            *_sides(course, who, sides or {}),
        )
    }  # fmt: skip


def _sides(course: str, who: str, sides: Sides) -> list[tuple[str, str]]:
    took = [
        labels for (where, whose), labels in sides.items() if whose == who and where[0] == course
    ]
    changes = sum(len(labels) - 1 for labels in took)
    return [("sides", str(len(took))), ("side_changes", str(changes))]


def _row(who: str, counted: list[Record], students: set[str]) -> dict[str, str]:
    own = [r for r in counted if r.who == who]
    others = [r for r in counted if r.who != who]
    answers = [r for r in own if r.classmate is None]
    heeded = [r.heeded for r in own if r.heeded is not None]
    earlier = [
        other.who
        for r in own
        for other in others
        if (other.where, other.threaded) == (r.where, r.threaded) and other.sent < r.sent
    ]
    named = {name for r in own for name in r.evidence}
    cited = [KNOWN.get(name) for name in named]
    figures = {
        "discussions_joined": len({r.where for r in own}),
        "posts": len(answers),
        "replies": len(own) - len(answers),
        "replies_inferred": sum(r.naming and r.classmate is not None for r in own),
        "words": sum(r.words for r in own),
        "words_raw": sum(len(r.pieces) for r in own),
        "characters": sum(len(r.text or "") for r in own),
        "attachments": 0,
        "active_days": len({r.sent >= MIDNIGHT for r in own}),
        "peers_root": len({r.who for r in heeded}),
        "peers_thread": len(set(earlier)),
        "peers_named": len({name for r in own for name in r.named & students} - {who}),
        "facts_cited": cited.count("a fact"),
        "sources_linked": cited.count("a source"),
        "replies_received": sum(r.heeded is not None and r.heeded.who == who for r in others),
        "excused": 0,
        "extended": 0,
        "on_time": 0,
        "answered_by": len({r.who for r in others if r.heeded is not None and r.heeded.who == who}),
        "links": len({name for name in named if name.startswith("link:")}),
        "reactions_given": sum(giver == who for r in others for giver, _ in r.reactions),
        "reactions_received": sum(giver != who for r in own for giver, _ in r.reactions),
    }
    sent = [r.sent for r in own]
    facts = [name for name in KNOWN if name in named and KNOWN[name] == "a fact"]
    return {name: str(figure) for name, figure in figures.items()} | {
        "facts": " ".join(facts),
        "first": _shown(sent[:1]),
        "last": _shown(sent[-1:]),
    }


def _shown(when: Iterable[datetime]) -> str:
    return "".join(w.astimezone(ZONE).isoformat(timespec="milliseconds") for w in when)
