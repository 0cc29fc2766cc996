"""A fact that was changed since it was found in its texts is known, without the texts too."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest

from prompts.checks import check
from prompts.evidence.fingerprints import check_recorded, fingerprint, record, unchecked
from prompts.loader import load
from prompts.models import Citation, Fact, Locator, Pack, Stretch

WritePack = Callable[[Mapping[str, str | bytes | None]], Path]

BARE = {"misreadings", "title", "topics", "aliases", "line"}
"""What of a fact, or of a citation, is no claim."""


@pytest.fixture
def folder(write_pack: WritePack, sound: Mapping[str, str]) -> Path:
    """A pack of which one source names its text, and that was found in it."""
    sources = sound["sources.yaml"].replace("    kind: book\n", "    kind: book\n    text: d.txt\n")
    folder = write_pack({"sources.yaml": sources})
    record(load(folder), folder)
    return folder


@pytest.fixture
def pack(folder: Path) -> Pack:
    return load(folder)


def with_fact(pack: Pack, fact: Fact) -> Pack:
    return replace(pack, facts=tuple(fact if f.id == fact.id else f for f in pack.facts))


def edits_of(citation: Citation) -> Iterator[Citation]:
    yield replace(citation, source="remarks" if citation.source != "remarks" else "diary")
    yield replace(citation, locator="p5")
    for number, term in enumerate(citation.terms):
        rest = citation.terms[number + 1 :]
        yield replace(citation, terms=(*citation.terms[:number], *rest))
        for other in (f"{term}s", term.upper(), f"{term} "):
            yield replace(citation, terms=(*citation.terms[:number], other, *rest))
    yield replace(citation, terms=(*citation.terms, "more"))
    yield replace(citation, terms=("".join(citation.terms), ""))


def edits_of_fact(fact: Fact) -> Iterator[Fact]:
    """The fact with any one thing changed that is part of its claim."""
    for place, letter in enumerate(fact.statement):
        other = "x" if letter != "x" else "y"
        yield replace(
            fact, statement=fact.statement[:place] + other + fact.statement[place + 1 :]
        )  # fmt: skip
    for dates in ((*fact.dates, "1797"), ("1796",), ("1796-05-01",), ()):
        if dates != fact.dates:
            yield replace(fact, dates=dates)
    for number, citation in enumerate(fact.citations):
        before, after = fact.citations[:number], fact.citations[number + 1 :]
        yield replace(fact, citations=(*before, *after))
        for edited in edits_of(citation):
            if edited != citation:
                yield replace(fact, citations=(*before, edited, *after))
    yield replace(fact, corrects=("F2",))
    yield replace(fact, disputed_by=("F9",))


def test_a_pack_as_it_was_checked_is_clean(pack: Pack) -> None:
    assert set(pack.checked) == {"F1", "F2"}
    assert unchecked(pack) == frozenset()
    assert check(pack) == []


@pytest.mark.parametrize("fact_id", ["F1", "F2"])
def test_any_change_of_a_fact_is_noticed(pack: Pack, fact_id: str) -> None:
    edits = list(edits_of_fact(pack.fact(fact_id)))

    assert len(edits) > 40
    for edited in edits:
        changed = with_fact(pack, edited)
        assert unchecked(changed) == {fact_id}, edited
        assert f"{fact_id} was changed since it was checked" in str(check_recorded(changed)[0])


def test_every_field_is_a_claim_or_known_not_to_be(pack: Pack) -> None:
    """A field that is added has to be thought about."""
    fact = pack.fact("F1")
    touched = {
        field.name
        for edited in edits_of_fact(fact)
        for field in fields(Fact)
        if getattr(edited, field.name) != getattr(fact, field.name)
    }

    assert {field.name for field in fields(Fact)} == touched | BARE | {"id"}


def test_what_is_no_claim_may_change(pack: Pack) -> None:
    fact = replace(
        pack.fact("F1"), title="Forty", misreadings=("z",), topics=("x",), aliases=("y",), line=99
    )  # fmt: skip

    assert unchecked(with_fact(pack, fact)) == frozenset()


def test_another_place_in_the_text_is_another_evidence(pack: Pack) -> None:
    diary = pack.source("diary")
    moved = tuple(Locator(own.id, own.label, Stretch("On the 4th")) for own in diary.locators)

    assert unchecked(
        replace(pack, sources=(replace(diary, locators=moved), *pack.sources[1:]))
    ) == {"F1"}


def test_two_facts_alike_are_told_apart_by_what_they_cite(pack: Pack) -> None:
    first = pack.fact("F1")
    (citation,) = first.citations
    split = replace(first, citations=(replace(citation, terms=("forty navvies",)), citation))

    assert len({fingerprint(fact, pack) for fact in (first, split, pack.fact("F2"))}) == 3
    assert len(fingerprint(first, pack)) == 16


def test_what_was_never_checked_is_told_by_its_line(pack: Pack) -> None:
    bare = replace(pack, checked={"F2": pack.checked["F2"]})

    assert [str(problem) for problem in check(bare)] == [
        "facts.yaml:1: F1 has not been checked against its texts."
    ]


def test_what_was_changed_is_told_by_its_line(folder: Path) -> None:
    facts = folder / "facts.yaml"
    facts.write_text(facts.read_text("utf-8").replace("navvies, wages", "navvies"), "utf-8")
    assert check(load(folder)) == []

    facts.write_text(facts.read_text("utf-8").replace("counts 30", "saw 30"), "utf-8")

    assert [str(problem) for problem in check(load(folder))] == [
        (
            "facts.yaml:13: F2 was changed since it was checked against its texts "
            "(coalface pack check FOLDER --texts …)."
        )
    ]


def test_a_record_of_a_fact_that_is_no_more_is_told(pack: Pack) -> None:
    left = replace(pack, checked={**pack.checked, "F7": "0123456789abcdef"})

    assert [str(problem) for problem in check(left)] == [
        "checked.yaml: It records F7, and there is no such fact."
    ]


def test_a_pack_without_texts_needs_no_record(write_pack: WritePack) -> None:
    pack = load(write_pack({}))

    assert (pack.checked, unchecked(pack), check(pack)) == ({}, frozenset(), [])


def test_a_record_is_in_the_order_of_numbers_and_says_what_it_is(folder: Path) -> None:
    pack = load(folder)
    many = tuple(replace(pack.fact("F1"), id=f"F{n}") for n in (10, 2, 1))

    path = record(replace(pack, facts=many), folder)

    lines = path.read_text("utf-8").splitlines()
    assert [line[0] for line in lines[:2]] == ["#", "#"]
    assert [line.split(":")[0] for line in lines[2:]] == ["F1", "F2", "F10"]
    assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == []


def test_a_record_is_written_whole_or_not_at_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "checked.yaml").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        record(replace(load(folder), facts=()), folder)

    assert (folder / "checked.yaml").read_bytes() == before
    assert [file.name for file in folder.iterdir() if file.name.startswith(".")] == []
