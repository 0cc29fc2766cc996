"""The conversations that only Slack has: commands in threads, forms, one course over two
platforms, channels and people that come and go, and what Slack does to messages by itself."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.slack.manifest import callback_id
from bot.core.events import ChannelRef
from tests.adapters.slack.connected import Seminar, Way, a_seminar, a_workspace
from tests.fakes.slack_workspace import Message, User
from tests.fakes.slack_workspace.records import Channel
from tests.world import World

WAYS = pytest.mark.parametrize("way", ["socket", "http"])


@pytest.fixture
def way() -> Way:
    return "socket"


@pytest.fixture
async def seminar(way: Way, tmp_path: Path) -> AsyncIterator[Seminar]:
    """A course with D1; nobody but the teacher has said anything."""
    async with a_seminar(tmp_path, way) as seminar:
        await seminar.set_up()
        yield seminar


def d1(seminar: Seminar) -> Message:
    return seminar.posts()[0]


async def say(seminar: Seminar, who: User, text: str, *, broadcast: bool = False) -> Message:
    said = seminar.world.say(who, seminar.channel, text, thread=d1(seminar), broadcast=broadcast)
    await seminar.settle()
    return said


async def table(seminar: Seminar) -> dict[str, dict[str, str]]:
    """The exported participation, a row for each name; it comes by direct message."""
    await seminar.asks(seminar.teacher, "/participation export")
    file, _ = seminar.world.private_to(seminar.teacher)[-2].files
    rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    return {row["name"]: row for row in rows}


async def why(seminar: Seminar, who: User) -> str:
    return "\n".join(await seminar.asks(seminar.teacher, f"/participation why @{who.name}"))


# --- commands in threads, and forms -------------------------------------------------------------


async def test_in_a_thread_a_mention_is_a_command_and_no_reply(seminar: Seminar) -> None:
    world, before = seminar.world, len(seminar.world.private_to(seminar.ada))
    world.mention(seminar.ada, seminar.channel, "fact about kulaks", thread=d1(seminar))
    await seminar.settle()
    told = world.private_to(seminar.ada)[before:]
    answers = [one for one in told if "Facts about kulaks" in one.words()]
    (answer,) = answers
    assert (answer.seen_by, answer.thread_ts) == (seminar.ada, d1(seminar).ts)
    assert len(seminar.posts()) == 1
    await say(seminar, seminar.bo, "I asked @Coalface about it, and it knows.")
    rows = await table(seminar)
    assert (rows["Ada"]["posts"], rows["Bo"]["posts"]) == ("0", "1")


async def test_a_mention_in_a_thread_closes_its_discussion(seminar: Seminar) -> None:
    seminar.world.mention(seminar.teacher, seminar.channel, "prompt close", thread=d1(seminar))
    assert "D1 is closed" in await seminar.told(seminar.teacher)
    assert "Closed: replies written from now on do not count." in d1(seminar).words()


async def test_a_mistyped_mention_is_answered_with_what_may_be_meant(seminar: Seminar) -> None:
    seminar.world.mention(seminar.ada, seminar.channel, "fcat about kulaks", thread=d1(seminar))
    assert "/fact about" in await seminar.told(seminar.ada)


async def test_a_mention_that_needs_a_form_offers_a_button(seminar: Seminar) -> None:
    seminar.world.mention(seminar.teacher, seminar.channel, "prompt new", thread=d1(seminar))
    await seminar.settle()
    offer = seminar.world.private_to(seminar.teacher)[-1]
    opened = await seminar.world.press(seminar.teacher, offer, "Fill in").opened()
    sent = await seminar.submits(opened, title="Mine", text="Why?", sides="yes; no")
    assert await sent.errors() == {}
    assert "P1 is kept" in await seminar.told(seminar.teacher)


@WAYS
async def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(seminar: Seminar) -> None:
    view = await seminar.opens(seminar.teacher, "/prompt new Norms")
    long = "A long question, which took me a quarter of an hour."
    refused = await seminar.submits(view, title="Norms", text=long, sides="only one")
    assert "at least two" in (await refused.errors())["sides"]
    typed = refused.payload["view"]["state"]["values"]
    assert typed["text"]["cf_field"]["value"] == long, "it stands in the window still"
    taken = await seminar.submits(view, title="Norms", text=long, sides="yes; no")
    assert await taken.errors() == {}
    assert not view.is_open
    assert "P1 is kept" in await seminar.told(seminar.teacher)


async def test_a_field_offers_what_could_be_meant(seminar: Seminar) -> None:
    view = await seminar.opens(seminar.ada, "/fact about")
    asked = seminar.world.suggest(seminar.ada, view, "subject", "kul")
    assert "kulaks" in " ".join(await asked.choices()).casefold()
    await seminar.submits(view, subject=(await asked.choices())[0])
    assert "kulaks" in (await seminar.told(seminar.ada)).casefold()


@WAYS
async def test_shortcuts_on_a_message(seminar: Seminar) -> None:
    claim = await say(seminar, seminar.ada, "Stakhanov cut 102 tons of coal in one hour!")
    names = {c.on_message.label: callback_id(c) for c in seminar.commands if c.on_message}
    for who, label, expected in (
        (seminar.bo, "Check sources", "six"),
        (seminar.ada, "Why counted?", "It counts"),
        (seminar.bo, "Why counted?", "Only its author and the course's staff"),
    ):
        before = len(seminar.world.private_to(who))
        await seminar.world.shortcut(who, claim, names[label]).answered()
        assert expected in await seminar.told(who, before)
    file = seminar.world.file(seminar.ada, "a.png", b"x", "image/png")
    picture = seminar.world.say(seminar.ada, seminar.channel, files=[file])
    await seminar.settle()
    before = len(seminar.world.private_to(seminar.bo))
    await seminar.world.shortcut(seminar.bo, picture, names["Check sources"]).answered()
    assert "no words in that message" in await seminar.told(seminar.bo, before)
    assert len(seminar.posts()) == 1


# --- whom a message responds to -----------------------------------------------------------------

RESPONDING = "cfs_prompt_respond"


async def uses(seminar: Seminar, who: User, shortcut: str, on: Message) -> str:
    """What is told to whoever uses a shortcut."""
    before = len(seminar.world.private_to(who))
    await seminar.world.shortcut(who, on, shortcut).answered()
    return await seminar.told(who, before)


@WAYS
async def test_whom_the_next_message_responds_to_can_be_said(way: Way, tmp_path: Path) -> None:
    async with a_workspace(tmp_path, way) as seminar:
        async with seminar.up():
            await seminar.set_up()
            claim = await say(seminar, seminar.ada, "The state picked sides.")
            before = await say(seminar, seminar.bo, "I think it was the norms.")
            told = await uses(seminar, seminar.bo, RESPONDING, claim)
            assert "Your next message in the thread of D1 responds to Ada." in told
            assert "Noted" not in await seminar.told(seminar.ada)
        async with seminar.up():
            said = await say(seminar, seminar.bo, f"It did, <@{seminar.teacher.id}>.")
            after = await say(seminar, seminar.bo, "And the norms rose.")
            why_counted = "cfs_participation_counted"
            shown = [await uses(seminar, seminar.bo, why_counted, m) for m in (before, said, after)]
            assert ["Ada, as said beforehand" in one for one in shown] == [False, True, False]
            bo = (await table(seminar))["Bo"]
            assert (bo["posts"], bo["replies"], bo["replies_inferred"]) == ("2", "1", "0")


async def test_the_last_word_holds_and_may_be_the_prompt(seminar: Seminar) -> None:
    claim = await say(seminar, seminar.ada, "The state picked sides.")
    await uses(seminar, seminar.bo, RESPONDING, claim)
    told = await uses(seminar, seminar.bo, RESPONDING, d1(seminar))
    assert "responds to the prompt" in told
    seminar.world.say(
        seminar.bo, seminar.channel, f"As <@{seminar.ada.id}> says.", thread=d1(seminar), raw=True
    )
    await seminar.settle()
    bo = (await table(seminar))["Bo"]
    assert (bo["posts"], bo["replies"]) == ("1", "0")


async def test_what_nobody_can_respond_to_is_said(seminar: Seminar) -> None:
    own = await say(seminar, seminar.bo, "Mine.")
    aside = seminar.world.say(seminar.ada, seminar.channel, "Lunch?")
    await seminar.settle()
    assert "a message of your own" in await uses(seminar, seminar.bo, RESPONDING, own)
    told = await uses(seminar, seminar.bo, RESPONDING, aside)
    assert "no classmate's message in a discussion" in told
    await seminar.asks(seminar.teacher, "/prompt close D1")
    assert "D1 is not open" in await uses(seminar, seminar.ada, RESPONDING, own)


# --- what Slack tells of messages ---------------------------------------------------------------


async def test_a_reply_also_sent_to_the_channel_counts_once(seminar: Seminar) -> None:
    await say(seminar, seminar.ada, "The state picked sides.", broadcast=True)
    assert (await table(seminar))["Ada"]["posts"] == "1"


async def test_a_preview_of_a_link_is_no_edit(seminar: Seminar) -> None:
    said = await say(seminar, seminar.ada, "See https://example.org/ for it.")
    before = await why(seminar, seminar.ada)
    seminar.world.unfurl(said)
    await seminar.settle()
    assert "edited" not in await why(seminar, seminar.ada)
    assert await why(seminar, seminar.ada) == before


async def test_what_was_shared_with_a_file_counts(seminar: Seminar) -> None:
    world = seminar.world
    file = world.file(seminar.ada, "essay.txt", b"an essay")
    world.say(
        seminar.ada, seminar.channel, "Mine.", thread=d1(seminar), files=[file],
        subtype="file_share",
    )  # fmt: skip
    await seminar.settle()
    assert (await table(seminar))["Ada"]["posts"] == "1"


async def test_a_deleted_post_leaves_its_replies_and_can_be_closed(seminar: Seminar) -> None:
    await say(seminar, seminar.ada, "The state picked sides.")
    post = d1(seminar)
    seminar.world.delete(post)
    await seminar.settle()
    assert (await table(seminar))["Ada"]["posts"] == "1"
    said = await seminar.asks(seminar.teacher, "/prompt close D1")
    assert "D1 is closed" in said[-1]
    assert seminar.slack.unknown == []


async def test_who_was_deactivated_has_left(seminar: Seminar) -> None:
    await say(seminar, seminar.ada, "The state picked sides.")
    seminar.world.deactivate(seminar.ada)
    await seminar.settle()
    assert "Ada has left" in await why(seminar, seminar.ada)
    assert (await table(seminar))["Ada"]["left"] != ""


async def test_another_apps_words_and_joins_are_no_replies(seminar: Seminar) -> None:
    robot = seminar.world.add_user("Robot", seminar.team, "bot")
    seminar.world.join(robot, seminar.channel)
    await say(seminar, robot, "Beep.")
    await say(seminar, seminar.ada, "The state picked sides.")
    assert set(await table(seminar)) == {"Ada"}


# --- who may set up -----------------------------------------------------------------------------


@WAYS
async def test_who_may_set_a_course_up(way: Way, tmp_path: Path) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        world = seminar.world
        admin = world.add_user("Adam", seminar.team, "admin")
        guest = world.add_user("Gus", seminar.team, "guest")
        elsewhere = world.add_team("Elsewhere", install=False)
        stranger = world.add_user("Ivo", elsewhere, "owner")

        async def sets_up(who: User, creator: User) -> str:
            channel: Channel = world.add_channel(
                f"room-{who.name.lower()}", creator, who, shared_with=[elsewhere]
            )
            (said, *_) = await seminar.asks(who, "/course setup Labor", channel)
            return said

        for who, creator in ((admin, seminar.teacher), (seminar.teacher, seminar.teacher)):
            assert "Labor is set up" in await sets_up(who, creator)
        for who in (seminar.ada, guest):
            assert "There is no course in this channel yet" in await sets_up(who, seminar.teacher)
        shared = world.add_channel("shared", seminar.teacher, stranger, shared_with=[elsewhere])
        world.mention(stranger, shared, "course setup Labor")
        assert "There is no course in this channel yet" in await seminar.told(stranger)


# --- files --------------------------------------------------------------------------------------


async def test_a_picture_comes_by_direct_message(seminar: Seminar) -> None:
    said = await seminar.asks(seminar.ada, "/fact timeline")
    files = [file for one in seminar.world.private_to(seminar.ada) for file in one.files]
    assert [file.content[:4] for file in files] == [b"\x89PNG"]
    assert f"{files[0].name} is in your messages with Coalface." in said[-1]


# --- one course in two spaces -------------------------------------------------------------------


@WAYS
async def test_one_course_over_browser_and_slack(way: Way, tmp_path: Path) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        world = World(seminar.settings, seminar.clock, None)
        world.app = seminar.app
        ines, bea = [await world.person(name) for name in ("Ines", "Bea")]
        await world.course(ines)
        code = (await ines.answer("course code")).partition("/course join ")[2].split()[0]
        said = await seminar.asks(seminar.ada, f"/course join {code}")
        assert "joined" not in said[0], "a student of the workspace may not"
        said = await seminar.asks(seminar.teacher, f"/course join {code}")
        assert "History 101" in said[0]
        everywhere = "/prompt post prompt:kulaks-and-shock-workers channel:all"
        assert "D1" in "".join(await seminar.asks(seminar.teacher, everywhere))
        (post,) = seminar.posts()
        (theirs,) = await seminar.app.browser.classroom.messages(ChannelRef("history"), None, None)
        thread = theirs.id
        await bea.say("From the browser.", thread=thread)
        seminar.world.say(seminar.ada, seminar.channel, "From Slack.", thread=post)
        await seminar.settle()
        report = await ines.answer("participation class")
        assert "Ada" in report
        assert "Bea" in report
        assert "D1 is closed" in await ines.answer("prompt close", discussion="D1")
        await seminar.settle()
        assert "Closed: replies written from now on do not count." in post.words()
