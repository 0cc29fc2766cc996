"""What is wrong with a pack is told with its file and line, all of it at once."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from prompts.loader import PackError, load

WritePack = Callable[[Mapping[str, str | bytes | None]], Path]


def refusal(folder: Path) -> list[str]:
    with pytest.raises(PackError) as caught:
        load(folder)
    lines = [str(problem) for problem in caught.value.problems]
    assert str(caught.value).splitlines() == lines
    return lines


# File, what stands in it, what is put in its place, and what is told: lines and sentences.
SLIPS = (
    (
        "pack.yaml",
        "title: The",
        "titel: The",
        (
            "1: The pack needs the key 'title'.\n"
            "2: The pack has no key 'titel' (did you mean 'title'?)."
        ),
    ),
    (
        "pack.yaml",
        "summary:",
        "title: Again\nsummary:",
        "3: The pack has the key 'title' twice: keep one.",
    ),
    (
        "pack.yaml",
        "id: canal-age",
        "id: ../canal",
        "1: The pack's id cannot be '../canal': write it like 'soviet-labor'.",
    ),
    (
        "pack.yaml",
        "The canal age",
        "~",
        "2: The pack's title is empty: write it, or leave its key out.",
    ),
    (
        "pack.yaml",
        "The canal age",
        "[The, canal]",
        "2: The pack's title should be a single piece of text.",
    ),
    (
        "pack.yaml",
        "The canal age",
        '"The \\0 age"',
        "2: The pack's title holds U+0000, a character nobody can see: take it out.",
    ),
    (
        "pack.yaml",
        "The canal age",
        "The \u202e age",
        "2: U+202E is a character nobody can see: take it out.",
    ),
    (
        "pack.yaml",
        "The canal age",
        "!!python/object:os.system The",
        (
            "2: The YAML tag 'tag:yaml.org,2002:python/object:os.syst…' is not allowed: take it "
            "out.\n"
            "2: The pack's title should be a single piece of text."
        ),
    ),
    (
        "pack.yaml",
        "The canal age",
        "&a The canal age",
        (
            "2: This is not YAML we read: YAML anchors (&) and aliases (*) are not allowed: "
            "write the value out."
        ),
    ),
    (
        "sources.yaml",
        "kind: comment",
        "kind: coment",
        "17: A source's kind cannot be 'coment' (did you mean 'comment'?).",
    ),
    (
        "sources.yaml",
        "issued: 1796",
        "issued: spring",
        "10: 'spring' is no date: write it as 1988 or 1988-05-31.",
    ),
    (
        "sources.yaml",
        "family: Spade",
        "given: Bea",
        (
            "7: An author needs a family name, or a literal name.\n"
            "8: An author has the key 'given' twice: keep one."
        ),
    ),
    (
        "facts.yaml",
        "id: F2",
        "id: two",
        "13: A fact's id cannot be 'two': write it like 'F12'.",
    ),
    (
        "facts.yaml",
        "id: F2",
        "id: F1",
        (
            "13: The id F1 is taken already (first in line 1).\n"
            "1: F1 names 'F2' in disputed_by, and there is no such fact."
        ),
    ),
    (
        "facts.yaml",
        "1796-05]",
        "1796-13]",
        "7: '1796-13' is no date: write it as 1935, 1935-08, 1935-08-31 or 1928/1932.",
    ),
    (
        "facts.yaml",
        "topics: [navvies]",
        "topics: []",
        "15: A fact needs at least one topic.",
    ),
    (
        "facts.yaml",
        "terms: [thirty]",
        "terms: thirty",
        "19: The list of terms should be a list, with a dash before each entry.",
    ),
    (
        "facts.yaml",
        "locator: c1",
        "locator: c9",
        "17: F2 cites 'c9', and 'remarks' has no such locator: it has c1.",
    ),
    (
        "facts.yaml",
        "source: remarks",
        "source: remark",
        "17: F2 cites 'remark', and there is no such source (did you mean 'remarks'?).",
    ),
    (
        "prompts/who-dug-it.md",
        "facts: [F1]",
        "facts: [F7]",
        "1: The prompt names 'F7', and there is no such fact.",
    ),
    (
        "prompts/who-dug-it.md",
        "kind: critique",
        "kind: quiz",
        (
            "3: The kind cannot be 'quiz': it should be one of comparison, analogy, incentive, "
            "critique, source-check, counterfactual."
        ),
    ),
    (
        "prompts/who-dug-it.md",
        "  investors: Nobody digs without investors\n",
        "",
        "6: One side is no choice: name two or more, or leave them out.",
    ),
    (
        "prompts/who-dug-it.md",
        "replies: 4",
        "replies: many",
        "12: The number of replies should be a whole number from 1 to 1000.",
    ),
    (
        "prompts/who-dug-it.md",
        "replies: 4",
        "after: 48",
        "12: Two follow-ups have the same condition: join them or change one.",
    ),
    (
        "prompts/who-dug-it.md",
        "  - replies: 4\n    text",
        "  - text",
        (
            "12: A follow-up has one condition: after (hours since opening), replies (how many) "
            "or silence (hours without a reply)."
        ),
    ),
    (
        "prompts/who-dug-it.md",
        "---\nThe plaque",
        "The plaque",
        "1: The front matter has no end: close it with a line of ---.",
    ),
)


@pytest.mark.parametrize(("name", "old", "new", "told"), SLIPS)
def test_one_slip_is_told_in_clear_sentences(
    write_pack: WritePack, sound: Mapping[str, str], name: str, old: str, new: str, told: str
) -> None:
    assert old in sound[name]
    folder = write_pack({name: sound[name].replace(old, new, 1)})

    assert sorted(refusal(folder)) == [f"{name}:{line}" for line in told.splitlines()]


def test_all_that_is_wrong_is_told_at_once_in_file_order(
    write_pack: WritePack, sound: Mapping[str, str]
) -> None:
    folder = write_pack(
        {
            "pack.yaml": None,
            "facts.yaml": sound["facts.yaml"].replace("topics", "topic"),
            "prompts/Who.md": sound["prompts/who-dug-it.md"],
            "prompts/empty.md": "---\ntitle: Empty\nkind: critique\n---\n\n",
        }
    )

    assert refusal(folder) == [
        "pack.yaml: The pack needs a file of this name.",
        "facts.yaml:1: A fact needs the key 'topics'.",
        "facts.yaml:5: A fact has no key 'topic' (did you mean 'topics'?).",
        "facts.yaml:13: A fact needs the key 'topics'.",
        "facts.yaml:15: A fact has no key 'topic' (did you mean 'topics'?).",
        (
            "prompts/Who.md: The file's name is the prompt's id: write it in lower case letters, "
            "digits and hyphens, at most 64 of them."
        ),
        "prompts/empty.md: The prompt has no text: write it below the front matter.",
    ]


def test_an_alias_bomb_is_refused_before_it_grows(write_pack: WritePack) -> None:
    bomb = "- &a [x, x]\n" + "".join(
        f"- &{b} [*{a}, *{a}]\n" for a, b in zip("abc", "bcd", strict=True)
    )

    (told,) = refusal(write_pack({"facts.yaml": bomb}))

    assert told.startswith("facts.yaml:1: This is not YAML we read: YAML anchors")


def test_an_alias_without_its_anchor_is_refused(write_pack: WritePack) -> None:
    (told,) = refusal(write_pack({"facts.yaml": "- *nowhere\n"}))

    assert told.startswith("facts.yaml:1: This is not YAML we read: YAML anchors")


def test_deep_nesting_is_refused(write_pack: WritePack) -> None:
    (told,) = refusal(write_pack({"facts.yaml": "[" * 5_000}))

    assert "nest more than 8 deep" in told


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1, 2\n", 2), ("a: 'open\n", 2), ("id: a\n---\nid: b\n", 2), ("\ta: b\n", 1)],
)
def test_broken_yaml_is_told_with_its_line(write_pack: WritePack, text: str, line: int) -> None:
    (told,) = refusal(write_pack({"pack.yaml": text}))

    assert told.startswith(f"pack.yaml:{line}: This is not YAML we read: ")


def test_an_impossible_escape_is_refused(write_pack: WritePack) -> None:
    (told,) = refusal(write_pack({"pack.yaml": 'id: "\\UFFFFFFFF"\n'}))

    assert told.startswith("pack.yaml: This is not YAML we read: ")


def test_text_that_is_not_utf_8_is_told_with_its_line(write_pack: WritePack) -> None:
    (told,) = refusal(write_pack({"pack.yaml": b"id: a\ntitle: caf\xe9\n"}))

    assert told.startswith("pack.yaml:2: This is not UTF-8 ")


def test_a_file_that_is_too_large_is_refused(write_pack: WritePack) -> None:
    (told,) = refusal(write_pack({"pack.yaml": "# " + "x" * 16_000}))

    assert told == "pack.yaml: The file is too large: the most is 16,000 bytes."


def test_too_many_facts_are_refused(write_pack: WritePack) -> None:
    told = refusal(write_pack({"facts.yaml": "- x\n" * 2_001}))

    assert "facts.yaml:1: The file holds 2001 entries; the most is 2000." in told


def test_too_many_prompts_are_refused(write_pack: WritePack, sound: Mapping[str, str]) -> None:
    text = sound["prompts/who-dug-it.md"]
    folder = write_pack({f"prompts/copy-{number}.md": text for number in range(300)})

    assert refusal(folder) == ["prompts: There are 301 prompts; the most is 300."]


@pytest.mark.parametrize("name", ["facts.yaml", "prompts/who-dug-it.md"])
def test_a_link_out_of_the_folder_is_refused(
    write_pack: WritePack, tmp_path: Path, sound: Mapping[str, str], name: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_text(sound[name])
    folder = write_pack({name: None})
    (folder / name).symlink_to(outside)

    assert refusal(folder) == [
        f"{name}: This is a symbolic link: put the file itself in its place."
    ]


def test_a_linked_prompts_folder_is_refused(write_pack: WritePack, tmp_path: Path) -> None:
    folder = write_pack({})
    (folder / "prompts").rename(tmp_path / "elsewhere")
    (folder / "prompts").symlink_to(tmp_path / "elsewhere")

    assert refusal(folder) == [
        "prompts: This is a symbolic link: put the file itself in its place."
    ]


def test_a_folder_in_place_of_a_file_is_refused(write_pack: WritePack) -> None:
    folder = write_pack({"facts.yaml": None})
    (folder / "facts.yaml").mkdir()

    assert refusal(folder) == ["facts.yaml: This should be an ordinary file."]


def test_a_file_under_a_slipped_name_is_told(write_pack: WritePack) -> None:
    folder = write_pack({"facs.yaml": "[]", "README.md": "Notes.", ".DS_Store": b"\x00"})

    assert refusal(folder) == [
        "facs.yaml: A pack has no file of this name (did you mean 'facts.yaml'?)."
    ]


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert ".: There is no folder of this name." in refusal(tmp_path / "nowhere")
