"""Facts on command: found however they are typed, never without who says so."""

from collections.abc import Sequence

from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    CitationMark,
    Code,
    Footnotes,
    Italic,
    Span,
    Spans,
    Text,
    spans,
    text,
)
from bot.core.commands import Choice
from bot.core.dispatch import Call
from bot.core.prompts import matching
from prompts.citations import in_words
from prompts.models import Fact, Pack

SHOWN = 5
"""How many facts an answer shows; the others are named by id."""


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    """Facts by id and words, topics by name."""
    loaded = call.pack
    topics = matching([Choice(topic, topic) for topic in loaded.pack.topics()], typed)
    if not typed.strip():
        return topics
    return [*topics, *(Choice(id_, label) for id_, label in loaded.facts.complete(typed))]


async def topic_choices(call: Call, typed: str) -> Sequence[Choice]:
    return matching([Choice(topic, topic) for topic in call.pack.pack.topics()], typed)


async def search(call: Call) -> Card:
    """/fact search: facts by words, figures, dates, other names, misspellings; best first."""
    typed = call.required("text")
    found = call.pack.facts.search(typed, limit=20)
    if not found:
        return _nothing(call, typed)
    return facts_card(call.pack.pack, f"Facts for “{typed}”", found)


async def about(call: Call) -> Card:
    """/fact about: one fact by its id, or the facts of a topic."""
    typed, pack = call.required("subject"), call.pack.pack
    for fact in pack.facts:
        if fact.id.casefold() == typed.casefold():
            return fact_card(pack, fact)
    try:
        return facts_card(pack, f"Facts about {typed}", list(pack.facts_about(typed)))
    except KeyError:
        return await _search_instead(call, typed)


async def random(call: Call) -> Card:
    """/fact random: any fact, or any of a topic."""
    pack, topic = call.pack.pack, call.text("topic")
    try:
        pool = pack.facts if topic is None else pack.facts_about(topic)
    except KeyError:
        return _nothing(call, topic or "")
    return fact_card(pack, call.services.random.choice(pool))


async def _search_instead(call: Call, typed: str) -> Card:
    found = call.pack.facts.search(typed, limit=20)
    if not found:
        return _nothing(call, typed)
    return facts_card(call.pack.pack, f"Facts for “{typed}”", found)


def _nothing(call: Call, typed: str) -> Card:
    near = call.pack.facts.nearest_topics(typed)
    return Card(
        blocks=(
            text(f"The pack has no fact for “{typed}”. The nearest topics:"),
            Actions(tuple(Button(topic, "fact about", (("subject", topic),)) for topic in near)),
        )
    )


def fact_card(pack: Pack, fact: Fact) -> Card:
    """One fact: the statement, who says so and how far that carries, what disputes or corrects."""
    notes = tuple(_source(pack, fact, number) for number in range(len(fact.citations)))
    blocks: list[Block] = [_statement(fact, 1)]
    blocks += _objections(pack, fact)
    blocks.append(Footnotes(notes))
    related = [
        *(Button(topic, "fact about", (("subject", topic),)) for topic in fact.topics[:2]),
        *(Button(f"Fact {id_}", "fact about", (("subject", id_),)) for id_ in fact.disputed_by[:2]),
    ]
    if related:
        blocks.append(Actions(tuple(related)))
    return Card(f"Fact {fact.id}", tuple(blocks))


def facts_card(pack: Pack, title: str, found: Sequence[Fact]) -> Card:
    """Several facts, each with its sources as footnotes."""
    blocks: list[Block] = []
    notes: list[Spans] = []
    for fact in found[:SHOWN]:
        blocks.append(Text((Bold(fact.id), *spans(" "), *_statement(fact, len(notes) + 1).spans)))
        blocks += _objections(pack, fact)
        notes += [_source(pack, fact, number) for number in range(len(fact.citations))]
    blocks.append(Footnotes(tuple(notes)))
    if more := found[SHOWN:]:
        names = ", ".join(fact.id for fact in more)
        blocks.append(text(f"Also: {names}. See one with ", Code(f"/fact about {more[0].id}"), "."))
    return Card(title, tuple(blocks))


def _statement(fact: Fact, first_note: int) -> Text:
    marks: list[Span] = [CitationMark(first_note + i) for i in range(len(fact.citations))]
    return Text((*spans(fact.statement), *marks))


def _objections(pack: Pack, fact: Fact) -> list[Block]:
    said = [
        *((f"Disputed by {id_}: ", pack.fact(id_)) for id_ in fact.disputed_by),
        *((f"Corrects {id_}: ", pack.fact(id_)) for id_ in fact.corrects),
        *((f"Corrected by {other.id}: ", other) for other in pack.corrected_by(fact.id)),
    ]
    return [text(Italic(how), other.statement) for how, other in said]


def _source(pack: Pack, fact: Fact, number: int) -> Spans:
    citation = fact.citations[number]
    kind = pack.source(citation.source).kind
    return spans(f"{in_words(citation, pack)}. ", Italic(kind.trust))
