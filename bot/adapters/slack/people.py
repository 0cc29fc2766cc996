"""What people are called in their workspaces: Slack's messages name nobody but by their id, so
whoever is not known is asked for."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.adapters.slack.calls import Calls
from bot.adapters.slack.inbound import Named
from bot.adapters.slack.refusals import error_of
from bot.adapters.slack.workspaces import Workspace
from bot.core.events import AccountRef, Person
from bot.core.ports import SendRefused

REMEMBERED = 10_000
HOLDS = 60.0
"""Seconds for which what Slack said of a person is gone by, where it matters what they may do, or
that they have no address."""
SLACKBOT = "USLACKBOT"
"""Slack's own, and no bot by what users.info says of it."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Known:
    """`manages`: an admin or owner of this very workspace. `visits`: a guest, or a person of
    another workspace in a shared channel, whatever they are in their own. `since`: when Slack said
    so, in seconds of the running clock. `address`: a digest of their e-mail address, where Slack
    gives one that it vouches for."""

    name: str
    automated: bool = False
    manages: bool = False
    visits: bool = False
    since: float = field(default=0.0, compare=False)
    address: bytes | None = field(default=None, compare=False)


class People:
    """The names that were last seen, in memory only; ids are Slack's, the same in every workspace
    that shares a channel."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[tuple[str, str], Known] = OrderedDict()
        self._creators: OrderedDict[tuple[str, str], str] = OrderedDict()

    def named(self, team: str) -> Named:
        """From a person's id to the person, as far as they are known; a name may be empty."""

        def person(user: str) -> Person:
            known = self._known.get((team, user), Known("", automated=user == SLACKBOT))
            return Person(AccountRef(user), known.name, known.automated)

        return person

    async def learn(
        self, workspace: Workspace, users: Iterable[str], *, patient: bool = False
    ) -> bool:
        """Ask for those who are not known; whether there were any. Who can't be asked for keeps
        their id alone."""
        asked = False
        for user in users:
            if user and (workspace.team, user) not in self._known:
                asked = True
                try:
                    await self.look(workspace, user, patient=patient)
                except SendRefused:
                    continue
        return asked

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
        guest = user.get("is_restricted") or user.get("is_ultra_restricted")
        visits = bool(guest or user.get("is_stranger") or elsewhere)
        leads = any(user.get(f"is_{role}") for role in ("admin", "owner", "primary_owner"))
        known = Known(
            name,
            automated=bool(user.get("is_bot")) or user.get("id") == SLACKBOT,
            manages=leads and not visits and not user.get("deleted"),
            visits=visits,
            since=time.monotonic(),
            address=None if elsewhere else self._address(user),
        )
        _keep(self._known, (team, str(user["id"])), known)
        return known

    async def with_addresses(
        self, workspace: Workspace, users: Iterable[AccountRef], addresses: Iterable[str]
    ) -> dict[AccountRef, str]:
        """Which of these have one of these e-mail addresses; who can't be asked for has none."""
        wanted = {self._digest(address): address for address in addresses}
        found = {}
        for user in users:
            known = self._known.get((workspace.team, user))
            if known is None or (known.address is None and _is_old(known)):
                try:
                    known = await self.look(workspace, user, patient=True)
                except SendRefused:
                    continue
            if known.address in wanted:
                found[user] = wanted[known.address]
        return found

    def _address(self, user: Mapping[str, Any]) -> bytes | None:
        """Of a person of the workspace who is there; an address that was not confirmed is none."""
        email = str((user.get("profile") or {}).get("email") or "").strip()
        stands_for_nobody = any(user.get(mark) for mark in ("is_bot", "is_stranger", "deleted"))
        if not email or stands_for_nobody or user.get("is_email_confirmed") is False:
            return None
        return self._digest(email)

    def _digest(self, address: str) -> bytes:
        """By a key that this run alone has: no address is kept, not even here."""
        return hashlib.blake2b(address.casefold().encode(), key=self._key, digest_size=16).digest()

    async def manages(self, workspace: Workspace, user: str, channel: str) -> bool:
        """Whether somebody may set a course up in a channel: an admin or owner of the workspace, or
        who created the channel. Slack is asked again after a minute. Raises SendRefused."""
        known = self._known.get((workspace.team, user))
        if known is None or _is_old(known):
            known = await self.look(workspace, user)
        if known.manages or known.visits:
            return known.manages
        return bool(channel) and await self._creator(workspace, channel) == user

    async def _creator(self, workspace: Workspace, channel: str) -> str:
        """Who created a channel, which never changes; nobody where Coalface can't see it."""
        key = (workspace.team, channel)
        if key not in self._creators:
            info = workspace.client.conversations_info
            creator = ""
            try:
                found = await self._calls.read(workspace, info, channel=channel)
                creator = str(found["channel"].get("creator") or "")
            except SendRefused as problem:
                match error_of(problem.__cause__ or problem):
                    case "channel_not_found":  # it may be invited yet
                        return ""
                    case "missing_scope":  # a conversation of some people alone
                        pass
                    case _:
                        raise
            _keep(self._creators, key, creator)
        return self._creators[key]


def _is_old(known: Known) -> bool:
    return time.monotonic() - known.since > HOLDS


def _keep(kept: OrderedDict[tuple[str, str], _Value], key: tuple[str, str], value: _Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)


def _teams(user: Mapping[str, Any]) -> Iterable[str]:
    """The workspaces of an organisation that a person is in."""
    return (user.get("enterprise_user") or {}).get("teams") or ()
