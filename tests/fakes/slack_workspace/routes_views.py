"""views.*: https://docs.slack.dev/reference/methods/views.open and https://docs.slack.dev/surfaces/modals"""

from datetime import timedelta
from typing import Any

from tests.fakes.slack_workspace import blocks as kit
from tests.fakes.slack_workspace.payloads import view_json
from tests.fakes.slack_workspace.records import Json, Team, Trigger, User, View
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.web_api import Call, Methods, Refused

TRIGGER_LASTS = timedelta(seconds=3)
MOST_VIEWS = 3
"""One above the other: https://docs.slack.dev/surfaces/modals#lifecycle"""


def checked(view: Any, kind: str = "modal") -> Json:
    error, wrong = kit.in_view(view, kind)
    if wrong:
        raise Refused(error, wrong)
    assert isinstance(view, dict)
    return view


def stack(state: State, view: View) -> list[View]:
    """The open views above one root, lowest first."""
    return [one for one in state.views.values() if one.is_open and one.root_id == view.root_id]


def new_view(state: State, body: Json, user: User, team: Team, below: View | None = None) -> View:
    external = body.get("external_id")
    if external and any(v.body.get("external_id") == external for v in state.views.values()):
        raise Refused("duplicate_external_id")
    if below is not None and len(stack(state, below)) >= MOST_VIEWS:
        raise Refused("push_limit_reached")
    number = state.stamps.new_id("V")
    body = {**body, "blocks": kit.with_ids(body["blocks"], state.stamps.new_id)}
    view = View(number, user, team, body, _hash(state), below.root_id if below else number)
    view.previous_id = below.id if below else None
    state.views[view.id] = view
    return view


def change_view(state: State, view: View, body: Json) -> None:
    view.body = {**body, "blocks": kit.with_ids(body["blocks"], state.stamps.new_id)}
    view.hash = _hash(state)


def _hash(state: State) -> str:
    return f"{state.stamps.seconds()}.{state.stamps.new_id('h')}"


def _trigger(call: Call) -> Trigger:
    trigger = call.state.triggers.get(call.text("trigger_id"))
    if trigger is None or not call.installation.covers(trigger.team):
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if call.state.clock.now() - trigger.at > TRIGGER_LASTS:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger


def _body(call: Call, kind: str) -> Json:
    found = call.structured("view", "invalid_arguments")
    if found is None:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: view"])
    body = checked(found, kind)
    if kit.takes_files(body):
        call.need("files:read")
    return body


def _answer(call: Call, view: View) -> Json:
    call.state.stir()
    return {"view": view_json(view, call.state.app, call.installation)}


def open_view(call: Call) -> Json:
    body, trigger = _body(call, "modal"), _trigger(call)
    interaction: Any = trigger.interaction
    view = new_view(call.state, body, trigger.user, trigger.team)
    interaction.views.append(view)
    return _answer(call, view)


def push_view(call: Call) -> Json:
    body, trigger = _body(call, "modal"), _trigger(call)
    interaction: Any = trigger.interaction
    if interaction.origin is None:
        raise Refused("not_found")
    view = new_view(call.state, body, trigger.user, trigger.team, interaction.origin)
    interaction.views.append(view)
    return _answer(call, view)


def update_view(call: Call) -> Json:
    body, views = _body(call, "modal"), call.state.views
    if call.args.get("view_id"):
        view = views.get(str(call.args["view_id"]))
    else:
        name = call.text("external_id")
        view = next((v for v in views.values() if v.body.get("external_id") == name), None)
    if view is None or not view.is_open or not call.installation.covers(view.team):
        raise Refused("not_found")
    if call.args.get("hash") and call.args["hash"] != view.hash:
        raise Refused("hash_conflict")
    change_view(call.state, view, body)
    return _answer(call, view)


def publish(call: Call) -> Json:
    state, user = call.state, call.state.users.get(call.text("user_id"))
    if not state.app.home:
        raise Refused("not_enabled")
    if user is None or not call.installation.covers(user.team):
        raise Refused("user_not_found")
    if user.is_bot:
        raise Refused("invalid_arguments", ["[ERROR] invalid `user_id`"])
    body, key = _body(call, "home"), (call.team.id, user.id)
    view = state.homes.get(key)
    if view is not None and call.args.get("hash") not in (None, view.hash):
        raise Refused("hash_conflict")
    if view is None:
        view = new_view(state, body, user, call.team)
        del state.views[view.id]
        state.homes[key] = view
    else:
        change_view(state, view, body)
    return _answer(call, view)


METHODS: Methods = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish,
}
