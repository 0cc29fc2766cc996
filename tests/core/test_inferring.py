"""Whom a reply responds to where nobody can say so but by a mention."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.inferring import infer
from storage.ids import AccountRef, ChannelId, MemberId, MessageId
from storage.rows import BY_MENTION, BY_SAYING, Member, Reply, Said
from tests.core.test_participation import COURSE, NINE, at, discussion, reply

ADA, BO, CY, PROF = 1, 2, 3, 4
PEOPLE = [
    Member(
        MemberId(n), COURSE, "instructor" if n == PROF else "student", f"p{n}",
        reply(1, n).account_id, AccountRef(f"u{n}"), NINE, None,
    )
    for n in (ADA, BO, CY, PROF)
]  # fmt: skip


def is_said(reply: Reply) -> bool:
    """Whether its author said beforehand what it responds to."""
    return reply.parent_by == BY_SAYING


def is_inferred(reply: Reply) -> bool:
    """Whether nobody said what it responds to but by a mention."""
    return reply.parent_by == BY_MENTION and reply.parent_id is not None


def naming(id_: int, who: int, sent: datetime) -> Reply:
    return replace(reply(id_, who, sent=sent), parent_by=BY_MENTION)


ADAS, ADAS_SECOND, ADAS_LATER = reply(1, ADA), reply(2, ADA, sent=at(1)), reply(3, ADA, sent=at(3))
BOS = reply(4, BO, sent=at(1.5))
OWN = naming(9, CY, at(2))

CASES = [
    ("the latest before it", (ADAS, ADAS_SECOND, ADAS_LATER), (ADA,), 2),
    ("nobody mentioned", (ADAS,), (), None),
    ("the first of two", (ADAS, BOS), (BO, ADA), 4),
    ("the first of two, the other way", (ADAS, BOS), (ADA, BO), 1),
    ("the first has said nothing yet", (BOS, ADAS_LATER), (ADA, BO), None),
    ("staff first, then a classmate", (BOS,), (PROF, BO), 4),
    ("themselves first, then a classmate", (BOS, reply(5, CY)), (CY, BO), 4),
    ("deleted before", (ADAS, replace(ADAS_SECOND, deleted_at=at(1.5))), (ADA,), 1),
    ("deleted since", (ADAS, replace(ADAS_SECOND, deleted_at=at(2.5))), (ADA,), 2),
    ("in another channel", (replace(ADAS, channel_id=ChannelId(2)),), (ADA,), None),
    ("written as staff", (reply(6, PROF, role="instructor"),), (PROF,), None),
    ("staff now, a student then", (reply(6, PROF),), (PROF,), 6),
    ("at the same instant", (reply(7, ADA, sent=at(2)),), (ADA,), None),
]


@pytest.mark.parametrize(
    ("others", "named", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_reply_responds_to_the_first_classmate_it_mentions(
    others: tuple[Reply, ...], named: tuple[int, ...], expected: int | None
) -> None:
    mentions = [(OWN.id, MemberId(who)) for who in named]
    where = {OWN.discussion_id: discussion()}
    for written in ([*others, OWN], [OWN, *reversed(others)]):
        found = {r.id: r for r in infer(written, mentions, where, PEOPLE)}
        assert found[OWN.id].parent_id == (None if expected is None else MessageId(expected))
        assert is_inferred(found[OWN.id]) is (expected is not None)
        assert [r for r in found.values() if r.id != OWN.id and is_inferred(r)] == []


def test_what_was_written_while_it_was_closed_is_nobodys_reply() -> None:
    where = {OWN.discussion_id: discussion((0, 0.5), (1.5, None))}
    found = infer([ADAS, ADAS_SECOND, OWN], [(OWN.id, MemberId(ADA))], where, PEOPLE)
    assert found[-1].parent_id == ADAS.id


def test_where_replies_refer_to_what_they_answer_a_mention_says_nothing() -> None:
    own = reply(9, CY, sent=at(2))
    (_, found) = infer(
        [ADAS, own], [(own.id, MemberId(ADA))], {own.discussion_id: discussion()}, PEOPLE
    )
    assert found == own


# --- what was said beforehand -------------------------------------------------------------------


def saying(to: Reply | None, hours: float, who: int = CY) -> Said:
    target = None if to is None else to.id
    return Said(OWN.discussion_id, OWN.channel_id, MemberId(who), target, at(hours))


FIRST, SECOND = naming(10, CY, at(2)), naming(11, CY, at(4))
SAYINGS = [
    ("the next one, and no further", (saying(BOS, 1.8),), (FIRST, SECOND), (4, None)),
    ("not what was written before", (saying(BOS, 3),), (FIRST, SECOND), (None, 4)),
    ("the last word holds", (saying(ADAS, 1.6), saying(BOS, 1.8)), (FIRST,), (4,)),
    ("a word each", (saying(ADAS, 1.6), saying(BOS, 3)), (FIRST, SECOND), (1, 4)),
    ("somebody else's word", (saying(BOS, 1.8, ADA),), (FIRST,), (None,)),
    (
        "deleted before they wrote it anew",
        (saying(BOS, 1.8),),
        (replace(FIRST, deleted_at=at(3)), SECOND),
        (None, 4),
    ),
    (
        "deleted after they had written more",
        (saying(BOS, 1.8),),
        (replace(FIRST, deleted_at=at(5)), SECOND),
        (4, None),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "own", "expected"), [c[1:] for c in SAYINGS], ids=[c[0] for c in SAYINGS]
)
def test_the_next_reply_responds_to_what_its_author_said(
    said: tuple[Said, ...], own: tuple[Reply, ...], expected: tuple[int | None, ...]
) -> None:
    where = {OWN.discussion_id: discussion()}
    for written in ([ADAS, BOS, *own], [*reversed(own), BOS, ADAS]):
        found = {r.id: r for r in infer(written, [], where, PEOPLE, said)}
        assert tuple(found[one.id].parent_id for one in own) == expected
        assert all(
            is_said(found[r.id]) is (to is not None) for r, to in zip(own, expected, strict=True)
        )
        assert not any(map(is_inferred, found.values()))


def test_what_was_said_goes_before_whom_it_mentions() -> None:
    where, mentions = {OWN.discussion_id: discussion()}, [(OWN.id, MemberId(ADA))]
    for said, expected in ((BOS, BOS.id), (None, None)):
        (*_, found) = infer([ADAS, BOS, OWN], mentions, where, PEOPLE, [saying(said, 1.8)])
        assert (found.parent_id, is_said(found), is_inferred(found)) == (expected, True, False)


def test_where_replies_refer_to_what_they_answer_nothing_need_be_said() -> None:
    own = reply(9, CY, sent=at(2))
    where = {own.discussion_id: discussion()}
    assert infer([BOS, own], [], where, PEOPLE, [saying(BOS, 1.8)])[-1] == own
