"""The connection to Discord: it hears what happens, and hands it to the core as events.

No members intent, no cache of messages or members: edits, deletions and reactions come as raw
events, which need neither.
"""

import asyncio
import logging
import re
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord

from bot.adapters.discord import inbound, permissions
from bot.adapters.discord.answering import Answering
from bot.adapters.discord.commands import fingerprint, install
from bot.adapters.discord.people import People
from bot.adapters.discord.refusals import Limited, NoAnswer
from bot.adapters.discord.render import to_messages
from bot.core.adapting import Core
from bot.core.events import ChannelChanged, Event, Place
from bot.core.help import first_words
from bot.core.once_more import OnceMore

log = logging.getLogger(__name__)

AGAIN_SECONDS = 60.0
"""After what could not be taken in, the place is read again so much later."""
REMEMBERED = 10_000

_SENDS = re.compile(r"/channels/\d+/(messages|threads|messages/\d+/threads)$")


class Registered:
    """Remembers, in a file, which commands were last registered and for which application."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> str:
        return self._file.read_text("utf-8").strip() if self._file.exists() else ""

    def write(self, what: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(f"{what}\n", "utf-8")


class CoalfaceClient(discord.AutoShardedClient):
    """One connection, of as many shards as Discord asks for. `content`: with the message-content
    intent, which must be enabled for the application, or Discord closes the connection (4014)."""

    def __init__(
        self,
        core: Core,
        people: People,
        registered: Registered,
        *,
        content: bool,
        register: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(
            intents=permissions.intents(content=content),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=30.0,
            http_trace=sends_go_once(),
            **options,
        )
        self.core = core
        self.tree = install(self, Answering(core.dispatcher, core.catalog, people=people))
        self._people = people
        self._registered = registered
        self._content = content
        self._register = register
        self._parents: OrderedDict[int, int | None] = OrderedDict()
        self._asking = asyncio.Lock()
        self._was_ready = False
        self._out: set[int] = set()  # servers that Discord can't reach at present
        self._recovering = OnceMore(self._read_again)
        self._later: set[asyncio.Task[None]] = set()
        self._unread: set[Place] = set()

    # --- connecting -----------------------------------------------------------------------------

    async def setup_hook(self) -> None:
        """Register the commands, if they are others than those registered last."""
        if not self._register:
            return
        wanted = f"{self.application_id} {fingerprint(self.tree)}"
        if self._registered.read() == wanted:
            log.info("the commands are registered as they are")
            return
        await self.tree.sync()
        self._registered.write(wanted)
        log.info("the commands were registered anew")

    async def on_ready(self) -> None:
        if not self._was_ready:
            self._was_ready = True
            await self._recover()

    async def on_shard_ready(self, shard_id: int) -> None:
        """A shard has begun anew: what happened since it was last there was not told."""
        if self._was_ready:
            await self._recover()

    async def _recover(self) -> None:
        """Read the discussions again; where that is going on, once more after it."""
        try:
            await self._recovering.ask()
        except Exception as problem:
            self.core.dispatcher.report_failure(problem, "read Discord again")
            self._after_a_while(self._recover)

    async def _read_again(self) -> None:
        self._people.forget()
        await self.core.recovery.recover(inbound.NAME)
        await self._tell_who_left()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        problem = sys.exc_info()[1]
        if problem is not None:
            self.core.dispatcher.report_failure(problem, event_method)

    async def close(self) -> None:
        for task in self._later:
            task.cancel()
        await super().close()

    # --- messages -------------------------------------------------------------------------------

    async def on_message(self, message: discord.Message) -> None:
        place = await self._heard(message)
        if place is not None:
            self._people.saw(message.author)
            await self._take(inbound.to_posted(message, place, content=self._content))

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        place = await self._heard(event.message)
        if place is not None:
            edited = inbound.to_edited(event.message, place, content=self._content)
            if edited is not None:
                await self._take(edited)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        await self._deleted(event.guild_id, event.channel_id, {event.message_id})

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        await self._deleted(event.guild_id, event.channel_id, event.message_ids)

    async def _deleted(self, guild: int | None, channel: int, messages: set[int]) -> None:
        place, now = await self._place(guild, channel), self._now()
        if place is not None:
            events = [inbound.to_deleted(id_, place, now) for id_ in sorted(messages)]
            await asyncio.gather(*(self._take(event) for event in events))

    async def _heard(self, message: discord.Message) -> Place | None:
        """Where a message that may be a reply stands; None for all others."""
        if message.guild is None or not inbound.is_written(message):
            return None
        place = await self._place(message.guild.id, message.channel.id)
        if place is None or place.thread is not None:
            return place
        return None if inbound.to_reply(message) is None else place

    # --- reactions ------------------------------------------------------------------------------

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self._reacted(event)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self._reacted(event)

    async def _reacted(self, event: discord.RawReactionActionEvent) -> None:
        now, own = self._now(), 0 if self.user is None else self.user.id
        place = await self._place(event.guild_id, event.channel_id)
        if place is not None:
            await self._take(inbound.to_reaction(event, place, own, now))

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        await self._changed(await self._place(event.guild_id, event.channel_id))

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        await self._changed(await self._place(event.guild_id, event.channel_id))

    # --- channels and servers -------------------------------------------------------------------

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        await self._changed(inbound.to_place(event.guild_id, event.parent_id, event.thread_id))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._changed(inbound.to_place(channel.guild.id, channel.id))

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        if before.name != after.name:
            place, now = inbound.to_place(after.guild.id, after.id), self._now()
            if place is not None:
                change = ChannelChanged(place.space, place.channel, now, name=after.name)
                await self.core.recovery.take_in(change)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Added, perhaps once more: say what to do next; what was missed meanwhile is read."""
        await self._greet(guild)
        await self._recover()

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self._out.add(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Discord's outage is over; what happened in it was not told."""
        if guild.id in self._out:
            self._out.discard(guild.id)
            await self._recover()

    async def _greet(self, guild: discord.Guild) -> None:
        """Where the server has its notices, else to its owner."""
        channel = guild.system_channel
        held = discord.Permissions.none() if channel is None else channel.permissions_for(guild.me)
        wanted = ("view_channel", "send_messages", "embed_links")
        try:
            target: discord.abc.Messageable
            if channel is not None and all(getattr(held, name) for name in wanted):
                target = channel
            elif guild.owner_id is not None:
                target = await self.create_dm(discord.Object(guild.owner_id))
            else:
                return
            for message in to_messages(first_words()):
                await target.send(**message.to_arguments())
        except discord.Forbidden:
            log.warning("a server could not be greeted", extra={"server": guild.id})

    # --- to the core ----------------------------------------------------------------------------

    async def _changed(self, place: Place | None) -> None:
        """Something changed there of which Discord doesn't say all: it is read again."""
        if place is not None:
            # A reaction that came just before it was cleared must not be written after the reading.
            await self.core.intake.drain()
            await self.core.recovery.reread(place)
            await self._tell_who_left()

    async def _tell_who_left(self) -> None:
        """Of those met in history; whom this misses, the core asks for once a day."""
        for left in self._people.found_gone():
            await self.core.intake.take_in(left)

    async def _take(self, event: Event) -> None:
        try:
            await self.core.intake.take_in(event)
        except Exception as problem:
            self.core.dispatcher.report_failure(problem, "take in what happened on Discord")
            self._read_later(event.place)

    def _read_later(self, place: Place) -> None:
        """Once for all that could not be taken in there."""
        if place not in self._unread:
            self._unread.add(place)
            self._after_a_while(partial(self._read_once_more, place))

    def _after_a_while(self, reading: Callable[[], Awaitable[None]]) -> None:
        async def wait_and_read() -> None:
            await asyncio.sleep(AGAIN_SECONDS)
            await reading()

        task = asyncio.create_task(wait_and_read())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _read_once_more(self, place: Place) -> None:
        self._unread.discard(place)
        try:
            await self._changed(place)
        except Exception as problem:  # the disk may still be full: nothing else would bring it
            self.core.dispatcher.report_failure(problem, "read a channel of Discord again")
            self._read_later(place)

    async def _place(self, guild_id: int | None, channel_id: int) -> Place | None:
        """Where it is: a thread in its channel. None outside servers, or where it is gone.

        An archived thread is in no cache, and is asked for once.
        """
        guild = None if guild_id is None else self.get_guild(guild_id)
        if guild is None:
            return None
        channel = guild.get_channel_or_thread(channel_id)
        if channel is not None:
            parent = channel.parent_id if isinstance(channel, discord.Thread) else None
        else:
            try:
                parent = await self._parent(guild, channel_id)
            except (discord.NotFound, discord.Forbidden, discord.InvalidData):
                return None
        if parent is None:
            return inbound.to_place(guild.id, channel_id)
        return inbound.to_place(guild.id, parent, channel_id)

    async def _parent(self, guild: discord.Guild, channel_id: int) -> int | None:
        """The channel that a thread stands in; None for a channel."""
        async with self._asking:  # of many events at once, the first one asks
            if channel_id not in self._parents:
                found = await guild.fetch_channel(channel_id)
                parent = found.parent_id if isinstance(found, discord.Thread) else None
                self._parents[channel_id] = parent
                if len(self._parents) > REMEMBERED:
                    self._parents.popitem(last=False)
            return self._parents[channel_id]

    def _now(self) -> datetime:
        return self.core.clock.now()


def sends_go_once() -> aiohttp.TraceConfig:
    """Takes discord.py's own retries from requests that post something: a request that Discord's
    servers answered with 5xx, or not at all, may have been accepted, and one to which they answered
    429 is for the outbox to repeat."""

    async def ended(
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        if not _is_send(params.method, params.url.path):
            return
        status = params.response.status
        if status >= 500:
            params.response.close()
            raise NoAnswer
        if status == 429:
            seconds = float(params.response.headers.get("Retry-After", 5))
            params.response.close()
            raise Limited(seconds)

    async def failed(
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        broken = isinstance(params.exception, OSError) and not isinstance(
            params.exception, aiohttp.ClientConnectorError
        )
        if broken and _is_send(params.method, params.url.path):
            raise NoAnswer from params.exception

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(failed)
    return trace


def _is_send(method: str, path: str) -> bool:
    return method == "POST" and _SENDS.search(path) is not None
