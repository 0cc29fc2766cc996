"""The loopback server, and how the app reaches it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import yarl
from aiohttp import web

from tests.fakes.discord_wire.clock import Clock, TickingClock
from tests.fakes.slack_workspace import (
    routes_apps,
    routes_chat,
    routes_conversations,
    routes_views,
)
from tests.fakes.slack_workspace.app import App
from tests.fakes.slack_workspace.deliveries import Deliveries
from tests.fakes.slack_workspace.faults import Faults, Limits
from tests.fakes.slack_workspace.interactions import Starter
from tests.fakes.slack_workspace.responses import Responses
from tests.fakes.slack_workspace.sockets import Sockets
from tests.fakes.slack_workspace.stamps import Stamps
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.web_api import API, Asked, WebApi
from tests.fakes.slack_workspace.world import World

METHODS = {
    **routes_apps.METHODS,
    **routes_chat.METHODS,
    **routes_conversations.METHODS,
    **routes_views.METHODS,
}


class Slack:
    """A Slack of its own, with one app in it and any number of workspaces.

    async with Slack().serving() as slack:
        team = slack.world.add_team("History")
        client = AsyncWebClient(slack.world.token(team), base_url=slack.api)
    """

    def __init__(self, clock: Clock | None = None, app: App | None = None) -> None:
        """`clock` makes every ts; without one, a second passes with every message typed."""
        clock = clock or TickingClock()
        self.app = app or App()
        self.url = yarl.URL()
        self.faults, self.limits = Faults(clock), Limits()
        self._state = State(clock, self.app, Stamps(clock))
        self.sockets = Sockets(self._state)
        self.deliveries = Deliveries(self._state, self.sockets)
        self._state.tell = self.deliveries.tell
        methods = {**METHODS, "apps.connections.open": self.sockets.open_url}
        self._web_api = WebApi(self._state, self.faults, self.limits, methods)
        self._responses = Responses(self._state, self._web_api)
        starter = Starter(self._state, self.deliveries, self._responses)
        self.world = World(self._state, self.deliveries, starter)

    @property
    def api(self) -> str:
        """`base_url` of a client."""
        return f"{self._state.files_at}{API}/"

    @property
    def requests(self) -> list[Asked]:
        """All calls that came in, in order; also of a response_url, by that name."""
        return self._web_api.requests

    @property
    def unknown(self) -> list[Asked]:
        """Calls of methods that are not built here."""
        return self._web_api.unknown

    @property
    def complaints(self) -> list[str]:
        """Answers of the app that a person would see as a failure."""
        return self._state.complaints

    def asked(self, method: str) -> list[Asked]:
        return [one for one in self.requests if one.method == method]

    def deliver_to(self, url: str | None) -> None:
        """Where the app listens over HTTP (all of it at one address); None: Socket Mode."""
        self.deliveries.url = url

    async def caught_up(self) -> None:
        """Until the app has taken in all that happened, or it waits for a later retry."""
        await self.deliveries.caught_up()

    async def retry_now(self) -> None:
        """Send the events again that wait for their minute or five."""
        await self.deliveries.retry_now()

    def set_ahead(self, seconds: float) -> None:
        """Slack's clock, as the Date header tells it, is so far before the app's."""
        self._web_api.ahead = seconds

    def land(self, *, everything: bool = False) -> int:
        """Apply what was accepted late and is due by the clock, or all of it; says how many."""
        return self.faults.land(everything=everything)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Slack"]:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_route("*", API + "/{method}", self._web_api.serve)
        app.router.add_post("/respond/{key}", self._responses.serve)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._download)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = yarl.URL(f"http://{host}:{port}")
        self._state.files_at = f"http://{host}:{port}"
        self.sockets.url = f"ws://{host}:{port}"
        running = asyncio.create_task(self.deliveries.run())
        try:
            yield self
        finally:
            self.faults.stop()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await self.deliveries.stop()
            await self.sockets.close()
            await runner.cleanup()

    async def _upload(self, request: web.Request) -> web.Response:
        """The bytes of a file, where files.getUploadURLExternal said; plain or as a form."""
        file = self._state.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        if request.content_type.startswith("multipart/"):
            part = next(iter((await request.post()).values()))
            assert isinstance(part, web.FileField), "an upload carries a file"
            content = part.file.read()
        else:
            content = await request.read()
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.Response:
        """Only with a token that may read files of the workspace; else Slack shows a page to sign
        in."""
        file = self._state.files.get(request.match_info["file"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = self._state.tokens.get(token)
        if known is None or known.error or "files:read" not in known.installation.scopes:
            return web.Response(text="<html>Sign in to Slack</html>", content_type="text/html")
        if file is None or not known.installation.covers(file.user.team):
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.mimetype)
