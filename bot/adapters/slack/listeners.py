"""Every request that Slack sends, each to its place: events to the core's intake, what people ask
to the answering. An event is acknowledged when it is durable, so that Slack sends again what was
not."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.adapters.slack import action_ids, forms, inbound, invocations
from bot.adapters.slack.answering import Answering
from bot.adapters.slack.home import Home
from bot.adapters.slack.manifest import callback_id, command_names
from bot.adapters.slack.parsing import Typed, from_mention, from_slash
from bot.adapters.slack.platform import SlackPlatform
from bot.adapters.slack.workspaces import Workspace
from bot.core.adapting import Core
from bot.core.commands import NO_WORDS, Command, OnMessage
from bot.core.ports import SendRefused, SendUncertain

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
REMEMBERED = 10_000


class Listeners:
    """Registered on one app with `register`. `removed` hears of a workspace that Coalface was
    removed from: its enterprise's and its own id."""

    def __init__(
        self,
        core: Core,
        platform: SlackPlatform,
        removed: Callable[[str | None, str], Awaitable[None]],
    ) -> None:
        self.core = core
        self.answering = Answering(core.dispatcher, core.catalog, platform.people, platform.calls)
        self._home = Home(core.dispatcher, platform.people, platform.calls)
        self._platform = platform
        self._removed = removed
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._behind: set[asyncio.Task[None]] = set()

    def register(self, app: AsyncApp) -> None:
        """Every request of the manifest has a listener: Bolt answers 404 to others, and Slack would
        send them again. Bolt asks them one after the other: those for what comes most are first."""
        for event, listener in self._events().items():
            app.event(event)(listener)
        for name in command_names(self.core.catalog):
            app.command(name)(self.command)
        app.action(action_ids.PATTERN)(self.button)
        app.action(forms.AGAIN)(self.button)
        app.view(forms.CALLBACK_ID)(self.submission)
        app.options(forms.FIELD)(self.suggestions)
        for command in self.core.catalog:
            if command.on_message is not None:
                app.shortcut(callback_id(command))(self._shortcut(command, command.on_message))

    def _events(self) -> Mapping[str, Callable[..., Awaitable[None]]]:
        return {
            "message": self.message,
            "reaction_added": self.message,
            "reaction_removed": self.message,
            "app_mention": self.mention,
            "app_home_opened": self.home,
            "member_joined_channel": self.joined,
            "member_left_channel": self.left,
            "channel_left": self.removed,
            "group_left": self.removed,
            "channel_archive": self.channel_changed,
            "group_archive": self.channel_changed,
            "channel_unarchive": self.channel_changed,
            "group_unarchive": self.channel_changed,
            "channel_deleted": self.channel_changed,
            "group_deleted": self.channel_changed,
            "channel_rename": self.channel_changed,
            "group_rename": self.channel_changed,
            "channel_id_changed": self.channel_changed,
            "user_change": self.person_changed,
            "app_uninstalled": self.uninstalled,
            "tokens_revoked": self.uninstalled,
        }

    # --- what people ask ------------------------------------------------------------------------

    async def command(self, body: Json, ack: AsyncAck, context: AsyncBoltContext) -> None:
        asked = invocations.of_command(body, await self._workspace(context), self._now())
        typed = from_slash(self.core.catalog, body["command"], body.get("text") or "")
        await self.answering.command(asked, typed, ack)

    async def button(
        self, body: Json, action: Json, ack: AsyncAck, context: AsyncBoltContext
    ) -> None:
        asked = invocations.of_press(body, await self._workspace(context), self._now())
        await self.answering.button(asked, action, ack)

    async def submission(
        self, body: Json, view: Json, ack: AsyncAck, context: AsyncBoltContext
    ) -> None:
        form = forms.from_submission(view)
        asked = invocations.of_form(body, await self._workspace(context), self._now(), form.where)
        await self.answering.submission(asked, form, ack)

    async def suggestions(self, body: Json, ack: AsyncAck, context: AsyncBoltContext) -> None:
        form = forms.from_suggestion(body).form
        asked = invocations.of_form(body, await self._workspace(context), self._now(), form.where)
        await ack(options=await self.answering.suggestions(asked, body))

    def _shortcut(self, command: Command, offered: OnMessage) -> Callable[..., Awaitable[None]]:
        async def used(body: Json, ack: AsyncAck, context: AsyncBoltContext) -> None:
            asked = invocations.of_shortcut(body, await self._workspace(context), self._now())
            message = body["message"]
            if offered.gives == "ref":
                given: str = inbound.to_ref(message["ts"])
            else:
                named = self._platform.people.named(asked.workspace.team)
                given = inbound.to_text(message, named)
            if given.strip():
                await self.answering.shortcut(asked, command.name, {offered.param: given}, ack)
            else:
                await self.answering.say(asked, NO_WORDS, ack)

        return used

    async def mention(self, event: Json, context: AsyncBoltContext) -> None:
        """A message that names the bot; the same message comes as `message` too, which counts as a
        reply only where it doesn't begin with the bot's name."""
        if "edited" in event or not event.get("user"):
            return
        if not self._is_new(f"{event['channel']} {event['ts']}"):
            return
        workspace = await self._workspace(context)
        typed = from_mention(self.core.catalog, event.get("text") or "", workspace.user)
        await self._platform.people.learn(workspace, [workspace.user])
        named = self._platform.people.named(workspace.team)
        if isinstance(typed, Typed) or inbound.is_to_a_bot(event, named):
            await self.answering.mention(invocations.of_mention(event, workspace), typed)

    async def home(self, event: Json, context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            workspace = await self._workspace(context)
            asked = invocations.of_home(event, workspace, self._now())
            self._follow(self._home.show(asked), "show the home")

    # --- what happens ---------------------------------------------------------------------------

    async def message(self, body: Json, event: Json, context: AsyncBoltContext) -> None:
        """A message, its edit or deletion, or a reaction. Raises StorageError, so that Slack sends
        it again."""
        if event.get("subtype") in inbound.CONVERTED:
            await self.channel_changed(event, context)
            return
        first = await self._workspace(context)
        for workspace in await self._platform.sharing.hearing(body, first):
            await self._take_in(event, workspace)

    async def _take_in(self, event: Json, workspace: Workspace) -> None:
        people = self._platform.people
        told = inbound.to_event(event, workspace.team, people.named(workspace.team))
        if told is not None and await people.learn(workspace, inbound.people_in(event)):
            told = inbound.to_event(event, workspace.team, people.named(workspace.team))
        if told is not None:
            await self.core.intake.take_in(told)

    async def joined(self, event: Json, context: AsyncBoltContext) -> None:
        """Coalface was invited, perhaps once more: what it missed there is read again."""
        workspace = await self._workspace(context)
        if event.get("user") == workspace.user:
            await self._reread(workspace, event["channel"])

    async def removed(self, event: Json, context: AsyncBoltContext) -> None:
        """A channel was closed to Coalface: staff learn what can't be read."""
        await self._reread(await self._workspace(context), event["channel"])

    async def channel_changed(self, event: Json, context: AsyncBoltContext) -> None:
        """A channel has another name or id, or was archived, brought back, converted or deleted.
        Told twice, staff hear of it once. Raises StorageError."""
        workspace = await self._workspace(context)
        change = inbound.to_channel_changed(event, workspace.team, self._now())
        if change is None:
            return
        await self.core.recovery.take_in(change)
        if change.name is not None:
            self._platform.calls.named(workspace.team, change.channel, change.name)
        told = f"{event['type']} {change.channel} {event.get('event_ts') or change.became}"
        if change.became is not None and self._is_new(told):
            self._follow(self.core.recovery.tell_of(change), "tell of a channel")
            if change.became == "unarchived":
                await self._reread(workspace, change.channel)

    async def left(self, body: Json, event: Json, context: AsyncBoltContext) -> None:
        """Somebody left a channel; of Coalface itself Slack tells otherwise."""
        for workspace in await self._platform.sharing.hearing(body, await self._workspace(context)):
            if event["user"] != workspace.user:
                await self.core.intake.take_in(inbound.to_left(event, workspace.team))

    async def person_changed(self, event: Json, context: AsyncBoltContext) -> None:
        """A new name, or an account that was deactivated."""
        workspace, user = await self._workspace(context), event["user"]
        self._platform.people.saw(workspace.team, user)
        if user.get("deleted"):
            await self.core.intake.take_in(inbound.to_gone(event, workspace.team))

    async def nothing(self) -> None:
        """Acknowledged, so that Slack does not send it again."""

    async def uninstalled(self, event: Json, context: AsyncBoltContext) -> None:
        """Removed, or its token revoked; of people's own tokens there are none."""
        if event["type"] == "tokens_revoked" and not event.get("tokens", {}).get("bot"):
            return
        team = context.team_id or ""
        self._platform.workspaces.forget(team)
        await self._removed(context.enterprise_id, team)

    async def _reread(self, workspace: Workspace, channel: str) -> None:
        place = inbound.to_place(workspace.team, channel)
        self._follow(self.core.recovery.reread(place), "read a channel again")

    def _follow(self, work: Awaitable[object], doing: str) -> None:
        """Go on after the acknowledgement: it takes longer than Slack waits."""
        task = asyncio.create_task(self._safely(work, doing))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _safely(self, work: Awaitable[object], doing: str) -> None:
        try:
            await work
        except (SendRefused, SendUncertain) as problem:
            log.warning("Slack refused", extra={"doing": doing, "problem": str(problem.__cause__)})
        except Exception as problem:
            self.core.dispatcher.report_failure(problem, doing)

    async def settle(self) -> None:
        """Wait until what has been begun is done, and everybody who asked has been answered."""
        while self._behind:
            await asyncio.gather(*self._behind)
        await self.answering.settle()

    async def close(self) -> None:
        await self.settle()
        await self.answering.close()

    # --- finding --------------------------------------------------------------------------------

    def _is_new(self, key: str) -> bool:
        """Whether this is heard for the first time, of the latest."""
        if key in self._heard:
            return False
        self._heard[key] = None
        if len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
        return True

    async def _workspace(self, context: AsyncBoltContext) -> Workspace:
        return await self._platform.workspaces.get(context.team_id or "")

    def _now(self) -> Any:
        return self.core.clock.now()
