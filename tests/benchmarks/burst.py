"""How soon all is posted that falls due at once: 1,000 prompts over 200 channels of the loopback
Slack, against a bare loop that posts the same messages with the same library and keeps nothing."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import inbound
from storage import courses, outbox
from storage.database import Connection
from storage.ids import ChannelRef, CourseId
from tests.adapters.slack.connected import Seminar, a_seminar
from tests.benchmarks.ratios import Measured, interleaved
from tests.benchmarks.schedules import add_schedules
from tests.fakes.slack_workspace.records import Channel

CHANNELS = 200
PROMPTS = 1_000


class Burst:
    """A course with many channels, and prompts that fall due in them."""

    def __init__(self, seminar: Seminar, channels: Sequence[Channel]) -> None:
        self._seminar, self._channels = seminar, channels
        self._database = seminar.app.services.database
        self._client = AsyncWebClient(
            seminar.world.token(seminar.team), base_url=seminar.slack.api, retry_handlers=[]
        )
        self.message: dict[str, Any] = {}

    @classmethod
    async def made(cls, seminar: Seminar) -> "Burst":
        post = await seminar.set_up()
        made = [seminar.world.add_channel(f"section-{n}", seminar.teacher) for n in range(CHANNELS)]
        burst = cls(seminar, made)
        await burst._database.write(burst._bind)
        burst.message = {
            "blocks": post.blocks,
            "text": post.text,
            "metadata": {"event_type": "coalface_send", "event_payload": {"key": "a key"}},
        }
        return burst

    async def _bind(self, db: Connection) -> None:
        now = self._seminar.clock.now()
        space = await courses.ensure_space(db, inbound.to_space(self._seminar.team.id), now)
        for channel in self._channels:
            await courses.bind_channel(
                db,
                CourseId(1),
                space,
                ChannelRef(channel.id),
                name=channel.name,
                kind="class",
                now=now,
            )

    async def schedule(self, db: Connection) -> None:
        """Prompts that fall due in a second, all at once, as many in each channel."""
        at = self._seminar.clock.now().replace(microsecond=0) + timedelta(seconds=1)
        bound = [c for c in await courses.channels_of(db, CourseId(1)) if "section" in c.name]
        starts = [(at, bound[n % CHANNELS].id) for n in range(PROMPTS)]
        await add_schedules(db, starts, count=1)

    async def ours(self) -> float:
        """Seconds until all are found due, posted, and recorded."""
        await self._database.write(self.schedule)
        self._seminar.clock.move(seconds=2)
        before, services = self.posted(), self._seminar.app.services
        started = perf_counter()
        attending = asyncio.create_task(services.agenda.attend())
        while not attending.done() or await self._owed():
            await services.outbox.deliver_due()
            await asyncio.sleep(0)
        await attending
        took = perf_counter() - started
        assert self.posted() == before + PROMPTS, "a prompt was not posted, or twice"
        await self._seminar.settle()
        return took

    async def _owed(self) -> bool:
        async with self._database.read() as db:
            return bool(await outbox.sends_of(db, CourseId(1)))

    async def bare(self) -> float:
        """Seconds until all are posted: channels side by side, each in order, as ours are."""

        async def one(channel: Channel) -> None:
            for _ in range(PROMPTS // CHANNELS):
                await self._client.chat_postMessage(channel=channel.id, **self.message)

        started = perf_counter()
        await asyncio.gather(*(one(channel) for channel in self._channels))
        took = perf_counter() - started
        await self._seminar.settle()
        return took

    def posted(self) -> int:
        return sum(len(channel.messages) for channel in self._channels)


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        async with a_seminar(Path(folder), "http") as seminar:
            seminar.slack.deliveries.patience = 60  # Slack's side shares the thread of both
            burst = await Burst.made(seminar)
            ours, bare = await interleaved(burst.ours, burst.bare)
    note = f"posted and recorded: {PROMPTS / ours:,.0f}/s against {PROMPTS / bare:,.0f}/s"
    return [Measured("burst_vs_bare", ours / bare, 2.0, False, note)]
