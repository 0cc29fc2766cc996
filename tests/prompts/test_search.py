"""Facts are found however they are typed, and nothing that is typed can break the search."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prompts.loader import load
from prompts.models import Citation, Fact, Pack
from prompts.search import FactIndex

SOVIET_LABOR = Path(__file__).parents[2] / "seeds" / "soviet-labor"


@pytest.fixture(scope="module")
def index() -> Iterator[FactIndex]:
    with FactIndex(load(SOVIET_LABOR)) as index:
        yield index


def fact(fact_id: str, statement: str, topic: str, alias: str = "nothing else") -> Fact:
    evidence = (Citation("a", "p1", ("x",)),)
    return Fact(fact_id, statement, (topic,), evidence, aliases=(alias,))


def of(*facts: Fact) -> FactIndex:
    return FactIndex(Pack("a-pack", "A pack", "A pack.", (), facts, ()))


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("102 tonnes", {"F8", "F37", "F38"}),
        ("six hours", {"F38", "F8"}),
        ("29%", {"F6"}),
        ("65", {"F6"}),
        ("August 1935", {"F8"}),
        ("1935-08-31", {"F8", "F9"}),
        ("november 1935", {"F13"}),
        ("Pravda", {"F55"}),
        ("kultur'nost’", {"F23"}),
        ("KULTURNOST", {"F23"}),
        ("Time magazine", {"F21"}),
        ("bunyan", {"F34", "F35"}),
        ("scapegoat", {"F30"}),
        ("who wrote the anthem?", {"F20"}),
        ("deported", {"F32"}),
        ("wages", {"F2", "F17", "F19"}),
        ("thirty years old", {"F54"}),
        ("fourteen times the quota", {"F9"}),
        ("kulack", {"F32", "F33", "F50"}),
        ("shockworkers", {"F3"}),
    ],
)
def test_words_figures_dates_and_aliases(index: FactIndex, typed: str, best: set[str]) -> None:
    found = [fact.id for fact in index.search(typed, limit=3)]

    assert found[0] in best


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Stakhavonite", "stakhanovite"),
        ("stakanov", "stakhanov"),
        ("kulack", "kulak"),
        ("kulacks", "kulak"),
        ("shockworkers", "shock"),
        ("shok worker", "shock"),
        ("Jon Henrey", "john henry"),
        ("propoganda", "propaganda"),
        ("recordmanya", "recordmania"),
        ("alexandrof", "alexandrov"),
    ],
)
def test_misspelled_words_find_what_is_meant(index: FactIndex, typed: str, meant: str) -> None:
    found = index.search(typed, limit=3)

    assert found
    for fact in found:
        assert meant in " ".join([fact.statement, *fact.topics]).lower()


def test_a_fact_is_found_by_its_id_before_all_others(index: FactIndex) -> None:
    assert [fact.id for fact in index.search("F12")] == ["F12"]
    assert [fact.id for fact in index.search(" f12, F3 ")] == ["F12", "F3"]
    assert index.search("kulaks, as F40 has it")[0].id == "F40"
    assert index.search("F999") == []


def test_figures_are_never_corrected(index: FactIndex) -> None:
    assert index.search("10200") == []
    assert index.search("1953") == []


def test_nothing_is_found_for_what_is_not_there(index: FactIndex) -> None:
    assert index.search("zzyzx quux") == []


def test_common_words_do_not_drag_everything_in(index: FactIndex) -> None:
    assert {fact.id for fact in index.search("what is the Kremlin?")} == {"F13"}


def test_a_topic_weighs_more_than_a_mention() -> None:
    facts = (
        fact("F1", "Barges carried coal.", "barges"),
        fact("F2", "The dispute was over pay.", "coal"),
    )
    with of(*facts) as index:
        assert [found.id for found in index.search("coal")] == ["F2", "F1"]


def test_a_misspelling_the_pack_foresaw_still_finds_the_rest() -> None:
    facts = (
        fact("F1", "Stakhanov dug coal.", "mining", alias="Stakanof"),
        fact("F2", "Stakhanov met Stalin.", "fame"),
    )
    with of(*facts) as index:
        assert [found.id for found in index.search("stakanof")] == ["F1", "F2"]


def test_accents_and_other_alphabets() -> None:
    facts = (fact("F1", "The café in Łódź.", "places"), fact("F2", "Стаханов и йод.", "имена"))
    with of(*facts) as index:
        assert [found.id for found in index.search("CAFE")] == ["F1"]
        assert [found.id for found in index.search("cafe\u0301")] == ["F1"]
        assert [found.id for found in index.search("СТАХАНОВ")] == ["F2"]
        assert [found.id for found in index.search("йод")] == ["F2"]


def test_no_more_than_the_limit(index: FactIndex) -> None:
    assert len(index.search("Stakhanovite", limit=4)) == 4
    assert index.search("F1 F2 F3", limit=0) == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        '"',
        "'; DROP TABLE stems; --",
        "kulaks AND",
        "NOT kulaks",
        "kulaks NEAR(",
        "statement:kulaks",
        "{statement} : x*",
        "^kulaks + -pay *",
        "kul\x00aks",
        "\ud800",
        "🪓⛏️",
        "kulaks " * 600,
        "".join(chr(number) for number in range(32, 4_032)),
        "x" * 4_000,
        " ".join(f"word{number}" for number in range(1_000)),
    ],
)
def test_any_text_is_survived(index: FactIndex, typed: str) -> None:
    for answer in (index.search(typed, 5), index.nearest_topics(typed, 5)):
        assert len(answer) <= 5
    assert len(index.complete(typed, 5)) <= 5
    assert len(index.complete_topics(typed, 5)) <= 5


def test_syntax_is_read_as_words(index: FactIndex) -> None:
    plain = index.search("kulaks")

    assert plain
    assert index.search('"kulaks') == plain
    assert index.search("kulaks*)") == plain
    assert plain[0] in index.search("statement:kulaks")[:2]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=200))
def test_whatever_is_typed_is_answered(index: FactIndex, typed: str) -> None:
    found = index.search(typed)

    assert len(found) == len({fact.id for fact in found}) <= 10
    assert all(value and len(label) <= 100 for value, label in index.complete(typed))


def test_the_nearest_topics(index: FactIndex) -> None:
    assert index.nearest_topics("kulaki", 1) == ["kulaks"]
    assert index.nearest_topics("resentful", 1) == ["resentment"]
    assert len(index.nearest_topics("quux", 3)) == 3
    assert index.nearest_topics("", 2) == list(load(SOVIET_LABOR).topics()[:2])


def test_completion_as_one_types(index: FactIndex) -> None:
    count = len(load(SOVIET_LABOR).facts_about("kulaks"))
    assert index.complete("kul", 1) == [("kulaks", f"kulaks ({count} facts)")]
    assert index.complete("kremlin")[0][0] == "F13"
    assert index.complete("the krem")[0][0] == "F13"
    assert index.complete("kulacks")[0][0] in {"F32", "F33"}
    assert [value for value, _ in index.complete("F1")][:3] == ["F1", "F10", "F11"]
    label = dict(index.complete("F8"))["F8"]
    assert label.startswith("F8 · Stakhanov's record — On 31 August 1935")
    assert label.endswith("…")
    assert len(label) <= 100


def test_a_title_is_searched_and_shown() -> None:
    evidence = (Citation("a", "p1", ("x",)),)
    titled = Fact("F2", "A short one.", ("barges",), evidence, title="All about lighthouses")
    with of(fact("F1", "A short one.", "barges"), titled) as index:
        assert [found.id for found in index.search("lighthouse")] == ["F2"]
        assert [found.id for found in index.search("lighthuose")] == ["F2"]
        assert index.complete("lightho") == [("F2", "F2 · All about lighthouses — A short one.")]
        assert index.complete("F1") == [("F1", "F1 · A short one.")]


def test_one_letter_brings_what_begins_with_it() -> None:
    facts = (fact("F1", "Zinc was mined.", "zeal"), fact("F2", "Coal was mined.", "pits"))
    with of(*facts) as index:
        assert [value for value, _ in index.complete("z")] == ["zeal", "F1"]
        assert [value for value, _ in index.complete("")] == ["zeal", "pits"]


@pytest.mark.parametrize("slip", ["lihgthouse", "lighhouse", "lightthouse", "lightheuse"])
def test_each_kind_of_slip_finds_the_word(slip: str) -> None:
    facts = (fact("F1", "The lighthouse keeper.", "lamps"), fact("F2", "The light house.", "doors"))
    with of(*facts) as index:
        assert index.search(slip)[0].id == "F1"


def test_what_is_completed_can_be_searched(index: FactIndex) -> None:
    for typed in ("st", "inc", "F2", "102", ""):
        for value, _ in index.complete(typed):
            assert index.search(value)


def test_topics_as_one_types(index: FactIndex) -> None:
    assert index.complete_topics("hen") == [("John Henry", "John Henry (2 facts)")]
    assert index.complete_topics("worker sh")[0][0] == "shock workers"
    assert index.complete_topics("?!") == []
    every = [topic for topic, _ in index.complete_topics("", 100)]
    assert every == list(load(SOVIET_LABOR).topics())
