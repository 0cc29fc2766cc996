"""Plays a story of tests/core/happenings.py on the loopback Slack, where connections end and the
bot restarts meanwhile; and notes what of it took place, for the plain model.

On Slack everything is said in threads, and answers whom it mentions. While the bot is away, Slack
either sends its events again or gives them up, and then they have to be found by reading.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from bot.adapters.slack.inbound import to_instant
from bot.core.commands import Answer, Invocation
from bot.core.events import AccountRef, InvocationId, Person
from tests.adapters.slack.connected import Seminar
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
    Happening,
    Opened,
    Reacted,
    Restarted,
    Said,
    Story,
    Uttered,
    at,
    stories,
)
from tests.fakes.slack_workspace import Message, TickingClock
from tests.world import START

SIDES = ("yes", "no")
LINES = (*("",) * 14, "thrice", "refresh", "away", "away", "forgotten", "forgotten", "back", "back")
"""What becomes of the line after each step: events come three times, or Slack ends the connection
and another is made, or the bot goes away; what happens then is sent again, or forgotten."""
NAMES = {"👍": "+1", "🔥": "fire"}
TICK = timedelta(seconds=1)


@dataclass(frozen=True)
class Days:
    """A story; what becomes of the line after each step; and who presses which button then."""

    story: Story
    lines: tuple[str, ...]
    presses: tuple[int, ...]


@st.composite
def days(draw: st.DrawFn, least: int = 20, most: int = 40) -> Days:
    story = draw(stories(least=least, most=most))
    many = len(story.happened)
    lines = draw(st.lists(st.sampled_from(LINES), min_size=many, max_size=many))
    presses = draw(st.lists(st.integers(0, 35), min_size=many, max_size=many))
    return Days(story, tuple(lines), tuple(presses))


class Play:
    """Two courses in two channels of one workspace, and a story that is being played there."""

    def __init__(self, clock: TickingClock, folder: Path, days: Days) -> None:
        self.seminar = Seminar(folder, clock=clock)
        self.slack, self.world = self.seminar.slack, self.seminar.world
        self.clock, self.days = clock, days
        names = [*TEACHERS.values(), *STUDENTS["A"], *STUDENTS["B"], *NEWCOMERS.values()]
        team = self.seminar.team
        self.users = {name: self.world.add_user(name, team) for name in dict.fromkeys(names)}
        self.users[BOT] = self.world.add_user(BOT, team, "bot")
        everybody = list(self.users.values())
        self.channels = {c: self.world.add_channel(c.lower(), *everybody) for c in COURSES}
        self.prompts: dict[Discussion, Message] = {}
        self.messages: dict[int, Message] = {}
        self.texts: dict[int, str] = {}
        """What stands on Slack, by people."""
        self.ids: dict[int, str] = {}
        self.said: dict[int, Said] = {}
        self.happened: list[tuple[datetime, Happening]] = []
        self.took: dict[tuple[Discussion, str], list[str]] = {}
        self._lost: set[int] = set()
        """Written and deleted while nobody listened: of these nothing can be known."""
        self._unheard: set[int] = set()
        self._open: set[Discussion] = set()
        self._archived: set[str] = set()
        self._line = ""
        self._session = AsyncExitStack()

    # --- before the story -----------------------------------------------------------------------

    async def prepare(self) -> None:
        for course, title in COURSES.items():
            teacher = TEACHERS[course]
            await self.ask(teacher, course, "course setup", title=title, zone="America/New_York")
            for name in STUDENTS[course]:
                await self.ask(name, course, "help")
            given = {"title": f"{title} prompt", "text": "Why?", "sides": "; ".join(SIDES)}
            await self.ask(teacher, course, "prompt new", **given)
        for course, number in DISCUSSIONS:
            await self.ask(TEACHERS[course], course, "prompt post", prompt="P1")
            self._found((course, number))
        await self.seminar.settle()

    def _found(self, where: Discussion) -> None:
        """The newest prompt in the channel."""
        roots = [m for m in self.seminar.posts(self.channels[where[0]]) if m.metadata]
        self.prompts[where] = max((m for m in roots if not m.is_reply), key=lambda m: m.ts)
        self._open.add(where)

    async def ask(self, who: str, course: str, command: str, **given: object) -> Answer:
        """A command as the core is asked, for what is no part of the story."""
        now = self.clock.move(seconds=0.1)
        outcome = await self.seminar.app.dispatcher.run(
            Invocation(
                InvocationId(f"{command} {now}"),
                self.seminar.place_of(self.channels[course]),
                Person(AccountRef(self.users[who].id), who),
                command,
                given,
                now,
                manages_space=True,
                channel_name=course.lower(),
            )
        )
        assert isinstance(outcome, Answer), outcome
        return outcome

    # --- the story ------------------------------------------------------------------------------

    async def play(self) -> None:
        async with self._session:
            await self._session.enter_async_context(self.seminar.up())
            await self.prepare()
            for step, happening in enumerate(self.days.story.happened):
                self.clock.at = at(step)
                await self._do(at(step), happening)
                await self._press(self.days.presses[step])
                if step % self.days.story.together == 0 and not self._line:
                    await self.seminar.settle()
                await self._trouble(self.days.lines[step])
            await self._back()
            await self.slack.caught_up()
            await self.slack.retry_now()
            await self.seminar.settle()

    async def _do(self, when: datetime, happening: Happening) -> None:
        match happening:
            case Said() | Chatted() | Edited() | Deleted() | Reacted():
                await self._utter(when, happening)
            case Delivered():
                await self._back()
                assert await self.seminar.app.services.outbox.deliver_due()
            case Opened(where):
                await self._order(when, happening, where[0], "/prompt post P1")
                if where[0] not in self._archived:
                    self._found(where)
            case Commanded((course, number) as where, verb):
                await self._order(when, happening, course, f"/prompt {verb} D{number}")
                if course not in self._archived:
                    (self._open.add if verb == "reopen" else self._open.discard)(where)
            case Archived(course):
                await self._order(when, happening, course, f"/course archive {COURSES[course]}")
                self._archived.add(course)
                self._open = {where for where in self._open if where[0] != course}
            case Appointed(course, who, role):
                await self._order(when, happening, course, f"/course staff @{who} {role}")
            case Restarted():
                await self._go("away")
                await self._back()

    async def _order(self, when: datetime, what: Happening, course: str, command: str) -> None:
        await self._back()
        self.clock.at = when
        await self.seminar.asks(self.users[TEACHERS[course]], command, self.channels[course])
        self.happened.append((when, what))

    async def _utter(self, when: datetime, what: Uttered) -> None:
        """People's doings; writing takes a second."""
        if isinstance(what, Chatted):
            self.world.say(self.users[what.who], self.channels[what.where[0]], what.text)
            return
        if not isinstance(what, Said) and what.n not in self.messages:
            return
        if isinstance(what, Said):
            self.said[what.n] = replace(what, parent=None, threaded=True, naming=True)
        await self._be_heard(self.said[what.n].where)
        self.clock.at = when - TICK
        match what:
            case Said(n, who, where, text):
                what, prompt = self.said[n], self.prompts[where]
                message = self.world.say(self.users[who], prompt.channel, text, thread=prompt)
                self.messages[n], self.ids[n], self.texts[n] = message, message.ts, text
                when = to_instant(message.ts)
                if self._line == "forgotten":
                    self._unheard.add(n)
            case Edited(n, text):
                self.world.edit(self.messages[n], text)
                when, self.texts[n] = to_instant(self.messages[n].edited_ts), text
            case Deleted(n):
                self.world.delete(self.messages.pop(n))
                del self.texts[n]
                if n in self._unheard:
                    self._lost.add(n)
            case Reacted(n, who, emoji, present):
                what = replace(what, emoji=NAMES[emoji])
                act = self.world.react if present else self.world.unreact
                act(self.users[who], self.messages[n], NAMES[emoji])
        self.happened.append((when, what))

    async def _press(self, number: int) -> None:
        """A side's button, now and then."""
        if number > 8 or not self._open:
            return
        await self._back()
        where = sorted(self._open)[number % len(self._open)]
        who, label = STUDENTS[where[0]][number % 3], SIDES[number % 2]
        await self.world.press(self.users[who], self.prompts[where], label).answered()
        await self.seminar.settle()
        took = self.took.setdefault((where, who), [])
        if took[-1:] != [label]:
            took.append(label)

    # --- the line -------------------------------------------------------------------------------

    async def _trouble(self, line: str) -> None:
        self.slack.deliveries.times = 3 if line == "thrice" else 1
        if line == "back":
            await self._back()
        elif line == "refresh" and not self._line:
            opened = self.slack.sockets.opened
            await self.slack.sockets.refresh()
            sockets = self.slack.sockets
            await self.world.state.until(lambda: sockets.opened > opened or None, "a connection")
            await self.slack.caught_up()
            await self.slack.retry_now()  # what no connection took
        elif line in ("away", "forgotten") and not self._line:
            await self._go(line)

    async def _go(self, line: str) -> None:
        await self._back()
        await self.seminar.settle()
        await self._session.aclose()
        self._line = line

    async def _be_heard(self, where: Discussion) -> None:
        """What is closed is not read again; so nothing happens there that Slack forgets."""
        if self._line == "forgotten" and where not in self._open:
            await self._back()

    async def _back(self) -> None:
        """It runs again, over the same database, and what was missed has been told or read."""
        if not self._line:
            return
        line, self._line = self._line, ""
        now = self.clock.at
        await self.slack.caught_up()
        if line == "forgotten":
            self.slack.deliveries.forget()
        await self._session.enter_async_context(self.seminar.up())
        await self.slack.retry_now()
        await self.seminar.settle()
        self._unheard.clear()
        self.clock.at = now

    # --- what took place ------------------------------------------------------------------------

    def known(self) -> list[tuple[datetime, Happening]]:
        """What took place, but for what was deleted before anybody could know of it."""
        return [
            (when, event)
            for when, event in self.happened
            if not isinstance(event, Said | Edited | Deleted | Reacted) or event.n not in self._lost
        ]


@asynccontextmanager
async def played(folder: Path, days: Days) -> AsyncIterator[Play]:
    play = Play(TickingClock(START), folder, days)
    async with play.slack.serving():
        await play.play()
        yield play
