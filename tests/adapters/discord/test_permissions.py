"""The table of what is needed, held against what is used; the invite link and the doctor."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.adapters.discord import permissions
from bot.adapters.discord.doctor import diagnose
from bot.core.cards import Card
from bot.core.errors import CannotConnect
from bot.core.events import AccountRef
from storage.database import Database
from tests.adapters.discord.connected import CARD, MAY, Seminar
from tests.adapters.discord.test_client import discussion, run
from tests.adapters.discord.test_platform import within
from tests.adapters.discord.test_steps import later
from tests.fakes.discord_wire import TOKEN, Channel, TickingClock, Wire


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        await seminar.settle()
        yield seminar


def test_the_invite_link_asks_for_just_what_is_needed() -> None:
    asked = parse_qs(urlsplit(permissions.invite_link(42)).query)
    assert asked["client_id"] == ["42"]
    assert set(asked["scope"][0].split()) == {"bot", "applications.commands"}
    granted = discord.Permissions(int(asked["permissions"][0]))
    assert granted == discord.Permissions(**dict.fromkeys(permissions.WORDS, True))
    assert set(permissions.WORDS) == set(MAY)


def test_no_intent_is_asked_for_that_is_not_needed() -> None:
    least = {name for name, wanted in permissions.intents(content=False) if wanted}
    assert least == {"guilds", "guild_messages", "guild_reactions"}
    assert {n for n, wanted in permissions.intents(content=True) if wanted} - least == {
        "message_content"
    }


def _template(path: str) -> str:
    path = re.sub(r"/(reactions)/[^/]+", r"/\1/{}", path)
    return re.sub(r"/\d+", "/{}", path)


async def test_every_call_that_is_made_stands_in_the_table(seminar: Seminar) -> None:
    """What a discussion takes from its post to its end, and no call that the table lacks."""
    thread = await discussion(seminar)
    said = seminar.world.say(seminar.bo, thread, "The state decided.")
    seminar.world.react(seminar.cy, said)
    await seminar.settle()
    await run(seminar, "prompt close", discussion="D1")
    await seminar.settle()
    await run(seminar, "prompt reopen", discussion="D1")
    await seminar.app.recovery.recover("discord")
    forum = seminar.world.add_channel(seminar.guild, "essays", "forum")
    await seminar.settle()
    place = seminar.place_of(forum)
    posted = await seminar.post(place, CARD, "a key")
    await seminar.post(place, CARD, "a key")
    await seminar.platform.find(place, "a key", seminar.clock.now())
    await seminar.post(within(place, posted.thread), Card("Hm"), "another")
    await seminar.platform.tell(place, AccountRef(str(seminar.bo.id)), Card("Welcome"))
    used = {f"{asked.method} {_template(asked.path)}" for asked in seminar.wire.requests}
    known = {call for need in permissions.TABLE for call in need.calls}
    assert used <= known | {"GET /gateway/bot"}, used - known


async def test_with_what_the_link_grants_nothing_is_refused(seminar: Seminar) -> None:
    thread = await discussion(seminar)
    await run(seminar, "prompt close", discussion="D1")
    await seminar.settle()
    assert (thread.archived, thread.locked) == (True, True)
    assert 403 not in [o for asked in seminar.wire.requests for o in asked.outcome]


def locked(thread: Channel) -> tuple[bool, bool]:
    return thread.archived, thread.locked


async def test_a_closed_thread_is_open_to_writing_while_somebody_has_more_time(
    seminar: Seminar,
) -> None:
    thread = await discussion(seminar)
    seminar.world.say(seminar.bo, thread, "The state decided.")
    await seminar.settle()
    await run(seminar, "prompt close", discussion="D1")
    await seminar.settle()
    assert locked(thread) == (True, True)
    assert "Bo has time" in await run(
        seminar, "participation extend", student="Bo", discussion="D1", until="in 3 days",
        reason="Was ill",
    )  # fmt: skip
    await later(seminar)
    assert locked(thread) == (False, False)
    assert "update" not in await run(seminar, "course show")
    await later(seminar, days=2, hours=23)
    assert locked(thread) == (False, False)
    await later(seminar, hours=1)
    assert locked(thread) == (True, True)


async def test_no_thread_of_what_was_withdrawn_or_archived_is_opened_again(
    seminar: Seminar,
) -> None:
    thread = await discussion(seminar)
    seminar.world.say(seminar.bo, thread, "The state decided.")
    await seminar.settle()
    await run(seminar, "participation extend", student="Bo", discussion="D1", until="in 3 days",
              reason="Was ill")  # fmt: skip
    await run(seminar, "prompt withdraw", what="D1")
    await later(seminar)
    assert locked(thread) == (True, True)
    await run(seminar, "participation extend", student="Bo", discussion="D1", until="in 4 days",
              reason="Was ill")  # fmt: skip
    await later(seminar)
    assert locked(thread) == (True, True)


async def sentences(seminar: Seminar) -> str:
    from storage import courses

    adapter, database = seminar.app.discord, seminar.app.services.database
    assert adapter is not None
    assert isinstance(database, Database)
    async with database.read() as db:
        bound = await courses.channels_in(db, "discord")
    return "\n".join(await diagnose(adapter, TOKEN, bound))


async def test_the_doctor_finds_nothing_where_all_is_well(seminar: Seminar) -> None:
    await discussion(seminar)
    assert await sentences(seminar) == ""


async def test_the_doctor_names_what_is_missing_in_words(seminar: Seminar) -> None:
    await discussion(seminar)
    seminar.world.deny(seminar.channel, seminar.world.bot, "manage_threads", "embed_links")
    seminar.wire.application.content_enabled = False
    said = await sentences(seminar)
    assert "message-content intent is not enabled" in said
    assert "“Embed Links” and “Manage Threads” in #kulaks" in said
    seminar.world.delete_channel(seminar.channel)
    assert "#kulaks is gone" in await sentences(seminar)
    seminar.world.remove_bot(seminar.guild)
    assert "not in the server of #kulaks: https://discord.com/" in await sentences(seminar)


async def test_a_token_that_discord_does_not_know_is_said_so(seminar: Seminar) -> None:
    adapter = seminar.app.discord
    assert adapter is not None
    with pytest.raises(CannotConnect, match="does not know the token") as raised:
        await adapter.serve("not.the.token")
    assert "not.the.token" not in str(raised.value)
