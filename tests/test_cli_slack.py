"""`coalface slack manifest`: needs no token, no data and no network."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import app


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path))


def test_the_manifest_is_printed_as_yaml_or_json(tmp_path: Path) -> None:
    plain = CliRunner().invoke(app, ["slack", "manifest"], prog_name="coalface")
    assert plain.exit_code == 0
    as_json = CliRunner().invoke(app, ["slack", "manifest", "--json"], prog_name="coalface")
    assert json.loads(as_json.stdout) == yaml.safe_load(plain.stdout)
    assert json.loads(as_json.stdout)["settings"]["socket_mode_enabled"] is True
    assert list(tmp_path.iterdir()) == []  # nothing was touched


def test_over_http_it_names_the_address() -> None:
    address = "https://coalface.example.edu"
    result = CliRunner().invoke(app, ["slack", "manifest", "--http", address], prog_name="coalface")
    events = yaml.safe_load(result.stdout)["settings"]["event_subscriptions"]
    assert events["request_url"] == f"{address}/slack/events"


def test_an_address_that_is_none_is_refused_in_one_sentence() -> None:
    result = CliRunner().invoke(app, ["slack", "manifest", "--http", "here"], prog_name="coalface")
    assert result.exit_code == 1
    assert "https://" in result.stderr
    assert "Traceback" not in result.stderr
