"""What befalls a database from outside: a disk with no room left, another program that holds it."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def a_full_disk(_: Path | None = None) -> Iterator[None]:
    """No file takes another byte from this process: the system's own limit is that low."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """Another process is writing into the database, and does not end."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            assert other.stdin is not None
            other.stdin.close()


def content(path: Path) -> list[str]:
    """All that is in the database, as SQL."""
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())
