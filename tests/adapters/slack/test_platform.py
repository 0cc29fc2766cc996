"""Slack as the core's Platform, over the loopback workspace: posted once, found again, and every
refusal a sentence that somebody can act on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.slack import inbound, marks
from bot.core.cards import Card, paragraphs
from bot.core.events import AccountRef, MessageRef, ThreadRef
from bot.core.ports import Posted, SendRefused, SendUncertain
from tests.adapters.slack.connected import CARD, Lesson, a_lesson
from tests.fakes.discord_wire.faults import AcceptLate, Cut, Fail, RateLimit
from tests.fakes.slack_workspace.faults import Refuse

KEY = "post:slack:1:2:3"
LONG = Card("A long one", paragraphs("\n\n".join(f"{n} " + "word " * 500 for n in range(60))))
SINCE = inbound.to_instant("0")


@pytest.fixture
async def lesson() -> AsyncIterator[Lesson]:
    async with a_lesson() as lesson:
        yield lesson


async def refused(lesson: Lesson) -> SendRefused:
    with pytest.raises(SendRefused) as raised:
        await lesson.platform.post(lesson.place, CARD, KEY)
    return raised.value


# --- posting ------------------------------------------------------------------------------------


async def test_a_prompt_is_a_message_and_the_thread_under_it(lesson: Lesson) -> None:
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    (message,) = lesson.posts()
    assert posted == MessageRef(message.ts)
    whole = await lesson.platform.complete(lesson.place, posted, CARD, KEY)
    assert whole == Posted(posted, ThreadRef(message.ts))
    assert "Kulaks and shock workers" in message.words()
    assert "Who gained?" in message.text, "what a notification shows"
    assert [e["text"]["text"] for e in message.elements()] == ["The state"]
    (asked,) = lesson.slack.asked("chat.postMessage")
    assert {str(asked.args[name]).lower() for name in ("unfurl_links", "unfurl_media")} <= {
        "0", "false",
    }  # fmt: skip


async def test_a_closing_stands_in_the_discussions_thread(lesson: Lesson) -> None:
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    place = lesson.within(ThreadRef(posted))
    closing = await lesson.platform.post(place, Card("D1 is closed"), "closing")
    assert lesson.posts()[-1].thread_ts == posted
    assert await lesson.platform.find(place, "closing", SINCE) == closing
    assert await lesson.platform.find(lesson.place, "closing", SINCE) is None


async def test_a_post_is_found_by_its_key_and_only_the_bots_own(lesson: Lesson) -> None:
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    sent = inbound.to_instant(posted)
    assert await lesson.platform.find(lesson.place, KEY, sent) == posted
    assert await lesson.platform.find(lesson.place, KEY, sent + timedelta(seconds=1)) is None
    assert await lesson.platform.find(lesson.place, "another", SINCE) is None
    copy = lesson.slack.world.say(lesson.ada, lesson.channel, "mine")
    copy.metadata = marks.to_metadata("forged")
    assert await lesson.platform.find(lesson.place, "forged", SINCE) is None


async def test_a_changed_post_is_found_still(lesson: Lesson) -> None:
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    closed = replace(CARD, title="Kulaks, closed")
    await lesson.platform.update(lesson.place, posted, closed)
    (message,) = lesson.posts()
    assert "Kulaks, closed" in message.words()
    assert await lesson.platform.find(lesson.place, KEY, SINCE) == posted


async def test_of_two_posts_the_older_stays(lesson: Lesson) -> None:
    first = await lesson.platform.post(lesson.place, CARD, KEY)
    await lesson.platform.post(lesson.place, CARD, KEY)
    assert await lesson.platform.find(lesson.place, KEY, SINCE) == first
    assert [message.ts for message in lesson.posts()] == [first]


async def test_what_goes_beyond_a_message_continues_in_the_thread_and_stands_once(
    lesson: Lesson,
) -> None:
    posted = await lesson.platform.post(lesson.place, LONG, KEY)
    assert len(lesson.posts()) == 1
    lesson.slack.faults.next("chat.postMessage", Cut(accepted=True))
    with pytest.raises(SendUncertain):
        await lesson.platform.complete(lesson.place, posted, LONG, KEY)
    for _ in range(2):
        assert await lesson.platform.complete(lesson.place, posted, LONG, KEY) == Posted(
            posted, ThreadRef(posted)
        )
    root, *parts = lesson.posts()
    assert parts
    assert {part.thread_ts for part in parts} == {root.ts}
    words = "\n".join(message.words() for message in (root, *parts))
    for n in range(60):
        assert words.count(f"{n} word") == (1 if n > 9 else words.count(f"{n} word"))
    assert words.count("word ") + words.count("word\n") >= 60 * 499
    assert await lesson.platform.find(lesson.place, KEY, SINCE) == posted


# --- when it goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fail(502), Fail(500, accepted=True), Cut(), Cut(accepted=True),
                                   AcceptLate(), Refuse("fatal_error")])  # fmt: skip
async def test_a_post_that_got_no_answer_may_stand_there(lesson: Lesson, fault: Fail) -> None:
    await lesson.platform.workspaces.get(lesson.team.id)
    lesson.slack.faults.next("chat.postMessage", fault)
    with pytest.raises(SendUncertain):
        await lesson.platform.post(lesson.place, CARD, KEY)
    lesson.slack.land(everything=True)
    assert len(lesson.slack.asked("chat.postMessage")) == 1, "it went out once"
    found = await lesson.platform.find(lesson.place, KEY, SINCE)
    assert (found is not None) is (len(lesson.posts()) == 1)


@pytest.mark.parametrize("fault", [Fail(502), Cut(), Refuse("internal_error")])
async def test_a_channel_that_got_no_answer_is_not_known_to_be_empty(
    lesson: Lesson, fault: Fail
) -> None:
    # aiohttp itself asks once more where a connection that it had kept is cut.
    lesson.slack.faults.next("conversations.history", fault, fault)
    with pytest.raises(SendRefused, match="does not answer"):
        await lesson.platform.find(lesson.place, KEY, SINCE)


async def test_slack_says_how_long_to_wait_and_no_other_channel_waits(lesson: Lesson) -> None:
    lesson.slack.faults.next("chat.postMessage", RateLimit(retry_after=30))
    problem = await refused(lesson)
    assert problem.retry_after == timedelta(seconds=30)
    problem = await refused(lesson)
    assert problem.retry_after is not None
    assert problem.retry_after <= timedelta(seconds=30)
    assert len(lesson.slack.asked("chat.postMessage")) == 1, "nothing went out meanwhile"
    other = lesson.slack.world.add_channel("section", lesson.teacher)
    await lesson.platform.post(lesson.at(other), CARD, KEY)
    assert lesson.time.slept == []
    lesson.time.at += 30
    await lesson.platform.post(lesson.place, CARD, KEY)


async def test_at_fifteen_messages_a_minute_a_post_is_found_over_several_tries(
    lesson: Lesson,
) -> None:
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    for n in range(40):
        lesson.slack.world.say(lesson.ada, lesson.channel, str(n))
    lesson.slack.limits.commercial = True
    for _ in range(2):
        with pytest.raises(SendRefused) as raised:
            await lesson.platform.find(lesson.place, KEY, SINCE)
        assert raised.value.retry_after is not None
        lesson.time.at += raised.value.retry_after.total_seconds()
    assert await lesson.platform.find(lesson.place, KEY, SINCE) == posted
    assert lesson.platform._looked == {}


async def test_posts_to_a_channel_go_out_a_second_apart(lesson: Lesson) -> None:
    for n in range(3):
        await lesson.platform.post(lesson.place, CARD, f"{KEY}{n}")
    assert lesson.time.slept == [1.0, 1.0]
    assert len(lesson.posts()) == 3


async def test_a_channel_without_the_bot_says_how_to_invite_it(lesson: Lesson) -> None:
    lesson.slack.world.remove_bot(lesson.channel)
    said = "Coalface is not in #seminar; type /invite @Coalface there."
    assert (await refused(lesson)).sentence == said


async def test_a_private_channel_without_the_bot_is_as_if_it_were_gone(lesson: Lesson) -> None:
    hidden = lesson.slack.world.add_channel("staff", lesson.teacher, private=True, bot=False)
    with pytest.raises(SendRefused, match=r"gone, or private.*type /invite @Coalface"):
        await lesson.platform.post(lesson.at(hidden), CARD, KEY)


async def test_an_archived_channel_is_said_to_be(lesson: Lesson) -> None:
    lesson.slack.world.archive(lesson.channel)
    assert (await refused(lesson)).sentence == (
        "On Slack #seminar is archived; unarchive it, and Coalface goes on."
    )


async def test_a_missing_scope_is_named_and_how_to_give_it(lesson: Lesson) -> None:
    installation = lesson.slack.world.installation(lesson.team)
    installation.scopes = ("channels:read", "channels:history")
    said = (await refused(lesson)).sentence
    assert "lacks the permission “chat:write” in this Slack workspace" in said
    assert "coalface slack manifest" in said
    (sentence,) = lesson.platform.shortcomings(lesson.place.space)
    assert "“chat:write”" in sentence
    assert "“channels:read”" not in sentence


async def test_a_removed_app_is_said_to_be_and_known_again_after_an_install(
    lesson: Lesson,
) -> None:
    await lesson.platform.workspaces.get(lesson.team.id)
    assert lesson.platform.shortcomings(lesson.place.space) == []
    token = lesson.slack.world.installation(lesson.team).tokens[-1]
    for error in ("token_revoked", "account_inactive", "invalid_auth"):
        token.error = error
        assert (
            "is not installed in that Slack workspace any more" in (await refused(lesson)).sentence
        )
        assert len(lesson.platform.shortcomings(lesson.place.space)) == 1
    token.error = None
    await lesson.platform.post(lesson.place, CARD, KEY)
    assert lesson.platform.shortcomings(lesson.place.space) == []


async def test_a_workspace_that_never_had_it_is_refused(lesson: Lesson) -> None:
    place = inbound.to_place("T404", "C1")
    with pytest.raises(SendRefused, match="not installed"):
        await lesson.platform.post(place, CARD, KEY)


async def test_what_slack_takes_no_message_like_is_our_mistake_and_is_logged(
    lesson: Lesson, caplog: pytest.LogCaptureFixture
) -> None:
    lesson.slack.faults.next("chat.postMessage", Refuse("invalid_blocks"))
    problem = await refused(lesson)
    (record,) = [r for r in caplog.records if r.levelname == "ERROR"]
    assert problem.final
    assert record.__dict__["failure"] in problem.sentence
    assert record.__dict__["error"] == "invalid_blocks"


@pytest.mark.parametrize(
    ("error", "said", "final"),
    [
        ("restricted_action", "Who may post in #seminar is restricted", False),
        ("thread_not_found", "The discussion's thread does not exist on Slack any more.", True),
        ("something_new", "Slack refused it, with its word “something_new”.", False),
    ],
)
async def test_other_refusals_are_sentences_too(
    lesson: Lesson, error: str, said: str, final: bool
) -> None:
    lesson.slack.faults.next("chat.postMessage", Refuse(error))
    problem = await refused(lesson)
    assert problem.sentence.startswith(said)
    assert problem.final is final


async def test_a_post_that_was_deleted_can_not_be_changed(lesson: Lesson) -> None:
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    lesson.slack.world.delete(lesson.posts()[0])
    with pytest.raises(SendRefused, match="message in #seminar does not exist") as raised:
        await lesson.platform.update(lesson.place, posted, CARD)
    assert raised.value.final


# --- privately ----------------------------------------------------------------------------------


async def test_who_has_just_written_is_told_in_the_thread_and_alone_sees_it(
    lesson: Lesson,
) -> None:
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    place = lesson.within(ThreadRef(posted))
    await lesson.platform.tell(place, lesson.ref(lesson.ada), Card("Welcome"))
    (message,) = lesson.slack.world.private_to(lesson.ada)
    assert (message.channel, message.thread_ts) == (lesson.channel, posted)
    assert "Welcome" in message.words()
    assert lesson.slack.world.private_to(lesson.bo) == []


@pytest.mark.parametrize("where", ["outside threads", "left", "archived", "thread gone"])
async def test_else_they_are_told_directly(lesson: Lesson, where: str) -> None:
    world = lesson.slack.world
    posted = await lesson.platform.post(lesson.place, CARD, KEY)
    place = lesson.place if where == "outside threads" else lesson.within(ThreadRef(posted))
    if where == "left":
        world.leave(lesson.ada, lesson.channel)
    elif where == "archived":
        world.archive(lesson.channel)
    elif where == "thread gone":
        world.delete(lesson.posts()[0])
    await lesson.platform.tell(place, lesson.ref(lesson.ada), Card("Welcome"))
    assert [m.channel for m in world.private_to(lesson.ada)] == [world.direct(lesson.ada)]


async def test_who_takes_no_direct_messages_is_said_to(lesson: Lesson) -> None:
    for ref in (
        AccountRef("U404"),
        lesson.ref(lesson.slack.world.add_user("R", lesson.team, "bot")),
    ):
        with pytest.raises(SendRefused, match="takes no direct messages"):
            await lesson.platform.tell(lesson.place, ref, CARD)


async def test_notices_to_staff_stand_in_a_private_channel_that_the_bot_is_in(
    lesson: Lesson,
) -> None:
    world = lesson.slack.world
    staff = world.add_channel("staff", lesson.teacher, private=True)
    assert await lesson.platform.notice_channel(lesson.at(staff)) == "staff"
    await lesson.platform.post_notice(lesson.at(staff), Card("A notice"))
    assert [message.words() for message in lesson.posts(staff)] == ["A notice"]
    with pytest.raises(SendRefused, match="#seminar is public"):
        await lesson.platform.notice_channel(lesson.place)
    world.archive(staff)
    with pytest.raises(SendRefused, match="#staff is archived"):
        await lesson.platform.post_notice(lesson.at(staff), Card("A notice"))


async def test_a_link_leads_to_the_message_in_its_thread(lesson: Lesson) -> None:
    ref = MessageRef("1725194800.123456")
    place = lesson.within(ThreadRef("1725194700.000100"))
    assert lesson.platform.link(lesson.place, ref).startswith("https://slack.com/archives/")
    await lesson.platform.workspaces.get(lesson.team.id)
    root = f"https://history.slack.com/archives/{lesson.channel.id}/p1725194800123456"
    assert lesson.platform.link(lesson.place, ref) == root
    assert lesson.platform.link(place, ref) == (
        f"{root}?thread_ts=1725194700.000100&cid={lesson.channel.id}"
    )
