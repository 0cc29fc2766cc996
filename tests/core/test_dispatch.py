"""Every command by everybody, and what people are told when it can't be done."""

import asyncio
import io
import logging
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from bot.core import catalog
from bot.core.cards import Card, text
from bot.core.commands import Answer, Command, File, Form, Invocation, Outcome, Param, Role, Type
from bot.core.dispatch import Call
from bot.core.events import ChannelRef, InvocationId, Person, Place
from bot.core.plain import to_plain
from bot.logs import JsonLines
from storage import database
from tests.world import PROMPT, SPACE, FakeClock, Human, World, a_world

COMMANDS = {command.name: command for command in catalog.build().with_references()}
ARGUMENTS = {
    "text": "shock workers",
    "subject": "F1",
    "fact": "F8",
    "message": "1",
    "first": "kulaks",
    "second": "shock workers",
    "side": "a",
    "student": "Sam",
    "person": "Sam",
    "role": "student",
    "prompt": "P1",
    "title": "A title",
    "confirm": "Another title",
    "discussion": "D1",
    "code": "ABCDEFGH",
    "account": "Ada",
    "schedule": "S1",
    "when": "2026-10-05 09:00",
    "dates": "2026-10-05",
    "until": "2026-10-05 20:00",
    "reason": "Was ill",
    "file": File("roster.csv", "text/csv", b"Name,Student ID\nAda Pitlamp,12345\n"),
    "entry": "12345",
    "platform": "canvas",
    "column": "Participation",
    "figure": "posts",
}
PEOPLE = {"Sam": Role.STUDENT, "Ann": Role.ASSISTANT, "Ivy": Role.INSTRUCTOR}


class Course:
    """A course with a student, an assistant and an instructor, none of whom manages the space."""

    def __init__(self, world: World, ada: Human, people: dict[str, Human]) -> None:
        self.world, self.ada, self.people = world, ada, people
        self.sam, self.ann, self.ivy = people.values()

    async def course_as_it_is(self) -> str:
        return "\n".join(
            [await self.ivy.answer("course show"), await self.ivy.answer("prompt list")]
        )


async def make_course(world: World) -> Course:
    ada = await world.person("Ada")
    await world.course(ada)
    people = {name: await world.person(name) for name in PEOPLE}
    for name, role in PEOPLE.items():
        await people[name].answer("help")
        await ada.answer("course staff", person=name, role=role.word)
    await ada.answer("prompt new", title="Mine", text="Which?", sides="a; b")
    await world.post(ada, "P1")
    await ada.answer("prompt schedule", prompt="P1", when="2026-10-01 09:00", repeat="daily")
    await ada.answer("schedule confirm", schedule="S1")
    return Course(world, ada, people)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A database with such a course in it, to be copied and not opened; and the time then."""
    folder = tmp_path_factory.mktemp("made")

    async def make() -> datetime:
        async with a_world(folder).opened() as world:
            await make_course(world)
            return world.clock.now()

    return a_world(folder).settings.database, asyncio.run(make())


@pytest.fixture
async def course(tmp_path: Path, made: tuple[Path, datetime]) -> AsyncIterator[Course]:
    database, now = made
    world = a_world(tmp_path, FakeClock(now))
    world.numbers = count(1_000)  # of invocations that have not been
    shutil.copy(database, world.settings.database)
    async with world.opened():
        known = await world.app.browser.classroom.people()
        people = {p.name: Human(world, p.ref, p.name, p.manages) for p in known}
        yield Course(world, people["Ada"], {name: people[name] for name in PEOPLE})


def words(outcome: Outcome) -> str:
    if isinstance(outcome, Answer):
        return to_plain(outcome.card)
    return " ".join(["form:", *outcome.problems.values()])


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_command_is_for_its_role_and_those_above(course: Course, command: Command) -> None:
    given: dict[str, object] = {p.name: ARGUMENTS[p.name] for p in command.params if p.required}
    if command.name == "course staff":
        given |= {"person": "Ann", "role": "assistant"}
    if command.name == "prompt edit":  # by its prompt alone it shows its form, filled in
        given["tags"] = "pits"
    if command.name == "prompt schedule":  # by its prompt alone it asks for the rest
        given["when"] = ARGUMENTS["when"]
    for name, role in PEOPLE.items():
        before = await course.course_as_it_is()
        said = words(await course.people[name].run(command.name, **given))  # type: ignore[arg-type]
        assert "Something went wrong" not in said
        if role >= command.least:
            assert "is for" not in said
            assert said != "form:"
        else:
            assert f"/{command.name} is for {command.least.word}s of this course" in said
            assert await course.course_as_it_is() == before
        offered = await course.people[name].answer("help")
        assert (f"/{command.name}" in offered) == (role >= command.least)


async def test_who_asks_at_the_same_time_is_answered_as_who_they_are_and_where(
    course: Course,
) -> None:
    """…though their questions to the database go together."""
    world = course.world
    await world.channel("physics")
    await world.channel("nowhere")
    assert isinstance(
        await course.ada.run("course setup", channel="physics", title="Physics"), Answer
    )
    asked = [
        (course.sam, "history", "is for assistants"),
        (course.ann, "history", "History 101"),
        (course.ivy, "history", "History 101"),
        (course.ivy, "physics", "is for assistants"),
        (course.ada, "physics", "Physics"),
    ] * 3
    outcomes = await asyncio.gather(
        *(who.run("participation class", channel=where) for who, where, _ in asked)
    )
    for outcome, (who, where, expected) in zip(outcomes, asked, strict=True):
        assert expected in words(outcome), (who.name, where)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_command_without_its_arguments_shows_its_form_or_does_its_work(
    course: Course, command: Command
) -> None:
    outcome = await course.ivy.run(command.name)
    assert "Something went wrong" not in words(outcome)
    if any(param.required for param in command.params):
        assert isinstance(outcome, Form)
        assert outcome.params == command.params


async def test_whoever_manages_the_space_sets_up_where_no_course_is(course: Course) -> None:
    await course.world.channel("new")
    assert "no course in this channel" in await course.ivy.answer(
        "course setup", channel="new", title="Mine"
    )
    assert "Mine is set up" in await course.ada.answer("course setup", channel="new", title="Mine")


async def test_an_unknown_command_suggests_the_one_that_was_meant(course: Course) -> None:
    assert "did you mean prompt list?" in await course.sam.answer("promt list")
    assert "try /help" in await course.sam.answer("qqqqqq")


BAD = [
    ("course settings", {"catch_up": "soon"}, "catch_up", "whole number from 0 to 168"),
    ("course settings", {"catch_up": "169"}, "catch_up", "whole number from 0 to 168"),
    ("course settings", {"catch_up": "-1"}, "catch_up", "whole number"),
    ("course settings", {"catch_up": "²"}, "catch_up", "whole number"),
    ("course settings", {"zone": "Europe/Lundon"}, "zone", "did you mean Europe/London?"),
    ("course settings", {"pack": "nothing like it"}, "pack", "these are installed"),
    ("course settings", {"title": "x" * 121}, "title", "at most 120 characters, and this has 121"),
    ("course settings", {"title": "two\nlines"}, "title", "takes one line"),
    ("course staff", {"person": "Samm", "role": "student"}, "person", "did you mean Sam?"),
    ("course staff", {"person": "Sam", "role": "boss"}, "role", "student, assistant, instructor"),
    ("course archive", {"confirm": "no"}, "confirm", "History 101"),
    ("prompt post", {"prompt": "kulaks-and-shuck-wirkers"}, "prompt", f"did you mean {PROMPT}?"),
    ("prompt close", {"discussion": "D9"}, "discussion", "There is no discussion “D9”"),
    ("prompt close", {"discussion": ""}, "discussion", "Say which discussion"),
    ("prompt new", {"title": "T", "text": "x" * 3_001}, "text", "at most 3000 characters"),
    ("prompt new", {"title": "T", "text": "Why?", "sides": "one"}, "sides", "at least two"),
    ("prompt new", {"title": "T", "text": "Why?", "sides": "a; A"}, "sides", "are the same"),
    ("prompt new", {"title": "T", "text": "?", "sides": "a;b;c;d;e;f"}, "sides", "at most 5"),
    ("participation export", {"format": "pdf"}, "format",
     "it takes csv, xlsx, html, json, moodle, xapi"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "given", "param", "says"), BAD)
async def test_a_bad_input_gets_one_sentence_and_its_form_again(
    course: Course, command: str, given: dict[str, str], param: str, says: str
) -> None:
    before = await course.course_as_it_is()
    form = await course.ivy.form(command, **given)
    assert list(form.problems) == [param]
    assert says in form.problems[param]
    assert form.problems[param].count("\n") == 0
    assert form.values == given
    assert form.params == COMMANDS[command].params
    assert await course.course_as_it_is() == before


async def test_an_unknown_parameter_suggests_the_one_that_was_meant(course: Course) -> None:
    assert "did you mean discussion?" in await course.ivy.answer("prompt close", discusion="D1")


async def test_what_was_written_at_length_comes_back_with_a_refusal(course: Course) -> None:
    await course.ivy.answer("course archive", confirm="History 101")
    form = await course.ivy.form("prompt new", title="T", text="A long text.")
    assert "is archived" in form.problems[""]
    assert form.values == {"title": "T", "text": "A long text."}


# --- when it fails on our side ------------------------------------------------------------------


@contextmanager
def a_log() -> Iterator[io.StringIO]:
    """What goes into the log, as the log's file would hold it."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)


async def _fail(call: Call) -> Card:
    raise RuntimeError(f"{call.invocation.person.name} wrote {call.required('text')}")


FAILING = Command(
    "fail", "Fails", Role.STUDENT, _fail, (Param("text", "Words", Type.PARAGRAPH, True),)
)


def with_commands(course: Course, *commands: Command) -> None:
    """The world's catalogue with these commands in it."""
    extended = catalog.build()
    for command in commands:
        extended = extended.with_command(command)
    dispatcher = course.world.app.dispatcher
    dispatcher._services = replace(course.world.app.services, catalog=extended)


async def test_an_unexpected_failure_shows_an_id_that_is_in_the_log_and_no_words(
    course: Course,
) -> None:
    with_commands(course, FAILING)
    with a_log() as lines:
        form = await course.sam.form("fail", text="Zqsecretqz words")
    assert form.values == {"text": "Zqsecretqz words"}
    found = re.search(r"logged as ([0-9a-f]{8})", form.problems[""])
    assert found is not None
    log = lines.getvalue()
    assert found[1] in log
    assert "RuntimeError" in log
    assert "test_dispatch.py" in log
    for word in ("Zqsecretqz", "Sam"):
        assert word not in log
        assert word not in form.problems[""]


async def test_a_busy_database_gives_a_clear_sentence_and_what_was_typed(
    tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    world = a_world(tmp_path)
    shutil.copy(migrated, world.settings.database)
    async with world.opened():
        course = await make_course(world)
        typed = {"title": "T", "text": "A long text."}
        with closing(sqlite3.connect(world.settings.database)) as other, a_log() as lines:
            other.execute("BEGIN IMMEDIATE")
            form = await course.ivy.form("prompt new", **typed)
            short = await course.ivy.answer("prompt close", discussion="D1")
            other.rollback()
        for said in (form.problems[""], short):
            assert "The database is busy with another program, so nothing was changed" in said
            found = re.search(r"logged as ([0-9a-f]{8})", said)
            assert found is not None
            assert found[1] in lines.getvalue()
        assert form.values == typed
        assert "A long text" not in lines.getvalue()
        assert "P2 is kept" in await course.ivy.answer("prompt new", **typed)
        assert "D1 is closed" in await course.ivy.answer("prompt close", discussion="D1")


# --- where no channel tells the course ----------------------------------------------------------


async def ask(who: Human, command: str, **given: object) -> Outcome:
    """Give a command in a direct message."""
    return await who.run(command, channel="a direct message", **given)  # type: ignore[arg-type]


async def test_in_a_direct_message_the_only_course_is_meant(course: Course) -> None:
    assert "D1 | Mine" in words(await ask(course.sam, "prompt list"))


async def test_in_a_direct_message_somebody_in_two_courses_is_asked_which(course: Course) -> None:
    await course.world.course(course.ada, "physics", "Physics 101")
    await course.sam.answer("help", channel="physics")
    form = await ask(course.sam, "fact about", subject="F1")
    assert isinstance(form, Form)
    assert [param.name for param in form.params] == ["course", "subject"]
    assert form.values == {"subject": "F1"}
    asked = Invocation(
        InvocationId("x"),
        Place(SPACE, ChannelRef("a direct message")),
        Person(course.sam.ref, "Sam"),
        "prompt list",
        {},
        course.world.clock.now(),
    )
    choices = await course.world.app.dispatcher.complete(asked, "course", "")
    assert [choice.label for choice in choices] == ["History 101", "Physics 101"]
    history, physics = [choice.value for choice in choices]
    assert "D1 | Mine" in words(await ask(course.sam, "prompt list", course=history))
    assert "No discussion is open" in words(await ask(course.sam, "prompt list", course=physics))


async def test_nobody_gets_into_anothers_course_by_naming_it(course: Course) -> None:
    await course.world.course(course.ada, "physics", "Physics 101")
    eve = await course.world.person("Eve")
    await eve.answer("help", channel="physics")
    said = words(await ask(eve, "prompt list", course="1"))
    assert "Mine" not in said


# --- the catalogue ------------------------------------------------------------------------------


async def test_a_command_added_to_the_catalogue_works_and_is_in_help(course: Course) -> None:
    async def echo(call: Call) -> Card:
        return Card("Echo", (text(call.required("word").upper()),))

    added = Command(
        "shout", "Says it louder", Role.ASSISTANT, echo, (Param("word", "What", required=True),)
    )
    with_commands(course, added)
    assert "COAL" in await course.ann.answer("shout", word="coal")
    assert "/shout word | Says it louder" in await course.ann.answer("help")
    assert "/shout" not in await course.sam.answer("help")
    assert "is for assistants" in await course.sam.answer("shout", word="coal")


def test_a_catalogue_refuses_what_no_platform_could_offer() -> None:
    built = catalog.build()
    command = next(iter(built))
    with pytest.raises(ValueError, match="same name"):
        built.with_command(command)
    optional, required = Param("a", "A"), Param("b", "B", required=True)
    with pytest.raises(ValueError, match="after an optional one"):
        built.with_command(replace(command, name="x", params=(optional, required)))
    with pytest.raises(ValueError, match="two parameters"):
        built.with_command(replace(command, name="x", params=(optional, optional)))


async def test_where_replies_refer_to_what_they_answer_it_is_not_said_beforehand(
    world: World,
) -> None:
    ada = await world.person("Ada")
    await world.course(ada)
    assert "/prompt respond" not in await ada.answer("help")
    said = await ada.answer("prompt respond", message="1")
    assert "/prompt respond is not needed here: reply to the message itself" in said
