"""A pack comes back as it was written."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from prompts.checks import check
from prompts.citations import in_words
from prompts.loader import load
from prompts.models import After, PromptKind, Replies, Side, Silence, SourceKind

WritePack = Callable[[Mapping[str, str | bytes | None]], Path]

README = Path(__file__).parents[2] / "prompts" / "README.md"


def test_a_sound_pack_comes_back_as_it_was_written(write_pack: WritePack) -> None:
    pack = load(write_pack({}))

    assert (pack.id, pack.title, pack.summary) == (
        "canal-age",
        "The canal age",
        "Who dug the canals.",
    )
    assert [source.id for source in pack.sources] == ["diary", "remarks"]
    diary = pack.source("diary")
    assert diary.kind is SourceKind.BOOK
    assert diary.author == "Ann Spade, The Cut Society"
    assert diary.issued == "1796"
    assert diary.locator("p5").label == "page 5"
    assert pack.source("remarks").author is None
    fact = pack.fact("F1")
    assert fact.statement == "The diary reports that forty navvies dug the cut in May 1796."
    assert fact.topics == ("navvies", "wages")
    assert fact.aliases == ("diggers",)
    assert fact.dates == ("1796-05",)
    assert fact.disputed_by == ("F2",)
    assert fact.citations[0].terms == ("forty navvies", "May 1796")
    assert fact.line == 1
    assert fact.citations[0].line == 10
    assert pack.topics() == ("navvies", "wages")


def test_a_prompt_comes_with_its_sides_and_follow_ups(write_pack: WritePack) -> None:
    pack = load(write_pack({}))
    prompt = pack.prompt("who-dug-it")

    assert prompt.kind is PromptKind.CRITIQUE
    assert prompt.text == (
        "The plaque names an engineer.\n\nWhose work is it?\n- a duke's\n- a navvy's"
    )
    assert prompt.sides == (
        Side("navvies", "The navvies did"),
        Side("investors", "Nobody digs without investors"),
    )
    assert prompt.side("navvies").label == "The navvies did"
    assert [follow_up.condition for follow_up in prompt.follow_ups] == [
        After(48),
        Replies(4),
        Silence(24),
    ]
    assert [follow_up.key for follow_up in prompt.follow_ups] == [
        "after-48",
        "replies-4",
        "silence-24",
    ]


def test_what_the_pack_lacks_is_a_key_error(write_pack: WritePack) -> None:
    pack = load(write_pack({}))
    lookups: list[Callable[[str], object]] = [
        pack.fact,
        pack.prompt,
        pack.source,
        pack.facts_about,
        pack.source("diary").locator,
        pack.prompt("who-dug-it").side,
    ]

    for look_up in lookups:
        with pytest.raises(KeyError):
            look_up("nothing-so-called")


def test_facts_about_a_topic_in_any_case(write_pack: WritePack) -> None:
    pack = load(write_pack({}))

    assert [fact.id for fact in pack.facts_about(" Navvies ")] == ["F1", "F2"]
    assert [fact.id for fact in pack.facts_about("wages")] == ["F1"]


def test_a_citation_in_words(write_pack: WritePack) -> None:
    pack = load(write_pack({}))

    assert in_words(pack.fact("F1").citations[0], pack) == (
        'Ann Spade, The Cut Society, Book, "A Navvy\'s Diary", page 4'
    )
    assert in_words(pack.fact("F2").citations[0], pack) == (
        "Reader's comment on \"A Navvy's Diary\", comment 1"
    )


def test_the_example_in_the_readme_is_a_sound_pack(write_pack: WritePack) -> None:
    blocks = re.findall(r"```(?:yaml|markdown)\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    names = ("pack.yaml", "sources.yaml", "facts.yaml", "prompts/who-dug-it.md")
    folder = write_pack(dict(zip(names, blocks, strict=True)))

    pack = load(folder)

    assert check(pack) == []
    assert pack.facts[0].dates == ("1796",)


def test_windows_line_ends_and_a_byte_order_mark_are_fine(
    write_pack: WritePack, sound: Mapping[str, str]
) -> None:
    name = "prompts/who-dug-it.md"
    changed = b"\xef\xbb\xbf" + sound[name].replace("\n", "\r\n").encode()

    pack = load(write_pack({name: changed}))

    assert pack.prompt("who-dug-it").text.startswith("The plaque names an engineer.\n\nWhose")


def test_values_stay_as_they_are_written(write_pack: WritePack) -> None:
    pack = load(write_pack({"pack.yaml": "id: canal-age\ntitle: 1984\nsummary: no\n"}))

    assert (pack.title, pack.summary) == ("1984", "no")
