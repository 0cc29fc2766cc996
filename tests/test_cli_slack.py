"""`coalface run --slack` and `--slack-http`, `doctor` and `slack …`, as far as they get without a
network."""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier
from typer.testing import CliRunner, Result

from bot.adapters.slack.installations import Keys, new_key
from bot.cli import app
from tests.programs import ROOT, environment, serving

SOCKET = ("BOT_TOKEN", "APP_TOKEN")
HTTP = ("SIGNING_SECRET", "CLIENT_SECRET", "KEY", "CLIENT_ID")
NOT_THIS = "not-to-be-shown"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("COALFACE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, prog_name="coalface")


def told(result: Result, folder: Path) -> str:
    """The one sentence of a failure that touched nothing."""
    assert result.exit_code == 1, result.output
    assert NOT_THIS not in result.output
    assert list(folder.iterdir()) == []
    (sentence,) = result.stderr.splitlines()
    return sentence


def given(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names:
        monkeypatch.setenv(f"COALFACE_SLACK_{name}", new_key() if name == "KEY" else NOT_THIS)


def sent(address: str, body: bytes, secret: str) -> Any:
    """The answer to a request that is signed as Slack signs."""
    now = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=now, body=body)
    signed = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signature or ""}
    headers = {"Content-Type": "application/json", **signed}
    request = urllib.request.Request(address, body, headers)  # noqa: S310 - http, on this computer
    return urllib.request.urlopen(request, timeout=30)  # noqa: S310 - the same


# --- run ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "needed", "missing"),
    [("--slack", SOCKET, name) for name in SOCKET] + [("--slack-http", HTTP, n) for n in HTTP],
)
@pytest.mark.parametrize("more", [(), ("--no-classroom",)])
def test_each_setting_that_is_missing_is_named_before_anything_is_touched(
    option: str,
    needed: tuple[str, ...],
    missing: str,
    more: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given(monkeypatch, *(name for name in needed if name != missing))
    assert f"COALFACE_SLACK_{missing}" in told(run("run", option, *more), tmp_path)


def test_a_key_that_is_none_is_refused_without_being_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, *HTTP)
    monkeypatch.setenv("COALFACE_SLACK_KEY", NOT_THIS)
    assert "COALFACE_SLACK_KEY holds no key" in told(run("run", "--slack-http"), tmp_path)


def test_one_way_to_slack_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, *SOCKET, *HTTP)
    assert "give one of them" in told(run("run", "--slack", "--slack-http"), tmp_path)


def test_over_http_it_is_said_where_slack_and_workspaces_go(tmp_path: Path) -> None:
    """No Slack is there: it listens, lets the address be verified, and refuses what is not signed
    with the secret."""
    secrets = {f"COALFACE_SLACK_{name}": NOT_THIS for name in HTTP}
    env = environment(tmp_path, **secrets, COALFACE_SLACK_PORT="0")
    env["COALFACE_SLACK_KEY"] = new_key()
    command = [sys.executable, "-m", "bot", "run", "--slack-http", "--no-classroom"]
    with serving(command, env=env, cwd=ROOT) as running:
        (address,) = re.findall(r"http://\S+/slack/events", running.said)
        assert "/slack/install" in running.said
        challenge = json.dumps({"type": "url_verification", "challenge": "read me"}).encode()
        with sent(address, challenge, NOT_THIS) as answer:
            assert b"read me" in answer.read()
        with pytest.raises(urllib.error.HTTPError) as refused:
            sent(address, challenge, "another secret")
        refused.value.close()
        assert refused.value.code == 401
    assert running.code == 0
    assert "Coalface has stopped." in running.said
    assert NOT_THIS not in running.said


# --- doctor ---------------------------------------------------------------------------------------


def test_the_doctor_wants_something_to_examine(tmp_path: Path) -> None:
    sentence = told(run("doctor"), tmp_path)
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        assert f"COALFACE_{name}" in sentence


@pytest.mark.parametrize(("there", "missing"), [*[SOCKET], SOCKET[::-1], ("CLIENT_ID", HTTP[0])])
def test_what_is_half_set_up_is_named_by_the_doctor(
    there: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, there)
    assert f"COALFACE_SLACK_{missing}" in told(run("doctor"), tmp_path)


# --- slack … --------------------------------------------------------------------------------------


def test_a_key_is_printed_that_can_be_used(tmp_path: Path) -> None:
    first, second = run("slack", "key"), run("slack", "key")
    assert first.exit_code == 0
    keys = Keys(SecretStr(f"{first.stdout.strip()},{second.stdout.strip()}"))
    assert keys.unseal(keys.seal({"a": 1})) == {"a": 1}
    assert first.stdout != second.stdout
    assert list(tmp_path.iterdir()) == []


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
