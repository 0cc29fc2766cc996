"""/fact timeline: dated facts in order, as a table and as a picture."""

import asyncio
import base64
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from bot.core.cards import Block, Card, FactMark, Image, Spans, Table, number, spans, text
from bot.core.dispatch import Call
from bot.core.facts import of_topic
from bot.core.ports import Timeline, TimelineEntry
from prompts.dates import date_in_words, first_day, last_day
from prompts.models import Fact

log = logging.getLogger(__name__)

MOST = 40
"""So many facts are drawn and listed: what a chat can show in one message."""
ALT = 1_000
"""Characters of a picture's words (Discord takes 1,024)."""
LABEL = 60
"""Characters of a statement that stand for a fact without a title."""


async def timeline(call: Call) -> Card:
    """/fact timeline: all the pack's dated facts, or those of a topic."""
    pack, topic = call.pack.pack, call.text("topic")
    dated = _dated(of_topic(pack, topic))
    about = topic or pack.title
    if not dated:
        return Card(blocks=(text(f"No fact about {about} has a date."),))
    by_fact: dict[Fact, list[str]] = {}
    for date, fact in dated:
        by_fact.setdefault(fact, []).append(date_in_words(date))
    shown = list(by_fact.items())[:MOST]
    rows: tuple[tuple[Spans, ...], ...] = tuple(
        (spans(", ".join(dates)), spans(FactMark(fact.id)), spans(fact.statement))
        for fact, dates in shown
    )
    blocks: list[Block] = [Table(("When", "Fact", "What is said of it"), rows)]
    if more := len(by_fact) - len(shown):
        blocks.append(text(f"{number(more, 'later fact')} not shown: name a topic."))
    in_it = [(date, fact) for date, fact in dated if fact in dict(shown)]
    drawn = Timeline(about, tuple(_entry(date, fact) for date, fact in in_it))
    if (png := await _draw(call, drawn)) is not None:
        url = f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
        blocks.insert(0, Image(url, _alt(drawn, in_it)))
    return Card(f"Timeline: {about}", tuple(blocks))


@cache
def _drawing() -> ThreadPoolExecutor:
    """One picture after the other, however many are asked for: each takes a process of its own."""
    return ThreadPoolExecutor(1, "drawing")


async def _draw(call: Call, drawn: Timeline) -> bytes | None:
    """The picture; None where nothing draws it or that fails: the table says it all."""
    if call.services.charts is None:
        return None
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_drawing(), call.services.charts.timeline, drawn)
    except ValueError as problem:
        log.warning("a picture could not be drawn", exc_info=problem)
        return None


def _dated(facts: Sequence[Fact]) -> list[tuple[str, Fact]]:
    """Each date with its fact, by the day it had happened at the latest: a year comes after the
    days that are known of it."""
    dated = [(date, fact) for fact in facts for date in fact.dates]
    return sorted(dated, key=lambda d: (last_day(d[0]), first_day(d[0])))


def _entry(date: str, fact: Fact) -> TimelineEntry:
    return TimelineEntry(
        f"{fact.id} {_label(fact)}", date_in_words(date), first_day(date), last_day(date)
    )


def _label(fact: Fact) -> str:
    if fact.title:
        return fact.title
    if len(fact.statement) <= LABEL:
        return fact.statement
    return fact.statement[:LABEL].rsplit(" ", 1)[0] + "…"


def _alt(drawn: Timeline, dated: Sequence[tuple[str, Fact]]) -> str:
    told = "; ".join(f"{date_in_words(date)}: {_label(fact)}" for date, fact in dated)
    alt = f"Timeline of {drawn.title}, {number(len(dated), 'date')}. {told}."
    return alt if len(alt) <= ALT else alt[:ALT].rsplit("; ", 1)[0] + "; and more, in the table."
