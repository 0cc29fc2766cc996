"""Settings, as plain frozen values: from a TOML file, then the environment, then what was typed.

Imports nothing of ours. The file is `coalface.toml` in the data folder; a variable is named
COALFACE_ and the setting, in capitals (COALFACE_PORT=8090).
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

FILE = "coalface.toml"
DATABASE = "coalface.sqlite3"

SlackWay = Literal["socket", "http"]
"""How Slack reaches the bot: Socket Mode for one workspace, or HTTP for many."""

SlackSecret = Literal["bot_token", "app_token", "signing_secret", "client_secret", "key"]
_SECRETS: dict[SlackWay, tuple[SlackSecret, ...]] = {
    "socket": ("bot_token", "app_token"),
    "http": ("signing_secret", "client_secret", "key"),
}
_SLACK: dict[SlackSecret, str] = {
    "bot_token": "the bot token of your app (xoxb-…)",
    "app_token": "the app-level token of your app (xapp-…)",
    "signing_secret": "the signing secret of your app",
    "client_secret": "the client secret of your app",
    "key": "a key to keep the tokens of its workspaces with",
}


class SettingsError(Exception):
    """A setting can't be used; str() says which and why, a line each."""


def default_folder() -> Path:
    """Where this system keeps a user's application data."""
    return user_data_path("coalface", appauthor=False)


class Settings(BaseSettings):
    """Everything that can be set from outside.

    data: the folder of the database, its backups, the log and more packs.
    host, port: where the browser classroom listens.
    packs: folders of packs besides the ones that ship with Coalface; relative ones are meant from
    the data folder. In COALFACE_PACKS they are parted as in PATH.
    log: how much goes into the log.
    discord_token: the bot token of the Discord application; discord_token_file: a file that holds
    it, meant from the data folder. Never on the command line, where other programs see it.
    slack_bot_token, slack_app_token: of the Slack app, for Socket Mode in one workspace;
    slack_signing_secret, slack_client_id, slack_client_secret: for HTTP and many workspaces;
    slack_key: what the tokens of those are encrypted with (newer keys first, commas between
    them). Each but the client's id may stand in a file, as Discord's token may. slack_emails:
    whether workspaces that install it are asked for people's e-mail addresses. slack_host and
    slack_port: where Slack's requests are taken, behind whatever makes them HTTPS. slack_api: where
    Slack's Web API is, which is elsewhere for GovSlack.
    xapi_home: an address of your own, under which xAPI statements name people and discussions.
    """

    model_config = SettingsConfigDict(
        env_prefix="COALFACE_", frozen=True, extra="forbid", validate_default=True
    )

    data: Path = Field(default_factory=default_folder)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    packs: Annotated[tuple[Path, ...], NoDecode] = ()
    log: Literal["debug", "info", "warning", "error"] = "info"
    discord_token: SecretStr | None = None
    discord_token_file: Path | None = None
    slack_bot_token: SecretStr | None = None
    slack_bot_token_file: Path | None = None
    slack_app_token: SecretStr | None = None
    slack_app_token_file: Path | None = None
    slack_signing_secret: SecretStr | None = None
    slack_signing_secret_file: Path | None = None
    slack_client_id: str | None = None
    slack_host: str = "127.0.0.1"
    slack_port: int = 3000
    slack_emails: bool = False
    slack_api: str = "https://slack.com/api/"
    slack_client_secret: SecretStr | None = None
    slack_client_secret_file: Path | None = None
    slack_key: SecretStr | None = None
    slack_key_file: Path | None = None
    xapi_home: str = Field(default="https://coalface.invalid", pattern=r"^https?://[^\s/]+\S*$")

    @field_validator("packs", mode="before")
    @classmethod
    def _parted(cls, value: object) -> object:
        return [p for p in value.split(os.pathsep) if p] if isinstance(value, str) else value

    @field_validator("packs")
    @classmethod
    def _absolute(cls, value: tuple[Path, ...], info: ValidationInfo) -> tuple[Path, ...]:
        folder = info.data.get("data", Path())
        return tuple(folder / pack.expanduser() for pack in value)

    @property
    def database(self) -> Path:
        return self.data / DATABASE

    def discord_secret(self) -> SecretStr:
        """The Discord token, from the setting or its file. Raises SettingsError."""
        return self._secret("discord_token", "Discord needs the token of your application")

    def has_discord(self) -> bool:
        """Whether anything of Discord's is set."""
        return bool(self.discord_token or self.discord_token_file)

    def slack_ways(self) -> list[SlackWay]:
        """The ways of which anything is set."""
        names: dict[SlackWay, list[str]] = {
            way: [f"slack_{what}{end}" for what in secrets for end in ("", "_file")]
            for way, secrets in _SECRETS.items()
        }
        names["http"].append("slack_client_id")
        return [way for way, some in names.items() if any(getattr(self, name) for name in some)]

    def check_slack(self, way: SlackWay) -> None:
        """Raises SettingsError for the first thing that is missing there."""
        for what in _SECRETS[way]:
            self.slack_secret(what)
        if way == "http":
            self.slack_client()

    def slack_secret(self, what: SlackSecret) -> SecretStr:
        """One of Slack's secrets, from the setting or its file. Raises SettingsError."""
        return self._secret(f"slack_{what}", f"Slack needs {_SLACK[what]}")

    def slack_client(self) -> str:
        """The Slack app's client id. Raises SettingsError."""
        if self.slack_client_id is None or not self.slack_client_id.strip():
            raise SettingsError(
                "Slack needs the client id of your app: put it into the variable"
                " COALFACE_SLACK_CLIENT_ID."
            )
        return self.slack_client_id.strip()

    def _secret(self, name: str, need: str) -> SecretStr:
        given: SecretStr | None = getattr(self, name)
        if given is not None and given.get_secret_value().strip():
            return SecretStr(given.get_secret_value().strip())
        named: Path | None = getattr(self, f"{name}_file")
        if named is None:
            variable = f"COALFACE_{name.upper()}"
            raise SettingsError(
                f"{need}: put it into the variable {variable}, or into a file that"
                f" {variable}_FILE names."
            )
        file = self.data / named.expanduser()
        try:
            secret = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "it is no text"
            raise SettingsError(f"{name}_file: {file} can't be read: {why}.") from None
        if not secret or any(c.isspace() for c in secret):
            what = name.rpartition("_")[2]
            raise SettingsError(f"{name}_file: {file} holds no {what}: one line, no spaces.")
        return SecretStr(secret)


def load(data: Path | None = None, **typed: object) -> Settings:
    """The settings; what was typed on the command line comes first. Raises SettingsError."""
    folder = data or os.environ.get("COALFACE_DATA") or default_folder()
    given: dict[str, Any] = {name: value for name, value in typed.items() if value is not None}
    given["data"] = Path(folder).expanduser().absolute()

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            file = given["data"] / FILE
            return (
                init_settings,
                env_settings,
                TomlConfigSettingsSource(settings_cls, toml_file=file),
            )

    try:
        return FromFile(**given)
    except ValidationError as problem:
        lines = [
            f"{'.'.join(str(part) for part in error['loc']) or 'settings'}: {error['msg']}"
            for error in problem.errors()
        ]
        raise SettingsError("\n".join(lines)) from problem
    except ValueError as problem:  # the file is no TOML
        raise SettingsError(f"{FILE}: {problem}") from problem
