"""The database takes nothing while people on Slack write and ask: nothing is acknowledged that is
not kept, whoever asked is told why, and Slack's next attempt brings it all, once."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from storage import database, maintenance
from tests.adapters.slack.connected import Seminar, Way
from tests.adapters.slack.test_faults import a_seminar, kept
from tests.faults import a_full_disk, content, held_by_another
from tests.programs import ROOT, environment
from tests.storage.test_maintenance import set_revision

Fault = Callable[[Path], AbstractContextManager[None]]

FAULTS = pytest.mark.parametrize(
    ("way", "fault", "why"),
    [
        ("http", a_full_disk, "The disk is full or can't be written"),
        ("http", held_by_another, "The database is busy with another program"),
        ("socket", a_full_disk, "The disk is full or can't be written"),
    ],
    ids=["http full", "http held", "socket full"],
)


@FAULTS
async def test_what_is_not_kept_is_not_acknowledged(
    way: Way, fault: Fault, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    async with a_seminar(tmp_path, way) as seminar, seminar.up():
        post = await seminar.set_up()
        first = seminar.world.say(seminar.ada, seminar.channel, "Heard", thread=post)
        await seminar.settle()
        before, told = content(seminar.settings.database), len(seminar.slack.deliveries.events)
        with fault(seminar.settings.database):
            seminar.world.say(seminar.bo, seminar.channel, "Not kept", thread=post)
            seminar.world.edit(first, "Heard, and mended")
            with monkeypatch.context() as impatient:  # by Socket Mode it is just not acknowledged
                impatient.setattr(seminar.slack.deliveries, "patience", 1.0)
                await seminar.slack.caught_up()
            answers = await asked(seminar, "/prompt close D1")
        assert content(seminar.settings.database) == before, "nothing, and nothing by half"
        assert f"{why}, so nothing was changed" in answers
        events = seminar.slack.deliveries.events[told:]
        assert len(events) == 2
        failed = {"http": "http_error", "socket": "timeout"}[way]
        assert [event.outcomes for event in events] == [[failed, failed]] * 2
        await seminar.slack.retry_now()
        await seminar.settle()
        assert [event.outcomes[-1] for event in events] == ["", ""]
        assert await kept(seminar) == ["Heard, and mended", "Not kept"]
        assert "D1 is closed" in await asked(seminar, "/prompt close D1")


async def asked(seminar: Seminar, command: str) -> str:
    return "\n".join(await seminar.asks(seminar.teacher, command))


async def test_a_newer_database_is_left_alone_and_so_is_slack(tmp_path: Path) -> None:
    async with a_seminar(tmp_path, "socket") as seminar:
        async with seminar.up():
            post = await seminar.set_up()
        file = seminar.settings.database
        ours = maintenance.newest()
        set_revision(file, "4711")
        before, asked_before = content(file), len(seminar.slack.requests)
        seminar.world.say(seminar.ada, seminar.channel, "Meanwhile", thread=post)
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--slack", "--no-classroom"),
            cwd=ROOT,
            env=environment(
                tmp_path,
                COALFACE_SLACK_API=seminar.slack.api,
                COALFACE_SLACK_BOT_TOKEN=seminar.world.token(seminar.team),
                COALFACE_SLACK_APP_TOKEN=seminar.slack.app.app_token,
            ),
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(program.communicate(), 60)
        assert program.returncode == 1
        assert b"was made by a newer version of Coalface" in said
        assert b"Traceback" not in said
        assert seminar.slack.requests[asked_before:] == []
        assert content(file) == before
        set_revision(file, ours)
        await seminar.slack.caught_up()
        async with seminar.up():
            await seminar.slack.retry_now()
            await seminar.settle()
            assert await kept(seminar) == ["Meanwhile"]
