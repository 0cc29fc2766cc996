"""What people do on Discord: the side of it that tests hold.

Every act is told to the bot at once; `Wire.caught_up` waits until it has taken that in.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.fakes.discord_wire import permissions
from tests.fakes.discord_wire.clock import LONG_AGO, Clock, TickingClock
from tests.fakes.discord_wire.gateway import Gateway
from tests.fakes.discord_wire.interactions import Interaction, NotOffered, Starter
from tests.fakes.discord_wire.records import (
    ANNOUNCEMENT,
    FORUM,
    REPLY,
    TEXT,
    Attachment,
    Channel,
    Guild,
    Json,
    Member,
    Message,
    Overwrite,
    Role,
    Tag,
    User,
    set_mentions,
)
from tests.fakes.discord_wire.state import TYPING, State

KINDS = {"text": TEXT, "announcement": ANNOUNCEMENT, "forum": FORUM}


class World:
    def __init__(self, state: State, gateway: Gateway, clock: Clock) -> None:
        self.state, self.gateway, self.clock = state, gateway, clock
        self._starter = Starter(state)

    @property
    def bot(self) -> User:
        return self.state.bot

    def move(self, **by: float) -> None:
        """The clock, if it is the wire's own."""
        assert isinstance(self.clock, TickingClock), "move the clock that was handed in"
        self.clock.move(**by)

    # --- places and people ----------------------------------------------------------------------

    def add_user(self, name: str, *guilds: Guild, takes_messages: bool = True) -> User:
        user = User(self.state.ids.next_old(), name, takes_messages=takes_messages)
        self.state.users[user.id] = user
        for guild in guilds:
            self.join(user, guild)
        return user

    def add_guild(
        self,
        name: str,
        owner: User,
        *members: User,
        bot_permissions: Sequence[str] = (),
        everyone: int = permissions.EVERYONE,
    ) -> Guild:
        """A server with the bot in it. What everybody may, the bot may too; `bot_permissions`
        are those its own role adds ("manage_threads", ...)."""
        guild = Guild(self.state.ids.next_old(), name, owner)
        guild.roles.append(Role(guild.id, "@everyone", everyone, position=0))
        self.state.guilds[guild.id] = guild
        for user in (owner, *members):
            guild.members[user.id] = Member(user, LONG_AGO + timedelta(days=1))
        self.invite(guild, *bot_permissions)
        return guild

    def invite(self, guild: Guild, *bot_permissions: str) -> None:
        """Add the bot (again), with a role of its own."""
        role = self.add_role(
            guild, self.bot.name, permissions=permissions.named(*bot_permissions), managed=True
        )
        guild.members[self.bot.id] = Member(self.bot, self.clock.now(), [role])
        self.gateway.arrive(guild)

    def remove_bot(self, guild: Guild) -> None:
        held = guild.members[self.bot.id]
        guild.roles = [role for role in guild.roles if not (role.managed and role in held.roles)]
        self.state.leave(guild, self.bot)

    def add_channel(
        self,
        guild: Guild,
        name: str,
        kind: str = "text",
        *,
        tags: Sequence[str] = (),
        tag_required: bool = False,
    ) -> Channel:
        """`kind` is text, announcement or forum."""
        channel = Channel(self.state.ids.next(), KINDS[kind], name, guild)
        channel.tags = [Tag(self.state.ids.next(), tag) for tag in tags]
        channel.tag_required = tag_required
        guild.channels[channel.id] = channel
        self.gateway.channel_added(channel)
        return channel

    def delete_channel(self, channel: Channel) -> None:
        """Also a thread."""
        self.state.remove_channel(channel)

    def rename_channel(self, channel: Channel, name: str) -> None:
        channel.name = name
        self.state.channel_changed(channel)

    def add_role(
        self,
        guild: Guild,
        name: str,
        *members: User,
        permissions: int = 0,
        mentionable: bool = False,
        managed: bool = False,
    ) -> Role:
        role = Role(self.state.ids.next(), name, permissions, mentionable, managed)
        guild.roles.append(role)
        self.gateway.role_added(guild, role)
        for user in members:
            guild.members[user.id].roles.append(role)
        return role

    def change_role(self, guild: Guild, role: Role, *, mentionable: bool) -> None:
        role.mentionable = mentionable
        self.gateway.role_changed(guild, role)

    def give(self, guild: Guild, role: Role, user: User) -> None:
        """Without the members intent the bot is not told; `take` is the other way round."""
        guild.members[user.id].roles.append(role)

    def take(self, guild: Guild, role: Role, user: User) -> None:
        guild.members[user.id].roles.remove(role)

    def remove_tag(self, forum: Channel, name: str) -> None:
        forum.tags = [tag for tag in forum.tags if tag.name != name]
        self.state.channel_changed(forum)

    def join(self, user: User, guild: Guild) -> None:
        self.state.join(guild, Member(user, self.clock.now()))

    def leave(self, user: User, guild: Guild) -> None:
        self.state.leave(guild, user)

    def deny(self, channel: Channel, who: User | Role, *names: str) -> None:
        """Take permissions from somebody in one channel; `allow` gives them."""
        self._overwrite(channel, who, deny=permissions.named(*names))

    def allow(self, channel: Channel, who: User | Role, *names: str) -> None:
        self._overwrite(channel, who, allow=permissions.named(*names))

    def _overwrite(self, channel: Channel, who: User | Role, allow: int = 0, deny: int = 0) -> None:
        one = next((o for o in channel.overwrites if o.target == who.id), None)
        if one is None:
            one = Overwrite(who.id, 1 if isinstance(who, User) else 0)
            channel.overwrites.append(one)
        one.allow = one.allow & ~deny | allow
        one.deny = one.deny & ~allow | deny
        self.state.channel_changed(channel)

    # --- talking --------------------------------------------------------------------------------

    def say(
        self,
        user: User,
        channel: Channel | User,
        text: str = "",
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        files: Sequence[Attachment] = (),
        embeds: Sequence[Json] = (),
    ) -> Message:
        """In a channel or thread, or (a channel that is the bot) to it alone. A reply calls the
        one replied to, as in Discord's window, unless `ping` is off."""
        if isinstance(self.clock, TickingClock):
            self.clock.move(seconds=1)
        place = channel if isinstance(channel, Channel) else self.state.direct_with(user)
        if place.guild is not None:
            self._check_may_say(user, place)
        message = Message(self.state.ids.next(), place, user, text)
        message.attachments, message.embeds = list(files), list(embeds)
        pings_all = permissions.may(place, user, "mention_everyone")
        set_mentions(message, place.guild, None, pings_all)
        if reply_to is not None:
            message.kind, message.reply_to = REPLY, reply_to.id
            if ping and reply_to.author not in message.mentions:
                message.mentions.append(reply_to.author)
        return self.state.add(message)

    def _check_may_say(self, user: User, place: Channel) -> None:
        needed = "send_messages_in_threads" if place.is_thread else "send_messages"
        locked = place.locked and not permissions.may(place, user, "manage_threads")
        if place.kind == FORUM or locked or not permissions.may(place, user, needed):
            raise NotOffered(f"{user.name} can't write in {place.name}")

    def file(self, name: str, content: bytes, content_type: str = "text/plain") -> Attachment:
        return Attachment(self.state.ids.next(), name, content, content_type)

    def edit(self, message: Message, text: str) -> None:
        if isinstance(self.clock, TickingClock):
            self.clock.move(seconds=1)
        pinged = message.mentions
        message.content, message.edited_at = text, self.clock.now()
        set_mentions(message, message.channel.guild, None, pings_all=False)
        message.mentions += [user for user in pinged if user not in message.mentions]
        self.state.changed(message)

    def unfurl(self, message: Message, embed: Json) -> None:
        """Discord adds a preview of a link: an update that is no edit."""
        message.embeds = [*message.embeds, embed]
        self.state.changed(message)

    def delete(self, message: Message) -> None:
        self.state.remove(message)

    def bulk_delete(self, *messages: Message) -> None:
        """As a moderator does; all of one channel."""
        self.state.remove_many(messages[0].channel, list(messages))

    def react(self, user: User, message: Message, emoji: str = "👍") -> None:
        self.state.react(user, message, emoji)

    def unreact(self, user: User, message: Message, emoji: str = "👍") -> None:
        self.state.unreact(user, message, emoji)

    def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """All, or one emoji's."""
        self.state.clear_reactions(message, emoji)

    def start_thread(self, user: User, origin: Message, name: str) -> Channel:
        return self.state.start_thread(origin.channel, name, user, origin, 1440)

    def post(self, user: User, forum: Channel, title: str, text: str) -> Channel:
        """A post in a forum."""
        thread = self.state.start_thread(forum, title, user, None, 1440)
        self.state.add(Message(thread.id, thread, user, text))
        return thread

    def change_thread(self, thread: Channel, **fields: Any) -> None:
        """A moderator's `archived`, `locked` or `name`; or Discord's own archiving in time."""
        self.state.change_thread(thread, **fields)

    def type(self, user: User, channel: Channel) -> None:
        body = {
            "channel_id": str(channel.id),
            "user_id": str(user.id),
            "timestamp": int(self.clock.now().timestamp()),
        }
        if channel.guild:
            body["guild_id"] = str(channel.guild.id)
        self.state.tell_in(channel, "TYPING_START", lambda _: body, TYPING)

    # --- commands, buttons, forms ---------------------------------------------------------------

    def run_command(self, user: User, channel: Channel, path: str, /, **given: Any) -> Interaction:
        """`path` as typed, without the slash: "course setup". Users, roles, channels and files
        are given as they are. Raises NotOffered for what Discord's window wouldn't send."""
        return self._starter.command(user, channel, path, given, None)

    def autocomplete(
        self, user: User, channel: Channel, path: str, focused: str, /, **given: Any
    ) -> Interaction:
        """The choices come in `choices`; `given` holds what is typed so far, in `focused` too."""
        return self._starter.command(user, channel, path, {focused: "", **given}, focused)

    def run_context(
        self, user: User, name: str, target: Message | User, channel: Channel | None = None
    ) -> Interaction:
        """A context menu on a message or a person."""
        place = target.channel if isinstance(target, Message) else channel
        assert place is not None
        return self._starter.context(user, name, target, place)

    def press(self, user: User, message: Message, which: str) -> Interaction:
        """A button, by its label or custom id."""
        return self._starter.press(user, message, which, None)

    def choose(self, user: User, message: Message, which: str, *values: str) -> Interaction:
        """From a select menu, by its custom id."""
        return self._starter.press(user, message, which, list(values))

    def submit_modal(self, opened: Interaction, /, **given: str | list[str]) -> Interaction:
        """Send the form that `opened` was answered with; by custom id or label."""
        return self._starter.submit(opened, given)
