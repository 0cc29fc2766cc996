"""The `ts` of messages and events: seconds and microseconds, unique and rising in each channel.

https://docs.slack.dev/messaging/retrieving-messages (a message's identity is its channel and ts)
"""

from datetime import UTC, datetime, timedelta

from tests.fakes.discord_wire.clock import Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Stamps:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._last: dict[str, int] = {}
        self._serial = 0

    def next(self, channel: str) -> str:
        """A `ts` above all others of the channel, also when the clock stands still."""
        now = (self.clock.now() - EPOCH) // MICROSECOND
        self._last[channel] = max(now, self._last.get(channel, 0) + 1)
        return written(self._last[channel])

    def seconds(self) -> int:
        return (self.clock.now() - EPOCH) // timedelta(seconds=1)

    def new_id(self, prefix: str) -> str:
        """As Slack's ids look: a letter and ten capitals or figures."""
        self._serial += 1
        return f"{prefix}0C0AL{self._serial:05d}"


def written(microseconds: int) -> str:
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"


def read(ts: str) -> int:
    """In microseconds; also "1512085950" or "1512085950.0002". Raises ValueError."""
    whole, _, part = ts.partition(".")
    return int(whole) * 1_000_000 + int((part + "000000")[:6])
