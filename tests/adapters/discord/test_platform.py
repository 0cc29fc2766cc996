"""Discord as the core's Platform, over the loopback server: posted once, found again, read whole,
and every refusal a sentence that somebody can act on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.discord import inbound, marks
from bot.core.cards import Card, paragraphs
from bot.core.events import AccountRef, MessageRef, Place, ThreadRef
from bot.core.ports import SendRefused, SendUncertain
from tests.adapters.discord.connected import CARD, Seminar
from tests.fakes.discord_wire import Channel, Cut, Fail, RateLimit, Refuse, TickingClock, Wire

KEY = "post:discord:1:2:3"
CLOSED = replace(CARD, title="Kulaks, closed")


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    clock = TickingClock()
    async with Wire(clock).opened() as wire, Seminar(wire, clock, tmp_path).up() as seminar:
        yield seminar
        assert wire.unknown == []


def within(place: Place, thread: str) -> Place:
    return replace(place, thread=ThreadRef(thread))


def thread_of(seminar: Seminar, id_: str) -> Channel:
    return next(c for c in seminar.guild.channels.values() if str(c.id) == id_)


async def refused(seminar: Seminar, place: Place | None = None) -> SendRefused:
    with pytest.raises(SendRefused) as raised:
        await seminar.platform.post(place or seminar.place, CARD, KEY)
    return raised.value


# --- posting ------------------------------------------------------------------------------------


async def test_a_prompt_is_a_message_and_its_thread(seminar: Seminar) -> None:
    posted = await seminar.post(seminar.place, CARD, KEY)
    (message,) = seminar.posts()
    assert (posted.message, posted.thread) == (str(message.id), str(message.id))
    assert message.embeds[0]["title"] == "Kulaks and shock workers"
    assert message.embeds[0]["footer"]["text"] == "D1 · reply in the thread"
    assert [button["label"] for button in message.buttons()] == ["The state"]
    assert message.nonce == marks.to_nonce(KEY, 0)
    assert len(message.nonce) <= 25
    assert thread_of(seminar, posted.thread).name == "Kulaks and shock workers"
    (asked,) = seminar.wire.asked("POST", f"/channels/{seminar.channel.id}/messages")
    assert asked.json["enforce_nonce"] is True
    assert asked.json["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize("kind", ["announcement", "forum"])
async def test_other_channels_take_a_prompt_too(seminar: Seminar, kind: str) -> None:
    channel = seminar.world.add_channel(
        seminar.guild, "news", kind, tags=["Week 1"], tag_required=kind == "forum"
    )
    await seminar.settle()
    place = seminar.place_of(channel)
    long = Card("A title " * 20, paragraphs("Why?"), "D2")
    posted = await seminar.post(place, long, KEY)
    thread = thread_of(seminar, posted.thread)
    assert str(posted.message) == str(posted.thread)
    assert len(thread.name) <= 100
    assert thread.name.endswith("…")
    found = await seminar.platform.find(place, KEY, seminar.clock.now())
    assert found == posted.message
    await seminar.platform.update(place, posted.message, CLOSED)
    standing = seminar.posts(thread if kind == "forum" else channel)
    assert [m.embeds[0]["title"] for m in standing] == ["Kulaks, closed"]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("fault", [Fail, Cut])
async def test_no_answer_is_not_asked_again_and_what_landed_is_found(
    seminar: Seminar, fault: type[Fail] | type[Cut], accepted: bool
) -> None:
    began = seminar.clock.now()
    path = f"/channels/{seminar.channel.id}/messages"
    seminar.wire.faults.next("POST", path, fault(accepted=accepted))
    with pytest.raises(SendUncertain):
        await seminar.platform.post(seminar.place, CARD, KEY)
    assert len(seminar.wire.asked("POST", path)) == 1
    found = await seminar.platform.find(seminar.place, KEY, began)
    assert (found is not None) == accepted
    if found is not None:  # and its thread is for the second step to begin
        assert str(found) not in {str(id_) for id_ in seminar.guild.channels}
    assert await seminar.platform.find(seminar.place, "another key", began) is None


async def test_a_post_in_a_forum_that_landed_twice_stands_once(seminar: Seminar) -> None:
    forum = seminar.world.add_channel(seminar.guild, "essays", "forum")
    await seminar.settle()
    place, began = seminar.place_of(forum), seminar.clock.now()
    first = await seminar.post(place, CARD, KEY)
    thread_of(seminar, first.thread).archived = True
    thread_of(seminar, first.thread).archived_at = began + timedelta(seconds=1)
    await seminar.post(place, CARD, KEY)
    assert await seminar.platform.find(place, KEY, began) == first.message
    assert [t.id for t in seminar.guild.channels.values() if t.parent is forum] == [
        int(first.thread)
    ]


# --- changing -----------------------------------------------------------------------------------


async def test_a_closed_discussion_is_summed_up_locked_and_opened_again(seminar: Seminar) -> None:
    posted = await seminar.post(seminar.place, CARD, KEY)
    place, thread = within(seminar.place, posted.thread), thread_of(seminar, posted.thread)
    await seminar.post(place, Card("D1 is closed"), "closing:1")
    await seminar.platform.set_open(place, False)
    assert (thread.archived, thread.locked) == (True, True)
    (asked,) = seminar.wire.asked("PATCH", f"/channels/{thread.id}")
    assert asked.json == {"archived": True, "locked": True}
    await seminar.settle()
    await seminar.platform.set_open(place, False)
    assert len(seminar.wire.asked("PATCH", f"/channels/{thread.id}")) == 1
    again = await seminar.platform.find(place, "closing:1", seminar.clock.now())
    assert again == str(seminar.posts(thread)[-1].id)
    await seminar.platform.set_open(place, True)
    assert (thread.archived, thread.locked) == (False, False)


async def test_an_archived_post_is_edited_and_archived_again(seminar: Seminar) -> None:
    forum = seminar.world.add_channel(seminar.guild, "essays", "forum")
    await seminar.settle()
    place = seminar.place_of(forum)
    posted = await seminar.post(place, CARD, KEY)
    await seminar.platform.set_open(within(place, posted.thread), False)
    await seminar.settle()
    await seminar.platform.update(place, posted.message, CLOSED)
    thread = thread_of(seminar, posted.thread)
    assert [m.embeds[0]["title"] for m in seminar.posts(thread)] == ["Kulaks, closed"]
    assert (thread.archived, thread.locked) == (True, True)


async def test_a_thread_that_discord_archived_takes_a_message(seminar: Seminar) -> None:
    posted = await seminar.post(seminar.place, CARD, KEY)
    thread = thread_of(seminar, posted.thread)
    seminar.world.change_thread(thread, archived=True)
    await seminar.settle()
    await seminar.post(within(seminar.place, posted.thread), Card("Hm"), "closing:1")
    assert [m.embeds[0]["title"] for m in seminar.posts(thread) if m.embeds] == ["Hm"]


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("create_public_threads", "Create Public Threads"),
        ("embed_links", "Embed Links"),
        ("send_messages", "Send Messages"),
    ],
)
async def test_a_missing_permission_is_named_before_anything_is_posted(
    seminar: Seminar, name: str, said: str
) -> None:
    seminar.world.deny(seminar.channel, seminar.world.bot, name)
    await seminar.settle()
    problem = await refused(seminar)
    assert f"“{said}”" in problem.sentence
    assert "in #kulaks; give it there under Edit Channel" in problem.sentence
    assert not problem.final
    assert seminar.posts() == []


@pytest.mark.parametrize(
    ("fault", "said", "final"),
    [
        (Refuse(403, 50013), "Coalface needs “View Channel”", False),
        (Refuse(403, 50001), "“View Channel” in #kulaks", False),
        (Refuse(400, 50035), "Make it shorter", True),
        (Refuse(404, 10003), "#kulaks does not exist on Discord any more", True),
        (Refuse(400, 160006), "as many open threads", False),
        (Refuse(400, 30_003), "with its code 30003", False),
    ],
)
async def test_a_refusal_says_what_can_be_done(
    seminar: Seminar, fault: Refuse, said: str, final: bool
) -> None:
    seminar.wire.faults.next("POST", "/channels/*/messages", fault)
    problem = await refused(seminar)
    assert said in problem.sentence
    assert problem.final is final


async def test_a_rate_limit_is_left_to_the_outbox(seminar: Seminar) -> None:
    seminar.wire.faults.next("POST", "/channels/*/messages", RateLimit(7))
    problem = await refused(seminar)
    assert problem.retry_after is not None
    assert timedelta(seconds=7) <= problem.retry_after <= timedelta(seconds=9)
    assert len(seminar.wire.asked("POST", "/messages")) == 1


async def test_a_channel_that_is_gone_is_final(seminar: Seminar) -> None:
    seminar.world.delete_channel(seminar.channel)
    await seminar.settle()
    assert (await refused(seminar)).final


async def test_out_of_the_server_nothing_is_final(seminar: Seminar) -> None:
    seminar.world.remove_bot(seminar.guild)
    await seminar.settle()
    problem = await refused(seminar)
    assert "not in that Discord server any more" in problem.sentence
    assert not problem.final


async def test_a_message_that_was_deleted_can_not_be_changed(seminar: Seminar) -> None:
    posted = await seminar.post(seminar.place, CARD, KEY)
    seminar.world.delete(seminar.posts()[0])
    with pytest.raises(SendRefused, match="does not exist") as raised:
        await seminar.platform.update(seminar.place, posted.message, CLOSED)
    assert raised.value.final


async def test_without_history_nothing_is_known(seminar: Seminar) -> None:
    seminar.world.deny(seminar.channel, seminar.world.bot, "read_message_history")
    await seminar.settle()
    for asking in (seminar.read(seminar.place), seminar.platform.find(seminar.place, KEY, CLOCK)):
        with pytest.raises(SendRefused, match="Read Message History"):
            await asking


CLOCK = TickingClock().now()


async def test_while_it_is_not_connected_all_is_refused_for_a_moment(seminar: Seminar) -> None:
    await seminar.client.close()
    problem = await refused(seminar)
    assert problem.retry_after is not None
    assert not problem.final


# --- telling, and reading -----------------------------------------------------------------------


async def test_a_notice_is_a_direct_message(seminar: Seminar) -> None:
    bo = AccountRef(str(seminar.bo.id))
    await seminar.platform.tell(seminar.place, bo, Card("Welcome to History 101"))
    assert seminar.posts() == []
    dave = seminar.world.add_user("Dave", seminar.guild, takes_messages=False)
    with pytest.raises(SendRefused, match="takes no direct messages"):
        await seminar.platform.tell(seminar.place, AccountRef(str(dave.id)), Card("Welcome"))


async def test_a_thread_is_read_whole_and_oldest_first(seminar: Seminar) -> None:
    posted = await seminar.post(seminar.place, CARD, KEY)
    thread, place = thread_of(seminar, posted.thread), within(seminar.place, posted.thread)
    said = [seminar.world.say(seminar.bo, thread, f"number {n}") for n in range(150)]
    answer = seminar.world.say(seminar.cy, thread, "why?", reply_to=said[0])
    seminar.world.edit(answer, "why indeed?")
    for user in (seminar.bo, seminar.ada):
        seminar.world.react(user, said[0], "🤔")
    seen = await seminar.read(place)
    assert [s.posted.text for s in seen] == [*(f"number {n}" for n in range(150)), "why indeed?"]
    assert seen[-1].posted.reply_to == str(said[0].id)
    assert seen[-1].posted.edited_at is not None
    assert seen[-1].posted.author.name == "Cy"
    assert seen[0].posted.place == place
    assert {(p.name, emoji) for p, emoji in seen[0].reactions} == {("Ada", "🤔"), ("Bo", "🤔")}


async def test_of_a_channel_only_answers_since_then_are_read(seminar: Seminar) -> None:
    before = seminar.world.say(seminar.bo, seminar.channel, "before")
    seminar.world.say(seminar.cy, seminar.channel, "too early", reply_to=before)
    since = seminar.clock.move(seconds=5)
    seminar.world.say(seminar.bo, seminar.channel, "chatter")
    seminar.world.say(seminar.cy, seminar.channel, "an answer", reply_to=before)
    seen = [s async for s in seminar.platform.history(seminar.place, since)]
    assert [s.posted.text for s in seen] == ["an answer"]


# --- who is there -------------------------------------------------------------------------------


async def test_who_is_not_in_the_server_is_not_there(seminar: Seminar) -> None:
    space, bo = seminar.place.space, AccountRef(str(seminar.bo.id))
    found = await seminar.platform.person(space, bo)
    assert found is not None
    assert found.name == "Bo"
    seminar.world.leave(seminar.bo, seminar.guild)
    assert await seminar.platform.person(space, bo) is None
    assert await seminar.platform.person(space, AccountRef("Bo")) is None
    deleted = Refuse(404, 10013, "Unknown User")
    seminar.wire.faults.next("GET", "/guilds/*/members/*", deleted)
    assert await seminar.platform.person(space, AccountRef(str(seminar.cy.id))) is None


@pytest.mark.parametrize("fault", [Refuse(404, 10004, "Unknown Guild"), Refuse(403, 50001)])
async def test_what_is_refused_says_nothing_of_anybody(seminar: Seminar, fault: Refuse) -> None:
    seminar.wire.faults.next("GET", "/guilds/*/members/*", fault)
    with pytest.raises(SendRefused):
        await seminar.platform.person(seminar.place.space, AccountRef(str(seminar.bo.id)))


def test_a_link_leads_to_the_message() -> None:
    from bot.adapters.discord.platform import DiscordPlatform

    link = DiscordPlatform(TickingClock()).link
    assert link(inbound.to_place(1, 2), MessageRef("3")) == "https://discord.com/channels/1/2/3"
    assert link(inbound.to_place(1, 2, 9), MessageRef("3")).endswith("/1/9/3")
