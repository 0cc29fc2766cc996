"""The README keeps its word: its tables are those of the commands and of Slack's permissions, and
each of its commands is executed.

`python -m tests.test_readme` writes the tables anew.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.discord import permissions
from bot.adapters.slack import permissions as slack_permissions
from bot.adapters.slack.manifest import EVERYTHING
from bot.adapters.slack.parsing import Typed, from_mention, from_slash
from bot.config import Settings
from bot.core import catalog
from bot.core.commands import Catalog, Command
from tests.imports import discord_class, slack_class
from tests.programs import ADDRESS, ROOT, environment, ran, serving

README = ROOT / "README.md"
BEGIN, END = "<!-- commands -->\n", "<!-- /commands -->"
SCOPES, SCOPES_END = "<!-- scopes -->\n", "<!-- /scopes -->"
SLACKS_OWN = {"invite"}
"""Slash commands that Slack answers itself."""
ONLY_LOOKED_AT = {"make test"}
"""Executed by whoever runs this test: here it would run itself. Its target must be there."""


def command_table(commands: Catalog) -> str:
    """The commands as a Markdown table: command, who, what."""
    rows = [("Command", "Who", "What it does"), ("---", "---", "---")]
    rows += [(f"`{command.usage}`", _who(command), command.summary) for command in commands]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def scope_table() -> str:
    """Slack's permissions as a Markdown table: which, what for."""
    rows = [("Permission", "So that it can"), ("---", "---")]
    rows += [
        (f"`{scope}`", "; ".join(slack_permissions.why(scope)))
        for scope in slack_permissions.scopes()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _who(command: Command) -> str:
    return command.least.word + (" or manager" if command.managers else "")


def written() -> tuple[str, str, str]:
    """The README before the table, the table, and what comes after it."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    table, _, after = rest.partition(END)
    return before + BEGIN, table, END + after


def scopes_written() -> tuple[str, str, str]:
    """The README before the table of Slack's permissions, the table, and what comes after it."""
    before, _, rest = README.read_text("utf-8").partition(SCOPES)
    table, _, after = rest.partition(SCOPES_END)
    return before + SCOPES, table, SCOPES_END + after


def blocks(language: str, text: str | None = None) -> list[str]:
    words = README.read_text("utf-8") if text is None else text
    fenced = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", words, re.MULTILINE | re.DOTALL)
    return [block for named, block in fenced if named == language]


def shell_lines() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines() if line.strip()]


# --- the text -----------------------------------------------------------------------------------


def test_the_table_is_the_catalogues() -> None:
    assert written()[1] == command_table(catalog.build()), "run: python -m tests.test_readme"


def test_the_commands_in_the_worked_example_can_be_typed() -> None:
    """In the blocks without a language each line is a command, and `name: value` its parameters."""
    commands = catalog.build()
    typed = [
        line
        for block in blocks("")
        for line in block.splitlines()
        if line.startswith("/")
    ]  # fmt: skip
    assert len(typed) >= 10
    for line in typed:
        name, *given = re.split(r"\s{2,}", line)
        pairs = dict(re.findall(r"(\w+): (\S+(?: \S+)*?)(?=\s+\w+: |$)", " ".join(given)))
        first = re.match(r"/(\w+(?: \w+)?)(?: (\w+: .*))?$", name)
        assert first, line
        command = commands.find(first[1])
        assert command is not None, line
        pairs |= dict(re.findall(r"(\w+): (.*)", first[2] or ""))
        assert all(command.param(param) for param in pairs), line
        missing = {p.name for p in command.params if p.required} - set(pairs)
        assert not missing, line


def test_every_command_it_names_is_in_the_catalogue() -> None:
    commands = catalog.build()
    groups = {command.group for command in commands}
    words = written()[0] + written()[2]
    named = re.findall(r"`/([a-z]+)(?![a-z/])(?: ([a-z]+))?", words)
    assert named
    by_everything = re.findall(rf"`{EVERYTHING} ([a-z]+(?: [a-z]+)?)", words)
    assert by_everything
    for command in by_everything:
        assert commands.find(command), f"{EVERYTHING} {command}"
    for group, verb in named:
        if f"/{group}" == EVERYTHING or group in SLACKS_OWN:
            continue
        assert group in groups
        assert commands.find(f"{group} {verb}" if verb else group), f"/{group} {verb}"


def test_what_it_points_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text("utf-8")):
        if target == ".github/classroom.png" and not (ROOT / target).exists():
            continue  # the picture is made from the running classroom
        assert (ROOT / target).exists(), target


def test_the_house_it_draws_is_the_one_there_is() -> None:
    (tree,) = [block for block in blocks("") if block.startswith("bot/")]
    folder = ""
    for line in tree.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = name
        assert (ROOT / (folder + name if line.startswith(" ") else name)).exists(), line


# --- the shell examples -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every path of the README means something, and nothing is anybody's."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("seeds", "Makefile"):
        (folder / name).symlink_to(ROOT / name)
    gradebook = "Student,ID,SIS User ID,SIS Login ID,Section,Participation (7)\n"
    (folder / "canvas.csv").write_text(gradebook, "utf-8")
    (folder / "roster.csv").write_text("Wer,ID\nAda Pitlamp,700123\n", "utf-8")
    on_slack = slack_class.SlackClass()
    on_slack.play(slack_class.Step("post", "history", "U0", 0, [("said", 1)], 1, None, [], 0))
    on_slack.write_zip(folder / "slack-export.zip")
    on_discord = discord_class.DiscordClass()
    for kind in ("Default", "Reply"):
        on_discord.play(discord_class.Step(kind, "101", "11", 0, [("said", 1)], 1, None, 0, False))
    on_discord.write(folder / "history-2025")
    return folder


NEEDS = {
    "coalface discord invite": "COALFACE_DISCORD_TOKEN",
    "coalface run --discord": "COALFACE_DISCORD_TOKEN",
    "coalface run --slack": "COALFACE_SLACK_BOT_TOKEN",
    "coalface run --slack-http": "COALFACE_SLACK_SIGNING_SECRET",
    "coalface doctor": "COALFACE_SLACK_BOT_TOKEN",
}
"""What the blocks of `console` run, each with what it wants first."""


def test_what_needs_a_token_says_so_without_one(desk: Path) -> None:
    """The blocks of `console`: not executed further, since nobody is there to be asked."""
    lines = [line.strip() for block in blocks("console") for line in block.splitlines()]
    typed = [line.removeprefix("$ ") for line in lines if line.startswith("$ coalface ")]
    assert {*typed} == {*NEEDS}
    env = environment(desk / "data")
    for line, variable in NEEDS.items():
        done = ran([sys.executable, "-m", "bot", *line.split()[1:]], env=env, cwd=ROOT)
        assert done.returncode == 1, line
        assert variable in done.stderr.decode(), line


def test_the_variables_it_sets_are_settings() -> None:
    named = set(re.findall(r"COALFACE_([A-Z_]+)", README.read_text("utf-8")))
    assert {"SLACK_BOT_TOKEN", "SLACK_KEY", "DISCORD_TOKEN"} <= named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_the_permissions_it_names_are_those_of_the_invite_link() -> None:
    (sentence,) = re.findall(r"is seven permissions: (.*?\))", README.read_text("utf-8"), re.DOTALL)
    held = {permissions.WORDS[name] for need in permissions.TABLE for name in need.permissions}
    assert len(held) == 7
    assert {word for word in held if word in " ".join(sentence.split())} == held


def test_the_permissions_on_slack_are_those_of_the_manifest() -> None:
    assert scopes_written()[1] == scope_table(), "run: python -m tests.test_readme"
    asked = slack_permissions.scopes()
    assert len(asked) == 12
    refrained = {"channels:join", "groups:write", "im:history", "mpim:history", "users:read.email"}
    assert not refrained & {*asked}


def test_what_it_types_on_slack_is_understood() -> None:
    _, _, section = README.read_text("utf-8").partition("\n## On Slack\n")
    section, commands = section.partition("\n## ")[0], catalog.build()
    typed = re.findall(r"`(/[a-z]+) ([^`]+)`", section)
    assert len(typed) >= 5
    for name, rest in typed:
        if name.removeprefix("/") not in SLACKS_OWN:
            assert isinstance(from_slash(commands, name, rest), Typed), f"{name} {rest}"
    (mentioned,) = re.findall(r"`@Coalface ([^`]+)`", section.replace("/invite @Coalface", ""))
    assert from_mention(commands, f"<@U1> {mentioned}", "U1") == Typed(
        "fact about", {"subject": "kulaks"}
    )


def test_there_are_examples() -> None:
    assert {"make run", "make test", "coalface pack list"} <= set(shell_lines())


def test_every_example_works_in_the_order_in_which_it_stands(desk: Path) -> None:
    """What serves is stopped once it has said where; all else must end well by itself."""
    programs = Path(sys.executable).parent
    if shutil.which("coalface", path=str(programs)) is None:
        pytest.skip("coalface is not installed in this environment (make test installs it)")
    env = environment(desk / "data", COALFACE_PORT="0")
    env["PATH"] = f"{programs}:{env['PATH']}"
    for line in shell_lines():
        command = ["bash", "-euo", "pipefail", "-c", line]
        if line in ONLY_LOOKED_AT:
            dry = ran(["make", "--dry-run", *line.split()[1:]], env=env, cwd=ROOT)
            assert dry.returncode == 0, line
        elif line.startswith("make run"):
            if Path(sys.prefix) != ROOT / ".venv":
                continue  # it would set up an environment of its own in the checkout
            with serving(command, env=env, cwd=ROOT) as running:
                assert ADDRESS.fullmatch(running.address)
            assert "Coalface has stopped." in running.said
        elif line.startswith("coalface run"):
            with serving(["bash", "-c", f"exec {line}"], env=env, cwd=desk) as running:
                assert ADDRESS.fullmatch(running.address)
            assert running.code == 0, line
        else:
            done = ran(command, env=env, cwd=desk)
            assert done.returncode == 0, f"{line}: {done.stderr.decode()}"
            assert done.stdout, line
    assert (desk / "participation.csv").read_bytes()


def test_python_m_bot_works_where_the_readme_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "pack", "list"], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.startswith(b"soviet-labor: ")


if __name__ == "__main__":
    before, _, after = written()
    README.write_text(before + command_table(catalog.build()) + after, "utf-8")
    before, _, after = scopes_written()
    README.write_text(before + scope_table() + after, "utf-8")
