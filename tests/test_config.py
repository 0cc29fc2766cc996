"""Settings: the file, then the environment, then what was typed; what is wrong is said clearly."""

import os
from pathlib import Path
from typing import get_args

import pytest

from bot import config
from bot.config import Settings, SettingsError, SlackSecret, load


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings from whoever runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COALFACE_{name.upper()}", raising=False)


def test_what_holds_when_nothing_is_said(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.host, settings.port, settings.packs, settings.log) == (
        "127.0.0.1",
        8080,
        (),
        "info",
    )
    assert settings.database == tmp_path / "coalface.sqlite3"


def test_typed_comes_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / config.FILE).write_text('port = 1001\nlog = "debug"\npacks = ["/packs/one"]\n')
    assert load(tmp_path).port == 1001
    monkeypatch.setenv("COALFACE_PORT", "1002")
    assert load(tmp_path).port == 1002
    assert load(tmp_path, port=1003).port == 1003
    assert load(tmp_path, port=None).port == 1002
    assert load(tmp_path).log == "debug"
    assert load(tmp_path).packs == (Path("/packs/one"),)


def test_the_data_folder_can_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALFACE_DATA", str(tmp_path / "there"))
    assert load().data == tmp_path / "there"
    assert load(tmp_path / "typed").data == tmp_path / "typed"


def test_the_data_folder_is_the_systems_place_for_it_otherwise() -> None:
    assert load().data == config.default_folder().absolute()
    assert load(Path("~/x")).data == Path.home() / "x"


def test_a_relative_folder_means_the_one_it_was_said_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(Path("here"))
    monkeypatch.chdir("/")
    assert settings.database == tmp_path / "here" / "coalface.sqlite3"


def test_packs_named_in_the_file_stand_beside_it(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text('packs = ["canal-age"]\n')
    assert load(tmp_path).packs == (tmp_path / "canal-age",)


def test_packs_in_the_environment_are_parted_as_in_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALFACE_PACKS", os.pathsep.join(["/one", "~/two"]))
    assert load(tmp_path).packs == (Path("/one"), Path.home() / "two")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("port = 70000", "port: Input should be less than or equal to 65535"),
        ('port = "many"', "port: Input should be a valid integer"),
        ('log = "loud"', "log: Input should be 'debug', 'info', 'warning' or 'error'"),
        ("prot = 80", "prot: Extra inputs are not permitted"),
        ("port = ", "coalface.toml: "),
        ("port = 1\nport = 2", "coalface.toml: "),
    ],
)
def test_what_is_wrong_in_the_file_is_said_by_name(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / config.FILE).write_text(written)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("PORT", "-1", "port: "), ("LOG", "x", "log: ")],
)
def test_what_is_wrong_in_the_environment_is_said_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"COALFACE_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert said in str(caught.value)
    assert "coalface.toml" not in str(caught.value)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, port=-1, log="x")
    assert len(str(caught.value).splitlines()) == 2


def test_settings_can_not_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path).port = 1


def test_the_discord_token_is_read_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALFACE_DISCORD_TOKEN", " a.secret.token\n")
    settings = load(tmp_path)
    assert settings.discord_secret().get_secret_value() == "a.secret.token"
    assert "a.secret" not in f"{settings!r} {settings} {settings.discord_secret()}"


def test_the_discord_token_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALFACE_DISCORD_TOKEN_FILE", "token")
    settings = load(tmp_path)
    with pytest.raises(SettingsError, match="can't be read: No such file"):
        settings.discord_secret()
    for wrong in ("", "two words"):
        (tmp_path / "token").write_text(wrong)
        with pytest.raises(SettingsError, match="holds no token"):
            settings.discord_secret()
    (tmp_path / "token").write_text("a.secret.token\n")
    assert settings.discord_secret().get_secret_value() == "a.secret.token"


def test_without_a_discord_token_it_is_said_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="COALFACE_DISCORD_TOKEN"):
        load(tmp_path).discord_secret()


SLACK: tuple[SlackSecret, ...] = get_args(SlackSecret)


@pytest.mark.parametrize("what", SLACK)
def test_each_of_slacks_secrets_is_read_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: SlackSecret
) -> None:
    with pytest.raises(SettingsError, match=f"COALFACE_SLACK_{what.upper()}_FILE names"):
        load(tmp_path).slack_secret(what)
    (tmp_path / "kept").write_text("hidden-in-a-file\n")
    monkeypatch.setenv(f"COALFACE_SLACK_{what.upper()}_FILE", "kept")
    assert load(tmp_path).slack_secret(what).get_secret_value() == "hidden-in-a-file"
    monkeypatch.setenv(f"COALFACE_SLACK_{what.upper()}", " hidden ")
    settings = load(tmp_path)
    assert settings.slack_secret(what).get_secret_value() == "hidden"
    assert "hidden" not in f"{settings!r} {settings} {settings.slack_secret(what)}"
