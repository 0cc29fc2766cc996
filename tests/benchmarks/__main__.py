"""`make bench`: every measurement, printed and written to .bench/results.json.

Exit code 1 when a ratio is not what it should be.
"""

import asyncio
import json
import sys
from pathlib import Path

from tests.benchmarks import (
    burst,
    checking,
    discord,
    importing,
    reading_again,
    reporting,
    schedules,
    searching,
    slack,
    starting,
    writing,
)
from tests.benchmarks.ratios import Measured


async def measure() -> list[Measured]:
    parts = (
        writing, starting, checking, searching, discord, slack, burst, schedules, reading_again,
        importing, reporting,
    )  # fmt: skip
    return [measured for part in parts for measured in await part.measure()]


def main() -> int:
    measured = asyncio.run(measure())
    width = max(len(m.name) for m in measured)
    for m in measured:
        sign = "at least" if m.at_least else "at most"
        verdict = "ok" if m.holds else "NOT MET"
        print(f"{m.name:<{width}}  {m.value:7.3f}  ({sign} {m.bound:g}: {verdict})  {m.note}")
    folder = Path(".bench")
    folder.mkdir(exist_ok=True)
    results = {m.name: round(m.value, 4) for m in measured}
    (folder / "results.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    return 0 if all(m.holds for m in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
