"""The rules of the house that no other tool holds (import-linter has who may know whom)."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from bot.core import catalog
from bot.core.commands import Role
from tests.programs import ROOT, environment, ran

FOLDERS = ("bot", "prompts", "storage", "seeds", "tests")

TOP = {
    *FOLDERS, ".ci", ".github", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md",
    "pyproject.toml", "requirements.txt", "requirements-dev.txt",
}  # fmt: skip

MOST_LINES = 400
LONGER = {
    "storage/migrations/versions/0001_first.py": "a migration is one list, written once",
    "storage/schema.py": "every table, side by side",
    "bot/core/catalog.py": "every command, side by side",
    "tests/test_cli.py": "every terminal command",
}

RUNS_AT_IMPORT = {"bot.__main__", "storage.migrations.env", "tests.benchmarks.__main__"}
"""They are run by their names, by Python and by alembic, and never imported."""

BUILD_FILES = re.compile(
    r"(pyproject\.toml|setup\.cfg|Makefile|requirements[^/]*\.txt|\.ci/.*|\.github/.*\.ya?ml|.*\.lock"
    r"|pip\.conf|\.pypirc|\.npmrc|package(-lock)?\.json|Dockerfile.*)"
)


@cache
def tracked() -> tuple[str, ...]:
    """The files of the project, those not added yet too."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git can't say which files are the project's here")
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).exists())


def python_files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


# --- the tree -----------------------------------------------------------------------------------


def test_nothing_stands_at_the_top_that_does_not_belong_there() -> None:
    assert {name.partition("/")[0] for name in tracked()} <= TOP


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_opens_with_a_short_readme(folder: str) -> None:
    words = (ROOT / folder / "README.md").read_text("utf-8")
    assert words.startswith(f"# {folder}")
    for question in ("What lives here", "What does not", "How to add one more"):
        assert f"**{question}.**" in words


def test_a_long_file_is_listed_with_its_reason() -> None:
    long = {
        str(file.relative_to(ROOT))
        for file in python_files(*FOLDERS)
        if len(file.read_text("utf-8").splitlines()) > MOST_LINES
    }
    assert long <= set(LONGER), "two ideas share a room?"


def test_no_registry_address_stands_in_a_build_file() -> None:
    address = re.compile("://|index-url|find-links|trusted-host|registry", re.IGNORECASE)
    checked = [name for name in tracked() if BUILD_FILES.fullmatch(name)]
    assert "requirements.txt" in checked
    for name in checked:
        assert not address.search((ROOT / name).read_text("utf-8")), name


def test_every_requirement_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-r requirements.txt")):
                assert re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", line), f"{name}: {line}"


@pytest.mark.parametrize("folder", ["bot", "prompts", "storage", "seeds"])
def test_each_package_says_that_it_is_typed(folder: str) -> None:
    assert (ROOT / folder / "py.typed").exists()


# --- the code -----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", python_files(*FOLDERS), ids=module_name)
def test_a_module_opens_by_saying_what_it_is_for(file: Path) -> None:
    words = file.read_text("utf-8").lstrip()
    if file.name == "__init__.py" and not words:
        return
    assert words.startswith('"""')
    assert len(words[3 : words.index('"""', 3)].splitlines()) <= 12


@pytest.mark.parametrize("file", python_files("bot/core"), ids=module_name)
def test_the_core_asks_its_clock_what_time_it_is(file: Path) -> None:
    asked = re.search(
        r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.(time|monotonic|perf_counter)\(",
        file.read_text("utf-8"),
    )
    assert asked is None, f"{file}: {asked}"


@pytest.mark.parametrize("file", python_files("bot/core"), ids=module_name)
def test_the_core_is_handed_its_randomness(file: Path) -> None:
    words = file.read_text("utf-8")
    assert not re.search(
        r"(?<!\.)\brandom\.(random|choice|shuffle|randint|sample)\(|\bsecrets\.", words
    )


@pytest.mark.parametrize("file", python_files("bot", "storage", "prompts"), ids=module_name)
def test_a_log_message_is_a_constant(file: Path) -> None:
    """What it is about goes into `extra`, as ids and counts: see bot/logs.py."""
    calls = re.findall(
        r"\blog\.(?:debug|info|warning|error|exception|critical)\(\s*(.*)",
        file.read_text("utf-8"),
    )
    for begins in calls:
        assert begins.startswith('"'), f"{file}: {begins}"
        assert "%" not in begins, f"{file}: {begins}"


# --- imports ------------------------------------------------------------------------------------

LOOK = """
import sys
import bot.cli
heavy = {"sqlalchemy", "alembic", "aiosqlite", "nicegui", "fastapi", "discord", "slack_bolt",
         "slack_sdk", "pydantic", "pydantic_settings", "yaml", "rich", "asyncio"}
print(*sorted(heavy & set(sys.modules)))
"""


def test_help_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    found = ran([sys.executable, "-c", LOOK], env=environment(tmp_path), cwd=ROOT)
    assert (found.returncode, found.stdout.split()) == (0, [])


REPORT = """
import sys
import bot.app
heavy = {"bot.core.catalog", "prompts.claims.checker", "icalendar", "nicegui", "discord",
         "slack_bolt", "vl_convert", "xlsxwriter"}
print(*sorted(heavy & set(sys.modules)))
"""


def test_a_report_in_the_terminal_loads_no_commands_and_no_formats(tmp_path: Path) -> None:
    found = ran([sys.executable, "-c", REPORT], env=environment(tmp_path), cwd=ROOT)
    assert (found.returncode, found.stdout.split()) == (0, [])


WATCH = """
import importlib, sys
seen = []
def watch(event, arguments):
    if event in {"sqlite3.connect", "socket.bind", "socket.connect", "subprocess.Popen",
                 "os.mkdir"}:
        seen.append((event, str(arguments)))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append((event, str(arguments)))
import nicegui, uvicorn, alembic.command
sys.addaudithook(watch)
import logging, threading
before = threading.active_count(), list(logging.getLogger().handlers)
for name in sys.argv[1:]:
    importlib.import_module(name)
assert (threading.active_count(), list(logging.getLogger().handlers)) == before
assert not seen, seen
"""


def test_no_module_does_work_when_it_is_imported(tmp_path: Path) -> None:
    """No file is made, no database or socket opened, no thread or log handler started."""
    names = [module_name(file) for file in python_files("bot", "prompts", "storage", "seeds")]
    found = ran(
        [sys.executable, "-c", WATCH, *(name for name in names if name not in RUNS_AT_IMPORT)],
        env=environment(tmp_path / "data", PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1"),
        cwd=tmp_path,
    )
    assert found.returncode == 0, found.stderr.decode()
    assert not (tmp_path / "data").exists()


# --- the catalogue ------------------------------------------------------------------------------

COMMANDS = list(catalog.build())
WORD = re.compile(r"[a-z]+( [a-z]+(-[a-z]+)*)?")


def test_a_name_is_a_group_and_a_verb_in_small_letters_and_stands_once() -> None:
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    assert all(WORD.fullmatch(name) for name in names)
    groups = {name.partition(" ")[0] for name in names if " " in name}
    assert not groups & set(names), "a platform can't have /prompt beside /prompt post"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_and_parameter_is_told_in_a_line(command: object) -> None:
    from bot.core.commands import Command

    assert isinstance(command, Command)
    for summary in (command.summary, *(param.summary for param in command.params)):
        assert summary.strip() == summary
        assert summary
        assert "\n" not in summary
        assert len(summary) <= 100, "Discord takes no more for a description"
        assert not summary.endswith(".")
    assert len(command.params) <= 25
    for param in command.params:
        assert re.fullmatch(r"[a-z_]{1,32}", param.name)
        assert len(param.choices) <= 25


def test_every_role_has_something_to_do() -> None:
    assert {command.least for command in COMMANDS} == set(Role)
