"""Facts with their citations, and subjects that facts compare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FACT_ID = re.compile("F[1-9][0-9]{0,4}")
"""How a fact is named, everywhere: F1 to F99999."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a fact comes from: a source's id, a locator in it, and the words that carry the claim.

    `terms` stand in the source at that locator letter for letter: figures, dates, names and the
    few words of the claim.
    """

    source: str
    locator: str
    terms: tuple[str, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement in our own words, with its evidence; `id` is short and never reused: F12.

    `misreadings` are what readers wrongly take it to say, each a short sentence that is not so.

    `title` is a few words to list it by. `disputed_by` names the facts that say otherwise,
    `corrects` the facts whose slip this one puts right. `dates` are as prompts.dates describes.
    """

    id: str
    statement: str
    topics: tuple[str, ...]
    citations: tuple[Citation, ...]
    aliases: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    disputed_by: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    title: str = ""
    misreadings: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Dimension:
    """What subjects are compared by: a key, and a label such as `Incentive`."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What the sources say of one subject in one dimension, and the ids of the facts that do."""

    text: str
    facts: tuple[str, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """A person or group that can be compared with others; `cells` is dimension key to cell.

    A dimension without a cell is one of which no source of the pack says anything.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    cells: Mapping[str, Cell]
    line: int = field(default=0, compare=False)
