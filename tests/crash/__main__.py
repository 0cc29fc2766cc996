"""`make crash KILLS=1000 [SEED=n]`: the long form. Its last line is the counts, and its exit code 1
where any of duplicates, missing and lost is not 0."""

import argparse
import asyncio
import sys
from functools import partial

from tests.crash.mutations import MUTATIONS
from tests.crash.rounds import crash


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1935)
    parser.add_argument("--mutation", choices=MUTATIONS, default="", help="break it on purpose")
    given = parser.parse_args()
    tell = partial(print, flush=True)
    total = asyncio.run(crash(given.kills, given.seed, mutation=given.mutation, tell=tell))
    print(total)
    return 0 if total.well else 1


if __name__ == "__main__":
    sys.exit(main())
