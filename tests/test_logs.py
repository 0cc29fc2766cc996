"""The log: ids and counts, and nothing that anybody wrote or is called."""

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import logs
from bot.core.commands import Answer, Command, Role
from bot.core.dispatch import Call
from bot.core.plain import to_plain
from tests.world import World

SECRET = "Anna wrote that the quota was a lie"  # noqa: S105 - somebody's words


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.start(tmp_path, "debug")
    yield tmp_path
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def lines(folder: Path) -> list[dict[str, Any]]:
    written = (folder / logs.LOG).read_text("utf-8").splitlines()
    return [json.loads(line) for line in written]


def test_a_line_is_json_with_when_how_bad_and_what(folder: Path) -> None:
    logging.getLogger("bot.core.outbox").warning("a send was refused", extra={"send": 7})
    (line,) = lines(folder)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "bot.core.outbox",
        "message": "a send was refused",
        "send": 7,
    }


def test_an_exceptions_own_words_are_left_out_and_where_it_was_raised_is_kept(
    folder: Path,
) -> None:
    def fail() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise ValueError(SECRET) from cause

    try:
        fail()
    except ValueError:
        logging.getLogger("bot.app").exception("unexpected failure", extra={"failure": "ab12"})
    (line,) = lines(folder)
    assert SECRET not in json.dumps(line)
    assert [problem["type"] for problem in line["exception"]] == ["ValueError", "KeyError"]
    assert "test_logs.py" in line["exception"][0]["frames"][-1]
    assert line["failure"] == "ab12"


def test_a_group_of_exceptions_tells_each_of_them(folder: Path) -> None:
    try:
        raise ExceptionGroup(SECRET, [ValueError(SECRET), KeyError(SECRET)])
    except ExceptionGroup:
        logging.getLogger("bot.app").exception("unexpected failure")
    (line,) = lines(folder)
    assert SECRET not in json.dumps(line)
    types = [problem["type"] for problem in line["exception"]]
    assert types == ["ExceptionGroup", "ValueError", "KeyError"]


@pytest.mark.parametrize("own", [SECRET, ValueError(SECRET), [SECRET]])
def test_a_librarys_words_are_left_out(folder: Path, own: object) -> None:
    """nicegui logs exceptions themselves, asyncio writes what a task ended with."""
    logger = logging.getLogger("nicegui")
    logger.error(own)
    logger.error("could not show %s", own)
    logger.error("with more", extra={"color_message": own})
    assert SECRET not in (folder / logs.LOG).read_text()
    assert lines(folder)[1]["message"] == "could not show %s"
    assert all("test_logs.py" in line["where"] for line in lines(folder))


async def test_what_a_task_ended_with_is_told_without_its_words(folder: Path) -> None:
    async def fail() -> None:
        raise LookupError(SECRET)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    loop = asyncio.get_running_loop()
    loop.default_exception_handler(
        {"message": f"about {SECRET}", "exception": task.exception(), "future": task}
    )
    assert SECRET not in (folder / logs.LOG).read_text()
    assert lines(folder)[-1]["exception"][0]["type"] == "LookupError"


def test_the_log_is_kept_within_bounds(folder: Path) -> None:
    logger = logging.getLogger("bot.app")
    for number in range(120):
        logger.info("x" * 100_000, extra={"number": number})
    written = sorted(file.name for file in folder.glob(f"{logs.LOG}*"))
    assert written == [logs.LOG, *(f"{logs.LOG}.{number}" for number in range(1, 5))]
    assert all(file.stat().st_size <= 2_000_000 for file in folder.iterdir())
    assert lines(folder)[-1]["number"] == 119


def test_what_is_below_the_level_is_left_out(folder: Path) -> None:
    logs.start(folder, "warning")
    logging.getLogger("bot").info("small")
    logging.getLogger("bot").warning("big")
    assert [line["message"] for line in lines(folder)] == ["big"]


async def test_a_failure_is_found_in_the_log_by_the_id_that_the_person_saw(
    world: World, folder: Path
) -> None:
    async def broken(call: Call) -> Answer:
        raise RuntimeError(SECRET)

    ada = await world.person("Ada Lovelace")
    command = Command("broken", "Fails", Role.STUDENT, broken)
    world.app.services.catalog._by_name["broken"] = command
    outcome = await ada.run("broken")
    assert isinstance(outcome, Answer)
    said = to_plain(outcome.card)
    (line,) = [line for line in lines(folder) if "failure" in line]
    assert f"logged as {line['failure']};" in said
    assert line["doing"] == "broken"


async def test_a_day_in_class_leaves_no_word_and_no_name_in_the_log(
    world: World, folder: Path
) -> None:
    ada, bo = [await world.person(name) for name in ("Ada Lovelace", "Bohumil Hrabal")]
    await world.course(ada, title="Palaces of Culture")
    thread = await world.post(ada)
    said = await bo.say("Kulturpalast and samovar", thread)
    await bo.edit(said, "Kulturpalast or samovar")
    await bo.delete(said)
    await bo.run("fact search", text="zzzsearched")
    await ada.run("participation why", student="Bohumil Hrabal")
    await world.app.recovery.recover("browser")
    await world.settle()
    logging.getLogger("bot").info("the day is done")
    written = (folder / logs.LOG).read_text()
    for word in ("Lovelace", "Hrabal", "samovar", "Palaces", "zzzsearched", "kulak"):
        assert word not in written
