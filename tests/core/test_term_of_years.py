"""Every occurrence is posted at its time by the clock on the wall, none twice and none missing,
over years and zones and whatever happens: against plain date arithmetic (wall_clock.py)."""

import asyncio
import shutil
import sqlite3
import tempfile
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.agenda import Agenda
from storage.database import Database
from tests.core.wall_clock import DAY, HOUR, Due, Model, changes, instant, instants, shown
from tests.world import FakeClock, Human, World, a_world

ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe",
         "America/Sao_Paulo", "Pacific/Apia")  # fmt: skip
REPEATS = ("daily", "daily", "daily", "once", "weekdays", "weekly", "every two weeks", "monthly")
CLOCKS = tuple(map(time.fromisoformat, ("00:30", "01:30", "01:45", "02:15", "09:00", "23:45")))
HAPPENINGS = ("pass", "pass", "due", "due", "due", "due", "due", "restart", "two", "pause", "skip",
              "move", "now", "zone")  # fmt: skip
BEFORE = datetime(2009, 12, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """`begins` is noon in Greenwich of a day; each happening has a number, which says how much of
    it."""

    zone: str
    begins: date
    repeat: str
    first: int
    clock: time
    catch_up: int
    happenings: tuple[tuple[str, int], ...]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Most of them begin just before the clocks change, at a time that is then shown twice or
    never."""
    zone = draw(st.sampled_from(ZONES))
    year = draw(st.integers(2010, 2027))
    change = draw(st.sampled_from(changes(ZoneInfo(zone), year)))
    any_day = st.dates(date(year, 1, 1), date(year, 12, 31))
    close = st.integers(2, 4).map(lambda days: change - days * DAY)
    strange = [
        clock
        for clock in CLOCKS
        for day in (change - DAY, change)
        if len(instants(datetime.combine(day, clock), ZoneInfo(zone))) != 1
    ]
    clocks = st.sampled_from(CLOCKS)
    happening = st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 99))
    return Story(
        zone,
        draw(st.one_of(close, close, any_day)),
        draw(st.sampled_from(REPEATS)),
        draw(st.integers(1, 2)),
        draw(st.one_of(clocks, st.sampled_from(strange or CLOCKS))),
        draw(st.sampled_from((12, 168))),
        (("due", 0),) * draw(st.integers(0, 3))
        + tuple(draw(st.lists(happening, min_size=4, max_size=12))),
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Human]:
    """A database with a course, and its instructor."""

    async def build() -> tuple[Path, Human]:
        async with a_world(tmp_path_factory.mktemp("course"), FakeClock(BEFORE)).opened() as world:
            ada = await world.person("Ada")
            await world.course(ada)
            await ada.answer("prompt new", title="Norms", text="Who set them?")
            return world.settings.database, ada

    return asyncio.run(build())


class Play:
    """A story in a copy of the course, beside what must become of it."""

    def __init__(self, course: tuple[Path, Human], folder: Path, story: Story) -> None:
        self.story = story
        noon = datetime.combine(story.begins, time(12), UTC)
        self.clock = FakeClock(noon)
        self.world: World = a_world(folder, self.clock)
        shutil.copy(course[0], self.world.settings.database)
        self.ada = Human(self.world, course[1].ref, "Ada", True)
        self.course_zone = story.zone
        self.running = AsyncExitStack()
        self.model = Model(self._start(), story.repeat, ZoneInfo(story.zone),
                           timedelta(hours=story.catch_up))  # fmt: skip

    def _start(self) -> datetime:
        """The first day from the story's own on that the repetition has, and that has the time."""
        zone = ZoneInfo(self.story.zone)
        day = shown(self.clock.now(), zone).date() + self.story.first * DAY
        while True:
            local = datetime.combine(day, self.story.clock)
            weekend = self.story.repeat == "weekdays" and day.weekday() > 4
            if not weekend and len(instants(local, zone)) == 1:
                return local
            day += DAY

    async def play(self) -> None:
        await self.running.enter_async_context(self.world.opened())
        try:
            story = self.story
            await self.ada.answer("course settings", zone=story.zone, catch_up=story.catch_up)
            await self.ada.answer("prompt schedule", prompt="P1", repeat=story.repeat,
                                  when=f"{self.model.start:%Y-%m-%d %H:%M}")  # fmt: skip
            await self.ada.answer("schedule confirm", schedule="S1")
            for happening, number in story.happenings:
                await getattr(self, f"_{happening}")(number)
                await self.attend()
            self.clock.move(hours=101)
            await self.attend()
        finally:
            await self.running.aclose()

    async def attend(self) -> None:
        self.model.attended(self.clock.now())
        services = self.world.app.services
        await services.agenda.attend()
        await services.outbox.deliver_due()

    # --- happenings -----------------------------------------------------------------------------

    async def _pass(self, number: int) -> None:
        self.clock.move(hours=number + 1, minutes=number % 7)

    async def _due(self, number: int) -> None:
        """It is a second before the next one, and then its time."""
        due = self.model.next(self.clock.now())
        if due is None or not HOUR / 60 < due.at - self.clock.now() < 100 * HOUR:
            await self._pass(number)
            return
        self.clock.at = due.at - timedelta(seconds=1)
        await self.attend()
        self.clock.at = due.at

    async def _restart(self, number: int) -> None:
        await self.running.aclose()
        self.clock.move(hours=number // 3)
        self.running = AsyncExitStack()
        await self.running.enter_async_context(self.world.opened())

    async def _two(self, number: int) -> None:
        """Two processes attend at the same time."""
        self.clock.move(hours=number)
        self.model.attended(self.clock.now())
        services = self.world.app.services
        other = await Database.open(self.world.settings.database)
        staff = services.agenda._staff
        second = Agenda(other, self.clock, services.packs, staff, lambda: None, lambda: "1")
        try:
            await asyncio.gather(second.attend(), services.agenda.attend())
        finally:
            await other.close()

    async def _pause(self, number: int) -> None:
        """Or resume it."""
        done = await self.ada.answer(
            "schedule resume" if self.model.paused else "schedule pause", schedule="S1"
        )
        assert "S1" in done
        if self.model.paused:
            self.model.let_go(self.clock.now())
            self.model.resumed(self.clock.now())
        else:
            self.model.paused = True

    async def _skip(self, number: int) -> None:
        due = self._next()
        if due is None or due.at <= self.clock.now() + HOUR:
            return
        day = due.local.date()
        await self.ada.answer("schedule skip", schedule="S1", dates=day.isoformat())
        now = self.clock.now()
        self.model.let_go(now)
        for one in self.model.ahead(now + 20 * DAY + (due.at - now)):
            if one.local.date() == day:
                self.model.decide(one, "skipped", now)

    async def _move(self, number: int) -> None:
        due = self._next()
        when = shown(self.clock.now() + (number + 2) * HOUR, self.model.zone)
        when = when.replace(second=0, microsecond=0, minute=15)
        if due is None or len(instants(when, self.model.zone)) != 1:
            return
        await self.ada.answer("schedule move", schedule="S1", when=f"{when:%Y-%m-%d %H:%M}")
        self.model.let_go(self.clock.now())
        moving = self._next()
        assert moving is not None
        at = instant(when, self.model.zone)
        self.model.moved[moving.name] = Due(at, when, moving.name)

    async def _now(self, number: int) -> None:
        if self._next() is None:
            return
        await self.ada.answer("schedule post-now", schedule="S1")
        self.model.let_go(self.clock.now())
        due = self._next()
        assert due is not None
        self.model.decide(due, "opened", self.clock.now())

    async def _zone(self, number: int) -> None:
        zone = ZONES[number % len(ZONES)]
        same_time = number % 2 == 0
        keeps = "same-time" if same_time else "same-instant"
        await self.ada.answer("course settings", zone=zone, scheduled=keeps)
        if same_time and self.model.zone.key == self.course_zone:
            self.model.to_zone(ZoneInfo(zone))
        self.course_zone = zone

    def _next(self) -> Due | None:
        """What the next happening is about: as the bot sees it, once what has passed is let go."""
        now = self.clock.now() + timedelta(seconds=1)
        before, gone = self.model.gone, set(self.model.gone)
        self.model.gone = gone
        self.model.let_go(now)
        try:
            return self.model.next(now)
        finally:
            self.model.gone = before

    # --- what came of it ------------------------------------------------------------------------

    def check(self) -> None:
        with closing(sqlite3.connect(self.world.settings.database)) as db:
            decided = db.execute(
                "SELECT o.local, o.state, d.opened_at, d.id FROM occurrences o"
                " LEFT JOIN discussions d ON d.id = o.discussion_id"
            ).fetchall()
            posts = db.execute("SELECT discussion_id, state FROM outbox").fetchall()
            standing = db.execute(
                "SELECT count(*) FROM classroom_messages WHERE send_key IS NOT NULL"
            ).fetchone()[0]
            discussions = db.execute("SELECT count(*) FROM discussions").fetchone()[0]
        fates = {datetime.fromisoformat(local): state for local, state, _, _ in decided}
        expected = self.model.fates | dict.fromkeys(self.model.moved, "moved")
        assert fates == expected
        opened = {
            datetime.fromisoformat(local): _instant(at)
            for local, state, at, _ in decided
            if state == "opened"
        }
        assert opened == self.model.opened
        assert sorted(posts) == sorted((id_, "sent") for *_, id_ in decided if id_ is not None)
        assert standing == discussions == len(opened)


def _instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _run(course: tuple[Path, Human], story: Story) -> None:
    with tempfile.TemporaryDirectory() as folder:
        play = Play(course, Path(folder), story)
        asyncio.run(play.play())
        play.check()


def _daily(zone: str, begins: date, clock: str) -> Story:
    return Story(zone, begins, "daily", 1, time.fromisoformat(clock), 12, (("due", 0),) * 5)


@settings(max_examples=max(24, settings().max_examples))
@example(story=_daily("America/New_York", date(2026, 10, 30), "01:30"))
@example(story=_daily("Australia/Lord_Howe", date(2019, 10, 4), "02:15"))
@example(story=_daily("Pacific/Apia", date(2011, 12, 27), "09:00"))
@given(story=stories())
def test_whatever_happens_each_is_posted_once_at_its_time(
    course: tuple[Path, Human], story: Story
) -> None:
    _run(course, story)
