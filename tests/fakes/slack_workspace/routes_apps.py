"""auth.*, oauth.*, apps.*, team.*, bots.* and files.*: https://docs.slack.dev/reference/methods"""

from tests.fakes.slack_workspace.payloads import bot_json, file_json
from tests.fakes.slack_workspace.records import File, Installation, Json, Message, Token
from tests.fakes.slack_workspace.routes_chat import checked
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.web_api import Call, Methods, Refused


def api_test(call: Call) -> Json:
    if "error" in call.args:
        raise Refused(str(call.args["error"]))
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    team, enterprise = call.team, call.team.enterprise
    body: Json = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": call.bot.handle,
        "team_id": team.id,
        "user_id": call.bot.id,
        "bot_id": call.installation.bot_id,
        "is_enterprise_install": call.installation.team is None,
    }
    return body | ({"enterprise_id": enterprise.id} if enterprise else {})


def revoke(call: Call) -> Json:
    if not call.flag("test"):
        revoke_tokens(call.state, call.installation)
    return {"revoked": not call.flag("test")}


def revoke_tokens(state: State, installation: Installation, error: str = "token_revoked") -> None:
    """`error` is what they are refused with. That is the last that the app hears of them."""
    for token in installation.tokens:
        token.error = error
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [installation.bot.id]}}
    team = installation.team or installation.by.team
    state.event("tokens_revoked", event, [installation], team=team)
    installation.active = False


def new_token(state: State, installation: Installation) -> Token:
    """The one that holds, as Slack gives it again; or a new one."""
    held = [one for one in installation.tokens if one.error is None]
    if held:
        return held[-1]
    token = Token(f"xoxb-loopback-{state.stamps.new_id('T')}", installation)
    installation.tokens.append(token)
    state.tokens[token.value] = token
    return token


def oauth_access(call: Call) -> Json:
    state, app = call.state, call.state.app
    if call.args.get("client_id") != app.client_id:
        raise Refused("invalid_client_id")
    if call.args.get("client_secret") != app.client_secret:
        raise Refused("bad_client_secret")
    installation = state.codes.pop(str(call.args.get("code")), None)
    if installation is None:
        raise Refused("invalid_code")
    token = new_token(state, installation)
    team, enterprise = installation.team, installation.enterprise
    return {
        "access_token": token.value,
        "token_type": "bot",
        "scope": ",".join(installation.scopes),
        "bot_user_id": installation.bot.id,
        "app_id": app.id,
        "team": {"id": team.id, "name": team.name} if team else None,
        "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
        "is_enterprise_install": team is None,
        "authed_user": {"id": installation.by.id},
    }


def team_info(call: Call) -> Json:
    call.need("team:read")
    team = call.team
    wanted = call.args.get("team")
    if wanted not in (None, "", team.id):
        raise Refused("team_not_found")
    body: Json = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": ""}
    if team.enterprise is not None:
        body |= {"enterprise_id": team.enterprise.id, "enterprise_name": team.enterprise.name}
    return {"team": body}


def bot_info(call: Call) -> Json:
    call.need("users:read")
    wanted = call.args.get("bot", call.installation.bot_id)
    found = next((u for u in call.state.users.values() if u.bot_id == wanted), None)
    if found is None:
        raise Refused("bot_not_found")
    return {"bot": bot_json(found, call.state.app)}


# --- files: https://docs.slack.dev/messaging/working-with-files#upload ----------------------------


def upload_url(call: Call) -> Json:
    call.need("files:write")
    name = call.text("filename")
    if int(call.text("length")) < 1:
        raise Refused("invalid_arguments", ["[ERROR] length must be more than 0"])
    file = File(call.state.stamps.new_id("F"), name, b"", call.bot)
    file.at = call.state.stamps.seconds()
    call.state.files[file.id] = file
    return {"upload_url": f"{call.state.files_at}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    call.need("files:write")
    state, wanted = call.state, call.structured("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: files"])
    files = []
    for one in wanted:
        file = state.files.get(str(one.get("id")))
        if file is None or not file.content:
            raise Refused("file_not_found")
        file.title = str(one.get("title") or file.name)
        files.append(file)
    if call.args.get("channel_id"):
        channel = call.channel(member=True, name="channel_id")  # a person's id is no channel
        if channel.archived:
            raise Refused("is_archived")
        message = Message(channel, state.stamps.next(channel.id), call.bot, files=files)
        message.text = str(call.args.get("initial_comment") or "")
        if call.args.get("blocks"):
            message.blocks = checked(state, call.structured("blocks", "invalid_blocks_format"))
        root = channel.messages.get(str(call.args.get("thread_ts")))
        message.thread_ts = root.ts if root else None
        state.add(message)
    return {"files": [file_json(file, state.files_at) for file in files]}


def file_info(call: Call) -> Json:
    call.need("files:read")
    file = call.state.files.get(call.text("file"))
    if file is None:
        raise Refused("file_not_found")
    return {"file": file_json(file, call.state.files_at), "comments": []}


METHODS: Methods = {
    "api.test": api_test,
    "auth.test": auth_test,
    "auth.revoke": revoke,
    "oauth.v2.access": oauth_access,
    "team.info": team_info,
    "bots.info": bot_info,
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": file_info,
}
