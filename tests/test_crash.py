"""The crash harness in short: see tests/crash. `make crash` is its long form."""

import pytest

from tests.crash.rounds import crash

SEED = 1935


async def test_killed_twelve_times_nothing_is_doubled_missing_or_lost() -> None:
    counts = await crash(12, SEED, a_round=6)
    assert counts.wrong == []
    assert counts.well
    assert counts.kills == 12
    assert counts.sends >= 6
    assert counts.replies >= 30


@pytest.mark.parametrize(
    ("mutation", "shows"), [("claim", "duplicates"), ("deaf", "lost")], ids=["claim", "deaf"]
)
async def test_the_harness_notices_what_is_broken_on_purpose(mutation: str, shows: str) -> None:
    counts = await crash(4, SEED, a_round=4, mutation=mutation, patience=1)
    assert getattr(counts, shows) > 0
    assert not counts.well
