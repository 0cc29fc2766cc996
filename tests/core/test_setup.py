"""Which channel is set up and how: another one than this, a tag, a role that is notified."""

import pytest

from bot.core.commands import Answer, Form, Invocation, Outcome
from bot.core.events import ChannelRef, InvocationId, Person, Place, RoleRef
from bot.core.plain import to_plain
from bot.core.ports import PromptChannel
from storage import courses
from tests.fakes.platform import FaultyPlatform, Refuse, stand_in
from tests.world import PROMPT, SPACE, Human, World

DEBATES, CLASS = ChannelRef("debates"), RoleRef("class")
FORUM = PromptChannel("debates", ("Week 1", "Week 2"), needs_tag=True)


@pytest.fixture
def platform(world: World) -> FaultyPlatform:
    platform = FaultyPlatform(world.clock)
    stand_in(world, platform)
    return platform


async def _setup(who: Human, at: str = "office", **given: object) -> Outcome:
    """Give /course setup in one channel, perhaps for another."""
    world = who.world
    place = Place(SPACE, ChannelRef(at))
    number = InvocationId(f"setup-{next(world.numbers)}")
    asked = Invocation(
        number, place, Person(who.ref, who.name), "course setup",
        {"title": "History 101"} | given, world.clock.move(seconds=1), who.manages, at,
    )  # fmt: skip
    return await world.app.dispatcher.run(asked)


def _said(outcome: Outcome) -> str:
    assert isinstance(outcome, Answer), outcome
    return to_plain(outcome.card)


def _problem(outcome: Outcome, param: str) -> str:
    assert isinstance(outcome, Form), outcome
    return outcome.problems[param]


# --- another channel ----------------------------------------------------------------------------


async def test_another_channel_is_set_up_and_this_one_is_not(world: World) -> None:
    ada = await world.person("Ada")
    for name in ("office", "debates"):
        await world.channel(name)
    said = _said(await _setup(ada, channel="debates"))
    assert "Whoever writes in #debates's discussions" in said
    assert "Post a prompt" not in said, "pressed here, it would post for another course"
    assert "Channels: #debates" in await ada.answer("course show", channel="debates")
    assert _said(await _setup(ada, channel="debates")) == said, "the form was sent twice"
    assert "Post a prompt" in _said(await _setup(ada, title="The office"))


async def test_a_channel_that_is_not_there_is_refused_in_words(world: World) -> None:
    ada = await world.person("Ada")
    await world.channel("office")
    problem = _problem(await _setup(ada, channel="nowhere"), "channel")
    assert "The classroom has no channel “nowhere”" in problem


async def test_an_instructor_who_manages_nothing_takes_no_other_channel(world: World) -> None:
    ada, bo = await world.person("Ada"), await world.person("Bo")
    await world.course(ada)
    await world.channel("debates")
    await bo.answer("help")
    await ada.answer("course staff", person="Bo", role="instructor")
    said = _said(await _setup(bo, "history", channel="debates", title="Mine"))
    assert "Only whoever manages the space may set another channel up" in said
    async with world.app.services.database.read() as db:
        assert [course.title for course in await courses.all_courses(db)] == ["History 101"]


# --- a forum's tag ------------------------------------------------------------------------------


async def test_the_tag_is_asked_for_where_posts_must_have_one(
    world: World, platform: FaultyPlatform
) -> None:
    ada = await world.person("Ada")
    platform.channels[DEBATES] = FORUM
    problem = _problem(await _setup(ada, channel="debates"), "tag")
    assert problem == "Posts in #debates must have a tag; give one of these: Week 1, Week 2."
    problem = _problem(await _setup(ada, channel="debates", tag="Week 3"), "tag")
    assert problem == "There is no tag “Week 3” in #debates; it has Week 1, Week 2."
    _said(await _setup(ada, channel="debates", tag="week 2"))
    shown = await ada.answer("course show", channel="debates")
    assert "#debates (posts tagged “Week 2”)" in shown
    await ada.answer("prompt post", channel="debates", prompt=PROMPT)
    assert [one.card.tag for one in platform.standing] == ["Week 2"]


async def test_where_none_is_wanted_one_may_be_left_out(
    world: World, platform: FaultyPlatform
) -> None:
    ada = await world.person("Ada")
    platform.channels[DEBATES] = PromptChannel("debates")
    problem = _problem(await _setup(ada, channel="debates", tag="Week 1"), "tag")
    assert "it has none, so leave it empty." in problem
    assert "is set up" in _said(await _setup(ada, channel="debates"))


async def test_the_tags_of_the_channel_that_was_picked_are_suggested(
    world: World, platform: FaultyPlatform
) -> None:
    ada = await world.person("Ada")
    platform.channels[DEBATES] = FORUM
    asked = Invocation(
        InvocationId("typing"), Place(SPACE, ChannelRef("office")), Person(ada.ref, "Ada"),
        "course setup", {"channel": "debates"}, world.clock.now(), True, "office",
    )  # fmt: skip
    found = await world.app.dispatcher.complete(asked, "tag", "2")
    assert [choice.value for choice in found] == ["Week 2"]


# --- a role that is notified --------------------------------------------------------------------


async def test_a_prompt_notifies_the_role_and_nothing_else_does(
    world: World, platform: FaultyPlatform
) -> None:
    ada = await world.person("Ada")
    await ada.answer("course setup", title="History 101", notify=CLASS)
    assert "Notified of prompts: @class" in await ada.answer("course show")
    await ada.answer("prompt post", prompt=PROMPT)
    assert [one.card.notify for one in platform.standing] == [CLASS]
    await ada.answer("prompt close", discussion="D1")
    prompt, summary = platform.standing
    assert (prompt.card.notify, summary.card.notify) == (None, None), "edited, and summed up"
    await ada.answer("course settings", clear="notify")
    await ada.answer("prompt post", prompt=PROMPT)
    assert platform.standing[-1].card.notify is None


async def test_a_role_that_can_not_be_notified_is_refused(
    world: World, platform: FaultyPlatform
) -> None:
    ada = await world.person("Ada")
    platform.no_roles[CLASS] = "It can't be mentioned."
    for purpose in ("notify", "assistants"):
        outcome = await _setup(ada, **{purpose: CLASS})
        assert _problem(outcome, purpose) == "It can't be mentioned."
    async with world.app.services.database.read() as db:
        assert await courses.all_courses(db) == []


async def test_staff_are_told_once_that_nobody_was_notified(
    world: World, platform: FaultyPlatform
) -> None:
    ada = await world.person("Ada")
    await ada.answer("course setup", title="History 101", notify=CLASS)
    platform.silent = "The role can't be mentioned."
    platform.fail(Refuse())
    await ada.answer("prompt post", prompt=PROMPT)
    world.clock.move(minutes=1)
    await world.app.services.outbox.deliver_due()
    told = [said for _, said in platform.told if "Nobody was notified" in said]
    assert len(platform.standing) == 1
    (said,) = told
    assert "D1 is posted in #history, and nobody was notified: The role can't" in said


async def test_the_classroom_has_no_roles(world: World) -> None:
    ada = await world.person("Ada")
    await world.channel("office")
    for purpose in ("instructors", "assistants", "notify"):
        outcome = await _setup(ada, **{purpose: CLASS})
        assert "The classroom has no roles of its own" in _problem(outcome, purpose)
