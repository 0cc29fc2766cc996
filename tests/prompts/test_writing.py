"""prompts/README.md keeps its word: following it, from nothing, makes a pack that checks."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from prompts.loader import load

README = Path(__file__).parents[2] / "prompts" / "README.md"
FILES = ("pack.yaml", "sources.yaml", "facts.yaml", "prompts/who-dug-it.md")


def blocks(languages: str) -> list[str]:
    words = README.read_text("utf-8")
    return re.findall(rf"^```(?:{languages})\n(.*?)^```$", words, re.MULTILINE | re.DOTALL)


def lines() -> Iterator[str]:
    return (line for block in blocks("sh") for line in block.splitlines())


def write_own(folder: Path) -> None:
    """The pack of the README, with its subjects and the places in its text."""
    subjects, places = blocks("yml")
    for name, text in zip(FILES, blocks("yaml|markdown"), strict=True):
        (folder / name).write_text(text, "utf-8")
    (folder / "prompts" / "one.md").unlink()
    (folder / "subjects.yaml").write_text(subjects, "utf-8")
    sources = folder / "sources.yaml"
    before, _, after = sources.read_text("utf-8").partition("    locators:\n      p4: page 4\n")
    sources.write_text(before + places + after, "utf-8")


def test_its_commands_work_in_the_order_in_which_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path / "data"))
    (text,) = blocks("text")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "diary.txt").write_text(text, "utf-8")
    said = ""
    for line in lines():
        program, *arguments = shlex.split(line)
        assert program == "coalface"
        if "--texts" in arguments:
            write_own(tmp_path / "canal-age")
        result = CliRunner().invoke(app, arguments, prog_name=program)
        assert (result.exit_code, result.stderr) == (0, ""), line
        said = result.stdout

    assert said.startswith("3 sentences: 1 cited, 2 left out with a reason, 0 not cited.\n")
    pack = load(tmp_path / "canal-age")
    assert set(pack.checked) == {"F1"}
    assert [subject.id for subject in pack.subjects] == ["navvies"]
