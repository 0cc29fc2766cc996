"""Students who are known by their e-mail address, where a workspace lets Coalface see them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.adapters.slack.connected import Seminar, Way, a_seminar
from tests.fakes.slack_workspace import User

ROSTER = """Name,Student ID,E-mail
Ada Pitlamp,700123,ada@example.edu
Bo Miller,700456, Bo.Miller@Example.EDU
Cy Young,700789,cy@example.edu
"""
WAYS = pytest.mark.parametrize("way", ["socket", "http"])


async def say(seminar: Seminar, who: User, text: str) -> None:
    seminar.world.say(who, seminar.channel, text, thread=seminar.posts()[0])
    await seminar.settle()


async def takes_roster(seminar: Seminar, content: str = ROSTER) -> None:
    view = await seminar.opens(seminar.teacher, "/course roster")
    file = seminar.world.file(seminar.teacher, "roster.csv", content.encode())
    await seminar.submits(view, file=file)
    await seminar.settle()


async def listed(seminar: Seminar) -> str:
    return "\n".join(await seminar.asks(seminar.teacher, "/roster list"))


def linked(seminar: Seminar) -> list[str]:
    """The names on the roster that are linked by e-mail."""
    with closing(sqlite3.connect(seminar.settings.database)) as db:
        query = (
            "SELECT name FROM roster_entries JOIN roster_links ON entry_id = roster_entries.id"
            " WHERE by_email ORDER BY name"
        )
        return [name for (name,) in db.execute(query)]


def holding(folder: Path, words: bytes) -> list[Path]:
    """The files in which these words stand."""
    return [file for file in folder.rglob("*") if file.is_file() and words in file.read_bytes()]


def addressed(seminar: Seminar) -> None:
    seminar.ada.email, seminar.bo.email = "Ada@example.edu", "bo.miller@example.edu"
    seminar.teacher.email = "cy@example.edu"


@WAYS
async def test_who_is_in_class_and_on_the_roster_with_one_address_is_linked(
    way: Way, tmp_path: Path
) -> None:
    async with a_seminar(tmp_path, way, emails=True) as seminar:
        addressed(seminar)
        await seminar.set_up()
        await say(seminar, seminar.ada, "The state picked sides.")
        await takes_roster(seminar)
        assert linked(seminar) == ["Ada Pitlamp"]
        await say(seminar, seminar.bo, "It was the norms.")  # who comes later, too
        assert linked(seminar) == ["Ada Pitlamp", "Bo Miller"], "and no staff"
        words = await listed(seminar)
        assert words.count("linked by e-mail") == 2
        assert "@" not in words
        said = await seminar.asks(seminar.teacher, "/roster unlink Ada")
        assert "is linked to nobody on the roster any more" in said[0]
        await listed(seminar)
        await say(seminar, seminar.ada, "Once more.")
    assert linked(seminar) == ["Bo Miller"], "what staff took back stays so"


@WAYS
async def test_without_the_permission_nobody_is_asked_for(way: Way, tmp_path: Path) -> None:
    async with a_seminar(tmp_path, way) as seminar:
        addressed(seminar)
        await seminar.set_up()
        await say(seminar, seminar.ada, "The state picked sides.")
        before = len(seminar.slack.asked("users.info"))
        await takes_roster(seminar)
        await listed(seminar)
        assert linked(seminar) == []
        assert len(seminar.slack.asked("users.info")) == before
        assert "users:read.email" not in "\n".join(
            await seminar.asks(seminar.teacher, "/course show")
        )


async def test_an_address_is_kept_nowhere_and_a_doubtful_one_taken_from_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_seminar(tmp_path, emails=True) as seminar:
        await seminar.set_up()
        seminar.ada.email, seminar.ada.email_confirmed = "ada@example.edu", False
        seminar.bo.email = "bo.privately@example.org"
        for who in (seminar.ada, seminar.bo):
            await say(seminar, who, "Some words.")
        await takes_roster(seminar)
        assert linked(seminar) == []
    assert holding(tmp_path, b"Bo Miller")
    assert holding(tmp_path, b"bo.privately") == []
    assert "bo.privately" not in caplog.text
    assert "bo.privately" not in repr(vars(seminar.platform.people))
