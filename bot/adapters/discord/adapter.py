"""The Discord adapter as app.py builds it: first its platform; then, when the core stands, joined
to it and connected."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import aiohttp
import discord

from bot.adapters.discord import permissions
from bot.adapters.discord.client import CoalfaceClient, Registered
from bot.adapters.discord.platform import DiscordPlatform
from bot.core.adapting import Core, Intake, Recovery
from bot.core.commands import Catalog
from bot.core.dispatch import Dispatcher
from bot.core.errors import CannotConnect
from bot.core.ports import Clock

log = logging.getLogger(__name__)

_UNREACHABLE = (
    discord.HTTPException,
    discord.GatewayNotFound,
    discord.ConnectionClosed,
    aiohttp.ClientError,
    OSError,
)
FIRST_WAIT = 5.0
LONGEST_WAIT = 300.0


class DiscordAdapter:
    """`platform` is for the core; `connect` gives it the core; `serve` opens it to Discord.

    `registered` is a file that remembers which commands Discord knows.
    """

    def __init__(self, clock: Clock, registered: Path) -> None:
        self.platform = DiscordPlatform(clock)
        self.core: Core | None = None
        self.ready = asyncio.Event()
        self._clock = clock
        self._registered = Registered(registered)

    def connect(
        self, dispatcher: Dispatcher, intake: Intake, recovery: Recovery, catalog: Catalog
    ) -> None:
        self.core = Core(dispatcher, intake, recovery, catalog, self._clock)

    def client(self, *, content: bool, **options: Any) -> CoalfaceClient:
        """A new connection, not opened yet, that the platform posts through from now on."""
        if self.core is None:
            raise RuntimeError("The Discord adapter is not connected to the core yet.")
        client = CoalfaceClient(
            self.core, self.platform.people, self._registered, content=content, **options
        )
        self.platform.connect(client)
        return client

    async def serve(self, token: str) -> None:
        """Be connected until cancelled; what a network loses is opened again.

        Raises CannotConnect where somebody has to do something first.
        """
        wait = FIRST_WAIT
        while True:
            try:
                flags = await application_flags(token)
                async with self.client(content=permissions.may_read_content(flags)) as client:
                    watch = asyncio.create_task(self._watch(client))
                    try:
                        await client.start(token)
                    finally:
                        watch.cancel()
            except discord.PrivilegedIntentsRequired:
                log.warning("an intent was disabled meanwhile")  # and is not asked for next time
            except _UNREACHABLE as problem:
                log.warning("Discord could not be reached", exc_info=problem)
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    async def _watch(self, client: discord.Client) -> None:
        await client.wait_until_ready()
        self.ready.set()


async def application(token: str) -> discord.AppInfo:
    """What Discord says of the token's application, without connecting. Raises CannotConnect."""
    async with discord.Client(intents=permissions.intents(content=False)) as client:
        try:
            await client.login(token)
        except discord.LoginFailure as problem:
            raise CannotConnect(
                "Discord does not know the token; copy it anew from the application's page, under"
                " Bot, Reset Token."
            ) from problem
        return await client.application_info()


async def own_application(token: str) -> discord.AppInfo:
    """As `application`, for somebody who waits for it. Raises CannotConnect also where Discord
    can't be reached."""
    try:
        return await application(token)
    except _UNREACHABLE as problem:
        raise CannotConnect(
            f"Discord can't be reached from here ({problem}); is there a network?"
        ) from problem


async def application_flags(token: str) -> discord.ApplicationFlags:
    return (await application(token)).flags
