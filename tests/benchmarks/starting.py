"""How long the terminal command takes to say anything, against Python doing nothing."""

import subprocess
import sys
from time import perf_counter

from tests.benchmarks.ratios import Measured, interleaved


async def measure() -> list[Measured]:
    async def help_() -> float:
        return _seconds([sys.executable, "-m", "bot", "--help"])

    async def nothing() -> float:
        return _seconds([sys.executable, "-c", "pass"])

    ours, python = await interleaved(help_, nothing, rounds=9)
    note = f"coalface --help {ours * 1000:.0f} ms, python -c pass {python * 1000:.0f} ms"
    return [Measured("help_vs_python", ours / python, 20, False, note)]


def _seconds(command: list[str]) -> float:
    started = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
    return perf_counter() - started
