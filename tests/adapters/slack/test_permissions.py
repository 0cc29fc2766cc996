"""The table of what is needed, held against what is used and what Slack gives for it."""

import re
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import permissions
from tests.fakes.slack_workspace.app import EVENTS

LOCAL = {"api.call", "base.url", "retry.handlers", "apps.connections_open"}
"""Of the client itself, or of the app's own token, which has its scope from its page."""
ADAPTER = Path(permissions.__file__).parent
_NAME = re.compile(r"\.([a-z]+_\w+)\b")


def called() -> set[str]:
    """The methods of the Web API that the adapter's files name, as slack_sdk spells them."""
    files = [file.read_text("utf-8") for file in ADAPTER.glob("*.py")]
    found = {name for words in files for name in _NAME.findall(words)}
    return {name.replace("_", ".", 1) for name in found if hasattr(AsyncWebClient, name)} - LOCAL


def test_every_method_that_is_called_stands_in_the_table() -> None:
    known = {method for need in permissions.TABLE for method in need.methods}
    assert "chat.postMessage" in called()
    assert called() <= known, called() - known


@pytest.mark.parametrize("event", permissions.events())
def test_each_event_is_one_of_slacks_and_its_scope_is_asked_for(event: str) -> None:
    needed = EVENTS[event]
    assert not needed or {*needed} & {*permissions.scopes()}


def test_no_scope_is_asked_for_that_nothing_needs() -> None:
    assert permissions.scopes() == [
        "app_mentions:read", "channels:history", "channels:read", "chat:write", "commands",
        "files:read", "files:write", "groups:history", "groups:read", "im:write", "reactions:read",
        "users:read",
    ]  # fmt: skip
    for scope in permissions.scopes():
        assert permissions.why(scope)


def test_what_is_missing_is_named() -> None:
    held = set(permissions.scopes()) - {"im:write", "users:read"}
    assert permissions.missing(held) == ["im:write", "users:read"]
    assert permissions.missing(held, permissions.TELL) == ["im:write"]
    assert permissions.missing(held, permissions.POST) == []
    assert permissions.why("im:write") == ["tell somebody something privately"]
