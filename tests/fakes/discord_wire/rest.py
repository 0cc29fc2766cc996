"""The REST door: which request goes where, who may come in, and what goes wrong on the way.

Routes are plain functions from a `Call` to what is answered; a change is applied in one piece,
so that faults can say whether it was. https://docs.discord.com/developers/reference
"""

import asyncio
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import BodyPartReader, web

from tests.fakes.discord_wire import permissions
from tests.fakes.discord_wire.faults import (
    AcceptLate,
    Allowance,
    Cut,
    Fail,
    Fault,
    Faults,
    Hang,
    Hold,
    RateLimit,
    Refuse,
    Slow,
)
from tests.fakes.discord_wire.records import Attachment, Channel, Guild, Json, Message, User
from tests.fakes.discord_wire.state import State

API = "/api/v10"

NOT_FOUND = {
    "channel": 10003,
    "guild": 10004,
    "member": 10007,
    "message": 10008,
    "user": 10013,
    "webhook": 10015,
    "interaction": 10062,
    "command": 10063,
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""


class Refused(Exception):
    """An answer of Discord's that is not a success."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"message": message, "code": code} | (
            {"errors": errors} if errors else {}
        )


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def unknown(what: str) -> Refused:
    return Refused(404, NOT_FOUND[what], f"Unknown {what.capitalize()}")


def invalid(where: str, code: str, message: str) -> Refused:
    """50035, with the place of the error as nested keys."""
    errors: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(where.split(".")):
        errors = {part: errors}
    return Refused(400, 50035, "Invalid Form Body", errors)


@dataclass(frozen=True)
class Asked:
    """One request, as it came; `outcome` is the status answered, or what broke it off."""

    method: str
    path: str
    json: Any
    query: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    outcome: list[int | str] = field(default_factory=list)


@dataclass
class Call:
    """One request on its way through a route."""

    state: State
    ids: dict[str, str]
    query: dict[str, str]
    json: Any
    files: list[Attachment]

    def id(self, name: str) -> int:
        try:
            return int(self.ids[name])
        except ValueError:
            raise invalid(name, "NUMBER_TYPE_COERCE", "Value is not snowflake.") from None

    def limit(self, default: int, most: int, least: int = 1) -> int:
        wanted = int(self.query.get("limit", default))
        if not least <= wanted <= most:
            raise invalid("limit", "NUMBER_TYPE_MAX", f"Must be between {least} and {most}.")
        return wanted

    def guild(self) -> Guild:
        guild = self.state.guilds.get(self.id("guild"))
        if guild is None or self.state.bot.id not in guild.members:
            raise unknown("guild") if guild is None else missing_access()
        return guild

    def channel(self, *needed: str) -> Channel:
        """The channel of the address, if the bot may see it and do there what is needed."""
        channel = self.state.channel(self.id("channel"))
        if channel is None:
            raise unknown("channel")
        if not self.state.sees(channel):
            raise missing_access()
        if not permissions.may(channel, self.state.bot, *needed):
            raise missing_permissions()
        return channel

    def message(self, channel: Channel) -> Message:
        message = channel.messages.get(self.id("message"))
        if message is None:
            raise unknown("message")
        return message

    def user(self) -> User:
        wanted = self.ids["user"]
        user = self.state.bot if wanted == "@me" else self.state.users.get(self.id("user"))
        if user is None:
            raise unknown("user")
        return user


Route = Callable[[Call], Any]
Routes = list[tuple[str, str, Route]]


def router(routes: Routes) -> Callable[[str, str], Callable[[Route], Route]]:
    """A decorator that enters a function; `{message}` in a path becomes an entry of `Call.ids`."""

    def route(method: str, path: str) -> Callable[[Route], Route]:
        def enter(function: Route) -> Route:
            routes.append((method, path, function))
            return function

        return enter

    return route


class Rest:
    def __init__(self, state: State, faults: Faults, routes: Routes) -> None:
        self._state, self._faults = state, faults
        self._routes = [
            (method, path, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), function)
            for method, path, function in routes
        ]
        self.requests: list[Asked] = []
        self.unknown: list[Asked] = []
        """Requests for which no route is built."""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(API)
        body, files = await _body(request, self._state)
        names = tuple(file.filename for file in files)
        asked = Asked(request.method, path, body, dict(request.query), names)
        self.requests.append(asked)
        self._faults.land()
        template, apply = self._find(request, asked, files)
        fault = self._faults.take(request.method, path)
        allowance = self._faults.allowance(request.method, path)
        if fault is None and allowance.retry_after is not None:
            fault = RateLimit(allowance.retry_after)
        response = await self._meet(fault, request, apply)
        if response is None:  # the client hears nothing
            asked.outcome.append(type(fault).__name__)
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        asked.outcome.append(response.status)
        _limit_headers(response, allowance, f"{request.method} {template}")
        return response

    def _find(
        self, request: web.Request, asked: Asked, files: list[Attachment]
    ) -> tuple[str, Callable[[], web.Response]]:
        for method, template, pattern, function in self._routes:
            if method == asked.method and (found := pattern.fullmatch(asked.path)):
                call = Call(self._state, found.groupdict(), asked.query, asked.json, files)
                return template, partial(self._apply, request, template, function, call)
        self.unknown.append(asked)
        return asked.path, lambda: _response(404, {"message": "404: Not Found", "code": 0})

    def _apply(
        self, request: web.Request, template: str, function: Route, call: Call
    ) -> web.Response:
        by_token = template.startswith(("/webhooks/", "/interactions/"))
        wanted = f"Bot {self._state.application.token}"
        if not by_token and request.headers.get("Authorization") != wanted:
            return _response(401, {"message": "401: Unauthorized", "code": 0})
        try:
            answer = function(call)
        except Refused as refused:
            return _response(refused.status, refused.body)
        return _response(204 if answer is None else 200, answer)

    async def _meet(
        self, fault: Fault | None, request: web.Request, apply: Callable[[], web.Response]
    ) -> web.Response | None:
        match fault:
            case None:
                return apply()
            case RateLimit():
                return _too_many(fault)
            case Refuse(status, code, message):
                return _response(status, {"code": code, "message": message})
            case Slow(seconds):
                answer = apply()
                await asyncio.sleep(seconds)
                return answer
            case Hold():
                return await self._faults.hold(fault, apply)
            case Fail(status, accepted):
                if accepted:
                    apply()
                return _response(status, {"message": f"{status}: Server Error", "code": 0})
            case AcceptLate():
                self._faults.keep(fault, apply)
                return _response(fault.status, {}) if fault.status else None
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


async def _body(request: web.Request, state: State) -> tuple[Any, list[Attachment]]:
    files: list[Attachment] = []
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return json.loads(text) if text else None, files
    body: Any = None
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            content = bytes(await part.read(decode=True))
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files.append(Attachment(state.ids.next(), part.filename or "file", content, kind))
    return body, files


def _response(status: int, body: Any) -> web.Response:
    if status == 204:
        return web.Response(status=204)
    # with a charset behind it, discord.py would take it for text
    headers = {"Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)


def _too_many(fault: RateLimit) -> web.Response:
    if fault.by_cloudflare:
        return web.Response(status=429, text="error code: 1015", content_type="text/plain")
    body = {
        "message": "You are being rate limited.",
        "retry_after": fault.retry_after,
        "global": fault.everywhere,
    }
    response = _response(429, body)
    response.headers["Retry-After"] = str(max(1, round(fault.retry_after)))
    response.headers["X-RateLimit-Scope"] = "global" if fault.everywhere else "user"
    response.headers["Via"] = "1.1 google"  # without it discord.py thinks Cloudflare banned it
    if fault.everywhere:
        response.headers["X-RateLimit-Global"] = "true"
    return response


def _limit_headers(response: web.Response, allowance: Allowance, route: str) -> None:
    """https://docs.discord.com/developers/topics/rate-limits#header-format"""
    limited = response.status == 429
    if limited and "X-RateLimit-Scope" not in response.headers:
        return
    response.headers["X-RateLimit-Limit"] = str(allowance.limit)
    response.headers["X-RateLimit-Remaining"] = "0" if limited else str(allowance.remaining)
    response.headers["X-RateLimit-Reset-After"] = f"{allowance.reset_after:.3f}"
    response.headers["X-RateLimit-Bucket"] = f"{zlib.crc32(route.encode()):08x}"
