"""What a bot was told since it identified, and the connections it was told through."""

import asyncio
import importlib
import json
import zlib
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from tests.fakes.discord_wire.records import Json
from tests.fakes.discord_wire.state import Event

DISPATCH, HEARTBEAT = 0, 1


class Compressor(Protocol):
    def __call__(self, text: str) -> bytes: ...


def compressor(kind: str | None) -> Compressor | None:
    """As asked for in the address; from Python 3.14 discord.py asks for zstd."""
    if kind == "zlib-stream":
        zipped = zlib.compressobj()
        return lambda text: zipped.compress(text.encode()) + zipped.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":
        zstd: Any = importlib.import_module("compression.zstd")
        squeezed = zstd.ZstdCompressor()
        flush: int = squeezed.FLUSH_BLOCK
        return lambda text: bytes(squeezed.compress(text.encode(), flush))
    return None


@dataclass(eq=False)
class Session:
    """What a bot was told since it identified; kept over a cut, so that it can be resumed."""

    id: str
    shard: int
    shards: int
    intents: int
    connection: "Connection | None" = None
    seq: int = 0
    told: list[Json] = field(default_factory=list)
    acknowledged: int = 0
    """The sequence of the client's latest heartbeat on this connection."""

    def wants(self, event: Event) -> bool:
        if event.intent and not self.intents & event.intent:
            return False
        here = event.guild.id >> 22 if event.guild else 0  # direct ones come to shard 0
        return here % self.shards == self.shard

    def tell(self, name: str, data: Json) -> None:
        self.seq += 1
        self.told.append({"op": DISPATCH, "t": name, "s": self.seq, "d": data})
        if self.connection:
            self.connection.send(self.told[-1])


class Connection:
    """One WebSocket; it sends in order, from a queue, so that what happens need not wait."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.compress = compressor(request.query.get("compress"))
        self.session: Session | None = None
        self._transport = request.transport
        self._queue: asyncio.Queue[Json | int] = asyncio.Queue()
        self._sender = asyncio.create_task(self._send())

    def send(self, message: Json) -> None:
        self._queue.put_nowait(message)

    def close(self, code: int) -> None:
        """After what is already queued."""
        self._leave()
        self._queue.put_nowait(code)

    def cut(self) -> None:
        """The cable: no close frame, and what is queued is lost."""
        self._leave()
        self._sender.cancel()
        if self._transport is not None:
            self._transport.abort()

    def _leave(self) -> None:
        if self.session and self.session.connection is self:
            self.session.connection = None

    async def done(self) -> None:
        self._leave()
        self._sender.cancel()
        await asyncio.gather(self._sender, return_exceptions=True)

    async def _send(self) -> None:
        while True:
            one = await self._queue.get()
            try:
                if isinstance(one, int):
                    await self.socket.close(code=one)
                    return
                text = json.dumps(one)
                if self.compress:
                    await self.socket.send_bytes(self.compress(text))
                else:
                    await self.socket.send_str(text)
            except ConnectionError:
                return
