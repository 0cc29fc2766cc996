"""Facts and discussions cited in the form of a style guide; what the forms are, prompts.styles
knows."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.core import discussions, evidence, facts
from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Italic,
    Plain,
    Spans,
    Text,
    text,
)
from bot.core.commands import Choice
from bot.core.content import from_json
from bot.core.dispatch import Call
from bot.core.evidence import Cited
from bot.core.fact_cards import marks
from bot.core.participation import verdict
from prompts import styles
from prompts.citations import in_words
from prompts.models import Fact, Pack, Source, SourceKind
from prompts.styles import Formatted, Guide, Runs
from storage import replies
from storage.rows import Discussion

STYLES = (Choice("chicago", "Chicago"), Choice("mla", "MLA"), Choice("apa", "APA"))


async def cite(call: Call) -> Card:
    """/fact cite: the citations of a fact in a style guide's form, ready to be copied."""
    fact, pack, guide = facts.find(call), call.pack.pack, _guide(call)
    formatted = await asyncio.to_thread(_formatted, fact, pack, guide)
    entries = await asyncio.to_thread(
        styles.bibliography, [citation.source for citation in fact.citations], pack, guide
    )
    blocks: list[Block] = []
    for citation, form in zip(fact.citations, formatted, strict=True):
        blocks.append(text(Bold(guide.in_text), f" · {in_words(citation, pack)}"))
        blocks.append(Text(_spans(form.in_text)))
    if any(entry for _, entry in entries):
        blocks.append(text(Bold(guide.list)))
    blocks += _listed(entries, pack, guide, {})
    others = [choice for choice in STYLES if choice.value != guide.value]
    again = (
        Button(choice.label, "fact cite", (("fact", fact.id), ("style", choice.value)))
        for choice in others
    )
    blocks.append(Actions((*again, Button(fact.id, "fact about", (("subject", fact.id),)))))
    return Card(f"{fact.id} in {_label(guide)} style", tuple(blocks), guide.edition)


async def bibliography(call: Call) -> Card:
    """/fact bibliography: the sources of what the prompt and the replies that count name.

    Staff's own messages are no replies, and what they name is not listed.
    """
    discussion, pack, guide = await discussions.find(call), call.pack.pack, _guide(call)
    named = await _cited_in(call, discussion, pack)
    by_source: dict[str, list[str]] = {source.id: [] for source in named.sources}
    for id_ in named.facts:
        for source in dict.fromkeys(citation.source for citation in pack.fact(id_).citations):
            by_source.setdefault(source, []).append(id_)
    title = f"{discussion.name}: {guide.list}"
    if not by_source:
        said = "Nobody has named a fact in it yet, and its prompt names none."
        return Card(title, (text(said),))
    entries = await asyncio.to_thread(styles.bibliography, list(by_source), pack, guide)
    shown = from_json(discussion.content).title
    others = tuple(
        Button(
            choice.label,
            "fact bibliography",
            (("discussion", discussion.name), ("style", choice.value)),
        )
        for choice in STYLES
        if choice.value != guide.value
    )
    blocks = (
        text(Italic(f"The evidence in “{shown}”.")),
        *_listed(entries, pack, guide, by_source),
        Actions(others),
    )
    return Card(title, blocks, guide.edition)


async def _cited_in(call: Call, discussion: Discussion, pack: Pack) -> Cited:
    """What its prompt names, and what counted replies in it name, of the course's pack."""
    async with call.services.database.read() as db:
        said = await replies.replies_of(db, call.course.id, discussion.id)
        names = await replies.evidence_of(db, call.course.id, discussion.id)
    counted = {reply.id for reply in said if verdict(reply, discussion).counts}
    cited = evidence.resolve([(id_, name) for id_, name in names if id_ in counted], pack)
    named = {*from_json(discussion.content).facts}
    named |= {fact for found in cited.values() for fact in found.facts}
    linked = dict.fromkeys(source for found in cited.values() for source in found.sources)
    return Cited(tuple(fact.id for fact in pack.facts if fact.id in named), tuple(linked))


def _guide(call: Call) -> Guide:
    return Guide(call.text("style") or Guide.CHICAGO)


def _label(guide: Guide) -> str:
    return next(choice.label for choice in STYLES if choice.value == guide.value)


def _formatted(fact: Fact, pack: Pack, guide: Guide) -> Sequence[Formatted]:
    return [styles.cite(citation, pack, guide) for citation in fact.citations]


def _listed(
    entries: Sequence[tuple[str, Runs]],
    pack: Pack,
    guide: Guide,
    by_source: Mapping[str, Sequence[str]],
) -> list[Block]:
    """The sources' entries, each a block of its own, with the facts that rest on it where given;
    in the end those that the guide lists nowhere."""
    blocks: list[Block] = []
    for source, entry in entries:
        if entry:
            blocks.append(Text(_spans(entry)))
            blocks += _for(by_source.get(source, ()))
    for source, entry in entries:
        if not entry:
            only = f"{_label(guide)} has it in notes only, not in the bibliography"
            blocks.append(text(Italic(f"{_short(pack.source(source))}: {only}.")))
            blocks += _for(by_source.get(source, ()))
    return blocks


def _short(source: Source) -> str:
    title = source.title if source.title.startswith("[") else f"“{source.title}”"
    return f"{source.kind.label}{' on ' if source.kind is SourceKind.COMMENT else ', '}{title}"


def _for(ids: Sequence[str]) -> list[Text]:
    if not ids:
        return []
    return [text("For ", *marks(ids))]


def _spans(runs: Runs) -> Spans:
    return tuple(Italic(run.text) if run.italic else Plain(run.text) for run in runs)
