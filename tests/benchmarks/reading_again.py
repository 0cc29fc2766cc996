"""What memory it takes to read a thread on Discord again, a long one against a short one.

The bot runs in a process of its own, so that what the loopback server holds is not counted. The
figure is the peak of what Python allocates meanwhile (tracemalloc): exact, where the process's
own size also says what was never given back to the system; SQLite's cache, of a fixed size, is not
in it.
"""

import asyncio
import gc
import json
import sys
import tempfile
import tracemalloc
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import yarl

from tests.adapters.discord.connected import Seminar
from tests.benchmarks.ratios import Measured
from tests.benchmarks.writing import TEXT
from tests.fakes.discord_wire import Channel, TickingClock, Wire, pointed

SHORT, LONG = 1_000, 10_000
WARM = 600
"""More than a page: what is only made at the first reading is made by then."""
MB = 1_000_000
MOST_MB = 6

BOT = "import sys; from tests.benchmarks.reading_again import bot; bot(*sys.argv[1:])"


async def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        clock = TickingClock()
        async with Wire(clock).serving() as wire:
            seminar = Seminar(wire, clock, Path(folder))
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", BOT, folder, str(wire.url), stdin=PIPE, stdout=PIPE
            )
            try:
                await _answer(process)
                thread = await _thread(seminar, process)
                short, long = [
                    await _reading(seminar, process, thread, count) for count in (WARM, SHORT, LONG)
                ][1:]
            finally:
                assert process.stdin is not None
                process.stdin.close()
                await process.wait()
    note = f"{LONG:,} messages {long / MB:.1f} MB, {SHORT:,} messages {short / MB:.1f} MB"
    return [
        Measured("discord_backfill_memory_mb", long / MB, MOST_MB, False, note),
        Measured("discord_backfill_memory_vs_1k", long / short, 1.25, False, note),
    ]


async def _thread(seminar: Seminar, process: Process) -> Channel:
    """That of a course's first discussion."""
    for command, given in (
        ("course setup", {"title": "C"}),
        ("prompt post", {"prompt": "kulaks-and-shock-workers"}),
    ):
        seminar.clock.move(seconds=1)
        await seminar.world.run_command(seminar.ada, seminar.channel, command, **given).told()
    await _ask(process, "settle")
    return next(c for c in seminar.guild.channels.values() if c.is_thread)


async def _reading(seminar: Seminar, process: Process, thread: Channel, count: int) -> float:
    """Bytes at the peak, with so many messages in the thread: once when they are missed, and once
    when all are known."""
    world, people = seminar.world, (seminar.bo, seminar.cy)
    tell, world.state.tell = world.state.tell, lambda _: None  # the bot is not told
    missed = count - len(thread.messages)
    for number in range(missed):
        world.say(people[number % 2], thread, TEXT)
    world.state.tell = tell
    peaks = []
    for new in (missed, 0):
        found, peak = await _ask(process, "read")
        assert found == new, "a message was not taken in, or twice"
        peaks.append(peak)
    return max(peaks)


async def _ask(process: Process, what: str) -> list[int]:
    assert process.stdin is not None
    process.stdin.write(f"{what}\n".encode())
    return await _answer(process)


async def _answer(process: Process) -> list[int]:
    assert process.stdout is not None
    answer: list[int] = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
    return answer


# --- in the bot's own process -------------------------------------------------------------------


def bot(folder: str, url: str) -> None:
    asyncio.run(_bot(Path(folder), yarl.URL(url)))


async def _bot(folder: Path, url: yarl.URL) -> None:
    """Coalface on the server at `url`; it does what it reads, a line each, and says so."""
    clock = TickingClock()
    clock.move(minutes=1)  # what the server tells of is not in the future
    with pointed(url):
        async with Seminar(Wire(clock), clock, folder).up() as seminar:
            _say([])
            while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
                _say(await _read_again(seminar) if line == "read" else await _settled(seminar))


async def _settled(seminar: Seminar) -> list[int]:
    await seminar.app.settle()
    return []


async def _read_again(seminar: Seminar) -> list[int]:
    """How many messages were new, and the bytes at the peak."""
    gc.collect()
    tracemalloc.start()
    (receipt,) = await seminar.app.recovery.recover("discord")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert receipt.problem is None, receipt.problem
    return [receipt.new, peak]


def _say(what: list[int]) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()
