"""Reading what stands on Discord: a thread whole, a channel since some time, the bot's own message.

Discord answers with an empty list, and not with an error, where Read Message History is missing:
that is asked first, and without it nothing is known.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import discord

from bot.adapters.discord import inbound
from bot.adapters.discord.people import People
from bot.adapters.discord.permissions import READ
from bot.adapters.discord.refusals import check, refusing
from bot.core.events import Person, Place
from bot.core.ports import SeenMessage

TICK = timedelta(milliseconds=1)
"""The grain of Discord's ids: `after` leaves out what was sent in the same one."""

Writable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads through the names that `people` knows; `content` as in inbound.to_posted."""

    people: People
    content: bool

    async def history(
        self, channel: Writable, place: Place, since: datetime
    ) -> AsyncIterator[SeenMessage]:
        """A thread whole, or what in a channel answers another message; oldest first.

        What answers nothing in a channel is nobody's reply, and is left out.
        """
        async for message in messages(channel, None if place.thread else since):
            if not inbound.is_written(message):
                continue
            if place.thread is None and inbound.to_reply(message) is None:
                continue
            with refusing(READ, channel=channel):
                yield await self._seen(channel.guild, message, place)

    async def _seen(
        self, guild: discord.Guild, message: discord.Message, place: Place
    ) -> SeenMessage:
        await self.people.learn(guild, message.author)
        posted = inbound.to_posted(
            message,
            place,
            content=self.content,
            knowing=lambda user: self.people.known(guild, user),
        )
        marks: list[tuple[Person, str]] = []
        for reaction in message.reactions:
            async for user in reaction.users(limit=None):
                person = inbound.to_person(user, lambda user: self.people.known(guild, user))
                marks.append((replace(person, roles=None), str(reaction)))  # nobody asked of late
        return SeenMessage(posted, tuple(marks))


async def messages(channel: Writable, since: datetime | None) -> AsyncIterator[discord.Message]:
    """All messages, from `since` on, oldest first, in pages. Raises SendRefused."""
    check(channel, READ)
    after = None if since is None else since - TICK
    pages = channel.history(limit=None, after=after, oldest_first=True).__aiter__()
    while True:
        with refusing(READ, channel=channel):
            try:
                message = await anext(pages)
            except StopAsyncIteration:
                return
        yield message


async def starters(
    forum: discord.ForumChannel, own: int, since: datetime
) -> AsyncIterator[discord.Message]:
    """The starter messages of the bot's own posts in a forum since then, archived ones too."""
    check(forum, READ)
    with refusing(READ, channel=forum):
        posts = [t for t in await forum.guild.active_threads() if t.parent_id == forum.id]
        async for post in forum.archived_threads(limit=None):
            if post.archive_timestamp < since - TICK:
                break  # the one archived last comes first: what follows is older
            posts.append(post)
        for post in sorted(posts, key=lambda post: post.id):
            began = discord.utils.snowflake_time(post.id)
            if post.owner_id == own and began >= since - TICK:
                try:
                    yield await post.fetch_message(post.id)
                except discord.NotFound:
                    continue  # the post stands, and its first message was deleted
