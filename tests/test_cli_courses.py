"""`coalface course` and `coalface import`, as a person types them."""

import asyncio
import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.imports.discord_class import DiscordClass
from tests.imports.discord_class import Step as DiscordStep
from tests.imports.slack_class import SlackClass, Step
from tests.world import Human, a_world


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str, types: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=types, prog_name="coalface")


def slack_files(folder: Path, kinds: Sequence[str] = ("post", "reply")) -> str:
    made = SlackClass()
    for number, kind in enumerate(kinds):
        named = "U0" if number else None
        made.play(Step(kind, "history", f"U{number}", 0, [("two words", 2)], 9, named, [], 0))
    return str(made.write_folder(folder / "history-2024"))


def test_an_old_term_is_brought_in_and_reported(tmp_path: Path) -> None:
    said = run("import", "slack", slack_files(tmp_path))
    assert said.exit_code == 0, said.output
    assert said.stdout == (
        "history-2024 is course 1: 2 new messages; 4 people in it.\n"
        "Its report: coalface report --course 1\n"
    )
    rows = list(csv.DictReader(run("report", "--course", "1").stdout.splitlines()))
    ada, bo = (next(row for row in rows if row["member"] == user) for user in ("U0", "U1"))
    assert (ada["name"], ada["posts"], ada["replies_received"], ada["words"]) == (
        "'=cmd",
        "1",
        "1",
        "2",
    )
    assert (bo["replies"], bo["peers_root"], bo["peers_named"], bo["words"]) == ("1", "1", "1", "2")
    again = run("import", "slack", slack_files(tmp_path))
    assert "course 1: nothing is new; 4 people in it." in again.stdout


def test_discord_files_go_by_their_servers_name(tmp_path: Path) -> None:
    made = DiscordClass()
    made.play(DiscordStep("Default", "101", "11", 0, [("one", 1)], 1, None, 0, False))
    files = [str(file) for file in made.write(tmp_path)]
    found = json.loads(run("import", "discord", *files, "--json").stdout)
    assert (found["title"], found["messages"], found["problems"]) == ("History 2024", 1, [])


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["slack", "nowhere"], "nowhere does not exist; give the export's folder or its ZIP file."),
        (["discord", "nowhere.json"], "nowhere.json: No such file or directory."),
        (["slack", ".", "--zone", "Mars/Base"], "There is no time zone “Mars/Base”"),
        (["slack", ".", "--pack", "nope"], "There is no pack “nope”"),
    ],
)
def test_what_cant_be_brought_in_is_said_in_a_sentence(typed: list[str], says: str) -> None:
    said = run("import", *typed)
    assert (said.exit_code, said.stdout) == (1, "")
    assert says in said.stderr


async def a_term(data: Path) -> None:
    async with a_world(data).opened() as world:
        ada = await world.person("Ada")
        await world.course(ada)
        await ada.answer("course settings", keep_text=30, catch_up=5)
        await ada.answer("prompt new", title="Ours", text="Which?", sides="Left; Right")
        await ada.answer("prompt new", title="Gone", text="Which?")
        await world.post(ada, "P1")
        said = await ada.answer("prompt schedule", prompt="P1", when="tomorrow 9am", repeat="daily")
        assert "Schedule" in said
        await ada.answer("schedule confirm", schedule="S1")
        await ada.answer("prompt schedule", prompt="P2", when="2026-09-14 09:00", repeat="weekly")
        await ada.answer("schedule confirm", schedule="S2")
        await ada.answer("prompt withdraw", what="P2")


def test_a_new_term_begins_with_what_the_old_one_had_and_with_nobody(data: Path) -> None:
    asyncio.run(a_term(data))
    made = json.loads(run("course", "copy", "History 101", "History 102", "--json").stdout)
    assert (made["course"], made["prompts"]) == (2, 1)
    (shape,) = made["schedules"]
    assert shape == "S1, P1: Every day at 09:00"
    assert made["left_out"] == ["S2, P2: Every Monday at 09:00 (withdrawn: P2)"]
    assert "already" in run("course", "copy", "1", "history 102").stderr
    assert run("course", "archive", "1", types="n\n").exit_code == 1
    assert (
        "archived, and with it 1 open discussion" in run("course", "archive", "1", "--yes").stdout
    )
    assert run("course", "archive", "1", "--yes").stderr == "History 101 is archived already.\n"
    listed = run("course", "list").stdout.splitlines()
    assert listed[0].startswith("1: History 101 (archived ")
    assert listed[1:] == ["2: History 102"]
    asyncio.run(the_next_term(data, made["code"]))


async def the_next_term(data: Path, code: str) -> None:
    async with a_world(data).opened() as world:
        people = {person.name: person for person in await world.app.browser.classroom.people()}
        ada = Human(world, people["Ada"].ref, "Ada", people["Ada"].manages)
        refused = await ada.form("prompt new", title="Late", text="?")
        assert refused.problems == {"": "History 101 is archived, and closed to changes."}
        await world.channel("next")
        joined = await ada.answer("course join", channel="next", code=code)
        assert "one of History 102" in joined
        assert "Ours" in await ada.answer("prompt list", channel="next")
        assert "Gone" not in await ada.answer("prompt list", channel="next")
        listed = await ada.answer("schedule list", channel="next")
        assert "Ours" in listed
        assert "paused" in listed
        assert "S2" not in listed
        shown = await ada.answer("course show", channel="next")
        assert "30 days" in shown
        assert "Students: 0" in shown


async def a_term_of_schedules(data: Path) -> None:
    async with a_world(data).opened() as world:
        ada = await world.person("Ada")
        await world.course(ada)
        for title in ("Gone", "Ours"):
            await ada.answer("prompt new", title=title, text="Which?")
        for prompt in ("P1", "P2", "next incentives", "next"):
            await ada.answer("prompt schedule", prompt=prompt, when="tomorrow 9am")
        for number in (1, 2, 3):
            await ada.answer("schedule confirm", schedule=f"S{number}")
        await ada.answer("schedule cancel", schedule="S4")
        await ada.answer("prompt withdraw", what="P1")


def test_which_course_is_asked_with_those_that_there_are(tmp_path: Path) -> None:
    run("import", "slack", slack_files(tmp_path))
    said = run("course", "archive", "9", "--yes").stderr
    assert said == "Say which course, by its number or title (1: history-2024).\n"
    assert run("course", "archive", "1", "--yes").stderr == "history-2024 is archived already.\n"
