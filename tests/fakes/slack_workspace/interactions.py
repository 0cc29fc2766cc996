"""What people start with a command, a button or a form, and what they get to see for it.

https://docs.slack.dev/interactivity
"""

from typing import Any

from tests.fakes.slack_workspace import blocks as kit
from tests.fakes.slack_workspace.deliveries import Deliveries, Reply
from tests.fakes.slack_workspace.forms import NotOffered, filled, first_value, state_of
from tests.fakes.slack_workspace.payloads import file_json, view_json
from tests.fakes.slack_workspace.records import (
    Channel,
    File,
    Json,
    Message,
    Team,
    Trigger,
    User,
    View,
)
from tests.fakes.slack_workspace.responses import Responses
from tests.fakes.slack_workspace.routes_views import change_view, new_view, stack
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.web_api import Refused


class Interaction:
    """One act of a person. Its `await`s give up after ten seconds and fail the test."""

    def __init__(self, state: State, kind: str, user: User, origin: View | None = None) -> None:
        self._state = state
        self.kind, self.user, self.origin = kind, user, origin
        self._before = origin.hash if origin else ""
        self.payload: Json = {}
        self.reply: Reply | None = None
        self.views: list[View] = []
        """Opened or pushed for it, or changed by its acknowledgement."""
        self.options: list[Json] = []
        self.field_errors: dict[str, str] = {}

    async def settled(self) -> Reply:
        """How the app acknowledged it, whether or not it did so in time."""
        return await self._state.until(lambda: self.reply, f"an answer to {self.kind}")

    async def answered(self) -> Any:
        """What it was acknowledged with. Fails where a person would read that the app failed."""
        reply = await self.settled()
        assert not reply.error, f"{self.kind} failed: {reply.error} {reply.body or ''}"
        return reply.body

    async def told(self) -> Message:
        """The next thing that the person reads privately because of it (ephemeral, or in a
        direct conversation) and that no test has looked at yet."""
        return await self._state.until(self._untaken, f"anything told to {self.user.name}")

    def _untaken(self) -> Message | None:
        return next_private(self._state, self.user, None, self)

    async def opened(self) -> View:
        """The form that it opened, pushed or changed."""
        return await self._state.until(self._new_view, f"a form for {self.user.name}")

    def _new_view(self) -> View | None:
        if self.views:
            return self.views[-1]
        changed = self.origin is not None and self.origin.hash != self._before
        return self.origin if changed else None

    async def errors(self) -> dict[str, str]:
        """What a form says at its fields, by block id."""
        await self.answered()
        return self.field_errors

    async def choices(self) -> list[str]:
        """What is suggested, as it is read."""
        await self.answered()
        return [one["text"]["text"] for one in self.options]


def next_private(state: State, user: User, *answering: object) -> Message | None:
    """The first that nobody looked at yet; `answering` are the acts it may answer, if any."""
    for one in state.private:
        reads = one.seen_by is user if one.seen_by else user in one.channel.members
        if reads and not one.taken and (not answering or one.answering in answering):
            one.taken = True
            return one
    return None


class Starter:
    def __init__(self, state: State, deliveries: Deliveries, responses: Responses) -> None:
        self._state, self._deliveries, self._responses = state, deliveries, responses
        self._serial = 0
        self.offered: dict[tuple[str, str], list[Json]] = {}

    # --- what all have in common ------------------------------------------------------------------

    def _trigger(self, interaction: Interaction, team: Team) -> str:
        self._serial += 1
        number = f"{self._serial}.{team.id}.loopback"
        at = self._state.clock.now()
        self._state.triggers[number] = Trigger(interaction.user, team, at, interaction)
        return number

    def _own(self, user: User) -> None:
        """Commands and shortcuts are offered only where one's own workspace has the app."""
        if self._state.installed_in(user.team) is None:
            raise NotOffered(f"{self._state.app.name} is not installed in {user.team.name}")

    def _where(self, user: User, channel: Channel | None) -> Team:
        """The workspace in which it happens, with the app in it."""
        teams = channel.teams if channel else [user.team]
        own = [team for team in teams if team is user.team]
        for team in [*own, *teams]:
            if self._state.installed_in(team):
                return team
        raise NotOffered(f"{self._state.app.name} is not installed there")

    def _common(self, interaction: Interaction, team: Team, kind: str) -> Json:
        user, installation = interaction.user, self._state.installed_in(team)
        assert installation is not None
        enterprise = team.enterprise
        org = installation.team is None
        name = {"id": user.id, "username": user.handle, "name": user.handle}
        body: Json = {
            "type": kind,
            "user": name | {"team_id": user.team.id},
            "api_app_id": self._state.app.id,
            "token": self._state.app.verification_token,
            "trigger_id": self._trigger(interaction, team),
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
            "is_enterprise_install": org,
        }
        if org and kind.startswith("view_"):
            body["team"] = None  # as Slack does for a whole organisation's
        return body

    def _send(self, interaction: Interaction, payload: Json) -> Interaction:
        if not self._state.app.interactive and interaction.kind != "command":
            raise NotOffered("the app has no interactivity")
        interaction.payload = payload
        self._deliveries.act(self._deliver(interaction, payload))
        return interaction

    async def _deliver(self, interaction: Interaction, payload: Json) -> None:
        if interaction.kind == "command":
            reply = await self._deliveries.command(payload)
        else:
            reply = await self._deliveries.interactive(payload)
        if not reply.error:
            try:
                self._taken(interaction, reply.body)
            except Refused as refused:
                reply = Reply(str(refused), refused.body)
        if reply.error:
            self._state.complaints.append(f"{interaction.kind}: {reply.error} {reply.body or ''}")
        interaction.reply = reply
        self._state.stir()

    def _taken(self, interaction: Interaction, body: Any) -> None:
        """What an acknowledgement brings about."""
        if body and not isinstance(body, dict) and interaction.kind != "command":
            raise Refused("invalid_response", [str(body)])
        match interaction.kind:
            case "command" if body:
                self._responses.say(interaction, None, body)
            case "block_suggestion":
                self._suggested(interaction, body or {})
            case "view_submission":
                self._submitted(interaction, body or {})

    # --- commands and shortcuts -------------------------------------------------------------------

    def command(self, user: User, channel: Channel, name: str, text: str) -> Interaction:
        self._own(user)
        team = self._where(user, channel)
        interaction = Interaction(self._state, "command", user)
        common = self._common(interaction, team, "command")
        fields: Json = {
            "token": common["token"],
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": channel.id,
            "channel_name": {"im": "directmessage", "group": "privategroup"}.get(
                channel.kind, channel.name
            ),
            "user_id": user.id,
            "user_name": user.handle,
            "command": name,
            "text": text,
            "api_app_id": self._state.app.id,
            "is_enterprise_install": str(common["is_enterprise_install"]).lower(),
            "response_url": self._responses.new(interaction, channel, None),
            "trigger_id": common["trigger_id"],
        }
        if team.enterprise is not None:
            fields["enterprise_id"] = team.enterprise.id
            fields["enterprise_name"] = team.enterprise.name
        return self._send(interaction, fields)

    def shortcut(self, user: User, callback_id: str, message: Message | None) -> Interaction:
        known = self._state.app.shortcuts
        if known is not None and callback_id not in known:
            raise NotOffered(f"{callback_id} is no shortcut: {sorted(known)}")
        self._own(user)
        channel = message.channel if message else None
        interaction = Interaction(self._state, "shortcut", user)
        kind = "message_action" if message else "shortcut"
        payload = self._common(interaction, self._where(user, channel), kind)
        payload |= {"callback_id": callback_id, "action_ts": self._state.stamps.next("actions")}
        if message is not None:
            if message.seen_by is not None or user not in message.channel.members:
                raise NotOffered("there are no shortcuts on that message")
            payload |= {
                "message_ts": message.ts,
                "message": self._state.show(message),
                "channel": {"id": message.channel.id, "name": _name(message.channel)},
                "response_url": self._responses.new(interaction, message.channel, None),
            }
        return self._send(interaction, payload)

    # --- buttons and menus ------------------------------------------------------------------------

    def press(self, user: User, on: Message | View, which: str, value: Any) -> Interaction:
        """`which` is an action id, or the words on a button."""
        element = self._find(user, on, which)
        interaction = Interaction(
            self._state, "block_actions", user, on if isinstance(on, View) else None
        )
        action: Json = {key: element[key] for key in ("action_id", "block_id", "type")}
        action["action_ts"] = self._state.stamps.next("actions")
        if element["type"] == "button":
            action["text"] = element["text"]
            action |= {"value": element["value"]} if "value" in element else {}
        else:
            offered = self.offered.get((_id(on), element["block_id"]), [])
            action |= filled(element, value, offered, self._show_file)
        payload = self._common(
            interaction, self._where(user, _channel(on)), "block_actions"
        ) | self._surroundings(on, interaction)
        payload["actions"] = [action]
        return self._send(interaction, payload)

    def suggest(self, user: User, on: Message | View, which: str, typed: str) -> Interaction:
        element = self._find(user, on, which)
        if "external" not in element["type"]:
            raise NotOffered(f"{which} suggests nothing")
        if len(typed) < element.get("min_query_length", 3):
            raise NotOffered(f"{which} suggests nothing for {typed!r}")
        interaction = Interaction(self._state, "block_suggestion", user)
        payload = self._common(interaction, self._where(user, _channel(on)), "block_suggestion")
        del payload["trigger_id"]
        payload |= self._surroundings(on, None)
        payload |= {"action_id": element["action_id"], "block_id": element["block_id"]}
        payload["value"] = typed
        return self._send(interaction, payload)

    def _suggested(self, interaction: Interaction, body: Json) -> None:
        groups = body.get("option_groups") or [{"options": body.get("options") or []}]
        wrong = kit.in_suggestion(body)
        if wrong:
            raise Refused("invalid_options", wrong)
        interaction.options = [one for group in groups for one in group["options"]]
        about = interaction.payload
        on = about["view"]["id"] if "view" in about else about["container"]["message_ts"]
        self.offered[on, about["block_id"]] = interaction.options

    def _find(self, user: User, on: Message | View, which: str) -> Json:
        if isinstance(on, View) and (on.user is not user or not on.is_open):
            raise NotOffered(f"{user.name} has no such form before them")
        if isinstance(on, Message):
            if on.seen_by not in (None, user) or user not in on.channel.members or on.deleted:
                raise NotOffered(f"{user.name} doesn't see this message")
            if on.channel.archived:
                raise NotOffered("the channel is archived")
        elements = on.elements()
        named = [e for e in elements if which in (e["action_id"], e["block_id"])]
        found = named or [e for e in elements if (e.get("text") or {}).get("text") == which]
        if len(found) != 1:
            shown = [(e["action_id"], (e.get("text") or {}).get("text")) for e in elements]
            raise NotOffered(f"{which!r}: {shown}")
        return found[0]

    def _surroundings(self, on: Message | View, interaction: Interaction | None) -> Json:
        if isinstance(on, View):
            shown = self._shown(on, {})
            return {"view": shown, "container": {"type": "view", "view_id": on.id}}
        container: Json = {
            "type": "message",
            "message_ts": on.ts,
            "channel_id": on.channel.id,
            "is_ephemeral": on.seen_by is not None,
        }
        if on.is_reply:
            container["thread_ts"] = on.thread_ts
        found: Json = {
            "container": container,
            "channel": {"id": on.channel.id, "name": _name(on.channel)},
            "state": {"values": _values(on)},
        }
        if on.seen_by is None:
            found["message"] = self._state.show(on)
        if interaction is not None:
            found["response_url"] = self._responses.new(interaction, on.channel, on)
        return found

    # --- forms ------------------------------------------------------------------------------------

    def _shown(self, view: View, values: Json) -> Json:
        installation = self._state.installed_in(view.team)
        assert installation is not None
        return view_json(view, self._state.app, installation, values)

    def _show_file(self, file: File) -> Json:
        self._state.files[file.id] = file
        return file_json(file, self._state.files_at)

    def submit(self, view: View, given: dict[str, Any]) -> Interaction:
        if not view.is_open or view.body["type"] != "modal":
            raise NotOffered("the form is closed")
        if stack(self._state, view)[-1] is not view:
            raise NotOffered("another form lies above it")
        values = state_of(view, given, self.offered, self._show_file)
        interaction = Interaction(self._state, "view_submission", view.user, view)
        payload = self._common(interaction, view.team, "view_submission")
        payload |= {"view": self._shown(view, values), "response_urls": []}
        return self._send(interaction, payload)

    def close(self, view: View, *, everything: bool = False) -> Interaction | None:
        """By its cross (`everything`: with those below). Told only if the view asks for it."""
        for one in stack(self._state, view) if everything else [view]:
            one.is_open = False
        if not view.body.get("notify_on_close"):
            return None
        interaction = Interaction(self._state, "view_closed", view.user, view)
        payload = self._common(interaction, view.team, "view_closed")
        del payload["trigger_id"]
        payload |= {"view": self._shown(view, {}), "is_cleared": everything}
        return self._send(interaction, payload)

    def _submitted(self, interaction: Interaction, body: Json) -> None:
        """https://docs.slack.dev/surfaces/modals#updating_views"""
        view, state = interaction.origin, self._state
        assert view is not None
        match body.get("response_action"):
            case None if not body:
                view.is_open = False
            case "clear":
                for one in stack(state, view):
                    one.is_open = False
            case "errors":
                inputs = {b["block_id"] for b in view.blocks if b["type"] == "input"}
                errors = body.get("errors") or {}
                if not errors or set(errors) - inputs:
                    raise Refused("invalid_errors", [f"{sorted(errors)} of {sorted(inputs)}"])
                interaction.field_errors = dict(errors)
            case "update" | "push" as action:
                error, wrong = kit.in_view(body.get("view"), "modal")
                if wrong:
                    raise Refused(error, wrong)
                if action == "push":
                    pushed = new_view(state, body["view"], view.user, view.team, view)
                    interaction.views.append(pushed)
                else:
                    change_view(state, view, body["view"])
                    interaction.views.append(view)
            case other:
                raise Refused("invalid_response_action", [str(other)])


def _values(message: Message) -> Json:
    found: Json = {}
    for element in message.elements():
        if element["type"] not in ("button", "overflow"):
            found.setdefault(element["block_id"], {})[element["action_id"]] = first_value(element)
    return found


def _name(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


def _channel(on: Message | View) -> Channel | None:
    return on.channel if isinstance(on, Message) else None


def _id(on: Message | View) -> str:
    return on.ts if isinstance(on, Message) else on.id
