"""The JSON in which Slack shows things. https://docs.slack.dev/reference/objects"""

from tests.fakes.slack_workspace.app import App
from tests.fakes.slack_workspace.records import (
    Channel,
    File,
    Installation,
    Json,
    Message,
    Team,
    User,
    View,
)
from tests.fakes.slack_workspace.stamps import read

SLACKBOT = "USLACKBOT"
MOST_REACTORS = 50
"""How many are named beside a message; `count` has them all. Slack says that there is such a
limit, and not what it is: https://docs.slack.dev/reference/methods/reactions.get"""


def user_json(
    user: User, *, to: Team | None = None, shared: bool = True, email: bool = False
) -> Json:
    """As the app in the workspace `to` sees them; `shared`: they share a channel with it. `email`:
    the app may read addresses (https://docs.slack.dev/reference/scopes/users.read.email)."""
    stranger = to is not None and user.team is not to
    profile = {
        "real_name": user.name,
        "real_name_normalized": user.name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "team": user.team.id,
        "image_48": "https://secure.gravatar.com/avatar/0.png",
    }
    if email and user.email and not user.is_bot:
        profile["email"] = user.email
    body: Json = {
        "id": user.id,
        "team_id": user.team.id,
        "name": user.handle,
        "deleted": user.deleted,
        "real_name": user.name,
        "profile": profile | {"bot_id": user.bot_id} if user.bot_id else profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1,
    }
    if not user.deleted and not stranger:
        body |= {
            "tz": "Europe/London",
            "tz_label": "Greenwich Mean Time",
            "tz_offset": 0,
            "is_email_confirmed": user.email_confirmed,
            "is_admin": user.kind in ("admin", "owner"),
            "is_owner": user.kind == "owner",
            "is_primary_owner": False,
            "is_restricted": user.kind in ("guest", "single_channel_guest"),
            "is_ultra_restricted": user.kind == "single_channel_guest",
        }
    if stranger:
        body["is_stranger"] = not shared
    if user.team.enterprise is not None:
        body["enterprise_user"] = {
            "id": user.id,
            "enterprise_id": user.team.enterprise.id,
            "enterprise_name": user.team.enterprise.name,
            "teams": [user.team.id],
        }
    return body


def channel_json(channel: Channel, bot: User | None = None) -> Json:
    if channel.kind == "im":
        person = next((u for u in channel.members if not u.is_bot), channel.creator)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_archived": False,
            "is_org_shared": False,
            "is_user_deleted": person.deleted,
            "user": person.id,
            "context_team_id": channel.team.id,
        }
    shared = len(channel.teams) > 1
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": channel.created,
        "creator": channel.creator.id,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_archived": channel.archived,
        "is_general": False,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_org_shared": False,
        "is_member": bot in channel.members,
        "context_team_id": channel.team.id,
        "shared_team_ids": [team.id for team in channel.teams],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def file_json(file: File, files: str) -> Json:
    """`files` is where they are fetched from."""
    address = f"{files}/files-pri/{file.id}/{file.name}"
    return {
        "id": file.id,
        "created": file.at,
        "timestamp": file.at,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2] or "text",
        "user": file.user.id,
        "user_team": file.user.team.id,
        "size": len(file.content),
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": address,
        "url_private_download": address,
        "channels": sorted(file.shared),
    }


def message_json(app: App, message: Message, files: str, *, metadata: bool = False) -> Json:
    """As history shows it; an event adds the channel."""
    if message.subtype == "tombstone":
        return {
            "type": "message",
            "subtype": "tombstone",
            "user": SLACKBOT,
            "text": "This message was deleted.",
            "hidden": True,
            "ts": message.ts,
            **_thread(message),
        }
    user = message.user
    body: Json = {"type": "message", "user": user.id, "ts": message.ts, "text": message.text}
    if message.client_msg_id:
        body["client_msg_id"] = message.client_msg_id
    if user.bot_id:
        body |= {"bot_id": user.bot_id, "app_id": user.app_id or "A0OTHERAPP"}
        body["bot_profile"] = bot_json(user, app)
    body["team"] = user.team.id
    if len(message.channel.teams) > 1:
        body |= {"user_team": user.team.id, "source_team": user.team.id}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.files:
        body |= {"files": [file_json(one, files) for one in message.files], "upload": False}
    subtype = message.subtype or ("thread_broadcast" if message.broadcast else None)
    if subtype is None and message.files:
        subtype = "file_share"
    if subtype:
        body["subtype"] = subtype
    if message.broadcast and message.thread_ts in message.channel.messages:
        root = message.channel.messages[message.thread_ts]
        body["root"] = message_json(app, root, files)
    if message.edited_by is not None:
        body["edited"] = {"user": message.edited_by.id, "ts": message.edited_ts}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": [u.id for u in users][:MOST_REACTORS], "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if metadata and message.metadata is not None:
        body["metadata"] = message.metadata
    return body | _thread(message)


def _thread(message: Message) -> Json:
    if message.is_reply:
        assert message.thread_ts is not None
        root = message.channel.messages.get(message.thread_ts)
        parent = {} if root is None else {"parent_user_id": root.user.id}
        return {"thread_ts": message.thread_ts, **parent}
    replies = message.channel.thread(message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(one.user.id for one in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": max((one.ts for one in replies), key=read),
        "is_locked": False,
        "subscribed": False,
    }


def bot_json(user: User, app: App) -> Json:
    return {
        "id": user.bot_id,
        "deleted": user.deleted,
        "name": app.name if user.app_id == app.id else user.name,
        "updated": 1,
        "app_id": user.app_id or "A0OTHERAPP",
        "user_id": user.id,
        "team_id": user.team.id,
        "icons": {},
    }


def view_json(view: View, app: App, installation: Installation, state: Json | None = None) -> Json:
    body = view.body
    return {
        "id": view.id,
        "team_id": view.team.id,
        "type": body["type"],
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "submit_disabled": body.get("submit_disabled", False),
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "state": {"values": state or {}},
        "hash": view.hash,
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": app.id,
        "app_installed_team_id": (installation.team or view.team).id,
        "bot_id": installation.bot_id,
    }
