"""Discord as the core's Platform: what the bot posts, finds, changes and reads there."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import discord

from bot.adapters.discord import choosing, history, inbound, marks, render
from bot.adapters.discord.history import Reader, Writable
from bot.adapters.discord.limits import THREAD_NAME
from bot.adapters.discord.people import People
from bot.adapters.discord.permissions import (
    CHANGE,
    FORUM,
    IN_THREAD,
    LOCK,
    NO_CONTENT,
    NOTICE,
    POST,
    READ,
    TELL,
    THREAD,
    Need,
)
from bot.adapters.discord.refusals import THREAD_EXISTS, check, gone, refusing
from bot.adapters.discord.render import Rendered
from bot.core.cards import Card
from bot.core.events import AccountRef, MessageRef, Person, Place, RoleRef, Space, ThreadRef
from bot.core.ports import Clock, Posted, PromptChannel, SeenMessage, SendRefused
from bot.core.rendering import cut

log = logging.getLogger(__name__)

SOON = timedelta(seconds=5)
UNNAMED = "Discussion"


class DiscordPlatform:
    """Implements `bot.core.ports.Platform`; until a client is `connected`, all is refused.

    A prompt in a channel is a message and its thread, which has the message's id; in a forum it is
    a post. What exceeds a message continues in the thread.
    """

    name = inbound.NAME
    settling = timedelta(seconds=30)
    references = True

    def __init__(self, clock: Clock) -> None:
        self.people = People(clock)
        self._client: discord.Client | None = None

    def connect(self, client: discord.Client) -> None:
        self._client = client

    # --- sending --------------------------------------------------------------------------------

    async def post(self, place: Place, card: Card, key: str) -> MessageRef:
        channel = await self._channel(place)
        if choosing.why_silent(channel, card.notify) is not None:
            card = replace(card, notify=None)
        first = _parts(channel, card, key)[0]
        if place.thread is not None:
            thread = await self._awake(await self._thread(place))
            return await self._send(thread, IN_THREAD, first, key)
        if isinstance(channel, discord.ForumChannel):
            return await self._post_in_forum(channel, _title(card), first, card.tag)
        where = _writable(channel)
        check(where, POST, THREAD)  # better no message than one whose thread can't be opened
        return await self._send(where, POST, first, key)

    async def _post_in_forum(
        self, forum: discord.ForumChannel, title: str, first: Rendered, tag: str | None
    ) -> MessageRef:
        check(forum, FORUM)
        tags = choosing.tags_for(forum, tag)
        with refusing(FORUM, channel=forum, writes=True):
            made = await forum.create_thread(
                name=title,
                applied_tags=tags,
                **first.to_arguments(),
            )
        return inbound.to_ref(made.message.id)

    async def _send(
        self, channel: Writable, need: Need, part: Rendered, key: str, number: int = 0
    ) -> MessageRef:
        with refusing(need, channel=channel, writes=True):
            nonce = marks.to_nonce(key, number)
            sent = await channel.send(**part.to_arguments(), nonce=nonce)
        return inbound.to_ref(sent.id)

    async def _awake(self, thread: discord.Thread) -> discord.Thread:
        """The thread so that it takes a message: nobody writes in an archived one."""
        check(thread, IN_THREAD, *([LOCK] if thread.locked else []))
        if not thread.archived:
            return thread
        with refusing(IN_THREAD, LOCK, channel=thread):
            return await thread.edit(archived=False)

    async def complete(self, place: Place, message: MessageRef, card: Card, key: str) -> Posted:
        channel = await self._channel(place)
        threaded = not card.alone and not isinstance(channel, discord.ForumChannel)
        if place.thread is None and threaded:
            await self._open_thread(_writable(channel), message, _title(card))
        thread = place.thread or ThreadRef(message)
        parts = _parts(channel, card, key)
        if len(parts) > 1:
            within = await self._thread(replace(place, thread=thread))
            await self._send_rest(within, message, parts, key)
        return Posted(message, thread, choosing.why_silent(channel, card.notify))

    async def _open_thread(self, channel: Writable, message: MessageRef, title: str) -> None:
        """Begin the message's thread; where it has one, it is there."""
        posted = channel.get_partial_message(inbound.to_number(message))
        with refusing(THREAD, channel=channel, writes=True):
            try:
                await posted.create_thread(name=title)
            except discord.HTTPException as problem:
                if problem.code != THREAD_EXISTS:
                    raise

    async def _send_rest(
        self, thread: discord.Thread, first: MessageRef, parts: Sequence[Rendered], key: str
    ) -> None:
        """Send those parts after the first that don't stand in the thread, in their order."""
        own, since = self._own(), discord.utils.snowflake_time(inbound.to_number(first))
        standing = [m async for m in history.messages(thread, since) if m.author.id == own]
        thread = await self._awake(thread)
        for number, part in enumerate(parts[1:], 1):
            if not any(marks.carries(message, key, number) for message in standing):
                await self._send(thread, IN_THREAD, part, key, number)

    def for_all(self, thread: Place) -> Place:
        """A forum holds posts only."""
        guild = (
            None
            if self._client is None
            else self._client.get_guild(inbound.to_number(thread.space.ref))
        )
        channel = None if guild is None else guild.get_channel(inbound.to_number(thread.channel))
        return thread if isinstance(channel, discord.ForumChannel) else replace(thread, thread=None)

    async def find(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        channel, own = await self._channel(place), self._own()
        if place.thread is None and isinstance(channel, discord.ForumChannel):
            posts = history.starters(channel, own, since)
        else:
            where = _writable(channel) if place.thread is None else await self._thread(place)
            posts = history.messages(where, since)
        found = [m async for m in posts if m.author.id == own and marks.carries(m, key)]
        if place.thread is None:
            await self._remove_twins(found, channel)
        return inbound.to_ref(found[0].id) if found else None

    async def _remove_twins(
        self, found: Sequence[discord.Message], channel: discord.abc.GuildChannel | discord.Thread
    ) -> None:
        """A request that was taken late may have posted it twice: the older one stays."""
        for twin in found[1:]:
            log.warning("a send stood twice in its channel; the younger one is removed")
            forum = isinstance(channel, discord.ForumChannel)
            with refusing(LOCK if forum else CHANGE, channel=channel):
                if isinstance(channel, discord.ForumChannel) and isinstance(
                    twin.channel, discord.Thread
                ):
                    await twin.channel.delete()  # the post whole, not its starter alone
                else:
                    await twin.delete()

    async def update(self, place: Place, message: MessageRef, card: Card) -> None:
        channel = await self._channel(place)
        address = marks.to_address(channel.guild.id, channel.id)
        shown = marks.marked(render.to_messages(card)[0], address)
        if not isinstance(channel, discord.ForumChannel):
            await self._edit(_writable(channel), message, shown)
            return
        thread = await self._thread(replace(place, thread=ThreadRef(message)))
        if thread.archived:
            await self._update_archived(thread, message, shown)
        else:
            await self._edit(thread, message, shown)

    async def _edit(self, channel: Writable, message: MessageRef, shown: Rendered) -> None:
        check(channel, CHANGE)
        with refusing(CHANGE, channel=channel, writes=True):
            await channel.get_partial_message(inbound.to_number(message)).edit(
                embeds=list(shown.embeds),
                view=shown.to_view(),
                attachments=shown.to_files(),
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def _update_archived(
        self, thread: discord.Thread, message: MessageRef, shown: Rendered
    ) -> None:
        """Discord takes no edit in an archived thread (50083)."""
        locked = thread.locked
        with refusing(LOCK if locked else IN_THREAD, channel=thread, writes=True):
            thread = await thread.edit(archived=False)
        await self._edit(thread, message, shown)
        with refusing(LOCK if locked else IN_THREAD, channel=thread, writes=True):
            await thread.edit(archived=True, locked=locked)

    async def set_open(self, place: Place, open_: bool) -> None:
        thread = await self._thread(place)
        if thread.locked is not open_ and (open_ or thread.archived):
            return
        check(thread, LOCK)
        with refusing(LOCK, channel=thread, writes=True):
            await thread.edit(archived=not open_, locked=not open_)

    async def tell(self, place: Place, person: AccountRef, card: Card) -> None:
        client = self._ready()
        with refusing(TELL, writes=True):
            direct = await client.create_dm(discord.Object(inbound.to_number(person)))
            for message in render.to_messages(card):
                await direct.send(**message.to_arguments())

    async def post_notice(self, place: Place, card: Card) -> None:
        channel = await self._for_notices(place)
        with refusing(NOTICE, channel=channel, writes=True):
            for message in render.to_messages(card):
                await channel.send(**message.to_arguments())

    async def notice_channel(self, place: Place) -> str:
        return (await self._for_notices(place)).name

    async def _for_notices(self, place: Place) -> Writable:
        channel = _writable(await self._channel(place))
        check(channel, NOTICE)
        return channel

    async def person(self, space: Space, ref: AccountRef) -> Person | None:
        guild = self._guild(space)
        if not ref.isdecimal():
            return None  # a name that somebody typed
        with refusing():
            member = await self.people.find(guild, inbound.to_number(ref))
        return None if member is None else inbound.to_person(member)

    async def with_addresses(
        self, space: Space, accounts: Collection[AccountRef], addresses: Collection[str]
    ) -> Mapping[AccountRef, str]:
        return {}  # bots are told nobody's

    async def channel_name(self, place: Place) -> str | None:
        return (await self._channel(place)).name

    async def prompt_channel(self, place: Place) -> PromptChannel:
        return choosing.prompt_channel(await self._channel(place))

    async def staff_role(self, space: Space, role: RoleRef) -> str:
        return choosing.staff_role(self._guild(space), role)

    async def notified_role(self, place: Place, role: RoleRef) -> str:
        return choosing.notified_role(await self._channel(place), role)

    def shortcomings(self, space: Space) -> Sequence[str]:
        try:
            self._guild(space)
        except SendRefused as problem:
            return [problem.sentence]
        return [] if self._ready().intents.message_content else [NO_CONTENT]

    # --- reading --------------------------------------------------------------------------------

    async def history(self, place: Place, since: datetime) -> AsyncIterator[SeenMessage]:
        channel = await self._channel(place)
        if place.thread is None and isinstance(channel, discord.ForumChannel):
            return  # nothing stands in a forum outside its posts
        where = _writable(channel) if place.thread is None else await self._thread(place)
        reader = Reader(self.people, self._ready().intents.message_content)
        async for seen in reader.history(where, place, since):
            yield seen

    def link(self, place: Place, message: MessageRef) -> str:
        return marks.to_address(
            inbound.to_number(place.space.ref),
            inbound.to_number(place.thread or place.channel),
            message,
        )

    # --- finding --------------------------------------------------------------------------------

    def _ready(self) -> discord.Client:
        client = self._client
        if client is None or client.is_closed() or not client.is_ready():
            raise SendRefused("Coalface is not connected to Discord yet.", retry_after=SOON)
        return client

    def _own(self) -> int:
        user = self._ready().user
        return 0 if user is None else user.id

    def _guild(self, space: Space) -> discord.Guild:
        guild = self._ready().get_guild(inbound.to_number(space.ref))
        if guild is None:
            raise SendRefused(
                "Coalface is not in that Discord server any more; invite it again with the link"
                " that `coalface discord invite` prints."
            )
        if guild.unavailable:
            raise SendRefused("Discord has an outage that concerns this server.")
        return guild

    async def _channel(self, place: Place) -> discord.abc.GuildChannel:
        guild, id_ = self._guild(place.space), inbound.to_number(place.channel)
        channel = guild.get_channel(id_) or await self._fetched(guild, id_, "The channel")
        if isinstance(channel, discord.Thread):
            raise gone("The channel")
        return channel

    async def _thread(self, place: Place) -> discord.Thread:
        guild, id_ = self._guild(place.space), inbound.to_number(place.thread or "0")
        what = "The discussion's thread"
        thread = guild.get_thread(id_) or await self._fetched(guild, id_, what)
        if not isinstance(thread, discord.Thread):
            raise gone(what)
        return thread

    async def _fetched(
        self, guild: discord.Guild, id_: int, what: str
    ) -> discord.abc.GuildChannel | discord.Thread:
        with refusing(READ):
            try:
                return await guild.fetch_channel(id_)
            except (discord.NotFound, discord.InvalidData) as problem:
                raise gone(what) from problem


def _writable(channel: discord.abc.GuildChannel | discord.Thread) -> Writable:
    if isinstance(channel, Writable):
        return channel
    raise SendRefused(f"Nothing can be posted in #{channel.name}: it is no channel for messages.")


def _parts(channel: discord.abc.GuildChannel, card: Card, key: str) -> list[Rendered]:
    """The messages that a card takes, each with its mark."""
    address = marks.to_address(channel.guild.id, channel.id)
    return [
        marks.marked(message, address, key, number)
        for number, message in enumerate(render.to_messages(card))
    ]


def _title(card: Card) -> str:
    """What the thread of a card's message is called."""
    return cut(card.title or UNNAMED, THREAD_NAME)
