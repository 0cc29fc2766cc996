"""A second pack, of another subject and without texts at hand: nothing is made for the first."""

from pathlib import Path

import pytest

from prompts.checks import check
from prompts.loader import load
from prompts.models import Pack, PromptKind, SourceKind
from prompts.search import FactIndex

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(ROOT / "seeds" / "gettysburg")


def test_it_is_sound(pack: Pack) -> None:
    assert check(pack) == []


def test_it_is_enough_to_teach_with(pack: Pack) -> None:
    assert len(pack.facts) >= 8
    assert len(pack.prompts) >= 3
    assert PromptKind.SOURCE_CHECK in {prompt.kind for prompt in pack.prompts}
    assert len({prompt.kind for prompt in pack.prompts}) >= 3


def test_every_prompt_can_be_posted(pack: Pack) -> None:
    for prompt in pack.prompts:
        assert "?" in prompt.text
        assert prompt.tags
        assert prompt.facts
        assert prompt.follow_ups
        assert prompt.sides or prompt.kind is PromptKind.SOURCE_CHECK


def test_both_copies_are_documents_whose_texts_are_not_at_hand(pack: Pack) -> None:
    assert {source.id for source in pack.sources} == {"nicolay", "bliss"}
    for source in pack.sources:
        assert source.kind is SourceKind.DOCUMENT
        assert source.author == "Abraham Lincoln"
        assert source.text is None
        assert all(locator.stretch is None for locator in source.locators)


def test_every_fact_tells_which_copy_says_so(pack: Pack) -> None:
    for fact in pack.facts:
        told = fact.statement.lower()
        cited = {citation.source for citation in fact.citations}
        assert ("both copies" in told) or ("earlier copy" in told) or ("later copy" in told)
        if "both copies" in told:
            assert cited == {"nicolay", "bliss"}
        if "earlier copy" in told:
            assert "nicolay" in cited
        if "later copy" in told:
            assert "bliss" in cited


def test_what_one_copy_lacks_is_shown_by_the_words_around_the_gap(pack: Pack) -> None:
    (has,) = [fact for fact in pack.facts if fact.title == '"Under God" in the later copy']
    (lacks,) = pack.disputing(has.id)

    assert pack.disputing(lacks.id) == (has,)
    (around,) = [c for c in lacks.citations if c.source == "nicolay"]
    assert not any("God" in term for term in around.terms)
    assert any("new birth of freedom" in term for term in around.terms)


def test_the_copies_can_be_compared_in_every_dimension(pack: Pack) -> None:
    assert {subject.id for subject in pack.subjects} == {"nicolay-copy", "bliss-copy"}
    for subject in pack.subjects:
        assert set(subject.cells) == {dimension.key for dimension in pack.dimensions}


def test_every_fact_has_a_title_of_its_own(pack: Pack) -> None:
    titles = [fact.title for fact in pack.facts]

    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_every_fact_is_found_by_its_own_statement(pack: Pack) -> None:
    with FactIndex(pack) as index:
        for fact in pack.facts:
            assert index.search(fact.statement)[0] == fact
