"""A class on a simulated Discord: the real core over a real database, the real discord.py."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import discord
import pytest
from simcord import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from bot.adapters.discord.answering import Answering
from bot.adapters.discord.commands import CommandTree, install
from bot.core import catalog
from bot.core.commands import Catalog
from bot.core.dispatch import Dispatcher
from bot.core.ports import Platform
from tests.adapters.discord.reading import unescaped
from tests.fakes.simulated_discord import simulated
from tests.world import World, a_world


class Bot(discord.Client):
    """No more than the commands."""

    tree: CommandTree

    def __init__(self, dispatcher: Dispatcher, commands: Catalog, defer_seconds: float) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True))
        self.answering = Answering(dispatcher, commands, defer_seconds)
        self.tree = install(self, self.answering)

    async def setup_hook(self) -> None:
        await self.tree.sync()


@dataclass
class School:
    """A server with #history, its owner and two students; `restart` begins anew with nothing
    remembered but what is in the database and on Discord."""

    world: World
    env: Env
    bot: Bot
    guild: GuildHandle
    history: ChannelHandle
    agnes: MemberActor
    ada: MemberActor
    ben: MemberActor
    commands: Catalog

    async def setup(self, title: str = "History 101") -> None:
        said = await self.agnes.slash(self.history, "course setup", title=title)
        assert f"{title} is set up" in read(said)

    async def restart(self) -> None:
        self.bot = Bot(self.world.app.dispatcher, self.commands, 2.0)
        await self.env.restart_bot(self.bot)


def messages(result: InteractionResult) -> list[ResponseMessage]:
    """All that the bot answered; each is seen by the person who asked only."""
    found = [*([result.response] if result.response else []), *result.followups]
    assert all(message.ephemeral for message in found)
    return found


def read(result: InteractionResult) -> str:
    """What the person reads, without marks."""
    parts: list[str] = []
    for message in messages(result):
        parts.append(message.content)
        for embed in message.embeds:
            fields = [f"{field.name}: {field.value}" for field in embed.fields]
            parts += [embed.title or "", embed.description or "", *fields, embed.footer.text or ""]
    return unescaped("\n".join(part for part in parts if part))


def labels(result: InteractionResult) -> list[str]:
    """The labels of the buttons under the answers."""
    return [
        button["label"]
        for message in messages(result)
        for row in message.components
        for button in row["components"]
    ]


def fields(result: InteractionResult) -> dict[str, dict[str, object]]:
    """The fields of the modal that opened, by name, each with its label."""
    assert result.modal is not None, read(result)
    return {
        label["component"]["custom_id"]: {**label["component"], "label": label["label"],
                                          "description": label.get("description")}
        for label in result.modal["components"]
    }  # fmt: skip


@pytest.fixture
def commands() -> Catalog:
    return catalog.build()


@pytest.fixture
def defer_seconds() -> float:
    return 2.0


@pytest.fixture
async def school(tmp_path: Path, commands: Catalog, defer_seconds: float) -> AsyncIterator[School]:
    async with a_world(tmp_path, commands=commands).opened() as world:
        platforms = cast("dict[str, Platform]", world.app.services.platforms)
        platforms["discord"] = world.app.browser.platform  # nothing is posted here
        bot = Bot(world.app.dispatcher, commands, defer_seconds)
        async with simulated(bot) as env:
            guild = env.create_guild("School")
            manager = guild.create_role(
                "Teacher", permissions=discord.Permissions(manage_guild=True)
            )
            yield School(
                world=world,
                env=env,
                bot=bot,
                guild=guild,
                history=guild.create_text_channel("history"),
                agnes=guild.add_member(env.create_user("Agnes"), roles=[manager]),
                ada=guild.add_member(env.create_user("Ada")),
                ben=guild.add_member(env.create_user("Ben")),
                commands=commands,
            )
