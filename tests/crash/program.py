"""The program that is killed: `coalface run --slack --discord`, as it is, on loopback servers.

Run as `python -m tests.crash.program LIFELINE`: for each line on its input it starts the program in
a process of its own and says its number. That process is forked when everything has been imported,
so that a start takes no longer than opening the database and connecting. It ends with the harness,
whose end closes the LIFELINE (a pipe). What is changed for it is all here: where Discord is
(settings say where Slack is), time (see hurried.py), and what CRASH_MUTATION breaks on purpose.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NoReturn
from unittest import mock

import yarl

from bot import app, cli
from tests.crash import hurried, mutations
from tests.fakes.discord_wire import pointed

COMMAND = ("coalface", "run", "--slack", "--discord", "--no-classroom", "--empty")


def main(lifeline: int) -> None:
    import_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone at once
    for _ in sys.stdin:
        assert threading.active_count() == 1, "only what has one thread can be forked"
        number = os.fork()
        if number == 0:
            be_the_program(lifeline)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def import_all() -> None:
    """What the program imports only when it needs it."""
    import storage.maintenance  # noqa: F401


def be_the_program(lifeline: int) -> NoReturn:
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        threading.Thread(target=_end_with_the_harness, args=(lifeline,), daemon=True).start()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        said = os.open(
            f"{os.environ['COALFACE_DATA']}/said", os.O_WRONLY | os.O_APPEND | os.O_CREAT
        )
        os.dup2(said, 1)
        os.dup2(said, 2)
        with _changed():
            cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # the fork must not go on with what its parent does
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(code)


@contextmanager
def _changed() -> Iterator[None]:
    clock = hurried.from_environment(os.environ)
    with (
        pointed(yarl.URL(os.environ["CRASH_DISCORD"])),
        mock.patch.object(app, "SystemClock", return_value=clock),
        mock.patch.object(asyncio, "run", partial(hurried.run, factor=clock.factor)),
        mock.patch.object(sys, "argv", list(COMMAND)),
        mutations.mutated(os.environ.get("CRASH_MUTATION", "")),
    ):
        yield


def _end_with_the_harness(lifeline: int) -> None:
    os.read(lifeline, 1)
    os._exit(71)


if __name__ == "__main__":
    main(int(sys.argv[1]))
