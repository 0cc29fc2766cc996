"""What staff are told of a class: over some days, what is quiet, what figures mean; and what a
report names nobody by."""

import csv
import io
from typing import Any

import pytest

from bot.core.commands import Answer, File, Form
from bot.core.errors import BadInput
from bot.core.exporting import Wanted, report_files
from tests.world import Human, World

UNKNOWN = "There is no discussion “D7”; it takes discussions such as D3, parted by commas."


class Class:
    def __init__(self, world: World, ada: Human, bo: Human, cy: Human, thread: int) -> None:
        self.world, self.ada, self.bo, self.cy, self.thread = world, ada, bo, cy, thread

    async def export(self, **over: object) -> list[dict[str, str]]:
        outcome = await self.ada.run("participation export", **over)  # type: ignore[arg-type]
        assert isinstance(outcome, Answer), outcome
        file, _ = outcome.files
        return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


@pytest.fixture
async def room(world: World) -> Class:
    ada, bo, cy = [await world.person(name) for name in ("Ada", "Bo", "Cy")]
    await world.course(ada)
    return Class(world, ada, bo, cy, await world.post(ada))


async def test_a_window_takes_its_days_whole_in_the_courses_zone(room: Class) -> None:
    await room.bo.say("On Monday", room.thread)  # 5 in the morning of the 7th in New York
    room.world.clock.move(days=1)
    await room.bo.say("On Tuesday, twice", room.thread)
    for over, posts in (
        ({}, "2"), ({"from": "2026-09-08"}, "1"), ({"to": "2026-09-07"}, "1"),
        ({"from": "2026-09-07", "to": "2026-09-08"}, "2"), ({"to": "2026-09-06"}, "0"),
        ({"discussion": "d1"}, "2"),
    ):  # fmt: skip
        (bo,) = [row for row in await room.export(**over) if row["name"] == "Bo"]
        assert bo["posts"] == posts, over
    said = await room.ada.answer("participation class", **{"from": "2026-09-08"})
    assert "Over what was written from 2026-09-08." in said
    assert "Bo | 1 | 1 | 0 | 3" in said


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"from": "monday"}, "from takes a day such as 2026-09-07."),
        ({"from": "2026-09-08", "to": "2026-09-07"},
         "The last day is before the first one, 2026-09-08."),
        ({"discussion": "D1, D7"}, UNKNOWN),
        ({"section": "A"}, "There is no section “A”; the roster names none."),
    ],
)  # fmt: skip
async def test_what_it_can_not_be_over_is_said(
    room: Class, over: dict[str, Any], sentence: str
) -> None:
    outcome = await room.ada.run("participation export", **over)
    assert isinstance(outcome, Form)
    assert sentence in outcome.problems.values()


async def test_a_student_in_two_sections_is_in_the_report_of_each(room: Class) -> None:
    await room.bo.say("In both", room.thread)
    await room.cy.say("In one", room.thread)
    roster = b"Name,ID,Section\nBo,1,A\nBo,1,B\nCy,2,B\n"
    await room.ada.answer("course roster", file=File("roster.csv", "text/csv", roster))
    for student, entry in (("Bo", "1"), ("Cy", "2")):
        await room.ada.answer("roster link", student=student, entry=entry)
    for section, names in (("A", ["Bo"]), ("b", ["Bo", "Cy"])):
        assert [row["name"] for row in await room.export(section=section)] == names
    outcome = await room.ada.run("participation export", section="C")
    assert isinstance(outcome, Form)
    assert "it takes A, B." in outcome.problems["section"]


async def test_quiet_is_what_nobody_responded_to_and_who_was_not_heard(room: Class) -> None:
    first = await room.bo.say("Who answers me?", room.thread)
    await room.cy.answer("help")
    await room.cy.run("prompt side", side="kulak", thread=room.thread)
    room.world.clock.move(hours=30)
    said = await room.ada.answer("participation quiet")
    assert "1 answer with no response for 24 hours" in said
    assert "0 answers with no response for 48 hours" in await room.ada.answer(
        "participation quiet", hours=48
    )
    await room.cy.say("I do.", to=first)
    said = await room.ada.answer("participation quiet")
    assert "0 answers with no response" in said
    assert "Every student has been heard." in said


async def test_pseudonyms_stay_and_name_nobody(room: Class) -> None:
    await room.bo.say("One two three", room.thread)
    await room.cy.say("One", room.thread)
    once, again = [await room.export(pseudonyms="yes") for _ in range(2)]
    assert once == again
    assert {row["name"] == row["member"] and row["name"][:2] for row in once} == {"S-"}
    assert len({row["name"] for row in once}) == 2
    assert sorted(row["words"] for row in once) == ["1", "3"]
    assert not {"Bo", "Cy"} & {cell for row in once for cell in row.values()}


async def test_every_column_has_its_definition(room: Class) -> None:
    await room.bo.say("One", room.thread)
    (row,) = [row for row in await room.export() if row["name"] == "Bo"]
    told = await room.bo.answer("participation definitions")
    for column in row.keys() - {"member", "name"}:
        assert f"{column} | " in told


async def test_a_channel_is_named_as_people_call_it(room: Class) -> None:
    await room.bo.say("One", room.thread)
    services = room.world.app.services
    for name in ("history", "#History"):
        (file,) = await report_files(services, Wanted(typed={"channel": name}))
        assert b"Bo,1,0,0,1" in file.content
    with pytest.raises(BadInput, match=r"There is no channel “moon”; it takes #history\."):
        await report_files(services, Wanted(typed={"channel": "moon"}))


async def test_a_file_for_each_channel(room: Class) -> None:
    await room.bo.say("One", room.thread)
    wanted = Wanted(by_channel=True)
    (file,) = await report_files(room.world.app.services, wanted)
    assert file.name == "participation-2026-09-07-050003-history.csv"


async def test_students_are_told_nothing_of_the_class(room: Class) -> None:
    await room.cy.say("Mine alone", room.thread)
    await room.bo.say("One", room.thread)
    for command in ("class", "quiet", "export"):
        outcome = await room.bo.run(f"participation {command}")
        assert isinstance(outcome, Answer)
        assert not outcome.files
        assert "Cy" not in await room.bo.answer(f"participation {command}")
    assert "Cy" not in await room.bo.answer("participation me")
