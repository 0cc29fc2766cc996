"""/fact check, also as “Check sources” on a message: what the pack's facts say of what was claimed.

It tells the asker alone, in the facts' own words, and never posts. An opinion is not contradicted.
"""

import asyncio
from collections.abc import Iterator, Sequence

from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Divider,
    FactMark,
    Footnotes,
    Italic,
    Quote,
    Spans,
    number,
    spans,
    text,
)
from bot.core.dispatch import Call
from bot.core.fact_cards import objections, source_line, trust
from bot.core.loaded_packs import LoadedPack
from prompts.claims import MAX_TEXT, Claim, Finding, Verdict
from prompts.models import Fact, SourceKind

MOST = 40_000
"""Characters of a message, on the platform that takes the longest (Slack, chat.postMessage)."""
CLAIMS = 6
"""So many claims are shown, those that differ first."""


async def check(call: Call) -> Card:
    """/fact check: the claims of a text that the pack bears on, those that differ first."""
    loaded, typed = call.pack, call.required("text")
    claims = await asyncio.to_thread(loaded.check, typed)
    bearing = [claim for claim in claims if claim.verdict is not Verdict.NONE]
    if not bearing:
        return Card(
            "Nothing to check",
            (
                text(
                    "No fact of the pack bears on a claim in this. Opinions and questions are not"
                    " checked: they are there to be argued."
                ),
                Actions((Button("Search the facts", "fact search", form=True),)),
            ),
            "Only you see this.",
        )
    bearing.sort(key=lambda claim: claim.verdict is not Verdict.CONTRADICTS)
    blocks: list[Block] = []
    notes: list[Spans] = []
    for claim in bearing[:CLAIMS]:
        blocks += [*_claim(loaded, claim, notes), Divider()]
    blocks[-1] = Footnotes(tuple(notes))
    shown = [_fact(loaded, found) for claim in bearing[:CLAIMS] for found in claim.findings]
    cited = [citation for fact in shown for citation in fact.citations]
    blocks += [text(Italic(sentence)) for sentence in trust(loaded.pack, cited)]
    blocks += [text(Italic(said)) for said in _not_shown(claims, bearing[CLAIMS:], typed)]
    return Card("What the sources say", tuple(blocks), "Only you see this; nothing was posted.")


def _claim(loaded: LoadedPack, claim: Claim, notes: list[Spans]) -> list[Block]:
    """A claim with what the facts say to it; where they stand goes to the notes."""
    blocks: list[Block] = [Quote(spans(claim.text)), text(Bold(_head(loaded, claim)))]
    for finding in claim.findings:
        fact = _fact(loaded, finding)
        blocks += [text(*_words(finding)), text(FactMark(fact.id), " ", fact.statement)]
        blocks += objections(loaded.pack, fact)
        for citation in fact.citations:
            note = (FactMark(fact.id), *spans(": "), *source_line(loaded.pack, citation))
            if note not in notes:
                notes.append(note)
    return blocks


def _head(loaded: LoadedPack, claim: Claim) -> str:
    if claim.verdict is Verdict.CONTRADICTS:
        return "The sources have it otherwise."
    cited = [c.source for found in claim.findings for c in _fact(loaded, found).citations]
    if all(loaded.pack.source(source).kind is SourceKind.COMMENT for source in cited):
        return "A reader's comment says so too."
    return "Borne out."


def _words(finding: Finding) -> Spans:
    """Which words differ, and which agree."""
    said = [f"here “{d.said}”, in {finding.fact_id} “{d.fact}”" for d in finding.differs]
    parts = [f"Differs: {'; '.join(said)}."] if said else []
    if finding.agrees:
        parts.append(f"Agrees: {', '.join(finding.agrees)}.")
    return spans(" ".join(parts))


def _fact(loaded: LoadedPack, finding: Finding) -> Fact:
    return loaded.pack.fact(finding.fact_id)


def _not_shown(claims: Sequence[Claim], more: Sequence[Claim], typed: str) -> Iterator[str]:
    """What the card leaves out, in words."""
    if more:
        yield f"{number(len(more), 'more claim')} not shown: check a shorter text to see them."
    other = sum(claim.verdict is Verdict.NONE for claim in claims)
    if other:
        verb = "is" if other == 1 else "are"
        yield f"{number(other, 'sentence')} {verb} opinion, or nothing that the facts speak of."
    if len(typed) > MAX_TEXT:
        yield f"Only the first {MAX_TEXT:,} characters were checked."
