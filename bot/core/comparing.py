"""/fact compare: subjects side by side over the pack's dimensions, each cell with its facts."""

from collections.abc import Sequence

from rapidfuzz.distance import JaroWinkler

from bot.core.cards import Block, Card, Footnotes, Italic, Spans, Table, spans, text
from bot.core.commands import Choice
from bot.core.dispatch import Call
from bot.core.errors import BadInput, Refused, UnknownName
from bot.core.fact_cards import marks, source_line
from bot.core.prompts import matching
from prompts.models import Pack, Subject

PARAMS = ("first", "second", "third")
LIKENESS = 0.88


async def choices(call: Call, typed: str) -> Sequence[Choice]:
    return matching([Choice(s.id, s.name) for s in call.pack.pack.subjects], typed)


async def compare(call: Call) -> Card:
    """/fact compare: two or three subjects of the pack; a cell without a source says so."""
    pack = call.pack.pack
    chosen = subjects_named(pack, {name: call.text(name) for name in PARAMS})
    used: list[str] = []
    rows = []
    for dimension in pack.dimensions:
        row: list[Spans] = [spans(dimension.label)]
        for subject in chosen:
            cell = subject.cells.get(dimension.key)
            if cell is None:
                row.append(spans(Italic("No source of the pack says.")))
                continue
            used += cell.facts
            row.append((*spans(f"{cell.text} "), *marks(cell.facts)))
        rows.append(tuple(row))
    names = [subject.name for subject in chosen]
    blocks: list[Block] = [Table(("Compared", *names), tuple(rows))]
    facts = [fact for fact in pack.facts if fact.id in used]
    if facts:
        blocks.append(text(Italic("Where each fact stands:")))
        blocks.append(
            Footnotes(
                tuple(
                    (*marks([fact.id]), *spans(": "), *source_line(pack, citation))
                    for fact in facts
                    for citation in fact.citations
                )
            )
        )
    return Card(" · ".join(names), tuple(blocks))


def subjects_named(pack: Pack, typed: dict[str, str | None]) -> list[Subject]:
    """The subjects typed for each parameter, by id, name or another of their names.

    Raises Refused where the pack compares nothing, BadInput where a name is none or comes twice.
    """
    if not pack.subjects:
        raise Refused(f"The pack “{pack.title}” has no subjects to compare.")
    found: list[Subject] = []
    for param, name in typed.items():
        if name is None:
            continue
        subject = _named(pack, param, name)
        if subject in found:
            raise BadInput(param, f"{subject.name} is compared already; name another subject.")
        found.append(subject)
    return found


def _named(pack: Pack, param: str, typed: str) -> Subject:
    wanted = typed.casefold().replace("-", " ")
    names = {
        name.casefold().replace("-", " "): subject
        for subject in pack.subjects
        for name in (subject.id, subject.name, *subject.aliases)
    }
    if wanted in names:
        return names[wanted]
    near = max(names, key=lambda name: JaroWinkler.similarity(name, wanted))
    if JaroWinkler.similarity(near, wanted) >= LIKENESS:
        return names[near]
    known = [subject.name for subject in pack.subjects]
    raise UnknownName(param, "subject", typed, known, f"there are {', '.join(known)}.")
