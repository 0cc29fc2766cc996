"""A small Slack on 127.0.0.1 for the real Bolt and slack_sdk, as strict as Slack's documentation.

`Slack` is the whole of it: `slack.world` is what people do there (see World), `slack.faults`,
`slack.limits`, `slack.deliveries` and `slack.sockets` are what goes wrong on the way,
`slack.requests` is what was asked. Methods that are not built stand in `slack.unknown`, answers
of the app that a person would see fail in `slack.complaints`: tests assert that both are empty.
Acts give an `Interaction`; `await` what the person sees: `answered`, `told`, `opened`, `errors`,
`choices`. `slack.app.configure(manifest)` holds the app to its manifest.
"""

from tests.fakes.discord_wire.clock import TickingClock
from tests.fakes.discord_wire.faults import AcceptLate, Cut, Fail, Hang, Hold, RateLimit, Slow
from tests.fakes.slack_workspace.app import App
from tests.fakes.slack_workspace.faults import Faults, Limits, Refuse
from tests.fakes.slack_workspace.forms import NotOffered
from tests.fakes.slack_workspace.interactions import Interaction
from tests.fakes.slack_workspace.records import Channel, Enterprise, File, Message, Team, User, View
from tests.fakes.slack_workspace.server import Slack
from tests.fakes.slack_workspace.web_api import Asked
from tests.fakes.slack_workspace.world import World

__all__ = [
    "AcceptLate",
    "App",
    "Asked",
    "Channel",
    "Cut",
    "Enterprise",
    "Fail",
    "Faults",
    "File",
    "Hang",
    "Hold",
    "Interaction",
    "Limits",
    "Message",
    "NotOffered",
    "RateLimit",
    "Refuse",
    "Slack",
    "Slow",
    "Team",
    "TickingClock",
    "User",
    "View",
    "World",
]
