"""How long the report over a million replies takes, and how much room: against DuckDB, as a whole
process; for one course of a hundred, and for whoever waits meanwhile, in the running bot."""

import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import seeds
from bot.app import open_app, spare_what_stands
from bot.config import load
from bot.core import exporting
from bot.core.reckoning import Asked
from bot.core.services import Services
from prompts.loader import load as load_pack
from storage import courses
from storage.instants import to_micros
from tests.benchmarks.large_class import LargeClass
from tests.benchmarks.ratios import ROUNDS, Measured, interleaved

TICK = 0.001
MEGABYTE = 1_024  # of ru_maxrss, in kilobytes on Linux


@dataclass(frozen=True, slots=True)
class Ran:
    seconds: float
    megabytes: float


_BETWEEN = """
import os, sys
pid = os.posix_spawn(sys.executable, [sys.executable, "-m", *sys.argv[2:]], os.environ)
_, status, used = os.wait4(pid, 0)
os.write(int(sys.argv[1]), f"{status} {used.ru_maxrss}".encode())
"""
"""A small process between: Linux counts what whoever starts one held as that one's own."""


def ran(*arguments: str) -> Ran:
    """A whole process: how long it took, and the most memory it held."""
    reading, writing = os.pipe()
    started = perf_counter()
    subprocess.run(
        [sys.executable, "-c", _BETWEEN, str(writing), *arguments],
        check=True, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    took = perf_counter() - started
    os.close(writing)
    with os.fdopen(reading) as told:
        status, most = map(int, told.read().split())
    if status != 0:
        raise RuntimeError(f"{arguments[0]} ended with {status}.")
    return Ran(took, most / MEGABYTE)


def both(folder: Path, database: Path) -> tuple[list[Ran], list[Ran]]:
    """The report and DuckDB's, in turn, after a round that is not counted; both say the same."""
    ours, theirs = folder / "ours.csv", folder / "theirs.csv"
    (pack, *_) = (load_pack(pack) for pack in seeds.packs())
    facts = json.dumps([fact.id for fact in pack.facts])
    mine, other = [], []
    for _ in range(ROUNDS + 1):
        mine.append(ran("bot", "report", "--data", str(database.parent), "--output", str(ours)))
        other.append(ran("tests.benchmarks.in_duckdb", str(database), facts, str(theirs)))
    compare(ours, theirs)
    return mine[1:], other[1:]


def compare(ours: Path, theirs: Path) -> None:
    """Raises unless every figure that DuckDB computed is the same in the report."""
    tables = [
        {row["member"]: row for row in csv.DictReader(file.read_text("utf-8-sig").splitlines())}
        for file in (ours, theirs)
    ]
    if tables[0].keys() != tables[1].keys():
        raise RuntimeError("The report and DuckDB have different students.")
    for member, expected in tables[1].items():
        for column in expected.keys() - {"messages"}:
            mine, other = tables[0][member][column], expected[column]
            if _same(column, mine, other):
                continue
            raise RuntimeError(f"{column} of {member} is {mine}, and {other} by DuckDB.")


def _same(column: str, mine: str, other: str) -> bool:
    if column in ("first", "last"):
        return to_micros(datetime.fromisoformat(mine)) // 1_000 == int(other) // 1_000
    if column in ("member", "name", "facts"):
        return mine == other
    return abs(float(mine) - float(other or 0)) < 0.011


async def timed(services: Services, number: int) -> float:
    async with services.database.read() as db:
        course = next(c for c in await courses.all_courses(db) if c.id == number)
    started = perf_counter()
    await exporting.make(services, course, Asked(), exporting.Kind("csv"), services.clock.now())
    return perf_counter() - started


async def stalls(services: Services) -> float:
    """Milliseconds: the longest that the event loop was held up while a report was made."""
    longest = 0.0
    making = asyncio.create_task(timed(services, 1))
    last = perf_counter()
    while not making.done():
        await asyncio.sleep(TICK)
        now = perf_counter()
        longest = max(longest, now - last - TICK)
        last = now
    await making
    return longest * 1_000


async def measure() -> list[Measured]:
    whole, spread = LargeClass(1).made(), LargeClass(100).made()
    with tempfile.TemporaryDirectory() as folder:
        mine, theirs = await asyncio.to_thread(both, Path(folder), whole)
    seconds = [median(r.seconds for r in side) for side in (mine, theirs)]
    room = [median(r.megabytes for r in side) for side in (mine, theirs)]
    async with open_app(load(whole.parent)) as all_, open_app(load(spread.parent)) as hundred:
        one, other = await interleaved(
            lambda: timed(hundred.services, 50), lambda: timed(all_.services, 1)
        )
        spare_what_stands()  # as the bot does when it is up
        held = [await stalls(all_.services) for _ in range(3)]
    return [
        Measured("report_1m_vs_duckdb", seconds[0] / seconds[1], 2.0, False,
                 f"whole process: {seconds[0]:.1f} s against {seconds[1]:.1f} s"),
        Measured("report_1m_memory_vs_duckdb", room[0] / room[1], 0.3, False,
                 f"{room[0]:.0f} MB against {room[1]:.0f} MB"),
        Measured("report_course_of_100_vs_whole", one / other, 0.03, False,
                 f"in the bot: {one * 1_000:.0f} ms against {other:.1f} s"),
        Measured("report_loop_stall_ms", median(held), 50, False, _listed(held)),
    ]  # fmt: skip


def _listed(held: Sequence[float]) -> str:
    return f"the longest pauses of {len(held)} reports: " + ", ".join(f"{ms:.0f}" for ms in held)
