"""What a pack says of itself holds, or is told with file and line."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from prompts.checks import check
from prompts.dates import date_in_words, is_date
from prompts.loader import load
from prompts.models import Cell, Citation, Fact, Pack, Subject

WritePack = Callable[[Mapping[str, str | bytes | None]], Path]


@pytest.fixture
def pack(write_pack: WritePack) -> Pack:
    return load(write_pack({}))


def with_fact(pack: Pack, fact: Fact) -> Pack:
    return replace(pack, facts=(fact, *pack.facts[1:]))


def told(pack: Pack) -> list[str]:
    return [str(problem) for problem in check(pack)]


def test_a_sound_pack_is_clean(pack: Pack) -> None:
    assert check(pack) == []


def test_ids_are_unique(pack: Pack) -> None:
    doubled = replace(pack, sources=(*pack.sources, pack.sources[0]))

    assert told(doubled) == ["sources.yaml:2: The id diary is taken already (first in line 2)."]


def test_relations_are_real(pack: Pack) -> None:
    fact = replace(pack.facts[0], disputed_by=("F9",), corrects=("F8", "F1"))

    assert told(with_fact(pack, fact)) == [
        "facts.yaml:1: F1 names 'F9' in disputed_by, and there is no such fact.",
        "facts.yaml:1: F1 names 'F8' in corrects, and there is no such fact.",
        "facts.yaml:1: F1 names itself in corrects.",
    ]


def test_a_prompts_facts_are_real(pack: Pack) -> None:
    prompt = replace(pack.prompts[0], facts=("F1", "F77"))

    assert told(replace(pack, prompts=(prompt,))) == [
        "prompts/who-dug-it.md:1: The prompt names 'F77', and there is no such fact."
    ]


def test_nothing_is_uncited(pack: Pack) -> None:
    fact = replace(pack.facts[0], statement="Navvies dug.", dates=(), citations=())

    assert told(with_fact(pack, fact)) == ["facts.yaml:1: F1 cites nothing."]


@pytest.mark.parametrize(
    ("citation", "sentence"),
    [
        (
            Citation("dairy", "p4", ("x",), line=9),
            "F1 cites 'dairy', and there is no such source (did you mean 'diary'?).",
        ),
        (
            Citation("diary", "p6", ("x",), line=9),
            "F1 cites 'p6', and 'diary' has no such locator: it has p4, p5.",
        ),
        (Citation("diary", "p4", (), line=9), "F1 cites 'diary' without a term."),
    ],
)
def test_a_citation_points_somewhere(pack: Pack, citation: Citation, sentence: str) -> None:
    fact = replace(pack.facts[0], statement="Navvies dug.", dates=(), citations=(citation,))

    assert told(with_fact(pack, fact)) == [f"facts.yaml:9: {sentence}"]


@pytest.mark.parametrize(
    ("statement", "terms", "missing"),
    [
        ("It took 14 days.", ("fourteen days",), []),
        ("It took fourteen days.", ("14 days",), []),
        ("It took 15 days.", ("fourteen days",), ["15"]),
        ("It took sixteen days.", ("14 days",), ["16"]),
        ("He was thirty.", ("a thirty-year-old",), []),
        ("He was thirty-one.", ("a thirty-year-old",), ["31"]),
        ("He was 31.", ("thirty-one",), []),
        ("It cost 1,000 pounds.", ("1000 pounds",), []),
        ("It cost 1,500 pounds.", ("1500.00 pounds",), []),
        ("It cost 1.5 pounds.", ("15 pounds",), ["1.5"]),
        ("29% held it, 65% later.", ("29%",), ["65"]),
        ("On 31 August 1935.", ("August 31, 1935",), []),
        ("On 30 August 1935.", ("August 31, 1935",), ["30"]),
        ("In September 1935.", ("August 31, 1935",), ["September"]),
        ("It may stop; they march.", ("x",), []),
        ("On 1 May.", ("1 June",), ["May"]),
        ("In the 1930s.", ("during the 1930s",), []),
        ("One of them was the first.", ("x",), []),
    ],
)
def test_figures_and_dates_stand_in_the_terms(
    pack: Pack, statement: str, terms: tuple[str, ...], missing: list[str]
) -> None:
    citation = Citation("diary", "p4", terms)
    fact = replace(pack.facts[0], statement=statement, dates=(), citations=(citation,))

    assert told(with_fact(pack, fact)) == [
        f"facts.yaml:1: F1 says {figure}, which no term of it holds." for figure in missing
    ]


def test_any_citation_may_hold_the_figure(pack: Pack) -> None:
    citations = (Citation("diary", "p4", ("forty",)), Citation("remarks", "c1", ("thirty",)))
    fact = replace(pack.facts[0], statement="Forty or 30 of them.", dates=(), citations=citations)

    assert told(with_fact(pack, fact)) == []


def test_a_date_needs_its_evidence_too(pack: Pack) -> None:
    citation = Citation("diary", "p4", ("May 1796",))
    fact = replace(
        pack.facts[0], statement="They dug.", dates=("1796-05-02/1797",), citations=(citation,)
    )

    assert told(with_fact(pack, fact)) == [
        "facts.yaml:1: F1 says 2, which no term of it holds.",
        "facts.yaml:1: F1 says 1797, which no term of it holds.",
    ]


@pytest.mark.parametrize(
    ("statement", "terms", "missing"),
    [
        ("Navvies came from Leeds.", ("Leeds",), []),
        ("Navvies came from Leeds.", ("York",), ["Leeds"]),
        ("Navvies came from leeds.", ("York",), []),
        ("Navvies came from Leeds.", ("the leeds of dogs",), ["Leeds"]),
        ("Brindley paid them.", ("the owner paid",), ["Brindley"]),
        ("Brindley's men were paid.", ("Brindley",), []),
        ("It was the Leeds and York Canal.", ("Leeds", "Canal"), ["York"]),
        ("The diary is by Ann Spade, of the Cut Society.", ("x",), []),
        ("The diary is by Ann Shovel.", ("x",), ["Shovel"]),
        ("It began on 1 May.", ("1 May",), []),
    ],
)
def test_names_stand_in_the_terms(
    pack: Pack, statement: str, terms: tuple[str, ...], missing: list[str]
) -> None:
    citation = Citation("diary", "p4", terms)
    fact = replace(pack.facts[0], statement=statement, dates=(), citations=(citation,))

    assert told(with_fact(pack, fact)) == [
        f"facts.yaml:1: F1 names {name}, and no term does." for name in missing
    ]


def test_a_title_is_held_to_the_terms_too(pack: Pack) -> None:
    assert told(with_fact(pack, replace(pack.facts[0], title="Navvies in May 1796"))) == []
    assert told(with_fact(pack, replace(pack.facts[0], title="Leeds, 41 navvies"))) == [
        "facts.yaml:1: F1 says 41, which no term of it holds.",
        "facts.yaml:1: F1 names Leeds, and no term does.",
    ]


def test_a_cell_is_held_to_the_terms_of_its_facts(pack: Pack) -> None:
    def comparing(text: str, *facts: str) -> Pack:
        cells = {"numbers": Cell(text, facts, line=7)}
        return replace(pack, subjects=(Subject("navvies", "The navvies", (), cells, line=3),))

    assert told(comparing("Forty, or 30 by the other count.", "F1", "F2")) == []
    assert told(comparing("Forty, or 31 men of Leeds.", "F1")) == [
        "subjects.yaml:7: The numbers of The navvies says 31, which no term of its facts holds.",
        "subjects.yaml:7: The numbers of The navvies names Leeds, and no term of its facts does.",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1935", "1935"),
        ("1935-08", "August 1935"),
        ("1935-08-31", "31 August 1935"),
        ("1928/1932", "1928 to 1932"),
        ("1935-11/1936", "November 1935 to 1936"),
    ],
)
def test_dates_in_words(text: str, words: str) -> None:
    assert is_date(text)
    assert date_in_words(text) == words


@pytest.mark.parametrize(
    "text",
    ["", "35", "1935-13", "1935-02-30", "1935-8-31", "1936/1935", "1/2/3", "autumn", "０１２３"],
)
def test_what_is_no_date(text: str) -> None:
    assert not is_date(text)
