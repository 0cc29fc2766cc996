"""Which sentences of a text are cited, left out with a reason, or neither."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from prompts.evidence.texts import check_texts
from prompts.loader import load
from prompts.models import Omission, Pack, Stretch
from tests.prompts.diary import FACTS, SOURCES, TEXT, citing, leaving_out, told

WritePack = Callable[[Mapping[str, str | bytes | None]], Path]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "diary.txt").write_text(TEXT, "utf-8")
    return folder


@pytest.fixture
def pack(write_pack: WritePack) -> Pack:
    return load(write_pack({"sources.yaml": SOURCES, "facts.yaml": FACTS}))


def test_every_sentence_is_cited_or_left_out(pack: Pack, texts: Path) -> None:
    coverage = check_texts(pack, texts).coverage

    assert coverage.uncited == ()
    assert [sentence.words for sentence in coverage.cited] == [
        "On the 4th of May 1796 we were forty navvies, and we dug the cut.",
        "The Duke paid us thirteen pence, and Tom spent it.",
        "Thirty of them, I heard.",
    ]
    assert [(sentence.words, reason) for sentence, reason in coverage.left_out] == [
        ("A Navvy's Diary", "The title."),
        ("Mr. Duke’s men came late.", "Not about the navvies."),
        ("They saw us and laughed.", "Merriment."),
        ("Old Tom sang.", "Merriment."),
        ("A drawing of the cut", "A caption."),
        ("“It was a good year.”", "Merriment."),
        ("Nobody wept.", "Merriment."),
        ("Comments 1.", "A heading."),
        ("Send a comment", "A button."),
    ]
    assert coverage.in_words == "12 sentences: 3 cited, 9 left out with a reason, 0 not cited."


def test_what_no_fact_cites_is_listed_with_its_place(pack: Pack, texts: Path) -> None:
    bare = leaving_out(pack, *pack.source("diary").left_out[:2])

    uncited = check_texts(bare, texts).coverage.uncited

    assert [(s.line, s.place, s.words) for s in uncited] == [
        (1, "outside every locator", "A Navvy's Diary"),
        (6, "diary, page 4", "They saw us and laughed."),
        (7, "diary, page 4", "Old Tom sang."),
        (14, "diary, page 5", "“It was a good year.”"),
        (14, "diary, page 5", "Nobody wept."),
    ]


def test_a_name_that_recurs_does_not_cite_each_sentence_it_is_in(pack: Pack, texts: Path) -> None:
    with_name = citing(pack, "F2", "The Duke paid us thirteen pence", "Tom spent it", "Tom")
    twice = citing(leaving_out(pack), "F1", "the cut", "Tom", "we")

    assert check_texts(with_name, texts).problems == ()
    assert "Old Tom sang." not in [s.words for s in check_texts(pack, texts).coverage.cited]
    assert "Old Tom sang." in [s.words for s in check_texts(twice, texts).coverage.cited]


@pytest.mark.parametrize(
    ("stretch", "sentence"),
    [
        (
            Stretch("Old Bob sang."),
            "diary leaves out: “Old Bob sang.” does not stand in diary.txt.",
        ),
        (
            Stretch("Old Tom", "Tom"),
            "diary leaves out “Old Tom”, which is no whole sentence.",
        ),
        (
            Stretch("Tom"),
            (
                "diary leaves out: “Tom” stands 2 times in diary.txt (lines 7, 14): begin with "
                "more words."
            ),
        ),
        (
            Stretch("On the 4th"),
            (
                "diary leaves out a sentence that F1 cites: “On the 4th of May 1796 we were forty "
                "navvies, and we dug th…”."
            ),
        ),
        (
            Stretch("Mr. Duke’s men", "thirteen pence, and Tom spent it."),
            (
                "diary leaves out a sentence that F2 cites: “The Duke paid us thirteen pence, and "
                "Tom spent it.”."
            ),
        ),
    ],
)
def test_what_is_left_out_is_there_and_cited_by_no_fact(
    pack: Pack, texts: Path, stretch: Stretch, sentence: str
) -> None:
    findings = check_texts(leaving_out(pack, Omission(stretch, "Why not.", line=21)), texts)

    assert told(findings) == [f"sources.yaml:21: {sentence}"]
