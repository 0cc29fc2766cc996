"""What a pack cites stands where it says in the text it cites, or is told with file and line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from prompts.evidence.text_files import MAX_TEXT_BYTES, make_text
from prompts.evidence.texts import check_texts
from prompts.loader import load
from prompts.models import Pack, Stretch
from tests.prompts.diary import FACTS, SOURCES, TEXT, citing, placing, told

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


# --- terms --------------------------------------------------------------------------------------


def test_a_pack_that_keeps_to_its_text_is_clean(pack: Pack, texts: Path) -> None:
    findings = check_texts(pack, texts)

    assert findings.problems == ()
    assert findings.texts == ("diary.txt",)


def test_white_space_is_any_white_space(pack: Pack, texts: Path) -> None:
    file = texts / "diary.txt"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").replace("  ", "\t").encode())

    assert check_texts(citing(pack, "F1", "They saw us and laughed"), texts).problems[1:] == ()


@pytest.mark.parametrize(
    ("term", "hint"),
    [
        ("fifty navvies", ""),
        ("Thirty", " (it stands in remarks, comment 1, line 17 of diary.txt)"),
        ("Comments", " (it stands in no locator, line 16 of diary.txt)"),
        ("Mr. Duke's men", " (the text has “Mr. Duke’s men”)"),
        ("Dug the cut", " (the text has “dug the cut”)"),
        ("4", ""),
        ("navv", ""),
        ("dug the cut.", None),
        ("4th", None),
        ("we dug the cut", None),
    ],
)
def test_a_term_stands_in_its_locator_letter_for_letter(
    pack: Pack, texts: Path, term: str, hint: str | None
) -> None:
    expected = f"facts.yaml:6: F1 cites “{term}”, which does not stand in diary, page 4{hint}."

    found = told(check_texts(citing(pack, "F1", "May 1796", term), texts))

    assert found == ([] if hint is None else [expected])


def test_a_figure_in_a_larger_one_is_another_figure() -> None:
    text = make_text("t.txt", "They were 1,400 and 4.5 and 29%, and 14.")

    assert [len(text.find(term)) for term in ("400", "1,400", "4", "5", "29", "14")] == [
        0, 1, 0, 0, 1, 1,
    ]  # fmt: skip


def test_what_nobody_sees_parts_no_word() -> None:
    text = make_text("t.txt", "the na\u00advvies of Cafe\u0301 \x1b[31mRed")

    assert text.content == "the navvies of Café [31mRed"
    assert text.find("Cafe\u0301") == text.find("Café") != []


def test_a_term_elsewhere_is_told_by_the_line_of_its_citation(pack: Pack, texts: Path) -> None:
    assert told(check_texts(citing(pack, "F2", locator="p4"), texts)) == [
        (
            "facts.yaml:14: F2 cites “The Duke paid us thirteen pence”, which does not stand in "
            "diary, page 4 (it stands in diary, page 5, line 11 of diary.txt)."
        ),
        (
            "facts.yaml:14: F2 cites “and Tom spent it”, which does not stand in diary, page 4 (it "
            "stands in diary, page 5, line 12 of diary.txt)."
        ),
    ]


# --- locators -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stretch", "sentence"),
    [
        (Stretch("Off the 4th"), "“Off the 4th” does not stand in diary.txt."),
        (
            Stretch("on the 4th"),
            "“on the 4th” does not stand in diary.txt (the text has “On the 4th”).",
        ),
        (
            Stretch("the cut"),
            "“the cut” stands 2 times in diary.txt (lines 3, 9): begin with more words.",
        ),
        (
            Stretch("On the 4th of May", "A Navvy's Diary"),
            "“A Navvy's Diary” does not stand in diary.txt after “On the 4th of May”.",
        ),
    ],
)
def test_a_locator_stands_once_in_its_text(
    pack: Pack, texts: Path, stretch: Stretch, sentence: str
) -> None:
    assert told(check_texts(placing(pack, "p4", stretch), texts))[0] == (
        f"sources.yaml:2: diary p4: {sentence}"
    )


def test_a_locator_without_an_end_goes_to_where_the_next_begins(pack: Pack, texts: Path) -> None:
    open_ = placing(placing(pack, "p4", Stretch("On the 4th")), "p5", Stretch("The Duke paid"))

    assert told(check_texts(citing(open_, "F1", "Old Tom sang", "forty navvies"), texts))[1:] == []
    assert "cites “A drawing”" in told(check_texts(citing(open_, "F1", "A drawing"), texts))[0]
    # The comment is the next to begin after page 5, of another source though it is.
    assert "cites “Thirty”" in told(check_texts(citing(open_, "F2", "Thirty"), texts))[0]
    assert "cites “Comments”" not in str(told(check_texts(citing(open_, "F2", "Comments"), texts)))


def test_a_locator_that_is_cited_says_where_it_begins(pack: Pack, texts: Path) -> None:
    assert told(check_texts(placing(pack, "k1", None), texts)) == []
    assert "sources.yaml:2: diary p5 does not say where in diary.txt it begins." in told(
        check_texts(placing(pack, "p5", None), texts)
    )


# --- the files ----------------------------------------------------------------------------------


def refused(pack: Pack, texts: Path) -> str:
    (problem,) = check_texts(pack, texts).problems
    assert (problem.path, problem.line) == ("sources.yaml", 2)
    return problem.sentence


def test_a_text_that_is_cited_is_there(pack: Pack, texts: Path) -> None:
    (texts / "diary.txt").unlink()

    assert told(check_texts(pack, texts)) == [
        f"sources.yaml:2: The text of diary, diary.txt, is not in {texts}.",
        f"sources.yaml:34: The text of remarks, diary.txt, is not in {texts}.",
    ]


def test_a_text_that_nobody_cites_may_be_missing(pack: Pack, texts: Path) -> None:
    spare = replace(pack.source("remarks"), id="spare", text="spare.txt", left_out=())

    assert told(check_texts(replace(pack, sources=(*pack.sources, spare)), texts)) == []


def test_a_link_is_refused(pack: Pack, texts: Path, tmp_path: Path) -> None:
    (texts / "diary.txt").rename(tmp_path / "elsewhere.txt")
    (texts / "diary.txt").symlink_to(tmp_path / "elsewhere.txt")

    assert refused(pack, texts) == (
        "The text of diary, diary.txt, cannot be read: This is a symbolic link: put the"
        " file itself in its place."
    )


def test_what_is_no_file_is_refused(pack: Pack, texts: Path) -> None:
    (texts / "diary.txt").unlink()
    (texts / "diary.txt").mkdir()

    assert refused(pack, texts).endswith("cannot be read: This should be an ordinary file.")


def test_what_is_not_utf_8_is_refused(pack: Pack, texts: Path) -> None:
    (texts / "diary.txt").write_bytes(b"One\nTwo \xff\n")

    assert refused(pack, texts).endswith(
        "cannot be read: line 2: This is not UTF-8 ('invalid start byte'): save the file as UTF-8."
    )


def test_what_is_too_large_is_refused(pack: Pack, texts: Path) -> None:
    (texts / "diary.txt").write_bytes(b"x" * (MAX_TEXT_BYTES + 1))

    assert refused(pack, texts).endswith("The file is too large: the most is 2,000,000 bytes.")


def test_an_empty_text_is_one_in_which_nothing_stands(pack: Pack, texts: Path) -> None:
    (texts / "diary.txt").write_bytes(b"")

    assert "sources.yaml:2: diary p4: “On the 4th of May” does not stand in diary.txt." in told(
        check_texts(pack, texts)
    )


def test_a_pack_without_texts_has_nothing_to_check(write_pack: WritePack, texts: Path) -> None:
    assert told(check_texts(load(write_pack({})), texts)) == [
        (
            "sources.yaml: No source that a fact cites names its text: add the key 'text' with a "
            "file's name."
        )
    ]


def test_no_term_and_no_place_can_be_changed_unnoticed(pack: Pack, texts: Path) -> None:
    for fact in pack.facts:
        for citation in fact.citations:
            for number, term in enumerate(citation.terms):
                for word in re.finditer(r"\w+", term):
                    other = term[: word.start()] + "spoilt" + term[word.end() :]
                    terms = [*citation.terms]
                    terms[number] = other
                    assert any(
                        other in p for p in told(check_texts(citing(pack, fact.id, *terms), texts))
                    )
            for locator in pack.source(citation.source).locators:
                if locator.id != citation.locator:
                    assert check_texts(citing(pack, fact.id, locator=locator.id), texts).problems
