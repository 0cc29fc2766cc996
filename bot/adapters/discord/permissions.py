"""What Coalface needs of Discord and what for: one table, from which come the invite link, what is
checked before a call, and what `coalface doctor` says. The tests hold it against what is used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import discord

WORDS = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
    "manage_threads": "Manage Threads",
}
"""How Discord's settings name a permission."""


NO_CONTENT = (
    "The message-content intent is not enabled, so words, attachments and named facts are not"
    " counted, and no texts are kept; enable it on the application's page, under Bot, Message"
    " Content Intent, and restart Coalface."
)


@dataclass(frozen=True, slots=True)
class Need:
    """What one thing that Coalface does takes.

    `calls` are REST routes and `events` gateway events, as Discord's documentation writes them;
    `intents` those without which the events don't come. `extra`: it goes without, less well.
    """

    what: str
    calls: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    extra: bool = False


READ = Need(
    "read discussions again after a break",
    calls=(
        "GET /channels/{}",
        "GET /channels/{}/messages",
        "GET /channels/{}/messages/{}",
        "GET /channels/{}/messages/{}/reactions/{}",
        "GET /channels/{}/threads/archived/public",
        "GET /guilds/{}/threads/active",
        "GET /guilds/{}/members/{}",
    ),
    permissions=("view_channel", "read_message_history"),
)
POST = Need(
    "post a prompt",
    calls=("POST /channels/{}/messages",),
    permissions=("view_channel", "send_messages", "embed_links", "read_message_history"),
)
THREAD = Need(
    "open a prompt's thread",
    calls=("POST /channels/{}/messages/{}/threads",),
    permissions=("view_channel", "read_message_history", "create_public_threads"),
)
FORUM = Need(
    "post a prompt in a forum",
    calls=("POST /channels/{}/threads",),
    permissions=("view_channel", "send_messages", "embed_links", "read_message_history"),
)
IN_THREAD = Need(
    "write into a discussion's thread",
    calls=("POST /channels/{}/messages", "PATCH /channels/{}"),
    permissions=("view_channel", "send_messages_in_threads", "embed_links"),
)
CHANGE = Need(
    "change what it posted",
    calls=("PATCH /channels/{}/messages/{}", "DELETE /channels/{}/messages/{}"),
    permissions=("view_channel",),
)
LOCK = Need(
    "lock a closed discussion's thread, and open it again",
    calls=("PATCH /channels/{}", "DELETE /channels/{}"),
    permissions=("view_channel", "manage_threads"),
)
TELL = Need(
    "tell somebody something privately",
    calls=("POST /users/@me/channels", "POST /channels/{}/messages"),
)
NOTICE = Need(
    "post notices in the staff's channel",
    calls=("POST /channels/{}/messages",),
    permissions=("view_channel", "send_messages", "embed_links"),
)
KNOW = Need(
    "know its own application",
    calls=("GET /users/@me", "GET /oauth2/applications/@me", "GET /users/@me/guilds"),
)
BE_THERE = Need(
    "be in a server, and know its channels and threads",
    calls=("GET /guilds/{}", "GET /guilds/{}/channels"),
    events=("GUILD_CREATE", "GUILD_DELETE", "CHANNEL_DELETE", "THREAD_DELETE", "THREAD_UPDATE"),
    scopes=("bot",),
    intents=("guilds",),
)
COMMANDS = Need(
    "take commands",
    calls=(
        "GET /applications/{}/commands",
        "PUT /applications/{}/commands",
        "POST /interactions/{}/{}/callback",
        "POST /webhooks/{}/{}",
        "GET /webhooks/{}/{}/messages/{}",
        "PATCH /webhooks/{}/{}/messages/{}",
        "DELETE /webhooks/{}/{}/messages/{}",
    ),
    events=("INTERACTION_CREATE",),
    scopes=("applications.commands",),
)
HEAR = Need(
    "hear replies",
    events=("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"),
    permissions=("view_channel",),
    intents=("guild_messages",),
)
REACTIONS = Need(
    "hear reactions",
    events=(
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_ALL",
        "MESSAGE_REACTION_REMOVE_EMOJI",
    ),
    permissions=("view_channel",),
    intents=("guild_reactions",),
)
TEXTS = Need(
    "count words and attachments, keep texts, and notice the facts that replies name",
    intents=("message_content",),
    extra=True,
)

TABLE = (
    READ, POST, THREAD, FORUM, IN_THREAD, CHANGE, LOCK, TELL, NOTICE, KNOW, BE_THERE, COMMANDS,
    HEAR, REACTIONS, TEXTS,
)  # fmt: skip


def permissions(needs: Iterable[Need] = TABLE) -> discord.Permissions:
    """Everything that these need."""
    return discord.Permissions(**{name: True for need in needs for name in need.permissions})


def intents(*, content: bool) -> discord.Intents:
    """What to ask the gateway for; `content` with the privileged message-content intent."""
    wanted = discord.Intents.none()
    for need in TABLE:
        for name in need.intents:
            if content or not need.extra:
                setattr(wanted, name, True)
    return wanted


def scopes() -> list[str]:
    return list(dict.fromkeys(scope for need in TABLE for scope in need.scopes))


def invite_link(application_id: int) -> str:
    """Where somebody who manages a server can add Coalface to it."""
    return discord.utils.oauth_url(application_id, permissions=permissions(), scopes=scopes())


def may_read_content(flags: discord.ApplicationFlags) -> bool:
    """Whether the message-content intent is enabled: the second flag is that of small apps."""
    return flags.gateway_message_content or flags.gateway_message_content_limited


def missing(held: discord.Permissions, *needs: Need) -> list[str]:
    """The permissions that these need and that are not held, in Discord's words."""
    if held.administrator:
        return []
    names = dict.fromkeys(name for need in needs for name in need.permissions)
    return [WORDS[name] for name in names if not getattr(held, name)]


def how_to_give(names: Sequence[str], channel: str) -> str:
    """One sentence: what is missing in a channel, and where Discord lets one give it."""
    listed = " and ".join(f"“{name}”" for name in names)
    return (
        f"Coalface needs {listed} in #{channel}; give it there under Edit Channel, Permissions, to"
        " its role."
    )
