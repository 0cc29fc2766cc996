"""Coalface's home in Slack: a student's own record, an instructor's course, nobody else's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.slack.connected import Seminar, a_seminar


@pytest.fixture
async def seminar(tmp_path: Path) -> AsyncIterator[Seminar]:
    async with a_seminar(tmp_path) as seminar:
        yield seminar


async def test_who_is_in_no_course_reads_how_to_come_into_one(seminar: Seminar) -> None:
    assert "You are in no course here yet" in (await seminar.world.open_home(seminar.ada)).words()


async def test_a_student_sees_their_own_record_and_what_is_open(seminar: Seminar) -> None:
    post = await seminar.set_up()
    seminar.world.say(seminar.ada, seminar.channel, "The state picked sides.", thread=post)
    seminar.world.say(seminar.bo, seminar.channel, "Nobody did.", thread=post)
    await seminar.settle()
    home = await seminar.world.open_home(seminar.ada)
    shown = home.words()
    assert "History 101" in shown
    assert "1 message" in shown
    assert "D1" in shown
    assert "Prof" not in shown
    assert "Bo" not in shown.replace("Both", "")
    assert "Post a prompt" not in shown


async def test_an_instructor_sees_the_course_and_posts_from_there(seminar: Seminar) -> None:
    await seminar.set_up()
    home = await seminar.world.open_home(seminar.teacher)
    assert "Staff: Prof (instructor)" in home.words().replace("Staff\n", "Staff: ")
    view = await seminar.world.press(seminar.teacher, home, "Post a prompt").opened()
    asked = seminar.world.suggest(seminar.teacher, view, "prompt", "stakhanov")
    (choice, *_) = [one for one in await asked.choices() if "Stakhanov" in one]
    sent = await seminar.submits(view, prompt=choice)
    assert await sent.errors() == {}
    assert "Posted in" in await seminar.told(seminar.teacher)
    assert "D2" in seminar.posts()[-1].words()


async def test_a_button_of_a_home_is_answered_directly(seminar: Seminar) -> None:
    await seminar.set_up()
    home = await seminar.world.open_home(seminar.teacher)
    view = await seminar.world.press(seminar.teacher, home, "Write a prompt").opened()
    await seminar.submits(view, title="Norms", text="Why?", sides="yes; no")
    told = seminar.world.private_to(seminar.teacher)[-1]
    assert "P1 is kept" in told.words()
    assert told.channel.kind == "im"


async def test_it_shows_when_discussions_are_due_and_to_staff_what_comes_next(
    seminar: Seminar,
) -> None:
    post = await seminar.set_up()
    seminar.world.say(seminar.ada, seminar.channel, "The state picked sides.", thread=post)
    await seminar.settle()
    said = await seminar.asks(seminar.teacher, '/prompt due discussion:D1 due:"in 2 days"')
    assert "D1" in "".join(said)
    home = (await seminar.world.open_home(seminar.ada)).words()
    assert "Thu 3 Sep 2026" in home
    assert "Schedules" not in home
    home = (await seminar.world.open_home(seminar.teacher)).words()
    assert "Nothing is scheduled" in home
    view = await seminar.world.press(
        seminar.teacher, await seminar.world.open_home(seminar.teacher), "Schedule prompts"
    ).opened()
    asked = seminar.world.suggest(seminar.teacher, view, "prompt", "next incentives")
    (choice, *_) = await asked.choices()
    await seminar.submits(view, prompt=choice, when="2026-09-10 09:00")
    proposed = seminar.world.private_to(seminar.teacher)[-1]
    assert "Schedule this?" in proposed.words()
    await seminar.world.press(seminar.teacher, proposed, "Schedule it").answered()
    await seminar.settle()
    home = (await seminar.world.open_home(seminar.teacher)).words()
    assert "The next unused prompt on incentives" in home
    assert "Thu 10 Sep 2026" in home
