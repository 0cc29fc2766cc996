"""What a member is in a course: the highest of what staff gave them and what their platform's roles
give, at the time."""

import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from bot.core import roles
from bot.core.events import (
    AccountRef,
    ChannelRef,
    MessagePosted,
    MessageRef,
    Person,
    PersonLeft,
    Place,
    RoleRef,
    ThreadRef,
)
from storage import courses, linking, members
from storage.database import Connection
from storage.ids import CourseId, Space
from tests.fakes.platform import FaultyPlatform, stand_in
from tests.world import SPACE, Human, World

TEACHERS, TUTORS = RoleRef("teachers"), RoleRef("tutors")
COURSE = CourseId(1)
THERE = Space("discord", "1")
NOBODY: frozenset[RoleRef] = frozenset()


class Class:
    """Ada teaches, Bo learns; a platform with roles carries them."""

    def __init__(self, world: World, ada: Human, bo: Human, thread: int) -> None:
        self.world, self.ada, self.bo, self.thread = world, ada, bo, thread
        self._number = 0

    async def writes(
        self, held: frozenset[RoleRef] | None, text: str = "Said.", *, at: datetime | None = None
    ) -> None:
        """Bo writes, and the platform says with it which roles Bo holds."""
        self._number += 1
        now = self.world.clock.move(seconds=1)
        place = Place(SPACE, ChannelRef("history"), ThreadRef(str(self.thread)))
        author = Person(self.bo.ref, "Bo", roles=held)
        ref = MessageRef(f"m{self._number}")
        await self.world.app.intake.take_in(MessagePosted(place, ref, author, at or now, text))

    async def role(self) -> str:
        async with self.world.app.services.database.read() as db:
            bo = await members.member_at(db, COURSE, SPACE, self.bo.ref)
            assert bo is not None
            return bo.role

    def roles_written(self) -> list[str]:
        """The role with which each message of Bo's is stored."""
        with closing(sqlite3.connect(self.world.settings.database)) as db:
            return [row[0] for row in db.execute("SELECT role FROM messages ORDER BY sent_at")]


@pytest.fixture
async def history(world: World) -> Class:
    ada, bo = await world.person("Ada"), await world.person("Bo")
    await world.course(ada)
    thread = await world.post(ada)
    stand_in(world, FaultyPlatform(world.clock))
    await ada.answer("course settings", instructors=TEACHERS, assistants=TUTORS)
    return Class(world, ada, bo, thread)


# --- by a role of the platform's ----------------------------------------------------------------


async def test_who_holds_the_role_uses_the_commands_at_once_and_no_longer_without_it(
    history: Class,
) -> None:
    bo = history.bo
    bo.roles = frozenset({RoleRef("others")})
    assert "is for assistants" in await bo.answer("participation class")
    bo.roles = frozenset({TUTORS})
    assert "Student" in await bo.answer("participation class")
    assert "is for instructors" in await bo.answer("course code")
    bo.roles = frozenset({TUTORS, TEACHERS})
    assert "works once" in await bo.answer("course code")
    bo.roles = NOBODY
    assert "is for assistants" in await bo.answer("participation class")


async def test_what_is_not_said_takes_nothing_away(history: Class) -> None:
    await history.writes(frozenset({TUTORS}))
    await history.writes(None)
    assert await history.role() == "assistant"


async def test_a_message_keeps_the_role_that_its_author_had(history: Class) -> None:
    for held in (NOBODY, frozenset({TUTORS}), NOBODY):
        await history.writes(held)
    assert history.roles_written() == ["student", "assistant", "student"]
    assert "3 messages, of which 2 count" in await history.ada.answer(
        "participation why", student="Bo"
    )


async def test_whoever_is_first_seen_with_the_role_was_never_a_student(history: Class) -> None:
    await history.writes(frozenset({TEACHERS}))
    assert history.roles_written() == ["instructor"]
    assert await history.bo.sees() != []
    shown = await history.ada.answer("course show")
    assert "Bo (instructor)" in shown
    assert "Students: 0" in shown


async def test_told_again_late_an_older_role_does_not_come_back(history: Class) -> None:
    early = history.world.clock.now()
    history.world.clock.move(hours=1)
    await history.writes(frozenset({TUTORS}))
    await history.writes(NOBODY)
    for _ in range(2):
        await history.writes(frozenset({TUTORS}), at=early)
    assert await history.role() == "student"
    with closing(sqlite3.connect(history.world.settings.database)) as db:
        assert db.execute("SELECT role FROM granted_roles").fetchall() == [
            ("assistant",), ("student",)
        ]  # fmt: skip


async def test_nothing_is_given_from_before_the_role_was_chosen(history: Class) -> None:
    mentors = RoleRef("mentors")
    await history.writes(frozenset({mentors}))
    early = history.world.clock.move(seconds=5)
    await history.ada.answer("course settings", assistants=mentors)
    await history.writes(frozenset({mentors}), at=early)
    assert history.roles_written() == ["student", "student"]
    assert await history.role() == "assistant"


async def test_who_leaves_holds_the_role_no_more_until_the_platform_says_so_again(
    history: Class,
) -> None:
    intake, clock = history.world.app.intake, history.world.clock
    await history.writes(frozenset({TEACHERS}))
    at = clock.move(seconds=1)
    for _ in range(2):
        await intake.take_in(PersonLeft(SPACE, history.bo.ref, at))
        assert await history.role() == "student"
    assert "Bo (instructor" not in await history.ada.answer("course show")
    await history.writes(NOBODY)
    assert await history.role() == "student"
    await history.writes(frozenset({TEACHERS}))
    await intake.take_in(PersonLeft(SPACE, history.bo.ref, at))  # told once more, and late
    assert await history.role() == "instructor"
    assert history.roles_written() == ["instructor", "student", "instructor"]


async def test_who_leaves_stays_what_staff_made_them(history: Class) -> None:
    await history.writes(frozenset({TEACHERS}))
    await history.ada.answer("course staff", person="Bo", role="assistant")
    left = PersonLeft(SPACE, history.bo.ref, history.world.clock.move(seconds=1))
    await history.world.app.intake.take_in(left)
    assert await history.role() == "assistant"


# --- with what staff gave -----------------------------------------------------------------------


async def test_the_highest_of_both_holds(history: Class) -> None:
    await history.writes(frozenset({TUTORS}))
    said = await history.ada.answer("course staff", person="Bo", role="instructor")
    assert "Bo is an instructor of History 101 from now on" in said
    await history.writes(NOBODY)
    assert await history.role() == "instructor"
    await history.ada.answer("course staff", person="Bo", role="student")
    assert await history.role() == "student"


async def test_what_staff_give_is_lower_than_the_role_and_holds_without_it(
    history: Class,
) -> None:
    await history.writes(frozenset({TEACHERS}))
    said = await history.ada.answer("course staff", person="Bo", role="assistant")
    assert "Bo stays an instructor of History 101 by a role of the platform's" in said
    assert "is an assistant without it" in said
    assert await history.role() == "instructor"
    await history.writes(NOBODY)
    assert await history.role() == "assistant"


# --- another role, or none ----------------------------------------------------------------------


async def test_when_another_role_is_chosen_the_holders_of_the_old_one_are_staff_no_longer(
    history: Class,
) -> None:
    await history.writes(frozenset({TUTORS}))
    await history.ada.answer("course settings", assistants="mentors")
    assert await history.role() == "student"
    await history.writes(frozenset({TUTORS}))
    await history.writes(frozenset({RoleRef("mentors")}))
    assert history.roles_written() == ["assistant", "student", "assistant"]


async def test_the_same_role_again_changes_nothing(history: Class) -> None:
    await history.writes(frozenset({TUTORS}))
    await history.ada.answer("course settings", assistants=TUTORS)
    assert await history.role() == "assistant"


async def test_cleared_it_gives_nothing_and_is_shown_no_more(history: Class) -> None:
    await history.writes(frozenset({TEACHERS}))
    assert "Instructors by role: @teachers" in await history.ada.answer("course show")
    form = await history.ada.form("course settings", clear="instructors", instructors="x")
    assert "either clear it or set it" in form.problems["clear"]
    said = await history.ada.answer("course settings", clear="instructors")
    assert "The settings are changed." in said
    assert "Instructors by role" not in said
    assert "Assistants by role: @tutors" in said
    assert await history.role() == "student"
    await history.writes(frozenset({TEACHERS}))
    assert await history.role() == "student"


async def test_who_is_no_instructor_can_choose_none(history: Class) -> None:
    history.bo.roles = frozenset({TUTORS})
    said = await history.bo.answer("course settings", instructors=TUTORS)
    assert "is for instructors" in said
    assert await history.role() == "assistant"


# --- two spaces, two accounts -------------------------------------------------------------------


async def test_of_two_accounts_in_two_spaces_the_higher_role_holds(history: Class) -> None:
    world = history.world
    await history.writes(NOBODY)
    other = Person(AccountRef("bo-there"), "Bo there")

    async def work(db: Connection) -> None:
        space = await courses.ensure_space(db, THERE, world.clock.now())
        account = await members.ensure_account(db, space, other.ref, other.name, world.clock.now())
        theirs = await roles.enrol(db, COURSE, account, world.clock.now())
        here = await members.member_at(db, COURSE, SPACE, history.bo.ref)
        assert here is not None
        await linking.merge(db, COURSE, here.id, theirs)
        chosen = (RoleRef("dons"), "Dons")
        await roles.choose(db, COURSE, space, "instructors", chosen, world.clock.now())

    async def there(*held: str) -> None:
        said = Person(other.ref, other.name, roles=frozenset(map(RoleRef, held)))
        at = world.clock.move(seconds=1)
        await database.write(lambda db: roles.notice(db, COURSE, THERE, said, at))

    database = world.app.services.database
    await database.write(work)
    assert "@teachers on Browser, @Dons on Discord" in await history.ada.answer("course show")
    await there(TEACHERS)
    assert await history.role() == "student", "a role of the other space's is none of this one's"
    await there("dons")
    await history.writes(frozenset({TUTORS}))
    assert await history.role() == "instructor"
    await there()
    assert await history.role() == "assistant"
    await history.writes(NOBODY)
    assert await history.role() == "student"
