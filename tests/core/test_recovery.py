"""After an absence: what happened in the channels meanwhile is on record, and staff are told."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime

import pytest

from bot.core import recovery
from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    ReactionChanged,
    ThreadRef,
)
from bot.core.ports import ClassroomMessage, Platform, SeenMessage, SendRefused
from bot.core.recovery import Receipt, Recovery
from bot.core.staff import StaffNotices
from tests.fakes.platform import FaultyPlatform
from tests.world import SPACE, Human, World

HISTORY = ChannelRef("history")


class Absence:
    """A course whose classroom goes on while the core is not told."""

    def __init__(self, world: World, ada: Human, bo: Human, cy: Human, thread: int) -> None:
        self.world, self.ada, self.bo, self.cy, self.thread = world, ada, bo, cy, thread
        self.store = world.app.browser.classroom.store

    def later(self) -> datetime:
        return self.world.clock.move(seconds=1)

    async def write(
        self, who: Human, text: str, to: int | None = None, thread: int | None = 0
    ) -> ClassroomMessage:
        thread = self.thread if thread == 0 else thread
        return await self.store.add_message(
            HISTORY, at=self.later(), thread=thread, author=who.ref, reply_to=to, text=text
        )

    async def recover(self) -> Receipt:
        self.later()
        (receipt,) = await self.world.app.recovery.recover("browser")
        await self.world.settle()
        return receipt

    async def told(self, who: Human) -> list[str]:
        seen = [*await who.sees(), *await who.sees(self.thread)]
        return [words for words in seen if "While the bot was away" in words]


@pytest.fixture
async def absence(world: World) -> Absence:
    ada, bo, cy = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.course(ada)
    thread = await world.post(ada)
    return Absence(world, ada, bo, cy, thread)


def figures(receipt: Receipt) -> tuple[int, int, int, int]:
    return (receipt.new, receipt.edited, receipt.deleted, receipt.reactions)


async def test_what_was_missed_is_taken_in_and_told(absence: Absence) -> None:
    bo, cy, ada, store = absence.bo, absence.cy, absence.ada, absence.store
    edited = await bo.say("Two words.", absence.thread)
    deleted = await cy.say("This goes.", absence.thread)
    liked = await cy.say("Unliked in the end.", absence.thread)
    await bo.react(liked, "👍")

    missed = await absence.write(cy, "An answer nobody heard.", to=edited.id)
    await absence.write(bo, "Outside the thread.", to=absence.thread, thread=None)
    await absence.write(bo, "Chatter.", thread=None)
    await store.edit_message(edited.id, at=absence.later(), text="Now three words.")
    await store.delete_message(deleted.id, at=absence.later())
    await store.react(liked.id, bo.ref, "👍", False, at=absence.later())
    await store.react(edited.id, cy.ref, "🔥", True, at=absence.later())
    await store.react(missed.id, bo.ref, "🔥", True, at=absence.later())

    assert figures(await absence.recover()) == (2, 1, 1, 3)
    assert await absence.told(ada) == [
        "While the bot was away\nD1: 2 new, 1 edited and 1 deleted messages, 3 changed reactions."
    ]
    assert await absence.told(bo) == []
    table = await ada.answer("participation class")
    assert "Bo | 1 | 2 | 0 | 6 | 0 | 1" in table
    assert "Cy | 1 | 1 | 1 | 8 | 1 | 0" in table
    why = await ada.answer("participation why", student="Cy")
    assert "no: deleted by its author or a moderator" in why
    assert "Reactions received: 1" in why


async def test_staff_are_told_of_a_channels_discussions_at_once(absence: Absence) -> None:
    second = await absence.world.post(absence.ada)
    await absence.write(absence.bo, "In the first.")
    await absence.write(absence.cy, "In the second.", thread=second)
    await absence.world.app.recovery.recover("browser")
    await absence.world.settle()
    (said,) = await absence.told(absence.ada)
    assert said.splitlines() == [
        "While the bot was away",
        "D1: 1 new, 0 edited and 0 deleted messages, 0 changed reactions.",
        "D2: 1 new, 0 edited and 0 deleted messages, 0 changed reactions.",
    ]


async def test_a_second_look_finds_nothing(absence: Absence) -> None:
    """…though a bot spoke in the thread and somebody reacted to it."""
    bo, store = absence.bo, absence.store
    answer = await bo.say("Some words.", absence.thread)
    await bo.edit(answer, "Other words.")
    robots = await store.add_message(
        HISTORY, at=absence.later(), thread=absence.thread, card={"title": "Summary"}
    )
    await store.react(robots.id, bo.ref, "👍", True, at=absence.later())
    await absence.write(bo, "Missed.")
    first = await absence.recover()
    assert (first.new, first.edited, first.deleted) == (1, 0, 0)
    told = await absence.told(absence.ada)
    assert figures(await absence.recover()) == (0, 0, 0, 0)
    assert await absence.told(absence.ada) == told


async def test_a_reaction_that_came_before_its_message_does_not_make_it_an_edit(
    absence: Absence,
) -> None:
    missed = await absence.write(absence.bo, "Some words.")
    await absence.cy.react(missed, "👍")
    assert figures(await absence.recover()) == (1, 0, 0, 0)
    assert "Bo | 1 | 1 | 0 | 2" in await absence.ada.answer("participation class")


async def test_what_only_an_edit_told_of_leaves_no_words_behind_once_it_is_gone(
    absence: Absence,
) -> None:
    bo, world = absence.bo, absence.world
    missed = await absence.write(bo, "Nobody heard this.")
    await bo.edit(missed, "Of this only the edit was heard.")
    await absence.store.delete_message(missed.id, at=absence.later())
    receipt = await absence.recover()
    assert figures(receipt) == (0, 0, 0, 0), "it was nobody's, as far as is known"
    with closing(sqlite3.connect(world.settings.database)) as db:
        kept = db.execute("SELECT text FROM message_texts").fetchall()
    assert kept == []
    assert await absence.told(absence.ada) == []


async def test_a_reaction_taken_back_meanwhile_leaves_everybody_their_name(
    absence: Absence,
) -> None:
    answer = await absence.bo.say("Some words.", absence.thread)
    await absence.cy.say("My words.", absence.thread)
    await absence.cy.react(answer, "👍")
    await absence.store.react(answer.id, absence.cy.ref, "👍", False, at=absence.later())
    assert figures(await absence.recover()) == (0, 0, 0, 1)
    assert "Cy | 1" in await absence.ada.answer("participation class")


async def test_what_was_deleted_and_edited_after_the_closing_is_learned(absence: Absence) -> None:
    ada, bo, store = absence.ada, absence.bo, absence.store
    gone = await bo.say("Said in anger.", absence.thread)
    kept = await bo.say("Two words.", absence.thread)
    await ada.answer("prompt close", discussion="D1")
    await store.delete_message(gone.id, at=absence.later())
    await store.edit_message(kept.id, at=absence.later(), text="Now three words.")
    await absence.write(bo, "After the closing.")
    assert figures(await absence.recover()) == (1, 1, 1, 0)
    assert "Bo | 1 | 1 | 0 | 3" in await ada.answer("participation class")
    with closing(sqlite3.connect(absence.world.settings.database)) as db:
        held = db.execute("SELECT text FROM message_texts ORDER BY text").fetchall()
    assert held == [("After the closing.",), ("Now three words.",)]


async def test_of_an_archived_course_only_deletions_are_learned(absence: Absence) -> None:
    ada, bo, cy, store = absence.ada, absence.bo, absence.cy, absence.store
    gone = await bo.say("Said in anger.", absence.thread)
    kept = await bo.say("Two words.", absence.thread)
    await ada.answer("course archive", confirm="History 101")
    await store.delete_message(gone.id, at=absence.later())
    await store.edit_message(kept.id, at=absence.later(), text="Now three words.")
    await store.react(kept.id, cy.ref, "👍", True, at=absence.later())
    await absence.write(bo, "After the end.")
    assert figures(await absence.recover()) == (0, 0, 1, 0)
    assert "Bo | 1 | 1 | 0 | 2" in await ada.answer("participation class")


@pytest.mark.parametrize("command", ["prompt close", "course archive"])
async def test_what_ended_long_ago_is_read_again_only_when_asked(
    absence: Absence, command: str
) -> None:
    ada, bo, world = absence.ada, absence.bo, absence.world
    gone = await bo.say("Said in anger.", absence.thread)
    given = {"discussion": "D1"} if command == "prompt close" else {"confirm": "History 101"}
    await ada.answer(command, **given)
    world.clock.move(days=recovery.LATELY.days + 1)
    await absence.store.delete_message(gone.id, at=absence.later())
    assert await world.app.recovery.recover("browser") == []
    (receipt,) = await world.app.recovery.reread(Place(SPACE, HISTORY))
    assert figures(receipt) == (0, 0, 1, 0)


async def test_what_was_withdrawn_is_never_read_again(absence: Absence) -> None:
    await absence.ada.answer("prompt withdraw", what="D1")
    await absence.write(absence.bo, "After the end.")
    assert await absence.world.app.recovery.recover("browser") == []
    assert await absence.world.app.recovery.reread(Place(SPACE, HISTORY)) == []


async def test_another_platforms_discussions_are_not_looked_for(absence: Absence) -> None:
    assert await absence.world.app.recovery.recover("slack") == []


def recovery_through(world: World, platform: Platform) -> Recovery:
    platforms = {"browser": platform}
    services = world.app.services
    staff = StaffNotices(services.database, services.clock, platforms)
    return Recovery(services.database, world.clock, platforms, world.app.intake, staff)


async def test_a_history_that_breaks_off_changes_nothing_and_is_told(absence: Absence) -> None:
    """Half a history must not be taken for a whole one, in which half the messages are gone."""
    world, place = absence.world, Place(SPACE, HISTORY, ThreadRef(str(absence.thread)))
    await absence.bo.say("Some words.", absence.thread)
    await absence.cy.say("More words.", absence.thread)
    before = await absence.ada.answer("participation class")
    platform = FaultyPlatform(world.clock)
    platform.unreadable = "The bot may not read #history."
    newcomer = Person(AccountRef("di"), "Di")
    platform.seen = [
        SeenMessage(MessagePosted(place, MessageRef("x"), newcomer, absence.later(), "New."))
    ]
    (receipt,) = await recovery_through(world, platform).recover("browser")
    assert figures(receipt) == (0, 0, 0, 0)
    ((who, said),) = platform.told
    assert who == absence.ada.ref
    assert "D1 could not be read again: The bot may not read #history." in said
    after = await absence.ada.answer("participation class")
    assert after.split("Student |")[1] == before.split("Student |")[1]


async def test_what_a_long_history_held_until_it_broke_off_stays_and_nothing_is_deleted(
    absence: Absence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five messages in pages of two: the last one is of a page that never came whole."""
    monkeypatch.setattr(recovery, "AT_ONCE", 2)
    world, place = absence.world, Place(SPACE, HISTORY, ThreadRef(str(absence.thread)))
    await absence.cy.say("Known, and not seen again.", absence.thread)
    platform = FaultyPlatform(world.clock)
    platform.unreadable = "The bot may not read #history."
    bo = Person(absence.bo.ref, "Bo")
    platform.seen = [
        SeenMessage(MessagePosted(place, MessageRef(f"x{n}"), bo, absence.later(), "New."))
        for n in range(5)
    ]
    (receipt,) = await recovery_through(world, platform).recover("browser")
    assert figures(receipt) == (4, 0, 0, 0)
    ((_, said),) = platform.told
    assert (
        "D1 could not be read again to its end: The bot may not read #history. Until then: 4 new"
        " and 0 edited messages, 0 changed reactions." in said
    )
    table = await absence.ada.answer("participation class")
    assert "Bo | 1 | 4 |" in table
    assert "Cy | 1 | 1 |" in table


async def test_a_history_of_many_pages_reads_as_one_page_would(
    absence: Absence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "AT_ONCE", 2)
    bo, cy, store = absence.bo, absence.cy, absence.store
    edited = await bo.say("Two words.", absence.thread)
    gone = [await cy.say(f"This goes, {n}.", absence.thread) for n in range(3)]
    liked = await cy.say("Unliked in the end.", absence.thread)
    await bo.react(liked, "👍")
    later = liked.id + 3  # the third from here: on a page after that of the one who answers it
    early = await absence.write(cy, "An answer to what comes later.", to=later)
    await absence.write(bo, "Between them.")
    assert (await absence.write(bo, "What it answers.")).id == later
    await absence.write(bo, "Outside the thread.", to=early.id, thread=None)
    await store.edit_message(edited.id, at=absence.later(), text="Now three words.")
    for message in gone:
        await store.delete_message(message.id, at=absence.later())
    await store.react(liked.id, bo.ref, "👍", False, at=absence.later())
    await store.react(later, cy.ref, "🔥", True, at=absence.later())

    assert figures(await absence.recover()) == (4, 1, 3, 2)
    table = await absence.ada.answer("participation class")
    assert "Bo | 1 | 3 | 1 |" in table
    assert "Cy | 1 | 1 | 1 |" in table
    assert figures(await absence.recover()) == (0, 0, 0, 0)


class Busy(FaultyPlatform):
    """A platform on which something happens while its history is being read."""

    def __init__(self, absence: Absence, happening: object) -> None:
        super().__init__(absence.world.clock)
        self.real, self.happening = absence.world.app.services.platforms["browser"], happening

    async def history(self, place: Place, since: datetime) -> AsyncIterator[SeenMessage]:
        seen = [message async for message in self.real.history(place, since)]
        if place.thread is not None:
            await self.happening()  # type: ignore[operator]
        for message in seen:
            yield message


async def test_what_comes_in_during_recovery_is_not_taken_for_deleted(absence: Absence) -> None:
    async def somebody_writes() -> None:
        await absence.bo.say("Just now.", absence.thread)

    busy = Busy(absence, somebody_writes)
    (receipt,) = await recovery_through(absence.world, busy).recover("browser")
    assert receipt.deleted == 0
    assert "Bo | 1 | 1 | 0 | 2" in await absence.ada.answer("participation class")


async def test_a_reaction_taken_back_during_recovery_stays_away(absence: Absence) -> None:
    answer = await absence.bo.say("Some words.", absence.thread)
    await absence.cy.say("A member's words.", absence.thread)
    await absence.store.react(answer.id, absence.cy.ref, "👍", True, at=absence.later())

    async def takes_it_back() -> None:
        await absence.cy.react(answer, "👍", present=False)
        absence.later()

    await recovery_through(absence.world, Busy(absence, takes_it_back)).recover("browser")
    why = await absence.ada.answer("participation why", student="Bo")
    assert "Reactions received: 0" in why


async def test_one_thread_or_channel_is_read_again_when_asked(absence: Absence) -> None:
    await absence.write(absence.bo, "Missed.")
    reading = absence.world.app.recovery
    elsewhere = Place(SPACE, HISTORY, ThreadRef("999"))
    assert await reading.reread(elsewhere) == []
    assert await reading.reread(Place(SPACE, ChannelRef("nowhere"))) == []
    (receipt,) = await reading.reread(Place(SPACE, HISTORY, ThreadRef(str(absence.thread))))
    assert figures(receipt) == (1, 0, 0, 0)
    (receipt,) = await reading.reread(Place(SPACE, HISTORY))
    assert figures(receipt) == (0, 0, 0, 0)


async def test_a_bots_reaction_is_neither_kept_nor_told(absence: Absence) -> None:
    answer = await absence.bo.say("Some words.", absence.thread)
    place = Place(SPACE, HISTORY, ThreadRef(str(absence.thread)))
    platform = FaultyPlatform(absence.world.clock)
    posted = MessagePosted(
        place,
        MessageRef(str(answer.id)),
        Person(absence.bo.ref, "Bo"),
        answer.sent_at,
        answer.text,
    )
    robot = Person(AccountRef("robot"), "Robot", automated=True)
    platform.seen = [SeenMessage(posted, ((robot, "👍"),))]
    (receipt,) = await recovery_through(absence.world, platform).recover("browser")
    assert figures(receipt) == (0, 0, 0, 0)
    assert platform.told == []


async def test_what_is_recovered_while_it_also_comes_in_is_there_once(absence: Absence) -> None:
    missed = [await absence.write(absence.bo, f"Missed {n}.") for n in range(20)]
    place = Place(SPACE, HISTORY, ThreadRef(str(absence.thread)))
    intake, cy = absence.world.app.intake, Person(absence.cy.ref, "Cy")
    marks = [
        ReactionChanged(place, MessageRef(str(m.id)), cy, "👍", True, m.sent_at) for m in missed
    ]
    await asyncio.gather(absence.recover(), *(intake.take_in(mark) for mark in marks))
    why = await absence.ada.answer("participation why", student="Bo")
    assert "20 messages, of which 20 count" in why


def test_a_receipt_says_what_is_worth_telling() -> None:
    assert not Receipt("D1").worth_telling
    assert Receipt("D1", reactions=1).worth_telling
    assert Receipt("D1", problem=SendRefused("No.").sentence).worth_telling
