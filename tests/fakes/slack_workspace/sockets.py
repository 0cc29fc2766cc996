"""Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode"""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack_workspace.records import Json
from tests.fakes.slack_workspace.state import State
from tests.fakes.slack_workspace.web_api import Call

MOST_CONNECTIONS = 10


class Connection:
    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.waiting: dict[str, asyncio.Future[Json | None]] = {}
        self.leaving = False
        """It was told to go: no more envelopes."""
        self.served = 0
        """Envelopes sent here."""


class Sockets:
    """The app's connections; each envelope goes to one of them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._tickets: set[str] = set()
        self._turn = 0
        self._serial = 0
        self.url = ""
        self.connections: list[Connection] = []
        self.opened = 0
        """How often a connection was made."""

    def open_url(self, call: Call) -> Json:
        """apps.connections.open: the address is good once."""
        self._serial += 1
        ticket = f"ticket-{self._serial}"
        self._tickets.add(ticket)
        return {"url": f"{self.url}/link/?ticket={ticket}&app_id={call.state.app.id}"}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(socket)
        self.connections.append(connection)
        self.opened += 1
        try:
            await socket.send_json(self._hello())
            self._state.stir()
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    self._acknowledged(connection, json.loads(frame.data))
        finally:
            self.connections.remove(connection)
            for future in connection.waiting.values():
                if not future.done():
                    future.set_exception(ConnectionError("closed before it was acknowledged"))
                    future.exception()  # whoever waited may have gone
            self._state.stir()
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "applink-loopback", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._state.app.id},
        }

    def _acknowledged(self, connection: Connection, body: Json) -> None:
        number = body.get("envelope_id")
        future = connection.waiting.pop(str(number), None)
        if future is not None and not future.done():
            future.set_result(body.get("payload"))

    async def deliver(self, kind: str, payload: Json, retry: tuple[int, str] | None) -> Any:
        """To one connection; what it was acknowledged with. Raises ConnectionError."""
        ready = [one for one in self.connections if not one.leaving]
        if not ready:
            raise ConnectionError("no connection")
        self._turn += 1
        connection = ready[self._turn % len(ready)]
        self._serial += 1
        number = f"envelope-{self._serial}"
        envelope: Json = {
            "envelope_id": number,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0] if retry else 0}
            envelope |= {"retry_reason": retry[1] if retry else ""}
        future = asyncio.get_running_loop().create_future()
        connection.waiting[number] = future
        connection.served += 1
        await connection.socket.send_json(envelope)
        return await future

    # --- what a test does to them -----------------------------------------------------------------

    async def connected(self, count: int = 1) -> None:
        """Until there are so many connections."""
        await self._state.until(
            lambda: len(self.connections) >= count or None, f"{count} connections"
        )

    async def warn(self) -> None:
        """Each connection will end in some seconds; envelopes still come."""
        for one in self.connections:
            await one.socket.send_json({"type": "disconnect", "reason": "warning"})

    async def refresh(self) -> None:
        """Slack ends the connections: the app opens new ones."""
        for one in list(self.connections):
            one.leaving = True
            reason = {"type": "disconnect", "reason": "refresh_requested"}
            await one.socket.send_json(reason)

    async def close(self) -> None:
        """Closed from this side, as at the end of a connection's time."""
        for one in list(self.connections):
            one.leaving = True
            await one.socket.close()

    def cut(self) -> None:
        """The line breaks: nobody says goodbye."""
        for one in list(self.connections):
            one.leaving = True
            transport = one.socket._req.transport if one.socket._req else None
            if transport is not None:
                transport.abort()
