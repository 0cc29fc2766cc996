"""response_url: five answers within thirty minutes.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.slack_workspace.records import Channel, Json, Message
from tests.fakes.slack_workspace.routes_chat import MOST_TEXT, checked
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.web_api import Asked, Refused, WebApi

if TYPE_CHECKING:
    from tests.fakes.slack_workspace.interactions import Interaction

MOST_USES = 5
LASTS = timedelta(minutes=30)
METHOD = "response_url"
"""Its name among the requests, and for faults."""


@dataclass
class Address:
    interaction: "Interaction"
    channel: Channel
    original: Message | None
    at: datetime
    uses: int = 0


class Responses:
    def __init__(self, state: State, web_api: WebApi) -> None:
        self._state, self._web_api = state, web_api
        self._addresses: dict[str, Address] = {}

    def new(self, interaction: "Interaction", channel: Channel, original: Message | None) -> str:
        key = self._state.stamps.new_id("R")
        at = self._state.clock.now()
        self._addresses[key] = Address(interaction, channel, original, at)
        return f"{self._state.files_at}/respond/{key}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body: Json = await request.json()
        address = self._addresses.get(request.match_info["key"])
        team = address.channel.team.id if address else None
        asked = Asked(METHOD, request.method, body, team, self._state.clock.now())
        return await self._web_api.answered(asked, request, self._applied(asked, address, body))

    def _applied(
        self, asked: Asked, address: Address | None, body: Json
    ) -> Callable[[], web.Response]:
        def apply() -> web.Response:
            asked.outcome, status = self._use(address, body)
            return web.Response(status=status, text=asked.outcome)

        return apply

    def _use(self, address: Address | None, body: Json) -> tuple[str, int]:
        if address is None:
            return "invalid_url", 404
        if self._state.clock.now() - address.at > LASTS:
            return "expired_url", 404
        if address.uses >= MOST_USES:
            return "used_url", 404
        try:
            self.say(address.interaction, address.original, body, address.channel)
        except Refused as refused:
            wrong = refused.body.get("response_metadata", {}).get("messages", "")
            self._state.complaints.append(f"{METHOD}: {refused} {wrong}")
            return str(refused), 400
        address.uses += 1
        return "ok", 200

    def say(
        self,
        interaction: "Interaction",
        original: Message | None,
        body: Any,
        channel: Channel | None = None,
    ) -> None:
        """Also for the answer in the acknowledgement of a command."""
        state = self._state
        said: Json = {"text": body} if isinstance(body, str) else body
        if channel is None:
            channel = state.channels[interaction.payload["channel_id"]]
        if said.get("delete_original"):
            if original is None:
                raise Refused("no_original")
            self._delete(original)
            return
        parts = self._parts(said)
        if said.get("replace_original") and original is not None:
            self._replace(original, parts, interaction)
            return
        installation = state.installed_in(interaction.user.team) or state.present_in(channel)[0]
        message = Message(channel, state.stamps.next(channel.id), installation.bot, **parts)
        message.answering = interaction
        message.thread_ts = said.get("thread_ts")
        if said.get("response_type", "ephemeral") == "in_channel":
            state.add(message)
        elif said.get("response_type", "ephemeral") == "ephemeral":
            message.seen_by = interaction.user
            state.private.append(message)
        else:
            raise Refused("invalid_response_type")
        state.stir()

    def _parts(self, said: Json) -> Json:
        parts: Json = {"text": str(said.get("text") or "")}
        if len(parts["text"]) > MOST_TEXT:
            raise Refused("msg_too_long")
        if said.get("blocks"):
            parts["blocks"] = checked(self._state, said["blocks"])
        if not any(parts.values()):
            raise Refused("no_text")
        return parts

    def _delete(self, original: Message) -> None:
        original.deleted = True
        if original.seen_by is None:
            self._state.remove(original)
        else:
            self._state.private.remove(original)
        self._state.stir()

    def _replace(self, original: Message, parts: Json, interaction: "Interaction") -> None:
        before = self._state.show(original)
        original.answering = interaction
        original.text = parts["text"]
        original.blocks = parts.get("blocks", [])
        original.taken = False
        if original.seen_by is None:
            original.edited_by = original.user
            original.edited_ts = self._state.stamps.next(original.channel.id)
            self._state.changed(original, before)
        self._state.stir()
