"""What people are called in their workspaces: Slack's messages name nobody but by their id, so
whoever is not known is asked for."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack.calls import Calls
from bot.adapters.slack.inbound import Named
from bot.adapters.slack.workspaces import Workspace
from bot.core.events import AccountRef, Person
from bot.core.ports import SendRefused

REMEMBERED = 10_000
SLACKBOT = "USLACKBOT"
"""Slack's own, and no bot by what users.info says of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """`manages`: an admin or owner of this very workspace. `visits`: a guest, or a person of
    another workspace in a shared channel, whatever they are in their own."""

    name: str
    automated: bool = False
    manages: bool = False
    visits: bool = False


class People:
    """The names that were last seen, in memory only; ids are Slack's, the same in every workspace
    that shares a channel."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: OrderedDict[tuple[str, str], Known] = OrderedDict()

    def named(self, team: str) -> Named:
        """From a person's id to the person, as far as they are known; a name may be empty."""

        def person(user: str) -> Person:
            known = self._known.get((team, user), Known("", automated=user == SLACKBOT))
            return Person(AccountRef(user), known.name, known.automated)

        return person

    async def learn(
        self, workspace: Workspace, users: Iterable[str], *, patient: bool = False
    ) -> None:
        """Ask for those who are not known. Who can't be asked for keeps their id alone."""
        for user in users:
            if user and (workspace.team, user) not in self._known:
                try:
                    await self.look(workspace, user, patient=patient)
                except SendRefused:
                    continue

    async def look(self, workspace: Workspace, user: str, *, patient: bool = False) -> Known:
        """Ask Slack anew. Raises SendRefused."""
        answer = await self._calls.read(
            workspace, workspace.client.users_info, patient=patient, user=user
        )
        return self.saw(workspace.team, answer["user"])

    def saw(self, team: str, user: Mapping[str, Any]) -> Known:
        """What Slack says of a person, in an answer or in `user_change`."""
        profile = user.get("profile") or {}
        name = (
            profile.get("display_name")
            or profile.get("real_name")
            or user.get("real_name")
            or user.get("name")
            or ""
        )
        elsewhere = user.get("team_id") not in (None, team) and team not in _teams(user)
        visits = bool(user.get("is_restricted") or user.get("is_stranger") or elsewhere)
        leads = any(user.get(f"is_{role}") for role in ("admin", "owner", "primary_owner"))
        known = Known(
            name,
            automated=bool(user.get("is_bot")) or user.get("id") == SLACKBOT,
            manages=leads and not visits and not user.get("deleted"),
            visits=visits,
        )
        key = (team, str(user["id"]))
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def manages(self, workspace: Workspace, user: str, channel: str) -> bool:
        """Whether somebody may set a course up in a channel: an admin or owner of the workspace, or
        who created the channel. Asked anew each time. Raises SendRefused."""
        known = await self.look(workspace, user)
        if known.manages or known.visits:
            return known.manages
        info = workspace.client.conversations_info
        found = await self._calls.read(workspace, info, channel=channel)
        return bool(found["channel"].get("creator") == user)


def _teams(user: Mapping[str, Any]) -> Iterable[str]:
    """The workspaces of an organisation that a person is in."""
    return (user.get("enterprise_user") or {}).get("teams") or ()
