"""The gateway: sessions that outlive their connections, and what goes wrong with both.

https://docs.discord.com/developers/events/gateway
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiohttp import WSMsgType, web

from tests.fakes.discord_wire.payloads import (
    arriving_json,
    channel_json,
    member_json,
    role_json,
    user_json,
)
from tests.fakes.discord_wire.records import Channel, Guild, Json, Role
from tests.fakes.discord_wire.sessions import HEARTBEAT, Connection, Session
from tests.fakes.discord_wire.state import (
    CONTENT,
    GUILDS,
    MEMBERS,
    PRESENCES,
    Event,
    State,
)

RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
UNKNOWN_ERROR, NOT_AUTHENTICATED, BAD_TOKEN, SESSION_TIMED_OUT, INVALID_SHARD = (
    4000, 4003, 4004, 4009, 4010,
)  # fmt: skip
INVALID_INTENTS, DISALLOWED_INTENTS = 4013, 4014
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway"""

KNOWN_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))


class Gateway:
    """Where bots listen. The methods below are for tests: they make it fail."""

    def __init__(self, state: State, url: Callable[[], str]) -> None:
        self._state, self._url = state, url
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.identified: list[Json] = []
        """Every IDENTIFY, as it came."""
        self.resumed: list[Json] = []
        """Every RESUME, as it came, granted or not."""
        self.heartbeat_interval = 41.25
        self.deaf = False
        """It answers no heartbeat, as a connection that has died unnoticed."""
        self.closes: deque[int] = deque()
        """Codes with which the next IDENTIFYs or RESUMEs are answered."""
        self.refusals: deque[bool] = deque()
        """The next RESUMEs are answered with op 9, saying whether to try again."""
        self._open = asyncio.Event()
        self._open.set()
        self._progress = asyncio.Condition()

    # --- what a test does to it -----------------------------------------------------------------

    def cut(self, code: int | None = None, *, shard: int | None = None) -> None:
        """End the connections: with a close code (4000, 4009, ...), or (None) without a word.

        The sessions stay, except after 4009 (timed out) and codes that say not to come back.
        """
        for session in self._live(shard):
            if code is not None and code not in {UNKNOWN_ERROR, 4001, 4002, 4005, 4008}:
                self.sessions.pop(session.id, None)
            assert session.connection is not None
            if code is None:
                session.connection.cut()
            else:
                session.connection.close(code)

    def ask_to_reconnect(self, *, shard: int | None = None) -> None:
        """Op 7."""
        for session in self._live(shard):
            assert session.connection is not None
            session.connection.send({"op": RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool, shard: int | None = None) -> None:
        """Op 9 to those that are connected; a session that isn't resumable is forgotten."""
        for session in self._live(shard):
            assert session.connection is not None
            session.connection.send({"op": INVALID_SESSION, "d": resumable})
            if not resumable:
                self.sessions.pop(session.id, None)
                session.connection.session = None
                session.connection = None

    def tell_again(self, count: int) -> None:
        """The last so many events of each connected session once more, as they were."""
        for session in self._live(None):
            assert session.connection is not None
            for told in session.told[-count:]:
                if told["t"] not in ("READY", "RESUMED", "GUILD_CREATE"):
                    session.connection.send(told)

    def forget(self) -> None:
        """Sessions that are not connected can't be resumed any more."""
        for session in [s for s in self.sessions.values() if s.connection is None]:
            del self.sessions[session.id]

    @contextmanager
    def down(self, code: int | None = None) -> Iterator[None]:
        """Cut now, and nobody comes in until the block ends; what happens meanwhile is missed."""
        self._open.clear()
        self.cut(code)
        try:
            yield
        finally:
            self._open.set()

    def _live(self, shard: int | None) -> list[Session]:
        return [
            s
            for s in list(self.sessions.values())
            if s.connection is not None and shard in (None, s.shard)
        ]

    async def caught_up(self, timeout: float = 30) -> None:  # noqa: ASYNC109 - a test's patience
        """Until every session is connected and its client has taken in all it was told.

        It asks for a heartbeat, which carries the last sequence that the client has handled.
        """

        def behind() -> list[Session]:
            return [s for s in self.sessions.values() if not s.connection or s.acknowledged < s.seq]

        async with asyncio.timeout(timeout):
            asked: set[tuple[Session, Connection, int]] = set()
            while not self.sessions or behind():
                for session in behind():
                    if session.connection and (
                        (one := (session, session.connection, session.seq)) not in asked
                    ):
                        asked.add(one)
                        session.connection.send({"op": HEARTBEAT, "d": None})
                async with self._progress:
                    await self._progress.wait()

    # --- what it does ---------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        for session in list(self.sessions.values()):
            if session.wants(event):
                session.tell(event.name, event.build(bool(session.intents & CONTENT)))

    def arrive(self, guild: Guild) -> None:
        """The bot was added to a server: then nothing is said about its being unavailable."""
        for session in self.sessions.values():
            if session.wants(Event("GUILD_CREATE", guild, GUILDS, lambda _: {})):
                body = self._arriving(guild, bool(session.intents & MEMBERS))
                del body["unavailable"]
                session.tell("GUILD_CREATE", body)

    def channel_added(self, channel: Channel) -> None:
        body = channel_json(channel)
        self.tell(Event("CHANNEL_CREATE", channel.guild, GUILDS, lambda _: body))

    def role_added(self, guild: Guild, role: Role) -> None:
        self._tell_of_role("GUILD_ROLE_CREATE", guild, role)

    def role_changed(self, guild: Guild, role: Role) -> None:
        self._tell_of_role("GUILD_ROLE_UPDATE", guild, role)

    def _tell_of_role(self, name: str, guild: Guild, role: Role) -> None:
        body = {"guild_id": str(guild.id), "role": role_json(role)}
        if self._state.bot.id in guild.members:
            self.tell(Event(name, guild, GUILDS, lambda _: body))

    def _arriving(self, guild: Guild, all_members: bool) -> Json:
        return arriving_json(guild, self._state.bot, all_members=all_members)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        await self._open.wait()
        socket = web.WebSocketResponse(max_msg_size=0, autoclose=True, timeout=0.5)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        interval = round(self.heartbeat_interval * 1000)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._received(connection, json.loads(message.data))
            self._left(connection)
        finally:
            self.connections.discard(connection)
            await connection.done()
            await self._moved()
        return socket

    def _left(self, connection: Connection) -> None:
        """A bot that says goodbye with 1000 or 1001 ends its session."""
        session = connection.session
        ours = session is None or session.connection is not connection  # we closed it
        if session and not ours and connection.socket.close_code in {1000, 1001}:
            self.sessions.pop(session.id, None)

    async def _received(self, connection: Connection, message: Json) -> None:
        match message["op"]:
            case 1:  # HEARTBEAT
                if not self.deaf:
                    connection.send({"op": HEARTBEAT_ACK})
                if connection.session:
                    connection.session.acknowledged = message["d"] or 0
            case 2:
                self._identify(connection, message["d"])
            case 6:
                self._resume(connection, message["d"])
            case 8:
                self._members(connection, message["d"])
            case _ if connection.session is None:
                connection.close(NOT_AUTHENTICATED)
        await self._moved()

    async def _moved(self) -> None:
        async with self._progress:
            self._progress.notify_all()

    def _identify(self, connection: Connection, asked: Json) -> None:
        self.identified.append(asked)
        if (code := self._refusal_of(asked)) is not None:
            connection.close(code)
            return
        shard, shards = asked.get("shard", (0, 1))
        session = Session(f"session-{len(self.identified)}", shard, shards, asked["intents"])
        self.sessions[session.id] = session
        session.connection, connection.session = connection, session
        state = self._state
        guilds = [
            guild
            for guild in state.guilds.values()
            if state.bot.id in guild.members and (guild.id >> 22) % shards == shard
        ]
        ready: Json = {
            "v": 10,
            "user": user_json(state.bot) | {"verified": True, "mfa_enabled": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._url(),
            "application": {"id": str(state.application.id), "flags": state.application.flags},
        }
        if "shard" in asked:
            ready["shard"] = [shard, shards]
        session.tell("READY", ready)
        if session.intents & GUILDS:
            for guild in guilds:
                session.tell("GUILD_CREATE", self._arriving(guild, bool(session.intents & MEMBERS)))

    def _refusal_of(self, asked: Json) -> int | None:
        application, intents = self._state.application, asked["intents"]
        if self.closes:
            return self.closes.popleft()
        if asked["token"] != application.token:
            return BAD_TOKEN
        if not 0 <= asked.get("shard", (0, 1))[0] < asked.get("shard", (0, 1))[1]:
            return INVALID_SHARD
        if intents & ~KNOWN_INTENTS:
            return INVALID_INTENTS
        enabled = MEMBERS * application.members_enabled | CONTENT * application.content_enabled
        if intents & (MEMBERS | PRESENCES | CONTENT) & ~enabled:
            return DISALLOWED_INTENTS
        return None

    def _resume(self, connection: Connection, asked: Json) -> None:
        self.resumed.append(asked)
        session = self.sessions.get(asked["session_id"])
        if self.closes:
            connection.close(self.closes.popleft())
        elif asked["token"] != self._state.application.token:
            connection.close(BAD_TOKEN)
        elif self.refusals:
            again = self.refusals.popleft()
            if not again:
                self.sessions.pop(asked["session_id"], None)
            connection.send({"op": INVALID_SESSION, "d": again})
        elif session is None or asked["seq"] is None or asked["seq"] > session.seq:
            connection.send({"op": INVALID_SESSION, "d": False})
        else:
            session.connection, connection.session = connection, session
            session.acknowledged = 0
            for missed in session.told[asked["seq"] :]:
                connection.send(missed)
            session.tell("RESUMED", {"_trace": []})

    def _members(self, connection: Connection, asked: Json) -> None:
        """Request Guild Members, in one chunk."""
        guild, session = self._state.guilds.get(int(asked["guild_id"])), connection.session
        if session is None or guild is None:
            return
        wanted = {int(user) for user in asked.get("user_ids") or ()}
        found = [
            member_json(member)
            for member in guild.members.values()
            if member.user.id in wanted
            or (not wanted and member.user.name.lower().startswith(asked.get("query", "").lower()))
        ]
        session.tell(
            "GUILD_MEMBERS_CHUNK",
            {
                "guild_id": str(guild.id),
                "members": found,
                "chunk_index": 0,
                "chunk_count": 1,
                "not_found": [],
                "nonce": asked.get("nonce"),
            },
        )

    async def stop(self) -> None:
        self._open.set()
        for connection in list(self.connections):
            connection.close(1001)
            await connection.done()
