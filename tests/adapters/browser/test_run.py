"""Serving: from this computer to this computer, at a port that is free, to our own pages only."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from nicegui import Client
from nicegui.testing.general import nicegui_reset_globals

from bot.adapters.browser.hosts import CannotServe
from tests.world import World


@asynccontextmanager
async def served(world: World, port: int) -> AsyncIterator[tuple[str, str | None]]:
    """The address it is served at, and what was said about the port."""
    announced: asyncio.Future[tuple[str, str | None]] = asyncio.get_running_loop().create_future()

    def announce(address: str, moved: str | None) -> None:
        announced.set_result((address, moved))

    with nicegui_reset_globals():
        serving = asyncio.create_task(world.app.browser.serve("127.0.0.1", port, announce))
        try:
            yield await asyncio.wait_for(announced, 30)
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(serving, 10)
            Client.page_routes.clear()


async def test_only_requests_to_this_classroom_from_its_own_pages_are_answered(
    world: World,
) -> None:
    async with served(world, 0) as (address, moved), httpx.AsyncClient(base_url=address) as http:
        assert moved is None
        page = await http.get("/")
        assert page.status_code == 200
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert "set-cookie" not in page.headers

        own = address.rstrip("/")
        socket_io = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
        for path, headers in [
            ("/", {"host": "evil.example"}),
            ("/", {"host": "127.0.0.1"}),
            ("/", {"host": "127.0.0.1:1"}),
            ("/", {"origin": "http://evil.example"}),
            ("/", {"origin": "null"}),
            ("/", {"origin": own.replace("http", "https")}),
            (socket_io, {"origin": "http://evil.example"}),
            (socket_io, {"host": "evil.example"}),
        ]:
            refused = await http.get(path, headers=headers)
            assert refused.status_code == 403, headers
            assert refused.text.count(".") == 1
        assert (await http.get(socket_io, headers={"origin": own})).status_code == 200
        assert (await http.post(socket_io)).status_code == 403
        assert (await http.get("/", headers={"host": own.removeprefix("http://")})).is_success


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
async def test_a_websocket_of_another_site_is_refused(world: World, origin: str | None) -> None:
    async with served(world, 0) as (address, _):
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        headers = {
            "Host": f"{host}:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version": "13",
        } | ({} if origin is None else {"Origin": origin})
        asked = "GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
        asked += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(asked.encode())
        status = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        await writer.wait_closed()
        assert b" 403 " in status


async def test_a_taken_port_is_said_and_another_is_found(world: World) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        async with served(world, port) as (address, moved):
            assert moved == f"Port {port} is taken, so it is at {address.split(':')[2][:-1]} today."
            async with httpx.AsyncClient() as http:
                assert (await http.get(address)).is_success


async def test_another_host_is_refused_until_there_is_sign_in(world: World) -> None:
    with pytest.raises(CannotServe, match="sign-in does not exist yet"):
        await world.app.browser.serve("0.0.0.0", 0)  # noqa: S104 - that is what is refused
