"""What a pack holds: sources, facts with their citations, and prompts with their follow-ups.

Everything is frozen. `line` is where a thing stands in its file, for messages; it plays no part
in whether two things are equal.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeVar

FACT_ID = re.compile("F[1-9][0-9]{0,4}")
"""How a fact is named, everywhere: F1 to F99999."""

FACTS_FILE = "facts.yaml"
SOURCES_FILE = "sources.yaml"
SUBJECTS_FILE = "subjects.yaml"
CHECKED_FILE = "checked.yaml"
PACK_FILE = "pack.yaml"
PROMPTS_FOLDER = "prompts"


class SourceKind(StrEnum):
    """What sort of source it is, and so how far its word carries."""

    BLOG = "blog"
    COMMENT = "comment"
    ESSAY = "essay"
    BOOK = "book"
    DOCUMENT = "document"

    @property
    def label(self) -> str:
        """How a citation names the kind, beginning with a capital: `Student blog post`."""
        return _LABELS[self]

    @property
    def trust(self) -> str:
        """One sentence on what a reader may lean on it for."""
        return _TRUST[self]


_LABELS = {
    SourceKind.BLOG: "Student blog post",
    SourceKind.COMMENT: "Reader's comment",
    SourceKind.ESSAY: "Essay",
    SourceKind.BOOK: "Book",
    SourceKind.DOCUMENT: "Document of the time",
}
_TRUST = {
    SourceKind.BLOG: (
        "A student's post shows how someone read the subject; trace its figures to a published "
        "source before leaning on them."
    ),
    SourceKind.COMMENT: (
        "A remark by a reader is evidence of what one person thought, and not of what happened."
    ),
    SourceKind.ESSAY: (
        "An essay argues a case from evidence; ask who wrote it, when, and what it rests on."
    ),
    SourceKind.BOOK: (
        "A published study names its own evidence; look there for what the others leave out."
    ),
    SourceKind.DOCUMENT: (
        "A document of the time shows what was said then; ask who made it, for whom, and why."
    ),
}


class PromptKind(StrEnum):
    """The move a prompt asks students to make."""

    COMPARISON = "comparison"
    ANALOGY = "analogy"
    INCENTIVE = "incentive"
    CRITIQUE = "critique"
    SOURCE_CHECK = "source-check"
    COUNTERFACTUAL = "counterfactual"


@dataclass(frozen=True, slots=True)
class Name:
    """An author: family and given name, or a literal name that has no such parts (CSL)."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None

    def __str__(self) -> str:
        return self.literal or " ".join(part for part in (self.given, self.family) if part)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, by its first words and its last; white space is any white space.

    `ends` None: a locator reaches to where the next one begins, an omission to the end of its
    sentence (see evidence/passages.py).
    """

    begins: str
    ends: str | None = None


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a source: a short id (`p2`) and its name in words (`paragraph 2`).

    `stretch` is where it stands in the source's text, None where the pack doesn't say.
    """

    id: str
    label: str
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class Omission:
    """A stretch of a source's text that no fact cites, on purpose, and why."""

    stretch: Stretch
    reason: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that facts cite; the fields up to `genre` are CSL variables.

    What the copy at hand does not state is None. A title in square brackets describes a document
    that has none. `text` is the name of the file that holds the copy, for whoever has it;
    `left_out` are the stretches of it that the facts pass over.
    """

    id: str
    type: str
    title: str
    kind: SourceKind
    authors: tuple[Name, ...] = ()
    container_title: str | None = None
    publisher: str | None = None
    publisher_place: str | None = None
    issued: str | None = None
    url: str | None = None
    genre: str | None = None
    note: str | None = None
    locators: tuple[Locator, ...] = ()
    text: str | None = None
    left_out: tuple[Omission, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def author(self) -> str | None:
        """The authors' names in one line, or None where the copy does not name them."""
        return ", ".join(str(name) for name in self.authors) or None

    def locator(self, locator_id: str) -> Locator:
        """The locator with this id; KeyError where the source has none such."""
        return _find(self.locators, locator_id)


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


@dataclass(frozen=True, slots=True)
class Side:
    """A position a prompt offers: a key that is stored, and a label that students read."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class After:
    """Due so many hours after the discussion opened."""

    hours: int

    def __str__(self) -> str:
        return f"after-{self.hours}"


@dataclass(frozen=True, slots=True)
class Replies:
    """Due when the discussion holds so many counted replies by students."""

    count: int

    def __str__(self) -> str:
        return f"replies-{self.count}"


@dataclass(frozen=True, slots=True)
class Silence:
    """Due so many hours after the last counted reply, or after opening where there is none."""

    hours: int

    def __str__(self) -> str:
        return f"silence-{self.hours}"


Condition = After | Replies | Silence


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is posted into an open discussion, once, when its condition is first met."""

    text: str
    condition: Condition

    @property
    def key(self) -> str:
        """Names the follow-up within its prompt and outlives edits of its text: `silence-24`."""
        return str(self.condition)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to discuss; `id` is the stem of its file. `sides` is empty, or two and more.

    `text` is plain text: paragraphs parted by an empty line. `facts` are the ids of related facts.
    """

    id: str
    title: str
    text: str
    tags: tuple[str, ...]
    kind: PromptKind
    sides: tuple[Side, ...] = ()
    facts: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    line: int = field(default=0, compare=False)

    def side(self, key: str) -> Side:
        """The side with this key; KeyError where the prompt offers none such."""
        for side in self.sides:
            if side.key == key:
                return side
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Pack:
    """All there is on one subject, in the order of the files; the prompts by id.

    `checked` is what checked.yaml records of the last check against the texts (see
    evidence/fingerprints.py).
    """

    id: str
    title: str
    summary: str
    sources: tuple[Source, ...]
    facts: tuple[Fact, ...]
    prompts: tuple[Prompt, ...]
    dimensions: tuple[Dimension, ...] = ()
    subjects: tuple[Subject, ...] = ()
    checked: Mapping[str, str] = field(default_factory=dict)  # fact id: its fingerprint then
    _facts: Mapping[str, Fact] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A frozen dataclass leaves no other way to keep what is derived from its fields.
        object.__setattr__(self, "_facts", MappingProxyType({fact.id: fact for fact in self.facts}))

    def fact(self, fact_id: str) -> Fact:
        """The fact with this id, letter case as in the file (F12); else KeyError."""
        return self._facts[fact_id]

    def find_fact(self, typed: str) -> Fact | None:
        """The fact that is meant by `F12`, `f12` or ` F12 `; None where there is none such."""
        return self._facts.get(typed.strip().upper())

    def prompt(self, prompt_id: str) -> Prompt:
        """The prompt with this id; else KeyError."""
        return _find(self.prompts, prompt_id)

    def source(self, source_id: str) -> Source:
        """The source with this id; else KeyError."""
        return _find(self.sources, source_id)

    def topics(self) -> tuple[str, ...]:
        """Every topic once, in the order in which the facts first name it."""
        return tuple(dict.fromkeys(topic for fact in self.facts for topic in fact.topics))

    def facts_about(self, topic: str) -> tuple[Fact, ...]:
        """The facts with this topic, in any letter case; KeyError where no fact has it."""
        wanted = topic.strip().casefold()
        found = tuple(
            fact for fact in self.facts if any(own.casefold() == wanted for own in fact.topics)
        )
        if not found:
            raise KeyError(topic)
        return found

    def disputing(self, fact_id: str) -> tuple[Fact, ...]:
        """The facts that say otherwise, whichever of the two says so."""
        own = self.fact(fact_id).disputed_by
        return tuple(f for f in self.facts if f.id in own or fact_id in f.disputed_by)

    def related(self, fact_id: str) -> tuple[Fact, ...]:
        """The facts that share a topic with this one and don't object to it, nearest first."""
        own = self.fact(fact_id)
        apart = {fact_id, *(fact.id for fact in self.disputing(fact_id)), *own.corrects}
        apart |= {fact.id for fact in self.corrected_by(fact_id)}
        shared = {
            fact: len(set(fact.topics) & set(own.topics))
            for fact in self.facts
            if fact.id not in apart
        }
        near = [fact for fact, count in shared.items() if count]
        return tuple(sorted(near, key=lambda fact: -shared[fact]))

    def prompts_on(self, fact_id: str) -> tuple[Prompt, ...]:
        """The prompts that name this fact."""
        return tuple(prompt for prompt in self.prompts if fact_id in prompt.facts)

    def corrected_by(self, fact_id: str) -> tuple[Fact, ...]:
        """The facts that put this one right."""
        return tuple(fact for fact in self.facts if fact_id in fact.corrects)


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Identified)


def _find(things: Iterable[_T], wanted: str) -> _T:
    for thing in things:
        if thing.id == wanted:
            return thing
    raise KeyError(wanted)
