"""What Slack sends to the app, over HTTP or Socket Mode: signed, hurried, and events again.

https://docs.slack.dev/apis/events-api#retries
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack_workspace.records import Json
from tests.fakes.slack_workspace.sockets import Sockets
from tests.fakes.slack_workspace.state import State

RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))


@dataclass(frozen=True)
class Reply:
    """How the app took it; `error` is empty when it said 2xx (or acknowledged) in time."""

    error: str = ""
    body: Any = None
    no_retry: bool = False


@dataclass
class Delivery:
    envelope: Json
    outcomes: list[str] = field(default_factory=list)
    """One for each attempt: "" if it was taken, else Slack's reason."""

    @property
    def name(self) -> str:
        return str(self.envelope["event"]["type"])


class Deliveries:
    def __init__(self, state: State, sockets: Sockets) -> None:
        self._state, self._sockets = state, sockets
        self._session: aiohttp.ClientSession | None = None
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: list[tuple[datetime, Delivery]] = []
        self.url: str | None = None
        """Where the app listens; None: Socket Mode."""
        self.patience = 3.0
        """Real seconds that an answer may take."""
        self.in_order = True
        """An event is sent when the one before was taken. Slack promises no order; False sends
        each at once."""
        self.skew = 0.0
        """Seconds by which the signed time is wrong."""
        self.times = 1
        """How often each event is sent from now on, whatever the app answers."""
        self.events: list[Delivery] = []
        """All there were, in order."""
        self.given_up: list[Delivery] = []

    # --- events -----------------------------------------------------------------------------------

    def tell(self, envelope: Json) -> None:
        delivery = Delivery(envelope)
        self.events.append(delivery)
        for _ in range(self.times):
            if self.in_order:
                self._queue.put_nowait(delivery)
            else:
                self._start(self._attempt(delivery))

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            delivery = await self._queue.get()
            try:
                await self._attempt(delivery)
            finally:
                self._queue.task_done()

    async def _attempt(self, delivery: Delivery) -> None:
        before = [outcome for outcome in delivery.outcomes if outcome]
        retry = (len(before), before[-1]) if before else None
        reply = await self._send("events_api", delivery.envelope, retry)
        delivery.outcomes.append(reply.error)
        failed = len([one for one in delivery.outcomes if one])
        if not reply.error:
            pass
        elif reply.no_retry or failed > len(RETRY_AFTER):
            self.given_up.append(delivery)
        elif failed == 1:
            self._start(self._attempt(delivery))
        else:
            due = self._state.clock.now() + RETRY_AFTER[failed - 1]
            self._waiting.append((due, delivery))
        self._state.stir()

    @property
    def failed(self) -> list[Delivery]:
        """Events that the app did not take at the first attempt: Bolt without a listener, say."""
        return [one for one in self.events if any(one.outcomes)]

    @property
    def waiting(self) -> list[Delivery]:
        """Events that are sent again in a minute, or in five."""
        return [delivery for _, delivery in self._waiting]

    def forget(self) -> None:
        """What waits to be sent again never is."""
        self.given_up += self.waiting
        self._waiting.clear()

    async def retry_now(self) -> None:
        """All that wait to be sent again are, at once; until they are taken or wait again."""
        again, self._waiting = self._waiting, []
        await asyncio.gather(*(self._attempt(delivery) for _, delivery in again))
        await self.caught_up()

    def clock_moved(self) -> None:
        """Send again what is due."""
        now = self._state.clock.now()
        due = [one for one in self._waiting if one[0] <= now]
        self._waiting = [one for one in self._waiting if one not in due]
        for _, delivery in due:
            self._start(self._attempt(delivery))

    async def caught_up(self) -> None:
        """Until each event and each act was taken in, was given up, or waits for a later retry."""
        while self._queue._unfinished_tasks or self._tasks:  # type: ignore[attr-defined]  # asyncio's own count
            await self._queue.join()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def challenge(self) -> bool:
        """Whether the app answers as it must when its request URL is entered.

        https://docs.slack.dev/reference/events/url_verification"""
        asked = {"type": "url_verification", "challenge": "3eZbrw1aB", "token": "loopback"}
        reply = await self._send("events_api", asked, None)
        said = reply.body["challenge"] if isinstance(reply.body, dict) else reply.body
        return not reply.error and said == asked["challenge"]

    # --- commands, buttons, forms -----------------------------------------------------------------

    def act(self, doing: Coroutine[Any, Any, None]) -> None:
        self._start(doing)

    async def command(self, fields: Json) -> Reply:
        return await self._send("slash_commands", fields, None)

    async def interactive(self, payload: Json) -> Reply:
        return await self._send("interactive", payload, None)

    def _start(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- the ways ---------------------------------------------------------------------------------

    async def _send(self, kind: str, payload: Json, retry: tuple[int, str] | None) -> Reply:
        try:
            async with asyncio.timeout(self.patience):
                if self.url is None:
                    return Reply(body=await self._sockets.deliver(kind, payload, retry))
                return await self._post(self.url, kind, payload, retry)
        except TimeoutError:
            return Reply("http_timeout" if self.url else "timeout")
        except (aiohttp.ClientError, ConnectionError):
            return Reply("connection_failed")

    async def _post(
        self, url: str, kind: str, payload: Json, retry: tuple[int, str] | None
    ) -> Reply:
        body, headers = self.signed(kind, payload)
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(url, data=body, headers=headers) as response:
            said = await response.text()
            if not 200 <= response.status < 300:
                no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                return Reply("http_error", said, no_retry)
            return Reply(body=_read(said))

    def signed(self, kind: str, payload: Json) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a request, by the real time, which the app checks."""
        if kind == "events_api":
            body, content = json.dumps(payload).encode(), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content = urlencode(form).encode(), "application/x-www-form-urlencoded"
        at = str(int(time.time() + self.skew))
        secret = self._state.app.signing_secret.encode()
        digest = hmac.new(secret, f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        return body, {
            "Content-Type": content,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={digest}",
        }

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _read(said: str) -> Any:
    """JSON, or words; None for an empty answer."""
    if not said:
        return None
    try:
        return json.loads(said)
    except ValueError:
        return said
