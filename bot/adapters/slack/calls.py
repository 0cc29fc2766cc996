"""One call of Slack's Web API: in its turn, and with every refusal as the core's."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.pacing import A_MESSAGE, PATIENCE, Pace
from bot.adapters.slack.refusals import (
    NOT_INSTALLED,
    PROBLEMS,
    Problem,
    error_of,
    refusal,
    seconds_to_wait,
)
from bot.adapters.slack.workspaces import Workspace, Workspaces
from bot.core.ports import SendRefused, SendUncertain

Method = Callable[..., Awaitable[AsyncSlackResponse]]
Answer = dict[str, Any]

log = logging.getLogger(__name__)

REMEMBERED = 10_000
_POSTS = "chat_postMessage"


class Calls:
    """Slack limits messages by channel, and all else by method and workspace."""

    def __init__(self, workspaces: Workspaces, pace: Pace) -> None:
        self._workspaces = workspaces
        self._pace = pace
        self._names: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def read(
        self, workspace: Workspace, method: Method, *, patient: bool = False, **arguments: object
    ) -> Answer:
        """Raises SendRefused. A `patient` call waits however long Slack asks it to."""
        while True:
            try:
                return await self._call(workspace, method, None if patient else PATIENCE, arguments)
            except PROBLEMS as problem:
                seconds = seconds_to_wait(problem)
                if patient and seconds is not None:
                    name = getattr(method, "__name__", "")
                    log.info("Slack asks to wait", extra={"method": name, "seconds": seconds})
                    continue
                raise await self._refused(workspace, problem, arguments, False) from problem

    async def write(self, workspace: Workspace, method: Method, **arguments: object) -> Answer:
        """Goes out once. Raises SendRefused or SendUncertain."""
        try:
            return await self._call(workspace, method, PATIENCE, arguments)
        except PROBLEMS as problem:
            raise await self._refused(workspace, problem, arguments, True) from problem

    async def _call(
        self,
        workspace: Workspace,
        method: Method,
        patience: float | None,
        arguments: dict[str, object],
    ) -> Answer:
        name = getattr(method, "__name__", "")
        posts = name == _POSTS
        key = (workspace.team, arguments.get("channel") if posts else name)
        await self._pace.turn(key, A_MESSAGE if posts else 0.0, patience)
        try:
            answer = await method(**arguments)
        except PROBLEMS as problem:
            if (seconds := seconds_to_wait(problem)) is not None:
                self._pace.hold(key, seconds)
            if error_of(problem) in NOT_INSTALLED:
                self._workspaces.forget(workspace.team)
            raise
        found = answer.data
        return found if isinstance(found, dict) else {}

    async def _refused(
        self, workspace: Workspace, problem: Problem, arguments: dict[str, object], writes: bool
    ) -> SendRefused | SendUncertain:
        channel = arguments.get("channel")
        named = isinstance(channel, str) and error_of(problem) not in ("", *NOT_INSTALLED)
        name = await self._name(workspace, str(channel)) if named else None
        return refusal(problem, name, writes=writes)

    async def _name(self, workspace: Workspace, channel: str) -> str | None:
        """What people call a channel; None where Slack doesn't say."""
        key = (workspace.team, channel)
        if key not in self._names:
            try:
                answer = await workspace.client.conversations_info(channel=channel)
            except PROBLEMS:
                return None
            self.named(workspace.team, channel, answer["channel"].get("name") or "")
        return self._names[key] or None

    def named(self, team: str, channel: str, name: str) -> None:
        """What a channel is called now."""
        self._names[team, channel] = name
        self._names.move_to_end((team, channel))
        if len(self._names) > REMEMBERED:
            self._names.popitem(last=False)
