"""Plays a story of tests/core/happenings.py on the loopback Discord, where the connection is cut
and the bot restarts meanwhile; and notes what of it took place, for the plain model.

What Discord's own window would not let people do is left out of the story: nothing is written,
edited or reacted to in a thread that is archived, and an answer stands where its message stands.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.commands import Answer, Invocation, Outcome
from bot.core.events import AccountRef, InvocationId, Person
from tests.adapters.discord.connected import Seminar, heard
from tests.adapters.discord.days import Days
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
    at,
)
from tests.fakes.discord_wire import Channel, Message, TickingClock, User, Wire
from tests.world import START

SIDES = ("yes", "no")
HALF = timedelta(seconds=5)
TICK = timedelta(seconds=1)


class FineClock(TickingClock):
    """No two moments are the same."""

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


class Play:
    """Two courses in two channels of one server, and a story that is being played there."""

    def __init__(self, wire: Wire, clock: FineClock, folder: Path, days: Days) -> None:
        self.wire, self.world, self.clock, self.days = wire, wire.world, clock, days
        self.seminar = Seminar(wire, clock, folder)
        guild = self.seminar.guild
        everybody = [*TEACHERS.values(), *STUDENTS["A"], *STUDENTS["B"], *NEWCOMERS.values(), BOT]
        self.users: dict[str, User] = {
            name: self.world.add_user(name, guild) for name in dict.fromkeys(everybody)
        }
        self.users[BOT].bot = True
        self.channels = {c: self.world.add_channel(guild, c.lower()) for c in COURSES}
        self.threads: dict[Discussion, Channel] = {}
        self.prompts: dict[Discussion, Message] = {}
        self.messages: dict[int, Message] = {}
        self.ids: dict[int, int] = {}
        self.said: dict[int, Said] = {}
        self.happened: list[tuple[datetime, Happening]] = []
        self.took: dict[tuple[Discussion, str], list[str]] = {}
        self.lost: set[int] = set()
        """Written and deleted while nobody listened: of these nothing can be known."""
        self._since = 0  # of what happened, the first that may not have been heard
        self._unheard: set[int] = set()
        self._gone: set[int] = set()
        self._open: set[Discussion] = set()
        self._withdrawn: set[Discussion] = set()
        self._archived: set[str] = set()
        self._line = ""
        self._down = AsyncExitStack()

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
        """The newest prompt in the channel, and its thread."""
        guild = self.seminar.guild
        *_, post = (
            m for m in self.seminar.posts(self.channels[where[0]]) if m.id in guild.channels
        )
        self.prompts[where], self.threads[where] = post, guild.channels[post.id]
        self._open.add(where)

    async def ask(self, who: str, course: str, command: str, **given: object) -> Outcome:
        """A command as the core is asked, for what is no part of the story."""
        now = self.clock.move(seconds=0.1)
        outcome = await self.seminar.app.dispatcher.run(
            Invocation(
                InvocationId(f"{command} {now}"),
                self.seminar.place_of(self.channels[course]),
                Person(AccountRef(str(self.users[who].id)), who),
                command,
                given,
                now,
                manages_space=True,
                channel_name=course.lower(),
            )
        )
        assert isinstance(outcome, Answer), outcome
        return outcome

    async def run(self, who: str, course: str, command: str, **given: object) -> Message:
        """A slash command, and its answer."""
        ran = self.world.run_command(self.users[who], self.channels[course], command, **given)
        return await ran.told()

    def written(self, text: str) -> str:
        """A text of the story as it is written on Discord."""
        words = text.split(" ")
        return " ".join(self.users[w[1:]].mention if w[0] == "@" else w for w in words)

    # --- the story ------------------------------------------------------------------------------

    async def play(self) -> None:
        async with AsyncExitStack() as session:
            await session.enter_async_context(self.seminar.up())
            await self.prepare()
            days = self.days
            for step, happening in enumerate(days.story.happened):
                self.clock.at = at(step)
                if isinstance(happening, Restarted):
                    await self._restart(session)
                else:
                    await self._do(at(step), happening)
                if self.clock.at < at(step) + HALF:
                    self.clock.at = at(step) + HALF
                await self._extra(at(step) + HALF, *days.extras[step])
                if step % days.story.together == 0 and not self._line:
                    await self.seminar.settle()
                await self._trouble(days.lines[step], step)
            await self._back()
            await self.seminar.settle()
            end = at(len(days.story.happened))
            self.clock.at = end
            await self._extra(end, *days.extras[-1])
            await self.seminar.settle()

    async def _do(self, when: datetime, happening: Happening) -> None:
        match happening:
            case Said() | Chatted() | Edited() | Deleted() | Reacted():
                await self._utter(when, happening)
            case Delivered():
                await self._back()
                assert await self.seminar.app.services.outbox.deliver_due()
            case Opened(where):
                await self._back()
                await self._order(when, happening, where[0], "prompt post", prompt="P1")
                if where[0] not in self._archived:
                    self._found(where)
            case Commanded((course, number) as where, verb):
                await self._back()
                given = {"what" if verb == "withdraw" else "discussion": f"D{number}"}
                await self._order(when, happening, course, f"prompt {verb}", **given)
                if course not in self._archived:
                    (self._open.add if verb == "reopen" else self._open.discard)(where)
                    if verb == "withdraw":
                        self._withdrawn.add(where)
                    elif verb == "reopen":
                        self._withdrawn.discard(where)
            case Archived(course):
                await self._back()
                await self._order(
                    when, happening, course, "course archive", confirm=COURSES[course]
                )
                self._archived.add(course)
                self._open = {where for where in self._open if where[0] != course}
            case Appointed(course, who, role):
                await self._back()
                person = self.users[who]
                await self._order(when, happening, course, "course staff", person=person, role=role)
            case Restarted():
                pass

    async def _order(
        self, when: datetime, happening: Happening, course: str, command: str, **given: object
    ) -> None:
        await self.run(TEACHERS[course], course, command, **given)
        self.happened.append((when, happening))

    async def _utter(self, when: datetime, what: Happening) -> None:
        """People's doings, as far as Discord lets them."""
        self.clock.at = when - TICK  # writing takes one
        match what:
            case Chatted(_, who, (course, _), text):
                self.world.say(self.users[who], self.channels[course], self.written(text))
            case Said(n, who, where, text, parent, threaded):
                if parent is not None and parent not in self.messages:
                    return
                threaded = threaded if parent is None else self.said[parent].threaded
                if threaded and self._is_shut(self.threads[where]):
                    return
                await self._be_heard(where)
                to = self.messages[parent] if parent is not None else None
                if to is None and not threaded:
                    to = self.prompts[where]
                place = self.threads[where] if threaded else self.channels[where[0]]
                text = self.written(text)
                self.messages[n] = self.world.say(self.users[who], place, text, reply_to=to)
                self.said[n] = what = replace(what, threaded=threaded)
                self.ids[n] = self.messages[n].id
                self._unheard.add(n)
            case Deleted(n) if n in self.messages:
                await self._be_heard(self.said[n].where)
                self.world.delete(self._take_out(n))
            case Edited(n) | Reacted(n) if n in self.messages:
                message = self.messages[n]
                if self._is_shut(message.channel):
                    return
                await self._be_heard(self.said[n].where)
                self.clock.at = when - TICK
                if isinstance(what, Edited):
                    self.world.edit(message, self.written(what.text))
                elif what.present:
                    self.world.react(self.users[what.who], message, what.emoji)
                else:
                    self.world.unreact(self.users[what.who], message, what.emoji)
            case _:
                return
        self.happened.append((when, what))

    def _is_shut(self, place: Channel) -> bool:
        return place.archived or place.locked

    def _take_out(self, n: int) -> Message:
        if n in self._unheard:
            self._gone.add(n)
        return self.messages.pop(n)

    # --- what only Discord has ------------------------------------------------------------------

    async def _extra(self, when: datetime, kind: str, a: int, b: int) -> None:
        match kind:
            case "side" if self._open:
                await self._back()
                where = sorted(self._open)[a % len(self._open)]
                who, label = STUDENTS[where[0]][b % 3], SIDES[a % 2]
                await self.world.press(self.users[who], self.prompts[where], label).told()
                took = self.took.setdefault((where, who), [])
                if took[-1:] != [label]:
                    took.append(label)
            case "bulk" if self.messages:
                one = list(self.messages)[-1 - a % len(self.messages)]
                place = self.messages[one].channel
                some = [n for n, m in self.messages.items() if m.channel is place][: 2 + b % 3]
                for where in {self.said[n].where for n in some}:
                    await self._be_heard(where)
                self.world.bulk_delete(*(self._take_out(n) for n in some))
                self.happened += [(when, Deleted(n)) for n in some]
            case "clear" if fit := [n for n in self.messages if self._can_be_cleared(n)]:
                n = fit[-1 - a % len(fit)]
                emoji = None if b % 2 else next(iter(self.messages[n].reactions))
                gone = [
                    Reacted(n, user.name, mark, False)
                    for mark, users in self.messages[n].reactions.items()
                    for user in users
                    if emoji in (None, mark)
                ]
                self.world.clear_reactions(self.messages[n], emoji)
                self.happened += [(when, event) for event in gone]
            case _:
                pass

    def _can_be_cleared(self, n: int) -> bool:
        # Discord doesn't say whose reactions they were, and what is withdrawn is not read again.
        return bool(self.messages[n].reactions) and self.said[n].where not in self._withdrawn

    # --- the connection -------------------------------------------------------------------------

    async def _trouble(self, line: str, step: int) -> None:
        if line == "back":
            await self._back()
        elif line == "replay" and not self._line:
            await self.seminar.settle()
            self.wire.gateway.tell_again(3 + step % 9)
        elif line and not self._line:
            await self.seminar.settle()
            self._settled(told=True)
            self._line = line
            self._down.enter_context(self.wire.gateway.down())

    async def _be_heard(self, where: Discussion) -> None:
        """What is withdrawn is not read again after a break; so it happens before or after one."""
        if self._line in ("refused", "forgotten") and where in self._withdrawn:
            at_ = self.clock.at
            await self._back()
            self.clock.at = at_

    async def _back(self) -> None:
        """Connected again, and what was missed has been read."""
        if not self._line:
            return
        line, self._line = self._line, ""
        resumed = line in ("cut", "once more")
        if line == "forgotten":
            self.wire.gateway.forget()
        elif line != "cut":
            self.wire.gateway.refusals.append(resumed)
        event = "shard_resumed" if resumed else "shard_ready"
        async with heard(self.seminar, event):
            await self._down.aclose()
        await self.seminar.settle()
        self._settled(told=resumed)

    def _settled(self, *, told: bool) -> None:
        if not told:
            self.lost |= self._gone
            # Nobody learns of an edit whose message is gone before it is read.
            meanwhile = self.happened[self._since :]
            self.happened[self._since :] = [
                (when, what)
                for when, what in meanwhile
                if not isinstance(what, Edited) or what.n in self.messages
            ]
        self._since = len(self.happened)
        self._gone.clear()
        self._unheard.clear()

    async def _restart(self, session: AsyncExitStack) -> None:
        """Something happens while the bot is away; then it is back, over the same database."""
        await self._back()
        await self.seminar.settle()
        await session.aclose()
        self._settled(told=True)
        self._away(self.clock.at)
        await session.enter_async_context(self.seminar.up())
        await self.seminar.settle()
        self._settled(told=False)

    def _away(self, when: datetime) -> None:
        """One message is deleted, and another gets a mark."""
        fit = [
            n
            for n, said in self.said.items()
            if n in self.messages
            and said.where not in self._withdrawn
            and not self._is_shut(self.messages[n].channel)
        ]
        if fit:
            self.world.delete(self._take_out(fit[0]))
            self.happened.append((when, Deleted(fit[0])))
        if fit[1:]:
            fan = STUDENTS[self.said[fit[-1]].where[0]][0]
            self.world.react(self.users[fan], self.messages[fit[-1]], "🔥")
            self.happened.append((when, Reacted(fit[-1], fan, "🔥", True)))

    # --- what took place ------------------------------------------------------------------------

    def known(self) -> list[tuple[datetime, Happening]]:
        """What took place, but for what nobody can have heard of: what was deleted before it was
        read, and, in a channel, what answers only that."""
        unknown = set(self.lost)
        told: list[tuple[datetime, Happening]] = []
        for when, event in self.happened:
            match event:
                case Said(n) | Edited(n) | Deleted(n) | Reacted(n) if n in unknown:
                    pass
                case Said(n, parent=parent) if parent in unknown:
                    if event.threaded:
                        told.append((when, replace(event, parent=None)))
                    else:
                        unknown.add(n)
                case _:
                    told.append((when, event))
        return told


@asynccontextmanager
async def played(folder: Path, days: Days) -> AsyncIterator[Play]:
    clock = FineClock(START)
    async with Wire(clock).opened() as wire:
        play = Play(wire, clock, folder, days)
        await play.play()
        yield play
