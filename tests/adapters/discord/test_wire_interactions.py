"""Commands, buttons and forms on the loopback Discord, with the real discord.py."""

from collections.abc import AsyncIterator
from typing import ClassVar

import discord
import pytest
from discord import app_commands

from tests.fakes.discord_wire import Message, Wire
from tests.fakes.discord_wire.listening import NO_CONTENT, Bot, Scene, running, until, words


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire().opened() as opened:
        yield opened
    assert opened.unknown == []


@pytest.fixture
def scene(wire: Wire) -> Scene:
    return Scene(wire.world)


@pytest.fixture
async def bot(wire: Wire, scene: Scene) -> AsyncIterator[Bot]:
    async with running(Bot()) as running_bot:
        yield running_bot


class Answer(discord.ui.Modal, title="Your answer"):
    words: discord.ui.TextInput["Answer"] = discord.ui.TextInput(label="Words", custom_id="words")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Taken: {self.words.value}")
        await interaction.followup.send("Only you see this.", ephemeral=True)


# --- commands and forms -------------------------------------------------------------------------


def with_commands(bot: Bot) -> Bot:
    group = app_commands.Group(name="course", description="The course")

    @group.command(name="answer", description="Answer")
    async def answer(interaction: discord.Interaction, topic: str) -> None:
        await interaction.response.send_modal(Answer())

    @answer.autocomplete("topic")
    async def topics(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=current + "lak", value="kulak")]

    @app_commands.context_menu(name="Why counted?")
    async def why(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.content}!", ephemeral=True)

    bot.tree.add_command(group)
    bot.tree.add_command(why)
    return bot


async def test_a_form_is_answered_with_a_private_word_after(wire: Wire, scene: Scene) -> None:
    async with running(with_commands(Bot())) as bot:
        await bot.tree.sync()
        ran = wire.world.run_command(scene.bo, scene.channel, "course answer", topic="kulak")
        await ran.answered()
        sent = wire.world.submit_modal(ran, words="A rich farmer.")
        assert (await sent.told(1)).content == "Taken: A rich farmer."
        private = await sent.told(2)
        assert (private.content, private.seen_by) == ("Only you see this.", scene.bo)
        assert words(scene.channel) == ["Taken: A rich farmer."]

        typed = wire.world.autocomplete(
            scene.bo, scene.channel, "course answer", "topic", topic="ku"
        )
        await typed.answered()
        assert typed.choices == [{"name": "kulak", "value": "kulak"}]


async def test_context_menus_show_words_without_the_intent(wire: Wire, scene: Scene) -> None:
    wire.application.content_enabled = False
    async with running(with_commands(Bot(NO_CONTENT))) as bot:
        await bot.tree.sync(guild=None)
        said = wire.world.say(scene.bo, scene.channel, "Because")
        ran = wire.world.run_context(scene.bo, "Why counted?", said)
        assert (await ran.told()).content == "Because!"


class Idle(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Later", custom_id="later"))


class Twice(Answer, title="Again"):
    refused: ClassVar[list[discord.HTTPException]] = []

    async def on_submit(self, interaction: discord.Interaction) -> None:
        try:
            await interaction.response.send_modal(Answer())
        except discord.HTTPException as refused:
            self.refused.append(refused)


class Buttons(discord.ui.View):
    @discord.ui.button(label="Twice", custom_id="twice")
    async def twice(
        self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]
    ) -> None:
        await interaction.response.send_modal(Twice())

    @discord.ui.button(label="Slow", custom_id="slow")
    async def slow(self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("Done.")
        await interaction.followup.send("Public.")


async def test_a_deferral_is_filled_by_the_first_word_after(
    wire: Wire, scene: Scene, bot: Bot
) -> None:
    sent = await bot.at(scene.channel).send("Choose", view=Buttons(timeout=None))
    message: Message = scene.channel.messages[sent.id]
    pressed = wire.world.press(scene.bo, message, "Slow")
    await pressed.told(2)
    first, second = pressed.messages
    assert (first.content, first.ephemeral, second.ephemeral) == ("Done.", True, False)


async def test_answers_too_late_or_twice_are_refused(wire: Wire, scene: Scene, bot: Bot) -> None:
    sent = await bot.at(scene.channel).send("Choose", view=Idle())
    wire.world.press(scene.bo, scene.channel.messages[sent.id], "Later")
    await until(lambda: bot.all("interaction"))
    wire.world.move(seconds=4)
    with pytest.raises(discord.NotFound) as refused:
        await bot.all("interaction")[0].response.send_message("Late")
    assert refused.value.code == 10062
    wire.world.press(scene.bo, scene.channel.messages[sent.id], "Later")
    await until(lambda: len(bot.all("interaction")) == 2)
    (_, kept) = bot.all("interaction")
    await kept.response.defer()
    with pytest.raises(discord.InteractionResponded):
        await kept.response.defer()
    wire.world.move(minutes=16)
    with pytest.raises(discord.HTTPException) as refused_later:
        await kept.followup.send("Too late")
    assert refused_later.value.code == 50027


async def test_a_form_cannot_answer_a_form(wire: Wire, scene: Scene, bot: Bot) -> None:
    """discord.py sends it all the same: Discord is who refuses."""
    sent = await bot.at(scene.channel).send("Choose", view=Buttons(timeout=None))
    ran = await wire.world.press(scene.bo, scene.channel.messages[sent.id], "Twice").answered()
    wire.world.submit_modal(ran, Words="Something")
    await until(lambda: Twice.refused)
    assert Twice.refused.pop().code == 50035
