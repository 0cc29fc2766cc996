"""Programs as a person starts them: `ran` waits for the end, `serving` for the address."""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/")
STARTS_WITHIN = 60.0
STOPS_WITHIN = 30.0


@dataclass(slots=True)
class Serving:
    """A program that has said where it can be reached; `said` is all it said until its end."""

    address: str
    said: str
    code: int | None = field(default=None)


def environment(data: Path, **more: str) -> dict[str, str]:
    """This one, with a data folder of its own and no settings from outside."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COALFACE_", "PYTEST_"))}
    for name in ("NO_COLOR", "FORCE_COLOR", "PY_COLORS", "NICEGUI_SCREEN_TEST_PORT", "MAKEFLAGS"):
        kept.pop(name, None)
    return {**kept, "COALFACE_DATA": str(data), "XDG_DATA_HOME": str(data), **more}


def ran(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, seconds: float = 60
) -> subprocess.CompletedProcess[bytes]:
    """The program at its end, with what it wrote."""
    return subprocess.run(
        command, env=env, cwd=cwd, capture_output=True, timeout=seconds, check=False
    )


@contextmanager
def serving(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path
) -> Iterator[Serving]:
    """The program while it serves; at the end it is stopped as Ctrl+C does, and waited for."""
    process = subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a group of its own: make hands Ctrl+C on to its children so
    )
    try:
        running = _await_address(process)
        yield running
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=STOPS_WITHIN)
        running.said += rest.decode()
        running.code = process.returncode
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _await_address(process: subprocess.Popen[bytes]) -> Serving:
    assert process.stdout is not None
    said, deadline = b"", time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        ready, _, _ = select.select([process.stdout], [], [], 0.5)
        if not ready:
            continue
        more = os.read(process.stdout.fileno(), 65_536)
        said += more
        if found := ADDRESS.search(said.decode(errors="replace")):
            return Serving(found[0], said.decode(errors="replace"))
        if not more:
            break
    raise AssertionError(f"No address came:\n{said.decode(errors='replace')}")
