"""The loopback Discord's refusals and failures, with the real discord.py on the other side."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord_wire import (
    AcceptLate,
    Cut,
    Fail,
    Hang,
    Hold,
    RateLimit,
    Refuse,
    Slow,
    Wire,
)
from tests.fakes.discord_wire.listening import (
    Bot,
    Scene,
    running,
    until,
    words,
)


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


# --- requests that fail -------------------------------------------------------------------------


async def test_a_nonce_is_taken_once_in_five_minutes(wire: Wire, scene: Scene, bot: Bot) -> None:
    place = bot.at(scene.channel)
    first = await place.send("Once", nonce="key-1")
    again = await place.send("Once", nonce="key-1")
    assert again.id == first.id
    wire.world.move(minutes=6)
    late = await place.send("Once", nonce="key-1")
    assert late.id != first.id
    assert words(scene.channel) == ["Once", "Once"]


async def test_429_is_waited_for_on_posting_and_on_history(
    wire: Wire, scene: Scene, bot: Bot
) -> None:
    wire.faults.next("POST", "/channels/*/messages", RateLimit(0.05), RateLimit(0.05))
    wire.faults.next("GET", "/channels/*/messages", RateLimit(0.05, everywhere=True))
    await bot.at(scene.channel).send("Patience.")
    assert [m.content async for m in bot.at(scene.channel).history()] == ["Patience."]
    assert [r.outcome for r in wire.asked("POST")] == [[429], [429], [200]]
    assert [r.outcome for r in wire.asked("GET", "/messages")] == [[429], [200]]


async def test_a_limit_is_kept_to_by_its_headers(wire: Wire, scene: Scene, bot: Bot) -> None:
    wire.faults.limit("POST", "/channels/*/messages", count=2, per=0.2)
    for number in range(5):
        await bot.at(scene.channel).send(str(number))
    assert {one for r in wire.asked("POST") for one in r.outcome} == {200}
    assert words(scene.channel) == ["0", "1", "2", "3", "4"]


async def test_a_ban_by_cloudflare_is_an_error(wire: Wire, scene: Scene, bot: Bot) -> None:
    wire.faults.next("POST", "/channels/*/messages", RateLimit(by_cloudflare=True))
    with pytest.raises(discord.HTTPException) as refused:
        await bot.at(scene.channel).send("Banned?")
    assert refused.value.status == 429


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits 1, 3, 5 and 7 seconds between its tries of one request."""
    really = asyncio.sleep

    async def sleep(delay: float, result: Any = None) -> Any:
        return await really(min(delay, 0.01), result)

    monkeypatch.setattr("discord.http.asyncio.sleep", sleep)


@pytest.mark.usefixtures("quick_retries")
async def test_discord_py_repeats_a_post_that_was_accepted(
    wire: Wire, scene: Scene, bot: Bot
) -> None:
    """On 500, 502, 504 and 524 it asks again by itself, which doubles without a nonce."""
    wire.faults.next("POST", "/channels/*/messages", Fail(502, accepted=True))
    with discord.http.handle_message_parameters("Twice") as params:
        await bot.http.send_message(scene.channel.id, params=params)
    assert [r.outcome for r in wire.asked("POST")] == [[502], [200]]
    assert words(scene.channel) == ["Twice", "Twice"]


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("how", [{}, {"nonce": "key-1"}], ids=["its own", "ours"])
async def test_a_nonce_saves_from_doubling(
    wire: Wire, scene: Scene, bot: Bot, how: dict[str, Any]
) -> None:
    """`send` makes one of its own for each call, which holds for its own tries only; ours holds
    when we send again."""
    wire.faults.next("POST", "/channels/*/messages", Fail(502, accepted=True))
    for _ in range(2):
        await bot.at(scene.channel).send("Once?", **how)
    assert [r.outcome for r in wire.asked("POST")] == [[502], [200], [200]]
    assert words(scene.channel) == ["Once?"] * (1 if how else 2)


@pytest.mark.usefixtures("quick_retries")
async def test_a_post_in_a_forum_has_no_nonce_and_is_doubled(wire: Wire, scene: Scene) -> None:
    forum = wire.world.add_channel(scene.guild, "essays", "forum")
    async with running(Bot()) as bot:
        wire.faults.next("POST", "/channels/*/threads", Fail(504, accepted=True))
        place = bot.get_channel(forum.id)
        assert isinstance(place, discord.ForumChannel)
        made, message = await place.create_thread(name="Week 1", content="The prompt.")
        assert made.id == message.id
        assert [thread.name for thread in scene.guild.threads(forum)] == ["Week 1", "Week 1"]


async def test_503_is_not_repeated(wire: Wire, scene: Scene, bot: Bot) -> None:
    wire.faults.next("POST", "/channels/*/messages", Fail(503))
    with pytest.raises(discord.DiscordServerError):
        await bot.at(scene.channel).send("Hello?")
    assert words(scene.channel) == []


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_cut_connection_is_an_error_and_not_repeated(
    wire: Wire, scene: Scene, bot: Bot, accepted: bool
) -> None:
    wire.faults.next("POST", "/channels/*/messages", Cut(accepted))
    with pytest.raises((aiohttp.ClientError, OSError)):
        await bot.at(scene.channel).send("Did it come?")
    assert words(scene.channel) == ["Did it come?"] * accepted
    assert [r.outcome for r in wire.asked("POST")] == [["Cut"]]


async def test_a_request_can_be_applied_late(wire: Wire, scene: Scene, bot: Bot) -> None:
    wire.faults.next("POST", "/channels/*/messages", AcceptLate(30), AcceptLate(0.05, real=True))
    for text in ("by the clock", "by itself"):
        with pytest.raises((aiohttp.ClientError, OSError)):
            await bot.at(scene.channel).send(text)
    assert words(scene.channel) == []
    await until(lambda: words(scene.channel) == ["by itself"])
    wire.world.move(seconds=31)
    assert wire.land() == 1
    await wire.caught_up()
    assert words(scene.channel) == ["by itself", "by the clock"]
    assert bot.words() == words(scene.channel)


async def test_a_request_is_applied_although_its_sender_is_gone(
    wire: Wire, scene: Scene, bot: Bot
) -> None:
    wire.faults.next("POST", "/channels/*/messages", Hold(0.1), Hold(0.05))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.at(scene.channel).send("He has gone"), 0.03)
    await bot.at(scene.channel).send("She waited")
    await until(lambda: len(words(scene.channel)) == 2)
    assert sorted(words(scene.channel)) == ["He has gone", "She waited"]


async def test_a_request_can_hang_be_slow_or_be_refused(wire: Wire, scene: Scene, bot: Bot) -> None:
    place = bot.at(scene.channel)
    wire.faults.next(
        "POST", "/channels/*/messages", Hang(accepted=True), Slow(0.05), Refuse(400, 50035, "No")
    )
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(place.send("Heard, not answered"), 0.05)
    await place.send("Slow")
    with pytest.raises(discord.HTTPException, match="No"):
        await place.send("Refused")
    assert words(scene.channel) == ["Heard, not answered", "Slow"]
    assert wire.faults.waiting == 0


@pytest.mark.usefixtures("quick_retries")
async def test_a_read_that_is_cut_is_repeated_by_aiohttp(
    wire: Wire, scene: Scene, bot: Bot
) -> None:
    """On a connection that was used before; so too a PUT or DELETE."""
    wire.faults.next("GET", "/channels/*/messages", Cut())
    assert [message async for message in bot.at(scene.channel).history()] == []
    assert [r.outcome for r in wire.asked("GET", "/messages")] == [["Cut"], [200]]


# --- what Discord refuses -----------------------------------------------------------------------


async def test_a_message_has_one_thread(wire: Wire, scene: Scene, bot: Bot) -> None:
    message = await bot.at(scene.channel).send("The prompt.")
    thread = await message.create_thread(name="The prompt")
    assert thread.id == message.id
    with pytest.raises(discord.HTTPException) as refused:
        await message.create_thread(name="The prompt")
    assert (refused.value.status, refused.value.code) == (400, 160004)
    assert (await message.fetch()).thread


async def test_an_archived_thread_takes_no_edits(wire: Wire, scene: Scene) -> None:
    world = wire.world
    guild = world.add_guild("B", scene.owner, scene.bo, bot_permissions=["manage_threads"])
    channel = world.add_channel(guild, "kulaks")
    async with running(Bot()) as bot:
        prompt = await bot.at(channel).send("The prompt.")
        thread = await prompt.create_thread(name="The prompt")
        inside = await thread.send("Summary.")
        await thread.edit(archived=True, locked=True)
        for change in (inside.edit(content="Other."), thread.edit(name="Other")):
            with pytest.raises(discord.HTTPException) as refused:
                await change
            assert refused.value.code == 50083
        await prompt.edit(content="It stands outside, in the channel.")
        found = bot.get_channel(channel.id)
        assert isinstance(found, discord.TextChannel)
        assert [one.id async for one in found.archived_threads()] == [thread.id]
        await thread.edit(archived=False, locked=False)
        await inside.edit(content="Other.")
        world.change_thread(guild.channels[thread.id], archived=True)  # as time does
        world.say(scene.bo, guild.channels[thread.id], "A word wakes it.")
        await wire.caught_up()
        assert not guild.channels[thread.id].archived


@pytest.mark.parametrize(
    ("missing", "code"), [("view_channel", 50001), ("send_messages", 50013), ("embed_links", 50013)]
)
async def test_missing_permissions(
    wire: Wire, scene: Scene, bot: Bot, missing: str, code: int
) -> None:
    wire.world.deny(scene.channel, wire.world.bot, missing)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.at(scene.channel).send("Hello", embed=discord.Embed(title="Hello"))
    assert refused.value.code == code


async def test_a_member_who_left_is_not_found(wire: Wire, scene: Scene, bot: Bot) -> None:
    guild = bot.get_guild(scene.guild.id)
    assert guild
    role = wire.world.add_role(scene.guild, "Assistant", scene.bo)
    assert [r.id for r in (await guild.fetch_member(scene.bo.id)).roles][1:] == [role.id]
    wire.world.leave(scene.bo, scene.guild)
    with pytest.raises(discord.NotFound) as refused:
        await guild.fetch_member(scene.bo.id)
    assert refused.value.code == 10007


async def test_a_person_can_refuse_direct_messages(wire: Wire, scene: Scene, bot: Bot) -> None:
    await (await bot.fetch_user(scene.bo.id)).send("Psst.")
    wire.world.say(scene.bo, wire.world.bot, "Yes?")
    await wire.caught_up()
    assert bot.words() == ["Psst.", "Yes?"]
    scene.bo.takes_messages = False
    with pytest.raises(discord.Forbidden) as refused:
        await (await bot.fetch_user(scene.bo.id)).send("Psst!")
    assert refused.value.code == 50007


async def test_nobody_is_called_unless_allowed(wire: Wire, scene: Scene, bot: Bot) -> None:
    role = wire.world.add_role(scene.guild, "Class", mentionable=True)
    text = f"@everyone {scene.bo.mention} {role.mention}"
    await bot.at(scene.channel).send(text)
    await bot.at(scene.channel).send(
        text, allowed_mentions=discord.AllowedMentions(roles=[discord.Object(role.id)])
    )
    silent, calling = scene.channel.messages.values()
    assert (silent.mentions, silent.mention_roles, silent.mention_everyone) == ([], [], False)
    assert (calling.mentions, calling.mention_roles) == ([], [role.id])


@pytest.mark.parametrize(
    "message",
    [
        {"content": "x" * 2001},
        {"embed": discord.Embed(title="x" * 257)},
        {"embed": discord.Embed(description="x" * 4097)},
        {"embeds": [discord.Embed(description="x" * 3001)] * 2},
        {"content": "x", "nonce": "x" * 26},
    ],
    ids=["content", "title", "description", "total", "nonce"],
)
async def test_what_is_too_long_is_refused(
    wire: Wire, scene: Scene, bot: Bot, message: dict[str, Any]
) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await bot.at(scene.channel).send(**message)
    assert refused.value.code == 50035


async def test_files_and_reactions(wire: Wire, scene: Scene, bot: Bot) -> None:
    file = discord.File(BytesIO(b"a,b"), "table.csv", description="A table")
    sent = await bot.at(scene.channel).send(file=file)
    assert (sent.attachments[0].description, await sent.attachments[0].read()) == (
        "A table",
        b"a,b",
    )
    people = [wire.world.add_user(f"P{n}", scene.guild) for n in range(120)]
    for person in people:
        wire.world.react(person, scene.channel.messages[sent.id])
    (reaction,) = (await sent.fetch()).reactions
    assert {user.id async for user in reaction.users()} == {person.id for person in people}
    assert len(wire.asked("GET", "%F0%9F%91%8D") + wire.asked("GET", "👍")) == 2
