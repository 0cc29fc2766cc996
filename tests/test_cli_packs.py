"""The terminal commands with which somebody writes a pack: new, preview, check with the texts."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from prompts.checks import check
from prompts.loader import load

LETTER = """\
To the Owner of the Canal

Sir, the work proceeds with thirty diggers, and
the wages they demand are a scandal before the frost.

I remain, Sir, your servant.
"""
TAKEN = "The id F1 is taken already (first in line 4)."


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of its own."""
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path / "data"))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A new pack."""
    folder = tmp_path / "canal-age"
    assert run("pack", "new", folder).exit_code == 0
    return folder


@pytest.fixture
def texts(tmp_path: Path, own: Path) -> Path:
    """The folder of the letter that the pack cites; the pack does what its comments say."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "letter.txt").write_text(LETTER, "utf-8")
    sources = own / "sources.yaml"
    words = sources.read_text("utf-8")
    before, commented, after = re.split(r"    #\n((?:    # .*\n)+)", words)
    assert after.lstrip().startswith("locators:")
    taught = re.sub("^    # ", "    ", commented, flags=re.MULTILINE)
    sources.write_text(
        before + taught + "      - begins: To the Owner\n        reason: A heading.\n", "utf-8"
    )
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in arguments], prog_name="coalface")


def told(result: Result) -> str:
    """The one sentence that a failure says, on standard error only."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (sentence,) = result.stderr.splitlines()
    return sentence


def edit(file: Path, old: str, new: str) -> None:
    words = file.read_text("utf-8")
    assert old in words
    file.write_text(words.replace(old, new), "utf-8")


# --- new ----------------------------------------------------------------------------------------


def test_a_new_pack_works_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "Canal Age"

    result = run("pack", "new", folder, "--title", 'Canals: "who" dug them?')

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == f"Look at it with: coalface pack preview {folder}"
    files = [line.removeprefix("Written: ") for line in lines[:-1]]
    assert files == [
        str(folder / name)
        for name in ("pack.yaml", "sources.yaml", "facts.yaml", "subjects.yaml", "prompts/one.md")
    ]
    assert all("# " in Path(file).read_text("utf-8") for file in files)
    pack = load(folder)
    assert (pack.id, pack.title) == ("canal-age", 'Canals: "who" dug them?')
    assert check(pack) == []
    assert pack.facts
    assert pack.prompts
    assert pack.subjects
    assert run("pack", "check", folder).stdout == f"{folder} is in order.\n"


def test_a_new_pack_is_named_after_its_folder(own: Path) -> None:
    assert (load(own).id, load(own).title) == ("canal-age", "Canal age")


def test_a_folder_that_is_empty_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert run("pack", "new", tmp_path / "empty").exit_code == 0


def test_what_is_there_is_not_written_over(own: Path, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in own.rglob("*.*")}
    (tmp_path / "file").touch()

    assert told(run("pack", "new", own)) == f"{own} is not empty; name a new folder."
    assert told(run("pack", "new", tmp_path / "file")).endswith("is not empty; name a new folder.")
    assert {file: file.read_bytes() for file in own.rglob("*.*")} == before


@pytest.mark.parametrize("name", ["运河", "-", "x" * 65])
def test_a_folder_whose_name_is_no_id_is_refused(tmp_path: Path, name: str) -> None:
    said = told(run("pack", "new", tmp_path / name))

    assert said.startswith(f"The folder's name becomes the pack's id, and “{name}” has ")
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("title", ["x" * 101, " ", "a\x07b", "a\u202eb"])
def test_a_title_that_a_pack_cannot_have_is_refused(tmp_path: Path, title: str) -> None:
    said = told(run("pack", "new", tmp_path / "own", "--title", title))

    assert said == "A title is a line of 1 to 100 characters."
    assert not (tmp_path / "own").exists()


# --- preview ------------------------------------------------------------------------------------


def test_the_prompts_are_listed(own: Path) -> None:
    said = run("pack", "preview", own).stdout
    assert said == "one: Forty or thirty? (source-check, 2 sides, F1 F2)\n"
    (prompt,) = json.loads(run("pack", "preview", own, "--json").stdout)
    assert prompt == {
        "id": "one",
        "title": "Forty or thirty?",
        "kind": "source-check",
        "sides": ["The diary counted right", "The letter counted right"],
        "facts": ["F1", "F2"],
    }


def test_a_prompt_is_shown_as_the_class_would_see_it(own: Path) -> None:
    by_id, by_title = (
        run("pack", "preview", own, name).stdout for name in ("one", "forty OR thirty?")
    )
    assert by_id == by_title
    for part in (
        "Forty or thirty?\nA diary counts forty people at the cut, and a letter thirty.",
        "[The diary counted right] [The letter counted right]",
        "At 4 replies: Who gained by a larger number,",
        "48 hours after the prompt: Two days on,",
        "After 24 hours without a reply: Nobody has asked",
        "F1: Ann Spade's diary reports that forty navvies dug the cut in 1796.",
    ):
        assert part in by_id
    shown = json.loads(run("pack", "preview", own, "one", "--json").stdout)
    assert shown["facts"][1]["id"] == "F2"
    assert [f["key"] for f in shown["follow_ups"]] == ["replies-4", "after-48", "silence-24"]
    assert [side["key"] for side in shown["sides"]] == ["diary", "letter"]


def test_a_prompt_of_little_is_shown_too(own: Path) -> None:
    words = "---\ntitle: Why?\nkind: critique\nfollow-ups:\n- replies: 1\n  text: So?\n---\nWhy?\n"
    (own / "prompts" / "two.md").write_text(words, "utf-8")

    assert "two: Why? (critique, no sides, no facts)" in run("pack", "preview", own).stdout
    said = run("pack", "preview", own, "two").stdout
    assert said.endswith("Follow-ups, each posted once:\n\nAt the first reply: So?\n")


def test_a_prompt_that_is_not_there_is_told_with_those_that_are(own: Path) -> None:
    said = told(run("pack", "preview", own, "tow"))
    assert said == f"There is no prompt “tow” in {own}; it has: one."


def test_a_pack_that_cannot_be_read_is_no_preview(own: Path) -> None:
    edit(own / "facts.yaml", "topics: [navvies, diggers, pay]", "tropics: [pay]")

    result = run("pack", "preview", own)

    assert result.exit_code == 1
    assert f"{own}/facts.yaml:25: A fact has no key 'tropics'" in result.stderr


# --- check with the texts -----------------------------------------------------------------------


def test_a_check_against_the_texts_is_recorded(own: Path, texts: Path) -> None:
    never = "{}/facts.yaml:{}: {} has not been checked against its texts."
    before = run("pack", "check", own)
    assert before.exit_code == 1
    assert before.stderr.splitlines() == [
        never.format(own, *which) for which in ((4, "F1"), (22, "F2"))
    ]

    result = run("pack", "check", own, "--texts", texts)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"{own} is in order.\n"
        f"Found in their texts: 1 fact, which is recorded in {own}/checked.yaml."
        " Not looked for, as a source of theirs names no text: 1 fact.\n"
    )
    assert run("pack", "check", own).stdout == f"{own} is in order.\n"


def test_what_was_changed_since_is_told_without_the_texts(own: Path, texts: Path) -> None:
    run("pack", "check", own, "--texts", texts)
    edit(own / "facts.yaml", "complains of their pay", "praises their pay")

    assert told(run("pack", "check", own)) == (
        f"{own}/facts.yaml:22: F2 was changed since it was checked against its texts "
        "(coalface pack check FOLDER --texts …)."
    )
    assert run("pack", "check", own, "--texts", texts).exit_code == 0
    assert run("pack", "check", own).exit_code == 0


def test_a_check_that_fails_records_nothing(own: Path, texts: Path) -> None:
    edit(own / "facts.yaml", "the wages they demand", "the wages he demands")

    said = told(run("pack", "check", own, "--texts", texts))

    assert said == (
        f"{own}/facts.yaml:27: F2 cites “the wages he demands”, which does not stand in letter, "
        "paragraph 1."
    )
    assert not (own / "checked.yaml").exists()


def test_what_needs_no_text_is_told_with_the_texts_too(own: Path, texts: Path) -> None:
    edit(own / "facts.yaml", "counts thirty diggers", "counts fifty diggers of Leeds")

    lines = run("pack", "check", own, "--texts", texts).stderr.splitlines()

    assert lines == [
        f"{own}/facts.yaml:22: F2 names Leeds, and no term does.",
        f"{own}/facts.yaml:22: F2 says 50, which no term of it holds.",
    ]


def test_coverage_lists_what_no_fact_cites(own: Path, texts: Path) -> None:
    command = ("pack", "check", own, "--texts", texts, "--coverage")
    complete = run(*command)
    assert (complete.exit_code, complete.stderr) == (0, "")
    assert complete.stdout.splitlines()[0] == (
        "3 sentences: 1 cited, 2 left out with a reason, 0 not cited."
    )
    (own / "checked.yaml").unlink()
    edit(own / "sources.yaml", "      - begins: To the Owner\n        reason: A heading.\n", "")

    result = run(*command)

    assert result.exit_code == 1
    assert result.stderr == (
        f"{texts}/letter.txt:1: not cited (outside every locator): To the Owner of the Canal\n"
    )
    assert result.stdout == "3 sentences: 1 cited, 1 left out with a reason, 1 not cited.\n"
    assert not (own / "checked.yaml").exists()
    assert run("pack", "check", own, "--texts", texts).exit_code == 0


def test_coverage_for_a_program(own: Path, texts: Path) -> None:
    edit(own / "sources.yaml", "      - begins: To the Owner\n        reason: A heading.\n", "")

    result = run("pack", "check", own, "--texts", texts, "--coverage", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "problems": [],
        "coverage": {
            "sentences": 3,
            "cited": 1,
            "left_out": [
                {
                    "text": "letter.txt",
                    "line": 6,
                    "place": "outside every locator",
                    "sentence": "I remain, Sir, your servant.",
                    "reason": "A courtesy.",
                }
            ],
            "not_cited": [
                {
                    "text": "letter.txt",
                    "line": 1,
                    "place": "outside every locator",
                    "sentence": "To the Owner of the Canal",
                }
            ],
        },
    }


def test_coverage_needs_the_texts(own: Path) -> None:
    said = told(run("pack", "check", own, "--coverage"))
    assert said == "--coverage reads the texts: name their folder with --texts."


def test_a_broken_pack_is_told_with_the_texts_too(own: Path, texts: Path) -> None:
    edit(own / "facts.yaml", "- id: F2", "- id: F1")
    result = run("pack", "check", own, "--texts", texts, "--coverage", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["coverage"] is None
    assert {"file": "facts.yaml", "line": 22, "sentence": TAKEN} in found["problems"]


def test_texts_that_are_not_there(own: Path, tmp_path: Path) -> None:
    result = run("pack", "check", own, "--texts", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_record_that_cannot_be_written_is_told(
    own: Path, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "checked.yaml")

    monkeypatch.setattr("prompts.evidence.fingerprints.record", full)
    said = told(run("pack", "check", own, "--texts", texts))
    assert said == "checked.yaml: No space left on device."
