"""Which messages count, by which rule, and what the figures are made of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.inferring import to_line
from bot.core.participation import Rule, Terms, open_to, verdict
from bot.core.talk import Talk
from bot.core.tally import Figures, Known, Selection, Tally
from storage.ids import (
    AccountId,
    ChannelId,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
    ThreadRef,
)
from storage.instants import to_micros
from storage.rows import Discussion, Period, Reply

NINE = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
COURSE = CourseId(1)
ZONE = ZoneInfo("America/New_York")


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def discussion(*periods: tuple[float, float | None], withdrawn: float | None = None) -> Discussion:
    spans = tuple(Period(at(a), None if b is None else at(b)) for a, b in periods or ((0, None),))
    gone = None if withdrawn is None else at(withdrawn)
    return Discussion(DiscussionId(1), COURSE, 1, "P1", {}, 0, NINE, gone, None, None, None, spans)


def reply(
    id_: int = 1,
    who: int = 1,
    *,
    sent: datetime = NINE,
    role: str = "student",
    deleted: datetime | None = None,
    parent: int | None = None,
    words: int = 3,
) -> Reply:
    return Reply(
        id=MessageId(id_),
        channel_id=ChannelId(1),
        ref=MessageRef(f"m{id_}"),
        thread=ThreadRef("t"),
        discussion_id=DiscussionId(1),
        account_id=AccountId(who),
        member_id=MemberId(who),
        parent_id=None if parent is None else MessageId(parent),
        parent_by="prompt",
        role=role,
        sent_at=sent,
        edited_at=None,
        deleted_at=deleted,
        words=words,
        words_raw=words + 1,
        characters=words * 5,
        attachments=1,
    )


TWICE = ((0, 1), (2, 3))
VERDICTS = [
    ("open", discussion(), reply(), Rule.COUNTED),
    ("open, much later", discussion(), reply(sent=at(9_000)), Rule.COUNTED),
    ("a platform's clock was behind at the opening", discussion(), reply(sent=at(-1)),
     Rule.COUNTED),
    ("at the closing instant", discussion((0, 1)), reply(sent=at(1)), Rule.COUNTED),
    ("just after closing", discussion((0, 1)), reply(sent=at(1) + TICK), Rule.CLOSED),
    ("between two periods", discussion(*TWICE), reply(sent=at(1.5)), Rule.CLOSED),
    ("just before reopening", discussion(*TWICE), reply(sent=at(2) - TICK), Rule.CLOSED),
    ("at the reopening instant", discussion(*TWICE), reply(sent=at(2)), Rule.COUNTED),
    ("at the second closing", discussion(*TWICE), reply(sent=at(3)), Rule.COUNTED),
    ("after the second closing", discussion(*TWICE), reply(sent=at(3) + TICK), Rule.CLOSED),
    ("in the first of two periods", discussion(*TWICE), reply(sent=at(0.5)), Rule.COUNTED),
    ("deleted", discussion(), reply(deleted=at(1)), Rule.DELETED),
    ("deleted by staff who wrote it", discussion(), reply(role="assistant", deleted=at(1)),
     Rule.DELETED),
    ("an assistant's", discussion(), reply(role="assistant"), Rule.STAFF),
    ("an instructor's", discussion(), reply(role="instructor"), Rule.STAFF),
    ("withdrawn", discussion((0, 1), withdrawn=1), reply(), Rule.WITHDRAWN),
    ("withdrawn, written after", discussion((0, 1), withdrawn=1), reply(sent=at(5)),
     Rule.WITHDRAWN),
    ("staff's in a withdrawn one", discussion(withdrawn=1), reply(role="assistant"), Rule.STAFF),
]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "message", "rule"), [v[1:] for v in VERDICTS], ids=[v[0] for v in VERDICTS]
)
def test_a_message_counts_by_one_rule(where: Discussion, message: Reply, rule: Rule) -> None:
    decided = verdict(message, where)
    assert decided.rule is rule
    assert decided.counts == (rule is Rule.COUNTED)
    line = to_line(message)
    assert Terms(where).counted([line, line]) == [line, line] * decided.counts


MORE_TIME = [
    (reply(sent=at(1.5)), Rule.EXTENDED),
    (reply(sent=at(2)), Rule.EXTENDED),
    (reply(sent=at(2) + TICK), Rule.CLOSED),
    (reply(sent=at(0.5)), Rule.COUNTED),
    (reply(who=2, sent=at(1.5)), Rule.CLOSED),
    (reply(sent=at(1.5), deleted=at(9)), Rule.DELETED),
    (reply(sent=at(1.5), role="assistant"), Rule.STAFF),
]


@pytest.mark.parametrize(("message", "rule"), MORE_TIME)
def test_who_was_given_more_time_has_it(message: Reply, rule: Rule) -> None:
    decided = verdict(message, discussion((0, 1)), {1: to_micros(at(2))})
    assert decided.rule is rule
    assert decided.counts == (rule in (Rule.COUNTED, Rule.EXTENDED))


def test_more_time_brings_no_withdrawn_discussion_back() -> None:
    gone = discussion((0, 1), withdrawn=1)
    assert verdict(reply(), gone, {1: to_micros(at(2))}).rule is Rule.WITHDRAWN


def test_every_rule_is_tried() -> None:
    assert {case[3] for case in VERDICTS} | {case[1] for case in MORE_TIME} == set(Rule)


@pytest.mark.parametrize(
    ("where", "since", "until", "open_"),
    [
        (discussion(), None, None, True),
        (discussion((0, 1)), None, None, True),
        (discussion((0, 1)), 0.5, None, True),
        (discussion((0, 1)), 1, None, True),
        (discussion((0, 1)), 2, None, False),
        (discussion(*TWICE), 2, None, True),
        (discussion((0, 1), (2, None)), 9, None, True),
        (discussion(), None, -1, False),
        (discussion(), None, 0, True),
        (discussion(withdrawn=1), None, None, False),
    ],
)
def test_a_discussion_is_open_to_whoever_was_there(
    where: Discussion, since: float | None, until: float | None, open_: bool
) -> None:
    came = None if since is None else at(since)
    assert open_to(where, came, None if until is None else at(until)) == open_


# --- figures ------------------------------------------------------------------------------------


FACTS = Known(
    frozenset({"F1", "F8", "F9"}), {"link:1": "book", "link:2": "essay", "link:3": "essay"}
)


def counted(
    *replies: Reply,
    students: int = 4,
    mentions: tuple[tuple[int, int], ...] = (),
    reactions: tuple[tuple[int, int], ...] = (),
    cited: tuple[tuple[int, str], ...] = (),
    zone: ZoneInfo = ZONE,
    selection: Selection | None = None,
    authors: set[int] | None = None,
) -> Tally:
    """One discussion, counted."""
    tally = Tally(range(1, students + 1), zone, selection, FACTS, authors)
    tally.add(Talk(discussion(), sorted(to_line(one) for one in replies)))
    (chosen,) = tally.chosen
    places = dict(zip(chosen.ids, chosen.places, strict=True))
    tally.mentioned(mentions, lambda id_: places.get(id_, -1))
    tally.cited(cited, lambda id_: places.get(id_, -1))
    tally.reacted(reactions, lambda id_: places.get(id_, -1))
    tally.finish()
    return tally


def of(who: int, given: Tally) -> Figures:
    return given.of(who)


def who(bits: int, given: Tally) -> set[int]:
    """The members that bits stand for."""
    return {member for member, place in given.places.items() if bits >> place & 1}


def peers(one: int, given: Tally) -> set[int]:
    """Whom they responded to."""
    by_place = {place: member for member, place in given.places.items()}
    return {by_place[place] for place in of(one, given).to}


def test_whoever_wrote_nothing_is_in_the_table() -> None:
    assert counted(students=2).table == [Figures(), Figures()]


def test_answers_and_responses_and_their_sizes() -> None:
    given = counted(reply(1), reply(2, 2, parent=1, sent=at(1)), reply(3, 1, sent=at(2)))
    one, two = of(1, given), of(2, given)
    assert (one.posts, one.replies, one.replies_received) == (2, 0, 1)
    assert (one.words, one.words_raw, one.characters, one.attachments) == (6, 8, 30, 2)
    assert (one.first, one.last) == (to_micros(NINE), to_micros(at(2)))
    assert (two.posts, two.replies, two.replies_received) == (0, 1, 0)


def test_a_response_to_oneself_is_nobodys_dialogue() -> None:
    one = of(1, counted(reply(1), reply(2, 1, parent=1)))
    assert (one.to, one.replies_received) == ({}, 0)


def test_what_does_not_count_is_nobodys_peer() -> None:
    given = counted(
        reply(1, 2, deleted=at(1)), reply(2, 3, role="assistant"), reply(3, 1, parent=1),
        reply(4, 1, parent=2), reply(5, 1, parent=99),
    )  # fmt: skip
    one = of(1, given)
    assert (one.to, one.peers_thread) == ({}, 0)
    assert (one.posts, one.replies) == (1, 2)  # what answers staff is no response to a classmate
    assert of(2, given).replies_received == 0


def test_peers_are_counted_once_and_only_those_who_wrote_before() -> None:
    given = counted(
        reply(1, 1), reply(2, 2, parent=1), reply(3, 2, parent=1), reply(4, 3, parent=2)
    )
    assert peers(2, given) == {1}
    assert of(1, given).replies_received == 2
    assert of(1, given).peers_thread == 0
    assert who(of(1, given).answered_by, given) == {2}
    assert who(of(3, given).peers_thread, given) == {1, 2}


def test_naming_a_classmate_and_not_oneself() -> None:
    given = counted(reply(1), reply(2, 2, deleted=at(1)), mentions=((1, 1), (1, 2), (1, 3), (2, 1)))
    assert who(of(1, given).peers_named, given) == {2, 3}
    assert of(2, given).peers_named == 0


def test_reactions_are_those_of_others_who_are_members() -> None:
    given = counted(
        reply(1), reply(2, 2, deleted=at(1)), reactions=((1, 1), (1, 2), (1, 3), (2, 1))
    )
    assert (of(1, given).reactions_received, of(1, given).reactions_given) == (2, 0)
    assert (of(2, given).reactions_received, of(2, given).reactions_given) == (0, 1)


def test_evidence_is_what_counted_messages_cite_each_piece_once() -> None:
    given = counted(
        reply(1), reply(2), reply(3, deleted=at(1)), reply(4, 2, role="assistant"), reply(5, 3),
        cited=(
            (1, "F8"), (1, "F9"), (1, "link:1"), (2, "F8"), (2, "link:2"), (2, "link:3"),
            (2, "link:9"), (2, "F77"), (3, "F1"), (3, "link:2"), (4, "F1"), (5, "F8"), (99, "F1"),
        ),
    )  # fmt: skip
    assert given.facts.of(of(1, given).facts) == ["F8", "F9"]
    assert given.sources.of(of(1, given).sources) == ["book", "essay"]
    assert of(1, given).links.bit_count() == 4
    assert (of(2, given).facts, given.facts.of(of(3, given).facts)) == (0, ["F8"])


def test_a_day_is_the_courses_own() -> None:
    """Ten in the evening in New York and one past midnight are two days there, and one in UTC."""
    evening = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)
    said = reply(1, sent=evening), reply(2, sent=evening + timedelta(hours=3))
    assert len(of(1, counted(*said)).days) == 2
    assert len(of(1, counted(*said, zone=ZoneInfo("UTC"))).days) == 1


def test_what_a_student_wrote_stays_theirs_when_they_become_staff() -> None:
    given = counted(reply(1, 1), reply(2, 1, role="assistant"), students=0)
    assert of(1, given).posts == 1


def test_a_window_takes_messages_and_not_whom_they_answer() -> None:
    said = (
        reply(1, 1, sent=at(0)), reply(2, 2, sent=at(1), parent=1), reply(3, 1, sent=at(2)),
        reply(4, 2, sent=at(3), parent=3),
    )  # fmt: skip
    given = counted(*said, selection=Selection(to_micros(at(1)), to_micros(at(3))))
    assert (of(1, given).posts, of(1, given).replies_received) == (1, 1)
    assert (of(2, given).replies, peers(2, given)) == (1, {1})
    assert who(of(2, given).peers_thread, given) == {1}
    assert given.discussions[DiscussionId(1)].unanswered == 1


def test_a_section_is_counted_alone_and_answered_by_all() -> None:
    said = (reply(1, 1), reply(2, 2, sent=at(1), parent=1), reply(3, 1, sent=at(2), parent=2))
    given = counted(*said, authors={1})
    assert (of(1, given).posts, of(1, given).replies, peers(1, given)) == (1, 1, {2})
    assert (of(2, given).posts, of(2, given).replies) == (0, 0)
    own = given.discussions[DiscussionId(1)]
    assert (own.joined, own.posts, own.replies, own.unanswered) == (1, 1, 1, 0)


def test_the_wait_is_the_median_over_the_discussions_joined() -> None:
    tally = Tally([1], ZONE)
    for hours in (1, 5, 3):
        tally.add(Talk(discussion(), [to_line(reply(hours, sent=at(hours)))]))
    assert tally.of(1).hours_to_first == 3
    tally.add(Talk(discussion(), [to_line(reply(9, sent=at(-1)))]))  # a clock was behind
    assert tally.of(1).hours_to_first == 2


def test_on_time_is_by_the_due_time_or_ones_own() -> None:
    due = replace(discussion(), due_at=at(2))
    late, early = to_line(reply(1, 1, sent=at(3))), to_line(reply(2, 2, sent=at(2)))
    tally = Tally([1, 2], ZONE)
    tally.add(Talk(due, [late, early]))
    tally.add(Talk(due, [late, early], extended={1: to_micros(at(3))}))
    tally.add(Talk(discussion(), [late, early]))
    assert [figures.on_time for figures in tally.table] == [1, 2]


def test_sides_are_counted_and_their_changes() -> None:
    tally = Tally([1, 2], ZONE)
    tally.sided([(1, 1, "for"), (1, 1, "against"), (2, 1, "for"), (1, 2, "for"), (1, 9, "for")])
    assert [(f.sides, f.side_changes) for f in tally.table] == [(2, 1), (1, 0)]
