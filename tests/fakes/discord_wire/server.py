"""The loopback server, and how discord.py is pointed at it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import discord.backoff
import discord.gateway
import discord.http
import yarl
from aiohttp import web

from tests.fakes.discord_wire import routes_application, routes_messages, routes_places
from tests.fakes.discord_wire.clock import Clock, Snowflakes, TickingClock
from tests.fakes.discord_wire.faults import Faults
from tests.fakes.discord_wire.gateway import Gateway
from tests.fakes.discord_wire.records import User
from tests.fakes.discord_wire.rest import API, Asked, Rest
from tests.fakes.discord_wire.state import Application, State
from tests.fakes.discord_wire.world import World

TOKEN = "loopback.bot.token"  # noqa: S105 - it opens nothing

ROUTES = [*routes_application.ROUTES, *routes_messages.ROUTES, *routes_places.ROUTES]


@contextmanager
def pointed(url: yarl.URL) -> Iterator[None]:
    """discord.py of this process asks there, and neither waits before it reconnects nor for the
    five seconds between two IDENTIFYs."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    backoff, client = discord.backoff.ExponentialBackoff, discord.Client
    before = route.BASE, socket.DEFAULT_GATEWAY, backoff.delay, client.before_identify_hook
    route.BASE = f"{str(url).rstrip('/')}{API}"
    socket.DEFAULT_GATEWAY = gateway_of(url)
    backoff.delay = lambda _: 0.01  # type: ignore[method-assign, assignment]
    client.before_identify_hook = _no_wait  # type: ignore[method-assign]
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before[:2]
        client.before_identify_hook = before[3]  # type: ignore[method-assign]
        backoff.delay = before[2]  # type: ignore[method-assign]


async def _no_wait(self: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
    pass


def gateway_of(url: yarl.URL) -> yarl.URL:
    return url.with_scheme("ws") / "gateway"


class Wire:
    """A Discord of its own. With `Wire.opened()` it serves, and discord.py talks to it:

    async with Wire().opened() as wire:
        await client.start(TOKEN)
    """

    def __init__(self, clock: Clock | None = None, *, shards: int = 1) -> None:
        """`clock` makes ids and times; without one, a second passes with every message."""
        clock = clock or TickingClock()
        ids = Snowflakes(clock)
        bot = User(ids.next_old(), "Coalface", bot=True)
        owner = User(ids.next_old(), "Owner of the application")
        self.application = Application(bot.id, bot.name, TOKEN, owner, shards=shards)
        state = State(clock, ids, bot, self.application, users={bot.id: bot, owner.id: owner})
        self.url = yarl.URL()
        self.faults = Faults(clock)
        self.gateway = Gateway(state, lambda: str(gateway_of(self.url)))
        state.tell = self.gateway.tell
        self.world = World(state, self.gateway, clock)
        self._state = state
        self._rest = Rest(state, self.faults, ROUTES)

    @property
    def requests(self) -> list[Asked]:
        """All that came in over REST, in order."""
        return self._rest.requests

    @property
    def unknown(self) -> list[Asked]:
        """Requests for which nothing is built here."""
        return self._rest.unknown

    def asked(self, method: str, ending: str = "") -> list[Asked]:
        """The requests of a method whose path ends so."""
        return [r for r in self.requests if r.method == method and r.path.endswith(ending)]

    async def caught_up(self) -> None:
        """Until each connected bot has taken in all that happened."""
        await self.gateway.caught_up()

    def land(self, *, everything: bool = False) -> int:
        """Apply what was accepted late and is due by the clock, or all of it; says how many."""
        return self.faults.land(everything=everything)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Wire"]:
        async with self.serving():
            with pointed(self.url):
                yield self

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Wire"]:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{file}/{name}", self._file)
        app.router.add_route("*", API + "/{rest:.*}", self._rest.serve)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = yarl.URL(f"http://{host}:{port}")
        self._state.files = str(self.url).rstrip("/")
        try:
            yield self
        finally:
            self.faults.stop()
            await self.gateway.stop()
            await runner.cleanup()

    async def _file(self, request: web.Request) -> web.Response:
        """What was attached, where its address says."""
        channel = self._state.channel(int(request.match_info["channel"]))
        files = [a for m in (channel.messages.values() if channel else ()) for a in m.attachments]
        for one in (*self._state.uploads.values(), *files):
            if str(one.id) == request.match_info["file"]:
                return web.Response(body=one.content, content_type=one.content_type)
        raise web.HTTPNotFound
