"""`coalface fact cite` as somebody at the terminal sees it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from prompts.loader import load

RUN = CliRunner()


@pytest.mark.parametrize(
    ("style", "labels", "entry"),
    [
        ("chicago", ("Note (", "Bibliography:"), "Stakhavonites.” Blog post. n.d."),
        ("mla", ("In the text (", "Works Cited:"), "Stakhavonites.” Blog post."),
        ("apa", ("In the text (", "References:"), "Stakhavonites. (n.d.). [Blog post]."),
    ],
)
def test_the_forms_are_labelled(style: str, labels: tuple[str, ...], entry: str) -> None:
    told = RUN.invoke(app, ["fact", "cite", "f1", "--style", style])

    assert told.exit_code == 0
    assert told.stdout.startswith("F1 of the pack soviet-labor; ")
    assert all(f"\n{label}" in told.stdout for label in labels)
    assert told.stdout.rstrip().endswith(entry)


def test_as_json() -> None:
    told = RUN.invoke(
        app, ["fact", "cite", "F1", "--style", "mla", "--json", "--pack", "soviet-labor"]
    )

    kept = json.loads(told.stdout)
    assert (kept["pack"], kept["id"], kept["style"]) == ("soviet-labor", "F1", "mla")
    assert kept["citations"][0]["locator"] == "p1"
    assert kept["citations"][0]["in_text"].endswith("par. 1)")


def test_chicago_lists_no_comments() -> None:
    pack = load(Path(__file__).parents[1] / "seeds" / "soviet-labor")
    fact = next(f for f in pack.facts if any(c.source == "comments" for c in f.citations))

    told = RUN.invoke(app, ["fact", "cite", fact.id, "--json"])

    comments = [c for c in json.loads(told.stdout)["citations"] if c["source"] == "comments"]
    assert comments
    assert comments[0]["entry"] is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["F8x"], "There is no fact in soviet-labor called “F8x”; did you mean F8?\n"),
        (["F1", "--pack", "soviet-labr"],
         "There is no pack “soviet-labr”; did you mean soviet-labor?\n"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_one_sentence(typed: list[str], sentence: str) -> None:
    told = RUN.invoke(app, ["fact", "cite", *typed])

    assert told.exit_code == 1
    assert told.stdout == ""
    assert told.stderr == sentence
