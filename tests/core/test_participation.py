"""Which messages count, by which rule, and what the figures are made of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.evidence import Cited
from bot.core.participation import Figures, Material, Rule, figures, verdict
from prompts.models import Source, SourceKind
from storage.ids import (
    AccountId,
    AccountRef,
    ChannelId,
    CourseId,
    DiscussionId,
    MemberId,
    MessageId,
    MessageRef,
    ThreadRef,
)
from storage.rows import Discussion, Member, Period, Reply

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


def test_every_rule_is_tried() -> None:
    assert {case[3] for case in VERDICTS} == set(Rule)


# --- figures ------------------------------------------------------------------------------------


def material(
    *replies: Reply,
    roles: tuple[str, ...] = ("student",) * 4,
    mentions: tuple[tuple[int, int], ...] = (),
    reactions: tuple[tuple[int, int], ...] = (),
    cited: dict[int, Cited] | None = None,
) -> Material:
    people = [
        Member(MemberId(n), COURSE, role, f"N{n}", AccountId(n), AccountRef(f"a{n}"), NINE, None)
        for n, role in enumerate(roles, 1)
    ]
    return Material(
        people,
        {DiscussionId(1): discussion()},
        replies,
        [(MessageId(m), MemberId(who)) for m, who in mentions],
        [(MessageId(m), MemberId(who)) for m, who in reactions],
        {MessageId(m): pieces for m, pieces in (cited or {}).items()},
    )


def of(who: int, given: Material) -> Figures:
    return figures(given, ZONE)[MemberId(who)]


def test_whoever_wrote_nothing_is_in_the_table_and_staff_are_not() -> None:
    table = figures(material(roles=("student", "assistant", "instructor")), ZONE)
    assert table == {MemberId(1): Figures()}


def test_answers_and_responses_and_their_sizes() -> None:
    given = material(reply(1), reply(2, 2, parent=1, sent=at(1)), reply(3, 1, sent=at(2)))
    one, two = of(1, given), of(2, given)
    assert (one.posts, one.replies, one.replies_received) == (2, 0, 1)
    assert (one.words, one.words_raw, one.characters, one.attachments) == (6, 8, 30, 2)
    assert (one.first, one.last) == (NINE, at(2))
    assert (two.posts, two.replies, two.replies_received) == (0, 1, 0)


def test_a_response_to_oneself_is_nobodys_dialogue() -> None:
    one = of(1, material(reply(1), reply(2, 1, parent=1)))
    assert (one.peers_root, one.replies_received) == (set(), 0)


def test_what_does_not_count_is_nobodys_peer() -> None:
    given = material(
        reply(1, 2, deleted=at(1)), reply(2, 3, role="assistant"), reply(3, 1, parent=1),
        reply(4, 1, parent=2), reply(5, 1, parent=99),
    )  # fmt: skip
    one = of(1, given)
    assert one.peers_root == one.peers_thread == set()
    assert (one.posts, one.replies) == (1, 2)  # what answers staff is no response to a classmate
    assert of(2, given).replies_received == 0


def test_peers_are_counted_once_and_only_those_who_wrote_before() -> None:
    given = material(
        reply(1, 1), reply(2, 2, parent=1), reply(3, 2, parent=1), reply(4, 3, parent=2)
    )
    assert of(2, given).peers_root == {1}
    assert of(1, given).replies_received == 2
    assert of(1, given).peers_thread == set()
    assert of(3, given).peers_thread == {1, 2}


def test_naming_a_classmate_and_not_oneself() -> None:
    given = material(
        reply(1), reply(2, 2, deleted=at(1)), mentions=((1, 1), (1, 2), (1, 3), (2, 1))
    )
    assert of(1, given).peers_named == {2, 3}
    assert of(2, given).peers_named == set()


def test_reactions_are_those_of_others_who_are_members() -> None:
    given = material(
        reply(1), reply(2, 2, deleted=at(1)), reactions=((1, 1), (1, 2), (1, 3), (2, 1))
    )
    assert (of(1, given).reactions_received, of(1, given).reactions_given) == (2, 0)
    assert (of(2, given).reactions_received, of(2, given).reactions_given) == (0, 1)


def test_evidence_is_what_counted_messages_cite_each_piece_once() -> None:
    book, essay = [Source(id_, "", "", SourceKind.BOOK) for id_ in ("book", "essay")]
    given = material(
        reply(1), reply(2), reply(3, deleted=at(1)), reply(4, 2, role="assistant"), reply(5, 3),
        cited={
            1: Cited(("F8", "F9"), (book,)), 2: Cited(("F8",), (book, essay)),
            3: Cited(("F1",), (essay,)), 4: Cited(("F1",)), 5: Cited(("F8",)), 99: Cited(("F1",)),
        },
    )  # fmt: skip
    assert of(1, given).facts_cited == {"F8", "F9"}
    assert of(1, given).sources_linked == {"book", "essay"}
    assert (of(2, given).facts_cited, of(3, given).facts_cited) == (set(), {"F8"})


def test_a_day_is_the_courses_own() -> None:
    """Ten in the evening in New York and one past midnight are two days there, and one in UTC."""
    evening = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)
    given = material(reply(1, sent=evening), reply(2, sent=evening + timedelta(hours=3)))
    assert len(of(1, given).days) == 2
    assert len(figures(given, ZoneInfo("UTC"))[MemberId(1)].days) == 1


def test_what_a_student_wrote_stays_theirs_when_they_become_staff() -> None:
    given = material(reply(1, 1), reply(2, 1, role="assistant"), roles=("assistant",))
    assert of(1, given).posts == 1
