"""What facts look like on a card: the statement, who says so, what disputes it, where to go on."""

from collections.abc import Iterable, Sequence

from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    CitationMark,
    FactMark,
    Footnotes,
    Italic,
    Quote,
    Span,
    Spans,
    Text,
    joined,
    spans,
    text,
)
from bot.core.loaded_packs import LoadedPack
from prompts.citations import in_words
from prompts.models import Citation, Fact, Pack

SHOWN = 5
"""How many facts an answer shows; the others are named by id."""
RELATED = 4


def heading(fact: Fact) -> str:
    """A fact's id, and the few words it is listed by where it has some."""
    return f"{fact.id}: {fact.title}" if fact.title else f"Fact {fact.id}"


def fact_card(loaded: LoadedPack, fact: Fact) -> Card:
    """One fact: the statement, who says so and how far that carries, what disputes or corrects it,
    what is related, and what can be done with it."""
    if fact.id not in loaded.cards:
        loaded.cards[fact.id] = _fact_card(loaded, fact)
    return loaded.cards[fact.id]


def _fact_card(loaded: LoadedPack, fact: Fact) -> Card:
    pack = loaded.pack
    blocks: list[Block] = [_statement(fact, 1)]
    if fact.id in loaded.unchecked:
        blocks.append(text(Italic("Changed since it was last checked against its source.")))
    blocks += objections(pack, fact)
    blocks += [Footnotes(tuple(source_line(pack, c) for c in fact.citations))]
    blocks += [text(Italic(sentence)) for sentence in trust(pack, fact.citations)]
    blocks += _related(pack, fact)
    blocks.append(_buttons(pack, fact))
    return Card(heading(fact), tuple(blocks))


def facts_card(loaded: LoadedPack, title: str, found: Sequence[Fact]) -> Card:
    """Several facts, each with its sources as footnotes; one fact has the whole card."""
    if len(found) == 1:
        return fact_card(loaded, found[0])
    pack, shown = loaded.pack, found[:SHOWN]
    blocks: list[Block] = []
    notes: list[Spans] = []
    for fact in shown:
        start = (FactMark(fact.id), *spans(" "))
        blocks.append(Text((*start, *_statement(fact, len(notes) + 1).spans)))
        blocks += objections(pack, fact)
        notes += [source_line(pack, citation) for citation in fact.citations]
    blocks.append(Footnotes(tuple(notes)))
    blocks += [
        text(Italic(sentence))
        for sentence in trust(pack, [c for fact in shown for c in fact.citations])
    ]
    if more := found[SHOWN:]:
        blocks.append(text("Also: ", *marks(fact.id for fact in more), "."))
    return Card(title, tuple(blocks))


def marks(ids: Iterable[str]) -> Spans:
    """Fact ids in a row, parted by commas."""
    return joined(spans(FactMark(id_)) for id_ in ids)


def statement_with_id(fact: Fact) -> Text:
    return text(FactMark(fact.id), " ", fact.statement)


def objections(pack: Pack, fact: Fact) -> list[Block]:
    """What is said against a fact, and what it says against another, each with its id."""
    return [objection(how, other) for how, other in against(pack, fact)]


def against(pack: Pack, fact: Fact) -> list[tuple[str, Fact]]:
    """What disputes the fact, what it puts right and what puts it right, with the word for it."""
    return [
        *(("Disputed by ", other) for other in pack.disputing(fact.id)),
        *(("Corrects ", pack.fact(id_)) for id_ in fact.corrects),
        *(("Corrected by ", other) for other in pack.corrected_by(fact.id)),
    ]


def objection(how: str, other: Fact) -> Quote:
    return Quote(spans(Italic(how), FactMark(other.id), ": ", other.statement))


def source_line(pack: Pack, citation: Citation) -> Spans:
    return spans(f"{in_words(citation, pack)}.")


def trust(pack: Pack, citations: Sequence[Citation]) -> list[str]:
    """What each kind of source that is cited can be leaned on for, once."""
    kinds = dict.fromkeys(pack.source(citation.source).kind for citation in citations)
    return [f"{kind.label}: {kind.trust}" for kind in kinds]


def _statement(fact: Fact, first_note: int) -> Text:
    row: list[Span] = [CitationMark(first_note + i) for i in range(len(fact.citations))]
    return Text((*spans(fact.statement), *row))


def _related(pack: Pack, fact: Fact) -> list[Block]:
    blocks: list[Block] = []
    if near := pack.related(fact.id)[:RELATED]:
        named = (spans(FactMark(other.id), f" {other.title}".rstrip()) for other in near)
        blocks.append(text(Bold("Related: "), *joined(named)))
    if asked := pack.prompts_on(fact.id):
        titles = "; ".join(f"“{prompt.title}”" for prompt in asked)
        blocks.append(text(Bold("Prompts: "), titles))
    return blocks


def _buttons(pack: Pack, fact: Fact) -> Actions:
    named = (("fact", fact.id),)
    buttons = [Button("Cite", "fact cite", named), Button("Source", "fact source", named)]
    if against(pack, fact):
        buttons.append(Button("Disputed", "fact disputed", named))
    buttons.append(Button("Discuss", "fact discuss", named))
    return Actions(tuple(buttons))
