"""Prompts: a question, its sides, and what follows up on it."""

from dataclasses import dataclass, field
from enum import StrEnum


class PromptKind(StrEnum):
    """The move a prompt asks students to make."""

    COMPARISON = "comparison"
    ANALOGY = "analogy"
    INCENTIVE = "incentive"
    CRITIQUE = "critique"
    SOURCE_CHECK = "source-check"
    COUNTERFACTUAL = "counterfactual"


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
