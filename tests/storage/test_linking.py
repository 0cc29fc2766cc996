"""Two members become one."""

from datetime import timedelta

from storage import courses, linking, members
from storage.database import Connection, Database
from storage.ids import AccountRef, CourseId, MemberId, Space
from storage.schema import link_codes, metadata, roles
from tests.storage.conftest import NOW, Look


def test_every_table_that_names_a_member_is_thought_of() -> None:
    """A table that is added later must say what becomes of its rows when two become one."""
    naming = {
        table
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "members"
    }
    assert naming == {*linking.MERGED, *linking.BY_STAFF, linking.FROZEN, roles, link_codes}


async def _two(db: Connection) -> tuple[CourseId, MemberId, MemberId]:
    made = []
    here = await courses.ensure_space(db, Space("browser", "classroom"), NOW)
    there = await courses.ensure_space(db, Space("discord", "1"), NOW)
    course = await courses.create(db, here, title="C", zone="UTC", pack="p", now=NOW)
    for number, space in enumerate((here, there)):
        at = NOW + timedelta(hours=number)
        account = await members.ensure_account(db, space, AccountRef("cy"), f"Cy {number}", at)
        made.append(await members.ensure_member(db, course, account, "student", at))
    return course, made[0], made[1]


async def test_the_one_who_stays_joined_when_the_first_did_and_is_called_as_they_were(
    database: Database, look: Look
) -> None:
    async def work(db: Connection) -> CourseId:
        course, kept, gone = await _two(db)
        await members.mark_informed(db, course, gone, NOW + timedelta(hours=2))
        await linking.merge(db, course, kept, gone)
        return course

    course = await database.write(work)
    async with database.read() as db:
        (one,) = await members.members_of(db, course)
        assert one.name == "Cy 0"
        assert one.joined_at == NOW
        assert one.informed_at == NOW + timedelta(hours=2)
        there = await members.member_at(db, course, Space("discord", "1"), AccountRef("cy"))
        assert there is not None
        assert there.id == one.id
        assert len(await linking.accounts_of(db, course, one.id)) == 2
    assert look("SELECT member_id, role FROM roles") == [(one.id, "student")]
