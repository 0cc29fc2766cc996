"""What happens on Slack's servers, whoever asks for it: each change is kept and told.

It decides nothing about scopes (see web_api.py) and knows no sockets (see deliveries.py).
"""

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.fakes.discord_wire.clock import Clock
from tests.fakes.slack_workspace.app import EVENTS, App
from tests.fakes.slack_workspace.payloads import message_json, user_json
from tests.fakes.slack_workspace.records import (
    Channel,
    File,
    Installation,
    Json,
    Message,
    Team,
    Token,
    Trigger,
    User,
    View,
)
from tests.fakes.slack_workspace.stamps import Stamps

T = TypeVar("T")

SUFFIX = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
LETTER = {"channel": "C", "group": "G", "im": "D", "mpim": "G"}


@dataclass
class State:
    clock: Clock
    app: App
    stamps: Stamps
    tell: Callable[[Json], None] = field(default=lambda envelope: None)
    """Where an event's envelope goes."""
    files_at: str = ""
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    installations: list[Installation] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, Installation] = field(default_factory=dict)
    """Of an OAuth flow, each good once."""
    files: dict[str, File] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[tuple[str, str], View] = field(default_factory=dict)
    """By workspace and person."""
    triggers: dict[str, Trigger] = field(default_factory=dict)
    private: list[Message] = field(default_factory=list)
    """Ephemeral messages and those in direct conversations, in order."""
    complaints: list[str] = field(default_factory=list)
    """Answers of the app that Slack would drop, or show as an error."""
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _serial: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    # --- waiting ----------------------------------------------------------------------------------

    def stir(self) -> None:
        """Something changed: whoever waits looks again."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def until(self, found: Callable[[], T | None], what: str) -> T:
        try:
            async with asyncio.timeout(10):
                while (one := found()) is None:
                    await self._stirred.wait()
                return one
        except TimeoutError:
            raise AssertionError(f"nobody saw {what}; complaints: {self.complaints}") from None

    # --- who is there -----------------------------------------------------------------------------

    def installed_in(self, team: Team) -> Installation | None:
        return next((i for i in self.installations if i.active and i.covers(team)), None)

    def present_in(self, channel: Channel) -> list[Installation]:
        """The installations whose bot is a member."""
        active = [one for one in self.installations if one.active]
        return [one for one in active if one.bot in channel.members]

    def team_for(self, installation: Installation, channel: Channel) -> Team:
        return next(team for team in channel.teams if installation.covers(team))

    def direct(self, team: Team, bot: User, *people: User) -> Channel:
        """The conversation of the bot with one person, or with several."""
        members = [bot, *people]
        for one in self.channels.values():
            if one.kind in ("im", "mpim") and {u.id for u in one.members} == {
                u.id for u in members
            }:
                return one
        kind = "im" if len(people) == 1 else "mpim"
        channel = Channel(
            self.stamps.new_id("D" if kind == "im" else "G"), "", [team], bot, kind, members
        )
        channel.created = self.stamps.seconds()
        self.channels[channel.id] = channel
        return channel

    def show(self, message: Message, *, metadata: bool = False) -> Json:
        return message_json(self.app, message, self.files_at, metadata=metadata)

    # --- telling ----------------------------------------------------------------------------------

    def event(
        self,
        name: str,
        event: Json,
        installations: Iterable[Installation],
        *,
        team: Team | None = None,
        channel: Channel | None = None,
    ) -> None:
        """One event, told once, of all the installations that may know of it."""
        needed = EVENTS.get(name, ())
        may = [
            one
            for one in installations
            if not needed or any(scope in one.scopes for scope in needed)
        ]
        if name not in self.app.events or not may:
            return
        first = may[0]
        where = team or (self.team_for(first, channel) if channel else first.team)
        assert where is not None
        stamped = event.setdefault("event_ts", self.stamps.next("events"))
        enterprise = where.enterprise.id if where.enterprise else None
        self.tell(
            {
                "token": self.app.verification_token,
                "team_id": where.id,
                "enterprise_id": enterprise,
                "context_team_id": where.id,
                "context_enterprise_id": enterprise,
                "api_app_id": self.app.id,
                "event": event,
                "type": "event_callback",
                "event_id": f"Ev{next(self._serial):010d}",
                "event_time": int(stamped.partition(".")[0]),
                "authorizations": [
                    {
                        "enterprise_id": enterprise,
                        "team_id": where.id,
                        "user_id": first.bot.id,
                        "is_bot": True,
                        "is_enterprise_install": first.team is None,
                    }
                ],
                "is_ext_shared_channel": channel is not None and len(channel.teams) > 1,
                "event_context": f"4-{self.app.id}-{where.id}",
            }
        )
        self.stir()

    def in_channel(self, name: str, event: Json, channel: Channel) -> None:
        self.event(name, event, self.present_in(channel), channel=channel)

    def _message_event(self, channel: Channel, event: Json) -> None:
        event |= {"channel": channel.id, "channel_type": channel.kind}
        self.in_channel(f"message.{SUFFIX[channel.kind]}", event, channel)

    # --- messages ---------------------------------------------------------------------------------

    def add(self, message: Message) -> Message:
        channel = message.channel
        channel.messages[message.ts] = message
        if channel.kind in ("im", "mpim") and message.user.app_id == self.app.id:
            self.private.append(message)
        for file in message.files:
            file.shared.add(channel.id)
        shown = self.show(message)
        self._message_event(channel, shown | {"event_ts": message.ts})
        if channel.kind in ("channel", "group") and message.subtype is None:
            called = [
                one
                for one in self.present_in(channel)
                if f"<@{one.bot.id}>" in message.text and message.user is not one.bot
            ]
            kept = ("user", "text", "ts", "team", "blocks", "thread_ts", "client_msg_id", "files")
            body = {key: value for key, value in shown.items() if key in kept}
            body |= {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
            self.event("app_mention", body, called, channel=channel)
        self.stir()
        return message

    def changed(self, message: Message, before: Json) -> None:
        """After a change of a message that looked like `before`."""
        now = self.stamps.next(message.channel.id)
        shown = self.show(message)
        event = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": now}
        event |= {"message": shown, "previous_message": before, "event_ts": now}
        self._message_event(message.channel, event)
        self.stir()

    def remove(self, message: Message) -> None:
        """A root with replies leaves a tombstone, and is told as changed."""
        channel, before = message.channel, self.show(message)
        message.deleted = True
        if channel.thread(message.ts) and not message.is_reply:
            message.subtype, message.text, message.blocks = "tombstone", "", []
            self.changed(message, before)
            return
        del channel.messages[message.ts]
        root = channel.messages.get(message.thread_ts or "")
        if root is not None and root.subtype == "tombstone" and not channel.thread(root.ts):
            del channel.messages[root.ts]
        now = self.stamps.next(channel.id)
        event = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": now}
        event |= {"deleted_ts": message.ts, "previous_message": before, "event_ts": now}
        self._message_event(channel, event)
        self.stir()

    def react(self, user: User, message: Message, name: str, *, add: bool = True) -> None:
        users = message.reactions.setdefault(name, [])
        if add == (user in users):
            return
        users.append(user) if add else users.remove(user)
        if not users:
            del message.reactions[name]
        event = {
            "type": "reaction_added" if add else "reaction_removed",
            "user": user.id,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel.id, "ts": message.ts},
            "item_user": message.user.id,
        }
        self.in_channel(str(event["type"]), event, message.channel)
        self.stir()

    # --- places and people ------------------------------------------------------------------------

    def join(self, user: User, channel: Channel, inviter: User | None = None) -> None:
        if user in channel.members:
            return
        channel.members.append(user)
        event = self._membership("member_joined_channel", user, channel)
        if inviter is not None:
            event["inviter"] = inviter.id
        self.in_channel("member_joined_channel", event, channel)
        text = f"<@{user.id}> has joined the channel"
        subtype = "channel_join" if channel.kind == "channel" else "group_join"
        self.add(Message(channel, self.stamps.next(channel.id), user, text, subtype=subtype))

    def leave(self, user: User, channel: Channel, actor: User | None = None) -> None:
        there = self.present_in(channel)
        channel.members.remove(user)
        left = self._membership("member_left_channel", user, channel)
        self.in_channel("member_left_channel", left, channel)
        name = "channel_left" if channel.kind == "channel" else "group_left"
        event = {"type": name, "channel": channel.id, "actor_id": (actor or user).id}
        self.event(name, event, [i for i in there if i.bot is user], channel=channel)
        self.stir()

    def _membership(self, name: str, user: User, channel: Channel) -> Json:
        letter = LETTER[channel.kind]
        return {
            "type": name,
            "user": user.id,
            "channel": channel.id,
            "channel_type": letter,
            "team": user.team.id,
        }

    def user_event(self, name: str, user: User) -> None:
        """user_change, team_join: to each workspace with the app that knows the person."""
        for installation in self.installations:
            near = any(
                user in c.members for c in self.channels.values() if installation.bot in c.members
            )
            if installation.active and (installation.covers(user.team) or near):
                tells = "users:read.email" in installation.scopes
                home = installation.team or installation.by.team
                team = user.team if installation.covers(user.team) else home
                event = {"type": name, "user": user_json(user, to=team, email=tells)}
                self.event(name, event, [installation], team=team)
