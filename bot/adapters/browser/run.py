"""Serving the classroom from this computer to this computer, in the caller's event loop."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Generator

import uvicorn
from fastapi import FastAPI
from nicegui import ui

from bot.adapters.browser.guard import Guard
from bot.adapters.browser.hosts import HOSTS, check_host
from bot.adapters.browser.pages import Pages

Announce = Callable[[str, str | None], None]
"""Gets the address, and a sentence where it is not the one that was asked for."""


def build_app(pages: Pages, port: int) -> FastAPI:
    """The web application, as it answers at that port."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages.register()
    ui.run_with(
        app,
        title="Coalface",
        dark=None,
        favicon="⚒️",
        language="en-US",
        tailwind=False,
        binding_refresh_interval=None,  # nothing here is bound to plain variables
        reconnect_timeout=10,
        show_welcome_message=False,
    )
    app.add_middleware(Guard, hosts=HOSTS, port=port)
    return app


async def serve(pages: Pages, host: str, port: int, announce: Announce) -> None:
    """Serve until cancelled. Raises CannotServe for a host that is not this computer."""
    check_host(host)
    with contextlib.closing(_listen(port)) as listening:
        taken = listening.getsockname()[1]
        address = f"http://{HOSTS[0]}:{taken}/"
        moved = None if port in (0, taken) else f"Port {port} is taken, so it is at {taken} today."
        config = uvicorn.Config(
            build_app(pages, taken),
            log_config=None,
            access_log=False,  # an address says who one is
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        await _run(_Server(config, lambda: announce(address, moved)), listening)


class _Server(uvicorn.Server):
    """Leaves the signals to whoever owns the loop, and says when it has started."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started = started

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_started()


async def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


def _listen(port: int) -> socket.socket:
    """A socket at the port, or at a free one if it is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOSTS[0], port))
    except OSError as problem:
        if problem.errno not in (errno.EADDRINUSE, errno.EACCES):
            listening.close()
            raise
        listening.bind((HOSTS[0], 0))
    listening.listen(128)
    listening.setblocking(False)
    return listening
