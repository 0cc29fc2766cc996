"""Fixtures that every test may use. Hypothesis: `ci` is derandomised and small, `soak` is long."""

import os
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import seeds
from bot.core import loaded_packs
from prompts import loader
from prompts.models import Pack
from prompts.search import FactIndex
from tests.world import World, a_world

settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("soak", max_examples=1_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


class SharedIndex(FactIndex):
    """Stays open when an application ends: others use it still."""

    def close(self) -> None:
        return

    def end(self) -> None:
        super().close()


@pytest.fixture(scope="session", autouse=True)
def _shipped_packs_are_read_once() -> Iterator[None]:
    """What a pack holds is tested in tests/prompts; here it is only in the way of speed. Packs that
    a test makes are read whenever the application reads them."""
    shipped = {*seeds.packs()}
    once, indexes = cache(loader.load), dict[int, SharedIndex]()

    def load(folder: Path) -> Pack:
        return once(folder) if folder in shipped else loader.load(folder)

    def index(pack: Pack) -> FactIndex:
        known = any(pack is once(folder) for folder in shipped)
        if not known:
            return FactIndex(pack)
        if id(pack) not in indexes:
            indexes[id(pack)] = SharedIndex(pack)
        return indexes[id(pack)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaded_packs, "load", load)
        patch.setattr(loaded_packs, "FactIndex", index)
        yield
    for one in indexes.values():
        one.end()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An application over an empty database; nobody is there yet."""
    async with a_world(tmp_path).opened() as opened:
        yield opened
