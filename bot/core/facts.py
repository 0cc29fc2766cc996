"""Facts on command: found however they are typed, never without who says so."""

from collections.abc import Sequence

from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Code,
    Divider,
    Fields,
    Footnotes,
    Italic,
    Link,
    spans,
    text,
)
from bot.core.commands import Choice, Role
from bot.core.dispatch import Call
from bot.core.errors import UnknownName
from bot.core.events import Place
from bot.core.fact_cards import (
    against,
    fact_card,
    facts_card,
    heading,
    marks,
    objection,
    source_line,
    statement_with_id,
    trust,
)
from bot.core.prompts import matching
from prompts.models import FACT_ID, Citation, Fact, Pack
from prompts.search import label
from storage import discussions
from storage.rows import Discussion, Placement

PREVIEWS = 5
"""So many prompts have a button of their own: a row of buttons on Discord."""


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    """Facts by id and words, topics by name."""
    return [Choice(id_, shown) for id_, shown in call.pack.index.complete(typed)]


async def topic_choices(call: Call, typed: str) -> Sequence[Choice]:
    return matching([Choice(topic, topic) for topic in call.pack.pack.topics()], typed)


async def id_choices(call: Call, typed: str) -> Sequence[Choice]:
    """Facts only, by id and words; the first ones for nothing typed."""
    pack = call.pack.pack
    if not typed.strip():
        return [Choice(fact.id, label(fact)) for fact in pack.facts[:25]]
    found = call.pack.index.complete(typed)
    return [Choice(id_, shown) for id_, shown in found if pack.find_fact(id_)]


def find(call: Call, param: str = "fact") -> Fact:
    """The fact that was named by its id, or else the best one for the words. Raises UnknownName."""
    typed, pack = call.required(param), call.pack.pack
    if (fact := pack.find_fact(typed)) is not None:
        return fact
    if not FACT_ID.fullmatch(typed.upper()) and (found := call.pack.index.search(typed, limit=1)):
        return found[0]
    ids = [fact.id for fact in pack.facts]
    raise UnknownName(param, "fact", typed, ids, f"they are {ids[0]} to {ids[-1]}.")


async def search(call: Call) -> Card:
    """/fact search: facts by words, figures, dates, other names, misspellings; best first."""
    return _search(call, call.required("text"))


async def about(call: Call) -> Card:
    """/fact about: one fact by its id, or the facts of a topic."""
    typed, pack = call.required("subject"), call.pack.pack
    if (fact := pack.find_fact(typed)) is not None:
        return fact_card(call.pack, fact)
    try:
        return facts_card(call.pack, f"Facts about {typed}", list(pack.facts_about(typed)))
    except KeyError:
        return _search(call, typed)


async def random(call: Call) -> Card:
    """/fact random: any fact, or any of a topic."""
    pool = of_topic(call.pack.pack, call.text("topic"))
    return fact_card(call.pack, call.services.random.choice(pool))


def of_topic(pack: Pack, topic: str | None) -> Sequence[Fact]:
    """The facts of a topic, or all of them. Raises UnknownName."""
    if topic is None:
        return pack.facts
    try:
        return pack.facts_about(topic)
    except KeyError:
        hint = "leave it out for all of them."
        raise UnknownName("topic", "topic", topic, pack.topics(), hint) from None


def _search(call: Call, typed: str) -> Card:
    if FACT_ID.fullmatch(typed.strip().upper()):
        find(call, call.command.params[0].name)  # raises, with the id that was probably meant
    found = call.pack.index.search(typed, limit=20)
    return facts_card(call.pack, f"Facts for “{typed}”", found) if found else _nothing(call, typed)


def _nothing(call: Call, typed: str) -> Card:
    near = call.pack.index.nearest_topics(typed)
    return Card(
        blocks=(
            text(f"The pack has no fact for “{typed}”. Topics to look into:"),
            Actions(tuple(Button(topic, "fact about", (("subject", topic),)) for topic in near)),
        )
    )


# --- the evidence of one fact -------------------------------------------------------------------


async def source(call: Call) -> Card:
    """/fact source: each place a fact cites: what sort of source, where in it, the words there."""
    fact, pack = find(call), call.pack.pack
    blocks: list[Block] = [statement_with_id(fact)]
    for citation in fact.citations:
        blocks += [Divider(), *_place(pack, fact, citation)]
    return Card(f"Sources of {fact.id}", tuple(blocks))


def _place(pack: Pack, fact: Fact, citation: Citation) -> list[Block]:
    source = pack.source(citation.source)
    place = source.locator(citation.locator).label
    pairs = [
        ("Source", spans(source.title)),
        ("Author", spans(source.author or "not stated in the copy at hand")),
        ("Date", spans(source.issued or "not stated in the copy at hand")),
        ("Place", spans(place[:1].upper() + place[1:])),
        ("Words it rests on", spans("; ".join(f"“{term}”" for term in citation.terms))),
    ]
    blocks: list[Block] = [Fields(tuple(pairs))]
    if source.url is not None:
        blocks.append(text(Link("Open the source", source.url)))
    if source.note is not None:
        blocks.append(text(source.note))
    blocks.append(text(Italic(f"{source.kind.label}: {source.kind.trust}")))
    here = (citation.source, citation.locator)
    others = [
        other.id
        for other in pack.facts
        if other != fact and here in ((c.source, c.locator) for c in other.citations)
    ]
    if others:
        blocks.append(text("From the same place: ", *marks(others), "."))
    return blocks


async def disputed(call: Call) -> Card:
    """/fact disputed: what disputes or corrects a fact; without one, where the sources differ."""
    pack = call.pack.pack
    if call.text("fact") is None:
        return _disputes(pack)
    fact = find(call)
    if not (related := against(pack, fact)):
        said = text(f"No fact of the pack disputes or corrects {fact.id}.")
        return Card(heading(fact), (said, statement_with_id(fact)))
    blocks: list[Block] = [
        statement_with_id(fact),
        Footnotes(tuple(source_line(pack, c) for c in fact.citations)),
    ]
    for how, other in related:
        blocks.append(objection(how, other))
        blocks.append(Footnotes(tuple(source_line(pack, c) for c in other.citations)))
    said_by = [c for each in (fact, *(other for _, other in related)) for c in each.citations]
    blocks += [text(Italic(sentence)) for sentence in trust(pack, said_by)]
    return Card(f"What is said against {fact.id}", tuple(blocks))


def _disputes(pack: Pack) -> Card:
    """Each dispute and each correction once."""
    pairs = {
        (fact.id, other.id)
        for fact in pack.facts
        for other in (*pack.disputing(fact.id), *(pack.fact(id_) for id_ in fact.corrects))
    }
    order = {fact.id: number for number, fact in enumerate(pack.facts)}
    once = dict.fromkeys(tuple(sorted(pair, key=order.__getitem__)) for pair in pairs)
    if not once:
        return Card(blocks=(text("The pack's sources do not contradict each other anywhere."),))
    blocks: list[Block] = []
    for one, other in sorted(once, key=lambda pair: [order[id_] for id_ in pair]):
        blocks += [statement_with_id(pack.fact(one)), statement_with_id(pack.fact(other))]
        blocks.append(Divider())
    return Card("Where the sources differ", tuple(blocks[:-1]))


async def discuss(call: Call) -> Card:
    """/fact discuss: where a fact is or can be discussed: open discussions, and prompts."""
    fact, pack = find(call), call.pack.pack
    async with call.services.database.read() as db:
        all_ = await discussions.discussions_of(db, call.course.id)
        placed = {
            d.id: await discussions.placements_of(db, call.course.id, d.id) for d in all_ if d.open
        }
    blocks: list[Block] = [statement_with_id(fact)]
    blocks += [
        text("Open: ", *_links(call, discussion, placed[discussion.id]))
        for discussion in all_
        if discussion.open and fact.id in discussion.content["facts"]
    ]
    running = {d.prompt for d in all_ if d.open}
    waiting = [prompt for prompt in pack.prompts_on(fact.id) if prompt.id not in running]
    blocks += [text("Prompt: ", Bold(prompt.title)) for prompt in waiting]
    if len(blocks) == 1:
        blocks.append(text(f"No prompt of the pack builds on {fact.id}; name it in any reply."))
    if call.role is Role.INSTRUCTOR and waiting:
        shown = tuple(
            Button(f"Preview “{prompt.title}”", "prompt preview", (("prompt", prompt.id),))
            for prompt in waiting[:PREVIEWS]
        )
        blocks.append(Actions(shown))
    elif waiting:
        blocks.append(text("Your instructor can post a prompt with ", Code("/prompt post"), "."))
    return Card(f"Discuss {fact.id}", tuple(blocks))


def _links(call: Call, discussion: Discussion, placed: Sequence[Placement]) -> list[str | Link]:
    title = f"{discussion.name}: {discussion.content['title']}"
    links: list[str | Link] = []
    for placement in placed:
        place = Place(placement.channel.space, placement.channel.ref)
        label = f"{title} (#{placement.channel.name})"
        link = call.services.linked(label, place, placement.message)
        links += [", " if links else "", link]
    return links or [title]
