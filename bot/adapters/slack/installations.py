"""Where Coalface's app is installed, for Bolt: encrypted before it is kept, and kept by the core's
port. No person's token is asked for or kept, the bot's alone."""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.config import SettingsError
from bot.core.ports import Clock, InstallationKeeper
from bot.core.ports import Installation as Kept

STATE_LASTS = timedelta(minutes=10)
"""How long somebody may take over an install. Slack's codes hold ten minutes, too."""

WRONG_KEY = (
    "What Slack workspaces gave Coalface can't be read with this COALFACE_SLACK_KEY: set the key it"
    " was written with; a newer one may stand before it, with a comma between them."
)
_NO_KEY = (
    "COALFACE_SLACK_KEY holds no key: each one is 32 bytes in URL-safe base64, and several are"
    " parted by commas, the newest first."
)
_KEPT = (
    "app_id", "enterprise_id", "enterprise_name", "team_id", "team_name", "bot_token", "bot_id",
    "bot_user_id", "bot_scopes", "bot_refresh_token", "bot_token_expires_at", "user_id",
    "is_enterprise_install", "token_type", "installed_at",
)  # fmt: skip
_OF_THE_BOT = (
    "bot_token", "bot_id", "bot_user_id", "bot_scopes", "bot_refresh_token",
    "bot_token_expires_at", "installed_at",
)  # fmt: skip


def new_key() -> str:
    """A key to keep installations with."""
    return Fernet.generate_key().decode()


class Keys:
    """Encrypts with the first key, and reads what any of them wrote. Raises SettingsError."""

    def __init__(self, secret: SecretStr) -> None:
        try:
            keys = [Fernet(key.strip()) for key in secret.get_secret_value().split(",")]
        except ValueError:
            raise SettingsError(_NO_KEY) from None  # the reason would show the key
        self._newest, self._all = keys[0], MultiFernet(keys)

    def seal(self, values: Mapping[str, object]) -> str:
        return self._newest.encrypt(json.dumps(values).encode()).decode()

    def unseal(self, sealed: str) -> dict[str, Any]:
        try:
            opened: dict[str, Any] = json.loads(self._all.decrypt(sealed))
        except InvalidToken:
            raise SettingsError(WRONG_KEY) from None
        return opened

    def is_newest(self, sealed: str) -> bool:
        """Whether the first key wrote it."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True


class InstallationStore(AsyncInstallationStore):
    """One installation for each workspace, or for an organisation as a whole (no team).

    Whoever reads raises SettingsError where the key is another than the one it was written with.
    """

    def __init__(self, keeper: InstallationKeeper, keys: Keys) -> None:
        self._keeper = keeper
        self._keys = keys

    async def check(self) -> None:
        """Read everything, and write with the newest key what an older one wrote."""
        for kept in await self._keeper.all():
            values = self._keys.unseal(kept.sealed)
            if not self._keys.is_newest(kept.sealed):
                sealed = self._keys.seal(values)
                await self._keeper.keep(Kept(kept.enterprise, kept.team, sealed, kept.installed_at))

    async def all(self) -> list[Installation]:
        return [self._opened(kept) for kept in await self._keeper.all()]

    async def of_team(self, team: str) -> Installation | None:
        """The installation that holds in a workspace: its own, or its organisation's."""
        kept = await self._keeper.of_team(team)
        return None if kept is None else self._opened(kept)

    async def async_save(self, installation: Installation) -> None:
        values = {name: getattr(installation, name) for name in _KEPT}
        await self._keeper.keep(
            Kept(
                installation.enterprise_id or "",
                _team(installation.team_id, installation.is_enterprise_install),
                self._keys.seal(values),
                datetime.fromtimestamp(installation.installed_at, UTC),
            )
        )

    async def async_save_bot(self, bot: Bot) -> None:
        """A bot whose token was changed for a new one."""
        known = await self._found(bot.enterprise_id, bot.team_id, bot.is_enterprise_install)
        installation = known or Installation(
            app_id=bot.app_id,
            enterprise_id=bot.enterprise_id,
            team_id=bot.team_id,
            user_id="",
            is_enterprise_install=bot.is_enterprise_install,
        )
        for name in _OF_THE_BOT:
            setattr(installation, name, getattr(bot, name))
        await self.async_save(installation)

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        found = await self.async_find_installation(
            enterprise_id=enterprise_id,
            team_id=team_id,
            is_enterprise_install=is_enterprise_install,
        )
        return None if found is None else found.to_bot()

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        found = await self._found(enterprise_id, team_id, is_enterprise_install)
        if found is None or (user_id is not None and user_id != found.user_id):
            return None
        if is_enterprise_install and enterprise_id and team_id:
            await self._met(team_id, enterprise_id)
        return found

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._keeper.forget(enterprise_id or "", team_id or "")

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """With a `user_id` that person's token is revoked: there was none here."""
        if user_id is None:
            await self._keeper.forget(enterprise_id or "", team_id or "")

    async def _found(
        self, enterprise: str | None, team: str | None, whole: bool | None
    ) -> Installation | None:
        kept = await self._keeper.find(enterprise or "", _team(team, whole))
        return None if kept is None else self._opened(kept)

    async def _met(self, team: str, enterprise: str) -> None:
        """Slack names the organisation with what happens; what the bot does by itself, it does for
        a team."""
        kept = await self._keeper.of_team(team)
        if kept is None or (kept.enterprise, kept.team) != (enterprise, ""):
            await self._keeper.met(team, enterprise)

    def _opened(self, kept: Kept) -> Installation:
        return Installation(**self._keys.unseal(kept.sealed))


class StateStore(AsyncOAuthStateStore):
    """The state of an install: it comes back from Slack once, to the browser that began it."""

    def __init__(self, keeper: InstallationKeeper, clock: Clock) -> None:
        self._keeper = keeper
        self._clock = clock

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        state, now = secrets.token_urlsafe(32), self._clock.now()
        await self._keeper.begin(_digest(state), now, now + STATE_LASTS)
        return state

    async def async_consume(self, state: str) -> bool:
        return await self._keeper.end(_digest(state), self._clock.now())


def _team(team: str | None, whole: bool | None) -> str:
    return "" if whole or team is None else team


def _digest(state: str) -> str:
    return sha256(state.encode()).hexdigest()
