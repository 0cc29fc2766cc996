"""`coalface gradebook rehearse` as somebody at the terminal sees it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.about import checked
from tests.core.canvas_import import Canvas, Learner
from tests.world import a_world


@pytest.fixture
async def taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A course in which Ada has answered twice, and its gradebook in Canvas."""
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path / "data"))
    async with a_world(tmp_path / "data").opened() as world:
        teacher, ada = await world.person("Ines"), await world.person("Ada Pitlamp")
        await world.course(teacher)
        thread = await world.post(teacher)
        await ada.say("Here is why.", thread)
        await ada.say("And more.", thread)
    (tmp_path / "canvas.csv").write_bytes(book().export())


def book() -> Canvas:
    learners = [Learner("11", "", "", "Pitlamp, Ada"), Learner("12", "", "", "Strebel, Ben")]
    return Canvas(learners, {"77": "Participation"}, {(1, "77"): "4.00"})


def rehearse(folder: Path, *more: str, column: str = "Participation") -> Result:
    typed = ["gradebook", "rehearse", str(folder / "canvas.csv"), "--column", column]
    return CliRunner().invoke(app, [*typed, "--figure", "posts", *more], prog_name="coalface")


@pytest.mark.usefixtures("taught")
def test_it_is_told_and_the_file_is_written(tmp_path: Path) -> None:
    result = rehearse(tmp_path, "--output", str(tmp_path / "upload.csv"))
    assert result.exit_code == 0, result.output
    assert "1 grade changes if you upload the file; nothing else does." in result.stdout
    assert f"Written to {tmp_path}/upload.csv\n" in result.stdout
    about = (tmp_path / "upload.csv.about.txt").read_bytes()
    assert b"# Grade: posts\n" in about
    checked(about, (tmp_path / "upload.csv").read_bytes())
    changed = book().take((tmp_path / "upload.csv").read_bytes())
    assert changed == {(0, "77"): ("", "2.00")}


@pytest.mark.usefixtures("taught")
def test_as_json(tmp_path: Path) -> None:
    told = json.loads(rehearse(tmp_path, "--json").stdout)
    assert (told["platform"], told["column"], told["makes_column"]) == (
        "Canvas", "Participation (77)", False,
    )  # fmt: skip
    (ada,) = told["students"]
    assert (ada["student"], ada["found_by"], ada["after"], ada["fate"]) == (
        "Ada Pitlamp", "name", "2.00", "given",
    )  # fmt: skip
    assert told["untouched"] == ["Strebel, Ben"]


@pytest.mark.usefixtures("taught")
def test_no_file_is_written_that_would_make_a_column_by_accident(tmp_path: Path) -> None:
    output = tmp_path / "upload.csv"
    result = rehearse(tmp_path, "--output", str(output), column="Participaton")
    assert (result.exit_code, output.exists()) == (0, False)
    assert "did you mean “Participation”?" in result.stdout
    assert rehearse(tmp_path, "--new", "--output", str(output), column="Talk").exit_code == 0
    assert output.exists()


@pytest.mark.usefixtures("taught")
@pytest.mark.parametrize(
    ("more", "column", "sentence"),
    [
        ((), "Final Grade", "Canvas silently drops a column called “Final Grade”"),
        (("--course", "7"), "Participation", "Say which course, by its number (1: History 101)."),
        (("--figure", "words"), "Participation", "There is no figure “words” to take as a grade"),
        (("--figure", "volume"), "Participation", "There is no figure “volume” to take as a grade"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    tmp_path: Path, more: tuple[str, ...], column: str, sentence: str
) -> None:
    result = rehearse(tmp_path, *more, column=column)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(sentence)
    (tmp_path / "canvas.csv").unlink()
    gone = rehearse(tmp_path)
    assert gone.stderr == f"{tmp_path}/canvas.csv: No such file or directory.\n"
