"""The channel where a course's staff read notices, and where they are told without one."""

import pytest

from bot.core.cards import Card
from bot.core.commands import Answer, Form, Invocation
from bot.core.events import ChannelRef, InvocationId, Person, Place
from bot.core.plain import to_plain
from bot.core.staff import StaffNotices
from storage import courses
from storage.ids import CourseId
from tests.fakes.platform import FaultyPlatform, LoseAnswer, Refuse, stand_in
from tests.world import PROMPT, SPACE, Human, World

HISTORY = Place(SPACE, ChannelRef("history"))
OFFICE = Place(SPACE, ChannelRef("office"))
NOTICE = Card("Something happened")
COURSE = CourseId(1)


async def _course(world: World, room: str | None = "office") -> Human:
    ada = await world.person("Ada")
    await world.course(ada)
    await world.channel("office")
    if room is not None:
        said = await ada.answer("course settings", staff_channel=room)
        assert "The settings are changed." in said
    return ada


def _notices(world: World) -> StaffNotices:
    services = world.app.services
    return StaffNotices(services.database, services.clock, services.platforms)


# --- naming one ---------------------------------------------------------------------------------


async def test_it_is_named_at_setup_and_shown(world: World) -> None:
    ada = await world.person("Ada")
    await world.channel("history")
    await world.channel("office")
    await ada.answer("course setup", title="History 101", staff_channel="office")
    shown = await ada.answer("course show")
    assert "Notices to staff: in #office" in shown
    assert "Channels: #history" in shown


async def test_without_one_each_is_told_privately_and_it_says_so(world: World) -> None:
    ada = await _course(world, None)
    assert "Notices to staff: to each privately" in await ada.answer("course show")


async def test_another_one_takes_its_place(world: World) -> None:
    ada = await _course(world)
    await world.channel("study")
    for _ in range(2):  # the same one again changes nothing
        said = await ada.answer("course settings", staff_channel="study")
        assert "Notices to staff: in #study" in said
    async with world.app.services.database.read() as db:
        assert await courses.channel_at(db, SPACE, OFFICE.channel) is None
        rooms = await courses.channels_of(db, COURSE, "staff")
    assert [room.name for room in rooms] == ["study"]


@pytest.mark.parametrize(
    ("room", "why"),
    [
        ("history", "#history is where the class discusses"),
        ("nowhere", "The classroom has no channel “nowhere”"),
        ("physics", "#physics belongs to the course “Physics 7” already"),
    ],
)
async def test_what_can_be_none_is_refused_in_words(world: World, room: str, why: str) -> None:
    ada = await _course(world, None)
    await world.course(ada, "physics", "Physics 7")
    form = await ada.form("course settings", staff_channel=room, title="Another")
    assert why in form.problems["staff_channel"]
    assert (await ada.answer("course show")).startswith("History 101")


async def test_the_channel_that_is_set_up_can_not_be_its_own_staff_channel(world: World) -> None:
    ada = await world.person("Ada")
    await world.channel()
    form = await ada.form("course setup", title="History 101", staff_channel="history")
    assert "where the class discusses" in form.problems["staff_channel"]
    async with world.app.services.database.read() as db:
        assert await courses.all_courses(db) == []


async def test_no_course_is_set_up_in_it(world: World) -> None:
    ada = await _course(world)
    form = await ada.form("course setup", channel="office", title="History 101")
    assert "belongs to the course “History 101” already" in form.problems[""]


# --- what it is not -----------------------------------------------------------------------------


async def test_commands_in_it_are_the_courses_and_no_prompt_is_posted_there(world: World) -> None:
    ada = await _course(world)
    assert (await ada.answer("course show", channel="office")).startswith("History 101")
    said = await ada.answer("prompt post", channel="office", prompt=PROMPT)
    assert "Posted in #history" in said
    assert await ada.sees(channel="office") == []


@pytest.mark.parametrize("wanted", ["office", "all"])
async def test_a_prompt_can_not_be_sent_there(world: World, wanted: str) -> None:
    ada = await _course(world)
    asked = Invocation(
        InvocationId("one"), HISTORY, Person(ada.ref, "Ada"), "prompt post",
        {"prompt": PROMPT, "channel": wanted}, world.clock.now(),
    )  # fmt: skip
    outcome = await world.app.dispatcher.run(asked)
    if wanted == "all":
        assert isinstance(outcome, Answer)
        assert "Posted in #history" in to_plain(outcome.card)
    else:
        assert isinstance(outcome, Form)
        assert "it has history." in outcome.problems["channel"]
    assert await ada.sees(channel="office") == []


async def test_what_is_written_in_it_is_not_taken_in(world: World) -> None:
    ada = await _course(world)
    await world.post(ada)
    await ada.say("Between us.", channel="office")
    await world.settle()
    assert "Nothing has been written" in await ada.answer("participation me")


# --- notices ------------------------------------------------------------------------------------


async def test_a_notice_stands_in_it_and_nobody_is_told_besides(world: World) -> None:
    ada = await _course(world)
    bo = await world.person("Bo")
    await _notices(world).tell(COURSE, HISTORY, NOTICE)
    assert await bo.sees(channel="office") == ["Something happened"]
    assert await ada.sees() == []


@pytest.mark.parametrize("trouble", [Refuse(), LoseAnswer()])
async def test_where_it_can_not_be_posted_each_is_told_privately(
    world: World, trouble: Refuse | LoseAnswer
) -> None:
    ada = await _course(world)
    platform = FaultyPlatform(world.clock)
    platform.fail(trouble, channel="office")
    stand_in(world, platform)
    await _notices(world).tell(COURSE, HISTORY, NOTICE)
    assert platform.told == [(ada.ref, "Something happened")]
    await _notices(world).tell(COURSE, HISTORY, NOTICE)
    assert platform.notices[-1] == (OFFICE, "Something happened")
    assert len(platform.told) == 1


async def test_a_prompt_that_was_refused_is_told_in_it(world: World) -> None:
    ada = await _course(world)
    platform = FaultyPlatform(world.clock)
    platform.fail(Refuse("The bot may not write here."))
    stand_in(world, platform)
    await ada.answer("prompt post", prompt=PROMPT)
    ((place, said),) = platform.notices
    assert place == OFFICE
    assert "The prompt of D1 is not in #history: The bot may not write here." in said
    assert platform.told == []


async def test_the_course_shows_what_its_platform_lacks(world: World) -> None:
    ada = await _course(world)
    assert "On Browser" not in await ada.answer("course show")
    platform = FaultyPlatform(world.clock, lacking=("Words are not counted; enable them.",))
    stand_in(world, platform)
    assert "On Browser: Words are not counted; enable them." in await ada.answer("course show")
