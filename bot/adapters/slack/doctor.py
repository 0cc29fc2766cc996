"""What is missing on Slack, in words: asked of the Web API alone, without connecting."""

from collections.abc import Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from itertools import groupby

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack import permissions
from bot.adapters.slack.adapter import INSTALL_PATH, ManyWorkspaces, OneWorkspace
from bot.adapters.slack.installations import InstallationStore
from bot.adapters.slack.platform import SlackPlatform
from bot.adapters.slack.refusals import (
    NOT_INSTALLED,
    PROBLEMS,
    error_of,
    lacking,
    not_installed,
    refusal,
)
from bot.adapters.slack.workspaces import scopes_of
from bot.core.adapting import Bound
from bot.core.events import Place
from bot.core.ports import Clock, SendRefused

MOST_APART = timedelta(seconds=60)
"""How far two clocks may be apart before it is said. At five minutes requests over HTTP are
refused: Slack's documentation, Verifying requests from Slack."""

WRONG_TOKEN = (*NOT_INSTALLED, "not_allowed_token_type")
BOT_REFUSED = (
    "Slack does not take the bot's token (COALFACE_SLACK_BOT_TOKEN); copy it anew from the app's"
    " page, under OAuth & Permissions. It begins with xoxb-."
)
APP_REFUSED = (
    "Slack does not take the app's token (COALFACE_SLACK_APP_TOKEN); copy it anew from the app's"
    " page, under Basic Information, App-Level Tokens. It begins with xapp-."
)
NO_CONNECTIONS = (
    "The app's token (COALFACE_SLACK_APP_TOKEN) lacks the scope “connections:write”; make one with"
    " it on the app's page, under Basic Information, App-Level Tokens."
)
NOBODY_YET = (
    f"No workspace has installed Coalface over HTTP yet; open {INSTALL_PATH} at its HTTPS address."
)


async def diagnose(
    ways: Sequence[OneWorkspace | ManyWorkspaces],
    channels: Sequence[Bound],
    clock: Clock,
    api: str,
) -> list[str]:
    """A sentence for each thing that is missing; changes nothing.

    Raises SettingsError where the key can't open what workspaces gave.
    """
    examination = _Examination(clock, api)
    for way in ways:
        match way:
            case OneWorkspace():
                await examination.of_one(way)
            case ManyWorkspaces():
                await examination.of_many(way.store)
    await examination.of_channels(channels)
    return list(examination.problems)


class _Examination:
    """`problems`: what was found, in order, each once."""

    def __init__(self, clock: Clock, api: str) -> None:
        self.problems: dict[str, None] = {}
        self._clock = clock
        self._api = api
        self._tokens: dict[str, str] = {}
        self._stores: list[InstallationStore] = []
        self._all_known = True

    async def of_one(self, way: OneWorkspace) -> None:
        team = await self._workspace(way.bot_token, BOT_REFUSED)
        if team is None:
            self._all_known = False  # whose channels are whose can't be told
        else:
            self._tokens[team] = way.bot_token
        try:
            await self._client(way.app_token).api_call("apps.connections.open")
        except PROBLEMS as problem:
            error = error_of(problem)
            lacks = NO_CONNECTIONS if error == "missing_scope" else str(refusal(problem))
            self._say(APP_REFUSED if error in WRONG_TOKEN else lacks)

    async def of_many(self, store: InstallationStore) -> None:
        self._stores.append(store)
        installations = await store.all()
        if not installations:
            self._say(NOBODY_YET)
            try:
                self._compare(await self._client(None).api_call("api.test"))
            except PROBLEMS as problem:
                self._say(str(refusal(problem)))
        for installation in installations:
            name = installation.team_name or installation.enterprise_name or installation.team_id
            refused = f"{name}: {not_installed()}"
            await self._workspace(installation.bot_token or "", refused)

    async def of_channels(self, channels: Sequence[Bound]) -> None:
        """Whether the bot may do in them what it has to."""
        ordered = sorted(channels, key=lambda channel: channel.space.ref)
        for team, some in groupby(ordered, lambda channel: channel.space.ref):
            bound = list(some)
            if not self._all_known and team not in self._tokens:
                continue
            platform = SlackPlatform(self._of_team)
            try:
                workspace = await platform.workspaces.look(team)
            except SendRefused as problem:
                names = ", ".join(f"#{channel.name}" for channel in bound)
                self._say(f"{names}: {problem.sentence}")
                continue
            if not permissions.missing(workspace.scopes, permissions.CHANNELS):
                for channel in bound:
                    await self._channel(platform, channel)

    async def _channel(self, platform: SlackPlatform, bound: Bound) -> None:
        platform.calls.named(bound.space.ref, bound.ref, bound.name)
        place = Place(bound.space, bound.ref)
        try:
            if bound.kind == "staff":
                await platform.notice_channel(place)
            else:
                await platform.prompt_channel(place)
        except SendRefused as problem:
            self._say(problem.sentence)

    async def _workspace(self, token: str, refused: str) -> str | None:
        """The workspace of a bot's token, where Slack takes it."""
        try:
            answer = await self._client(token).auth_test()
        except PROBLEMS as problem:
            self._say(refused if error_of(problem) in WRONG_TOKEN else str(refusal(problem)))
            return None
        self._compare(answer)
        if missing := permissions.missing(scopes_of(answer.headers)):
            without = [what for scope in missing for what in permissions.why(scope)]
            listed = "; ".join(dict.fromkeys(without))
            self._say(
                f"{answer['team']}: {lacking(','.join(missing))} Until then it can't {listed}."
            )
        return str(answer["team_id"])

    def _compare(self, answer: AsyncSlackResponse) -> None:
        """The two clocks, by the answer's Date."""
        said = {name.lower(): value for name, value in answer.headers.items()}.get("date")
        if said is None:
            return
        apart = self._clock.now() - parsedate_to_datetime(said)
        if abs(apart) > MOST_APART:
            way = "behind" if apart < timedelta() else "before"
            self._say(
                f"This computer's clock is {round(abs(apart).total_seconds())} seconds {way}"
                " Slack's; set it right. Over HTTP, Slack's requests are refused from five minutes"
                " on."
            )

    async def _of_team(self, team: str) -> AsyncWebClient | None:
        if team in self._tokens:
            return self._client(self._tokens[team])
        for store in self._stores:
            found = await store.of_team(team)
            if found is not None:
                return self._client(found.bot_token)
        return None

    def _client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token, base_url=self._api, retry_handlers=[])

    def _say(self, sentence: str) -> None:
        self.problems[sentence] = None
