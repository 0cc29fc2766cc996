"""What happens on Discord's servers, whoever asks for it: each change is kept and told.

It decides nothing about permissions (see rest.py) and knows no sockets (see gateway.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.fakes.discord_wire import permissions
from tests.fakes.discord_wire.clock import Clock, Snowflakes, snowflake
from tests.fakes.discord_wire.payloads import (
    View,
    channel_json,
    member_json,
    message_json,
    thread_member_json,
    user_json,
)
from tests.fakes.discord_wire.records import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    DM,
    HAS_THREAD,
    PUBLIC_THREAD,
    THREAD_STARTER,
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    User,
)

GUILDS, MEMBERS, PRESENCES = 1 << 0, 1 << 1, 1 << 8
MESSAGES, REACTIONS, TYPING = 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_REACTIONS, CONTENT = 1 << 12, 1 << 13, 1 << 15
NONE_NEEDED = 0
"""https://docs.discord.com/developers/events/gateway#list-of-intents"""

NONCE_WINDOW = timedelta(minutes=5)
"""Discord says "the past few minutes":
https://docs.discord.com/developers/resources/message#create-message"""


@dataclass
class Application:
    """Its portal: the privileged intents as the owner enabled them, in at most 100 servers."""

    id: int
    name: str
    token: str
    owner: User
    members_enabled: bool = False
    content_enabled: bool = True
    shards: int = 1

    @property
    def flags(self) -> int:
        """Limited flags: https://docs.discord.com/developers/resources/application"""
        return (1 << 15) * self.members_enabled | (1 << 19) * self.content_enabled


@dataclass(frozen=True)
class Event:
    """`build` makes its data for a session that has the content intent, or has it not."""

    name: str
    guild: Guild | None
    intent: int
    build: Callable[[bool], Json]


@dataclass
class State:
    clock: Clock
    ids: Snowflakes
    bot: User
    application: Application
    tell: Callable[[Event], None] = field(default=lambda event: None)
    files: str = ""
    """Where attachments are fetched from."""
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    direct: dict[int, Channel] = field(default_factory=dict)
    """Direct conversations with the bot, by the person's id."""
    commands: dict[int | None, list[Json]] = field(default_factory=lambda: defaultdict(list))
    """Registered for a server, or (None) everywhere."""
    uploads: dict[int, Attachment] = field(default_factory=dict)
    """Files given to a command; others stand in their messages."""
    interactions: dict[str, Any] = field(default_factory=dict)
    """By their tokens."""

    def channel(self, channel_id: int) -> Channel | None:
        for guild in self.guilds.values():
            if found := guild.channels.get(channel_id):
                return found
        return next((c for c in self.direct.values() if c.id == channel_id), None)

    def sees(self, channel: Channel) -> bool:
        guild = channel.guild
        return (guild is None or self.bot.id in guild.members) and permissions.may(
            channel, self.bot, "view_channel"
        )

    def tell_in(
        self, channel: Channel, name: str, build: Callable[[bool], Json], intent: int
    ) -> None:
        """Only what the bot may see; direct conversations have intents of their own."""
        if self.sees(channel):
            if channel.guild is None:
                intent = {MESSAGES: DIRECT_MESSAGES, REACTIONS: DIRECT_REACTIONS}.get(
                    intent, intent
                )
            self.tell(Event(name, channel.guild, intent, build))

    # --- messages -------------------------------------------------------------------------------

    def add(self, message: Message) -> Message:
        """A new message; it wakes an archived thread, unless that is locked (see rest.py)."""
        place = message.channel
        if place.archived:
            self.change_thread(place, archived=False)
        place.messages[message.id] = message
        place.last_message = message.id
        if place.is_thread:
            place.sent += message.id != place.id  # the starter of a post isn't counted
            place.members.add(message.author.id)
        self._tell_of(message, "MESSAGE_CREATE")
        return message

    def twin(self, author: User, nonce: str) -> Message | None:
        """What the same author sent with the same nonce in the past few minutes."""
        since = snowflake(self.clock.now() - NONCE_WINDOW)
        for channel in self._channels():
            for message in reversed(channel.messages.values()):
                if message.id < since:
                    break
                if message.author is author and message.nonce == nonce:
                    return message
        return None

    def _channels(self) -> Iterable[Channel]:
        for guild in self.guilds.values():
            yield from guild.channels.values()
        yield from self.direct.values()

    def changed(self, message: Message) -> None:
        """Tell of an edit, or of a link that was unfurled."""
        self._tell_of(message, "MESSAGE_UPDATE")

    def _tell_of(self, message: Message, name: str) -> None:
        if message.seen_by is None:
            self.tell_in(
                message.channel,
                name,
                lambda content: message_json(self, message, View(content, event=True, nonce=True)),
                MESSAGES,
            )

    def remove(self, message: Message) -> None:
        place = message.channel
        del place.messages[message.id]
        gone: Json = {"id": str(message.id), **self._at(place)}
        self.tell_in(place, "MESSAGE_DELETE", lambda _: gone, MESSAGES)

    def remove_many(self, place: Channel, messages: list[Message]) -> None:
        for message in messages:
            del place.messages[message.id]
        gone: Json = {"ids": [str(m.id) for m in messages], **self._at(place)}
        self.tell_in(place, "MESSAGE_DELETE_BULK", lambda _: gone, MESSAGES)

    def _at(self, place: Channel) -> Json:
        at: Json = {"channel_id": str(place.id)}
        return at | {"guild_id": str(place.guild.id)} if place.guild else at

    # --- reactions ------------------------------------------------------------------------------

    def react(self, user: User, message: Message, emoji: str) -> None:
        users = message.reactions.setdefault(emoji, [])
        if user in users:
            return
        users.append(user)
        body = self._reaction(user, message, emoji) | {"message_author_id": str(message.author.id)}
        if guild := message.channel.guild:
            body["member"] = member_json(guild.members[user.id])
        self.tell_in(message.channel, "MESSAGE_REACTION_ADD", lambda _: body, REACTIONS)

    def unreact(self, user: User, message: Message, emoji: str) -> None:
        users = message.reactions.get(emoji, [])
        if user not in users:
            return
        users.remove(user)
        if not users:
            del message.reactions[emoji]
        body = self._reaction(user, message, emoji)
        self.tell_in(message.channel, "MESSAGE_REACTION_REMOVE", lambda _: body, REACTIONS)

    def clear_reactions(self, message: Message, emoji: str | None) -> None:
        body: Json = {"message_id": str(message.id), **self._at(message.channel)}
        if emoji is None:
            message.reactions.clear()
            self.tell_in(message.channel, "MESSAGE_REACTION_REMOVE_ALL", lambda _: body, REACTIONS)
        elif message.reactions.pop(emoji, None):
            body |= {"emoji": {"id": None, "name": emoji}}
            self.tell_in(
                message.channel, "MESSAGE_REACTION_REMOVE_EMOJI", lambda _: body, REACTIONS
            )

    def _reaction(self, user: User, message: Message, emoji: str) -> Json:
        return self._at(message.channel) | {
            "user_id": str(user.id),
            "message_id": str(message.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }

    # --- threads and channels -------------------------------------------------------------------

    def start_thread(
        self, parent: Channel, name: str, owner: User, origin: Message | None, archive_after: int
    ) -> Channel:
        """From a message (then it has that message's id), or alone, as a post in a forum has it."""
        thread = Channel(
            origin.id if origin else self.ids.next(),
            ANNOUNCEMENT_THREAD if parent.kind == ANNOUNCEMENT else PUBLIC_THREAD,
            name,
            parent.guild,
            parent,
            owner=owner.id,
            auto_archive=archive_after,
            members={owner.id},
        )
        assert parent.guild is not None
        parent.guild.channels[thread.id] = thread
        new = channel_json(thread) | {"newly_created": True}
        self.tell_in(thread, "THREAD_CREATE", lambda _: new, GUILDS)
        if owner is self.bot:
            joined = thread_member_json(thread, owner.id) | {"guild_id": str(parent.guild.id)}
            self.tell_in(thread, "THREAD_MEMBER_UPDATE", lambda _: joined, GUILDS)
        if origin:
            origin.flags |= HAS_THREAD
            self.changed(origin)
            starter = Message(
                self.ids.next(), thread, origin.author, kind=THREAD_STARTER, reply_to=origin.id
            )
            thread.messages[starter.id] = starter
            self._tell_of(starter, "MESSAGE_CREATE")
        return thread

    def change_thread(self, thread: Channel, **fields: Any) -> None:
        """`archived`, `locked`, `name`, `auto_archive` or `applied_tags`."""
        if fields.get("archived", thread.archived) != thread.archived:
            thread.archived_at = self.clock.now()
        for name, value in fields.items():
            setattr(thread, name, value)
        body = channel_json(thread)
        self.tell_in(thread, "THREAD_UPDATE", lambda _: body, GUILDS)

    def channel_changed(self, channel: Channel) -> None:
        body = channel_json(channel)
        self.tell(Event("CHANNEL_UPDATE", channel.guild, GUILDS, lambda _: body))

    def remove_channel(self, channel: Channel) -> None:
        """A channel takes its threads with it; of those only their parent's end is told."""
        assert channel.guild is not None
        if channel.parent is not None:
            gone = {
                "id": str(channel.id),
                "guild_id": str(channel.guild.id),
                "parent_id": str(channel.parent.id),
                "type": channel.kind,
            }
            self.tell_in(channel, "THREAD_DELETE", lambda _: gone, GUILDS)
        else:
            body = channel_json(channel)
            self.tell_in(channel, "CHANNEL_DELETE", lambda _: body, GUILDS)
            for thread in channel.guild.threads(channel):
                del channel.guild.channels[thread.id]
        del channel.guild.channels[channel.id]

    def direct_with(self, user: User) -> Channel:
        if user.id not in self.direct:
            self.direct[user.id] = Channel(self.ids.next(), DM, "", recipient=user)
        return self.direct[user.id]

    # --- people ---------------------------------------------------------------------------------

    def join(self, guild: Guild, member: Member) -> None:
        guild.members[member.user.id] = member
        body = member_json(member) | {"guild_id": str(guild.id)}
        self.tell(Event("GUILD_MEMBER_ADD", guild, MEMBERS, lambda _: body))

    def leave(self, guild: Guild, user: User) -> None:
        if user is self.bot:
            self.tell(Event("GUILD_DELETE", guild, GUILDS, lambda _: {"id": str(guild.id)}))
            del guild.members[user.id]
            return
        del guild.members[user.id]
        body = {"user": user_json(user), "guild_id": str(guild.id)}
        self.tell(Event("GUILD_MEMBER_REMOVE", guild, MEMBERS, lambda _: body))
