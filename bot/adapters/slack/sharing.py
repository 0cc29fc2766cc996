"""Channels that several workspaces share by Slack Connect. Slack tells an app of what happens there
once, for one of the workspaces that have it, whichever that is (docs.slack.dev, Events API,
authorizations); and a course may be another one's."""

import logging
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.slack.calls import Calls
from bot.adapters.slack.workspaces import Workspace, Workspaces
from bot.core.ports import SendRefused

log = logging.getLogger(__name__)

HOLDS = 600.0
"""Seconds for which what Slack said of a channel is gone by."""
REMEMBERED = 10_000


class Sharing:
    """Which workspaces a channel is shared by."""

    def __init__(self, workspaces: Workspaces, calls: Calls) -> None:
        self._workspaces = workspaces
        self._calls = calls
        self._teams: OrderedDict[str, tuple[float, Sequence[str]]] = OrderedDict()

    async def hearing(self, body: Mapping[str, Any], first: Workspace) -> list[Workspace]:
        """The workspaces with Coalface to which an event matters: `first`, which it came for, and
        of a shared channel all others in it."""
        channel = _channel(body["event"])
        if not body.get("is_ext_shared_channel") or channel is None:
            return [first]
        found = [first]
        for team in await self._sharing(first, channel):
            if team != first.team:
                try:
                    found.append(await self._workspaces.get(team))
                except SendRefused:
                    continue  # it doesn't have Coalface
        return found

    async def _sharing(self, workspace: Workspace, channel: str) -> Sequence[str]:
        at, known = self._teams.get(channel, (0.0, ()))
        if known and time.monotonic() - at < HOLDS:
            return known
        try:
            info = await self._calls.read(
                workspace, workspace.client.conversations_info, channel=channel
            )
        except SendRefused as problem:
            log.warning("who shares a channel is not known", extra={"problem": problem.sentence})
            return known
        shown = info["channel"]
        both = (*(shown.get("shared_team_ids") or ()), *(shown.get("connected_team_ids") or ()))
        teams = tuple(dict.fromkeys(map(str, both)))
        self._teams[channel] = (time.monotonic(), teams)
        self._teams.move_to_end(channel)
        if len(self._teams) > REMEMBERED:
            self._teams.popitem(last=False)
        return teams


def _channel(event: Mapping[str, Any]) -> str | None:
    """Where something happened; a reaction says it of the message."""
    found = event.get("channel") or (event.get("item") or {}).get("channel")
    return found if isinstance(found, str) else None
