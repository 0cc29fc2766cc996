"""Slack as the core's Platform: what the bot posts, finds, changes and reads there."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.slack import inbound, marks, permissions, render
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.history import Bookmark, Reader
from bot.adapters.slack.pacing import Pace
from bot.adapters.slack.people import People
from bot.adapters.slack.refusals import NOT_THERE, error_of, lacking, not_installed
from bot.adapters.slack.render import Rendered
from bot.adapters.slack.sharing import Sharing
from bot.adapters.slack.workspaces import Clients, Workspace, Workspaces
from bot.core.cards import Card
from bot.core.events import AccountRef, MessageRef, Person, Place, RoleRef, Space, ThreadRef
from bot.core.ports import Posted, PromptChannel, SeenMessage, SendRefused

log = logging.getLogger(__name__)

NOBODY = "user_not_found"
NO_ROLES = "Slack has no roles that Coalface could go by; name staff with /course staff."


@dataclass(slots=True)
class _Looked:
    """How far a search for a send is, and what it has found."""

    bookmark: Bookmark = field(default_factory=Bookmark)
    found: set[str] = field(default_factory=set)


class SlackPlatform:
    """Implements `bot.core.ports.Platform`.

    A prompt is a message and the thread under it, which has the message's `ts`.
    """

    name = inbound.NAME
    settling = timedelta(seconds=30)
    references = False

    def __init__(self, clients: Clients, pace: Pace | None = None) -> None:
        self.workspaces = Workspaces(clients)
        self.calls = Calls(self.workspaces, pace or Pace())
        self.people = People(self.calls)
        self.sharing = Sharing(self.workspaces, self.calls)
        self._reader = Reader(self.calls, self.people)
        self._looked: dict[tuple[Place, str, datetime], _Looked] = {}

    # --- sending --------------------------------------------------------------------------------

    async def post(self, place: Place, card: Card, key: str) -> MessageRef:
        workspace = await self._workspace(place.space)
        first = render.to_messages(card)[0]
        return inbound.to_ref(await self._send(workspace, place, first, marks.to_metadata(key)))

    async def complete(self, place: Place, message: MessageRef, card: Card, key: str) -> Posted:
        """Slack's thread is there with its message, so that only what went beyond one message is
        to be said in it."""
        parts = render.to_messages(card)
        posted = Posted(message, place.thread or ThreadRef(message))
        if len(parts) == 1:
            return posted
        workspace = await self._workspace(place.space)
        thread = Place(place.space, place.channel, posted.thread)
        pages = self._reader.pages(workspace, thread, Bookmark(), oldest=message)
        there = [one async for page in pages for one in page if workspace.wrote(one)]
        for number, part in enumerate(parts[1:], 1):
            if not any(marks.carries(one, key, number) for one in there):
                await self._send(workspace, thread, part, marks.to_metadata(key, number))
        return posted

    async def _send(
        self,
        workspace: Workspace,
        place: Place,
        message: Rendered,
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        """Post one message; its `ts`."""
        marked = {} if metadata is None else {"metadata": metadata}
        answer = await self.calls.write(
            workspace,
            workspace.client.chat_postMessage,
            channel=str(place.channel),
            thread_ts=place.thread,
            **message.to_post(),
            **marked,
        )
        return str(answer["ts"])

    def for_all(self, thread: Place) -> Place:
        return replace(thread, thread=None)

    async def find(self, place: Place, key: str, since: datetime) -> MessageRef | None:
        workspace = await self._workspace(place.space)
        found = sorted(await self._standing(workspace, place, key, since), key=inbound.to_instant)
        for twin in found[1:]:  # a request that was taken late may have posted it twice
            log.warning("a send stood twice in its channel; the younger one is removed")
            await self.calls.write(
                workspace, workspace.client.chat_delete, channel=str(place.channel), ts=twin
            )
        return inbound.to_ref(found[0]) if found else None

    async def _standing(
        self, workspace: Workspace, place: Place, key: str, since: datetime
    ) -> set[str]:
        """Where Slack gives a page a minute, each time one page more: what is looked for was sent
        before the first of them was read."""
        looked = self._looked.setdefault((place, key, since), _Looked())
        pages = self._reader.pages(workspace, place, looked.bookmark, oldest=inbound.to_ts(since))
        try:
            async for page in pages:
                looked.found |= {
                    str(message["ts"])
                    for message in page
                    if workspace.wrote(message) and marks.carries(message, key)
                }
        except SendRefused as problem:
            if problem.retry_after is None:
                del self._looked[place, key, since]
            raise
        del self._looked[place, key, since]
        return looked.found

    async def update(self, place: Place, message: MessageRef, card: Card) -> None:
        """The metadata that Slack keeps with the message stays as it is."""
        workspace = await self._workspace(place.space)
        shown = render.to_messages(card)[0]
        await self.calls.write(
            workspace,
            workspace.client.chat_update,
            channel=str(place.channel),
            ts=str(message),
            blocks=list(shown.blocks),
            text=shown.text,
        )

    async def set_open(self, place: Place, open_: bool) -> None:
        """Slack's threads can't be locked: what is written after the closing is not counted."""

    async def tell(self, place: Place, person: AccountRef, card: Card) -> None:
        """In the thread where they are, so that only they see it; else in a direct message.

        What only one person sees in a channel is lost on those who aren't looking (Slack's
        documentation, chat.postEphemeral), so it is for those who have just written there.
        """
        workspace = await self._workspace(place.space)
        messages = render.to_messages(card)
        if place.thread is not None and await self._told_there(workspace, place, person, messages):
            return
        answer = await self.calls.write(
            workspace, workspace.client.conversations_open, users=str(person)
        )
        direct = inbound.to_place(workspace.team, answer["channel"]["id"])
        for message in messages:
            await self._send(workspace, direct, message)

    async def _told_there(
        self, workspace: Workspace, place: Place, person: AccountRef, messages: Sequence[Rendered]
    ) -> bool:
        for message in messages:
            try:
                await self.calls.write(
                    workspace,
                    workspace.client.chat_postEphemeral,
                    channel=str(place.channel),
                    user=str(person),
                    thread_ts=place.thread,
                    blocks=list(message.blocks),
                    text=message.text,
                )
            except SendRefused as problem:
                if error_of(problem.__cause__ or problem) in NOT_THERE:
                    return False
                raise
        return True

    async def post_notice(self, place: Place, card: Card) -> None:
        workspace = await self._workspace(place.space)
        await self._for_notices(workspace, place)
        for message in render.to_messages(card):
            await self._send(workspace, place, message)

    async def notice_channel(self, place: Place) -> str:
        workspace = await self._workspace(place.space)
        return str((await self._for_notices(workspace, place))["name"])

    async def _for_notices(self, workspace: Workspace, place: Place) -> Mapping[str, Any]:
        """A private channel that the bot is in: everybody in a workspace can read a public one."""
        channel = await self._usable(workspace, place)
        if not channel.get("is_private"):
            raise SendRefused(
                f"#{channel['name']} is public, and everybody in the workspace can read it; notices"
                " to staff need a private channel."
            )
        return channel

    async def _usable(self, workspace: Workspace, place: Place) -> Mapping[str, Any]:
        """A channel in which something can be posted."""
        found = await self.calls.read(
            workspace, workspace.client.conversations_info, channel=str(place.channel)
        )
        channel: Mapping[str, Any] = found["channel"]
        name = channel.get("name", "")
        self.calls.named(workspace.team, str(place.channel), name)
        if channel.get("is_archived"):
            raise SendRefused(f"On Slack #{name} is archived; unarchive it, or use another.")
        if not channel.get("is_member"):
            raise SendRefused(f"Coalface is not in #{name}; type /invite @Coalface there.")
        return channel

    async def with_addresses(
        self, space: Space, accounts: Collection[AccountRef], addresses: Collection[str]
    ) -> Mapping[AccountRef, str]:
        """Where the workspace has given no permission for it, nobody is asked for."""
        workspace = await self._workspace(space)
        if permissions.missing(workspace.scopes, permissions.EMAILS):
            return {}
        return await self.people.with_addresses(workspace, accounts, addresses)

    async def channel_name(self, place: Place) -> str | None:
        workspace = await self._workspace(place.space)
        found = await self.calls.read(
            workspace, workspace.client.conversations_info, patient=True, channel=str(place.channel)
        )
        name = str(found["channel"].get("name") or "")
        self.calls.named(workspace.team, str(place.channel), name)
        return name

    async def prompt_channel(self, place: Place) -> PromptChannel:
        workspace = await self._workspace(place.space)
        return PromptChannel(str((await self._usable(workspace, place))["name"]))

    async def staff_role(self, space: Space, role: RoleRef) -> str:
        raise SendRefused(NO_ROLES)

    async def notified_role(self, place: Place, role: RoleRef) -> str:
        raise SendRefused(NO_ROLES)

    async def person(self, space: Space, ref: AccountRef) -> Person | None:
        """Slack tells of those who leave a channel; who was deactivated while Coalface was away is
        found here."""
        workspace = await self._workspace(space)
        try:
            answer = await self.calls.read(workspace, workspace.client.users_info, user=str(ref))
        except SendRefused as problem:
            if error_of(problem.__cause__ or problem) == NOBODY:
                return None
            raise
        self.people.saw(workspace.team, answer["user"])
        return None if answer["user"].get("deleted") else self.people.named(workspace.team)(ref)

    def shortcomings(self, space: Space) -> Sequence[str]:
        workspace = self.workspaces.known(space.ref)
        if workspace is None:
            return [not_installed().sentence]
        missing = [scope for scope in permissions.scopes() if scope not in workspace.scopes]
        return [lacking(",".join(missing))] if missing else []

    # --- reading --------------------------------------------------------------------------------

    async def history(self, place: Place, since: datetime) -> AsyncIterator[SeenMessage]:
        workspace = await self._workspace(place.space)
        async for seen in self._reader.history(workspace, place):
            yield seen

    def link(self, place: Place, message: MessageRef) -> str:
        """Slack's documentation, chat.getPermalink, shows what a permalink is made of."""
        workspace = self.workspaces.known(place.space.ref)
        url = "https://slack.com/" if workspace is None else workspace.url
        link = f"{url}archives/{place.channel}/p{message.replace('.', '')}"
        if place.thread in (None, ThreadRef(message)):
            return link
        return f"{link}?thread_ts={place.thread}&cid={place.channel}"

    async def _workspace(self, space: Space) -> Workspace:
        return await self.workspaces.get(space.ref)
