"""A course that also stands on Discord, and a bot that was started without it."""

import pytest
from sqlalchemy import insert

from bot.core.cards import Card
from bot.core.commands import Answer, Invocation
from bot.core.events import (
    AccountRef,
    ChannelRef,
    InvocationId,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    Space,
    ThreadRef,
)
from bot.core.plain import to_plain
from bot.core.staff import StaffNotices
from storage import courses, discussions, members, outbox
from storage.database import Connection
from storage.ids import CourseId
from storage.rows import Placement
from storage.schema import member_accounts
from tests.world import PROMPT, SPACE, Human, World

SERVER = Space("discord", "4711")
THERE = ChannelRef("815")
COURSE = CourseId(1)
HISTORY = ChannelRef("history")
ABSENT = "Coalface is running without Discord"


@pytest.fixture
async def ada(world: World) -> Human:
    """She teaches here and on Discord."""
    ada = await world.person("Ada")
    await world.course(ada)

    async def bind(db: Connection) -> None:
        now = world.clock.now()
        space = await courses.ensure_space(db, SERVER, now)
        await courses.bind_channel(db, COURSE, space, THERE, name="kulaks", kind="class", now=now)
        await courses.bind_channel(
            db, COURSE, space, ChannelRef("816"), name="office", kind="staff", now=now
        )
        account = await members.ensure_account(db, space, AccountRef("7"), "Ada", now)
        (known,) = await members.members_of(db, COURSE)
        await db.execute(
            insert(member_accounts).values(course_id=COURSE, account_id=account, member_id=known.id)
        )

    await world.app.services.database.write(bind)
    return ada


async def _place_there(world: World) -> None:
    """D1 was posted on Discord as well, and Ada wrote there, while Discord was running."""

    async def place(db: Connection) -> None:
        channel = await courses.channel_at(db, SERVER, THERE)
        assert channel is not None
        (discussion,) = await discussions.discussions_of(db, COURSE)
        placement = Placement(
            discussion.id, channel, MessageRef("900"), ThreadRef("900"), world.clock.now()
        )
        await discussions.place(db, COURSE, placement)

    await world.app.services.database.write(place)
    said = MessagePosted(
        Place(SERVER, THERE, ThreadRef("900")), MessageRef("901"),
        Person(AccountRef("7"), "Ada"), world.clock.move(seconds=1), "Written on Discord.",
    )  # fmt: skip
    await world.app.intake.take_in(said)


async def _post_everywhere(world: World, ada: Human) -> str:
    asked = Invocation(
        InvocationId("everywhere"), Place(SPACE, ChannelRef("history")), Person(ada.ref, "Ada"),
        "prompt post", {"prompt": PROMPT, "channel": "all"}, world.clock.move(seconds=1),
    )  # fmt: skip
    outcome = await world.app.dispatcher.run(asked)
    assert isinstance(outcome, Answer), outcome
    return to_plain(outcome.card)


async def test_a_prompt_stays_owed_and_it_says_why(
    world: World, ada: Human, caplog: pytest.LogCaptureFixture
) -> None:
    said = await _post_everywhere(world, ada)
    assert "Posted in #history" in said
    assert f"#kulaks does not show it yet, and will when it can: {ABSENT}" in said
    assert await world.app.services.outbox.deliver_due()
    async with world.app.services.database.read() as db:
        (send,) = await outbox.sends_of(db, COURSE)
    assert (send.state, send.problem, send.attempts) == ("pending", None, 0)
    assert send.channel.name == "kulaks"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_the_course_shows_it(world: World, ada: Human) -> None:
    await _post_everywhere(world, ada)
    said = await ada.answer("course show")
    assert f"On Discord: {ABSENT}" in said
    assert said.count("On Discord") == 1
    assert "start it with --discord" in said
    assert f"prompt | #kulaks | pending | {ABSENT}" in said
    assert "in #office" in said


async def test_what_stands_there_is_named_without_a_link(world: World, ada: Human) -> None:
    await ada.answer("prompt post", prompt=PROMPT)
    await _place_there(world)
    thread = max(m.id for m in await world.app.browser.classroom.messages(HISTORY, None, None))
    await ada.say("Written here.", thread)
    why = await ada.answer("participation why", student="Ada")
    assert "2 messages" in why
    said = await ada.answer("fact discuss", fact="F32")
    assert "(#history)" in said
    assert "(#kulaks)" in said


async def test_a_discussion_that_stands_there_is_closed_and_reopened(
    world: World, ada: Human
) -> None:
    await _post_everywhere(world, ada)
    closed = await ada.answer("prompt close", discussion="D1")
    assert "D1 is closed" in closed
    opened = await ada.answer("prompt reopen", discussion="D1")
    assert "D1 is open again" in opened
    await _place_there(world)
    closed = await ada.answer("prompt close", discussion="D1")
    assert "D1 is closed" in closed


async def test_staff_are_told_where_it_runs_and_reading_again_leaves_it_out(
    world: World, ada: Human
) -> None:
    await ada.answer("prompt post", prompt=PROMPT)
    await _place_there(world)
    assert [receipt.problem for receipt in await world.app.recovery.recover("browser")] == [None]
    services = world.app.services
    notices = StaffNotices(services.database, services.clock, services.platforms)
    await notices.tell(COURSE, Place(SERVER, THERE), Card("Something happened"))
    assert "Something happened" in await ada.sees()
