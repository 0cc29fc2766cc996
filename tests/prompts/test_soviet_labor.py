"""The first pack is sound, complete, and says whose word each of its statements is."""

import re
from collections import Counter
from pathlib import Path

import pytest

from prompts.checks import check
from prompts.citations import in_words
from prompts.loader import load
from prompts.models import Fact, Pack, Prompt, PromptKind
from prompts.search import FactIndex

ROOT = Path(__file__).parents[2]
SPEAKERS = re.compile(r"\b(essay|student post|commenter|post's author)\b")
ASKS_FOR_EVIDENCE = re.compile(r"\b(bring|find|look that up)\b", re.IGNORECASE)

DISPUTES = {
    "all the tons are one man's, or a crew's": ("F8", "F10"),
    "pay is equal, or higher above the norm": ("F2", "F17"),
    "pay is equal, or higher above the quota": ("F2", "F19"),
    "nothing tangible to gain, or dizzying earnings": ("F39", "F17"),
    "nothing tangible to gain, or more money": ("F39", "F19"),
    "only workers were supported, or peasants had the title too": ("F32", "F12"),
    "peasants were suspect, or had the title too": ("F33", "F12"),
    "workers were always preferred, or peasants had the title too": ("F49", "F12"),
    "shown as liked by everyone, or resented": ("F27", "F28"),
    "shown as liked by everyone, or not necessarily popular": ("F27", "F65"),
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(ROOT / "seeds" / "soviet-labor")


def cited(fact: Fact) -> set[str]:
    return {citation.source for citation in fact.citations}


def tagged(pack: Pack, tag: str) -> list[Prompt]:
    return [prompt for prompt in pack.prompts if tag in prompt.tags]


def test_it_is_sound(pack: Pack) -> None:
    assert check(pack) == []


def test_it_is_enough_for_a_course(pack: Pack) -> None:
    assert len(pack.facts) >= 45
    assert len(pack.prompts) >= 14
    assert [fact.id for fact in pack.facts] == [f"F{n}" for n in range(1, len(pack.facts) + 1)]


def test_every_kind_of_prompt_comes_twice(pack: Pack) -> None:
    kinds = Counter(prompt.kind for prompt in pack.prompts)

    assert all(kinds[kind] >= 2 for kind in PromptKind)


def test_every_prompt_can_be_posted(pack: Pack) -> None:
    for prompt in pack.prompts:
        assert "?" in prompt.text
        assert prompt.tags
        assert prompt.facts
        assert 1 <= len(prompt.follow_ups) <= 3
        assert prompt.sides or prompt.kind is PromptKind.SOURCE_CHECK


def test_every_prompt_is_short_and_plain(pack: Pack) -> None:
    for prompt in pack.prompts:
        assert 90 <= len(prompt.text.split()) <= 160, prompt.id
        assert not re.search(r"[*_#`\[\]|]|^[-+>]", prompt.text, re.MULTILINE), prompt.id


def test_every_prompt_has_a_title_of_its_own(pack: Pack) -> None:
    assert len({prompt.title for prompt in pack.prompts}) == len(pack.prompts)


def test_prompts_name_only_facts_they_list(pack: Pack) -> None:
    for prompt in pack.prompts:
        texts = [prompt.text, *(follow_up.text for follow_up in prompt.follow_ups)]
        for fact_id in re.findall(r"\bF\d+\b", " ".join(texts)):
            assert fact_id in prompt.facts, prompt.id


def test_no_fact_is_idle(pack: Pack) -> None:
    for fact in pack.facts:
        assert pack.prompts_on(fact.id), f"no prompt leads to {fact.id}"


@pytest.mark.parametrize("tag", ["kulaks", "john henry"])
def test_what_the_sources_say_little_of_is_for_students_to_find(pack: Pack, tag: str) -> None:
    found = tagged(pack, tag)

    assert len(found) >= 2
    for prompt in found:
        assert ASKS_FOR_EVIDENCE.search(prompt.text), prompt.id


def test_what_the_copies_do_not_state_is_not_stated(pack: Pack) -> None:
    for source_id in ("blog", "comments", "essay"):
        assert pack.source(source_id).author is None
        assert pack.source(source_id).issued is None
    assert "no author" in (pack.source("essay").note or "")
    assert pack.source("essay").title.startswith("[")


def test_every_locator_says_where_it_stands(pack: Pack) -> None:
    assert pack.source("blog").text == pack.source("comments").text
    for source_id in ("blog", "comments", "essay"):
        source = pack.source(source_id)
        assert source.text
        assert all(locator.stretch and locator.stretch.ends for locator in source.locators)


def test_every_locator_is_cited(pack: Pack) -> None:
    used = {(c.source, c.locator) for fact in pack.facts for c in fact.citations}
    every = {(source.id, locator.id) for source in pack.sources for locator in source.locators}

    assert used == every


def test_what_is_left_out_is_left_out_for_a_reason(pack: Pack) -> None:
    for source in pack.sources:
        for omission in source.left_out:
            assert omission.reason.endswith(".")


def test_further_reading_carries_no_fact(pack: Pack) -> None:
    assert pack.source("siegelbaum").issued == "1988"
    assert set().union(*map(cited, pack.facts)) == {"blog", "comments", "essay"}


def test_every_fact_has_a_title_of_its_own(pack: Pack) -> None:
    titles = [fact.title for fact in pack.facts]

    assert all(titles)
    assert len({title.casefold() for title in titles}) == len(titles)


def test_every_fact_has_other_words_to_be_found_by(pack: Pack) -> None:
    for fact in pack.facts:
        assert fact.aliases, fact.id


def test_comments_are_told_as_what_somebody_said(pack: Pack) -> None:
    for fact in pack.facts:
        if fact.citations[0].source == "comments":
            assert re.search(r"commenter|post's author", fact.statement), fact.id


def test_every_fact_tells_who_says_so(pack: Pack) -> None:
    for fact in pack.facts:
        assert SPEAKERS.search(fact.statement), f"{fact.id} is told as if everybody knew it"


def test_a_fact_names_the_document_it_cites(pack: Pack) -> None:
    for fact in pack.facts:
        if "essay" in fact.statement:
            assert "essay" in cited(fact), fact.id
        if "student post" in fact.statement:
            assert "blog" in cited(fact), fact.id


@pytest.mark.parametrize(("one", "other"), DISPUTES.values(), ids=DISPUTES)
def test_where_the_sources_disagree_both_facts_say_so(pack: Pack, one: str, other: str) -> None:
    assert other in pack.fact(one).disputed_by
    assert one in pack.fact(other).disputed_by


def test_every_dispute_is_named_on_both_sides(pack: Pack) -> None:
    for fact in pack.facts:
        for other in fact.disputed_by:
            assert fact.id in pack.fact(other).disputed_by


def test_the_slip_about_an_hour_is_put_right(pack: Pack) -> None:
    (slip,) = [fact for fact in pack.facts if "in an hour" in fact.statement]
    (correction,) = pack.corrected_by(slip.id)

    assert "six hours" in correction.statement
    assert cited(correction) == {"blog", "comments", "essay"}
    assert any(slip.id in prompt.facts for prompt in pack.prompts)


def test_subjects_can_be_compared(pack: Pack) -> None:
    cells = {subject.id: set(subject.cells) for subject in pack.subjects}

    assert [dimension.key for dimension in pack.dimensions] == [
        "incentive",
        "machine",
        "state",
        "fate",
    ]
    assert cells == {
        "kulaks": {"state", "fate"},
        "shock-workers": {"incentive", "state", "fate"},
        "stakhanovites": {"incentive", "machine", "state", "fate"},
        "stakhanov": {"incentive", "state", "fate"},
        "john-henry": {"machine", "fate"},
        "paul-bunyan": {"machine", "fate"},
    }


def test_opinions_in_a_comparison_have_an_owner(pack: Pack) -> None:
    for subject in pack.subjects:
        for cell in subject.cells.values():
            if any("comments" in cited(pack.fact(fact_id)) for fact_id in cell.facts):
                assert re.search(r"commenter|post's author", cell.text), subject.id


def test_citations_read_well(pack: Pack) -> None:
    told = [in_words(citation, pack) for citation in pack.fact("F38").citations]

    assert told == [
        'Reader\'s comment on "Soviet Shock Workers and Stakhavonites", comment 3',
        'Student blog post, "Soviet Shock Workers and Stakhavonites", paragraph 2',
        "Essay, [Essay on the Stakhanovite movement], paragraph 1",
    ]


def test_every_fact_is_found_by_its_own_statement(pack: Pack) -> None:
    with FactIndex(pack) as index:
        for fact in pack.facts:
            assert index.search(fact.statement)[0] == fact


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Stakhavonite", {"F11", "F12", "F22"}),
        ("stakanov", {"F8", "F21"}),
        ("kulack", {"F32", "F33"}),
        ("shockworker", {"F3"}),
        ("udarnik", {"F3"}),
        ("kulturnost", {"F23"}),
        ("Donbass", {"F54"}),
        ("Aleksandrov", {"F20"}),
    ],
)
def test_words_as_students_write_them(pack: Pack, typed: str, found: set[str]) -> None:
    with FactIndex(pack) as index:
        assert index.search(typed)[0].id in found
