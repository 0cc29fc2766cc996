"""Plays a story in a copy of two courses: told to the core as a platform would, or done by people
in the classroom. The platform is behind a bad line, and may lose its answer to a post."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.adapters.browser.classroom import Classroom
from bot.adapters.browser.platform import BrowserPlatform
from bot.core.cards import Card
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
from bot.core.outbox import Outbox
from bot.core.ports import SeenMessage, SendRefused, SendUncertain
from tests.core.happenings import (
    BOT,
    COURSES,
    DISCUSSIONS,
    NEWCOMERS,
    STUDENTS,
    TEACHERS,
    Appointed,
    Archived,
    Chatted,
    Commanded,
    Deleted,
    Delivered,
    Discussion,
    Edited,
    Opened,
    Ordered,
    Reacted,
    Restarted,
    Said,
    Story,
    Uttered,
    at,
    named_in,
)
from tests.fakes.platform import stand_in
from tests.world import SPACE, START, FakeClock, Human, World, a_world

CHANNELS = {"A": "alpha", "B": "beta"}
SECOND = timedelta(seconds=1)
THE_END = 100
"""A step after all others."""

History = Callable[[Place], Iterable[SeenMessage]]


@dataclass(frozen=True)
class Template:
    """Two courses with everybody in them, in a file to be copied."""

    database: Path
    people: dict[str, tuple[AccountRef, bool]]
    threads: dict[Discussion, str]


async def build(folder: Path) -> Template:
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


class BadLine(BrowserPlatform):
    """The classroom as a platform whose answer to a post is lost, when told so. What it shows is
    `history`, or else what stands in the classroom; or nothing, where it isn't readable."""

    losing = False

    def __init__(self, classroom: Classroom, history: History | None, readable: bool) -> None:
        super().__init__(classroom)
        self._history, self._readable = history, readable

    async def post(self, place: Place, card: Card, key: str) -> MessageRef:
        if await self.find(place, key, START) is not None:
            raise SendRefused("It stands there already, and would stand there twice.")
        posted = await super().post(place, card, key)
        if self.losing:
            raise SendUncertain
        return posted

    async def history(self, place: Place, since: datetime) -> AsyncIterator[SeenMessage]:
        if not self._readable:
            raise SendRefused("The bot may not read this channel.")
        if self._history is None:
            async for message in super().history(place, since):
                yield message
        else:
            for message in self._history(place):
                yield message


class Play:
    """A story being played in a copy of the template."""

    def __init__(self, template: Template, folder: Path, story: Story) -> None:
        self.template, self.story = template, story
        self.clock = FakeClock(at(0))
        self.world: World = a_world(folder, self.clock)
        shutil.copy(template.database, self.world.settings.database)
        self.threads = dict(template.threads)
        self.refs: dict[int, str] = {}
        self.said = {e.n: e for e in story.happened if isinstance(e, Said)}
        self.line: BadLine
        self.outbox: Outbox

    async def open(self, session: AsyncExitStack, history: History | None = None) -> None:
        """Open the application, or close it and open it again."""
        await session.aclose()
        await session.enter_async_context(self.world.opened())
        self.line = BadLine(self.world.app.browser.classroom, history, self.story.readable)
        self.outbox = stand_in(self.world, self.line)

    def human(self, name: str) -> Human:
        ref, manages = self.template.people[name]
        return Human(self.world, ref, name, manages)

    def person(self, name: str) -> Person:
        if name == BOT:
            return Person(AccountRef("robot"), BOT, automated=True)
        return Person(self.template.people[name][0], name)

    async def command(self, event: Ordered, when: datetime) -> None:
        self.clock.at = when - SECOND  # a command takes one
        course = event.course if isinstance(event, Archived | Appointed) else event.where[0]
        teacher, channel = self.human(TEACHERS[course]), CHANNELS[course]
        match event:
            case Appointed(_, who, role):
                ref = self.person(who).ref
                await teacher.run("course staff", channel=channel, person=ref, role=role)
            case Archived():
                await teacher.run("course archive", channel=channel, confirm=COURSES[course])
            case Commanded((_, number), verb):
                param = "what" if verb == "withdraw" else "discussion"
                arguments = {"channel": channel, param: f"D{number}"}
                await teacher.run(f"prompt {verb}", **arguments)
            case Opened():
                await self._post(event)

    async def _post(self, event: Opened) -> None:
        course = event.where[0]
        form = {"channel": CHANNELS[course], "prompt": "P1", "invocation": f"post {event.where}"}
        before = await self.posts(course)
        self.line.losing = event.lost
        for _ in range(1 + event.twice):
            await self.human(TEACHERS[course]).run("prompt post", **form)
        self.line.losing = False
        for post in await self.posts(course) - before:
            self.threads[event.where] = post

    async def posts(self, course: str) -> set[str]:
        """What the bot has posted in a course's channel."""
        channel = ChannelRef(CHANNELS[course])
        found = await self.world.app.browser.classroom.messages(channel, None, None)
        return {str(message.id) for message in found if message.author is None}

    async def deliver(self, when: datetime) -> None:
        self.clock.at = when
        assert await self.outbox.deliver_due()

    # --- told to the core, as a platform would ---------------------------------------------------

    async def tell(self) -> None:
        """Tell the core of each thing as late, as often and as much at once as the story says."""
        story = self.story
        self.refs = {n: f"m{n}" for n in self.said}
        tellings: list[tuple[int, int, int]] = []
        for step, (event, lags) in enumerate(zip(story.happened, story.lags, strict=True)):
            told = isinstance(event, Uttered)
            tellings += [(step + lag, lag, step) for lag in lags] if told else [(step, -1, step)]
        batch: list[Event] = []
        async with AsyncExitStack() as session:
            await self.open(session, self._standing)
            for slot, lag, step in sorted(tellings):
                happening = story.happened[step]
                if isinstance(happening, Uttered):
                    batch.append(self.event(happening, at(step)))
                if lag < 0 or len(batch) >= story.together:
                    self.clock.at = at(slot)
                    await self._take_in(batch)
                if isinstance(happening, Ordered):
                    await self.command(happening, at(step))
                elif isinstance(happening, Delivered):
                    await self.deliver(at(step))
                elif isinstance(happening, Restarted):
                    await self.open(session, self._standing)
            await self._take_in(batch)
            await self.deliver(at(THE_END))

    async def _take_in(self, batch: list[Event]) -> None:
        await asyncio.gather(*(self.world.app.intake.take_in(event) for event in batch))
        batch.clear()

    def _standing(self, place: Place) -> Iterable[SeenMessage]:
        """What stands in a place by now, whether or not the core has been told."""
        shown: dict[int, MessagePosted] = {}
        marks: dict[int, dict[tuple[str, str], Person]] = {}
        past = [event for step, event in enumerate(self.story.happened) if at(step) < self.now]
        for step, event in enumerate(past):
            match event:
                case Archived(course) if place.channel == CHANNELS[course]:
                    # No history says how a text read at the end that was edited after it.
                    raise SendRefused("The bot may not read an archived course's channel.")
                case Said(n) | Chatted(n):
                    posted = self.event(event, at(step))
                    assert isinstance(posted, MessagePosted)
                    shown[n] = posted
                case Edited(n, text):
                    people, codes = self._mentioned(text)
                    shown[n] = replace(
                        shown[n], text=text, edited_at=at(step), mentions=people, unspoken=codes
                    )
                case Deleted(n):
                    del shown[n]
                case Reacted(n, who, emoji, True):
                    marks.setdefault(n, {})[who, emoji] = self.person(who)
                case Reacted(n, who, emoji):
                    marks.get(n, {}).pop((who, emoji), None)
                case _:
                    pass
        for n, message in shown.items():
            if message.place == place:
                standing = marks.get(n, {}).items()
                yield SeenMessage(message, [(person, emoji) for (_, emoji), person in standing])

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def event(self, happening: Uttered, when: datetime) -> Event:
        if isinstance(happening, Chatted):
            place = Place(SPACE, ChannelRef(CHANNELS[happening.where[0]]))
            ref, author = MessageRef(f"chat{happening.n}"), self.person(happening.who)
            people, codes = self._mentioned(happening.text)
            return MessagePosted(
                place, ref, author, when, happening.text, mentions=people, unspoken=codes
            )
        said = self.said[happening.n]
        place, ref, to = self.place(said), MessageRef(self.refs[said.n]), self.to(said)
        match happening:
            case Said(_, who, _, text):
                people, codes = self._mentioned(text)
                return MessagePosted(
                    place, ref, self.person(who), when, text, to, None, people, codes,
                    names_whom_it_answers=said.naming,
                )  # fmt: skip
            case Edited(_, text):
                people, codes = self._mentioned(text)
                return MessageEdited(place, ref, when, text, None, to, people, codes)
            case Deleted():
                return MessageDeleted(place, ref, when)
            case Reacted(_, who, emoji, present):
                return ReactionChanged(place, ref, self.person(who), emoji, present, when)

    def _mentioned(self, text: str) -> tuple[tuple[Person, ...], tuple[str, ...]]:
        """Who is mentioned in a text, and the codes that say so."""
        names = named_in(text)
        return tuple(self.person(name) for name in names), tuple(f"@{name}" for name in names)

    def place(self, said: Said) -> Place:
        thread = ThreadRef(self.threads[said.where]) if said.threaded else None
        return Place(SPACE, ChannelRef(CHANNELS[said.where[0]]), thread)

    def to(self, said: Said) -> MessageRef | None:
        if said.parent is not None:
            return MessageRef(self.refs[said.parent])
        return None if said.threaded else MessageRef(self.threads[said.where])

    # --- done in the classroom, by people --------------------------------------------------------

    async def act(self) -> None:
        """Do each thing in the browser classroom, in order."""
        async with AsyncExitStack() as session:
            await self.open(session)
            for step, happening in enumerate(self.story.happened):
                self.clock.at = at(step)
                if isinstance(happening, Ordered):
                    await self.command(happening, at(step))
                elif isinstance(happening, Delivered):
                    await self.deliver(at(step))
                elif isinstance(happening, Restarted):
                    await self.open(session)
                else:
                    await self._do(happening)
            await self.deliver(at(THE_END))

    async def _do(self, happening: Uttered) -> None:
        classroom = self.world.app.browser.classroom
        match happening:
            case Chatted(_, who, (course, _), text):
                await classroom.post(self.person(who).ref, ChannelRef(CHANNELS[course]), text)
            case Said(n, who, where, text, _, threaded):
                to, thread = self.to(happening), int(self.threads[where])
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
