"""A workspace of the loopback Slack with the app in it, and the platform over a real client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import inbound
from bot.adapters.slack.pacing import Pace
from bot.adapters.slack.platform import SlackPlatform
from bot.core.cards import Actions, Button, Card, text
from bot.core.events import AccountRef, Place, ThreadRef
from bot.core.ports import SeenMessage
from tests.adapters.slack.running import Running
from tests.fakes.slack_workspace.records import Channel, Message, Team, User
from tests.fakes.slack_workspace.server import Slack

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
