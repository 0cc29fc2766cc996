"""Who may talk to the classroom: a page that this server sent, and nobody else. Without sign-in
the Host and the Origin of a request are what keeps other sites' pages out."""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    # NiceGUI compiles its page in the browser and starts it with a script in the page, hence the
    # two 'unsafe-': what they leave open is closed by nothing of a person's becoming markup.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
        " style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; font-src 'self' data:;"
        " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware: refuses what was not meant for this host, or comes from another site.

    The Host must be one of `hosts` with the port (DNS rebinding); an Origin, where there is one,
    must be ours, and a WebSocket or an unsafe method must bring one.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], port: int) -> None:
        self._app = app
        self._hosts = {f"{host}:{port}" for host in hosts}
        if port == 80:
            self._hosts |= set(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if problem := self._problem(scope, headers):
            await _refuse(problem, scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    sent.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _problem(self, scope: Scope, headers: Headers) -> str | None:
        if headers.get("host", "").lower() not in self._hosts:
            return "This classroom answers only at the address that Coalface printed."
        origin = headers.get("origin")
        if origin is None:
            needed = scope["type"] == "websocket" or scope["method"] not in SAFE
            return "Open the classroom in a browser to talk to it." if needed else None
        scheme, _, host = origin.lower().partition("://")
        if scheme != "http" or host not in self._hosts:
            return "Another site's page may not talk to this classroom."
        return None


async def _refuse(problem: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting is answered with 403 (ASGI specification, websocket.close).
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": problem})
        return
    await PlainTextResponse(problem + "\n", status_code=403)(scope, receive, send)
