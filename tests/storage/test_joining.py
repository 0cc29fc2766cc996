"""A course's code, and what it leaves behind."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import courses, joining
from storage.database import Connection, Database
from storage.ids import ChannelRef, CourseId, Space, SpaceId
from tests.storage.conftest import NOW, Look

LATER = NOW + timedelta(days=7)


async def _course(db: Connection, title: str = "History") -> tuple[CourseId, SpaceId]:
    space = await courses.ensure_space(db, Space("browser", "classroom"), NOW)
    return await courses.create(db, space, title=title, zone="UTC", pack="p", now=NOW), space


async def test_a_course_has_one_code_and_a_new_one_takes_its_place(database: Database) -> None:
    async def work(db: Connection) -> CourseId:
        course, _ = await _course(db)
        await joining.replace_code(db, course, "first", NOW)
        await joining.replace_code(db, course, "second", LATER)
        return course

    course = await database.write(work)
    async with database.read() as db:
        assert await joining.code_of(db, "first") is None
        assert await joining.code_of(db, "second") == joining.JoinCode(course, LATER, None, None)


async def test_a_used_code_says_which_channel_came_by_it_until_a_new_one_is_made(
    database: Database,
) -> None:
    async def use(db: Connection) -> joining.JoinCode | None:
        course, space = await _course(db)
        await joining.replace_code(db, course, "code", LATER)
        channel = await courses.bind_channel(
            db, course, space, ChannelRef("c"), name="c", kind="class", now=NOW
        )
        await joining.use_up(db, course, channel, NOW)
        used = await joining.code_of(db, "code")
        assert used == joining.JoinCode(course, LATER, NOW, channel)
        await joining.replace_code(db, course, "new", LATER)
        return await joining.code_of(db, "new")

    new = await database.write(use)
    assert new is not None
    assert new.used_at is None


async def test_two_courses_never_have_the_same_code(database: Database) -> None:
    async def work(db: Connection) -> None:
        for title in ("North", "South"):
            course, _ = await _course(db, title)
            await joining.replace_code(db, course, "same", LATER)

    with pytest.raises(IntegrityError):
        await database.write(work)


async def test_a_course_is_in_a_space_once(database: Database, look: Look) -> None:
    async def work(db: Connection) -> None:
        course, space = await _course(db)
        other = await courses.ensure_space(db, Space("discord", "1"), NOW)
        for one in (space, other, other):
            await joining.ensure_course_space(db, course, one)

    await database.write(work)
    assert look("SELECT course_id, space_id FROM course_spaces") == [(1, 1), (1, 2)]
