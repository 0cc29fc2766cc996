"""Coalface on the loopback Discord: the real core over a real database, the real discord.py, and a
server with a channel, its owner and two students."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.adapters.discord import inbound
from bot.adapters.discord.client import CoalfaceClient
from bot.adapters.discord.platform import DiscordPlatform
from bot.app import App, open_app
from bot.config import load
from bot.core.cards import Actions, Button, Card, text
from bot.core.events import Place
from bot.core.ports import Posted, SeenMessage
from tests.fakes.discord_wire import TOKEN, Channel, Guild, Message, TickingClock, Wire
from tests.migrating import migrate

MAY = ("view_channel", "send_messages", "embed_links", "create_public_threads",
       "send_messages_in_threads", "read_message_history", "manage_threads")  # fmt: skip

CARD = Card(
    "Kulaks and shock workers",
    (text("Who decided?"), Actions((Button("The state", "prompt side", (("side", "state"),)),))),
    "D1 · reply in the thread",
)
TASKS = ("discord.py: on_", "CommandTree-invoker", "discord-ui-")


async def handled() -> None:
    """Until each event that discord.py has handed to the client has been dealt with: it runs each
    in a task of such a name. What hangs for good, because its answer never comes, is left."""
    for _ in range(100):
        await asyncio.sleep(0.005)  # what was read from the socket becomes a task
        begun = [t for t in asyncio.all_tasks() if t.get_name().startswith(TASKS)]
        if not begun or (await asyncio.wait(begun, timeout=5))[1]:
            return


@asynccontextmanager
async def heard(seminar: "Seminar", event: str) -> AsyncIterator[None]:
    """Until discord.py tells of an event that the block brings about."""
    waiting = asyncio.ensure_future(seminar.client.wait_for(event, timeout=30))
    await asyncio.sleep(0)  # now it listens
    yield
    await waiting


class Seminar:
    """The server, and Coalface in it once it is `up`."""

    def __init__(self, wire: Wire, clock: TickingClock, folder: Path) -> None:
        self.wire, self.world, self.clock = wire, wire.world, clock
        self.settings = load(folder)
        self.ada = wire.world.add_user("Ada")
        self.bo = wire.world.add_user("Bo")
        self.cy = wire.world.add_user("Cy")
        self.guild: Guild = wire.world.add_guild(
            "History", self.ada, self.bo, self.cy, bot_permissions=MAY
        )
        self.channel: Channel = wire.world.add_channel(self.guild, "kulaks")
        self.place = inbound.to_place(self.guild.id, self.channel.id)
        self.app: App
        self.client: CoalfaceClient

    @property
    def platform(self) -> DiscordPlatform:
        assert self.app.discord is not None
        return self.app.discord.platform

    @asynccontextmanager
    async def up(self, *, content: bool = True) -> AsyncIterator["Seminar"]:
        settings = self.settings
        migrate(settings.database, self.clock.now())
        async with open_app(settings, clock=self.clock, discord=True) as self.app:
            assert self.app.discord is not None
            self.client = self.app.discord.client(content=content, guild_ready_timeout=0.02)
            async with self.client:
                running = asyncio.create_task(self.client.start(TOKEN))
                ready = asyncio.create_task(self.client.wait_until_ready())
                try:
                    await asyncio.wait(
                        {running, ready}, timeout=30, return_when=asyncio.FIRST_COMPLETED
                    )
                    assert ready.done(), running
                    yield self
                finally:
                    ready.cancel()
                    await self.client.close()
                    await asyncio.gather(running, ready, return_exceptions=True)
                    await self.app.settle()

    async def settle(self) -> None:
        """Until Coalface has taken in what happened."""
        await self.wire.caught_up()
        await handled()
        await self.app.settle()

    async def post(self, place: Place, card: Card, key: str) -> Posted:
        """Both steps of a send."""
        message = await self.platform.post(place, card, key)
        return await self.platform.complete(place, message, card, key)

    def place_of(self, channel: Channel) -> Place:
        return inbound.to_place(self.guild.id, channel.id)

    def posts(self, channel: Channel | None = None) -> list[Message]:
        """Coalface's own messages."""
        where = channel or self.channel
        return [m for m in where.messages.values() if m.author is self.world.bot]

    async def read(self, place: Place) -> list[SeenMessage]:
        return [seen async for seen in self.platform.history(place, self.clock.now())]
