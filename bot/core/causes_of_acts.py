"""What people did since a report was handed out that changes figures: what staff allowed, gave, set
and linked, and what became of discussions, members and sides."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.cards import Moment, PersonName, Span, Spans, number, spans
from bot.core.causes import (
    ALLOWED,
    CLASSMATES,
    FIGURES,
    PACK,
    PLACE,
    POINTS,
    POSSIBLE,
    ROW,
    SIDES,
    STANDING,
    Cause,
    Causes,
)
from bot.core.participation import Rule
from bot.core.register import Register, talk_of
from storage import audit, since
from storage.audit import Act
from storage.ids import DiscussionId, MemberId
from storage.rows import Discussion
from storage.snapshot import Snapshot

_ALLOWING = {
    "participation extend": "they got more time for {}",
    "participation excuse": "they were excused from {}",
    "participation revoke": "their extension of {}, or excuse, was taken back",
}
_LINKING = {
    "roster link": "an account was linked to the roster",
    "roster unlink": "the link to the roster was taken back",
    "course link": "two accounts were made one member",
    "course merge": "two accounts were made one member",
    "course split": "an account was made a member of its own",
    "course staff": "the role was changed",
}
_ONE_MORE = {"course link", "course merge", "course split"}
_OF_WITHDRAWN = POSSIBLE | ALLOWED | SIDES | {"points", "reactions_given"}
"""What a discussion that is withdrawn can change also of who wrote nothing in it."""
_SETTINGS: Mapping[str, tuple[str, frozenset[str]]] = {
    "zone": ("the course's time zone was set", frozenset({"active_days"})),
    "pack": ("another pack was picked", PACK),
    "keep_text_days": ("how long texts are kept was set", frozenset({"links"})),
}


def gather(
    db: Snapshot,
    of: Register,
    at: datetime,
    over: Mapping[DiscussionId, Discussion],
    causes: Causes,
) -> None:
    """Add what was done after the instant, to the course and in these discussions."""
    acts = db.read(lambda db_: audit.since(db_, of.course.id, at))
    _Gathering(db, of, at, {d.name: d for d in over.values()}, acts, causes).add_all(
        db.read(lambda db_: since.sided(db_, of.course.id, at)),
        db.read(lambda db_: since.joined(db_, of.course.id, at)),
    )


class _Gathering:
    def __init__(
        self,
        db: Snapshot,
        of: Register,
        at: datetime,
        over: Mapping[str, Discussion],
        acts: Sequence[Act],
        causes: Causes,
    ) -> None:
        self._db, self._of, self._at, self._over, self._causes = db, of, at, over, causes
        self._acts = acts
        self._wrote_late: dict[str, set[int]] = {}
        self._names = {member.id: member.name for member in of.members}
        # Who is a member of that name no more is one with whom they were merged into.
        self._now = dict(pair for act in acts if (pair := _made_one(act)) is not None)

    def add_all(
        self,
        sided: Sequence[tuple[MemberId, DiscussionId, datetime]],
        joined: Sequence[tuple[MemberId, datetime]],
    ) -> None:
        for act in self._acts:
            self._add(act)
        for discussion in self._over.values():
            self._add_discussion(discussion)
        names = {d.id: d.name for d in self._over.values()}
        for member, where, at in sided:
            if where in names:
                said = spans(f"they took a side in {names[where]}, ", self._moment(at))
                self._causes.add(member, said, SIDES)
        for member, at in joined:
            said = spans("they came into the course, ", self._moment(at))
            self._causes.add(member, said, POSSIBLE | ROW)
        self._leaving()
        if (days := self._of.course.keep_text_days) is not None:
            said = spans(f"texts go after {number(days, 'day')}, and what they linked with them")
            self._causes.perhaps(said, frozenset({"links"}))

    # --- by staff -------------------------------------------------------------------------------

    def _add(self, act: Act) -> None:
        causes = self._causes
        member = self._member(act.details.get("member", ""))
        if act.action in _ALLOWING and act.subject in self._over:
            said = self._done(_ALLOWING[act.action].format(act.subject), act)
            wrote_late = member in self._late(self._over[act.subject])
            causes.add(member, said, ALLOWED | POINTS | {"on_time"}
                       | (STANDING if wrote_late else frozenset()))  # fmt: skip
        elif act.action == "participation override" and act.subject in self._over:
            given = act.details.get("points") is not None
            how = "points were given" if given else "the rule's points were put back"
            causes.add(member, self._done(f"{how} for {act.subject}", act), POINTS)
        elif act.action in _LINKING:
            self._link(act)
        elif act.action == "participation rule":
            said = self._done("the grading rule was set", act)
            causes.of_all.append(Cause(said, POINTS))
        elif act.action == "prompt due" and act.subject in self._over:
            self._due(act)
        elif act.action == "course roster":
            causes.perhaps(self._done("the roster was taken anew", act), POSSIBLE | PLACE | ROW)
        elif act.action == "course settings":
            for name in _SETTINGS.keys() & act.details.keys():
                words, figures = _SETTINGS[name]
                causes.perhaps(self._done(words, act), figures)

    def _link(self, act: Act) -> None:
        said = self._done(_LINKING[act.action], act)
        for id_ in {act.subject, str(act.details.get("made", act.subject))}:
            figures = POSSIBLE | PLACE | ALLOWED if act.action.startswith("roster") else FIGURES
            self._causes.add(self._member(id_), said, figures | ROW)
        if act.action in _ONE_MORE or act.action == "course staff":
            self._causes.perhaps((*spans("of a classmate "), *said), CLASSMATES)

    def _due(self, act: Act) -> None:
        due = act.details.get("due_at")
        if "due_before" in act.details and act.details["due_before"] == due:
            return
        set_ = spans(f"{act.subject} is due no more")
        if due is not None:
            set_ = spans(f"{act.subject} is due ", self._moment(datetime.fromisoformat(due)))
        said = self._done("set", act)
        self._causes.of_all.append(
            Cause((*set_, *spans(", "), *said), frozenset({"on_time", "points"}))
        )

    def _late(self, discussion: Discussion) -> set[int]:
        """Who wrote in it while it was closed, so that more time makes it count."""
        if discussion.name not in self._wrote_late:
            talk, late = talk_of(self._db, self._of, discussion), (Rule.EXTENDED, Rule.CLOSED)
            self._wrote_late[discussion.name] = {
                line[0]
                for line in talk.lines
                if talk.terms.rule(line[5], line[6], line[1], line[0]) in late
            }
        return self._wrote_late[discussion.name]

    # --- discussions and members ----------------------------------------------------------------

    def _add_discussion(self, one: Discussion) -> None:
        causes = self._causes
        if one.withdrawn_at is not None and one.withdrawn_at > self._at:
            said = self._when(f"{one.name} was withdrawn", one.withdrawn_at)
            for member in {line[0] for line in talk_of(self._db, self._of, one).lines}:
                causes.add(member, said, FIGURES)
            causes.of_all.append(Cause(said, _OF_WITHDRAWN))
        if one.opened_at > self._at:
            said = self._when(f"{one.name} was opened", one.opened_at)
            causes.of_all.append(Cause(said, POSSIBLE))
        for period in one.periods[1:]:
            if period.opened_at > self._at:
                said = self._when(f"{one.name} was reopened", period.opened_at)
                causes.of_all.append(Cause(said, POSSIBLE))
        closed = one.periods[-1].closed_at if one.periods else None
        if closed is not None and closed > self._at:
            causes.perhaps(self._when(f"{one.name} was closed", closed), POSSIBLE)

    def _leaving(self) -> None:
        for one in self._of.enrolled:
            if one.left_at is None:
                self._causes.add(one.member.id, spans("they are back"), frozenset({"left"}))
            elif one.left_at > self._at:
                said = self._when("they have left, known since", one.left_at, "")
                self._causes.add(one.member.id, said, POSSIBLE | ROW | {"left"})
        for absent in self._of.absent:
            if absent.left_at is not None and absent.left_at > self._at:
                said = self._when("the roster names them no more", absent.left_at)
                found = Cause(said, POSSIBLE | ROW | {"left"})
                self._causes.own[None, absent.entry].append(found)

    # --- in words -------------------------------------------------------------------------------

    def _member(self, id_: object) -> int | None:
        """A member by what was noted then, as they are now."""
        now = str(id_)
        for _ in self._now:
            now = self._now.get(now, now)
        return int(now) if now.isdecimal() else None

    def _done(self, words: str, act: Act) -> Spans:
        if act.details.get("by") == "e-mail":
            return spans(f"{words} by its e-mail address, ", self._moment(act.at))
        by = "whoever runs the bot" if act.member is None else self._names.get(act.member)
        who: Span | str = "somebody" if by is None else PersonName(by)
        return spans(f"{words} by ", who, ", ", self._moment(act.at))

    def _when(self, words: str, at: datetime, mark: str = ",") -> Spans:
        return spans(f"{words}{mark} ", self._moment(at))

    def _moment(self, at: datetime) -> Moment:
        return Moment(at, self._of.course.zone)


def _made_one(act: Act) -> tuple[str, str] | None:
    """The member who is gone, and the one they are now. By a code, it was noted by the latter."""
    if act.action == "course merge":
        return str(act.details.get("gone")), act.subject
    return (act.subject, str(act.member)) if act.action == "course link" else None
