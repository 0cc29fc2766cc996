"""Whatever happens, and however it is told, the same is on record; and nobody learns of another
course, or a student of another student."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.core import recovery
from bot.core.commands import Answer, Form, Outcome
from bot.core.plain import to_plain
from tests.core.happenings import (
    COURSES,
    NEWCOMERS,
    STUDENTS,
    TEACHERS,
    Story,
    at,
    stories,
)
from tests.core.on_record import (
    HELD,
    OnRecord,
    explained,
    exported,
    give_a_source_its_address,
    shown_of,
)
from tests.core.plain_model import Model, model_of, table_of
from tests.core.playing import CHANNELS, THE_END, Play, Template, build


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return asyncio.run(build(tmp_path_factory.mktemp("template")))


@pytest.fixture(autouse=True, scope="module")
def _small_pages() -> Iterator[None]:
    """A history is read in several pages, though a story has few messages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "AT_ONCE", 3)
        yield


class Check:
    """What is on record and is shown after a play, against the model."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.model: Model = model_of(play.story)
        self.record = OnRecord(self.model, play.refs, play.world.settings.database)

    async def all(self) -> None:
        self.record.check()
        assert self.record.texts() == self.record.told_texts()
        assert self.record.select(HELD) == []
        self.play.clock.at = at(THE_END)
        async with self.play.world.opened():
            give_a_source_its_address(self.play.world.app)
            for course in COURSES:
                threads = self.play.threads
                own = {threads[where] for where in self.model.spans if where[0] == course}
                assert await self.play.posts(course) == own
                await self._counts(course)
                await self._export(course)
            await self._privacy()

    async def _counts(self, course: str) -> None:
        teacher = self.play.human(TEACHERS[course])
        for name in {r.who for r in self.model.of(course)}:
            outcome = await teacher.run(
                "participation why", channel=CHANNELS[course], student=self.play.person(name).ref
            )
            assert shown_of(outcome) == explained(self.model, course, name)

    async def _export(self, course: str) -> None:
        outcome = await self.play.human(TEACHERS[course]).run(
            "participation export", channel=CHANNELS[course]
        )
        assert isinstance(outcome, Answer)
        assert exported(outcome.files[0].content) == table_of(self.model, course)

    async def _privacy(self) -> None:
        for course, other in (("A", "B"), ("B", "A")):
            foreign = [COURSES[other], TEACHERS[other], NEWCOMERS[other], "zq"]
            foreign += set(STUDENTS[other]) - set(STUDENTS[course])
            student = STUDENTS[course][len(self.model.records) % 3]
            for name in (TEACHERS[course], student):
                seen = await self._all_answers(name, course)
                assert not [word for word in foreign if word in seen]
                if self.model.roles[course, name] != "student":
                    continue
                answered = {
                    r.classmate.who
                    for r in self.model.of(course)
                    if r.who == name and r.classmate is not None
                }
                classmates = {*STUDENTS[course], NEWCOMERS[course]} - {name} - answered
                assert not [word for word in classmates if word in seen]

    async def _all_answers(self, name: str, course: str) -> str:
        human, said = self.play.human(name), ""
        for command in ("class", "me", "export", "why"):
            student = self.play.person(STUDENTS[course][1]).ref
            about = {"student": student} if command == "why" else {}
            outcome = await human.run(f"participation {command}", channel=CHANNELS[course], **about)
            said += _words(outcome)
        return said


def _words(outcome: Outcome) -> str:
    if isinstance(outcome, Form):
        return f"{outcome.problems} {outcome.values}"
    files = "".join(file.content.decode() for file in outcome.files)
    return f"{outcome.card!r} {to_plain(outcome.card)} {files}"


async def _play(template: Template, story: Story, how: Callable[[Play], Awaitable[None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        play = Play(template, Path(folder), story)
        await how(play)
        await Check(play).all()


# A story is long and has many kinds of steps: fewer would leave some of them out.
enough = settings(max_examples=max(24, settings().max_examples))


@enough
@given(story=stories())
def test_any_telling_of_it_leaves_the_same_on_record(template: Template, story: Story) -> None:
    asyncio.run(_play(template, story, Play.tell))


@enough
@given(story=stories(robots=False))
def test_what_people_do_in_the_classroom_is_on_record(template: Template, story: Story) -> None:
    asyncio.run(_play(template, story, Play.act))
