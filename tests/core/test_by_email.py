"""Who is linked to the roster by an e-mail address, and who is left to staff."""

import asyncio
import json
from typing import cast

import pytest

from bot.core.events import AccountRef
from bot.core.ports import Platform, SendRefused
from tests.core.test_joining import _look, _there
from tests.core.test_linking import CY, _link_code, _links_there, _two_spaces
from tests.core.test_roster import COURSE, on_it, takes
from tests.fakes.platform import FaultyPlatform
from tests.world import Human, World

ROSTER = """Name,Student ID,E-mail
Cy Young,700456,cy@example.edu
Dot Doe,700789,dot@example.edu
"""


async def looked(world: World) -> list[str]:
    """Whom an e-mail address has linked, after one more look."""
    world.app.services.by_email.look(COURSE)
    await world.settle()
    return [row[0] for row in _look(world, "SELECT name FROM roster_links JOIN roster_entries e"
                                    " ON entry_id = e.id WHERE by_email")]  # fmt: skip


@pytest.fixture
async def ada(world: World) -> Human:
    """She teaches here; Cy writes in both spaces."""
    ada, _, _ = await _two_spaces(world)
    return ada


@pytest.fixture
def second(world: World, ada: Human) -> FaultyPlatform:
    platform = world.app.services.platforms["second"]
    assert isinstance(platform, FaultyPlatform)
    platform.addresses[CY.ref] = "cy@example.edu"
    return platform


async def test_one_address_links_and_is_noted_without_it(
    world: World, ada: Human, second: FaultyPlatform
) -> None:
    await takes(ada, ROSTER)
    assert await looked(world) == ["Cy Young"]
    assert await looked(world) == ["Cy Young"]
    noted = _look(world, "SELECT member_id, details FROM audit WHERE action = 'roster link'")
    ((by, details),) = noted
    assert by is None
    assert json.loads(details)["by"] == "e-mail"
    assert "@" not in details
    listed = await ada.answer("roster list", show="linked")
    assert "Cy Young (Second) | linked by e-mail" in listed


@pytest.mark.parametrize("roster", [
    "Name,ID,E-mail\nCy Young,1,cy@example.edu\nCy Young Jr.,2,CY@example.edu\n",
    "Name,E-mail\nCy Young,cy.young@example.edu\n",
    "Name,Student ID\nCy Young,700456\n",
])  # fmt: skip
async def test_what_is_not_exactly_one_on_the_roster_is_left_to_staff(
    world: World, ada: Human, second: FaultyPlatform, roster: str
) -> None:
    await takes(ada, roster)
    assert await looked(world) == []


async def test_two_members_with_one_address_are_left_to_staff(
    world: World, ada: Human, second: FaultyPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = FaultyPlatform(world.clock, addresses={
        AccountRef(ref): "cy@example.edu" for (ref,) in _look(world, "SELECT ref FROM identities")
    })  # fmt: skip
    monkeypatch.setitem(cast("dict[str, Platform]", world.app.services.platforms), "browser", here)
    await takes(ada, ROSTER)
    assert await looked(world) == []


async def test_what_staff_or_the_student_said_goes_first(
    world: World, ada: Human, second: FaultyPlatform
) -> None:
    await ada.answer("course staff", person="Cy", role="student")
    await takes(ada, "Name\nDot Doe\n")
    await ada.answer("roster link", student="Cy Young (Second)", entry="Dot Doe")
    await takes(ada, ROSTER)
    assert await looked(world) == [], "they are somebody else, by staff's word"
    await ada.answer("roster unlink", student="Cy Young (Second)")
    assert await looked(world) == [], "nor is that decided anew"
    await ada.answer("roster link", student="Cy Young (Second)", entry="Cy Young")
    assert (await on_it(world))["Cy Young 700456"].member is not None


async def test_staffs_word_is_of_all_accounts_of_a_member(world: World) -> None:
    """Linked by the one here, unlinked, and not linked again by the other's address."""
    ada, cy, _ = await _two_spaces(world)
    await _links_there(world, await _link_code(cy))
    await takes(ada, ROSTER)
    await ada.answer("roster link", student="Cy", entry="Cy Young")
    assert "linked to nobody on the roster any more" in await ada.answer(
        "roster unlink", student="Cy"
    )
    second = world.app.services.platforms["second"]
    assert isinstance(second, FaultyPlatform)
    second.addresses[CY.ref] = "cy@example.edu"
    assert await looked(world) == []


async def test_compare_says_that_an_address_linked_them(
    world: World, ada: Human, second: FaultyPlatform
) -> None:
    second.addresses.clear()
    await takes(ada, ROSTER)
    await ada.answer("participation export")
    world.clock.move(hours=1)
    second.addresses[CY.ref] = "cy@example.edu"
    assert await looked(world) == ["Cy Young"]
    said = await ada.answer("participation compare")
    assert "an account was linked to the roster by its e-mail address, Mon 7 Sep 2026" in said
    assert "whoever runs the bot" not in said


async def test_who_says_to_be_another_one_is_left_to_staff(
    world: World, ada: Human, second: FaultyPlatform
) -> None:
    await _there(world, "roster claim", CY, manages=False, name_or_id="Dot Doe")
    await takes(ada, ROSTER)
    assert await looked(world) == []
    assert "says: “Dot Doe”" in await ada.answer("roster list")
    await _there(world, "roster claim", CY, manages=False, name_or_id="700456")
    assert await looked(world) == ["Cy Young"]
    assert "says:" not in await ada.answer("roster list"), "and nobody need decide it any more"


async def test_who_left_the_roster_and_an_archived_course_are_let_be(
    world: World, ada: Human, second: FaultyPlatform
) -> None:
    second.addresses.clear()
    await takes(ada, ROSTER)
    await takes(ada, "Name,Student ID\nDot Doe,700789\n", missing="left")
    second.addresses[CY.ref] = "cy@example.edu"
    assert await looked(world) == []
    await takes(ada, ROSTER)
    second.addresses.clear()
    await ada.answer("course archive", confirm="History 101")
    second.addresses[CY.ref] = "cy@example.edu"
    assert await looked(world) == []


async def test_one_that_takes_long_holds_up_neither_the_answer_nor_the_end(
    world: World, ada: Human, second: FaultyPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waits(*_: object) -> dict[AccountRef, str]:
        await asyncio.Event().wait()
        return {}

    with monkeypatch.context() as patched:
        patched.setattr(FaultyPlatform, "with_addresses", waits)
        assert "New: 2" in await takes(ada, ROSTER)
        world.app.services.by_email.close()
        await asyncio.wait_for(world.settle(), 5)
    assert await looked(world) == ["Cy Young"]


async def test_where_the_platform_does_not_answer_a_later_look_does(
    world: World, ada: Human, second: FaultyPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: object) -> dict[AccountRef, str]:
        raise SendRefused("Slack doesn't answer.")

    with monkeypatch.context() as patched:
        patched.setattr(FaultyPlatform, "with_addresses", refuses)
        await takes(ada, ROSTER)
        assert await looked(world) == []
    assert await looked(world) == ["Cy Young"]
