"""What Coalface needs of Slack and what for: one table, from which come the app's manifest, and
what the doctor and a refusal say. The tests hold it against what is used."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """What one thing that Coalface does takes.

    `methods` are those of the Web API and `events` those of the Events API, as docs.slack.dev
    writes them (reference/methods, reference/events); `scopes` are the bot's, by these pages;
    `features` are what the manifest switches on.
    """

    what: str
    methods: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


KNOW = Need(
    "know itself and whether it is there",
    methods=("auth.test",),
    events=("app_uninstalled", "tokens_revoked"),
    features=("bot_user",),
)
READ = Need(
    "read discussions again after a break",
    methods=("conversations.history", "conversations.replies"),
    scopes=("channels:history", "groups:history"),
)
HEAR = Need(
    "hear replies",
    events=("message.channels", "message.groups"),
    scopes=("channels:history", "groups:history"),
)
REACTIONS = Need(
    "hear reactions, and look them up",
    methods=("reactions.get",),
    events=("reaction_added", "reaction_removed"),
    scopes=("reactions:read",),
)
MENTIONS = Need(
    "take commands in threads, where it is mentioned",
    events=("app_mention",),
    scopes=("app_mentions:read",),
)
POST = Need(
    "post prompts, and write into their threads",
    methods=("chat.postMessage",),
    scopes=("chat:write",),
)
CHANGE = Need(
    "change what it posted",
    methods=("chat.update", "chat.delete"),
    scopes=("chat:write",),
)
NOTICE = Need(
    "post notices in the staff's channel",
    methods=("chat.postMessage",),
    scopes=("chat:write",),
)
TELL = Need(
    "tell somebody something privately",
    methods=("chat.postEphemeral", "conversations.open", "chat.postMessage"),
    scopes=("chat:write", "im:write"),
)
FILES = Need(
    "give somebody a file",
    methods=("files.getUploadURLExternal", "files.completeUploadExternal"),
    scopes=("files:write",),
)
TAKE_FILES = Need(
    "take a file that somebody gives in a form, such as a roster",
    methods=("files.info",),
    scopes=("files:read",),
)
CHANNELS = Need(
    "know its channels, and what becomes of them",
    methods=("conversations.info",),
    events=(
        "channel_archive",
        "channel_deleted",
        "channel_id_changed",
        "channel_left",
        "channel_rename",
        "channel_unarchive",
        "group_archive",
        "group_deleted",
        "group_left",
        "group_rename",
        "group_unarchive",
        "member_joined_channel",
        "member_left_channel",
    ),
    scopes=("channels:read", "groups:read"),
)
PEOPLE = Need(
    "know people's names, and who manages the workspace",
    methods=("users.info",),
    events=("user_change",),
    scopes=("users:read",),
)
EMAILS = Need(
    "link members to the roster by their e-mail addresses",
    methods=("users.info",),
    scopes=("users:read.email",),
)
"""Not of the table: only who wants it gives it, and without it nothing is missing."""
COMMANDS = Need(
    "take commands, buttons and forms",
    methods=("views.open", "views.update"),
    scopes=("commands",),
    features=("slash_commands", "shortcuts", "interactivity"),
)
HOME = Need(
    "show each person their own record in its home",
    methods=("views.publish",),
    events=("app_home_opened",),
    features=("app_home",),
)

TABLE = (
    KNOW, READ, HEAR, REACTIONS, MENTIONS, POST, CHANGE, NOTICE, TELL, FILES, TAKE_FILES, CHANNELS,
    PEOPLE, COMMANDS, HOME,
)  # fmt: skip


def scopes(needs: Iterable[Need] = TABLE) -> list[str]:
    """The bot's scopes that these need, sorted."""
    return sorted({scope for need in needs for scope in need.scopes})


def asked(*, emails: bool) -> list[str]:
    """The scopes that the app asks a workspace for."""
    return scopes((*TABLE, EMAILS)) if emails else scopes()


def events(needs: Iterable[Need] = TABLE) -> list[str]:
    """The events that these need, sorted."""
    return sorted({event for need in needs for event in need.events})


def features(needs: Iterable[Need] = TABLE) -> frozenset[str]:
    return frozenset(feature for need in needs for feature in need.features)


def missing(held: Collection[str], *needs: Need) -> list[str]:
    """The scopes that these need and that are not held."""
    return [scope for scope in scopes(needs or TABLE) if scope not in held]


def why(scope: str) -> list[str]:
    """What goes without a scope no more, in the table's words."""
    return [need.what for need in TABLE if scope in need.scopes]
