"""Slack's side of the contract: the real Bolt on the loopback workspace, by Socket Mode or over
HTTP. In threads, where Slack has no commands, people mention Coalface."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bot.adapters.slack.manifest import EVERYTHING, TAKEN, callback_id
from bot.core.commands import Catalog, Type
from tests.adapters.slack.connected import Seminar, Way, a_workspace
from tests.contract.conversation import Files, Said, do_what_is_due, how_long, is_post_of
from tests.fakes.slack_workspace.forms import standing
from tests.fakes.slack_workspace.interactions import Interaction
from tests.fakes.slack_workspace.records import Channel, File, Json, Message, User, View

EMOJI = {"👍": "+1"}


class SlackConversation:
    """Implements tests.contract.conversation.Conversation. What Coalface tells somebody directly,
    or shows them alone in a thread, is among what they read."""

    def __init__(self, seminar: Seminar) -> None:
        self.seminar, self._running = seminar, AsyncExitStack()
        self._slack, self._world = seminar.slack, seminar.world
        self._people: dict[str, User] = {}
        self._channels: dict[str, Channel] = {}
        self._forms: dict[str, tuple[str, View]] = {}  # refused, and still open
        self._standing: dict[str, Mapping[str, Any]] = {}  # what was typed into these
        self._answers: dict[str, Message] = {}  # to each person, the last one
        self._held: list[Json] = []

    async def start(self) -> None:
        await self._running.enter_async_context(self.seminar.up())
        await self.seminar.settle()
        await self.seminar.app.services.outbox.deliver_due()

    async def stop(self) -> None:
        await self._running.aclose()

    async def restart(self) -> None:
        await self.stop()
        self._forms.clear()
        await self.start()

    async def join(self, *names: str) -> None:
        for name in names:
            kind = "member" if self._people else "owner"
            self._people[name] = self._world.add_user(name, self.seminar.team, kind)
        for channel in self._channels.values():
            channel.members += [self._people[name] for name in names]

    async def channel(self, name: str) -> None:
        first, *others = self._people.values()
        self._channels[name] = self._world.add_channel(name, first, *others)

    # --- acts -----------------------------------------------------------------------------------

    async def command(
        self,
        who: str,
        name: str,
        *,
        at: str = "history",
        within: str | None = None,
        files: Files | None = None,
        **args: str,
    ) -> Said:
        person, channel = self._at(who, at)
        command = self.seminar.commands.find(name)
        assert command is not None
        asked, view = self._forms.pop(who, ("", None))
        takes_file = any(param.type is Type.FILE for param in command.params)
        if asked == name and view is not None and (args or takes_file):
            return await self._submitted(who, name, view, {**args, **self._files(person, files)})
        if command.form and args:
            opened = await self._typed(person, channel, f"/{name}", within)
            return await self._submitted(who, name, opened.views[-1], args)
        told = len(self._world.private_to(person))
        given = "".join(f" {self._argument(command.name, *one)}" for one in args.items())
        typed = f"{EVERYTHING} {name}" if command.group in TAKEN else f"/{name}"
        did = await self._typed(person, channel, typed + given, within)
        if files and did.views:
            return await self._submitted(who, name, did.views[-1], self._files(person, files))
        return self._said(who, name, did, told)

    def _files(self, person: User, files: Files | None) -> dict[str, File]:
        return {name: self._world.file(person, *one) for name, one in (files or {}).items()}

    async def _typed(
        self, person: User, channel: Channel, typed: str, within: str | None
    ) -> Interaction:
        """A slash command; in a thread a mention, which opens no form by itself."""
        if within is None:
            name, _, rest = typed.partition(" ")
            ran = self._world.run_command(person, channel, name, rest)
            await ran.answered()
        else:
            post = self._post(within, channel)
            self._world.mention(person, channel, typed.removeprefix("/"), thread=post)
            ran = Interaction(self._world.state, "mention", person)
        await self.seminar.settle()
        return ran

    def _argument(self, command: str, name: str, value: str) -> str:
        found = self.seminar.commands.find(command)
        declared = None if found is None else found.param(name)
        if declared is not None and declared.type is Type.PERSON and value in self._people:
            return f"{name}:@{value}"
        return f'{name}:"{value}"'

    async def _submitted(self, who: str, name: str, view: View, args: Mapping[str, Any]) -> Said:
        person = self._people[who]
        for block in _fields(view):  # a field that completes takes what it suggests
            name_, id_ = _name(block), block["block_id"]
            if block["element"]["type"] == "external_select" and name_ in args:
                await self._world.suggest(person, view, id_, args[name_]).answered()
        told = len(self._world.private_to(person))
        args = {**self._standing.pop(view.id, {}), **args}
        ids = {_name(block): block["block_id"] for block in reversed(_fields(view))}
        sent = await self.seminar.submits(view, **{ids.get(n, n): v for n, v in args.items()})
        if view.is_open:
            self._forms[who] = (name, view)
            if await sent.errors():  # the window stays as it was left
                self._standing[view.id] = args
            typed = {
                _name(block): _first(standing(view, block))
                for block in _fields(view)
                if not _takes_file(block)
            }
            return Said(view.words(), values=typed, problems=await sent.errors() or _problems(view))
        return self._said(who, name, sent, told)

    async def press(self, who: str, label: str, *, on: str, at: str = "history") -> Said:
        person, channel = self._at(who, at)
        return await self._pressed(person, label, self._post(on, channel))

    async def choose(self, who: str, label: str, *, at: str = "history") -> Said:
        person, _ = self._at(who, at)
        return await self._pressed(person, label, self._answers[who])

    async def _pressed(self, person: User, label: str, on: Message) -> Said:
        labels = [(one.get("text") or {}).get("text", "") for one in on.elements()]
        told = len(self._world.private_to(person))
        which = next(one for one in labels if one.startswith(label))
        pressed = self._world.press(person, on, which)
        await pressed.answered()
        await self.seminar.settle()
        return self._said(person.name, "", pressed, told)

    async def say(self, who: str, text: str, *, within: str | None, at: str = "history") -> None:
        person, channel = self._at(who, at)
        thread = None if within is None else self._post(within, channel)
        self._world.say(person, channel, text, thread=thread)
        await self.seminar.settle()

    async def respond(
        self, who: str, text: str, *, to: str, within: str, at: str = "history"
    ) -> None:
        """Slack has no replies by reference: whoever is mentioned first is answered."""
        person, channel = self._at(who, at)
        answered = self._message(to, within, channel).user
        text = self._world.typed(text, channel)
        thread = self._post(within, channel)
        self._world.say(person, channel, f"<@{answered.id}> {text}", thread=thread, raw=True)
        await self.seminar.settle()

    async def edit(
        self, who: str, text: str, new: str, *, within: str, at: str = "history"
    ) -> None:  # fmt: skip
        _, channel = self._at(who, at)
        self._world.edit(self._message(text, within, channel), new)
        await self.seminar.settle()

    async def delete(self, who: str, text: str, *, within: str, at: str = "history") -> None:
        _, channel = self._at(who, at)
        self._world.delete(self._message(text, within, channel))
        await self.seminar.settle()

    async def react(
        self, who: str, text: str, emoji: str, *, within: str, at: str = "history"
    ) -> None:
        person, channel = self._at(who, at)
        message, name = self._message(text, within, channel), EMOJI[emoji]
        there = person in message.reactions.get(name, [])
        (self._world.unreact if there else self._world.react)(person, message, name)
        await self.seminar.settle()

    async def use(self, who: str, label: str, *, on: str, within: str, at: str = "history") -> Said:
        person, channel = self._at(who, at)
        offered = [c for c in self.seminar.commands if c.on_message and c.on_message.label == label]
        told = len(self._world.private_to(person))
        message = self._message(on, within, channel)
        used = self._world.shortcut(person, message, callback_id(offered[0]))
        await used.answered()
        await self.seminar.settle()
        return self._said(who, "", used, told)

    async def open_fact(
        self, who: str, fact: str, *, on: str, within: str, at: str = "history"
    ) -> Said:
        return await self.command(who, "fact about", at=at, within=within, subject=fact)

    async def reads(self, who: str, *, within: str | None = None, at: str = "history") -> str:
        person, channel = self._at(who, at)
        if within is None:
            seen = channel.roots()
        else:
            root = self._post(within, channel)
            seen = [root, *channel.thread(root.ts)]
        alone = [
            one
            for one in self._world.private_to(person)
            if one.channel.kind == "im" or (within and one.channel is channel and one.thread_ts)
        ]
        return "\n".join(one.words() for one in [*seen, *alone])

    async def until(self, shown: str) -> None:
        self._world.move(seconds=how_long(self.seminar.clock.now(), shown))
        await do_what_is_due(self.seminar.app)
        await self.seminar.settle()

    # --- the network ----------------------------------------------------------------------------

    def hold(self) -> None:
        self._world.state.tell = self._held.append

    async def deliver(self, *, backwards: bool = False, times: int = 1) -> None:
        held = self._let_go()
        for _ in range(times):
            for envelope in reversed(held) if backwards else held:
                self._slack.deliveries.tell(envelope)
            await self.seminar.settle()

    async def lose(self) -> None:
        self._let_go()

    def _let_go(self) -> list[Json]:
        held, self._held = self._held, []
        self._world.state.tell = self._slack.deliveries.tell
        return held

    # --- finding --------------------------------------------------------------------------------

    def _at(self, who: str, channel: str) -> tuple[User, Channel]:
        self._world.move(seconds=1)
        return self._people[who], self._channels[channel]

    def _post(self, discussion: str, channel: Channel) -> Message:
        for message in self.seminar.posts(channel):
            if is_post_of(discussion, message.words()):
                return message
        raise AssertionError(f"{discussion} is not posted in #{channel.name}")

    def _message(self, text: str, within: str, channel: Channel) -> Message:
        thread = channel.thread(self._post(within, channel).ts)
        return next(m for m in thread if m.text.partition("> ")[2] == text or m.text == text)

    def _said(self, who: str, name: str, did: Interaction, told: int) -> Said:
        """What was shown to one person alone; or the form, which stays open."""
        person = self._people[who]
        if did.views:
            view = did.views[-1]
            self._forms[who] = (name, view)
            values = {
                _name(block): _first(standing(view, block))
                for block in _fields(view)
                if not _takes_file(block)
            }
            return Said(view.words(), values=values, problems=_problems(view))
        shown = self._world.private_to(person)[told:]
        assert shown, "nothing was answered"
        self._answers[who] = shown[-1]
        files = [file.content for one in shown for file in one.files]
        return Said("\n".join(one.words() for one in shown), files=files)


def _fields(view: View) -> list[Json]:
    return [block for block in view.blocks if block["type"] == "input"]


def _takes_file(block: Json) -> bool:
    return bool(block["element"]["type"] == "file_input")


def _name(block: Json) -> str:
    """The parameter that a field is for, by its label."""
    return str(block["label"]["text"]).removesuffix(" (optional)").lower().replace(" ", "_")


def _first(entry: Json) -> str:
    option = entry.get("selected_option") or {}
    return str(entry.get("value") or option.get("value") or "")


def _problems(view: View) -> dict[str, str]:
    """What is said above the fields, each problem after its field's name in bold."""
    problems: dict[str, str] = {}
    sections = [
        [span for span in section["elements"] if "text" in span]
        for block in view.blocks
        if block["type"] == "rich_text"
        for section in block["elements"]
    ]
    for spans in sections:
        bold = next((n for n, one in enumerate(spans) if "style" in one), None)
        name = "" if bold is None else spans[bold]["text"].removesuffix(": ")
        rest = spans[0 if bold is None else bold + 1 :]
        problems[name] = "".join(span["text"] for span in rest).strip()
    return problems


@asynccontextmanager
async def _on_slack(
    folder: Path, way: Way, commands: Catalog | None
) -> AsyncIterator[SlackConversation]:
    async with a_workspace(folder, way, commands) as seminar:
        conversation = SlackConversation(seminar)
        await conversation.start()
        try:
            yield conversation
        finally:
            await conversation.stop()


@asynccontextmanager
async def by_socket(
    folder: Path, commands: Catalog | None = None
) -> AsyncIterator[SlackConversation]:
    """A workspace that nobody but its owner is in yet; Coalface is connected to it."""
    async with _on_slack(folder, "socket", commands) as conversation:
        yield conversation


@asynccontextmanager
async def over_http(
    folder: Path, commands: Catalog | None = None
) -> AsyncIterator[SlackConversation]:
    """The same, where Slack sends to Coalface."""
    async with _on_slack(folder, "http", commands) as conversation:
        yield conversation
