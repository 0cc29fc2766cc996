"""The classroom as the core's platform: posts once, finds, changes, reads, links."""

from datetime import timedelta

import pytest

from bot.core.cards import Card, text
from bot.core.events import ChannelRef, MessageRef, Place, Space, ThreadRef
from bot.core.ports import Platform, SendRefused
from tests.world import START, World

HISTORY = Place(Space("browser", "classroom"), ChannelRef("history"))
CARD = Card("A prompt", (text("Why?"),))


def platform_of(world: World) -> Platform:
    return world.app.browser.platform


async def test_the_same_key_posts_once_and_a_top_level_post_is_its_own_thread(world: World) -> None:
    await world.channel()
    platform = platform_of(world)
    first = await platform.post(HISTORY, CARD, "key")
    assert await platform.post(HISTORY, CARD, "key") == first
    thread = (await platform.complete(HISTORY, first, CARD, "key")).thread
    assert thread == ThreadRef(first)
    within = Place(HISTORY.space, HISTORY.channel, thread)
    second = await platform.post(within, CARD, "another")
    assert second != first
    assert (await platform.complete(within, second, CARD, "another")).thread == thread


async def test_a_post_is_found_by_its_key_where_and_when_it_was_posted(world: World) -> None:
    await world.channel()
    platform = platform_of(world)
    posted = await platform.post(HISTORY, CARD, "key")
    assert await platform.find(HISTORY, "key", START) == posted
    assert await platform.find(HISTORY, "key", START + timedelta(seconds=1)) is None
    assert await platform.find(HISTORY, "no such", START) is None
    assert platform.settling == timedelta(0)


async def test_what_cannot_be_posted_is_refused_in_words(world: World) -> None:
    platform = platform_of(world)
    with pytest.raises(SendRefused, match="no channel “history”"):
        await platform.post(HISTORY, CARD, "key")
    with pytest.raises(SendRefused, match="not there any more"):
        await platform.update(HISTORY, MessageRef("99"), CARD)


async def test_history_holds_a_thread_whole_and_a_channel_since(world: World) -> None:
    await world.channel()
    ada, ben = await world.person("Ada Pitlamp"), await world.person("Ben Coalscuttle")
    platform = platform_of(world)
    early = await ada.say("Early")
    late = await ben.say("Late, @ada pitlamp")
    answer = await ada.say("In the thread", thread=late.id)
    await platform.tell(HISTORY, ada.ref, CARD)
    await ada.react(late, "👍")
    since = [seen async for seen in platform.history(HISTORY, late.sent_at)]
    (only,) = since
    assert only.posted.text == "Late, @ada pitlamp"
    assert [person.ref for person in only.posted.mentions] == [ada.ref]
    assert [(person.name, emoji) for person, emoji in only.reactions] == [("Ada Pitlamp", "👍")]
    within = Place(HISTORY.space, HISTORY.channel, ThreadRef(str(late.id)))
    thread = [seen.posted async for seen in platform.history(within, answer.sent_at)]
    assert [(post.text, post.place) for post in thread] == [("In the thread", within)]
    assert platform.link(HISTORY, MessageRef(str(early.id))) == f"/classroom/history#m{early.id}"
    assert platform.link(within, MessageRef("9")) == f"/classroom/history?thread={late.id}#m9"


async def test_a_message_that_the_core_could_not_record_is_kept_and_its_author_told(
    world: World,
) -> None:
    class Broken:
        async def take_in(self, event: object) -> None:
            raise RuntimeError("the core is down")

    await world.channel()
    ada = await world.person("Ada Pitlamp")
    room = world.app.browser.classroom
    room.connect(Broken(), world.app.dispatcher)
    kept = await room.post(ada.ref, HISTORY.channel, "Still here")
    assert kept.trouble is not None
    assert "could not record it" in kept.trouble
    assert await ada.sees() == ["Still here"]
