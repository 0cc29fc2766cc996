"""From what a person did on Slack to the core's words for it: where, who, and what they gave. It
translates; whether it is allowed is the core's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.adapters.slack import inbound
from bot.adapters.slack.forms import Where
from bot.adapters.slack.people import People
from bot.adapters.slack.workspaces import Workspace
from bot.core.commands import Invocation
from bot.core.events import InvocationId, Person, Place

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody did, and the ways in which Slack lets them be answered.

    `id` is unique to what they did; `at` is when (UTC). `trigger` opens one form, within three
    seconds; `response_url` takes five messages, within half an hour (Slack's documentation,
    Interactivity › Handling user interaction).
    """

    workspace: Workspace
    place: Place
    user: str
    id: str
    at: datetime
    channel_name: str | None = None
    trigger: str | None = None
    response_url: str | None = None


def of_command(body: Json, workspace: Workspace, at: datetime) -> Asked:
    """A slash command. Slack has none in threads: docs.slack.dev, Slash commands."""
    return Asked(
        workspace,
        inbound.to_place(workspace.team, body["channel_id"]),
        body["user_id"],
        body["trigger_id"],
        at,
        body.get("channel_name"),
        body["trigger_id"],
        body.get("response_url"),
    )


def of_press(body: Json, workspace: Workspace, at: datetime) -> Asked:
    """A button of a message, or of the App Home, which is in no channel."""
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = container.get("channel_id") or (body.get("channel") or {}).get("id") or ""
    thread = container.get("thread_ts") or message.get("thread_ts")
    return _interactive(body, workspace, at, channel, thread)


def of_shortcut(body: Json, workspace: Workspace, at: datetime) -> Asked:
    """A shortcut on a message, used when Slack says it was: its clock tells whether a message was
    written before that or after."""
    used = body.get("action_ts")
    return _interactive(
        body,
        workspace,
        inbound.to_instant(used) if used else at,
        body["channel"]["id"],
        body["message"].get("thread_ts"),
    )


def of_form(body: Json, workspace: Workspace, at: datetime, where: Where) -> Asked:
    """A form that came back, or into which somebody types; it says itself where it was opened."""
    view = body["view"]
    return Asked(
        workspace,
        inbound.to_place(workspace.team, where.channel, where.thread),
        body["user"]["id"],
        body.get("trigger_id") or f"{view['id']}-{view.get('hash')}",
        at,
        trigger=body.get("trigger_id"),
        response_url=where.response_url or None,
    )


def of_home(event: Json, workspace: Workspace, at: datetime) -> Asked:
    """Somebody opened Coalface's home, which is in no channel."""
    user = event["user"]
    place = inbound.to_place(workspace.team, "")
    return Asked(workspace, place, user, f"home-{user}-{at.timestamp()}", at)


def of_mention(event: Json, workspace: Workspace) -> Asked:
    """A message that begins by naming the bot."""
    place = inbound.to_place(workspace.team, event["channel"], event.get("thread_ts"))
    at = inbound.to_instant(event["ts"])
    return Asked(workspace, place, event["user"], f"{event['channel']}-{event['ts']}", at)


async def to_invocation(
    asked: Asked, people: People, command: str, arguments: Mapping[str, object]
) -> Invocation:
    """Asks Slack for the person's name, where it is not known, and whether they manage the place.

    Raises SendRefused.
    """
    await people.learn(asked.workspace, [asked.user])
    return Invocation(
        id=InvocationId(asked.id),
        place=asked.place,
        person=person_of(asked, people),
        command=command,
        arguments=arguments,
        at=asked.at,
        manages_space=await people.manages(asked.workspace, asked.user, asked.place.channel),
        channel_name=asked.channel_name,
    )


def person_of(asked: Asked, people: People) -> Person:
    return people.named(asked.workspace.team)(asked.user)


def _interactive(
    body: Json, workspace: Workspace, at: datetime, channel: str, thread: str | None
) -> Asked:
    return Asked(
        workspace,
        inbound.to_place(workspace.team, channel, thread),
        body["user"]["id"],
        body["trigger_id"],
        at,
        (body.get("channel") or {}).get("name"),
        body["trigger_id"],
        body.get("response_url"),
    )
