"""The process is killed at any instant, by the system and without warning: no prompt is doubled,
none is lost, no reply is lost."""

import asyncio
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from tests.world import a_world

KILLS = 6
SEED = 1935


async def test_killed_at_random_instants(tmp_path: Path) -> None:
    async with a_world(tmp_path).opened() as world:
        ada, _ = [await world.person(name) for name in ("Ada", "Bo")]
        await world.course(ada)
    chance = random.Random(SEED)
    for number in range(1, KILLS + 1):
        posts, moment = chance.randint(1, 4), chance.uniform(0, 0.05)
        await _run_and_kill(tmp_path, number, [b"posted\n"] * posts, moment)
    await _run_and_kill(tmp_path, KILLS + 1, [b"standing\n"], 0, "between")
    with closing(sqlite3.connect(tmp_path / "coalface.sqlite3")) as db:
        stands = "SELECT count(*) FROM outbox WHERE state = 'sending' AND message IS NOT NULL"
        assert db.execute(stands).fetchone() == (1,)
    assert await _run(tmp_path, KILLS + 2, "last") == 0

    with closing(sqlite3.connect(tmp_path / "coalface.sqlite3")) as db:
        sends = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
        assert set(sends) == {"sent"}, sends
        (keys,) = db.execute(
            "SELECT count(*) FROM outbox WHERE key NOT IN (SELECT send_key FROM classroom_messages"
            " WHERE send_key IS NOT NULL)"
        ).fetchone()
        assert keys == 0, "a send is called sent and stands nowhere"
        (posts,) = db.execute(
            "SELECT count(*) FROM classroom_messages WHERE author IS NULL AND only_for IS NULL"
        ).fetchone()
        assert posts == sends["sent"] >= KILLS, "a prompt stands twice"
        (placed,) = db.execute("SELECT count(*) FROM placements").fetchone()
        assert placed == posts
        lost = db.execute(
            "SELECT c.id FROM classroom_messages c LEFT JOIN messages m"
            " ON m.ref = CAST(c.id AS TEXT) AND m.discussion_id IS NOT NULL"
            " WHERE c.author IS NOT NULL AND m.id IS NULL"
        ).fetchall()
        assert lost == []


async def _run_and_kill(
    folder: Path, number: int, said: list[bytes], moment: float, *more: str
) -> None:
    """Kill it when it has said so much, and a moment (seconds) later."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.killed", str(folder), str(number), *more,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    for line in said:
        assert await asyncio.wait_for(process.stdout.readline(), 60) == line
    await asyncio.sleep(moment)
    process.kill()
    await process.wait()


async def _run(folder: Path, number: int, *more: str) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.killed", str(folder), str(number), *more
    )
    return await asyncio.wait_for(process.wait(), 60)
