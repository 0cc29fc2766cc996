"""Whatever happens on Slack, and however the line to it fails: what is on record and what the
reports say is what the plain model makes of it."""

import asyncio
import logging
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from tests.adapters.slack.playing import Days, Play, days, played
from tests.core.happenings import BOT, COURSES, TEACHERS, at
from tests.core.on_record import (
    SIDES_TAKEN,
    OnRecord,
    explained,
    exported,
    give_a_source_its_address,
    shown_of,
)
from tests.core.plain_model import Model, model_from, table_of
from tests.core.playing import THE_END


class Check:
    def __init__(self, play: Play) -> None:
        self.play = play
        self.model: Model = model_from(play.known())
        database = play.seminar.settings.database
        self.record = OnRecord(self.model, play.ids, database)

    async def all(self) -> None:
        self.record.check(deletions_dated=False, edits_told=False)
        self._stands()
        titles = {title: course for course, title in COURSES.items()}
        held = {((titles[c], d), who): side for c, d, who, side in self.record.select(SIDES_TAKEN)}
        assert held == {whose: took[-1] for whose, took in self.play.took.items()}
        self.play.clock.at = at(THE_END)
        async with self.play.seminar.up():
            await self.play.seminar.settle()
            self.record.check(
                deletions_dated=False, edits_told=False
            )  # and nothing was left to be found
            give_a_source_its_address(self.play.seminar.app)
            for course in COURSES:
                await self._shown(course)
        assert self.play.slack.unknown == []
        assert self.play.slack.complaints == []

    def _stands(self) -> None:
        """The texts that are kept are those that should be, or stand on Slack."""
        play = self.play
        standing = {text for n, text in play.texts.items() if play.said[n].who != BOT}
        told = self.record.told_texts()
        assert told <= self.record.texts()
        assert self.record.texts() - told - standing == set()

    async def _shown(self, course: str) -> None:
        play, model = self.play, self.model
        for name in {r.who for r in model.of(course)}:
            student = play.users[name].id
            outcome = await play.ask(TEACHERS[course], course, "participation why", student=student)
            assert shown_of(outcome) == explained(model, course, name)
        figures = table_of(model, course, self.play.took)
        answer = await play.ask(TEACHERS[course], course, "participation export")
        assert exported(answer.files[0].content) == figures


def _holds(days: Days, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with played(Path(folder), days) as play:
                await Check(play).all()

    caplog.clear()
    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []


@settings(max_examples=6, derandomize=True, phases=(Phase.generate,))
@given(days=days(least=8, most=14))
def test_whatever_happens_on_a_short_day_the_record_and_the_reports_are_right(
    days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    """The same six days each time, with a line that is lost and a bot that goes and comes; what
    fails here is made short by the long form."""
    _holds(days, caplog)


enough = settings(max_examples=max(5, settings().max_examples // 5))


@pytest.mark.soak  # a long day takes two seconds
@enough
@given(days=days())
def test_whatever_happens_the_record_and_the_reports_are_right(
    days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    _holds(days, caplog)
