"""The manifest: what the catalogue and the table say, within the lengths of Slack's schema."""

import json
import re
from typing import Any

import pytest
import yaml

from bot.adapters.slack import permissions
from bot.adapters.slack.manifest import (
    callback_id,
    command_names,
    to_json,
    to_manifest,
    to_yaml,
)
from bot.core import catalog
from bot.core.cards import Card
from bot.core.commands import Catalog, Command, OnMessage, Param, Role
from bot.core.dispatch import Call
from bot.core.errors import UserError
from tests.fakes.slack_workspace.app import App

BUILT = catalog.build()
HTTP = "https://coalface.example.edu"


async def _nothing(call: Call) -> Card:
    return Card()


def _added(name: str, label: str = "Raise") -> Catalog:
    param = Param("text", "What", required=True)
    offered = OnMessage(label, "text")
    return BUILT.with_command(
        Command(name, "Raise the norm", Role.STUDENT, _nothing, (param,), on_message=offered)
    )


def commands(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return list(manifest["features"]["slash_commands"])


def test_one_slash_command_for_each_group_and_one_for_all() -> None:
    made = commands(to_manifest(BUILT))
    names = [one["command"] for one in made]
    assert set(names) == {"/coalface"} | {f"/{c.group}" for c in BUILT if " " in c.name}
    assert len(set(names)) == len(names)
    assert names == command_names(BUILT)
    assert all(one["should_escape"] for one in made), "people and channels come as ids"
    verbs = [c.name.partition(" ")[2] for c in BUILT if c.group == "prompt"]
    assert made[2]["usage_hint"] == " | ".join(verbs)


def test_a_command_added_to_the_catalogue_is_in_the_manifest() -> None:
    made = to_manifest(_added("norm raise"))
    assert commands(made)[-1]["command"] == "/norm"
    assert made["features"]["shortcuts"][-1] == {
        "name": "Raise",
        "type": "message",
        "callback_id": "cfs_norm_raise",
        "description": "Raise the norm",
    }
    alone = commands(to_manifest(_added("norm")))[-1]
    assert (alone["description"], alone["usage_hint"]) == ("Raise the norm", "text")


@pytest.mark.parametrize("http", [None, HTTP])
def test_every_length_is_within_slacks_schema(http: str | None) -> None:
    made = to_manifest(BUILT, http)
    about = made["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4_000
    assert re.fullmatch("#[0-9a-f]{6}", about["background_color"])
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", made["features"]["bot_user"]["display_name"])
    assert 1 <= len(commands(made)) <= 50
    for one in commands(made):
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", one["command"])
        assert 1 <= len(one["description"]) <= 2_000
        assert 1 <= len(one["usage_hint"]) <= 1_000
    shortcuts = made["features"]["shortcuts"]
    assert 1 <= len(shortcuts) <= 10
    for one in shortcuts:
        assert 1 <= len(one["name"]) <= 24
        assert 1 <= len(one["callback_id"]) <= 255
        assert 1 <= len(one["description"]) <= 150
    assert len({one["callback_id"] for one in shortcuts}) == len(shortcuts)
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= 100


def test_it_asks_for_what_the_table_says() -> None:
    made = to_manifest(BUILT)
    assert made["oauth_config"]["scopes"] == {"bot": permissions.scopes()}
    assert made["settings"]["event_subscriptions"] == {"bot_events": permissions.events()}
    assert {c.on_message.label for c in BUILT if c.on_message} == {
        one["name"] for one in made["features"]["shortcuts"]
    }
    assert callback_id(next(c for c in BUILT if c.name == "fact check")) == "cfs_fact_check"


def test_peoples_addresses_are_asked_for_only_where_that_is_wanted() -> None:
    made = to_manifest(BUILT, emails=True)
    asked = made["oauth_config"]["scopes"]["bot"]
    assert {*asked} - {*permissions.scopes()} == {"users:read.email"}
    made["oauth_config"]["scopes"]["bot"] = permissions.scopes()
    assert made == to_manifest(BUILT), "and nothing else is another"


def test_by_socket_mode_it_names_no_address() -> None:
    made = to_manifest(BUILT)
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["org_deploy_enabled"] is False
    assert "http" not in to_json(made)


def test_over_http_slack_knows_where_to_send_everything() -> None:
    made = to_manifest(BUILT, HTTP + "/")
    settings, events = made["settings"], HTTP + "/slack/events"
    assert (settings["socket_mode_enabled"], settings["org_deploy_enabled"]) == (False, True)
    assert settings["event_subscriptions"]["request_url"] == events
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": events,
        "message_menu_options_url": events,
    }
    assert {one["url"] for one in commands(made)} == {events}
    assert made["oauth_config"]["redirect_urls"] == [HTTP + "/slack/oauth_redirect"]
    assert settings["token_rotation_enabled"] is False


@pytest.mark.parametrize("http", ["http://a.example", "a.example", "https://", "https://a b", ""])
def test_an_address_that_slack_can_not_send_to_is_refused(http: str) -> None:
    with pytest.raises(UserError, match="https://"):
        to_manifest(BUILT, http)


def test_yaml_and_json_say_the_same() -> None:
    made = to_manifest(BUILT, HTTP)
    assert yaml.safe_load(to_yaml(made)) == made == json.loads(to_json(made))


def test_the_loopback_workspace_takes_it() -> None:
    app = App()
    app.configure(to_manifest(BUILT))
    assert app.unknown_events == []
    assert app.socket_mode
    assert app.home
    assert app.commands is not None
    assert all(app.commands.values())


def test_more_than_slack_can_show_is_refused() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        to_manifest(_added("n" * 40 + " raise"))
    with pytest.raises(ValueError, match="24 characters"):
        to_manifest(_added("norm raise", "Raise the norm by ten per cent"))
