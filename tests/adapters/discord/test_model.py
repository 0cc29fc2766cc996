"""Whatever happens on Discord, and however the connection fails: what is on record and what the
reports say is what the plain model makes of it."""

import asyncio
import logging
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.adapters.discord.days import Days, days
from tests.adapters.discord.playing import Play, played
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
        refs = {n: str(message_id) for n, message_id in play.ids.items()}
        database = play.seminar.settings.database
        self.record = OnRecord(self.model, refs, database, play.written)

    async def all(self) -> None:
        self.record.check(deletions_dated=False)
        self._stands()
        titles = {title: course for course, title in COURSES.items()}
        held = {((titles[c], d), who): side for c, d, who, side in self.record.select(SIDES_TAKEN)}
        assert held == {whose: took[-1] for whose, took in self.play.took.items()}
        self.play.clock.at = at(THE_END)
        async with self.play.seminar.up():
            await self.play.seminar.settle()
            self.record.check(deletions_dated=False)  # and nothing was left to be found
            give_a_source_its_address(self.play.seminar.app)
            for course in COURSES:
                await self._shown(course)
        assert self.play.wire.unknown == []

    def _stands(self) -> None:
        """The texts that are kept are those that stand on Discord."""
        play = self.play
        standing = {m.content for n, m in play.messages.items() if play.said[n].who != BOT}
        assert self.record.told_texts() <= standing
        assert self.record.told_texts() <= self.record.texts() <= standing

    async def _shown(self, course: str) -> None:
        play, model = self.play, self.model
        for name in {r.who for r in model.of(course)}:
            student = str(play.users[name].id)
            outcome = await play.ask(TEACHERS[course], course, "participation why", student=student)
            assert shown_of(outcome) == explained(model, course, name)
        figures = table_of(model, course, self.play.took)
        for who, column in figures:
            if column == "characters":
                own = (r.text or "" for r in model.of(course) if r.who == who and r.counts)
                figures[who, column] = str(sum(len(play.written(text)) for text in own))
        answer = await play.run(TEACHERS[course], course, "participation export")
        assert exported(answer.attachments[0].content) == figures


enough = settings(max_examples=max(8, settings().max_examples // 3))


@enough
@given(days=days())
def test_whatever_happens_the_record_and_the_reports_are_right(
    days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with played(Path(folder), days) as play:
                await Check(play).all()

    caplog.clear()
    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []
