"""From Discord's messages, in Discord's own JSON and parsed by discord.py, to the core's events."""

from typing import Any, cast

import discord
import pytest

from bot.adapters.discord import inbound
from bot.core.events import MessagePosted, Person

PLACE = inbound.to_place(1, 2, 3)
BO = {"id": "20", "username": "bo", "global_name": "Bo", "discriminator": "0", "avatar": None}
CY = {"id": "21", "username": "cy", "global_name": None, "discriminator": "0", "avatar": None}
APP = {**BO, "id": "22", "bot": True}


@pytest.fixture
def state() -> Any:
    client = discord.Client(intents=discord.Intents(guilds=True))
    return client._connection


def message(state: Any, **given: Any) -> discord.Message:
    body: dict[str, Any] = {
        "id": str(discord.utils.time_snowflake(discord.utils.parse_time("2026-09-01T12:00:00Z"))),
        "channel_id": "3", "author": BO, "content": "", "timestamp": "2026-09-01T12:00:00+00:00",
        "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [],
        "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
    }  # fmt: skip
    channel = discord.PartialMessageable(state, 3, guild_id=1)
    return discord.Message(
        state=state, channel=cast("discord.abc.MessageableChannel", channel),
        data=cast("Any", body | given),
    )  # fmt: skip


def posted(state: Any, **given: Any) -> MessagePosted:
    return inbound.to_posted(message(state, **given), PLACE, content=True)


def test_a_message_with_its_author_and_time(state: Any) -> None:
    event = posted(state, content="Use decided.")
    assert event.place == PLACE
    assert (event.place.space.platform, event.place.space.ref) == ("discord", "1")
    assert (event.place.channel, event.place.thread) == ("2", "3")
    assert event.author == Person(event.author.ref, "Bo")
    assert event.author.ref == "20"
    assert event.sent_at.isoformat() == "2026-09-01T12:00:00+00:00"
    assert (event.text, event.edited_at, event.reply_to) == ("Use decided.", None, None)


def test_marks_are_no_words_and_mentions_are_people(state: Any) -> None:
    text = "<@20> see <#5>, <@&6> <:coal:7> <a:dig:8> <t:1700000000:R> </fact about:9> @everyone!"
    event = posted(state, content=text, mentions=[BO, CY])
    assert event.text == text
    assert [person.name for person in event.mentions] == ["Bo"]
    assert event.unspoken == (
        "<@20>", "<#5>", "<@&6>", "<:coal:7>", "<a:dig:8>", "<t:1700000000:R>",
        "</fact about:9>", "@everyone",
    )  # fmt: skip


def test_a_reply_names_what_it_answers_and_a_forward_does_not(state: Any) -> None:
    reference = {"type": 0, "message_id": "77", "channel_id": "3", "guild_id": "1"}
    reply = posted(state, content="Why?", type=19, message_reference=reference, mentions=[CY])
    assert reply.reply_to == "77"
    assert reply.mentions == ()  # called by the reply, and not mentioned
    forward = posted(state, content="", message_reference={**reference, "type": 1})
    assert forward.reply_to is None


@pytest.mark.parametrize("author", [APP, {**BO, "system": True}])
def test_apps_are_automated(state: Any, author: dict[str, Any]) -> None:
    assert posted(state, author=author).author.automated


def test_webhooks_are_automated(state: Any) -> None:
    assert posted(state, webhook_id="5").author.automated
    assert not posted(state).author.automated


@pytest.mark.parametrize("kind", [6, 7, 8, 12, 18, 21, 46])
def test_what_discord_says_itself_is_nobodys(state: Any, kind: int) -> None:
    notice = message(state, type=kind)
    assert not inbound.is_written(notice)
    assert not inbound.to_posted(notice, PLACE, content=True).ordinary


def test_without_the_intent_the_text_is_unknown_but_for_what_is_said_to_the_bot(
    state: Any,
) -> None:
    assert inbound.to_text(message(state), content=False) is None
    assert inbound.to_text(message(state, content="<@1> hello"), content=False) == "<@1> hello"
    assert inbound.to_text(message(state), content=True) == ""  # a picture, without words


def test_only_what_somebody_edited_is_an_edit(state: Any) -> None:
    unfurled = message(state, content="https://example.org", embeds=[{"type": "link"}])
    assert inbound.to_edited(unfurled, PLACE, content=True) is None
    edited = inbound.to_edited(
        message(state, content="Better.", edited_timestamp="2026-09-01T12:05:00+00:00"),
        PLACE,
        content=True,
    )
    assert edited is not None
    assert (edited.text, edited.edited_at.minute) == ("Better.", 5)


@pytest.mark.parametrize(
    ("emoji", "said"),
    [({"id": None, "name": "👍"}, "👍"), ({"id": "9", "name": "coal"}, "<:coal:9>")],
)
def test_a_reaction_and_its_end(state: Any, emoji: dict[str, Any], said: str) -> None:
    at = discord.utils.utcnow()
    for kind, present in (("REACTION_ADD", True), ("REACTION_REMOVE", False)):
        raw: Any = {
            "user_id": "20", "channel_id": "3", "message_id": "77", "guild_id": "1",
            "emoji": emoji, "burst": False, "type": 0,
        }  # fmt: skip
        event = discord.RawReactionActionEvent(
            raw, discord.PartialEmoji.from_dict(raw["emoji"]), cast("Any", kind)
        )
        event.member = None
        reaction = inbound.to_reaction(event, PLACE, own=99, at=at)
        assert (reaction.message, reaction.emoji, reaction.present) == ("77", said, present)
        assert (reaction.person.ref, reaction.person.automated) == ("20", False)
        assert inbound.to_reaction(event, PLACE, own=20, at=at).person.automated
