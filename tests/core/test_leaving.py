"""Who has left: what people see of it, who is back, and that it may be told in any order."""

import csv
import io
from datetime import datetime, timedelta
from itertools import permutations, product
from typing import cast

import pytest

from bot.core.commands import Answer, Invocation
from bot.core.events import (
    AccountRef,
    ChannelRef,
    Event,
    InvocationId,
    MessagePosted,
    MessageRef,
    Person,
    PersonLeft,
    Place,
    ReactionChanged,
    ThreadRef,
)
from storage import members
from storage.ids import CourseId
from tests.core.test_joining import THERE, _code, _look, _there
from tests.core.test_linking import CY, _link_code, _links_there, _two_spaces
from tests.fakes.platform import FaultyPlatform, stand_in
from tests.world import SPACE, Human, World

COURSE = CourseId(1)


async def _class(world: World) -> tuple[Human, Human, int]:
    """Ada teaches; Bo has written three words in D1."""
    ada, bo = await world.person("Ada"), await world.person("Bo")
    await world.course(ada)
    thread = await world.post(ada)
    await bo.say("Three words here.", thread)
    await world.settle()
    return ada, bo, thread


async def _leaves(world: World, who: Human, channel: str | None = None) -> datetime:
    at = world.clock.move(seconds=1)
    gone = None if channel is None else ChannelRef(channel)
    await world.app.intake.take_in(PersonLeft(SPACE, who.ref, at, gone))
    return at


async def _left(world: World, name: str = "Bo") -> datetime | None:
    async with world.app.services.database.read() as db:
        (found,) = [m for m in await members.members_of(db, COURSE) if m.name == name]
    return found.left_at


async def _sheet(ada: Human) -> dict[str, dict[str, str]]:
    outcome = await ada.run("participation export")
    assert isinstance(outcome, Answer)
    written = outcome.files[0].content.decode("utf-8-sig")
    return {row["name"]: row for row in csv.DictReader(io.StringIO(written))}


# --- what is seen -------------------------------------------------------------------------------


async def test_reports_mark_who_left_and_their_figures_stay(world: World) -> None:
    ada, bo, _ = await _class(world)
    assert (await _sheet(ada))["Bo"]["left"] == ""
    await _leaves(world, bo)
    assert "Bo (has left) | 1 | 1 | 0 | 3" in await ada.answer("participation class")
    why = await ada.answer("participation why", student="Bo")
    assert "Bo has left (known since" in why
    assert "1 message, of which 1 counts" in why
    row = (await _sheet(ada))["Bo"]
    assert (row["words"], row["left"]) == ("3", "2026-09-07T05:00:05.000-04:00")


async def test_they_are_still_suggested_and_marked(world: World) -> None:
    ada, bo, _ = await _class(world)
    await _leaves(world, bo)
    asked = Invocation(
        InvocationId("one"), Place(SPACE, ChannelRef("history")), Person(ada.ref, "Ada"),
        "course staff", {}, world.clock.now(),
    )  # fmt: skip
    found = await world.app.dispatcher.complete(asked, "person", "bo")
    assert [(c.value, c.label) for c in found] == [(bo.ref, "Bo (student, has left)")]


async def test_staff_who_left_get_no_notices_and_are_no_last_instructor(world: World) -> None:
    ada, bo, _ = await _class(world)
    await ada.answer("course staff", person="Bo", role="instructor")
    async with world.app.services.database.read() as db:
        assert (SPACE, bo.ref) in await members.staff_accounts(db, COURSE)
    await _leaves(world, bo)
    async with world.app.services.database.read() as db:
        assert await members.staff_accounts(db, COURSE) == [(SPACE, ada.ref)]
    assert "Ada (instructor), Bo (instructor, has left)" in await ada.answer("course show")
    said = await ada.answer("course staff", person="Ada", role="student")
    assert "A course needs an instructor" in said


async def test_a_stranger_who_leaves_leaves_no_trace(world: World) -> None:
    await _class(world)
    before = _look(world, "SELECT COUNT(*) FROM identities")
    await world.app.intake.take_in(PersonLeft(SPACE, AccountRef("nobody"), world.clock.now()))
    assert _look(world, "SELECT COUNT(*) FROM identities") == before
    assert _look(world, "SELECT * FROM departures") == []


# --- who is back --------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["writes", "reacts", "asks"])
async def test_whoever_does_something_afterwards_is_back(world: World, act: str) -> None:
    ada, bo, thread = await _class(world)
    other = await ada.say("What do you think?", thread)
    at = await _leaves(world, bo)
    assert await _left(world) == at
    match act:
        case "writes":
            await bo.say("Here again.", thread)
        case "reacts":
            await bo.react(other, "👍")
        case _:
            await bo.answer("prompt list")
    await world.settle()
    assert await _left(world) is None
    await world.app.intake.take_in(PersonLeft(SPACE, bo.ref, at))  # told once more
    assert await _left(world) is None


async def test_what_others_do_to_their_messages_brings_nobody_back(world: World) -> None:
    ada, bo, thread = await _class(world)
    other = await ada.say("What do you think?", thread)
    await bo.react(other, "👍")
    said = await bo.say("A slip.", thread)
    at = await _leaves(world, bo)
    await bo.react(other, "👍", present=False)  # as a moderator may, in the person's name
    await bo.delete(said)
    await world.settle()
    assert await _left(world) == at


async def test_in_whatever_order_it_is_told_the_end_is_the_same(world: World) -> None:
    _, _, thread = await _class(world)
    start = world.clock.now()

    def at(second: int) -> datetime:
        return start + timedelta(seconds=second)

    def told(who: str) -> list[Event | PersonLeft]:
        place = Place(SPACE, ChannelRef("history"), ThreadRef(str(thread)))
        ref = AccountRef(who)
        return [
            MessagePosted(place, MessageRef(f"{who}-3"), Person(ref, who), at(3), "Three."),
            PersonLeft(SPACE, ref, at(5)),
            ReactionChanged(place, MessageRef(f"{who}-3"), Person(ref, who), "👍", True, at(7)),
            PersonLeft(SPACE, ref, at(9)),
        ]

    for last, expected in ((3, None), (4, at(9))):
        for order, times in product(permutations(range(1, last)), (1, 2)):
            who = f"p{last}-{order}-{times}"
            events = told(who)
            for index in (0, *order * times):
                await world.app.intake.take_in(events[index])
            assert await _left(world, who) == expected, who


# --- which courses ------------------------------------------------------------------------------


async def test_who_left_one_of_two_channels_is_still_in_the_course(world: World) -> None:
    ada, bo, _ = await _class(world)
    await world.channel("seminar")
    await ada.answer("course join", channel="seminar", code=await _code(ada))
    await _leaves(world, bo, "history")
    assert await _left(world) is None
    await _leaves(world, bo)
    assert await _left(world) is not None


async def test_who_left_a_courses_only_channel_is_in_the_others(world: World) -> None:
    ada, bo, _ = await _class(world)
    ada.manages = True
    await world.course(ada, "physics", "Physics 7")
    await bo.run("prompt list", channel="physics")
    await _leaves(world, bo, "physics")
    assert await _left(world) is None
    assert _look(world, "SELECT course_id FROM members WHERE left_at IS NOT NULL") == [(2,)]
    await _leaves(world, bo)
    assert len(_look(world, "SELECT id FROM members WHERE left_at IS NOT NULL")) == 2


async def test_an_archived_course_stays_as_it_was(world: World) -> None:
    ada, bo, _ = await _class(world)
    await ada.answer("course archive", confirm="History 101")
    await _leaves(world, bo)
    assert await _left(world) is None


async def test_a_member_with_another_account_there_has_not_left(world: World) -> None:
    _, cy, _ = await _two_spaces(world)
    await _links_there(world, await _link_code(cy))
    at = await _leaves(world, cy)
    assert await _left(world, "Cy") is None
    later = at + timedelta(hours=1)
    await world.app.intake.take_in(PersonLeft(THERE.space, CY.ref, later))
    assert await _left(world, "Cy") == later


async def test_staff_are_told_only_where_they_still_are(world: World) -> None:
    ada, _, _ = await _two_spaces(world)  # Tom is an instructor there
    await world.app.intake.take_in(
        PersonLeft(THERE.space, AccountRef("u-tom"), world.clock.move(seconds=1))
    )
    async with world.app.services.database.read() as db:
        assert await members.staff_accounts(db, COURSE) == [(SPACE, ada.ref)]
    await _there(world, "course show", manages=False)
    async with world.app.services.database.read() as db:
        assert len(await members.staff_accounts(db, COURSE)) == 2


# --- the roll call ------------------------------------------------------------------------------


async def test_who_is_not_found_has_left_and_is_not_asked_for_again(world: World) -> None:
    _, bo, _ = await _class(world)
    platform = FaultyPlatform(world.clock, left={bo.ref})
    stand_in(world, platform)
    at = world.clock.move(days=1)
    await world.app.roll_call.call("browser", pause=0)
    assert await _left(world) == at
    assert await _left(world, "Ada") is None
    asked = platform.requests
    world.clock.move(days=1)
    await world.app.roll_call.call("browser", pause=0)
    assert platform.requests == asked + 1, "Ada only"
    assert await _left(world) == at


async def test_where_it_can_not_be_asked_nobody_has_left(world: World) -> None:
    _, bo, _ = await _class(world)
    platform = FaultyPlatform(world.clock, left={bo.ref}, unreadable="There is an outage.")
    stand_in(world, platform)
    world.clock.move(days=1)
    await world.app.roll_call.call("browser", pause=0)
    assert await _left(world) is None
    platform.unreadable = None
    await world.app.roll_call.call("browser", pause=0)
    assert await _left(world) is not None


async def test_the_roll_is_called_on_one_platform_and_in_no_archived_course(world: World) -> None:
    ada, cy, _ = await _two_spaces(world)
    there = cast("FaultyPlatform", world.app.services.platforms["second"])
    there.left = {cy.ref, CY.ref}
    world.clock.move(days=1)
    await world.app.roll_call.call("second", pause=0)
    assert await _left(world, "Cy") is None
    assert await _left(world, "Cy Young") is not None
    await ada.answer("course archive", confirm="History 101")
    asked = there.requests
    there.left |= {AccountRef("u-tom")}
    await world.app.roll_call.call("second", pause=0)
    assert there.requests == asked
