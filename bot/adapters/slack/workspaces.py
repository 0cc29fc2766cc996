"""The workspaces that Coalface is installed in, each with a client of its own and what Slack says
of the app there."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.refusals import NOT_INSTALLED, PROBLEMS, error_of, not_installed, refusal

Clients = Callable[[str], Awaitable[AsyncWebClient | None]]
"""A client for a team's id, made without retry handlers, or None where the app isn't installed."""

SCOPES = "x-oauth-scopes"
"""The header in which Slack says what a token may do: Slack's documentation, OAuth › Scopes."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """`user` and `bot` are the app's own ids, as a person and as an app; `url` ends with a /."""

    team: str
    client: AsyncWebClient
    user: str
    bot: str
    url: str
    scopes: frozenset[str]

    def wrote(self, message: Mapping[str, Any]) -> bool:
        """Whether a message is the bot's own."""
        return message.get("bot_id") == self.bot or message.get("user") == self.user


def scopes_of(headers: Mapping[str, str]) -> frozenset[str]:
    """What a token may do, by the headers of any answer to it."""
    said = {name.lower(): value for name, value in headers.items()}.get(SCOPES, "")
    return frozenset(scope.strip() for scope in said.split(",") if scope.strip())


class Workspaces:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[str, Workspace] = {}

    async def get(self, team: str) -> Workspace:
        """Raises SendRefused where the app isn't installed, or Slack doesn't answer."""
        known = self._known.get(team)
        return known or await self.look(team)

    async def look(self, team: str) -> Workspace:
        """Ask Slack anew. Raises SendRefused."""
        client = await self._clients(team)
        if client is None:
            self.forget(team)
            raise not_installed()
        try:
            answer = await client.auth_test()
        except PROBLEMS as problem:
            if error_of(problem) in NOT_INSTALLED:
                self.forget(team)
            raise refusal(problem) from problem
        found = Workspace(
            team=team,
            client=client,
            user=answer["user_id"],
            bot=answer["bot_id"],
            url=answer["url"],
            scopes=scopes_of(answer.headers),
        )
        self._known[team] = found
        return found

    def known(self, team: str) -> Workspace | None:
        """As Slack described it last, without asking."""
        return self._known.get(team)

    def teams(self) -> Collection[str]:
        return tuple(self._known)

    def forget(self, team: str) -> None:
        """The app was removed there, or its token changed."""
        self._known.pop(team, None)
