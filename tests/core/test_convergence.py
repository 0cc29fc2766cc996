"""Whatever happens, and however it is told, the same is on record; and nobody learns of another
course, or a student of another student."""

import asyncio
import csv
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from bot.core.cards import Table
from bot.core.commands import Answer, Form, Outcome
from bot.core.events import (
    AccountRef,
    ChannelRef,
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageRef,
    Person,
    Place,
    ReactionChanged,
    ThreadRef,
)
from bot.core.plain import spans_to_plain, to_plain
from tests.core.happenings import (
    BOT,
    COURSES,
    DISCUSSIONS,
    NEWCOMERS,
    STUDENTS,
    TEACHERS,
    Appointed,
    Chatted,
    Commanded,
    Deleted,
    Discussion,
    Edited,
    Happening,
    Model,
    Reacted,
    Restarted,
    Said,
    Story,
    at,
    model_of,
    stories,
)
from tests.world import SPACE, FakeClock, Human, World, a_world

CHANNELS = {"A": "alpha", "B": "beta"}


@dataclass(frozen=True)
class Template:
    """Two courses with everybody in them, in a file to be copied."""

    database: Path
    people: dict[str, tuple[AccountRef, bool]]
    threads: dict[Discussion, str]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return asyncio.run(_build(tmp_path_factory.mktemp("template")))


async def _build(folder: Path) -> Template:
    everybody = dict.fromkeys([*TEACHERS.values(), *STUDENTS["A"], *STUDENTS["B"]])
    async with a_world(folder).opened() as world:
        people = {name: await world.person(name) for name in [*everybody, *NEWCOMERS.values()]}
        threads: dict[Discussion, str] = {}
        for course, title in COURSES.items():
            teacher = people[TEACHERS[course]]
            teacher.manages = True
            await world.course(teacher, CHANNELS[course], title)
            for name in STUDENTS[course]:
                await people[name].run("help", channel=CHANNELS[course])
            await teacher.answer(
                "prompt new", channel=CHANNELS[course], title=f"{title} prompt", text="Why?"
            )
        for course, number in DISCUSSIONS:
            thread = await world.post(people[TEACHERS[course]], "P1", CHANNELS[course])
            threads[course, number] = str(thread)
    refs = {name: (human.ref, human.manages) for name, human in people.items()}
    return Template(world.settings.database, refs, threads)


class Play:
    """A story being played in a copy of the template."""

    def __init__(self, template: Template, folder: Path) -> None:
        self.template = template
        self.clock = FakeClock(at(0))
        self.world: World = a_world(folder, self.clock)
        shutil.copy(template.database, self.world.settings.database)
        self.refs: dict[int, str] = {}
        self.said: dict[int, Said] = {}

    def human(self, name: str) -> Human:
        ref, manages = self.template.people[name]
        return Human(self.world, ref, name, manages)

    def person(self, name: str) -> Person:
        if name == BOT:
            return Person(AccountRef("robot"), BOT, automated=True)
        return Person(self.template.people[name][0], name)

    async def command(self, event: Commanded | Appointed, when: datetime) -> None:
        self.clock.at = when - SECOND  # a command takes one
        if isinstance(event, Appointed):
            teacher, ref = self.human(TEACHERS[event.course]), self.person(event.who).ref
            await teacher.answer(
                "course staff", channel=CHANNELS[event.course], person=ref, role=event.role
            )
            return
        (course, number), verb = event.where, event.verb
        param = "what" if verb == "withdraw" else "discussion"
        arguments = {"channel": CHANNELS[course], param: f"D{number}"}
        await self.human(TEACHERS[course]).answer(f"prompt {verb}", **arguments)

    # --- told to the core, as a platform would ---------------------------------------------------

    async def tell(self, story: Story) -> None:
        """Tell the core of each thing as late, as often and as much at once as the story says."""
        self.said = {e.n: e for e in story.happened if isinstance(e, Said)}
        self.refs = {n: f"m{n}" for n in self.said}
        tellings: list[tuple[int, int, int]] = []
        for step, (event, lags) in enumerate(zip(story.happened, story.lags, strict=True)):
            alone = isinstance(event, Commanded | Appointed | Restarted)
            tellings += [(step, -1, step)] if alone else [(step + lag, lag, step) for lag in lags]
        batch: list[Event] = []
        async with AsyncExitStack() as session:
            await session.enter_async_context(self.world.opened())
            for slot, lag, step in sorted(tellings):
                happening = story.happened[step]
                if lag >= 0:
                    batch.append(self.event(happening, at(step)))
                if lag < 0 or len(batch) >= story.together:
                    self.clock.at = at(slot)
                    await self._take_in(batch)
                if isinstance(happening, Commanded | Appointed):
                    await self.command(happening, at(step))
                elif isinstance(happening, Restarted):
                    await session.aclose()
                    await session.enter_async_context(self.world.opened())
            await self._take_in(batch)

    async def _take_in(self, batch: list[Event]) -> None:
        await asyncio.gather(*(self.world.app.intake.take_in(event) for event in batch))
        batch.clear()

    def event(self, happening: Happening, when: datetime) -> Event:
        if isinstance(happening, Chatted):
            place = Place(SPACE, ChannelRef(CHANNELS[happening.where[0]]))
            author = self.person(happening.who)
            return MessagePosted(
                place, MessageRef(f"chat{happening.n}"), author, when, happening.text
            )
        assert isinstance(happening, Said | Edited | Deleted | Reacted)
        said = self.said[happening.n]
        place, ref = self.place(said), MessageRef(self.refs[said.n])
        match happening:
            case Said(_, who, _, text):
                return MessagePosted(place, ref, self.person(who), when, text, self.to(said))
            case Edited(_, text):
                return MessageEdited(place, ref, when, text, reply_to=self.to(said))
            case Deleted():
                return MessageDeleted(place, ref, when)
            case Reacted(_, who, emoji, present):
                return ReactionChanged(place, ref, self.person(who), emoji, present, when)

    def place(self, said: Said) -> Place:
        thread = ThreadRef(self.template.threads[said.where]) if said.threaded else None
        return Place(SPACE, ChannelRef(CHANNELS[said.where[0]]), thread)

    def to(self, said: Said) -> MessageRef | None:
        if said.parent is not None:
            return MessageRef(self.refs[said.parent])
        return None if said.threaded else MessageRef(self.template.threads[said.where])

    # --- done in the classroom, by people --------------------------------------------------------

    async def act(self, story: Story) -> None:
        """Do each thing in the browser classroom, in order."""
        async with AsyncExitStack() as session:
            await session.enter_async_context(self.world.opened())
            for step, happening in enumerate(story.happened):
                self.clock.at = at(step)
                if isinstance(happening, Commanded | Appointed):
                    await self.command(happening, at(step))
                elif isinstance(happening, Restarted):
                    await session.aclose()
                    await session.enter_async_context(self.world.opened())
                else:
                    await self._do(happening)

    async def _do(self, happening: Said | Chatted | Edited | Deleted | Reacted) -> None:
        classroom = self.world.app.browser.classroom
        match happening:
            case Chatted(_, who, (course, _), text):
                await classroom.post(self.person(who).ref, ChannelRef(CHANNELS[course]), text)
            case Said(n, who, where, text, _, threaded):
                self.said[n] = happening
                to, thread = self.to(happening), int(self.template.threads[where])
                kept = await classroom.post(
                    self.person(who).ref,
                    ChannelRef(CHANNELS[where[0]]),
                    text,
                    thread=thread if threaded else None,
                    reply_to=None if to is None else int(to),
                )
                self.refs[n] = str(kept.message.id)
            case Edited(n, text):
                author = self.person(self.said[n].who).ref
                await classroom.edit(author, int(self.refs[n]), text)
            case Deleted(n):
                author = self.person(self.said[n].who).ref
                await classroom.delete(author, int(self.refs[n]))
            case Reacted(n, who, emoji, present):
                ref = self.person(who).ref
                await classroom.react(ref, int(self.refs[n]), emoji, present)

    # --- what is on record -----------------------------------------------------------------------

    async def check(self, model: Model) -> None:
        self._check_rows(model)
        self.clock.at = at(100)
        async with self.world.opened():
            for course in COURSES:
                await self._check_counts(model, course)
                await self._check_export(model, course)
            await self._check_privacy(model)

    def _check_rows(self, model: Model) -> None:
        with closing(sqlite3.connect(self.world.settings.database)) as db:
            rows = {row[0]: row[1:] for row in db.execute(_ROWS)}
            texts = {row[0] for row in db.execute("SELECT text FROM message_texts")}
            marks: dict[str, set[tuple[str, str]]] = {}
            for ref, who, emoji in db.execute(_MARKS):
                marks.setdefault(ref, set()).add((who, emoji))
        expected = {
            self.refs[r.n]: (
                r.who, COURSES[r.where[0]], r.where[1], self._ref(r.parent), r.text, r.words,
                _micros(r.edited), _micros(r.deleted), _micros(r.sent), r.role,
            )
            for r in model.records.values()
        }  # fmt: skip
        assert rows == expected
        assert texts == {r.text for r in model.records.values() if r.text is not None}
        ours = {ref: who for ref, who in marks.items() if ref in expected}
        assert ours == {self.refs[r.n]: r.reactions for r in model.records.values() if r.reactions}

    def _ref(self, n: int | None) -> str | None:
        return None if n is None else self.refs[n]

    async def _check_counts(self, model: Model, course: str) -> None:
        teacher = self.human(TEACHERS[course])
        for name in {r.who for r in model.of(course)}:
            own = [r for r in model.of(course) if r.who == name]
            outcome = await teacher.run(
                "participation why", channel=CHANNELS[course], student=self.person(name).ref
            )
            assert isinstance(outcome, Answer)
            (table,) = (b for b in outcome.card.blocks if isinstance(b, Table))
            shown = [tuple(spans_to_plain(cell) for cell in row) for row in table.rows]
            assert [(row[0].split()[0], row[2], int(row[3]), row[4] == "yes") for row in shown] == [
                (
                    f"D{r.where[1]}",
                    "the prompt" if r.parent is None else model.records[r.parent].who,
                    r.words,
                    r.counts,
                )
                for r in own
            ]

    async def _check_export(self, model: Model, course: str) -> None:
        outcome = await self.human(TEACHERS[course]).run(
            "participation export", channel=CHANNELS[course]
        )
        assert isinstance(outcome, Answer)
        rows = csv.DictReader(outcome.files[0].content.decode("utf-8-sig").splitlines())
        counted = {r.n: r for r in model.of(course) if r.counts}
        expected = {}
        for (where, name), role in model.roles.items():
            own = [r for r in counted.values() if r.who == name]
            if where != course or (role != "student" and not own):
                continue
            answered = [
                r
                for r in counted.values()
                if r.who != name and r.parent in counted and counted[r.parent].who == name
            ]
            reacted = [who for r in own for who, _ in r.reactions if who != name]
            expected[name] = (
                sum(r.parent is None for r in own), sum(r.parent is not None for r in own),
                sum(r.words for r in own), len(answered), len(reacted),
            )  # fmt: skip
        columns = ("posts", "replies", "words", "replies_received", "reactions_received")
        assert {row["name"]: tuple(int(row[c]) for c in columns) for row in rows} == expected

    async def _check_privacy(self, model: Model) -> None:
        for course, other in (("A", "B"), ("B", "A")):
            foreign = [COURSES[other], TEACHERS[other], NEWCOMERS[other], "zq"]
            foreign += set(STUDENTS[other]) - set(STUDENTS[course])
            for name in (TEACHERS[course], STUDENTS[course][0], "Xenia"):
                seen = await self._all_answers(name, course)
                assert not [word for word in foreign if word in seen]
                if model.roles[course, name] != "student":
                    continue
                answered = {
                    model.records[r.parent].who
                    for r in model.of(course)
                    if r.who == name and r.parent is not None
                }
                classmates = {*STUDENTS[course], NEWCOMERS[course]} - {name} - answered
                assert not [word for word in classmates if word in seen]

    async def _all_answers(self, name: str, course: str) -> str:
        human, said = self.human(name), ""
        for command in ("class", "me", "export", "why"):
            about = {"student": self.person(STUDENTS[course][1]).ref} if command == "why" else {}
            outcome = await human.run(f"participation {command}", channel=CHANNELS[course], **about)
            said += _words(outcome)
        return said


SECOND = timedelta(seconds=1)
_ROWS = """
    SELECT m.ref, i.name, c.title, d.number, p.ref, t.text, m.words,
           m.edited_at, m.deleted_at, m.sent_at, m.role
    FROM messages m
    JOIN discussions d ON d.id = m.discussion_id
    JOIN courses c ON c.id = d.course_id
    JOIN identities i ON i.account_id = m.account_id
    LEFT JOIN messages p ON p.id = m.parent_id
    LEFT JOIN message_texts t ON t.message_id = m.id
"""
_MARKS = """
    SELECT m.ref, i.name, r.emoji FROM reactions r
    JOIN messages m ON m.id = r.message_id
    JOIN identities i ON i.account_id = r.account_id
    WHERE r.present
"""


def _micros(when: datetime | None) -> int | None:
    return None if when is None else round(when.timestamp() * 1_000_000)


def _words(outcome: Outcome) -> str:
    if isinstance(outcome, Form):
        return f"{outcome.problems} {outcome.values}"
    files = "".join(file.content.decode() for file in outcome.files)
    return f"{outcome.card!r} {to_plain(outcome.card)} {files}"


async def _play(template: Template, story: Story, how: Callable[[Play, Story], Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        play = Play(template, Path(folder))
        await how(play, story)
        await play.check(model_of(story))


@given(story=stories())
def test_any_telling_of_it_leaves_the_same_on_record(template: Template, story: Story) -> None:
    asyncio.run(_play(template, story, Play.tell))


@given(story=stories(robots=False))
def test_what_people_do_in_the_classroom_is_on_record(template: Template, story: Story) -> None:
    asyncio.run(_play(template, story, Play.act))
