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
        if self.discord_token is not None and self.discord_token.get_secret_value().strip():
            return SecretStr(self.discord_token.get_secret_value().strip())
        if self.discord_token_file is None:
            raise SettingsError(
                "Discord needs the token of your application: put it into the variable"
                " COALFACE_DISCORD_TOKEN, or into a file that COALFACE_DISCORD_TOKEN_FILE names."
            )
        file = self.data / self.discord_token_file.expanduser()
        try:
            token = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "it is no text"
            raise SettingsError(f"discord_token_file: {file} can't be read: {why}.") from None
        if not token or any(c.isspace() for c in token):
            raise SettingsError(f"discord_token_file: {file} holds no token: one line, no spaces.")
        return SecretStr(token)


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
