"""What people are called, who is an app, and who may set up a course in a workspace."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.slack import people, permissions
from bot.core.events import AccountRef
from bot.core.ports import SendRefused
from tests.adapters.slack.connected import Lesson, a_lesson
from tests.fakes.discord_wire.faults import Fail, RateLimit
from tests.fakes.slack_workspace.records import User


@pytest.fixture
async def lesson() -> AsyncIterator[Lesson]:
    async with a_lesson() as lesson:
        yield lesson


async def learned(lesson: Lesson, *users: User) -> list[tuple[str, bool]]:
    workspace = await lesson.platform.workspaces.get(lesson.team.id)
    await lesson.platform.people.learn(workspace, [user.id for user in users])
    named = lesson.platform.people.named(lesson.team.id)
    return [(named(user.id).name, named(user.id).automated) for user in users]


async def test_people_are_asked_for_once_and_an_app_is_one(lesson: Lesson) -> None:
    robot = lesson.slack.world.add_user("Robot", lesson.team, "bot")
    lesson.ada.display_name = "ada l."
    expected = [("ada l.", False), ("Bo", False), ("Robot", True)]
    for _ in range(2):
        assert await learned(lesson, lesson.ada, lesson.bo, robot) == expected
    assert len(lesson.slack.asked("users.info")) == 3


async def test_who_is_not_known_has_an_id_and_no_name(lesson: Lesson) -> None:
    named = lesson.platform.people.named(lesson.team.id)
    assert (named("U404").ref, named("U404").name, named("U404").automated) == ("U404", "", False)
    assert named("USLACKBOT").automated
    lesson.slack.faults.next("users.info", Fail(502))
    assert await learned(lesson, lesson.ada) == [("", False)]
    assert await learned(lesson, lesson.ada) == [("Ada", False)], "asked again"


async def test_a_new_name_is_known_as_soon_as_slack_tells_it(lesson: Lesson) -> None:
    await learned(lesson, lesson.ada)
    told = {"id": lesson.ada.id, "profile": {"display_name": "Countess"}}
    lesson.platform.people.saw(lesson.team.id, told)
    assert await learned(lesson, lesson.ada) == [("Countess", False)]


async def test_whose_address_it_is_is_told_of_the_workspaces_own_people_who_are_there(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = lesson.slack.world
    guest = world.add_user("Guest", lesson.team, "guest")
    gone, robot = world.add_user("Gone", lesson.team), world.add_user("Robot", lesson.team, "bot")
    stranger = world.add_user("Eve", world.add_team("Elsewhere"))
    everybody = (lesson.ada, lesson.bo, guest, gone, robot, stranger)
    for user in everybody:
        user.email = f"{user.name}@Example.edu"
    lesson.bo.email_confirmed, gone.deleted = False, True
    lesson.channel.teams.append(stranger.team)
    world.join(stranger, lesson.channel)
    asked = [AccountRef(user.id) for user in everybody]
    addresses = [f"{user.name.casefold()}@example.edu" for user in everybody]
    space = lesson.place.space
    world.install(lesson.team, lesson.teacher, permissions.scopes())
    assert await lesson.platform.with_addresses(space, asked, addresses) == {}, "not permitted"
    assert lesson.slack.asked("users.info") == []

    world.install(lesson.team, lesson.teacher, [*permissions.asked(emails=True)])
    await lesson.platform.workspaces.look(lesson.team.id)
    lesson.slack.faults.next("users.info", RateLimit(10))
    found = await lesson.platform.with_addresses(space, asked, addresses)
    assert found == {
        AccountRef(lesson.ada.id): "ada@example.edu",
        AccountRef(guest.id): "guest@example.edu",
    }
    before = len(lesson.slack.asked("users.info"))
    await lesson.platform.with_addresses(space, asked, addresses)
    assert len(lesson.slack.asked("users.info")) == before, "nobody is asked for again at once"
    monkeypatch.setattr(people, "HOLDS", -1.0)
    await lesson.platform.with_addresses(space, asked, addresses)
    assert len(lesson.slack.asked("users.info")) == before + 4, "but those without an address later"


async def test_only_so_many_are_remembered(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "REMEMBERED", 1)
    await learned(lesson, lesson.ada, lesson.bo)
    named = lesson.platform.people.named(lesson.team.id)
    assert (named(lesson.ada.id).name, named(lesson.bo.id).name) == ("", "Bo")


async def test_a_visitor_has_their_name_and_manages_nothing(lesson: Lesson) -> None:
    world = lesson.slack.world
    elsewhere = world.add_team("Elsewhere")
    lesson.channel.teams.append(elsewhere)
    owner = world.add_user("Ivo", elsewhere, "owner")
    guest = world.add_user("Gus", lesson.team, "guest")
    for visitor in (owner, guest):
        world.join(visitor, lesson.channel)
    assert await learned(lesson, owner, guest) == [("Ivo", False), ("Gus", False)]
    workspace = await lesson.platform.workspaces.get(lesson.team.id)
    theirs = world.add_channel("shared", owner, shared_with=[lesson.team])
    world.invite_bot(lesson.channel)
    for visitor in (owner, guest):
        channel = lesson.channel.id
        assert not await lesson.platform.people.manages(workspace, visitor.id, channel)
    assert not await lesson.platform.people.manages(workspace, owner.id, theirs.id)


async def test_admins_owners_and_a_channels_creator_manage_it(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = lesson.slack.world
    workspace = await lesson.platform.workspaces.get(lesson.team.id)
    admin, owner = [world.add_user(kind, lesson.team, kind) for kind in ("admin", "owner")]
    managing = {
        user.name: await lesson.platform.people.manages(workspace, user.id, lesson.channel.id)
        for user in (admin, owner, lesson.teacher, lesson.ada)
    }
    assert managing == {"admin": True, "owner": True, "Prof": True, "Ada": False}
    admin.kind = "member"
    lesson.slack.requests.clear()
    assert await lesson.platform.people.manages(workspace, admin.id, lesson.channel.id)
    assert lesson.slack.requests == [], "what Slack said a moment ago holds"
    monkeypatch.setattr(people, "HOLDS", -1.0)
    assert not await lesson.platform.people.manages(workspace, admin.id, lesson.channel.id)
    with pytest.raises(SendRefused):
        await lesson.platform.people.manages(workspace, "U404", lesson.channel.id)
