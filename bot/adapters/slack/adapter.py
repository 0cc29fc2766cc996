"""The Slack adapter as app.py builds it: first its platform; then, when the core stands, joined to
it and opened to Slack, by Socket Mode for one workspace or over HTTP for many."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import inbound, permissions
from bot.adapters.slack.installations import InstallationStore, StateStore
from bot.adapters.slack.listeners import Listeners
from bot.adapters.slack.manifest import EVENTS_PATH, REDIRECT_PATH
from bot.adapters.slack.pacing import Pace
from bot.adapters.slack.platform import SlackPlatform
from bot.adapters.slack.refusals import NOT_INSTALLED, PROBLEMS, error_of
from bot.core.adapting import Core, Intake, Recovery
from bot.core.commands import Catalog
from bot.core.dispatch import Dispatcher
from bot.core.errors import CannotConnect
from bot.core.once_more import OnceMore
from bot.core.ports import Clock, SendRefused

log = logging.getLogger(__name__)
library = logging.getLogger("slack_bolt")
"""For Bolt and slack_sdk, whose words may be anybody's: bot/logs.py keeps none of them."""

AUTHORIZE_PATH = "/oauth/v2/authorize"
INSTALL_PATH = "/slack/install"
HOUR_SECONDS = 3_600.0
"""Over HTTP nothing says that events were lost, so open discussions are read again each hour."""
NOT_KNOWN = (
    "Slack does not know the bot's or the app's token; copy both anew from the app's page: the"
    " bot's under OAuth & Permissions, the app's under Basic Information, App-Level Tokens."
)
FIRST_WAIT = 5.0
LONGEST_WAIT = 300.0
CONNECTING = 30.0
"""Seconds after which a connection's address is too old: slack_sdk would try it for ever."""


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """By Socket Mode: the bot's token and the app's."""

    bot_token: str
    app_token: str


@dataclass(frozen=True, slots=True)
class ManyWorkspaces:
    """Over HTTP: what the app's page shows, where installations are kept, and where to listen."""

    signing_secret: str
    client_id: str
    client_secret: str
    store: InstallationStore
    states: StateStore
    host: str
    port: int
    emails: bool = False


class SlackAdapter:
    """`platform` is for the core; `connect` gives it the core; `serve` opens it to Slack.

    `api` is where Slack's Web API is, such as https://slack.com/api/.
    """

    def __init__(
        self, way: OneWorkspace | ManyWorkspaces, api: str, pace: Pace | None = None
    ) -> None:
        self.platform = SlackPlatform(self._client, pace)
        self.ready = asyncio.Event()
        self.port = 0
        """Where it listens over HTTP, once it is ready."""
        self._way = way
        self._api = api
        self._team: str | None = None  # the one workspace, once it is known
        self._listeners: Listeners | None = None
        self._recovering: OnceMore | None = None
        self._reading: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def connect(
        self,
        dispatcher: Dispatcher,
        intake: Intake,
        recovery: Recovery,
        catalog: Catalog,
        clock: Clock,
    ) -> None:
        core = Core(dispatcher, intake, recovery, catalog, clock)
        self._listeners = Listeners(core, self.platform, self._removed)
        self._recovering = OnceMore(lambda: recovery.recover(inbound.NAME))

    async def settle(self) -> None:
        """Wait until everybody who asked has been answered, and what is open was read again."""
        while self._reading:
            await asyncio.gather(*self._reading, return_exceptions=True)
        if self._listeners is not None:
            await self._listeners.settle()

    async def serve(self) -> None:
        """Be open to Slack until cancelled; what a network loses is opened again.

        Raises CannotConnect where somebody has to do something first.
        """
        try:
            match self._way:
                case OneWorkspace():
                    await self._serve_socket(self._way)
                case ManyWorkspaces():
                    await self._serve_http(self._way)
        finally:
            self.ready.clear()
            for task in self._reading:
                task.cancel()
            if self._listeners is not None:
                await self._listeners.close()
            if self._session is not None:
                await self._session.close()

    def app(self) -> AsyncApp:
        """Bolt's app, with every listener. An event is acknowledged when its listener has ended."""
        if self._listeners is None:
            raise RuntimeError("The Slack adapter is not connected to the core yet.")
        many = self._way if isinstance(self._way, ManyWorkspaces) else None

        async def authorize(  # Bolt would hand a method its own `self`
            context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None
        ) -> AuthorizeResult | None:
            return await self._authorize(context, enterprise_id, team_id)

        taken: Any = authorize  # Bolt takes None for "not installed", and declares none
        app = AsyncApp(
            name="coalface",
            logger=library,
            process_before_response=True,
            signing_secret=many.signing_secret if many else "unused",
            request_verification_enabled=many is not None,
            client=self._made(None),
            authorize=taken,
        )
        self._listeners.register(app)
        return app

    # --- Socket Mode ----------------------------------------------------------------------------

    async def _serve_socket(self, way: OneWorkspace) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                self._team = await self._log_in(way)
                async with self._socket(way) as client:
                    wait = FIRST_WAIT
                    await _while_connected(client)
            except PROBLEMS as problem:
                if error_of(problem) in NOT_INSTALLED:
                    raise CannotConnect(NOT_KNOWN) from None
                log.warning("Slack could not be reached", exc_info=problem)
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    async def _log_in(self, way: OneWorkspace) -> str:
        """The workspace's id."""
        return str((await self._made(way.bot_token).auth_test())["team_id"])

    @asynccontextmanager
    async def _socket(self, way: OneWorkspace) -> AsyncIterator[SocketModeClient]:
        handler = AsyncSocketModeHandler(
            self.app(), way.app_token, logger=library, web_client=self._made(None)
        )

        async def heard(client: object, message: dict[str, Any], raw: str | None = None) -> None:
            """Each connection begins with a `hello`; what came between two was told to nobody."""
            if message.get("type") == "hello":
                self._read_again()
                self.ready.set()

        handler.client.message_listeners.append(heard)
        try:
            # slack_sdk would ask for the address again and again, whatever Slack says.
            opened = await self._made(None).apps_connections_open(app_token=way.app_token)
            handler.client.wss_uri = opened["url"]
            async with asyncio.timeout(CONNECTING):
                await handler.client.connect()  # type: ignore[no-untyped-call] # slack_sdk's own
            yield handler.client
        finally:
            await handler.client.close()  # type: ignore[no-untyped-call] # slack_sdk's own

    def _read_again(self) -> None:
        task = asyncio.create_task(self._recover())
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _recover(self) -> None:
        """Read what is open again; a failure is logged, and the next time may do better."""
        try:
            if self._recovering is not None:
                await self._recovering.ask()
        except Exception as problem:
            log.error("open discussions could not be read again", exc_info=problem)

    # --- HTTP -----------------------------------------------------------------------------------

    async def _serve_http(self, way: ManyWorkspaces) -> None:
        await way.store.check()
        for installation in await way.store.all():
            if installation.team_id:
                await self._look(installation.team_id)
        runner = web.AppRunner(self._web(way), access_log=None)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, way.host, way.port).start()
            except OSError as problem:
                raise CannotConnect(
                    f"Slack's requests can't be taken at {way.host}:{way.port}: {problem.strerror};"
                    " COALFACE_SLACK_PORT and COALFACE_SLACK_HOST say where to take them."
                ) from problem
            self.port = runner.addresses[0][1]
            self._read_again()
            self.ready.set()
            while True:
                await asyncio.sleep(HOUR_SECONDS)
                self._read_again()
        finally:
            await runner.cleanup()

    async def _look(self, team: str) -> None:
        """What a workspace is like, so that links can be made and what is missing be said."""
        try:
            await self.platform.workspaces.look(team)
        except SendRefused as problem:
            log.warning("a workspace could not be reached", extra={"problem": problem.sentence})

    def _web(self, way: ManyWorkspaces) -> web.Application:
        """Slack's requests, and the two pages by which somebody installs Coalface."""
        bolt, flow = self.app(), self._oauth(way)

        async def asked(request: web.Request) -> web.Response:
            return await to_aiohttp_response(
                await bolt.async_dispatch(await to_bolt_request(request))
            )

        async def install(request: web.Request) -> web.Response:
            answer = await flow.handle_installation(await to_bolt_request(request))
            return await to_aiohttp_response(answer)

        async def installed(request: web.Request) -> web.Response:
            answer = await flow.handle_callback(await to_bolt_request(request))
            return await to_aiohttp_response(answer)

        served = web.Application()
        served.add_routes(
            [
                web.post(EVENTS_PATH, asked),
                web.get(INSTALL_PATH, install),
                web.get(REDIRECT_PATH, installed),
            ]
        )
        return served

    def _oauth(self, way: ManyWorkspaces) -> AsyncOAuthFlow:
        """Slack's OAuth v2. It is no part of Bolt's app, which would ask Slack anew at each request
        whether the token still holds."""
        settings = AsyncOAuthSettings(
            client_id=way.client_id,
            client_secret=way.client_secret,
            scopes=permissions.asked(emails=way.emails),
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=urljoin(self._api, AUTHORIZE_PATH),
            installation_store=way.store,
            installation_store_bot_only=True,
            state_store=way.states,
            logger=library,
        )
        return AsyncOAuthFlow(client=self._made(None), logger=library, settings=settings)

    # --- one workspace or another ---------------------------------------------------------------

    async def _client(self, team: str) -> AsyncWebClient | None:
        """A client for a workspace; None where the app isn't installed."""
        match self._way:
            case OneWorkspace(bot_token=token):
                return self._made(token) if team == self._team else None
            case ManyWorkspaces(store=store):
                found = await store.of_team(team)
                return None if found is None else self._made(found.bot_token)

    def _made(self, token: str | None) -> AsyncWebClient:
        """Without retries of its own: a message that was sent may have been taken. Connections are
        kept open between requests, which slack_sdk by itself would not."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return AsyncWebClient(
            token, base_url=self._api, session=self._session, retry_handlers=[], logger=library
        )

    async def _authorize(
        self, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None
    ) -> AuthorizeResult | None:
        """What the app is in the workspace of a request; None where it is not installed. Slack is
        asked once for each. Raises SendRefused where it doesn't answer, so that it sends again."""
        team = team_id or ""
        workspace = self.platform.workspaces.known(team)
        if workspace is None:
            if not await self._installed(context, enterprise_id, team):
                return None
            workspace = await self.platform.workspaces.get(team)
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=workspace.user,
            bot_id=workspace.bot,
            bot_token=workspace.client.token,
        )

    async def _installed(
        self, context: AsyncBoltContext, enterprise: str | None, team: str
    ) -> bool:
        if not isinstance(self._way, ManyWorkspaces):
            return team == self._team
        found = await self._way.store.async_find_installation(
            enterprise_id=enterprise,
            team_id=team,
            is_enterprise_install=context.is_enterprise_install,
        )
        return found is not None

    async def _removed(self, enterprise: str | None, team: str) -> None:
        """Removed by a workspace: what it gave is forgotten."""
        log.warning("Coalface was removed from a workspace", extra={"team": team})
        if isinstance(self._way, ManyWorkspaces):
            await self._way.store.async_delete_all(enterprise_id=enterprise, team_id=team)


async def _while_connected(client: SocketModeClient) -> None:
    """Returns when slack_sdk, which connects anew by itself, has not managed to for a while."""
    lost = 0
    while lost < 3:
        await asyncio.sleep(CONNECTING)
        lost = 0 if await client.is_connected() else lost + 1
    log.warning("the connection to Slack is lost")
