"""A course's register: everything of it but what was said, as of one moment; and what was said, a
discussion at a time, as it is counted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.core.enrolment import Absent, Enrolled, absent, enrolled
from bot.core.evidence import links_of
from bot.core.grading import GradingRule, parse
from bot.core.participation import Terms
from bot.core.roster import on_roster
from bot.core.talk import Beyond, Talk, by_mention
from bot.core.tally import Known
from prompts.models import Pack
from storage import allowances, counting, courses, discussions, grading, members, responding
from storage.grading import Given
from storage.ids import ChannelId, DiscussionId, MemberId
from storage.instants import to_micros
from storage.rows import Allowance, Channel, Course, Discussion, Member, Said
from storage.snapshot import Snapshot


@dataclass(slots=True)
class Register:
    course: Course
    members: Sequence[Member]
    discussions: Sequence[Discussion]
    channels: Mapping[ChannelId, Channel]
    placed: Mapping[DiscussionId, frozenset[ChannelId]]
    allowed: Mapping[tuple[DiscussionId, MemberId], Allowance]
    accounts: Mapping[int, int]
    enrolled: Sequence[Enrolled]
    known: Known
    absent: Sequence[Absent] = ()
    grading: GradingRule | None = None
    given: Mapping[tuple[DiscussionId, MemberId], Given] = field(default_factory=dict)
    extended: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        for (discussion, member), allowance in self.allowed.items():
            if allowance.until is not None:
                self.extended[discussion][member] = to_micros(allowance.until)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.course.zone)


def read_register(db: Snapshot, course: Course, pack: Pack | None) -> Register:
    placed: dict[DiscussionId, frozenset[ChannelId]] = defaultdict(frozenset)
    for placement in db.read(lambda at: discussions.placements_of(at, course.id)):
        placed[placement.discussion_id] |= {placement.channel.id}
    people = db.read(lambda at: members.members_of(at, course.id))
    roster = db.read(lambda at: on_roster(at, course.id))
    rule = db.read(lambda at: grading.rule_of(at, course.id))
    known = Known()
    if pack is not None:
        links = {name: source.id for name, source in links_of(pack).items()}
        known = Known(frozenset(fact.id for fact in pack.facts), links)
    return Register(
        course,
        people,
        db.read(lambda at: discussions.discussions_of(at, course.id)),
        {c.id: c for c in db.read(lambda at: courses.channels_of(at, course.id))},
        placed,
        db.read(lambda at: allowances.allowances_of(at, course.id)),
        counting.accounts(db, course.id),
        enrolled(people, roster),
        known,
        absent(roster),
        None if rule is None else parse(rule),
        db.read(lambda at: grading.given_in(at, course.id)),
    )


def talk_of(db: Snapshot, of: Register, discussion: Discussion) -> Talk:
    """A discussion as it is counted."""
    course = of.course.id
    lines = counting.spoken(db, course, discussion.id)
    lines.sort()  # by member, time and id: the index has all but the last
    mentions: list[tuple[int, int]] = []
    words: Sequence[Said] = ()
    if by_mention(lines):
        mentions = list(by_members(of, counting.mentioned(db, course, discussion.id)))
        words = db.read(lambda at: responding.said_in(at, course, discussion.id))
    students = {m.id for m in of.members if m.role == "student"} if mentions else ()
    extended = of.extended.get(discussion.id, {})
    talk = Talk(discussion, lines, mentions, students, extended, words)
    if missing := talk.missing():
        talk.beyond = _beyond(db, of, missing, chained=talk.archived)
    return talk


def _beyond(
    db: Snapshot, of: Register, missing: Sequence[int], *, chained: bool
) -> Mapping[int, Beyond]:
    """These messages of other discussions; `chained`: and those that they go back to."""
    terms = {d.id: Terms(d, of.extended.get(d.id)) for d in of.discussions}
    found: dict[int, Beyond] = {}
    while missing:
        for where, line in counting.elsewhere(db, of.course.id, missing):
            rule = terms[where].rule(line[5], line[6], line[1], line[0])
            found[line[2]] = Beyond(line[5], line[0], rule.counts, line[3])
        further = {found[id_].parent for id_ in missing if id_ in found} - found.keys()
        missing = sorted(id_ for id_ in further if id_ is not None) if chained else ()
    return found


def by_members(of: Register, rows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Message and account, as message and member."""
    accounts = of.accounts
    return ((message, accounts[account]) for message, account in rows if account in accounts)
