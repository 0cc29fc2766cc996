"""What stands on Discord's servers: people, servers, channels, threads and messages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

TEXT, DM, ANNOUNCEMENT, FORUM = 0, 1, 5, 15
ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD = 10, 11, 12
"""https://docs.discord.com/developers/resources/channel#channel-object-channel-types"""

DEFAULT, THREAD_CREATED, REPLY, CHAT_INPUT_COMMAND, THREAD_STARTER, CONTEXT_MENU_COMMAND = (
    0, 18, 19, 20, 21, 23,
)  # fmt: skip
"""https://docs.discord.com/developers/resources/message#message-object-message-types"""

SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING, COMPONENTS_V2 = 4, 32, 64, 128, 1 << 15
"""https://docs.discord.com/developers/resources/message#message-object-message-flags"""


@dataclass(eq=False)
class User:
    id: int
    name: str
    bot: bool = False
    takes_messages: bool = True
    """Without it, a direct message is refused (50007)."""

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: int = 0
    mentionable: bool = False
    managed: bool = False
    position: int = 1

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass(eq=False)
class Member:
    user: User
    joined_at: datetime
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass
class Overwrite:
    """What a role (`kind` 0) or a member (1) may and may not do in one channel."""

    target: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass
class Tag:
    id: int
    name: str


@dataclass(eq=False)
class Channel:
    """Also a thread (then `parent` is set) and a direct conversation (then `recipient` is)."""

    id: int
    kind: int
    name: str
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    recipient: User | None = None
    topic: str | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    tag_required: bool = False
    messages: "dict[int, Message]" = field(default_factory=dict)
    last_message: int | None = None
    # of threads only
    owner: int = 0
    archived: bool = False
    locked: bool = False
    archived_at: datetime | None = None
    auto_archive: int = 1440
    applied_tags: list[int] = field(default_factory=list)
    sent: int = 0
    members: set[int] = field(default_factory=set)

    @property
    def is_thread(self) -> bool:
        return self.parent is not None

    @property
    def in_forum(self) -> bool:
        return self.parent is not None and self.parent.kind == FORUM


@dataclass(eq=False)
class Guild:
    id: int
    name: str
    owner: User
    roles: list[Role] = field(default_factory=list)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    """Threads stand here too."""

    @property
    def everyone(self) -> Role:
        return self.roles[0]

    def role(self, role_id: int) -> Role:
        return next(role for role in self.roles if role.id == role_id)

    def threads(self, parent: Channel | None = None) -> list[Channel]:
        return [
            c
            for c in self.channels.values()
            if c.is_thread and (parent is None or c.parent is parent)
        ]


@dataclass
class Attachment:
    id: int
    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
    description: str | None = None


@dataclass(eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    content: str = ""
    kind: int = DEFAULT
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    edited_at: datetime | None = None
    flags: int = 0
    nonce: str | None = None
    reply_to: int | None = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    reactions: dict[str, list[User]] = field(default_factory=dict)
    interaction: Json | None = None
    """Set on what answers an interaction."""
    seen_by: User | None = None
    """Set on ephemeral messages: nobody else sees them."""

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        return bool(self.flags & LOADING)

    def buttons(self) -> list[Json]:
        return [one for one in walk(self.components) if one["type"] == 2]

    def items(self) -> list[Json]:
        """Its buttons and select menus."""
        return [one for one in walk(self.components) if "custom_id" in one]


def walk(components: Iterable[Json]) -> Iterable[Json]:
    """Each component with those inside it, at any depth."""
    for one in components:
        yield one
        yield from walk(one.get("components", ()))
        for inner in ("component", "accessory"):
            if inner in one:
                yield from walk([one[inner]])


def set_mentions(
    message: Message, guild: Guild | None, allowed: Json | None, pings_all: bool
) -> None:
    """Who is called by its content. `allowed` None calls everybody named, as Discord does.

    A role that is not mentionable, and @everyone, need the permission (`pings_all`):
    https://docs.discord.com/developers/resources/message#allowed-mentions-object
    """
    parse = ["users", "roles", "everyone"] if allowed is None else allowed.get("parse") or []
    rules = allowed or {}
    message.mentions, message.mention_roles, message.mention_everyone = [], [], False
    if guild is None:
        return
    for found in re.findall(r"<@!?(\d+)>", message.content):
        member = guild.members.get(int(found))
        named = str(found) in {str(u) for u in rules.get("users") or ()}
        if member and member.user not in message.mentions and ("users" in parse or named):
            message.mentions.append(member.user)
    for found in re.findall(r"<@&(\d+)>", message.content):
        role = next((r for r in guild.roles if r.id == int(found)), None)
        named = str(found) in {str(r) for r in rules.get("roles") or ()}
        if role and (role.mentionable or pings_all) and ("roles" in parse or named):
            message.mention_roles.append(role.id)
    message.mention_everyone = (
        "everyone" in parse
        and pings_all
        and re.search(r"@(everyone|here)\b", message.content) is not None
    )
