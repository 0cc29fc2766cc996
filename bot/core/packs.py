"""/course reload: a pack that was edited on the disk, taken up while the bot runs."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from bot.core.cards import Block, Card, Fields, number, spans, text
from bot.core.dispatch import Call
from bot.core.errors import Refused
from bot.core.loaded_packs import LoadedPack, make_ready
from prompts.checks import check_evidence
from prompts.evidence.fingerprints import check_recorded
from prompts.loader import load
from prompts.models import Pack
from prompts.problems import PackError, Problem

SHOWN = 8
"""So many problems are told at once; `coalface pack check` tells them all."""


async def reload(call: Call) -> Card:
    """/course reload: read the course's pack again; a pack that can't be read changes nothing.

    What was posted keeps its words: a discussion holds its prompt itself.
    """
    async with call.services.reloading:
        return await _reload(call, call.pack)


async def _reload(call: Call, before: LoadedPack) -> Card:
    try:
        pack, problems = await asyncio.to_thread(_read, before)
    except PackError as problem:
        blocks = _told(problem.problems, "The pack is not in order, so nothing was changed:")
        return Card(before.pack.title, blocks, tone="refusal")
    if pack.id != before.pack.id:
        raise Refused(
            f"The pack's id was {before.pack.id} and now is {pack.id}: an id stays for good, so"
            " nothing was changed."
        )
    call.services.packs[pack.id] = make_ready(pack, before.folder)
    before.index.close()
    blocks = (
        text(f"Read again: {number(len(pack.facts), 'fact')} and"
             f" {number(len(pack.prompts), 'prompt')}. Every course with this pack has it now;"
             " what was posted keeps its words."),
        Fields(
            (
                ("Facts", spans(_changes(before.pack.facts, pack.facts))),
                ("Prompts", spans(_changes(before.pack.prompts, pack.prompts))),
            )
        ),
        *_told(problems, "It is in use, and the cards of these facts say so:"),
    )  # fmt: skip
    return Card(pack.title, blocks)


def _read(before: LoadedPack) -> tuple[Pack, tuple[Problem, ...]]:
    pack = load(before.folder)
    if unsound := check_evidence(pack):
        raise PackError(before.folder, tuple(unsound))
    return pack, tuple(check_recorded(pack))


def _told(problems: Iterable[Problem], head: str) -> tuple[Block, ...]:
    found = list(problems)
    if not found:
        return ()
    lines = [text(str(problem)) for problem in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(text(f"… and {len(found) - SHOWN} more; see coalface pack check."))
    return (text(head), *lines)


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Identified)


def _changes(before: Iterable[_T], now: Iterable[_T]) -> str:
    """What came, changed and went, by id; `as before` where nothing did."""
    old: Mapping[str, _T] = {thing.id: thing for thing in before}
    new: Mapping[str, _T] = {thing.id: thing for thing in now}
    said = [
        ("new", [id_ for id_ in new if id_ not in old]),
        ("changed", [id_ for id_ in new if id_ in old and new[id_] != old[id_]]),
        ("gone", [id_ for id_ in old if id_ not in new]),
    ]
    return "; ".join(f"{word}: {', '.join(ids)}" for word, ids in said if ids) or "as before"
