"""Fixtures that every test may use. Hypothesis: `ci` is derandomised and small, `soak` is long."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """An application over an empty database; nobody is there yet."""
    async with a_world(tmp_path).opened() as opened:
        yield opened
