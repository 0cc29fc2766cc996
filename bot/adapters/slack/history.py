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
from bot.adapters.slack.calls import Answer, Calls
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


@dataclass(slots=True)
class Bookmark:
    """How far a reading is."""

    cursor: str = ""
    limit: int = PAGE


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
        async for page in self.pages(workspace, place, Bookmark(), patient=True):
            for message in page:
                if inbound.to_thread(message) is not None and inbound.is_written(message):
                    yield await self._seen(workspace, message, place)

    async def pages(
        self,
        workspace: Workspace,
        place: Place,
        bookmark: Bookmark,
        *,
        oldest: str = "0",
        patient: bool = False,
    ) -> AsyncIterator[list[Answer]]:
        """A thread since then, oldest first and on each page the message it stands under; or a
        channel outside threads, newest first; from the bookmark on. As Slack has it.

        Raises SendRefused, and the bookmark stays where it was.
        """
        client, read = workspace.client, 0
        method = client.conversations_replies if place.thread else client.conversations_history
        under = {"ts": str(place.thread)} if place.thread else {}
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
                    limit=bookmark.limit,
                    cursor=bookmark.cursor or None,
                    **under,
                )
            except SendRefused as problem:
                error = error_of(problem.__cause__ or problem)
                if bookmark.limit == FEWER or error != "invalid_limit":
                    raise
                bookmark.limit = FEWER
                continue
            yield page["messages"]
            read += len(page["messages"])
            bookmark.cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not bookmark.cursor:
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
