"""The first pack is sound, keeps to its sources, and borrows none of their sentences."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import seeds
from prompts.checks import check
from prompts.citations import in_words
from prompts.loader import load
from prompts.models import Pack, PromptKind
from prompts.search import FactIndex

ROOT = Path(__file__).parents[2]
# The cited documents belong to others and are no part of this project.
TEXTS = ROOT.parent / "shared" / "seeds"
BLOG = "000_b655a23343cc0f53.txt"
ESSAY = "004_909f41d020db6b01.txt"
RUN = 8
SHORT_RUN = 5
"""What is said in class is talk: a turn of phrase can be a source's where a sentence isn't."""
SPEAKERS = re.compile(r"\b(essay|student post|commenter|post's author)\b")

needs_texts = pytest.mark.skipif(
    not all((TEXTS / name).is_file() for name in (BLOG, ESSAY)),
    reason=f"the cited documents are not at {TEXTS}",
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load(ROOT / "seeds" / "soviet-labor")


@pytest.fixture(scope="module")
def passages() -> dict[tuple[str, str], str]:
    """The cited documents cut at their locators, white space collapsed."""
    return {**blog_passages(), **essay_passages()}


def blog_passages() -> dict[tuple[str, str], str]:
    lines = (TEXTS / BLOG).read_text("utf-8").splitlines()
    full = [plain(line) for line in lines if line.strip()]
    openings = {
        ("blog", "p1"): "Stalin was trying",
        ("blog", "k1"): "One of these men",
        ("blog", "p2"): "After the lack",
        ("blog", "k2"): "Aleksi Stakhanovite on",
        ("blog", "p3"): "It had the element",
        ("comments", "c1"): "1. I really liked",
        ("comments", "c2"): "2. Interesting topic",
        ("comments", "c2.1"): "1. That’s a really",
        ("comments", "c2.2"): "2. Honestly",
        ("comments", "c3"): "3. I feel",
        ("comments", "c4"): "4. The phenomenon",
    }
    return {
        place: only(line for line in full if line.startswith(opening))
        for place, opening in openings.items()
    }


def essay_passages() -> dict[tuple[str, str], str]:
    text = plain((TEXTS / ESSAY).read_text("utf-8"))
    second = text.index("The Stakhanovite movement thus encompassed")
    third = text.index("Notwithstanding")
    return {
        ("essay", "p1"): text[:second],
        ("essay", "p2"): text[second:third],
        ("essay", "p3"): text[third:],
    }


def plain(text: str) -> str:
    return " ".join(text.split())


def only(lines: Iterator[str]) -> str:
    (line,) = lines
    return line


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub("['’]", "", text.lower()))


def runs(text: str, length: int = RUN) -> set[tuple[str, ...]]:
    every = words(text)
    return {tuple(every[start : start + length]) for start in range(len(every) - length + 1)}


def test_it_is_sound(pack: Pack) -> None:
    assert check(pack) == []


def test_it_is_enough_for_the_main_way(pack: Pack) -> None:
    assert len(pack.facts) >= 16
    assert len(pack.prompts) >= 5
    assert [fact.id for fact in pack.facts] == [f"F{n}" for n in range(1, len(pack.facts) + 1)]


def test_every_prompt_can_be_posted(pack: Pack) -> None:
    for prompt in pack.prompts:
        assert "?" in prompt.text
        assert prompt.tags
        assert prompt.facts
        assert prompt.follow_ups
        assert prompt.sides or prompt.kind is PromptKind.SOURCE_CHECK


def test_prompts_name_only_facts_that_exist(pack: Pack) -> None:
    for prompt in pack.prompts:
        texts = [prompt.text, *(follow_up.text for follow_up in prompt.follow_ups)]
        for fact_id in re.findall(r"\bF\d+\b", " ".join(texts)):
            assert fact_id in prompt.facts


def test_what_the_copies_do_not_state_is_not_stated(pack: Pack) -> None:
    for source_id in ("blog", "comments", "essay"):
        assert pack.source(source_id).author is None
        assert pack.source(source_id).issued is None
    assert "no author" in (pack.source("essay").note or "")


def test_further_reading_carries_no_fact(pack: Pack) -> None:
    cited = {citation.source for fact in pack.facts for citation in fact.citations}

    assert pack.source("siegelbaum").issued == "1988"
    assert cited == {"blog", "comments", "essay"}


def test_comments_are_told_as_what_somebody_said(pack: Pack) -> None:
    for fact in pack.facts:
        if fact.citations[0].source == "comments":
            assert re.search(r"commenter|post's author", fact.statement), fact.id


def test_every_fact_tells_who_says_so(pack: Pack) -> None:
    for fact in pack.facts:
        assert SPEAKERS.search(fact.statement), f"{fact.id} is told as if everybody knew it"


def test_the_slip_about_an_hour_is_put_right(pack: Pack) -> None:
    (slip,) = [fact for fact in pack.facts if "in an hour" in fact.statement]
    (correction,) = pack.corrected_by(slip.id)

    assert "six hours" in correction.statement
    assert {citation.source for citation in correction.citations} == {"blog", "comments", "essay"}
    assert any(slip.id in prompt.facts for prompt in pack.prompts)


def test_kulaks_and_john_henry_ask_for_evidence_from_outside(pack: Pack) -> None:
    for prompt_id in ("kulaks-and-shock-workers", "john-henry-and-stakhanov"):
        assert re.search(r"\bbring\b", pack.prompt(prompt_id).text)


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


@needs_texts
def test_every_term_stands_in_its_place(pack: Pack, passages: dict[tuple[str, str], str]) -> None:
    for fact in pack.facts:
        for citation in fact.citations:
            for term in citation.terms:
                passage = passages[citation.source, citation.locator]
                assert term in passage, f"{fact.id}: {term!r} is not in {citation}"


@needs_texts
def test_no_sentence_is_borrowed(pack: Pack, passages: dict[tuple[str, str], str]) -> None:
    theirs = set().union(*(runs(passage) for passage in passages.values()))
    ours = [(fact.id, fact.statement) for fact in pack.facts]
    for prompt in pack.prompts:
        ours.append((prompt.id, f"{prompt.title} {prompt.text}"))
        ours += [(prompt.id, follow_up.text) for follow_up in prompt.follow_ups]
        ours += [(prompt.id, side.label) for side in prompt.sides]

    for name, text in ours:
        borrowed = runs(text) & theirs
        assert not borrowed, f"{name} shares {borrowed}"


@needs_texts
def test_the_sample_class_talks_in_its_own_words(passages: dict[tuple[str, str], str]) -> None:
    theirs = set().union(*(runs(passage, SHORT_RUN) for passage in passages.values()))
    steps = yaml.safe_load(seeds.SAMPLE_CLASS.read_text("utf-8"))["steps"]
    said = [what["text"] for step in steps for what in step.values() if "text" in what]

    assert len(said) >= 6
    for text in said:
        borrowed = runs(text, SHORT_RUN) & theirs
        assert not borrowed, f"“{text}” shares {borrowed}"
