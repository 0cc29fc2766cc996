"""The app's manifest, from the catalogue and the table of permissions: whoever pastes it on
api.slack.com/apps has the app. By docs.slack.dev, reference/app-manifest."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from bot.adapters.slack import limits, permissions
from bot.core.commands import Catalog, Command, OnMessage
from bot.core.errors import UserError
from bot.core.rendering import cut

NAME = "Coalface"
EVERYTHING = "/coalface"
"""Takes every command: `/coalface prompt list`, also where a group's name is taken."""
TAKEN = frozenset({"help"})
"""Groups that Slack answers itself; they are reached by EVERYTHING."""

EVENTS_PATH = "/slack/events"
OPTIONS_PATH = EVENTS_PATH
REDIRECT_PATH = "/slack/oauth_redirect"

_DESCRIPTION = "Posts discussion prompts, keeps track of who answered whom, brings sourced facts."
_LONG_DESCRIPTION = (
    "Coalface is a classroom discussion bot. It posts discussion prompts and opens a thread for"
    " each, keeps track of who answered whom and who brought evidence, and looks up facts with"
    " their sources. Each student can see what is recorded about them, and why it counts or does"
    " not; instructors see the course at a glance. It never ranks students by volume."
)


def to_manifest(
    catalog: Catalog, http: str | None = None, *, emails: bool = False
) -> dict[str, Any]:
    """The manifest as plain values. `http`: where Slack reaches Coalface, such as
    https://coalface.example.edu; without it, Coalface connects to Slack (Socket Mode). `emails`:
    the app may see people's e-mail addresses, to know students on the roster by them.

    Raises UserError for an address that Slack would not take, and ValueError where the catalogue
    asks for more than Slack can show.
    """
    base = None if http is None else _base(http)
    url = {} if base is None else {"url": base + EVENTS_PATH}
    request_url = {} if base is None else {"request_url": base + EVENTS_PATH}
    redirects = {} if base is None else {"redirect_urls": [base + REDIRECT_PATH]}
    options = {} if base is None else {"message_menu_options_url": base + OPTIONS_PATH}
    made = {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#3b5b7a",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": NAME.lower(), "always_online": True},
            "shortcuts": [
                _shortcut(command, command.on_message)
                for command in catalog
                if command.on_message is not None
            ],
            "slash_commands": [one | url for one in _slash_commands(catalog)],
        },
        "oauth_config": {**redirects, "scopes": {"bot": permissions.asked(emails=emails)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": permissions.events()},
            "interactivity": {"is_enabled": True, **request_url, **options},
            "org_deploy_enabled": base is not None,
            "socket_mode_enabled": base is None,
            "token_rotation_enabled": False,
        },
    }
    _check(made)
    return made


def to_yaml(manifest: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100)


def to_json(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def command_names(catalog: Catalog) -> list[str]:
    """The slash commands that Slack knows: one for everything, and one for each group."""
    groups = dict.fromkeys(command.group for command in catalog)
    return [EVERYTHING, *(f"/{group}" for group in groups if group not in TAKEN)]


def callback_id(command: Command) -> str:
    """The name under which a command on a message comes in: `fact check` as cfs_fact_check."""
    return "cfs_" + re.sub(r"\W", "_", command.name)


def _slash_commands(catalog: Catalog) -> list[dict[str, Any]]:
    groups: dict[str, list[Command]] = {}
    for command in catalog:
        groups.setdefault(command.group, []).append(command)
    everything = {
        "command": EVERYTHING,
        "description": "Every command of Coalface; help names those that you can use",
        "usage_hint": cut(" | ".join(groups), limits.USAGE_HINT),
        "should_escape": True,
    }
    own = (_slash_command(group, some) for group, some in groups.items() if group not in TAKEN)
    return [everything, *own]


def _slash_command(group: str, commands: list[Command]) -> dict[str, Any]:
    verbs = [command.name.removeprefix(group).strip() for command in commands]
    if verbs == [""]:
        hint = commands[0].usage.removeprefix(f"/{group}").strip()
        shown = {"description": commands[0].summary} | ({"usage_hint": hint} if hint else {})
    else:
        shown = {"description": f"{NAME}: {', '.join(verbs)}", "usage_hint": " | ".join(verbs)}
    most = {"description": limits.COMMAND_DESCRIPTION, "usage_hint": limits.USAGE_HINT}
    said = {name: cut(words, most[name]) for name, words in shown.items()}
    return {"command": f"/{group}", **said, "should_escape": True}


def _shortcut(command: Command, offered: OnMessage) -> dict[str, Any]:
    return {
        "name": offered.label,
        "type": "message",
        "callback_id": callback_id(command),
        "description": cut(command.summary, limits.SHORTCUT_DESCRIPTION),
    }


def _base(http: str) -> str:
    """The address without a slash at its end. Raises UserError."""
    try:
        parts = urlsplit(http)
        usable = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or re.search(r"\s", http):
        raise UserError(
            f"“{http}” is no address that Slack can send to; it begins with https://, such as"
            " https://coalface.example.edu."
        )
    return http.rstrip("/")


def _check(manifest: dict[str, Any]) -> None:
    """Raises ValueError for what Slack would not take."""
    features = manifest["features"]
    commands = [one["command"] for one in features["slash_commands"]]
    labels = [one["name"] for one in features["shortcuts"]]
    if len(commands) > limits.COMMANDS or len(labels) > limits.SHORTCUTS:
        raise ValueError("Slack takes 50 slash commands and 10 shortcuts at most.")
    if long := [name for name in commands if len(name) > limits.COMMAND_NAME]:
        raise ValueError(f"{long[0]} is longer than the 32 characters that Slack takes.")
    if long := [label for label in labels if len(label) > limits.SHORTCUT_NAME]:
        raise ValueError(f"“{long[0]}” is longer than the 24 characters that Slack takes.")
