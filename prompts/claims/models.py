"""What a check of a message says: claims, each with a verdict and the facts that bear on it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What the facts say of a claim; `none` where no fact bears on it, or it is an opinion."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was said, and what the fact says in its place; both in the words of their texts."""

    said: str
    fact: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one fact has in common with a claim and where it differs."""

    fact_id: str
    agrees: tuple[str, ...]
    differs: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of a message as typed, from character `start`; best finding first.

    The findings of `supports` may include facts that dispute the others or were put right.
    """

    text: str
    start: int
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    likeness: float = 0.0  # how much of the claim the best fact speaks of; for choosing a pack
