"""Every command of the catalogue on Discord: registered, typed, completed, pressed, answered to
the person who asked only."""

import asyncio
from typing import Any

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.adapters.discord import limits
from bot.adapters.discord.commands import characters, fingerprint
from bot.adapters.discord.render import to_messages
from bot.core import catalog
from bot.core.cards import Actions, Button, Card, text
from bot.core.commands import Answer, Catalog, Choice, Command, File, Param, Role, Type
from bot.core.dispatch import Call
from tests import hostile
from tests.adapters.discord.conftest import School, fields, labels, messages, read

BUILT = catalog.build().with_references()


def registered(school: School) -> dict[str, Any]:
    """Every command and subcommand as Discord has it, by the name that one types."""
    found = {}
    for command in school.bot.tree.get_commands(type=discord.AppCommandType.chat_input):
        payload: Any = command.to_dict(school.bot.tree)
        under = [option for option in payload.get("options", []) if option["type"] == 1]
        for verb in under:
            found[f"{payload['name']} {verb['name']}"] = verb
        if not under:
            found[payload["name"]] = payload
    return found


def options(school: School, command: str) -> dict[str, Any]:
    return {option["name"]: option for option in registered(school)[command].get("options", [])}


# --- what is registered -------------------------------------------------------------------------


async def test_every_command_of_the_catalogue_is_there_with_its_summary(school: School) -> None:
    found = registered(school)
    assert list(found) != []
    assert {name: verb["description"] for name, verb in found.items()} == {
        command.name: command.summary for command in BUILT
    }
    assert set(school.ada.available_commands(school.history)) == set(BUILT.names), (
        "whom Discord lets use a command is everybody; the core decides"
    )
    for command in school.bot.tree.get_commands():
        payload: Any = command.to_dict(school.bot.tree)
        assert payload["default_member_permissions"] is None
        assert payload["contexts"] == [0], "in servers only"


async def test_every_parameter_is_an_option_of_its_type(school: School) -> None:
    for command in BUILT:
        made = options(school, command.name)
        assert {name: option["description"] for name, option in made.items()} == {
            param.name: param.summary for param in command.params
        }
        for param in command.params:
            option = made[param.name]
            kinds = {Type.INTEGER: 4, Type.PERSON: 6, Type.CHANNEL: 7, Type.ROLE: 8, Type.FILE: 11}
            assert option["type"] == kinds.get(param.type, 3)
            asked_later = command.form or param.type is Type.PARAGRAPH
            assert option.get("required", False) == (param.required and not asked_later)
            if param.type is Type.LINE:
                assert bool(option.get("autocomplete")) == (param.complete is not None)


async def test_numbers_choices_and_lengths(school: School) -> None:
    settings = options(school, "course settings")
    assert (settings["catch_up"]["min_value"], settings["catch_up"]["max_value"]) == (0, 168)
    style = options(school, "fact cite")["style"]
    assert [choice["name"] for choice in style["choices"]][:2] == ["Chicago", "MLA"]
    assert options(school, "fact check")["text"]["max_length"] == limits.TEXT_INPUT


async def test_no_command_is_over_what_discord_counts(school: School) -> None:
    counts = [characters(c.to_dict(school.bot.tree)) for c in school.bot.tree.get_commands()]
    assert max(counts) <= limits.COMMAND_CHARACTERS
    assert len(school.bot.tree.get_commands()) <= limits.COMMANDS


async def test_the_fingerprint_changes_with_the_catalogue_only(school: School) -> None:
    before = fingerprint(school.bot.tree)
    await school.restart()
    assert fingerprint(school.bot.tree) == before
    school.commands = school.commands.with_command(EXTRA)
    await school.restart()
    assert fingerprint(school.bot.tree) != before


# --- a command added to the catalogue -----------------------------------------------------------

MANY = tuple(Choice(str(n), f"Number {n}") for n in range(40))


async def _shout(call: Call) -> Card:
    return Card("Shouted", (text(", ".join(f"{k}={v}" for k, v in call.arguments.items())),))


async def _suggest(call: Call, typed: str) -> list[Choice]:
    return [
        Choice("v" * 101, "too long a value"),
        Choice("short", "l" * 150),
        Choice(typed or "x", typed or "x"),
        *MANY,
    ]


EXTRA = Command(
    "extra shout", "Say it louder", Role.STUDENT, _shout,
    (
        Param("who", "Whom", Type.PERSON, True),
        Param("where", "Which channel", Type.CHANNEL),
        Param("count", "How often", Type.INTEGER, most=9),
        Param("many", "One of many", choices=MANY),
        Param("what", "Suggested", complete=_suggest),
        Param("from", "A word of Python's"),
        Param("long", "A paragraph", Type.PARAGRAPH),
    ),
)  # fmt: skip


class TestAnAddedCommand:
    @pytest.fixture
    def commands(self) -> Catalog:
        return BUILT.with_command(EXTRA)

    async def test_appears_with_its_help_and_runs(self, school: School) -> None:
        await school.setup()
        assert "Say it louder" in read(await school.ada.slash(school.history, "help"))
        assert registered(school)["extra shout"]["description"] == "Say it louder"
        said = await school.ada.slash(
            school.history, "extra shout",
            who=school.ben, where=school.history, count=3, many="7", **{"from": "here"},
        )  # fmt: skip
        assert f"who={school.ben.id}, where={school.history.id}, count=3" in read(said)
        assert "many=7, from=here" in read(said)

    async def test_more_choices_than_25_are_completed(self, school: School) -> None:
        await school.setup()
        assert "choices" not in options(school, "extra shout")["many"]
        offered = await school.ada.autocomplete(school.history, "extra shout", "many", "3")
        assert {"name": "Number 3", "value": "3"} in offered
        assert len(await school.ada.autocomplete(school.history, "extra shout", "many", "")) == 25

    async def test_a_long_label_is_cut_and_a_long_value_left_out(self, school: School) -> None:
        await school.setup()
        offered = await school.ada.autocomplete(
            school.history, "extra shout", "what", "Q", who=school.ben
        )
        assert offered[0] == {"name": "l" * 99 + "…", "value": "short"}
        assert offered[1] == {"name": "Q", "value": "Q"}
        assert len(offered) == 25


# --- completing ---------------------------------------------------------------------------------


async def test_what_is_typed_is_completed_by_the_core(school: School) -> None:
    zones = await school.agnes.autocomplete(school.history, "course setup", "zone", "new_y")
    assert {"name": "America/New_York", "value": "America/New_York"} in zones
    await school.setup()
    facts = await school.ada.autocomplete(school.history, "fact about", "subject", "kulak")
    assert facts
    assert all(len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in facts)
    nothing = await school.ada.autocomplete(school.history, "prompt preview", "prompt", "")
    assert nothing == [], "nothing is suggested to whom it is not for"


async def test_anything_can_be_typed_into_a_completion(school: School) -> None:
    for typed in hostile.strings(count=5):
        sent = typed.encode("utf-8", "ignore").decode()
        found = await school.agnes.autocomplete(school.history, "course setup", "zone", sent)
        assert isinstance(found, list), "an answer came, with or without a zone"


# --- running ------------------------------------------------------------------------------------


async def test_an_answer_is_seen_by_who_asked_only(school: School) -> None:
    await school.setup()
    said = await school.ada.slash(school.history, "fact about", subject="F1")
    assert "F1" in read(said)
    assert not [m for m in school.env.backend.messages[school.history.id].values()
                if not m.is_ephemeral]  # fmt: skip


async def test_a_refusal_says_why_in_one_sentence(school: School) -> None:
    await school.setup()
    said = await school.ada.slash(school.history, "prompt list")
    assert "open" in read(said)
    refused = await school.ada.slash(school.history, "prompt preview", prompt="x")
    assert "is for instructors of this course" in read(refused)


async def test_in_a_thread_the_place_is_the_thread_of_its_channel(school: School) -> None:
    await school.setup()
    said = await school.ada.send(school.history, "In 1935 …")
    thread = await said.create_thread(name="D1")
    handle = ChannelHandle(school.env, school.guild, school.env.backend.get_channel(thread.id))
    assert "History 101" in read(await school.agnes.slash(handle, "course show"))


async def test_a_long_answer_comes_in_several_messages(school: School) -> None:
    await school.setup()
    said = await school.agnes.slash(school.history, "help")
    assert 1 <= len(messages(said)) <= 3
    for message in messages(said):
        assert sum(len(embed) for embed in message.embeds) <= limits.EMBEDS_IN_ALL


async def test_a_file_comes_as_a_private_attachment(school: School) -> None:
    await school.setup()
    said = await school.agnes.slash(school.history, "participation export", format="csv")
    file, about = [file for message in messages(said) for file in message.attachments]
    assert file.filename.endswith(".csv")
    assert about.filename == f"{file.filename}.about.txt"


async def test_a_drawn_timeline_comes_with_its_words(school: School) -> None:
    await school.setup()
    said = await school.ada.slash(school.history, "fact timeline")
    pictures = [file for message in messages(said) for file in message.attachments]
    assert [file.filename for file in pictures] == ["picture.png"]
    assert pictures[0].description


SLOW = asyncio.Event


async def _slow(call: Call) -> Answer:
    await asyncio.sleep(0.05)
    files = (File("big.csv", "text/csv", b"x" * (limits.FILE_BYTES + 1)),)
    return Answer(Card("Done", (text("word. " * 1_500),)), files)


async def _broken(call: Call) -> Card:
    raise RuntimeError("a bug")


class TestSlowAndBroken:
    @pytest.fixture
    def commands(self) -> Catalog:
        slow = Command("slow", "Takes its time", Role.STUDENT, _slow)
        return BUILT.with_command(slow).with_command(
            Command("broken", "Fails", Role.STUDENT, _broken)
        )

    @pytest.fixture
    def defer_seconds(self) -> float:
        return 0.01

    async def test_a_slow_command_is_announced_and_answered_later(self, school: School) -> None:
        await school.setup()
        said = await school.ada.slash(school.history, "slow")
        first, second = messages(said)
        assert first.embeds[0].title == "Done"
        assert "big.csv is larger than the 10 MiB" in read(said)
        callbacks = [r for r in school.env.http_requests if r.path.endswith("/callback")]
        assert callbacks[-1].json is not None
        assert callbacks[-1].json["type"] == 5, "deferred first"
        assert second.ephemeral

    async def test_a_bug_becomes_an_id(self, school: School) -> None:
        await school.setup()
        assert "was logged as" in read(await school.ada.slash(school.history, "broken"))

    @pytest.mark.parametrize(("status", "code"), [(404, 10_062), (400, 40_060), (500, 0)])
    async def test_an_answer_that_discord_does_not_take_is_logged_and_not_raised(
        self, school: School, status: int, code: int
    ) -> None:
        await school.setup()
        school.env.inject_error("POST", "/interactions/*/callback", status=status, code=code)
        await school.ada.slash(school.history, "help")
        assert school.env.errors == []


async def test_nothing_is_raised_for_a_command_that_discord_still_shows(school: School) -> None:
    await school.setup()
    school.bot.tree.remove_command("help")
    said = await school.ada.slash(school.history, "help")
    assert said.response is not None
    assert "has changed" in said.response.content
    with pytest.raises(ExceptionGroup, match="1 error"):
        school.env.raise_errors()  # simcord keeps it, whoever has dealt with it


# --- buttons ------------------------------------------------------------------------------------


async def post(school: School, card: Card) -> discord.Message:
    """A card as the bot posts it for everybody."""
    channel = school.bot.get_channel(school.history.id)
    assert isinstance(channel, discord.TextChannel)
    (message,) = to_messages(card)
    async with asyncio.timeout(30):
        return await channel.send(**message.to_arguments())


async def test_a_button_runs_its_command_also_after_a_restart(school: School) -> None:
    await school.setup()
    buttons = Actions((Button("Fact 1", "fact about", (("subject", "F1"),)),))
    posted = await post(school, Card("Prompt", (buttons,)))
    assert "F1" in read(await school.ada.click(posted, label="Fact 1"))
    await school.restart()
    assert "F1" in read(await school.ben.click(posted, label="Fact 1"))


async def test_buttons_of_an_answer_can_be_pressed(school: School) -> None:
    await school.setup()
    said = await school.ada.slash(school.history, "fact about", subject="F1")
    assert {"Cite", "Source"} <= set(labels(said))
    cited = await school.ada.click(messages(said)[-1], label="Cite")
    assert "Chicago" in read(cited) or "MLA" in labels(cited)


async def test_a_button_may_open_a_form(school: School) -> None:
    await school.setup()
    button = Button("Look", "fact search", (("text", "norm"),), form=True)
    posted = await post(school, Card("Nothing found", (Actions((button,)),)))
    opened = await school.ada.click(posted, label="Look")
    assert fields(opened)["text"]["value"] == "norm"
    found = await school.ada.submit_modal(opened, {"text": "Stakhanov"})
    assert "Stakhanov" in read(found)


async def test_a_button_that_was_cut_short_opens_the_form(school: School) -> None:
    await school.setup()
    button = Button("Look", "fact search", (("text", "long " * 40),))
    posted = await post(school, Card("T", (Actions((button, button)),)))
    one = posted.components[0]
    assert isinstance(one, discord.ActionRow)
    assert isinstance(one.children[0], discord.Button)
    opened = await school.ada.click(posted, custom_id=one.children[0].custom_id)
    assert "value" not in fields(opened)["text"]


async def test_a_button_of_a_command_that_is_gone_says_so(school: School) -> None:
    await school.setup()
    posted = await post(school, Card("T", (Actions((Button("Old", "extra shout"),)),)))
    assert "what it did is gone" in read(await school.ada.click(posted, label="Old"))


# --- on a message -------------------------------------------------------------------------------


async def test_a_message_can_be_checked_against_the_sources(school: School) -> None:
    await school.setup()
    claim = await school.ben.send(school.history, "In 1935 Stakhanov mined 102 tons of coal.")
    said = await school.ada.context_menu(school.history, "Check sources", claim)
    assert "102" in read(said)
    prompt = await post(school, Card("Kulaks and shock workers"))
    said = await school.ada.context_menu(school.history, "Check sources", prompt)
    assert "no words in that message" in read(said)


# --- hostile text -------------------------------------------------------------------------------


async def test_a_hostile_argument_notifies_nobody_and_is_answered(school: School) -> None:
    await school.setup()
    for typed in hostile.strings(count=20):
        said = typed.encode("utf-8", "ignore").decode()
        if not said.strip():
            continue
        checked = await school.ada.slash(school.history, "fact check", text=said[:4_000])
        searched = await school.ada.slash(school.history, "fact search", text=said[:200])
        for result in (checked, searched):
            assert messages(result) or result.modal
    for message in school.env.backend.messages[school.history.id].values():
        assert message.content == ""
        assert not message.mention_everyone
    assert school.env.errors == []
