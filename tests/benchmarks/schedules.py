"""What 100,000 schedules cost while nothing of them is due: to find and claim what is due among
them, and to start; against 100, and none."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, insert, select

from bot.app import open_app
from bot.config import Settings, load
from storage.database import Connection
from storage.ids import ChannelId
from storage.schema import occurrences, schedule_channels, schedules
from tests.benchmarks.ratios import Measured, interleaved
from tests.world import PROMPT, START, FakeClock, World, a_world

MANY, FEW = 100_000, 100
DUE = 50
"""So many of them fall due each day."""
PORTION = 5_000


async def add_schedules(
    db: Connection, starts: list[tuple[datetime, ChannelId]], *, count: int | None = None
) -> None:
    """Daily ones of the first course, each from a time of New York's winter or summer on (which is
    its UTC time here) in a channel; `count` as RFC 5545 has it."""
    last = await db.scalar(select(func.max(schedules.c.id))) or 0
    for begin in range(0, len(starts), PORTION):
        rows = []
        for number, (at, _) in enumerate(starts[begin : begin + PORTION], last + begin + 1):
            local = at.replace(tzinfo=None).isoformat()
            rows.append(
                {
                    "id": number, "course_id": 1, "number": number, "invocation": f"bench:{number}",
                    "state": "active", "prompts": {"names": [PROMPT], "tag": None},
                    "rule": "FREQ=DAILY", "start": local, "count": count, "zone": "UTC",
                    "created_by": 1, "created_at": START, "next": local, "next_at": at,
                }
            )  # fmt: skip
        await db.execute(insert(schedules), rows)
        await db.execute(
            insert(schedule_channels),
            [
                {"schedule_id": row["id"], "channel_id": channel}
                for row, (_, channel) in zip(rows, starts[begin:], strict=False)
            ],
        )


@asynccontextmanager
async def a_term(folder: Path, how_many: int) -> AsyncIterator[World]:
    """A course with so many schedules, of which DUE come tomorrow and then every day; the others
    come in years."""
    async with a_world(folder).opened() as world:
        await world.course(await world.person("Ada"))
        soon, late = START + timedelta(days=1), START + timedelta(days=2_000)
        starts = [(soon if n < DUE else late, ChannelId(1)) for n in range(how_many)]
        await world.app.services.database.write(lambda db: add_schedules(db, starts))
        yield world


async def _claim(world: World) -> float:
    """Seconds for a day's occurrences: found, decided about, their posts owed."""
    clock, services = world.clock, world.app.services
    assert isinstance(clock, FakeClock)
    clock.at = datetime.combine(clock.at.date() + timedelta(days=1), START.timetz())
    before = await _decided(world)
    started = perf_counter()
    await services.agenda.attend()
    took = perf_counter() - started
    assert await _decided(world) == before + DUE, "not all that was due"
    return took


async def _decided(world: World) -> int:
    async with world.app.services.database.read() as db:
        return int(await db.scalar(select(func.count()).select_from(occurrences)) or 0)


async def _start(settings: Settings) -> float:
    """Seconds until it is known that nothing is due, and nothing owed."""
    started = perf_counter()
    async with open_app(settings, clock=FakeClock()) as app:
        await app.services.agenda.attend()
        await app.services.outbox.deliver_due()
        return perf_counter() - started


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / kind for kind in ("many", "few", "many-at-rest", "empty")]
        for folder in folders:
            folder.mkdir()
        async with a_term(folders[0], MANY) as many, a_term(folders[1], FEW) as few:
            await many.app.services.database.checkpoint()
            shutil.copy(many.settings.database, load(folders[2]).database)
            ours, theirs = await interleaved(lambda: _claim(many), lambda: _claim(few), rounds=9)
        async with a_world(folders[3]).opened():
            pass
        full, empty = await interleaved(
            lambda: _start(load(folders[2])), lambda: _start(load(folders[3])), rounds=9
        )
    claimed = f"{DUE} of {MANY:,} in {ours * 1000:.1f} ms, of {FEW} in {theirs * 1000:.1f} ms"
    started = f"with {MANY:,} in {full * 1000:.0f} ms, with none in {empty * 1000:.0f} ms"
    return [
        Measured("claim_100k_vs_100", ours / theirs, 3.0, False, claimed),
        Measured("startup_100k_vs_empty", full / empty, 2.0, False, started),
    ]
