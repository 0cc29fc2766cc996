"""What goes wrong with a request, by chance: refused by a server that fails, cut before or after it
was applied, applied later than it was answered, or later than its sender lived."""

from random import Random

from tests.crash.hurried import HurriedClock
from tests.fakes.discord_wire import AcceptLate, Cut, Fail, Hold, Slow

LATEST = 20.0
"""By so many seconds of the program's time a server is late at most. The product counts on 30 from
the end of a request; the rest is for this computer, which may be busy with something else."""
MOST_WAITING = 3

Trouble = AcceptLate | Cut | Fail | Hold | Slow


def any_trouble(clock: HurriedClock, chance: Random) -> Trouble:
    late = clock.seconds(chance.uniform(0, LATEST))
    return chance.choice(
        (
            AcceptLate(late, real=True),
            AcceptLate(late, real=True, status=504),
            Hold(late),
            Hold(late),
            Cut(accepted=True),
            Cut(accepted=False),
            Fail(502, accepted=True),
            Fail(503, accepted=False),
            Slow(clock.seconds(chance.uniform(0, 3))),
        )
    )
