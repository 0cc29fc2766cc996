"""An independent recount: every figure of a report, once more, in plain Python over a list of what
happened, as the counting rules say it. It shares no code with what it checks."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo


@dataclass
class Talk:
    number: int
    opened: datetime
    spans: list[tuple[datetime, datetime | None]]
    withdrawn: datetime | None = None
    due: datetime | None = None


@dataclass
class Person:
    """`id` is their place in the class, from 1."""

    id: int
    role: str
    joined: datetime
    left: datetime | None = None


@dataclass
class Message:
    id: int
    who: int
    talk: int  # its number
    channel: int
    sent: datetime
    role: str
    by: str  # reference, mention, prompt
    parent: int | None = None  # by reference
    deleted: datetime | None = None
    words: int = 0
    words_raw: int = 0
    characters: int = 0
    attachments: int = 0
    names: list[int] = field(default_factory=list)  # whom it mentions, in order
    evidence: list[str] = field(default_factory=list)
    reactions: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Happened:
    people: list[Person]
    talks: list[Talk]
    messages: list[Message]
    sides: list[tuple[int, int, str]] = field(default_factory=list)  # talk, person, side
    extensions: dict[tuple[int, int], datetime] = field(default_factory=dict)  # talk, person
    excuses: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Over:
    first: date | None = None
    last: date | None = None
    talks: tuple[int, ...] = ()
    channel: int | None = None


class Recount:
    def __init__(self, happened: Happened, over: Over, zone: ZoneInfo, facts: set[str]) -> None:
        self.all, self.over, self.zone, self.facts = happened, over, zone, facts
        self.talks = {talk.number: talk for talk in happened.talks}
        self.by_id = {message.id: message for message in happened.messages}
        self.taken = [m for m in happened.messages if self.counts(m) and self.within(m)]

    def counts(self, m: Message) -> bool:
        return m.deleted is None and self.would_count(m)

    def would_count(self, m: Message) -> bool:
        talk = self.talks[m.talk]
        if m.role != "student" or talk.withdrawn is not None:
            return False
        for number, (begin, end) in enumerate(talk.spans):
            if (number == 0 or begin <= m.sent) and (end is None or m.sent <= end):
                return True
        more = self.all.extensions.get((m.talk, m.who))
        return more is not None and m.sent <= more

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def within(self, m: Message) -> bool:
        over = self.over
        return (
            (over.first is None or self.day(m.sent) >= over.first)
            and (over.last is None or self.day(m.sent) <= over.last)
            and (not over.talks or m.talk in over.talks)
            and (over.channel is None or m.channel == over.channel)
        )

    def parent(self, m: Message) -> int | None:
        if m.by != "mention":
            return m.parent
        for name in m.names:
            if name == m.who:
                continue
            standing = [
                other
                for other in self.all.messages
                if other.who == name
                and (other.talk, other.channel) == (m.talk, m.channel)
                and other.sent < m.sent
                and self.would_count(other)
                and not (other.deleted is not None and other.deleted <= m.sent)
            ]
            if standing:
                return max(standing, key=lambda other: (other.sent, other.id)).id
            if any(p.id == name and p.role == "student" for p in self.all.people):
                return None
        return None

    def response(self, m: Message) -> bool:
        parent = self.parent(m)
        if parent is None:
            return False
        answered = self.by_id.get(parent)
        return answered is None or (answered.role == "student" and answered.who != m.who)

    def heeded(self, m: Message) -> Message | None:
        """The classmate's message that it answers, where that counts."""
        parent = self.parent(m)
        answered = None if parent is None else self.by_id.get(parent)
        return answered if answered and self.response(m) and self.counts(answered) else None

    def open_to(self, talk: Talk, person: Person) -> bool:
        closed = talk.spans[-1][1]
        since = min([person.joined, *(m.sent for m in self.taken if m.who == person.id)])
        first, last = self.over.first, self.over.last
        if self.over.talks and talk.number not in self.over.talks:
            return False
        if last is not None and self.day(talk.opened) > last:
            return False
        if first is not None and closed is not None and self.day(closed) < first:
            return False
        if self.over.channel not in (None, 1):  # every discussion stands in the first channel
            return False
        return (
            talk.withdrawn is None
            and (closed is None or closed >= since)
            and (person.left is None or talk.opened <= person.left)
        )

    def row(self, person: Person) -> dict[str, object]:
        """A student's figures, by the names of the columns."""
        who = person.id
        own = [m for m in self.taken if m.who == who]
        rest = [m for m in self.taken if m.who != who]
        students = {p.id for p in self.all.people if p.role == "student"}
        students |= {m.who for m in self.all.messages if self.counts(m) and self.reached(m)}
        replies = [m for m in own if self.response(m)]
        received = [m for m in rest if (h := self.heeded(m)) and h.who == who]
        joined = {m.talk for m in own}
        first = {talk: min(m.sent for m in own if m.talk == talk) for talk in joined}
        waits = [max(timedelta(), at - self.talks[talk].opened) for talk, at in first.items()]
        open_ = {t.number for t in self.all.talks if self.open_to(t, person)}
        evidence = {name for m in own for name in m.evidence}
        facts = sorted(evidence & self.facts, key=lambda name: int(name[1:]))
        took = [s for s in self.all.sides if s[1] == who and s[0] in (self.over.talks or s[:1])]
        return {
            "discussions_open": len(open_),
            "excused": sum((talk, who) in self.all.excuses for talk in open_),
            "discussions_joined": len(joined),
            "on_time": sum(self.on_time(talk, who, at) for talk, at in first.items()),
            "posts": len(own) - len(replies),
            "replies": len(replies),
            "replies_inferred": sum(m.by == "mention" for m in replies),
            "words": sum(m.words for m in own),
            "words_raw": sum(m.words_raw for m in own),
            "characters": sum(m.characters for m in own),
            "attachments": sum(m.attachments for m in own),
            "active_days": len({self.day(m.sent) for m in own}),
            "peers_root": len({h.who for m in own if (h := self.heeded(m))}),
            "peers_thread": len(
                {
                    other.who
                    for m in own
                    for other in self.all.messages
                    if self.counts(other)
                    and other.who != who
                    and (other.talk, other.channel) == (m.talk, m.channel)
                    and (other.sent, other.id) < (m.sent, m.id)
                }
            ),
            "peers_named": len({name for m in own for name in m.names} & students - {who}),
            "replies_received": len(received),
            "answered_by": len({m.who for m in received}),
            "hours_to_first": self.hours(waits),
            "facts_cited": len(facts),
            "facts": " ".join(facts),
            "links": sum(name.startswith("link:") for name in evidence),
            "sides": len({s[0] for s in took}),
            "side_changes": len(took) - len({s[0] for s in took}),
            "reactions_given": sum(giver == who for m in rest for giver, _ in m.reactions),
            "reactions_received": sum(giver != who for m in own for giver, _ in m.reactions),
            "first": min((m.sent for m in own), default=None),
            "last": max((m.sent for m in own), default=None),
        }

    def reached(self, m: Message) -> bool:
        """Whether its discussion is looked at, and so its author known for a student."""
        return not self.over.talks or m.talk in self.over.talks

    def on_time(self, talk: int, who: int, at: datetime) -> bool:
        due = self.talks[talk].due
        if due is None:
            return False
        return at <= max(due, self.all.extensions.get((talk, who), due))

    @staticmethod
    def hours(waits: list[timedelta]) -> float | None:
        return round(median(wait / timedelta(hours=1) for wait in waits), 2) if waits else None

    def unanswered(self, talk: int) -> int:
        posts = [m for m in self.taken if m.talk == talk and not self.response(m)]
        answered = {self.parent(m) for m in self.taken if self.response(m)}
        return sum(m.id not in answered for m in posts)
