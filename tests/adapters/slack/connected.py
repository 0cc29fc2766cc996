"""A workspace of the loopback Slack with the app in it: the platform alone over a real client (a
Lesson), or the whole of Coalface through the real Bolt (a Seminar)."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import aiohttp
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import inbound
from bot.adapters.slack.adapter import INSTALL_PATH, SlackAdapter
from bot.adapters.slack.installations import new_key
from bot.adapters.slack.manifest import EVENTS_PATH, to_manifest
from bot.adapters.slack.pacing import Pace
from bot.adapters.slack.platform import SlackPlatform
from bot.app import App, open_app
from bot.config import Settings, load
from bot.core import catalog
from bot.core.cards import Actions, Button, Card, text
from bot.core.commands import Catalog
from bot.core.events import AccountRef, Place, ThreadRef
from bot.core.ports import SeenMessage
from tests.adapters.slack.running import Running
from tests.fakes.discord_wire.clock import TickingClock
from tests.fakes.slack_workspace.interactions import Interaction
from tests.fakes.slack_workspace.records import Channel, Message, Team, User, View
from tests.fakes.slack_workspace.server import Slack
from tests.migrating import migrate

CARD = Card(
    "Kulaks and shock workers",
    (text("Who gained?"), Actions((Button("The state", "prompt side", (("side", "state"),)),))),
    "D1 · reply in the thread",
)


@dataclass
class Lesson:
    """A class on Slack; waits take no time, and `time` says how long they would have been."""

    slack: Slack
    platform: SlackPlatform
    time: Running
    team: Team
    teacher: User
    ada: User
    bo: User
    channel: Channel

    @property
    def place(self) -> Place:
        return self.at(self.channel)

    def at(self, channel: Channel, thread: Message | str | None = None) -> Place:
        ts = thread.ts if isinstance(thread, Message) else thread
        return inbound.to_place(self.team.id, channel.id, ts)

    def within(self, thread: ThreadRef) -> Place:
        return replace(self.place, thread=thread)

    def posts(self, channel: Channel | None = None) -> list[Message]:
        """The bot's own that stand in a channel, oldest first."""
        bot = self.slack.world.bot(self.team)
        there = (channel or self.channel).messages.values()
        return [message for message in there if message.user is bot and not message.deleted]

    async def read(self, thread: Message) -> list[SeenMessage]:
        history = self.platform.history(self.at(self.channel, thread), inbound.to_instant("0"))
        return [seen async for seen in history]

    def ref(self, user: User) -> AccountRef:
        return AccountRef(user.id)


@asynccontextmanager
async def a_lesson() -> AsyncIterator[Lesson]:
    time, slack = Running(), Slack()
    slack.limits.now = time.now
    async with slack.serving(), aiohttp.ClientSession() as session:
        world = slack.world
        team = world.add_team("History")
        teacher, ada, bo = [world.add_user(name, team) for name in ("Prof", "Ada", "Bo")]
        channel = world.add_channel("seminar", teacher, ada, bo)

        token = world.token(team)

        async def client(wanted: str) -> AsyncWebClient | None:
            if wanted != team.id:
                return None
            return AsyncWebClient(token, slack.api, session=session, retry_handlers=[])

        platform = SlackPlatform(client, Pace(time.now, time.sleep))
        yield Lesson(slack, platform, time, team, teacher, ada, bo, channel)
        assert slack.unknown == []


Way = Literal["socket", "http"]
ADDRESS = "https://coalface.example.edu"
"""Where Slack would reach it; the loopback goes to where it really listens."""


class Seminar:
    """A workspace with a channel, its teacher and two students, and Coalface in it once it is
    `up`. The app is what our own manifest makes of it."""

    def __init__(
        self,
        folder: Path,
        way: Way = "socket",
        commands: Catalog | None = None,
        clock: TickingClock | None = None,
        *,
        emails: bool = False,
    ) -> None:
        self.clock = clock or TickingClock()
        self.slack = slack = Slack(self.clock)
        self.world, self.way = slack.world, way
        self.commands = commands or catalog.build()
        http, self.emails = None if way == "socket" else ADDRESS, emails
        slack.app.configure(to_manifest(self.commands, http, emails=emails))
        slack.limits.posting = False
        self.team: Team = self.world.add_team("History", install=way == "socket")
        self.owner: User = self.world.add_user("Owner", self.team, "owner")
        if way == "socket":
            self.world.install(self.team, self.owner)
        self.teacher: User = self.world.add_user("Prof", self.team)
        self.ada: User = self.world.add_user("Ada", self.team)
        self.bo: User = self.world.add_user("Bo", self.team)
        self.folder, self.key = folder, new_key()
        self.time: Running | None = None
        """What Coalface's waits take, where that matters."""
        self.channel: Channel
        self.app: App
        if way == "socket":
            self.channel = self.world.add_channel("seminar", self.teacher, self.ada, self.bo)

    @property
    def settings(self) -> Settings:
        app = self.slack.app
        tokens: dict[str, object] = {}
        if self.way == "socket":
            tokens["slack_bot_token"] = SecretStr(self.world.token(self.team))
            tokens["slack_app_token"] = SecretStr(app.app_token)
        return load(
            self.folder,
            slack_api=self.slack.api,
            slack_port=0,
            slack_emails=self.emails,
            slack_signing_secret=SecretStr(app.signing_secret),
            slack_client_id=app.client_id,
            slack_client_secret=SecretStr(app.client_secret),
            slack_key=SecretStr(self.key),
            **tokens,
        )

    @property
    def adapter(self) -> SlackAdapter:
        assert self.app.slack is not None
        return self.app.slack

    @property
    def platform(self) -> SlackPlatform:
        return self.adapter.platform

    @property
    def place(self) -> Place:
        return self.place_of(self.channel)

    def place_of(self, channel: Channel, thread: Message | None = None) -> Place:
        team = channel.team
        return inbound.to_place(team.id, channel.id, None if thread is None else thread.ts)

    @asynccontextmanager
    async def up(self) -> AsyncIterator["Seminar"]:
        """Coalface runs, and Slack reaches it; over HTTP it is installed first, as people do."""
        async with self._opened(self.settings) as self.app:
            serving = asyncio.create_task(self.adapter.serve())
            ready = asyncio.create_task(self.adapter.ready.wait())
            try:
                await asyncio.wait(
                    {serving, ready}, timeout=30, return_when=asyncio.FIRST_COMPLETED
                )
                assert ready.done(), serving
                await self._reach()
                yield self
            finally:
                ready.cancel()
                serving.cancel()
                await asyncio.gather(serving, ready, return_exceptions=True)
                await self.app.settle()

    async def fails(self, settings: Settings) -> None:
        """Serve with other settings; raises what ends it."""
        async with self._opened(settings) as self.app:
            await asyncio.wait_for(self.adapter.serve(), 10)

    def _opened(self, settings: Settings) -> AbstractAsyncContextManager[App]:
        migrate(settings.database, self.clock.now())
        time = self.time or Running()
        pace = Pace(time.now, time.sleep)
        return open_app(
            settings, clock=self.clock, commands=self.commands, slack=self.way, pace=pace
        )

    async def _reach(self) -> None:
        if self.way == "socket":
            await self.slack.sockets.connected()
            return
        self.slack.deliver_to(f"http://127.0.0.1:{self.adapter.port}{EVENTS_PATH}")
        if not self.world.has_app(self.team):
            await self.install(self.owner)
            self.channel = self.world.add_channel("seminar", self.teacher, self.ada, self.bo)

    async def install(self, by: User, *, whole: bool = False) -> tuple[int, str]:
        """The two pages of OAuth, in a person's browser; the status and text of the last."""
        base = f"http://127.0.0.1:{self.adapter.port}"
        async with aiohttp.ClientSession() as browser:
            async with browser.get(base + INSTALL_PATH, allow_redirects=False) as page:
                cookie = page.headers["Set-Cookie"].partition(";")[0]
                shown = await page.text()
            found = re.search(r'href="([^"]*client_id=[^"]*)"', shown)
            assert found is not None, shown
            address = html.unescape(found[1])
            back = self.world.approve(address, by, whole=whole)
            # The cookie is for HTTPS alone, and the loopback has none.
            sent = base + back.removeprefix(ADDRESS)
            async with browser.get(sent, headers={"Cookie": cookie}) as page:
                return page.status, await page.text()

    async def settle(self) -> None:
        """Until Coalface has taken in what happened, and everybody has been answered."""
        await self.slack.caught_up()
        await self.app.settle()
        await self.slack.caught_up()

    # --- acts -----------------------------------------------------------------------------------

    async def asks(self, user: User, command: str, channel: Channel | None = None) -> list[str]:
        """Type a slash command; all that is told because of it."""
        name, _, rest = command.partition(" ")
        before = len(self.world.private_to(user))
        asked = self.world.run_command(user, channel or self.channel, name, rest)
        await asked.answered()
        await self.settle()
        return [told.words() for told in self.world.private_to(user)[before:]]

    async def opens(self, user: User, command: str, channel: Channel | None = None) -> View:
        """Type a slash command that opens a form."""
        name, _, rest = command.partition(" ")
        asked = self.world.run_command(user, channel or self.channel, name, rest)
        return await asked.opened()

    async def submits(self, view: View, **values: Any) -> Interaction:
        sent = self.world.submit(view, **values)
        await sent.settled()
        await self.settle()
        return sent

    async def told(self, user: User, since: int = 0) -> str:
        """All that the person has read privately."""
        await self.settle()
        return "\n".join(one.words() for one in self.world.private_to(user)[since:])

    def posts(self, channel: Channel | None = None) -> list[Message]:
        """Coalface's own messages that stand in a channel, oldest first."""
        where = channel or self.channel
        bot = self.world.bot(where.team)
        there = where.messages.values()
        return [message for message in there if message.user is bot and not message.deleted]

    async def set_up(self) -> Message:
        """A course with the kulak prompt as D1; its post."""
        await self.asks(self.teacher, '/course setup "History 101"')
        await self.asks(self.teacher, "/prompt post kulaks-and-shock-workers")
        (post,) = self.posts()
        return post


@asynccontextmanager
async def a_workspace(
    folder: Path, way: Way = "socket", commands: Catalog | None = None, *, emails: bool = False
) -> AsyncIterator[Seminar]:
    """A Slack of its own; Coalface is not up yet. At the end nothing was asked that Slack doesn't
    have, nobody saw a failure, and every event was taken at once."""
    seminar = Seminar(folder, way, commands, emails=emails)
    async with seminar.slack.serving() as slack:
        yield seminar
        assert slack.unknown == []
        assert slack.complaints == []
        assert slack.deliveries.failed == []


@asynccontextmanager
async def a_seminar(
    folder: Path, way: Way = "socket", commands: Catalog | None = None, *, emails: bool = False
) -> AsyncIterator[Seminar]:
    """The same, and Coalface runs there."""
    async with a_workspace(folder, way, commands, emails=emails) as seminar, seminar.up():
        yield seminar
        await seminar.settle()
