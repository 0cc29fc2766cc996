"""The prompts that a course can post: its pack's, then those of its own, by name; and which of them
comes next where a schedule leaves that open."""

from collections.abc import Mapping, Sequence

from bot.core.content import Content, from_json, from_pack
from bot.core.loaded_packs import LoadedPack
from storage import discussions
from storage.database import Connection
from storage.rows import Course

Shelf = Mapping[str, Content]
"""Prompts by name, in the order in which they are offered."""


async def shelf_of(db: Connection, course: Course, packs: Mapping[str, LoadedPack]) -> Shelf:
    """Every prompt of the course; of its pack none where that is not installed any more."""
    shelf: dict[str, Content] = {}
    if (loaded := packs.get(course.pack)) is not None:
        shelf = {prompt.id: from_pack(prompt) for prompt in loaded.pack.prompts}
    for own in await discussions.prompts_of(db, course.id):
        if own.withdrawn_at is None:
            shelf[own.name] = from_json(own.content)
    return shelf


def tagged(shelf: Shelf, tag: str | None) -> list[str]:
    """The names of the prompts with a tag, else of all."""
    wanted = None if tag is None else tag.casefold()
    return [
        name
        for name, content in shelf.items()
        if wanted is None or wanted in (own.casefold() for own in content.tags)
    ]


def tags(shelf: Shelf) -> list[str]:
    return sorted({tag for content in shelf.values() for tag in content.tags})


def queue(shelf: Shelf, tag: str | None, used: Sequence[str]) -> tuple[list[str], int]:
    """The prompts in the order in which they come next, and how many of them were not used yet.

    `used`: what the course has posted, oldest first. No prompt is repeated until all are used;
    then the one whose last use is longest ago comes first.
    """
    names = tagged(shelf, tag)
    last = {name: place for place, name in enumerate(used)}
    unused = [name for name in names if name not in last]
    again = sorted((name for name in names if name in last), key=lambda name: last[name])
    return [*unused, *again], len(unused)
