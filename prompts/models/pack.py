"""A pack: all there is on one subject."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeVar

from prompts.models.facts import Dimension, Fact, Subject
from prompts.models.prompts import Prompt
from prompts.models.sources import Source

FACTS_FILE = "facts.yaml"
SOURCES_FILE = "sources.yaml"
SUBJECTS_FILE = "subjects.yaml"
CHECKED_FILE = "checked.yaml"
PACK_FILE = "pack.yaml"
PROMPTS_FOLDER = "prompts"


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
    _sources: Mapping[str, Source] = field(init=False, repr=False, compare=False)
    _found: dict[tuple[str, str], tuple[Fact, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A frozen dataclass leaves no other way to keep what is derived from its fields.
        object.__setattr__(self, "_facts", MappingProxyType({fact.id: fact for fact in self.facts}))
        object.__setattr__(self, "_sources", MappingProxyType({s.id: s for s in self.sources}))
        object.__setattr__(self, "_found", {})

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
        return self._sources[source_id]

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
        return self._once("disputing", fact_id, self._disputing)

    def _disputing(self, fact_id: str) -> tuple[Fact, ...]:
        own = self.fact(fact_id).disputed_by
        return tuple(f for f in self.facts if f.id in own or fact_id in f.disputed_by)

    def related(self, fact_id: str) -> tuple[Fact, ...]:
        """The facts that share a topic with this one and don't object to it, nearest first."""
        return self._once("related", fact_id, self._related)

    def _related(self, fact_id: str) -> tuple[Fact, ...]:
        own = self.fact(fact_id)
        apart = {fact_id, *(fact.id for fact in self.disputing(fact_id)), *own.corrects}
        apart |= {fact.id for fact in self.corrected_by(fact_id)}
        topics = frozenset(own.topics)
        near = [
            (len(topics.intersection(fact.topics)), fact)
            for fact in self.facts
            if fact.id not in apart and not topics.isdisjoint(fact.topics)
        ]
        return tuple(fact for _, fact in sorted(near, key=lambda each: -each[0]))

    def prompts_on(self, fact_id: str) -> tuple[Prompt, ...]:
        """The prompts that name this fact."""
        return tuple(prompt for prompt in self.prompts if fact_id in prompt.facts)

    def corrected_by(self, fact_id: str) -> tuple[Fact, ...]:
        """The facts that put this one right."""
        return self._once("corrected by", fact_id, self._corrected_by)

    def _corrected_by(self, fact_id: str) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact_id in fact.corrects)

    def _once(
        self, how: str, fact_id: str, find: Callable[[str], tuple[Fact, ...]]
    ) -> tuple[Fact, ...]:
        """How facts stand to each other never changes in a pack, and is asked for with each one
        that is shown."""
        found = self._found.get((how, fact_id))
        if found is None:
            found = self._found[how, fact_id] = find(fact_id)
        return found


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Identified)


def _find(things: Iterable[_T], wanted: str) -> _T:
    for thing in things:
        if thing.id == wanted:
            return thing
    raise KeyError(wanted)
