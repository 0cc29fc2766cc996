"""`coalface run --discord`, `discord invite` and `doctor`, as far as they get without a network."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path))
    for name in ("COALFACE_DISCORD_TOKEN", "COALFACE_DISCORD_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("command", ["run --discord", "discord invite", "doctor"])
def test_without_a_token_it_is_said_where_to_put_it(command: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, command.split(), prog_name="coalface")
    assert result.exit_code == 1
    assert "COALFACE_DISCORD_TOKEN" in result.stderr
    assert list(tmp_path.iterdir()) == []  # nothing was touched


def test_no_command_takes_the_token_itself() -> None:
    for command in ("run", "discord invite", "doctor"):
        helped = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="coalface")
        assert "--token" not in helped.stdout
        assert "--discord-token" not in helped.stdout


def test_nothing_at_all_can_not_be_run() -> None:
    result = CliRunner().invoke(app, ["run", "--no-classroom"], prog_name="coalface")
    assert result.exit_code == 1
    assert "--no-classroom goes with --discord" in result.stderr
