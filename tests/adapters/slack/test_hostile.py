"""Hostile text through the whole of it, over the loopback Slack: as a reply, as a prompt with its
sides, as a course's title. It calls nobody, raises nothing, and is kept as it was written."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select

from bot.core.arguments import TURNING
from storage.schema import course_prompts, courses, message_texts, messages
from tests.adapters.slack.connected import Seminar, a_seminar
from tests.adapters.slack.hostile import STRINGS, calls_nobody
from tests.adapters.slack.reading import letters


@pytest.fixture
async def seminar(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Seminar]:
    with caplog.at_level(logging.ERROR):
        async with a_seminar(tmp_path) as seminar:
            yield seminar
            await seminar.settle()
            calls_nobody(seminar)
    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []


async def stored(seminar: Seminar, query: Select[Any]) -> list[str]:
    async with seminar.app.services.database.read() as db:
        return list((await db.execute(query)).scalars())


def cleaned(typed: str) -> str:
    """What a command keeps of what is typed: no control characters, no marks that turn a line."""
    unseen = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))
    return typed.replace("\r\n", "\n").translate(unseen | {ord(mark): None for mark in TURNING})


async def test_replies_are_kept_exactly(seminar: Seminar) -> None:
    post = await seminar.set_up()
    for text in STRINGS:
        seminar.world.say(seminar.bo, seminar.channel, text, thread=post)
    await seminar.settle()
    query = (
        select(message_texts.c.text)
        .join_from(message_texts, messages, messages.c.id == message_texts.c.message_id)
        .order_by(messages.c.sent_at)
    )
    assert await stored(seminar, query) == STRINGS
    assert await seminar.asks(seminar.teacher, f"/participation why @{seminar.bo.name}")


async def test_prompts_and_sides_are_kept_and_posted(seminar: Seminar) -> None:
    await seminar.asks(seminar.teacher, '/course setup "History 101"')
    newest = select(course_prompts.c.content["text"].as_string()).order_by(
        course_prompts.c.number.desc()
    )
    for number, text in enumerate(STRINGS):
        typed = text[:2_000].strip()
        if not cleaned(typed).strip():
            continue
        side = " ".join(cleaned(typed).replace(";", ",").split())[:30]
        view = await seminar.opens(seminar.teacher, "/prompt new")
        values = {"title": f"T{number}", "text": typed, "sides": f"{side}; the other"}
        sent = await seminar.submits(view, **values)
        assert sent.field_errors == {}, number
        (kept,) = await stored(seminar, newest.limit(1))
        assert kept.strip() == cleaned(typed).strip(), number
        posted = len(seminar.posts())
        await seminar.asks(seminar.teacher, f"/prompt post T{number}")
        assert len(seminar.posts()) > posted, number
        assert letters(kept) in letters(seminar.posts()[posted].words()), number


async def test_a_courses_title_is_kept(seminar: Seminar) -> None:
    title = select(courses.c.title).order_by(courses.c.id)
    for number, text in enumerate(STRINGS):
        typed = " ".join(text.split())[:60]
        channel = seminar.world.add_channel(f"history-{number}", seminar.teacher)
        before = await stored(seminar, title)
        view = await seminar.opens(seminar.teacher, "/course setup", channel)
        await seminar.submits(view, title=typed)
        new = (await stored(seminar, title))[len(before) :]
        assert [letters(each) for each in new] in ([letters(cleaned(typed))], []), number
    assert len(await stored(seminar, title)) > len(STRINGS) * 0.6
