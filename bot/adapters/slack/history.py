"""Reading what stands on Slack: a thread whole, a channel since some time; page by page, by Slack's
cursor and never by count.

An app that is distributed commercially outside Slack's Marketplace gets 15 messages a page and a
page a minute (Slack's documentation, conversations.replies, since May 29, 2025): it takes longer,
and is the same.
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack import inbound
from bot.adapters.slack.calls import Answer, Calls, Method
from bot.adapters.slack.people import People
from bot.adapters.slack.refusals import error_of
from bot.adapters.slack.workspaces import Workspace
from bot.core.events import Person, Place
from bot.core.ports import SeenMessage, SendRefused

log = logging.getLogger(__name__)

PAGE = 200
"""The most that Slack recommends: Slack's documentation, Pagination."""
FEWER = 15
"""What an app gets that is distributed outside the Marketplace, if it may not even ask for more."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads with the names that `people` knows, and asks for the others."""

    calls: Calls
    people: People

    async def history(self, workspace: Workspace, place: Place) -> AsyncIterator[SeenMessage]:
        """A thread whole, oldest first, without the message it stands under.

        Outside threads nobody answers anything on Slack: there is nothing to read then.
        """
        if place.thread is None:
            return
        async for message in self.thread(workspace, place, patient=True):
            if inbound.to_thread(message) is not None and inbound.is_written(message):
                yield await self._seen(workspace, message, place)

    async def thread(
        self, workspace: Workspace, place: Place, *, oldest: str = "0", patient: bool = False
    ) -> AsyncIterator[Answer]:
        """A thread's messages as Slack has them, with the one it stands under; oldest first."""
        method = workspace.client.conversations_replies
        pages = self._pages(workspace, method, place, oldest, patient, ts=str(place.thread))
        async for messages in pages:
            for message in messages:
                yield message

    async def channel(
        self, workspace: Workspace, place: Place, *, oldest: str
    ) -> AsyncIterator[Answer]:
        """What stands in a channel outside threads since then, as Slack has it; newest first."""
        method = workspace.client.conversations_history
        async for messages in self._pages(workspace, method, place, oldest, patient=False):
            for message in messages:
                yield message

    async def _pages(
        self,
        workspace: Workspace,
        method: Method,
        place: Place,
        oldest: str,
        patient: bool,
        **arguments: object,
    ) -> AsyncIterator[list[Answer]]:
        limit, cursor, read = PAGE, "", 0
        while True:
            try:
                page = await self.calls.read(
                    workspace,
                    method,
                    patient=patient,
                    channel=str(place.channel),
                    oldest=oldest,
                    inclusive=True,
                    include_all_metadata=True,
                    limit=limit,
                    cursor=cursor or None,
                    **arguments,
                )
            except SendRefused as problem:
                if limit == FEWER or error_of(problem.__cause__ or problem) != "invalid_limit":
                    raise
                limit = FEWER
                continue
            yield page["messages"]
            read += len(page["messages"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
            log.info("reading goes on", extra={"channel": place.channel, "messages": read})

    async def _seen(self, workspace: Workspace, message: Answer, place: Place) -> SeenMessage:
        marks = await self._marks(workspace, message, place)
        users = [*inbound.people_in(message), *(user for user, _ in marks)]
        await self.people.learn(workspace, users, patient=True)
        named = self.people.named(workspace.team)
        reactions: list[tuple[Person, str]] = [(named(user), emoji) for user, emoji in marks]
        return SeenMessage(inbound.to_posted(message, place, named), tuple(reactions))

    async def _marks(
        self, workspace: Workspace, message: Answer, place: Place
    ) -> list[tuple[str, str]]:
        """Who reacted with what. Slack may name only some of them beside a message: Slack's
        documentation, reactions.get."""
        reactions: list[dict[str, Any]] = message.get("reactions") or []
        if any(len(r.get("users") or ()) < r.get("count", 0) for r in reactions):
            whole = await self.calls.read(
                workspace,
                workspace.client.reactions_get,
                patient=True,
                channel=str(place.channel),
                timestamp=message["ts"],
                full=True,
            )
            reactions = whole["message"].get("reactions") or []
        found = [(user, inbound.to_emoji(r["name"])) for r in reactions for user in r["users"]]
        return list(dict.fromkeys(found))
