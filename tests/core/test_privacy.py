"""What people are told about what is kept, once; and what is kept no longer."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    ThreadRef,
)
from bot.core.intake import Intake
from bot.core.privacy import Notices, forget_what_is_due
from storage import members
from storage.errors import StorageBusy
from tests.fakes.platform import FaultyPlatform, LoseAnswer, stand_in
from tests.world import PROMPT, SPACE, START, Human, World

NOTICE = "Before you go on"
MARKER = b"zqmarkerqz"


async def a_class(world: World) -> tuple[Human, Human, int]:
    ada, bo = [await world.person(name) for name in ("Ada", "Bo")]
    await world.course(ada)
    store = world.app.browser.classroom.store
    for ref in ("di", "eve"):
        await store.add_person(AccountRef(ref), ref.title(), world.clock.now())
    return ada, bo, await world.post(ada)


async def notices(world: World, who: Human, thread: int) -> int:
    """How often somebody has been told in the channel and the thread."""
    await world.settle()
    return sum(NOTICE in words for words in [*await who.sees(), *await who.sees(thread)])


async def test_a_first_command_says_once_what_is_recorded_and_who_sees_it(world: World) -> None:
    ada, bo, thread = await a_class(world)
    first = await bo.answer("prompt list")
    assert "instructors and assistants see it in reports" in first
    assert "text is kept until the course's staff set an end to it" in first
    assert NOTICE not in await bo.answer("prompt list")
    await bo.say("Some words.", thread)
    assert await notices(world, bo, thread) == 0
    assert NOTICE not in await ada.answer("prompt list")


async def test_a_first_reply_is_followed_by_a_private_notice(world: World) -> None:
    ada, bo, thread = await a_class(world)
    await ada.answer("course settings", keep_text=30)
    await bo.say("Some words.", thread)
    await bo.say("More words.", thread)
    assert await notices(world, bo, thread) == 1
    assert await notices(world, ada, thread) == 0
    assert any("kept for 30 days" in words for words in await bo.sees(thread))
    assert NOTICE not in await bo.answer("prompt list")


async def test_everything_at_once_is_one_first_contact(world: World) -> None:
    _, bo, thread = await a_class(world)
    said = await asyncio.gather(
        *(bo.answer("prompt list") for _ in range(4)),
        *(bo.say(f"Words {n}.", thread) for n in range(4)),
    )
    answered = sum(NOTICE in words for words in said if isinstance(words, str))
    assert answered + await notices(world, bo, thread) == 1


async def test_whoever_was_told_is_not_told_again_after_a_restart(world: World) -> None:
    _, bo, thread = await a_class(world)
    await bo.say("Some words.", thread)
    await world.settle()
    async with world.opened():
        await bo.say("More words.", thread)
        assert NOTICE not in await bo.answer("prompt list")
        assert await notices(world, bo, thread) == 1


async def test_staff_are_told_nothing_until_they_are_students(world: World) -> None:
    ada, bo, thread = await a_class(world)
    await bo.answer("help")
    cy = await world.person("Cy")
    await ada.say("Welcome, all.", thread)
    await world.settle()
    await ada.answer("course staff", person="Bo", role="instructor")
    await bo.answer("course staff", person="Ada", role="student")
    assert await notices(world, ada, thread) == 0
    await ada.say("Now as a student.", thread)
    assert await notices(world, ada, thread) == 1
    assert await notices(world, cy, thread) == 0


def posted(thread: str | int, text: str = "Some words.", ref: str = "x1") -> MessagePosted:
    return MessagePosted(
        Place(SPACE, ChannelRef("history"), ThreadRef(str(thread))),
        MessageRef(ref),
        Person(AccountRef("di"), "Di"),
        START + timedelta(hours=1),
        text,
    )


@pytest.mark.parametrize("how", ["reply", "command"])
async def test_a_notice_that_was_refused_is_given_at_the_next_contact(
    world: World, how: str
) -> None:
    _, bo, thread = await a_class(world)
    platform = FaultyPlatform(world.clock, deaf=True)
    services = world.app.services
    told = Notices(services.database, world.clock, {"browser": platform}, services.informed)
    intake = Intake(services.database, world.clock, told.reached)
    author = Person(bo.ref, "Bo")
    await intake.take_in(replace(posted(thread, ref="x1"), author=author))
    await told.drain()
    assert platform.told == []
    platform.deaf = False
    if how == "command":
        assert NOTICE in await bo.answer("prompt list")
    await intake.take_in(replace(posted(thread, ref="x2"), author=author))
    await intake.take_in(replace(posted(thread, ref="x3"), author=author))
    await told.drain()
    assert [who for who, _ in platform.told] == ([bo.ref] if how == "reply" else [])
    assert NOTICE not in await bo.answer("prompt list")


async def test_a_command_is_answered_though_the_notice_cannot_be_noted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done must not be said to have failed, and the notice is not lost."""
    _, bo, _ = await a_class(world)

    async def busy(*_: object) -> None:
        raise StorageBusy("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(members, "mark_informed", busy)
        said = await bo.answer("prompt list")
    assert "D1" in said
    assert NOTICE in await bo.answer("prompt list")
    assert NOTICE not in await bo.answer("prompt list")


# --- letting go ---------------------------------------------------------------------------------


async def in_the_file(world: World, marker: bytes = MARKER) -> bool:
    """Whether the database file holds the bytes, after all that was written has gone into it."""
    await world.settle()  # a reader would keep the log from going into the file
    path = world.settings.database
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    files = path.parent.glob(f"{path.name}*")
    return any(marker in file.read_bytes() for file in files)


async def test_texts_are_kept_as_long_as_the_course_says_and_counts_for_ever(
    world: World,
) -> None:
    ada, _, thread = await a_class(world)
    await ada.answer("course settings", keep_text=30)
    await world.app.intake.take_in(posted(thread, f"{MARKER.decode()} and four more words", "x1"))
    assert await in_the_file(world)
    table = await ada.answer("participation class")

    now = world.clock.move(days=30)
    await forget_what_is_due(world.app.services.database, now, {})
    assert await in_the_file(world)
    await forget_what_is_due(world.app.services.database, world.clock.move(hours=2), {})
    assert not await in_the_file(world)
    after = await ada.answer("participation class")
    assert after.split("Student |")[1] == table.split("Student |")[1]
    assert "Di | 1 | 1 | 0 | 5" in after


async def test_without_an_end_texts_stay_and_another_courses_end_is_not_theirs(
    world: World,
) -> None:
    ada, _, thread = await a_class(world)
    await world.course(ada, "physics", "Physics 101")
    await ada.answer("course settings", channel="physics", keep_text=1)
    await world.app.intake.take_in(posted(thread, MARKER.decode()))
    await forget_what_is_due(world.app.services.database, world.clock.move(days=400), {})
    assert await in_the_file(world)


@pytest.mark.parametrize("how", ["edited", "deleted"])
async def test_what_an_author_takes_back_is_gone_from_the_file(world: World, how: str) -> None:
    _, _, thread = await a_class(world)
    first = posted(thread, MARKER.decode())
    await world.app.intake.take_in(first)
    at = first.sent_at + timedelta(minutes=1)
    if how == "edited":
        await world.app.intake.take_in(MessageEdited(first.place, first.message, at, "Other."))
    else:
        await world.app.intake.take_in(MessageDeleted(first.place, first.message, at))
    assert not await in_the_file(world)


async def test_what_is_held_in_vain_is_forgotten_with_its_names(world: World) -> None:
    ada, _, _ = await a_class(world)
    platform = FaultyPlatform(world.clock)
    stand_in(world, platform)
    platform.fail(LoseAnswer())
    await ada.answer("prompt post", prompt=PROMPT)
    chatter = replace(
        posted("another thread", MARKER.decode()),
        author=Person(AccountRef("eve"), "Zqevelynqz"),
        mentions=(Person(AccountRef("fay"), "Zqfayqz"),),
    )
    await world.app.intake.take_in(chatter)
    assert await in_the_file(world)
    assert await in_the_file(world, b"Zqevelynqz")
    await forget_what_is_due(world.app.services.database, world.clock.move(hours=23), {})
    assert await in_the_file(world)
    await forget_what_is_due(world.app.services.database, world.clock.move(hours=2), {})
    assert not await in_the_file(world)
    assert not await in_the_file(world, b"Zqevelynqz")
    assert not await in_the_file(world, b"Zqfayqz")
    assert "Ada (instructor)" in await ada.answer("course show")
