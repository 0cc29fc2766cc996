"""A grading rule: what may be typed, how it reads, and the points that it gives."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.commands import Answer, Form
from bot.core.errors import BadInput
from bot.core.grading import EXAMPLE, Did, GradingRule, Part, What, parse
from tests.world import Human, World

RULE = (
    "2 points for a post by due; 1 for each of 2 classmates answered; 1 for a fact cited; at most 4"
)
NOT = "Points can't be given for"
NONE = "“1 for each of 0 facts cited” gives no points;"
ALL = (
    "a post, a post by due, a classmate answered, a fact cited, each of 2 classmates answered,"
    " each of 2 facts cited"
)


def test_a_rule_is_read_and_said_in_words() -> None:
    rule = parse(RULE)
    assert rule == GradingRule(
        (Part(2, What.POST_BY_DUE), Part(1, What.CLASSMATE, 2), Part(1, What.FACT)), 4
    )
    assert rule.worth == 4
    assert rule.words == (
        "2 points for a post by the due time; 1 point for each of up to 2 classmates answered;"
        " 1 point for a fact cited; at most 4 in a discussion"
    )


@pytest.mark.parametrize(
    ("did", "points"),
    [
        (Did(), 0),
        (Did(posts=3, by_due=True), 2),
        (Did(posts=1, by_due=False), 0),
        (Did(classmates=1), 1),
        (Did(classmates=9), 2),
        (Did(posts=1, by_due=True, classmates=2, facts=5), 4),
    ],
)
def test_points_are_for_what_was_done_and_no_more_than_the_most(did: Did, points: float) -> None:
    assert parse(RULE).points(did) == points


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", f"“” is no part of a rule; type something like: {EXAMPLE}."),
        ("2 points for a pots by due", f"{NOT} “a pots by due”; did you mean “a post by due”?"),
        ("1 for being nice", f"{NOT} “being nice”; it takes {ALL}."),
        ("at most 4; 1 for a post", "“at most” comes once, at the end, after what gives points."),
        ("1 for a post; 2 for a post", "The rule gives points for a post twice; say it once."),
        ("0 for a post", "“0” is no number of points; it takes more than 0, up to 1000."),
        ("1 for each of 0 facts cited", f"{NONE} say of how many, such as each of 2."),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_in_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(typed)
    assert str(refused.value) == sentence


@given(st.text("0123456789 abcdefghilmnopqrstuwy;.", max_size=80))
def test_whatever_is_typed_is_a_rule_or_is_refused(typed: str) -> None:
    refusal = "."
    try:
        worth = parse(typed).worth
    except BadInput as refused:
        worth, refusal = 1, str(refused)
    assert worth > 0
    assert refusal.endswith((".", "?"))


# --- in a course --------------------------------------------------------------------------------


class Class:
    def __init__(self, world: World, ada: Human, bo: Human, cy: Human, thread: int) -> None:
        self.world = world
        self.ada, self.bo, self.cy, self.thread = ada, bo, cy, thread

    async def table(self, **given: str) -> dict[str, dict[str, str]]:
        outcome = await self.ada.run("participation export", **given)
        assert isinstance(outcome, Answer), outcome
        file, _ = outcome.files
        rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
        return {row["name"]: row for row in rows}


@pytest.fixture
async def room(world: World) -> Class:
    ada, bo, cy = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.course(ada)
    thread = await world.post(ada)
    first = await bo.say("By F8 they were deported", thread)
    await cy.say("I wonder", to=first)
    return Class(world, ada, bo, cy, thread)


async def test_without_a_rule_there_are_no_points(room: Class) -> None:
    assert "no grading rule" in await room.bo.answer("participation rule")
    assert not {"points", "points_possible"} & (await room.table())["Bo"].keys()
    assert "oints" not in await room.bo.answer("participation me")
    refused = await room.ada.run(
        "participation override", student="Bo", discussion="D1", points="2", reason="A talk"
    )
    assert isinstance(refused, Form)
    assert "no grading rule" in refused.problems[""]
    refused = await room.ada.run(
        "participation grades", platform="canvas", column="Talk", figure="points"
    )
    assert isinstance(refused, Form)
    assert "The course has no grading rule, and so no points" in refused.problems[""]


async def test_a_rule_is_set_by_an_instructor_and_read_by_all(room: Class) -> None:
    assert "Only an instructor" in await room.bo.answer("participation rule", rule=RULE)
    outcome = await room.ada.run("participation rule", rule="1 for being nice")
    assert isinstance(outcome, Form)
    assert outcome.values == {"rule": "1 for being nice"}
    await room.ada.answer("participation rule", rule=RULE)
    said = "In each discussion: 2 points for a post by the due time; 1 point for each of up to 2"
    assert said in await room.bo.answer("participation rule")
    await room.ada.answer("participation rule", rule="none")
    assert "no grading rule" in await room.cy.answer("participation rule")


async def test_points_are_told_to_each_and_stand_in_the_report(room: Class) -> None:
    await room.ada.answer("participation rule", rule=RULE)
    table = await room.table()
    assert (table["Bo"]["points"], table["Bo"]["points_possible"]) == ("3.0", "4.0")
    assert table["Cy"]["points"] == "1.0"
    said = await room.bo.answer("participation me")
    assert "3 of 4 so far; D1: 3 of 4." in said
    assert "points | Points by the course's grading rule" in await room.bo.answer(
        "participation definitions"
    )
    outcome = await room.ada.run(
        "participation grades", platform="canvas", column="Talk", figure="points"
    )
    assert isinstance(outcome, Answer)


async def test_what_is_excused_is_left_out(room: Class) -> None:
    await room.ada.answer("participation rule", rule=RULE)
    await room.ada.answer("participation excuse", student="Cy", discussion="D1", reason="Was ill")
    assert (await room.table())["Cy"]["points_possible"] == "0.0"
    assert "0 of 0 so far; D1: excused." in await room.cy.answer("participation me")


async def test_staff_give_other_points_with_a_reason_and_take_them_back(room: Class) -> None:
    await room.ada.answer("participation rule", rule=RULE)
    given = {"student": "Cy", "discussion": "D1"}
    for wrong in ({"points": "many", "reason": "A talk"}, {"points": "2"}):
        assert isinstance(await room.ada.run("participation override", **given, **wrong), Form)
    said = await room.ada.answer("participation override", **given, points="2.5", reason="A talk")
    assert "Cy has 2.5 in D1." in said
    cy = (await room.table())["Cy"]
    assert (cy["points"], cy["points_given"]) == ("2.5", "D1: 2.5 of 4, given by staff (A talk)")
    assert "(A talk)" in await room.ada.answer("participation why", student="Cy")
    told = await room.cy.answer("participation me")
    assert "D1: 2.5 of 4, given by staff." in told
    assert "A talk" not in told
    hidden = await room.table(pseudonyms="yes")
    assert "A talk" not in repr(hidden)
    await room.ada.answer("participation override", **given)
    assert (await room.table())["Cy"]["points"] == "1.0"
    assert "has the rule's points in D1 already" in await room.ada.answer(
        "participation override", **given
    )


async def test_what_was_changed_about_points_is_a_reason_of_compare(room: Class) -> None:
    await room.ada.answer("participation rule", rule=RULE)
    await room.table()
    room.world.clock.move(hours=1)
    given = {"student": "Cy", "discussion": "D1"}
    await room.ada.answer("participation override", **given, points="2.5", reason="A talk")
    said = await room.ada.answer("participation compare")
    assert "Cy | points 1 → 2.5 | points were given for D1 by Ada, Mon 7 Sep 2026" in said
    assert "A talk" not in said
    await room.ada.answer("participation rule", rule="1 for a post")
    said = await room.ada.answer("participation compare")
    (bo,) = [line for line in said.splitlines() if line.startswith("Bo |")]
    assert bo.startswith(
        "Bo | points 3 → 1; points_possible 4 → 1 | the grading rule was set by Ada"
    )
