"""The door of the Web API: which call goes where, who may make it, and what goes wrong on the way.

Methods are plain functions from a `Call` to what is answered; a change is applied in one piece,
so that faults can say whether it was. https://docs.slack.dev/apis/web-api
"""

import asyncio
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from tests.fakes.discord_wire.faults import AcceptLate, Cut, Fail, Hang, Hold, RateLimit, Slow
from tests.fakes.slack_workspace.app import READ
from tests.fakes.slack_workspace.faults import COMMERCIAL_OBJECTS, Fault, Faults, Limits, Refuse
from tests.fakes.slack_workspace.records import Channel, Installation, Json, Team, User
from tests.fakes.slack_workspace.state import State

API = "/api"
T = TypeVar("T")

NO_TOKEN = ("api.test", "oauth.v2.access")
APP_TOKEN = ("apps.connections.open",)
STRUCTURED = ("blocks", "view", "metadata", "attachments", "files")


class Refused(Exception):
    """`{"ok": false, "error": ...}`, with what else is answered."""

    def __init__(self, error: str, messages: Sequence[str] = (), **more: Any) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error, **more}
        if messages:
            self.body["response_metadata"] = {"messages": list(messages)}


@dataclass
class Asked:
    """One call, as it came. `outcome` is "ok", the error, the status, or what broke it off."""

    method: str
    verb: str
    args: Json
    team: str | None
    """The id of the workspace (or organisation) whose token it carried."""
    at: datetime
    outcome: str = ""
    answer: Json = field(default_factory=dict)


@dataclass
class Call:
    """One call on its way through a method."""

    state: State
    method: str
    args: Json
    installation: Installation
    headers: dict[str, str] = field(default_factory=dict)
    most_objects: int | None = None
    """Of history, for commercial apps."""

    @property
    def bot(self) -> User:
        return self.installation.bot

    @property
    def team(self) -> Team:
        """Of the token; of an organisation's, the one named or any."""
        if self.installation.team is not None:
            return self.installation.team
        covered = [one for one in self.state.teams.values() if self.installation.covers(one)]
        wanted = self.args.get("team_id", covered[0].id)
        found = next((one for one in covered if one.id == wanted), None)
        if found is None:
            raise Refused("team_access_not_granted")
        return found

    def need(self, *scopes: str) -> None:
        """One of these."""
        if not any(scope in self.installation.scopes for scope in scopes):
            raise Refused(
                "missing_scope",
                needed=",".join(scopes),
                provided=",".join(self.installation.scopes),
            )

    def text(self, name: str) -> str:
        value = self.args.get(name)
        if value is None or value == "":
            said = f"[ERROR] missing required field: {name}"
            raise Refused("invalid_arguments", [said])
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name, default)
        return value in (True, 1) or str(value).lower() in ("1", "true")

    def structured(self, name: str, error: str) -> Any:
        """A value that a form carries as JSON; None if it isn't there."""
        value = self.args.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise Refused(error) from None
        return value

    def limit(self, default: int, most: int = 1000) -> int:
        try:
            wanted = int(self.args.get("limit") or default)
        except ValueError:
            raise Refused("invalid_limit") from None
        if not 1 <= wanted <= most:
            raise Refused("invalid_limit")
        return wanted

    def page(self, found: list[T], limit: int) -> tuple[list[T], Json]:
        """A page by cursor, and what says that there are more."""
        start = 0
        if cursor := str(self.args.get("cursor") or ""):
            try:
                start = int(b64decode(cursor).removeprefix(b"next:"))
            except ValueError:
                raise Refused("invalid_cursor") from None
        following = start + limit
        more = following < len(found)
        after = b64encode(f"next:{following}".encode()).decode() if more else ""
        return found[start:following], {"response_metadata": {"next_cursor": after}}

    def channel(self, *, member: bool = False, name: str = "channel") -> Channel:
        """The channel named, if the bot may know of it (and, `member`, is in it)."""
        channel = self.state.channels.get(self.text(name))
        if channel is None or channel.deleted:
            raise Refused("channel_not_found")
        inside = self.bot in channel.members
        near = any(self.installation.covers(team) for team in channel.teams)
        if not inside and (channel.kind != "channel" or not near):
            raise Refused("channel_not_found")
        if member and not inside:
            raise Refused("not_in_channel")
        return channel

    def readable(self, scopes: dict[str, str] = READ, *, member: bool = False) -> Channel:
        """A channel for whose kind the token has the scope."""
        if not any(scope in self.installation.scopes for scope in scopes.values()):
            self.need(*scopes.values())
        channel = self.channel(member=member)
        self.need(scopes[channel.kind])
        return channel

    def person(self, name: str = "user") -> User:
        """Somebody of the workspace, or met in a shared channel."""
        user = self.state.users.get(self.text(name))
        if user is None:
            raise Refused("user_not_found")
        if not self.installation.covers(user.team) and not self.shares_channel(user):
            raise Refused("user_not_found")
        return user

    def shares_channel(self, user: User) -> bool:
        channels = self.state.channels.values()
        return any(self.bot in one.members and user in one.members for one in channels)


Method = Callable[[Call], Json]
Methods = dict[str, Method]


class WebApi:
    def __init__(self, state: State, faults: Faults, limits: Limits, methods: Methods) -> None:
        self._state, self._faults, self._limits = state, faults, limits
        self._methods = methods
        self.requests: list[Asked] = []
        self.unknown: list[Asked] = []
        """Calls of methods that are not built here."""
        self.ahead = 0.0
        """Seconds by which Slack's clock, in the Date header, is before the app's."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args, token = await _arguments(request)
        known = self._state.tokens.get(token)
        where = known.installation if known else None
        home = (where.team or where.enterprise) if where else None
        asked = Asked(
            method, request.method, args, home.id if home else None, self._state.clock.now()
        )
        apply = partial(self._apply, asked, token, dict(request.headers))
        return await self.answered(asked, request, apply)

    async def answered(
        self, asked: Asked, request: web.Request, apply: Callable[[], web.Response]
    ) -> web.StreamResponse:
        """What comes of a call, by faults and limits; `apply` is done once, late or never."""
        self.requests.append(asked)
        self._faults.land()
        fault = self._fault(asked)
        response = await self._meet(fault, request, apply)
        if (said := _outcome(fault)) is not None:
            asked.outcome = said
        if response is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        response.headers["Date"] = formatdate(time.time() + self.ahead, usegmt=True)
        return response

    def _fault(self, asked: Asked) -> Fault | None:
        if (fault := self._faults.take(asked.method)) is not None:
            return fault
        channel = str(asked.args.get("channel", ""))
        wait = self._limits.wait(asked.method, asked.team or "", channel)
        return None if wait is None else RateLimit(wait)

    def _apply(self, asked: Asked, token: str, headers: dict[str, str]) -> web.Response:
        function = self._methods.get(asked.method)
        try:
            if function is None:
                self.unknown.append(asked)
                raise Refused("unknown_method", req_method=asked.method)
            call = self._admit(asked, token)
            call.headers = headers
            call.most_objects = COMMERCIAL_OBJECTS if self._limits.commercial else None
            asked.answer = {"ok": True, **function(call)}
        except Refused as refused:
            asked.answer = refused.body
        asked.outcome = "ok" if asked.answer["ok"] else asked.answer["error"]
        self._state.stir()
        known = self._state.tokens.get(token)
        scopes = {} if known is None else {"x-oauth-scopes": ",".join(known.installation.scopes)}
        return web.json_response(asked.answer, headers=scopes)

    def _admit(self, asked: Asked, token: str) -> Call:
        state = self._state
        if asked.method in APP_TOKEN:
            if token != state.app.app_token:
                raise Refused("not_allowed_token_type" if token in state.tokens else "invalid_auth")
            if "connections:write" not in state.app.app_scopes:
                raise Refused("missing_scope", needed="connections:write", provided="")
            return Call(state, asked.method, asked.args, _NOBODY)
        if asked.method in NO_TOKEN:
            return Call(state, asked.method, asked.args, _NOBODY)
        if not token:
            raise Refused("not_authed")
        if token == state.app.app_token:
            raise Refused("not_allowed_token_type")
        known = state.tokens.get(token)
        if known is None or known.error:
            raise Refused((known and known.error) or "invalid_auth")
        return Call(state, asked.method, asked.args, known.installation)

    async def _meet(
        self,
        fault: Fault | None,
        request: web.Request,
        apply: Callable[[], web.Response],
    ) -> web.Response | None:
        match fault:
            case None:
                return apply()
            case RateLimit(retry_after):
                headers = {"Retry-After": str(max(1, round(retry_after)))}
                body = {"ok": False, "error": "ratelimited"}
                return web.json_response(body, status=429, headers=headers)
            case Refuse(error, status):
                return web.json_response({"ok": False, "error": error}, status=status)
            case Slow(seconds):
                answer = apply()
                await asyncio.sleep(seconds)
                return answer
            case Hold():
                return await self._faults.hold(fault, apply)
            case Fail(status, accepted):
                if accepted:
                    apply()
                return web.Response(status=status, text="upstream error")
            case AcceptLate():
                self._faults.keep(fault, apply)
                return web.Response(status=fault.status) if fault.status else None
            case Cut(accepted):
                if accepted:
                    apply()
            case Hang(accepted):
                if accepted:
                    apply()
                await self._hang(request)
        return None

    async def _hang(self, request: web.Request) -> None:
        released = self._faults.released
        while not released.is_set():
            if request.transport is None or request.transport.is_closing():
                return
            try:
                await asyncio.wait_for(released.wait(), 0.02)
            except TimeoutError:
                continue


def _nobody() -> Installation:
    team = Team("T0", "nowhere")
    user = User("U0", "nobody", team)
    return Installation(team, None, user, "B0", (), user)


_NOBODY = _nobody()
"""For calls that carry no token of a workspace."""


def _outcome(fault: Fault | None) -> str | None:
    """What the app hears because of a fault; None: what it hears anyway."""
    match fault:
        case RateLimit():
            return "ratelimited"
        case Refuse(error):
            return error
        case Fail(status):
            return str(status)
        case AcceptLate() | Cut() | Hang():
            return type(fault).__name__
    return None


async def _arguments(request: web.Request) -> tuple[Json, str]:
    """What is asked, from query, form or JSON, and the token: in JSON only by the header."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    args: Json = dict(request.query)
    if scheme.lower() == "basic":
        name, _, secret = b64decode(token).decode().partition(":")
        args |= {"client_id": name, "client_secret": secret}
        token = ""
    if request.content_type == "application/json":
        args |= json.loads(await request.text() or "{}")
    elif request.method == "POST":
        args |= dict(await request.post())
        token = token or str(args.get("token", ""))
    else:
        token = token or str(args.get("token", ""))
    args.pop("token", None)
    for name in STRUCTURED:
        if isinstance(args.get(name), str):
            try:
                args[name] = json.loads(args[name])
            except ValueError:
                continue  # refused by the method, in its own words
    return args, token
