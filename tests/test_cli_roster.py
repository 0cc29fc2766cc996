"""`coalface roster …`, over a class that was taught in the classroom."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.world import a_world

NAMES = "Wer;Nummer\nPitlamp, Ada;700123\n;7\nBo;700456\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], prog_name="coalface")


def read(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """History 101, in which Bo has written."""
    async with a_world(tmp_path).opened() as world:
        ines, bo = [await world.person(name) for name in ("Ines", "Bo")]
        await world.course(ines)
        await bo.say("Some words.", await world.post(ines))
    return tmp_path


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    file = tmp_path / "names.csv"
    file.write_bytes(NAMES.encode("utf-16"))
    return file


def test_a_roster_is_taken_and_listed(data: Path, roster: Path) -> None:
    where = "--data", data
    unclear = run("roster", "import", roster, *where)
    assert unclear.exit_code == 1
    assert (
        "In names.csv, no header is recognised as the name; the headers in row 1 are Wer, Nummer."
        " Say it with --column name=…. Should that row be a student already,"
    ) in " ".join(unclear.stderr.split())
    columns = "--column", "name=Wer", "--column", "id=Nummer"
    taken = read(run("roster", "import", roster, *columns, *where, "--json"))
    problem = {"file": str(roster), "row": 3, "problem": "there is no name; left out"}
    assert taken == {
        "course": 1, "students": 2, "new": 2, "changed": 0, "back": 0, "left": 0,
        "problems": [problem],
    }  # fmt: skip
    with closing(sqlite3.connect(data / "coalface.sqlite3")) as db:
        noted = db.execute("SELECT member_id FROM audit WHERE action = 'course roster'").fetchall()
    assert noted == [(None,)], "whoever runs the bot did it"
    again = run("roster", "import", roster, *columns, *where)
    assert "Nothing has changed." in again.stdout
    assert "names.csv, row 3: there is no name; left out." in again.stdout
    listed = read(run("roster", "list", *where, "--json"))
    assert [(one["name"], one["student_id"], one["suggested"]) for one in listed["roster"]] == [
        ("Ada Pitlamp", "700123", None),
        ("Bo", "700456", "Bo (Browser)"),
    ]
    assert listed["not_on_roster"] == ["Bo (Browser)"]
    assert "Bo | 700456 |  | perhaps Bo (Browser) |" in run("roster", "list", *where).stdout


def test_who_is_missing_is_asked_for_where_it_is_most_of_the_class(
    data: Path, tmp_path: Path
) -> None:
    for number, students in enumerate((["Ada", "Bo"], ["Cy"])):
        file = tmp_path / f"{number}.csv"
        file.write_text("\n".join(["Name", *students]), "utf-8")
        result = run("roster", "import", file, "--data", data)
    assert result.exit_code == 1
    assert "2 of the 2 on the roster are not in this file" in result.stderr
    assert "Say it with --missing left or --missing stay." in " ".join(result.stderr.split())
    left = run("roster", "import", file, "--missing", "left", "--data", data, "--json")
    assert (read(left)["new"], read(left)["left"]) == (1, 2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--column", "Wer"), "--column takes what a column is and its header"),
        (("--column", "height=Wer"), "--column takes what a column is and its header"),
        (("--column", "name=Who"), "There is no column “Who”; these are there: Wer, Nummer."),
        (("--column", "name=Wer", "--course", "7"), "Say which course, by its number"),
        (("--missing", "gone"), "--missing takes left or stay."),
    ],
)
def test_what_is_mistyped_is_said(
    data: Path, roster: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run("roster", "import", roster, *arguments, "--data", data)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert read(run("roster", "list", "--data", data, "--json"))["roster"] == []
