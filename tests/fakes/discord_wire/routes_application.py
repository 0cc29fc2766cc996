"""Routes: the application, its commands, and answers to interactions.

https://docs.discord.com/developers/interactions/application-commands
"""

from datetime import timedelta
from typing import Any

from tests.fakes.discord_wire import checks
from tests.fakes.discord_wire.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
)
from tests.fakes.discord_wire.payloads import View, message_json, user_json
from tests.fakes.discord_wire.records import (
    CHAT_INPUT_COMMAND,
    CONTEXT_MENU_COMMAND,
    EPHEMERAL,
    LOADING,
    REPLY,
    Json,
    Message,
)
from tests.fakes.discord_wire.rest import Call, Refused, Routes, invalid, router, unknown
from tests.fakes.discord_wire.routes_messages import change, composed, numbered

ROUTES: Routes = []
route = router(ROUTES)

FIRST_ANSWER = timedelta(seconds=3)
TOKEN_LIVES = timedelta(minutes=15)

MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@route("GET", "/gateway/bot")
def gateway(call: Call) -> Json:
    start = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    url = call.state.files.replace("http", "ws", 1) + "/gateway"
    return {"url": url, "shards": call.state.application.shards, "session_start_limit": start}


@route("GET", "/users/@me")
def me(call: Call) -> Json:
    return user_json(call.state.bot) | {"verified": True, "mfa_enabled": True, "email": None}


@route("GET", "/applications/@me")
@route("GET", "/oauth2/applications/@me")
def application(call: Call) -> Json:
    own = call.state.application
    return {
        "id": str(own.id),
        "name": own.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": user_json(own.owner),
        "team": None,
        "flags": own.flags,
        "tags": [],
        "approximate_guild_count": len(call.state.guilds),
    }


# --- commands -----------------------------------------------------------------------------------


@route("GET", "/applications/{application}/commands")
def commands(call: Call) -> list[Json]:
    return call.state.commands[None]


@route("PUT", "/applications/{application}/commands")
def overwrite(call: Call) -> list[Json]:
    return _overwrite(call, None)


@route("GET", "/applications/{application}/guilds/{guild}/commands")
def guild_commands(call: Call) -> list[Json]:
    return call.state.commands[call.guild().id]


@route("PUT", "/applications/{application}/guilds/{guild}/commands")
def overwrite_guild(call: Call) -> list[Json]:
    return _overwrite(call, call.guild().id)


def _overwrite(call: Call, guild: int | None) -> list[Json]:
    """All at once; a command that keeps its name and type keeps its id."""
    checks.commands(call.json)
    old = {(c["name"], c["type"]): c["id"] for c in call.state.commands[guild]}
    call.state.commands[guild] = [
        {
            "default_member_permissions": None,
            "dm_permission": True,
            "contexts": None,
            "nsfw": False,
            **body,
            "type": body.get("type", 1),
            "description": body.get("description", ""),
            "id": old.get((body["name"], body.get("type", 1))) or str(call.state.ids.next()),
            "application_id": str(call.state.application.id),
            "version": str(call.state.ids.next()),
            **({"guild_id": str(guild)} if guild else {}),
        }
        for body in call.json
    ]
    return call.state.commands[guild]


# --- answers to interactions --------------------------------------------------------------------


@route("POST", "/interactions/{interaction}/{token}/callback")
def callback(call: Call) -> Json | None:
    """The first answer: within three seconds of the world's clock, and once."""
    one = call.state.interactions.get(call.ids["token"])
    if one is None or one.id != call.id("interaction"):
        raise unknown("interaction")
    if one.callback is not None:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    if call.state.clock.now() - one.at > FIRST_ANSWER:
        raise unknown("interaction")
    kind, data = call.json["type"], call.json.get("data") or {}
    _check_kind(one, kind)
    match kind:
        case 4:
            checks.message(data, call.files)
            one.original = _answer(call, one, data)
        case 5:
            kept = {"flags": LOADING | data.get("flags", 0) & EPHEMERAL, "content": ""}
            one.original = _answer(call, one, kept)
        case 6:
            one.original = one.message
        case 7:
            assert one.message is not None
            checks.message(data, call.files, empty=True)
            _edit(call, one.message, data)
            one.original = one.message
        case 8:
            checks.choices(data["choices"])
            one.choices = data["choices"]
        case 9:
            checks.modal(data)
            one.modal = data | {"components": numbered(data["components"])}
    one.callback = kind
    if call.query.get("with_response") not in ("1", "true"):
        return None
    return _callback_json(call, one, kind)


def _check_kind(one: Interaction, kind: int) -> None:
    allowed = {
        COMMAND: (MESSAGE, DEFER_MESSAGE, MODAL),
        COMPONENT: (MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE, MODAL),
        AUTOCOMPLETE: (CHOICES,),
        MODAL_SUBMIT: (MESSAGE, DEFER_MESSAGE)  # a form can't answer a form
        + ((DEFER_UPDATE, UPDATE) if one.message else ()),
    }
    if kind not in allowed[one.kind]:
        raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of {allowed[one.kind]}.")


def _callback_json(call: Call, one: Interaction, kind: int) -> Json:
    said: Json = {"id": str(one.id), "type": one.kind}
    body: Json = {"interaction": said}
    if kind in (MESSAGE, DEFER_MESSAGE, UPDATE) and one.original:
        said["response_message_id"] = str(one.original.id)
        said["response_message_loading"] = one.original.loading
        said["response_message_ephemeral"] = one.original.ephemeral
        body["resource"] = {"type": kind, "message": _seen(call, one.original)}
    return body


def _seen(call: Call, message: Message) -> Json:
    return message_json(call.state, message, View(content=True))


def _answer(call: Call, one: Interaction, data: Json, *, followup: bool = False) -> Message:
    """A new message of the bot's: in the channel, or for one person's eyes only."""
    message = composed(call.state, one.channel, data, call.files)
    message.interaction = _metadata(one)
    message.kind = REPLY if followup else {COMMAND: CHAT_INPUT_COMMAND}.get(one.kind, REPLY)
    if one.kind == COMMAND and one.data["type"] != 1 and not followup:
        message.kind = CONTEXT_MENU_COMMAND
    if message.ephemeral:
        message.seen_by = one.user
    else:
        call.state.add(message)
    return message


def _metadata(one: Interaction) -> Json:
    owners = {"0": str(one.channel.guild.id) if one.channel.guild else "0"}
    body: Json = {
        "id": str(one.id),
        "type": one.kind,
        "user": user_json(one.user),
        "authorizing_integration_owners": owners,
    }
    if one.kind == COMPONENT and one.message:
        body["interacted_message_id"] = str(one.message.id)
    if one.origin:
        body["triggering_interaction_metadata"] = _metadata(one.origin)
    return body


def _edit(call: Call, message: Message, data: Json) -> None:
    waited = message.loading
    kept = {key: value for key, value in data.items() if key != "flags"}
    change(call.state, message, kept, call.files)
    message.flags &= ~LOADING
    message.edited_at = None if waited else call.state.clock.now()
    call.state.changed(message)


def _alive(call: Call) -> Interaction:
    """The interaction of a webhook address: acknowledged, and not older than fifteen minutes."""
    one: Interaction | None = call.state.interactions.get(call.ids["token"])
    if one is None or call.id("application") != call.state.application.id:
        raise unknown("webhook")
    if call.state.clock.now() - one.at > TOKEN_LIVES:
        raise Refused(401, 50027, "Invalid Webhook Token")
    if one.callback is None:
        raise unknown("webhook")
    return one


def _find(call: Call, one: Interaction) -> Message:
    wanted = call.ids["message"]
    found: list[Message] = [one.original] if one.original else []
    if wanted != "@original":
        found = [m for m in found + one.followups if m.id == call.id("message")]
    gone = found and not found[0].seen_by and found[0].id not in found[0].channel.messages
    if not found or gone:
        raise unknown("message")
    return found[0]


@route("POST", "/webhooks/{application}/{token}")
def followup(call: Call) -> Any:
    """After a deferral, the first one fills in what is "thinking"."""
    one, data = _alive(call), call.json or {}
    checks.message(data, call.files)
    if one.original and one.original.loading:
        _edit(call, one.original, data)
        return _seen(call, one.original)
    one.followups.append(_answer(call, one, data, followup=True))
    return _seen(call, one.followups[-1])


@route("GET", "/webhooks/{application}/{token}/messages/{message}")
def fetch_answer(call: Call) -> Json:
    return _seen(call, _find(call, _alive(call)))


@route("PATCH", "/webhooks/{application}/{token}/messages/{message}")
def edit_answer(call: Call) -> Json:
    message = _find(call, _alive(call))
    checks.message(call.json or {}, call.files, empty=True)
    _edit(call, message, call.json or {})
    return _seen(call, message)


@route("DELETE", "/webhooks/{application}/{token}/messages/{message}")
def delete_answer(call: Call) -> None:
    one = _alive(call)
    message = _find(call, one)
    if message.seen_by is None:
        call.state.remove(message)
    if message in one.followups:
        one.followups.remove(message)
    else:
        one.original = None
