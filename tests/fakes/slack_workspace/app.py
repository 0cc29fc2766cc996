"""The app as its manifest declares it: scopes, events, commands, shortcuts.

https://docs.slack.dev/reference/app-manifest
"""

from dataclasses import dataclass, field
from typing import Any

SCOPES = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write",
    "commands", "files:read", "files:write", "groups:history", "groups:read", "im:history",
    "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write", "reactions:read",
    "reactions:write", "team:read", "users:read",
    "users:read.email",
)  # fmt: skip

HISTORY = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}

EVENTS: dict[str, tuple[str, ...]] = {
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "app_mention": ("app_mentions:read",),
    "app_home_opened": (),
    "app_uninstalled": (),
    "tokens_revoked": (),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "channel_left": ("channels:read",),
    "group_left": ("groups:read",),
    "channel_archive": ("channels:read",),
    "group_archive": ("groups:read",),
    "channel_unarchive": ("channels:read",),
    "group_unarchive": ("groups:read",),
    "channel_rename": ("channels:read",),
    "group_rename": ("groups:read",),
    "channel_deleted": ("channels:read",),
    "group_deleted": ("groups:read",),
    "channel_id_changed": ("channels:read", "groups:read"),
    "user_change": ("users:read",),
    "team_join": ("users:read",),
}
"""The events that happen here, each with the scopes of which one is needed:
https://docs.slack.dev/reference/events"""


@dataclass
class App:
    id: str = "A0C0ALFACE"
    name: str = "Coalface"
    client_id: str = "1000000001.2000000002"
    client_secret: str = "loopback-client-secret"  # noqa: S105 - it opens nothing
    signing_secret: str = "loopback-signing-secret"  # noqa: S105 - it opens nothing
    verification_token: str = "loopback-verification"  # noqa: S105 - it opens nothing
    app_token: str = "xapp-1-loopback"  # noqa: S105 - it opens nothing
    app_scopes: tuple[str, ...] = ("connections:write", "authorizations:read")
    scopes: tuple[str, ...] = SCOPES
    events: frozenset[str] = frozenset(EVENTS)
    commands: dict[str, bool] | None = None
    """Each with `should_escape`; None: any command is there, and is escaped."""
    shortcuts: frozenset[str] | None = None
    """Callback ids; None: any is there."""
    interactive: bool = True
    home: bool = True
    messages: bool = True
    socket_mode: bool = False
    org_deploy: bool = True
    redirects: tuple[str, ...] = ()
    unknown_events: list[str] = field(default_factory=list)
    """Subscribed to, but nothing here makes them happen."""

    def configure(self, manifest: dict[str, Any]) -> None:
        """What a person does who pastes the manifest: from now on it holds."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        self.name = manifest["display_information"]["name"]
        scopes = manifest.get("oauth_config", {}).get("scopes", {})
        self.scopes = tuple(scopes.get("bot", ()))
        self.redirects = tuple(manifest.get("oauth_config", {}).get("redirect_urls", ()))
        events = settings.get("event_subscriptions", {}).get("bot_events", ())
        self.events = frozenset(events)
        self.unknown_events = sorted(self.events - set(EVENTS))
        self.commands = {
            one["command"]: bool(one.get("should_escape"))
            for one in features.get("slash_commands", ())
        }
        self.shortcuts = frozenset(one["callback_id"] for one in features.get("shortcuts", ()))
        self.interactive = bool(settings.get("interactivity", {}).get("is_enabled"))
        self.home = bool(features.get("app_home", {}).get("home_tab_enabled"))
        self.messages = bool(features.get("app_home", {}).get("messages_tab_enabled"))
        self.socket_mode = bool(settings.get("socket_mode_enabled"))
        self.org_deploy = bool(settings.get("org_deploy_enabled"))
