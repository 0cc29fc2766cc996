"""Claims are checked against a pack: what is wrong is found, and what is no claim is left alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prompts.claims import MAX_TEXT, Checker, Difference, Verdict
from prompts.loader import load
from prompts.models import Citation, Fact, Pack, Source, SourceKind
from tests.benchmarks import checking

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(load(ROOT / "seeds" / "soviet-labor"))


def fact(fact_id: str, statement: str, *topics: str, source: str = "log", **more: object) -> Fact:
    evidence = (Citation(source, "p1", (statement,)),)
    return Fact(fact_id, statement, topics or ("bridge",), evidence, **more)  # type: ignore[arg-type]


def of(*facts: Fact) -> Checker:
    sources = (
        Source("log", "book", "A log", SourceKind.BOOK),
        Source("remarks", "post", "A log", SourceKind.COMMENT),
    )
    return Checker(Pack("bridge", "The bridge", "A bridge.", sources, facts, ()))


BRIDGE = (
    fact(
        "F1", "Ada Holt opened the iron bridge over the Wend on 4 May 1881.", dates=("1881-05-04",)
    ),
    fact("F2", "The bridge cost 9,000 crowns, and forty masons worked on it.", "cost"),
    fact("F3", "In 1890 the toll was 12% of a day's wage, and in 1900 it was 5%.", "toll"),
    fact("F4", "Jon Reeve thanked Ada Holt for the bridge at the banquet.", "banquet"),
    fact("F5", "A reader says that the bridge cost 900 crowns.", "cost", source="remarks"),
    fact(
        "F6", "The 900 crowns are a slip: the bridge cost 9,000 crowns.", "cost", corrects=("F5",)
    ),
    fact("F7", "The ferrymen resented the bridge and lost their trade.", "ferrymen"),
)


def verdicts(checker: Checker, text: str) -> list[Verdict]:
    return [claim.verdict for claim in checker.check(text)]


@pytest.mark.parametrize(
    ("said", "fact_said"),
    [
        ("The bridge cost 7,000 crowns.", "9,000 crowns"),
        ("the bridge cost seven thousand crowns I read", "9,000 crowns"),
        ("Sixty masons worked on the bridge.", "forty masons"),
        ("Ada Holt opened the iron bridge in 1891.", "4 May 1881"),
        ("Ada Holt opened the bridge over the Wend on 4 June 1881.", "4 May 1881"),
        ("Maud Finch opened the iron bridge over the Wend.", "Ada Holt"),
    ],
)
def test_a_wrong_figure_date_or_name_is_shown_beside_the_right_one(
    said: str, fact_said: str
) -> None:
    (claim,) = of(*BRIDGE).check(said)

    assert claim.verdict is Verdict.CONTRADICTS
    assert claim.text == said
    assert fact_said in {d.fact for finding in claim.findings for d in finding.differs}


@pytest.mark.parametrize(
    "said",
    [
        "In 1890 the toll was 5% of a day's wage.",
        "Ada Holt thanked Jon Reeve for the bridge.",
        "The ferrymen loved the bridge.",
        "The ferrymen never resented the bridge.",
        "The bridge cost 900 crowns.",
    ],
)
def test_wrong_pairs_turned_relations_and_known_slips_are_contradicted(said: str) -> None:
    assert verdicts(of(*BRIDGE), said) == [Verdict.CONTRADICTS]


@pytest.mark.parametrize(
    "said",
    [
        "The bridge cost about 9,100 crowns.",
        "The bridge cost more than 8,000 crowns.",
        "Forty masons worked on the bridge.",
        "It was May 1881 when Ada Holt opened the iron bridge.",
        "In 1900 the toll was five percent of a day's wage.",
        "A reader says the bridge cost 900 crowns.",
    ],
)
def test_what_the_facts_bear_out_is_supported(said: str) -> None:
    assert verdicts(of(*BRIDGE), said) == [Verdict.SUPPORTS]


@pytest.mark.parametrize(
    "said",
    [
        "I think the bridge was far too expensive.",
        "Did the bridge cost 7,000 crowns?",
        "If the bridge had cost 7,000 crowns nobody would have minded.",
        "Someone said the bridge cost 7,000 crowns.",
        "7,000 crowns for the bridge is a mistake.",
        "My room is number 40 and my bike cost 300 crowns.",
        "A whale weighs 140 tons.",
        "We have 30 masons in our family.",
        "",
        "…!?",
    ],
)
def test_opinions_questions_hearsay_and_other_matters_are_left_alone(said: str) -> None:
    assert set(verdicts(of(*BRIDGE), said)) <= {Verdict.NONE}


def test_facts_that_dispute_each_other_leave_a_choice() -> None:
    checker = of(
        fact("F1", "The diary counts 300 guests at the banquet.", "banquet", disputed_by=("F2",)),
        fact("F2", "The letter counts 200 guests at the banquet.", "banquet", disputed_by=("F1",)),
    )

    (claim,) = checker.check("There were 200 guests at the banquet.")

    assert claim.verdict is Verdict.SUPPORTS
    assert [finding.fact_id for finding in claim.findings] == ["F2", "F1"]
    assert claim.findings[1].differs == (Difference("200 guests", "300 guests"),)


def test_each_claim_of_a_message_stands_alone(checker: Checker) -> None:
    text = "Stakhanov cut 201 tons of coal in a shift. Pravda hailed a world record. Nice, right?"

    claims = checker.check(text)

    assert [claim.verdict for claim in claims] == ["contradicts", "supports", "none"]
    assert [text[claim.start :][: len(claim.text)] for claim in claims] == [c.text for c in claims]


def test_an_hour_for_the_tons_is_contradicted_by_the_fact_that_puts_it_right(
    checker: Checker,
) -> None:
    (claim,) = checker.check("102 tons of coal came up in an hour.")

    assert claim.verdict is Verdict.CONTRADICTS
    assert "F38" in {finding.fact_id for finding in claim.findings}


@pytest.mark.parametrize(
    "said",
    [
        "He cut about 17 tons an hour.",
        "Nearly two thirds of workers were shock workers by 1930.",
        "In the USSR 29% of workers were shock workers in 1929.",
        "Stakhanov, like John Henry, became a legend.",
        "The kulaks weren't praised like shock workers, they were deported.",
        "Lenin died in 1924, before any of this.",
        "Pravda was founded in 1912 by Lenin.",
        "The conference on climate change met in Glasgow in 2021.",
    ],
)
def test_derived_rounded_and_neighbouring_truths_are_not_contradicted(
    checker: Checker, said: str
) -> None:
    assert Verdict.CONTRADICTS not in verdicts(checker, said)


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_allowed(text: str) -> None:
    CHECKED.check(text)


TELLING = """
Stakhanov's 102 tons an hour in 31 August 1935 , . not % half of 29 one a dozen thousand per cent
14-fold never replaced by the title Stalin's 'it “ $3
"""


@given(st.lists(st.sampled_from([*TELLING.split(), "\n"]), max_size=40))
@settings(deadline=None)
def test_any_order_of_telling_words_is_allowed(words: Sequence[str]) -> None:
    CHECKED.check(" ".join(words))


CHECKED = of(*BRIDGE)


def test_long_messages_are_read_to_their_limit(checker: Checker) -> None:
    claims = checker.check("Stakhanov cut 201 tons of coal. " * 1_000)

    assert len(claims) == MAX_TEXT // len("Stakhanov cut 201 tons of coal. ")


MISREAD = (
    fact(
        "F1",
        "The toll was raised in 1890, and the ferrymen cheered.",
        "toll",
        misreadings=("The toll was lowered in 1890.", "Only the masons cheered the higher toll."),
    ),
    fact(
        "F2",
        "Ada Holt drew the plan of the bridge with three helpers.",
        "plan",
        misreadings=("Ada Holt drew the plan alone, with nobody's help.",),
    ),
)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("They reduced the toll in 1890.", "F1"),
        ("The toll was lowered in 1890, I read.", "F1"),
        ("Ada Holt drew the plan all alone, without help.", "F2"),
    ],
)
def test_a_claim_that_says_a_misreading_is_contradicted(said: str, found: str) -> None:
    (claim,) = [c for c in of(*MISREAD).check(said) if c.verdict is Verdict.CONTRADICTS]

    assert [finding.fact_id for finding in claim.findings] == [found]


@pytest.mark.parametrize(
    "said",
    [
        "The toll was not lowered in 1890.",
        "They raised the toll in 1890.",
        "Ada Holt did not draw the plan alone.",
        "Ada Holt drew the plan with help.",
    ],
)
def test_a_claim_that_denies_a_misreading_is_not_contradicted(said: str) -> None:
    assert Verdict.CONTRADICTS not in verdicts(of(*MISREAD), said)


GETTYSBURG = Checker(load(ROOT / "seeds" / "gettysburg"))


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("Both copies begin four score and seven years back.", "supports"),
        ("Both copies begin three score and ten years back.", "contradicts"),
        ("The later copy places the founding on this continent.", "supports"),
        ("The later copy put the founding of the nation in Europe.", "contradicts"),
        ("The earlier copy says that the brave men hallowed the ground.", "supports"),
        ("The nation was dedicated to the proposition that all men are created equal.", "supports"),
        ("Both copies denied that all men were created equal.", "contradicts"),
        ("Both copies called the fighting a war against a foreign power.", "contradicts"),
        ("Government of the people shall not perish from the earth.", "supports"),
        ("The later copy dropped the mention of God that the earlier copy had.", "contradicts"),
        ("Is the later copy the one with under God?", "none"),
        ("I think the speech is beautiful.", "none"),
        ("Lincoln was born in Kentucky in 1809.", "none"),
        ("The battle was fought in July 1863.", "none"),
        ("My class has four students from Gettysburg.", "none"),
    ],
)
def test_another_pack_gives_sensible_verdicts(said: str, verdict: str) -> None:
    assert checking.verdict(GETTYSBURG, said) == verdict


def test_numbers_without_end_are_figures_with_one() -> None:
    CHECKED.check(f"The masons cut {'hundred ' * 110}crowns.")
    CHECKED.check(f"The bridge cost {'9' * 900} crowns.")


def test_ids_addresses_and_mentions_are_neither_names_nor_figures() -> None:
    text = "See F2, @Maud and https://example.org/7000: the bridge cost 7,000 crowns."

    (claim,) = [c for c in of(*BRIDGE).check(text) if c.verdict is Verdict.CONTRADICTS]

    assert {d for f in claim.findings for d in f.differs} == {
        Difference("7,000 crowns", "9,000 crowns")
    }
    assert text[claim.start :].startswith(claim.text)


@pytest.mark.parametrize("half", [checking.TO_DEVELOP, checking.TO_MEASURE])
def test_precision_and_recall(half: Path) -> None:
    for measured in checking.measured(half):
        assert measured.holds, measured
