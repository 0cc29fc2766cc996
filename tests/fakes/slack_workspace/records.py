"""What there is in a workspace, without its behaviour. https://docs.slack.dev/reference/objects"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class Enterprise:
    id: str
    name: str


@dataclass
class Team:
    id: str
    name: str
    enterprise: Enterprise | None = None

    @property
    def domain(self) -> str:
        return "".join(c for c in self.name.lower() if c.isalnum()) or "team"


@dataclass
class User:
    id: str
    name: str
    team: Team
    kind: str = "member"
    """member, admin, owner, guest (multi-channel), single_channel_guest or bot."""
    deleted: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    display_name: str = ""
    email: str = ""
    email_confirmed: bool = True
    takes_messages: bool = True
    """False: a direct message to them is refused (cannot_dm_bot and the like)."""

    @property
    def is_bot(self) -> bool:
        return self.kind == "bot"

    @property
    def handle(self) -> str:
        return "".join(c for c in self.name.lower() if c.isalnum() or c in "._-") or "someone"


@dataclass
class File:
    id: str
    name: str
    content: bytes
    user: User
    title: str = ""
    mimetype: str = "text/plain"
    at: int = 0
    shared: set[str] = field(default_factory=set)
    """The channels it stands in."""


@dataclass
class Message:
    channel: "Channel"
    ts: str
    user: User
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    """Its root's; a root with replies has its own."""
    subtype: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    edited_by: User | None = None
    edited_ts: str = ""
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[User]] = field(default_factory=dict)
    client_msg_id: str | None = None
    seen_by: User | None = None
    """Ephemeral: this person alone sees it."""
    answering: object | None = None
    """The interaction that it answers."""
    deleted: bool = False
    taken: bool = False
    """A test has looked at it (see Interaction.told)."""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def elements(self) -> list[Json]:
        """What can be pressed, each with its `block_id`."""
        return interactive(self.blocks)

    def words(self) -> str:
        """All that a person reads, in order: a loose form, for assertions."""
        return "\n".join(part for part in (spoken(self.blocks) or [self.text]) if part)


@dataclass
class Channel:
    id: str
    name: str
    teams: list[Team]
    """The host first; several: shared by Slack Connect."""
    creator: User
    kind: str = "channel"
    """channel, group (private), im or mpim: as `channel_type` says it."""
    members: list[User] = field(default_factory=list)
    archived: bool = False
    deleted: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    """By ts, oldest first."""
    created: int = 0

    @property
    def team(self) -> Team:
        return self.teams[0]

    def roots(self) -> list[Message]:
        return [m for m in self.messages.values() if not m.is_reply or m.broadcast]

    def thread(self, root_ts: str) -> list[Message]:
        """The replies, oldest first."""
        return [m for m in self.messages.values() if m.thread_ts == root_ts and m.is_reply]


@dataclass
class View:
    id: str
    user: User
    team: Team
    body: Json
    """As the app sent it, with block and action ids filled in."""
    hash: str
    root_id: str
    previous_id: str | None = None
    is_open: bool = True
    standing: dict[tuple[str, str], Json] = field(default_factory=dict)
    """What was left in each field when the form was sent, by block_id and action_id: an update with
    the same two leaves it there (https://docs.slack.dev/reference/methods/views.update)."""

    @property
    def callback_id(self) -> str:
        return str(self.body.get("callback_id", ""))

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.body["blocks"])

    def elements(self) -> list[Json]:
        return interactive(self.blocks)

    def words(self) -> str:
        return "\n".join(spoken(self.blocks))


@dataclass
class Installation:
    """The app in one workspace, or (without a team) in the whole of an organisation."""

    team: Team | None
    enterprise: Enterprise | None
    bot: User
    bot_id: str
    scopes: tuple[str, ...]
    by: User
    tokens: list["Token"] = field(default_factory=list)
    active: bool = True

    def covers(self, team: Team) -> bool:
        if self.team is not None:
            return self.team is team
        return self.enterprise is not None and team.enterprise is self.enterprise


@dataclass
class Token:
    value: str
    installation: Installation
    error: str | None = None
    """What it is refused with: token_revoked, account_inactive, ..."""


@dataclass
class Trigger:
    user: User
    team: Team
    at: datetime
    interaction: object
    used: bool = False


def interactive(blocks: list[Json]) -> list[Json]:
    """The elements of actions, accessories and inputs, each with its block's id."""
    return [
        {**element, "block_id": block.get("block_id")}
        for block in blocks
        for element in (
            block.get("accessory"),
            block.get("element"),
            *(block.get("elements") or ()),
        )
        if isinstance(element, dict) and "action_id" in element
    ]


def spoken(part: Any) -> list[str]:
    """The texts in blocks, in the order in which they stand; rich text run together."""
    if isinstance(part, list):
        return [text for one in part for text in spoken(one)]
    if not isinstance(part, dict):
        return []
    kind = part.get("type")
    if kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        return ["".join(_span(one) for one in part["elements"])]
    if isinstance(part.get("text"), str):
        return [part["text"]]
    keys = ("label", "title", "text", "fields", "rows", "element", "elements", "accessory", "hint")
    return [text for key in keys if key in part for text in spoken(part[key])]


def _span(one: Json) -> str:
    match one["type"]:
        case "text":
            return str(one["text"])
        case "user":
            return f"<@{one['user_id']}>"
        case "channel":
            return f"<#{one['channel_id']}>"
        case "link":
            return str(one.get("text") or one["url"])
        case "emoji":
            return f":{one['name']}:"
        case "broadcast":
            return f"@{one['range']}"
        case "date":
            return str(one.get("fallback", ""))
        case other:
            return f"[{other}]"
