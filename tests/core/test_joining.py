"""One course in several channels and spaces: the code, who may join by it, and what comes of it."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any, cast

import pytest

from bot.core.commands import Answer, Form, Invocation, Outcome
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
from bot.core.ports import Platform
from bot.core.services import channel_labels
from storage.ids import ChannelId, CourseId, SpaceId
from storage.rows import Channel
from tests.fakes.platform import FaultyPlatform
from tests.world import PROMPT, SPACE, Human, World

WRONG = "No course has this code, or not any more"
THERE = Place(Space("second", "their-server"), ChannelRef("c-77"))
TOM = Person(AccountRef("u-tom"), "Tom")


async def _taught(world: World, *others: str) -> list[Human]:
    """The first one teaches in #history; #seminar belongs to no course."""
    people = [await world.person(name) for name in ("Ada", *others)]
    await world.course(people[0])
    await world.channel("seminar")
    return people


async def _code(teacher: Human) -> str:
    said = await teacher.answer("course code")
    (code,) = [line for line in said.splitlines() if len(line) == 8]
    assert f"/course join {code}" in said
    return code


async def _there(
    world: World,
    command: str,
    who: Person = TOM,
    manages: bool = True,
    called: str = "reading-group",
    **arguments: object,
) -> Outcome:
    """Somebody gives a command in a channel of the second platform."""
    world.clock.move(seconds=1)
    return await world.app.dispatcher.run(
        Invocation(
            InvocationId(f"there-{next(world.numbers)}"), THERE, who, command, arguments,
            world.clock.now(), manages, called,
        )
    )  # fmt: skip


async def _says_there(world: World, ref: str, thread: ThreadRef, text: str) -> None:
    world.clock.move(seconds=1)
    place = Place(THERE.space, THERE.channel, thread)
    cy = Person(AccountRef("u-cy"), "Cy")
    await world.app.intake.take_in(
        MessagePosted(place, MessageRef(ref), cy, world.clock.now(), text)
    )


def _second(world: World) -> FaultyPlatform:
    """From now on there is a second platform beside the browser."""
    platform = FaultyPlatform(world.clock, "second")
    cast("dict[str, Platform]", world.app.services.platforms)["second"] = platform
    return platform


def _said(outcome: Outcome) -> str:
    assert isinstance(outcome, Answer), outcome
    return to_plain(outcome.card)


def _look(world: World, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(world.settings.database)) as db:
        return db.execute(query).fetchall()


# --- what comes of it ---------------------------------------------------------------------------


async def test_a_second_channel_becomes_the_courses_and_counts_with_it(world: World) -> None:
    ada, bo = await _taught(world, "Bo")
    code = await _code(ada)
    said = await ada.answer("course join", channel="seminar", code=code)
    assert "This channel is one of History 101" in said
    posted = await ada.answer("prompt post", prompt=PROMPT, channel="seminar")
    assert "D1" in posted
    posts = await world.app.browser.classroom.messages(ChannelRef("seminar"), None, None)
    await bo.say("Three words here.", posts[0].id, channel="seminar")
    assert "Bo | 1 | 1 | 0 | 3 | 0 | 0" in await ada.answer("participation class")
    assert "#history, #seminar" in await ada.answer("course show")


async def test_channels_of_one_name_in_two_spaces_are_told_apart(world: World) -> None:
    (ada,) = await _taught(world)
    second = _second(world)
    await _there(world, "course join", code=await _code(ada), called="history")
    await ada.answer("course join", channel="seminar", code=await _code(ada))
    asked = Invocation(
        InvocationId("asked"), Place(SPACE, ChannelRef("history")), Person(ada.ref, "Ada"),
        "prompt post", {}, world.clock.now(),
    )  # fmt: skip
    offered = await world.app.dispatcher.complete(asked, "channel", "")
    assert [choice.label for choice in offered] == [
        "#history (Browser)", "#history (Second)", "#seminar", "All channels of the course",
    ]  # fmt: skip
    assert "#history (Browser), #history (Second), #seminar" in await ada.answer("course show")

    async def post(channel: str) -> Outcome:
        return await _there(world, "prompt post", manages=False, prompt=PROMPT, channel=channel)

    for choice in offered[:3]:
        await post(choice.value)
    assert [standing.place for standing in second.standing] == [THERE]
    assert len(await ada.sees()) == len(await ada.sees(channel="seminar")) == 1
    await post("history")  # typed: the one where it is asked
    assert len(second.standing) == 2
    form = await post("history (Discord)")
    assert isinstance(form, Form)
    assert "did you mean history (Second)?" in form.problems["channel"]


def test_two_spaces_of_one_platform_and_two_channels_of_one_name_are_told_apart() -> None:
    def channel(id_: int, server: str, name: str) -> Channel:
        space = Space("discord", server)
        return Channel(
            ChannelId(id_), CourseId(1), SpaceId(1), space, ChannelRef(f"c{id_}"), name, "class"
        )

    labels = channel_labels(
        [channel(1, "7", "a"), channel(2, "8", "a"), channel(3, "8", "a"), channel(4, "8", "b")]
    )
    assert list(labels.values()) == [
        "#a (Discord 7)", "#a (Discord 8, c2)", "#a (Discord 8, c3)", "#b",
    ]  # fmt: skip


async def test_another_platform_joins_and_the_two_are_one_course(world: World) -> None:
    (ada,) = await _taught(world)
    second = _second(world)
    code = await _code(ada)
    assert "one of History 101" in _said(await _there(world, "course join", code=code))
    show = _said(await _there(world, "course show", manages=False))
    assert "#history, #reading-group" in show
    assert "Ada (instructor), Tom (instructor)" in show

    await ada.run("prompt post", prompt=PROMPT)  # here only
    said = _said(await _there(world, "prompt post", manages=False, prompt=PROMPT, channel="all"))
    assert "Posted in" in said
    (standing,) = second.standing
    assert standing.place.channel == THERE.channel
    await _says_there(world, "m1", ThreadRef(standing.ref), "Three words here.")
    await world.settle()
    assert "Cy | 1 | 1 | 0 | 3 | 0 | 0" in await ada.answer("participation class")
    ((told, notice),) = second.told
    assert told == "u-cy"
    assert "I record what you write" in notice
    assert _look(world, "SELECT platform FROM course_spaces JOIN spaces ON id = space_id") == [
        ("browser",),
        ("second",),
    ]


async def test_of_two_channels_of_one_name_the_one_of_the_same_space_is_meant(
    world: World,
) -> None:
    (ada,) = await _taught(world)
    second = _second(world)
    await _there(world, "course join", called="history", code=await _code(ada))
    await _there(world, "prompt post", prompt=PROMPT, channel="#history")
    assert len(second.standing) == 1
    await world.app.dispatcher.run(
        Invocation(
            InvocationId("here"), Place(SPACE, ChannelRef("history")), Person(ada.ref, ada.name),
            "prompt post", {"prompt": PROMPT, "channel": "history"}, world.clock.now(),
        )
    )  # fmt: skip
    assert len(second.standing) == 1
    assert len(await ada.sees()) == 1


async def test_who_made_the_code_and_who_joined_by_it_is_kept_and_the_code_is_not(
    world: World,
) -> None:
    (ada,) = await _taught(world)
    code = await _code(ada)
    await _there(world, "course join", code=code)
    rows = _look(world, "SELECT member_id, action, subject FROM audit ORDER BY id")
    assert rows[1:] == [(1, "course code", "course"), (2, "course join", "c-77")]
    await world.settle()
    for file in world.settings.database.parent.glob(f"{world.settings.database.name}*"):
        assert code.encode() not in file.read_bytes()


async def test_a_student_who_manages_the_space_and_has_a_code_is_instructor_from_then_on(
    world: World,
) -> None:
    ada, bo = await _taught(world, "Bo")
    thread = await world.post(ada)
    await bo.say("As a student.", thread)
    bo.manages = True
    await bo.answer("course join", channel="seminar", code=await _code(ada))
    assert "Bo (instructor)" in await ada.answer("course show")
    roles = _look(world, "SELECT role FROM roles WHERE member_id = 2 ORDER BY id")
    assert roles == [("student",), ("instructor",)]
    assert _look(world, "SELECT role FROM messages") == [("student",)]


# --- who may, and with which code ---------------------------------------------------------------


async def test_only_an_instructor_makes_a_code_and_only_a_manager_joins(world: World) -> None:
    ada, bo = await _taught(world, "Bo")
    code = await _code(ada)
    await bo.answer("help")
    assert "is for instructors" in await bo.answer("course code")
    assert "There is no course in this channel yet" in await bo.answer(
        "course join", channel="seminar", code=code
    )
    bo.manages = True
    assert "is for instructors" in await bo.answer("course code")


async def test_a_code_works_once(world: World) -> None:
    (ada,) = await _taught(world)
    await world.channel("third")
    code = await _code(ada)
    await ada.answer("course join", channel="seminar", code=code)
    form = await ada.form("course join", channel="third", code=code)
    assert WRONG in form.problems["code"]


async def test_of_two_who_use_a_code_at_once_one_is_refused(world: World) -> None:
    (ada,) = await _taught(world)
    await world.channel("third")
    code = await _code(ada)
    outcomes = await asyncio.gather(
        ada.run("course join", channel="seminar", code=code),
        ada.run("course join", channel="third", code=code),
    )
    assert {type(outcome) for outcome in outcomes} == {Answer, Form}
    assert len(_look(world, "SELECT ref FROM channels")) == 2


async def test_the_form_sent_twice_is_answered_twice_and_done_once(world: World) -> None:
    (ada,) = await _taught(world)
    code = await _code(ada)
    first = await ada.answer("course join", channel="seminar", invocation="once", code=code)
    assert await ada.answer("course join", channel="seminar", invocation="once", code=code) == first
    assert len(_look(world, "SELECT id FROM audit WHERE action = 'course join'")) == 1


async def test_a_code_lasts_seven_days_and_then_it_is_as_if_it_had_never_been(
    world: World,
) -> None:
    (ada,) = await _taught(world)
    code = await _code(ada)
    world.clock.move(days=7)
    late = await ada.form("course join", channel="seminar", code=code)
    never = await ada.form("course join", channel="seminar", code="ABCDEFGH")
    assert late.problems == never.problems
    assert late.values == {"code": code}, "nothing typed is lost"


async def test_a_new_code_makes_the_earlier_one_void(world: World) -> None:
    (ada,) = await _taught(world)
    earlier, newer = await _code(ada), await _code(ada)
    assert earlier != newer
    assert (
        WRONG in (await ada.form("course join", channel="seminar", code=earlier)).problems["code"]
    )
    assert "one of History 101" in await ada.answer("course join", channel="seminar", code=newer)


async def test_a_code_is_read_however_it_is_typed(world: World) -> None:
    (ada,) = await _taught(world)
    code = (await _code(ada)).lower()
    said = await ada.answer("course join", channel="seminar", code=f" {code[:4]}-{code[4:]} ")
    assert "one of History 101" in said


async def test_a_channel_that_has_a_course_stays_there_and_the_code_stays_good(
    world: World,
) -> None:
    (ada,) = await _taught(world)
    await world.course(ada, "seminar", "Latin 3")
    await world.channel("third")
    code = await _code(ada)
    for tried in (code, "ABCDEFGH"):
        form = await ada.form("course join", channel="seminar", code=tried)
        assert form.problems[""] == "This channel belongs to the course “Latin 3” already."
    assert "one of History 101" in await ada.answer("course join", channel="third", code=code)


async def test_an_archived_course_makes_no_code_and_takes_no_channel(world: World) -> None:
    (ada,) = await _taught(world)
    code = await _code(ada)
    await ada.answer("course archive", confirm="History 101")
    assert "closed to changes" in await ada.answer("course code")
    form = await ada.form("course join", channel="seminar", code=code)
    assert "closed to changes" in form.problems[""]


# --- against guessing ---------------------------------------------------------------------------


async def test_after_five_wrong_codes_the_right_one_has_to_wait_an_hour(world: World) -> None:
    ada, bo = await _taught(world, "Bo")
    code = await _code(ada)
    for _ in range(5):
        form = await ada.form("course join", channel="seminar", code="ABCDEFGH")
        assert WRONG in form.problems["code"]
    form = await ada.form("course join", channel="seminar", code=code)
    assert "try again in an hour" in form.problems[""]
    bo.manages = True
    form = await bo.form("course join", channel="seminar", code="ABCDEFGH")
    assert WRONG in form.problems["code"], "somebody else's tries are their own"
    world.clock.move(hours=1)
    assert "one of History 101" in await ada.answer("course join", channel="seminar", code=code)


async def test_wrong_codes_sent_all_at_once_are_counted_too(world: World) -> None:
    (ada,) = await _taught(world)
    outcomes = await asyncio.gather(
        *(ada.run("course join", channel="seminar", code=f"ABCDEFG{n}") for n in range(2, 9))
    )
    said = [str(outcome) for outcome in outcomes]
    assert sum(WRONG in words for words in said) == 5
    assert sum("try again in an hour" in words for words in said) == 2


async def test_what_went_wrong_on_our_side_is_no_wrong_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.core import joining

    (ada,) = await _taught(world)
    code = await _code(ada)
    with monkeypatch.context() as patch:
        patch.setattr(joining, "_bind", None)
        for _ in range(6):
            form = await ada.form("course join", channel="seminar", code=code)
            assert "went wrong on our side" in form.problems[""]
    assert "one of History 101" in await ada.answer("course join", channel="seminar", code=code)
