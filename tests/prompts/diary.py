"""A small text, a pack that cites it well, and ways to spoil the pack."""

from dataclasses import replace

from prompts.evidence.texts import Findings
from prompts.models import Fact, Omission, Pack, Stretch

TEXT = """\
A Navvy's Diary

On the 4th of May 1796 we were forty navvies, and we dug the cut. Mr. Duke’s men
came late.

They saw   us
 and laughed. Old Tom sang.

A drawing of the cut

The Duke paid us
thirteen pence, and

Tom spent it. “It was a good year.” Nobody wept.

Comments
1. Thirty of them, I heard.
Send a comment
"""

SOURCES = """\
references:
  - id: diary
    type: book
    title: A Navvy's Diary
    kind: document
    text: diary.txt
    locators:
      p4:
        label: page 4
        begins: On the 4th of May
        ends: Old Tom sang.
      k1:
        label: the drawing
        begins: A drawing
        ends: of the cut
      p5:
        label: page 5
        begins: The Duke paid
        ends: Nobody wept.
    left_out:
      - begins: Mr. Duke’s men came late.
        reason: Not about the navvies.
      - begins: A drawing
        reason: A caption.
      - begins: A Navvy's Diary
        ends: A Navvy's Diary
        reason: The title.
      - begins: They saw us
        ends: Old Tom sang.
        reason: Merriment.
      - begins: “It was a good year.”
        ends: Nobody wept.
        reason: Merriment.
  - id: remarks
    type: post
    title: A Navvy's Diary
    kind: comment
    text: diary.txt
    locators:
      c1:
        label: comment 1
        begins: Thirty of them
        ends: I heard.
    left_out:
      - begins: Comments
        reason: A heading.
      - begins: Send a comment
        reason: A button.
"""

FACTS = """\
- id: F1
  statement: The diary says that forty navvies dug the cut in May 1796.
  topics: [navvies]
  dates: [1796-05]
  citations:
    - source: diary
      locator: p4
      terms: [May 1796, forty navvies, dug the cut]
- id: F2
  statement: The diary puts the Duke's wages at 13 pence.
  topics: [wages]
  corrects: [F3]
  citations:
    - source: diary
      locator: p5
      terms: [The Duke paid us thirteen pence, and Tom spent it]
- id: F3
  statement: A commenter counts 30 of them.
  topics: [navvies]
  disputed_by: [F1]
  citations:
    - source: remarks
      locator: c1
      terms: [Thirty]
"""


def with_fact(pack: Pack, fact: Fact) -> Pack:
    return replace(pack, facts=tuple(fact if f.id == fact.id else f for f in pack.facts))


def citing(pack: Pack, fact_id: str, *terms: str, locator: str | None = None) -> Pack:
    """The pack with other terms, or at another locator, in a fact's one citation."""
    fact = pack.fact(fact_id)
    (citation,) = fact.citations
    changed = replace(
        citation, terms=terms or citation.terms, locator=locator or citation.locator
    )  # fmt: skip
    return with_fact(pack, replace(fact, citations=(changed,)))


def placing(pack: Pack, locator_id: str, stretch: Stretch | None) -> Pack:
    """The pack with another stretch for one of the diary's locators."""
    diary = pack.source("diary")
    locators = tuple(
        replace(own, stretch=stretch) if own.id == locator_id else own for own in diary.locators
    )
    return replace(pack, sources=(replace(diary, locators=locators), *pack.sources[1:]))


def leaving_out(pack: Pack, *omissions: Omission) -> Pack:
    diary = replace(pack.source("diary"), left_out=omissions)
    return replace(pack, sources=(diary, *pack.sources[1:]))


def told(findings: Findings) -> list[str]:
    return [str(problem) for problem in findings.problems]
