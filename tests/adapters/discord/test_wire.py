"""The loopback Discord's gateway and history, with the real discord.py on the other side.

What discord.py makes of them is what our adapter has to live with.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord_wire import TOKEN, Wire
from tests.fakes.discord_wire.listening import INTENTS, NO_CONTENT, Bot, Scene, running, until


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


# --- coming in ----------------------------------------------------------------------------------


async def test_a_bot_comes_in_and_knows_its_servers(wire: Wire, scene: Scene, bot: Bot) -> None:
    wire.world.add_channel(scene.guild, "essays", "forum", tags=["Week 1"], tag_required=True)
    await wire.caught_up()
    guild = bot.get_guild(scene.guild.id)
    assert guild
    assert [channel.name for channel in guild.channels] == ["kulaks", "essays"]
    assert guild.me.guild_permissions.embed_links
    assert bot.application_flags.gateway_message_content_limited
    assert (await bot.application_info()).owner.id == wire.application.owner.id


async def test_servers_go_round_the_shards() -> None:
    async with Wire(shards=2).opened() as wire:
        scenes = [Scene(wire.world) for _ in range(3)]
        async with running(Bot()) as bot:
            for scene in scenes:
                wire.world.say(scene.bo, scene.channel, f"in {scene.guild.id}")
            await wire.caught_up()
            assert [one["shard"] for one in wire.gateway.identified] == [[0, 2], [1, 2]]
            assert {guild.shard_id for guild in bot.guilds} == {0, 1}
            assert sorted(bot.words()) == sorted(f"in {s.guild.id}" for s in scenes)


async def test_a_wrong_token_is_refused(wire: Wire) -> None:
    bot = Bot()
    with pytest.raises(discord.LoginFailure):
        await bot.start("something else")
    await bot.close()


async def test_an_intent_that_is_not_enabled_ends_the_connection(wire: Wire, scene: Scene) -> None:
    """4014: so the flags are to be read first."""
    wire.application.content_enabled = False
    bot = Bot()
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(bot):
            pass
    again = Bot(NO_CONTENT)
    await again.login(TOKEN)
    assert not again.application_flags.gateway_message_content_limited
    await again.close()


async def test_an_unknown_intent_ends_the_connection(wire: Wire, scene: Scene) -> None:
    intents = discord.Intents(guilds=True)
    intents.value |= 1 << 30
    with pytest.raises(discord.ConnectionClosed) as closed:
        async with running(Bot(intents)):
            pass
    assert closed.value.code == 4013


# --- what is told -------------------------------------------------------------------------------


async def test_what_people_do_is_told(wire: Wire, scene: Scene, bot: Bot) -> None:
    world = wire.world
    first = world.say(scene.bo, scene.channel, "A kulak was a farmer.")
    second = world.say(scene.owner, scene.channel, "Says who?", reply_to=first)
    world.edit(first, "A kulak was a rich farmer.")
    world.react(scene.owner, first)
    world.unreact(scene.owner, first)
    world.react(scene.bo, first)
    world.clear_reactions(first)
    world.delete(first)
    world.bulk_delete(second, world.say(scene.bo, scene.channel, "!"))
    await wire.caught_up()
    assert [name for name, _ in bot.heard if name.startswith("raw")] == [
        "raw_message_edit",
        "raw_reaction_add",
        "raw_reaction_remove",
        "raw_reaction_add",
        "raw_reaction_clear",
        "raw_message_delete",
        "raw_bulk_message_delete",
    ]
    message, reply, _ = bot.all("message")
    assert (message.id, message.content) == (first.id, "A kulak was a rich farmer.")
    assert reply.created_at - message.created_at == timedelta(seconds=1)
    assert reply.reference.message_id == first.id
    assert isinstance(message.author, discord.Member)


async def test_without_the_intent_events_and_history_have_no_words(
    wire: Wire, scene: Scene
) -> None:
    wire.application.content_enabled = False
    async with running(Bot(NO_CONTENT)) as bot:
        posted = await bot.at(scene.channel).send("The prompt.")
        prompt = scene.channel.messages[posted.id]
        wire.world.say(
            scene.bo, scene.channel, "Hidden.", files=[wire.world.file("a.txt", b"text")]
        )
        wire.world.say(scene.bo, scene.channel, f"{wire.world.bot.mention} seen")
        wire.world.say(scene.bo, scene.channel, "A reply that pings.", reply_to=prompt)
        wire.world.say(scene.bo, scene.channel, "One that doesn't.", reply_to=prompt, ping=False)
        await wire.caught_up()
        expected = ["The prompt.", "", f"{wire.world.bot.mention} seen", "A reply that pings.", ""]
        assert bot.words() == expected
        read = [message async for message in bot.at(scene.channel).history(oldest_first=True)]
        assert [message.content for message in read] == expected
        assert read[1].attachments == []
        assert read[4].reference
        wire.application.content_enabled = True  # what was hidden can be read, once it is enabled
        read = [message async for message in bot.at(scene.channel).history(oldest_first=True)]
        assert read[1].content == "Hidden."
        assert await read[1].attachments[0].read() == b"text"


async def test_places_come_and_go(wire: Wire, scene: Scene) -> None:
    world = wire.world
    guild = world.add_guild("B", scene.owner, scene.bo, bot_permissions=["manage_threads"])
    forum = world.add_channel(guild, "essays", "forum")
    async with running(Bot()) as bot:
        post = world.post(scene.bo, forum, "Mine", "My essay")
        thread = world.start_thread(scene.bo, world.say(scene.bo, scene.channel, "Hm"), "Why?")
        world.change_thread(post, name="Ours", archived=True, locked=True)
        world.delete_channel(thread)
        world.delete_channel(scene.channel)
        world.remove_bot(guild)
        world.invite(guild)
        await wire.caught_up()
        told = [name for name, _ in bot.heard if name.startswith(("thread", "raw_thread", "guild"))]
        assert told[-9:] == [
            "thread_create",
            "thread_create",
            "raw_thread_update",
            "thread_update",
            "raw_thread_delete",
            "thread_delete",
            "guild_channel_delete",
            "guild_remove",
            "guild_join",
        ]
        with pytest.raises(discord.NotFound):
            await bot.fetch_channel(scene.channel.id)


async def test_members_are_listed_with_their_intent(wire: Wire, scene: Scene) -> None:
    wire.application.members_enabled = True
    async with running(Bot(INTENTS | discord.Intents(members=True))) as bot:
        guild = bot.get_guild(scene.guild.id)
        assert guild
        assert {member.id for member in guild.members} >= {scene.bo.id, scene.owner.id}
        wire.world.leave(scene.bo, scene.guild)
        await wire.caught_up()
        assert bot.all("member_remove")


async def test_the_gateway_speaks_plainly_too(wire: Wire) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(wire.url / "gateway") as to:
        assert (await to.receive_json())["op"] == 10
        await to.send_json({"op": 2, "d": {"token": "no", "intents": 0}})
        assert (await to.receive()).data == 4004


async def test_unfurling_a_link_is_an_update_without_an_edit(
    wire: Wire, scene: Scene, bot: Bot
) -> None:
    message = wire.world.say(scene.bo, scene.channel, "https://example.org")
    wire.world.unfurl(message, {"type": "link", "url": "https://example.org"})
    await wire.caught_up()
    (update,) = bot.all("raw_message_edit")
    assert update.data["edited_timestamp"] is None


# --- the connection breaks ----------------------------------------------------------------------


@pytest.mark.parametrize("code", [None, 4000], ids=["cable", "4000"])
async def test_resuming_replays_what_was_missed(
    wire: Wire, scene: Scene, bot: Bot, code: int | None
) -> None:
    wire.world.say(scene.bo, scene.channel, "before")
    await wire.caught_up()
    with wire.gateway.down(code):
        wire.world.say(scene.bo, scene.channel, "missed")
    await wire.caught_up()
    assert bot.words() == ["before", "missed"]
    assert len(wire.gateway.resumed) == 1
    assert len(wire.gateway.identified) == 1
    assert bot.all("resumed")


async def test_op_7_resumes(wire: Wire, scene: Scene, bot: Bot) -> None:
    wire.gateway.ask_to_reconnect()
    await until(lambda: bot.all("resumed"))
    assert len(wire.gateway.identified) == 1


@pytest.mark.parametrize("how", ["forgotten", "4009", "op 9", "refused"])
async def test_a_resume_that_is_refused_begins_anew_and_misses(
    wire: Wire, scene: Scene, bot: Bot, how: str
) -> None:
    """What was missed stands in the history only."""
    if how == "op 9":
        wire.gateway.invalidate(resumable=False)
        await until(lambda: len(wire.gateway.identified) == 2)
    else:
        if how == "refused":
            wire.gateway.refusals.append(False)
        with wire.gateway.down(4009 if how == "4009" else None):
            wire.world.say(scene.bo, scene.channel, "missed")
            if how == "forgotten":
                wire.gateway.forget()
        await until(lambda: len(wire.gateway.identified) == 2)
        assert len(wire.gateway.resumed) == 1
    wire.world.say(scene.bo, scene.channel, "after")
    await wire.caught_up()
    assert bot.words() == ["after"]


async def test_op_9_may_ask_to_resume_again(wire: Wire, scene: Scene, bot: Bot) -> None:
    wire.gateway.refusals.append(True)
    wire.gateway.cut()
    await until(lambda: bot.all("resumed"))
    assert len(wire.gateway.resumed) == 2
    assert len(wire.gateway.identified) == 1


# --- history ------------------------------------------------------------------------------------


async def test_history_pages_as_discord_pages(wire: Wire, scene: Scene, bot: Bot) -> None:
    said = [wire.world.say(scene.bo, scene.channel, str(n)) for n in range(250)]
    place = bot.at(scene.channel)
    wire.requests.clear()

    async def read(**how: Any) -> list[int]:
        return [int(message.content) async for message in place.history(**how)]

    assert await read(limit=None, oldest_first=True) == list(range(250))
    assert len(wire.asked("GET", "/messages")) == 3
    assert await read() == list(range(249, 149, -1))
    assert await read(limit=None, after=said[9], oldest_first=True) == list(range(10, 250))
    assert await read(limit=3, after=said[9]) == [10, 11, 12]
    assert await read(limit=3, before=said[9]) == [8, 7, 6]
    assert await read(limit=None, after=said[9], before=said[120]) == list(range(10, 120))
    assert await read(limit=5, around=said[100]) == [102, 101, 100, 99, 98]
    ids = [
        m.id async for m in place.history(limit=1, after=discord.utils.snowflake_time(said[41].id))
    ]
    assert ids == [said[42].id]


async def test_without_read_message_history_the_list_is_empty_and_no_error(
    wire: Wire, scene: Scene, bot: Bot
) -> None:
    said = wire.world.say(scene.bo, scene.channel, "There it stands.")
    wire.world.deny(scene.channel, wire.world.bot, "read_message_history")
    assert [message async for message in bot.at(scene.channel).history()] == []
    with pytest.raises(discord.Forbidden) as refused:
        await bot.at(scene.channel).fetch_message(said.id)
    assert refused.value.code == 50013
    wire.world.deny(scene.channel, wire.world.bot, "view_channel")
    with pytest.raises(discord.Forbidden) as refused:
        [message async for message in bot.at(scene.channel).history()]
    assert refused.value.code == 50001
