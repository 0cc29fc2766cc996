"""Discord's side of the contract: the real discord.py on a Discord that simcord plays."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import discord
from simcord import ChannelHandle, MemberActor
from simcord.env import Env
from simcord.results import InteractionResult

from bot.app import App, open_app
from bot.config import load
from bot.core import catalog
from bot.core.commands import Catalog, Type
from tests.contract.browser import PostOffice
from tests.contract.conversation import Files, Said, do_what_is_due, how_long, is_post_of
from tests.fakes.simulated_discord import simulated
from tests.migrating import migrate
from tests.world import START

SERVER = "History department"
FILE_UPLOAD = discord.ComponentType.file_upload.value
STRING_SELECT = discord.ComponentType.select.value
TEXT = discord.ComponentType.text_display.value


class SimulatedClock:
    """The time of the simulated Discord, which is everybody's."""

    def __init__(self) -> None:
        self.env: Env | None = None

    def now(self) -> datetime:
        return START if self.env is None else self.env.now()


class DiscordConversation:
    """Implements tests.contract.conversation.Conversation. What the bot tells somebody directly is
    among what they read."""

    def __init__(self, folder: Path, commands: Catalog | None, *, content: bool) -> None:
        self._folder, self._commands = folder, commands or catalog.build()
        self._content = content
        self._clock = SimulatedClock()
        self._people: dict[str, MemberActor] = {}
        self._forms: dict[str, tuple[str, InteractionResult]] = {}  # refused, and still open
        self._answers: dict[str, discord.Message] = {}  # to each person, the last one
        self._stack = AsyncExitStack()
        self._running = AsyncExitStack()
        self.app: App
        self.env: Env

    async def start(self) -> None:
        client = await self._open()
        self.env = await self._stack.enter_async_context(simulated(client))
        self._clock.env = self.env
        self.guild = self.env.create_guild(SERVER)
        self._managers = self.guild.create_role(
            "managers", permissions=discord.Permissions(manage_guild=True)
        )
        await self.app.services.outbox.deliver_due()

    async def stop(self) -> None:
        await self._stack.aclose()
        await self._running.aclose()

    async def restart(self) -> None:
        await self._running.aclose()
        self._forms.clear()
        await self.env.restart_bot(await self._open())
        await self.app.services.outbox.deliver_due()

    async def _open(self) -> discord.Client:
        settings = load(self._folder)
        migrate(settings.database, self._clock.now())
        self._running = AsyncExitStack()
        self.app = await self._running.enter_async_context(
            open_app(settings, clock=self._clock, commands=self._commands, discord=True)
        )
        self._running.push_async_callback(self.app.settle)
        adapter = self.app.discord
        assert adapter is not None
        self.post_office = PostOffice(self.app.intake)
        adapter.connect(
            self.app.dispatcher, self.post_office, self.app.recovery, self.app.services.catalog
        )
        return adapter.client(content=self._content, shard_count=1)

    async def join(self, *names: str) -> None:
        for name in names:
            roles = [] if self._people else [self._managers]
            user = self.env.create_user(name)
            self._people[name] = self.guild.add_member(user, roles=roles)

    async def channel(self, name: str) -> None:
        self.guild.create_text_channel(name)

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
        person, place = await self._at(who, at, within)
        found = self._commands.find(name)
        assert found is not None
        asked, form = self._forms.pop(who, ("", None))
        if found.form and args and form is None:
            asked, form = name, await person.slash(place, name)
        if asked == name and form is not None:
            filled = {**_filled(form, args), **(files or {})}
            return await self._answered(who, await person.submit_modal(form, filled), name)
        typed: dict[str, Any] = {**(files or {})}
        for param, value in args.items():
            declared = found.param(param)
            known = declared is not None and declared.type is Type.PERSON and value in self._people
            typed[param] = self._people[value] if known else value
            if declared is not None and declared.type is Type.INTEGER:
                typed[param] = int(value)
        return await self._answered(who, await person.slash(place, name, **typed), name)

    async def press(self, who: str, label: str, *, on: str, at: str = "history") -> Said:
        await self._at(who, at, None)
        return await self._pressed(who, label, self._post(on, at))

    async def choose(self, who: str, label: str, *, at: str = "history") -> Said:
        await self._at(who, at, None)
        return await self._pressed(who, label, self._answers[who])

    async def _pressed(self, who: str, label: str, on: discord.Message) -> Said:
        buttons = [child for row in on.components for child in getattr(row, "children", ())]
        button = next(b for b in buttons if (b.label or "").startswith(label))
        pressed = await self._people[who].click(on, custom_id=button.custom_id)
        return await self._answered(who, pressed)

    async def say(self, who: str, text: str, *, within: str | None, at: str = "history") -> None:
        person, place = await self._at(who, at, within)
        await person.send(place, text)
        await self.app.settle()

    async def respond(
        self, who: str, text: str, *, to: str, within: str, at: str = "history"
    ) -> None:
        person, place = await self._at(who, at, within)
        await person.send(place, text, reply_to=_message(place, to))
        await self.app.settle()

    async def use(self, who: str, label: str, *, on: str, within: str, at: str = "history") -> Said:
        person, place = await self._at(who, at, within)
        return await self._answered(
            who, await person.context_menu(place, label, _message(place, on))
        )

    async def open_fact(
        self, who: str, fact: str, *, on: str, within: str, at: str = "history"
    ) -> Said:
        return await self.command(who, "fact about", at=at, within=within, subject=fact)

    async def edit(
        self, who: str, text: str, new: str, *, within: str, at: str = "history"
    ) -> None:  # fmt: skip
        person, place = await self._at(who, at, within)
        await person.edit(_message(place, text), new)

    async def delete(self, who: str, text: str, *, within: str, at: str = "history") -> None:
        person, place = await self._at(who, at, within)
        await person.delete(_message(place, text))

    async def react(
        self, who: str, text: str, emoji: str, *, within: str, at: str = "history"
    ) -> None:
        person, place = await self._at(who, at, within)
        message = _message(place, text)
        marks = self.env.backend.get_message(place.id, message.id).reactions
        there = any(mark.emoji == emoji and person.id in mark.user_ids for mark in marks)
        await person.set_reaction(message, emoji, reacted=not there)

    async def reads(self, who: str, *, within: str | None = None, at: str = "history") -> str:
        person, place = await self._at(who, at, within)
        told = person.user.dm_channel.history(viewer=person.user)
        seen = [*place.history(viewer=person), *told]
        return "\n".join(words(m.content, m.embeds, m.components) for m in seen)

    async def until(self, shown: str) -> None:
        await self.env.advance_time(how_long(self.env.now(), shown))
        await do_what_is_due(self.app)
        await self.app.settle()

    # --- the network ----------------------------------------------------------------------------

    def hold(self) -> None:
        self.post_office.holding = True

    async def deliver(self, *, backwards: bool = False, times: int = 1) -> None:
        held, self.post_office.held = self.post_office.held, []
        self.post_office.holding = False
        for _ in range(times):
            for event in reversed(held) if backwards else held:
                await self.post_office.take_in(event)

    async def lose(self) -> None:
        self.post_office.held.clear()
        self.post_office.holding = False

    # --- finding --------------------------------------------------------------------------------

    async def _at(
        self, who: str, channel: str, within: str | None
    ) -> tuple[MemberActor, ChannelHandle]:
        await self.env.advance_time(1)
        place = self.guild.channels[channel]
        if within is not None:
            post = self._post(within, channel)
            place = next(thread for thread in place.threads if thread.id == post.id)
        return self._people[who], place

    def _post(self, discussion: str, channel: str) -> discord.Message:
        for message in self.guild.channels[channel].history():
            if any(is_post_of(discussion, embed.footer.text or "") for embed in message.embeds):
                return message
        raise AssertionError(f"{discussion} is not posted in #{channel}")

    async def _answered(self, who: str, result: InteractionResult, command: str = "") -> Said:
        """The private answer; or the form, which is left open where it has been refused."""
        await self.app.settle()
        if result.modal is not None:
            self._forms[who] = (command, result)
            return Said(_note(result.modal), values=_values(result.modal))
        answers = [a for a in (result.response, *result.followups) if a is not None]
        assert answers, "nothing was answered"
        assert all(answer.ephemeral for answer in answers)
        self._answers[who] = answers[-1].message
        said = "\n".join(words(a.content, a.embeds, a.message.components) for a in answers)
        if "Edit again" in said:
            opened = await self._people[who].click(answers[-1].message, label="Edit again")
            self._forms[who] = (command, opened)
            assert opened.modal is not None
            return Said(said, values=_values(opened.modal), problems=_problems(answers[-1].embeds))
        files = [
            self.env.backend.cdn.get(file.url) or b"" for a in answers for file in a.attachments
        ]
        return Said(said, files=files)


def _message(place: ChannelHandle, text: str) -> discord.Message:
    return next(message for message in place.history() if message.content == text)


def words(content: str, embeds: list[discord.Embed], components: list[Any]) -> str:
    """A message as a person reads it, without Discord's marks."""
    parts = [content]
    for embed in embeds:
        parts += [embed.title or "", embed.description or ""]
        parts += [f"{field.name}\n{field.value}" for field in embed.fields]
        parts.append(embed.footer.text or "")
    parts += [
        child.label or ""
        for row in components
        for child in getattr(row, "children", ())
        if isinstance(child, discord.Button)
    ]
    return "\n".join(plain(part) for part in parts if part)


def plain(marked: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\((?:[^)\s]+)\)", r"\1", marked)
    text = re.sub(r"(?m)^(?:-# |> |#+ )", "", text)
    text = re.sub(r"```\w*\n?|(?<!\\)(?:\*\*|\*|`|__)", "", text)
    text = re.sub(r"(?<![\\\w])_(?=\S)|(?<=[^\s\\])_(?!\w)", "", text)
    return re.sub(r"\\([^\w\s])", r"\1", text)


def _problems(embeds: list[discord.Embed]) -> dict[str, str]:
    problems = {}
    for part in "\n\n".join(embed.description or "" for embed in embeds).split("\n\n"):
        named = re.match(r"\*\*(\w+): ?\*\* ?(.*)", part, re.DOTALL)
        name, sentence = (named[1], named[2]) if named else ("", part)
        problems[name] = plain(sentence)
    return problems


def _filled(form: InteractionResult, args: dict[str, str]) -> dict[str, Any]:
    """What stands in the fields of a modal already, and what is put in: of a menu, what is chosen
    in it."""
    assert form.modal is not None
    fields = _fields(form.modal)
    menus = {one["custom_id"] for one in fields if one["type"] == STRING_SELECT}
    stands = {one["custom_id"]: _stands(one) for one in fields if _stands(one)}
    return {name: [value] if name in menus else value for name, value in (stands | args).items()}


def _values(modal: dict[str, Any]) -> dict[str, str]:
    fields = [one for one in _fields(modal) if one["type"] != FILE_UPLOAD]
    return {field["custom_id"]: _stands(field) for field in fields}


def _fields(modal: dict[str, Any]) -> list[dict[str, Any]]:
    return [part["component"] for part in modal["components"] if "component" in part]


def _stands(field: dict[str, Any]) -> str:
    """What is in a field when it is shown: typed, or chosen in a menu."""
    chosen = [one["value"] for one in field.get("options", ()) if one.get("default")]
    return str(field.get("value") or next(iter(chosen), ""))


def _note(modal: dict[str, Any]) -> str:
    """What stands in a modal above its fields."""
    return plain("\n".join(p["content"] for p in modal["components"] if p["type"] == TEXT))


@asynccontextmanager
async def on_discord(
    folder: Path, commands: Catalog | None = None, *, content: bool = True
) -> AsyncIterator[DiscordConversation]:
    """A server that nobody but its owner is in yet."""
    conversation = DiscordConversation(folder, commands, content=content)
    await conversation.start()
    try:
        yield conversation
    finally:
        await conversation.stop()
