"""What people do on Slack: the side of it that tests hold.

Every act is sent to the app by itself; `Slack.caught_up` waits until it has taken that in.
"""

from collections.abc import Sequence
from typing import Any

from tests.fakes.discord_wire.clock import Clock, TickingClock
from tests.fakes.slack_workspace import installing
from tests.fakes.slack_workspace.deliveries import Deliveries
from tests.fakes.slack_workspace.forms import NotOffered
from tests.fakes.slack_workspace.interactions import Interaction, Starter, next_private
from tests.fakes.slack_workspace.records import (
    Channel,
    Enterprise,
    File,
    Installation,
    Json,
    Message,
    Team,
    User,
    View,
)
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.typed import as_sent, escaped, rich


class World:
    def __init__(self, state: State, deliveries: Deliveries, starter: Starter) -> None:
        self.state, self._deliveries, self._starter = state, deliveries, starter

    def move(self, **by: float) -> None:
        """The clock, if it is the fake's own; what is due then is sent again."""
        clock: Clock = self.state.clock
        assert isinstance(clock, TickingClock), "move the clock that was handed in"
        clock.move(**by)
        self._deliveries.clock_moved()

    def _tick(self) -> None:
        if isinstance(self.state.clock, TickingClock):
            self.state.clock.move(seconds=1)

    # --- places and people ------------------------------------------------------------------------

    def add_enterprise(self, name: str) -> Enterprise:
        return Enterprise(self.state.stamps.new_id("E"), name)

    def add_team(
        self, name: str, *, enterprise: Enterprise | None = None, install: bool = True
    ) -> Team:
        """A workspace; with the app in it, unless `install` is off (then see `approve`)."""
        team = Team(self.state.stamps.new_id("T"), name, enterprise)
        self.state.teams[team.id] = team
        if install:
            self.install(team, self.add_user(f"Owner of {name}", team, "owner"))
        return team

    def install(
        self, where: Team | Enterprise, by: User, scopes: Sequence[str] | None = None
    ) -> Installation:
        """Without OAuth, as with "Install to workspace"; `scopes` are else the manifest's."""
        return installing.install(self.state, where, by, scopes)

    def approve(self, address: str, by: User, *, whole: bool = False) -> str:
        """A person agrees to what the app asks at its authorize address, for their workspace or
        the `whole` organisation. Answers where their browser is sent (code and state)."""
        return installing.approve(self.state, address, by, whole=whole)

    def uninstall(self, team: Team) -> None:
        installing.uninstall(self.state, self.installation(team))

    def has_app(self, team: Team) -> bool:
        return self.state.installed_in(team) is not None

    def installation(self, team: Team) -> Installation:
        found = self.state.installed_in(team)
        assert found is not None, f"the app is not in {team.name}"
        return found

    def token(self, team: Team) -> str:
        """The bot token of the app there."""
        return installing.token_of(self.state, self.installation(team))

    def bot(self, team: Team) -> User:
        return self.installation(team).bot

    def add_user(self, name: str, team: Team, kind: str = "member") -> User:
        """Who is there from the first. `kind` is member, admin, owner, guest,
        single_channel_guest or bot (another app's)."""
        user = User(self.state.stamps.new_id("U"), name, team, kind)
        if kind == "bot":
            user.bot_id, user.app_id = self.state.stamps.new_id("B"), "A0OTHERAPP"
        self.state.users[user.id] = user
        return user

    def arrive(self, name: str, team: Team) -> User:
        """Somebody new, of whom the app hears (team_join)."""
        user = self.add_user(name, team)
        self.state.user_event("team_join", user)
        return user

    def deactivate(self, user: User) -> None:
        user.deleted = True
        self.state.user_event("user_change", user)

    def rename_user(self, user: User, name: str) -> None:
        user.name = name
        self.state.user_event("user_change", user)

    def add_channel(
        self,
        name: str,
        creator: User,
        *members: User,
        private: bool = False,
        shared_with: Sequence[Team] = (),
        bot: bool = True,
    ) -> Channel:
        """In the creator's workspace; `shared_with` others by Slack Connect. With the bot in it
        from the first, unless `bot` is off."""
        teams = [creator.team, *shared_with]
        channel = Channel(self.state.stamps.new_id("C"), name, teams, creator)
        channel.kind = "group" if private else "channel"
        channel.members = [creator, *(user for user in members if user is not creator)]
        channel.created = self.state.stamps.seconds()
        self.state.channels[channel.id] = channel
        if bot:
            channel.members.append(self.bot(creator.team))
        return channel

    def direct(self, user: User) -> Channel:
        """The conversation of a person with the bot."""
        return self.state.direct(user.team, self.bot(user.team), user)

    def join(self, user: User, channel: Channel, inviter: User | None = None) -> None:
        self.state.join(user, channel, inviter)

    def leave(self, user: User, channel: Channel) -> None:
        self.state.leave(user, channel)

    def invite_bot(self, channel: Channel, by: User | None = None) -> None:
        self.state.join(self.bot(channel.team), channel, by or channel.creator)

    def remove_bot(self, channel: Channel, by: User | None = None) -> None:
        self.state.leave(self.bot(channel.team), channel, by or channel.creator)

    def archive(self, channel: Channel, *, archived: bool = True) -> None:
        channel.archived = archived
        what = "archive" if archived else "unarchive"
        self._channel_event(what, channel, {"user": channel.creator.id})

    def rename(self, channel: Channel, name: str) -> None:
        channel.name = name
        shown = {"id": channel.id, "name": name, "created": channel.created}
        self._channel_event("rename", channel, {"channel": shown})

    def delete_channel(self, channel: Channel) -> None:
        self._channel_event("deleted", channel)
        channel.deleted = True

    def make_private(self, channel: Channel, by: User | None = None) -> None:
        """The id stays; a system message tells of it."""
        channel.kind = "group"
        self.say(
            by or channel.creator,
            channel,
            "made this channel *private*",
            subtype="channel_convert_to_private",
        )

    def make_public(self, channel: Channel, by: User | None = None) -> None:
        """The id stays; a system message tells of it."""
        channel.kind = "channel"
        self.say(
            by or channel.creator,
            channel,
            "made this channel *public*",
            subtype="channel_convert_to_public",
        )

    def change_id(self, channel: Channel) -> None:
        """What happens to a private channel that is shared by Slack Connect."""
        old, new = channel.id, self.state.stamps.new_id("C")
        del self.state.channels[old]
        channel.id, self.state.channels[new] = new, channel
        event: Json = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
        self.state.in_channel("channel_id_changed", event, channel)

    def _channel_event(self, what: str, channel: Channel, more: Json | None = None) -> None:
        name = f"{channel.kind}_{what}"
        self.state.in_channel(name, {"type": name, "channel": channel.id, **(more or {})}, channel)

    # --- talking ----------------------------------------------------------------------------------

    def say(
        self,
        user: User,
        channel: Channel | User,
        text: str = "",
        *,
        thread: Message | None = None,
        broadcast: bool = False,
        files: Sequence[File] = (),
        subtype: str | None = None,
        raw: bool = False,
    ) -> Message:
        """In a channel, or (a User that is the bot) to it alone. `@Name`, `#name`, `@here` and
        addresses become Slack's tokens, all else is escaped; `raw` is sent as it stands.
        `broadcast`: "Also send to #channel"."""
        self._tick()
        place = channel if isinstance(channel, Channel) else self.direct(user)
        if user not in place.members or place.archived or user.deleted:
            raise NotOffered(f"{user.name} can't write in {place.name}")
        message = Message(place, self.state.stamps.next(place.id), user, subtype=subtype)
        message.text = text if raw else self.typed(text, place)
        message.blocks = [] if user.is_bot else rich(message.text)
        message.client_msg_id = None if user.is_bot else f"msg-{message.ts}"
        message.files, message.broadcast = list(files), broadcast
        if thread is not None:
            message.thread_ts = thread.thread_ts or thread.ts
        return self.state.add(message)

    def mention(
        self, user: User, channel: Channel, text: str, *, thread: Message | None = None
    ) -> Message:
        """`@Coalface` and then the text."""
        bot = self.bot(channel.team)
        return self.say(
            user, channel, f"<@{bot.id}> {self.typed(text, channel)}", thread=thread, raw=True
        )

    def typed(self, text: str, place: Channel, *, names: bool = False) -> str:
        users = [u for u in self.state.users.values() if u in place.members or u.team is place.team]
        channels = [one for one in self.state.channels.values() if place.team in one.teams]
        return as_sent(text, users, channels, names=names)

    def file(self, user: User, name: str, content: bytes, mimetype: str = "text/plain") -> File:
        file = File(self.state.stamps.new_id("F"), name, content, user, mimetype=mimetype)
        file.at = self.state.stamps.seconds()
        self.state.files[file.id] = file
        return file

    def edit(self, message: Message, text: str) -> None:
        self._tick()
        before = self.state.show(message)
        message.text = self.typed(text, message.channel)
        message.blocks = rich(message.text)
        message.edited_by = message.user
        message.edited_ts = self.state.stamps.next(message.channel.id)
        self.state.changed(message, before)

    def unfurl(self, message: Message, title: str = "A page") -> None:
        """Slack adds a preview of a link: a change that is no edit."""
        before = self.state.show(message)
        preview: Json = {"id": 1, "title": title, "from_url": "https://example.org/"}
        message.attachments = [*message.attachments, preview]
        self.state.changed(message, before)

    def delete(self, message: Message) -> None:
        self.state.remove(message)

    def react(self, user: User, message: Message, name: str = "thumbsup") -> None:
        self.state.react(user, message, name)

    def unreact(self, user: User, message: Message, name: str = "thumbsup") -> None:
        self.state.react(user, message, name, add=False)

    # --- commands, buttons, forms -----------------------------------------------------------------

    def run_command(
        self,
        user: User,
        channel: Channel | User,
        name: str,
        text: str = "",
        *,
        thread: Message | None = None,
    ) -> Interaction:
        """`name` with its slash, `text` as typed behind it. Raises NotOffered for what Slack's
        window wouldn't send: also in a thread, where Slack has no commands."""
        place = channel if isinstance(channel, Channel) else self.direct(user)
        if thread is not None:
            raise NotOffered("slash commands are not supported in threads")
        if user not in place.members or place.archived:
            raise NotOffered(f"{user.name} can't write in {place.name}")
        known = self.state.app.commands
        if known is not None and name not in known:
            raise NotOffered(f"{name} is not a valid command: {sorted(known)}")
        if known is None or known[name]:
            text = self.typed(text, place, names=True)
        else:
            text = escaped(text)
        return self._starter.command(user, place, name, text.strip())

    def shortcut(self, user: User, message: Message | None, callback_id: str) -> Interaction:
        """On a message; without one, from the lightning bolt."""
        return self._starter.shortcut(user, callback_id, message)

    def press(self, user: User, on: Message | View, which: str, value: Any = None) -> Interaction:
        """A button, by its action id or its words; or a menu, with what is chosen."""
        return self._starter.press(user, on, which, value)

    def suggest(self, user: User, on: Message | View, which: str, typed: str) -> Interaction:
        """Type into an external select, by its action or block id; see `Interaction.choices`."""
        return self._starter.suggest(user, on, which, typed)

    def submit(self, view: View, given: dict[str, Any] | None = None, **values: Any) -> Interaction:
        """Fill in by block id, action id or label, and send. What is left out keeps its first
        value. Texts, options by what they say, Users, Channels, Files, or lists of these."""
        return self._starter.submit(view, {**(given or {}), **values})

    def close(self, view: View, *, everything: bool = False) -> Interaction | None:
        return self._starter.close(view, everything=everything)

    async def open_home(self, user: User) -> View:
        """The app's Home tab, as it is when the app has published it for this opening."""
        state, key = self.state, (user.team.id, user.id)
        before = state.homes.get(key)
        old = before.hash if before else None
        bot = self.bot(user.team)
        event: Json = {"type": "app_home_opened", "user": user.id, "tab": "home"}
        event["channel"] = state.direct(user.team, bot, user).id
        state.event("app_home_opened", event, [self.installation(user.team)], team=user.team)
        return await state.until(
            lambda: home if (home := state.homes.get(key)) and home.hash != old else None,
            f"the home of {user.name}",
        )

    async def told(self, user: User) -> Message:
        """The next that the person reads privately, ephemeral or in a direct conversation, and
        that no test has looked at yet: after a mention, say."""
        return await self.state.until(
            lambda: next_private(self.state, user), f"anything told to {user.name}"
        )

    def private_to(self, user: User) -> list[Message]:
        """All that the person read privately, in order."""
        return [
            one
            for one in self.state.private
            if (one.seen_by is user if one.seen_by else user in one.channel.members)
        ]
