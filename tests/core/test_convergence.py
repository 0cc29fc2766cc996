"""Whatever happens, and however it is told, the same is on record; and nobody learns of another
course, or a student of another student."""

import asyncio
import csv
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from bot.core import recovery
from bot.core.cards import Table
from bot.core.commands import Answer, Form, Outcome
from bot.core.plain import spans_to_plain, to_plain
from tests.core.happenings import (
    ADDRESS,
    COURSES,
    KNOWN,
    NEWCOMERS,
    STUDENTS,
    TEACHERS,
    Story,
    at,
    stories,
)
from tests.core.plain_model import Model, Record, model_of, table_of
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

    async def all(self) -> None:
        self._rows()
        self._nothing_else()
        self.play.clock.at = at(THE_END)
        async with self.play.world.opened():
            self._give_a_source_its_address()
            for course in COURSES:
                threads = self.play.threads
                own = {threads[where] for where in self.model.spans if where[0] == course}
                assert await self.play.posts(course) == own
                await self._counts(course)
                await self._export(course)
            await self._privacy()

    def _rows(self) -> None:
        records, refs = self.model.records.values(), self.play.refs
        rows = {row[0]: row[1:] for row in self._select(_ROWS)}
        assert rows == {
            refs[r.n]: (
                r.who, COURSES[r.where[0]], r.where[1], r.parent and refs[r.parent.n], r.text,
                r.words, _micros(r.edited), _micros(r.deleted), _micros(r.sent), r.role,
            )
            for r in records
        }  # fmt: skip
        marks: dict[str, set[tuple[str, str]]] = {}
        for ref, who, emoji in self._select(_MARKS):
            marks.setdefault(ref, set()).add((who, emoji))
        ours = {ref: who for ref, who in marks.items() if ref in rows}
        assert ours == {refs[r.n]: r.reactions for r in records if r.reactions}
        named: dict[str, set[str]] = {}
        for ref, who in self._select(_NAMED):
            named.setdefault(ref, set()).add(who)
        assert named == {refs[r.n]: r.named for r in records if r.named}
        cited: dict[str, set[str]] = {}
        for ref, name in self._select(_CITED):
            cited.setdefault(ref, set()).add(name)
        assert cited == {refs[r.n]: r.evidence for r in records if r.evidence}

    def _give_a_source_its_address(self) -> None:
        packs = self.play.world.app.services.packs
        for id_, loaded in packs.items():
            first, *others = loaded.pack.sources
            sources = (replace(first, id="source", url=ADDRESS), *others)
            packs[id_] = replace(loaded, pack=replace(loaded.pack, sources=sources))

    def _nothing_else(self) -> None:
        """No chatter and no text is kept, and nothing is owed, but what the model knows."""
        texts = {text for (text,) in self._select("SELECT text FROM message_texts")}
        assert texts == {r.text for r in self.model.records.values() if r.text is not None}
        assert self._select(_HELD) == []
        sent = self._select("SELECT state FROM outbox WHERE kind = 'prompt'")
        assert sent == [("sent",)] * len(self.model.spans)

    def _select(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.play.world.settings.database)) as db:
            return db.execute(query).fetchall()

    async def _counts(self, course: str) -> None:
        teacher = self.play.human(TEACHERS[course])
        for name in {r.who for r in self.model.of(course)}:
            own = [r for r in self.model.of(course) if r.who == name]
            outcome = await teacher.run(
                "participation why", channel=CHANNELS[course], student=self.play.person(name).ref
            )
            assert isinstance(outcome, Answer)
            (table,) = (b for b in outcome.card.blocks if isinstance(b, Table))
            shown = [tuple(spans_to_plain(cell) for cell in row) for row in table.rows]
            assert [
                (row[0].split()[0], row[2], row[3] == "yes", row[4], int(row[5])) for row in shown
            ] == [(f"D{r.where[1]}", _to(r), r.counts, _cites(r), r.words) for r in own]

    async def _export(self, course: str) -> None:
        outcome = await self.play.human(TEACHERS[course]).run(
            "participation export", channel=CHANNELS[course]
        )
        assert isinstance(outcome, Answer)
        rows = csv.DictReader(outcome.files[0].content.decode("utf-8-sig").splitlines())
        assert {
            (row["name"], column): figure
            for row in rows
            for column, figure in row.items()
            if column not in ("name", "member")
        } == table_of(self.model, course)

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
_NAMED = """
    SELECT m.ref, i.name FROM mentions n
    JOIN messages m ON m.id = n.message_id
    JOIN identities i ON i.account_id = n.account_id
"""
_CITED = "SELECT m.ref, e.named FROM evidence e JOIN messages m ON m.id = e.message_id"
_HELD = "SELECT ref FROM messages WHERE discussion_id IS NULL AND account_id IS NOT NULL"


def _to(record: Record) -> str:
    return "the prompt" if record.classmate is None else record.classmate.who


def _cites(record: Record) -> str:
    known = [name for name in KNOWN if name in record.evidence]
    return ", ".join(name if name[0] == "F" else f"source ({ADDRESS})" for name in known)


def _micros(when: datetime | None) -> int | None:
    return None if when is None else round(when.timestamp() * 1_000_000)


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
enough = settings(max_examples=max(36, settings().max_examples))


@enough
@given(story=stories())
def test_any_telling_of_it_leaves_the_same_on_record(template: Template, story: Story) -> None:
    asyncio.run(_play(template, story, Play.tell))


@enough
@given(story=stories(robots=False))
def test_what_people_do_in_the_classroom_is_on_record(template: Template, story: Story) -> None:
    asyncio.run(_play(template, story, Play.act))
