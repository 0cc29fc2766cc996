"""How soon Coalface answers Slack over HTTP, and has an event durable, against bare Bolt apps with
default settings that are sent the same requests and keep nothing. All is on loopback and signed."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import func, select

from storage.schema import message_texts
from tests.adapters.slack.connected import Seminar, a_seminar
from tests.benchmarks.ratios import ROUNDS, Measured, interleaved
from tests.benchmarks.writing import TEXT
from tests.fakes.slack_workspace.listening import bare_app, over_http
from tests.fakes.slack_workspace.records import Json, Message

COMMANDS = 100
EVENTS = 300
IN_FLIGHT = 64
MANY = 1_024
Request = tuple[bytes, dict[str, str]]


class Line:
    """The side of Slack: a plain HTTP client, as cheap for one app as for the other."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url
        self.said = ""
        """The last answer."""

    async def send(self, request: Request) -> None:
        body, headers = request
        async with self._session.post(self._url, data=body, headers=headers) as answer:
            self.said = await answer.text()
            assert answer.status == 200, (answer.status, self.said)

    async def one_by_one(self, requests: list[Request]) -> float:
        """The median of the seconds that each took."""
        seconds = []
        for request in requests:
            started = perf_counter()
            await self.send(request)
            seconds.append(perf_counter() - started)
        return median(seconds)

    async def together(self, requests: list[Request]) -> float:
        """Seconds until all were answered, `IN_FLIGHT` under way at any time."""
        waiting = iter(requests)

        async def worker() -> None:
            for request in waiting:
                await self.send(request)

        started = perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(worker())
        return perf_counter() - started


class Scene:
    """A course on Slack with a discussion, and requests as Slack makes them, each with an id of its
    own."""

    def __init__(self, seminar: Seminar, post: Message) -> None:
        self.seminar, self._post = seminar, post
        self._verifier = SignatureVerifier(seminar.slack.app.signing_secret)
        self._serial = count(1)
        self._asked: Json = {}
        self._told: Json = {}

    async def prepare(self) -> None:
        """One of each, as the loopback makes it."""
        seminar, world = self.seminar, self.seminar.world
        for _ in range(2):  # the first is answered with the notice, once
            asked = world.run_command(seminar.bo, seminar.channel, "/fact", "about F1")
            await asked.answered()
        self._asked = asked.payload
        world.say(seminar.bo, seminar.channel, "The state decided.", thread=self._post)
        await seminar.settle()
        held: list[Json] = []
        tell, world.state.tell = world.state.tell, held.append
        world.say(seminar.bo, seminar.channel, TEXT, thread=self._post)
        world.state.tell = tell
        (self._told,) = held

    def commands(self, how_many: int = COMMANDS) -> list[Request]:
        return [
            self._signed(
                urlencode(self._asked | {"trigger_id": f"{next(self._serial)}.1.bench"}).encode(),
                "application/x-www-form-urlencoded",
            )
            for _ in range(how_many)
        ]

    def events(self, how_many: int = EVENTS) -> list[Request]:
        return [self._signed(body, "application/json") for body in self._messages(how_many)]

    def _messages(self, how_many: int) -> Iterator[bytes]:
        event = self._told["event"]
        seconds, _, micros = event["ts"].partition(".")
        for _ in range(how_many):
            n = next(self._serial)
            ts = f"{int(seconds) + n}.{micros}"
            own = {"ts": ts, "event_ts": ts, "client_msg_id": f"msg-{ts}"}
            told = {"event_id": f"EvB{n:09d}", "event": event | own}
            yield json.dumps(self._told | told).encode()

    def _signed(self, body: bytes, content: str) -> Request:
        at = str(int(time.time()))
        signature = self._verifier.generate_signature(timestamp=at, body=body)
        assert signature is not None
        return body, {
            "Content-Type": content,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature,
        }

    async def kept(self) -> int:
        async with self.seminar.app.services.database.read() as db:
            return int(await db.scalar(select(func.count()).select_from(message_texts)) or 0)


@asynccontextmanager
async def scene() -> AsyncIterator[tuple[Scene, Line, Line]]:
    """With the line to Coalface, and the one to a bare app."""
    with tempfile.TemporaryDirectory() as folder:
        async with a_seminar(Path(folder), "http") as seminar:
            made = Scene(seminar, await seminar.set_up())
            await made.prepare()
            ours = seminar.slack.deliveries.url
            bare = bare_app(seminar.slack, seminar.team)
            _listen(bare)
            async with over_http(seminar.slack, bare), aiohttp.ClientSession() as session:
                theirs = seminar.slack.deliveries.url
                assert ours is not None
                assert theirs is not None
                seminar.slack.deliver_to(ours)
                yield made, Line(session, ours), Line(session, theirs)


def _listen(bare: AsyncApp) -> None:
    async def about(ack: AsyncAck) -> None:
        await ack("A shock worker exceeded the norm.")

    async def message() -> None:
        pass

    bare.command("/fact")(about)
    bare.event("message")(message)


async def measure() -> list[Measured]:
    """Both sides of each are sent as much, in turn."""
    async with scene() as (made, ours, theirs):
        own, others = await interleaved(
            lambda: ours.one_by_one(made.commands()), lambda: theirs.one_by_one(made.commands())
        )
        assert "F1" in ours.said, "not the answer"
        read = Measured("slack_read_p50_vs_bare", own / others, 1.0, False, _each(own, others))

        before = await made.kept()
        own, others = await interleaved(
            lambda: ours.one_by_one(made.events()), lambda: theirs.one_by_one(made.events())
        )
        event = Measured("slack_event_p50_vs_bare", own / others, 4.0, False, _each(own, others))

        own, others = await interleaved(
            lambda: ours.together(made.events(MANY)), lambda: theirs.together(made.events(MANY))
        )
        note = f"durable: {MANY / own:,.0f}/s against {MANY / others:,.0f}/s of a bare app"
        many = Measured("slack_events_64_vs_bare", others / own, 0.4, True, note)

        kept = await made.kept() - before
    assert kept == (EVENTS + MANY) * (ROUNDS + 1), "a reply was not kept"
    return [read, event, many]


def _each(own: float, others: float) -> str:
    return f"answered in {own * 1_000:.2f} ms against {others * 1_000:.2f} ms of a bare app"
