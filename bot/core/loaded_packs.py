"""Packs as the bot uses them: read, indexed, and ready to check what somebody claims."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from bot.core.cards import Card
from prompts.evidence.fingerprints import unchecked
from prompts.loader import load
from prompts.models import PACK_FILE, Pack
from prompts.problems import PackError, Problem
from prompts.search import FactIndex

if TYPE_CHECKING:
    from prompts.claims import Checker, Claim


@dataclass(frozen=True)
class LoadedPack:
    """A pack that courses can use, with its facts ready to be searched.

    `folder` is where it was read. `unchecked` are the facts that have changed since they were
    checked against the texts they cite.
    """

    pack: Pack
    index: FactIndex
    folder: Path
    unchecked: frozenset[str] = frozenset()

    cards: dict[str, Card] = field(default_factory=dict, repr=False, compare=False)
    """Of each fact that was asked for, by its id: it never changes while the pack is loaded."""
    _making: Lock = field(default_factory=Lock, repr=False, compare=False)

    def check(self, text: str) -> "tuple[Claim, ...]":
        """What the pack's facts say of the claims in a text. Slow: keep it off the event loop."""
        with self._making:
            checker = self._checker
        return checker.check(text)

    @cached_property
    def _checker(self) -> "Checker":
        from prompts.claims import Checker  # what it knows of English takes a while to load

        return Checker(self.pack)


def make_ready(pack: Pack, folder: Path) -> LoadedPack:
    """The pack with its index. On the event loop's thread: the index belongs to it."""
    return LoadedPack(pack, FactIndex(pack), folder, unchecked(pack))


def load_packs(folders: Iterable[Path]) -> dict[str, LoadedPack]:
    """The packs in these folders, by id; the first one is the default. Raises PackError."""
    packs = {}
    for folder in folders:
        pack = load(folder)
        if pack.id in packs:
            problem = Problem(PACK_FILE, 0, f"another pack has the id {pack.id} already")
            raise PackError(folder, (problem,))
        packs[pack.id] = make_ready(pack, folder)
    return packs
