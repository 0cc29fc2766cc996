"""A bare Bolt app on the loopback Slack, over HTTP or Socket Mode: for tests of the fake itself,
and for what is measured against a bare app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_workspace.records import Team
from tests.fakes.slack_workspace.server import Slack


def client(slack: Slack, team: Team) -> AsyncWebClient:
    """It tries nothing twice."""
    return AsyncWebClient(slack.world.token(team), base_url=slack.api, retry_handlers=[])


def bare_app(slack: Slack, team: Team, **options: Any) -> AsyncApp:
    return AsyncApp(client=client(slack, team), signing_secret=slack.app.signing_secret, **options)


@asynccontextmanager
async def over_http(slack: Slack, app: AsyncApp) -> AsyncIterator[None]:
    """The app listens on 127.0.0.1, and is sent all that happens."""
    runner = web.AppRunner(app.web_app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    slack.deliver_to(f"http://{host}:{port}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_sockets(slack: Slack, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    slack.deliver_to(None)
    connected = len(slack.sockets.connections)
    handler = AsyncSocketModeHandler(
        app,
        slack.app.app_token,
        web_client=AsyncWebClient(slack.app.app_token, base_url=slack.api),
        ping_interval=1,
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]  # as Bolt has it
    await slack.sockets.connected(connected + 1)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as Bolt has it
