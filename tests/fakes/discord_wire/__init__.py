"""A small Discord on 127.0.0.1 for the real discord.py: a gateway, and the REST an adapter needs.

`Wire` is the whole of it; `wire.world` is what people do there, `wire.gateway` and `wire.faults`
are what goes wrong on the way, `wire.requests` is what was asked. What is not built answers 404
with code 0 and stands in `wire.unknown`, so that a test can see it.
"""

from tests.fakes.discord_wire.clock import TickingClock
from tests.fakes.discord_wire.faults import (
    AcceptLate,
    Cut,
    Fail,
    Faults,
    Hang,
    Hold,
    RateLimit,
    Refuse,
    Slow,
)
from tests.fakes.discord_wire.interactions import Interaction
from tests.fakes.discord_wire.records import Channel, Guild, Member, Message, Role, User
from tests.fakes.discord_wire.server import TOKEN, Wire, pointed
from tests.fakes.discord_wire.world import World

__all__ = [
    "TOKEN",
    "AcceptLate",
    "Channel",
    "Cut",
    "Fail",
    "Faults",
    "Guild",
    "Hang",
    "Hold",
    "Interaction",
    "Member",
    "Message",
    "RateLimit",
    "Refuse",
    "Role",
    "Slow",
    "TickingClock",
    "User",
    "Wire",
    "World",
    "pointed",
]
