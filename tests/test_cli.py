"""The terminal commands, in the process (quick) and as programs of their own (true)."""

import csv
import json
import logging
import os
import pty
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

import seeds
from bot.cli import app
from storage import maintenance
from tests.about import checked
from tests.programs import ROOT, environment, ran, serving
from tests.world import World, a_world

NEWEST = maintenance.newest()
PACK = str(seeds.packs()[0])
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of its own, and no settings from whoever runs the tests."""
    for name in ("HOST", "PORT", "PACKS", "LOG"):
        monkeypatch.delenv(f"COALFACE_{name}", raising=False)
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    """A command that fails opens the log of its data folder: it is closed again."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
async def taught(tmp_path: Path) -> None:
    """A database in the data folder, with two courses that talked."""
    async with a_world(tmp_path / "data").opened() as world:
        await talk(world)


async def talk(world: World) -> None:
    ada = await world.person("Ada")
    anna = await world.person("Анна")
    for title, channel in (("History", "history"), ("Letters", "letters")):
        await world.course(ada, channel, title)
        thread = await world.post(ada, channel=channel)
        await anna.say(f"On {title}.", thread, channel=channel)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, prog_name="coalface")


def told(result: Result) -> str:
    """The one sentence that a failure says, on standard error only."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (sentence,) = result.stderr.splitlines()
    return sentence


def program(*arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    data = Path(os.environ["COALFACE_DATA"])
    return ran(
        [sys.executable, "-m", "bot", *arguments], env={**environment(data), **env}, cwd=ROOT
    )


# --- what holds for every command ---------------------------------------------------------------


def every_command() -> Iterator[tuple[tuple[str, ...], Any]]:
    def walk(command: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        yield names, command
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, (*names, name))

    yield from walk(typer.main.get_command(app), ())


COMMANDS = dict(every_command())


def test_these_are_the_commands() -> None:
    single = [names for names, command in COMMANDS.items() if not hasattr(command, "commands")]
    assert sorted(" ".join(names) for names in single) == [
        "course archive",
        "course copy",
        "course list",
        "db backup",
        "db check",
        "db restore",
        "db upgrade",
        "discord invite",
        "doctor",
        "fact check",
        "fact cite",
        "fact compare",
        "fact search",
        "gradebook rehearse",
        "import discord",
        "import slack",
        "pack check",
        "pack list",
        "pack new",
        "pack preview",
        "report",
        "roster import",
        "roster list",
        "run",
        "schedule list",
        "schedule next",
        "schedule when",
        "slack key",
        "slack manifest",
    ]


def test_a_pack_in_order_is_said_to_be() -> None:
    assert run("pack", "check", PACK).stdout == f"{PACK} is in order.\n"
    assert json.loads(run("pack", "check", PACK, "--json").stdout) == []


def test_a_pack_with_a_slip_is_told_by_file_and_line(tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(PACK, own)
    with (own / "facts.yaml").open("a", encoding="utf-8") as facts:
        facts.write("\n- id: F1\n  statement: Again.\n")
    result = run("pack", "check", str(own))
    assert result.exit_code == 1
    assert re.match(rf"{re.escape(str(own))}/facts\.yaml:\d+: ", result.stderr)
    result = run("pack", "check", str(own), "--json")
    assert result.exit_code == 1
    (first, *_) = json.loads(result.stdout)
    assert (first["file"], first["line"] > 1, bool(first["sentence"])) == ("facts.yaml", True, True)


def test_a_pack_that_is_not_there() -> None:
    result = run("pack", "check", "/no/such/folder")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_broken_pack_in_the_settings_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "coalface.toml").write_text('packs = ["nowhere"]')
    result = run("pack", "list")
    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert "Traceback" not in result.stderr


def test_facts_come_with_their_sources() -> None:
    found = run("fact", "search", "stakhanof 102 tons")
    assert found.exit_code == 0
    assert "102 tons" in found.stdout
    assert "paragraph" in found.stdout
    facts = json.loads(run("fact", "search", "102 tons", "--limit", "2", "--json").stdout)
    assert len(facts) == 2
    for fact in facts:
        assert set(fact) == {"pack", "id", "title", "statement", "citations"}
        assert {"source", "locator", "in_words"} == set(fact["citations"][0])


def test_no_fact_is_exit_code_1_and_still_json() -> None:
    result = run("fact", "search", "xylophone zeppelin", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == []
    assert result.stderr == "No fact for “xylophone zeppelin”.\n"


def test_subjects_are_compared_for_people_and_for_programs() -> None:
    shown = run("fact", "compare", "kulaks", "shock workers")
    assert shown.exit_code == 0
    assert "  Kulaks: No source of the pack says.\n" in shown.stdout
    found = json.loads(run("fact", "compare", "stakanov", "John Henry", "--json").stdout)
    assert [subject["id"] for subject in found["subjects"]] == ["stakhanov", "john-henry"]
    assert found["subjects"][0]["cells"]["incentive"]["facts"]
    said = told(run("fact", "compare", "kulaks", "zeppelins"))
    assert said.startswith("There is no subject “zeppelins”; there are Kulaks, ")


def test_an_unknown_pack_is_told_with_the_ones_there_are() -> None:
    said = told(run("fact", "search", "coal", "--pack", "nope"))
    assert said == "There is no pack “nope”; these are installed: soviet-labor, gettysburg."


# --- reports ------------------------------------------------------------------------------------


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.usefixtures("taught")
def test_a_report_is_of_the_course_that_was_named(tmp_path: Path) -> None:
    said = told(run("report"))
    assert said == "Say which course, by its number (1: History; 2: Letters)."
    assert told(run("report", "--course", "9")) == said
    for course in ("1", "2"):
        printed = run("report", "--course", course)
        assert printed.exit_code == 0
        (anna,) = rows(printed.stdout)
        assert (anna["name"], anna["posts"], anna["words"]) == ("Анна", "1", "2")
    file = tmp_path / "out.csv"
    result = run("report", "--course", "2", "--output", str(file))
    digest = sha256(file.read_bytes()).hexdigest()
    assert result.stdout == (
        f"Written to {file}\nWhat it is, and its SHA-256, stand beside it in out.csv.about.txt\n"
        f"E2, SHA-256 {digest}, by definitions version 3\n"
    )
    about = (tmp_path / "out.csv.about.txt").read_bytes()
    assert b"# Course: Letters\n" in about
    assert checked(about, file.read_bytes()) == digest
    assert file.read_bytes().startswith(b"\xef\xbb\xbfmember,name,")
    assert told(run("report", "--course", "1", "--output", str(tmp_path / "no" / "where.csv"))) == (
        f"{tmp_path}/no/where.csv: No such file or directory."
    )


@pytest.mark.usefixtures("taught")
def test_a_terminal_of_another_alphabet_changes_no_data() -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    report = program("report", "--course", "1", **plain)
    assert report.returncode == 0
    assert b"# Export: E1\n" in report.stderr
    assert b"# Definitions: version 3\n" in report.stderr
    assert checked(report.stderr, report.stdout) == sha256(report.stdout).hexdigest()
    assert rows(report.stdout.decode("utf-8"))[0]["name"] == "Анна"
    found = program("fact", "search", "Stakhanov", "--json", **plain)
    assert found.returncode == 0
    assert json.loads(found.stdout.decode("ascii"))
    shown = program("fact", "search", "“xylophone”…", **plain)
    assert (shown.returncode, shown.stdout) == (1, b"")
    assert b"No fact for " in shown.stderr
    assert b"Traceback" not in shown.stderr
    latin = program("fact", "search", "Анна", PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert latin.stderr == b"No fact for ??????.\n"


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    missing = f"There is no database at {tmp_path}/data/coalface.sqlite3."
    assert told(run("report")) == missing
    assert told(run("db", "check")) == missing
    assert told(run("db", "backup", str(tmp_path / "copy"))) == missing
    assert not (tmp_path / "data").exists()


# --- the database -------------------------------------------------------------------------------


@pytest.mark.usefixtures("taught")
def test_the_database_is_checked_backed_up_and_restored(tmp_path: Path) -> None:
    copy, file = tmp_path / "copy.sqlite3", tmp_path / "data" / "coalface.sqlite3"
    assert run("db", "check").stdout == f"All is well; revision {NEWEST}.\n"
    health = json.loads(run("db", "check", "--json").stdout)
    assert (health["problems"], health["rows"]["courses"]) == ([], 2)
    assert run("db", "backup", str(copy)).stdout == f"Written to {copy}\n"
    assert told(run("db", "backup", str(copy))) == f"{copy} exists already; choose another name."
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE courses SET title = 'Spoilt'")
    restored = run("db", "restore", str(copy))
    assert restored.exit_code == 0
    assert "The backup is in place.\nThe database before was kept as " in restored.stdout
    assert "1: History; 2: Letters" in told(run("report"))


def test_the_database_is_made_and_upgraded(tmp_path: Path) -> None:
    file = tmp_path / "data" / "coalface.sqlite3"
    for _ in range(2):
        assert run("db", "upgrade").stdout == f"{file} is at revision {NEWEST}.\n"
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '4711'")
    assert "was made by a newer version of Coalface" in told(run("db", "upgrade"))
    checked = run("db", "check", "--json")
    assert checked.exit_code == 1
    assert json.loads(checked.stdout)["problems"] == [
        f"it is at revision 4711, and this version needs {NEWEST}"
    ]
    assert told(run("report")).startswith("The database can't be used: it is at revision 4711")


def test_what_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "data" / "coalface.sqlite3"
    file.parent.mkdir()
    file.write_text("a shopping list " * 100)
    for command in (("check",), ("upgrade",), ("backup", str(tmp_path / "copy"))):
        assert told(run("db", *command)) == f"{file} is not a Coalface database, or is damaged."
    assert file.read_text().startswith("a shopping list")


@pytest.mark.parametrize(
    ("written", "said"), [("port = 70000", "port: "), ("{", "coalface.toml: ")]
)
def test_wrong_settings_are_told(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "coalface.toml").write_text(written)
    assert told(run("db", "check")).startswith(said)


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = told(run("db", "upgrade", "--data", str(tmp_path / "file")))
    assert said == f"{tmp_path}/file: File exists."


# --- running ------------------------------------------------------------------------------------


def test_another_host_is_refused(tmp_path: Path) -> None:
    refused = program("run", "--host", "0.0.0.0", "--empty")  # noqa: S104 - that is the point
    assert refused.returncode == 1
    assert b"sign-in does not exist yet" in refused.stderr
    assert b"Traceback" not in refused.stderr


def test_a_port_in_use_is_said_and_another_taken(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "bot", "run", "--empty", "--port", str(port)]
        with serving(command, env=environment(tmp_path / "data"), cwd=ROOT) as running:
            assert f"Port {port} is taken, so it is at " in running.said
            assert f":{port}/" not in running.address
            # While it runs, a backup can be made and the file is not taken away from under it.
            assert run("db", "backup", str(tmp_path / "copy.sqlite3")).exit_code == 0
            busy = told(run("db", "restore", str(tmp_path / "copy.sqlite3")))
            assert busy.endswith("is in use; stop the bot first.")
            assert told(run("run", "--fresh")) == busy
    assert running.code == 0
    assert running.said.endswith("Coalface has stopped.\n")


def test_it_stops_in_order_when_a_service_manager_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "run", "--empty", "--port", "0"]
    process = subprocess.Popen(
        command, env=environment(tmp_path / "data"), cwd=ROOT, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        while b"http://" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert b"Coalface has stopped." in said


def test_what_nobody_expected_is_told_by_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Anna's words")

    monkeypatch.setattr("bot.app.run", fail)
    before = signal.getsignal(signal.SIGTERM)
    result = run("run", "--empty")
    signal.signal(signal.SIGTERM, before)
    assert result.exit_code == 1
    failure = re.search("logged as ([0-9a-f]{8}) in ", result.stderr)
    assert failure
    log = (tmp_path / "data" / "coalface.log").read_text()
    assert failure[1] in log
    assert "Anna" not in log + result.output


@pytest.mark.parametrize(
    ("arguments", "fails"),
    [
        (("report",), "storage.maintenance.require_newest"),
        (("db", "upgrade"), "storage.maintenance.upgrade"),
        (("db", "backup", "copy.sqlite3"), "storage.maintenance.backup"),
        (("db", "restore", PACK), "storage.maintenance.restore"),
        (("db", "check", "--json"), "storage.maintenance.check"),
        (("fact", "search", "coal"), "bot.core.loaded_packs.load_packs"),
        (("fact", "search", "coal", "--json"), "prompts.citations.in_words"),
        (("pack", "list"), "bot.core.loaded_packs.load_packs"),
        (("pack", "check", PACK), "prompts.checks.check"),
        (("schedule", "when", "9am", "--zone", "UTC"), "bot.core.times.understand"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_nobody_expected_is_told_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str], fails: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Anna's words")

    monkeypatch.setattr(fails, fail)
    said = told(run(*arguments))
    failure = re.search("logged as ([0-9a-f]{8}) in ", said)
    assert failure
    log = (tmp_path / "data" / "coalface.log").read_text()
    assert failure[1] in log
    assert "RuntimeError" in log
    assert "Anna" not in log + said


def test_a_failure_that_can_not_be_logged_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("storage.maintenance.check", fail)
    (tmp_path / "data").touch()  # no folder: nothing can be written there
    assert told(run("db", "check")) == (
        "Something went wrong on our side (RuntimeError), and it could not be logged"
        " (FileExistsError)."
    )


# --- colours ------------------------------------------------------------------------------------


def on_a_terminal(*arguments: str, **env: str) -> bytes:
    """What a program writes where it believes that a person looks."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        env={**environment(Path("/nowhere")), "TERM": "xterm-256color", **env},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            more = os.read(ours, 65_536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        said += more
    process.wait(30)
    os.close(ours)
    return said


@pytest.mark.parametrize("arguments", [("--help",), ("db", "chekc")])
def test_no_color_is_respected(arguments: Sequence[str]) -> None:
    assert COLOUR.search(on_a_terminal(*arguments))
    assert b"\x1b" not in on_a_terminal(*arguments, NO_COLOR="1")
